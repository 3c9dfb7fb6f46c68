//! Whether a commit changes versions and nothing else.

use std::path::Path;

use relprep::git::{Refs, Repo};
use relprep::only_versions;
use relprep::project::{Location, Project};

use crate::environment;
use crate::history::{self, History};

fn findings(root: &Path, before: &str, after: &str) -> Vec<String> {
    let repo = Repo::discover(root).unwrap();
    let location =
        Location { folder: root.to_owned(), manifest: None, config: Some(history::config()), remote: None };
    let (before, after) = (repo.resolve(before).unwrap().unwrap(), repo.resolve(after).unwrap().unwrap());
    let project = |commit| Project::read_commit((&repo, &Refs::default()), &location, commit).unwrap();
    let differences = repo.changed_files(before, after).unwrap();
    let findings = only_versions::findings(&project(before), &project(after), &differences);
    findings
        .iter()
        .map(|finding| format!("{}: {}", finding.place.as_ref().unwrap(), finding.message))
        .collect()
}

#[test]
fn the_recorded_steps_change_only_versions() {
    if environment::ran_apart() {
        return;
    }
    let Some(history) = History::get() else { return };
    // A commit to read the root manifest's place from.
    history.set_branch("main", &history.steps[0].before);
    history.git(&["checkout", "--quiet", "--force", "main"]);
    let mut unlike = Vec::new();
    for step in &history.steps {
        let found = findings(&history.root(), &step.before, &step.after);
        unlike.extend(found.iter().map(|finding| format!("{} {}: {finding}", step.kind, step.version)));
    }
    let expected = [
        "branch 32.0.0: Cargo.lock:1:1: the lock file's format is another one: V4, and it was V3",
        "branch 40.0.0: crates/cli-flags/Cargo.toml:43:1: more than a version differs in this line",
        "patch 39.0.1: crates/cli-flags/Cargo.toml:43:1: more than a version differs in this line",
    ];
    assert_eq!(unlike, expected);
}

#[test]
fn what_is_planted_beside_the_versions_is_found() {
    if environment::ran_apart() {
        return;
    }
    let Some(history) = History::get() else { return };
    let step = history.steps.iter().find(|step| step.version == "38.0.4").unwrap();
    history.set_branch("main", &step.after);
    history.git(&["checkout", "--quiet", "--force", "main"]);
    let plants: [(&str, &str, &str, &str); 5] = [
        ("Cargo.toml", "features = ['std'] }", "features = [] }", "Cargo.toml:"),
        (
            "crates/wasi/Cargo.toml",
            "[dependencies]\n",
            "[dependencies]\nleft-pad = \"1\"\n",
            "crates/wasi/Cargo.toml:",
        ),
        (
            "Cargo.lock",
            "name = \"anyhow\"\nversion = \"1.0.",
            "name = \"anyhow\"\nversion = \"1.1.",
            "Cargo.lock:",
        ),
        (
            "crates/c-api/include/wasmtime.h",
            "/* version macros */",
            "/* macros */",
            "crates/c-api/include/wasmtime.h:1:1",
        ),
        ("RELEASES.md", "## 38.0.1", "## 38.0.9", "RELEASES.md"),
    ];
    for (path, old, new, place) in plants {
        let file = history.root().join(path);
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains(old), "{path} has no {old:?}");
        std::fs::write(&file, text.replacen(old, new, 1)).unwrap();
        history.git(&["commit", "--quiet", "--all", "--message", "plant"]);
        let found = findings(&history.root(), &step.before, "HEAD");
        assert_eq!(
            found.len(),
            if path == "RELEASES.md" { found.len().max(1) } else { 1 },
            "{path}: {found:#?}"
        );
        assert!(found[0].starts_with(place), "{path}: {found:#?}");
        history.git(&["reset", "--quiet", "--hard", &step.after]);
    }
}
