//! Makes blobs, trees and commits, which nobody sees until a ref leads to them.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use git2::build::TreeUpdateBuilder;
use git2::{FileMode, ObjectType, Oid, Signature, Time, Tree, message_prettify};

use crate::finding::{Finding, Place, Refused};
use crate::git::identity::IdentityRole;
use crate::git::settings::Settings;
use crate::git::{BranchName, CommitId, Moment, Repo, TreeId};
use crate::path::RepoPath;
use crate::rule;
use crate::transaction::values::{NewCommit, NewFile, Publication};

/// A commit in the making.
pub(crate) struct Draft<'a> {
    pub(crate) branch: &'a BranchName,
    pub(crate) parent: Oid,
    pub(crate) tree: Oid,
    pub(crate) message: String,
    pub(crate) author: Signature<'static>,
    pub(crate) committer: Signature<'static>,
}

impl Repo {
    /// Makes the commits of the publication and returns them in its order; `review` sees each before.
    pub(crate) fn make_commits(
        &self,
        publication: &Publication,
        review: impl Fn(&mut Draft<'_>) -> Result<()>,
    ) -> Result<Vec<Oid>> {
        let mut tips: BTreeMap<&BranchName, Oid> = BTreeMap::new();
        let mut made = Vec::new();
        if publication.commits.is_empty() {
            return Ok(made);
        }
        let settings = self.settings()?;
        let committer = self.identity(IdentityRole::Committer, settings, publication.moment)?;
        for commit in &publication.commits {
            let parent = tips.get(&commit.branch).copied().unwrap_or(commit.parent.0);
            let author = match commit.origin {
                Some(origin) => self.author_of(origin)?,
                None => self.identity(IdentityRole::Author, settings, publication.moment)?,
            };
            let mut draft = self.draft(commit, parent, author, committer.clone())?;
            review(&mut draft)?;
            let id = self.write_commit(&draft, settings)?;
            tips.insert(&commit.branch, id);
            made.push(id);
        }
        Ok(made)
    }

    /// Returns who commits at `moment`, as reflogs have it.
    pub(crate) fn committer(&self, moment: Moment) -> Result<String> {
        let who = self.identity(IdentityRole::Committer, self.settings()?, moment)?;
        Ok(format!("{} <{}> {}", who.name()?, who.email()?, Moment::from(who.when())))
    }

    fn draft<'a>(
        &self,
        commit: &'a NewCommit,
        parent: Oid,
        author: Signature<'static>,
        committer: Signature<'static>,
    ) -> Result<Draft<'a>> {
        let message = match commit.origin {
            Some(_) => commit.message.clone(),
            None => message_prettify(commit.message.as_str(), None)?,
        };
        let tree = match commit.tree {
            Some(tree) => self.git.find_tree(tree.0)?,
            None => self.git.find_commit(parent).context("the parent does not exist")?.tree()?,
        };
        let tree = self.write_tree(&tree, &commit.files)?;
        Ok(Draft { branch: &commit.branch, parent, tree, message, author, committer })
    }

    /// Returns who wrote `commit`, and when; letters that are not UTF-8 are replaced.
    fn author_of(&self, commit: CommitId) -> Result<Signature<'static>> {
        let commit = self.git.find_commit(commit.0)?;
        let author = commit.author();
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        Signature::new(&text(author.name_bytes()), &text(author.email_bytes()), &author.when())
            .with_context(|| format!("the author of {} cannot be kept", commit.id()))
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

    /// Writes a tree that is `base` but for `files`.
    ///
    /// # Errors
    ///
    /// A refusal if a path does not lead to a file, or to a place for one.
    pub(crate) fn write_tree(&self, base: &Tree<'_>, files: &[NewFile]) -> Result<Oid> {
        let mut update = TreeUpdateBuilder::new();
        let mut findings = Vec::new();
        for file in files {
            match self.mode_in(base, &file.path)? {
                Ok(mode) => {
                    update.upsert(file.path.as_str(), self.git.blob(&file.content)?, mode);
                }
                Err(finding) => findings.push(finding),
            }
        }
        Refused::if_any(findings)?;
        update.create_updated(&self.git, base).context("cannot write a tree")
    }

    /// Returns the mode that the file has in `tree`, or a new one gets.
    fn mode_in(&self, tree: &Tree<'_>, path: &RepoPath) -> Result<Result<FileMode, Finding>> {
        let mut folder = tree.clone();
        let mut parts = path.as_str().split('/').peekable();
        let mut walked = String::new();
        while let Some(part) = parts.next() {
            walked.push_str(part);
            let Some((kind, mode, id)) =
                folder.get_name(part).map(|entry| (entry.kind(), entry.filemode(), entry.id()))
            else {
                break;
            };
            match (kind, parts.peek()) {
                (Some(ObjectType::Tree), Some(_)) => folder = self.git.find_tree(id)?,
                (Some(ObjectType::Blob), None) if mode == i32::from(FileMode::BlobExecutable) => {
                    return Ok(Ok(FileMode::BlobExecutable));
                }
                (Some(ObjectType::Blob), None) if mode != i32::from(FileMode::Link) => {
                    return Ok(Ok(FileMode::Blob));
                }
                _ => return Ok(Err(no_place(path, &walked, kind, mode))),
            }
            walked.push('/');
        }
        Ok(Ok(FileMode::Blob))
    }

    fn write_commit(&self, draft: &Draft<'_>, settings: &Settings) -> Result<Oid> {
        if draft.message.is_empty() {
            return Err(Refused::from(
                Finding::of(rule::EMPTY_MESSAGE, format!("the commit on {} has no message", draft.branch))
                    .remedy("give the commit a message"),
            )
            .into());
        }
        if settings.is_on("commit.gpgsign", false) {
            return self.write_signed_commit(draft);
        }
        let parent = self.git.find_commit(draft.parent)?;
        let tree = self.git.find_tree(draft.tree)?;
        self.git
            .commit(None, &draft.author, &draft.committer, &draft.message, &tree, &[&parent])
            .context("cannot write a commit")
    }

    /// Has the user's git sign and write the commit: it knows the keys, formats and programs.
    ///
    /// # Errors
    ///
    /// A refusal if there is no signature: a commit that should be signed is not made without.
    fn write_signed_commit(&self, draft: &Draft<'_>) -> Result<Oid> {
        let mut git = self
            .user_git("commit-tree")
            .config("i18n.commitEncoding", "UTF-8")
            .arg("-S")
            .args(["-p", &draft.parent.to_string(), "-F", "-", &draft.tree.to_string()])
            .input(draft.message.as_bytes());
        for (role, who) in
            [(IdentityRole::Author, &draft.author), (IdentityRole::Committer, &draft.committer)]
        {
            let variable = |what: &str| format!("GIT_{}_{what}", role.name());
            git = git
                .env(&variable("NAME"), who.name()?)
                .env(&variable("EMAIL"), who.email()?)
                .env(&variable("DATE"), format!("@{}", Moment::from(who.when())));
        }
        let said = git.run().map_err(|error| {
            Refused::from(
                Finding::of(rule::NOT_SIGNED, format!("the commit on {} cannot be signed: {error}", draft.branch))
                    .remedy("see whether `git commit -S` works here; `git config commit.gpgsign` decides whether commits are signed"),
            )
        })?;
        Ok(Oid::from_str(String::from_utf8(said)?.trim())?)
    }
}

fn no_place(path: &RepoPath, at: &str, kind: Option<ObjectType>, mode: i32) -> Finding {
    let what = match kind {
        Some(ObjectType::Commit) => "a submodule",
        Some(ObjectType::Tree) => "a folder",
        _ if mode == i32::from(FileMode::Link) => "a symbolic link",
        _ => "a file",
    };
    let message = if at == path.as_str() {
        format!("{path} is {what}, and no file that can be edited")
    } else {
        format!("{path} leads through {at}, which is {what}")
    };
    Finding::of(rule::PATH_NOT_INSIDE, message)
        .at(Place::file(path))
        .remedy("name the file itself, inside this repository")
}
