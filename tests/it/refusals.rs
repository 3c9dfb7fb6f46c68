//! Bad input: every reason at once, with its place and remedy, and nothing changed.

mod contents;
mod usage;

use std::fs;

use snapbox::{assert_data_eq, str};

use crate::fixture::Fixture;

#[test]
fn without_a_repository_there_is_nothing_to_prepare() {
    let fixture = Fixture::new("lone-package");
    fs::remove_dir_all(fixture.sandbox.root().join(".git")).unwrap();
    assert_data_eq!(
        fixture.refuses("branch", &["no-repository"]),
        str![[r#"
error[no-repository]: [SANDBOX]/repo is not in a git repository
 |
 = help: run `git init` and commit the workspace first


"#]]
    );
}

#[test]
fn a_bare_repository_has_no_work_tree() {
    let fixture = Fixture::new("lone-package");
    let said = fixture.run_in("../remote.git", "branch");
    assert_eq!((said.status, said.out.as_str()), (1, ""));
    assert_data_eq!(
        said.err,
        str![[r#"
error[bare-repository]: the repository at [SANDBOX]/remote.git/ is bare
 |
 = help: run this in a clone that has a work tree


"#]]
    );
}

#[test]
fn a_repository_needs_a_commit() {
    let fixture = Fixture::new("lone-package");
    fs::remove_dir_all(fixture.sandbox.root().join(".git")).unwrap();
    fixture.sandbox.git(["init", "--quiet", "--initial-branch=main"]);
    assert_data_eq!(
        fixture.refuses("branch", &["no-commit"]),
        str![[r#"
error[no-commit]: the repository has no commit yet
 |
 = help: commit the workspace first


"#]]
    );
}

#[test]
fn a_folder_without_a_manifest_is_no_workspace() {
    let fixture = Fixture::new("lone-package");
    fixture.sandbox.git(["rm", "--quiet", "Cargo.toml"]);
    fixture.sandbox.commit_all("No manifest");
    assert_data_eq!(
        fixture.refuses("branch", &["no-manifest"]),
        str![[r#"
error[no-manifest]: there is no Cargo.toml in [SANDBOX]/repo or above it, up to the repository's root
 |
 = help: run this in a Cargo workspace, or give `--manifest-path`


"#]]
    );
    assert_data_eq!(
        fixture.refuses("branch --manifest-path nowhere/Cargo.toml", &["no-manifest"]),
        str![[r#"
error[no-manifest]: there is no manifest at nowhere/Cargo.toml
 |
 = help: give `--manifest-path` the path of a Cargo.toml


"#]]
    );
}

#[test]
fn a_manifest_without_package_and_workspace_is_refused_in_cargos_words() {
    let fixture = Fixture::changed("lone-package", &[("Cargo.toml", "[package]", "[pakkage]")]);
    assert_data_eq!(
        fixture.refuses("branch", &["workspace"]),
        str![[r#"
error[workspace]: Cargo cannot read the workspace of [SANDBOX]/repo/Cargo.toml: [..]
...
 |
 = help: make `cargo metadata --no-deps --offline` succeed here first


"#]]
    );
}

#[test]
fn manifests_that_do_not_parse_are_shown_at_their_place() {
    let fixture = Fixture::changed(
        "virtual-workspace",
        &[
            ("crates/orbit/Cargo.toml", "version.workspace = true", "version = "),
            ("xtask/Cargo.toml", "publish = false", "publish = false\npublish = true"),
        ],
    );
    assert_data_eq!(
        fixture.refuses("branch", &["manifest-syntax", "manifest-syntax"]),
        str![[r#"
error[manifest-syntax]: the manifest does not parse: string values must be quoted, expected literal string
 --> crates/orbit/Cargo.toml:3:11
  |
3 | version = 
  |           ^
  |
  = help: make it valid TOML; nothing can be prepared before

error[manifest-syntax]: the manifest does not parse: duplicate key
 --> xtask/Cargo.toml:6:1
  |
6 | publish = true
  | ^^^^^^^
  |
  = help: make it valid TOML; nothing can be prepared before


"#]]
    );
}

#[test]
fn a_manifest_outside_the_workspace_that_does_not_parse_is_said_and_left() {
    let broken = ("tests/broken/Cargo.toml", "", "[package\n");
    let fixture = Fixture::changed("virtual-workspace", &[broken]);
    let said = fixture.run("branch --dry-run");
    assert_eq!(said.status, 0, "{}", said.err);
    assert_data_eq!(
        said.err,
        str![[r#"
note[manifest-syntax]: not a member, and left unread and unchecked: the manifest does not parse: unclosed table, expected `]`
 --> tests/broken/Cargo.toml:1:9
  |
1 | [package
  |         ^


"#]]
    );
}

#[test]
fn members_that_are_not_committed_are_refused_all_at_once() {
    let fixture = Fixture::new("virtual-workspace");
    for name in ["draft", "sketch"] {
        let manifest = format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\n");
        fixture.sandbox.write(format!("crates/{name}/Cargo.toml"), manifest);
        fixture.sandbox.write(format!("crates/{name}/src/lib.rs"), "");
    }
    assert_data_eq!(
        fixture.refuses("branch", &["member-untracked", "member-untracked"]),
        str![[r#"
error[member-untracked]: the member `draft` is not committed
--> crates/draft/Cargo.toml
 = help: commit it, or take it out of the workspace

error[member-untracked]: the member `sketch` is not committed
--> crates/sketch/Cargo.toml
 = help: commit it, or take it out of the workspace


"#]]
    );
}

#[test]
fn a_name_or_path_of_the_configuration_that_is_nowhere_is_said() {
    let wrong = [
        ("relprep.toml", "programs/**", "program/**"),
        ("relprep.toml", "]", "]\n[[line]]\npackages = [\"engine-cor\"]"),
    ];
    let fixture = Fixture::changed("nested-workspaces", &wrong);
    assert_data_eq!(
        fixture.run("branch --dry-run").err,
        str![[r#"
note[line-unused]: no package is named `engine-cor`, as a `[[line]]` expects
 |
 = help: correct the name, or take it out

note[follow-unused]: no package outside the workspace lies at `program/**`, as `follow` expects
 |
 = help: correct the path, or take it out


"#]]
    );
}

#[test]
fn a_lead_package_that_is_not_there_is_refused_with_the_nearest() {
    let fixture =
        Fixture::changed("several-lines", &[("relprep.toml", "lead = \"tools\"", "lead = \"tool\"")]);
    assert_data_eq!(
        fixture.refuses("branch", &["lead-missing"]),
        str![[r#"
error[lead-missing]: the lead package `tool` is not a member with a version
--> Cargo.toml
 = help: set `lead` to a member; the nearest is `tools`


"#]]
    );
}

#[test]
fn a_detached_head_is_no_branch() {
    let fixture = Fixture::new("several-lines");
    fixture.sandbox.git(["switch", "--quiet", "--detach"]);
    fixture.sandbox.write("text/Cargo.toml", "");
    assert_data_eq!(
        fixture.refuses("patch", &["detached-head", "dirty"]),
        str![[r#"
error[detached-head]: no branch is checked out: HEAD is detached at [COMMIT 1]
 |
 = help: run `git switch` to the branch that is meant

error[dirty]: tracked files have changes: `text/Cargo.toml`
 |
 = help: commit or stash them, or give `--allow-dirty` to leave alone what the plan does not edit


"#]]
    );
}

#[test]
fn each_command_has_its_branch() {
    let fixture = Fixture::new("prerelease-train");
    for command in ["patch", "release", "rc"] {
        let rules: &[&str] = match command {
            "patch" => &["not-on-release-branch", "prerelease"],
            _ => &["not-on-release-branch"],
        };
        fixture.refuses(command, rules);
    }
    assert_data_eq!(
        fixture.refuses("patch", &["not-on-release-branch", "prerelease"]),
        str![[r#"
error[prerelease]: 0.20.0-dev is a pre-release, and no patch can follow one
 --> Cargo.toml:6:12
  |
6 | version = "0.20.0-dev"
  |            ^^^^^^^^^^
  |
  = help: run `cargo relprep release` first

error[not-on-release-branch]: `main` is not a release branch, such as `release-0.20.0`
 |
 = help: run `cargo relprep branch` to cut a release branch, or `cargo relprep bump` where releases are made from the trunk


"#]]
    );
    fixture.sandbox.git(["switch", "--quiet", "--create", "feature"]);
    assert_data_eq!(
        fixture.refuses("branch", &["not-on-trunk"]),
        str![[r#"
error[not-on-trunk]: a release branch is cut from the trunk, `main`, and this is `feature`
 |
 = help: run `git switch main`, or set `trunk` in the configuration


"#]]
    );
    fixture.sandbox.git(["switch", "--quiet", "--create", "release-0.19.0"]);
    assert_data_eq!(
        fixture.refuses("rc", &["branch-version"]),
        str![[r#"
error[branch-version]: `release-0.19.0` holds version 0.20.0-dev, which is not one of its releases
--> Cargo.toml
 = help: put the versions of this branch right, or switch to the branch that is meant


"#]]
    );
}

#[test]
fn a_branch_or_tag_that_is_there_already_is_not_touched() {
    let fixture = Fixture::new("virtual-workspace");
    fixture.sandbox.git(["branch", "release-7.0.0"]);
    fixture.sandbox.git(["tag", "-a", "-m", "annotated", "v7.0.0"]);
    assert_data_eq!(
        fixture.refuses("branch", &["branch-exists", "tag-exists"]),
        str![[r#"
error[branch-exists]: the branch `release-7.0.0` already exists, at [COMMIT 1]
 |
 = help: if it is left over, remove it with `git branch -D release-7.0.0`

error[tag-exists]: the tag `v7.0.0` already exists, at [COMMIT 1]: 7.0.0 is released
 |
 = help: where releases are made from the trunk, run `cargo relprep bump` for the next one, or `cargo relprep branch --at` for a branch of this one; otherwise pull, or put the version right


"#]]
    );
    fixture.sandbox.git(["push", "--quiet", "origin", "release-7.0.0"]);
    fixture.sandbox.git(["branch", "--quiet", "-D", "release-7.0.0"]);
    fixture.sandbox.git(["tag", "-d", "v7.0.0"]);
    assert_data_eq!(
        fixture.refuses("branch", &["branch-exists"]),
        str![[r#"
error[branch-exists]: the branch `release-7.0.0` already exists, on origin
 |
 = help: nothing is to be cut, or the version is wrong


"#]]
    );
}

#[test]
fn tracked_changes_stand_in_the_way_where_the_plan_edits_the_file() {
    let fixture = Fixture::new("virtual-workspace");
    fixture.sandbox.write("crates/orbit/src/lib.rs", "// mine\n");
    fixture.sandbox.write("untracked", "mine\n");
    assert_data_eq!(
        fixture.refuses("branch", &["dirty"]),
        str![[r#"
error[dirty]: tracked files have changes: `crates/orbit/src/lib.rs`
 |
 = help: commit or stash them, or give `--allow-dirty` to leave alone what the plan does not edit


"#]]
    );
    assert_eq!(fixture.run("branch --dry-run --allow-dirty").status, 0);
    let manifest = fixture.sandbox.read("Cargo.toml") + "# mine\n";
    fixture.sandbox.write("Cargo.toml", manifest);
    fixture.sandbox.git(["add", "Cargo.toml"]);
    assert_data_eq!(
        fixture.refuses("branch --allow-dirty", &["dirty"]),
        str![[r#"
error[dirty]: tracked files have changes: `Cargo.toml`
 |
 = help: commit or stash these: the plan edits them


"#]]
    );
}

#[test]
fn what_is_not_the_plans_is_left_alone_where_that_is_allowed() {
    let fixture = Fixture::new("virtual-workspace");
    fixture.sandbox.write("crates/orbit/src/lib.rs", "// mine\n");
    fixture.sandbox.write("xtask/src/lib.rs", "// staged\n");
    fixture.sandbox.git(["add", "xtask/src/lib.rs"]);
    fixture.sandbox.write("untracked", "mine\n");
    let said = fixture.run("branch --allow-dirty");
    assert_eq!(said.status, 0, "{}", said.err);
    assert_eq!(
        fixture.sandbox.git(["status", "--porcelain"]),
        " M crates/orbit/src/lib.rs\nM  xtask/src/lib.rs\n?? untracked"
    );
    assert_eq!(fixture.sandbox.git(["diff", "--name-only", "HEAD~1..HEAD", "--", "*.rs"]), "");
}

#[test]
fn a_second_cut_in_a_row_is_refused() {
    let fixture = Fixture::new("virtual-workspace");
    assert_eq!(fixture.run("branch").status, 0);
    assert_data_eq!(
        fixture.refuses("branch", &["trunk-already-moved"]),
        str![[r#"
error[trunk-already-moved]: the trunk is already at the next version, 8.0.0: nothing has come since release-7.0.0 was cut
--> Cargo.toml
 = help: there is nothing to cut; to release v7.0.0, run `cargo relprep release` on release-7.0.0


"#]]
    );
}

#[test]
fn a_prerelease_is_refused_where_none_is_expected() {
    let fixture = Fixture::changed("prerelease-train", &[("relprep.toml", "trunk = \"dev\"\n", "")]);
    // What was tagged is on the way to a release.
    fixture.sandbox.git(["tag", "v0.19.0-dev"]);
    assert_data_eq!(
        fixture.refuses("branch", &["prerelease"]),
        str![[r#"
error[prerelease]: the trunk's version 0.20.0-dev is a pre-release, which is not expected
 --> Cargo.toml:6:12
  |
6 | version = "0.20.0-dev"
  |            ^^^^^^^^^^
  |
  = help: set it to 0.20.0, or state `[prerelease] trunk = "dev"`


"#]]
    );
    let beta = ("Cargo.toml", "0.20.0-dev", "0.20.0-beta.3");
    let requirements = [
        ("crates/bevel/Cargo.toml", "=0.20.0-dev", "=0.20.0-beta.3"),
        ("crates/bevel_tools/Cargo.toml", "=0.20.0-dev", "=0.20.0-beta.3"),
    ];
    let fixture = Fixture::changed("prerelease-train", &[&[beta][..], &requirements].concat());
    assert_data_eq!(
        fixture.refuses("branch", &["prerelease"]),
        str![[r#"
error[prerelease]: the trunk's version 0.20.0-beta.3 is a pre-release other than is expected, as in 0.20.0-dev
 --> Cargo.toml:6:12
  |
6 | version = "0.20.0-beta.3"
  |            ^^^^^^^^^^^^^
  |
  = help: set it to 0.20.0-dev


"#]]
    );
}
