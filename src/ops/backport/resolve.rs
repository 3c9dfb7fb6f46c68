//! Prepares a work tree for a conflict.

use anyhow::{Context, Result};
use globset::Glob;

use super::scene::Scene;
use crate::backport::attempt::Outcome;
use crate::backport::byhand::{ByHand, Place};
use crate::backport::targets::{Choice, Target, choose};
use crate::checkout::linked::Handwork;
use crate::cli::{Output, Status};
use crate::config::BackportName;
use crate::finding::{Finding, Refused};
use crate::git::CommitId;
use crate::render;
use crate::rule;

impl Scene<'_> {
    /// Makes a work tree in which the commits conflict on `branch`, and says how to finish.
    pub(crate) fn resolve(&self, branch: &str, output: &mut Output) -> Result<Status> {
        let commits = self.commits()?;
        let glob = Glob::new(branch).context("this is no name of a branch")?;
        let choice = Choice { to: vec![glob], except: Vec::new() };
        let chosen = choose(self.ground.branches.clone(), &choice, |_| true).map_err(Refused)?;
        let [target] = chosen.targets.as_slice() else {
            let finding =
                Finding::of(rule::SEVERAL_TARGETS, format!("`{branch}` fits more than one release branch"));
            return Err(Refused::from(finding.remedy("name one")).into());
        };
        let (_, attempts) = self.attempts(&commits, &chosen.targets)?;
        let steps = attempts.iter().flat_map(|attempt| &attempt.steps);
        let settled = |outcome: &Outcome| {
            matches!(outcome, Outcome::AlreadyThere(_) | Outcome::Stated { .. } | Outcome::Empty)
        };
        let open: Vec<_> = steps.filter(|step| !settled(&step.outcome)).collect();
        let files = open.iter().find_map(|step| match &step.outcome {
            Outcome::Conflict { files, .. } | Outcome::NeedsOthers { files, .. } => Some(files.as_slice()),
            _ => None,
        });
        let Some(files) = files else {
            let finding = Finding::of(rule::NO_CONFLICT, format!("nothing conflicts on {}", target.branch));
            return Err(Refused::from(finding.remedy("run this without `--resolve`")).into());
        };
        let open: Vec<CommitId> = open.iter().map(|step| step.commit).collect();
        let work = self.begin(target, &open)?;
        match output.is_json() {
            true => output.result(&render::json::document("by-hand", &work)),
            false => output.show(&render::backport::by_hand(&work, files)),
        }
        Ok(Status::Done)
    }

    /// Makes the work tree in which `commits` are picked by hand.
    fn begin(&self, target: &Target, commits: &[CommitId]) -> Result<ByHand> {
        let release = &target.branch;
        let place = self.place(target, commits)?;
        let root = self.repo.root().canonicalize()?;
        let folder = if let Some(folder) = &self.args.worktree {
            std::path::absolute(folder)?
        } else {
            let name = root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            root.with_file_name(format!("{name}-{}", place.branch(release).replace('/', "-")))
        };
        self.repo.begin_by_hand(&Handwork {
            folder: &folder,
            branch: place.branch(release),
            start: place.start(),
            commits,
            mainline: self.args.mainline,
            sign_off: self.args.signoff,
        })?;
        Ok(ByHand::new(&root, &folder, release, &place))
    }

    /// Returns the branch that a person picks onto.
    fn place(&self, target: &Target, commits: &[CommitId]) -> Result<Place> {
        let name = |template: &BackportName| {
            let short = commits.first().map(|commit| commit.short()).unwrap_or_default();
            template.render(&short, &target.branch)
        };
        if let Some(template) = &self.project.config.names.backport_branch {
            return Ok(Place::Backport(name(template), target.tip));
        }
        let user = self.repo.work_tree_of(&target.branch)?;
        Ok(match (target.local, user) {
            (None, _) => Place::NewBranch(target.tip),
            (Some(_), Some(user)) => Place::Beside(name(&BackportName::default()), target.tip, user),
            (Some(local), None) if local != target.tip => {
                Place::Ahead(name(&BackportName::default()), target.tip)
            }
            (Some(_), None) => Place::Branch,
        })
    }
}
