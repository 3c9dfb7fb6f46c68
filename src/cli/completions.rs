//! `cargo relprep completions`.

use anyhow::{Context, Result};
use clap_complete::env::Shells;

use super::{ExitStatus, Output, complete};

/// Print a script that lets a shell complete `cargo relprep`
///
/// It completes commands and options, and branches, versions, packages and remotes of the repository. Where the shell
/// completes `cargo` already, that goes on as before.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  source <(cargo relprep completions bash)   in ~/.bashrc
  source <(cargo relprep completions zsh)    in ~/.zshrc, after `compinit`
  cargo relprep completions fish | source    in ~/.config/fish/config.fish")]
pub(super) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Shell {
    Bash,
    Zsh,
    Fish,
    /// Completes `cargo-relprep` only
    Elvish,
    /// Completes `cargo-relprep` only
    Powershell,
}

/// `cargo relprep` in bash: what completed `cargo` before does so for all other commands.
const BASH: &str = r#"
if declare -F _comp_load >/dev/null; then _comp_load cargo; elif declare -F _completion_loader >/dev/null; then _completion_loader cargo; fi
if [[ $(complete -p cargo 2>/dev/null) =~ " -F "([^ ]+) && ${BASH_REMATCH[1]} != _cargo_relprep_of_cargo ]]; then
    _cargo_relprep_before=${BASH_REMATCH[1]}
fi
_cargo_relprep_of_cargo() {
    if (( COMP_CWORD >= 2 )) && [[ ${COMP_WORDS[1]} == relprep ]]; then
        COMP_WORDS=(cargo-relprep "${COMP_WORDS[@]:2}")
        (( COMP_CWORD -= 1 ))
        _clap_complete_cargo_relprep cargo-relprep "$2" "$3"
    elif [[ -n ${_cargo_relprep_before-} ]]; then
        "$_cargo_relprep_before" "$@"
    fi
}
complete -o bashdefault -o default -F _cargo_relprep_of_cargo cargo
"#;

/// `cargo relprep` in zsh: Cargo's own completion asks a function of this name.
const ZSH: &str = r"
function _cargo-relprep() {
    words[1]=cargo-relprep
    _clap_dynamic_completer_cargo_relprep
}
if (( ! ${+_comps[cargo]} )); then
    function _cargo_relprep_of_cargo() {
        if [[ ${words[2]} == relprep ]] && (( CURRENT > 2 )); then
            shift words
            (( CURRENT -= 1 ))
            _cargo-relprep
        fi
    }
    compdef _cargo_relprep_of_cargo cargo
fi
";

/// `cargo relprep` in fish, beside what completes `cargo`.
const FISH: &str = r#"complete --keep-order --exclusive --command cargo --condition "__fish_seen_subcommand_from relprep" --arguments "(VARIABLE=fish cargo-relprep -- cargo-relprep (commandline --current-process --tokenize --cut-at-cursor)[3..-1] (commandline --current-token))"
"#;

/// Prints the script.
pub(super) fn run(args: &CompletionsArgs, output: &mut Output) -> Result<ExitStatus> {
    let (name, of_cargo) = match args.shell {
        Shell::Bash => ("bash", BASH),
        Shell::Zsh => ("zsh", ZSH),
        Shell::Fish => ("fish", FISH),
        Shell::Elvish => ("elvish", ""),
        Shell::Powershell => ("powershell", ""),
    };
    let shells = Shells::builtins();
    let shell = shells.completer(name).context("no script for this shell")?;
    let mut script = Vec::new();
    let program = "cargo-relprep";
    shell.write_registration(complete::VARIABLE, program, program, program, &mut script)?;
    let script = String::from_utf8(script)? + &of_cargo.replace("VARIABLE", complete::VARIABLE);
    output.verbatim(&script);
    Ok(ExitStatus::Done)
}
