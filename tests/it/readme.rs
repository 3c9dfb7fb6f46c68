//! What the README and the pages of the help show is what the program prints.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use relprep::render::topics::TOPICS;

use crate::fixture::Fixture;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn readme() -> String {
    std::fs::read_to_string(root().join("README.md")).unwrap()
}

/// The README, and the text of each topic of the help.
fn texts() -> impl Iterator<Item = PathBuf> {
    let topics = TOPICS.iter().map(|topic| root().join(format!("src/render/topics/{}.md", topic.name)));
    std::iter::once(root().join("README.md")).chain(topics)
}

/// A block of commands and their output, and the comment before it: which fixture, on which day.
struct Session<'a> {
    fixture: &'a str,
    day: &'a str,
    /// The configurations that stand between it and the session before, by the names of their files.
    files: Vec<(&'a str, &'a str)>,
    /// The commands with their output, as the text has them.
    block: &'a str,
}

const BEGIN: &str = "<!-- in fixtures/";

fn sessions<'a>(text: &'a str) -> Vec<Session<'a>> {
    let mut sessions = Vec::new();
    let mut parts = text.split(BEGIN);
    let mut before = parts.next().unwrap();
    for part in parts {
        let (head, rest) = part.split_once(" -->\n```console\n").unwrap();
        let (fixture, day) = head.split_once(" on ").unwrap();
        let (block, rest) = rest.split_once("\n```\n").unwrap();
        let of_file = |part: &'a str| {
            let (name, rest) = part.split_once(" -->\n```toml\n")?;
            Some((name, rest.split_once("```\n")?.0)).filter(|(name, _)| !name.contains('/'))
        };
        let files = before.split("<!-- ").filter_map(of_file).collect();
        sessions.push(Session { fixture, day, files, block });
        before = rest;
    }
    sessions
}

impl<'a> Session<'a> {
    /// Returns each command with what the text says that it prints.
    fn commands(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.block.split("$ ").skip(1).map(|text| text.split_once('\n').unwrap_or((text, "")))
    }

    fn lay(&self) -> Fixture {
        let files: Vec<_> = self.files.iter().map(|(name, text)| (*name, "", *text)).collect();
        Fixture::changed(self.fixture, &files)
    }
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

/// Runs a command of a session; what `cargo` would be asked is asked of the built program.
fn run(fixture: &Fixture, command: &str, day: &str) -> String {
    let mut words = command.split(' ');
    let program = words.next().unwrap();
    let mut run = match program {
        "cargo" => fixture.command(env!("CARGO_BIN_EXE_cargo-relprep")),
        other => fixture.command(other),
    };
    run.args(words);
    if program == "cargo" && !command.contains(" --date ") {
        run.args(["--date", day]);
    }
    let output = run.output().unwrap();
    let printed = String::from_utf8([output.stderr, output.stdout].concat()).unwrap();
    printed.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

/// With `RELPREP_README=write` in the environment, writes the sessions as they should stand.
#[test]
fn the_readme_and_the_topics_show_what_the_program_prints() {
    let is_writing = std::env::var_os("RELPREP_README").is_some();
    let mut count = 0;
    for path in texts() {
        let mut text = std::fs::read_to_string(&path).unwrap();
        for session in sessions(&text.clone()) {
            let fixture = session.lay();
            let mut block = String::new();
            for (command, shown) in session.commands() {
                let printed = run(&fixture, command, session.day);
                writeln!(block, "$ {command}\n{}", printed.trim_end()).unwrap();
                if !is_writing {
                    assert_eq!(masked(&printed), masked(shown), "$ {command}\n--- printed:\n{printed}");
                }
            }
            let block = block.replace("\n\n$ ", "\n$ ");
            text = text.replacen(session.block, block.trim_end(), 1);
            count += 1;
        }
        if is_writing {
            std::fs::write(&path, text).unwrap();
        }
    }
    assert!(count >= 8);
}

#[test]
fn the_readme_shows_the_configuration_that_the_history_is_replayed_with() {
    let text = readme();
    let (_, rest) = text.split_once("<!-- fixtures/wasmtime/relprep.toml -->\n```toml\n").unwrap();
    let (shown, _) = rest.split_once("```\n").unwrap();
    let file = root().join("fixtures/wasmtime/relprep.toml");
    assert_eq!(shown, std::fs::read_to_string(file).unwrap());
}

#[test]
fn the_page_about_json_names_the_keys_of_a_report() {
    let text = std::fs::read_to_string(root().join("src/render/topics/json.md")).unwrap();
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
