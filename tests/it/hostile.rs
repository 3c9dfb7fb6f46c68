//! Repositories that strangers have prepared: nothing of them leads outside the work tree, becomes an
//! option, runs unasked, or is obeyed by a terminal, and none of their texts is too large or too deep.

#[cfg(unix)]
mod cargo_config;
mod links;
mod names;
mod paths;
mod printed;
mod programs;
mod shell;
mod size;

use std::fs;

use crate::fixture::{Fixture, Said};

/// What must stand nowhere but outside.
const SECRET: &str = "hunter2";

fn configured(text: &str) -> Fixture {
    Fixture::changed("virtual-workspace", &[("relprep.toml", "", text)])
}

/// Runs the program, which must change nothing and say why.
fn refused(fixture: &Fixture, args: &str, what: &str) -> Said {
    let before = fixture.sandbox.everything();
    let said = fixture.run(args);
    assert_eq!(said.status, 1, "{what}: {}{}", said.out, said.err);
    assert!(said.err.contains("error["), "{what}: {}", said.err);
    assert_eq!(fixture.sandbox.everything(), before, "{what}: something changed");
    said
}

/// Returns the first character that a terminal would obey, or that a reader would not see.
fn obeyed(text: &str) -> Option<char> {
    let hidden = ['\u{202e}', '\u{200b}', '\u{2060}', '\u{feff}', '\u{61c}'];
    text.chars().find(|c| (c.is_control() && *c != '\n' && *c != '\t') || hidden.contains(c))
}

/// Lays a folder beside the repository whose files hold the secret: the manifest is one, if `good`, or
/// does not parse.
fn lay_secret(fixture: &Fixture, good: bool) {
    let outside = fixture.sandbox.dir().join("outside");
    fs::create_dir_all(outside.join("src")).unwrap();
    // Cargo quotes the value that it does not understand in the first line of what it says.
    let last = format!("{} = \"{SECRET}\"", if good { "description" } else { "publish" });
    for (name, text) in [
        ("file", format!("## 7.0.0\n\nUnreleased.\n\n<!-- ARCHIVE_START -->\nVERSION 7.0.0 {SECRET}\n")),
        ("relprep.toml", format!("name = \"{SECRET}\"\n{SECRET} = [\n")),
        ("Cargo.toml", format!("[package]\nname = \"outside\"\nversion = \"1.0.0\"\n{last}\n")),
        ("src/lib.rs", format!("// {SECRET}\n")),
    ] {
        fs::write(outside.join(name), text).unwrap();
    }
}

/// Makes sure that the secret was neither told nor committed, and that nothing outside changed.
fn kept(fixture: &Fixture, said: &Said, what: &str) {
    assert!(!said.err.contains("panicked"), "{what}: {}", said.err);
    assert!(!said.out.contains(SECRET) && !said.err.contains(SECRET), "{what}: {}{}", said.out, said.err);
    for name in ["file", "relprep.toml", "Cargo.toml", "src/lib.rs"] {
        let text = fs::read_to_string(fixture.sandbox.dir().join("outside").join(name)).unwrap();
        assert!(text.contains(SECRET) && !text.contains("8.0.0"), "{what}: {name} changed");
    }
    let objects = fixture.sandbox.try_git(["cat-file", "--batch", "--batch-all-objects", "--unordered"]);
    let objects = String::from_utf8_lossy(&objects.stdout);
    assert!(objects.contains(" blob "), "{what}: no objects");
    assert!(!objects.contains(SECRET), "{what}: it was committed");
}
