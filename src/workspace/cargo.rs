//! Running Cargo: without network, with a toolchain that is there, and without the programs that a configuration names.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::{Command, Output};

use anyhow::{Context, Result};

use super::confined::Confined;
use super::outside::CargoMessage;

/// A call of Cargo: of the one that runs this program, or else of the one that is found.
pub(super) struct Cargo {
    command: Command,
    /// Where it runs, if that is not the folder whose configuration counts.
    confined: Option<Confined>,
}

impl Cargo {
    /// Prepares a call by the configuration of `folder`, or else of the current one, without the programs that it
    /// names.
    ///
    /// # Errors
    ///
    /// As [`Confined::of`].
    pub(super) fn confined(folder: Option<&Path>) -> Result<Self> {
        let here = || env::current_dir().context("cannot find the current folder");
        let folder = folder.map_or_else(here, |folder| Ok(folder.to_owned()))?;
        let confined = Confined::of(&folder)?;
        let mut command = cargo();
        if confined.is_some()
            && let Some(toolchain) = chosen_toolchain(&folder)
        {
            command.env("RUSTUP_TOOLCHAIN", toolchain);
        }
        command.current_dir(confined.as_ref().map_or(&*folder, |confined| &*confined.folder));
        Ok(Self { command, confined })
    }

    /// Prepares a call by the configuration of the current folder, with all that it names.
    pub(super) fn unconfined() -> Self {
        Self { command: cargo(), confined: None }
    }

    /// Adds arguments.
    pub(super) fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.command.args(args);
        self
    }

    /// Adds an argument.
    pub(super) fn arg(self, arg: impl AsRef<OsStr>) -> Self {
        self.args([arg])
    }

    /// Runs it, and returns what it printed; the inner error is what it said where it failed.
    ///
    /// rustup installs nothing for it. Where the repository asks for a toolchain that is not there, the one
    /// that is the user's default answers: what the members are does not depend on it.
    ///
    /// # Errors
    ///
    /// If it cannot be run.
    pub(super) fn run(mut self) -> Result<Result<String, CargoMessage>> {
        let command = &mut self.command;
        // Without a backtrace, which rustup and Cargo would print among what they say.
        command.env("RUSTUP_AUTO_INSTALL", "0").env("RUST_BACKTRACE", "0").env_remove("RUST_LIB_BACKTRACE");
        let output = output(command)?;
        if !output.status.success()
            && is_toolchain_missing(&output)
            && env::var_os("RUSTUP_TOOLCHAIN").is_none()
            && let Some(toolchain) = default_toolchain()
        {
            return Ok(said(self::output(command.env("RUSTUP_TOOLCHAIN", toolchain))?));
        }
        drop(self.confined);
        Ok(said(output))
    }
}

fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Asks `cargo metadata`, with `args` beside those that are always given, in `folder`, whose Cargo
/// configuration counts, or else in the current one, and returns the JSON; the inner error is what Cargo
/// said where it failed.
///
/// # Errors
///
/// If Cargo cannot be run.
pub(super) fn metadata(
    manifest: &Path,
    args: &[&str],
    folder: Option<&Path>,
) -> Result<Result<String, CargoMessage>> {
    let always = ["metadata", "--format-version=1", "--offline", "--manifest-path"];
    let cargo = Cargo::confined(folder)?.args(always).arg(manifest).args(args);
    // A wrapper around Cargo may have printed something of its own.
    Ok(cargo.run()?.map(|text| match text.lines().find(|line| line.starts_with('{')) {
        Some(line) if line.len() + 1 < text.len() => line.to_owned(),
        _ => text,
    }))
}

/// Says that Cargo's answer is not as expected.
pub(super) const NOT_UNDERSTOOD: &str = "cannot read the output of `cargo metadata`";

fn output(command: &mut Command) -> Result<Output> {
    command.output().with_context(|| {
        let words: Vec<_> = command.get_args().take(1).map(|word| word.to_string_lossy()).collect();
        format!("cannot run `cargo {}`", words.join(" "))
    })
}

fn said(output: Output) -> Result<String, CargoMessage> {
    let text = |bytes| {
        String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    };
    match output.status.success() {
        true => Ok(text(output.stdout)),
        false => Err(CargoMessage::new(text(output.stderr))),
    }
}

/// Returns whether it is rustup that failed, for want of the toolchain that a file asks for.
fn is_toolchain_missing(output: &Output) -> bool {
    let said = String::from_utf8_lossy(&output.stderr);
    said.contains("toolchain '") && said.contains("is not installed")
}

/// Returns the toolchain that rustup's Cargo would take in `folder`; `None` where one is chosen already, or rustup
/// does not tell.
fn chosen_toolchain(folder: &Path) -> Option<OsString> {
    let is_chosen = ["CARGO", "RUSTUP_TOOLCHAIN"].into_iter().any(|name| env::var_os(name).is_some());
    if is_chosen { None } else { ask_rustup(&["show", "active-toolchain"], folder) }
}

/// Returns the toolchain that counts where no file asks for one; `None` where rustup has none.
fn default_toolchain() -> Option<OsString> {
    ask_rustup(&["default"], Path::new("."))
}

/// Returns the first word of what rustup says.
fn ask_rustup(args: &[&str], folder: &Path) -> Option<OsString> {
    let output =
        Command::new("rustup").args(args).current_dir(folder).env("RUSTUP_AUTO_INSTALL", "0").output();
    let said = String::from_utf8(output.ok().filter(|output| output.status.success())?.stdout).ok()?;
    said.split_whitespace().next().map(OsString::from)
}
