//! What a finding is called: by one name, by which it is turned off.

use std::collections::{BTreeMap, BTreeSet};

use relprep::config::check::Levels;
use relprep::finding::Finding;
use relprep::rule::{self, Severity};

use super::{CONFIGURATION, check, edit, lock, member, released};
use crate::checking::{Run, relprep};
use crate::support::Sandbox;

/// On the trunk much is wrong, some of which a cut is refused for, too.
fn broken_trunk() -> Sandbox {
    let sandbox = released();
    sandbox.git(["switch", "--quiet", "main"]);
    edit(&sandbox, "Cargo.toml", "version = \"1.0.0\"", "version = \"2.0.0\"");
    edit(&sandbox, "members/app/Cargo.toml", "=1.0.0", "=2.0.0");
    edit(&sandbox, "members/app/Cargo.toml", "license.workspace = true\n", "");
    edit(&sandbox, "RELEASES.md", "## 1.0.0\n\nReleased 2024-05-20.", "## 1.0.0\n\nReleased 2024-05-21.");
    let example = "[package]\nname = \"example\"\n[dependencies]\nlib = { path = \"../members/lib\", version = \"1\" }\n";
    sandbox.write("example/Cargo.toml", example);
    let files = "[[version-file]]\npath = \"gone.h\"\nlines = ['{version}']\n\
                 [[version-file]]\npath = \"Cargo.toml\"\npackage = \"nobody\"\nlines = ['{version}']\n\
                 [publish]\nexclude = [\"nobody-*\"]\n";
    sandbox.write("relprep.toml", format!("{CONFIGURATION}{files}"));
    sandbox.commit_all("Go wrong");
    for remote in ["here", "there"] {
        sandbox.git(["remote", "add", remote, "nowhere"]);
    }
    sandbox
}

/// The same of a release branch, and of what users need.
fn broken_branch() -> Sandbox {
    let sandbox = released();
    edit(&sandbox, "Cargo.toml", "rust-version = \"1.70\"", "rust-version = \"1.85\"");
    edit(&sandbox, "Cargo.toml", "edition = \"2021\"", "edition = \"2024\"");
    edit(&sandbox, "Cargo.toml", "resolver = \"2\"", "resolver = \"3\"");
    sandbox.write("members/new/Cargo.toml", member("new", "").replace("rust-version.workspace = true\n", ""));
    sandbox.write("members/new/src/lib.rs", "");
    sandbox.write("rust-toolchain.toml", "[toolchain]\nchannel = \"1.90.0\"\n");
    sandbox.write("version.h", "#define VERSION \"0.9.0\"\n");
    lock(&sandbox);
    sandbox.commit_all("Go wrong");
    sandbox.write("relprep.toml", format!("# Another one.\n{CONFIGURATION}"));
    sandbox
}

fn rules(run: &Run) -> BTreeSet<String> {
    run.findings().iter().map(|found| found.split(' ').nth(1).unwrap().to_owned()).collect()
}

#[test]
fn every_finding_is_turned_off_or_down_by_its_own_name_in_both_commands() {
    for sandbox in [broken_trunk(), broken_branch()] {
        let config = sandbox.read("relprep.toml");
        for command in ["check", "check-msrv"] {
            let run = || relprep(&sandbox, &[command, "--format", "json", "--date", "2024-05-20"]);
            sandbox.write("relprep.toml", &config);
            let all = rules(&run());
            assert!(!all.is_empty(), "{command}");
            for level in ["note", "off"] {
                // That the configuration is not committed so is a finding too.
                let names = all.iter().map(String::as_str).chain(["config-uncommitted"]);
                let levels: BTreeSet<String> = names.map(|rule| format!("{rule} = \"{level}\"\n")).collect();
                let levels = levels.into_iter().collect::<String>();
                sandbox.write("relprep.toml", format!("{config}[check]\n{levels}"));
                let run = run();
                let left = rules(&run);
                let is_so = match level {
                    "note" => {
                        left.is_superset(&all) && run.findings().iter().all(|found| found.starts_with("note"))
                    }
                    _ => left.is_empty(),
                };
                assert!(is_so && run.status == 0, "{command} {level}: {}", run.out);
            }
        }
    }
}

#[test]
fn what_is_found_at_one_place_has_one_name() {
    let run = check(&broken_trunk(), &["--date", "2024-05-20"]);
    let document: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let mut names = BTreeMap::<String, BTreeSet<String>>::new();
    for finding in document["report"]["findings"].as_array().unwrap() {
        let spot = format!("{} {}", finding["place"], finding["message"]);
        names.entry(spot).or_default().insert(finding["rule"].to_string());
    }
    assert!(names.values().all(|names| names.len() == 1), "{names:?}");
}

#[test]
fn every_rule_has_a_level_that_the_configuration_overrules() {
    for rule in rule::CHECKED {
        let config =
            |level: &str| toml_edit::de::from_str::<Levels>(&format!("{} = '{level}'", rule.name)).unwrap();
        let finding = || Finding::of(*rule, "").weighing(Severity::Error);
        assert_eq!(config("off").weighed(rule::MSRV, finding()), None);
        assert_eq!(config("note").weighed(rule::MSRV, finding()).unwrap().severity, Severity::Note);
    }
}
