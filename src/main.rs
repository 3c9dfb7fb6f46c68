//! The `cargo-relprep` binary: arguments in, exit status out.
fn main() {}
