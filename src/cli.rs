//! The command line: one file a command, which reads, plans, shows and applies.

mod about;
mod ask;
mod backport;
mod branch;
mod bump;
mod check;
mod check_msrv;
mod ci;
mod complete;
mod completions;
mod exit_status;
mod groups;
mod help;
mod init;
mod man;
mod mdbook;
mod notes;
mod options;
mod output;
mod patch;
mod prepare;
mod rc;
mod release;
mod replay;
mod schedule;
mod schema;
mod status;
mod table;
mod tag;
mod targets;

use std::ffi::OsString;
use std::io::Write as _;

use anyhow::Result;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::finding::{Finding, Refused};
use crate::git::Moment;
use crate::rule;
use crate::text::disarmed;
pub use exit_status::ExitStatus;
use options::Common;
use output::Output;

/// Prepares releases of Cargo workspaces that ship on a release train.
#[derive(Debug, Parser)]
#[command(
    name = "cargo-relprep",
    bin_name = "cargo relprep",
    version,
    max_term_width = 100,
    disable_help_subcommand = true,
    after_help = "\
Examples:
  cargo relprep branch --dry-run   what a cut of the next release branch would do
  cargo relprep branch             cut it, and move the trunk to the next version
  cargo relprep bump               move the versions of the branch, as where releases are made from the trunk
  cargo relprep release            on a release branch: date the notes of X.0.0
  cargo relprep patch --diff       on a release branch: prepare the next patch
  cargo relprep schedule           what is supported, and until when
  cargo relprep status             how the branches stand, and what is due

Exit status: 0 done; 1 refused, with the reasons; 2 wrong usage; 3 failure."
)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: CliCommand,
}

#[derive(Debug, Subcommand)]
enum CliCommand {
    Init(init::InitArgs),
    Branch(branch::BranchArgs),
    Bump(bump::BumpArgs),
    Rc(rc::RcArgs),
    Release(release::ReleaseArgs),
    Patch(patch::PatchArgs),
    Notes(notes::NotesArgs),
    Check(check::CheckArgs),
    CheckMsrv(check_msrv::CheckMsrvArgs),
    Tag(tag::TagArgs),
    Status(status::StatusArgs),
    Schedule(schedule::ScheduleArgs),
    Mdbook(mdbook::MdbookArgs),
    Backport(backport::BackportArgs),
    Replay(replay::ReplayArgs),
    Ci(ci::CiArgs),
    Completions(completions::CompletionsArgs),
    Schema(schema::SchemaArgs),
    Man(man::ManArgs),
    Help(help::HelpArgs),
}

/// Runs the program at `moment` with `args`, the first of which is its own name.
pub fn run(args: impl IntoIterator<Item = OsString>, moment: Moment) -> ExitStatus {
    let mut args: Vec<OsString> = args.into_iter().collect();
    // Cargo runs `cargo relprep …` as `cargo-relprep relprep …`.
    if args.get(1).is_some_and(|arg| arg == "relprep") {
        args.remove(1);
    }
    match complete::complete(command, &args) {
        Ok(false) => {}
        Ok(true) => return ExitStatus::Done,
        Err(_) => return ExitStatus::Usage,
    }
    let mut command = command();
    let parsed = command.try_get_matches_from_mut(args).and_then(|matches| {
        groups::check(&mut command, &matches)?;
        let name = matches.subcommand_name().unwrap_or_default().to_owned();
        Cli::from_arg_matches(&matches).map(|cli| (cli, name))
    });
    let (cli, name) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => {
            print_parsed(&error);
            return if error.use_stderr() { ExitStatus::Usage } else { ExitStatus::Done };
        }
    };
    let mut output = Output::new(&cli.common, &name);
    let result = dispatch(&cli, moment, &mut output);
    match result.and_then(|status| output.written().map(|()| status)) {
        Ok(status) => status,
        Err(error) => failed(&error, &mut output),
    }
}

/// Returns the whole command line.
fn command() -> clap::Command {
    groups::arranged(help::with_topics(Cli::command()))
}

fn dispatch(cli: &Cli, moment: Moment, output: &mut Output) -> Result<ExitStatus> {
    let context = || cli.common.context(moment);
    match &cli.command {
        CliCommand::Init(args) => init::run(&context()?, args, output),
        CliCommand::Branch(args) => branch::run(context()?, args, output),
        CliCommand::Bump(args) => bump::run(context()?, args, output),
        CliCommand::Rc(args) => rc::run(context()?, args, output),
        CliCommand::Release(args) => release::run(context()?, args, output),
        CliCommand::Patch(args) => patch::run(context()?, args, output),
        CliCommand::Notes(args) => notes::run(context()?, args, output),
        CliCommand::Check(args) => check::run(context()?, args, output),
        CliCommand::CheckMsrv(args) => check_msrv::run(context()?, args, output),
        CliCommand::Tag(args) => tag::run(context()?, args, output),
        CliCommand::Status(args) => status::run(context()?, args, output),
        CliCommand::Schedule(args) => schedule::run(context()?, args, output),
        CliCommand::Mdbook(args) => mdbook::run(context()?, args, output),
        CliCommand::Backport(args) => backport::run(context()?, args, output),
        CliCommand::Replay(args) => replay::run(&context()?, args, output),
        CliCommand::Ci(args) => ci::run(&context()?, args, output),
        CliCommand::Man(args) => man::run(args, command(), output),
        CliCommand::Help(args) => help::run(args, command(), output),
        CliCommand::Schema(args) => Ok(schema::run(args, output)),
        CliCommand::Completions(args) => completions::run(args, output),
    }
}

/// Prints what the command line made of the arguments: help, or what is wrong with them, [`disarmed`].
fn print_parsed(error: &clap::Error) {
    let text = disarmed(&error.render().ansi().to_string());
    let _ = match error.use_stderr() {
        true => write!(anstream::stderr(), "{text}"),
        false => write!(anstream::stdout(), "{text}"),
    };
}

fn failed(error: &anyhow::Error, output: &mut Output) -> ExitStatus {
    if let Some(Refused(findings)) = error.downcast_ref::<Refused>() {
        output.refuse(findings);
        return match output.written() {
            Ok(()) => ExitStatus::Refused,
            Err(error) => failed(&error, output),
        };
    }
    output.fail(&Finding::of(rule::FAILURE, format!("{error:#}")));
    ExitStatus::Failed
}
