//! `cargo relprep init`: what the history tells becomes a configuration, and is proved by it.

use crate::fixture::Fixture;

/// A repository in which the program itself made four cuts and patches, as a configuration says that is gone
/// since.
fn history() -> Fixture {
    let config = "[[version-file]]\npath = 'orbit.h'\nlines = ['#define ORBIT \"{version}\"', 'ORBIT_MAJOR {major}']\n\
                  [[version-file]]\npath = 'CITATION.cff'\nlines = ['version: {version}', 'date-released: {date}']\n";
    let citation = "cff-version: 1.2.0\nversion: 7.0.0\ndate-released: 2023-12-20\n";
    let header = "/* ours */\n#define ORBIT \"7.0.0\"\nORBIT_MAJOR 7\n";
    let fixture = Fixture::changed(
        "virtual-workspace",
        &[("relprep.toml", "", config), ("orbit.h", "", header), ("CITATION.cff", "", citation)],
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
    assert!(fixture.refuses("init", &["config-there"]).contains("relprep.toml is there already"));
    let said = fixture.run("init --diff");
    assert_eq!(said.status, 0, "{}", said.err);
    assert!(said.out.contains("--- a/relprep.toml\n+++ b/relprep.toml\n"), "{}", said.out);
    assert_eq!(fixture.sandbox.read("relprep.toml"), text);
}

#[test]
fn what_becomes_of_requirements_is_told_by_what_became_of_them() {
    for (follow, requirement) in [("unmatched", "1.4.0"), ("always", "1.3.2")] {
        let config = "lead = \"top\"\n[notes]\nenabled = false\n";
        let packages = [("gears 1.4.0", &[][..]), ("top 2.0.0", &[&*format!("gears {requirement}")])];
        let fixture = Fixture::made(&packages, &format!("{config}[requirements]\nfollow = \"{follow}\"\n"));
        for _ in 0..3 {
            run(&fixture, "bump");
        }
        fixture.sandbox.write("relprep.toml", config);
        fixture.sandbox.git(["commit", "--quiet", "--all", "-m", "Say less"]);
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
