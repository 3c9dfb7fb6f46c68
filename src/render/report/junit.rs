//! `JUnit`'s report, in the form that Jenkins' `junit-10.xsd` describes and that other services read: a test
//! case a finding, which fails where the check does.

use std::fmt::Write as _;

use crate::finding::{Finding, Place};
use crate::render::markup;
use crate::rule::Severity;
use crate::text::{escaped, on_a_line};

/// What the suite is called, and the class of each case.
const SUITE: &str = "cargo relprep";

/// Returns the findings as one suite; where nothing is found, of one case that passes, since services take
/// a suite without cases for one that did not run.
pub fn junit(findings: &[Finding]) -> String {
    let failures = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let tests = findings.len().max(1);
    let counts = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"0\"");
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {counts}>\n  <testsuite name=\"{SUITE}\" {counts}>\n"
    );
    if findings.is_empty() {
        let _ = writeln!(out, "    <testcase name=\"nothing found\" classname=\"{SUITE}\"/>");
    }
    for finding in findings {
        case(&mut out, finding);
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

fn case(out: &mut String, finding: &Finding) {
    let name = attribute(&format!("{}: {}", finding.rule.name, finding.message));
    let place = finding.place.as_ref().map(Place::to_string);
    let remedy = finding.remedy.as_ref().map(|text| format!("help: {text}"));
    let parts = [Some(finding.message.clone()), place, remedy];
    let lines = parts.iter().flatten().flat_map(|text| text.lines());
    let text = lines.map(|line| markup(&escaped(line))).collect::<Vec<_>>().join("\n");
    let _ = writeln!(out, "    <testcase name=\"{name}\" classname=\"{SUITE}\">");
    let severity = finding.severity.as_str();
    let _ = match finding.severity {
        Severity::Error => writeln!(
            out,
            "      <failure message=\"{}\" type=\"{severity}\">{text}</failure>",
            attribute(&finding.message)
        ),
        // What is only said fails nothing.
        Severity::Warning | Severity::Note => {
            writeln!(out, "      <system-out>{severity}: {text}</system-out>")
        }
    };
    out.push_str("    </testcase>\n");
}

fn attribute(text: &str) -> String {
    markup(&on_a_line(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule;

    #[test]
    fn an_error_fails_and_a_note_is_said() {
        let text = "[package]\nrust-version = \"1.88\"\n";
        let found = [
            Finding::of(rule::MSRV_RAISED, "rose <by> \"one\"\u{1b}[0m")
                .at(Place::range("a&b/Cargo.toml", text, 26..30))
                .remedy("go\nback"),
            Finding::of(rule::FAILURE, "::error::no").as_note(),
        ];
        let expected = "\
<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<testsuites tests=\"2\" failures=\"1\" errors=\"0\">
  <testsuite name=\"cargo relprep\" tests=\"2\" failures=\"1\" errors=\"0\">
    <testcase name=\"msrv-raised: rose &lt;by&gt; &quot;one&quot;\\u{1b}&#91;0m\" classname=\"cargo relprep\">
      <failure message=\"rose &lt;by&gt; &quot;one&quot;\\u{1b}&#91;0m\" type=\"error\">rose &lt;by&gt; &quot;one&quot;\\u{1b}&#91;0m
a&amp;b/Cargo.toml:2:17
help: go
back</failure>
    </testcase>
    <testcase name=\"failure: ::error::no\" classname=\"cargo relprep\">
      <system-out>note: ::error::no</system-out>
    </testcase>
  </testsuite>
</testsuites>
";
        assert_eq!(junit(&found), expected);
        assert!(junit(&[]).contains("tests=\"1\" failures=\"0\""));
    }
}
