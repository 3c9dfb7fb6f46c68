//! Wrong usage, and all that is said at once.

use snapbox::{assert_data_eq, str};

use crate::fixture::Fixture;

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
