//! Backports of pull requests, by their labels.

use super::actions::{Access, begin, head, job, one_at_a_time, open_requests};
use super::facts::WorkflowFacts;
use super::yaml::patterns;

pub(super) fn text(facts: &WorkflowFacts) -> String {
    // The one event whose token may write for a pull request from a fork. Nothing that it brings is run:
    // it is merged, and commits are applied in memory.
    let triggers = format!(
        "# A pull request from a fork needs this event; nothing of it runs, and it is merged.\n\
         pull_request_target:\n  types: [closed, labeled]\n  branches: {}\n",
        patterns(&[facts.trunk_filter()])
    );
    let condition = "github.event.pull_request.merged && (github.event.action == 'closed' || startsWith(github.event.label.name, 'backport')) \
                     && contains(toJSON(github.event.pull_request.labels.*.name), '\"backport')";
    let permissions =
        ["contents: write # to push branches", "pull-requests: write # to open and to answer pull requests"];
    let group = format!("{}-${{{{ github.event.pull_request.number }}}}", facts.named("backport"));
    let begin = begin(facts, Some(facts.trunk.as_str()), Access::Push);
    let steps = [&begin, BACKPORT, &open_requests(facts, "backport.json"), ANSWER].concat();
    format!(
        "{}{}\njobs:\n{}",
        head(facts, "Backport", &triggers),
        one_at_a_time(&group, false),
        job("backport", "Backport what is labelled so", condition, &permissions, &steps)
    )
}

/// The label `backport` is for all supported branches, and `backport 36.0` or `backport release-36.0.0` for one.
const BACKPORT: &str = r#"- name: Apply its commits to the supported branches, or to those that labels like `backport 36.0` name
  env:
    # All that it has when it is merged; later, the one that it gets.
    LABELS: ${{ github.event.action == 'closed' && toJSON(github.event.pull_request.labels.*.name) || toJSON(github.event.label.name) }}
    NUMBER: ${{ github.event.pull_request.number }}
    COUNT: ${{ github.event.pull_request.commits }}
    COMMIT: ${{ github.event.pull_request.merge_commit_sha }}
  run: |
    options=()
    names=$(jq --raw-output '[.] | flatten[]' <<< "$LABELS")
    if ! grep --quiet --line-regexp backport <<< "$names"; then
      while IFS= read -r branch; do options+=(--to "$branch"); done < <(sed -n 's/^backport //p' <<< "$names")
    fi
    git fetch --quiet origin "refs/pull/$NUMBER/head"
    subjects() { git log --format=%s --max-count="$COUNT" "$1"; }
    if git rev-parse --quiet --verify "$COMMIT^2" > /dev/null; then
      commits="$COMMIT^1..$COMMIT" # merged
    elif [ "$(subjects "$COMMIT")" = "$(subjects FETCH_HEAD)" ]; then
      commits="$COMMIT~$COUNT..$COMMIT" # rebased
    else
      commits=$COMMIT # squashed
    fi
    cargo relprep backport "$commits" "${options[@]}" --draft --pull-request --push --format json |
    tee "$RUNNER_TEMP/backport.json"
"#;

const ANSWER: &str = r#"- name: Say that it failed
  if: failure()
  env:
    GH_TOKEN: ${{ github.token }}
    NUMBER: ${{ github.event.pull_request.number }}
    RUN: ${{ github.server_url }}/${{ github.repository }}/actions/runs/${{ github.run_id }}
  run: gh pr comment "$NUMBER" --body "This was not backported to every branch that it is for. [The log]($RUN) says why."
"#;
