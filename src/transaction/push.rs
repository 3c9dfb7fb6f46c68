//! Pushes what was published: one atomic push by the user's own git.

use anyhow::Result;

use crate::finding::{Finding, Refused};
use crate::git::branches::no_remote;
use crate::git::command::failure;
use crate::git::settings::Settings;
use crate::git::{BranchName, Repo, TagName};
use crate::rule;
use crate::transaction::values::Hooks;

impl Repo {
    /// Makes sure that git can tell what `remote` means: a configured one, an address, or a folder. Returns
    /// whether it is a configured one.
    ///
    /// # Errors
    ///
    /// A refusal if not.
    pub fn check_remote(&self, remote: &str) -> Result<bool, Refused> {
        let is_address = || remote.contains([':', '/']) || self.root.join(remote).is_dir();
        let is_configured = self.git.find_remote(remote).is_ok();
        if !remote.starts_with('-') && (is_configured || is_address()) {
            return Ok(is_configured);
        }
        Err(no_remote(remote))
    }

    /// Pushes `branches` to `remote`: all of them or none, and nothing else.
    ///
    /// A branch goes to its upstream where that is on this remote, and otherwise to its own name.
    ///
    /// # Errors
    ///
    /// A refusal for each branch that the remote rejects, or if git cannot push at all. What is
    /// local stays as it is and can be pushed again.
    pub fn push(&self, remote: &str, branches: &[BranchName], hooks: Hooks) -> Result<()> {
        self.push_with(remote, branches, &[], hooks)
    }

    /// Pushes `tags` with them.
    ///
    /// # Errors
    ///
    /// As [`Repo::push`].
    pub fn push_with(
        &self,
        remote: &str,
        branches: &[BranchName],
        tags: &[TagName],
        hooks: Hooks,
    ) -> Result<()> {
        let settings = self.settings()?;
        self.check_remote(remote)?;
        let mut push = self.user_git("push").args([
            "--atomic",
            "--porcelain",
            "--no-follow-tags",
            "--recurse-submodules=no",
        ]);
        if hooks == Hooks::Skip {
            push = push.arg("--no-verify");
        }
        push = push.arg("--").arg(remote);
        for branch in branches {
            push = push.arg(self.refspec(remote, branch, settings)?);
        }
        for tag in tags {
            push = push.arg(format!("{0}:{0}", tag.full()));
        }
        let output = push.output()?;
        if output.status.success() {
            return Ok(());
        }
        let mut findings = rejections(remote, &String::from_utf8_lossy(&output.stdout));
        if findings.is_empty() {
            let problem = failure("git push", output.status, &output.stderr);
            findings.push(Finding::of(rule::NOT_PUSHED, problem).remedy(
                "put right what it says and push again; the commits and branches are in this repository",
            ));
        }
        Err(Refused(findings).into())
    }

    fn refspec(&self, remote: &str, branch: &BranchName, settings: &Settings) -> Result<String> {
        let name = self.full_branch_name(branch)?;
        let is_upstream = settings.text(&format!("branch.{branch}.remote")) == Some(remote);
        let target = settings
            .text(&format!("branch.{branch}.merge"))
            .filter(|target| is_upstream && git2::Reference::is_valid_name(target))
            .unwrap_or(name.as_str());
        Ok(format!("{name}:{target}"))
    }
}

/// Finds the rejected refs in what `git push --porcelain` printed: `!`, from and to, and the reason,
/// with tabs between.
fn rejections(remote: &str, said: &str) -> Vec<Finding> {
    let rejected = said.lines().filter_map(|line| {
        let (refs, reason) = line.strip_prefix("!\t")?.split_once('\t')?;
        let target = refs.rsplit_once(':').map_or(refs, |(_, target)| target);
        // The others only follow the one that was to blame.
        (!reason.contains("atomic push fail")).then_some((target, reason))
    });
    rejected
        .map(|(target, reason)| {
            Finding::of(rule::PUSH_REJECTED, format!("{remote} does not take {target}: {reason}")).remedy(
                "see with `git fetch` what is new there; nothing was pushed, and all is whole here and can be pushed again",
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_rejected_ref_is_blamed() {
        let said = "To ../x\n!\trefs/heads/a:refs/heads/a\t[remote rejected] (hook declined)\n\
                    !\trefs/heads/b:refs/heads/b\t[remote rejected] (atomic push failure)\nDone\n";
        let findings = rejections("origin", said);
        assert_eq!(findings.len(), 1);
        assert_eq!(
            findings[0].message,
            "origin does not take refs/heads/a: [remote rejected] (hook declined)"
        );
    }
}
