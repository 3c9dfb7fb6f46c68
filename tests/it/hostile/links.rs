//! Symbolic links that lead out of the work tree.

use std::fs;
use std::os::unix::fs::symlink;

use super::{configured, kept, lay_secret, refused};
use crate::fixture::{Fixture, Said};

/// A repository with the links `folder` and `file` to what holds the secret.
fn beside_a_secret(config: &str) -> Fixture {
    let fixture = configured(config);
    lay_secret(&fixture, false);
    symlink("../outside", fixture.sandbox.root().join("folder")).unwrap();
    symlink("../outside/file", fixture.sandbox.root().join("file")).unwrap();
    fixture
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

#[test]
fn cargo_tells_nothing_of_what_a_link_leads_to() {
    let links: [(&str, &[(&str, &str)]); 4] = [
        ("crates/linked", &[("crates/linked", "../../outside")]),
        ("Cargo.toml", &[("Cargo.toml", "../outside/Cargo.toml")]),
        ("crates/linked/Cargo.toml", &[("crates/linked/Cargo.toml", "../../../outside/Cargo.toml")]),
        // The target of the first is TOML, too.
        (
            "crates/linked/Cargo.toml",
            &[("crates/linked/Cargo.toml", "a=1"), ("crates/linked/a=1", "../../../outside/Cargo.toml")],
        ),
    ];
    for (named, links) in links {
        for good in [true, false] {
            let fixture = configured("");
            lay_secret(&fixture, good);
            for (path, target) in links {
                let path = fixture.sandbox.root().join(path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                let _ = fs::remove_file(&path);
                symlink(target, path).unwrap();
            }
            fixture.sandbox.commit_all("links");
            for args in ["branch --diff", "check", "check-msrv"] {
                let what = format!("`{args}` on {links:?}");
                let said = refused(&fixture, args, &what);
                kept(&fixture, &said, &what);
                let is_named = said.err.contains(&format!("--> {named}"));
                assert!(is_named || said.err.contains("lies outside the repository"), "{what}: {}", said.err);
            }
        }
    }
}

#[test]
fn a_schedule_is_not_compared_with_or_written_to_what_a_link_leads_to() {
    let train = "[schedule]\nanchor = { version = \"7.0.0\", release = \"2024-04-20\" }\n";
    let fixture = beside_a_secret(train);
    fixture.sandbox.commit_all("links");
    let file = fixture.sandbox.root().join("file");
    for path in ["file", "./file", "folder/file", "folder/new", file.to_str().unwrap()] {
        let what = format!("to {path}");
        for args in ["--write", "--check"].map(|option| [option, path]) {
            for format in ["svg", "markdown"] {
                let mut command = fixture.command(env!("CARGO_BIN_EXE_cargo-relprep"));
                command.args(["relprep", "schedule", "--date", "2024-05-21", "--format", format]).args(args);
                let output = command.output().unwrap();
                let err = String::from_utf8(output.stderr).unwrap();
                assert_eq!(output.status.code(), Some(1), "{what}: {err}");
                assert!(err.contains("is a symbolic link, which is not followed"), "{what}: {err}");
                let out = String::from_utf8(output.stdout).unwrap();
                kept(&fixture, &Said { status: 1, out, err }, &what);
                assert!(!fixture.sandbox.dir().join("outside/new").exists(), "{what}: it was written");
            }
        }
    }
}
