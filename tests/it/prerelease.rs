//! The life of a version on a train with two version lines, exact and caret requirements, a header
//! and a lock file: `-dev`, `-rc.1`, `-rc.2`, the release, a patch.

use snapbox::{assert_data_eq, str};

use crate::fixture::Fixture;

const TRAIN: &str = "candidate-train";
const BOTH: &str = "trunk = \"dev\"\ncandidate = \"rc\"\n";

/// The train's fixture with another `[prerelease]`, and its trunk without the suffix if `plain`.
fn train(prerelease: &str, plain: bool) -> Fixture {
    let mut changes = vec![("relprep.toml", BOTH, prerelease)];
    if plain {
        let (dev, done) = ("-dev", "");
        for (path, count) in [
            ("Cargo.toml", 4),
            ("crates/tower-core/Cargo.toml", 1),
            ("crates/escapement/Cargo.toml", 1),
            ("crates/escapement-gears/Cargo.toml", 1),
            ("include/tower.h", 1),
            ("Cargo.lock", 4),
        ] {
            changes.extend(std::iter::repeat_n((path, dev, done), count));
        }
    }
    Fixture::changed(TRAIN, &changes)
}

/// Checks that everything that carries a version on `branch` carries that of the two lines.
fn is_at(fixture: &Fixture, branch: &str, tower: &str, escapement: &str) {
    let read = |path: &str| fixture.sandbox.git(["show", &format!("{branch}:{path}")]) + "\n";
    let has = |path: &str, text: &str| {
        let found = read(path);
        assert!(found.contains(text), "{path} on {branch} has no {text:?}:\n{found}");
    };
    has("Cargo.toml", &format!("[workspace.package]\nversion = \"{tower}\"\n"));
    has("Cargo.toml", &format!("path = \"crates/tower-core\", version = \"={tower}\" }}\n"));
    has("Cargo.toml", &format!("path = \"crates/escapement\", version = \"{escapement}\" }}\n"));
    has(
        "Cargo.toml",
        &format!("path = \"crates/escapement-gears\", version = \"={escapement}\" }} # one whole\n"),
    );
    has("crates/tower-core/Cargo.toml", &format!("path = \"../tower\", version = \"{tower}\" }}\n"));
    for name in ["escapement", "escapement-gears"] {
        has(&format!("crates/{name}/Cargo.toml"), &format!("\nversion = \"{escapement}\"\n"));
        has("Cargo.lock", &format!("name = \"{name}\"\nversion = \"{escapement}\"\n"));
    }
    for name in ["tower", "tower-core"] {
        has("Cargo.lock", &format!("name = \"{name}\"\nversion = \"{tower}\"\n"));
    }
    let numbers: Vec<&str> = tower.split(['.', '-']).collect();
    has("include/tower.h", &format!("TOWER_VERSION \"{tower}\"\n"));
    for (name, number) in ["MAJOR", "MINOR", "PATCH"].iter().zip(numbers) {
        has("include/tower.h", &format!("TOWER_VERSION_{name} {number}\n"));
    }
}

/// Checks that the last commit of `branch` changes versions and nothing else, and checks it out.
fn only_versions(fixture: &Fixture, branch: &str) {
    fixture.sandbox.git(["switch", "--quiet", branch]);
    let said = fixture.run("check --only-versions");
    assert_eq!((said.status, said.err.as_str()), (0, ""), "{branch}: {}", said.out);
}

#[test]
fn every_step_of_a_version_is_accepted_by_cargo_and_changes_only_versions() {
    let fixture = train(BOTH, false);
    let base = fixture.sandbox.rev("main");
    let said = fixture.prepare("branch");
    assert!(said.contains("Cut tower 49.0.0, and bump the trunk to 50.0.0-dev"), "{said}");
    is_at(&fixture, "release-49.0.0", "49.0.0-rc.1", "0.136.0-rc.1");
    is_at(&fixture, "main", "50.0.0-dev", "0.137.0-dev");
    for branch in ["release-49.0.0~", "main~"] {
        assert_eq!(fixture.sandbox.rev(branch), base, "both commits have one base");
    }
    only_versions(&fixture, "main");
    let notes = fixture.sandbox.read("RELEASES.md");
    assert!(notes.starts_with("## 50.0.0\n\nUnreleased.\n"), "{notes}");
    assert!(notes.contains("* [49.0](https://example.org/release-49.0.0)\n"), "{notes}");
    only_versions(&fixture, "release-49.0.0");

    let said = fixture.prepare("rc");
    is_at(&fixture, "release-49.0.0", "49.0.0-rc.2", "0.136.0-rc.2");
    only_versions(&fixture, "release-49.0.0");
    assert_data_eq!(
        superseded(&said),
        str![[r#"
Superseded (yank these where they were published)
  cargo yank escapement@0.136.0-rc.1
  cargo yank escapement-gears@0.136.0-rc.1
  cargo yank tower@49.0.0-rc.1
  cargo yank tower-core@49.0.0-rc.1

"#]]
    );

    let said = fixture.prepare("release");
    is_at(&fixture, "release-49.0.0", "49.0.0", "0.136.0");
    only_versions(&fixture, "release-49.0.0");
    assert!(fixture.sandbox.read("RELEASES.md").starts_with("## 49.0.0\n\nReleased 2024-05-20.\n"));
    assert_data_eq!(
        superseded(&said),
        str![[r#"
Superseded (yank these where they were published)
  cargo yank escapement@0.136.0-rc.2
  cargo yank escapement-gears@0.136.0-rc.2
  cargo yank tower@49.0.0-rc.2
  cargo yank tower-core@49.0.0-rc.2

"#]]
    );

    let said = fixture.prepare("patch");
    is_at(&fixture, "release-49.0.0", "49.0.1", "0.136.1");
    only_versions(&fixture, "release-49.0.0");
    assert_eq!(superseded(&said), "");

    fixture.sandbox.git(["switch", "--quiet", "main"]);
    fixture.sandbox.write("crates/tower/src/lib.rs", "//! A tower.\n");
    fixture.sandbox.commit_all("Say what it is");
    let said = fixture.run("branch");
    assert_eq!(said.status, 0, "{}", said.err);
    for branch in ["main", "release-50.0.0"] {
        fixture.cargo_accepts(branch);
    }
    is_at(&fixture, "release-50.0.0", "50.0.0-rc.1", "0.137.0-rc.1");
    is_at(&fixture, "main", "51.0.0-dev", "0.138.0-dev");
    only_versions(&fixture, "main");
}

/// Returns the part of the output that lists what is to be yanked.
fn superseded(said: &str) -> String {
    let lines = said.split_inclusive('\n').skip_while(|line| !line.starts_with("Superseded"));
    lines.take_while(|line| !line.trim().is_empty()).collect()
}

#[test]
fn the_candidates_to_yank_are_data_too() {
    let fixture = train(BOTH, false);
    fixture.prepare("branch");
    fixture.sandbox.git(["switch", "--quiet", "release-49.0.0"]);
    let plan: serde_json::Value =
        serde_json::from_str(&fixture.run("rc --dry-run --format json").out).unwrap();
    let first = plan.pointer("/preparation/plans/0/superseded/0").unwrap();
    assert_eq!(first.to_string(), r#"{"package":"escapement","version":"0.136.0-rc.1"}"#);
}

#[test]
fn a_branch_that_is_not_checked_out_is_prepared_with_its_own_configuration() {
    let fixture = train(BOTH, false);
    fixture.sandbox.git(["switch", "--quiet", "--create", "elsewhere"]);
    fixture.sandbox.git(["push", "--quiet", "origin", "elsewhere"]);
    fixture.prepare("branch --branch main");
    is_at(&fixture, "main", "50.0.0-dev", "0.137.0-dev");
    fixture.prepare("rc --branch release-49.*");
    is_at(&fixture, "release-49.0.0", "49.0.0-rc.2", "0.136.0-rc.2");

    fixture.sandbox.git(["switch", "--quiet", "release-49.0.0"]);
    let config = fixture.sandbox.read("relprep.toml").replace("\"rc\"", "\"seal\"");
    fixture.sandbox.write("relprep.toml", config);
    fixture.sandbox.commit_all("Call them seals");
    fixture.sandbox.git(["switch", "--quiet", "elsewhere"]);
    fixture.prepare("rc --branch release-49.0.0");
    is_at(&fixture, "release-49.0.0", "49.0.0-seal.1", "0.136.0-seal.1");
    fixture.prepare("release --branch release-49.0.0");
    is_at(&fixture, "release-49.0.0", "49.0.0", "0.136.0");
    is_at(&fixture, "HEAD", "49.0.0-dev", "0.136.0-dev");
    let said = fixture.refuses("rc --branch release-4?.0.0 --branch release-7.*", &["no-branch"]);
    assert!(said.contains("no local branch matches `release-7.*`"), "{said}");
}

#[test]
fn a_patch_does_not_follow_a_suffix() {
    let fixture = train(BOTH, false);
    fixture.prepare("branch");
    fixture.sandbox.git(["switch", "--quiet", "release-49.0.0"]);
    assert_data_eq!(
        fixture.refuses("patch", &["prerelease", "prerelease"]),
        str![[r#"
error[prerelease]: 49.0.0-rc.1 is a pre-release, and no patch can follow one
 --> Cargo.toml:6:12
  |
6 | version = "49.0.0-rc.1"
  |            ^^^^^^^^^^^
  |
  = help: run `cargo relprep release` first

error[prerelease]: 0.136.0-rc.1 is a pre-release, and no patch can follow one
 --> crates/escapement/Cargo.toml:3:12
  |
3 | version = "0.136.0-rc.1"
  |            ^^^^^^^^^^^^
  |
  = help: run `cargo relprep release` first


"#]]
    );
}

#[test]
fn no_candidate_follows_the_release() {
    let fixture = train(BOTH, false);
    fixture.prepare("branch");
    fixture.sandbox.git(["switch", "--quiet", "release-49.0.0"]);
    fixture.prepare("release");
    assert_data_eq!(
        fixture.refuses("rc", &["already-released"]),
        str![[r#"
error[already-released]: 49.0.0 is released: the notes date it 2024-05-20
 --> RELEASES.md:3:1
  |
3 | Released 2024-05-20.
  | ^^^^^^^^^^^^^^^^^^^
  |
  = help: run `cargo relprep patch` for the next release of this branch, or say in the notes that 49.0.0 is unreleased


"#]]
    );
    assert_data_eq!(
        fixture.refuses("release", &["nothing-to-do"]),
        str![[r#"
error[nothing-to-do]: there is nothing to release: 49.0.0 is prepared already
 |
 = help: tag and publish what is there, or run `cargo relprep patch` for the next one


"#]]
    );
    fixture.sandbox.git(["tag", "v49.0.0"]);
    assert_data_eq!(
        fixture.refuses("rc", &["tag-exists"]),
        str![[r#"
error[tag-exists]: the tag `v49.0.0` already exists, at [COMMIT 3]: 49.0.0 is released
 |
 = help: pull the branch that holds it, or put the version right


"#]]
    );
    fixture.prepare("patch");
    fixture.sandbox.git(["tag", "--delete", "v49.0.0"]);
    assert_data_eq!(
        fixture.refuses("rc", &["already-released"]),
        str![[r#"
error[already-released]: 49.0.0 is released: the notes date it 2024-05-20
  --> RELEASES.md:11:1
   |
11 | Released 2024-05-20.
   | ^^^^^^^^^^^^^^^^^^^
   |
   = help: run `cargo relprep patch` for the next release of this branch, or say in the notes that 49.0.0 is unreleased


"#]]
    );
    fixture.sandbox.git(["rm", "--quiet", "RELEASES.md"]);
    fixture.sandbox.commit_all("No notes");
    assert_data_eq!(
        fixture.refuses("rc", &["already-released"]),
        str![[r#"
error[already-released]: 49.0.0 is released: this branch holds 49.0.1, a patch of it
--> Cargo.toml
 = help: run `cargo relprep patch` for the next release of this branch


"#]]
    );
}

#[test]
fn nothing_is_cut_twice_with_candidates_either() {
    let fixture = train(BOTH, false);
    fixture.prepare("branch");
    assert_data_eq!(
        fixture.refuses("branch", &["trunk-already-moved"]),
        str![[r#"
error[trunk-already-moved]: the trunk is already at the next version, 50.0.0: nothing has come since release-49.0.0 was cut
--> Cargo.toml
 = help: there is nothing to cut; to release v49.0.0, run `cargo relprep release` on release-49.0.0


"#]]
    );
}

#[test]
fn a_trunk_may_carry_a_suffix_without_candidates() {
    let fixture = train("trunk = \"dev\"\n", false);
    let base = fixture.sandbox.rev("main");
    fixture.prepare("branch");
    assert_eq!(fixture.sandbox.rev("release-49.0.0"), base);
    is_at(&fixture, "main", "50.0.0-dev", "0.137.0-dev");
    only_versions(&fixture, "main");
    fixture.sandbox.git(["switch", "--quiet", "release-49.0.0"]);
    assert_data_eq!(
        fixture.refuses("rc", &["no-candidates"]),
        str![[r#"
error[no-candidates]: this train has no release candidates
 |
 = help: state `[prerelease] candidate = "rc"`, or run `cargo relprep release`


"#]]
    );
    assert_eq!(superseded(&fixture.prepare("release")), "");
    is_at(&fixture, "release-49.0.0", "49.0.0", "0.136.0");
    only_versions(&fixture, "release-49.0.0");
    fixture.prepare("patch");
    is_at(&fixture, "release-49.0.0", "49.0.1", "0.136.1");
}

#[test]
fn candidates_may_come_without_a_suffix_on_the_trunk() {
    let fixture = train("candidate = \"rc\"\n", true);
    fixture.prepare("branch");
    is_at(&fixture, "release-49.0.0", "49.0.0-rc.1", "0.136.0-rc.1");
    is_at(&fixture, "main", "50.0.0", "0.137.0");
    only_versions(&fixture, "main");
    only_versions(&fixture, "release-49.0.0");
    fixture.prepare("rc");
    fixture.prepare("release");
    is_at(&fixture, "release-49.0.0", "49.0.0", "0.136.0");
    only_versions(&fixture, "release-49.0.0");
}

#[test]
fn a_first_candidate_follows_the_branch_that_was_cut_without_one() {
    let fixture = train(BOTH, false);
    fixture.sandbox.git(["switch", "--quiet", "--create", "release-49.0.0"]);
    fixture.prepare("rc");
    is_at(&fixture, "release-49.0.0", "49.0.0-rc.1", "0.136.0-rc.1");
    only_versions(&fixture, "release-49.0.0");
}

#[test]
fn a_cut_is_one_operation_whichever_branches_it_makes() {
    let names = "lead = \"tower\"\n\n[names]\nbump-branch = \"bump-{version}\"\nrelease-branch = \"prepare-{version}\"\n";
    let fixture = Fixture::changed(TRAIN, &[("relprep.toml", "lead = \"tower\"\n", names)]);
    let base = fixture.sandbox.rev("main");
    for taken in ["release-49.0.0", "prepare-49.0.0", "bump-50.0.0"] {
        fixture.sandbox.git(["branch", taken]);
        let said = fixture.refuses("branch", &["branch-exists"]);
        assert!(said.contains(taken), "{said}");
        fixture.sandbox.git(["branch", "--delete", "--force", taken]);
    }
    let said = fixture.prepare("branch");
    for branch in ["main", "release-49.0.0", "prepare-49.0.0~", "bump-50.0.0~"] {
        assert_eq!(fixture.sandbox.rev(branch), base, "{branch}");
    }
    assert!(said.contains("git push --atomic origin release-49.0.0 prepare-49.0.0 bump-50.0.0\n"), "{said}");
    is_at(&fixture, "prepare-49.0.0", "49.0.0-rc.1", "0.136.0-rc.1");
    is_at(&fixture, "bump-50.0.0", "50.0.0-dev", "0.137.0-dev");
    only_versions(&fixture, "prepare-49.0.0");
    only_versions(&fixture, "bump-50.0.0");
}

#[test]
fn the_label_of_the_trunk_is_what_its_version_has_where_nothing_is_said() {
    let labelled = |version: &str| {
        let fixture = Fixture::made(&[(&format!("top {version}"), &[])], "[notes]\nenabled = false\n");
        fixture.sandbox.git(["tag", "v4.0.0"]);
        fixture
    };
    let trunk_after = |fixture: &Fixture, args: &str| {
        let said = fixture.prepare(args);
        let manifest = fixture.sandbox.git(["show", "main:top/Cargo.toml"]);
        let line = manifest.lines().find_map(|line| line.strip_prefix("version = \"")).unwrap().to_owned();
        (line.trim_end_matches('"').to_owned(), said)
    };
    for (version, cut, bumped) in [
        ("5.0.0-dev", "6.0.0-dev", "5.1.0-dev"),
        ("5.0.0-alpha.0", "6.0.0-alpha.0", "5.1.0-alpha.0"),
        ("5.0.0-pre+git", "6.0.0-pre+git", "5.1.0-pre+git"),
    ] {
        let (trunk, said) = trunk_after(&labelled(version), "branch");
        assert_eq!(trunk, cut, "{said}");
        assert!(said.contains("note[prerelease-inferred]: the trunk's versions carry"), "{said}");
        let (trunk, _) = trunk_after(&labelled(version), "bump --level minor");
        assert_eq!(trunk, bumped);
    }
    // The branch that was cut releases the version without it, and says nothing of a trunk.
    let fixture = labelled("5.0.0-dev");
    fixture.prepare("branch");
    fixture.sandbox.git(["switch", "--quiet", "release-5.0.0"]);
    let said = fixture.prepare("release");
    assert!(said.contains("5.0.0") && !said.contains("prerelease-inferred"), "{said}");
    for version in ["5.0.0-rc.0", "5.0.0-beta.2"] {
        labelled(version).refuses("branch", &["prerelease"]);
    }
    let fixture = labelled("5.0.0-alpha.0");
    fixture.sandbox.git(["tag", "v4.0.0-alpha.3", "v4.0.0"]);
    fixture.refuses("branch", &["prerelease"]);
}
