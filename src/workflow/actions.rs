//! The actions that a project's workflows share: what every job begins with, and how pull requests are opened.

use std::collections::BTreeSet;

use super::facts::WorkflowFacts;
use super::pins::{CACHE, CHECKOUT};
use super::yaml::{indented, inert, scalar};
use crate::config::NameRange;
use crate::text::quoted;

/// What a checkout is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Nothing is pushed from it.
    Read,
    /// Something is.
    Push,
}

/// Returns what a workflow is called, and how its shell runs, as its first lines.
pub(super) fn head(facts: &WorkflowFacts, title: &str, triggers: &str) -> String {
    let of = if facts.folder.is_empty() { String::new() } else { format!(" of {}", facts.name) };
    let folder = match facts.folder.as_str() {
        "" => String::new(),
        folder => format!("    working-directory: {}\n", scalar(folder)),
    };
    format!(
        "name: {}\n\non:\n{}\npermissions: {{}}\n\ndefaults:\n  run:\n    shell: bash\n{folder}",
        scalar(&format!("{title}{of}")),
        indented(triggers, 2)
    )
}

/// Returns that one run of a workflow waits for another of the same `group`, below `head`.
pub(super) fn one_at_a_time(group: &str, cancels: bool) -> String {
    format!("\nconcurrency:\n  group: {group}\n  cancel-in-progress: {cancels}\n")
}

/// Returns a job that runs on one machine, with permissions, one a line and each with a comment that says why.
pub(super) fn job(id: &str, name: &str, condition: &str, permissions: &[&str], steps: &str) -> String {
    let condition = if condition.is_empty() { String::new() } else { format!("    if: {condition}\n") };
    format!(
        "  {id}:\n    name: {name}\n{condition}    runs-on: ubuntu-latest\n    timeout-minutes: 60\n    permissions:\n{}    steps:\n{}",
        indented(&permissions.join("\n"), 6),
        indented(steps, 6)
    )
}

/// Returns the steps that every job begins with, of the branch `at`, or of what the event is about.
pub(super) fn begin(facts: &WorkflowFacts, at: Option<&str>, access: Access) -> String {
    let at = at.map(|at| format!("    ref: {}\n", scalar(at))).unwrap_or_default();
    let credentials = match access {
        Access::Read => "    persist-credentials: false\n",
        Access::Push => "",
    };
    format!(
        "- {}\n  with:\n{at}    fetch-depth: 0 # all branches and tags, with their history\n{credentials}\
         - uses: ./.github/actions/{}\n",
        CHECKOUT.uses(),
        facts.prefix
    )
}

/// Returns the step that makes the release branches local.
pub(super) fn fetch_branches(facts: &WorkflowFacts) -> String {
    let spec = |range: &NameRange| quoted(format!("{0}:{0}", range.refs()));
    let specs: BTreeSet<String> = facts.branches().iter().map(spec).collect();
    format!(
        "- name: Make the release branches local\n  env:\n    TRUNK: {}\n  run: |\n    \
         git fetch --quiet origin {} \"^refs/heads/$TRUNK\"\n",
        scalar(facts.trunk.as_str()),
        inert(&specs.into_iter().collect::<Vec<_>>().join(" "))
    )
}

/// Returns the step that opens the pull requests of which the file `made` tells, in the runner's own folder.
pub(super) fn open_requests(facts: &WorkflowFacts, made: &str) -> String {
    format!(
        "- name: Open what was prepared\n  \
           # What was pushed before something else failed, too.\n  \
           if: ${{{{ !cancelled() }}}}\n  \
           uses: ./.github/actions/{}\n  \
           with:\n    \
             made: ${{{{ runner.temp }}}}/{made}\n    \
             # What a workflow's own token opens starts no checks: for these, put a token of an app or a person into\n    \
             # this secret. Without one, close and reopen a pull request to have it checked.\n    \
             token: ${{{{ secrets.RELPREP_TOKEN || github.token }}}}\n",
        facts.named("open")
    )
}

/// Returns the action that installs this program, once for each of its versions, and sets up git.
pub(super) fn set_up(facts: &WorkflowFacts) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let (cache, trunk) = (CACHE.uses(), scalar(facts.trunk.as_str()));
    format!(
        r#"name: Set up cargo relprep
description: Installs cargo relprep {version}, from the cache where it can, and tells git what a clone would know
runs:
  using: composite
  steps:
    - {cache}
      id: cache
      with:
        path: ~/.cargo-relprep
        key: cargo-relprep-{version}-${{{{ runner.os }}}}-${{{{ runner.arch }}}}
    - name: Install cargo relprep
      if: steps.cache.outputs.cache-hit != 'true'
      shell: bash
      # Not where the project's own toolchain and configuration of Cargo count.
      working-directory: ${{{{ runner.temp }}}}
      run: |
        rustup toolchain install stable --profile minimal --no-self-update
        cargo +stable install cargo-relprep --version '={version}' --locked --root "$HOME/.cargo-relprep"
    - name: Set up git
      shell: bash
      env:
        TRUNK: {trunk}
      run: |
        echo "$HOME/.cargo-relprep/bin" >> "$GITHUB_PATH"
        git config user.name 'github-actions[bot]'
        git config user.email '41898282+github-actions[bot]@users.noreply.github.com'
        git remote set-head origin "$TRUNK"
"#
    )
}

/// Returns the action that opens pull requests.
pub(super) fn open() -> String {
    r#"name: Open pull requests
description: Opens the pull requests that cargo relprep has prepared and pushed
inputs:
  made:
    description: The file with what it printed as JSON
    required: true
  token:
    description: The token that opens them
    required: true
runs:
  using: composite
  steps:
    - name: Open pull requests
      # What was pushed before something else failed, too.
      if: ${{ !cancelled() }}
      shell: bash
      env:
        MADE: ${{ inputs.made }}
        GH_TOKEN: ${{ inputs.token }}
      run: |
        [ -s "$MADE" ] || exit 0
        jq --compact-output '
          select(.preparation.made.pushed? or .backport.pushed?)
          | .. | objects | select(.pull_request?) | {head: .branch} + .pull_request
        ' "$MADE" |
        while IFS= read -r request; do
          field() { jq --raw-output --arg field "$1" '.[$field]' <<< "$request"; }
          field body > "$RUNNER_TEMP/body.md"
          options=(--base "$(field base)" --head "$(field head)" --title "$(field title)")
          if [ "$(field draft)" = true ]; then options+=(--draft); fi
          gh pr create "${options[@]}" --body-file "$RUNNER_TEMP/body.md" < /dev/null
        done
"#
    .to_owned()
}
