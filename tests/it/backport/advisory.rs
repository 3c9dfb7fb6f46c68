//! `--advisory`: which versions have a fix, from which evidence, and what is refused.

use std::path::Path;

use super::{Train, notes};
use crate::schema::validated_by;
use crate::support::Sandbox;
use crate::tools::Tool;

#[test]
fn an_advisory_gets_its_ranges_from_branches_and_tags() {
    let train = Train::new();
    train.cut_through(4);
    for major in 1..=4 {
        train.git(&["tag", &format!("v{major}.0.0"), &format!("release-{major}.0.0")]);
    }
    let fix = train.change("main", "src/lib.rs", "// two", "// fixed", "Fix two\n\nCVE-2024-12345");
    train.run(&[&fix, "--to", "release-[234]*"]).exits(0);
    for major in [2, 4] {
        let branch = format!("release-{major}.0.0");
        train.change(&branch, "Cargo.toml", &format!("{major}.0.0"), &format!("{major}.0.1"), "Patch");
        train.git(&["tag", &format!("v{major}.0.1"), &branch]);
    }
    train.git(&["branch", "release-5.0.0"]);
    let text = train.run(&["--advisory", "cve-2024-12345"]).exits(0);
    assert!(
        text.contains("patched = [\">= 2.0.1, < 3.0.0\", \">= 3.0.1, < 4.0.0\", \">= 4.0.1\"]"),
        "{text}"
    );
    assert!(text.contains("affected: < 2.0.1, >= 3.0.0, < 3.0.1, >= 4.0.0, < 4.0.1"), "{text}");
    assert!(
        text.contains("the fix on release-3.0.0 is in no tag yet; 3.0.1 is expected to have it"),
        "{text}"
    );
    let text = beside(&train);
    assert!(!text.contains("the fix is not in it"), "{text}");
    train.git(&["tag", "--force", "v2.0.2", "release-2.0.0~2"]);
    let text = train.run(&["--advisory", "CVE-2024-12345"]).exits(1);
    assert!(text.contains("v2.0.2 counts as patched, and the fix is not in it"), "{text}");
    assert!(
        train
            .run(&["--advisory", "CVE-2024-99999"])
            .exits(1)
            .contains("no commit since the oldest cut names")
    );
    train.run(&["--advisory", "nonsense"]).exits(2);
}

/// Tags a release 2.0.2 that was made beside its branch, and has the fix by a commit of its own; asks again.
fn beside(train: &Train) -> String {
    train.git(&["switch", "-q", "-c", "beside", "release-2.0.0~2"]);
    train.git(&["commit", "-q", "--allow-empty", "-m", "Begin"]);
    train.git(&["cherry-pick", "release-2.0.0~1", "release-2.0.0"]);
    train.git(&["tag", "v2.0.2"]);
    train.git(&["switch", "-q", "main"]);
    train.git(&["branch", "-q", "-D", "beside"]);
    train.run(&["--advisory", "CVE-2024-12345"]).exits(0)
}

/// A train whose workspace lies in a folder and has two lines: `tool`, which states its version, and
/// `side`, which inherits it. The fix of CVE-2024-12345 is on the trunk and came to release-1.0.0 with
/// 1.0.1 and 0.101.1.
fn patched_in_a_folder() -> Train {
    let package =
        |name: &str, version: &str| format!("[package]\nname = \"{name}\"\nedition = \"2021\"\n{version}");
    let root = "[workspace]\nmembers = [\"tool\", \"side\"]\nresolver = \"2\"\n[workspace.package]\nversion = \"0.101.0\"\n";
    let train = Train {
        sandbox: Sandbox::with_files([
            ("rust/Cargo.toml", root),
            ("rust/relprep.toml", "lead = \"tool\"\n[notes]\nenabled = false\n"),
            ("rust/tool/Cargo.toml", &package("tool", "version = \"1.0.0\"\n")),
            ("rust/side/Cargo.toml", &package("side", "version.workspace = true\n")),
            ("rust/tool/src/lib.rs", "// two\n"),
            ("rust/side/src/lib.rs", ""),
        ]),
    };
    let bump = |branch: &str, tool: [&str; 2], side: [&str; 2]| {
        train.change(branch, "rust/tool/Cargo.toml", tool[0], tool[1], "Bump");
        train.change(branch, "rust/Cargo.toml", side[0], side[1], "Bump, too");
    };
    train.git(&["branch", "release-1.0.0"]);
    train.git(&["tag", "v1.0.0"]);
    bump("main", ["1.0.0", "2.0.0"], ["0.101.0", "0.102.0"]);
    let message = "Fix two\n\nCVE-2024-12345";
    let fix = train.change("main", "rust/tool/src/lib.rs", "// two", "// fixed", message);
    train.run_in(&train.sandbox.root().join("rust"), &[&fix]).exits(0);
    bump("release-1.0.0", ["1.0.0", "1.0.1"], ["0.101.0", "0.101.1"]);
    train
}

#[test]
fn an_advisory_gets_the_ranges_of_a_version_that_is_inherited_in_a_folder() {
    let train = patched_in_a_folder();
    train.git(&["switch", "--quiet", "release-1.0.0"]);
    train.git(&["mv", "rust/side", "rust/aside"]);
    train.commit("release-1.0.0", &[], "Move a package, which is found by its name");
    train.git(&["tag", "v1.0.1", "release-1.0.0"]);
    let text = train
        .run_in(
            &train.sandbox.root().join("rust"),
            &["--advisory", "CVE-2024-12345", "--package", "tool", "--package", "side"],
        )
        .exits(0);
    for patched in ["patched = [\">= 1.0.1\"]", "patched = [\">= 0.101.1\"]"] {
        assert!(text.contains(patched), "{text}");
    }
}

#[test]
fn an_advisory_is_refused_with_all_versions_that_cannot_be_read() {
    let train = patched_in_a_folder();
    let rust = train.sandbox.root().join("rust");
    train.change("release-1.0.0", "rust/Cargo.toml", "version = \"0.101.1\"", "", "Lose the version");
    train.git(&["tag", "v1.0.1", "release-1.0.0"]);
    let refused = |places: &[&str]| {
        let text = train.run_in(&rust, &["--advisory", "CVE-2024-12345", "--package", "side"]).exits(1);
        let found: Vec<&str> =
            text.lines().filter_map(|line| line.trim_start().strip_prefix("--> ")).collect();
        assert_eq!(found, places, "{text}");
        assert!(text.contains("error[version-unread]: on release-1.0.0: "), "{text}");
        assert!(!text.contains("affected") && !text.contains("patched"), "{text}");
    };
    refused(&["rust/side/Cargo.toml"]);
    train.git(&["tag", "--delete", "v1.0.1"]);
    train.change(
        "release-1.0.0",
        "rust/tool/Cargo.toml",
        "version = \"1.0.1\"",
        "version = \"x\"",
        "Spoil it",
    );
    refused(&["rust/tool/Cargo.toml"]);
}

const ID: &str = "GHSA-aaaa-bbbb-cccc";

/// A train of four releases whose first three are tagged at x.0.0 and x.0.1.
fn tagged() -> Train {
    let train = Train::new();
    train.cut_through(4);
    for major in 1..=3 {
        train.git(&["tag", &format!("v{major}.0.0"), &format!("release-{major}.0.0")]);
    }
    train
}

/// Commits a patch release of a branch, whose notes say `entries`, and tags it.
fn patch(train: &Train, major: u32, patch: u32, entries: &str) {
    let (branch, version) = (format!("release-{major}.0.0"), format!("{major}.0.{patch}"));
    let text = notes(&version, entries) + "\n" + &train.file(&branch, "RELEASES.md");
    let before = format!("{major}.0.{}", patch - 1);
    train.change(&branch, "Cargo.toml", &before, &version, &format!("Bump to {version}"));
    train.commit(&branch, &[("RELEASES.md", &text)], "Write notes");
    train.git(&["tag", &format!("v{version}"), &branch]);
}

#[test]
fn the_section_of_the_notes_that_names_it_gives_the_version() {
    let train = tagged();
    // A merge of a private fork names nothing, and its content is another one on each branch.
    let fix = train.change("main", "src/lib.rs", "// two", "// safe", "Merge commit from fork");
    for major in [3, 2] {
        let branch = format!("release-{major}.0.0");
        train.change(&branch, "src/lib.rs", "// two", "// safe", "Merge commit from fork");
        patch(&train, major, 1, &format!("* A fix. [{ID}](https://example.org/{ID})\n"));
        patch(&train, major, 2, "* Another.\n");
    }
    train.change("release-1.0.0", "src/lib.rs", "// one", "// 1", &format!("Refactor, see {ID}"));
    patch(&train, 1, 1, "");
    let text = train.run(&["--advisory", ID]).exits(0);
    assert!(text.contains(&format!("# fixed by {} Merge commit from fork", &fix[..10])), "{text}");
    for line in [
        "# release-3.0.0: fixed in 3.0.1 (RELEASES.md names it)",
        "# release-2.0.0: fixed in 2.0.1 (RELEASES.md names it)",
        "# release-1.0.0: open (nothing shows that it is fixed)",
        "patched = [\">= 2.0.1, < 3.0.0\", \">= 3.0.1, < 4.0.0\", \">= 5.0.0\"]",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
}

#[test]
fn a_line_where_the_code_is_not_there_before_is_not_affected() {
    let train = tagged();
    train.git(&["switch", "-q", "main"]);
    let text = "pub fn parse() {}\n// it trusts its input\n";
    train.commit("main", &[("src/parse.rs", text)], "Parse");
    train.git(&["branch", "release-5.0.0"]);
    train.git(&["tag", "v5.0.0"]);
    train.change("main", "Cargo.toml", "5.0.0", "6.0.0", "Bump to 6.0.0");
    let message = format!("Check the input\n\nFixes {ID}");
    let fix = train.change("main", "src/parse.rs", "it trusts its input", "it checks its input", &message);
    train.run(&[&fix, "--to", "5.0"]).exits(0);
    train.change("release-5.0.0", "Cargo.toml", "5.0.0", "5.0.1", "Bump to 5.0.1");
    train.git(&["tag", "v5.0.1", "release-5.0.0"]);
    let text = train.run(&["--advisory", ID]).exits(0);
    assert!(
        text.contains("# release-1.0.0 to release-4.0.0 (4 lines): not affected (the code that is fixed is not there before)"),
        "{text}"
    );
    assert!(text.contains("patched = [\">= 5.0.1\"]\nunaffected = [\"< 5.0.0\"]"), "{text}");
    assert!(text.contains("affected: >= 5.0.0, < 5.0.1"), "{text}");
}

#[test]
fn what_is_contradictory_or_thin_gives_no_range_and_says_what_to_state() {
    let train = tagged();
    let message = format!("Fix two\n\nThis fixes {ID}.");
    let fix = train.change("main", "src/lib.rs", "// two", "// safe", &message);
    patch(&train, 3, 1, &format!("* A fix of {ID}.\n"));
    train.run(&[&fix, "--to", "[34].0"]).exits(0);
    patch(&train, 3, 2, "");
    let text = train.run(&["--advisory", ID]).exits(1);
    assert!(text.contains("the notes name 3.0.1 for it, and the first tag with the fix is v3.0.2"), "{text}");
    assert!(text.contains("fixed-in = \"3.0.1\"") && !text.contains("patched = "), "{text}");
    let statement = format!(
        "[[statement]]\nadvisory = '{ID}'\nbranches = ['3.0']\nstatus = 'contained'\nfixed-in = '3.0.2'\nreason = 'the notes came too early'\n"
    );
    train.commit("main", &[("relprep-backports.toml", &statement)], "State it");
    let text = train.run(&["--advisory", ID]).exits(0);
    assert!(text.contains("fixed in 3.0.2 (stated: the notes came too early)"), "{text}");
    assert!(
        text.contains("patched = [\">= 3.0.2, < 4.0.0\", \">= 4.0.0\"]") || text.contains("\">= 3.0.2\""),
        "{text}"
    );

    let mention = format!("Rename three\n\nUnlike {ID} this is harmless.");
    let train = tagged();
    train.change("main", "src/lib.rs", "// three", "// 3", &mention);
    let text = train.run(&["--advisory", ID]).exits(1);
    assert!(text.contains("mention it") && text.contains("no-fix"), "{text}");
}

/// A workspace of a published package, one below it, an example and one that is not published.
fn workspace() -> Train {
    let package = |name: &str, more: &str| {
        format!("[package]\nname = \"{name}\"\nversion = \"1.0.0\"\nedition = \"2021\"\n{more}")
    };
    let root = package("tool", "[workspace]\nmembers = [\"crates/*\", \"examples/demo\"]\n[dependencies]\n");
    let train = Train {
        sandbox: Sandbox::with_files([
            ("Cargo.toml", root.as_str()),
            ("src/lib.rs", "// two\n"),
            ("crates/part/Cargo.toml", &package("part", "")),
            ("crates/part/src/lib.rs", "// two\n"),
            ("crates/inner/Cargo.toml", &package("inner", "publish = false\n")),
            ("crates/inner/src/lib.rs", "// two\n"),
            ("examples/demo/Cargo.toml", &package("demo", "")),
            ("examples/demo/src/lib.rs", "// two\n"),
        ]),
    };
    train.git(&["branch", "release-1.0.0"]);
    train.git(&["tag", "v1.0.0"]);
    train.git(&["switch", "-q", "main"]);
    for path in ["crates/part", "crates/inner", "examples/demo"] {
        train.sandbox.write(format!("{path}/src/lib.rs"), "// safe\n");
    }
    train.sandbox.commit_all(&format!("Fix two\n\nCloses {ID}"));
    train
}

#[test]
fn only_published_packages_that_contain_the_change_get_ranges() {
    let train = workspace();
    let names = |args: &[&str]| -> Vec<String> {
        let found = train.json(&[&["--advisory", ID], args].concat());
        let lines = found["advisory"]["lines"].as_array().unwrap();
        lines.iter().map(|line| line["packages"][0].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&[]), ["part"]);
    assert_eq!(names(&["--package", "tool", "--package", "part"]), ["tool", "part"]);
    let text = train.run(&["--advisory", ID, "--package", "inner"]).exits(1);
    assert!(text.contains("`inner` is not a published package"), "{text}");
    train.run(&["--package", "tool", "--status"]).exits(2);
}

#[test]
fn the_form_of_osv_is_what_its_schema_asks_for() {
    let train = workspace();
    train.run(&["--status", "--format", "osv"]).exits(2);
    let osv = |id: &str, more: &[&str]| {
        let args = [&["--advisory", id, "--format", "osv", "--date", "2024-05-06"], more].concat();
        String::from_utf8(train.run(&args).0.stdout).unwrap()
    };
    let head = train.sandbox.rev("HEAD");
    let documents = [osv(ID, &[]), osv("CVE-2024-12345", &[&head]), osv("RUSTSEC-2024-0001", &[&head])];
    let found: serde_json::Value = serde_json::from_str(&documents[0]).unwrap();
    let keys: Vec<&String> = found.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["affected", "id", "modified", "schema_version"], "the schema lets others pass");
    assert_eq!(found["id"], ID);
    assert_eq!(found["modified"], "2024-05-06T00:00:00Z");
    let affected = &found["affected"][0];
    let package = serde_json::json!({ "ecosystem": "crates.io", "name": "part", "purl": "pkg:cargo/part" });
    assert_eq!(affected["package"], package);
    let ranges = serde_json::json!([
        { "type": "SEMVER", "events": [{ "introduced": "0" }, { "fixed": "2.0.0" }] }
    ]);
    assert_eq!(affected["ranges"], ranges);
    let Some(schema) = Tool::OsvSchema.find() else { return };
    let wrong = documents[0].replace("2024-05-06T", "2024-05-06 ");
    let answers = validated_by(Path::new(&schema), &[documents.as_slice(), &[wrong]].concat());
    for (at, answer) in answers.unwrap_or_default().into_iter().enumerate() {
        assert_eq!(answer.is_some(), at == documents.len(), "{answer:?}: {found}");
    }
}

/// A train that counts minors, whose older branches are merged into the newer ones and into the trunk. Line two is
/// fixed on release-1.1, after which 1.2 was released and ended, and merged into release-1.3 and the trunk.
fn merged_back() -> (Train, String) {
    let train = Train::new();
    train.commit("main", &[("relprep.toml", "[names]\nbranch = \"release-{short}\"\n")], "Name branches");
    let release = |branch: &str, before: &str, version: &str| {
        train.change(branch, "Cargo.toml", before, version, &format!("Bump to {version}"));
        train.git(&["tag", &format!("v{version}"), branch]);
    };
    train.git(&["tag", "v1.0.0"]);
    for (before, version) in [("1.0.0", "1.1.0"), ("1.1.0", "1.2.0"), ("1.2.0", "1.3.0")] {
        release("main", before, version);
        if version != "1.2.0" {
            train.git(&["branch", &format!("release-{}", &version[..3])]);
        }
    }
    let fix = train.change("release-1.1", "src/lib.rs", "// two", "// safe", "Fix two");
    release("release-1.1", "1.1.0", "1.1.1");
    for (onto, from) in [("release-1.3", "release-1.1"), ("main", "release-1.3")] {
        train.git(&["switch", "-q", onto]);
        train.git(&["merge", "-q", "-X", "ours", "-m", &format!("Merge {from}"), from]);
        train.git(&["switch", "-q", "main"]);
        if onto == "release-1.3" {
            release("release-1.3", "1.3.0", "1.3.1");
        }
    }
    release("main", "1.3.1", "1.4.0");
    (train, fix)
}

#[test]
fn a_fix_that_is_merged_onward_is_there_since_the_release_of_each_line_that_has_it() {
    let (train, fix) = merged_back();
    let text = train.run(&["--advisory", ID, &fix]).exits(0);
    for line in [
        "# release-1.0: open (nothing shows that it is fixed)\n",
        "# release-1.1: fixed in 1.1.1 (ancestry: ",
        "# release-1.2: open (nothing shows that it is fixed)\n",
        "# release-1.3: fixed in 1.3.1 (ancestry: ",
        "# release-1.4: fixed from the first version on (ancestry: ",
        "# affected: < 1.1.1, >= 1.2.0, < 1.3.1\n",
        "patched = [\">= 1.1.1, < 1.2.0\", \">= 1.3.1\"]\n",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
}

#[test]
fn lines_that_stand_alike_are_told_together() {
    let train = tagged();
    train.git(&["tag", "v4.0.0", "release-4.0.0"]);
    let fix = train.change("main", "src/lib.rs", "// two", "// safe", "Fix two");
    let text = train.run(&["--advisory", ID, &fix]).exits(0);
    let line = "# release-1.0.0 to release-4.0.0 (4 lines): open (nothing shows that it is fixed)\n";
    assert!(text.contains(line), "{text}");
    let found = train.json(&["--advisory", ID, &fix]);
    assert_eq!(found["advisory"]["branches"].as_array().unwrap().len(), 4, "{found}");
}

#[test]
fn code_that_stood_in_another_folder_is_affected_there() {
    let train = Train::new();
    for (major, code) in [(1, "pub fn trusts_its_input() {}\n"), (2, "pub fn checks_its_input() {}\n")] {
        train.commit("main", &[("reader/src/read.rs", code)], "Read");
        train.cut_through(major);
        train.git(&["tag", &format!("v{major}.0.0"), &format!("release-{major}.0.0")]);
    }
    train.git(&["rm", "-q", "-r", "reader"]);
    train.commit("main", &[("src/sync/read.rs", "pub fn trusts_its_input() {}\n")], "Read here");
    train.cut_through(3);
    train.git(&["tag", "v3.0.0", "release-3.0.0"]);
    let fix = train.change("main", "src/sync/read.rs", "trusts", "checks_most_of", "Check the input");
    let text = train.run(&["--advisory", ID, &fix]).exits(0);
    for line in ["# release-1.0.0: open (", "# release-2.0.0: not affected (", "# release-3.0.0: open ("] {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert!(text.contains("unaffected = [\">= 2.0.0, < 3.0.0\"]"), "{text}");
}
