//! The comparison of interfaces by `cargo semver-checks`.

use std::fs;
use std::os::unix::fs::symlink;

use super::packed::found;
use super::{check, edit, lock, member, released};
use crate::checking::{Run, relprep_with};
use crate::environment;
use crate::support::{Sandbox, write_executable};
use crate::tools::Tool;

const NONE: [&str; 0] = [];

const APP: &str = "\
//! It.

pub fn gone() {}

pub fn changed(_: u8) {}

pub trait Doing {
    fn first(&self);
}

pub enum Side {
    Left,
    Right,
}
";

const BROKEN_APP: &str = "\
//! It.

pub fn changed(_: u8, _: u8) {}

pub trait Doing {
    fn first(&self);
    fn second(&self);
}

pub enum Side {
    Left,
    Right,
    Both,
}
";

/// The released workspace with interfaces: those of `lib` and `apart` are one function.
fn with_interfaces() -> Sandbox {
    let sandbox = released();
    sandbox.write(".gitignore", "/target\n");
    sandbox.write("members/app/src/lib.rs", APP);
    sandbox.write("members/lib/src/lib.rs", "pub fn kept() {}\n");
    sandbox.write("members/apart/Cargo.toml", member("apart", ""));
    sandbox.write("members/apart/src/lib.rs", "pub fn kept() {}\n");
    lock(&sandbox);
    sandbox.commit_all("Have interfaces");
    sandbox.git(["tag", "--force", "v1.0.0"]);
    sandbox
}

fn compare(sandbox: &Sandbox) -> Run {
    relprep_with(sandbox, &["check", "--api", "--format", "json", "--date", "2024-05-20"], &[])
}

#[test]
fn each_item_that_breaks_is_found_by_the_real_program() {
    if Tool::SemverChecks.find().is_none() {
        return;
    }
    let sandbox = with_interfaces();
    // A clean patch: what is new, and what is deprecated, breaks nobody.
    sandbox.write("members/lib/src/lib.rs", "#[deprecated]\npub fn kept() {}\n\npub fn new() {}\n");
    sandbox.commit_all("Mend it");
    let clean = compare(&sandbox);
    assert_eq!(found(&clean, "api-held"), NONE, "{}", clean.out);
    assert!(clean.out.contains("compared with v1.0.0 by cargo-semver-checks 0."), "{}", clean.out);
    assert_eq!(sandbox.git(["status", "--porcelain"]), "");

    sandbox.write("members/app/src/lib.rs", BROKEN_APP);
    sandbox.write("members/apart/src/lib.rs", "pub fn kept() -> Missing {}\n");
    sandbox.write("members/new/Cargo.toml", member("new", ""));
    sandbox.write("members/new/src/lib.rs", "pub fn new() {}\n");
    lock(&sandbox);
    sandbox.commit_all("Break it");
    let broken = compare(&sandbox);
    let app = "members/app/src/lib.rs";
    assert_eq!(
        found(&broken, "api-held"),
        [
            format!(
                "error {app}:13 this breaks the interface of `app`: variant Side:Both (enum variant added on exhaustive \
                 enum), unlike at v1.0.0"
            ),
            format!(
                "error {app} this breaks the interface of `app`: function app::gone (pub fn removed or renamed), at \
                 v1.0.0 in {app}:3"
            ),
            format!(
                "error {app}:3 this breaks the interface of `app`: app::changed now takes 2 parameters instead of 1 (pub \
                 fn parameter count changed), unlike at v1.0.0"
            ),
            format!(
                "error {app}:7 this breaks the interface of `app`: trait method app::Doing::second (pub trait method \
                 added), unlike at v1.0.0"
            ),
        ]
        .into_iter()
        .chain(["note members/apart/Cargo.toml whether `apart` keeps its interface is unchecked, since it cannot be compiled: \
                 cannot find type `Missing` in this scope"
            .to_owned()])
        .collect::<Vec<_>>(),
        "{}",
        broken.out
    );
    assert!(broken.out.contains("new since, and not compared: new"), "{}", broken.out);

    // On the trunk it is what the next release breaks.
    sandbox.git(["switch", "--quiet", "--force-create", "main"]);
    let next = found(&compare(&sandbox), "api-held");
    let is_next =
        |one: &&String| one.starts_with("note members/app") && one.contains(" the next release breaks ");
    assert_eq!((next.len(), next.iter().filter(is_next).count()), (5, 4), "{next:?}");
}

/// Runs `check --api` with a program in the place of `cargo-semver-checks` that says `said`.
fn compared(sandbox: &Sandbox, said: &str, status: u8) -> Run {
    let bin = sandbox.dir().join("bin");
    fs::create_dir_all(&bin).unwrap();
    fs::write(bin.join("said"), said).unwrap();
    let script = format!(
        "#!/bin/sh\n[ \"$2\" = --version ] && {{ echo 'cargo-semver-checks 0.0.7'; exit; }}\n\
         echo \"$@\" > '{0}/asked'\ncat '{0}/said'\nexit {status}\n",
        bin.display()
    );
    write_executable(&bin.join("cargo-semver-checks"), &script);
    let path = environment::path(&[&bin]).into_string().unwrap();
    let args = ["check", "--api", "--format", "json", "--date", "2024-05-20"];
    relprep_with(sandbox, &args, &[("PATH", &path)])
}

#[test]
fn the_program_is_asked_for_what_is_published_and_was_released() {
    let sandbox = with_interfaces();
    sandbox.git(["mv", "members/lib", "members/library"]);
    edit(&sandbox, "members/app/Cargo.toml", "../lib", "../library");
    sandbox.write("members/new/Cargo.toml", member("new", ""));
    sandbox.write("members/new/src/lib.rs", "");
    sandbox.commit_all("Go on");
    let run = compared(&sandbox, "", 0);
    assert_eq!(found(&run, "api-held"), NONE);
    assert!(run.out.contains("compared with v1.0.0 by cargo-semver-checks 0.0.7"), "{}", run.out);
    let asked = fs::read_to_string(sandbox.dir().join("bin/asked")).unwrap();
    let baseline = format!("--baseline-rev {} --release-type=minor", sandbox.rev("v1.0.0"));
    assert!(asked.contains(&baseline) && asked.ends_with("--exclude tool --exclude new\n"), "{asked}");
}

#[test]
fn what_the_program_could_not_compare_is_unchecked_and_said() {
    let sandbox = with_interfaces();
    sandbox.commit_all("Go on");
    let found = |said: &str, status| found(&compared(&sandbox, said, status), "api-held");
    let old = "error: rustc version is not high enough: >=1.93.0 needed, got 1.80.0\n\nHELP: to use it\n";
    assert_eq!(
        found(old, 101),
        [
            "note  not all interfaces could be compared, and the others are unchecked: rustc version is not high enough: \
          >=1.93.0 needed, got 1.80.0"
        ]
    );
    assert_eq!(found("", 101).len(), 1);
    let no_library = "error: no crates with library targets selected, nothing to semver-check\n";
    assert_eq!(found(no_library, 101), NONE);
    let feature = "    Building app v1.0.0 (current)\n\n--- failure feature_missing: package feature removed ---\n\nFailed in:\n  \
                   feature fast in the package's Cargo.toml\n\n    Finished [   1.0s] app\n";
    assert_eq!(
        found(feature, 100),
        [
            "error members/app/Cargo.toml this breaks the interface of `app`: feature fast in the package's Cargo.toml \
          (package feature removed), unlike at v1.0.0"
        ]
    );
}

#[test]
fn without_the_program_or_a_release_interfaces_are_unchecked() {
    let sandbox = released();
    let only = check(&sandbox, &["--api"]);
    assert_eq!(
        found(&only, "api-held"),
        ["note  the interfaces are unchecked: no release before this commit is tagged here"]
    );
    sandbox.commit_all("Go on");
    // A PATH with all that is needed but the program.
    let bin = sandbox.dir().join("bin");
    fs::create_dir(&bin).unwrap();
    let path = std::env::var_os("PATH").unwrap();
    for name in ["git", "cargo", "rustc", "rustup"] {
        let mut there = std::env::split_paths(&path).map(|folder| folder.join(name));
        if let Some(there) = there.find(|file| file.is_file()) {
            symlink(there, bin.join(name)).unwrap();
        }
    }
    let args = ["check", "--api", "--format", "json", "--date", "2024-05-20"];
    let run = relprep_with(&sandbox, &args, &[("PATH", bin.to_str().unwrap())]);
    assert_eq!(
        found(&run, "api-held"),
        ["note  the interfaces are unchecked: `cargo semver-checks` is not installed"]
    );
}
