//! Tells at the end of `cargo test` which tests were skipped, and for want of what.
#![expect(clippy::print_stderr, unreachable_pub, reason = "it is a program, and prints all that it does")]

mod notes;

use std::fs;

fn main() {
    let Ok(text) = fs::read_to_string(notes::file()) else { return };
    let _ = fs::remove_file(notes::file());
    let mut skipped: Vec<&str> = text.lines().collect();
    skipped.sort_unstable();
    eprintln!("{} skipped:\n    {}\n", skipped.len(), skipped.join("\n    "));
}
