//! `cargo relprep help`.

use anyhow::Result;

use super::{ExitStatus, Output};
use crate::config::keys::KEYS;
use crate::finding::{Finding, Refused};
use crate::render;
use crate::rule;

/// Explain a command, or every key of the configuration
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo relprep help branch   a command
  cargo relprep help config   the configuration: each key, what it takes, its default and an example")]
pub(super) struct HelpArgs {
    /// A command, or `config`
    topic: Option<String>,
}

/// Prints it, of `command`, the whole command line.
pub(super) fn run(args: &HelpArgs, mut command: clap::Command, output: &mut Output) -> Result<ExitStatus> {
    // Only what is built knows the options that all commands share.
    command.build();
    let text = match args.topic.as_deref() {
        None => command.render_long_help(),
        Some("config") => {
            output.result(&render::keys::page(KEYS));
            return Ok(ExitStatus::Done);
        }
        Some(topic) => {
            let Some(found) = command.find_subcommand_mut(topic) else { return Err(unknown(topic).into()) };
            found.render_long_help()
        }
    };
    output.result(&text.ansi().to_string());
    Ok(ExitStatus::Done)
}

fn unknown(topic: &str) -> Refused {
    Finding::of(rule::NO_TOPIC, format!("there is no help about `{topic}`"))
        .remedy("name a command, such as `branch`, or `config`")
        .into()
}
