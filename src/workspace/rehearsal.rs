//! Packing what is published, as Cargo does it before it uploads: without network, and into a folder that goes.

use std::path::Path;

use anyhow::{Context, Result};
use tempfile::TempDir;

use super::cargo::Cargo;
use super::outside::CargoMessage;

/// What came of packing.
pub enum Packing {
    /// All was packed: the names of files like `name-1.0.0.crate`, and their sizes in bytes.
    Packed(Vec<(String, u64)>),
    /// Cargo refused.
    Refused(CargoMessage),
}

/// Runs `cargo package` for the workspace of the manifest in the work tree, without the members `exclude`, as for
/// `registry` if Cargo does not know it; with `verify` Cargo compiles each package as it was packed.
///
/// # Errors
///
/// If Cargo cannot be run.
pub fn pack(manifest: &Path, registry: Option<&str>, exclude: &[&str], verify: bool) -> Result<Packing> {
    let target = TempDir::with_prefix("relprep-pack-").context("cannot make a temporary folder")?;
    let cargo = if verify { Cargo::unconfined() } else { Cargo::confined(None)? };
    let cargo = cargo.args(["package", "--workspace", "--locked", "--offline", "--color=never"]);
    let cargo = cargo.arg("--manifest-path").arg(manifest).arg("--target-dir").arg(target.path());
    let cargo = cargo.args(exclude.iter().map(|name| format!("--exclude={name}")));
    let cargo = cargo.args(if verify { &[][..] } else { &["--no-verify"] });
    if let Err(said) = cargo.args(registry.map(|registry| format!("--registry={registry}"))).run()? {
        return Ok(Packing::Refused(said));
    }
    let mut packed = Vec::new();
    let folder = target.path().join("package");
    for entry in std::fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let (entry, metadata) = entry.and_then(|entry| entry.metadata().map(|metadata| (entry, metadata)))?;
        if metadata.is_file() {
            packed.push((entry.file_name().to_string_lossy().into_owned(), metadata.len()));
        }
    }
    packed.sort();
    Ok(Packing::Packed(packed))
}
