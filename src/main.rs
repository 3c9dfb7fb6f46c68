//! The `cargo-relprep` binary: arguments in, exit status out.

use std::process::ExitCode;

fn main() -> ExitCode {
    relprep::cli::run(std::env::args_os()).into()
}
