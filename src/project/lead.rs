//! The lead package: the one whose version names the release.

use semver::Version;

use crate::config::Config;
use crate::workspace::metadata::{Member, Members};

/// What decides whether a member leads.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its version.
    pub version: &'a Version,
    /// Whether it is the root package of the workspace.
    pub is_root: bool,
    /// Whether it may be published to some registry.
    pub publishable: bool,
    /// `repository`, if it is stated.
    pub repository: Option<&'a str>,
}

/// Returns the place of the one that leads where nobody says: the root package where it is published,
/// else the published member that the repository is named after, else of the version that most published
/// members share the first whose name begins the most others, else the first. `None` if there is none.
pub fn leading(candidates: &[Candidate<'_>]) -> Option<usize> {
    let find = |wanted: &dyn Fn(&Candidate<'_>) -> bool| {
        candidates.iter().position(|candidate| candidate.publishable && wanted(candidate))
    };
    if let Some(index) = find(&|candidate| candidate.is_root).or_else(|| find(&names_repository)) {
        return Some(index);
    }
    let sharing = |one: &Candidate<'_>| {
        candidates.iter().filter(|other| other.publishable && other.version == one.version).count()
    };
    let beginning =
        |one: &Candidate<'_>| candidates.iter().filter(|other| other.name.starts_with(one.name)).count();
    let some_published = candidates.iter().any(|candidate| candidate.publishable);
    let eligible = |(_, candidate): &(usize, &Candidate<'_>)| candidate.publishable || !some_published;
    // The first of equals: the last maximum of the reversed order.
    let reversed = candidates.iter().enumerate().rev().filter(eligible);
    reversed.max_by_key(|(_, candidate)| (sharing(candidate), beginning(candidate))).map(|(index, _)| index)
}

/// Returns the member that leads: the one that the configuration names, or the one that [`leading`]
/// chooses.
pub fn lead_member<'a>(members: &'a Members, config: &Config) -> Option<&'a Member> {
    let mut packages: Vec<&Member> = members.packages.iter().collect();
    packages.sort_by(|a, b| (&a.name, &a.manifest).cmp(&(&b.name, &b.manifest)));
    if let Some(name) = &config.lead {
        return packages.into_iter().find(|member| member.name == *name);
    }
    let candidate = |member: &&'a Member| Candidate {
        name: &member.name,
        version: &member.version,
        is_root: member.manifest == members.root,
        publishable: member.publishable,
        repository: member.repository.as_deref(),
    };
    let candidates: Vec<Candidate<'_>> = packages.iter().map(candidate).collect();
    leading(&candidates).map(|index| packages[index])
}

/// Returns whether the repository that a package states is named as it is: `…/clap` for `clap`, also
/// where the address leads to a folder (`…/clap/tree/master/clap_lex`).
fn names_repository(candidate: &Candidate<'_>) -> bool {
    let address = candidate.repository.unwrap_or_default();
    let inside = ["/tree/", "/blob/", "/-/"].into_iter().filter_map(|inside| address.find(inside)).min();
    let whole = address[..inside.unwrap_or(address.len())].trim_end_matches('/');
    whole.trim_end_matches(".git").rsplit('/').next() == Some(candidate.name)
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
