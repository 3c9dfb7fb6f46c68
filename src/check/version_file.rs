//! Files outside the manifests carry the version.

use super::Subject;
use crate::edit::version_file;
use crate::finding::Finding;
use crate::plan::bump::{absent, version_package};
use crate::template::Values;

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let project = subject.request.project;
    let mut findings = Vec::new();
    for file in &project.config.version_files {
        let text = project.texts.get(&file.path);
        let stated = version_package(file, project, subject.lead)
            .and_then(|package| Ok((package, text.ok_or_else(|| absent(file))?)));
        match stated {
            Ok((package, text)) => {
                let values = Values::of(&package.version);
                findings.extend(version_file::check(&file.path, text, &file.lines, &values));
            }
            Err(finding) => findings.push(finding),
        }
    }
    findings
}
