//! What the README shows is what the program prints.

use std::path::Path;

use crate::fixture::Fixture;

fn readme() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap()
}

/// A block of commands and their output, and the comment before it: which fixture, on which day.
struct Session<'a> {
    fixture: &'a str,
    day: &'a str,
    /// Each command with what the README says that it prints.
    commands: Vec<(&'a str, &'a str)>,
}

fn sessions(readme: &str) -> Vec<Session<'_>> {
    let mut sessions = Vec::new();
    for part in readme.split("<!-- in fixtures/").skip(1) {
        let (head, rest) = part.split_once(" -->\n```console\n").unwrap();
        let (fixture, day) = head.split_once(" on ").unwrap();
        let (block, _) = rest.split_once("\n```\n").unwrap();
        let commands = block.split("$ ").skip(1).map(|text| text.split_once('\n').unwrap_or((text, "")));
        sessions.push(Session { fixture, day, commands: commands.collect() });
    }
    sessions
}

/// Masks what depends on the fixture's bytes: the names of commits.
fn masked(text: &str) -> String {
    let is_commit = |word: &str| {
        matches!(word.len(), 10 | 40) && word.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c))
    };
    let lines = text.trim_end().lines().map(|line| {
        let words = line.trim_end().split(' ').map(|word| if is_commit(word) { "COMMIT" } else { word });
        words.collect::<Vec<_>>().join(" ")
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Runs a command of the README; what `cargo` would be asked is asked of the built program.
fn run(fixture: &Fixture, command: &str, day: &str) -> String {
    let mut words = command.split(' ');
    let program = words.next().unwrap();
    let mut run = match program {
        "cargo" => fixture.command(env!("CARGO_BIN_EXE_cargo-relprep")),
        other => fixture.command(other),
    };
    run.args(words);
    if program == "cargo" {
        run.args(["--date", day]);
    }
    let output = run.output().unwrap();
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

/// With `RELPREP_README=write` in the environment, prints the sessions as they should stand.
#[test]
fn the_readme_shows_what_the_program_prints() {
    let text = readme();
    let sessions = sessions(&text);
    let is_writing = std::env::var_os("RELPREP_README").is_some();
    assert!(sessions.len() >= 3);
    for session in sessions {
        let fixture = Fixture::new(session.fixture);
        for (command, shown) in session.commands {
            let printed = run(&fixture, command, session.day);
            if is_writing {
                println!("$ {command}\n{}", printed.trim_end());
            } else {
                assert_eq!(masked(&printed), masked(shown), "$ {command}\n--- printed:\n{printed}");
            }
        }
    }
}

#[test]
fn the_readme_shows_the_configuration_that_the_history_is_replayed_with() {
    let text = readme();
    let (_, rest) = text.split_once("<!-- fixtures/wasmtime/relprep.toml -->\n```toml\n").unwrap();
    let (shown, _) = rest.split_once("```\n").unwrap();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/wasmtime/relprep.toml");
    assert_eq!(shown, std::fs::read_to_string(file).unwrap());
}

#[test]
fn the_readme_names_the_keys_of_a_report() {
    let text = readme();
    let (_, rest) = text.split_once("| `report` | `check`, `check-msrv`: ").unwrap();
    let line = rest.lines().next().unwrap();
    let mut named: Vec<&str> = line.split('`').skip(1).step_by(2).collect();
    let said = Fixture::new("lone-package").run("check-msrv --format json");
    let document: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    let report = document["report"].as_object().unwrap();
    let fact = report["facts"][0].as_object().unwrap();
    let mut printed: Vec<&str> = report.keys().chain(fact.keys()).map(String::as_str).collect();
    named.sort_unstable();
    printed.sort_unstable();
    assert_eq!(named, printed);
}

#[test]
fn the_readme_names_every_command_and_no_other() {
    let text = readme();
    let (_, rest) = text.split_once("## Commands\n").unwrap();
    let (table, _) = rest.split_once("\n\nEvery command").unwrap();
    let named: Vec<&str> =
        table.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    let help =
        Fixture::new("lone-package").command(env!("CARGO_BIN_EXE_cargo-relprep")).arg("--help").output();
    let help = String::from_utf8(help.unwrap().stdout).unwrap();
    let (_, rest) = help.split_once("Commands:\n").unwrap();
    let (list, _) = rest.split_once("\n\n").unwrap();
    let mut listed: Vec<&str> =
        list.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next()).collect();
    listed.retain(|name| !name.is_empty());
    let sorted = |mut names: Vec<&str>| {
        names.sort_unstable();
        names.join(" ")
    };
    assert_eq!(sorted(named), sorted(listed));
}
