//! Cherry-picks in memory: what git's own merge makes of a commit on another branch.
//!
//! One `git merge-tree` answers for all picks of a run (git 2.40 or later). It is the merge that
//! `git cherry-pick` does, renames included, and touches neither work tree nor index. libgit2's
//! merge compares by another algorithm, and on a branch that is years old it either misses renames
//! or compares everything with everything.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout};

use anyhow::{Context, Result, anyhow};
use git2::{Oid, Signature, Time};
use serde::Serialize;

use crate::finding::{Finding, Refused};
use crate::repo::publish::NewFile;
use crate::repo::{BlobId, CommitId, Repo};

/// A tree that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TreeId(pub(super) Oid);

/// What a merge made of a commit on another branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// The tree; where there are conflicts, it has git's markers in it.
    pub tree: TreeId,
    /// The conflicts, by path.
    pub conflicts: Vec<Conflict>,
}

/// A file that both sides changed, and git cannot say how it is to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Conflict {
    /// Its path; where it was renamed, the path that the merge gives it.
    pub path: String,
    /// What both sides did.
    pub what: Clash,
    /// The contents before the commit, on the branch and in the commit, as far as they are there.
    #[serde(skip)]
    pub stages: [Option<BlobId>; 3],
}

/// What both sides did to a file: the branch, and the commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Clash {
    /// Both changed the same lines.
    BothChanged,
    /// Both changed a file that is not text.
    BothChangedBinary,
    /// Both added it, differently.
    BothAdded,
    /// The branch does not have it (any more); the commit changes it.
    GoneOnBranch,
    /// The branch changed it; the commit deletes it.
    DeletedByCommit,
    /// Something else, in the words of git: `rename/rename`.
    Other(String),
}

/// A `git merge-tree` that waits for picks.
pub struct Picker<'r> {
    repo: &'r Repo,
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
}

impl Repo {
    /// Starts the merge for any number of picks.
    ///
    /// # Errors
    ///
    /// A refusal if git cannot be started.
    pub fn picker(&self) -> Result<Picker<'_>> {
        let mut child = self.user_git("merge-tree").args(["--write-tree", "-z", "--stdin"]).spawn()?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let stdout = BufReader::new(stdout.context("`git merge-tree` was started without pipes")?);
        Ok(Picker { repo: self, child, stdin, stdout })
    }

    /// Returns the tree of `commit`.
    pub fn tree_of(&self, commit: CommitId) -> Result<TreeId> {
        Ok(TreeId(self.git.find_commit(commit.0)?.tree_id()))
    }

    /// Returns `tree` with other contents of `files`.
    ///
    /// # Errors
    ///
    /// A refusal if a path does not lead to a file.
    pub fn tree_with(&self, tree: TreeId, files: &[NewFile]) -> Result<TreeId> {
        let base = self.git.find_tree(tree.0)?;
        Ok(TreeId(self.write_tree(&base, files)?))
    }

    /// Makes a commit that no ref leads to, on which the next pick can be tried.
    pub fn tentative(&self, parent: CommitId, tree: TreeId) -> Result<CommitId> {
        let parent = self.git.find_commit(parent.0)?;
        self.loose_commit(tree, &[&parent])
    }

    /// Returns the state before `commit`: its parent, the `mainline`th (from 1) of a merge, or a
    /// commit without files where it has none.
    ///
    /// # Errors
    ///
    /// If a merge has no such parent.
    pub fn before(&self, commit: CommitId, mainline: Option<u32>) -> Result<CommitId> {
        let found = self.git.find_commit(commit.0)?;
        match (found.parent_count(), mainline) {
            (0, _) => {
                let empty = self.git.treebuilder(None)?.write()?;
                self.loose_commit(TreeId(empty), &[])
            }
            (1, _) => Ok(CommitId(found.parent_id(0)?)),
            (_, mainline) => {
                let at = mainline.unwrap_or(1).saturating_sub(1) as usize;
                let parent = found.parent_id(at);
                Ok(CommitId(parent.with_context(|| format!("{} has no such parent", commit.short()))?))
            }
        }
    }

    /// Makes a commit that is the same whenever it is made.
    fn loose_commit(&self, tree: TreeId, parents: &[&git2::Commit<'_>]) -> Result<CommitId> {
        let nobody = Signature::new("relprep", "relprep@localhost", &Time::new(0, 0))?;
        let tree = self.git.find_tree(tree.0)?;
        Ok(CommitId(self.git.commit(None, &nobody, &nobody, "tentative\n", &tree, parents)?))
    }
}

impl Picker<'_> {
    /// Returns what becomes of the changes from `before` to `commit` on top of `onto`.
    pub fn pick(&mut self, onto: CommitId, before: CommitId, commit: CommitId) -> Result<Merged> {
        let asked = format!("{before} -- {onto} {commit}\n");
        let stdin = self.stdin.as_mut().context("`git merge-tree` has no input")?;
        // A git that refuses closes the pipe: its answer is missing then.
        let _ = stdin.write_all(asked.as_bytes()).and_then(|()| stdin.flush());
        match self.answer() {
            Ok(merged) => Ok(merged),
            Err(error) => Err(self.failure(error)),
        }
    }

    fn answer(&mut self) -> Result<Merged> {
        let clean = self.token()? == b"1";
        let tree = TreeId(Oid::from_str(std::str::from_utf8(&self.token()?)?)?);
        let mut stages: BTreeMap<String, [Option<BlobId>; 3]> = BTreeMap::new();
        loop {
            let token = self.token()?;
            if token.is_empty() {
                break;
            }
            let (path, stage, blob) = stage(&token).context("`git merge-tree` names a file unreadably")?;
            stages.entry(path).or_default()[stage] = Some(blob);
        }
        let kinds = if clean { BTreeMap::new() } else { self.kinds()? };
        let conflicts = stages.into_iter().map(|(path, stages)| {
            let what = clash(stages, kinds.get(&path).map(Vec::as_slice).unwrap_or_default());
            Conflict { path, what, stages }
        });
        let mut conflicts: Vec<Conflict> = conflicts.collect();
        if !clean && conflicts.is_empty() {
            // A directory rename that only git's messages tell of, for one.
            let other = |(path, kinds): (&String, &Vec<String>)| Conflict {
                path: path.clone(),
                what: Clash::Other(kinds.join(", ")),
                stages: [None; 3],
            };
            conflicts.extend(kinds.iter().map(other));
        }
        Ok(Merged { tree, conflicts })
    }

    /// Reads git's messages: the short names of the conflicts of each path.
    fn kinds(&mut self) -> Result<BTreeMap<String, Vec<String>>> {
        let mut kinds: BTreeMap<String, Vec<String>> = BTreeMap::new();
        loop {
            let count = self.text()?;
            if count.is_empty() {
                return Ok(kinds);
            }
            let count: usize = count.parse().context("`git merge-tree` counts unreadably")?;
            let paths = (0..count).map(|_| self.text()).collect::<Result<Vec<_>>>()?;
            let kind = self.text()?;
            self.token()?;
            if let Some(kind) = kind.strip_prefix("CONFLICT (").and_then(|kind| kind.strip_suffix(')')) {
                for path in paths {
                    kinds.entry(path).or_default().push(kind.to_owned());
                }
            }
        }
    }

    fn text(&mut self) -> Result<String> {
        Ok(String::from_utf8_lossy(&self.token()?).into_owned())
    }

    fn token(&mut self) -> Result<Vec<u8>> {
        let mut token = Vec::new();
        self.stdout.read_until(0, &mut token)?;
        match token.pop() {
            Some(0) => Ok(token),
            _ => Err(anyhow!("`git merge-tree` ended early")),
        }
    }

    fn failure(&mut self, error: anyhow::Error) -> anyhow::Error {
        drop(self.stdin.take());
        let mut said = String::new();
        if let Some(stderr) = self.child.stderr.as_mut() {
            let _ = stderr.read_to_string(&mut said);
        }
        let said = said.lines().next().unwrap_or_default().to_owned();
        if said.contains("usage") || said.contains("unknown option") {
            let message = "this git cannot merge without a work tree (`git merge-tree --stdin`)";
            let finding = Finding::error("git-too-old", message).remedy("install git 2.40 or later");
            return Refused::from(finding).into();
        }
        error.context(format!("`git merge-tree` failed in {}: {said}", self.repo.root.display()))
    }
}

impl Drop for Picker<'_> {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let _ = self.child.wait();
    }
}

/// Reads `100644 <id> 1<tab>path`: the path, the stage from 0 and the blob.
fn stage(token: &[u8]) -> Option<(String, usize, BlobId)> {
    let text = String::from_utf8_lossy(token);
    let (entry, path) = text.split_once('\t')?;
    let mut words = entry.split(' ');
    let (_, id, stage) = (words.next()?, words.next()?, words.next()?);
    let stage = stage.parse::<usize>().ok()?.checked_sub(1).filter(|&stage| stage < 3)?;
    Some((path.to_owned(), stage, BlobId(Oid::from_str(id).ok()?)))
}

fn clash(stages: [Option<BlobId>; 3], kinds: &[String]) -> Clash {
    let known = |kind: &str| kinds.iter().any(|found| found == kind);
    let plain = ["contents", "binary", "modify/delete", "add/add"];
    if let Some(other) = kinds.iter().find(|kind| !plain.contains(&kind.as_str())) {
        return Clash::Other(other.clone());
    }
    match stages {
        _ if known("binary") => Clash::BothChangedBinary,
        [Some(_), Some(_), Some(_)] => Clash::BothChanged,
        [None, Some(_), Some(_)] => Clash::BothAdded,
        [Some(_), None, Some(_)] => Clash::GoneOnBranch,
        [Some(_), Some(_), None] => Clash::DeletedByCommit,
        _ => Clash::Other(kinds.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_both_sides_did_is_read_from_the_stages() {
        let blob = Some(BlobId(Oid::ZERO_SHA1));
        let contents = ["contents".to_owned()];
        assert_eq!(clash([blob; 3], &contents), Clash::BothChanged);
        assert_eq!(clash([blob, None, blob], &["modify/delete".to_owned()]), Clash::GoneOnBranch);
        assert_eq!(clash([blob, blob, None], &["modify/delete".to_owned()]), Clash::DeletedByCommit);
        assert_eq!(clash([None, blob, blob], &["add/add".to_owned()]), Clash::BothAdded);
        assert_eq!(clash([blob; 3], &["binary".to_owned()]), Clash::BothChangedBinary);
        let rename = ["contents".to_owned(), "rename/delete".to_owned()];
        assert_eq!(clash([blob; 3], &rename), Clash::Other("rename/delete".to_owned()));
    }

    #[test]
    fn a_stage_is_read_with_its_path() {
        let (path, stage, _) = stage(format!("100644 {} 3\ta b\tc", Oid::ZERO_SHA1).as_bytes()).unwrap();
        assert_eq!((path.as_str(), stage), ("a b\tc", 2));
        assert!(super::stage(b"100644 x 9\ta").is_none());
    }
}
