//! The configuration, from its text to its value or what is wrong.

use relprep::config::keys::{KEYS, Key, Kind, find};
use relprep::config::*;
use relprep::finding::{Finding, Refused};
use relprep::{limits, rule};

fn source(path: &str, text: &str) -> ConfigFile {
    ConfigFile { path: path.to_owned(), text: text.to_owned() }
}

fn refusal(text: &str) -> Finding {
    read(Some(&source("relprep.toml", text)), None, &source("Cargo.toml", ""), Some(""))
        .unwrap_err()
        .0
        .remove(0)
}

#[test]
fn an_unknown_key_names_the_nearest_and_its_place() {
    let finding = refusal("name = 'x'\n[names]\nbrunch = 'a'\n");
    assert_eq!(finding.message, "unknown key `brunch`");
    assert_eq!(finding.remedy.as_deref(), Some("did you mean `branch`?"));
    assert_eq!(finding.place.unwrap().to_string(), "relprep.toml:3:1");
    let finding = refusal("[check]\nnotes-achive = 'off'\n");
    assert_eq!(finding.message, "unknown key `notes-achive`");
    assert_eq!(finding.remedy.as_deref(), Some("did you mean `notes-archive`?"));
    assert!(refusal("zzz = 1").remedy.unwrap().contains("version-file"));
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let text = "leed = 1\nnaem = 'x'\n[notes]\nfil = 'y'\nfile = 'a/../../x'\n[[version-file]]\npath = '.git/x'\nlines = []\n[zzz]\na = 1\n";
    let manifest =
        source("Cargo.toml", &format!("[workspace.metadata.relprep]\n{}", text.split('[').next().unwrap()));
    let places = |refused: Refused| -> Vec<String> {
        refused.0.iter().map(|finding| finding.place.as_ref().unwrap().to_string()).collect()
    };
    let mut found =
        places(read(Some(&source("r.toml", text)), None, &source("Cargo.toml", ""), Some("")).unwrap_err());
    found.sort();
    assert_eq!(found, ["r.toml:1:1", "r.toml:2:1", "r.toml:4:1", "r.toml:5:8", "r.toml:7:8", "r.toml:9:2"]);
    assert_eq!(places(read(None, None, &manifest, None).unwrap_err()), ["Cargo.toml:2:1", "Cargo.toml:3:1"]);
}

#[test]
fn a_value_that_cannot_be_meant_is_refused_at_its_place() {
    for (text, place) in [
        ("trunk = 1", "relprep.toml:1:9"),
        ("remote = '-x'", "relprep.toml:1:10"),
        ("\nfollow = ['[']", "relprep.toml:2:10"),
        ("[notes]\nfile = '../RELEASES.md'", "relprep.toml:2:8"),
        ("[notes]\nfile = '/../passwd'", "relprep.toml:2:8"),
        ("[[version-file]]\nlines = ['{version}']\npath = '../x'", "relprep.toml:3:8"),
        ("[names]\nbranch = 'release'", "relprep.toml:2:10"),
        ("[names]\nbranch = 'release-{vresion}'", "relprep.toml:2:10"),
        ("[names]\nbranch = '-{version}'", "relprep.toml:2:10"),
        ("[[run]]\ncommand = []", "relprep.toml:2:11"),
        ("[prerelease]\ntrunk = 'a b'", "relprep.toml:2:9"),
        ("[[line]]\npackages = ['a']\nmajor = 'huge'", "relprep.toml:3:9"),
        ("name = ", "relprep.toml:1:8"),
        ("[notes]\nreleased = 'then'", "relprep.toml:2:12"),
        ("[notes]\narchive-entry = '* x'", "relprep.toml:2:17"),
        ("[notes]\narchive-marker = ''", "relprep.toml:2:18"),
        (
            "[schedule]\nanchor = { version = '20.0.0', release = '2024-04-20' }\nevery-months = 0",
            "relprep.toml:3:16",
        ),
        ("[[schedule.release]]\nversion = 'x'\nreason = 'y'", "relprep.toml:2:11"),
    ] {
        let finding = refusal(text);
        assert!(finding.remedy.is_some(), "{text}");
        assert_eq!(finding.place.as_ref().unwrap().to_string(), place, "{text}: {}", finding.message);
    }
}

#[test]
fn a_configuration_may_not_be_larger_in_the_manifest_than_in_its_file() {
    let large = |limit: u64| "x".repeat(usize::try_from(limit).unwrap());
    let beside = source("relprep.toml", &format!("name = '{}'", large(limits::CONFIGURATION)));
    let head = "[workspace]\n[workspace.metadata.relprep]\n";
    let inside = source("Cargo.toml", &format!("{head}name = '{}'\n", large(limits::CONFIGURATION)));
    let globs = "'x*', ".repeat(usize::try_from(limits::CONFIGURATION / 3).unwrap());
    let many = source("Cargo.toml", &format!("{head}follow = [{globs}]\n"));
    let empty = source("Cargo.toml", "");
    for refused in [
        read(None, Some(&beside), &empty, None),
        read(Some(&beside), None, &empty, None),
        read(None, None, &inside, None),
        read(None, None, &many, None),
    ] {
        assert_eq!(refused.unwrap_err().0[0].rule, rule::FILE_TOO_LARGE);
    }
    let other =
        format!("{head}name = 'x'\n[workspace.metadata.other]\nx = '{}'", large(limits::CONFIGURATION));
    assert!(read(None, None, &source("Cargo.toml", &other), None).unwrap().is_some());
}

#[test]
fn the_manifest_may_hold_it_instead_and_both_are_too_many() {
    for key in ["relprep", "\"relprep\"", "\"rel\\u0070rep\""] {
        let manifest = format!("[workspace]\n[workspace.metadata.{key}]\nlead = 'a'\n");
        let read = read(None, None, &source("Cargo.toml", &manifest), None).unwrap();
        assert_eq!(read.unwrap().lead.as_deref(), Some("a"), "{key}");
    }
    let manifest = source("Cargo.toml", "[workspace]\n[workspace.metadata.relprep]\nlead = 'a'\n");
    let beside = source("relprep.toml", "lead = 'b'");
    let refused = read(None, Some(&beside), &manifest, None).unwrap_err();
    assert_eq!(refused.0[0].rule, rule::CONFIG_TWICE);
    let explicit = source("other.toml", "lead = 'c'");
    assert_eq!(
        read(Some(&explicit), Some(&beside), &manifest, None).unwrap().unwrap().lead.as_deref(),
        Some("c")
    );
    let wrong = source("Cargo.toml", "[workspace.metadata.relprep]\nlaed = 'a'\n");
    let finding = read(None, None, &wrong, None).unwrap_err().0.remove(0);
    assert_eq!(finding.place.unwrap().to_string(), "Cargo.toml:2:1");
}

/// Returns the text that gives `key` the value `value`.
pub(crate) fn with(key: &Key, value: &str) -> String {
    let (table, own) = key.parts();
    let is_list = |name: &str| find(name).is_some_and(|key| key.kind == Kind::Tables);
    let headers = table.split('.').scan(String::new(), |name, part| {
        *name = if name.is_empty() { part.to_owned() } else { format!("{name}.{part}") };
        Some(if is_list(name) { format!("[[{name}]]\n") } else { format!("[{name}]\n") })
    });
    let header: String = if table.is_empty() { String::new() } else { headers.collect() };
    format!("{header}{own} = {value}\n")
}

#[test]
fn every_key_is_listed_with_a_right_value() {
    let tables =
        KEYS.iter().filter(|key| key.kind.has_keys() && key.kind != Kind::Levels).map(|key| key.name);
    for table in std::iter::once("").chain(tables) {
        let stranger = if table.is_empty() { "qqqqq".to_owned() } else { format!("{table}.qqqqq") };
        let key = Key { name: stranger.leak(), kind: Kind::Number, example: "1", default: "", meaning: "" };
        let finding = refusal(&with(&key, "1"));
        assert_eq!(finding.rule, rule::CONFIG_UNKNOWN_KEY, "[{table}]: {}", finding.message);
        let remedy = finding.remedy.unwrap();
        let mut known: Vec<&str> = remedy.strip_prefix("the keys here are ").unwrap().split(", ").collect();
        let below = KEYS.iter().filter(|key| key.parts().0 == table);
        let mut listed: Vec<&str> = below.map(|key| key.parts().1).collect();
        known.sort_unstable();
        listed.sort_unstable();
        assert_eq!(listed, known, "[{table}]");
    }
    for key in KEYS.iter().filter(|key| !key.example.is_empty()) {
        let text = with(key, key.example);
        let read = read(Some(&source("relprep.toml", &text)), None, &source("Cargo.toml", ""), Some(""));
        for finding in read.err().into_iter().flat_map(|refused| refused.0) {
            let is_about_it = finding.message.contains(&format!("`{}` takes", key.name));
            assert!(finding.rule != rule::CONFIG_UNKNOWN_KEY && !is_about_it, "{text}: {}", finding.message);
        }
    }
}

#[test]
fn a_value_of_another_kind_is_answered_with_a_right_one_and_no_type_of_the_program() {
    let wrong = |key: &Key| match key.kind {
        Kind::Number | Kind::Switch => "\"two\"",
        _ => "12",
    };
    for key in KEYS {
        let finding = refusal(&with(key, wrong(key)));
        let said = format!("{} {}", finding.message, finding.remedy.clone().unwrap_or_default());
        for ours in ["struct", "Config", "u32", "u64", "sequence", "map", "variant", "enum"] {
            assert!(!said.contains(ours), "{}: {said}", key.name);
        }
        let remedy = finding.remedy.unwrap();
        assert!(remedy.contains(&key.line()), "{}: {} | {remedy}", key.name, finding.message);
    }
}
