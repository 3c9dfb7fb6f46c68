//! What raises the MSRV without touching `rust-version`: an edition, a resolver, the lock file's format, a toolchain
//! file.

use std::collections::BTreeMap;

use super::claims::{Channel, Claim, Claims};
use super::promised::{Promised, PromisedBy};
use crate::edit::lockfile::LockFormat;
use crate::finding::{Finding, Place};
use crate::rule::{self, Rule};
use crate::rust_version::RustVersion;
use crate::text::listed;

/// How many packages a message names that share one line.
const NAMED: usize = 3;

/// Returns what came `now` and needs more than the `promise`; what was there `then` already is not
/// what raises it.
///
/// `format` is the lock file's, if it is new.
pub fn compare(
    then: Option<&Claims>,
    now: &Claims,
    format: Option<&Claim<LockFormat>>,
    promised: Promised,
) -> Vec<Finding> {
    let mut findings = editions(then, now, promised.rust);
    findings.extend(resolver(then, now, promised.rust));
    findings.extend(format.and_then(|format| lock_format(format, promised.rust)));
    findings.extend(toolchain(then, now, promised));
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

/// Returns the first Rust whose Cargo reads a lock file of that format (the release notes of Cargo).
pub fn of_lock_format(format: LockFormat) -> RustVersion {
    RustVersion::new(match format {
        LockFormat::V1 => 0,
        LockFormat::V2 => 38,
        LockFormat::V3 => 53,
        LockFormat::V4 => 78,
    })
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

fn lock_format(format: &Claim<LockFormat>, promise: RustVersion) -> Option<Finding> {
    let needing = RustNeed {
        rule: rule::MSRV_LOCK_FILE,
        what: format!("a lock file of version {}", format.value.number()),
        needs: Some(of_lock_format(format.value)),
        place: format.place.clone(),
    };
    needs(&needing, promise)
}

/// Judges the toolchain file: where no package declares a `rust-version` it is the promise, and elsewhere
/// only how the project is developed.
fn toolchain(then: Option<&Claims>, now: &Claims, promised: Promised) -> Option<Finding> {
    let is_promise = !now.declares() && !then.is_some_and(Claims::declares);
    let Some(Claim { value, place }) = &now.toolchain else {
        return (is_promise && promised.by == PromisedBy::Toolchain).then(toolchain_gone);
    };
    let before = then.and_then(|then| then.toolchain.as_ref());
    if before.is_some_and(|before| before.value == *value) {
        return None;
    }
    let promise = promised.rust;
    let finding = match value {
        Channel::Release(version) if *version <= promise => return None,
        Channel::Release(version) if is_promise => {
            let message = format!(
                "the toolchain file asks for Rust {version}, and the line promised {promise}; no member declares a \
                 `rust-version`"
            );
            Finding::of(rule::MSRV_TOOLCHAIN, message)
                .remedy(format!("set it back to {promise}, or state in `rust-version` what users need"))
        }
        Channel::Release(version) => Finding::of(
            rule::MSRV_TOOLCHAIN,
            format!("the project is developed with Rust {version} now; the line promised {promise}, and that holds"),
        )
        .as_note(),
        Channel::Named(name) if is_promise => Finding::of(
            rule::MSRV_UNCHECKED,
            format!("which Rust the toolchain `{name}` needs is not known, and unchecked"),
        ),
        Channel::Named(_) => return None,
    };
    Some(finding.at(place.clone()))
}

fn toolchain_gone() -> Finding {
    let message =
        "the toolchain file is gone, which alone said what Rust the line needs, and that is unchecked";
    Finding::of(rule::MSRV_UNCHECKED, message).remedy("put it back, or state `rust-version`")
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

    fn said(then: &Claims, now: &Claims, by: PromisedBy) -> Vec<String> {
        let found = compare(Some(then), now, None, Promised { rust: RustVersion::new(80), by });
        let text = |finding: &Finding| {
            format!("{} {}: {}", finding.severity.as_str(), finding.rule.name, finding.message)
        };
        found.iter().map(text).collect()
    }

    fn package(edition: &str, more: &str) -> Claims {
        let package = format!("[package]\nname = 'a'\nedition = '{edition}'\n{more}");
        claims(&[("Cargo.toml", "[workspace]\nresolver = '2'\n"), ("a/Cargo.toml", &package)])
    }

    #[test]
    fn an_edition_that_needs_more_is_found_unless_it_was_there() {
        let said =
            |then: &str, now: &str| said(&package(then, ""), &package(now, ""), PromisedBy::Declaration);
        assert_eq!(
            said("2021", "2024"),
            ["error msrv-edition: edition 2024 of `a` needs Rust 1.85, and the line promised 1.80"]
        );
        assert_eq!(said("2024", "2024"), [""; 0]);
        assert_eq!(said("2018", "2021"), [""; 0]);
        assert!(said("2021", "2027")[0].contains(rule::MSRV_UNCHECKED.name));
    }

    #[test]
    fn a_resolver_that_needs_more_is_found() {
        let mut now = package("2021", "");
        now.resolver.as_mut().unwrap().value = "3".to_owned();
        assert_eq!(
            said(&package("2021", ""), &now, PromisedBy::Declaration),
            ["error msrv-resolver: resolver 3 needs Rust 1.84, and the line promised 1.80"]
        );
    }

    #[test]
    fn a_lock_file_that_an_older_cargo_cannot_read_is_found() {
        let place = Place::file(&RepoPath::new("Cargo.lock").unwrap());
        let found = |value, promise| {
            lock_format(&Claim { value, place: place.clone() }, RustVersion::new(promise))
                .map(|found| found.message)
        };
        let message = "a lock file of version 4 needs Rust 1.78, and the line promised 1.77";
        assert_eq!(found(LockFormat::V4, 77).as_deref(), Some(message));
        assert_eq!(found(LockFormat::V4, 78), None);
        assert_eq!(found(LockFormat::V3, 53), None);
    }

    #[test]
    fn a_toolchain_file_is_a_promise_only_where_nothing_else_is() {
        let path = RepoPath::new("rust-toolchain").unwrap();
        let of = |more: &str, text: &str| package("2021", more).with_toolchain(Some((&path, text)));
        let declaring = |text: &str| of("rust-version = '1.80'", text);
        let found = |then: &Claims, text: &str| said(then, &declaring(text), PromisedBy::Declaration);
        let note = "note msrv-toolchain: the project is developed with Rust 1.90 now; the line promised 1.80, and \
                    that holds";
        assert_eq!(found(&declaring("1.79"), "1.90.0"), [note]);
        assert_eq!(found(&declaring("1.90"), "1.90.0"), [""; 0]);
        assert_eq!(found(&declaring("1.90"), "nightly"), [""; 0]);

        let alone = |text: &str| said(&of("", "1.80"), &of("", text), PromisedBy::Toolchain);
        assert!(alone("1.81")[0].starts_with("error msrv-toolchain: the toolchain file asks for Rust 1.81"));
        assert_eq!(alone("1.79"), [""; 0]);
        assert!(alone("nightly")[0].starts_with("note msrv-unchecked"));
        assert!(said(&of("", "1.80"), &package("2021", ""), PromisedBy::Toolchain)[0].contains("is gone"));
        let stated_since = said(&of("", "1.80"), &declaring("1.90"), PromisedBy::Toolchain);
        assert_eq!(stated_since, [note]);
    }
}
