//! The label that the versions of a trunk carry, read from the version that it has. Pure.

use semver::Version;

use crate::config::{Config, Label};
use crate::git::Refs;

/// What is a candidate for a release wherever it is met.
const CANDIDATE: &str = "rc";

/// Takes the pre-release of `version`, the lead package's, for what the trunk carries between releases, where the
/// configuration says nothing of pre-releases: one that is a word, or that counts from 0, and that no tag has had.
///
/// One that was tagged, or that counts on, may as well be on the way to a release.
pub(super) fn infer(config: &mut Config, refs: &Refs, version: &Version) {
    let said = &config.prerelease;
    if said.trunk.is_some() || said.candidate.is_some() || said.release.is_some() {
        return;
    }
    let Some(label) = Label::of(version) else { return };
    let counts_on = label.number(version).is_some_and(|number| number > 0);
    let is_tagged = || {
        let released = refs.tags.keys().filter_map(|tag| config.names.tag.read(tag));
        released.into_iter().any(|version| label.is_on(&version))
    };
    if label.as_str() != CANDIDATE && !counts_on && !is_tagged() {
        config.prerelease.trunk = Some(label);
        config.prerelease.is_inferred = true;
    }
}
