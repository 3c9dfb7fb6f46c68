//! A clone that has one branch and few tags does not pass for the whole.

use crate::support::Sandbox;

const CONFIG: &str = "\
[schedule]
anchor = { version = '1.0.0', release = '2024-01-20' }
support-months = 3

[notes]
enabled = false
";

fn manifest(major: u32) -> String {
    format!("[package]\nname = \"dial\"\nversion = \"{major}.0.0\"\nedition = \"2021\"\n")
}

/// A repository at 8.0.0 whose releases are tagged on their branches, but for the first two, which are tagged on
/// the trunk; and a clone of its trunk alone.
fn clone() -> (Sandbox, Sandbox) {
    let sandbox = Sandbox::with_files([("relprep.toml", CONFIG), ("src/lib.rs", "")]);
    for major in 1..=7 {
        sandbox.write("Cargo.toml", manifest(major));
        sandbox.commit_all(&format!("Begin {major}.0.0"));
        let branch = format!("release-{major}.0.0");
        sandbox.git(["branch", &branch]);
        if major > 2 {
            sandbox.git(["switch", "--quiet", &branch]);
            sandbox.commit_all("Release it");
        }
        sandbox.git(["tag", &format!("v{major}.0.0")]);
        sandbox.git(["switch", "--quiet", "main"]);
    }
    sandbox.write("Cargo.toml", manifest(8));
    sandbox.commit_all("Begin 8.0.0");
    let clone = Sandbox::bare_ground();
    let (from, to) = (sandbox.root(), clone.root());
    let (from, to) = (from.to_str().unwrap(), to.to_str().unwrap());
    let mut git = clone.command("git");
    let args = ["clone", "--quiet", "--no-local", "--single-branch", "--branch", "main", from, to];
    assert!(git.current_dir(clone.dir()).args(args).status().unwrap().success());
    (sandbox, clone)
}

/// Runs the program; returns its exit status, and all that it printed.
fn run(sandbox: &Sandbox, args: &str) -> (i32, String) {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_cargo-relprep"));
    let output = command.arg("relprep").args(args.split_whitespace()).output().unwrap();
    let said = [output.stderr, output.stdout].concat();
    (output.status.code().unwrap(), String::from_utf8(said).unwrap())
}

#[test]
fn what_is_supported_is_not_told_from_tags_that_cannot_be_all() {
    let (whole, clone) = clone();
    let expected =
        "6.0 must be out by now, and the newest release that a tag shows is 2.0.0: not all tags are here";
    for command in ["status --supported --date 2024-09-01", "patch --supported -n --date 2024-09-01"] {
        let (status, said) = run(&clone, command);
        assert!(status == 1 && said.contains(&format!("error[tags-missing]: {expected}")), "{said}");
        assert!(
            said.contains("run `git remote set-branches origin '*' && git fetch --tags origin`"),
            "{said}"
        );
    }
    let (status, said) = run(&clone, "status --date 2024-09-01");
    assert!(status == 0 && said.contains(&format!("warning[tags-missing]: {expected}")), "{said}");
    let (status, said) = run(&whole, "status --supported --date 2024-09-01");
    assert!(status == 0 && said.contains("release-7.0.0") && !said.contains("tags-missing"), "{said}");
    clone.git(["remote", "set-branches", "origin", "*"]);
    clone.git(["fetch", "--quiet", "--tags", "origin"]);
    assert_eq!(
        run(&clone, "status --supported --date 2024-09-01"),
        run(&whole, "status --supported --date 2024-09-01")
    );
}

#[test]
fn releases_that_the_notes_date_and_no_tag_shows_are_not_all_here() {
    let (whole, _) = clone();
    let config = CONFIG.replace("enabled = false", "file = 'NEWS.md'\nlayout = 'growing'");
    whole.write("relprep.toml", config);
    let notes = |versions: &[&str]| {
        let section = |version: &&str| format!("## {version}\n\nReleased 2024-08-20.\n\n");
        versions.iter().map(section).collect::<String>()
    };
    // One that is out and not tagged may get its tag yet.
    for (versions, expected) in [
        (&["7.0.1", "7.0.0"][..], None),
        (&["7.0.2", "7.0.1", "7.0.0"], Some("the notes date 2 releases up to 7.0.2 that no tag shows")),
    ] {
        whole.write("NEWS.md", notes(versions));
        whole.commit_all("What is new");
        let (status, said) = run(&whole, "status --supported --date 2024-09-01");
        assert_eq!(status, i32::from(expected.is_some()), "{said}");
        assert!(expected.is_none_or(|text| said.contains(&format!("error[tags-missing]: {text}"))), "{said}");
    }
}
