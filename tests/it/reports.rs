//! The reports of checks that services read: of the form that each of them describes.

use std::io::Write as _;
use std::process::Stdio;

use serde_json::Value;

use crate::fixture::{Fixture, Said};
use crate::tools::Tool;

/// A branch with findings: of a line, of a file, of neither, and with what markup and logs would obey.
fn broken() -> Fixture {
    let config = "[notes]\nfile = '<a>&.md'\n[[line]]\npackages = [\"<a>&\\u001b\"]\n";
    let fixture = Fixture::changed("virtual-workspace", &[("relprep.toml", "", config)]);
    let manifest = fixture.sandbox.read("crates/orbit/Cargo.toml");
    fixture.sandbox.write("crates/orbit/Cargo.toml", manifest.replace("license", "#license"));
    fixture.sandbox.commit_all("Break it");
    fixture
}

fn check(fixture: &Fixture, form: &str) -> Said {
    fixture.run(&format!("check --format {form} --date 2024-05-20"))
}

#[test]
fn gitlab_gets_what_it_asks_for_of_each_problem() {
    let fixture = broken();
    let said = check(&fixture, "gitlab");
    assert_eq!(said.status, 1, "{}", said.err);
    let problems: Vec<Value> = serde_json::from_str(&said.out).unwrap();
    assert!(problems.len() > 1, "{}", said.out);
    let mut fingerprints = Vec::new();
    for problem in &problems {
        let text = |key: &str| problem[key].as_str().filter(|text| !text.is_empty()).unwrap().to_owned();
        assert!(!text("description").is_empty() && !text("check_name").contains(' '), "{problem}");
        assert!(["info", "minor", "major", "critical", "blocker"].contains(&&*text("severity")), "{problem}");
        let path = problem["location"]["path"].as_str().unwrap();
        assert!(!path.starts_with(['/', '.']), "{problem}");
        assert!(problem["location"]["lines"]["begin"].as_u64().unwrap() > 0, "{problem}");
        fingerprints.push(text("fingerprint"));
    }
    let count = fingerprints.len();
    fingerprints.sort();
    fingerprints.dedup();
    assert_eq!(fingerprints.len(), count, "{}", said.out);
    assert_eq!(check(&fixture, "gitlab"), said, "the same input, the same output");
    let said = Fixture::new("lone-package").run("check-msrv --format gitlab");
    assert_eq!((said.status, &*said.out), (0, "[]\n"), "{}", said.err);
}

/// What `junit-10.xsd` allows: of each element its attributes, the first ones required, and its children.
const XSD: &str = r#"
import sys, xml.etree.ElementTree as tree
counts = ["tests", "failures", "errors"]
rules = {
    "testsuites": ([], ["name", "time", "disabled", *counts], ["testsuite"]),
    "testsuite": (["name"], ["time", "disabled", "skipped", "timestamp", "hostname", "id", "package", *counts],
                  ["properties", "testcase", "system-out", "system-err"]),
    "testcase": (["name"], ["assertions", "time", "classname", "status"],
                 ["skipped", "error", "failure", "system-out", "system-err"]),
    "failure": ([], ["type", "message"], []),
    "system-out": ([], [], []),
}
def walk(element):
    required, optional, children = rules[element.tag]
    assert set(required) <= set(element.attrib) <= set(required + optional), element.attrib
    for child in element:
        assert child.tag in children, child.tag
        walk(child)
root = tree.fromstring(sys.stdin.buffer.read())
walk(root)
[suite] = root
assert int(suite.get("tests")) == len(suite.findall("testcase")) > 0
assert int(suite.get("failures")) == len(suite.findall("testcase/failure"))
print(suite.get("failures"), *[failure.get("message") for failure in suite.iter("failure")], sep="\n")
"#;

#[test]
fn junit_is_of_its_published_form() {
    let Some(python) = Tool::Python.find() else { return };
    let (broken, sound) = (broken(), Fixture::new("lone-package"));
    for (fixture, command, fails) in [(&broken, "check", true), (&sound, "check-msrv", false)] {
        let said = fixture.run(&format!("{command} --format junit --date 2024-05-20"));
        assert_eq!(said.status, i32::from(fails), "{}", said.err);
        let mut reader = fixture.command(&python);
        reader.args(["-c", XSD]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut reader = reader.spawn().unwrap();
        reader.stdin.take().unwrap().write_all(said.out.as_bytes()).unwrap();
        let output = reader.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", said.out);
        let read = String::from_utf8(output.stdout).unwrap();
        assert_eq!(read.lines().next() != Some("0"), fails, "{read}");
        assert!(!fails || read.contains("<a>&"), "{read}");
    }
}
