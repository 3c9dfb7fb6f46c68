//! What raises the MSRV without touching `rust-version`: an edition, a resolver, a toolchain file.

use std::collections::BTreeMap;

use super::claims::{Channel, Claim, Claims};
use crate::finding::{Finding, Place};
use crate::rule::{self, Rule};
use crate::rust_version::RustVersion;
use crate::text::listed;

/// How many packages a message names that share one line.
const NAMED: usize = 3;

/// Returns what came `now` and needs more than the `promise`; what was there `then` already is not
/// what raises it.
pub fn compare(then: Option<&Claims>, now: &Claims, promise: RustVersion) -> Vec<Finding> {
    let mut findings = editions(then, now, promise);
    findings.extend(resolver(then, now, promise));
    findings.extend(toolchain(then, now, promise));
    findings
}

/// Returns the first Rust that knows an edition (the edition guide).
pub fn of_edition(edition: &str) -> Option<RustVersion> {
    Some(RustVersion::new(match edition {
        "2015" => 0,
        "2018" => 31,
        "2021" => 56,
        "2024" => 85,
        _ => return None,
    }))
}

/// Returns the first Rust that knows a resolver ("Resolver versions" in Cargo's reference).
pub fn of_resolver(resolver: &str) -> Option<RustVersion> {
    Some(RustVersion::new(match resolver {
        "1" => 0,
        "2" => 51,
        "3" => 84,
        _ => return None,
    }))
}

fn editions(then: Option<&Claims>, now: &Claims, promise: RustVersion) -> Vec<Finding> {
    let mut groups: BTreeMap<(String, usize, &str), (Place, Vec<String>)> = BTreeMap::new();
    for package in &now.packages {
        let Some(edition) = &package.edition else { continue };
        let before = then.and_then(|then| then.package(package)?.edition.as_ref());
        if before.is_some_and(|before| before.value == edition.value) {
            continue;
        }
        let spot = edition.place.spot.as_ref().map_or(0, |spot| spot.line);
        let key = (edition.place.path.clone(), spot, edition.value.as_str());
        let group = groups.entry(key).or_insert_with(|| (edition.place.clone(), Vec::new()));
        group.1.push(format!("`{}`", package.name));
    }
    let found = groups.into_iter().filter_map(|((_, _, edition), (place, names))| {
        let what = format!("edition {edition} of {}", listed(&names, NAMED));
        needs(&RustNeed { rule: rule::MSRV_EDITION, what, needs: of_edition(edition), place }, promise)
    });
    found.collect()
}

fn resolver(then: Option<&Claims>, now: &Claims, promise: RustVersion) -> Option<Finding> {
    let Claim { value, place } = now.resolver.as_ref()?;
    let before = then.and_then(|then| then.resolver.as_ref());
    let needing = RustNeed {
        rule: rule::MSRV_RESOLVER,
        what: format!("resolver {value}"),
        needs: of_resolver(value),
        place: place.clone(),
    };
    if before.is_some_and(|before| before.value == *value) { None } else { needs(&needing, promise) }
}

fn toolchain(then: Option<&Claims>, now: &Claims, promise: RustVersion) -> Option<Finding> {
    let Claim { value, place } = now.toolchain.as_ref()?;
    let before = then.and_then(|then| then.toolchain.as_ref());
    if before.is_some_and(|before| before.value == *value) {
        return None;
    }
    let (what, needed) = match value {
        Channel::Release(version) => (format!("the toolchain {version}"), Some(*version)),
        Channel::Named(name) => (format!("the toolchain `{name}`"), None),
    };
    needs(&RustNeed { rule: rule::MSRV_TOOLCHAIN, what, needs: needed, place: place.clone() }, promise)
}

/// Something that needs a version of Rust, if it is known which.
struct RustNeed {
    rule: Rule,
    what: String,
    needs: Option<RustVersion>,
    place: Place,
}

fn needs(needing: &RustNeed, promise: RustVersion) -> Option<Finding> {
    let RustNeed { rule, what, needs, place } = needing;
    let finding = match needs {
        Some(needed) if *needed <= promise => return None,
        Some(needed) => {
            Finding::of(*rule, format!("{what} needs Rust {needed}, and the line promised {promise}"))
                .remedy("set it back to what the line was released with")
        }
        None => {
            Finding::of(rule::MSRV_UNCHECKED, format!("which Rust {what} needs is not known, and unchecked"))
        }
    };
    Some(finding.at(place.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::msrv::claims::tests::claims;
    use crate::path::RepoPath;

    fn said(then: &Claims, now: &Claims) -> Vec<String> {
        let found = compare(Some(then), now, RustVersion::new(80));
        found.iter().map(|finding| format!("{}: {}", finding.rule.name, finding.message)).collect()
    }

    fn package(edition: &str) -> Claims {
        let root = "[workspace]\nresolver = '2'\n";
        claims(&[
            ("Cargo.toml", root),
            ("a/Cargo.toml", &format!("[package]\nname = 'a'\nedition = '{edition}'")),
        ])
    }

    #[test]
    fn an_edition_that_needs_more_is_found_unless_it_was_there() {
        assert_eq!(
            said(&package("2021"), &package("2024")),
            ["msrv-edition: edition 2024 of `a` needs Rust 1.85, and the line promised 1.80"]
        );
        assert_eq!(said(&package("2024"), &package("2024")), [""; 0]);
        assert_eq!(said(&package("2018"), &package("2021")), [""; 0]);
        assert!(said(&package("2021"), &package("2027"))[0].starts_with(rule::MSRV_UNCHECKED.name));
    }

    #[test]
    fn a_resolver_that_needs_more_is_found() {
        let mut now = package("2021");
        now.resolver.as_mut().unwrap().value = "3".to_owned();
        assert_eq!(
            said(&package("2021"), &now),
            ["msrv-resolver: resolver 3 needs Rust 1.84, and the line promised 1.80"]
        );
    }

    #[test]
    fn a_toolchain_file_that_asks_for_more_is_found() {
        let path = RepoPath::new("rust-toolchain").unwrap();
        let with = |text: &str| package("2021").with_toolchain(Some((&path, text)));
        assert_eq!(
            said(&package("2021"), &with("1.90.0")),
            ["msrv-toolchain: the toolchain 1.90 needs Rust 1.90, and the line promised 1.80"]
        );
        assert_eq!(said(&with("1.90"), &with("1.90.0")), [""; 0]);
        assert_eq!(said(&package("2021"), &with("1.80")), [""; 0]);
        assert!(said(&package("2021"), &with("nightly"))[0].starts_with(rule::MSRV_UNCHECKED.name));
    }
}
