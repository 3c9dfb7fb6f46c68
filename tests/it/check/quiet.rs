//! Quiet where all is well, and one message for one thing that is not.

use super::{CONFIGURATION, released};
use crate::checking::{Run, relprep};
use crate::support::Sandbox;

/// The commands of checks.
const COMMANDS: [&[&str]; 6] = [
    &["check"],
    &["check", "--package"],
    &["check", "--api"],
    &["check", "--supported"],
    &["check", "--only-versions"],
    &["check-msrv"],
];

fn said(run: &Run) -> Vec<&str> {
    let is_finding =
        |line: &&str| ["error[", "warning[", "note["].iter().any(|level| line.starts_with(level));
    run.err.lines().filter(is_finding).collect()
}

/// Configures it so, commits that, and takes it for the release.
fn configured(config: &str) -> Sandbox {
    let sandbox = released();
    sandbox.write("relprep.toml", config);
    sandbox.commit_all("Configure it");
    sandbox.git(["tag", "--force", "v1.0.0"]);
    sandbox.git(["branch", "--force", "main"]);
    sandbox
}

#[test]
fn an_error_of_the_configuration_is_one_message_in_every_command() {
    let wrong = [
        CONFIGURATION.replace("lead", "laed"),
        CONFIGURATION.replace("\"app\"", "7"),
        CONFIGURATION.replace("[\"lib\"]", "[\"lib[\"]"),
        CONFIGURATION.replace("{version}", "{verzion}"),
        CONFIGURATION.replace("2024-05-20", "2024-02-30"),
        CONFIGURATION.replace("lead = \"app\"", "lead = \"nobody\""),
        format!("{CONFIGURATION}[check]\nmsrv-rised = \"off\"\n"),
        format!("{CONFIGURATION}[check]\nmsrv = \"mute\"\n"),
        format!("{CONFIGURATION}[publish"),
    ];
    for config in wrong {
        let sandbox = configured(&config);
        for branch in ["release-1.0.0", "main"] {
            sandbox.git(["switch", "--quiet", branch]);
            for command in COMMANDS {
                // Neither whether only versions differ nor the trunk's Rust depends on which package leads.
                let asks_lead = !command.contains(&"--only-versions")
                    && (command != &["check-msrv"][..] || branch != "main");
                if !asks_lead && config.contains("nobody") {
                    continue;
                }
                let run = relprep(&sandbox, command);
                assert_eq!((said(&run).len(), run.status), (1, 1), "{branch} {command:?}: {}", run.err);
            }
        }
    }
}

#[test]
fn a_rule_that_cannot_judge_says_unchecked_once() {
    // Without a schedule, a tag and a lock file.
    let config = CONFIGURATION.split("[schedule]").next().unwrap();
    let sandbox = configured(config);
    sandbox.git(["rm", "--quiet", "Cargo.lock"]);
    sandbox.commit_all("Do not lock");
    sandbox.git(["tag", "--delete", "v1.0.0"]);
    for command in [&["check"][..], &["check-msrv"]] {
        let run = relprep(&sandbox, &[command, &["--format", "json"]].concat());
        let document: serde_json::Value = serde_json::from_str(&run.out).unwrap();
        let found = document["report"]["findings"].as_array().unwrap();
        let unchecked = found.iter().filter(|found| found["message"].as_str().unwrap().contains("unchecked"));
        let mut rules: Vec<&str> = unchecked.map(|found| found["rule"].as_str().unwrap()).collect();
        let all = rules.len();
        rules.sort_unstable();
        rules.dedup();
        assert_eq!(rules.len(), all, "{}", run.out);
        assert!(all > 0, "{}", run.out);
    }
}
