//! `cargo relprep schema`: what is printed and what is configured is as the schemas say.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use relprep::config::keys::{KEYS, Kind};
use relprep::config::{ConfigFile, SCHEMA_FILE, read, schema_directive};
use serde_json::Value;

use crate::environment;
use crate::fixture::Fixture;
use crate::help::commands;
use crate::layers::read_folder;
use crate::tools::Tool;
use crate::values::with;

/// Validates each of `texts` against the schema of `subject` with a validator of others: what is wrong with it, or
/// nothing; no answers where there is none.
fn validated(subject: &str, texts: &[String]) -> Option<Vec<Option<String>>> {
    let fixture = Fixture::new("lone-package");
    let schema = fixture.run(&format!("schema {subject}"));
    assert_eq!((schema.status, schema.err.as_str()), (0, ""));
    fixture.sandbox.write("../schema.json", schema.out);
    validated_by(&fixture.sandbox.root().join("../schema.json"), texts)
}

/// Validates each of `texts` against the schema in a file, as [`validated`] does.
pub(crate) fn validated_by(schema: &Path, texts: &[String]) -> Option<Vec<Option<String>>> {
    let python = Tool::Python.find()?;
    let mut child = environment::command(&python, &std::env::temp_dir())
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/validate.py"))
        .arg(schema)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines: String = texts.iter().map(|text| serde_json::to_string(text).unwrap() + "\n").collect();
    let mut input = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success());
    let said = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<Option<String>> =
        said.lines().map(|line| (line != "valid").then(|| line.to_owned())).collect();
    assert_eq!(answers.len(), texts.len(), "{said}");
    Some(answers)
}

fn is_read(text: &str) -> bool {
    let file = |path: &str, text: &str| ConfigFile { path: path.to_owned(), text: text.to_owned() };
    read(Some(&file("relprep.toml", text)), None, &file("Cargo.toml", ""), Some("")).is_ok()
}

#[test]
fn every_configuration_that_is_right_is_right_by_the_schema() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    read_folder(&root.join("fixtures"), "", &mut files);
    files.retain(|(path, _)| path.rsplit('/').next().unwrap().starts_with("relprep"));
    read_folder(&root.join("tests/corpus/config"), "", &mut files);
    assert!(files.len() > 8);
    for key in KEYS.iter().filter(|key| !key.example.is_empty()) {
        let text = with(key, key.example);
        if is_read(&text) {
            files.push((key.name.to_owned(), text));
        }
    }
    let texts: Vec<String> = files.iter().map(|(_, text)| format!("toml:{text}")).collect();
    for ((path, _), wrong) in files.iter().zip(validated("config", &texts).unwrap_or_default()) {
        assert_eq!(wrong, None, "{path}");
    }
}

#[test]
fn what_is_wrong_by_its_form_is_wrong_by_both() {
    let of_another_kind = |kind: Kind| match kind {
        Kind::Number | Kind::Switch => "'two'",
        _ => "12",
    };
    let mut wrong: Vec<String> = KEYS.iter().map(|key| with(key, of_another_kind(key.kind))).collect();
    wrong.extend(
        [
            "naem = 'x'",
            "[names]\nbrunch = 'release-{version}'",
            "[[line]]\nmajor = 'huge'",
            "[check]\nnotes-archive = 'of'",
            "[check]\nnotes-achive = 'off'",
            "[check]\nno-repository = 'off'",
            "[[version-file]]\npath = 'x'",
            "[[run]]",
            "[schedule]\nanchor = { version = '1.0.0' }",
            "[schedule]\nlts = { every = 12 }",
            "[[notes]]\nfiel = 'x'",
            "[line]\npackages = []",
        ]
        .map(str::to_owned),
    );
    let texts: Vec<String> = wrong.iter().map(|text| format!("toml:{text}")).collect();
    for (text, said) in wrong.iter().zip(validated("config", &texts).unwrap_or_default()) {
        assert!(!is_read(text), "{text}");
        assert!(said.is_some(), "the schema lets it pass: {text}");
    }
}

#[test]
fn a_configuration_names_a_schema_that_is_there() {
    assert_eq!(schema_directive(false), None);
    let line = schema_directive(true).unwrap();
    assert_eq!(line, format!("#:schema ./{SCHEMA_FILE}"));
    assert!(is_read(&format!("{line}\nname = 'x'\n")));
    let help = Fixture::new("lone-package").run("schema --help").out;
    assert!(help.contains(&line) && help.contains(&format!("> {SCHEMA_FILE}")), "{help}");
}

#[test]
fn an_editor_finds_the_schema_that_a_configuration_names() {
    let Some(taplo) = Tool::Taplo.find() else { return };
    let fixture = Fixture::new("lone-package");
    fixture.sandbox.write(SCHEMA_FILE, fixture.run("schema").out);
    let directive = schema_directive(true).unwrap();
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/wasmtime/relprep.toml");
    for (text, wrong) in [
        (fs::read_to_string(model).unwrap(), ""),
        ("naem = 'x'\n".to_owned(), "'naem'"),
        ("[schedule]\ncut-day = 'fifth'\n".to_owned(), "fifth"),
    ] {
        fixture.sandbox.write("relprep.toml", format!("{directive}\n{text}"));
        let output = fixture.command("node").arg(&taplo).args(["check", "relprep.toml"]).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.success(), wrong.is_empty(), "{said}");
        assert!(said.contains(wrong), "{said}");
    }
}

/// A train that has been through all that a command prints JSON of, and what each printed.
struct Told {
    fixture: Fixture,
    documents: Vec<(String, String)>,
}

impl Told {
    fn ask(&mut self, args: &str) -> Value {
        let said = self.fixture.run(&format!("{args} --format json"));
        assert!(said.status <= 1, "{args}: {}", said.err);
        let document = serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{args}: {}", said.out));
        self.documents.push((args.to_owned(), said.out));
        document
    }

    /// Commits `text` as the first package's source, and returns the commit.
    fn source(&self, text: &str, message: &str) -> String {
        self.fixture.sandbox.write("crates/orbit/src/lib.rs", text);
        self.fixture.sandbox.commit_all(message);
        self.fixture.sandbox.rev("HEAD")
    }

    fn git(&self, args: &[&str]) {
        self.fixture.sandbox.git(args);
    }
}

fn told() -> Told {
    let config = "[schedule]\nanchor = { version = '7.0.0', release = '2024-05-20' }\nsince = '7.0.0'\nsupport-months = 24\n\
                  [[schedule.release]]\nversion = '9.0.0'\nskip = 'number'\nreason = 'burned'\n\
                  [[follower]]\nname = 'orbit-py'\nrepository = 'https://example.org/orbit-py'\n";
    let fixture = Fixture::changed("virtual-workspace", &[("relprep.toml", "", config)]);
    let mut told = Told { fixture, documents: Vec::new() };
    told.source("// one\n", "Begin");
    told.ask("branch --dry-run --diff --allow-behind");
    told.ask("branch");
    told.ask("branch");
    told.git(&["switch", "--quiet", "release-7.0.0"]);
    for args in ["rc", "bump --level patch --dry-run", "release", "tag --dry-run", "tag", "patch"] {
        told.ask(args);
    }
    for args in
        ["check", "check-msrv", "check --list", "ci --check", "replay --diff", "status", "status --supported"]
    {
        told.ask(&if args.starts_with("status") { format!("{args} --date 2024-05-21") } else { args.into() });
    }
    told.ask("schedule --date 2024-05-21");
    told.ask("notes --carry");
    told.source("// other\n", "Go another way");
    told.git(&["switch", "--quiet", "main"]);
    let fix = told.source("// fixed\n", "Fix it\n\nCVE-2024-12345");
    told.fixture.sandbox.write("crates/orbit/README.md", "New.\n");
    told.fixture.sandbox.commit_all("Say what it is");
    for args in ["HEAD", "--status", "HEAD --status", "--advisory CVE-2024-12345"] {
        told.ask(&format!("backport {args} --date 2024-05-21"));
    }
    told.ask(&format!("backport {fix} --date 2024-05-21"));
    told.ask(&format!("backport {fix} --resolve release-7.0.0 --date 2024-05-21"));
    told.ask("check --supported --date 2024-05-21");
    told
}

#[test]
fn what_every_command_prints_as_json_is_as_the_schema_says() {
    let mut told = told();
    let mut failing = told.fixture.command(env!("CARGO_BIN_EXE_cargo-relprep"));
    failing.args(["branch", "--format", "json"]).env("CARGO", told.fixture.sandbox.dir().join("nowhere"));
    let failed = String::from_utf8(failing.output().unwrap().stdout).unwrap();
    told.documents.push(("branch without cargo".to_owned(), failed));
    let (mut commands, mut bodies) = (BTreeSet::new(), BTreeSet::new());
    for (args, text) in &told.documents {
        let document: Value = serde_json::from_str(text).unwrap();
        let document = document.as_object().unwrap();
        assert_eq!(document.len(), 3, "{args}: {text}");
        assert_eq!(document["version"], relprep::render::json::VERSION);
        assert_eq!(document["command"], args.split(' ').next().unwrap());
        commands.insert(document["command"].as_str().unwrap().to_owned());
        bodies.extend(document.keys().filter(|key| !["version", "command"].contains(&key.as_str())).cloned());
    }
    assert_eq!(commands, with_json(&told.fixture), "a command prints JSON that is not looked at");
    let schema: Value = serde_json::from_str(&told.fixture.run("schema output").out).unwrap();
    let alternatives = schema["oneOf"].as_array().unwrap().iter();
    let named = alternatives.map(|one| one["required"][0].as_str().unwrap().to_owned());
    assert_eq!(bodies, named.collect(), "a kind of document that is not looked at");
    let texts: Vec<String> = told.documents.iter().map(|(_, text)| text.clone()).collect();
    let answers = validated("output", &texts).unwrap_or_default();
    for ((args, text), wrong) in told.documents.iter().zip(answers) {
        assert_eq!(wrong, None, "{args}: {text}");
    }
}

/// Returns the commands that offer `--format json`.
fn with_json(fixture: &Fixture) -> BTreeSet<String> {
    let has_json = |name: &String| fixture.run(&format!("{name} --help")).out.contains("- json:");
    commands(fixture).into_iter().filter(has_json).collect()
}

#[test]
fn a_refusal_is_data_wherever_data_is_asked_for() {
    let fixture = Fixture::new("lone-package");
    fs::remove_dir_all(fixture.sandbox.root().join(".git")).unwrap();
    for command in with_json(&fixture) {
        let more = match command.as_str() {
            "backport" => "--status",
            "ci" => "--check",
            "notes" => "--carry",
            "status" => "--supported",
            _ => "",
        };
        let said = fixture.run(&format!("{command} {more} --format json"));
        let document: Value =
            serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{command}: {}", said.out));
        // The calendar needs no repository.
        let expected = match command.as_str() {
            "schedule" => "no-schedule",
            "status" => "no-policy",
            _ => "no-repository",
        };
        assert_eq!(document["refused"][0]["rule"], expected, "{command}");
    }
}
