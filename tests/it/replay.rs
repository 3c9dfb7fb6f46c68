//! `cargo relprep replay`: what was made is prepared again, and what is otherwise is told.

use crate::fixture::Fixture;

const TRAIN: &str = "candidate-train";

/// Makes a cut, two candidates, a release and a patch with the program itself.
fn made() -> Fixture {
    let fixture = Fixture::new(TRAIN);
    let run = |args: &str| {
        let said = fixture.run(args);
        assert_eq!(said.status, 0, "{args}: {}", said.err);
    };
    run("branch");
    fixture.sandbox.git(["switch", "--quiet", "release-49.0.0"]);
    run("rc");
    run("release");
    fixture.sandbox.git(["tag", "v49.0.0"]);
    run("patch");
    fixture
}

/// Replaces a text of the last commit by another one.
fn amend(fixture: &Fixture, path: &str, old: &str, new: &str) {
    let text = fixture.sandbox.read(path);
    assert!(text.contains(old), "{path} has no `{old}`");
    fixture.sandbox.write(path, text.replacen(old, new, 1));
    fixture.command("git").args(["commit", "--quiet", "--all", "--amend", "--no-edit"]).status().unwrap();
}

/// Returns command, versions and outcome of each line of the table.
fn table(out: &str) -> Vec<String> {
    let line = |line: &str| {
        let cells: Vec<&str> = line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
        format!("{} {}: {}", cells[1], cells[2], cells[5])
    };
    out.lines().take_while(|line| !line.is_empty()).map(line).collect()
}

#[test]
fn what_the_program_made_comes_out_identical_and_nothing_is_written() {
    let fixture = made();
    let before = fixture.state();
    let said = fixture.run("replay");
    assert_eq!((said.status, said.err.as_str()), (0, ""), "{}", said.out);
    let mut steps = table(&said.out);
    steps.sort();
    assert_eq!(
        steps,
        [
            "branch 49.0.0-dev → 50.0.0-dev: identical",
            "patch 49.0.0 → 49.0.1: identical",
            "rc 49.0.0-dev → 49.0.0-rc.1: identical",
            "rc 49.0.0-rc.1 → 49.0.0-rc.2: identical",
            "release 49.0.0-rc.2 → 49.0.0: identical",
        ]
    );
    assert_eq!(fixture.state(), before);
    let one = fixture.run("replay 49.0.1 --format json");
    let steps = serde_json::from_str::<serde_json::Value>(&one.out).unwrap();
    assert_eq!(steps["version"], 3);
    let [step] = &steps["steps"].as_array().unwrap()[..] else { panic!("{}", one.out) };
    assert_eq!((&step["command"], &step["outcome"]), (&"patch".into(), &"identical".into()));
    assert_eq!(step["branch"], "release-49.0.0");
}

#[test]
fn what_was_made_otherwise_is_told_with_its_lines_and_can_be_allowed() {
    let fixture = made();
    amend(&fixture, "crates/tower-core/Cargo.toml", "version = \"49.0.1\"", "version = \"49.0.0\"");
    let said = fixture.run("replay --last 1 --diff");
    assert_eq!(said.status, 1, "{}", said.err);
    assert_eq!(table(&said.out), ["patch 49.0.0 → 49.0.1: differs: crates/tower-core/Cargo.toml"]);
    let lines =
        |sign: &str| said.out.lines().filter(|line| line.starts_with(sign)).collect::<Vec<_>>().join("\n");
    assert!(lines("-").contains("version = \"49.0.0\""), "{}", said.out);
    assert!(lines("+").contains("version = \"49.0.1\""), "{}", said.out);
    let mut allowed = fixture.program("replay --last 1");
    let output = allowed.args(["--except", "49.0.1=a forgotten requirement"]).output().unwrap();
    assert!(output.status.success());
    assert!(String::from_utf8(output.stdout).unwrap().contains("(allowed: a forgotten requirement)"));
    // A step in which somebody wrote, too, is not one that only a tool could have made.
    amend(&fixture, "RELEASES.md", "## 49.0.1\n", "## 49.0.1\n\nThe lamp burns longer.\n");
    let last = fixture.run("replay").out;
    let last = last.lines().last().unwrap();
    let expected =
        "Identical: 4 of 4 mechanical steps in which nobody wrote; 4 of 5 apart from what people wrote.";
    assert_eq!(last, expected);
    let json = fixture.run("replay --last 1 --format json").out;
    assert!(json.contains("\"by-hand\": true"), "{json}");
}

#[test]
fn a_lock_file_that_was_left_behind_is_no_work_of_a_tool() {
    let fixture = made();
    amend(
        &fixture,
        "Cargo.lock",
        "name = \"tower\"\nversion = \"49.0.1\"",
        "name = \"tower\"\nversion = \"49.0.0\"",
    );
    let said = fixture.run("replay --last 1");
    assert_eq!(said.status, 0, "{}", said.err);
    let [line] = &table(&said.out)[..] else { panic!("{}", said.out) };
    let begin = "patch 49.0.0 → 49.0.1: not mechanical: Cargo.lock:";
    let end = ": it was left out of date: `tower` is locked at 49.0.0, and it is at 49.0.1";
    assert!(line.starts_with(begin) && line.ends_with(end), "{line}");
}

#[test]
fn other_files_and_other_changes_are_told_apart() {
    let fixture = made();
    amend(&fixture, "RELEASES.md", "49.0.1", "49.0.1 of the tower");
    let said = fixture.run("replay --last 1");
    assert_eq!(said.status, 0, "{}", said.err);
    assert_eq!(table(&said.out), ["patch 49.0.0 → 49.0.1: same Cargo files; RELEASES.md differs"]);
    amend(&fixture, "RELEASES.md", "49.0.1 of the tower", "49.0.1");
    let said = fixture.run("replay --last 1");
    assert_eq!(table(&said.out), ["patch 49.0.0 → 49.0.1: identical"]);
    let text = fixture.sandbox.read("RELEASES.md");
    let (heading, rest) = text.split_once("## 49.0.1\n").unwrap();
    fixture.sandbox.write("RELEASES.md", format!("{heading}## 49.0.1\n\nThe lamp burns longer.\n{rest}"));
    fixture.command("git").args(["commit", "--quiet", "--all", "--amend", "--no-edit"]).status().unwrap();
    let said = fixture.run("replay --last 1");
    let line = "patch 49.0.0 → 49.0.1: identical but for lines written by hand in RELEASES.md";
    assert_eq!((said.status, table(&said.out)), (0, vec![line.to_owned()]));
    let json = fixture.run("replay --last 1 --format json").out;
    assert!(json.contains("\"outcome\": \"written\""), "{json}");
    // A file that is new, and has neither version nor day is no tool's either.
    fixture.sandbox.write("hashes.txt", "6e0a\n");
    fixture.sandbox.git(["add", "hashes.txt"]);
    fixture.command("git").args(["commit", "--quiet", "--amend", "--no-edit"]).status().unwrap();
    let line = "patch 49.0.0 → 49.0.1: identical but for lines written by hand in RELEASES.md, hashes.txt";
    assert_eq!(table(&fixture.run("replay --last 1").out), [line]);
    amend(&fixture, "crates/tower-core/Cargo.toml", "[package]", "[features]\nbells = []\n[package]");
    let said = fixture.run("replay --last 1");
    assert_eq!(said.status, 0, "{}", said.err);
    let [line] = &table(&said.out)[..] else { panic!("{}", said.out) };
    assert!(line.contains("not mechanical: crates/tower-core/Cargo.toml:1"), "{line}");
}

#[test]
fn a_version_that_was_never_reached_is_refused() {
    let fixture = made();
    assert!(fixture.refuses("replay 48.0.0", &["no-step"]).contains("moves to 48.0.0"));
}

#[test]
fn versions_that_a_maintainer_chose_for_other_lines_are_asked_for() {
    let packages = [("gears 0.4.0", &[][..]), ("springs 1.7.0", &[]), ("top 2.3.4", &["gears 0.4.0"])];
    let fixture = Fixture::made(&packages, "lead = \"top\"\n[notes]\nenabled = false\n");
    fixture.sandbox.git(["tag", "v2.3.4"]);
    let said = fixture.run("bump --level minor --to gears=0.9.0 --to springs=1.7.0");
    assert_eq!(said.status, 0, "{}", said.err);
    let said = fixture.run("replay");
    assert_eq!(said.status, 0, "{}", said.err);
    let line = "bump 2.3.4 → 2.4.0: identical, with --to gears=0.9.0, --to springs=1.7.0";
    assert_eq!(table(&said.out), [line]);
    let steps = fixture.run("replay --format json").out;
    let steps = serde_json::from_str::<serde_json::Value>(&steps).unwrap();
    assert_eq!(steps["steps"][0]["chosen"]["gears"], "0.9.0");
    // A line with the version of another line is a tool's to write, and no other number is.
    for (text, outcome) in [
        ("springs 2.1.8, gears 0.9.01\n", "identical but for lines written by hand in NEWS"),
        ("gears 0.9.0\n", "same Cargo files; NEWS differs"),
    ] {
        fixture.sandbox.write("NEWS", text);
        fixture.sandbox.git(["add", "NEWS"]);
        fixture.sandbox.git(["commit", "--quiet", "--amend", "--no-edit"]);
        let line = format!("bump 2.3.4 → 2.4.0: {outcome}, with --to gears=0.9.0, --to springs=1.7.0");
        assert_eq!(table(&fixture.run("replay").out), [line]);
    }
    fixture.sandbox.git(["rm", "--quiet", "NEWS"]);
    fixture.sandbox.git(["commit", "--quiet", "--amend", "--no-edit"]);
    // Somebody who forgot a requirement did not choose anything.
    amend(&fixture, "top/Cargo.toml", "0.9.0", "0.8.0");
    let said = fixture.run("replay");
    let line = "bump 2.3.4 → 2.4.0: differs: top/Cargo.toml, with --to gears=0.9.0, --to springs=1.7.0";
    assert_eq!((said.status, table(&said.out)), (1, vec![line.to_owned()]));
}

#[test]
fn a_step_that_was_merged_is_the_commit_that_made_it() {
    let fixture = made();
    let sandbox = &fixture.sandbox;
    // A pull request, and in it another one, each merged with a commit of its own.
    sandbox.git(["switch", "--quiet", "--create", "more", "release-49.0.0"]);
    sandbox.write("crates/tower-core/src/bell.rs", "// rings\n");
    sandbox.commit_all("Ring");
    sandbox.git(["switch", "--quiet", "--create", "prepare"]);
    assert_eq!(fixture.run("patch --branch prepare").status, 1, "it is not a release branch");
    sandbox.git(["branch", "--quiet", "--force", "release-49.0.0", "prepare"]);
    sandbox.git(["switch", "--quiet", "release-49.0.0"]);
    assert_eq!(fixture.run("patch --allow-dirty").status, 0);
    let made = sandbox.rev("HEAD");
    sandbox.git(["branch", "--quiet", "--force", "prepare"]);
    sandbox.git(["reset", "--quiet", "--hard", "HEAD~2"]);
    for (into, from) in [("more", "prepare"), ("release-49.0.0", "more")] {
        sandbox.git(["switch", "--quiet", into]);
        sandbox.git(["merge", "--quiet", "--no-ff", "--no-edit", from]);
    }
    let said = fixture.program("replay --last 1 --format json").output().unwrap();
    let steps = serde_json::from_slice::<serde_json::Value>(&said.stdout).unwrap();
    let [step] = &steps["steps"].as_array().unwrap()[..] else { panic!("{steps}") };
    assert_eq!((&step["commit"], &step["branch"]), (&made.into(), &"release-49.0.0".into()));
    assert_eq!((&step["to"], &step["outcome"]), (&"49.0.2".into(), &"identical".into()), "{steps}");
}
