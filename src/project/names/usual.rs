//! What release branches and tags are usually called, and the parts of such a name.

use semver::Version;

/// The words that such a name may have beside its numbers and the name of what is released.
const WORDS: &[&str] = &[
    "v",
    "ver",
    "version",
    "release",
    "releases",
    "rel",
    "stable",
    "maintenance",
    "maint",
    "support",
    "lts",
    "branch",
    "branches",
    "series",
    "line",
    "tag",
    "tags",
    "x",
];

/// What separates words.
const SEPARATORS: &[char] = &['-', '_', '/', '.', '@'];

/// The parts of a release branch's name: `firecracker-v`, 1.12, and nothing after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BranchParts<'n> {
    /// What stands before the numbers.
    pub(super) before: &'n str,
    /// The numbers, of which there are one to three.
    pub(super) numbers: [Option<u64>; 3],
    /// What stands after them.
    pub(super) after: &'n str,
}

/// Returns whether a branch of that name looks like a release branch of a product that has one of the
/// names `own`.
pub fn is_like_release_branch(name: &str, own: &[&str]) -> bool {
    branch_parts(name, own).is_some()
}

/// Takes the name of a release branch apart; `None` where it is not a usual one.
pub(super) fn branch_parts<'n>(name: &'n str, own: &[&str]) -> Option<BranchParts<'n>> {
    number_starts(name).find_map(|at| {
        let (before, rest) = name.split_at(at);
        let (numbers, len) = leading_numbers(rest)?;
        let after = &rest[len..];
        let is_bare = numbers[1].is_none() && before.is_empty() && after.is_empty();
        let is_usual = is_usual(before, own) && is_usual(after, &[]);
        (is_usual && !is_bare).then_some(BranchParts { before, numbers, after })
    })
}

/// Returns what stands before the version in the name of a tag, and the version.
pub(super) fn tag_parts(name: &str) -> Option<(&str, Version)> {
    number_starts(name).find_map(|at| Some((&name[..at], name[at..].parse().ok()?)))
}

/// Returns whether a text beside a version has nothing but usual words and one of the names `own`.
pub(super) fn is_usual(text: &str, own: &[&str]) -> bool {
    let are_words = |text: &str| {
        let mut words = text.split(SEPARATORS).filter(|word| !word.is_empty());
        words.all(|word| WORDS.iter().any(|usual| usual.eq_ignore_ascii_case(word)))
    };
    let behind = |name: &&str| {
        text.get(..name.len()).filter(|begin| begin.eq_ignore_ascii_case(name)).map(|_| &text[name.len()..])
    };
    // `hv` is no `h` and a `v`.
    let behind_own =
        own.iter().filter_map(behind).filter(|rest| rest.is_empty() || rest.starts_with(SEPARATORS));
    are_words(text) || behind_own.into_iter().any(are_words)
}

/// Returns whether the text before a version names `package` and nothing else of note.
pub(super) fn is_named(text: &str, package: &str) -> bool {
    let rest = text.strip_prefix(package).filter(|rest| rest.is_empty() || rest.starts_with(SEPARATORS));
    rest.is_some_and(|rest| is_usual(rest, &[]))
}

/// Returns the places where a number begins.
fn number_starts(name: &str) -> impl Iterator<Item = usize> {
    let bytes = name.as_bytes();
    (0..bytes.len()).filter(move |&at| {
        let is_in_number = at > 0 && (bytes[at - 1].is_ascii_digit());
        bytes[at].is_ascii_digit() && !is_in_number
    })
}

/// Reads one to three numbers with dots between them; `None` where there are more, or one that no
/// version has. Returns their length, too.
fn leading_numbers(text: &str) -> Option<([Option<u64>; 3], usize)> {
    let (mut numbers, mut len) = ([None; 3], 0);
    for slot in &mut numbers {
        let rest = &text[len..];
        let rest = if len == 0 { Some(rest) } else { rest.strip_prefix('.') };
        let Some(rest) = rest else { break };
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            break;
        }
        if digits > 1 && rest.starts_with('0') {
            return None;
        }
        *slot = Some(rest[..digits].parse().ok()?);
        len += digits + usize::from(len > 0);
    }
    let mut after = text[len..].bytes();
    let goes_on = after.next() == Some(b'.') && after.next().is_some_and(|byte| byte.is_ascii_digit());
    (len > 0 && !goes_on).then_some((numbers, len))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_names_of_release_branches_are_known_and_others_not() {
        let own = ["tokio", "h2"];
        for name in [
            "release-1.2.0",
            "release/1.2",
            "v1.2",
            "1.2",
            "1.x",
            "1.2.x",
            "58_maintenance",
            "tokio-v1.2",
            "stable/1.2",
            "h2-0.3.x",
            "v0.20",
            "v22",
            "release-224",
            "tokio/1.2-stable",
            "releases/v3",
            "Release-2.0",
            "rel-0.21",
            "tokio-1.38.x",
        ] {
            assert!(is_like_release_branch(name, &own), "{name}");
        }
        for name in [
            "main",
            "fix-123",
            "dependabot/cargo/tokio-1.2.3",
            "1",
            "tokio-util-0.7.x",
            "issue-4",
            "release-next",
            "release-1.2.3.4",
            "v01.2",
            "bump-1.2.3",
            "tokiov1",
            "release-1.2.3-prep",
        ] {
            assert!(!is_like_release_branch(name, &own), "{name}");
        }
    }

    #[test]
    fn a_tag_has_its_version_at_the_end() {
        let parts = |name| tag_parts(name).map(|(before, version)| (before, version.to_string()));
        assert_eq!(parts("h2-v0.3.1-rc.1"), Some(("h2-v", "0.3.1-rc.1".to_owned())));
        assert_eq!(parts("v/0.23.1"), Some(("v/", "0.23.1".to_owned())));
        assert_eq!((parts("v1.2"), parts("nightly")), (None, None));
        assert!(is_named("tokio-util-v", "tokio-util") && !is_named("tokio-util-v", "tokio"));
    }
}
