//! Notes in which each pre-release has a section of its own.

use crate::fixture::Fixture;

/// One package at 1.4.0 whose notes gather, in a project with candidates.
fn gathering(notes: &str) -> Fixture {
    let config = format!(
        "lead = \"top\"\n[prerelease]\ncandidate = \"rc\"\n[notes]\nfile = \"CHANGELOG.md\"\n{notes}"
    );
    let fixture = Fixture::made(&[("top 1.4.0", &[])], &config);
    let text = "# Changelog\n\n## [Unreleased]\n\n- Faster.\n\n## [1.4.0] - 2026-01-01\n\n- First.\n";
    fixture.sandbox.write("CHANGELOG.md", text);
    fixture.sandbox.commit_all("Notes");
    fixture
}

fn sections(fixture: &Fixture) -> Vec<String> {
    let text = fixture.sandbox.read("CHANGELOG.md");
    let is_telling = |line: &&str| line.starts_with("## ") || line.starts_with("- ");
    text.lines().filter(is_telling).map(str::to_owned).collect()
}

/// Checks that nothing is said of the notes once `tag` names what the branch holds.
fn has_good_notes(fixture: &Fixture, tag: &str) {
    let day = fixture.sandbox.read("CHANGELOG.md");
    let (_, day) = day.lines().find_map(|line| line.split_once("] - ")).unwrap();
    let mut command = fixture.command("git");
    command.args(["tag", "-a", "-m", "out", tag]).env("GIT_COMMITTER_DATE", format!("{day}T12:00:00 +0000"));
    assert!(command.status().unwrap().success());
    let check = fixture.run("check");
    assert!(!check.err.contains("[notes-") && !check.out.contains("[notes-"), "{}{}", check.out, check.err);
}

#[test]
fn each_pre_release_gets_a_section_where_the_notes_have_such() {
    let fixture = gathering("prereleases = true\n");
    fixture.prepare("bump --to 2.0.0-rc.1 --date 2026-02-01");
    let first = [
        "## [Unreleased]",
        "## [2.0.0-rc.1] - 2026-02-01",
        "- Faster.",
        "## [1.4.0] - 2026-01-01",
        "- First.",
    ];
    assert_eq!(sections(&fixture), first);
    has_good_notes(&fixture, "v2.0.0-rc.1");
    let text = fixture.sandbox.read("CHANGELOG.md");
    fixture
        .sandbox
        .write("CHANGELOG.md", text.replace("## [Unreleased]\n", "## [Unreleased]\n\n- Smaller.\n"));
    fixture.sandbox.commit_all("Be smaller");
    fixture.prepare("bump --to 2.0.0-rc.2 --date 2026-02-08");
    assert_eq!(sections(&fixture)[..3], ["## [Unreleased]", "## [2.0.0-rc.2] - 2026-02-08", "- Smaller."]);
    let text = fixture.sandbox.read("CHANGELOG.md");
    fixture.sandbox.write("CHANGELOG.md", text.replace("## [Unreleased]\n", "## [Unreleased]\n\n- Done.\n"));
    fixture.sandbox.commit_all("Be done");
    fixture.prepare("bump --to 2.0.0 --date 2026-02-15");
    let titles: Vec<String> = sections(&fixture).into_iter().filter(|line| line.starts_with("##")).collect();
    let expected = [
        "## [Unreleased]",
        "## [2.0.0] - 2026-02-15",
        "## [2.0.0-rc.2] - 2026-02-08",
        "## [2.0.0-rc.1] - 2026-02-01",
        "## [1.4.0] - 2026-01-01",
    ];
    assert_eq!(titles, expected);
    has_good_notes(&fixture, "v2.0.0");
}

#[test]
fn the_notes_of_a_release_gather_what_its_pre_releases_brought_otherwise() {
    let fixture = gathering("");
    fixture.prepare("bump --to 2.0.0-rc.1 --date 2026-02-01");
    assert_eq!(sections(&fixture)[..3], ["## [Unreleased]", "- Faster.", "## [1.4.0] - 2026-01-01"]);
    fixture.prepare("bump --to 2.0.0 --date 2026-02-15");
    assert_eq!(sections(&fixture)[..3], ["## [Unreleased]", "## [2.0.0] - 2026-02-15", "- Faster."]);
}

#[test]
fn candidates_on_a_release_branch_get_theirs() {
    let fixture = gathering("prereleases = true\n");
    let text = fixture.sandbox.read("CHANGELOG.md");
    fixture.sandbox.write("CHANGELOG.md", text.replace("1.4.0", "1.3.0"));
    fixture.sandbox.commit_all("1.4.0 is to come");
    assert_eq!(fixture.run("branch --no-bump --date 2026-02-01").status, 0);
    fixture.sandbox.git(["switch", "--quiet", "release-1.4.0"]);
    let first = ["## [Unreleased]", "## [1.4.0-rc.1] - 2026-02-01", "- Faster."];
    assert_eq!(sections(&fixture)[..3], first);
    has_good_notes(&fixture, "v1.4.0-rc.1");
    assert_eq!(fixture.run("rc --date 2026-02-03").status, 0);
    assert_eq!(sections(&fixture)[1..3], ["## [1.4.0-rc.2] - 2026-02-03", "## [1.4.0-rc.1] - 2026-02-01"]);
    has_good_notes(&fixture, "v1.4.0-rc.2");
    assert_eq!(fixture.run("release --date 2026-02-20").status, 0);
    assert_eq!(sections(&fixture)[1..3], ["## [1.4.0] - 2026-02-20", "## [1.4.0-rc.2] - 2026-02-03"]);
    has_good_notes(&fixture, "v1.4.0");
}

#[test]
fn what_pre_releases_had_is_told_by_what_they_had() {
    let fixture = gathering("prereleases = true\n");
    for number in 1..4 {
        fixture.prepare(&format!("bump --to 2.0.0-rc.{number} --date 2026-02-0{number}"));
    }
    fixture.sandbox.git(["rm", "--quiet", "relprep.toml"]);
    fixture.sandbox.commit_all("No configuration any more");
    fixture.run("init");
    let text = fixture.sandbox.read("relprep.toml");
    assert!(text.contains("\nprereleases = true\n"), "{text}");
}
