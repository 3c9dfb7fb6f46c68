//! Repositories that strangers have prepared: nothing of them leads outside the work tree, becomes an
//! option, runs unasked, or is obeyed by a terminal, and none of their texts is too large or too deep.

#[cfg(unix)]
mod links;
mod names;
mod paths;
mod printed;
mod programs;
mod size;

use crate::fixture::{Fixture, Said};

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

/// Returns the first character that a terminal or a log would obey.
fn obeyed(text: &str) -> Option<char> {
    text.chars().find(|c| (c.is_control() && *c != '\n' && *c != '\t') || *c == '\u{202e}')
}
