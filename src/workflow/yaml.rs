//! Texts of a project as YAML has them, where no expression of GitHub's is read in them.

/// Returns `text` as a scalar in single quotes.
pub(super) fn scalar(text: &str) -> String {
    quoted(&inert(text))
}

/// Returns the patterns of a trigger as a list on one line. There no expression may stand: a pattern that would
/// look like one takes some more names.
pub(super) fn patterns<S: AsRef<str>>(texts: &[S]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| quoted(&text.as_ref().replace("${{", "*{{"))).collect();
    format!("[{}]", texts.join(", "))
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Returns `text` so that GitHub, which replaces `${{ … }}` wherever it stands, leaves it as it is.
pub(super) fn inert(text: &str) -> String {
    text.replace("${{", "${{ '${{' }}")
}

/// Returns `text` with `blanks` before each line that has something.
pub(super) fn indented(text: &str, blanks: usize) -> String {
    let line = |line: &str| {
        if line.is_empty() { "\n".to_owned() } else { format!("{:blanks$}{line}\n", "") }
    };
    text.lines().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_text_and_no_expression() {
        assert_eq!(scalar("it's"), "'it''s'");
        assert_eq!(patterns(&["a'", "${{x}}"]), "['a''', '*{{x}}']");
        assert_eq!(scalar("${{ secrets.X }}"), "'${{ ''${{'' }} secrets.X }}'");
        assert_eq!(indented("a\n\n  b\n", 2), "  a\n\n    b\n");
    }
}
