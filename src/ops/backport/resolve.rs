//! Prepares a work tree for a conflict.

use std::path::Path;

use anyhow::{Context, Result};
use globset::Glob;

use super::BackportSession;
use crate::backport::attempt::PickOutcome;
use crate::backport::manual::{ManualPlace, ManualSteps};
use crate::backport::targets::{Choice, Target, choose};
use crate::checkout::linked::ManualPick;
use crate::config::BackportName;
use crate::finding::{Finding, Refused};
use crate::git::CommitId;
use crate::git::merge::Conflict;
use crate::ops::sink::Sink;
use crate::rule;

impl BackportSession<'_> {
    /// Makes a work tree in `folder`, by default beside this one, in which the commits conflict on
    /// `branch`; returns how to finish, and what conflicts.
    ///
    /// # Errors
    ///
    /// A refusal if nothing conflicts there, or the work tree cannot be made.
    pub fn resolve(
        &self,
        branch: &str,
        folder: Option<&Path>,
        sink: &mut dyn Sink,
    ) -> Result<(ManualSteps, Vec<Conflict>)> {
        let commits = self.commits(sink)?;
        let glob = Glob::new(branch).context("this is not the name of a branch")?;
        let choice = Choice { to: vec![glob], except: Vec::new() };
        let chosen = choose(self.scope.branches.clone(), &choice, |_| true).map_err(Refused)?;
        let [target] = chosen.targets.as_slice() else {
            let finding =
                Finding::of(rule::SEVERAL_TARGETS, format!("`{branch}` fits more than one release branch"));
            return Err(Refused::from(finding.remedy("name one")).into());
        };
        let (_, attempts) = self.attempts(&commits, &chosen.targets)?;
        let steps = attempts.iter().flat_map(|attempt| &attempt.steps);
        let settled = |outcome: &PickOutcome| {
            matches!(outcome, PickOutcome::AlreadyThere(_) | PickOutcome::Stated { .. } | PickOutcome::Empty)
        };
        let open: Vec<_> = steps.filter(|step| !settled(&step.outcome)).collect();
        let files = open.iter().find_map(|step| match &step.outcome {
            PickOutcome::Conflict { files, .. } | PickOutcome::NeedsOthers { files, .. } => {
                Some(files.clone())
            }
            _ => None,
        });
        let Some(files) = files else {
            let finding = Finding::of(rule::NO_CONFLICT, format!("nothing conflicts on {}", target.branch));
            return Err(Refused::from(finding.remedy("run this without `--resolve`")).into());
        };
        let open: Vec<CommitId> = open.iter().map(|step| step.commit).collect();
        Ok((self.begin(target, &open, folder)?, files))
    }

    /// Makes the work tree in which `commits` are picked by hand.
    fn begin(&self, target: &Target, commits: &[CommitId], folder: Option<&Path>) -> Result<ManualSteps> {
        let release = &target.branch;
        let place = self.place(target, commits)?;
        let root = self.session.repo.root().canonicalize()?;
        let folder = if let Some(folder) = folder {
            std::path::absolute(folder)?
        } else {
            let name = root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            root.with_file_name(format!("{name}-{}", place.branch(release).as_str().replace('/', "-")))
        };
        let has_merge = self.session.repo.without_merges(commits)?.len() < commits.len();
        self.session.repo.begin_manual_pick(&ManualPick {
            folder: &folder,
            branch: place.branch(release),
            start: place.start(),
            commits,
            moment: self.session.context.moment,
            mainline: self.mainline().filter(|_| has_merge),
            sign_off: self.options.sign_off,
        })?;
        Ok(ManualSteps::new(&root, &folder, release, &place))
    }

    /// Returns the branch that a person picks onto.
    fn place(&self, target: &Target, commits: &[CommitId]) -> Result<ManualPlace> {
        let name = |template: &BackportName| {
            let short = commits.first().map(|commit| commit.short()).unwrap_or_default();
            template.render(&short, &target.branch).map_err(Refused::from)
        };
        if let Some(template) = &self.project.config.names.backport_branch {
            return Ok(ManualPlace::Backport(name(template)?, target.tip));
        }
        let user = self.session.repo.work_tree_of(&target.branch)?;
        Ok(match (target.local, user) {
            (None, _) => ManualPlace::NewBranch(target.tip),
            (Some(_), Some(user)) => ManualPlace::Beside(name(&BackportName::default())?, target.tip, user),
            (Some(local), None) if local != target.tip => {
                ManualPlace::Ahead(name(&BackportName::default())?, target.tip)
            }
            (Some(_), None) => ManualPlace::Branch,
        })
    }
}
