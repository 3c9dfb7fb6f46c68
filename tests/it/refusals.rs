//! Bad input: every reason at once, with its place and remedy, and nothing changed.

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

#[test]
fn notes_need_an_archive_marker_and_a_template_that_serves() {
    let fixture =
        Fixture::changed("windows-files", &[("RELEASES.md", "<!-- ARCHIVE_START -->", "<!-- ARCHIVE -->")]);
    assert_data_eq!(
        fixture.refuses("branch", &["notes-archive-marker"]),
        str![[r#"
error[notes-archive-marker]: the notes have no archive marker, the line `<!-- ARCHIVE_START -->`
--> RELEASES.md
 = help: add the line before the links to older notes, or at the end if there are none


"#]]
    );
    let fixture = Fixture::changed("version-files", &[("ci/notes.md", "{version}", "Next")]);
    assert_data_eq!(
        fixture.refuses("branch", &["notes-template"]),
        str![[r#"
error[notes-template]: the template has not one heading with the version
--> ci/notes.md
 = help: begin its section with the heading `## VERSION`


"#]]
    );
    let fixture = Fixture::changed("version-files", &[("Cargo.toml", "ci/notes.md", "ci/note.md")]);
    assert_data_eq!(
        fixture.refuses("branch", &["notes-template"]),
        str![[r#"
error[notes-template]: the notes' template is not there
--> ci/note.md
 = help: commit it, or take `template` out of `[notes]`


"#]]
    );
}

#[test]
fn a_configuration_is_refused_at_the_place_that_is_wrong() {
    let wrong = |old, new| Fixture::changed("several-lines", &[("relprep.toml", old, new)]);
    let unknown = wrong("branch = ", "brunch = ").refuses("branch", &["config-unknown-key"]);
    assert_data_eq!(
        unknown,
        str![[r#"
error[config-unknown-key]: unknown key `brunch`
 --> relprep.toml:5:1
  |
5 | brunch = "release-{major}.{minor}"
  | ^^^^^^
  |
  = help: did you mean `branch`?


"#]]
    );
    let unknown = wrong("[[line]]", "[[lines]]").refuses("branch", &["config-unknown-key"]);
    assert_data_eq!(
        unknown,
        str![[r#"
error[config-unknown-key]: unknown key `lines`
 --> relprep.toml:8:3
  |
8 | [[lines]]
  |   ^^^^^
  |
  = help: did you mean `line`?


"#]]
    );
    let mistyped = wrong("move = false", "move = \"no\"").refuses("branch", &["config-value"]);
    assert_data_eq!(
        mistyped,
        str![[r#"
error[config-value]: `line.move` takes `true` or `false`, not the string "no"
  --> relprep.toml:14:8
   |
14 | move = "no"
   |        ^^^^
   |
   = help: write it like `move = false`


"#]]
    );
    let placeholder = wrong("{version}", "{vresion}").refuses("branch", &["config-value"]);
    assert_data_eq!(
        placeholder,
        str![[r#"
error[config-value]: there is no placeholder `{vresion}` here: write `{version}` if that is meant; known here are `{version}`, `{plain}`, `{short}`, `{major}`, `{minor}`, `{patch}`, `{name}`; write `{{` for a brace
 --> relprep.toml:6:7
  |
6 | tag = "tools-{vresion}"
  |       ^^^^^^^^^^^^^^^^^
  |
  = help: write it like `tag = "v{version}"`


"#]]
    );
    let syntax = wrong("lead = \"tools\"", "lead = tools").refuses("branch", &["config-value"]);
    assert_data_eq!(
        syntax,
        str![[r#"
error[config-value]: invalid boolean, expected `true`
 --> relprep.toml:2:8
  |
2 | lead = tools
  |        ^^^^^
  |
  = help: make it valid TOML


"#]]
    );
    let fixture = Fixture::changed("version-files", &[("relprep.toml", "", "lead = \"gears\"\n")]);
    assert_data_eq!(
        fixture.refuses("branch", &["config-twice"]),
        str![[r#"
error[config-twice]: [workspace.metadata.relprep] and relprep.toml both configure this workspace
 --> Cargo.toml:4:1
  |
4 | [workspace.metadata.relprep]
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: keep one of them, or name the one to use with `--config`


"#]]
    );
    assert_data_eq!(
        fixture.refuses("branch --config nowhere.toml", &["no-config"]),
        str![[r#"
error[no-config]: cannot read the configuration nowhere.toml: No such file or directory (os error 2)
 |
 = help: give `--config` the path of a file


"#]]
    );
}

#[test]
fn requirements_that_cannot_follow_or_break_a_rule_are_refused_at_their_place() {
    let fixture = Fixture::changed(
        "spellings",
        &[("app/Cargo.toml", ">=2, <4", ">=2, <3"), ("app/Cargo.toml", "=2.1.0", "=2.0.9")],
    );
    let rules = ["requirement-range", "requirement-match"];
    assert_data_eq!(
        fixture.refuses("branch", &rules),
        str![[r#"
error[requirement-match]: the requirement `=2.0.9` does not match 2.1.0, the version of `gnomon`
 --> app/Cargo.toml:7:50
  |
7 | gnomon = { path = "../crates/gnomon", version = "=2.0.9" } # exact
  |                                                  ^^^^^^
  |
  = help: write `=2.1.0`

error[requirement-range]: the requirement `>=2, <3` on `rim` would not match 3.0.0
  --> app/Cargo.toml:21:41
   |
21 | renamed = { package = "rim", version = ">=2, <3", path = "../crates/rim" }
   |                                         ^^^^^^^
   |
   = help: widen it to include 3.0.0, or write `2.1.0` and it will follow


"#]]
    );
    let fixture = Fixture::changed(
        "version-files",
        &[
            ("crates/clockwork/Cargo.toml", "=4.0.2", "4.0.2"),
            ("crates/clockwork-cli/Cargo.toml", "\"4.0.2\" }", "\"=4.0.2\" }"),
        ],
    );
    assert_data_eq!(
        fixture.refuses("branch", &["requirement-caret", "requirement-exact"]),
        str![[r#"
error[requirement-caret]: `clockwork` must be required by caret, not by `=4.0.2`
 --> crates/clockwork-cli/Cargo.toml:7:49
  |
7 | clockwork = { path = "../clockwork", version = "=4.0.2" }
  |                                                 ^^^^^^
  |
  = help: write `4.0.2`, or change `[requirements]`

error[requirement-exact]: `clockwork-spring` must be required exactly, not by `4.0.2`
 --> crates/clockwork/Cargo.toml:7:63
  |
7 | clockwork-spring = { path = "../clockwork-spring", version = "4.0.2" }
  |                                                               ^^^^^
  |
  = help: write `=4.0.2`, or change `[requirements]`


"#]]
    );
}

#[test]
fn version_files_are_refused_where_a_line_is_missing_or_says_otherwise() {
    let fixture = Fixture::changed(
        "windows-files",
        &[
            ("version.h", "WINDOWS_VERSION \"3.0.0\"", "WINDOWS_VERSION \"2.9.0\""),
            ("version.h", "#define WINDOWS_VERSION_PATCH 0", ""),
        ],
    );
    let rules = ["version-file-missing", "version-file-version"];
    assert_data_eq!(
        fixture.refuses("branch", &rules),
        str![[r#"
error[version-file-version]: this line has `2.9.0` where `3.0.0` is expected
 --> version.h:2:1
  |
2 | #define WINDOWS_VERSION "2.9.0"
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: correct the line to `#define WINDOWS_VERSION "3.0.0"`

error[version-file-missing]: no line reads `#define WINDOWS_VERSION_PATCH 0`
--> version.h
 = help: restore the line, or correct the pattern `#define WINDOWS_VERSION_PATCH {patch}`


"#]]
    );
    fixture.sandbox.git(["rm", "--quiet", "version.h"]);
    fixture.sandbox.commit_all("No header");
    assert_data_eq!(
        fixture.refuses("branch", &["version-file-missing"]),
        str![[r#"
error[version-file-missing]: this version file is not there
--> version.h
 = help: commit it, or take its `[[version-file]]` out of the configuration


"#]]
    );
}

#[test]
fn what_is_released_already_is_not_released_again() {
    let fixture = Fixture::new("version-files");
    fixture.sandbox.git(["switch", "--quiet", "--create", "release-4.0.0"]);
    assert_eq!(fixture.run("release").status, 0);
    assert_data_eq!(
        fixture.refuses("release", &["nothing-to-do"]),
        str![[r#"
error[nothing-to-do]: there is nothing to release: 4.0.2 is prepared already
 |
 = help: tag and publish what is there, or run `cargo relprep patch` for the next one


"#]]
    );
    fixture.sandbox.git(["tag", "v4.0.2"]);
    fixture.sandbox.git(["tag", "v4.0.3", "main"]);
    assert_data_eq!(
        fixture.refuses("release", &["nothing-to-do", "tag-exists"]),
        str![[r#"
error[tag-exists]: the tag `v4.0.2` already exists, at [COMMIT 2]: 4.0.2 is released
 |
 = help: pull the branch that holds it, or put the version right

error[nothing-to-do]: there is nothing to release: 4.0.2 is prepared already
 |
 = help: tag and publish what is there, or run `cargo relprep patch` for the next one


"#]]
    );
    assert_data_eq!(
        fixture.refuses("patch", &["tag-exists"]),
        str![[r#"
error[tag-exists]: the tag `v4.0.3` already exists, at [COMMIT 1]: 4.0.3 is released
 |
 = help: pull the branch that holds it, or put the version right


"#]]
    );
    assert_data_eq!(
        fixture.refuses("rc", &["no-candidates"]),
        str![[r#"
error[no-candidates]: this train has no release candidates
 |
 = help: state `[prerelease] candidate = "rc"`, or run `cargo relprep release`


"#]]
    );
}

#[test]
fn a_lock_file_in_which_cargo_would_change_third_parties_is_refused() {
    let stale = |requirement| {
        let changes = [
            ("Cargo.toml", "lunation = \"0.4\"", requirement),
            ("Cargo.lock", "name = \"orbit\"\nversion = \"7.0.0\"", "name = \"orbit\"\nversion = \"6.9.0\""),
        ];
        Fixture::changed("virtual-workspace", &changes)
    };
    assert_data_eq!(
        stale("lunation = \"0.5\"").refuses("branch", &["lock-drift"]),
        str![[r#"
error[lock-drift]: Cargo would change third parties here: lunation goes from 0.4.1 to 0.5.0
--> Cargo.lock
 = help: bring the lock file up to date in a commit of its own first: `cargo update --workspace`


"#]]
    );
    let said = stale("lunation = \"0.6\"").refuses("branch", &["lock-unsettled"]);
    assert_data_eq!(
        said,
        str![[r#"
error[lock-unsettled]: Cargo cannot bring this lock file up to date offline (it is out of date: it has `orbit` at version 6.9.0, the manifest at 7.0.0): failed to select a version for the requirement `lunation = "^0.6"`
...
                       required by package `orbit v8.0.0 (crates/orbit)`
...
--> Cargo.lock
 = help: run `cargo update --workspace` there, see what it says, and commit the result first


"#]]
    );
}

#[test]
fn every_reason_is_given_at_once() {
    let fixture = Fixture::changed(
        "windows-files",
        &[
            ("version.h", "WINDOWS_VERSION_MAJOR 3", "WINDOWS_VERSION_MAJOR 2"),
            ("RELEASES.md", "<!-- ARCHIVE_START -->", ""),
            ("Cargo.toml", "\"3.0.0\" }", "\">=3, <4\" }"),
        ],
    );
    fixture.sandbox.git(["branch", "release-3.0.0"]);
    fixture.sandbox.git(["tag", "v3.0.0"]);
    fixture.sandbox.git(["switch", "--quiet", "--create", "elsewhere"]);
    fixture.sandbox.write("app/src/lib.rs", "// mine\n");
    let rules = [
        "branch-exists",
        "dirty",
        "not-on-trunk",
        "notes-archive-marker",
        "requirement-range",
        "tag-exists",
        "version-file-version",
    ];
    assert_data_eq!(
        fixture.refuses("branch", &rules),
        str![[r#"
error[not-on-trunk]: a release branch is cut from the trunk, `main`, and this is `elsewhere`
 |
 = help: run `git switch main`, or set `trunk` in the configuration

error[branch-exists]: the branch `release-3.0.0` already exists, at [COMMIT 1]
 |
 = help: if it is left over, remove it with `git branch -D release-3.0.0`

error[tag-exists]: the tag `v3.0.0` already exists, at [COMMIT 1]: 3.0.0 is released
 |
 = help: pull the branch that holds it, or put the version right

error[notes-archive-marker]: the notes have no archive marker, the line `<!-- ARCHIVE_START -->`
--> RELEASES.md
 = help: add the line before the links to older notes, or at the end if there are none

error[requirement-range]: the requirement `>=3, <4` on `windows-core-of` would not match 4.0.0
  --> Cargo.toml:10:68
   |
10 | core-of = { package = "windows-core-of", path = "core", version = ">=3, <4" }
   |                                                                    ^^^^^^^
   |
   = help: widen it to include 4.0.0, or write `3.0.0` and it will follow

error[version-file-version]: this line has `2` where `3` is expected
 --> version.h:3:1
  |
3 | #define WINDOWS_VERSION_MAJOR 2
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: correct the line to `#define WINDOWS_VERSION_MAJOR 3`

error[dirty]: tracked files have changes: `app/src/lib.rs`
 |
 = help: commit or stash them, or give `--allow-dirty` to leave alone what the plan does not edit


"#]]
    );
    let json = fixture.run("branch --format json");
    assert_eq!((json.status, json.err.as_str()), (1, ""));
    let document: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    let mut named: Vec<_> = document["refused"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["rule"].as_str().unwrap())
        .collect();
    named.sort_unstable();
    assert_eq!(named, rules);
}

#[test]
fn wrong_usage_has_a_status_of_its_own() {
    let fixture = Fixture::new("lone-package");
    for args in ["brunch", "branch --level huge", "branch --date 2024-02-30", "patch --date 2024-2-3", ""] {
        let before = fixture.state();
        let said = fixture.run(args);
        assert_eq!((said.status, said.out.as_str()), (2, ""), "{args}: {}", said.err);
        assert_eq!(fixture.state(), before);
    }
    assert_data_eq!(
        fixture.run("branch --date 2023-02-29").err,
        str![[r#"
error: invalid value '2023-02-29' for '--date <YYYY-MM-DD>': this is not a day of the calendar; write it like 2025-08-20

For more information, try '--help'.

"#]]
    );
}

#[test]
fn a_failure_that_is_not_the_users_to_put_right_has_a_status_of_its_own() {
    let fixture = Fixture::new("lone-package");
    let before = fixture.state();
    let output = fixture
        .command(env!("CARGO_BIN_EXE_cargo-relprep"))
        .args(["branch", "--date", "2024-05-20"])
        .env("CARGO", fixture.sandbox.dir().join("nowhere"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert_data_eq!(
        String::from_utf8(output.stderr).unwrap(),
        str![[r#"
error[failure]: cannot run `cargo metadata`: No such file or directory (os error 2)


"#]]
    );
    assert_eq!(fixture.state(), before);
}

#[test]
fn notes_that_cannot_be_dated_are_the_only_reason() {
    let fixture = Fixture::changed("virtual-workspace", &[("RELEASES.md", "", "## 6.0.0\n")]);
    fixture.sandbox.git(["switch", "--quiet", "-c", "release-7.0.0"]);
    fixture.refuses("release", &["notes-section"]);
}

#[test]
fn a_dry_run_finds_what_would_stand_in_the_way() {
    let fixture = Fixture::new("virtual-workspace");
    fixture.sandbox.write("RELEASES.md", "mine\n");
    fixture.sandbox.write("Cargo.toml", fixture.sandbox.read("Cargo.toml") + "# changed\n");
    for args in ["branch --dry-run", "branch"] {
        fixture.refuses(args, &["dirty", "untracked-file"]);
    }
    fixture.sandbox.git(["checkout", "--quiet", "Cargo.toml"]);
    std::fs::remove_file(fixture.sandbox.root().join("RELEASES.md")).unwrap();
    fixture.sandbox.git(["branch", "release-7.0.0"]);
    fixture.sandbox.git(["worktree", "add", "--quiet", "../beside", "release-7.0.0"]);
    for args in ["patch --branch release-7.0.0 --dry-run", "patch --branch release-7.0.0"] {
        fixture.refuses(args, &["branch-in-use"]);
    }
}

#[test]
fn a_remote_that_is_none_is_refused_before_anything_is_made() {
    let fixture = Fixture::new("virtual-workspace");
    for remote in ["nowhere", "-x"] {
        fixture.refuses(&format!("branch --push --remote={remote}"), &["no-remote"]);
    }
}

#[test]
fn a_branch_cannot_be_named_like_the_folder_of_another() {
    let names = "[names]\nbranch = \"release/{short}\"\n";
    let fixture = Fixture::changed("virtual-workspace", &[("relprep.toml", "", names)]);
    fixture.sandbox.git(["branch", "release"]);
    for args in ["branch --dry-run", "branch"] {
        assert!(fixture.refuses(args, &["branch-name-taken"]).contains("release is a branch"));
    }
}

#[test]
fn names_in_the_configuration_that_name_nothing_are_said() {
    let config = "[requirements]\nexact = [\"orbit-macros\", \"zzz\"]\n";
    let fixture = Fixture::changed("virtual-workspace", &[("relprep.toml", "", config)]);
    let said = fixture.run("branch --dry-run");
    assert!(said.status == 0 && said.err.contains("no package is named `zzz`"), "{}", said.err);
    let config = "[[version-file]]\npath = \"Cargo.toml\"\npackage = \"zzz\"\nlines = [\"{version}\"]\n";
    let fixture = Fixture::changed("virtual-workspace", &[("relprep.toml", "", config)]);
    assert!(fixture.refuses("branch", &["version-file-package"]).contains("no package `zzz`"));
}

#[test]
fn a_patch_of_what_was_never_released_is_warned_of() {
    let notes = "## 7.0.0\n\nUnreleased.\n";
    let fixture = Fixture::changed("virtual-workspace", &[("RELEASES.md", "", notes)]);
    fixture.sandbox.git(["switch", "--quiet", "-c", "release-7.0.0"]);
    let said = fixture.run("patch --dry-run");
    assert!(said.status == 0 && said.err.contains("warning[never-released]"), "{}", said.err);
}

#[test]
fn a_glob_that_matches_nothing_is_no_branch_to_make() {
    let fixture = Fixture::new("virtual-workspace");
    let said = fixture.refuses("patch --branch release-9*", &["no-branch"]);
    assert!(said.contains("`git branch NAME origin/NAME`"), "{said}");
    let said = fixture.refuses("patch --branch release-9.0.0", &["no-branch"]);
    assert!(said.contains("`git branch release-9.0.0 origin/release-9.0.0`"), "{said}");
}

#[test]
fn no_option_is_ignored() {
    let schedule = "[schedule]\nanchor = { version = \"7.0.0\", release = \"2024-05-20\" }\n";
    let fixture = Fixture::changed("virtual-workspace", &[("relprep.toml", "", schedule)]);
    fixture.sandbox.git(["branch", "release-7.0.0"]);
    for (args, status, words) in [
        ("patch --branch release-7.0.0 --except 7.0=why", 2, "cannot be used with"),
        ("patch --branch release-7.0.0 --unaffected 7.0=why", 2, "cannot be used with"),
        ("schedule --manifest-path nope/Cargo.toml", 1, "error[no-manifest]"),
        ("status --manifest-path nope/Cargo.toml", 1, "error[no-manifest]"),
        ("branch --dry-run --push --remote nowhere", 1, "error[no-remote]"),
    ] {
        let said = fixture.run(args);
        assert!(said.status == status && said.err.contains(words), "`{args}`: {}{}", said.out, said.err);
    }
}

#[test]
fn what_nobody_can_explain_is_refused_and_every_key_is_explained() {
    let fixture = Fixture::new("lone-package");
    assert!(fixture.refuses("help brunch", &["no-topic"]).contains("no help about `brunch`"));
    let page = fixture.run("help config");
    assert_eq!((page.status, page.err.as_str()), (0, ""));
    for key in relprep::config::keys::KEYS {
        assert!(page.out.contains(key.name) && page.out.contains(&key.line()), "{}", key.name);
    }
    assert_eq!(fixture.run("help branch").out, fixture.run("branch --help").out);
}
