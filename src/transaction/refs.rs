//! Moves branches: all of them, or none as long as the journal is there.
//!
//! Git's own protocol for refs in files: a ref is read and replaced only by who holds its lock, and its
//! reflog is written before it. The user's git would do the same, but a git that is killed leaves locks
//! of which nobody can tell whose they are; ours bear a mark ([`GitLock`]).
//!
//! Refs are replaced one after the other. From the first to the last of [`RefLocks::commit`] the state
//! is neither old nor new, and the journal tells the next run to complete it.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result};
use git2::Oid;

use crate::finding::{Finding, Refused};
use crate::git::command::failure;
use crate::git::{RefName, Repo};
use crate::rule;
use crate::transaction::git_lock::{GitLock, lock_of};
use crate::transaction::step::step;
use crate::transaction::sync::{Syncs, folders_of, sync};

/// How often a ref's lock is asked for, with [`PAUSE`] in between: git itself waits for
/// `core.filesRefLockTimeout`, 100 ms by default.
const ATTEMPTS: u32 = 10;
const PAUSE: Duration = Duration::from_millis(10);

/// One ref, from what it must be now to what it becomes; `None` means that it does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RefMove {
    /// The name in full: `refs/heads/main`.
    pub(crate) name: RefName,
    pub(crate) old: Option<Oid>,
    pub(crate) new: Option<Oid>,
}

impl RefMove {
    /// Returns the move that takes this one back.
    pub(crate) fn reversed(&self) -> Self {
        Self { name: self.name.clone(), old: self.new, new: self.old }
    }

    /// Returns both values and the name, as reflogs and hooks have them.
    fn ids(&self) -> String {
        let id = |id: Option<Oid>| id.unwrap_or(Oid::ZERO_SHA1);
        format!("{} {}", id(self.old), id(self.new))
    }
}

/// The locks of some refs, and of HEAD where it leads to one of them; dropped, they are let go.
pub(crate) struct RefLocks<'a> {
    repo: &'a Repo,
    locks: BTreeMap<RefName, GitLock>,
    /// Held for the sake of its reflog.
    head: Option<GitLock>,
}

impl Repo {
    /// Locks these refs.
    ///
    /// # Errors
    ///
    /// A refusal if another program holds one of the locks.
    pub(crate) fn lock_refs<'a>(
        &'a self,
        names: impl IntoIterator<Item = &'a RefName>,
    ) -> Result<RefLocks<'a>> {
        let mut locks = BTreeMap::new();
        for name in names {
            let path = self.git.commondir().join(name.as_str());
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
            }
            locks.insert(name.clone(), self.wait_for(&path)?);
        }
        let is_ours = self.checked_out()?.is_some_and(|name| locks.contains_key(&name));
        let head = is_ours.then(|| self.wait_for(&self.git.path().join("HEAD"))).transpose()?;
        Ok(RefLocks { repo: self, locks, head })
    }

    fn wait_for(&self, file: &Path) -> Result<GitLock> {
        let run_lock = self.run_lock();
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                sleep(PAUSE);
            }
            if let Some(lock) = GitLock::take(file, &run_lock)? {
                return Ok(lock);
            }
        }
        let lock = lock_of(file);
        let message = format!("{} exists: another git program works here", lock.display());
        let remedy = "wait for it; if it has crashed, remove that file";
        Err(Refused::from(Finding::of(rule::REF_NOT_LOCKED, message).remedy(remedy)).into())
    }

    /// Makes HEAD of this work tree lead to the branch `name`.
    pub(crate) fn point_head(&self, name: &RefName) -> Result<()> {
        let lock = self.wait_for(&self.git.path().join("HEAD"))?;
        let draft = self.state_dir().join("HEAD");
        fs::write(&draft, format!("ref: {name}\n"))
            .with_context(|| format!("cannot write {}", draft.display()))?;
        sync(&draft)?;
        lock.install(&draft)
    }

    /// Writes what each ref is to hold, and returns where: once it is in its place there is no other, so it must
    /// be on the disk before.
    pub(crate) fn draft_refs(&self, moves: &[RefMove]) -> Result<Vec<PathBuf>> {
        let mut drafts = Vec::new();
        for (at, one) in moves.iter().enumerate() {
            let Some(new) = one.new else { continue };
            let draft = self.ref_draft(at);
            let write = || -> io::Result<()> {
                fs::write(&draft, format!("{new}\n"))?;
                match fs::metadata(self.git.commondir().join(one.name.as_str())) {
                    Ok(found) if found.is_file() => fs::set_permissions(&draft, found.permissions()),
                    _ => Ok(()),
                }
            };
            write().with_context(|| format!("cannot write {}", draft.display()))?;
            drafts.push(draft);
        }
        Ok(drafts)
    }

    fn ref_draft(&self, at: usize) -> PathBuf {
        self.state_dir().join(format!("ref.{at}"))
    }

    /// Does the same, and waits until they are on the disk.
    pub(crate) fn draft_refs_through(&self, moves: &[RefMove]) -> Result<()> {
        self.draft_refs(moves)?.iter().try_for_each(|draft| sync(draft))
    }

    /// Removes the drafts of refs that have not moved.
    pub(crate) fn remove_ref_drafts(&self, moves: &[RefMove]) {
        (0..moves.len()).for_each(|at| drop(fs::remove_file(self.ref_draft(at))));
    }

    /// Begins to bring what [`RefLocks::commit`] has done to the disk.
    pub(crate) fn sync_refs(&self, moves: &[RefMove], syncs: &mut Syncs) {
        let common = self.git.commondir();
        let files: Vec<PathBuf> = moves.iter().map(|one| common.join(one.name.as_str())).collect();
        let folders = folders_of(files.iter().map(PathBuf::as_path), common);
        syncs.start(folders.into_iter().filter(|folder| folder.is_dir()).map(Path::to_owned));
    }

    /// Removes the locks of these refs and of HEAD that a dead run has left.
    pub(crate) fn remove_left_locks<'a>(&self, names: impl IntoIterator<Item = &'a RefName>) -> Result<()> {
        let common = self.git.commondir();
        let run_lock = self.run_lock();
        GitLock::remove_left(&self.git.path().join("HEAD"), &run_lock)?;
        GitLock::remove_left(&common.join("packed-refs"), &run_lock)?;
        names
            .into_iter()
            .map(|name| common.join(name.as_str()))
            .try_for_each(|file| GitLock::remove_left(&file, &run_lock))
    }
}

impl RefLocks<'_> {
    /// Makes sure that the refs of `moves` are at their old values, that they can be moved, and that the
    /// repository's hook has nothing against it.
    ///
    /// # Errors
    ///
    /// A refusal if not.
    pub(crate) fn prepare(&self, moves: &[RefMove]) -> Result<()> {
        for one in moves {
            let now = self.repo.ref_value(&one.name)?;
            if now != one.old {
                let now = now.map_or("gone".to_owned(), |id| format!("at {id}"));
                let message = format!("{} has been moved by someone else: it is {now}", one.name);
                let finding = Finding::of(rule::REF_NOT_LOCKED, message);
                return Err(Refused::from(finding.remedy("run this again on the branch as it is now")).into());
            }
        }
        let Err(finding) = self.ask_hook("prepared", moves)? else { return Ok(()) };
        let _ = self.ask_hook("aborted", moves)?;
        Err(Refused::from(finding).into())
    }

    /// Moves the refs, after [`Self::prepare`] and [`Repo::draft_refs`], for the `reason` that their reflogs are to give.
    ///
    /// # Errors
    ///
    /// If something fails in the middle; how far it came is then for the caller to find out.
    pub(crate) fn commit(&self, moves: &[RefMove], reason: &ReflogEntry) -> Result<()> {
        let head = self.repo.checked_out()?;
        for (at, one) in moves.iter().enumerate().filter(|(_, one)| one.old != one.new) {
            self.log(self.repo.git.commondir(), one.name.as_str(), one, reason)?;
            if self.head.is_some() && head.as_ref() == Some(&one.name) {
                self.log(self.repo.git.path(), "HEAD", one, reason)?;
            }
            match one.new {
                Some(_) => self.install(at, one)?,
                None => self.delete(one)?,
            }
            step("ref");
        }
        // What a hook says of a thing that is done changes nothing.
        let _ = self.ask_hook("committed", moves);
        Ok(())
    }

    fn install(&self, at: usize, one: &RefMove) -> Result<()> {
        // Git leaves empty folders where branches were whose names went on from here.
        remove_empty_folders(&self.repo.git.commondir().join(one.name.as_str()));
        self.locks.get(&one.name).context("the ref is not locked")?.install(&self.repo.ref_draft(at))
    }

    /// Removes the ref from both places where it may be, and its reflog.
    fn delete(&self, one: &RefMove) -> Result<()> {
        let common = self.repo.git.commondir();
        self.unpack(&one.name)?;
        for path in [common.join(one.name.as_str()), common.join("logs").join(one.name.as_str())] {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(error).with_context(|| format!("cannot remove {}", path.display()));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Takes a branch out of the file of packed refs, if it is in there.
    fn unpack(&self, name: &RefName) -> Result<()> {
        let packed = self.repo.git.commondir().join("packed-refs");
        let is_it =
            |line: &str| line.trim_end().split_once(' ').is_some_and(|(_, named)| named == name.as_str());
        let holds = || fs::read_to_string(&packed).is_ok_and(|text| text.lines().any(is_it));
        if !holds() {
            return Ok(());
        }
        let lock = self.repo.wait_for(&packed)?;
        let text = fs::read_to_string(&packed)?;
        let rest: String = text.split_inclusive('\n').filter(|line| !is_it(line)).collect();
        let draft = self.repo.state_dir().join("packed-refs");
        fs::write(&draft, rest).with_context(|| format!("cannot write {}", draft.display()))?;
        sync(&draft)?;
        lock.install(&draft)
    }

    /// Adds a line to a reflog, where git would keep one (git-config(1), `core.logAllRefUpdates`), unless
    /// an interrupted run has added it.
    fn log(&self, dir: &Path, name: &str, one: &RefMove, reason: &ReflogEntry) -> Result<()> {
        let path = dir.join("logs").join(name);
        let settings = self.repo.settings()?;
        let is_always =
            settings.text("core.logallrefupdates").is_some_and(|word| word.eq_ignore_ascii_case("always"));
        let is_on = settings.is_on("core.logallrefupdates", true) && !one.name.is_tag();
        if !path.exists() && !is_always && !is_on {
            return Ok(());
        }
        let line = format!("{} {}\t{}\n", one.ids(), reason.who, reason.what);
        if fs::read(&path).is_ok_and(|log| log.ends_with(line.as_bytes())) {
            return Ok(());
        }
        remove_empty_folders(&path);
        let write = || -> io::Result<()> {
            path.parent().map_or(Ok(()), fs::create_dir_all)?;
            fs::File::options().append(true).create(true).open(&path)?.write_all(line.as_bytes())
        };
        write().with_context(|| format!("cannot write {}", path.display()))
    }

    /// Runs the hook `reference-transaction` (githooks(5)), and finds that it refuses.
    fn ask_hook(&self, state: &str, moves: &[RefMove]) -> Result<Result<(), Finding>> {
        const NAME: &str = "reference-transaction";
        if !self.repo.has_hook(NAME)? {
            return Ok(Ok(()));
        }
        let input = self.repo.state_dir().join(NAME);
        let lines: Vec<String> = moves.iter().map(|one| format!("{} {}\n", one.ids(), one.name)).collect();
        fs::write(&input, lines.concat()).with_context(|| format!("cannot write {}", input.display()))?;
        let mut to_stdin = std::ffi::OsString::from("--to-stdin=");
        to_stdin.push(&input);
        let hook = self.repo.user_git("hook").arg("run").arg(to_stdin).args([NAME, "--", state]);
        let output = hook.output()?;
        let _ = fs::remove_file(&input);
        Ok(if output.status.success() {
            Ok(())
        } else {
            let said = [output.stdout, output.stderr].concat();
            Err(Finding::of(rule::REF_NOT_LOCKED, failure(NAME, output.status, &said))
                .remedy("put right what the hook says"))
        })
    }
}

/// What a reflog says of a move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReflogEntry {
    /// Who made it, and when, as git writes that: `Ann <ann@example.org> 1716206400 +0200`.
    pub(crate) who: String,
    /// What was done, in one line.
    pub(crate) what: String,
}

fn remove_empty_folders(path: &Path) {
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        remove_empty_folders(&entry.path());
    }
    let _ = fs::remove_dir(path);
}
