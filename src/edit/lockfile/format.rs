//! The format of a lock file, which Cargo raises when it writes one.

use crate::finding::{Finding, Place};
use crate::path::RepoPath;
use crate::rule;

/// Returns `after`, which Cargo wrote in format 4, in format 3 if `before` is in that: they differ only in how
/// the addresses of git sources are written. Other formats are left.
pub fn kept(before: &str, after: String) -> String {
    if (format_of(before), format_of(&after)) != (Some("3"), Some("4")) {
        return after;
    }
    let line = |line: &str| match line.trim_end() {
        "version = 4" => line.replacen('4', "3", 1),
        _ if line.contains("git+") => decoded(line),
        _ => line.to_owned(),
    };
    after.split_inclusive('\n').map(line).collect()
}

/// Finds that Cargo would write the lock file `path` in another format.
pub fn changed(path: &RepoPath, before: &str, after: &str) -> Option<Finding> {
    let [old, new] = [before, after].map(|text| format_of(text).unwrap_or("1 or 2"));
    (old != new).then(|| {
        Finding::of(rule::LOCK_DRIFT, format!("Cargo would write this in format {new} instead of {old}"))
            .at(Place::file(path))
            .remedy("let Cargo do so in a commit of its own first: `cargo update --workspace`")
    })
}

fn format_of(text: &str) -> Option<&str> {
    let head = text.lines().take_while(|line| !line.starts_with("[["));
    head.filter_map(|line| line.strip_prefix("version = ")).map(str::trim).next()
}

/// Undoes the percent-encoding of what is asked of a git source: its branch, tag or revision.
fn decoded(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        let byte = after.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        if let Some(byte) = byte.filter(u8::is_ascii_graphic) {
            out.push(char::from(byte));
            rest = &after[2..];
        } else {
            out.push('%');
            rest = after;
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn format_3_stays_format_3() {
        let lock = |format: &str, branch: &str| {
            format!(
                "# by hand\nversion = {format}\n\n[[package]]\nname = \"a\"\nsource = \"git+https://x/y?branch={branch}#1\"\n"
            )
        };
        assert_eq!(kept(&lock("3", "u/v"), lock("4", "u%2Fv")), lock("3", "u/v"));
        assert_eq!(kept(&lock("4", "u%2Fv"), lock("4", "u%2Fv")), lock("4", "u%2Fv"));
        let path = RepoPath::known("Cargo.lock");
        assert!(changed(&path, &lock("3", ""), &lock("3", "")).is_none());
        assert!(changed(&path, "[[package]]\n", &lock("4", "")).is_some());
    }
}
