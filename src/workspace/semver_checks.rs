//! Running `cargo semver-checks`, which compares the interfaces of libraries.

use std::io::Read as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

/// What is compared.
pub struct Comparison<'a> {
    /// The manifest of the workspace, in the work tree.
    pub manifest: &'a Path,
    /// The commit of the release that it is compared with.
    pub baseline: &'a str,
    /// The members that are left out.
    pub exclude: &'a [&'a str],
}

/// What the program said.
pub struct ApiAnswer {
    /// Its own name and version.
    pub version: String,
    /// Whether it went to the end, whatever it found.
    pub is_whole: bool,
    /// Its report, and what it has to say beside.
    pub said: String,
}

/// The exit status with which it says that something is broken.
const BROKEN: i32 = 100;

/// Compares the libraries without network; `None` where the program is not installed.
///
/// It compiles the documentation of both, and runs their build scripts for it. What breaks users is asked for, which
/// neither a patch nor a minor release may: what it would let wait for a minor one are additions and deprecations.
///
/// # Errors
///
/// If it cannot be run.
pub fn compare(comparison: &Comparison<'_>) -> Result<Option<ApiAnswer>> {
    let Some(version) = version()? else { return Ok(None) };
    let Comparison { manifest, baseline, exclude } = *comparison;
    let mut command = program();
    command.args(["--workspace", "--color=never", "--baseline-rev", baseline, "--release-type=minor"]);
    command.arg("--manifest-path").arg(manifest);
    command.args(exclude.iter().flat_map(|name| ["--exclude", name]));
    command.env("CARGO_NET_OFFLINE", "true").env("CARGO_TERM_COLOR", "never");
    command.env("RUST_BACKTRACE", "0").env_remove("RUST_LIB_BACKTRACE");
    // The packages are named on the one, and what is wrong with them on the other: they are read in their order.
    let (mut output, end) = std::io::pipe().context("cannot make a pipe")?;
    command.stdout(end.try_clone().context("cannot make a pipe")?).stderr(end);
    let mut child = command.spawn().context("cannot run `cargo semver-checks`")?;
    // It holds the other end of the pipe.
    drop(command);
    let mut said = Vec::new();
    output.read_to_end(&mut said).context("cannot read what `cargo semver-checks` says")?;
    let status = child.wait().context("cannot wait for `cargo semver-checks`")?;
    let is_whole = status.success() || status.code() == Some(BROKEN);
    Ok(Some(ApiAnswer { version, is_whole, said: String::from_utf8_lossy(&said).into_owned() }))
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
