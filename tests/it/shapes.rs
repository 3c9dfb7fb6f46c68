//! Cuts, candidates, releases and patches on workspaces of every shape.
//!
//! [`Fixture::prepare`] checks what must hold of every run; the snapshots show each run whole, with
//! every changed line.

use snapbox::{assert_data_eq, file};

use crate::fixture::{Fixture, Said};

#[test]
fn a_lone_package_is_cut_and_patched() {
    let fixture = Fixture::new("lone-package");
    assert_data_eq!(fixture.prepare("branch --diff"), file!["shapes/lone-package-branch.txt"].raw());
    fixture.sandbox.git(["switch", "--quiet", "release-0.3.4"]);
    assert_data_eq!(fixture.prepare("patch --diff"), file!["shapes/lone-package-patch.txt"].raw());
}

#[test]
fn a_virtual_workspace_without_configuration_is_cut_and_patched() {
    let fixture = Fixture::new("virtual-workspace");
    assert_data_eq!(fixture.prepare("branch --diff"), file!["shapes/virtual-workspace-branch.txt"].raw());
    fixture.sandbox.git(["switch", "--quiet", "release-7.0.0"]);
    assert_data_eq!(fixture.prepare("patch --diff"), file!["shapes/virtual-workspace-patch.txt"].raw());
}

#[test]
fn each_line_steps_by_its_own_rule() {
    let fixture = Fixture::new("several-lines");
    let minor = fixture.prepare("branch --level minor --diff");
    assert_data_eq!(minor, file!["shapes/several-lines-branch-minor.txt"].raw());
    fixture.sandbox.git(["switch", "--quiet", "release-1.256"]);
    assert_data_eq!(fixture.prepare("release --diff"), file!["shapes/several-lines-release.txt"].raw());
    assert_data_eq!(fixture.prepare("patch --diff"), file!["shapes/several-lines-patch.txt"].raw());
    let fixture = Fixture::new("several-lines");
    assert_data_eq!(fixture.prepare("branch"), file!["shapes/several-lines-branch-major.txt"].raw());
}

#[test]
fn requirements_follow_in_every_spelling() {
    let fixture = Fixture::new("spellings");
    assert_data_eq!(fixture.prepare("branch --diff"), file!["shapes/spellings-branch.txt"].raw());
    fixture.sandbox.git(["switch", "--quiet", "release-2.1.0"]);
    assert_data_eq!(fixture.prepare("patch --diff"), file!["shapes/spellings-patch.txt"].raw());
}

#[test]
fn nested_workspaces_follow_with_their_own_lock_files() {
    let fixture = Fixture::new("nested-workspaces");
    assert_data_eq!(fixture.prepare("branch --diff"), file!["shapes/nested-workspaces-branch.txt"].raw());
    fixture.sandbox.git(["switch", "--quiet", "release-12.0.0"]);
    assert_data_eq!(fixture.prepare("patch --diff"), file!["shapes/nested-workspaces-patch.txt"].raw());
}

#[test]
fn a_patched_member_takes_its_requirements_along() {
    let fixture = Fixture::new("patched");
    fixture.sandbox.git(["switch", "--quiet", "--create", "release-1.4.2"]);
    assert_data_eq!(fixture.prepare("patch --diff"), file!["shapes/patched-patch.txt"].raw());
    // The third party needs a version before the next major: the registry's package comes back.
    let fixture = Fixture::new("patched");
    assert_data_eq!(fixture.prepare("branch --diff"), file!["shapes/patched-branch.txt"].raw());
}

#[test]
fn third_parties_may_require_published_releases_of_a_member() {
    let fixture = Fixture::new("namesakes");
    fixture.sandbox.git(["switch", "--quiet", "--create", "release-1.4.2"]);
    assert_data_eq!(fixture.prepare("patch --diff"), file!["shapes/namesakes-patch.txt"].raw());
}

#[test]
fn windows_line_ends_and_byte_order_marks_stay() {
    let fixture = Fixture::new("windows-files");
    assert_data_eq!(fixture.prepare("branch --diff"), file!["shapes/windows-files-branch.txt"].raw());
    for path in ["Cargo.toml", "app/Cargo.toml", "core/Cargo.toml", "RELEASES.md", "version.h"] {
        let text = fixture.sandbox.read(path);
        assert_eq!(text.matches('\n').count(), text.matches("\r\n").count(), "{path}");
    }
    assert!(fixture.sandbox.read("Cargo.toml").starts_with('\u{feff}'));
    assert!(fixture.sandbox.read("RELEASES.md").starts_with('\u{feff}'));
    assert!(!fixture.sandbox.read("version.h").ends_with('\n'));
    fixture.sandbox.git(["switch", "--quiet", "release-3.0.0"]);
    assert_data_eq!(fixture.prepare("release --diff"), file!["shapes/windows-files-release.txt"].raw());
    assert_data_eq!(fixture.prepare("patch --diff"), file!["shapes/windows-files-patch.txt"].raw());
}

#[test]
fn versions_outside_the_manifests_follow() {
    let fixture = Fixture::new("version-files");
    assert_data_eq!(fixture.prepare("branch --diff"), file!["shapes/version-files-branch.txt"].raw());
    fixture.sandbox.git(["switch", "--quiet", "release-4.0.2"]);
    assert_data_eq!(fixture.prepare("release --diff"), file!["shapes/version-files-release.txt"].raw());
    assert_data_eq!(fixture.prepare("patch --diff"), file!["shapes/version-files-patch.txt"].raw());
    let message = fixture.sandbox.git(["log", "-1", "--format=%B"]);
    assert_eq!(message, "Clockwork 4.0.3\n\nOn 2024-05-20, from release-4.0.2.");
}

#[test]
fn a_train_with_candidates_requires_exactly_until_the_release() {
    let fixture = Fixture::new("prerelease-train");
    assert_data_eq!(fixture.prepare("branch --diff"), file!["shapes/prerelease-train-branch.txt"].raw());
    fixture.sandbox.git(["switch", "--quiet", "release-0.20.0"]);
    assert_data_eq!(fixture.prepare("rc --diff"), file!["shapes/prerelease-train-rc.txt"].raw());
    assert_data_eq!(fixture.prepare("release --diff"), file!["shapes/prerelease-train-release.txt"].raw());
    assert_data_eq!(fixture.prepare("patch --diff"), file!["shapes/prerelease-train-patch.txt"].raw());
}

#[test]
fn the_plan_is_data_too() {
    let fixture = Fixture::new("several-lines");
    let plan = fixture.run("branch --level minor --dry-run --format json");
    assert_eq!((plan.status, plan.err.as_str()), (0, ""));
    assert_data_eq!(plan.out, file!["shapes/several-lines-plan.json"].raw());
    let with_diff = fixture.run("branch --level minor --dry-run --format json --diff");
    let with_diff: serde_json::Value = serde_json::from_str(&with_diff.out).unwrap();
    assert_eq!(with_diff["diffs"][0]["branch"], "main");
    assert!(with_diff["diffs"][0]["text"].as_str().unwrap().contains("@@"));
    let made = fixture.run("branch --level minor --format json");
    assert_eq!((made.status, made.err.as_str()), (0, ""));
    assert_data_eq!(made.out, file!["shapes/several-lines-made.json"].raw());
}

#[test]
fn a_branch_of_its_own_may_get_each_commit() {
    let names = "[names]\nbump-branch = \"bump-to-{version}\"\nrelease-branch = \"prepare-{version}\"\n";
    let fixture = Fixture::changed("virtual-workspace", &[("relprep.toml", "", names)]);
    let trunk = fixture.sandbox.rev("main");
    let said = fixture.prepare("branch");
    assert!(said.contains("git push --atomic origin release-7.0.0 bump-to-8.0.0\n"), "{said}");
    assert_eq!(fixture.sandbox.rev("main"), trunk);
    assert_eq!(fixture.sandbox.rev("bump-to-8.0.0~1"), trunk);
    fixture.sandbox.git(["switch", "--quiet", "release-7.0.0"]);
    let said = fixture.prepare("patch");
    assert!(said.contains("git branch -D prepare-7.0.1\n"), "{said}");
    assert_eq!(fixture.sandbox.rev("release-7.0.0"), trunk);
    assert_eq!(fixture.sandbox.read("Cargo.toml").matches("7.0.0").count(), 3, "the work tree stays");
}

#[test]
fn a_member_without_a_lock_file_gets_none() {
    let fixture = Fixture::new("virtual-workspace");
    fixture.sandbox.git(["rm", "--quiet", "--cached", "Cargo.lock"]);
    fixture.sandbox.write(".gitignore", "Cargo.lock\n");
    fixture.sandbox.commit_all("No lock file");
    let untracked = fixture.sandbox.read("Cargo.lock");
    fixture.prepare("branch");
    assert_eq!(fixture.sandbox.read("Cargo.lock"), untracked);
    assert_eq!(fixture.sandbox.git(["ls-files", "Cargo.lock"]), "");
}

#[test]
fn it_runs_from_any_folder_of_the_workspace() {
    let fixture = Fixture::new("virtual-workspace");
    let plan = fixture.run("branch --dry-run");
    assert_eq!(fixture.run_in("crates/orbit/src", "branch --dry-run"), plan);
    assert_eq!(fixture.run_in("xtask", "branch --dry-run --manifest-path ../Cargo.toml"), plan);
    assert_eq!(fixture.run_in("..", "branch --dry-run --manifest-path repo/Cargo.toml"), plan);
    let said = fixture.run_in("..", "branch --dry-run --manifest-path nowhere/Cargo.toml");
    assert!(said.status == 1 && said.err.contains("nowhere"), "{}", said.err);
    fixture.sandbox.git(["init", "--quiet", "../other"]);
    assert_eq!(fixture.run_in("../other", "branch --dry-run --manifest-path ../repo/Cargo.toml"), plan);
}

#[test]
fn edits_of_one_file_by_several_rules_add_up() {
    let config = "\
[[version-file]]
path = \"README.md\"
lines = ['orbit {version}']
[[version-file]]
path = \"README.md\"
package = \"orbit-macros\"
lines = ['macros {version}']
[[version-file]]
path = \"Cargo.toml\"
lines = ['# of {version}']
[[version-file]]
path = \"RELEASES.md\"
lines = ['Upgrade from {version}.']
";
    let notes = "## 7.0.0\n\nUnreleased.\n\nUpgrade from 7.0.0.\n";
    let fixture = Fixture::changed(
        "virtual-workspace",
        &[
            ("relprep.toml", "", config),
            ("README.md", "", "orbit 7.0.0\nmacros 7.0.0\n"),
            ("Cargo.toml", "[workspace]", "# of 7.0.0\n[workspace]"),
            ("RELEASES.md", "", notes),
        ],
    );
    fixture.sandbox.git(["switch", "--quiet", "-c", "release-7.0.0"]);
    let said = fixture.run("patch");
    assert_eq!(said.status, 0, "{}", said.err);
    assert_eq!(fixture.sandbox.read("README.md"), "orbit 7.0.1\nmacros 7.0.1\n");
    let manifest = fixture.sandbox.read("Cargo.toml");
    assert!(manifest.starts_with("# of 7.0.1\n[workspace]") && manifest.contains("version = \"7.0.1\""));
    let notes = fixture.sandbox.read("RELEASES.md");
    assert!(notes.contains("## 7.0.1\n\nReleased") && notes.contains("Upgrade from 7.0.1."), "{notes}");
}

#[test]
fn texts_name_the_lead_packages_repository() {
    let config = "[commit]\ncut = \"Cut {repository}\"\n";
    let address = "[package]\nrepository = \"https://example.org/orbit\"";
    let manifest = "crates/orbit/Cargo.toml";
    let fixture = Fixture::changed(
        "virtual-workspace",
        &[("relprep.toml", "", config), (manifest, "[package]", address)],
    );
    assert_eq!(fixture.run("branch").status, 0);
    assert_eq!(fixture.sandbox.git(["log", "-1", "--format=%s"]), "Cut https://example.org/orbit");
    let fixture = Fixture::changed("virtual-workspace", &[("relprep.toml", "", config)]);
    let said = fixture.refuses("branch", &["no-repository-address"]);
    assert!(said.contains(manifest), "{said}");
}

#[test]
#[cfg(target_os = "linux")]
fn folders_whose_names_are_not_utf8_do_no_harm() {
    use std::os::unix::ffi::OsStrExt as _;
    let fixture = Fixture::new("virtual-workspace");
    fixture.sandbox.write(std::ffi::OsStr::from_bytes(b"odd \xff/inner/file"), "x");
    fixture.sandbox.commit_all("An odd folder");
    for args in ["check", "check-msrv", "status"] {
        let said = fixture.run(args);
        assert!([0, 1].contains(&said.status), "{args}: {}", said.err);
    }
    assert_eq!(fixture.run("branch").status, 0);
    assert_eq!(fixture.sandbox.git(["status", "--porcelain"]), "");
}

#[test]
fn a_follower_may_name_its_workspace() {
    let fixture = Fixture::changed(
        "virtual-workspace",
        &[
            ("relprep.toml", "", "follow = [\"sub/**\"]\n"),
            ("Cargo.toml", "members = [", "exclude = [\"sub\"]\nmembers = ["),
            (
                "sub/root/Cargo.toml",
                "",
                "[workspace]\nmembers = [\"../one\"]\n[workspace.package]\nversion = \"7.0.0\"\n",
            ),
            (
                "sub/one/Cargo.toml",
                "",
                "[package]\nname = \"one\"\nversion.workspace = true\nworkspace = \"../root\"\n",
            ),
            ("sub/one/src/lib.rs", "", ""),
        ],
    );
    let said = fixture.run("branch");
    assert_eq!((said.status, said.err.as_str()), (0, ""));
    assert!(fixture.sandbox.read("sub/root/Cargo.toml").contains("version = \"8.0.0\""));
}

#[test]
fn the_trunk_is_the_default_of_the_only_remote_whatever_its_name() {
    let fixture = Fixture::new("virtual-workspace");
    let sandbox = &fixture.sandbox;
    sandbox.git(["branch", "--move", "main", "develop"]);
    sandbox.git(["remote", "rename", "--no-progress", "origin", "upstream"]);
    sandbox.git(["push", "--quiet", "upstream", "develop"]);
    sandbox.git(["symbolic-ref", "refs/remotes/upstream/HEAD", "refs/remotes/upstream/develop"]);
    let said = fixture.run("branch --dry-run");
    assert_eq!((said.status, said.err.as_str()), (0, ""));
}

#[test]
fn a_lock_file_that_was_stale_is_left_to_cargo_which_is_said() {
    let manifest = "[package]\nname = \"new\"\nversion = \"7.0.0\"\nedition = \"2021\"\n[dependencies]\norbit-macros.workspace = true\n";
    let nested = "[package]\nname = \"tool\"\nversion = \"0.0.0\"\nedition = \"2021\"\n[workspace]\n[dependencies]\norbit-macros = { path = \"../crates/orbit-macros\" }\n";
    let lock = "version = 4\n\n[[package]]\nname = \"tool\"\nversion = \"0.0.0\"\n";
    let fixture = Fixture::changed(
        "virtual-workspace",
        &[
            ("crates/new/Cargo.toml", "", manifest),
            ("crates/new/src/lib.rs", "", ""),
            ("tool/Cargo.toml", "", nested),
            ("tool/src/lib.rs", "", ""),
            ("tool/Cargo.lock", "", lock),
        ],
    );
    let Said { status, out, err } = fixture.run("branch");
    assert_eq!(status, 0, "{err}");
    assert!(out.contains("the member `new` is not locked"), "{out}");
    assert!(out.contains("`tool` depends on `orbit-macros`, which is not locked for it"), "{out}");
    fixture.cargo_accepts("main");
}
