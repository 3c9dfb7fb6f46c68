//! Running Cargo: without network, with a toolchain that is there, and without the programs that a configuration names.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead, BufReader, Read as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context, Result, ensure};

use super::confined::Confined;
use super::outside::CargoMessage;

/// A call of Cargo: of the one that runs this program, or else of the one that is found.
pub(super) struct Cargo {
    command: Command,
    /// Where it runs, if that is not the folder whose configuration counts.
    _confined: Option<Confined>,
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
        Ok(Self { command, _confined: confined })
    }

    /// Prepares a call by the configuration of the current folder, with all that it names.
    pub(super) fn unconfined() -> Self {
        Self { command: cargo(), _confined: None }
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
    /// # Errors
    ///
    /// If it cannot be run.
    pub(super) fn run(self) -> Result<Result<String, CargoMessage>> {
        self.reading(|printed| {
            let mut bytes = Vec::new();
            printed.read_to_end(&mut bytes)?;
            Ok(text(bytes))
        })
    }

    /// Runs it, and returns what `read` makes of what it prints, while it ends; the inner error is what it said where
    /// it failed.
    ///
    /// rustup installs nothing for it. Where the repository asks for a toolchain that is not there, the one
    /// that is the user's default answers: what the members are does not depend on it.
    ///
    /// # Errors
    ///
    /// If it cannot be run, or not be read.
    fn reading<T>(mut self, read: impl Fn(&mut dyn BufRead) -> Result<T>) -> Result<Result<T, CargoMessage>> {
        let command = &mut self.command;
        // Without a backtrace, which rustup and Cargo would print among what they say.
        command.env("RUSTUP_AUTO_INSTALL", "0").env("RUST_BACKTRACE", "0").env_remove("RUST_LIB_BACKTRACE");
        let mut answered = attempt(command, &read)?;
        if answered.as_ref().is_err_and(|said| is_toolchain_missing(said))
            && env::var_os("RUSTUP_TOOLCHAIN").is_none()
            && let Some(toolchain) = default_toolchain()
        {
            answered = attempt(command.env("RUSTUP_TOOLCHAIN", toolchain), &read)?;
        }
        answered.map_err(CargoMessage::new).map_or_else(|said| Ok(Err(said)), |read| read.map(Ok))
    }
}

fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Asks `cargo metadata`, with `args` beside those that are always given, in `folder`, whose Cargo
/// configuration counts, or else in the current one, and returns what `read` makes of the JSON; the inner error is
/// what Cargo said where it failed.
///
/// # Errors
///
/// If Cargo cannot be run, and those of `read`.
pub(super) fn metadata<T>(
    manifest: &Path,
    args: &[&str],
    folder: Option<&Path>,
    read: impl Fn(&str) -> Result<T>,
) -> Result<Result<T, CargoMessage>> {
    let always = ["metadata", "--format-version=1", "--offline", "--manifest-path"];
    let cargo = Cargo::confined(folder)?.args(always).arg(manifest).args(args);
    cargo.reading(|printed| {
        // A wrapper around Cargo may have printed something of its own.
        let mut line = Vec::new();
        while !line.starts_with(b"{") {
            line.clear();
            ensure!(printed.read_until(b'\n', &mut line)? > 0, NOT_UNDERSTOOD);
        }
        read(&text(line))
    })
}

/// Says that Cargo's answer is not as expected.
pub(super) const NOT_UNDERSTOOD: &str = "cannot read the output of `cargo metadata`";

/// Runs a command once; the inner error is what it said where it failed.
fn attempt<T>(
    command: &mut Command,
    read: impl Fn(&mut dyn BufRead) -> Result<T>,
) -> Result<Result<Result<T>, String>> {
    let words: Vec<_> = command.get_args().take(1).map(|word| word.to_string_lossy()).collect();
    let cannot = format!("cannot run `cargo {}`", words.join(" "));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| cannot.clone())?;
    let (printed, mut said) = (child.stdout.take(), child.stderr.take());
    let said = thread::spawn(move || {
        let mut bytes = Vec::new();
        said.as_mut().map_or(Ok(0), |said| said.read_to_end(&mut bytes)).map(|_| bytes)
    });
    let mut printed = BufReader::new(printed.context(NOT_UNDERSTOOD)?);
    let found = read(&mut printed);
    // It would not end well with nobody to print to.
    let rest = io::copy(&mut printed, &mut io::sink());
    drop(printed);
    let status = child.wait().with_context(|| cannot.clone())?;
    let said = said.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    let said = rest.and(said).context(cannot)?;
    Ok(if status.success() { Ok(found) } else { Err(text(said)) })
}

/// Returns the text; bytes that are not UTF-8 are replaced.
fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// Returns whether it is rustup that failed, for want of the toolchain that a file asks for.
fn is_toolchain_missing(said: &str) -> bool {
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
