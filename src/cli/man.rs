//! `cargo relprep man`.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use super::{ExitStatus, Output};
use crate::render::manual;

/// Write the manual: a page for each command, and for each topic of the help
///
/// For those who package the program: the pages go to `man1` and `man7` below a folder of manuals. What is there of the
/// same name is written over.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo relprep man ~/.local/share/man   for oneself: `man cargo-relprep-branch`, `man cargo-relprep-recipes`
  cargo relprep man \"$pkgdir/usr/share/man\"   for a package")]
pub(super) struct ManArgs {
    /// The folder of manuals
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// Writes it, of `command`, the whole command line.
pub(super) fn run(args: &ManArgs, mut command: clap::Command, output: &mut Output) -> Result<ExitStatus> {
    command.build();
    let pages = manual::pages(&command);
    for page in &pages {
        let section = page.file.rsplit('.').next().unwrap_or_default();
        let folder = args.folder.join(format!("man{section}"));
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let path = folder.join(&page.file);
        fs::write(&path, &page.text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    output.show(&format!("Wrote {} pages to {}\n", pages.len(), args.folder.display()));
    Ok(ExitStatus::Done)
}
