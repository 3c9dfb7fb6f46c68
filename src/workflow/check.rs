//! Checks of pull requests, and of what is pushed to release branches.

use super::actions::{Access, begin, head, job, one_at_a_time};
use super::facts::{ReleasePlace, WorkflowFacts};
use super::pins::UPLOAD_SARIF;
use super::yaml::{patterns, scalar};
use crate::config::NameRange;

pub(super) fn text(facts: &WorkflowFacts) -> String {
    let releases: Vec<String> = facts.branches().iter().map(NameRange::branch_filter).collect();
    let targets: Vec<String> = [facts.trunk_filter()].into_iter().chain(releases.iter().cloned()).collect();
    let pushed = match facts.releases {
        ReleasePlace::Branches(_) => releases,
        ReleasePlace::Trunk | ReleasePlace::Both(_) => targets.clone(),
    };
    let triggers = format!(
        "pull_request:\n  branches: {}\npush:\n  branches: {}\nmerge_group:\n",
        patterns(&targets),
        patterns(&pushed)
    );
    let group = format!("{}-${{{{ github.ref }}}}", facts.named("check"));
    let permissions = ["contents: read", "security-events: write # to upload what was found"];
    format!(
        "{}{}\njobs:\n{}",
        head(facts, "Release checks", &triggers),
        one_at_a_time(&group, true),
        job("check", "Check what a release must hold", "", &permissions, &steps(facts))
    )
}

fn steps(facts: &WorkflowFacts) -> String {
    format!(
        r#"{begin}- name: Check
  run: cargo relprep check --format github
- name: Check the promised Rust version
  if: ${{{{ !cancelled() }}}}
  run: cargo relprep check-msrv --format github
- name: Check these workflows
  if: ${{{{ !cancelled() }}}}
  env:
    BASE: ${{{{ github.base_ref }}}}
    TRUNK: {trunk}
  # A release branch has those of its time.
  run: |
    if [ "$BASE" = "$TRUNK" ]; then cargo relprep ci --check --format github; fi
- name: Tell code scanning what was found
  if: ${{{{ !cancelled() }}}}
  run: cargo relprep check --format sarif > "$RUNNER_TEMP/relprep.sarif" || test -s "$RUNNER_TEMP/relprep.sarif"
- name: Upload it
  # A fork's pull request may not.
  if: ${{{{ !cancelled() && (github.event_name != 'pull_request' || github.event.pull_request.head.repo.full_name == github.repository) }}}}
  # Where code scanning is not enabled, that is no fault of the change.
  continue-on-error: true
  {upload}
  with:
    sarif_file: ${{{{ runner.temp }}}}/relprep.sarif
    category: {prefix}
"#,
        begin = begin(facts, None, Access::Read),
        trunk = scalar(facts.trunk.as_str()),
        upload = UPLOAD_SARIF.uses(),
        prefix = facts.prefix
    )
}
