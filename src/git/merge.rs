//! Cherry-picks in memory: what git's own merge makes of a commit on another branch.
//!
//! `git merge-tree` (2.40 or later) is the merge that `git cherry-pick` does, renames included, and
//! touches neither work tree nor index. libgit2's merge compares by another algorithm, and on a
//! branch that is years old it either misses renames or compares everything with everything. (Nor can
//! one git answer for all picks: with `--stdin` it keeps its answers until its input ends.)

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use git2::Oid;
use schemars::JsonSchema;
use serde::Serialize;

use crate::finding::{Finding, Refused};
use crate::git::command::failure;
use crate::git::{BlobId, CommitId, Repo, TreeId};
use crate::rule;

/// What a merge made of a commit on another branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// The tree; where there are conflicts, it has git's markers in it.
    pub tree: TreeId,
    /// The conflicts, by path.
    pub conflicts: Vec<Conflict>,
}

impl Merged {
    /// Makes sure that a merge that git calls conflicting does not pass for a clean one.
    fn conflicting(mut self) -> Self {
        if self.conflicts.is_empty() {
            let what = ConflictKind::Other("a conflict that git does not explain".to_owned());
            self.conflicts.push(Conflict { path: String::new(), what, stages: [None; 3] });
        }
        self
    }
}

/// A file that both sides changed, and git cannot say how it is to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Conflict {
    /// Its path; where it was renamed, the path that the merge gives it.
    pub path: String,
    /// What both sides did.
    pub what: ConflictKind,
    /// The contents before the commit, on the branch and in the commit, as far as they are there.
    #[serde(skip)]
    pub stages: [Option<BlobId>; 3],
}

/// What both sides did to a file: the branch, and the commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ConflictKind {
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

impl Repo {
    /// Returns what becomes of the changes from `before` to `commit` on top of `onto`.
    ///
    /// # Errors
    ///
    /// A refusal if git is too old.
    pub fn pick(&self, onto: CommitId, before: CommitId, commit: CommitId) -> Result<Merged> {
        let base = format!("--merge-base={before}");
        let (onto, commit) = (onto.to_string(), commit.to_string());
        let output =
            self.user_git("merge-tree").args(["--write-tree", "-z", &base, &onto, &commit]).output()?;
        match output.status.code() {
            Some(0) => answer(&output.stdout),
            Some(1) => Ok(answer(&output.stdout)?.conflicting()),
            _ if String::from_utf8_lossy(&output.stderr).contains("usage:") => {
                let message = "this git cannot merge without a work tree (`git merge-tree --merge-base`)";
                let finding = Finding::of(rule::GIT_TOO_OLD, message).remedy("install git 2.40 or later");
                Err(Refused::from(finding).into())
            }
            _ => bail!("{}", failure("git merge-tree", output.status, &output.stderr)),
        }
    }
}

/// Reads what `git merge-tree -z` prints: the tree, and where there are conflicts the stages of each
/// file and the messages.
fn answer(printed: &[u8]) -> Result<Merged> {
    let mut tokens = printed.split(|&byte| byte == 0);
    let tree = tokens.next().context("`git merge-tree` names no tree")?;
    let tree = TreeId(Oid::from_str(std::str::from_utf8(tree)?)?);
    let mut stages: BTreeMap<String, [Option<BlobId>; 3]> = BTreeMap::new();
    for token in tokens.by_ref().take_while(|token| !token.is_empty()) {
        let (path, stage, blob) = stage(token).context("`git merge-tree` names a file unreadably")?;
        stages.entry(path).or_default()[stage] = Some(blob);
    }
    let kinds = kinds(&mut tokens)?;
    let conflict = |(path, stages): (String, [Option<BlobId>; 3])| {
        let what = clash(stages, kinds.get(&path).map(Vec::as_slice).unwrap_or_default());
        Conflict { path, what, stages }
    };
    let mut conflicts: Vec<Conflict> = stages.into_iter().map(conflict).collect();
    if conflicts.is_empty() {
        // Only git's messages tell of some, as of a directory that was renamed in two ways.
        let other = |(path, kinds): (&String, &Vec<String>)| Conflict {
            path: path.clone(),
            what: ConflictKind::Other(kinds.join(", ")),
            stages: [None; 3],
        };
        conflicts.extend(kinds.iter().map(other));
    }
    Ok(Merged { tree, conflicts })
}

/// Reads git's messages, each with its paths: the short names of the conflicts of each path.
fn kinds<'a>(tokens: &mut impl Iterator<Item = &'a [u8]>) -> Result<BTreeMap<String, Vec<String>>> {
    let text = |token: &[u8]| String::from_utf8_lossy(token).into_owned();
    let mut kinds: BTreeMap<String, Vec<String>> = BTreeMap::new();
    while let Some(count) = tokens.next().filter(|token| !token.is_empty()) {
        let count: usize = text(count).parse().context("`git merge-tree` counts unreadably")?;
        let paths: Vec<String> = tokens.by_ref().take(count).map(text).collect();
        let kind = tokens.next().map(text).unwrap_or_default();
        tokens.next();
        if let Some(kind) = kind.strip_prefix("CONFLICT (").and_then(|kind| kind.strip_suffix(')')) {
            for path in paths {
                kinds.entry(path).or_default().push(kind.to_owned());
            }
        }
    }
    Ok(kinds)
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

fn clash(stages: [Option<BlobId>; 3], kinds: &[String]) -> ConflictKind {
    let known = |kind: &str| kinds.iter().any(|found| found == kind);
    let plain = ["contents", "binary", "modify/delete", "add/add"];
    if let Some(other) = kinds.iter().find(|kind| !plain.contains(&kind.as_str())) {
        return ConflictKind::Other(other.clone());
    }
    match stages {
        _ if known("binary") => ConflictKind::BothChangedBinary,
        [Some(_), Some(_), Some(_)] => ConflictKind::BothChanged,
        [None, Some(_), Some(_)] => ConflictKind::BothAdded,
        [Some(_), None, Some(_)] => ConflictKind::GoneOnBranch,
        [Some(_), Some(_), None] => ConflictKind::DeletedByCommit,
        _ => ConflictKind::Other(kinds.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_both_sides_did_is_read_from_the_stages() {
        let blob = Some(BlobId(Oid::ZERO_SHA1));
        let contents = ["contents".to_owned()];
        assert_eq!(clash([blob; 3], &contents), ConflictKind::BothChanged);
        assert_eq!(clash([blob, None, blob], &["modify/delete".to_owned()]), ConflictKind::GoneOnBranch);
        assert_eq!(clash([blob, blob, None], &["modify/delete".to_owned()]), ConflictKind::DeletedByCommit);
        assert_eq!(clash([None, blob, blob], &["add/add".to_owned()]), ConflictKind::BothAdded);
        assert_eq!(clash([blob; 3], &["binary".to_owned()]), ConflictKind::BothChangedBinary);
        let rename = ["contents".to_owned(), "rename/delete".to_owned()];
        assert_eq!(clash([blob; 3], &rename), ConflictKind::Other("rename/delete".to_owned()));
    }

    #[test]
    fn a_stage_is_read_with_its_path() {
        let (path, stage, _) = stage(format!("100644 {} 3\ta b\tc", Oid::ZERO_SHA1).as_bytes()).unwrap();
        assert_eq!((path.as_str(), stage), ("a b\tc", 2));
        assert!(super::stage(b"100644 x 9\ta").is_none());
    }
}
