//! Findings for people: as Cargo shows them, with an excerpt of the place.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::finding::Finding;
use crate::rule::Severity;
use crate::text::{escaped, is_hidden, on_a_line};

/// Returns a finding as text for a terminal, with styles; it ends without a line end.
pub fn human(finding: &Finding) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let mut group = Group::with_title(level.primary_title(escaped(&finding.message)).id(finding.rule.name));
    if let Some(place) = &finding.place {
        let path = on_a_line(&place.path);
        group = match &place.spot {
            Some(spot) => group.element(
                Snippet::source(visible(&spot.text))
                    .path(path)
                    .line_start(spot.line)
                    .annotation(AnnotationKind::Primary.span(spot.range.clone())),
            ),
            None => group.element(Origin::path(path)),
        };
    }
    if let Some(remedy) = &finding.remedy {
        group = group.element(Level::HELP.message(escaped(remedy)));
    }
    Renderer::styled().render(&[group])
}

/// Returns the text with a sign of the same length in place of each hidden character but those of ASCII,
/// which the renderer replaces.
fn visible(text: &str) -> String {
    let sign = |c: char| match (is_hidden(c), c.len_utf8()) {
        (true, 2) => '¿',
        (true, 3) => char::REPLACEMENT_CHARACTER,
        _ => c,
    };
    text.chars().map(sign).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Place;
    use crate::rule;

    #[test]
    fn an_excerpt_has_no_control_characters() {
        let text = "\u{9b}1m\u{7f}\u{1b}[31m\u{202e}\u{200b}\u{85}x";
        let place = Place::range("a", text, text.len() - 1..text.len());
        let shown = human(&Finding::of(rule::FAILURE, "message").at(place));
        let is_safe = |c: char| c == '\n' || c == '\u{1b}' || !is_hidden(c);
        assert!(shown.chars().all(is_safe), "{shown:?}");
        assert!(shown.contains('¿') && shown.contains("␛[31m"), "{shown:?}");
    }

    #[test]
    fn a_finding_points_into_its_file() {
        let text = "[package]\nversion = \"1.0.0\"\n";
        let finding = Finding::of(rule::PRERELEASE, "no pre-release is expected")
            .at(Place::range("Cargo.toml", text, 21..26))
            .remedy("set it");
        let shown = anstream::adapter::strip_str(&human(&finding)).to_string();
        let expected = "\
error[prerelease]: no pre-release is expected
 --> Cargo.toml:2:12
  |
2 | version = \"1.0.0\"
  |            ^^^^^
  |
  = help: set it";
        assert_eq!(shown, expected);
    }
}
