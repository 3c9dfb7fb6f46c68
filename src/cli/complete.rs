//! What a shell offers when the tabulator key is pressed: it runs the program again, with the words so far.

use std::env;
use std::ffi::{OsStr, OsString};

use clap_complete::CompleteEnv;
use clap_complete::engine::CompletionCandidate;

use crate::git::Refs;
use crate::project::lead::product;
use crate::project::{self, Lead, Location, names, nearest_package};
use crate::render::topics::TOPICS;

/// The variable in which the scripts name their shell.
pub(super) const VARIABLE: &str = "RELPREP_COMPLETE";

/// Prints how the words `args` of `command` can go on, if a script asks for that; returns whether one did.
pub(super) fn complete(command: fn() -> clap::Command, args: &[OsString]) -> Result<bool, clap::Error> {
    let folder = env::current_dir().ok();
    CompleteEnv::with_factory(command)
        .var(VARIABLE)
        .bin("cargo-relprep")
        .completer("cargo-relprep")
        .try_complete(args.iter().cloned(), folder.as_deref())
}

/// Offers the branches.
pub(super) fn branches(begin: &OsStr) -> Vec<CompletionCandidate> {
    let refs = refs();
    offered(begin, refs.iter().flat_map(|refs| refs.branches.names()).map(ToString::to_string))
}

/// Offers the remotes.
pub(super) fn remotes(begin: &OsStr) -> Vec<CompletionCandidate> {
    let refs = refs();
    offered(begin, refs.iter().flat_map(|refs| refs.branches.remotes()).map(ToString::to_string))
}

/// Offers the versions that have a tag, the latest first.
pub(super) fn versions(begin: &OsStr) -> Vec<CompletionCandidate> {
    let (mut config, _) = project::config_here(None, &here()).unwrap_or_default();
    let refs = refs().unwrap_or_default();
    let lead = Lead { name: nearest_package(&here()), ..Lead::default() };
    let name = product(&config, lead.name.as_deref());
    names::infer(&mut config, &refs, &lead.product(&name));
    let mut versions: Vec<_> = refs.tags.keys().filter_map(|tag| config.names.tag.read(tag)).collect();
    versions.sort();
    offered(begin, versions.iter().rev().map(ToString::to_string))
}

/// Offers the packages of the workspace.
pub(super) fn packages(begin: &OsStr) -> Vec<CompletionCandidate> {
    offered(begin, members().into_iter())
}

/// Offers the packages of the workspace, each with what stands before the version that it is to come to.
pub(super) fn packages_to(begin: &OsStr) -> Vec<CompletionCandidate> {
    offered(begin, members().into_iter().map(|name| name + "="))
}

/// Offers the topics of the help.
pub(super) fn topics(begin: &OsStr) -> Vec<CompletionCandidate> {
    offered(begin, TOPICS.iter().map(|topic| topic.name.to_owned()))
}

fn here() -> Location {
    Location { folder: env::current_dir().unwrap_or_default(), ..Location::default() }
}

fn members() -> Vec<String> {
    let location = here();
    let repo = location.repository_if_any().ok().flatten();
    repo.map(|repo| project::member_names(&repo, &location)).unwrap_or_default()
}

fn refs() -> Option<Refs> {
    let location = here();
    project::refs(&location.repository_if_any().ok()??, &location).ok()
}

fn offered(begin: &OsStr, texts: impl Iterator<Item = String>) -> Vec<CompletionCandidate> {
    let begin = begin.to_string_lossy();
    texts.filter(|text| text.starts_with(&*begin)).map(CompletionCandidate::new).collect()
}
