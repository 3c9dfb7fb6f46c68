//! `cargo relprep schema`.

use super::{ExitStatus, Output};
use crate::render;

/// Print the JSON Schema of the configuration, or of what `--format json` prints
///
/// An editor that knows the schema of `relprep.toml` completes its keys, explains them, and shows what is wrong.
/// Write it to `relprep.schema.json` beside the configuration; the configuration's first line then names it:
/// `#:schema ./relprep.schema.json`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo relprep schema > relprep.schema.json   for editors
  cargo relprep schema output                  for programs that read `--format json`")]
pub(super) struct SchemaArgs {
    /// Of what
    #[arg(default_value = "config")]
    subject: SchemaSubject,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum SchemaSubject {
    /// The configuration, `relprep.toml`
    Config,
    /// What `--format json` prints, of every command
    Output,
}

/// Prints it.
pub(super) fn run(args: &SchemaArgs, output: &mut Output) -> ExitStatus {
    output.result(&match args.subject {
        SchemaSubject::Config => render::schema::config(),
        SchemaSubject::Output => render::schema::output(),
    });
    ExitStatus::Done
}
