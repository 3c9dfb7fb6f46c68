//! Makes tags: objects that nobody sees, and the refs that lead to them.

use anyhow::{Context, Result};
use git2::{ObjectType, Oid};

use crate::finding::{Finding, Refused};
use crate::git::Repo;
use crate::git::identity::IdentityRole;
use crate::git::tags::TagForm;
use crate::rule;
use crate::transaction::pack::StagedPacks;
use crate::transaction::refs::RefMove;
use crate::transaction::values::{NewTag, Publication};

impl Repo {
    /// Finds tags of the publication that exist.
    pub(crate) fn tags_in_the_way(&self, publication: &Publication) -> Result<Vec<Finding>> {
        let mut findings = Vec::new();
        for tag in &publication.tags {
            if self.ref_value(&tag.name.full())?.is_some() {
                findings.push(
                    Finding::of(rule::TAG_EXISTS, format!("the tag `{}` already exists", tag.name))
                        .remedy("run the command again: it was made meanwhile"),
                );
            }
        }
        Ok(findings)
    }

    /// Makes what the tags of the publication lead to, on its way to the disk; returns the refs.
    pub(crate) fn make_tags(
        &self,
        publication: &Publication,
        staged: &mut StagedPacks<'_>,
    ) -> Result<Vec<RefMove>> {
        Refused::if_any(self.tags_in_the_way(publication)?)?;
        let mut moves = Vec::new();
        for tag in &publication.tags {
            let id = match tag.form {
                TagForm::Lightweight => tag.at.0,
                TagForm::Annotated => self.annotated(tag, publication)?,
                TagForm::Signed => self.signed(tag, publication)?,
            };
            if tag.form != TagForm::Lightweight {
                let (folder, file) = {
                    let text = id.to_string();
                    (text[..2].to_owned(), text[2..].to_owned())
                };
                let folder = self.git.commondir().join("objects").join(folder);
                staged.start([folder.join(file), folder].into_iter().filter(|path| path.exists()));
            }
            moves.push(RefMove { name: tag.name.full(), old: None, new: Some(id) });
        }
        Ok(moves)
    }

    fn annotated(&self, tag: &NewTag, publication: &Publication) -> Result<Oid> {
        let tagger = self.identity(IdentityRole::Committer, self.settings()?, publication.moment)?;
        let commit = self.git.find_object(tag.at.0, Some(ObjectType::Commit))?;
        let message = git2::message_prettify(tag.message.as_str(), None)?;
        self.git
            .tag_annotation_create(tag.name.as_str(), &commit, &tagger, &message)
            .context("cannot write a tag")
    }

    /// Has the user's git sign and write the tag: it knows the keys, formats and programs. The ref that it makes
    /// lies in a repository of its own, whose objects are ours.
    fn signed(&self, tag: &NewTag, publication: &Publication) -> Result<Oid> {
        let common = self.git.commondir().to_owned();
        let text = |path: &std::path::Path| path.to_string_lossy().into_owned();
        let beside = tempfile::Builder::new().prefix("tag").tempdir_in(self.state_dir())?;
        for folder in ["refs", "objects"] {
            std::fs::create_dir(beside.path().join(folder))?;
        }
        std::fs::write(beside.path().join("HEAD"), "ref: refs/heads/none\n")?;
        std::fs::write(
            beside.path().join("config"),
            format!(
                "[core]\n\trepositoryformatversion = 0\n\tbare = true\n[include]\n\tpath = {:?}\n",
                text(&common.join("config"))
            ),
        )?;
        let tagger = self.identity(IdentityRole::Committer, self.settings()?, publication.moment)?;
        let git = |command: &'static str| {
            self.user_git(command)
                .env("GIT_DIR", text(beside.path()))
                .env("GIT_OBJECT_DIRECTORY", text(&common.join("objects")))
        };
        let made = git("tag")
            .args(["-s", "-F", "-", tag.name.as_str(), &tag.at.0.to_string()])
            .env("GIT_COMMITTER_NAME", tagger.name()?)
            .env("GIT_COMMITTER_EMAIL", tagger.email()?)
            .env("GIT_COMMITTER_DATE", format!("@{}", publication.moment))
            .input(tag.message.as_bytes())
            .run();
        made.map_err(|error| {
            Refused::from(
                Finding::of(rule::NOT_SIGNED, format!("the tag {} cannot be signed: {error}", tag.name))
                    .remedy("see whether `git tag -s` works here, or state `names.tag-kind = \"annotated\"`"),
            )
        })?;
        let said = git("rev-parse").arg(tag.name.full().as_str()).run()?;
        Ok(Oid::from_str(String::from_utf8(said)?.trim())?)
    }
}
