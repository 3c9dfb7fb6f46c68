//! Makes blobs, trees and commits, which nobody sees until a ref leads to them.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use git2::{FileMode, ObjectType, Oid, Signature, Time, Tree, message_prettify};

use crate::finding::{Finding, Place, Refused};
use crate::git::identity::IdentityRole;
use crate::git::{BranchName, CommitId, Mode, Moment, Repo, TreeId};
use crate::path::RepoPath;
use crate::rule;
use crate::transaction::pack::{InMemory, NewObjects, StagedPacks};
use crate::transaction::values::{NewCommit, NewFile, Publication};

/// A commit in the making.
pub(crate) struct CommitDraft<'a> {
    pub(crate) branch: &'a BranchName,
    pub(crate) parent: Oid,
    pub(crate) tree: Oid,
    pub(crate) message: String,
    pub(crate) author: Signature<'static>,
    pub(crate) committer: Signature<'static>,
}

/// Who sees a commit before it is made, and may change or refuse it.
pub(crate) type Review<'a> = &'a dyn Fn(&mut CommitDraft<'_>) -> Result<()>;

impl Repo {
    /// Makes the commits of the publication and returns them in its order; `review` sees each before, and may
    /// have programs look at what is in it.
    pub(crate) fn make_commits<'c>(
        &self,
        publication: &'c Publication,
        review: Option<Review<'_>>,
    ) -> Result<(Vec<Oid>, StagedPacks<'c>)> {
        if publication.commits.is_empty() {
            return Ok((Vec::new(), StagedPacks::default()));
        }
        let settings = self.settings()?;
        let committer = self.identity(IdentityRole::Committer, settings, publication.moment)?;
        let is_signed = settings.is_on("commit.gpgsign", false);
        self.in_memory(|objects| {
            let mut tips: BTreeMap<&BranchName, Oid> = BTreeMap::new();
            let mut made = Vec::new();
            for commit in &publication.commits {
                let parent = tips.get(&commit.branch).copied().unwrap_or(commit.parent.0);
                let author = match commit.origin {
                    Some(origin) => self.author_of(origin)?,
                    None => self.identity(IdentityRole::Author, settings, publication.moment)?,
                };
                let mut draft = objects.draft(commit, parent, author, committer.clone())?;
                if is_signed || review.is_some() {
                    objects.store()?;
                }
                review.map_or(Ok(()), |review| review(&mut draft))?;
                let id = match is_signed {
                    true => self.write_signed_commit(&draft)?,
                    false => objects.write_commit(&draft)?,
                };
                tips.insert(&commit.branch, id);
                made.push(id);
            }
            Ok(made)
        })
    }

    /// Returns who commits at `moment`, as reflogs have it.
    pub(crate) fn committer(&self, moment: Moment) -> Result<String> {
        let who = self.identity(IdentityRole::Committer, self.settings()?, moment)?;
        Ok(format!("{} <{}> {}", who.name()?, who.email()?, Moment::from(who.when())))
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
        Ok(TreeId(self.write_tree(&base, files, &mut NewObjects::default())?))
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
        let write = || self.git.commit(None, &nobody, &nobody, "tentative\n", &tree, parents);
        Ok(CommitId(self.written(write)?))
    }

    /// Writes an object, and again where a loss of power has left nothing in its file: libgit2 takes the name
    /// for the object.
    fn written(&self, write: impl Fn() -> Result<Oid, git2::Error>) -> Result<Oid> {
        let id = write()?;
        if self.git.odb()?.read_header(id).is_ok() {
            return Ok(id);
        }
        fs::remove_file(self.loose(id)).with_context(|| format!("cannot write the object {id}"))?;
        Ok(write()?)
    }

    /// Returns where an object lies that is in a file of its own.
    fn loose(&self, id: Oid) -> PathBuf {
        let name = id.to_string();
        self.git.commondir().join("objects").join(&name[..2]).join(&name[2..])
    }

    /// Writes a tree that is `base` but for `files`, and adds the new objects to `made`.
    ///
    /// # Errors
    ///
    /// A refusal if a path does not lead to a file, or to a place for one.
    pub(crate) fn write_tree<'c>(
        &self,
        base: &Tree<'_>,
        files: &'c [NewFile],
        made: &mut NewObjects<'c>,
    ) -> Result<Oid> {
        let mut files: Vec<_> = files.iter().map(|file| (file.path.as_str(), file)).collect();
        files.sort_unstable_by_key(|(path, _)| *path);
        let mut findings = Vec::new();
        let tree = self.write_folder(Some(base), &files, made, &mut findings)?;
        Refused::if_any(findings)?;
        Ok(tree)
    }

    /// Writes a folder that is `base` but for `files`, which are sorted by their paths from there.
    fn write_folder<'c>(
        &self,
        base: Option<&Tree<'_>>,
        files: &[(&str, &'c NewFile)],
        made: &mut NewObjects<'c>,
        findings: &mut Vec<Finding>,
    ) -> Result<Oid> {
        let first = |path: &'_ str| path.find('/').unwrap_or(path.len());
        let mut folder = self.git.treebuilder(base)?;
        for group in files.chunk_by(|(a, _), (b, _)| a[..first(a)] == b[..first(b)]) {
            let (path, file) = group[0];
            let name = &path[..first(path)];
            let found = base.and_then(|tree| tree.get_name(name));
            let found = found.map(|entry| (Mode::of(entry.filemode()), entry.id()));
            match (found, name == path) {
                (None | Some((None, _)), false) => {
                    let below: Vec<_> = group
                        .iter()
                        .filter_map(|(path, file)| Some((path.split_once('/')?.1, *file)))
                        .collect();
                    let base = found.map(|(_, id)| self.git.find_tree(id)).transpose()?;
                    let id = self.write_folder(base.as_ref(), &below, made, findings)?;
                    folder.insert(name, id, FileMode::Tree.into())?;
                }
                (None | Some((Some(Mode::Plain | Mode::Executable), _)), true) => {
                    let mode = found.and_then(|(mode, _)| mode).unwrap_or(Mode::Plain);
                    let blob = self.written(|| self.git.blob(&file.content))?;
                    folder.insert(name, blob, mode.bits().cast_signed())?;
                    made.ids.push(blob);
                    made.blobs.insert(blob, &file.content);
                }
                (Some((mode, _)), _) => findings.extend(group.iter().map(|(path, file)| {
                    let whole = file.path.as_str();
                    no_place(&file.path, &whole[..whole.len() - path.len() + name.len()], mode)
                })),
            }
        }
        let tree = self.written(|| folder.write()).context("cannot write a tree")?;
        made.ids.push(tree);
        Ok(tree)
    }

    /// Collects the objects of `tree` that `before` has not and that lie in files of their own: git leaves it
    /// to the system when those come to the disk.
    fn collect_loose(&self, tree: &Tree<'_>, before: Option<&Tree<'_>>, found: &mut Vec<Oid>) -> Result<()> {
        let is_loose = |id: Oid| self.loose(id).is_file();
        found.extend(is_loose(tree.id()).then_some(tree.id()));
        for entry in tree {
            let earlier = before.and_then(|before| before.get_name_bytes(entry.name_bytes()));
            if earlier.as_ref().is_some_and(|earlier| earlier.id() == entry.id()) {
                continue;
            }
            match entry.kind() {
                Some(ObjectType::Tree) => {
                    let earlier = earlier.filter(|entry| entry.kind() == Some(ObjectType::Tree));
                    let earlier = earlier.map(|entry| self.git.find_tree(entry.id())).transpose()?;
                    self.collect_loose(&self.git.find_tree(entry.id())?, earlier.as_ref(), found)?;
                }
                Some(ObjectType::Blob) => found.extend(is_loose(entry.id()).then_some(entry.id())),
                _ => {}
            }
        }
        Ok(())
    }

    /// Has the user's git sign and write the commit: it knows the keys, formats and programs.
    ///
    /// # Errors
    ///
    /// A refusal if there is no signature: a commit that should be signed is not made without.
    fn write_signed_commit(&self, draft: &CommitDraft<'_>) -> Result<Oid> {
        check_message(draft)?;
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

impl<'c> InMemory<'_, 'c> {
    fn draft(
        &self,
        commit: &'c NewCommit,
        parent: Oid,
        author: Signature<'static>,
        committer: Signature<'static>,
    ) -> Result<CommitDraft<'c>> {
        let message = match commit.origin {
            Some(_) => commit.message.clone(),
            None => message_prettify(commit.message.as_str(), None)?,
        };
        let tree = match commit.tree {
            Some(tree) => self.repo.git.find_tree(tree.0)?,
            None => self.repo.git.find_commit(parent).context("the parent does not exist")?.tree()?,
        };
        let mut made = NewObjects::default();
        if commit.tree.is_some() {
            let before = self.repo.git.find_commit(parent).context("the parent does not exist")?.tree()?;
            self.repo.collect_loose(&tree, Some(&before), &mut made.ids)?;
        }
        let tree = self.repo.write_tree(&tree, &commit.files, &mut made)?;
        self.note(made);
        Ok(CommitDraft { branch: &commit.branch, parent, tree, message, author, committer })
    }

    fn write_commit(&self, draft: &CommitDraft<'_>) -> Result<Oid> {
        check_message(draft)?;
        let git = &self.repo.git;
        let (parent, tree) = (git.find_commit(draft.parent)?, git.find_tree(draft.tree)?);
        let id = git
            .commit(None, &draft.author, &draft.committer, &draft.message, &tree, &[&parent])
            .context("cannot write a commit")?;
        self.note(NewObjects { ids: vec![id], ..NewObjects::default() });
        Ok(id)
    }
}

fn check_message(draft: &CommitDraft<'_>) -> Result<(), Refused> {
    if !draft.message.is_empty() {
        return Ok(());
    }
    let finding = Finding::of(rule::EMPTY_MESSAGE, format!("the commit on {} has no message", draft.branch));
    Err(finding.remedy("give the commit a message").into())
}

fn no_place(path: &RepoPath, at: &str, mode: Option<Mode>) -> Finding {
    let what = match mode {
        Some(Mode::Submodule) => "a submodule",
        Some(Mode::Link) => "a symbolic link",
        Some(Mode::Plain | Mode::Executable) => "a file",
        None => "a folder",
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
