//! Tags of releases: as the project makes them, all or none.

use crate::fixture::Fixture;
use crate::tools::Tool;

const CONFIG: &str = "lead = \"top\"\n[notes]\nfile = \"NEWS.md\"\n";

/// A release branch that holds the dated release 4.0.1, whose 4.0.0 is tagged so by git's arguments.
fn released(tag: &[&str]) -> Fixture {
    let fixture = Fixture::made(&[("base 4.0.0", &[]), ("top 4.0.0", &["base =4.0.0"])], CONFIG);
    fixture.sandbox.write("NEWS.md", "## 4.0.0\n\nReleased 2024-04-01.\n\n<!-- ARCHIVE_START -->\n");
    fixture.sandbox.commit_all("4.0.0");
    fixture.sandbox.git(["switch", "--quiet", "--create", "release-4.0.0"]);
    fixture.sandbox.git([&["tag"][..], tag].concat());
    fixture.sandbox.git(["push", "--quiet", "origin", "main", "release-4.0.0"]);
    fixture.prepare("patch");
    fixture
}

fn kind_of(fixture: &Fixture, tag: &str) -> String {
    fixture.sandbox.git(["cat-file", "-t", tag])
}

#[test]
fn a_tag_is_of_the_kind_of_the_latest_one_and_pushed_with_its_branch() {
    for (first, kind) in [(&["v4.0.0"][..], "commit"), (&["-a", "-m", "4.0.0", "v4.0.0"], "tag")] {
        let fixture = released(first);
        let before = fixture.state();
        let said = fixture.run("tag --dry-run");
        assert_eq!((said.status, fixture.state()), (0, before), "{}", said.err);
        assert!(said.out.contains("v4.0.1"), "{}", said.out);
        fixture.sandbox.write("base/src/lib.rs", "//! Work.\n");
        let said = fixture.run("tag --push");
        assert_eq!(said.status, 0, "{}", said.err);
        assert_eq!(kind_of(&fixture, "v4.0.1"), kind);
        assert_eq!(fixture.sandbox.rev("v4.0.1"), fixture.sandbox.rev("release-4.0.0"));
        let remote = fixture.sandbox.git(["ls-remote", "origin"]);
        assert!(
            remote.contains("refs/tags/v4.0.1") && remote.contains("refs/heads/release-4.0.0"),
            "{remote}"
        );
        assert_eq!(fixture.sandbox.read("base/src/lib.rs"), "//! Work.\n");
        let said = fixture.run("tag");
        assert!(said.status == 0 && said.out.contains("what it holds is tagged"), "{}", said.out);
        fixture.sandbox.fsck();
    }
    let fixture = released(&["v4.0.0"]);
    let said = fixture.run("tag --kind annotated");
    assert_eq!(said.status, 0, "{}", said.err);
    assert!(fixture.sandbox.git(["cat-file", "-p", "v4.0.1"]).ends_with("top 4.0.1"));
    let undo = crate::fixture::part(&said.out, "\nUndo\n");
    assert_eq!(undo, ["git tag -d v4.0.1"]);
    fixture.sandbox.git(["tag", "-d", "v4.0.1"]);
}

#[test]
fn what_is_no_release_is_not_tagged() {
    let fixture = released(&["v4.0.0"]);
    fixture.sandbox.git(["tag", "v4.0.1", "main"]);
    let said = fixture.refuses("tag", &["tag-exists"]);
    assert!(said.contains("4.0.1 is tagged elsewhere: `v4.0.1` is at"), "{said}");
    fixture.sandbox.git(["tag", "-d", "v4.0.1"]);
    let notes = fixture.sandbox.read("NEWS.md").replace("Released 2024-05-20.", "Unreleased.");
    fixture.sandbox.write("NEWS.md", notes);
    fixture.sandbox.commit_all("not yet");
    let said = fixture.refuses("tag", &["never-released"]);
    assert!(said.contains("the notes call 4.0.1 unreleased"), "{said}");
    // Before that it was dated.
    let said = fixture.run("tag --commit HEAD~");
    assert_eq!(said.status, 0, "{}", said.err);
    assert_eq!(fixture.sandbox.rev("v4.0.1"), fixture.sandbox.rev("HEAD~"));
    fixture.sandbox.git(["switch", "--quiet", "--orphan", "other"]);
    fixture.sandbox.commit_all("of nobody");
    let other = fixture.sandbox.rev("other");
    fixture.sandbox.git(["switch", "--quiet", "release-4.0.0"]);
    let said = fixture.refuses(&format!("tag --commit {other}"), &["no-base"]);
    assert!(said.contains("is not on `release-4.0.0`"), "{said}");

    let fixture = Fixture::made(
        &[("top 5.0.0-dev", &[])],
        "prerelease = { trunk = \"dev\" }\n[notes]\nenabled = false\n",
    );
    let said = fixture.refuses("tag", &["prerelease"]);
    assert!(said.contains("`main` holds 5.0.0-dev, which is not a release"), "{said}");
}

#[test]
fn what_a_trunk_holds_is_tagged_where_releases_are_made_from_it() {
    let fixture = Fixture::made(&[("top 4.0.0", &[])], "[notes]\nenabled = false\n");
    fixture.sandbox.git(["tag", "v4.0.0"]);
    fixture.prepare("bump --level minor");
    assert_eq!(fixture.run("tag").status, 0);
    assert_eq!(fixture.sandbox.rev("v4.1.0"), fixture.sandbox.rev("main"));
    // From now on, on branches.
    fixture.prepare("bump --level major");
    fixture.prepare("branch");
    fixture.sandbox.git(["switch", "--quiet", "release-5.0.0"]);
    fixture.sandbox.write("top/src/lib.rs", "//! Ready.\n");
    fixture.sandbox.commit_all("ready");
    assert_eq!(fixture.run("tag").status, 0);
    fixture.sandbox.git(["switch", "--quiet", "main"]);
    let said = fixture.refuses("tag", &["not-on-release-branch"]);
    assert!(said.contains("`main` holds 6.0.0, and 5.0.0 was released on a branch of its own"), "{said}");
}

#[test]
fn several_branches_are_tagged_at_once_or_none_and_packages_have_tags_of_their_own() {
    let config = "lead = \"top\"\nnames.tag = \"{name}-v{version}\"\n[notes]\nenabled = false\n";
    let fixture = Fixture::made(&[("base 0.4.0", &[]), ("top 4.0.0", &["base 0.4.0"])], config);
    fixture.sandbox.git(["tag", "top-v3.0.0"]);
    fixture.sandbox.git(["tag", "base-v0.3.0"]);
    fixture.sandbox.git(["switch", "--quiet", "--create", "release-4.0.0"]);
    fixture.sandbox.git(["push", "--quiet", "origin", "release-4.0.0"]);
    fixture.sandbox.write("top/src/lib.rs", "//! Newer.\n");
    fixture.sandbox.commit_all("newer");
    let said = fixture.run("tag");
    assert_eq!(said.status, 0, "{}", said.err);
    let tags = fixture.sandbox.git(["tag", "--points-at", "HEAD"]);
    assert_eq!(tags, "base-v0.4.0\ntop-v4.0.0");
    fixture.sandbox.git(["tag", "-d", "base-v0.4.0", "top-v4.0.0"]);
    fixture.sandbox.git(["switch", "--quiet", "main"]);
    fixture.sandbox.git(["branch", "release-9.0.0"]);
    let said = fixture.refuses("tag --branch release-*", &["branch-version"]);
    assert!(said.contains("`release-9.0.0` holds version 4.0.0"), "{said}");
    assert_eq!(fixture.sandbox.git(["tag", "--points-at", "release-4.0.0"]), "");
}

#[test]
fn what_is_released_elsewhere_after_it_is_left_to_do() {
    let follower = "[[follower]]\nname = \"orbit-py\"\nrepository = \"https://example.org/orbit-py\"\nfiles = [\"setup.py\"]\n";
    let fixture = Fixture::changed("virtual-workspace", &[("relprep.toml", "", follower)]);
    fixture.sandbox.git(["branch", "release-7.0.0"]);
    let said = fixture.run("patch --branch release-7.0.0 --dry-run");
    assert_eq!(said.status, 0, "{}", said.err);
    let expected = "Left to do (in other repositories, under the same number)\n  orbit-py 7.0.1  https://example.org/orbit-py: setup.py\n";
    assert!(said.out.contains(expected), "{}", said.out);
    let cut = fixture.run("branch --dry-run");
    assert!(!cut.out.contains("Left to do"), "{}", cut.out);
    let json = fixture.run("patch --branch release-7.0.0 --dry-run --format json").out;
    let json = serde_json::from_str::<serde_json::Value>(&json).unwrap();
    assert_eq!(json["preparation"]["plans"][0]["followers"][0]["files"][0], "setup.py");
}

#[test]
fn a_tag_is_signed_as_the_latest_one_is_and_says_what_the_template_says() {
    let Some(ssh_keygen) = Tool::SshKeygen.find() else { return };
    let fixture = released(&["v4.0.0"]);
    let key = fixture.sandbox.dir().join("home/key");
    let made = fixture.command(ssh_keygen).args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(&key).status();
    assert!(made.unwrap().success());
    let public = std::fs::read_to_string(key.with_extension("pub")).unwrap();
    let allowed = fixture.sandbox.dir().join("home/allowed");
    std::fs::write(&allowed, format!("ann@example.org {public}")).unwrap();
    let settings = [
        ("gpg.format", "ssh"),
        ("user.signingkey", key.to_str().unwrap()),
        ("gpg.ssh.allowedSignersFile", allowed.to_str().unwrap()),
    ];
    for (name, value) in settings {
        fixture.sandbox.git(["config", name, value]);
    }
    fixture.sandbox.git(["tag", "--force", "--sign", "-m", "4.0.0", "v4.0.0", "v4.0.0"]);
    let config = format!("{CONFIG}[commit]\ntag = \"{{tag}}: {{name}} {{short}}\"\n");
    fixture.sandbox.write("relprep.toml", config);
    let said = fixture.run("tag");
    assert_eq!(said.status, 0, "{}", said.err);
    fixture.sandbox.git(["verify-tag", "v4.0.1"]);
    assert!(fixture.sandbox.git(["cat-file", "-p", "v4.0.1"]).contains("\nv4.0.1: top 4.0\n"));
}
