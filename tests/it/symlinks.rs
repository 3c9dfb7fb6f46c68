//! Members behind symbolic links: followed where they lead to what is committed, and said to be links otherwise.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;

use crate::environment;
use crate::fixture::Fixture;

/// Moves what is at `from` to `to`, and leaves a link to `target`.
fn replace_by_link(fixture: &Fixture, from: &str, to: &str, target: &str) {
    let root = fixture.sandbox.root();
    fs::create_dir_all(root.join(to).parent().unwrap()).unwrap();
    fs::rename(root.join(from), root.join(to)).unwrap();
    symlink(target, root.join(from)).unwrap();
}

/// A workspace with a member whose manifest is a link, one whose folder is a link that a glob matches, and
/// one whose sources are behind a link.
fn with_links() -> Fixture {
    let fixture = Fixture::changed(
        "virtual-workspace",
        &[
            ("Cargo.toml", "edition = \"2021\"", "edition = \"2021\"\nrust-version = \"1.70\""),
            ("crates/orbit/Cargo.toml", "edition", "rust-version.workspace = true\nedition"),
            (
                "RELEASES.md",
                "x",
                "## 7.0.0\n\nUnreleased.\n\n* A.\n\n---\n\nOlder:\n\n<!-- ARCHIVE_START -->\n",
            ),
        ],
    );
    let own = "version = \"7.0.0\"";
    let xtask = fixture.sandbox.read("xtask/Cargo.toml");
    fixture.sandbox.write("xtask/Cargo.toml", xtask.replace("version.workspace = true", own));
    let macros = fixture.sandbox.read("crates/orbit-macros/Cargo.toml");
    let macros = macros.replace("version = { workspace = true }", own);
    fixture.sandbox.write("crates/orbit-macros/Cargo.toml", macros);
    replace_by_link(&fixture, "xtask/Cargo.toml", "build/xtask.toml", "../build/xtask.toml");
    replace_by_link(&fixture, "crates/orbit-macros", "elsewhere/macros", "../elsewhere/macros");
    replace_by_link(&fixture, "crates/orbit/src", "common/a/src", "../../common/b/src");
    symlink("a", fixture.sandbox.root().join("common/b")).unwrap();
    fixture.sandbox.write("LICENSE", "free\n");
    symlink("../../LICENSE", fixture.sandbox.root().join("crates/orbit/LICENSE")).unwrap();
    fixture.sandbox.commit_all("Behind links");
    fixture.sandbox.git(["push", "--quiet", "origin", "main"]);
    fixture
}

const CHANGED: [&str; 5] =
    ["Cargo.lock", "Cargo.toml", "RELEASES.md", "build/xtask.toml", "elsewhere/macros/Cargo.toml"];

#[test]
fn members_behind_links_are_edited_where_they_lie() {
    let fixture = with_links();
    let sandbox = &fixture.sandbox;
    let said = fixture.prepare("branch");
    assert!(said.contains("  7.0.0 → 8.0.0  3 packages: orbit, orbit-macros, xtask\n"), "{said}");
    let changed = sandbox.git(["diff", "--name-only", "HEAD^", "HEAD"]);
    assert_eq!(changed.lines().collect::<Vec<_>>(), CHANGED);
    for link in ["xtask/Cargo.toml", "crates/orbit-macros", "crates/orbit/src", "common/b"] {
        assert!(sandbox.git(["ls-tree", "HEAD", link]).starts_with("120000 "), "{link}");
    }
    // The same in a folder of its own, where Cargo sees a branch that is not checked out.
    let said = fixture.prepare("patch --branch release-7.0.0");
    assert!(said.contains("  7.0.0 → 7.0.1  3 packages: orbit, orbit-macros, xtask\n"), "{said}");
    let changed = sandbox.git(["diff", "--name-only", "release-7.0.0^", "release-7.0.0"]);
    assert_eq!(changed.lines().collect::<Vec<_>>(), CHANGED);
    for args in
        ["check --only-versions release-7.0.0^ --branch release-7.0.0", "check-msrv --branch release-7.0.0"]
    {
        let said = fixture.run(args);
        assert_eq!(said.status, 0, "{args}: {}{}", said.out, said.err);
    }
}

#[test]
fn a_rise_of_rust_behind_a_link_is_found() {
    let fixture = with_links();
    let sandbox = &fixture.sandbox;
    let declare = |rust: &str| {
        let text = sandbox.read("elsewhere/macros/Cargo.toml");
        let text: Vec<&str> = text.lines().filter(|line| !line.starts_with("rust-version")).collect();
        let text =
            text.join("\n").replacen("edition", &format!("rust-version = \"{rust}\"\nedition"), 1) + "\n";
        sandbox.write("elsewhere/macros/Cargo.toml", text);
        sandbox.commit_all(&format!("Need Rust {rust}"));
    };
    declare("1.60");
    sandbox.git(["switch", "--quiet", "--create", "release-7.0.0"]);
    sandbox.git(["tag", "v7.0.0"]);
    assert_eq!(fixture.run("check-msrv").status, 0);
    declare("1.90");
    let said = fixture.run("check-msrv");
    assert_eq!(said.status, 1, "{}{}", said.out, said.err);
    assert!(said.err.contains("error[msrv-raised]"), "{}", said.err);
    sandbox.git(["switch", "--quiet", "main"]);
    assert_eq!(fixture.run("check-msrv --branch release-7.0.0").status, 1);
}

#[test]
fn a_link_that_leads_to_nothing_committed_is_said_to_be_one() {
    let fixture = Fixture::new("virtual-workspace");
    replace_by_link(&fixture, "crates/orbit-macros", "../macros", "../../macros");
    replace_by_link(&fixture, "xtask/Cargo.toml", "ignored.toml", "../ignored.toml");
    fixture.sandbox.write(".gitignore", "ignored.toml\n");
    fixture.sandbox.commit_all("Out of sight");
    let said = fixture.refuses("branch", &["member-untracked"; 2]);
    for link in [
        "the member `orbit-macros` is behind a symbolic link to `../../macros`, which is not committed here",
        "the member `xtask` is behind a symbolic link to `../ignored.toml`, which is not committed here",
    ] {
        assert!(said.contains(link), "{said}");
    }
}

#[test]
fn what_a_link_leads_to_is_not_read_for_a_lock_file() {
    let fixture = Fixture::new("virtual-workspace");
    let sandbox = &fixture.sandbox;
    sandbox.write("docs/index.md", "");
    // Nobody writes to it: who opened it would wait forever.
    let pipe = sandbox.root().join("docs/pipe");
    assert!(environment::command("mkfifo", &sandbox.root()).arg(&pipe).status().unwrap().success());
    symlink("pipe", sandbox.root().join("docs/Cargo.lock")).unwrap();
    sandbox.write(".gitignore", "pipe\n");
    sandbox.commit_all("A lock file that is none");
    sandbox.git(["push", "--quiet", "origin", "main"]);
    for command in ["branch --dry-run", "check", "branch"] {
        let said = fixture.run(command);
        // This workspace is not fit for a release, which is beside the point.
        assert!(said.status == 0 || command == "check" && said.status == 1, "{command}: {}", said.err);
    }
}
