//! The lock that keeps two runs from writing to one repository at once.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::finding::{Finding, Refused};
use crate::git::Repo;
use crate::rule;
use crate::transaction::process::{Life, Process};

/// The right to write to a repository, until it is dropped.
///
/// The lock of a process that is known to be dead is taken over.
pub(crate) struct RunLock {
    path: PathBuf,
}

impl Repo {
    /// Takes the lock.
    ///
    /// # Errors
    ///
    /// A refusal if another run holds it, or one of which nobody knows whether it lives.
    pub(crate) fn lock(&self) -> Result<RunLock> {
        let dir = self.drafts()?;
        let path = dir.join("lock");
        let me = Process::current();
        let draft = dir.join(format!("lock.{}", me.pid));
        fs::write(&draft, serde_json::to_vec(&me)?)
            .with_context(|| format!("cannot write {}", draft.display()))?;
        let taken = take(&path, &draft);
        let _ = fs::remove_file(&draft);
        taken.map(|()| RunLock { path })
    }
}

pub(crate) fn read_process(path: &Path) -> Option<Process> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

fn take(path: &Path, draft: &Path) -> Result<()> {
    // Twice at most: the second time after a dead process's lock has been put away.
    for _ in 0..2 {
        match claim(path, draft) {
            Ok(()) => return Ok(()),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error).with_context(|| format!("cannot create {}", path.display())),
        }
        let held = fs::read(path).unwrap_or_default();
        let holder: Option<Process> = serde_json::from_slice(&held).ok();
        if holder.as_ref().map(Process::life) != Some(Life::Dead) {
            return Err(busy(path, holder.as_ref()).into());
        }
        put_away(path, draft, &held)?;
    }
    Err(busy(path, None).into())
}

/// Gives the file `draft` the second name `path`, which works only if nobody has that name: so a
/// lock is never seen without its content.
pub(crate) fn claim(path: &Path, draft: &Path) -> std::io::Result<()> {
    match fs::hard_link(draft, path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            // Some file systems know no second names.
            let mut file = fs::File::create_new(path)?;
            std::io::copy(&mut fs::File::open(draft)?, &mut file).map(drop)
        }
        linked => linked,
    }
}

/// Removes a dead process's lock, `held`, unless another run was quicker: then its lock stays.
fn put_away(path: &Path, draft: &Path, held: &[u8]) -> Result<()> {
    let mut aside = draft.as_os_str().to_owned();
    aside.push(".dead");
    let aside = PathBuf::from(aside);
    match fs::rename(path, &aside) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        renamed => renamed.with_context(|| format!("cannot rename {}", path.display()))?,
    }
    if fs::read(&aside).unwrap_or_default() != held {
        let _ = claim(path, &aside);
    }
    fs::remove_file(&aside).with_context(|| format!("cannot remove {}", aside.display()))
}

fn busy(path: &Path, holder: Option<&Process>) -> Refused {
    let who = holder.map_or("another run".to_owned(), |process| {
        format!("another run (process {} on {})", process.pid, process.host)
    });
    Finding::of(rule::ALREADY_RUNNING, format!("{who} is writing to this repository"))
        .remedy(format!("wait for it; if it is no more, remove `{}`", path.display()))
        .into()
}

impl Drop for RunLock {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}
