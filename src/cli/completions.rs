//! `cargo relprep completions`.

use anyhow::Result;
use clap_complete::Shell;

use super::{ExitStatus, Output};

/// Print a completion script for a shell
///
/// It completes `cargo-relprep`; most shells find it in a folder of their own.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo relprep completions bash > ~/.local/share/bash-completion/completions/cargo-relprep
  cargo relprep completions fish > ~/.config/fish/completions/cargo-relprep.fish")]
pub(super) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

/// Prints the script for `command`, the whole command line.
pub(super) fn run(
    args: &CompletionsArgs,
    mut command: clap::Command,
    output: &mut Output,
) -> Result<ExitStatus> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "cargo-relprep", &mut script);
    output.verbatim(&String::from_utf8(script)?);
    Ok(ExitStatus::Done)
}
