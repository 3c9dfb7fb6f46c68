//! A file of the user's that shows the schedule: read as it is, and replaced whole.

use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result};

use super::session::Context;
use crate::finding::{Finding, Refused};
use crate::rule;
use crate::transaction::step::step;

/// Reads the file, or returns nothing where there is none.
///
/// # Errors
///
/// A refusal where a repository has laid a symbolic link on the way, which may lead out of it; a failure
/// if it cannot be read.
pub fn read(path: &Path) -> Result<Option<String>> {
    // The folders of an absolute path are the machine's.
    let own = if path.is_absolute() { 1 } else { usize::MAX };
    if let Some(link) = path.ancestors().take(own).find(|part| part.is_symlink()) {
        let message = format!("{} is a symbolic link, which is not followed", link.display());
        let finding = Finding::of(rule::UNREADABLE_FILE, message).remedy("name the file itself");
        return Err(Refused::from(finding).into());
    }
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

/// Writes the file whole or not at all; its permissions stay.
///
/// The draft of it lies in the repository's state folder, which the next run tidies; where there is none,
/// or on another file system, beside the file.
///
/// # Errors
///
/// If it cannot be written.
pub fn write(context: &Context, path: &Path, text: &str) -> Result<()> {
    let repo = context.location.repository().ok();
    let drafts = repo.and_then(|repo| repo.drafts().ok());
    if drafts.is_some_and(|drafts| replace(path, text, &drafts).is_ok()) {
        return Ok(());
    }
    let beside = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    replace(path, text, beside).with_context(|| format!("cannot write {}", path.display()))
}

/// Replaces the file by a draft that is written in the folder `drafts`.
fn replace(path: &Path, text: &str, drafts: &Path) -> io::Result<()> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".relprep-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut draft = builder.tempfile_in(drafts)?;
    if let Ok(found) = fs::metadata(path) {
        if found.permissions().readonly() {
            return Err(ErrorKind::PermissionDenied.into());
        }
        draft.as_file().set_permissions(found.permissions())?;
    }
    draft.write_all(text.as_bytes())?;
    step("schedule-draft");
    draft.persist(path)?;
    Ok(())
}
