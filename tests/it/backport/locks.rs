//! Conflicts in `Cargo.lock`, computed anew by the real Cargo, offline.

use super::Train;
use crate::environment::CARGO;

/// Puts packages of a directory source that stands in for crates.io into the project.
fn shelf(train: &Train, packages: &[(&str, &str)]) {
    let config = "[source.crates-io]\nreplace-with = \"shelf\"\n[source.shelf]\ndirectory = \"shelf\"\n";
    train.sandbox.write(".cargo/config.toml", config);
    for (name, version) in packages {
        let folder = format!("shelf/{name}-{version}");
        let manifest = format!("[package]\nname = \"{name}\"\nversion = \"{version}\"\nedition = \"2018\"\n");
        train.sandbox.write(format!("{folder}/Cargo.toml"), manifest);
        train.sandbox.write(format!("{folder}/src/lib.rs"), "");
        let checksum = format!("{{\"files\":{{}},\"package\":\"{:0>64}\"}}", version.replace('.', ""));
        train.sandbox.write(format!("{folder}/.cargo-checksum.json"), checksum);
    }
}

fn cargo(train: &Train, args: &[&str]) {
    let output = train.sandbox.command(CARGO).args(args).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Makes a project that requires `aa` and `bb`, with a lock file, and cuts 1.0.0. The branch then
/// updates `bb`, and the trunk both.
fn locked(is_shelf_tracked: bool) -> Train {
    let train = Train::new();
    let ignored = if is_shelf_tracked { "target\n" } else { "target\nshelf\n" };
    train.sandbox.write(".gitignore", ignored);
    shelf(&train, &[("aa", "1.0.0"), ("bb", "1.0.0")]);
    let manifest = super::manifest("1.0.0") + "[dependencies]\naa = \"1.0.0\"\nbb = \"1.0.0\"\n";
    train.sandbox.write("Cargo.toml", manifest);
    cargo(&train, &["generate-lockfile", "--offline"]);
    train.sandbox.commit_all("Lock");
    train.git(&["branch", "release-1.0.0"]);
    train.git(&["switch", "-q", "release-1.0.0"]);
    shelf(&train, &[("bb", "1.0.1")]);
    cargo(&train, &["update", "--offline"]);
    train.sandbox.commit_all("Update bb");
    train.git(&["switch", "-q", "main"]);
    shelf(&train, &[("aa", "1.0.1"), ("bb", "1.0.2")]);
    cargo(&train, &["update", "--offline"]);
    train.sandbox.commit_all("Update aa and bb");
    train
}

#[test]
fn a_conflict_only_in_the_lock_file_is_computed_anew() {
    let train = locked(true);
    let text = train.run(&["main"]).exits(0);
    assert!(text.contains("Cargo.lock: recomputed offline"), "{text}");
    let lock = train.file("release-1.0.0", "Cargo.lock");
    for (name, version) in [("aa", "1.0.1"), ("bb", "1.0.2")] {
        assert!(lock.contains(&format!("name = \"{name}\"\nversion = \"{version}\"")), "{lock}");
    }
    assert!(!lock.contains("<<<<"), "{lock}");
    train.git(&["switch", "-q", "release-1.0.0"]);
    cargo(&train, &["metadata", "--locked", "--offline", "--format-version", "1"]);
}

#[test]
fn what_cargo_cannot_find_offline_stays_a_conflict() {
    let train = locked(false);
    let text = train.run(&["main"]).exits(1);
    assert!(text.contains("conflict in 1 file"), "{text}");
    assert!(text.contains("not resolved: Cargo.lock: "), "{text}");
    assert_eq!(train.own("release-1.0.0"), ["Update bb"]);
}
