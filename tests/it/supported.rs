//! A patch for every supported release at once, on the recorded days on which that was done; and
//! whether all supported branches are equally patched.

use std::process::Output;

use crate::fixture::Fixture;
use crate::history::{History, Step};

fn said(output: &Output) -> (String, String) {
    (String::from_utf8(output.stdout.clone()).unwrap(), String::from_utf8(output.stderr.clone()).unwrap())
}

/// Everything that must stay when nothing is prepared.
fn state(history: &History) -> [String; 4] {
    [
        history.git(&["for-each-ref"]),
        history.git(&["symbolic-ref", "HEAD"]),
        history.git(&["status", "--porcelain"]),
        history.git(&["ls-files", "--stage"]),
    ]
}

fn patched_at_once(day: &str, releases: &[&str], unreleased: &str) {
    let Some(history) = History::get() else { return };
    let steps = history.lay_out(day);
    let branches: Vec<&str> = steps.iter().map(|step| step.branch.as_str()).collect();
    assert_eq!(branches, releases);
    let before = state(&history);

    let output = history.program(&["patch", "--supported", "--date", day]).output().unwrap();
    let (out, err) = said(&output);
    assert!(output.status.success(), "{out}{err}");
    let left =
        format!("\nLeft out\n  {unreleased}  cut and not released: it gets the fix, not a patch release\n");
    assert!(out.contains(&left), "{out}");
    assert!(
        out.contains(&format!("git push --atomic origin {}", releases.join(" "))) || !out.contains("Push")
    );

    let after = state(&history);
    assert_eq!(after[1..], before[1..], "the work tree, the index or HEAD changed");
    for step in &steps {
        made_as_recorded(&history, step);
    }
    let others = |refs: &str| -> Vec<String> {
        let moved =
            |line: &&str| !releases.iter().any(|branch| line.ends_with(&format!("refs/heads/{branch}")));
        refs.lines().filter(moved).map(str::to_owned).collect()
    };
    assert_eq!(others(&after[0]), others(&before[0]), "another branch or tag changed");
}

fn made_as_recorded(history: &History, step: &Step) {
    let tree = |commit: &str| history.git(&["rev-parse", &format!("{commit}^{{tree}}")]);
    let (made, real) = (tree(&step.branch), tree(&step.after));
    assert_eq!(made, real, "{}:\n{}", step.version, history.git(&["diff", "--stat", &real, &made]));
    assert_eq!(history.git(&["rev-parse", &format!("{}^", step.branch)]), step.before);
}

#[test]
fn the_patches_of_july_2025_are_made_in_one_run() {
    let releases = ["release-24.0.0", "release-33.0.0", "release-34.0.0"];
    patched_at_once("2025-07-18", &releases, "release-35.0.0");
}

#[test]
fn the_patches_of_november_2025_are_made_in_one_run() {
    let releases = ["release-24.0.0", "release-36.0.0", "release-37.0.0", "release-38.0.0"];
    patched_at_once("2025-11-11", &releases, "release-39.0.0");
}

#[test]
fn where_one_branch_is_spoiled_nothing_changes_and_every_reason_is_said() {
    let Some(history) = History::get() else { return };
    history.lay_out("2025-11-11");
    let spoil = |branch: &str, path: &str, old: &str, new: &str| {
        history.git(&["checkout", "--quiet", branch]);
        let file = history.root().join(path);
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains(old), "{path} has no {old:?}");
        std::fs::write(file, text.replacen(old, new, 1)).unwrap();
        history.git(&["commit", "--quiet", "--all", "--message", "Spoil it"]);
    };
    spoil("release-36.0.0", "crates/c-api/include/wasmtime.h", "VERSION_MINOR 0", "VERSION_MINOR 7");
    history.git(&["checkout", "--quiet", "main"]);
    let before = state(&history);
    let run = || {
        let output = history.program(&["patch", "--supported", "--date", "2025-11-11"]).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(said(&output).0, "", "what is not prepared is not shown");
        said(&output).1
    };
    let err = run();
    assert_eq!(state(&history), before);
    assert!(err.contains("on release-36.0.0: "), "{err}");
    assert_eq!(err.matches("error[").count(), 1, "{err}");

    spoil("release-38.0.0", "Cargo.toml", "[workspace]", "[workspace");
    history.git(&["checkout", "--quiet", "main"]);
    let before = state(&history);
    let err = run();
    assert_eq!(state(&history), before);
    assert!(err.contains("on release-36.0.0: ") && err.contains("on release-38.0.0: "), "{err}");
}

#[test]
fn a_release_that_is_not_affected_is_left_and_the_reason_kept() {
    let Some(history) = History::get() else { return };
    let steps = history.lay_out("2025-11-11");
    let args = ["patch", "--supported", "--unaffected", "38.0=it came in with 39.0", "--date", "2025-11-11"];
    let output = history.program(&[&args[..], &["--dry-run", "--format", "json"]].concat()).output().unwrap();
    let plan: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let left = plan.to_string();
    assert!(left.contains(r#"{"branch":"release-38.0.0","reason":"it came in with 39.0"}"#), "{left}");
    let output = history.program(&args).output().unwrap();
    let (out, err) = said(&output);
    assert!(output.status.success(), "{err}");
    assert!(out.contains("  release-38.0.0  it came in with 39.0\n"), "{out}");
    for step in &steps {
        match step.branch.as_str() {
            "release-38.0.0" => assert_eq!(history.git(&["rev-parse", &step.branch]), step.before),
            _ => made_as_recorded(&history, step),
        }
    }
    let wrong = ["patch", "--supported", "--unaffected", "31.0=x", "--date", "2025-11-11"];
    let output = history.program(&wrong).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).1.contains("error[waiver-unused]: `31.0` is not a supported release"));
}

#[test]
fn branches_are_named_by_globs() {
    let Some(history) = History::get() else { return };
    let steps = history.lay_out("2025-11-11");
    let args = ["patch", "--branch", "release-3[67].*", "--branch", "release-24.0.0", "--date", "2025-11-11"];
    let output = history.program(&args).output().unwrap();
    assert!(output.status.success(), "{}", said(&output).1);
    for step in &steps {
        match step.branch.as_str() {
            "release-38.0.0" => assert_eq!(history.git(&["rev-parse", &step.branch]), step.before),
            _ => made_as_recorded(&history, step),
        }
    }
}

/// A train with three supported releases, and fixes that went to some of them.
fn train() -> Fixture {
    let name = "name = \"Sundial\"\n";
    let schedule = "\n[package.metadata.relprep.schedule]\n\
                    anchor = { version = \"1.0.0\", release = \"2024-01-20\" }\nsupport-months = 12\n";
    let config = [name, schedule].concat();
    let fixture = Fixture::changed("lone-package", &[("Cargo.toml", name, &config)]);
    let sandbox = &fixture.sandbox;
    let manifest = sandbox.read("Cargo.toml");
    let line = manifest.lines().find(|line| line.starts_with("version")).unwrap().to_owned();
    for major in 1..=3 {
        sandbox.write("Cargo.toml", manifest.replace(&line, &format!("version = \"{major}.0.0\"")));
        sandbox.commit_all(&format!("Bump to {major}.0.0"));
        sandbox.git(["branch", &format!("release-{major}.0.0")]);
        sandbox.git(["tag", &format!("v{major}.0.0")]);
    }
    sandbox.write("Cargo.toml", manifest.replace(&line, "version = \"4.0.0\""));
    sandbox.commit_all("Bump to 4.0.0");
    for (file, releases) in [("spring", &[1, 2][..]), ("hands", &[3]), ("bell", &[1, 2, 3])] {
        sandbox.git(["switch", "--quiet", "main"]);
        sandbox.write(format!("src/{file}.rs"), "");
        sandbox.commit_all(&format!("Mend the {file}"));
        for release in releases {
            sandbox.git(["switch", "--quiet", &format!("release-{release}.0.0")]);
            sandbox.git(["cherry-pick", "-x", "main"]);
        }
    }
    sandbox.git(["switch", "--quiet", "main"]);
    fixture
}

#[test]
fn where_no_release_is_supported_that_is_said() {
    let fixture = train();
    for args in ["patch --supported", "patch --supported --dry-run"] {
        let said = fixture.run(&format!("{args} --date 2030-01-01"));
        assert!(said.status == 1 && said.out.is_empty(), "{}", said.out);
        assert!(said.err.contains("error[no-target]: no release is supported on 2030-01-01"), "{}", said.err);
    }
}

#[test]
fn a_minor_release_is_supported_like_its_major() {
    let name = "name = \"Sundial\"\n";
    let schedule = "\n[package.metadata.relprep.schedule]\n\
                    anchor = { version = \"1.0.0\", release = \"2024-01-20\" }\nsupport-months = 12\n";
    let fixture = Fixture::changed("lone-package", &[("Cargo.toml", name, &[name, schedule].concat())]);
    let sandbox = &fixture.sandbox;
    for file in ["Cargo.toml", "Cargo.lock", "README.md"] {
        let text =
            sandbox.read(file).replace("0.3.4", "1.0.0").replace("sundial = \"0.3\"", "sundial = \"1.0\"");
        sandbox.write(file, text);
    }
    sandbox.commit_all("Begin");
    let cut = |args: &str| {
        let said = fixture.run(args);
        assert_eq!(said.status, 0, "{}", said.err);
    };
    cut("branch --level minor --date 2024-01-05");
    sandbox.git(["tag", "v1.0.0", "release-1.0.0"]);
    sandbox.write("src/hours.rs", "");
    sandbox.commit_all("Count the hours");
    cut("branch --date 2024-03-05");
    let supported = || fixture.run("status --supported --date 2024-05-20").out;
    assert!(supported().starts_with("release-1.0.0\nrelease-1.1.0\n"), "{}", supported());

    let said = fixture.run("patch --supported --dry-run --date 2024-05-20");
    assert!(said.out.contains("release-1.1.0  cut and not released"), "{}{}", said.out, said.err);
    sandbox.git(["tag", "v1.1.0", "release-1.1.0"]);
    let said = fixture.run("patch --supported --dry-run --except 1.0=superseded --date 2024-05-20");
    assert!(said.out.contains("1.1.0 → 1.1.1") && !said.out.contains("1.0.0 → "), "{}{}", said.out, said.err);
    let said = fixture.run("patch --supported --dry-run --date 2024-05-20");
    assert!(said.out.contains("1.1.0 → 1.1.1") && said.out.contains("1.0.0 → 1.0.1"), "{}", said.out);
    let said = fixture.run("check --supported --date 2024-05-20");
    for branch in
        ["release-1.0.0 at 1.0.0: supported, v1.0.0 of", "release-1.1.0 at 1.1.0: supported, v1.1.0 of"]
    {
        assert!(said.out.contains(branch), "{}{}", said.out, said.err);
    }
    assert!(said.out.contains("1.1.0, and no patch of 1.0\n"), "{}", said.out);
    let said = fixture.run("backport main --dry-run --date 2024-05-20");
    for branch in ["release-1.0.0  ", "release-1.1.0  "] {
        assert!(said.out.contains(branch), "{}{}", said.out, said.err);
    }
}

#[test]
fn what_an_older_branch_has_and_a_newer_one_lacks_is_found() {
    let fixture = train();
    let said = fixture.run("check --supported --date 2024-05-20");
    assert_eq!(said.status, 1, "{}{}", said.out, said.err);
    let errors: Vec<&str> = said.err.lines().filter(|line| line.starts_with("error[")).collect();
    let [error] = errors[..] else { panic!("{}", said.err) };
    assert!(error.starts_with("error[fix-lost]: "), "{error}");
    assert!(error.ends_with("“Mend the spring” is on release-1.0.0 and not on the newer release-3.0.0"));
    let warnings: Vec<&str> = said.err.lines().filter(|line| line.starts_with("warning[")).collect();
    let [warning] = warnings[..] else { panic!("{}", said.err) };
    assert!(
        warning.ends_with(
            "“Mend the hands” is on release-3.0.0 and not on the older release-2.0.0, release-1.0.0"
        )
    );
    assert!(said.out.contains("latest   3.0.0, and no patch of 2.0, 1.0\n"), "{}", said.out);
    assert!(
        said.out
            .contains("release-3.0.0 at 3.0.0: supported, v3.0.0 of 2024-05-20, 2 commits not released\n"),
        "{}",
        said.out
    );
}

#[test]
fn a_waiver_or_a_statement_settles_what_a_branch_lacks() {
    let fixture = train();
    let said = fixture.run("check --supported --date 2024-05-20 --except 3.0=rewritten");
    assert_eq!((said.status, said.err.as_str()), (0, ""), "{}", said.out);
    assert!(said.out.contains("release-3.0.0: rewritten\n"), "{}", said.out);

    let spring = fixture.sandbox.rev("main~2");
    let statement = format!(
        "[[statement]]\ncommit = \"{spring}\"\nbranches = [\"release-3.0.0\"]\nstatus = \"not-affected\"\nreason = \"no spring\"\n"
    );
    fixture.sandbox.write("relprep-backports.toml", statement);
    fixture.sandbox.commit_all("State it");
    let said = fixture.run("check --supported --date 2024-05-20");
    assert_eq!(said.status, 0, "{}", said.err);
    assert!(!said.err.contains("Mend the spring"), "{}", said.err);
    let strict = fixture.run("check --supported --strict --date 2024-05-20");
    assert!(strict.status == 1 && strict.err.contains("error[fix-missing]: "), "{}", strict.err);
    assert!(
        fixture.run("check --supported --date 2024-05-20 --unaffected 9.0=x").err.contains("waiver-unused")
    );
}

#[test]
fn a_shallow_clone_does_not_pass() {
    let fixture = train();
    let sandbox = &fixture.sandbox;
    let shallow = sandbox.dir().join("shallow");
    let url = format!("file://{}", sandbox.root().display());
    sandbox.git(["clone", "--quiet", "--depth=1", "--no-single-branch", &url, &shallow.to_string_lossy()]);
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_cargo-relprep"));
    command.current_dir(&shallow).args(["relprep", "check", "--supported", "--date", "2024-05-20"]);
    let output = command.output().unwrap();
    let (out, err) = said(&output);
    assert_eq!(output.status.code(), Some(1), "{out}{err}");
    assert!(err.contains("error[shallow-clone]") && err.contains("git fetch --unshallow"), "{err}");
    assert!(out.contains("changes  unchecked\n"), "{out}");
}

#[test]
fn a_fix_released_on_an_older_branch_and_only_merged_on_a_newer_one_is_found() {
    let fixture = train();
    let sandbox = &fixture.sandbox;
    sandbox.git(["tag", "v1.0.1", "release-1.0.0"]);
    let said = fixture.run("check --supported --date 2024-05-20 --except 3.0=rewritten");
    assert_eq!(said.status, 0, "{}", said.err);
    let of = |rule: &str| -> Vec<String> {
        said.err.lines().filter(|line| line.contains(rule)).map(str::to_owned).collect()
    };
    let found = of("warning[fix-unreleased]");
    assert_eq!(found.len(), 2, "{}", said.err);
    assert!(
        found[0]
            .ends_with("“Mend the spring” is in v1.0.1, and on the newer release-2.0.0 it is not released")
    );
    assert!(said.err.contains("release a patch of release-2.0.0"), "{}", said.err);
    sandbox.git(["tag", "v2.0.1", "release-2.0.0"]);
    let said = fixture.run("check --supported --date 2024-05-20 --except 3.0=rewritten");
    assert_eq!((said.status, said.err.as_str()), (0, ""), "{}", said.out);
}

#[test]
fn where_no_release_is_in_support_what_is_out_is_said() {
    let said = train().run("check --supported --date 2030-01-01");
    assert!(
        said.out.contains("latest   v3.0.0 of 2024-05-20, and no release is in support\n"),
        "{}",
        said.out
    );
}

/// A train whose branches all have every fix, in commits that do not tell so: one was on the trunk before the
/// next branch was cut and has become something else there, another was made anew for each branch.
fn equally_patched() -> Fixture {
    let name = "name = \"Sundial\"\n";
    let schedule = "\n[package.metadata.relprep.schedule]\n\
                    anchor = { version = \"1.0.0\", release = \"2024-01-20\" }\nsupport-months = 12\n";
    let fixture = Fixture::changed("lone-package", &[("Cargo.toml", name, &[name, schedule].concat())]);
    let sandbox = &fixture.sandbox;
    let manifest = sandbox.read("Cargo.toml");
    let line = manifest.lines().find(|line| line.starts_with("version")).unwrap().to_owned();
    let cut = |major: u32| {
        sandbox.write("Cargo.toml", manifest.replace(&line, &format!("version = \"{major}.0.0\"")));
        sandbox.commit_all(&format!("Bump to {major}.0.0"));
        sandbox.git(["branch", &format!("release-{major}.0.0")]);
        sandbox.git(["tag", &format!("v{major}.0.0")]);
    };
    let write = |branch: &str, path: &str, text: &str, title: &str| {
        sandbox.git(["switch", "--quiet", branch]);
        sandbox.write(path, text);
        sandbox.commit_all(title);
    };
    let shadow = |limit: &str| format!("pub fn shadow(hour: u8) -> u8 {{\n    {limit}\n    hour * 15\n}}\n");
    write("main", "src/shadow.rs", &shadow("// The sun stands still."), "Cast a shadow");
    write("main", "src/noon.rs", "pub const NOON: [u8; 2] = [11, 12];\n", "Find noon");
    cut(1);
    write("main", "src/shadow.rs", &shadow("assert!(hour < 24);"), "Bound the hour (#7)");
    write("release-1.0.0", "src/shadow.rs", &shadow("assert!(hour < 24);"), "Stop at midnight");
    sandbox.git(["switch", "--quiet", "main"]);
    cut(2);
    write("main", "src/shadow.rs", &shadow("let hour = hour.clamp(0, 23);"), "Clamp the hour (#8)");
    write("main", "src/noon.rs", "pub const NOON: [u8; 3] = [10, 11, 12];\n", "See more of noon");
    cut(3);
    write("main", "src/noon.rs", "pub const NOON: [u8; 3] = [10, 11, 12_u8];\n", "Say what noon is");
    for (branch, text) in
        [("1", "[u8; 2] = [11, 12_u8]"), ("2", "[u8; 2] = [11, 12_u8]"), ("3", "[u8; 3] = [10, 11, 12_u8]")]
    {
        let title = format!("Noon, for {branch}");
        write(&format!("release-{branch}.0.0"), "src/noon.rs", &format!("pub const NOON: {text};\n"), &title);
    }
    sandbox.git(["switch", "--quiet", "main"]);
    fixture
}

#[test]
fn where_every_branch_has_every_fix_none_is_lost_whatever_the_commits_say() {
    let fixture = equally_patched();
    let said = fixture.run("check --supported --strict --date 2024-05-20");
    assert_eq!((said.status, said.err.as_str()), (0, ""), "{}", said.out);
    assert!(said.out.contains("3 compared"), "{}", said.out);

    // One that a branch took back is lost there, and so is one that it never had.
    let sandbox = &fixture.sandbox;
    sandbox.git(["switch", "--quiet", "release-2.0.0"]);
    sandbox
        .write("src/shadow.rs", sandbox.read("src/shadow.rs").replace("assert!(hour < 24);", "// Any hour."));
    sandbox.commit_all("Take any hour");
    sandbox.git(["switch", "--quiet", "release-1.0.0"]);
    sandbox.write("src/dusk.rs", "pub const DUSK: u8 = 21;\n");
    sandbox.commit_all("Know dusk");
    sandbox.git(["switch", "--quiet", "main"]);
    let said = fixture.run("check --supported --date 2024-05-20");
    let lost = |what: &str| {
        said.err.lines().any(|line| line.starts_with("warning[fix-lost]") && line.contains(what))
    };
    assert!(
        lost("“Stop at midnight” is on release-1.0.0 and not on the newer release-2.0.0;"),
        "{}",
        said.err
    );
    assert!(
        lost("“Know dusk” is on release-1.0.0 and not on the newer release-3.0.0, release-2.0.0"),
        "{}",
        said.err
    );
}
