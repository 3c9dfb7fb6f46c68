//! What is said of a pull request that brings a prepared commit to its branch.

use std::fmt::Write as _;

use semver::Version;

use crate::git::BranchName;
use crate::plan::bump::LineMove;
use crate::plan::{Command, Plan, PullRequest, Request};
use crate::project::{lead, links};
use crate::text::{counted, on_a_line};

/// Returns the pull request for a commit of `plan` that moves lines by `moves` to `version`, with `message`:
/// what it links to is there once the branches are pushed.
pub(super) fn of(
    request: &Request<'_>,
    plan: &Plan,
    (moves, version): (&[LineMove], &Version),
    base: BranchName,
    message: &str,
) -> PullRequest {
    let (title, rest) = message.split_once('\n').unwrap_or((message, ""));
    let mut body = String::new();
    if !rest.trim().is_empty() {
        let _ = writeln!(body, "{}\n", rest.trim());
    }
    let pages = Pages { request, address: address(request) };
    let _ = writeln!(body, "Prepared by `cargo relprep {}` for {}.\n", plan.command, request.date);
    for LineMove { from, to, packages } in moves {
        let _ = writeln!(body, "* {from} → {to}: {}", counted(packages.len(), "package"));
    }
    for cut in plan.branches.iter().map(|branch| &branch.name).filter(|cut| **cut != base) {
        let _ = writeln!(body, "* {} is cut", pages.branch(cut));
    }
    let prerelease = &request.project.config.prerelease;
    let is_tagged = prerelease.is_release(version) && plan.command != Command::Branch;
    if is_tagged || plan.command == Command::Rc {
        body.push_str(&pages.since(&base));
        let _ = writeln!(
            body,
            "* once this is merged, `cargo relprep tag` tags it as {}",
            code(&request.project.tag(version))
        );
    }
    for follower in &plan.followers {
        let _ = writeln!(
            body,
            "* then follows {}: {}",
            on_a_line(&follower.name),
            on_a_line(&follower.repository)
        );
    }
    PullRequest { base, title: title.trim().to_owned(), body, draft: false }
}

/// The pages of the repository that a body links to.
struct Pages<'a> {
    request: &'a Request<'a>,
    address: Option<String>,
}

impl Pages<'_> {
    /// Names a branch, with the address of its page.
    fn branch(&self, name: &BranchName) -> String {
        linked(name.as_str(), links::branch(self.address.as_deref(), name.as_str()))
    }

    /// Says what the release branch `base` has that its latest release has not; nothing where there is none.
    fn since(&self, base: &BranchName) -> String {
        let Some(line) = self.request.project.config.names.branch.line(base) else { return String::new() };
        let Some((_, tag)) = self.request.releases_of(&line).pop_last() else { return String::new() };
        let changes = links::changes(self.address.as_deref(), tag.name.as_str(), base.as_str());
        let since = format!("changes since {}", tag.name);
        format!("* {} of {}\n", linked(&since, changes), self.branch(base))
    }
}

/// Returns the address that the lead package gives for its repository.
fn address(request: &Request<'_>) -> Option<String> {
    let project = request.project;
    lead::package(&project.workspace, &project.config).ok()?.repository.clone()
}

fn linked(text: &str, address: Option<String>) -> String {
    match address {
        Some(address) => format!("[{}]({address})", code(text)),
        None => code(text),
    }
}

/// Returns `text` as Markdown shows it as it is.
fn code(text: &str) -> String {
    format!("`{}`", on_a_line(text).replace('`', "'"))
}
