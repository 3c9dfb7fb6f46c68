//! Commands that are printed to be run: whatever names there are, a shell runs these and nothing else.

use std::process::Stdio;

use super::obeyed;
use crate::fixture::{Fixture, part};

/// Names that git takes for branches, and a shell for something else.
const NAMES: [&str; 9] = [
    "$(touch${IFS}ran)",
    "`touch${IFS}ran`",
    "a;touch${IFS}ran",
    "a'b\"c",
    "a&touch${IFS}ran",
    "a|touch${IFS}ran",
    "a>ran",
    "#a",
    "!a{b}",
];

/// Runs the commands below a heading as a user does who pastes them, and checks that a shell takes each
/// for one command of git's.
fn paste(fixture: &Fixture, said: &str, heading: &str, name: &str) {
    let commands = part(said, heading);
    assert!(!commands.is_empty(), "{said}");
    for command in commands {
        let mut listed = fixture.command("sh");
        let words = listed.args(["-c", &format!("git() {{ printf '%s\\n' git \"$@\"; }}\n{command}")]);
        let words = String::from_utf8(words.output().unwrap().stdout).unwrap();
        assert!(words.starts_with("git\n"), "{command}: {words}");
        assert!(name.is_empty() || !command.contains("IFS") || words.contains(name), "{command}: {words}");
        let checked = fixture.command("sh").args(["-n", "-c", command]).status().unwrap();
        assert!(checked.success(), "{command}");
        let ran = fixture.command("sh").args(["-c", command]).stderr(Stdio::null()).status().unwrap();
        assert!(ran.success(), "{command}");
        assert!(!fixture.sandbox.exists("ran"), "`{command}` ran something");
    }
}

#[test]
fn a_shell_runs_nothing_from_the_names_of_branches_and_remotes() {
    for name in NAMES {
        let text = format!(
            "trunk = {}\n[names]\nbranch = {}\n",
            toml(name),
            toml(&format!("{}-{{version}}", braces(name)))
        );
        let fixture = Fixture::changed("virtual-workspace", &[("relprep.toml", "", &text)]);
        fixture.sandbox.git(["branch", "--move", "main", name]);
        fixture.sandbox.git(["push", "--quiet", "origin", &format!("refs/heads/{name}")]);
        let before = fixture.refs();
        let said = fixture.run("branch");
        assert_eq!(said.status, 0, "{name}: {}", said.err);
        fixture.undo(&said.out);
        assert_eq!(fixture.refs(), before, "{name}: undone, but not all of it");
        assert!(!fixture.sandbox.exists("ran"), "{name}: something ran");
        let said = fixture.run("branch");
        paste(&fixture, &said.out, "\nPush\n", name);
        let remote = fixture.sandbox.git(["ls-remote", "--heads", "origin"]);
        assert!(remote.contains(&format!("refs/heads/{name}-7.0.0")), "{name}: {remote}");
    }
}

#[test]
fn a_push_that_is_printed_forces_nothing() {
    let text = "trunk = \"+main\"\n";
    let fixture = Fixture::changed("virtual-workspace", &[("relprep.toml", "", text)]);
    fixture.sandbox.git(["branch", "--move", "main", "+main"]);
    fixture.sandbox.git(["push", "--quiet", "origin", "refs/heads/+main"]);
    let said = fixture.run("branch");
    assert_eq!(said.status, 0, "{}", said.err);
    let [push] = part(&said.out, "\nPush\n")[..] else { panic!("{}", said.out) };
    assert_eq!(push, "git push --atomic origin release-7.0.0 refs/heads/+main");
    paste(&fixture, &said.out, "\nPush\n", "");
    let remote = fixture.sandbox.git(["ls-remote", "--heads", "origin"]);
    assert!(remote.contains("refs/heads/+main") && remote.contains("refs/heads/release-7.0.0"), "{remote}");
}

#[test]
fn names_that_are_there_do_no_harm() {
    let fixture = Fixture::new("virtual-workspace");
    let head = fixture.sandbox.rev("HEAD");
    for name in NAMES.into_iter().chain(["release-6.0.0;rm", "release-\u{202e}6.0.0", "-x", "release-6.0.0"])
    {
        fixture.sandbox.git(["update-ref", &format!("refs/heads/{name}"), &head]);
        fixture.sandbox.git(["update-ref", &format!("refs/tags/v6.0.0{name}"), &head]);
        fixture.sandbox.git(["update-ref", &format!("refs/remotes/origin/{name}"), &head]);
    }
    for args in [
        "status",
        "status --format json",
        "check",
        "check --format github",
        "backport --status",
        "branch --dry-run",
        "patch --branch -x --dry-run",
        "patch --branch=-x --dry-run",
        "patch --branch * --dry-run",
        "branch",
    ] {
        let said = fixture.run(args);
        assert!([0, 1, 2].contains(&said.status) && !said.err.contains("panicked"), "{args}: {}", said.err);
        assert_eq!(obeyed(&(said.out + &said.err)), None, "{args}");
        assert!(!fixture.sandbox.exists("ran"), "`{args}` ran something");
    }
    fixture.sandbox.fsck();
}

fn toml(text: &str) -> String {
    format!("'''{text}'''")
}

/// Writes `text` so that a template does not take its braces for placeholders.
fn braces(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}
