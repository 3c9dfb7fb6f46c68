//! Release branches and tags are named as those that are there, where nobody says how.

use crate::support::Sandbox;

/// A package `dial` of `version` whose first commit has these tags and branches.
fn project(version: &str, tags: &[&str], branches: &[&str]) -> Sandbox {
    let manifest = format!("[package]\nname = \"dial\"\nversion = \"{version}\"\nedition = \"2021\"\n");
    let lock = format!("version = 4\n\n[[package]]\nname = \"dial\"\nversion = \"{version}\"\n");
    let sandbox = Sandbox::with_files([
        ("Cargo.toml", manifest.as_str()),
        ("Cargo.lock", &lock),
        ("src/lib.rs", ""),
        (".gitignore", "target\n"),
    ]);
    for tag in tags {
        sandbox.git(["tag", tag]);
    }
    for branch in branches {
        sandbox.git(["branch", branch]);
    }
    for text in ["// later\n", "// last\n"] {
        sandbox.write("src/lib.rs", text);
        sandbox.commit_all("more");
    }
    sandbox
}

/// Runs the program; returns its exit status, and all that it printed.
fn run(sandbox: &Sandbox, args: &str) -> (i32, String) {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_cargo-relprep"));
    let output = command.arg("relprep").args(args.split_whitespace()).output().unwrap();
    let said = [output.stderr, output.stdout].concat();
    (output.status.code().unwrap(), String::from_utf8(said).unwrap())
}

#[test]
fn a_cut_names_its_branch_as_the_others() {
    for (version, tags, branches, expected) in [
        ("1.3.0", &["1.1.0", "1.2.0"][..], &["1.1.x", "1.2.x"][..], "`{short}.x`, as 2 branches are named"),
        (
            "4.0.0",
            &["dial-2.0.0", "dial-3.0.0"],
            &["2_maintenance", "3_maintenance"],
            "`{major}_maintenance`",
        ),
        ("0.8.0", &["dial/v0.7.1"], &["dial-v0.7"], "`dial-v{short}`, as 1 branch is named"),
        (
            "24.0.0",
            &["v0.19.0", "v0.20.0", "v22.0.0"],
            &["v0.19", "v0.20", "v22"],
            "`v{major}`, as 1 branch is named; before that `v{short}`",
        ),
        (
            "1.226.0",
            &["v1.224.0", "v1.225.0"],
            &["rel-224", "rel-225", "main-2"],
            "`rel-{minor}`, as 2 branches",
        ),
        ("2.1.0", &["v1.9.0"], &["stable/1.9", "fix/1.9", "dependabot/cargo/dial-1.9.0"], "`stable/{short}`"),
        // What is cut and not released yet has a name already.
        ("0.5.0", &["v0.3.0"], &["release/0.3", "release/0.4"], "`release/{short}`, as 2 branches"),
    ] {
        let sandbox = project(version, tags, branches);
        let (status, said) = run(&sandbox, "branch --dry-run");
        assert_eq!(status, 0, "{said}");
        let said_so = format!("note[names-inferred]: `names.branch` is taken to be {expected}");
        assert!(said.contains(&said_so), "{expected}: {said}");
    }
}

#[test]
fn what_is_tagged_by_any_usual_name_is_not_cut_again() {
    for tag in
        ["v5.9.0", "5.9.0", "dial-5.9.0", "dial-v5.9.0", "dial/5.9.0", "v/5.9.0", "DIAL_5.9.0", "dial@5.9.0"]
    {
        let sandbox = project("5.9.0", &[tag, "nightly", "dial-sys-6.0.0"], &[]);
        let (status, said) = run(&sandbox, "branch --dry-run");
        assert_eq!(status, 1, "{said}");
        assert!(said.contains(&format!("error[tag-exists]: the tag `{tag}` already exists")), "{said}");
        assert!(!run(&sandbox, "check").1.contains("no tags here"), "{tag}");
    }
}

#[test]
fn a_tag_that_is_named_by_mistake_is_outvoted_and_counts_all_the_same() {
    let sandbox = project("1.5.0", &["v1.2.0", "v1.3.0", "v1.4.0", "1.5.0"], &[]);
    let (_, said) = run(&sandbox, "branch --dry-run");
    assert!(
        said.contains(
            "`names.tag` is taken to be `v{version}`, as 3 tags are named; before that `{version}`"
        ),
        "{said}"
    );
    assert!(said.contains("the tag `1.5.0` already exists"), "{said}");
}

#[test]
fn a_tie_is_asked_for() {
    let sandbox = project("2.0.0", &["1.4.0", "dial-v1.4.0"], &["release-1.4", "v1.4"]);
    for (command, status) in [("branch --dry-run", 1), ("check", 1), ("backport HEAD -n", 1), ("status", 0)] {
        let (exit, said) = run(&sandbox, command);
        assert_eq!(exit, status, "{command}: {said}");
        for asked in [
            "state `names.tag = \"{version}\"` or `names.tag = \"dial-v{version}\"`",
            "state `names.branch = \"release-{short}\"` or `names.branch = \"v{short}\"`",
        ] {
            assert!(said.contains(asked), "{command}: {said}");
        }
    }
    sandbox.write("relprep.toml", "[names]\ntag = '{version}'\nbranch = 'v{short}'\n");
    sandbox.commit_all("Say it");
    let (status, said) = run(&sandbox, "branch --dry-run");
    assert!(status == 0 && said.contains("v2.0") && !said.contains("names-unclear"), "{said}");
}

#[test]
fn status_reads_the_branches_that_are_there() {
    let sandbox = project("1.4.0", &["v1.2.0", "v1.3.0"], &["1.2.x", "1.3.x", "topic"]);
    let (status, said) = run(&sandbox, "status --date 2024-06-01 --format json");
    assert_eq!(status, 0, "{said}");
    for branch in ["1.2.x", "1.3.x"] {
        assert!(said.contains(&format!("\"{branch}\"")), "{said}");
    }
    assert!(!said.contains("topic"), "{said}");
}

#[test]
fn what_is_as_assumed_needs_no_word() {
    let sandbox = project("3.0.0", &["v2.0.0"], &["release-2.0.0"]);
    let (status, said) = run(&sandbox, "branch --dry-run");
    assert!(status == 0 && !said.contains("names-"), "{said}");
}

#[test]
fn a_package_that_is_released_with_the_lead_may_give_the_names() {
    let member = |name: &str, version: &str| {
        format!("[package]\nname = \"{name}\"\nversion = \"{version}\"\nedition = \"2021\"\n")
    };
    let sandbox = Sandbox::with_files([
        ("Cargo.toml", "[workspace]\nmembers = [\"a\", \"b\", \"c\"]\nresolver = \"2\"\n".to_owned()),
        ("a/Cargo.toml", member("aperture", "1.5.0")),
        ("b/Cargo.toml", member("shutter", "1.5.0")),
        ("c/Cargo.toml", member("lens", "0.4.0")),
        ("a/src/lib.rs", String::new()),
        ("b/src/lib.rs", String::new()),
        ("c/src/lib.rs", String::new()),
    ]);
    for branch in ["shutter-v1.3", "shutter-v1.4", "lens-v0.3"] {
        sandbox.git(["branch", branch]);
    }
    for tag in ["shutter-1.3.0", "shutter-1.4.0", "lens-0.3.0"] {
        sandbox.git(["tag", tag]);
    }
    let (_, said) = run(&sandbox, "status --date 2024-06-01");
    assert!(
        said.contains("`names.branch` is taken to be `shutter-v{short}`, as 2 branches are named"),
        "{said}"
    );
    assert!(said.contains("`names.tag` is taken to be `shutter-{version}`, as 2 tags are named"), "{said}");
    assert!(!said.contains("lens"), "{said}");
}

/// A line 0.19 of a repository that makes a branch for each patch, at `release-0.19.2`, which needs a newer Rust
/// than 0.19.0 did.
fn branch_a_patch() -> Sandbox {
    let manifest = |version: &str, rust: &str| {
        format!(
            "[package]\nname = \"dial\"\nversion = \"{version}\"\nedition = \"2021\"\nrust-version = \"{rust}\"\n"
        )
    };
    let sandbox =
        Sandbox::with_files([("Cargo.toml", manifest("0.19.0", "1.70")), ("src/lib.rs", String::new())]);
    for (version, rust) in [("0.19.0", "1.70"), ("0.19.1", "1.71")] {
        sandbox.git(["switch", "--quiet", "--create", &format!("release-{version}")]);
        sandbox.write("Cargo.toml", manifest(version, rust));
        sandbox.commit_all(version);
        sandbox.git(["tag", &format!("v{version}")]);
    }
    sandbox.git(["switch", "--quiet", "--create", "release-0.19.2"]);
    sandbox.git(["branch", "--force", "main", "v0.19.0"]);
    sandbox
}

#[test]
fn the_branches_of_single_patches_are_one_line() {
    let sandbox = branch_a_patch();
    let (status, said) = run(&sandbox, "patch --dry-run");
    assert!(status == 0 && said.contains("0.19.2"), "{said}");
    for branch in ["release-0.19.1", "release-0.19.2"] {
        let (status, said) = run(&sandbox, &format!("check-msrv --branch {branch}"));
        assert!(status == 1 && said.contains("v0.19.0") && said.contains("rose from 1.70 to 1.71"), "{said}");
    }
    let (_, said) = run(&sandbox, "status --date 2024-06-01");
    assert!(
        said.contains("release-0.19.2") && !said.contains("release-0.19.1") && said.contains("v0.19.1"),
        "{said}"
    );
    sandbox.git(["switch", "--quiet", "release-0.19.1"]);
    let (status, said) = run(&sandbox, "patch --dry-run");
    assert!(
        status == 1 && said.contains("error[branch-of-patch]: 0.19.2 is prepared on a branch of its own"),
        "{said}"
    );
    assert!(said.contains("run `git switch release-0.19.2`"), "{said}");
}

#[test]
fn without_a_schedule_the_branches_show_whether_minors_are_counted() {
    let tags = ["v2.4.0", "v2.5.0", "v2.6.0", "v2.7.0"];
    let sandbox = project("2.8.0", &tags, &["rel-2.4", "rel-2.6"]);
    let (_, said) = run(&sandbox, "status --date 2024-06-01");
    let row = |branch: &str| {
        said.lines().find(|line| line.contains(&format!(" {branch} ("))).unwrap_or_default().to_owned()
    };
    assert!(row("rel-2.4").contains("v2.4.0 ") && row("rel-2.6").contains("v2.6.0 "), "{said}");
    let sandbox = project(
        "24.0.0",
        &["v0.20.0", "v23.0.0", "dial-v23.0.0", "dial-v0.20.0", "v22.0.0"],
        &["v0.20", "v23"],
    );
    let (_, said) = run(&sandbox, "status --date 2024-06-01");
    assert!(said.contains("release branches of another numbering are not shown: v0.20"), "{said}");
    assert!(said.contains(" v23.0.0 "), "the newest kind of name counts: {said}");
}

#[test]
fn a_trunk_of_another_numbering_than_the_branches_is_not_left_out_in_silence() {
    let sandbox = project("1.2.0", &["v0.7.0", "v1.0.0"], &["0.7.x"]);
    let (_, said) = run(&sandbox, "status --date 2024-06-01");
    assert!(
        said.contains("main is at 1.2.0, of another numbering than the branches, and not shown"),
        "{said}"
    );
}

#[test]
fn a_project_without_release_branches_is_told_what_is_assumed() {
    let sandbox = project("0.9.1", &["0.7.0", "0.8.0", "0.9.0"], &["topic-1"]);
    let (status, said) = run(&sandbox, "branch --dry-run");
    let assumed = "no branch here is named as release branches usually are: `release-{version}` is assumed";
    assert!(status == 0 && said.contains(assumed), "{said}");
}
