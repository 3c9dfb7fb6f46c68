//! `check` of notes: those of single packages, and what they say of breaking changes.

use crate::checking::{relprep, relprep_with};
use crate::support::{Sandbox, write_executable};

fn member(name: &str, version: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion = \"{version}\"\nedition = \"2021\"\ndescription = \"It\"\nlicense = \"MIT\"\n"
    )
}

const ROPE: &str = "# 0.3.0 (unreleased)\n\n- New.\n\n# 0.2.0 (2024-04-01)\n\n- Old.\n";

/// A workspace of `bell` at 2.0.0, which leads, and `rope` at 0.3.0 on their release branch, tagged by package.
fn tower(rope: &str, configuration: &str) -> Sandbox {
    let sandbox = Sandbox::with_files([
        ("Cargo.toml", "[workspace]\nmembers = [\"bell\", \"rope\"]\nresolver = \"2\"\n".to_owned()),
        ("bell/Cargo.toml", member("bell", "2.0.0")),
        ("bell/src/lib.rs", "pub fn ring() {}\n".to_owned()),
        ("bell/CHANGELOG.md", "# 2.0.0 (2024-05-20)\n\n- Louder.\n\n# 1.0.0 (2024-04-01)\n".to_owned()),
        ("rope/Cargo.toml", member("rope", "0.3.0")),
        ("rope/src/lib.rs", String::new()),
        ("relprep.toml", format!("lead = \"bell\"\nnames.tag = \"v{{version}}\"\n{configuration}")),
    ]);
    if !rope.is_empty() {
        sandbox.write("rope/CHANGELOG.md", rope);
    }
    sandbox.commit_all("Begin");
    sandbox.git(["switch", "--quiet", "--create", "release-2.0.0"]);
    for tag in ["v2.0.0", "bell-v2.0.0", "rope-v0.2.0"] {
        sandbox.git(["tag", tag]);
    }
    sandbox
}

const EACH: &str = "[notes]\nper-package = \"CHANGELOG.md\"\n";

/// Returns what `check` says of notes: level, rule, place.
fn found(sandbox: &Sandbox) -> Vec<String> {
    let run = relprep(sandbox, &["check", "--format", "json", "--date", "2024-05-20"]);
    let document: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let findings = document["report"]["findings"].as_array().unwrap().iter();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let of_notes = findings.filter(|found| {
        let rule = text(&found["rule"]);
        rule.starts_with("notes-") || rule == "release-date"
    });
    let said = of_notes.map(|found| {
        let place = format!("{}:{}", text(&found["place"]["path"]), found["place"]["line"]);
        format!("{} {} {place}", text(&found["severity"]), text(&found["rule"]))
    });
    said.collect()
}

#[test]
fn the_notes_of_each_package_are_checked_by_every_rule() {
    // The day of its tag, which was made now, is another one.
    let day = "error release-date rope/CHANGELOG.md:5";
    assert_eq!(found(&tower(ROPE, EACH)), [day]);
    let none = ROPE.replace("# 0.3.0 (unreleased)", "# 0.2.1 (unreleased)");
    assert_eq!(found(&tower(&none, EACH)), ["error notes-section rope/CHANGELOG.md:null", day]);
    let twice = format!("{ROPE}\n# 0.3.0 (unreleased)\n");
    let again = "error notes-section rope/CHANGELOG.md:9";
    assert_eq!(found(&tower(&twice, EACH)), [again, "error notes-order rope/CHANGELOG.md:9", day]);
    let newer = format!("# 0.4.0 (2024-05-01)\n\n{ROPE}");
    let newer = found(&tower(&newer, EACH));
    assert_eq!(newer, ["error notes-order rope/CHANGELOG.md:1", "error release-date rope/CHANGELOG.md:7"]);
    let like = ROPE.replace("# 0.3.0 (unreleased)", "# 0.3 (unreleased)");
    let like = found(&tower(&like, EACH));
    assert_eq!(
        like[..2],
        ["error notes-heading rope/CHANGELOG.md:1", "error notes-section rope/CHANGELOG.md:null"]
    );
    let future = ROPE.replace("unreleased", "2031-05-20");
    assert_eq!(found(&tower(&future, EACH))[0], "error release-date rope/CHANGELOG.md:1");
    let stateless = ROPE.replace(" (unreleased)", "");
    assert_eq!(found(&tower(&stateless, EACH)), ["error notes-state rope/CHANGELOG.md:1", day]);
    assert_eq!(found(&tower("", EACH)), [""; 0], "a package may have no notes");
    let named = "[[notes]]\npackages = [\"rope\"]\n";
    assert_eq!(found(&tower("", named)), ["error notes-section :null"]);
}

#[test]
fn where_no_tag_of_a_package_is_known_that_is_said() {
    let sandbox = tower(ROPE, EACH);
    sandbox.git(["tag", "--delete", "rope-v0.2.0"]);
    assert_eq!(found(&sandbox), ["note notes-state :null"]);
    let said = relprep(&sandbox, &["check", "--date", "2024-05-20"]).err;
    assert!(said.contains("no tag of `rope` is known, and whether its notes fit is unchecked\n"), "{said}");
}

#[test]
fn a_day_is_that_of_the_tag_where_it_was_made_and_only_what_is_released_now_is_strict() {
    // It is the 21st in UTC.
    let tagged = "2024-05-20T21:31:00-04:00";
    let said = |section: &str, today: &str| {
        let sandbox = tower("", "[notes]\nfile = \"bell/CHANGELOG.md\"\n");
        sandbox.write("bell/CHANGELOG.md", format!("# 2.0.0 ({section})\n\n- Louder.\n"));
        let commit = ["commit", "--quiet", "--all", "--allow-empty", "--message=Release"];
        let dates = [("GIT_AUTHOR_DATE", tagged), ("GIT_COMMITTER_DATE", tagged)];
        assert!(sandbox.command("git").args(commit).envs(dates).status().unwrap().success());
        sandbox.git(["tag", "--force", "v2.0.0"]);
        let run = relprep(&sandbox, &["check", "--format", "json", "--date", today]);
        run.findings().iter().filter(|found| found.ends_with("release-date")).count()
    };
    let [now, later] = ["2024-05-21", "2024-07-01"];
    for (section, at_once, afterwards) in [
        ("2024-05-18", 1, 1),
        ("2024-05-19", 1, 0),
        ("2024-05-20", 0, 0),
        ("2024-05-21", 0, 0),
        ("2024-05-22", 1, 0),
        ("2024-05-23", 1, 1),
    ] {
        assert_eq!([said(section, now), said(section, later)], [at_once, afterwards], "{section}");
    }
}

#[test]
fn an_archive_that_links_to_a_file_that_a_branch_lacks_is_found() {
    let sandbox = tower("", "[notes]\nfile = \"bell/CHANGES.md\"\nlayout = \"per-branch\"\n");
    sandbox.git(["branch", "release-1.0.0"]);
    sandbox.write(
        "bell/CHANGES.md",
        "# 2.0.0\n\nReleased 2024-05-20.\n\n---\n\n<!-- ARCHIVE_START -->\n* [1.0.x](../../release-1.0.0/bell/CHANGES.md)\n",
    );
    sandbox.commit_all("Write notes");
    let archive = |sandbox: &Sandbox| {
        found(sandbox).into_iter().filter(|it| it.contains("notes-archive")).collect::<Vec<_>>()
    };
    assert_eq!(archive(&sandbox), ["error notes-archive bell/CHANGES.md:8"]);
    sandbox.git(["switch", "--quiet", "release-1.0.0"]);
    sandbox.write("bell/CHANGES.md", "# 1.0.0\n\nReleased 2024-04-01.\n");
    sandbox.commit_all("Write notes here, too");
    sandbox.git(["switch", "--quiet", "release-2.0.0"]);
    assert_eq!(archive(&sandbox), [""; 0]);
}

#[test]
fn a_major_step_on_a_release_branch_is_to_be_in_the_notes() {
    let product = "[notes]\nfile = \"bell/CHANGELOG.md\"\n[[line]]\npackages = [\"rope\"]\n";
    let step = |rope: &str, entry: &str| {
        let sandbox = tower("", product);
        sandbox.write("bell/Cargo.toml", member("bell", "2.0.1"));
        sandbox.write("rope/Cargo.toml", member("rope", rope));
        sandbox.write(
            "bell/CHANGELOG.md",
            format!("# 2.0.1 (unreleased)\n\n{entry}\n\n{}", sandbox.read("bell/CHANGELOG.md")),
        );
        sandbox.commit_all("Move");
        let said = relprep(&sandbox, &["check", "--date", "2024-05-21"]).err;
        said.lines().filter(|line| line.contains("[notes-breaking]")).map(str::to_owned).collect::<Vec<_>>()
    };
    let unnamed = "warning[notes-breaking]: `rope` goes from 0.3.0, of v2.0.0, to 0.4.0, and the notes of 2.0.1 name nothing that breaks";
    assert_eq!(step("0.4.0", "- Longer."), [unnamed]);
    assert_eq!(step("0.4.0", "## Changed\n\n## Fixed\n\n- Longer."), [unnamed]);
    for entry in [
        "- **BREAKING**: longer.",
        "## Changed\n\n- Longer.",
        "### Removed\n\n- Short ones.",
        "## Breaking changes\n\n* Longer.",
    ] {
        assert_eq!(step("0.4.0", entry), [""; 0], "{entry}");
    }
    assert_eq!(step("0.3.1", "- Longer."), [""; 0]);
}

#[test]
fn what_the_interfaces_break_is_to_be_in_the_notes() {
    let api = |entry: &str| {
        let sandbox = tower("", EACH);
        sandbox.write("bell/Cargo.toml", member("bell", "2.0.1"));
        sandbox.write("bell/src/lib.rs", "");
        sandbox.write(
            "bell/CHANGELOG.md",
            format!("# 2.0.1 (unreleased)\n\n- {entry}\n\n{}", sandbox.read("bell/CHANGELOG.md")),
        );
        sandbox.commit_all("Move");
        let bin = sandbox.dir().join("bin");
        std::fs::create_dir(&bin).unwrap();
        let script = "#!/bin/sh\n[ \"$2\" = --version ] && { echo 'cargo-semver-checks 0.0.7'; exit; }\n\
                      cat <<'SAID' >&2\n    Building bell v2.0.1 (current)\n    Checking bell v2.0.0 -> v2.0.1 (assume minor change)\n\n\
                      --- failure function_missing: pub fn removed or renamed ---\n\nFailed in:\n  function bell::ring, previously in file /x/src/lib.rs:1\n\n\
                      \x20    Summary semver requires new major version: 1 major and 0 minor checks failed\n    Finished [   1.0s] bell\nSAID\nexit 1\n";
        write_executable(&bin.join("cargo-semver-checks"), script);
        let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
        let run = relprep_with(&sandbox, &["check", "--api", "--date", "2024-05-21"], &[("PATH", &path)]);
        run.err.matches("warning[notes-breaking]: the interface of `bell` breaks, and the notes of 2.0.1 name nothing that breaks\n").count()
    };
    assert_eq!(api("Quieter."), 1);
    assert_eq!(api("Breaking: `ring` is gone."), 0);
}
