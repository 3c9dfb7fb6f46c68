//! Running Cargo: without network, and with a toolchain that is there.

use std::env;
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Output};

use super::outside::CargoMessage;
use anyhow::{Context, Result};

/// The compiler's file.
const RUSTC: &str = if cfg!(windows) { "rustc.exe" } else { "rustc" };

/// Returns a call of Cargo: of the one that runs this program, or else of the one that is found.
///
/// Cargo asks rustc for its version; the compiler and the wrappers that a configuration in the repository
/// names are overruled, so that none of its programs runs. The compiler beside that Cargo is asked without the
/// way through rustup's stand-in, which takes longer than the compiler does.
pub(super) fn command() -> Command {
    let cargo = env::var_os("CARGO");
    let beside = || Some(Path::new(cargo.as_ref()?).with_file_name(RUSTC)).filter(|rustc| rustc.is_file());
    let chosen = ["RUSTC", "CARGO_BUILD_RUSTC"].into_iter().find_map(env::var_os);
    let rustc = chosen.or_else(|| beside().map(OsString::from)).unwrap_or_else(|| RUSTC.into());
    let mut command = Command::new(cargo.unwrap_or_else(|| "cargo".into()));
    command.env("RUSTC", rustc);
    command.env("RUSTC_WRAPPER", "").env("RUSTC_WORKSPACE_WRAPPER", "");
    command
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
    let mut command = command();
    if let Some(folder) = folder {
        command.current_dir(folder);
    }
    command.args(["metadata", "--format-version=1", "--offline", "--manifest-path"]).arg(manifest).args(args);
    // A wrapper around Cargo may have printed something of its own.
    Ok(run(command)?.map(|text| match text.lines().find(|line| line.starts_with('{')) {
        Some(line) if line.len() + 1 < text.len() => line.to_owned(),
        _ => text,
    }))
}

/// Says that Cargo's answer is not as expected.
pub(super) const NOT_UNDERSTOOD: &str = "cannot read the output of `cargo metadata`";

/// Runs a call of Cargo, and returns what it printed; the inner error is what it said where it failed.
///
/// rustup installs nothing for it. Where the repository asks for a toolchain that is not there, the one
/// that is the user's default answers: what the members are does not depend on it.
///
/// # Errors
///
/// If it cannot be run.
pub(super) fn run(mut command: Command) -> Result<Result<String, CargoMessage>> {
    // Without a backtrace, which rustup and Cargo would print among what they say.
    command.env("RUSTUP_AUTO_INSTALL", "0").env("RUST_BACKTRACE", "0").env_remove("RUST_LIB_BACKTRACE");
    let output = output(&mut command)?;
    if !output.status.success()
        && is_toolchain_missing(&output)
        && env::var_os("RUSTUP_TOOLCHAIN").is_none()
        && let Some(toolchain) = default_toolchain()
    {
        return Ok(said(self::output(command.env("RUSTUP_TOOLCHAIN", toolchain))?));
    }
    Ok(said(output))
}

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

/// Returns the toolchain that counts where no file asks for one; `None` where rustup has none.
fn default_toolchain() -> Option<OsString> {
    let output =
        Command::new("rustup").arg("default").output().ok().filter(|output| output.status.success())?;
    let said = String::from_utf8(output.stdout).ok()?;
    said.split_whitespace().next().map(OsString::from)
}
