//! The packages of a release that is tagged.

use super::actions::{head, job, one_at_a_time};
use super::facts::WorkflowFacts;
use super::pins::{CHECKOUT, CRATES_IO};
use super::yaml::{inert, patterns};
use crate::config::NameRange;
use crate::text::quoted;

pub(super) fn text(facts: &WorkflowFacts) -> String {
    let tags: Vec<String> = facts.tags.iter().map(NameRange::tag_filter).collect();
    let triggers = format!("push:\n  tags: {}\nworkflow_dispatch:\n", patterns(&tags));
    let permissions = ["contents: read", "id-token: write # for trusted publishing"];
    let group = format!("{}-${{{{ github.ref }}}}", facts.named("publish"));
    format!(
        "{}{}\njobs:\n{}",
        head(facts, "Publish", &triggers),
        one_at_a_time(&group, false),
        job("publish", "Publish to crates.io", "github.ref_type == 'tag'", &permissions, &steps(facts))
    )
}

fn steps(facts: &WorkflowFacts) -> String {
    let without = facts.published_without.iter().flatten();
    let without: Vec<String> = without.map(|name| format!(" --exclude {}", inert(&quoted(name)))).collect();
    format!(
        r"- {checkout}
  with:
    persist-credentials: false
- name: Install a Cargo that publishes workspaces
  run: rustup toolchain install stable --profile minimal --no-self-update
- name: Ask for a token
  # crates.io must know this repository and this workflow as a trusted publisher of each package.
  id: crates-io
  {auth}
- name: Publish
  env:
    CARGO_REGISTRY_TOKEN: ${{{{ steps.crates-io.outputs.token }}}}
  run: |
    cargo +stable publish --workspace --locked{without}
",
        without = without.concat(),
        checkout = CHECKOUT.uses(),
        auth = CRATES_IO.uses()
    )
}
