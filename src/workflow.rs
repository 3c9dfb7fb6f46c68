//! The workflows that run the commands on GitHub: what is known of a project in, the texts of files out. Pure.
//!
//! Each workflow is for one purpose and asks for the permissions of that alone. What all of them need, the
//! installation of this program and the pull requests that it prepares, are two actions of the repository itself.

mod actions;
mod backport;
mod check;
mod facts;
mod mark;
mod pins;
mod prepare;
mod publish;
mod supported;
mod tag;
mod train;
mod yaml;

pub use facts::{ReleasePlace, WorkflowFacts};
pub use mark::{Mark, mark_of};
pub use pins::with_newer_pins;

use crate::config::Workflow;
use crate::path::RepoPath;

/// Returns every file that a project may have, with what is in it where it has that: the workflows that apply
/// and are not left out, and the actions that they use.
pub fn files(facts: &WorkflowFacts) -> Vec<(RepoPath, Option<String>)> {
    let is_made = |workflow: &Workflow| applies(*workflow, facts) && !facts.left_out.contains(workflow);
    let workflows = Workflow::ALL.into_iter().map(|workflow| {
        let text = Some(workflow).filter(is_made).map(|workflow| text(workflow, facts));
        (format!("workflows/{}.yml", facts.named(workflow.name())), text)
    });
    let some = Workflow::ALL.iter().any(is_made);
    let opens = [Workflow::Train, Workflow::Prepare, Workflow::Backport].iter().any(is_made);
    let actions = [
        (format!("actions/{}/action.yml", facts.prefix), some.then(|| actions::set_up(facts))),
        (format!("actions/{}/action.yml", facts.named("open")), opens.then(actions::open)),
    ];
    let place = |(path, text): (String, Option<String>)| {
        let text = text.map(|text| mark::marked(&text));
        Some((RepoPath::new(&format!(".github/{path}"))?, text))
    };
    workflows.chain(actions).filter_map(place).collect()
}

/// Returns whether a project has what a workflow is about.
fn applies(workflow: Workflow, facts: &WorkflowFacts) -> bool {
    match workflow {
        Workflow::Check | Workflow::Prepare | Workflow::Tag => true,
        Workflow::Train | Workflow::Supported => facts.is_scheduled,
        Workflow::Publish => facts.published_without.is_some(),
        Workflow::Backport => !matches!(facts.releases, ReleasePlace::Trunk),
    }
}

fn text(workflow: Workflow, facts: &WorkflowFacts) -> String {
    match workflow {
        Workflow::Check => check::text(facts),
        Workflow::Train => train::text(facts),
        Workflow::Prepare => prepare::text(facts),
        Workflow::Tag => tag::text(facts),
        Workflow::Publish => publish::text(facts),
        Workflow::Backport => backport::text(facts),
        Workflow::Supported => supported::text(facts),
    }
}
