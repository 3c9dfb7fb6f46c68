//! Compiling the workspace with an older Rust.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::finding::Finding;
use crate::rule;
use crate::rust_version::RustVersion;

/// Compiles the work tree's workspace in `folder` with Rust `version`, as `cargo +version arguments`
/// does; `say` is given each line of what Cargo says.
///
/// Returns what is wrong: that it does not compile, or that rustup does not have that toolchain.
///
/// # Errors
///
/// If rustup is there and cannot be run.
pub fn compile(
    folder: &Path,
    version: RustVersion,
    arguments: &[String],
    mut say: impl FnMut(&str),
) -> Result<Option<Finding>> {
    let Some(installed) = toolchains()? else {
        let message = format!("Rust {version} is not available: rustup is not installed");
        let remedy = "install it (https://rustup.rs), or leave out `--build`";
        return Ok(Some(Finding::of(rule::MSRV_BUILD, message).remedy(remedy)));
    };
    let Some(toolchain) = choose(&installed, version) else {
        let message = format!("rustup has no toolchain for Rust {version}, and nothing was compiled");
        let remedy = format!("run `rustup toolchain install {} --profile minimal`", version.full());
        return Ok(Some(Finding::of(rule::MSRV_BUILD, message).remedy(remedy)));
    };
    let mut command = Command::new("rustup");
    command.args(["run", &toolchain, "cargo"]).args(arguments).current_dir(folder);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    // What the Cargo that runs this program set for it would choose the toolchain again.
    for variable in ["CARGO", "RUSTC", "RUSTDOC", "RUSTUP_TOOLCHAIN"] {
        command.env_remove(variable);
    }
    let mut child = command.spawn().context("cannot run `rustup run`")?;
    for line in child.stderr.take().into_iter().flat_map(|stderr| BufReader::new(stderr).split(b'\n')) {
        say(&String::from_utf8_lossy(&line.context("cannot read what Cargo says")?));
    }
    let status = child.wait().context("cannot wait for `rustup run`")?;
    let what = format!("cargo +{toolchain} {}", arguments.join(" "));
    Ok((!status.success()).then(|| {
        Finding::of(rule::MSRV_BUILD, format!("the workspace does not compile with Rust {version}"))
            .remedy(format!("see what `{what}` says"))
    }))
}

/// Returns what `rustup toolchain list` prints; `None` where there is no rustup.
fn toolchains() -> Result<Option<String>> {
    match Command::new("rustup").args(["toolchain", "list"]).output() {
        Ok(output) => Ok(Some(String::from_utf8_lossy(&output.stdout).into_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).context("cannot run `rustup toolchain list`"),
    }
}

/// Returns the name of the toolchain for `version` among those that rustup lists: `1.86.0` or `1.86`.
fn choose(listed: &str, version: RustVersion) -> Option<String> {
    let names = [version.full(), version.to_string()];
    let is_there = |name: &&String| {
        let mut toolchains = listed.lines().filter_map(|line| line.split_whitespace().next());
        toolchains.any(|toolchain| {
            let rest = toolchain.strip_prefix(name.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        })
    };
    names.iter().find(is_there).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_toolchain_is_found_by_either_name() {
        let listed =
            "stable-x86_64-unknown-linux-gnu (default)\n1.86-x86_64-unknown-linux-gnu\n1.87.0-x86_64\n";
        assert_eq!(choose(listed, RustVersion::new(86)).as_deref(), Some("1.86"));
        assert_eq!(choose(listed, RustVersion::new(87)).as_deref(), Some("1.87.0"));
        assert_eq!(choose(listed, RustVersion::new(8)), None);
    }
}
