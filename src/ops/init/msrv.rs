//! How far the trunk's MSRV stays behind the stable Rust.

use chrono::NaiveDate;

use super::draft::Setting;
use crate::rust_version::RustVersion;

/// How often the MSRV must have risen for it to tell a rule.
const TELLING: usize = 3;

/// Returns the setting that the promises of the trunk show, each with its day and in their order: the MSRV rose time
/// and again to as many releases behind the stable Rust of the day, and never came nearer.
pub(super) fn setting(promises: &[(NaiveDate, RustVersion)]) -> Option<Setting> {
    let behind = |(day, rust): &(NaiveDate, RustVersion)| RustVersion::stable_on(*day).releases_after(*rust);
    let rises = promises.windows(2).filter(|pair| pair[1].1 > pair[0].1);
    let rises: Vec<u64> = rises.map(|pair| behind(&pair[1])).collect();
    let least = promises.iter().map(behind).min().filter(|least| *least > 0)?;
    let times = rises.iter().filter(|behind| **behind == least).count();
    let why =
        format!("the MSRV rose {} times on the trunk, {times} times to that, and never further", rises.len());
    let is_rule = rises.len() >= TELLING && times * 2 >= rises.len();
    is_rule.then(|| Setting::key("[msrv]", format!("behind-stable = {least}"), why))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(promises: &[(&str, &str)]) -> Option<String> {
        let read = |(day, rust): &(&str, &str)| (day.parse().unwrap(), rust.parse().unwrap());
        setting(&promises.iter().map(read).collect::<Vec<_>>()).map(|setting| setting.lines.concat())
    }

    #[test]
    fn an_msrv_that_follows_the_stable_rust_tells_how_far_behind_it_stays() {
        // The stable Rust of these days: 1.84, 1.86, 1.87, 1.89 and 1.91.
        let days = ["2025-02-01", "2025-04-20", "2025-06-01", "2025-09-01", "2025-11-20"];
        let with = |rust: [&'static str; 5]| days.into_iter().zip(rust).collect::<Vec<_>>();
        assert_eq!(
            told(&with(["1.82", "1.84", "1.84", "1.87", "1.89"])).as_deref(),
            Some("behind-stable = 2")
        );
        assert_eq!(
            told(&with(["1.82", "1.84", "1.85", "1.86", "1.87"])).as_deref(),
            Some("behind-stable = 2")
        );
        assert_eq!(told(&with(["1.70", "1.70", "1.70", "1.80", "1.80"])), None, "one rise is no rule");
        assert_eq!(told(&with(["1.70", "1.75", "1.80", "1.86", "1.89"])), None, "it comes nearer and nearer");
        assert_eq!(told(&with(["1.84", "1.86", "1.87", "1.89", "1.91"])), None, "it is the stable one");
        assert_eq!(told(&[]), None);
    }
}
