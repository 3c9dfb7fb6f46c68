//! What the files of a project say, and cannot mean.

use snapbox::{assert_data_eq, str};

use crate::fixture::Fixture;

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
