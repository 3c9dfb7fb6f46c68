//! The actions that workflows use, each pinned by the commit of its version.

use std::collections::BTreeMap;

use semver::Version;

/// An action of another repository.
#[derive(Clone, Copy, Debug)]
pub(super) struct Action {
    name: &'static str,
    commit: &'static str,
    version: &'static str,
}

pub(super) const CHECKOUT: Action =
    Action { name: "actions/checkout", commit: "3d3c42e5aac5ba805825da76410c181273ba90b1", version: "7.0.1" };
pub(super) const CACHE: Action =
    Action { name: "actions/cache", commit: "27d5ce7f107fe9357f9df03efb73ab90386fccae", version: "5.0.5" };
pub(super) const UPLOAD_SARIF: Action = Action {
    name: "github/codeql-action/upload-sarif",
    commit: "8aad20d150bbac5944a9f9d289da16a4b0d87c1e",
    version: "4.36.2",
};
pub(super) const CRATES_IO: Action = Action {
    name: "rust-lang/crates-io-auth-action",
    commit: "c6f97d42243bad5fab37ca0427f495c86d5b1a18",
    version: "1.0.5",
};

impl Action {
    /// Returns the line that uses it, without its indentation.
    pub(super) fn uses(self) -> String {
        format!("uses: {}@{} # v{}", self.name, self.commit, self.version)
    }
}

/// A line that uses an action, in its parts.
struct Pin<'a> {
    /// All that stands before the commit.
    before: &'a str,
    commit: &'a str,
    version: Version,
}

impl<'a> Pin<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let (before, rest) = line.split_once('@').filter(|(before, _)| before.contains("uses: "))?;
        let (commit, version) = rest.split_once(" # v")?;
        let is_commit = commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
        Some(Self { before, commit, version: version.trim_end().parse().ok().filter(|_| is_commit)? })
    }

    fn action(&self) -> &'a str {
        self.before.split_once("uses: ").map_or("", |(_, name)| name)
    }
}

/// Returns `text` without the commits and versions of actions.
pub(super) fn without(text: &str) -> String {
    let line = |line| Pin::read(line).map_or(line, |pin| pin.before);
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Returns `text` with the actions of newer versions that `there` has, a file that something like Dependabot
/// keeps up to date.
pub fn with_newer_pins(text: &str, there: &str) -> String {
    let newest = there.lines().filter_map(Pin::read).map(|pin| (pin.action(), pin));
    let newest: BTreeMap<&str, Pin<'_>> = newest.collect();
    let line = |line: &str| match Pin::read(line) {
        Some(own) => match newest.get(own.action()).filter(|pin| pin.version > own.version) {
            Some(pin) => format!("{}@{} # v{}\n", own.before, pin.commit, pin.version),
            None => format!("{line}\n"),
        },
        None => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_version_is_kept_and_an_older_one_renewed() {
        let [old, new] = ["a", "b"].map(|digit| digit.repeat(40));
        let ours = format!("  - uses: x/y@{old} # v1.2.0\n    with:\n  - uses: x/z@{old} # v2.0.0\n");
        let theirs = format!("- uses: x/y@{new} # v1.10.0\n- uses: x/z@{new} # v1.9.0\n");
        let expected = format!("  - uses: x/y@{new} # v1.10.0\n    with:\n  - uses: x/z@{old} # v2.0.0\n");
        assert_eq!(with_newer_pins(&ours, &theirs), expected);
        assert_eq!(without(&ours), without(&expected));
    }
}
