//! What the members declare now, against what they declared then.

use std::collections::BTreeMap;

use super::claims::{Claim, Claims, PackageClaims};
use super::promised::{Promised, PromisedBy};
use crate::finding::{Finding, Place};
use crate::rule;
use crate::rust_version::RustVersion;
use crate::text::listed;

/// How many packages a message names that share one line.
const NAMED: usize = 3;

/// Returns what is wrong with `rust-version` of the members `now`, against `then`.
///
/// A member that is new, or declared nothing, is held to what the line promised; a new one that declares
/// nothing hides it, as one does that declares nothing any more. Where the user says what was promised, every
/// member is held to that. `allowed` is what an exception lets every member declare.
pub fn compare(
    then: Option<&Claims>,
    now: &Claims,
    promised: Option<Promised>,
    allowed: Option<RustVersion>,
) -> Vec<Finding> {
    let then = then.filter(|_| promised.is_none_or(|promised| promised.by != PromisedBy::User));
    let mut groups: BTreeMap<ChangeKey, DeclarationGroup<'_>> = BTreeMap::new();
    for package in &now.packages {
        let before = then.and_then(|then| then.package(package));
        let Some((change, place)) = change(before, package, promised, allowed) else { continue };
        let spot = place.spot.as_ref().map_or(0, |spot| spot.line);
        let group = groups.entry((place.path.clone(), spot, change));
        group.or_insert_with(|| DeclarationGroup { place, names: Vec::new() }).names.push(&package.name);
    }
    groups.iter().map(|((_, _, change), group)| change.finding(group)).collect()
}

/// What happened to a `rust-version`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum MsrvChange {
    /// From one to a newer one.
    Raised(RustVersion, RustVersion),
    /// From one to none.
    Removed(RustVersion),
    /// From one to an older one.
    Lowered(RustVersion, RustVersion),
    /// Declared by a member that declared none, newer than the line's promise.
    Above(RustVersion, RustVersion),
    /// Declared by no one: by a new member of a line that promises one.
    Silent(RustVersion),
}

/// What brings members together in one finding: the file and the line, and what happened there.
type ChangeKey = (String, usize, MsrvChange);

struct DeclarationGroup<'a> {
    place: Place,
    names: Vec<&'a str>,
}

fn change(
    before: Option<&PackageClaims>,
    now: &PackageClaims,
    promised: Option<Promised>,
    allowed: Option<RustVersion>,
) -> Option<(MsrvChange, Place)> {
    let old = before.and_then(|before| before.rust.as_ref()).map(|claim| claim.value);
    match (old, &now.rust) {
        (Some(old), Some(Claim { value: new, place })) => {
            let raised = *new > old && allowed.is_none_or(|allowed| *new > allowed);
            let change = if raised {
                MsrvChange::Raised(old, *new)
            } else if *new < old {
                MsrvChange::Lowered(old, *new)
            } else {
                return None;
            };
            Some((change, place.clone()))
        }
        (Some(old), None) => Some((MsrvChange::Removed(old), now.place.clone())),
        (None, Some(Claim { value: new, place })) => {
            let promise = promised?.rust;
            (*new > promise).then(|| (MsrvChange::Above(promise, *new), place.clone()))
        }
        (None, None) => {
            let declared = promised.filter(|promised| promised.by == PromisedBy::Declaration)?;
            before.is_none().then(|| (MsrvChange::Silent(declared.rust), now.place.clone()))
        }
    }
}

impl MsrvChange {
    fn finding(self, group: &DeclarationGroup<'_>) -> Finding {
        let quoted: Vec<String> = group.names.iter().map(|name| format!("`{name}`")).collect();
        let names = listed(&quoted, NAMED);
        let finding = match self {
            Self::Raised(old, new) => Finding::of(
                rule::MSRV_RAISED,
                format!("the Rust that {names} needs rose from {old} to {new}"),
            )
            .remedy(format!("set it back to {old}, and do without what is newer")),
            Self::Removed(old) => Finding::of(
                rule::MSRV_REMOVED,
                format!("{names} declares no `rust-version` any more, which was {old}"),
            )
            .remedy(format!("state `rust-version = \"{old}\"` again, or inherit it from the workspace")),
            Self::Lowered(old, new) => Finding::of(
                rule::MSRV_LOWERED,
                format!("the Rust that {names} needs went from {old} down to {new}"),
            ),
            Self::Above(promise, new) => Finding::of(
                rule::MSRV_RAISED,
                format!("{names} declares that it needs Rust {new}, and the line promised {promise}"),
            )
            .remedy(format!("state {promise}, or inherit it from the workspace")),
            Self::Silent(promise) => Finding::of(
                rule::MSRV_UNDECLARED,
                format!("{names} is new here and declares no `rust-version`; the line promised {promise}"),
            )
            .remedy(format!("state `rust-version = \"{promise}\"`, or inherit it from the workspace")),
        };
        finding.at(group.place.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::msrv::claims::tests::claims;

    const ROOT: &str = "[workspace]\n[workspace.package]\nrust-version = '1.86'\n";
    const INHERITING: &str = "[package]\nname = 'a'\nrust-version.workspace = true\n";

    fn said(then: &[(&str, &str)], now: &[(&str, &str)], allowed: Option<u64>) -> Vec<String> {
        let then = claims(then);
        let promised = then.promise("a").map(|rust| Promised { rust, by: PromisedBy::Declaration });
        let found = compare(Some(&then), &claims(now), promised, allowed.map(RustVersion::new));
        found
            .iter()
            .map(|f| {
                format!("{} {:?}: {}", f.rule.name, f.place.as_ref().map(ToString::to_string), f.message)
            })
            .collect()
    }

    #[test]
    fn a_raise_in_the_workspace_is_one_finding_that_names_its_packages() {
        let b = INHERITING.replace("'a'", "'b'");
        let then = [("Cargo.toml", ROOT), ("a/Cargo.toml", INHERITING), ("b/Cargo.toml", b.as_str())];
        let raised = ROOT.replace("1.86", "1.87.0");
        let now = [("Cargo.toml", raised.as_str()), then[1], then[2]];
        assert_eq!(
            said(&then, &now, None),
            [r#"msrv-raised Some("Cargo.toml:3:17"): the Rust that `a`, `b` needs rose from 1.86 to 1.87"#]
        );
        assert_eq!(said(&then, &now, Some(87)), [""; 0]);
        assert_eq!(said(&then, &then, None), [""; 0]);
    }

    #[test]
    fn writing_it_otherwise_is_no_change() {
        let then = [("Cargo.toml", ROOT), ("a/Cargo.toml", INHERITING)];
        let literal = "[package]\nname = 'a'\nrust-version = '1.86.0'\n";
        assert_eq!(said(&then, &[then[0], ("a/Cargo.toml", literal)], None), [""; 0]);
    }

    #[test]
    fn a_removal_and_a_lower_version_are_said() {
        let then = [("Cargo.toml", ROOT), ("a/Cargo.toml", INHERITING)];
        assert_eq!(
            said(&then, &[then[0], ("a/Cargo.toml", "[package]\nname = 'a'\n")], None),
            [
                r#"msrv-removed Some("a/Cargo.toml:2:9"): `a` declares no `rust-version` any more, which was 1.86"#
            ]
        );
        let lowered = "[package]\nname = 'a'\nrust-version = '1.80'\n";
        assert_eq!(
            said(&then, &[then[0], ("a/Cargo.toml", lowered)], None),
            [
                r#"msrv-lowered Some("a/Cargo.toml:3:17"): the Rust that `a` needs went from 1.86 down to 1.80"#
            ]
        );
    }

    #[test]
    fn a_new_member_is_held_to_the_workspaces() {
        let then = [("Cargo.toml", ROOT), ("a/Cargo.toml", INHERITING)];
        let new = |line: &str| {
            let text = format!("[package]\nname = 'new'\n{line}");
            said(&then, &[then[0], then[1], ("new/Cargo.toml", &text)], None)
        };
        assert_eq!(new("rust-version = '1.86.0'"), [""; 0]);
        assert!(new("rust-version = '1.87'")[0].starts_with(rule::MSRV_RAISED.name));
        assert!(new("")[0].starts_with(rule::MSRV_UNDECLARED.name));
    }

    #[test]
    fn a_package_that_moved_is_the_same_package() {
        let then = [("Cargo.toml", ROOT), ("a/Cargo.toml", INHERITING)];
        let raised = "[package]\nname = 'a'\nrust-version = '1.88'\n";
        let found = said(&then, &[then[0], ("moved/Cargo.toml", raised)], None);
        assert!(found[0].contains("rose from 1.86 to 1.88"), "{found:?}");
    }
}
