//! Each day, the cut and the release that are due.

use super::actions::{Access, begin, fetch_branches, head, job, one_at_a_time, open_requests};
use super::facts::WorkflowFacts;
use super::yaml::scalar;

pub(super) fn text(facts: &WorkflowFacts) -> String {
    // Not at a full hour, when GitHub passes over runs; a day that was passed over is made up for on the next.
    let triggers = "schedule:\n  - cron: '17 6 * * *'\nworkflow_dispatch:\n";
    let permissions = ["contents: write # to push branches", "pull-requests: write # to open pull requests"];
    format!(
        "{}{}\njobs:\n{}",
        head(facts, "Release train", triggers),
        one_at_a_time(&facts.named("train"), false),
        job("due", "Cut and release what is due", "", &permissions, &steps(facts))
    )
}

fn steps(facts: &WorkflowFacts) -> String {
    let cut = r#"- name: Cut the release branch on its day
  run: cargo relprep branch --if-due --pull-request --push --format json | tee "$RUNNER_TEMP/cut.json"
"#;
    let release = r#"- name: Prepare each release on its day
  env:
    TRUNK: TRUNK_NAME
  run: |
    cargo relprep status --format json > "$RUNNER_TEMP/status.json"
    # Those that are cut, and hold the first version of their line or a candidate of it.
    jq --raw-output '
      .status | .date as $day | .releases[]
      | select(.state != "in-development" and .places != [] and .released.actual == null)
      | select(.released.due and .released.due <= $day)
      | select((.declared_version // "" | split("-")[0]) == .version)
      | .branch
    ' "$RUNNER_TEMP/status.json" |
    while IFS= read -r branch; do
      # Programs of `[[run]]` run only on what is checked out.
      git switch --quiet "$branch"
      cargo relprep release --branch "$branch" --if-due --pull-request --push --format json
    done | tee "$RUNNER_TEMP/released.json"
    git switch --quiet "$TRUNK"
"#;
    let release = release.replace("TRUNK_NAME", &scalar(facts.trunk.as_str()));
    [
        &begin(facts, Some(facts.trunk.as_str()), Access::Push),
        cut,
        &open_requests(facts, "cut.json"),
        &fetch_branches(facts),
        &release,
        &open_requests(facts, "released.json"),
    ]
    .concat()
}
