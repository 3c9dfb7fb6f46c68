//! `check`: on a train's real history, and on a workspace that breaks one rule at a time.

mod asked;
mod fetched;
mod interfaces;
mod named;
mod packed;
mod published;
mod quiet;

use crate::check_msrv::with_third_parties;
use crate::checking::{Run, relprep};
use crate::support::Sandbox;

const ROOT: &str = "\
[workspace]
members = [\"members/*\"]
exclude = [\"example\"]
resolver = \"2\"

[workspace.package]
version = \"1.0.0\"
edition = \"2021\"
rust-version = \"1.70\"
description = \"A part of it\"
license = \"MIT\"
";

const CONFIGURATION: &str = "\
lead = \"app\"

[requirements]
exact = [\"lib\"]

[[version-file]]
path = \"version.h\"
lines = ['#define VERSION \"{version}\"']

[schedule]
anchor = { version = \"1.0.0\", release = \"2024-05-20\" }
support-months = 2
";

const NOTES: &str = "\
## 1.0.0

Released 2024-05-20.

### Fixed

* Much.

---

<!-- ARCHIVE_START -->
* [0.9.x](../release-0.9.0/RELEASES.md)
";

fn member(name: &str, more: &str) -> String {
    let inherited = ["version", "edition", "rust-version", "description", "license"];
    let inherited = inherited.map(|key| format!("{key}.workspace = true\n")).concat();
    format!("[package]\nname = \"{name}\"\n{inherited}{more}")
}

/// A workspace on the release branch whose first release is tagged, in which nothing is wrong.
fn released() -> Sandbox {
    let app = "[dependencies]\nlib = { path = \"../lib\", version = \"=1.0.0\" }\n\
               [dev-dependencies]\ntool = { path = \"../tool\" }\n";
    let sandbox = Sandbox::with_files([
        ("Cargo.toml", ROOT.to_owned()),
        ("relprep.toml", CONFIGURATION.to_owned()),
        ("RELEASES.md", NOTES.to_owned()),
        ("version.h", "#define VERSION \"1.0.0\"\n".to_owned()),
        ("members/app/Cargo.toml", member("app", app)),
        ("members/app/README.md", "It.\n".to_owned()),
        ("members/app/src/lib.rs", String::new()),
        ("members/lib/Cargo.toml", member("lib", "")),
        ("members/lib/src/lib.rs", String::new()),
        ("members/tool/Cargo.toml", member("tool", "publish = false\n")),
        ("members/tool/src/lib.rs", String::new()),
    ]);
    lock(&sandbox);
    sandbox.commit_all("Release 1.0.0");
    sandbox.git(["branch", "release-0.9.0", "HEAD^"]);
    sandbox.git(["switch", "--quiet", "--create", "release-1.0.0"]);
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
    let day: &[&str] = if more.contains(&"--date") { &[] } else { &["--date", "2024-05-20"] };
    relprep(sandbox, &[&["check", "--format", "json"], day, more].concat())
}

/// Commits what `plant` does, as the tagged release, and returns the findings that are not notes.
fn planted(plant: impl Fn(&Sandbox)) -> Vec<String> {
    let sandbox = released();
    plant(&sandbox);
    sandbox.commit_all("Go wrong");
    sandbox.git(["tag", "--force", "v1.0.0"]);
    wrong(&check(&sandbox, &[]))
}

fn wrong(run: &Run) -> Vec<String> {
    let wrong: Vec<String> = run.findings().into_iter().filter(|found| !found.starts_with("note")).collect();
    assert_eq!(run.status, i32::from(wrong.iter().any(|found| found.starts_with("error"))), "{}", run.out);
    wrong
}

#[test]
fn nothing_is_found_where_nothing_is_wrong_and_the_publish_order_is_printed() {
    let sandbox = released();
    assert_eq!(check(&sandbox, &["--strict"]).findings(), [""; 0]);
    let shown = relprep(&sandbox, &["check", "--date", "2024-05-20"]).exits(0);
    assert!(shown.contains("publish  lib, app\n"), "{shown}");
}

#[test]
fn each_rule_of_versions_finds_what_breaks_it() {
    let header = planted(|it| it.write("version.h", "#define VERSION \"0.9.0\"\n"));
    assert_eq!(header, ["error version-file-version"]);
    let operator = planted(|it| edit(it, "members/app/Cargo.toml", "\"=1.0.0\"", "\"1.0.0\""));
    assert_eq!(operator, ["error requirement-exact"]);
    let outside = planted(|it| {
        let stale = "[package]\nname = \"example\"\nversion = \"0.0.0\"\n\
                     [dependencies]\nlib = { path = \"../members/lib\", version = \"0.9\" }\n";
        it.write("example/Cargo.toml", stale);
    });
    assert_eq!(outside, ["warning requirement-match"]);

    let sandbox = released();
    sandbox.git(["branch", "release-2.0.0"]);
    let other_branch = wrong(&check(&sandbox, &["--branch", "release-2.0.0"]));
    assert!(other_branch.contains(&"error branch-version".to_owned()), "{other_branch:?}");
    sandbox.git(["branch", "--delete", "release-2.0.0"]);
    sandbox.git(["tag", "v1.0.3", "HEAD^"]);
    let lower = wrong(&check(&sandbox, &[]));
    assert_eq!(lower, ["error tag-version"]);
    sandbox.git(["tag", "--delete", "v1.0.3"]);
    sandbox.commit_all("A fix since the release");
    assert_eq!(wrong(&check(&sandbox, &[])), ["warning tag-version"]);
    assert_eq!(check(&sandbox, &["--strict"]).status, 1);
}

#[test]
fn a_requirement_that_does_not_match_keeps_its_operator_in_the_remedy() {
    let sandbox = released();
    let stale = "[package]\nname = \"example\"\nversion = \"0.0.0\"\n\
                 [dependencies]\nlib = { path = \"../members/lib\", version = \"=0.9.0\" }\n";
    sandbox.write("example/Cargo.toml", stale);
    sandbox.commit_all("Leave an example behind");
    let run = check(&sandbox, &[]);
    assert!(run.out.contains("write `=1.0.0`"), "{}", run.out);
}

#[test]
fn a_lock_file_that_is_not_current_is_found() {
    let version = planted(|it| {
        edit(it, "Cargo.lock", "name = \"lib\"\nversion = \"1.0.0\"", "name = \"lib\"\nversion = \"0.9.0\"");
    });
    // Of the package itself, and of the one that requires it.
    assert_eq!(version, ["error lock-current", "error lock-current"]);
    let gone = planted(|it| edit(it, "Cargo.lock", " \"lib\",\n", ""));
    assert_eq!(gone, ["error lock-current"]);
    let come = planted(|it| edit(it, "Cargo.lock", " \"lib\",\n", " \"lib\",\n \"other\",\n"));
    assert_eq!(come, ["error lock-current"]);
}

#[test]
fn what_a_rule_finds_broken_keeps_its_name_and_has_a_level_of_its_own() {
    let conflict = |configured: &str| {
        planted(|it| {
            edit(it, "Cargo.lock", "[[package]]", "<<<<<<< HEAD\n[[package]]");
            it.write("relprep.toml", format!("{CONFIGURATION}\n[check]\n{configured}"));
        })
    };
    assert_eq!(conflict(""), ["error lock-file-conflict"]);
    assert_eq!(conflict("lock-current = \"warning\""), ["warning lock-file-conflict"]);
    assert_eq!(conflict("lock-file-conflict = \"off\""), [""; 0]);
}

#[test]
fn a_nested_lock_file_is_checked_as_the_main_one_is() {
    let sandbox = released();
    let fuzz = "[package]\nname = \"fuzz\"\nversion = \"0.0.0\"\nedition = \"2021\"\npublish = false\n\
                [workspace]\n[dependencies]\nlib = { path = \"../members/lib\" }\n";
    sandbox.write("fuzz/Cargo.toml", fuzz);
    sandbox.write("fuzz/src/lib.rs", "");
    let lock = ["generate-lockfile", "--offline", "--quiet", "--manifest-path", "fuzz/Cargo.toml"];
    assert!(sandbox.command("cargo").args(lock).status().unwrap().success());
    sandbox.commit_all("Fuzz it");
    sandbox.git(["tag", "--force", "v1.0.0"]);
    assert_eq!(check(&sandbox, &[]).findings(), [""; 0]);
    edit(&sandbox, "fuzz/Cargo.lock", "dependencies = [\n \"lib\",\n]\n", "");
    edit(&sandbox, "fuzz/Cargo.lock", "[[package]]\nname = \"lib\"\nversion = \"1.0.0\"\n", "");
    sandbox.commit_all("Merge it badly");
    sandbox.git(["tag", "--force", "v1.0.0"]);
    let run = check(&sandbox, &[]);
    assert_eq!(wrong(&run), ["error lock-current"]);
    assert!(run.out.contains("\"path\": \"fuzz/Cargo.lock\""), "{}", run.out);
}

#[test]
fn what_third_parties_depend_on_is_for_cargo_to_say() {
    let sandbox = with_third_parties();
    sandbox.write("relprep.toml", "[notes]\nenabled = false\n[check]\npackage-metadata = \"off\"\n");
    let found = |sandbox: &Sandbox| {
        sandbox.commit_all("Go on");
        let run = check(sandbox, &[]);
        let about_locks = |found: &String| found.ends_with("lock-current");
        run.findings().into_iter().filter(about_locks).collect::<Vec<_>>()
    };
    assert_eq!(found(&sandbox), [""; 0]);
    edit(&sandbox, "Cargo.lock", "dependencies = [\n \"deep\",\n]\n", "");
    assert_eq!(found(&sandbox), ["error lock-current"]);
    sandbox.git(["revert", "--no-edit", "--no-gpg-sign", "HEAD"]);
    std::fs::remove_dir_all(sandbox.dir().join("shelf/mid")).unwrap();
    assert_eq!(found(&sandbox), ["note lock-current"]);
}

#[test]
fn each_rule_of_notes_finds_what_breaks_it() {
    let none = planted(|it| edit(it, "RELEASES.md", "## 1.0.0", "## 0.9.9"));
    assert_eq!(none, ["error notes-section"]);
    let twice = planted(|it| edit(it, "RELEASES.md", "---", "## 1.0.0\n\nReleased 2024-05-20.\n\n---"));
    assert_eq!(twice, ["error notes-section"]);
    let order = planted(|it| edit(it, "RELEASES.md", "---", "## 1.0.1\n\nUnreleased.\n\n---"));
    assert_eq!(order, ["error notes-order"]);
    let state = planted(|it| edit(it, "RELEASES.md", "Released 2024-05-20", "Unreleased"));
    assert_eq!(state, ["error notes-state"]);
    let date = planted(|it| edit(it, "RELEASES.md", "2024-05-20", "2024-05-18"));
    assert_eq!(date, ["error release-date"]);
    let unlinked = planted(|it| edit(it, "RELEASES.md", "* [0.9.x](../release-0.9.0/RELEASES.md)\n", ""));
    assert_eq!(unlinked, ["error notes-archive"]);
    let again = planted(|it| {
        edit(it, "RELEASES.md", "* [0.9.x]", "* [0.9.x](../release-0.9.0/RELEASES.md)\n* [0.9.x]");
    });
    assert_eq!(again, ["error notes-archive"]);

    let sandbox = released();
    sandbox.git(["tag", "--delete", "v1.0.0"]);
    sandbox.git(["tag", "v0.9.0", "release-0.9.0"]);
    let late = wrong(&check(&sandbox, &["--date", "2024-05-21"]));
    assert_eq!(late, ["error notes-state"]);
}

#[test]
fn each_rule_of_packages_finds_what_breaks_it() {
    let app = "members/app/Cargo.toml";
    let silent = planted(|it| edit(it, app, "description.workspace = true\n", ""));
    assert_eq!(silent, ["error package-metadata"]);
    let unread = planted(|it| {
        edit(it, app, "license.workspace = true\n", "license-file = \"LICENSE\"\nreadme = \"R.md\"\n");
    });
    assert_eq!(unread, ["error package-metadata", "error package-metadata"]);
    let no_version = planted(|it| edit(it, app, ", version = \"=1.0.0\"", ""));
    assert_eq!(no_version, ["error package-dependency"]);
    let unpublished = planted(|it| {
        edit(it, app, "tool = { path = \"../tool\" }", "tool = { path = \"../tool\", version = \"1\" }");
    });
    assert_eq!(unpublished, ["error package-dependency"]);
    let cycle = planted(|it| {
        let back = "[dev-dependencies]\napp = { path = \"../app\", version = \"1\" }\n";
        it.write("members/lib/Cargo.toml", member("lib", back));
        lock(it);
    });
    assert_eq!(cycle, ["error publish-order"]);
    let stripped = planted(|it| {
        it.write(
            "members/lib/Cargo.toml",
            member("lib", "[dev-dependencies]\napp = { path = \"../app\" }\n"),
        );
        lock(it);
    });
    assert_eq!(stripped, [""; 0]);
}

#[test]
fn what_the_configuration_excludes_is_published_nowhere() {
    let sandbox = released();
    let sample = "[package]\nname = \"sample-web\"\nversion = \"0.3.0\"\nedition = \"2021\"\nrust-version = \"1.70\"\n";
    sandbox.write("members/sample/Cargo.toml", sample);
    sandbox.write("members/sample/src/main.rs", "fn main() {}");
    lock(&sandbox);
    let found = |exclude: &str| {
        sandbox.write("relprep.toml", format!("{CONFIGURATION}\n[publish]\nexclude = [{exclude}]\n"));
        sandbox.commit_all("Show it");
        sandbox.git(["tag", "--force", "v1.0.0"]);
        check(&sandbox, &[])
    };
    assert_eq!(wrong(&found("")), ["error package-metadata"; 2]);
    let run = found("\"sample-*\"");
    assert_eq!(run.findings(), [""; 0], "{}", run.out);
    assert!(run.out.contains("\"text\": \"lib, app\""), "{}", run.out);
    // It has a version of its own, which moves only where it is published.
    sandbox.write("relprep.toml", "[notes]\nenabled = false\n[publish]\nexclude = [\"sample-*\"]\n");
    sandbox.commit_all("Patch without it");
    let shown = relprep(&sandbox, &["patch", "--dry-run"]).exits(0);
    assert!(shown.contains("1 package (not published") && shown.contains(": sample-web"), "{shown}");
}

#[test]
fn msrv_and_support_are_held() {
    let sandbox = released();
    edit(&sandbox, "Cargo.toml", "\"1.70\"", "\"1.71\"");
    sandbox.commit_all("Need more");
    assert_eq!(wrong(&check(&sandbox, &[])), ["warning tag-version", "error msrv-raised"]);
    let sandbox = released();
    assert_eq!(wrong(&check(&sandbox, &["--date", "2024-07-20"])), [""; 0]);
    let run = check(&sandbox, &["--date", "2024-07-21"]);
    assert_eq!(wrong(&run), ["error support"]);
    assert!(run.out.contains("supported until 2024-07-20"), "{}", run.out);
}

#[test]
fn a_branch_that_is_not_checked_out_is_judged_by_its_own_tip() {
    let sandbox = released();
    let run = "[[run]]\ncommand = [\"true\"]\n";
    sandbox.write("relprep.toml", format!("{CONFIGURATION}{run}"));
    sandbox.write("version.h", "#define VERSION \"0.9.0\"\n");
    sandbox.commit_all("Go wrong");
    sandbox.git(["tag", "--force", "v1.0.0"]);
    let tip = sandbox.rev("HEAD");
    let there = wrong(&check(&sandbox, &[]));
    assert_eq!(there, ["error version-file-version"]);
    sandbox.git(["switch", "--quiet", "main"]);
    let run = check(&sandbox, &["--branch", "release-1.0.0"]);
    assert_eq!(wrong(&run), there);
    assert!(run.out.contains(&format!("\"text\": \"{}\"", &tip[..10])), "{}", run.out);
    let versions = ["check", "--only-versions", "--branch", "release-1.0.0"];
    let shown = relprep(&sandbox, &versions).exits(1);
    assert!(shown.contains(&format!(" to {}", &tip[..10])), "{shown}");
}

#[test]
fn the_trunk_has_all_that_a_cut_needs() {
    let sandbox = released();
    sandbox.git(["switch", "--quiet", "main"]);
    let found = wrong(&check(&sandbox, &[]));
    // The trunk was not moved after the cut: its version is dated, tagged, and has its branch.
    assert_eq!(found, ["error branch-exists", "error tag-exists"]);
    for path in ["Cargo.toml", "members/app/Cargo.toml", "version.h", "Cargo.lock"] {
        let text = sandbox.read(path);
        sandbox.write(path, text.replace("1.0.0", "2.0.0"));
    }
    let notes = NOTES.replace("## 1.0.0\n\nReleased 2024-05-20", "## 2.0.0\n\nUnreleased");
    let entry = "* [1.0.x](../release-1.0.0/RELEASES.md)\n* [0.9.x]";
    sandbox.write("RELEASES.md", notes.replace("* [0.9.x]", entry));
    sandbox.commit_all("Bump it to 2.0.0");
    assert_eq!(wrong(&check(&sandbox, &[])), [""; 0]);
    sandbox.git(["branch", "release-2.0.0", "HEAD^"]);
    let run = check(&sandbox, &[]);
    assert_eq!(wrong(&run), ["error branch-exists"]);
}

#[test]
fn on_another_branch_what_depends_on_the_branch_is_left_out_and_that_is_said() {
    let sandbox = released();
    edit(&sandbox, "RELEASES.md", "## 1.0.0", "## 0.9.9");
    sandbox.commit_all("Go wrong");
    sandbox.git(["switch", "--quiet", "--create", "feature"]);
    let run = check(&sandbox, &[]);
    assert_eq!(wrong(&run), [""; 0]);
    assert!(run.out.contains("it is neither a release branch nor the trunk"), "{}", run.out);
    edit(&sandbox, "members/app/Cargo.toml", "description.workspace = true\n", "");
    sandbox.commit_all("Describe nothing");
    assert_eq!(wrong(&check(&sandbox, &[])), ["error package-metadata"]);
}

#[test]
fn a_rule_is_turned_off_or_down_and_an_unknown_one_is_refused() {
    let at = |level: &str| {
        planted(|it| {
            it.write("version.h", "none\n");
            it.write("relprep.toml", format!("{CONFIGURATION}\n[check]\nversion-file = \"{level}\"\n"));
        })
    };
    assert_eq!(at("off"), [""; 0]);
    assert_eq!(at("note"), [""; 0]);
    assert_eq!(at("warning"), ["warning version-file-missing"]);
    let sandbox = released();
    sandbox.write("relprep.toml", format!("{CONFIGURATION}\n[check]\nversion-fiel = \"off\"\n"));
    let shown = relprep(&sandbox, &["check"]).exits(1);
    assert!(shown.contains("did you mean `version-file`?"), "{shown}");
}
