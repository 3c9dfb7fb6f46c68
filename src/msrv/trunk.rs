//! The trunk's MSRV, which stays some releases behind the stable Rust of the day.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::claims::{Claim, Claims};
use crate::finding::Finding;
use crate::rule;
use crate::rust_version::RustVersion;

/// Returns every `rust-version` that is newer than the stable Rust of `day` minus `behind` releases, and
/// says where there is none at all.
pub fn judge(now: &Claims, day: NaiveDate, behind: u64) -> Vec<Finding> {
    let stable = RustVersion::stable_on(day);
    let newest = stable.back(behind);
    let mut declared =
        now.packages.iter().filter_map(|package| package.rust.as_ref()).chain(&now.workspace).peekable();
    if declared.peek().is_none() {
        let message = "no member declares a `rust-version`, so that `msrv.behind-stable` holds nothing";
        let remedy = "state `rust-version` in `[workspace.package]`";
        return vec![Finding::of(rule::MSRV_UNCHECKED, message).remedy(remedy)];
    }
    let wrong: BTreeMap<(&str, usize), &Claim<RustVersion>> = declared
        .filter(|claim| claim.value > newest)
        .map(|claim| ((claim.place.path.as_str(), claim.place.spot.as_ref().map_or(0, |s| s.line)), claim))
        .collect();
    wrong.into_values().map(|claim| too_new(claim, stable, newest, behind)).collect()
}

fn too_new(claim: &Claim<RustVersion>, stable: RustVersion, newest: RustVersion, behind: u64) -> Finding {
    let Claim { value, place } = claim;
    let message = format!(
        "the trunk needs Rust {value}; stable is {stable}, and {behind} releases behind it is {newest}"
    );
    let last_missing = RustVersion::day(value.ahead(behind));
    let remedy = match last_missing {
        Some(day) => format!("set it to {newest}, or wait until {day}"),
        None => format!("set it to {newest}"),
    };
    Finding::of(rule::MSRV_TRUNK, message).at(place.clone()).remedy(remedy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::msrv::claims::tests::claims;

    #[test]
    fn a_trunk_that_declares_nothing_is_said_to_be_unchecked() {
        let now = claims(&[("Cargo.toml", "[workspace]"), ("a/Cargo.toml", "[package]\nname = 'a'")]);
        let found = judge(&now, "2025-09-18".parse().unwrap(), 2);
        assert_eq!(found.iter().map(|finding| finding.rule).collect::<Vec<_>>(), [rule::MSRV_UNCHECKED]);
    }

    #[test]
    fn the_trunk_stays_behind_the_stable_rust_of_the_day() {
        let now = claims(&[
            ("Cargo.toml", "[workspace]\npackage.rust-version = '1.88'"),
            ("a/Cargo.toml", "[package]\nname = 'a'\nrust-version.workspace = true"),
            ("b/Cargo.toml", "[package]\nname = 'b'\nrust-version = '1.50'"),
        ]);
        let on = |day: &str| judge(&now, day.parse().unwrap(), 2);
        assert_eq!(on("2025-09-18"), []);
        let found = on("2025-09-17");
        assert_eq!(found.len(), 1);
        assert_eq!(
            found[0].message,
            "the trunk needs Rust 1.88; stable is 1.89, and 2 releases behind it is 1.87"
        );
        assert_eq!(found[0].remedy.as_deref(), Some("set it to 1.87, or wait until 2025-09-18"));
    }
}
