//! What somebody asks for by hand: a patch, a candidate, a release.

use super::actions::{Access, begin, fetch_branches, head, job, one_at_a_time, open_requests};
use super::facts::{ReleasePlace, WorkflowFacts};
use super::yaml::scalar;

pub(super) fn text(facts: &WorkflowFacts) -> String {
    let permissions = ["contents: write # to push branches", "pull-requests: write # to open pull requests"];
    let (inputs, prepare) = match facts.releases {
        ReleasePlace::Branches(_) => (inputs_of_branches(facts, ""), of_branches(facts, "", "if")),
        ReleasePlace::Trunk => (format!("{INPUTS}{INPUTS_OF_TRUNK}"), OF_TRUNK.to_owned()),
        ReleasePlace::Both(_) => {
            let inputs = format!("{}{INPUTS_OF_TRUNK}", inputs_of_branches(facts, ", bump"));
            (inputs, of_branches(facts, VARIABLES_OF_TRUNK, BUMP))
        }
    };
    let begin = begin(facts, Some(facts.trunk.as_str()), Access::Push);
    let steps = [begin, prepare, open_requests(facts, "made.json")].concat();
    format!(
        "{}{}\njobs:\n{}",
        head(facts, "Prepare a release", &inputs),
        one_at_a_time(&facts.named("prepare"), false),
        job("prepare", "Prepare it", "", &permissions, &steps)
    )
}

const INPUTS: &str = "workflow_dispatch:\n  inputs:\n";

fn inputs_of_branches(facts: &WorkflowFacts, more: &str) -> String {
    let candidate = if facts.has_candidates { "rc, " } else { "" };
    let which = match facts.is_scheduled {
        true => "The release branch; without one, a patch is for every supported release",
        false => "The release branch, but for what is done on the trunk",
    };
    format!(
        "{INPUTS}    command:
      description: What to prepare
      type: choice
      options: [patch, {candidate}release, branch, tag{more}]
      default: patch
    branch:
      description: {which}
      type: string
    at:
      description: For a release branch that is not there yet, the tag that it begins at
      type: string
"
    )
}

fn of_branches(facts: &WorkflowFacts, variables: &str, first: &str) -> String {
    let unnamed = match facts.is_scheduled {
        true => "    elif [ \"$COMMAND\" = patch ]; then options=(--supported)\n",
        false => "",
    };
    format!(
        r#"{fetch}- name: Prepare
  env:
    COMMAND: ${{{{ inputs.command }}}}
    BRANCH: ${{{{ inputs.branch }}}}
    AT: ${{{{ inputs.at }}}}
    TRUNK: {trunk}
{variables}  run: |
    {first} [ "$COMMAND" = branch ]; then options=()
    elif [ -n "$BRANCH" ]; then options=(--branch "$BRANCH")
{unnamed}    else echo '::error::name the release branch'; exit 1
    fi
    # For a branch that is older than these workflows, where none tags what is merged.
    if [ "$COMMAND" = tag ]; then
      cargo relprep tag "${{options[@]}}" --push
      exit
    fi
    if [ -n "$BRANCH" ] && [ -n "$AT" ] && ! git show-ref --quiet --verify "refs/heads/$BRANCH"; then
      git branch --quiet -- "$BRANCH" "$AT^{{commit}}"
      git push --quiet origin "refs/heads/$BRANCH"
    fi
    # Programs of `[[run]]` run only on what is checked out; the next step is the trunk's.
    trap 'git switch --quiet "$TRUNK"' EXIT
    if [ "${{options[0]-}}" = --branch ]; then git switch --quiet "$BRANCH"; fi
    cargo relprep "$COMMAND" "${{options[@]}}" --pull-request --push --format json | tee "$RUNNER_TEMP/made.json"
"#,
        trunk = scalar(facts.trunk.as_str()),
        fetch = fetch_branches(facts)
    )
}

const INPUTS_OF_TRUNK: &str = "    level:
      description: How far bump moves the version
      type: choice
      options: [patch, minor, major]
      default: patch
    version:
      description: Or the version that it comes to
      type: string
";

/// Where both the trunk and branches have releases: what is added for the trunk.
const VARIABLES_OF_TRUNK: &str = "    LEVEL: ${{ inputs.level }}\n    VERSION: ${{ inputs.version }}\n";
const BUMP: &str = r#"if [ "$COMMAND" = bump ] && [ -z "$BRANCH" ]; then
      if [ -n "$VERSION" ]; then options=(--to "$VERSION"); else options=(--level "$LEVEL"); fi
    elif"#;

const OF_TRUNK: &str = r#"- name: Prepare
  env:
    LEVEL: ${{ inputs.level }}
    VERSION: ${{ inputs.version }}
  run: |
    if [ -n "$VERSION" ]; then options=(--to "$VERSION"); else options=(--level "$LEVEL"); fi
    cargo relprep bump "${options[@]}" --pull-request --push --format json | tee "$RUNNER_TEMP/made.json"
"#;
