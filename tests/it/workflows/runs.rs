//! The jobs of workflows, run as a forge runs them: what they push, open and tag.

use super::runner::{Event, Forge, JobRun};
use crate::fixture::Fixture;

/// A train with candidates, cut on the 5th and released on the 20th.
fn train() -> Option<Forge> {
    let more = "\n[publish]\n[check]\npackage-metadata = 'off'\npublish-order = 'off'\n[schedule]\nsupport-months = 24\n\
                anchor = { version = '49.0.0', release = '2024-05-20' }\nsince = '49.0.0'\ncut-day = 5\n\n[prerelease]";
    Forge::new(Fixture::changed("candidate-train", &[("relprep.toml", "\n[prerelease]", more)]))
}

fn daily(forge: &Forge, day: &str) -> JobRun {
    forge.run("train", "due", Event { day, at: "main", ..Event::default() })
}

/// Runs what follows a push to a branch, with the pull request whose branch it has merged.
fn pushed(forge: &Forge, at: &str, head: &str, day: &str) -> JobRun {
    let pulls = format!(
        r#"[{{"merged_at": "{day}", "head": {{"ref": "{head}", "repo": {{"full_name": "clockwork/tower"}}}}}}]"#
    );
    let values = [
        ("github.event_name == 'push'", "true"),
        ("github.event_name == 'push' && '--if-due' || ''", "--if-due"),
    ];
    forge.run("tag", "tag", Event { day, at, values: &values, pulls: &pulls, ..Event::default() })
}

fn by_hand(forge: &Forge, command: &str, branch: &str, day: &str) -> JobRun {
    let values = [("inputs.command", command), ("inputs.branch", branch), ("inputs.at", "")];
    forge.run("prepare", "prepare", Event { day, at: "main", values: &values, ..Event::default() })
}

#[test]
fn a_train_runs_from_the_cut_to_a_patch() {
    let Some(forge) = train() else { return };
    assert_eq!(daily(&forge, "2024-05-04").calls(), [""; 0]);
    let cut = daily(&forge, "2024-05-05");
    let requests = [
        "prepare-49.0.0 into release-49.0.0: Prepare tower 49.0.0-rc.1",
        "bump-50.0.0 into main: Bump tower to 50.0.0-dev",
    ];
    assert_eq!(cut.calls(), requests, "{}", cut.log);
    assert!(cut.bodies.contains("* 49.0.0-dev → 50.0.0-dev: 2 packages"), "{}", cut.bodies);
    let heads = ["heads/bump-50.0.0", "heads/main", "heads/prepare-49.0.0", "heads/release-49.0.0"];
    assert_eq!(forge.refs(), heads);
    // Nobody has merged it yet.
    assert_eq!(daily(&forge, "2024-05-06").calls(), [""; 0]);
    assert_eq!(forge.refs(), heads);

    forge.merge("bump-50.0.0", "main", "2024-05-06");
    assert_eq!(pushed(&forge, "main", "bump-50.0.0", "2024-05-06").calls(), [""; 0]);
    forge.merge("prepare-49.0.0", "release-49.0.0", "2024-05-06");
    let tagged = pushed(&forge, "release-49.0.0", "prepare-49.0.0", "2024-05-06");
    assert_eq!(tagged.calls(), ["run relprep-publish.yml at v49.0.0-rc.1"], "{}", tagged.log);
    assert_eq!(forge.refs(), ["heads/main", "heads/release-49.0.0", "tags/v49.0.0-rc.1"]);
    let published = forge.run(
        "publish",
        "publish",
        Event {
            day: "2024-05-06",
            at: "v49.0.0-rc.1",
            values: &[("steps.crates-io.outputs.token", "secret")],
            ..Event::default()
        },
    );
    assert_eq!(published.calls(), ["cargo +stable publish --workspace --locked"]);

    let candidate = by_hand(&forge, "rc", "release-49.0.0", "2024-05-10");
    assert_eq!(candidate.calls(), ["prepare-49.0.0 into release-49.0.0: Prepare tower 49.0.0-rc.2"]);
    forge.merge("prepare-49.0.0", "release-49.0.0", "2024-05-10");
    let tagged = pushed(&forge, "release-49.0.0", "prepare-49.0.0", "2024-05-10");
    assert_eq!(tagged.calls(), ["run relprep-publish.yml at v49.0.0-rc.2"]);
    // What is merged without a release is not tagged.
    assert_eq!(pushed(&forge, "main", "somebodys", "2024-05-11").calls(), [""; 0]);

    assert_eq!(daily(&forge, "2024-05-19").calls(), [""; 0]);
    let released = daily(&forge, "2024-05-20");
    assert_eq!(
        released.calls(),
        ["prepare-49.0.0 into release-49.0.0: Release tower 49.0.0"],
        "{}",
        released.log
    );
    assert_eq!(daily(&forge, "2024-05-21").calls(), [""; 0]);
    forge.merge("prepare-49.0.0", "release-49.0.0", "2024-05-20");
    let tagged = pushed(&forge, "release-49.0.0", "prepare-49.0.0", "2024-05-20");
    assert_eq!(tagged.calls(), ["run relprep-publish.yml at v49.0.0"], "{}", tagged.log);

    let patch = by_hand(&forge, "patch", "", "2024-05-25");
    assert_eq!(patch.calls(), ["prepare-49.0.1 into release-49.0.0: Release tower 49.0.1"], "{}", patch.log);
    assert!(patch.bodies.contains("* `changes since v49.0.0` of `release-49.0.0`\n"), "{}", patch.bodies);
    let unnamed = by_hand(&forge, "rc", "", "2024-05-25");
    assert!(
        unnamed.failed == ["Prepare"] && unnamed.log.contains("name the release branch"),
        "{}",
        unnamed.log
    );

    let event = Event { day: "2024-05-27", at: "main", ..Event::default() };
    let list = forge.run("supported", "list", event);
    assert_eq!((list.calls().len(), list.outputs.trim()), (0, r#"branches=["release-49.0.0"]"#));
    let values = [("matrix.branch", "release-49.0.0")];
    let checked = forge.run("supported", "check", Event { values: &values, ..event });
    assert_eq!(checked.calls(), ["cargo test --workspace --locked"], "{}", checked.log);
}

#[test]
fn a_label_brings_a_merged_pull_request_to_the_supported_branches() {
    let Some(forge) = train() else { return };
    let sandbox = &forge.fixture.sandbox;
    daily(&forge, "2024-05-05").calls();
    forge.merge("bump-50.0.0", "main", "2024-05-06");
    let fix = |text: &str, subject: &str| {
        sandbox.write("crates/tower/src/lib.rs", text);
        sandbox.commit_all(subject);
    };
    // Two commits, squashed.
    sandbox.git(["switch", "--quiet", "--create", "fix"]);
    fix("// once\n", "Fix it");
    fix("// fixed\n", "Fix it once more");
    sandbox.git(["push", "--quiet", "origin", "HEAD:refs/pull/7/head"]);
    sandbox.git(["switch", "--quiet", "main"]);
    fix("// fixed\n", "Fix all of it (#7)");
    sandbox.git(["push", "--quiet", "origin", "main"]);
    let commit = sandbox.rev("HEAD");
    let backport = |labels: &str, commit: &str, count: &str| {
        let labels_of = "github.event.action == 'closed' && toJSON(github.event.pull_request.labels.*.name) || toJSON(github.event.label.name)";
        let values = [
            (labels_of, labels),
            ("github.event.pull_request.number", "7"),
            ("github.event.pull_request.commits", count),
            ("github.event.pull_request.merge_commit_sha", commit),
        ];
        forge.run(
            "backport",
            "backport",
            Event { day: "2024-05-07", at: "main", values: &values, ..Event::default() },
        )
    };
    let done = backport(r#"["bug", "backport"]"#, &commit, "2");
    let [request] = done.calls()[..] else { panic!("{}", done.log) };
    let expected = format!(
        "backport/{}-to-release-49.0.0 into release-49.0.0: [release-49.0.0] Fix all of it (#7)",
        &commit[..10]
    );
    assert_eq!(request, expected);

    // The same two commits, rebased: both of them.
    sandbox.git(["switch", "--quiet", "--detach", "refs/heads/fix"]);
    sandbox.git(["switch", "--quiet", "--force-create", "main", "fix"]);
    sandbox.git(["push", "--quiet", "--force", "origin", "main"]);
    let done = backport("\"backport 49.0\"", &sandbox.rev("HEAD"), "2");
    let [request] = done.calls()[..] else { panic!("{}", done.log) };
    assert!(request.ends_with("into release-49.0.0: [release-49.0.0] Fix it"), "{request}");
    assert!(done.bodies.contains("Fix it once more"), "{}", done.bodies);

    // One that conflicts is a draft; a branch that is not there is answered.
    sandbox.git(["switch", "--quiet", "--create", "other", "origin/release-49.0.0"]);
    fix("// entirely different\n", "Go another way");
    sandbox.git(["push", "--quiet", "origin", "other:release-49.0.0"]);
    sandbox.git(["switch", "--quiet", "main"]);
    fix("// better\n", "Fix it better (#7)");
    sandbox.git(["push", "--quiet", "origin", "main"]);
    let done = backport("\"backport\"", &sandbox.rev("HEAD"), "1");
    assert!(done.calls.iter().any(|call| call.ends_with("(draft)")), "{:?}{}", done.calls, done.log);
    for label in ["backport 12.0", "backport $(touch ran)", "backport --help", "backport ';touch ran;'"] {
        let label = serde_json::to_string(label).unwrap();
        let done = backport(&label, &sandbox.rev("HEAD"), "1");
        assert_eq!(done.calls, ["comment on 7"], "{}", done.log);
    }
    assert!(!ran(&forge), "a label was obeyed");
}

#[test]
fn releases_from_the_trunk_go_by_pull_requests_too() {
    let config = "[notes]\nenabled = false\n[check]\npackage-metadata = 'off'\n";
    let Some(forge) = Forge::new(Fixture::made(&[("top 4.0.0", &[])], config)) else { return };
    let values = [("inputs.level", "minor"), ("inputs.version", "")];
    let event = Event { day: "2024-05-20", at: "main", values: &values, ..Event::default() };
    let made = forge.run("prepare", "prepare", event);
    assert_eq!(made.calls(), ["bump-4.1.0 into main: Release top 4.1.0"], "{}", made.log);
    forge.merge("bump-4.1.0", "main", "2024-05-20");
    let values = [
        ("github.event_name == 'push'", "true"),
        ("github.event_name == 'push' && '--if-due' || ''", "--if-due"),
    ];
    let event = Event { day: "2024-05-20", at: "main", values: &values, pulls: "[]", ..Event::default() };
    assert_eq!(forge.run("tag", "tag", event).calls(), [""; 0]);
    assert!(forge.refs().contains(&"tags/v4.1.0".to_owned()));
}

#[test]
fn a_trunk_with_releases_of_its_own_has_branches_for_the_older_ones() {
    let fixture = Fixture::made(&[("top 1.4.0", &[])], "[notes]\nenabled = false\n");
    fixture.sandbox.git(["tag", "v1.4.0"]);
    fixture.sandbox.git(["branch", "v1.4.x"]);
    fixture.sandbox.git(["push", "--quiet", "origin", "v1.4.0", "v1.4.x"]);
    let Some(forge) = Forge::new(fixture) else { return };
    let run = |command: &str, branch: &str| {
        let values = [
            ("inputs.command", command),
            ("inputs.branch", branch),
            ("inputs.at", ""),
            ("inputs.level", "minor"),
            ("inputs.version", ""),
        ];
        forge.run(
            "prepare",
            "prepare",
            Event { day: "2024-05-20", at: "main", values: &values, ..Event::default() },
        )
    };
    assert_eq!(run("bump", "").calls(), ["bump-1.5.0 into main: Release top 1.5.0"]);
    assert_eq!(run("patch", "v1.4.x").calls(), ["prepare-1.4.1 into v1.4.x: Release top 1.4.1"]);
    forge.merge("bump-1.5.0", "main", "2024-05-20");
    assert_eq!(pushed(&forge, "main", "bump-1.5.0", "2024-05-20").calls(), [""; 0]);
    assert!(forge.refs().contains(&"tags/v1.5.0".to_owned()));
    // A branch that is older than the workflows has none of its own.
    forge.merge("prepare-1.4.1", "v1.4.x", "2024-05-20");
    assert_eq!(run("tag", "v1.4.x").calls(), [""; 0]);
    assert!(forge.refs().contains(&"tags/v1.4.1".to_owned()));
}

#[test]
fn the_checks_of_a_pull_request_tell_what_is_wrong() {
    let Some(forge) = train() else { return };
    let sandbox = &forge.fixture.sandbox;
    let upload = "(github.event_name != 'pull_request' || github.event.pull_request.head.repo.full_name == github.repository)";
    let values = [("github.base_ref", "main"), (upload, "true")];
    let variables = [("GITHUB_ACTIONS", "true"), ("GITHUB_BASE_REF", "main")];
    let event = Event { day: "2024-05-04", values: &values, variables: &variables, ..Event::default() };
    assert_eq!(forge.run("check", "check", Event { at: "main", ..event }).calls(), [""; 0]);
    sandbox.git(["switch", "--quiet", "--create", "change"]);
    let config = sandbox.read("relprep.toml").replace("candidate = \"rc\"", "candidate = \"beta\"");
    sandbox.write("relprep.toml", config.replace("[publish]\n", ""));
    let manifest = sandbox.read("crates/tower/Cargo.toml");
    sandbox.write(
        "crates/tower/Cargo.toml",
        manifest.replace("tower-core.workspace = true", "tower-core = \"1\""),
    );
    sandbox.commit_all("Break it");
    sandbox.git(["push", "--quiet", "origin", "change"]);
    let run = forge.run("check", "check", Event { at: "change", ..event });
    assert!(run.failed.contains(&"Check these workflows".to_owned()), "{}", run.log);
    assert!(run.log.contains("::error file=.github/workflows/relprep-tag.yml,line="), "{}", run.log);
}

#[test]
fn an_odd_name_is_obeyed_by_no_shell() {
    let trunk = "a'b;$(touch${IFS}ran)";
    let config = format!(
        "trunk = \"{trunk}\"\n[notes]\nenabled = false\n[schedule]\nanchor = {{ version = '4.0.0', release = '2024-05-20' }}\n"
    );
    let fixture = Fixture::made(&[("top 4.0.0", &[])], &config);
    fixture.sandbox.git(["push", "--quiet", "origin", &format!("main:refs/heads/{trunk}")]);
    fixture.sandbox.git(["branch", "--quiet", "--move", "main", trunk]);
    fixture.sandbox.git(["branch", "main"]);
    let Some(forge) = Forge::new(fixture) else { return };
    forge.fixture.sandbox.git(["push", "--quiet", "origin", &format!("HEAD:refs/heads/{trunk}")]);
    let cut = forge.run("train", "due", Event { day: "2024-05-20", at: trunk, ..Event::default() });
    assert_eq!(cut.calls(), [format!("bump-5.0.0 into {trunk}: Bump top to 5.0.0")], "{}", cut.log);
    assert!(!ran(&forge), "a name was obeyed");
}

/// Returns whether a shell has obeyed what would touch the file `ran`.
fn ran(forge: &Forge) -> bool {
    let folders = std::fs::read_dir(forge.fixture.sandbox.dir()).unwrap();
    folders.map(|entry| entry.unwrap().path()).any(|folder| folder.join("ran").exists())
}

#[test]
fn a_train_without_candidates_keeps_its_notes_and_starts_its_own_tests() {
    let config = "trunk = 'main'\n[schedule]\nanchor = { version = '7.0.0', release = '2024-05-20' }\n\
                  since = '7.0.0'\ncut-day = 5\nsupport-months = 2\n[commit]\nrelease = \"Release {version}\\n\\n[tag-this]\"\n\
                  [[run]]\ncommand = ['sh', '-c', 'echo $RELPREP_VERSION > VERSION']\n";
    let notes = "## 7.0.0\n\nUnreleased.\n\n<!-- ARCHIVE_START -->\n";
    let tests = "on:\n  pull_request:\n  workflow_dispatch:\njobs: {}\n";
    let workflow = (".github/workflows/main.yml", "", tests);
    let files = [("VERSION", "", "?\n"), ("relprep.toml", "", config), ("RELEASES.md", "", notes), workflow];
    let Some(forge) = Forge::new(Fixture::changed("virtual-workspace", &files)) else { return };
    assert_eq!(daily(&forge, "2024-05-05").calls(), ["bump-8.0.0 into main: Bump orbit to 8.0.0"]);
    forge.merge("bump-8.0.0", "main", "2024-05-05");
    assert_eq!(pushed(&forge, "release-7.0.0", "bump-8.0.0", "2024-05-05").calls(), [""; 0]);
    assert_eq!(forge.refs(), ["heads/main", "heads/release-7.0.0"], "the branch that is cut is no release");
    let released = daily(&forge, "2024-05-20");
    assert_eq!(released.calls(), ["prepare-7.0.0 into release-7.0.0: Release 7.0.0"], "{}", released.log);
    assert!(released.bodies.starts_with("[tag-this]\n"), "{}", released.bodies);
    forge.fixture.sandbox.git(["fetch", "--quiet", "origin"]);
    assert_eq!(forge.fixture.sandbox.git(["show", "origin/prepare-7.0.0:VERSION"]), "7.0.0");
    forge.merge("prepare-7.0.0", "release-7.0.0", "2024-05-20");
    assert_eq!(daily(&forge, "2024-05-21").calls(), [""; 0]);
    pushed(&forge, "release-7.0.0", "prepare-7.0.0", "2024-05-20").calls();
    assert!(forge.refs().contains(&"tags/v7.0.0".to_owned()));
    let values = [("matrix.branch", "release-7.0.0")];
    let event = Event { day: "2024-05-27", at: "main", values: &values, ..Event::default() };
    let weekly = forge.run("supported", "check", event);
    assert!(weekly.calls.contains(&"run main.yml at release-7.0.0".to_owned()), "{}", weekly.log);
}

#[test]
fn a_train_of_minors_and_a_workspace_in_a_folder_are_cut_on_their_days() {
    let config = "[notes]\nenabled = false\n[names]\nbranch = 'release-{minor}'\n[schedule]\nnumbering = 'minor'\n\
                  anchor = { version = '1.256.0', release = '2024-05-20' }\n";
    let Some(forge) = Forge::new(Fixture::made(&[("top 1.256.0", &[])], config)) else { return };
    let cut = daily(&forge, "2024-05-20");
    assert_eq!(cut.calls(), ["bump-1.257.0 into main: Bump top to 1.257.0"], "{}", cut.log);

    let manifest = "[package]\nname = \"inner\"\nversion = \"3.0.0\"\nedition = \"2021\"\n[workspace]\n";
    let lock = "version = 3\n\n[[package]]\nname = \"inner\"\nversion = \"3.0.0\"\n";
    let config = "[notes]\nenabled = false\n[names]\nbranch = 'inner-{version}'\ntag = 'inner-v{version}'\n[schedule]\n\
                  anchor = { version = '3.0.0', release = '2024-05-20' }\n";
    let files =
        [("Cargo.toml", manifest), ("Cargo.lock", lock), ("src/lib.rs", ""), ("relprep.toml", config)];
    let fixture = Fixture::new("lone-package");
    for (path, text) in files {
        fixture.sandbox.write(format!("rust/it's/{path}"), text);
    }
    fixture.sandbox.commit_all("Another workspace");
    let said = fixture.run_in("rust/it's", "ci github");
    assert_eq!(said.status, 0, "{}", said.err);
    let Some(forge) = Forge::new(fixture) else { return };
    let forge = forge.of("relprep-rust-it-s-");
    let cut = daily(&forge, "2024-05-20");
    assert_eq!(cut.calls(), ["bump-4.0.0 into main: Bump inner to 4.0.0"], "{}", cut.log);
    assert!(forge.refs().contains(&"heads/inner-3.0.0".to_owned()));
}

#[test]
fn a_patch_on_a_branch_of_its_own_begins_at_the_release_that_it_follows() {
    let fixture = Fixture::made(&[("top 0.19.1", &[])], "[notes]\nenabled = false\n");
    for name in ["release-0.19.0", "release-0.19.1"] {
        fixture.sandbox.git(["branch", name]);
        fixture.sandbox.git(["push", "--quiet", "origin", name]);
    }
    fixture.sandbox.git(["tag", "v0.19.1"]);
    fixture.sandbox.git(["push", "--quiet", "origin", "v0.19.1"]);
    let Some(forge) = Forge::new(fixture) else { return };
    let values = [
        ("inputs.command", "patch"),
        ("inputs.branch", "release-0.19.2"),
        ("inputs.at", "v0.19.1"),
        ("inputs.level", "patch"),
        ("inputs.version", ""),
    ];
    let event = Event { day: "2024-05-20", at: "main", values: &values, ..Event::default() };
    let made = forge.run("prepare", "prepare", event);
    assert_eq!(made.calls(), ["prepare-0.19.2 into release-0.19.2: Release top 0.19.2"], "{}", made.log);
}
