//! `check-msrv`: on a train's real history, and on workspaces written for one question each.

mod told;
mod users;

use std::fs;
use std::process::Command;

use crate::checking::{BRANCHES, Run, clone_history, configuration, relprep, relprep_with};
use crate::environment::{self, CARGO};
use crate::support::{Sandbox, write_executable};

const ROOT: &str = "\
[workspace]
members = [\"members/*\"]
resolver = \"2\"

[workspace.package]
version = \"1.0.0\"
edition = \"2021\"
rust-version = \"1.70\"
";

pub fn member(name: &str, more: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion.workspace = true\nedition.workspace = true\n{more}\n")
}

const INHERITED: &str = "rust-version.workspace = true\n";

/// A workspace of two members on the branch of its first release, which is tagged.
fn released() -> Sandbox {
    let sandbox = Sandbox::with_files([
        ("Cargo.toml", ROOT.to_owned()),
        ("members/app/Cargo.toml", member("app", INHERITED)),
        ("members/app/src/lib.rs", String::new()),
        ("members/lib/Cargo.toml", member("lib", "rust-version = \"1.65.0\"")),
        ("members/lib/src/lib.rs", String::new()),
    ]);
    sandbox.git(["switch", "--quiet", "--create", "release-1.0.0"]);
    lock(&sandbox);
    sandbox.commit_all("Release 1.0.0");
    sandbox.git(["tag", "v1.0.0"]);
    sandbox
}

fn lock(sandbox: &Sandbox) {
    let status = sandbox.command("cargo").args(["generate-lockfile", "--offline", "--quiet"]).status();
    assert!(status.unwrap().success());
}

fn edit(sandbox: &Sandbox, path: &str, from: &str, to: &str) {
    let text = sandbox.read(path);
    assert!(text.contains(from), "{path} has no {from:?}");
    sandbox.write(path, text.replacen(from, to, 1));
}

fn check(sandbox: &Sandbox, more: &[&str]) -> Run {
    relprep(sandbox, &[&["check-msrv"], more].concat())
}

#[test]
fn every_release_branch_of_the_recorded_history_holds_and_every_raise_on_it_is_caught() {
    let Some(sandbox) = clone_history() else { return };
    for major in BRANCHES {
        sandbox.git(["checkout", "--quiet", "--force", &format!("release-{major}.0.0")]);
        let config = configuration(major);
        let errors = |plant: &str| {
            let run = check(&sandbox, &["--config", &config, "--format", "json"]);
            let errors: Vec<String> = run.findings().into_iter().filter(|f| f.starts_with("error")).collect();
            assert_eq!(run.status, i32::from(!errors.is_empty()), "{major} {plant}: {errors:?}");
            errors
        };
        assert_eq!(errors("nothing"), [""; 0], "{major}");

        let plant = |what: &str, path: &str, change: &dyn Fn(&str) -> String| {
            let before = sandbox.read(path);
            let after = change(&before);
            assert_ne!(after, before, "{major} {what}");
            sandbox.write(path, after);
            sandbox.commit_all(what);
            let errors = errors(what);
            sandbox.git(["reset", "--quiet", "--hard", "HEAD^"]);
            errors
        };
        let root = sandbox.read("Cargo.toml");
        let line = root.lines().find(|line| line.starts_with("rust-version = ")).unwrap();
        let raise = |text: &str| text.replacen(line, "rust-version = \"1.95.0\"", 1);
        assert_eq!(plant("raise", "Cargo.toml", &raise), ["error msrv-raised"], "{major}");

        let inherited = "rust-version.workspace = true\n";
        let wiggle = "crates/wiggle/Cargo.toml";
        let in_one = |text: &str| text.replacen(inherited, "rust-version = \"1.95\"\n", 1);
        let removed = |text: &str| text.replacen(inherited, "", 1);
        if sandbox.read(wiggle).contains(inherited) {
            assert_eq!(plant("raise in one", wiggle, &in_one), ["error msrv-raised"], "{major}");
            assert_eq!(plant("removal", wiggle, &removed), ["error msrv-removed"], "{major}");
        } else {
            let cli = "Cargo.toml";
            assert_eq!(plant("raise in one", cli, &in_one), ["error msrv-raised"], "{major}");
            assert_eq!(plant("removal", cli, &removed), ["error msrv-removed"], "{major}");
        }
        if line < "rust-version = \"1.85" {
            let newer = |text: &str| text.replacen("edition = \"2021\"", "edition = \"2024\"", 1);
            let caught = plant("edition", "Cargo.toml", &newer);
            assert!(caught.contains(&"error msrv-edition".to_owned()), "{major}: {caught:?}");
        }
    }
}

#[test]
fn what_holds_is_said_with_what_it_rests_on() {
    let shown = check(&released(), &[]).exits(0);
    assert!(shown.contains("the tag of the line's first release"), "{shown}");
    assert!(shown.contains("Rust 1.70") && shown.contains("passed"), "{shown}");
}

#[test]
fn a_raise_is_shown_in_the_manifest_with_its_remedy() {
    let sandbox = released();
    edit(&sandbox, "members/lib/Cargo.toml", "1.65.0", "1.80");
    sandbox.commit_all("Need more");
    let shown = check(&sandbox, &["-q"]).exits(1);
    let expected = "\
error[msrv-raised]: the Rust that `lib` needs rose from 1.65 to 1.80
 --> members/lib/Cargo.toml:5:17
  |
5 | rust-version = \"1.80\"
  |                 ^^^^
  |
  = help: set it back to 1.65, and do without what is newer
";
    assert!(shown.starts_with(expected), "{shown}");
}

#[test]
fn a_new_member_that_declares_nothing_is_refused() {
    let sandbox = released();
    sandbox.write("members/new/Cargo.toml", member("new", ""));
    sandbox.write("members/new/src/lib.rs", "");
    lock(&sandbox);
    sandbox.commit_all("Grow");
    let run = check(&sandbox, &["--format", "json"]);
    assert_eq!((run.findings(), run.status), (vec!["error msrv-undeclared".to_owned()], 1));
}

#[test]
fn lower_is_allowed_and_written_otherwise_is_the_same() {
    let sandbox = released();
    edit(&sandbox, "Cargo.toml", "\"1.70\"", "\"1.70.0\"");
    edit(&sandbox, "members/lib/Cargo.toml", "1.65.0", "1.60");
    sandbox.commit_all("Need less");
    let run = check(&sandbox, &["--format", "json"]);
    assert_eq!((run.findings(), run.status), (vec!["note msrv-lowered".to_owned()], 0));
}

#[test]
fn a_new_member_a_resolver_and_a_toolchain_file_are_held_to_the_promise() {
    let sandbox = released();
    sandbox.write("members/new/Cargo.toml", member("new", "rust-version = \"1.75\""));
    sandbox.write("members/new/src/lib.rs", "");
    edit(&sandbox, "Cargo.toml", "resolver = \"2\"", "resolver = \"3\"");
    sandbox.write("rust-toolchain.toml", "[toolchain]\nchannel = \"1.90.0\"\n");
    lock(&sandbox);
    sandbox.commit_all("Grow");
    let run = relprep(&sandbox, &["check-msrv", "--format", "json"]);
    assert_eq!(run.findings(), ["error msrv-raised", "error msrv-resolver", "note msrv-toolchain"]);
}

/// rustup and the Cargo that it stands in front of, as they are where the toolchain of the repository's
/// file is not installed.
fn without_the_toolchain(sandbox: &Sandbox) -> Command {
    let bin = sandbox.dir().join("bin");
    fs::create_dir_all(&bin).unwrap();
    let proxy = format!(
        "#!/bin/sh\n[ \"$RUSTUP_AUTO_INSTALL $RUST_BACKTRACE\" = '0 0' ] || exit 9\n\
         if [ \"$RUSTUP_TOOLCHAIN\" = mine ]; then unset RUSTUP_TOOLCHAIN; exec '{CARGO}' \"$@\"; fi\n\
         echo \"error: toolchain '1.20.0' is not installed\" >&2; exit 1\n"
    );
    write_executable(&bin.join("cargo"), &proxy);
    write_executable(&bin.join("rustup"), "#!/bin/sh\n[ \"$1\" = default ] && echo 'mine (default)'\n");
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_cargo-relprep"));
    command.env("PATH", environment::path(&[&bin])).env("CARGO", bin.join("cargo"));
    command.env("RUST_BACKTRACE", "1");
    command
}

#[test]
fn a_toolchain_file_that_names_what_is_not_installed_is_judged_all_the_same() {
    let sandbox = released();
    sandbox.write("rust-toolchain.toml", "[toolchain]\nchannel = \"1.90.0\"\n");
    sandbox.commit_all("Ask for a toolchain");
    let output = without_the_toolchain(&sandbox).args(["relprep", "check-msrv"]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("note[msrv-toolchain]: the project is developed with Rust 1.90 now"), "{said}");
    // Where it is the user who chose what is not there, that is what is said.
    let mut chosen = without_the_toolchain(&sandbox);
    let output = chosen.env("RUSTUP_TOOLCHAIN", "1.20.0").args(["relprep", "check-msrv"]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("toolchain '1.20.0' is not installed"), "{said}");
}

/// A released line that uses `mid`, which uses `deep`; both come from a folder that stands for
/// crates.io.
pub fn with_third_parties() -> Sandbox {
    let sandbox = released();
    let shelf = sandbox.dir().join("shelf");
    let replaced = "[source.crates-io]\nreplace-with = \"shelf\"\n[source.shelf]\n";
    sandbox.write(".cargo/config.toml", format!("{replaced}directory = {:?}\n", shelf.to_str().unwrap()));
    publish(&sandbox, "mid", "1.0.0", "rust-version = \"1.60\"\n[dependencies]\ndeep = \"1\"\n");
    let app = sandbox.read("members/app/Cargo.toml");
    sandbox.write("members/app/Cargo.toml", format!("{app}[dependencies]\nmid = \"1\"\n"));
    update(&sandbox, "1.0.0", "rust-version = \"1.60\"\n");
    sandbox.git(["tag", "--force", "v1.0.0"]);
    sandbox
}

/// Makes a version of a third party the only one that there is.
fn publish(sandbox: &Sandbox, name: &str, version: &str, more: &str) {
    let folder = sandbox.dir().join("shelf").join(name);
    fs::create_dir_all(folder.join("src")).unwrap();
    let manifest =
        format!("[package]\nname = \"{name}\"\nversion = \"{version}\"\nedition = \"2018\"\n{more}");
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    fs::write(folder.join("src/lib.rs"), "").unwrap();
    let checksum = format!("{{\"files\":{{}},\"package\":\"{:0>64}\"}}", version.replace('.', ""));
    fs::write(folder.join(".cargo-checksum.json"), checksum).unwrap();
}

/// Publishes a version of `deep`, locks it and commits that.
pub fn update(sandbox: &Sandbox, version: &str, more: &str) {
    publish(sandbox, "deep", version, more);
    let status = sandbox.command("cargo").args(["update", "--offline", "--quiet"]).status();
    assert!(status.unwrap().success());
    sandbox.commit_all("Update deep");
}

#[test]
fn a_dependency_that_needs_more_is_found_with_its_chain() {
    let sandbox = with_third_parties();
    check(&sandbox, &["--strict"]).exits(0);
    update(&sandbox, "1.1.0", "rust-version = \"1.71\"\n");
    let shown = check(&sandbox, &[]).exits(1);
    let message =
        "`deep 1.1.0` needs Rust 1.71, and the line promised 1.70: app 1.0.0 → mid 1.0.0 → deep 1.1.0";
    assert!(shown.contains(message), "{shown}");
    assert!(shown.contains("--> Cargo.lock:"), "{shown}");
}

#[test]
fn a_dependency_that_says_nothing_or_is_not_there_is_unchecked() {
    let sandbox = with_third_parties();
    update(&sandbox, "1.2.0", "");
    let shown = check(&sandbox, &[]).exits(0);
    assert!(shown.contains("`deep 1.2.0` declares no `rust-version`, and is unchecked"), "{shown}");
    check(&sandbox, &["--strict"]).exits(1);
    fs::remove_dir_all(sandbox.dir().join("shelf/deep")).unwrap();
    let shown = check(&sandbox, &[]).exits(0);
    assert!(shown.contains("what `deep 1.2.0` needs cannot be read offline, and is unchecked"), "{shown}");
    check(&sandbox, &["--strict"]).exits(1);
}

#[test]
fn a_lock_file_that_is_not_current_hides_no_dependency() {
    let sandbox = with_third_parties();
    update(&sandbox, "1.1.0", "rust-version = \"1.71\"\n");
    sandbox.write("members/new/Cargo.toml", member("new", INHERITED));
    sandbox.write("members/new/src/lib.rs", "");
    sandbox.commit_all("Grow, and forget the lock file");
    let run = check(&sandbox, &["--format", "json"]);
    assert_eq!(run.findings(), ["error msrv-dependency", "note msrv-unchecked"]);
    let remedy = "`cargo update --workspace --offline`";
    assert!(run.out.contains(remedy), "{}", run.out);
    let status = sandbox.command("cargo").args(["update", "--workspace", "--offline", "--quiet"]).status();
    assert!(status.unwrap().success());
    sandbox.commit_all("Do it");
    assert_eq!(check(&sandbox, &["--format", "json"]).findings(), ["error msrv-dependency"]);
}

#[test]
fn a_branch_that_is_not_checked_out_is_judged_by_its_own_tip() {
    let sandbox = with_third_parties();
    update(&sandbox, "1.1.0", "rust-version = \"1.71\"\n");
    edit(&sandbox, "Cargo.toml", "\"1.70\"", "\"1.72\"");
    sandbox.commit_all("Need more");
    let tip = sandbox.rev("HEAD");
    let here = check(&sandbox, &["--format", "json"]).findings();
    assert_eq!(here, ["error msrv-raised", "error msrv-dependency"]);
    sandbox.git(["switch", "--quiet", "main"]);
    for name in ["release-1.0.0", "refs/heads/release-1.0.0"] {
        let run = check(&sandbox, &["--branch", name, "--format", "json"]);
        assert_eq!((run.findings(), run.status), (here.clone(), 1));
        assert!(run.out.contains(&tip[..10]), "{}", run.out);
    }
    let shown = check(&sandbox, &["--branch", "release-1.0.0", "--build"]).exits(1);
    assert!(
        shown.contains("error[not-checked-out]") && shown.contains("git switch release-1.0.0"),
        "{shown}"
    );

    // The remote's branch serves where there is no local one.
    sandbox.git(["update-ref", "refs/remotes/origin/release-1.0.0", &tip]);
    sandbox.git(["branch", "--delete", "--force", "release-1.0.0"]);
    let shown = check(&sandbox, &["--branch", "release-1.0.0"]).exits(1);
    assert!(shown.contains("`--branch`, as fetched from origin"), "{shown}");
    // Where no branch is checked out, it names what the commit is about.
    sandbox.git(["checkout", "--quiet", "--detach", "v1.0.0"]);
    let shown = check(&sandbox, &["--branch", "release-1.0.0"]).exits(0);
    assert!(shown.contains("`--branch`, for the commit that is checked out"), "{shown}");
}

#[test]
fn a_branch_that_is_not_there_is_refused_with_those_that_are_like_it() {
    let sandbox = released();
    sandbox.git(["update-ref", "refs/remotes/origin/release-0.9.0", "HEAD"]);
    let refused = |name: &str| check(&sandbox, &["--branch", name]).exits(1);
    let shown = refused("release-1.0.1");
    assert!(
        shown.contains("error[no-branch]") && shown.contains("did you mean `release-1.0.0` or"),
        "{shown}"
    );
    let shown = refused("origin/release-0.9.0");
    assert!(
        shown.contains("error[branch-name]") && shown.contains("give `--branch release-0.9.0`"),
        "{shown}"
    );
    for name in ["", "a..b", "refs/heads/"] {
        let shown = refused(name);
        assert!(shown.contains("error[branch-name]"), "{shown}");
    }
}

#[test]
fn where_the_tag_is_missing_the_trunk_tells_and_then_the_user() {
    let sandbox = released();
    sandbox.git(["tag", "--delete", "v1.0.0"]);
    edit(&sandbox, "Cargo.toml", "\"1.70\"", "\"1.71\"");
    sandbox.commit_all("Need more");
    let shown = check(&sandbox, &[]).exits(1);
    assert!(shown.contains("where the branch left main"), "{shown}");

    sandbox.git(["branch", "--delete", "--force", "main"]);
    let shown = check(&sandbox, &[]).exits(1);
    assert!(shown.contains("error[msrv-baseline]"), "{shown}");
    check(&sandbox, &["--baseline", "HEAD"]).exits(0);
    check(&sandbox, &["--baseline-rust-version", "1.71"]).exits(0);
    check(&sandbox, &["--baseline-rust-version", "1.70.0"]).exits(1);
    check(&sandbox, &["--baseline", "nowhere"]).exits(1);
    check(&sandbox, &["--baseline-rust-version", "new"]).exits(2);
}

#[test]
fn a_shallow_checkout_of_a_pull_request_is_never_a_pass_before_the_tag_is_fetched() {
    let upstream = released();
    upstream.git(["switch", "--quiet", "--create", "fix"]);
    edit(&upstream, "members/app/Cargo.toml", "version.workspace = true", "version = \"1.0.1\"");
    upstream.commit_all("Fix");
    let sandbox = Sandbox::bare_ground();
    let url = format!("file://{}", upstream.root().display());
    let clone = sandbox_clone(&sandbox, &["--depth", "1", "--branch", "fix", "--no-tags", &url]);
    assert!(clone);
    sandbox.git(["checkout", "--quiet", "--detach"]);
    sandbox.git(["branch", "--delete", "--force", "fix"]);
    let pull_request = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_BASE_REF", "release-1.0.0"),
        ("GITHUB_HEAD_REF", "fix"),
        ("GITHUB_REF", "refs/pull/7/merge"),
        ("GITHUB_REF_NAME", "7/merge"),
        ("GITHUB_REF_TYPE", "branch"),
    ];
    let run = || relprep_with(&sandbox, &["check-msrv"], &pull_request);
    let shown = run().exits(1);
    assert!(shown.contains("`git fetch --depth=1 origin tag v1.0.0`"), "{shown}");
    sandbox.git(["fetch", "--quiet", "--depth=1", "origin", "tag", "v1.0.0"]);
    let shown = run().exits(0);
    assert!(shown.contains("v1.0.0 ("), "{shown}");
    // Without the variables nothing tells the branch.
    let shown = check(&sandbox, &[]).exits(1);
    assert!(shown.contains("--branch"), "{shown}");
    check(&sandbox, &["--branch", "release-1.0.0"]).exits(0);
}

fn sandbox_clone(sandbox: &Sandbox, args: &[&str]) -> bool {
    let mut command = sandbox.command("git");
    command.current_dir(sandbox.dir()).args(["clone", "--quiet"]).args(args).arg("repo");
    command.status().unwrap().success()
}

#[test]
fn a_branch_that_is_no_release_branch_passes_and_the_trunk_stays_behind_stable() {
    let sandbox = released();
    sandbox.git(["branch", "feature"]);
    let shown = check(&sandbox, &["--branch", "feature"]).exits(0);
    assert!(shown.contains("not a release branch"), "{shown}");
    sandbox.git(["switch", "--quiet", "main"]);
    check(&sandbox, &[]).exits(0);
    sandbox.write("relprep.toml", "[msrv]\nbehind-stable = 2\n");
    sandbox.commit_all("Hold the trunk");
    // Rust 1.72 came out on 2023-08-24.
    check(&sandbox, &["--date", "2023-08-24"]).exits(0);
    let shown = check(&sandbox, &["--date", "2023-08-23"]).exits(1);
    assert!(shown.contains("wait until 2023-08-24"), "{shown}");
}

const EXCEPTION: &str = "\
[schedule]
anchor = { version = \"1.0.0\", release = \"2024-05-20\" }
support-months = 2
lts = { every = 12, first = 1, support-months = 24 }

[[msrv.exception]]
line = \"1.0\"
rust-version = \"1.75\"
reason = \"the old index is gone\"
";

#[test]
fn an_exception_lets_a_line_with_long_term_support_need_more() {
    let sandbox = released();
    edit(&sandbox, "Cargo.toml", "\"1.70\"", "\"1.75\"");
    sandbox.write("relprep.toml", EXCEPTION);
    sandbox.commit_all("Need more");
    let shown = check(&sandbox, &[]).exits(0);
    assert!(shown.contains("the old index is gone"), "{shown}");
    edit(&sandbox, "Cargo.toml", "\"1.75\"", "\"1.76\"");
    sandbox.commit_all("Need even more");
    check(&sandbox, &[]).exits(1);
    for (from, to, said) in [
        ("first = 1", "first = 2", "no long-term support"),
        ("reason = \"the old index is gone\"", "reason = \"\"", "no reason"),
    ] {
        sandbox.write("relprep.toml", EXCEPTION.replace(from, to));
        let shown = check(&sandbox, &[]).exits(1);
        assert!(shown.contains(said), "{shown}");
    }
}

#[test]
fn build_compiles_with_the_promised_rust_or_says_how_to_install_it() {
    let sandbox = released();
    sandbox.write("relprep.toml", "[msrv.build]\nexclude = [\"lib\"]\nfeatures = [\"default\"]\n");
    sandbox.commit_all("Say what is built");
    let bin = sandbox.dir().join("bin");
    fs::create_dir(&bin).unwrap();
    let script = |toolchains: &str, status: u8| {
        let said = sandbox.dir().join("said");
        let text = format!(
            "#!/bin/sh\nif [ \"$1\" = toolchain ]; then echo {toolchains}; exit; fi\n\
             echo \"$@\" > '{}'\necho ' ::error::x' >&2\nexit {status}\n",
            said.display()
        );
        write_executable(&bin.join("rustup"), &text);
        said
    };
    let path = environment::path(&[&bin]).into_string().unwrap();
    let build = || relprep_with(&sandbox, &["check-msrv", "--build"], &[("PATH", &path)]);

    script("stable-x86_64", 0);
    let shown = build().exits(1);
    assert!(shown.contains("`rustup toolchain install 1.70.0 --profile minimal`"), "{shown}");
    let said = script("1.70.0-x86_64", 0);
    build().exits(0);
    assert_eq!(
        fs::read_to_string(said).unwrap(),
        "run 1.70.0 cargo check --workspace --locked --exclude=lib --features=default\n"
    );
    script("1.70-x86_64", 101);
    let shown = build().exits(1);
    assert!(shown.contains("does not compile with Rust 1.70"), "{shown}");
    assert!(shown.contains(r" :\:error::x") && !shown.contains(" ::"), "a log would obey: {shown}");

    // On the trunk it is the Rust that is declared there.
    sandbox.git(["branch", "--move", "--force", "main"]);
    let shown = build().exits(1);
    assert!(shown.contains("does not compile with Rust 1.70"), "{shown}");
    sandbox.git(["branch", "--move", "feature"]);
    sandbox.git(["branch", "release-1.0.0"]);
    let shown = build().exits(0);
    assert!(shown.contains("compiled  nothing: this branch promises no Rust"), "{shown}");
    sandbox.git(["branch", "--move", "main"]);
    declare_nothing(&sandbox);
    let shown = build().exits(0);
    assert!(shown.contains("note[msrv-unchecked]: nothing was compiled"), "{shown}");
}

fn declare_nothing(sandbox: &Sandbox) {
    edit(sandbox, "Cargo.toml", "rust-version = \"1.70\"\n", "");
    edit(sandbox, "members/app/Cargo.toml", INHERITED, "");
    edit(sandbox, "members/lib/Cargo.toml", "rust-version = \"1.65.0\"", "");
    sandbox.commit_all("Declare nothing");
}
