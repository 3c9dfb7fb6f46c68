//! Lets Cargo bring a lock file up to date, offline, in a folder of its own.

use anyhow::{Context, Result};

use super::cargo::Cargo;
use super::outside::CargoMessage;
use super::scratch::ScratchFolder;
use crate::path::RepoPath;

/// Runs `cargo update --offline` with `args` for the lock file; returns what it said if it failed.
pub(crate) fn update(
    scratch: &ScratchFolder,
    lock: &RepoPath,
    args: &[&str],
) -> Result<Result<(), CargoMessage>> {
    let manifest = lock.sibling("Cargo.toml").context("a lock file without a folder")?;
    let cargo =
        Cargo::confined(Some(scratch.root()))?.args(["update", "--offline", "--quiet", "--manifest-path"]);
    let cargo = cargo.arg(scratch.path(&manifest)).args(args);
    // Its paths are of a folder that is gone when they are read.
    let root = format!("{}{}", scratch.root().display(), std::path::MAIN_SEPARATOR);
    let in_short = |said: &str| said.replace(&root, "").trim().trim_start_matches("error: ").to_owned();
    Ok(cargo.run()?.map(drop).map_err(|said| said.edited(in_short)))
}
