//! Where Cargo runs without the programs that its configuration names.
//!
//! Cargo asks rustc about itself, and a configuration in the repository, or in any folder above, may name another
//! compiler, wrappers, code generators (`rustflags`) and libraries to load (`[env]`). No variable and no argument
//! overrules all of that.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::own_folder::{self, OwnFolder};
use super::resolution::Resolution;
use crate::finding::{Finding, Refused};
use crate::limits;
use crate::rule;

/// How many files may include one another.
const MOST: usize = 100;

/// A folder of this program's own in which Cargo runs; it goes when this is dropped.
pub(super) struct Confined {
    /// Where Cargo runs.
    pub(super) folder: PathBuf,
    _own: OwnFolder,
}

impl Confined {
    /// Makes a folder in which Cargo finds, of the configuration that counts in `folder`, only what decides how
    /// dependencies are resolved; `None` where there is nothing else, and Cargo may run in `folder` itself.
    ///
    /// The user's own, in `CARGO_HOME`, counts there as everywhere.
    ///
    /// # Errors
    ///
    /// If a configuration cannot be read, or the folder not be made where nobody else's counts.
    pub(super) fn of(folder: &Path) -> Result<Option<Self>> {
        let found = counting(folder)?;
        if found.iter().all(|file| file.is_whole) {
            return Ok(None);
        }
        let (own, mut path) = apart()?;
        // Below each other, as they count: the last one is the nearest.
        for file in &found {
            path.push("below");
            let config = path.join(".cargo/config.toml");
            let write = || {
                std::fs::create_dir_all(path.join(".cargo"))
                    .and_then(|()| std::fs::write(&config, &file.text))
            };
            write().with_context(|| format!("cannot write {}", config.display()))?;
        }
        Ok(Some(Self { folder: path, _own: own }))
    }
}

/// Makes a folder in which no configuration names a program, and returns where it is.
fn apart() -> Result<(OwnFolder, PathBuf)> {
    let mut above = None;
    for base in own_folder::bases() {
        let own = OwnFolder::make_in(&base)?;
        let path = own.path()?;
        above = counting(&path)?.into_iter().find(|file| !file.is_whole);
        if above.is_none() {
            return Ok((own, path));
        }
    }
    let above = above.map_or(String::new(), |file| file.path.display().to_string());
    let message = format!("{above} counts in temporary folders and names programs to Cargo");
    Err(refused(message, "set `TMPDIR` to another folder"))
}

fn refused(message: String, remedy: &str) -> anyhow::Error {
    Refused::from(Finding::of(rule::CARGO_CONFIG, message).remedy(remedy)).into()
}

/// Returns the files of Cargo's configuration that count in `folder`, but for the user's own: the nearest last.
fn counting(folder: &Path) -> Result<Vec<CargoConfig>> {
    let home = home();
    let mut files = Vec::new();
    for above in folder.ancestors() {
        let cargo = above.join(".cargo");
        // As Cargo chooses, where both are there.
        let there =
            ["config", "config.toml"].map(|name| cargo.join(name)).into_iter().find(|path| path.is_file());
        let Some(path) = there else { continue };
        if home.as_deref().is_some_and(|home| cargo.canonicalize().is_ok_and(|cargo| cargo == home)) {
            continue;
        }
        add(path, &mut files)?;
    }
    files.reverse();
    Ok(files)
}

/// A file of Cargo's configuration.
struct CargoConfig {
    path: PathBuf,
    /// What is left of its text.
    text: String,
    /// Whether that is all of it.
    is_whole: bool,
}

/// Adds the file `path`, and after it those that it includes, the one that counts most first.
fn add(path: PathBuf, files: &mut Vec<CargoConfig>) -> Result<()> {
    let shown = path.display().to_string();
    if files.len() >= MOST {
        return Err(refused(format!("{shown} includes itself, or too many files"), "take out an `include`"));
    }
    let size = path.metadata().with_context(|| format!("cannot read {shown}"))?.len();
    limits::check(&shown, size).map_err(Refused::from)?;
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {shown}"))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    // What Cargo would quote of it may be of any file, where it is a link.
    let read = Resolution::read(&text, folder.parent().unwrap_or(folder));
    let Resolution { text, is_whole, includes } = read.map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        let line =
            before.map_or(String::new(), |before| format!(" (line {})", before.matches('\n').count() + 1));
        let message = format!("{shown} is not TOML: {}{line}", error.message());
        refused(message, "put it right: Cargo cannot read it")
    })?;
    let included: Vec<PathBuf> = includes.iter().map(|name| folder.join(name)).collect();
    files.push(CargoConfig { path, text, is_whole });
    included.into_iter().rev().filter(|path| path.is_file()).try_for_each(|path| add(path, files))
}

/// Returns the user's own folder of Cargo, if it is there.
fn home() -> Option<PathBuf> {
    let stated = std::env::var_os("CARGO_HOME").filter(|home| !home.is_empty()).map(PathBuf::from);
    stated.or_else(|| Some(std::env::home_dir()?.join(".cargo")))?.canonicalize().ok()
}
