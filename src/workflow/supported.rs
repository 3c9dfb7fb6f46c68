//! Each week, the supported branches.

use super::actions::{Access, begin, head, job, one_at_a_time};
use super::facts::WorkflowFacts;
use super::yaml::scalar;

pub(super) fn text(facts: &WorkflowFacts) -> String {
    let triggers = "schedule:\n  - cron: '37 5 * * 1'\nworkflow_dispatch:\n";
    let mut permissions = vec!["contents: read"];
    permissions.extend(facts.tests.is_some().then_some("actions: write # to start the project's own tests"));
    format!(
        "{}{}\njobs:\n{}{}",
        head(facts, "Supported releases", triggers),
        one_at_a_time(&facts.named("supported"), false),
        list_job(facts),
        with_matrix(&job(
            "check",
            "${{ matrix.branch }}",
            "needs.list.outputs.branches != '[]'",
            &permissions,
            &steps(facts)
        ))
    )
}

fn list_job(facts: &WorkflowFacts) -> String {
    let steps = format!(
        r#"{}- name: List the branches
  id: supported
  run: |
    branches=$(cargo relprep status --supported --format json | jq --compact-output .supported)
    echo "branches=$branches" >> "$GITHUB_OUTPUT"
"#,
        begin(facts, Some(facts.trunk.as_str()), Access::Read)
    );
    let outputs = "    outputs:\n      branches: ${{ steps.supported.outputs.branches }}\n";
    let job = job("list", "List the supported branches", "", &["contents: read"], &steps);
    job.replacen("    steps:\n", &format!("{outputs}    steps:\n"), 1)
}

fn with_matrix(job: &str) -> String {
    let matrix = "    needs: list\n    strategy:\n      fail-fast: false\n      matrix:\n        \
                  branch: ${{ fromJSON(needs.list.outputs.branches) }}\n";
    job.replacen("    runs-on:", &format!("{matrix}    runs-on:"), 1)
}

fn steps(facts: &WorkflowFacts) -> String {
    let tests = match &facts.tests {
        Some(file) => format!(
            "- name: Start its tests\n  \
               if: ${{{{ !cancelled() }}}}\n  \
               env:\n    \
                 GH_TOKEN: ${{{{ github.token }}}}\n    \
                 BRANCH: ${{{{ matrix.branch }}}}\n    \
                 TESTS: {}\n  \
               run: gh workflow run \"$TESTS\" --ref \"$BRANCH\"\n",
            scalar(file)
        ),
        None => {
            "- name: Test it\n  if: ${{ !cancelled() }}\n  run: cargo test --workspace --locked\n".to_owned()
        }
    };
    format!(
        r#"{}- name: Check out the branch
  env:
    BRANCH: ${{{{ matrix.branch }}}}
  run: git switch --quiet --detach "origin/$BRANCH"
- name: Check it
  env:
    BRANCH: ${{{{ matrix.branch }}}}
  run: cargo relprep check --branch "$BRANCH" --format github
- name: Check its promised Rust version
  if: ${{{{ !cancelled() }}}}
  env:
    BRANCH: ${{{{ matrix.branch }}}}
  run: cargo relprep check-msrv --branch "$BRANCH" --format github
{tests}"#,
        begin(facts, Some(facts.trunk.as_str()), Access::Read)
    )
}
