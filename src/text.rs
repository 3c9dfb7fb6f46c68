//! Words for people and for shells, and what strangers wrote: it is shown, and nothing obeys it.
//!
//! Each foreign text is [`escaped`] where it becomes part of an output, which keeps it from terminals and
//! readers; all that is printed is `disarmed` once more as a whole, which keeps it from logs.

use std::fmt::Write as _;

use chrono::NaiveDate;

/// Returns the day in words: `August 5 2024`.
pub(crate) fn long(day: NaiveDate) -> String {
    day.format("%B %-d %Y").to_string()
}

/// Returns how far `day` is from `today`, in words: `in 12 days`, `3 months ago`.
pub(crate) fn relative(day: NaiveDate, today: NaiveDate) -> String {
    let far = (day - today).num_days().unsigned_abs();
    let (number, unit) = match far {
        0..=45 => return in_days(day, today),
        // A month has 30.44 days, and a year 365.25.
        46..=700 => ((far * 100 + 1522) / 3044, "month"),
        _ => ((far * 100 + 18262) / 36525, "year"),
    };
    let span = counted(usize::try_from(number).unwrap_or(usize::MAX), unit);
    if day > today { format!("in {span}") } else { format!("{span} ago") }
}

/// Returns the same in days, however many.
pub(crate) fn in_days(day: NaiveDate, today: NaiveDate) -> String {
    match (day - today).num_days() {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        -1 => "yesterday".to_owned(),
        left if left > 0 => format!("in {left} days"),
        left => format!("{} days ago", -left),
    }
}

/// Returns `count` and the noun for it, in the plural unless it is one.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    let plural = if noun.ends_with("ch") { "es" } else { "s" };
    format!("{count} {noun}{}", if count == 1 { "" } else { plural })
}

/// Returns the first `shown` of `names`, and how many more there are.
pub(crate) fn listed<S: AsRef<str>>(names: &[S], shown: usize) -> String {
    let first: Vec<&str> = names.iter().take(shown).map(AsRef::as_ref).collect();
    match names.len().saturating_sub(shown) {
        0 => first.join(", "),
        1 if names.len() > 1 => format!("{}, {}", first.join(", "), names[shown].as_ref()),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

/// How like two names must be for one to be meant by the other.
const LIKE: f64 = 0.6;

/// Returns the name that `written` is most like, if one is like it at all.
pub(crate) fn nearest<'n>(written: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let likeness = |name: &&str| strsim::jaro_winkler(written, name);
    let nearest = names.into_iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    nearest.filter(|name| likeness(name) > LIKE)
}

/// Quotes a word for a POSIX shell, where it needs that.
pub(crate) fn quoted(word: impl AsRef<str>) -> String {
    let word = word.as_ref();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@%:,=".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// Returns whether `c` is one that a terminal obeys or that a reader does not see: controls, separators of
/// lines, what has no width, and what makes the text after it show in another order (Unicode's annex 9).
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Returns `text` with its hidden characters escaped, except line ends and tabs.
pub fn escaped(text: impl AsRef<str>) -> String {
    let mut out = String::with_capacity(text.as_ref().len());
    for c in text.as_ref().chars() {
        match c {
            '\n' | '\t' => out.push(c),
            c if is_hidden(c) => out.extend(c.escape_default()),
            c => out.push(c),
        }
    }
    out
}

/// Returns a number that texts which differ in anything do not share, but by chance, and that is the same on every
/// machine: FNV-1a with 128 bits. It is no protection against somebody who wants two to share one.
pub(crate) fn fingerprint<'t>(texts: impl IntoIterator<Item = &'t str>) -> u128 {
    const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    // No text has the byte that ends each.
    let bytes = texts.into_iter().flat_map(|text| text.bytes().chain([0xff]));
    bytes.fold(BASIS, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME))
}

/// Returns `text` as [`escaped`] does, on one line whatever it holds: for names, which have line ends too.
pub(crate) fn on_a_line(text: &str) -> String {
    escaped(text).replace('\n', "\\n").replace('\t', "\\t")
}

/// Returns JSON that says the same as `json` without hidden characters, and without what a log obeys: there
/// is neither outside its strings.
pub(crate) fn escaped_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if (is_hidden(c) && c != '\n') || makes_command(&out, c) {
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// Returns a printed text, in which styles may stand, with a backslash in each command that GitHub's runner
/// would take from it: `:\:error::` and `##\[group]`.
pub(crate) fn disarmed(text: &str) -> String {
    let (mut out, mut line, mut is_style) = (String::with_capacity(text.len()), String::new(), false);
    for c in text.chars() {
        is_style |= c == '\u{1b}';
        if c == '\n' {
            line.clear();
        } else if !(is_style || line.is_empty() && c.is_whitespace()) {
            if makes_command(&line, c) {
                out.push('\\');
            }
            line.push(c);
        }
        is_style &= c != 'm';
        out.push(c);
    }
    out
}

/// Returns whether GitHub's runner takes `line`, which has no blanks in front, for a command once `c` follows.
pub(crate) fn makes_command(line: &str, c: char) -> bool {
    (c == ':' && line == ":") || (c == '[' && line.ends_with("##"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_are_joined_otherwise_have_another_fingerprint() {
        assert_ne!(fingerprint(["a", "bc"]), fingerprint(["ab", "c"]));
        assert_eq!(fingerprint([]), 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d);
    }

    #[test]
    fn nobody_obeys_what_a_repository_says() {
        assert_eq!(escaped("a\u{1b}[31mb\r\n\tc"), "a\\u{1b}[31mb\\r\n\tc");
        assert_eq!(
            escaped("é\u{9b}\u{202e}b\u{200b}\u{feff}\u{61c}"),
            r"é\u{9b}\u{202e}b\u{200b}\u{feff}\u{61c}"
        );
        assert_eq!(on_a_line("a\n::error::\tb\u{1b}"), r"a\n::error::\tb\u{1b}");
    }

    #[test]
    fn json_says_the_same_without_such_characters() {
        let json = serde_json::to_string("a\u{1b}\u{7f}\u{9b}\u{202e}\u{200b}é\n##[group]").unwrap();
        let shown = escaped_json(&json);
        assert_eq!(shown, r#""a\u001b\u007f\u009b\u202e\u200bé\n##\u005bgroup]""#);
        let read = |json: &str| serde_json::from_str::<String>(json).unwrap();
        assert_eq!(read(&shown), read(&json));
    }

    #[test]
    fn a_log_takes_no_line_for_a_command() {
        for (text, harmless) in [
            ("a::b\n::error::x", "a::b\n:\\:error::x"),
            (" \t\u{a0}::::", " \t\u{a0}:\\:::"),
            ("\u{1b}[1m \u{1b}[0m:\u{1b}[31m:x", "\u{1b}[1m \u{1b}[0m:\u{1b}[31m\\:x"),
            ("a ###[x] #\u{1b}[1m#\u{1b}[0m[y]", "a ###\\[x] #\u{1b}[1m#\u{1b}[0m\\[y]"),
            ("- ::x\n: :\n#[x]\n", "- ::x\n: :\n#[x]\n"),
        ] {
            assert_eq!(disarmed(text), harmless);
        }
    }

    #[test]
    fn a_shell_reads_each_name_as_one_word() {
        assert_eq!(quoted("release-36.0.0"), "release-36.0.0");
        assert_eq!(quoted("a$b'c"), r"'a$b'\''c'");
    }

    #[test]
    fn a_day_is_as_far_as_people_count() {
        let today: NaiveDate = "2025-05-01".parse().unwrap();
        for (day, words) in [
            ("2025-05-01", "today"),
            ("2025-04-30", "yesterday"),
            ("2025-05-20", "in 19 days"),
            ("2025-06-20", "in 2 months"),
            ("2026-08-20", "in 16 months"),
            ("2023-05-01", "2 years ago"),
        ] {
            assert_eq!(relative(day.parse().unwrap(), today), words);
        }
    }

    #[test]
    fn the_nearest_name_is_one_that_may_be_meant() {
        assert_eq!(nearest("cor", ["core", "cargo"]), Some("core"));
        assert_eq!(nearest("zzz", ["core", "cargo"]), None);
    }

    #[test]
    fn long_lists_are_cut_and_counted() {
        assert_eq!(listed(&["a", "b"], 2), "a, b");
        assert_eq!(listed(&["a", "b", "c"], 2), "a, b, c");
        assert_eq!(listed(&["a", "b", "c", "d"], 2), "a, b and 2 more");
    }
}
