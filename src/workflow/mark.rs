//! The comment at the head of a file: who wrote it, and how one sees that somebody has changed it since.

use super::pins;
use crate::text::fingerprint;

/// What begins the line with the checksum.
const CHECKSUM: &str = "# Checksum, without the versions of actions: ";

/// Who wrote a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// This program, and nobody has changed it but for the versions of actions, which others renew.
    Own,
    /// This program, and somebody has changed it.
    Changed,
    /// Somebody else.
    Foreign,
}

/// Returns `body` below its head.
pub(super) fn marked(body: &str) -> String {
    format!(
        "# Written by `cargo relprep ci github` ({}), which renews it when the configuration changes;\n\
         # `cargo relprep ci --check` fails where it is stale. Leave it out with `[ci] leave-out`.\n\
         {CHECKSUM}{:032x}\n\n{body}",
        env!("CARGO_PKG_VERSION"),
        checksum(body)
    )
}

/// Returns who wrote the file whose content is `text`.
pub fn mark_of(text: &str) -> Mark {
    let text = text.replace("\r\n", "\n");
    let stated = text.split_once(CHECKSUM).and_then(|(_, rest)| rest.split_once("\n\n"));
    match stated {
        None => Mark::Foreign,
        Some((sum, body)) if sum == format!("{:032x}", checksum(body)) => Mark::Own,
        Some(_) => Mark::Changed,
    }
}

fn checksum(body: &str) -> u128 {
    fingerprint([&*pins::without(body)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_shows_and_a_newer_action_is_none() {
        let text = marked("a: b\nuses: x/y@0123456789012345678901234567890123456789 # v1.2.3\n");
        assert_eq!(mark_of(&text), Mark::Own);
        assert_eq!(mark_of(&text.replace('\n', "\r\n")), Mark::Own);
        assert_eq!(mark_of(&text.replace("6789 # v1.2.3", "9999 # v2")), Mark::Changed);
        let newer = text.replace(
            "0123456789012345678901234567890123456789 # v1.2.3",
            &format!("{} # v2.0.0", "a".repeat(40)),
        );
        assert_eq!(mark_of(&newer), Mark::Own);
        assert_eq!(mark_of(&text.replace("a: b", "a: c")), Mark::Changed);
        assert_eq!(mark_of("a: b\n"), Mark::Foreign);
    }
}
