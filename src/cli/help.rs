//! `cargo relprep help`.

use std::fmt::Write as _;

use anyhow::Result;
use clap_complete::engine::ArgValueCompleter;

use super::table::WIDTH;
use super::{ExitStatus, Output, complete};
use crate::finding::{Finding, Refused};
use crate::render::page::terminal;
use crate::render::topics::{TOPICS, Topic};
use crate::rule;
use crate::text::nearest;

/// Explain a command or a topic
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo relprep help           the commands and the topics
  cargo relprep help branch    a command
  cargo relprep help recipes   a topic
  cargo relprep help config    every key of the configuration")]
pub(super) struct HelpArgs {
    /// A command or a topic
    #[arg(add = ArgValueCompleter::new(complete::topics))]
    topic: Option<String>,
}

/// The widest that a page is shown.
const WIDEST: usize = 100;

/// Lists the topics at the end of the help of `program`.
pub(super) fn with_topics(program: clap::Command) -> clap::Command {
    let mut text = "Topics, for `cargo relprep help TOPIC`:\n".to_owned();
    let widest = TOPICS.iter().map(|topic| topic.name.len()).max().unwrap_or(0);
    for topic in TOPICS {
        let _ = writeln!(text, "  {:widest$}  {}", topic.name, topic.about);
    }
    let after = program.get_after_help().map(ToString::to_string).unwrap_or_default();
    program.after_help(format!("{text}\n{after}"))
}

/// Prints it, of `command`, the whole command line.
pub(super) fn run(args: &HelpArgs, mut command: clap::Command, output: &mut Output) -> Result<ExitStatus> {
    // Only what is built knows the options that all commands share.
    command.build();
    let text = match args.topic.as_deref() {
        None => command.render_long_help().ansi().to_string(),
        Some(name) => match (command.find_subcommand_mut(name), Topic::find(name)) {
            (Some(command), _) => command.render_long_help().ansi().to_string(),
            (None, Some(topic)) => {
                let width = terminal_size::terminal_size().map_or(WIDTH, |(width, _)| usize::from(width.0));
                terminal::page(&topic.page(), width.min(WIDEST))
            }
            (None, None) => return Err(unknown(name, &command).into()),
        },
    };
    output.result(&text);
    Ok(ExitStatus::Done)
}

fn unknown(name: &str, command: &clap::Command) -> Refused {
    let commands = command.get_subcommands().map(clap::Command::get_name);
    let known = commands.chain(TOPICS.iter().map(|topic| topic.name));
    let finding = Finding::of(rule::NO_TOPIC, format!("there is no help about `{name}`"));
    let listed = "`cargo relprep help` lists the commands and the topics";
    finding
        .remedy(match nearest(name, known) {
            Some(nearest) => format!("did you mean `{nearest}`? {listed}"),
            None => listed.to_owned(),
        })
        .into()
}
