//! Running `cargo semver-checks`, which compares the interfaces of libraries.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

/// What is compared.
pub struct Comparison<'a> {
    /// The manifest of the workspace, in the work tree.
    pub manifest: &'a Path,
    /// The release that it is compared with, as git names it.
    pub baseline: &'a str,
    /// The members that are left out.
    pub exclude: &'a [&'a str],
    /// What kind of release the next one is taken for: `patch`, `minor`.
    pub release_type: &'a str,
}

/// What the program said.
pub struct Answer {
    /// Its own version.
    pub version: String,
    /// Whether it found nothing.
    pub passed: bool,
    /// Its report, and what it has to say beside.
    pub said: String,
}

/// Compares the libraries without network; `None` where the program is not installed.
///
/// It compiles the documentation of both, and runs their build scripts for it.
///
/// # Errors
///
/// If it cannot be run.
pub fn compare(comparison: &Comparison<'_>) -> Result<Option<Answer>> {
    let Some(version) = version()? else { return Ok(None) };
    let Comparison { manifest, baseline, exclude, release_type } = *comparison;
    let mut command = program();
    command.args([
        "--workspace",
        "--color=never",
        "--baseline-rev",
        baseline,
        "--release-type",
        release_type,
    ]);
    command.arg("--manifest-path").arg(manifest);
    command.args(exclude.iter().flat_map(|name| ["--exclude", name]));
    command.env("CARGO_NET_OFFLINE", "true").env("CARGO_TERM_COLOR", "never");
    let output = command.output().context("cannot run `cargo semver-checks`")?;
    let said =
        [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned()).concat();
    Ok(Some(Answer { version, passed: output.status.success(), said }))
}

fn program() -> Command {
    let mut command = Command::new("cargo-semver-checks");
    command.arg("semver-checks");
    // What the Cargo that runs this program set for it would be taken for the choice of a user.
    for variable in ["CARGO", "RUSTC", "RUSTDOC"] {
        command.env_remove(variable);
    }
    command
}

fn version() -> Result<Option<String>> {
    match program().arg("--version").output() {
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stdout);
            Ok(Some(said.lines().next().unwrap_or_default().trim().to_owned()))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).context("cannot run `cargo semver-checks --version`"),
    }
}
