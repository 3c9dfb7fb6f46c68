//! Symbolic links that lead out of the work tree.

use std::fs;
use std::os::unix::fs::symlink;

use super::{configured, refused};
use crate::fixture::{Fixture, Said};

/// What must stand nowhere but outside.
const SECRET: &str = "hunter2";

/// A repository beside a folder whose files hold the secret, with the links `folder` and `file` to them.
fn beside_a_secret(config: &str) -> Fixture {
    let fixture = configured(config);
    let outside = fixture.sandbox.dir().join("outside");
    fs::create_dir(&outside).unwrap();
    for (name, text) in [
        ("file", format!("## 7.0.0\n\nUnreleased.\n\n<!-- ARCHIVE_START -->\nVERSION 7.0.0 {SECRET}\n")),
        ("relprep.toml", format!("name = \"{SECRET}\"\n{SECRET} = [\n")),
        ("Cargo.toml", format!("[package]\nname = \"outside\"\nversion = \"1.0.0\"\n{SECRET}\n")),
    ] {
        fs::write(outside.join(name), text).unwrap();
    }
    symlink(&outside, fixture.sandbox.root().join("folder")).unwrap();
    symlink(outside.join("file"), fixture.sandbox.root().join("file")).unwrap();
    fixture
}

/// Makes sure that the secret was not told, and that nothing outside changed.
fn kept(fixture: &Fixture, said: &Said, what: &str) {
    assert!(!said.out.contains(SECRET) && !said.err.contains(SECRET), "{what}: {}{}", said.out, said.err);
    let entries = fs::read_dir(fixture.sandbox.dir().join("outside")).unwrap();
    for entry in entries.map(Result::unwrap) {
        assert!(fs::read_to_string(entry.path()).unwrap().contains(SECRET), "{what}: {:?}", entry.path());
    }
    let objects = fixture.sandbox.git(["cat-file", "--batch-check", "--batch-all-objects", "--unordered"]);
    for object in objects.lines().filter(|line| line.contains(" blob ")) {
        let name = object.split(' ').next().unwrap();
        let content = fixture.sandbox.try_git(["cat-file", "blob", name]).stdout;
        assert!(!String::from_utf8_lossy(&content).contains(SECRET), "{what}: it was committed");
    }
}

#[test]
fn a_file_of_the_configuration_is_not_looked_for_through_a_link() {
    for (path, said_of_it) in [
        ("file", "this is a symbolic link"),
        ("folder/file", "this leads through folder, which is a symbolic link"),
        ("folder/none", "this leads through folder, which is a symbolic link"),
    ] {
        for text in [
            format!("[notes]\nfile = \"{path}\"\n"),
            format!("[notes]\ntemplate = \"{path}\"\n"),
            format!("[[version-file]]\npath = \"{path}\"\nlines = ['VERSION {{version}}']\n"),
        ] {
            let fixture = beside_a_secret(&text);
            fixture.sandbox.commit_all("links");
            for args in ["branch --dry-run --diff", "branch --diff", "branch --format json", "check"] {
                let said = fixture.run(args);
                kept(&fixture, &said, &format!("`{args}` on {text}"));
            }
            let said = refused(&fixture, "branch", &text);
            assert!(said.err.contains(said_of_it), "{text}: {}", said.err);
            assert!(
                said.err.contains(&format!("--> {path}")) && said.err.contains("= help: "),
                "{}",
                said.err
            );
        }
    }
}

#[test]
fn a_configuration_is_not_read_through_a_link() {
    let commands = [
        "branch --dry-run",
        "branch --allow-dirty",
        "patch --supported --dry-run",
        "check",
        "check --supported",
        "check-msrv",
        "status",
        "schedule",
        "backport HEAD",
    ];
    for committed in [true, false] {
        let fixture = beside_a_secret("");
        fs::remove_file(fixture.sandbox.root().join("relprep.toml")).unwrap();
        fixture.sandbox.commit_all("no configuration");
        symlink("../outside/relprep.toml", fixture.sandbox.root().join("relprep.toml")).unwrap();
        if committed {
            fixture.sandbox.commit_all("a link");
        }
        for args in commands {
            let said = refused(&fixture, args, args);
            assert!(said.err.contains("error[unreadable-file]: this is a symbolic link"), "{}", said.err);
            assert!(said.err.contains("relprep.toml"), "`{args}` does not name it: {}", said.err);
            kept(&fixture, &said, args);
        }
    }
}

#[test]
fn a_version_file_inside_that_is_a_link_to_another_one_is_left() {
    let fixture = configured("[[version-file]]\npath = \"VERSION\"\nlines = ['{version}']\n");
    fixture.sandbox.write("VERSION", "7.0.0\n");
    symlink("VERSION", fixture.sandbox.root().join("LINK")).unwrap();
    fixture.sandbox.commit_all("A link inside");
    let said = fixture.run("branch");
    assert_eq!(said.status, 0, "{}", said.err);
    assert_eq!(fixture.sandbox.read("VERSION"), "8.0.0\n");
    assert_eq!(fs::read_link(fixture.sandbox.root().join("LINK")).unwrap().to_str(), Some("VERSION"));
    assert_eq!(fixture.sandbox.git(["status", "--porcelain"]), "");
}
