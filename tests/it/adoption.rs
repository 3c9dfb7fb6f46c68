//! A project adopts the program on its trunk, and its older branches know nothing of it.

use crate::fixture::Fixture;
use crate::support::Sandbox;

const CONFIG: &str = "\
trunk = 'develop'

[names]
branch = 'series-{short}'
tag = 'd{version}'

[notes]
enabled = false
";

fn manifest(version: &str, rust: &str) -> String {
    format!(
        "[package]\nname = \"dial\"\nversion = \"{version}\"\nedition = \"2021\"\nrust-version = \"{rust}\"\n"
    )
}

fn lock(version: &str) -> String {
    format!("version = 4\n\n[[package]]\nname = \"dial\"\nversion = \"{version}\"\n")
}

/// A repository whose trunk, `develop`, is configured, and whose release branch `series-2.1` is older than that
/// and needs a newer Rust than its release did.
fn adopting() -> Sandbox {
    let sandbox = Sandbox::with_files([
        ("Cargo.toml", manifest("2.1.0", "1.70")),
        ("Cargo.lock", lock("2.1.0")),
        ("src/lib.rs", String::new()),
    ]);
    sandbox.git(["tag", "d2.1.0"]);
    sandbox.git(["branch", "series-2.1"]);
    sandbox.git(["branch", "--move", "develop"]);
    sandbox.write("Cargo.toml", manifest("2.2.0", "1.75"));
    sandbox.write("Cargo.lock", lock("2.2.0"));
    sandbox.write("relprep.toml", CONFIG);
    sandbox.commit_all("Adopt it");
    sandbox.git(["switch", "--quiet", "series-2.1"]);
    sandbox.write("Cargo.toml", manifest("2.1.0", "1.75"));
    sandbox.commit_all("Need a newer Rust");
    // What is the trunk is known before its configuration is: from the remote.
    sandbox.git(["clone", "--quiet", "--bare", ".", "../origin.git"]);
    sandbox.git(["-C", "../origin.git", "symbolic-ref", "HEAD", "refs/heads/develop"]);
    sandbox.git(["remote", "add", "origin", "../origin.git"]);
    sandbox.git(["fetch", "--quiet", "origin"]);
    sandbox.git(["remote", "set-head", "origin", "--auto"]);
    sandbox
}

/// Runs the program; returns its exit status, and all that it printed.
fn run(sandbox: &Sandbox, args: &str) -> (i32, String) {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_cargo-relprep"));
    let output = command.arg("relprep").args(args.split_whitespace()).output().unwrap();
    let said = [output.stderr, output.stdout].concat();
    (output.status.code().unwrap(), String::from_utf8(said).unwrap())
}

const ELSEWHERE: &str = "there is no configuration here: that of the trunk, develop, is used";

#[test]
fn a_release_branch_without_a_configuration_has_the_trunks() {
    let sandbox = adopting();
    let checks = |sandbox: &Sandbox| {
        let (status, said) = run(sandbox, "check-msrv --branch series-2.1");
        assert!(status == 1 && said.contains(ELSEWHERE) && said.contains("d2.1.0"), "{said}");
        assert!(said.contains("error[msrv-raised]"), "{said}");
    };
    checks(&sandbox);
    let (status, said) = run(&sandbox, "patch --dry-run");
    assert!(status == 0 && said.contains(ELSEWHERE) && said.contains("2.1.1"), "{said}");
    assert!(run(&sandbox, "status").1.contains("series-2.1"));
    sandbox.git(["switch", "--quiet", "develop"]);
    checks(&sandbox);
    sandbox.git(["switch", "--quiet", "--detach", "series-2.1"]);
    // As in a clone that has no local trunk.
    sandbox.git(["branch", "--quiet", "--delete", "--force", "develop"]);
    checks(&sandbox);
}

#[test]
fn an_own_configuration_counts_before_the_trunks() {
    let sandbox = adopting();
    sandbox.write("relprep.toml", CONFIG.replace("d{version}", "t{version}"));
    sandbox.commit_all("Its own");
    let said = run(&sandbox, "patch --dry-run").1;
    assert!(!said.contains("config-elsewhere") && said.contains("never tagged as t2.1.0"), "{said}");
}

#[test]
fn the_programs_of_the_trunk_do_not_run_on_a_branch_without_a_configuration() {
    let sandbox = adopting();
    sandbox.git(["switch", "--quiet", "develop"]);
    sandbox.write("relprep.toml", format!("{CONFIG}[[run]]\ncommand = ['sh', '-c', 'touch ../ran']\n"));
    sandbox.commit_all("Run something");
    sandbox.git(["switch", "--quiet", "series-2.1"]);
    let (status, said) = run(&sandbox, "patch");
    assert!(status == 1 && said.contains("error[config-runs]"), "{said}");
    assert!(!sandbox.dir().join("ran").exists());
}

#[test]
fn a_branch_that_cannot_be_judged_does_not_pass() {
    let sandbox = adopting();
    // It looks like a release branch, and is none by the configuration.
    for like in ["release-2.1", "dial-v2.1", "2.1.x"] {
        sandbox.git(["switch", "--quiet", "--create", like]);
        let (status, said) = run(&sandbox, "check-msrv");
        assert!(status == 1 && said.contains("error[branch-unknown]"), "{like}: {said}");
        assert!(said.contains("`series-{short}`"), "{like}: {said}");
    }
    sandbox.git(["switch", "--quiet", "--create", "fix-21"]);
    let (status, said) = run(&sandbox, "check-msrv");
    assert!(status == 0 && said.contains("this is not a release branch"), "{said}");
    // Nothing in the whole repository is a release branch.
    sandbox.git(["switch", "--quiet", "develop"]);
    sandbox.write("relprep.toml", CONFIG.replace("series-", "line-"));
    sandbox.commit_all("Name nothing that is here");
    sandbox.git(["switch", "--quiet", "--create", "fix-22"]);
    let (status, said) = run(&sandbox, "check-msrv");
    assert!(status == 1 && said.contains("no branch here is a release branch by `line-{short}`"), "{said}");
}

#[test]
fn the_first_use_without_a_configuration_works_to_the_end() {
    let fixture = Fixture::made(&[("alpha 1.0.0", &[]), ("beta 1.0.0", &["alpha 1.0.0"])], "");
    fixture.sandbox.git(["rm", "--quiet", "relprep.toml"]);
    fixture.sandbox.commit_all("Nothing but crates");
    let done = |args: &str| {
        let said = fixture.run(args);
        assert_eq!(said.status, 0, "{args}: {}{}", said.out, said.err);
        said.out
    };
    done("init --dry-run");
    done("replay");
    assert!(done("branch --dry-run").contains("1.0.0 → 2.0.0  2 packages: alpha, beta"));
    done("branch");
    fixture.sandbox.git(["switch", "--quiet", "release-1.0.0"]);
    done("release");
    done("tag --date 2024-05-20");
    assert!(done("patch").contains("1.0.0 → 1.0.1  2 packages: alpha, beta"));
    done("check-msrv");
    // What is said of these crates is that a registry would not take them.
    let said = fixture.run("check --date 2024-05-20").err;
    let errors: Vec<&str> = said.lines().filter(|line| line.starts_with("error")).collect();
    assert!(errors.len() == 4 && errors.iter().all(|line| line.contains("[package-metadata]")), "{said}");
    assert!(done("status --date 2024-05-20").contains("tag 1.0.1: prepared on release-1.0.0"));
    done("tag --date 2024-05-20");
    done("replay");
    fixture.sandbox.git(["switch", "--quiet", "main"]);
    assert_eq!(done("bump --level minor --dry-run").lines().next(), Some("Bump alpha to 2.1.0 (2024-05-20)"));
}

#[test]
fn where_there_is_no_remote_none_is_named() {
    let fixture = Fixture::new("virtual-workspace");
    fixture.sandbox.git(["remote", "remove", "origin"]);
    for args in ["patch --branch release-9.0.0", "check --branch release-9.0.0"] {
        let said = fixture.run(args).err;
        assert!(said.contains("[no-branch]") && said.contains("`git branch` lists"), "{args}: {said}");
        assert!(!said.contains("origin"), "{args}: {said}");
    }
}
