//! The tag of a release, once it is merged.

use super::actions::{Access, begin, head, job, one_at_a_time};
use super::facts::{ReleasePlace, WorkflowFacts};
use super::yaml::{inert, patterns, scalar};
use crate::config::{NameRange, Workflow};
use crate::text::quoted;

pub(super) fn text(facts: &WorkflowFacts) -> String {
    let mut branches: Vec<String> = facts.branches().iter().map(NameRange::branch_filter).collect();
    branches.insert(0, facts.trunk_filter());
    let triggers = format!("push:\n  branches: {}\nworkflow_dispatch:\n", patterns(&branches));
    let publishes = facts.published_without.is_some() && !facts.left_out.contains(&Workflow::Publish);
    let mut permissions =
        vec!["contents: write # to push tags", "pull-requests: read # to know what was merged"];
    permissions.extend(publishes.then_some("actions: write # to start what publishes"));
    let publish = if publishes { publish(facts) } else { String::new() };
    let steps = [begin(facts, None, Access::Push), tag(facts), publish, tidy(facts)].concat();
    format!(
        "{}{}\njobs:\n{}",
        head(facts, "Tag releases", &triggers),
        one_at_a_time(&format!("{}-${{{{ github.sha }}}}", facts.named("tag")), false),
        job("tag", "Tag what was merged", "${{ !github.event.deleted }}", &permissions, &steps)
    )
}

fn tag(facts: &WorkflowFacts) -> String {
    let (trunk, unless) = match facts.releases {
        ReleasePlace::Branches(_) => (
            format!("    TRUNK: {}\n", scalar(facts.trunk.as_str())),
            "    # The trunk holds what is to be released on a branch.\n    \
             if [ \"$BRANCH\" = \"$TRUNK\" ]; then exit 0; fi\n",
        ),
        ReleasePlace::Trunk | ReleasePlace::Both(_) => (String::new(), ""),
    };
    format!(
        r#"- name: Tag the release that this commit makes
  env:
    BRANCH: ${{{{ github.ref_name }}}}
{trunk}    # By hand, also what an earlier commit made.
    IF_DUE: ${{{{ github.event_name == 'push' && '--if-due' || '' }}}}
  run: |
{unless}    cargo relprep tag --branch "$BRANCH" --commit "$GITHUB_SHA" ${{IF_DUE:+"$IF_DUE"}} --push --format json |
    tee "$RUNNER_TEMP/tags.json"
"#
    )
}

/// A tag that a workflow pushes starts no other one.
fn publish(facts: &WorkflowFacts) -> String {
    format!(
        r#"- name: Publish it
  env:
    GH_TOKEN: ${{{{ github.token }}}}
  run: |
    [ -s "$RUNNER_TEMP/tags.json" ] || exit 0
    tag=$(jq --raw-output '.tagging | select(.made.pushed?).tags[0].tag // empty' "$RUNNER_TEMP/tags.json")
    if [ -n "$tag" ]; then gh workflow run {}.yml --ref "$tag"; fi
"#,
        facts.named("publish")
    )
}

/// The branch of a pull request that is merged stands in the way of the next one.
fn tidy(facts: &WorkflowFacts) -> String {
    let shell = |(begin, end): (&str, &str)| format!("{}*{}", shell_text(begin), shell_text(end));
    let names: Vec<String> = facts.requests.iter().map(|range| shell(range.ends())).collect();
    format!(
        r#"- name: Remove the branch of the pull request that this has merged
  if: ${{{{ !cancelled() && github.event_name == 'push' }}}}
  env:
    GH_TOKEN: ${{{{ github.token }}}}
  run: |
    gh api "repos/$GITHUB_REPOSITORY/commits/$GITHUB_SHA/pulls" |
    jq --raw-output '.[] | select(.merged_at and .head.repo.full_name == env.GITHUB_REPOSITORY).head.ref' |
    while IFS= read -r head; do
      case $head in
        {}) git push --quiet origin --delete "refs/heads/$head" || echo "$head is gone already" ;;
      esac
    done
"#,
        inert(&names.join(" | "))
    )
}

fn shell_text(text: &str) -> String {
    if text.is_empty() { String::new() } else { quoted(text) }
}
