//! The options in groups, in one order for every command: its own, those of its output, those of every command.
//! What a command could only ignore is neither offered nor taken.

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command};

/// What is wrong with an option that means nothing.
const KIND: ErrorKind = ErrorKind::ArgumentConflict;

/// The options about what is printed, of whichever command.
const OUTPUT: [&str; 5] = ["format", "diff", "color", "quiet", "verbose"];

/// The options that say which project is meant.
const PROJECT: [&str; 3] = ["manifest_path", "config", "remote"];

/// The commands that are about no project.
const WITHOUT_PROJECT: [&str; 4] = ["completions", "help", "man", "schema"];

/// The commands that have more to list.
const WITH_MORE: [&str; 6] = ["branch", "bump", "rc", "release", "patch", "notes"];

/// Returns whether the command `name` can honour a common option.
fn honours(name: &str, option: &str) -> bool {
    match option {
        "verbose" => WITH_MORE.contains(&name),
        // It asks for one.
        "config" if name == "init" => false,
        option => !(PROJECT.contains(&option) && WITHOUT_PROJECT.contains(&name)),
    }
}

/// Puts the options of the program and of all its commands in their groups.
pub(super) fn arranged(program: Command) -> Command {
    let common: Vec<Arg> = program.get_arguments().filter(|arg| arg.is_global_set()).cloned().collect();
    let offered = |command: Command| {
        let name = command.get_name().to_owned();
        let of = |arg: &Arg| grouped(arg.clone()).hide(!honours(&name, arg.get_id().as_str()));
        let help =
            Arg::new("help").short('h').long("help").action(ArgAction::Help).help_heading("Common options");
        let help = help.help("Print help; `-h` prints a summary");
        command.mut_args(grouped).args(common.iter().map(of)).disable_help_flag(true).arg(help)
    };
    program.mut_args(grouped).mut_subcommands(offered)
}

fn grouped(arg: Arg) -> Arg {
    let place = |options: &[&str]| options.iter().position(|option| arg.get_id() == option);
    match (place(&OUTPUT), place(&PROJECT)) {
        (Some(place), _) => arg.help_heading("Output options").display_order(place),
        (_, Some(place)) => arg.help_heading("Common options").display_order(place),
        (None, None) => arg,
    }
}

/// Refuses an option that the command that is asked for could only ignore.
pub(super) fn check(program: &mut Command, matches: &ArgMatches) -> Result<(), clap::Error> {
    let Some((name, given)) = matches.subcommand() else { return Ok(()) };
    let is_given = |option: &&&str| given.value_source(option) == Some(ValueSource::CommandLine);
    let mut ignored = PROJECT.iter().chain(&["verbose"]).filter(|option| !honours(name, option));
    let Some(option) = ignored.find(is_given) else { return Ok(()) };
    let option = option.replace('_', "-");
    let message = format!("`--{option}` means nothing to `cargo relprep {name}`\n\nLeave it out.");
    let command = program.find_subcommand_mut(name).map(|command| command.error(KIND, &message));
    Err(command.unwrap_or_else(|| program.error(KIND, &message)))
}
