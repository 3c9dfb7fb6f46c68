//! Workflow annotations, as GitHub's "Workflow commands for GitHub Actions" defines them.

use std::fmt::Write as _;

use crate::finding::Finding;
use crate::rule::Severity;
use crate::text::escaped;

/// Returns one annotation a finding, each in a line.
pub fn github(findings: &[Finding]) -> String {
    let mut out = String::new();
    for finding in findings {
        annotation(&mut out, finding);
    }
    out
}

fn annotation(out: &mut String, finding: &Finding) {
    let command = match finding.severity {
        Severity::Note => "notice",
        severity => severity.as_str(),
    };
    let mut properties = Vec::new();
    if let Some(place) = &finding.place {
        properties.push(format!("file={}", property(&place.path)));
        if let Some(spot) = &place.spot {
            let marked = spot.text.get(spot.range.clone()).unwrap_or_default();
            let end = spot.column + marked.chars().count().max(1);
            properties.push(format!("line={},col={},endColumn={end}", spot.line, spot.column));
        }
    }
    properties.push(format!("title={}", property(finding.rule.name)));
    let remedy = finding.remedy.as_ref().map(|remedy| format!("\n{remedy}")).unwrap_or_default();
    let message = data(&format!("{}{remedy}", finding.message));
    let _ = writeln!(out, "::{command} {}::{message}", properties.join(","));
}

/// Escapes what would end a message, or colour the log.
fn data(text: &str) -> String {
    escaped(text).replace('%', "%25").replace('\n', "%0A")
}

/// Escapes what would end a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Place;
    use crate::rule;

    #[test]
    fn an_annotation_has_its_file_and_line_and_nothing_breaks_out_of_it() {
        let text = "[package]\nrust-version = \"1.88\"\n";
        let found = [
            Finding::of(rule::MSRV_RAISED, "rose: 100%")
                .at(Place::range("a,b/Cargo.toml", text, 26..30))
                .remedy("go\nback"),
            Finding::of(rule::FAILURE, "::error::no\u{1b}[0m\r").as_note(),
        ];
        assert_eq!(
            github(&found),
            "::error file=a%2Cb/Cargo.toml,line=2,col=17,endColumn=21,title=msrv-raised::rose: 100%25%0Ago%0Aback\n\
             ::notice title=failure::::error::no\\u{1b}[0m\\r\n"
        );
    }
}
