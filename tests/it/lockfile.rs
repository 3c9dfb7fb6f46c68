//! `edit::lockfile` against the real Cargo: the same bytes, and accepted with `--locked`.
//!
//! The third parties are packages of a directory source that stands in for crates.io, and of a git
//! repository on disk.

#![expect(clippy::unwrap_used, reason = "a test fails that cannot be set up")]

use std::fs;
use std::path::Path;
use std::process::Command;

use relprep::edit::lockfile::{
    Followed, LockFile, LockFormat, Moved, PackageChange, follow, moved_edges, third_party_changes,
};
use relprep::path::RepoPath;
use tempfile::TempDir;

use crate::environment::{self, CARGO};

/// A Cargo workspace in a folder of its own, with the third parties that it can reach.
struct Workspace {
    folder: TempDir,
}

impl Workspace {
    /// Makes a workspace of everything in `members/`; `root` is more of its root manifest.
    fn new(root: &str) -> Self {
        let workspace = Self { folder: environment::folder() };
        workspace.write("Cargo.toml", &format!("[workspace]\nmembers = [\"members/*\"]\n{root}"));
        workspace.write(
            ".cargo/config.toml",
            "[source.crates-io]\nreplace-with = \"shelf\"\n[source.shelf]\ndirectory = \"shelf\"\n",
        );
        fs::create_dir(workspace.folder.path().join("shelf")).unwrap();
        fs::create_dir(workspace.folder.path().join("home")).unwrap();
        workspace
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Writes a package into `folder`; `more` goes at the end of its manifest.
    fn package(&self, folder: &str, name: &str, version: &str, more: &str) {
        self.write(
            &format!("{folder}/Cargo.toml"),
            &format!("[package]\nname = \"{name}\"\nversion = \"{version}\"\nedition = \"2018\"\n{more}"),
        );
        self.write(&format!("{folder}/src/lib.rs"), "");
    }

    /// Writes a package that is had from crates.io.
    fn published(&self, name: &str, version: &str, more: &str) {
        let folder = format!("shelf/{name}-{version}");
        self.package(&folder, name, version, more);
        let checksum = format!("{{\"files\":{{}},\"package\":\"{:0>64}\"}}", version.replace('.', ""));
        self.write(&format!("{folder}/.cargo-checksum.json"), &checksum);
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>, folder: &Path) -> Command {
        let mut command = environment::command(program, &self.folder.path().join("home"));
        command.current_dir(folder);
        command
    }

    fn cargo(&self, args: &[&str]) -> Result<(), String> {
        finish(self.command(CARGO, self.folder.path()).args(args))
    }

    fn git(&self, folder: &str, args: &[&str]) {
        let author = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"];
        finish(self.command("git", &self.folder.path().join(folder)).args(author).args(args)).unwrap();
    }

    fn lock(&self) -> String {
        fs::read_to_string(self.folder.path().join("Cargo.lock")).unwrap()
    }

    /// Returns why only Cargo can tell what the lock file becomes.
    fn reasons(&self, moved: &[Moved]) -> Vec<String> {
        match follow(&lock_path(), &self.lock(), moved).unwrap() {
            Followed::NeedsCargo(reasons) => reasons,
            other => panic!("{other:?}"),
        }
    }

    /// Checks that the lock file follows when `change` has moved the packages: as Cargo would
    /// write it, and so that Cargo accepts it. Leaves it there, and returns it.
    fn assert_follows(&self, moved: &[Moved], change: impl FnOnce()) -> String {
        let before = self.lock();
        let Followed::Edited(ours) = follow(&lock_path(), &before, moved).unwrap() else {
            panic!("no edit of {before}")
        };
        change();
        self.cargo(&["update", "--workspace", "--offline"]).unwrap();
        snapbox::assert_data_eq!(ours.clone(), snapbox::Data::text(self.lock()).raw());
        self.write("Cargo.lock", &ours);
        self.cargo(&["metadata", "--locked", "--offline"]).unwrap();
        ours
    }
}

fn finish(command: &mut Command) -> Result<(), String> {
    let output = command.output().unwrap();
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

fn lock_path() -> RepoPath {
    RepoPath::new("Cargo.lock").unwrap()
}

fn moved(name: &str, from: &str, to: &str) -> Moved {
    Moved { name: name.to_owned(), from: from.parse().unwrap(), to: to.parse().unwrap() }
}

/// The Rust version for which Cargo writes a format, as a line of a manifest.
const FORMATS: [(LockFormat, &str); 4] = [
    (LockFormat::V1, "rust-version = \"1.40\"\n"),
    (LockFormat::V2, "rust-version = \"1.41\"\n"),
    (LockFormat::V3, "rust-version = \"1.53\"\n"),
    (LockFormat::V4, "rust-version = \"1.83\"\n"),
];

/// A member `foo` at `version`, and members and third parties that use it and its namesakes on
/// crates.io.
fn crowd(version: &str, rust_version: &str) -> Workspace {
    let workspace = Workspace::new("");
    for published in ["0.9.0", "0.10.0", "1.0.1"] {
        workspace.published("foo", published, "");
    }
    workspace.published(
        "bar",
        "3.0.0",
        "[dependencies]\nfoo = \"0.9\"\nfoo10 = { package = \"foo\", version = \"0.10\" }\n",
    );
    workspace.package("members/foo", "foo", version, rust_version);
    workspace.package("members/app", "app", "0.1.0", &format!("{rust_version}[dependencies]\nbar = \"3\"\nfoo = {{ path = \"../foo\" }}\nother = {{ package = \"foo\", version = \"1\" }}\n"));
    workspace.package(
        "members/zoo",
        "zoo",
        "0.1.0",
        &format!(
            "{rust_version}[dependencies]\napp = {{ path = \"../app\" }}\nfoo = {{ path = \"../foo\" }}\n"
        ),
    );
    workspace
}

#[test]
fn namesakes_are_told_apart_and_sorted_as_cargo_does_it_in_every_format() {
    for (format, rust_version) in FORMATS {
        let versions = ["0.2.0", "0.9.0", "0.9.1", "0.10.0", "1.0.0", "1.0.1", "2.0.0-rc.1", "2.0.0"];
        let workspace = crowd(versions[0], rust_version);
        workspace.cargo(&["generate-lockfile", "--offline"]).unwrap();
        assert_eq!(LockFile::read(&lock_path(), &workspace.lock()).unwrap().format, format);
        for step in versions.windows(2) {
            workspace.assert_follows(&[moved("foo", step[0], step[1])], || {
                workspace.package("members/foo", "foo", step[1], rust_version);
            });
        }
    }
}

#[test]
fn a_namesake_in_a_git_repository_is_cited_without_its_commit() {
    for (_, rust_version) in FORMATS {
        let workspace = Workspace::new("");
        workspace.package("upstream", "foo", "1.1.0", "");
        workspace.git("upstream", &["init", "-q"]);
        workspace.git("upstream", &["add", "."]);
        workspace.git("upstream", &["commit", "-q", "-m", "All"]);
        workspace.git("upstream", &["branch", "next/one"]);
        workspace.git("upstream", &["branch", "master"]);
        // Without a checksum, Cargo takes format 2 for format 1.
        workspace.published("bar", "3.0.0", "");
        let url = format!("file://{}", workspace.folder.path().join("upstream").display());
        for (member, branch) in [("app", "master"), ("next", "next/one")] {
            let manifest = format!(
                "{rust_version}[dependencies]\nbar = \"3\"\nfoo = {{ path = \"../foo\" }}\n\
                 upstream = {{ package = \"foo\", git = \"{url}\", branch = \"{branch}\" }}\n"
            );
            workspace.package(&format!("members/{member}"), member, "0.1.0", &manifest);
        }
        workspace.package("members/foo", "foo", "1.0.0", rust_version);
        workspace.cargo(&["generate-lockfile"]).unwrap();
        for step in ["1.0.0", "1.1.0", "1.2.0"].windows(2) {
            workspace.assert_follows(&[moved("foo", step[0], step[1])], || {
                workspace.package("members/foo", "foo", step[1], rust_version);
            });
        }
    }
}

#[test]
fn a_namesake_outside_the_workspace_stays() {
    let workspace = Workspace::new("exclude = [\"fork\"]\n");
    workspace.package("fork", "foo", "1.5.0", "");
    workspace.package("members/foo", "foo", "1.0.0", "");
    workspace.package(
        "members/app",
        "app",
        "0.1.0",
        "[dependencies]\nfoo = { path = \"../foo\" }\nfork = { path = \"../../fork\", package = \"foo\" }\n",
    );
    workspace.cargo(&["generate-lockfile", "--offline"]).unwrap();
    let lock = workspace.assert_follows(&[moved("foo", "1.0.0", "2.0.0")], || {
        workspace.package("members/foo", "foo", "2.0.0", "");
    });
    assert!(lock.contains("\"foo 1.5.0\",\n \"foo 2.0.0\""), "{lock}");
    assert_eq!(
        workspace.reasons(&[moved("foo", "2.0.0", "1.5.0")]),
        ["two packages would be called `foo 1.5.0`"]
    );
}

#[test]
fn a_workspace_of_its_own_follows_in_every_format() {
    for (_, rust_version) in FORMATS {
        let workspace = Workspace::new("");
        workspace.package("members/a", "a", "1.0.0", rust_version);
        workspace.cargo(&["generate-lockfile", "--offline"]).unwrap();
        workspace.assert_follows(&[moved("a", "1.0.0", "2.0.0")], || {
            workspace.package("members/a", "a", "2.0.0", rust_version);
        });
        let depends = format!("{rust_version}[dependencies]\na = {{ path = \"../a\" }}\n");
        workspace.package("members/b", "b", "1.0.0", &depends);
        workspace.cargo(&["generate-lockfile", "--offline"]).unwrap();
        workspace.assert_follows(&[moved("b", "1.0.0", "1.0.1"), moved("a", "2.0.0", "3.0.0+x")], || {
            workspace.package("members/a", "a", "3.0.0+x", rust_version);
            workspace.package("members/b", "b", "1.0.1", &depends);
        });
    }
}

#[test]
fn a_third_party_that_depends_on_a_member_is_left_to_cargo() {
    let workspace = Workspace::new("[patch.crates-io]\nfoo = { path = \"members/foo\" }\n");
    workspace.published("foo", "1.0.0", "");
    workspace.published("bar", "3.0.0", "[dependencies]\nfoo = \"1\"\n");
    workspace.package("members/foo", "foo", "1.0.1", "");
    workspace.package("members/app", "app", "0.1.0", "[dependencies]\nbar = \"3\"\n");
    workspace.cargo(&["generate-lockfile", "--offline"]).unwrap();
    assert_eq!(
        workspace.reasons(&[moved("foo", "1.0.1", "2.0.0")]),
        [
            "`bar 3.0.0`, a third party's package, depends on `foo`, and which versions it accepts is not in the file"
        ]
    );

    let before = workspace.lock();
    workspace.package("members/foo", "foo", "2.0.0", "");
    workspace.cargo(&["update", "--workspace", "--offline"]).unwrap();
    let after = workspace.lock();
    let before = LockFile::read(&lock_path(), &before).unwrap();
    let after = LockFile::read(&lock_path(), &after).unwrap();
    let changes = third_party_changes(&before, &after);
    assert!(matches!(changes[..], [PackageChange::Added(package)] if package.name == "foo"), "{changes:?}");
}

#[test]
fn a_third_party_that_would_depend_on_another_version_is_named() {
    let workspace = Workspace::new("");
    workspace.published("baz", "1.0.0", "");
    workspace.published("baz", "2.0.0", "");
    workspace.published("bar", "3.0.0", "[dependencies]\nbaz = \">=1\"\n");
    workspace.published("qux", "4.0.0", "[dependencies]\nbaz = \"1\"\n");
    let depends = "[dependencies]\nbar = \"3\"\nqux = \"4\"\nbaz = \"2\"\n";
    workspace.package("members/app", "app", "0.1.0", depends);
    workspace.cargo(&["generate-lockfile", "--offline"]).unwrap();
    // Somebody merged two branches by hand: what `qux` takes is locked, and not what it asks for.
    let right = workspace.lock();
    let block = right.find("name = \"qux\"").unwrap();
    let wrong = right[..block].to_owned() + &right[block..].replacen("baz 1.0.0", "baz 2.0.0", 1);
    assert_ne!(wrong, right);
    workspace.write("Cargo.lock", &wrong);
    workspace.package("members/app", "app", "0.1.1", depends);
    workspace.cargo(&["update", "--workspace", "--offline"]).unwrap();
    let after = workspace.lock();
    let before = LockFile::read(&lock_path(), &wrong).unwrap();
    let after = LockFile::read(&lock_path(), &after).unwrap();
    assert_eq!(third_party_changes(&before, &after), []);
    assert_eq!(moved_edges(&before, &after), ["qux 4.0.0 takes baz 1.0.0 instead of 2.0.0"]);
    let still = LockFile::read(&lock_path(), &right).unwrap();
    assert_eq!(moved_edges(&still, &after), [""; 0]);
}

#[test]
fn a_replaced_package_is_left_to_cargo() {
    let workspace = Workspace::new("[replace]\n\"foo:1.0.0\" = { path = \"members/foo\" }\n");
    workspace.published("foo", "1.0.0", "");
    workspace.package("members/foo", "foo", "1.0.0", "");
    workspace.package("members/app", "app", "0.1.0", "[dependencies]\nfoo = \"1\"\n");
    workspace.cargo(&["generate-lockfile", "--offline"]).unwrap();
    assert!(workspace.lock().contains("replace = \"foo 1.0.0\"\n"), "{}", workspace.lock());
    assert_eq!(
        workspace.reasons(&[moved("foo", "1.0.0", "1.0.1")]),
        ["`foo` replaces version 1.0.0 of the one with a source"]
    );
    workspace.package("members/foo", "foo", "1.0.1", "");
    assert!(workspace.cargo(&["update", "--workspace", "--offline"]).is_err());
}

#[test]
fn an_unused_patch_follows_unless_it_may_come_into_use() {
    let workspace = Workspace::new(
        "exclude = [\"spare\", \"foo\"]\n[patch.crates-io]\nspare = { path = \"spare\" }\nfoo = { path = \"foo\" }\n",
    );
    workspace.published("foo", "1.0.0", "");
    workspace.package("foo", "foo", "2.0.0", "");
    workspace.package("spare", "spare", "2.0.0", "");
    workspace.package("members/app", "app", "0.1.0", "[dependencies]\nfoo = \"1\"\n");
    workspace.cargo(&["generate-lockfile", "--offline"]).unwrap();
    assert!(workspace.lock().contains("[[patch.unused]]\nname = \"spare\""), "{}", workspace.lock());
    workspace.assert_follows(&[moved("spare", "2.0.0", "3.0.0")], || {
        workspace.package("spare", "spare", "3.0.0", "");
    });
    assert_eq!(
        workspace.reasons(&[moved("foo", "2.0.0", "3.0.0")]),
        ["the unused patch `foo` may come into use with version 3.0.0"]
    );
}

#[test]
fn line_ends_and_comments_stay_and_cargo_accepts_them() {
    let workspace = crowd("1.0.0", "");
    workspace.cargo(&["generate-lockfile", "--offline"]).unwrap();
    let plain = workspace.lock().replacen("\n\n", "\n# Ours too.\n\n", 1);
    for written in [plain.replace('\n', "\r\n"), plain.trim_end().to_owned(), plain] {
        let step = [moved("foo", "1.0.0", "1.0.1")];
        let Followed::Edited(ours) = follow(&lock_path(), &written, &step).unwrap() else {
            panic!("no edit")
        };
        workspace.package("members/foo", "foo", "1.0.1", "");
        workspace.write("Cargo.lock", &ours);
        workspace.cargo(&["metadata", "--locked", "--offline"]).unwrap();
        assert_eq!(ours.matches('\r').count(), written.matches('\r').count());
        assert_eq!(ours.ends_with('\n'), written.ends_with('\n'));
        assert!(ours.contains("# Ours too."));
    }
}
