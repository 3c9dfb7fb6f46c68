//! Workspaces that are not at the root of their repository, and several in one.

use crate::fixture::Fixture;
use crate::support::Sandbox;

fn package(name: &str, version: &str, more: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"{version}\"\nedition = \"2021\"\n{more}")
}

const NOTES: &str = "## 3.0.0\n\nUnreleased.\n\n* Mine.\n\n---\n\nOlder:\n\n<!-- ARCHIVE_START -->\n";

/// A repository with two workspaces, in `sdk/rust` and `tools`, that share nothing but a text at the root.
fn two_workspaces() -> Fixture {
    let lock = |name: &str, version: &str| {
        format!("version = 4\n\n[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n")
    };
    let sandbox = Sandbox::with_files([
        ("sdk/rust/Cargo.toml", package("sdk", "3.0.0", "[workspace]\n")),
        ("sdk/rust/Cargo.lock", lock("sdk", "3.0.0")),
        ("sdk/rust/src/lib.rs", String::new()),
        ("sdk/rust/VERSION", "sdk 3.0.0\n".to_owned()),
        ("sdk/rust/RELEASES.md", NOTES.to_owned()),
        ("sdk/python/Cargo.toml", package("sdk-python", "3.0.0", "[workspace]\n")),
        ("sdk/python/src/lib.rs", String::new()),
        ("tools/Cargo.toml", package("tools", "0.9.0", "[workspace]\n")),
        ("tools/Cargo.lock", lock("tools", "0.9.0")),
        ("tools/src/lib.rs", String::new()),
        ("tools/CHANGES.md", NOTES.replace("3.0.0", "0.9.0")),
        ("VERSIONS", "sdk 3.0.0\ntools 0.9.0\n".to_owned()),
        (
            "sdk/rust/relprep.toml",
            "follow = [\"../python\"]\n[[version-file]]\npath = \"VERSION\"\nlines = [\"sdk {version}\"]\n\
             [[version-file]]\npath = \"/VERSIONS\"\nlines = [\"sdk {version}\"]\n"
                .to_owned(),
        ),
        (
            "tools/relprep.toml",
            "[names]\nbranch = \"tools-{version}\"\ntag = \"tools-v{version}\"\n\
             [notes]\nfile = \"CHANGES.md\"\n\
             [[version-file]]\npath = \"../VERSIONS\"\nlines = [\"tools {version}\"]\n"
                .to_owned(),
        ),
    ]);
    Fixture { sandbox }
}

fn changed(fixture: &Fixture) -> Vec<String> {
    let names = fixture.sandbox.git(["diff", "--name-only", "HEAD^", "HEAD"]);
    names.lines().map(str::to_owned).collect()
}

#[test]
fn paths_of_the_configuration_are_relative_to_the_root_manifest() {
    let fixture = two_workspaces();
    let said = fixture.run_in("sdk/rust", "branch");
    assert_eq!(said.status, 0, "{}", said.err);
    let sdk = [
        "VERSIONS",
        "sdk/python/Cargo.toml",
        "sdk/rust/Cargo.lock",
        "sdk/rust/Cargo.toml",
        "sdk/rust/RELEASES.md",
        "sdk/rust/VERSION",
    ];
    assert_eq!(changed(&fixture), sdk);
    assert_eq!(fixture.sandbox.read("VERSIONS"), "sdk 4.0.0\ntools 0.9.0\n");
    let notes = fixture.sandbox.read("sdk/rust/RELEASES.md");
    assert!(notes.contains("(../../../release-3.0.0/sdk/rust/RELEASES.md)"), "{notes}");

    let said = fixture.run_in("tools/src", "branch");
    assert_eq!(said.status, 0, "{}", said.err);
    let tools = ["VERSIONS", "tools/CHANGES.md", "tools/Cargo.lock", "tools/Cargo.toml"];
    assert_eq!(changed(&fixture), tools);
    assert_eq!(fixture.sandbox.read("VERSIONS"), "sdk 4.0.0\ntools 0.10.0\n");

    // The same from elsewhere, and on a branch that is not checked out.
    let said = fixture.run("patch --branch release-3.0.0 --manifest-path sdk/rust/Cargo.toml");
    assert_eq!(said.status, 0, "{}", said.err);
    let names = fixture.sandbox.git(["diff", "--name-only", "release-3.0.0^", "release-3.0.0"]);
    assert_eq!(names.lines().collect::<Vec<_>>(), sdk);
    assert!(fixture.sandbox.git(["show", "release-3.0.0:sdk/rust/RELEASES.md"]).contains("## 3.0.1"));
}

#[test]
fn a_configuration_beside_no_manifest_is_read_from_the_root_manifests_folder_too() {
    let fixture = two_workspaces();
    let text = fixture.sandbox.read("tools/relprep.toml");
    fixture.sandbox.git(["rm", "--quiet", "tools/relprep.toml"]);
    fixture.sandbox.write("ci/tools.toml", text);
    fixture.sandbox.commit_all("The configuration elsewhere");
    let said = fixture.run_in("tools", "branch --config ../ci/tools.toml");
    assert_eq!(said.status, 0, "{}", said.err);
    assert_eq!(changed(&fixture), ["VERSIONS", "tools/CHANGES.md", "tools/Cargo.lock", "tools/Cargo.toml"]);
}

#[test]
fn a_path_out_of_the_repository_is_refused_with_its_place() {
    let fixture = two_workspaces();
    fixture.sandbox.write("tools/relprep.toml", "follow = ['../../x']\n[notes]\nfile = '../../N.md'\n");
    let said = fixture.run_in("tools", "branch --dry-run");
    assert_eq!(said.status, 1, "{}", said.err);
    for place in ["tools/relprep.toml:1:10", "tools/relprep.toml:3:8"] {
        assert!(said.err.contains(place), "{}", said.err);
    }
    assert!(said.err.contains("with `/` from the repository's root"), "{}", said.err);
}

#[test]
fn without_a_configuration_the_notes_are_beside_the_root_manifest() {
    let fixture = two_workspaces();
    fixture.sandbox.git(["rm", "--quiet", "sdk/rust/relprep.toml", "sdk/rust/RELEASES.md"]);
    fixture.sandbox.commit_all("No notes yet");
    let said = fixture.run_in("sdk/rust", "branch");
    assert_eq!(said.status, 0, "{}", said.err);
    let made = ["sdk/rust/Cargo.lock", "sdk/rust/Cargo.toml", "sdk/rust/RELEASES.md"];
    assert_eq!(changed(&fixture), made);
}

#[test]
fn what_stays_outside_the_workspace_is_seen_with_the_reason() {
    let fixture = Fixture::changed(
        "virtual-workspace",
        &[(
            "Cargo.toml",
            "[workspace.package]",
            "exclude = [\"left\", \"other\", \"apart\"]\n\n[workspace.package]",
        )],
    );
    let orbit = "[dependencies]\norbit = { path = \"../../crates/orbit\" }\n";
    for (path, text) in [
        ("left/Cargo.toml", package("left-behind", "7.0.0", "")),
        ("other/Cargo.toml", package("of-no-concern", "0.2.0", "")),
        ("apart/Cargo.toml", "[workspace]\nmembers = [\"*\"]\nexclude = [\"target\"]\n".to_owned()),
        ("apart/same/Cargo.toml", package("same-version", "7.0.0", "")),
        ("apart/user/Cargo.toml", package("user-of-orbit", "0.1.0", orbit)),
        ("apart/none/Cargo.toml", package("unrelated", "0.3.0", "")),
    ] {
        fixture.sandbox.write(path, text);
    }
    fixture.sandbox.commit_all("Around the workspace");
    let said = fixture.run("branch --dry-run");
    assert_eq!(said.status, 0, "{}", said.err);
    for line in [
        "  7.0.0  1 package (not a member of the workspace): left-behind\n",
        "  7.0.0  1 package (in a workspace of their own): same-version\n",
        "  0.1.0  1 package (in a workspace of their own): user-of-orbit\n",
    ] {
        assert!(said.out.contains(line), "{}", said.out);
    }
    assert!(!said.out.contains("of-no-concern") && !said.out.contains("unrelated"), "{}", said.out);
    let json = fixture.run("branch --dry-run --format json").out;
    for why in ["excluded", "nested-workspace"] {
        assert!(json.contains(&format!("\"why\": \"{why}\"")), "{json}");
    }
}
