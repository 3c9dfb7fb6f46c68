//! The lead package, whose version names the release, and what the product is called.

use std::collections::BTreeMap;

use semver::Version;

use crate::config::Config;
use crate::finding::{Finding, Place};
use crate::path::RepoPath;
use crate::rule;
use crate::text::nearest;
use crate::workspace::metadata::{Member, Members};
use crate::workspace::{Package, Workspace};

/// What stands for the name of a project that has none.
const UNNAMED: &str = "Project";

/// Returns what the product is called: as the configuration says, or else as `lead`, its lead package.
pub fn product(config: &Config, lead: Option<&str>) -> String {
    let lead = config.lead.as_deref().or(lead);
    config.name.as_deref().or(lead).unwrap_or(UNNAMED).to_owned()
}

/// Returns the package that leads: the one that the configuration names, or else the one that
/// `leading` chooses.
///
/// # Errors
///
/// If there is no such package, or none that has a version.
pub fn package<'a>(workspace: &'a Workspace, config: &Config) -> Result<&'a Package, Vec<Finding>> {
    let candidate = |package: &'a Package| Candidate {
        name: &package.name,
        manifest: &package.manifest,
        version: &package.version,
        is_root: package.manifest == workspace.root,
        publishable: package.publication.is_somewhere(),
        repository: package.repository.as_deref(),
    };
    let members = workspace.packages.iter().filter(|package| package.member);
    choose(config, members.map(|package| (candidate(package), package)).collect()).ok_or_else(|| {
        vec![match &config.lead {
            Some(name) => no_lead(workspace, name),
            None => Finding::of(rule::NO_VERSION, "no package of the workspace has a version")
                .at(Place::file(&workspace.root))
                .remedy("give the packages that are released a `version`"),
        }]
    })
}

/// Returns the member that leads, as [`package`] does. Of a member without a version Cargo says that it
/// is 0.0.0 and not published.
pub fn member<'a>(members: &'a Members, config: &Config) -> Option<&'a Member> {
    let candidate = |member: &'a Member| Candidate {
        name: &member.name,
        manifest: &member.manifest,
        version: &member.version,
        is_root: member.manifest == members.root,
        publishable: config.publish.publication(&member.name, &member.publication).is_somewhere(),
        repository: member.repository.as_deref(),
    };
    let has_version =
        |member: &&Member| member.publication.is_somewhere() || member.version != Version::new(0, 0, 0);
    let members = members.packages.iter().filter(has_version);
    choose(config, members.map(|member| (candidate(member), member)).collect())
}

/// Returns the members that may lead, the likeliest first, where only a guess tells which: those that stand for a
/// version that about as many published members share as any other, or that is nearest to `newest`, the newest that
/// is tagged; none where the root package, or the name of the repository, tells. What is nearer is likelier, and of
/// one version the package that branches are named after, by `has_branches`.
pub fn rivals<'a>(
    members: &'a [Member],
    root: &RepoPath,
    newest: Option<&Version>,
    has_branches: impl Fn(&str) -> bool,
) -> Vec<&'a Member> {
    let published = members.iter().filter(|member| member.publication.is_somewhere());
    let mut published: Vec<&Member> = published.collect();
    published.sort_by_key(|member| &member.name);
    let is_told = |member: &&Member| {
        let names = member.repository.as_deref().map(repository_name);
        member.manifest == *root || names == Some(&*member.name)
    };
    if published.iter().any(is_told) {
        return Vec::new();
    }
    let mut by_version: BTreeMap<&Version, Vec<&Member>> = BTreeMap::new();
    for member in &published {
        by_version.entry(&member.version).or_default().push(member);
    }
    let beginning = |one: &Member| published.iter().filter(|other| other.name.starts_with(&one.name)).count();
    let most = by_version.values().map(Vec::len).max().unwrap_or_default();
    let distance = |version: &Version| {
        newest.map(|newest| {
            let parts = |of: &Version| [of.major, of.minor, of.patch];
            let both = parts(version).into_iter().zip(parts(newest));
            both.map(|(one, other)| one.abs_diff(other)).collect::<Vec<_>>()
        })
    };
    let nearest = by_version.keys().filter_map(|version| distance(version)).min();
    let is_likely = |version: &Version, of: &[&Member]| {
        of.len() * 2 > most || nearest.is_some() && distance(version) == nearest
    };
    let likely = by_version.iter().filter(|(version, of)| is_likely(version, of));
    let mut rivals: Vec<(Option<Vec<u64>>, usize, &Member)> = likely
        .filter_map(|(version, of)| {
            let stands_for =
                of.iter().rev().max_by_key(|member| (has_branches(&member.name), beginning(member)))?;
            Some((distance(version), of.len(), *stands_for))
        })
        .collect();
    rivals.sort_by_key(|(far, count, member)| (far.clone(), std::cmp::Reverse(*count), &member.name));
    let rivals: Vec<&Member> = rivals.into_iter().map(|(_, _, member)| member).collect();
    if rivals.len() > 1 { rivals } else { Vec::new() }
}

/// What decides whether a package leads.
#[derive(Clone, Copy, Debug)]
struct Candidate<'a> {
    name: &'a str,
    manifest: &'a RepoPath,
    version: &'a Version,
    /// Whether it is the root package of the workspace.
    is_root: bool,
    /// Whether it may be published to some registry.
    publishable: bool,
    /// `repository`, if it is stated.
    repository: Option<&'a str>,
}

fn choose<'a, T>(config: &Config, mut packages: Vec<(Candidate<'a>, &'a T)>) -> Option<&'a T> {
    packages.sort_by_key(|(candidate, _)| (candidate.name, candidate.manifest));
    let candidates: Vec<Candidate<'_>> = packages.iter().map(|(candidate, _)| *candidate).collect();
    let index = match &config.lead {
        Some(name) => candidates.iter().position(|candidate| candidate.name == name),
        None => leading(&candidates),
    };
    index.map(|index| packages[index].1)
}

/// Returns the place of the one that leads, among candidates sorted by name, where nobody says: the root package where it is published,
/// else the published member that the repository is named after, else of the version that most published
/// members share the first whose name begins the most others, else the first. `None` if there is none.
fn leading(candidates: &[Candidate<'_>]) -> Option<usize> {
    let find = |wanted: &dyn Fn(&Candidate<'_>) -> bool| {
        candidates.iter().position(|candidate| candidate.publishable && wanted(candidate))
    };
    if let Some(index) = find(&|candidate| candidate.is_root).or_else(|| find(&names_repository)) {
        return Some(index);
    }
    let mut published: BTreeMap<&Version, usize> = BTreeMap::new();
    for candidate in candidates.iter().filter(|candidate| candidate.publishable) {
        *published.entry(candidate.version).or_default() += 1;
    }
    let sharing = |one: &Candidate<'_>| published.get(one.version).copied().unwrap_or_default();
    let beginning = |one: &Candidate<'_>| {
        let first = candidates.partition_point(|other| other.name < one.name);
        candidates[first..].iter().take_while(|other| other.name.starts_with(one.name)).count()
    };
    let some_published = candidates.iter().any(|candidate| candidate.publishable);
    let eligible = |(_, candidate): &(usize, &Candidate<'_>)| candidate.publishable || !some_published;
    // The first of equals: the last maximum of the reversed order.
    let reversed = candidates.iter().enumerate().rev().filter(eligible);
    reversed.max_by_key(|(_, candidate)| (sharing(candidate), beginning(candidate))).map(|(index, _)| index)
}

/// Returns whether the repository that a package states is named as it is: `…/clap` for `clap`, also
/// where the address leads to a folder (`…/clap/tree/master/clap_lex`).
fn names_repository(candidate: &Candidate<'_>) -> bool {
    candidate.repository.is_some_and(|address| repository_name(address) == candidate.name)
}

/// Returns the name of the repository at an address, which may lead to a folder in it.
pub(super) fn repository_name(address: &str) -> &str {
    repository_root(address).rsplit('/').next().unwrap_or_default()
}

/// Returns the address of the repository itself, of one that may lead to a folder in it.
pub(super) fn repository_root(address: &str) -> &str {
    let inside = ["/tree/", "/blob/", "/-/"].into_iter().filter_map(|inside| address.find(inside)).min();
    let whole = address[..inside.unwrap_or(address.len())].trim_end_matches('/');
    whole.trim_end_matches(".git")
}

fn no_lead(workspace: &Workspace, name: &str) -> Finding {
    let members = workspace.packages.iter().filter(|package| package.member);
    let finding =
        Finding::of(rule::LEAD_MISSING, format!("the lead package `{name}` is not a member with a version"))
            .at(Place::file(&workspace.root));
    match nearest(name, members.map(|package| package.name.as_str())) {
        Some(nearest) => finding.remedy(format!("set `lead` to a member; the nearest is `{nearest}`")),
        None => finding.remedy("set `lead` to a member"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_may_be_named_after_a_package() {
        let is_named = |name: &str, repository: Option<&str>| {
            let version = Version::new(1, 0, 0);
            names_repository(&Candidate {
                name,
                manifest: &RepoPath::known("Cargo.toml"),
                version: &version,
                is_root: false,
                publishable: true,
                repository,
            })
        };
        for address in ["clap", "clap/", "clap.git", "clap/tree/master/clap_lex"] {
            let address = format!("https://example.org/clap-rs/{address}");
            assert!(is_named("clap", Some(&address)), "{address}");
            assert!(!is_named("clap_lex", Some(&address)), "{address}");
        }
        assert!(!is_named("clap", None));
    }
}
