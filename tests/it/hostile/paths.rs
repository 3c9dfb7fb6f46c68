//! Paths that lead outside the work tree.

use std::fs;

use super::{configured, refused};
use crate::fixture::Fixture;

#[test]
fn no_path_of_the_configuration_leads_outside() {
    let fixture = configured("");
    for path in ["../x", "/etc/passwd", "a/../../x", ".git/config", "a/.GIT/x", "a\\\\b", "", "a\\u0007b"] {
        for text in [
            format!("[notes]\nfile = \"{path}\"\n"),
            format!("[notes]\ntemplate = \"{path}\"\n"),
            format!("[[version-file]]\npath = \"{path}\"\nlines = ['{{version}}']\n"),
        ] {
            fixture.sandbox.write("relprep.toml", &text);
            let said = refused(&fixture, "branch --dry-run --allow-dirty", &text);
            assert!(said.err.contains("names no place inside the repository"), "{text}: {}", said.err);
        }
    }
}

#[test]
fn no_manifest_outside_is_written() {
    let fixture = Fixture::new("virtual-workspace");
    let outside = fixture.sandbox.dir().join("outside");
    fs::create_dir_all(outside.join("src")).unwrap();
    fs::write(outside.join("src/lib.rs"), "").unwrap();
    let manifest = "[package]\nname = \"outside\"\nversion = \"1.0.0\"\n";
    fs::write(outside.join("Cargo.toml"), manifest).unwrap();
    let root = fixture.sandbox.read("Cargo.toml").replacen("members = [", "members = [\"../outside\", ", 1);
    fixture.sandbox.write("Cargo.toml", root);
    fixture.sandbox.commit_all("A member outside");
    refused(&fixture, "branch", "a member outside");
    assert_eq!(fs::read_to_string(outside.join("Cargo.toml")).unwrap(), manifest);
}
