//! `cargo relprep init`: what the history tells becomes a configuration, and is proved by it.

use std::io::Write as _;
use std::process::Stdio;

use crate::fixture::Fixture;
use crate::history::History;
use crate::tools::Tool;

/// A repository in which the program itself made four cuts and patches, as a configuration says that is gone
/// since.
fn history() -> Fixture {
    let config = "[[version-file]]\npath = 'orbit.h'\nlines = ['#define ORBIT \"{version}\"', 'ORBIT_MAJOR {major}']\n\
                  [[version-file]]\npath = 'CITATION.cff'\nlines = ['version: {version}', 'date-released: {date}']\n\
                  [[version-file]]\npath = 'Cargo.toml'\nlines = ['FileVersion = \"{version}\"']\n\
                  [[version-file]]\npath = 'crates/orbit/Cargo.toml'\nlines = ['documentation = \"https://docs.rs/orbit/{version}\"']\n";
    let resource = "[workspace.metadata.winres]\nFileVersion = \"7.0.0\"\n\n[workspace]";
    let citation = "cff-version: 1.2.0\nversion: 7.0.0\ndate-released: 2023-12-20\n";
    let header = "/* ours */\n#define ORBIT \"7.0.0\"\nORBIT_MAJOR 7\n";
    let fixture = Fixture::changed(
        "virtual-workspace",
        &[
            ("relprep.toml", "", config),
            ("orbit.h", "", header),
            ("CITATION.cff", "", citation),
            ("Cargo.toml", "[workspace]", resource),
            (
                "crates/orbit/Cargo.toml",
                "[package]",
                "[package]\ndocumentation = \"https://docs.rs/orbit/7.0.0\"",
            ),
        ],
    );
    for (number, day) in (7..).zip(["2024-01-20", "2024-02-20", "2024-03-20", "2024-04-20"]) {
        run(&fixture, &format!("branch --date {day}"));
        fixture.sandbox.git(["switch", "--quiet", &format!("release-{number}.0.0")]);
        let mut tag = fixture.command("git");
        tag.args(["tag", "-a", "-m", "released", &format!("v{number}.0.0")]);
        assert!(tag.env("GIT_COMMITTER_DATE", format!("{day}T12:00:00 +0000")).status().unwrap().success());
        run(&fixture, &format!("patch --date {day}"));
        fixture.sandbox.git(["switch", "--quiet", "main"]);
        fixture.sandbox.git(["commit", "--quiet", "--allow-empty", "-m", "Work"]);
    }
    fixture.sandbox.git(["rm", "--quiet", "relprep.toml"]);
    fixture.sandbox.git(["commit", "--quiet", "-m", "No configuration any more"]);
    fixture
}

fn run(fixture: &Fixture, args: &str) {
    let said = fixture.run(args);
    assert_eq!(said.status, 0, "{args}: {}", said.err);
}

#[test]
fn what_the_history_tells_is_written_with_its_evidence_and_makes_the_same_steps() {
    let fixture = history();
    let before = fixture.state();
    let dry = fixture.run("init --dry-run");
    assert_eq!(dry.status, 0, "{}", dry.err);
    assert_eq!(fixture.state(), before);
    run(&fixture, "init");
    let text = fixture.sandbox.read("relprep.toml");
    assert!(dry.out.starts_with(&text), "{}", dry.out);
    for part in [
        "[[version-file]]\n# these lines changed with the version in 8 of 8 steps\npath = \"orbit.h\"\n",
        "path = \"CITATION.cff\"\nlines = [\n  'version: {version}',\n  'date-released: {date}',\n]\n",
        "path = \"Cargo.toml\"\nlines = [\n  'FileVersion = \"{version}\"',\n]\n",
        "path = \"crates/orbit/Cargo.toml\"\nlines = [\n  'documentation = \"https://docs.rs/orbit/{version}\"',\n]\n",
        "[schedule]\n# the last 4 releases are a month apart\n",
    ] {
        assert!(text.contains(part), "{text}");
    }
    let replay = fixture.run("replay --last 20");
    assert_eq!(replay.status, 0, "{}{}", replay.out, replay.err);
    // The commits of the patches are younger than the days of their notes, which count.
    assert!(replay.out.contains("\n8 of 8 steps identical, "), "{}", replay.out);
}

#[test]
fn a_configuration_that_is_there_is_not_written_over() {
    let fixture = Fixture::new("candidate-train");
    let text = fixture.sandbox.read("relprep.toml");
    assert!(fixture.refuses("init", &["config-there"]).contains("relprep.toml already exists"));
    let said = fixture.run("init --diff");
    assert_eq!(said.status, 0, "{}", said.err);
    assert!(said.out.contains("--- a/relprep.toml\n+++ b/relprep.toml\n"), "{}", said.out);
    assert_eq!(fixture.sandbox.read("relprep.toml"), text);
}

#[test]
fn what_becomes_of_requirements_is_told_by_what_became_of_them() {
    for (follow, requirement) in [("unmatched", "1.4.0"), ("always", "1.3.2"), ("moving", "1.3.2")] {
        let config = "lead = \"top\"\n[notes]\nenabled = false\n";
        let packages = [
            ("cogs 0.1.0", &["gears 1.4.0"][..]),
            ("gears 1.4.0", &[]),
            ("top 2.0.0", &[&*format!("gears {requirement}")]),
        ];
        let fixture = Fixture::made(&packages, &format!("{config}[requirements]\nfollow = \"{follow}\"\n"));
        fixture.sandbox.git(["tag", "v2.0.0"]);
        for _ in 0..3 {
            run(&fixture, "bump --to cogs=0.1.0");
        }
        fixture.sandbox.git(["rm", "--quiet", "relprep.toml"]);
        fixture.sandbox.git(["commit", "--quiet", "-m", "No configuration any more"]);
        run(&fixture, "init");
        let text = fixture.sandbox.read("relprep.toml");
        let key = "past steps come out as they were made, without it ";
        assert!(text.contains(key) && text.contains(&format!("\nfollow = \"{follow}\"\n")), "{text}");
        assert_eq!(text.matches("follow = ").count(), 1, "{text}");
        let replay = fixture.run("replay");
        assert!(replay.out.contains("3 of 3 steps identical"), "{}", replay.out);
    }
}

/// Adds a section for `version` to the notes at `paths`, as part of the last commit.
fn write_notes(fixture: &Fixture, paths: &[&str], version: &str, entry: &str) {
    for path in paths {
        let text = fixture.sandbox.read(path);
        let title = format!("# Changes\n\n## {version} - 2024-05-20\n{entry}\n");
        fixture.sandbox.write(path, text.replacen("# Changes\n", &title, 1));
    }
    fixture.sandbox.git(["commit", "--quiet", "--all", "--amend", "--no-edit"]);
}

#[test]
fn notes_that_people_write_in_every_package_are_found_and_none_of_them_is_the_products() {
    let config = "lead = \"top\"\n[notes]\nenabled = false\n";
    let fixture = Fixture::made(&[("gears 1.4.0", &[][..]), ("top 1.4.0", &["gears 1.4.0"])], config);
    let all = ["CHANGELOG.md", "gears/CHANGELOG.md", "top/CHANGELOG.md"];
    for path in all {
        let text = "# Changes\n\n## 1.4.0 - 2024-05-19\n* A\n\n## 1.3.0 - 2024-05-18\n* B\n";
        fixture.sandbox.write(path, text);
    }
    fixture.sandbox.write("RELEASES.md", "# How to release\n\n1. Write the notes.\n");
    fixture.sandbox.commit_all("Notes");
    for version in ["1.4.1", "1.4.2", "1.4.3", "1.4.4"] {
        run(&fixture, "bump --date 2024-05-20");
        match version {
            "1.4.2" => {}
            _ => write_notes(&fixture, &all, version, "Nothing new\n"),
        }
    }
    fixture.sandbox.git(["rm", "--quiet", "relprep.toml"]);
    fixture.sandbox.git(["commit", "--quiet", "-m", "No configuration any more"]);
    run(&fixture, "init");
    let text = fixture.sandbox.read("relprep.toml");
    for key in ["per-package = \"CHANGELOG.md\"", "file = \"CHANGELOG.md\"", "scaffold = false"] {
        assert!(text.contains(&format!("\n{key}\n")), "{text}");
    }
    let replay = fixture.run("replay").out;
    assert!(replay.contains("\n1 of 4 steps identical, 3 but for lines written by hand, "), "{replay}");
}

#[test]
fn a_release_that_begins_no_new_section_is_found() {
    let config = "lead = \"top\"\n[notes]\nbegin-anew = false\nscaffold = false\n";
    let fixture = Fixture::made(&[("top 1.4.0", &[][..])], config);
    let text = "# Changes\n\n## 1.4.0 - 2024-05-09\n* A\n\n## 1.3.0 - 2024-05-08\n* B\n";
    fixture.sandbox.write("CHANGELOG.md", text);
    for day in 11..14 {
        let text = fixture.sandbox.read("CHANGELOG.md");
        let gathered = text.replacen("# Changes\n", "# Changes\n\n## Unreleased\n* New\n", 1);
        fixture.sandbox.write("CHANGELOG.md", gathered);
        fixture.sandbox.commit_all("Work");
        run(&fixture, &format!("bump --date 2024-05-{day}"));
        assert!(!fixture.sandbox.read("CHANGELOG.md").contains("Unreleased"));
    }
    // Nothing was written for one of them.
    run(&fixture, "bump --date 2024-05-20");
    fixture.sandbox.git(["rm", "--quiet", "relprep.toml"]);
    fixture.sandbox.git(["commit", "--quiet", "-m", "No configuration any more"]);
    run(&fixture, "init");
    let text = fixture.sandbox.read("relprep.toml");
    let keys = "# with this 1 of 4 past steps come out as they were made, without it 0\nscaffold = false\n\
                # with this 4 of 4 past steps come out as they were made, without it 1\nbegin-anew = false\n";
    assert!(text.contains(keys), "{text}");
}

#[test]
fn lines_that_older_releases_have_are_told_for_these() {
    for is_removed in [true, false] {
        lines_of_older_releases(is_removed);
    }
}

fn lines_of_older_releases(is_removed: bool) {
    let config =
        "lead = \"top\"\n[[version-file]]\npath = 'get.sh'\nlines = ['V={version}']\nreleases = '<1.5'\n";
    let fixture = Fixture::made(&[("top 1.4.0", &[][..])], config);
    fixture.sandbox.write("get.sh", "V=1.4.0\n");
    fixture.sandbox.commit_all("A script");
    run(&fixture, "bump");
    run(&fixture, "bump");
    fixture.sandbox.git(["branch", "release-1.4.0"]);
    run(&fixture, "bump --level minor");
    // What nobody touches any more stays where it was.
    match is_removed {
        true => drop(fixture.sandbox.git(["rm", "--quiet", "get.sh"])),
        false => fixture.sandbox.write("get.sh", "V=1.4.2\n"),
    }
    fixture.sandbox.git(["commit", "--quiet", "--all", "--amend", "--no-edit"]);
    run(&fixture, "bump --level minor");
    fixture.sandbox.git(["rm", "--quiet", "relprep.toml"]);
    fixture.sandbox.git(["commit", "--quiet", "-m", "No configuration any more"]);
    run(&fixture, "init");
    let text = fixture.sandbox.read("relprep.toml");
    let table = "out as they were made, without it 1\npath = \"get.sh\"\n\
                 lines = [\n  'V={version}',\n]\nreleases = \"<1.5.0\"\n";
    assert!(text.contains(table), "{text}");
    // An older branch has the line, and the trunk has none.
    run(&fixture, "bump --dry-run");
    fixture.sandbox.commit_all("A configuration");
    fixture.sandbox.git(["switch", "--quiet", "release-1.4.0"]);
    fixture.sandbox.git(["rm", "--quiet", "relprep.toml"]);
    fixture.sandbox.git(["commit", "--quiet", "-m", "No configuration here"]);
    run(&fixture, "patch");
    assert_eq!(fixture.sandbox.read("get.sh"), "V=1.4.3\n");
}

#[test]
fn how_far_a_line_steps_with_the_product_is_told_by_how_far_it_stepped() {
    let config = "lead = \"top\"\n[notes]\nenabled = false\n";
    let packages = [("axle 0.1.0", &[][..]), ("gears 14.0.0", &[]), ("top 1.14.0", &["gears 14.0.0"])];
    let fixture = Fixture::made(&packages, config);
    fixture.sandbox.git(["tag", "v1.14.0"]);
    for major in 15..18 {
        run(&fixture, &format!("bump --level minor --to gears={major}.0.0 --to axle=0.1.0"));
    }
    fixture.sandbox.git(["rm", "--quiet", "relprep.toml"]);
    fixture.sandbox.git(["commit", "--quiet", "-m", "No configuration any more"]);
    run(&fixture, "init");
    let text = fixture.sandbox.read("relprep.toml");
    for table in [
        "# with this past steps need 3 `--to PACKAGE=VERSION`, without it 6\npackages = [\"axle\"]\nmove = false\n",
        "# with this past steps need 0 `--to PACKAGE=VERSION`, without it 3\npackages = [\"gears\"]\nminor = \"major\"\n",
    ] {
        assert!(text.contains(table), "{text}");
    }
}

/// Runs `init` with `args` at a terminal, where somebody types `typed`; returns what is shown there.
fn at_a_terminal(fixture: &Fixture, args: &str, typed: &str) -> Option<String> {
    let script = Tool::Script.find()?;
    let program = format!("'{}' relprep init {args}", env!("CARGO_BIN_EXE_cargo-relprep"));
    let mut command = fixture.command(script);
    command.args(["-qec", &program, "/dev/null"]).env("SHELL", "/bin/sh");
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // The end of the input hangs the terminal up: it stays open until the program has gone.
    let mut input = child.stdin.take().unwrap();
    input.write_all(typed.as_bytes()).unwrap();
    let mut output = Vec::new();
    std::io::Read::read_to_end(&mut child.stdout.take().unwrap(), &mut output).unwrap();
    drop(input);
    assert!(child.wait().unwrap().success(), "{}", String::from_utf8_lossy(&output));
    Some(String::from_utf8(output).unwrap())
}

#[test]
fn a_person_at_a_terminal_is_asked_what_nothing_tells() {
    let two = || {
        let fixture = Fixture::made(&[("gears 1.4.0", &[][..]), ("springs 0.9.0", &[])], "");
        fixture.sandbox.git(["rm", "--quiet", "relprep.toml"]);
        fixture.sandbox.git(["commit", "--quiet", "-m", "No configuration"]);
        fixture
    };
    let fixture = two();
    let Some(shown) = at_a_terminal(&fixture, "", "3\n2\n") else { return };
    let asked = "Which package's version names the releases, their branches and their tags?\r\n  \
                 1. gears (1.4.0)\r\n  2. springs (0.9.0)\r\n";
    assert!(shown.contains(asked) && shown.contains("That is none of them."), "{shown}");
    assert!(fixture.sandbox.read("relprep.toml").contains("\nlead = \"springs\"\n"));
    for (args, typed) in [("", "\n"), ("--yes", "2\n")] {
        let fixture = two();
        let shown = at_a_terminal(&fixture, args, typed).unwrap();
        assert_eq!(shown.contains("Which package"), args.is_empty(), "{shown}");
        assert!(fixture.sandbox.read("relprep.toml").contains("\nlead = \"gears\"\n"), "{args}: {shown}");
    }
    // Who cannot be asked gets what is likeliest: the version that is tagged.
    let fixture = two();
    fixture.sandbox.git(["tag", "v0.9.0"]);
    run(&fixture, "init");
    assert!(fixture.sandbox.read("relprep.toml").contains("\nlead = \"springs\"\n"));
    // A version that was tagged once, and is far behind, is that of packages that are not released.
    let packages =
        [("axle 1.5.0-dev", &[][..]), ("gears 0.1.0", &[]), ("wheel 1.5.0-dev", &[]), ("wires 0.1.0", &[])];
    let fixture = Fixture::made(&packages, "");
    fixture.sandbox.git(["rm", "--quiet", "relprep.toml"]);
    fixture.sandbox.git(["commit", "--quiet", "-m", "No configuration"]);
    for name in ["v0.1.0", "v1.4.2"] {
        fixture.sandbox.git(["tag", name]);
    }
    fixture.sandbox.git(["branch", "wheel-v1.4"]);
    run(&fixture, "init");
    let text = fixture.sandbox.read("relprep.toml");
    assert!(text.contains("\nlead = \"wheel\"\n"), "{text}");
}

#[test]
fn what_other_tools_are_told_is_taken_over_and_what_has_no_counterpart_is_said() {
    let fixture = Fixture::made(&[("gears 1.4.0", &[][..])], "");
    fixture.sandbox.git(["rm", "--quiet", "relprep.toml"]);
    // A key may be any text, and stays a comment.
    let release = "tag-name = \"gears/{{version}}\"\npre-release-hook = [\"make\"]\n\"x\\nlead = 1\" = 1\n";
    let workflow = "on:\n  push:\n    branches:\n      - main\n      - 'stable-*'\n";
    for (path, text) in [
        ("release.toml", release),
        (".github/workflows/ci.yml", workflow),
        ("release-plz.toml", "[workspace]\nchangelog_update = false\n"),
        ("relprep.schema.json", "{}\n"),
        ("knope.toml", "[package]\nversioned_files = [\"gears.json\"]\n"),
        ("gears.json", "{\n  \"version\": \"1.4.0\"\n}\n"),
    ] {
        fixture.sandbox.write(path, text);
    }
    fixture.sandbox.commit_all("Other tools");
    run(&fixture, "init");
    let text = fixture.sandbox.read("relprep.toml");
    assert!(text.starts_with("#:schema ./relprep.schema.json\n# How "), "{text}");
    for part in [
        "\n[names]\n# as `tag-name` in release.toml\ntag = \"gears/{version}\"\n",
        "# as `branches` in .github/workflows/ci.yml\nbranch = \"stable-{version}\"\n",
        "\n[notes]\n# as `changelog_update` in release-plz.toml\nenabled = false\n",
        "\n[[version-file]]\n# as `versioned_files` in knope.toml\npath = \"gears.json\"\n",
        "\n# What has no counterpart here:\n# * `pre-release-hook` in release.toml\n",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let plan = fixture.run("bump --dry-run --diff");
    assert_eq!(plan.status, 0, "{}", plan.err);
    assert!(plan.out.contains("+  \"version\": \"1.4.1\""), "{}", plan.out);
}

#[test]
fn the_recorded_history_tells_how_it_was_made() {
    let Some(history) = History::get() else { return };
    history.lay_out("2025-11-12");
    let run = |args: &[&str]| {
        let output = history.plain_program(args).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    run(&["init", "--yes", "--last", "12"]);
    let text = std::fs::read_to_string(history.root().join("relprep.toml")).unwrap();
    for part in [
        "cut = \"Bump Wasmtime to {version}\"\n",
        "archive-entry = \"* [{short}.x](https://github.com/bytecodealliance/wasmtime/blob/{branch}/RELEASES.md)\"\n",
        "template = \"ci/RELEASES-template.md\"\n",
        "cut-day = 5\n",
        "  '#define WASMTIME_VERSION_PATCH {patch}',\n",
        "packages = [\"pulley-interpreter\"]\nreleases = \"24\"\nmove = false\n",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let replay = run(&["replay", "--last", "12"]);
    assert!(replay.contains(" 0 the same in Cargo files, 0 different, 1 not mechanical\n"), "{replay}");
}
