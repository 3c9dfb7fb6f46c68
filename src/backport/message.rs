//! Messages of picked commits, as `git cherry-pick -x` writes them.

use crate::git::CommitId;

/// Returns `message` with the line that names its origin, and then `sign_off` if that is given.
///
/// A line goes directly below a last paragraph that consists of trailers (`Key: value`), and
/// otherwise into a paragraph of its own, as git's sequencer does it.
pub fn picked(message: &str, origin: CommitId, sign_off: Option<&str>) -> String {
    let named = appended(message, &format!("(cherry picked from commit {origin})"));
    match sign_off {
        Some(line) => appended(&named, line),
        None => named,
    }
}

fn appended(message: &str, line: &str) -> String {
    let body = message.trim_end();
    let gap = if ends_with_trailers(body) { "\n" } else { "\n\n" };
    format!("{body}{gap}{line}\n")
}

/// Returns whether the last paragraph, not counting the subject's, is all trailers.
fn ends_with_trailers(body: &str) -> bool {
    let Some((_, last)) = body.rsplit_once("\n\n") else { return false };
    let last = last.trim_start_matches('\n');
    !last.is_empty()
        && last.lines().enumerate().all(|(at, line)| is_trailer(line) || (at > 0 && is_continued(line)))
}

fn is_continued(line: &str) -> bool {
    line.starts_with([' ', '\t'])
}

fn is_trailer(line: &str) -> bool {
    if line.starts_with("(cherry picked from commit ") {
        return true;
    }
    let key = line.split_once(':').map_or("", |(key, _)| key.trim_end());
    !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id() -> CommitId {
        CommitId::of_test(7)
    }

    #[test]
    fn the_origin_joins_trailers_and_otherwise_stands_alone() {
        let line = format!("(cherry picked from commit {})", id());
        for (message, expected) in [
            ("Fix it\n", format!("Fix it\n\n{line}\n")),
            ("Fix: it", format!("Fix: it\n\n{line}\n")),
            ("Fix it\n\nWhy: so.\nand more\n", format!("Fix it\n\nWhy: so.\nand more\n\n{line}\n")),
            ("Fix it\n\nTested-by: Ann\n", format!("Fix it\n\nTested-by: Ann\n{line}\n")),
            ("Fix it\n\nTested-by: Ann\n  Other\n\n", format!("Fix it\n\nTested-by: Ann\n  Other\n{line}\n")),
        ] {
            assert_eq!(picked(message, id(), None), expected, "{message:?}");
        }
    }

    #[test]
    fn a_sign_off_comes_last() {
        let signed = picked("Fix it\n", id(), Some("Signed-off-by: A <a@b>"));
        assert!(signed.ends_with(")\nSigned-off-by: A <a@b>\n"), "{signed}");
    }
}
