//! The `cargo-relprep` binary: arguments in, exit status out; the one reading of the clock.

use std::process::ExitCode;

use relprep::git::Moment;

fn main() -> anyhow::Result<ExitCode> {
    Ok(relprep::cli::run(std::env::args_os(), Moment::now()?).into())
}
