//! Which configuration counts at a commit, and whose programs may run.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::location::{Location, Revision};
use super::text;
use crate::config::{self, Config, ConfigFile};
use crate::finding::{Finding, Refused};
use crate::git::{Refs, Repo, Tree};
use crate::path::RepoPath;
use crate::rule;

/// The name of the configuration's file, beside the root manifest.
const FILE: &str = "relprep.toml";

/// A configuration, and what is worth saying about it.
type Configured = (Config, Vec<Finding>);

/// Returns the configuration for a commit whose files are `tree`: see the functions called.
pub(super) fn at(
    repo: &Repo,
    location: &Location,
    at: Revision,
    tree: &Tree,
    root: &RepoPath,
) -> Result<Configured> {
    match at.is_checked_out {
        true => of_checkout(repo, location, tree, root),
        false => of_commit(repo, location, tree, root),
    }
}

/// Returns the configuration for the commit that is checked out, whose files are `tree`: that of
/// `--config`, or the one beside the root manifest as it stands in the work tree, or the root
/// manifest's own table.
///
/// Programs run only from a configuration that is committed as it stands; one that is not, and names
/// programs, is refused.
pub(super) fn of_checkout(
    repo: &Repo,
    location: &Location,
    tree: &Tree,
    root: &RepoPath,
) -> Result<Configured> {
    let (manifest, beside) = sources(repo, tree, root)?;
    let path = RepoPath::from_folder(root.folder(), FILE);
    let folder = Some(root.folder());
    let mut notes = Vec::new();
    let config = if let Some(explicit) = explicit(location)? {
        let config = config::read(Some(&explicit), None, &manifest, folder)?.unwrap_or_default();
        notes.extend(programs_not_committed(&config, &explicit, beside.as_ref()));
        config
    } else {
        let on_disk = text::on_disk(&repo.root().join(&path), path.as_str())?;
        let on_disk = on_disk.map(|text| ConfigFile { path: path.to_string(), text });
        let config = config::read(None, on_disk.as_ref().or(beside.as_ref()), &manifest, folder)?;
        let config = config.unwrap_or_else(|| Config::default_in(root.folder()));
        if let Some(source) = on_disk.filter(|source| beside.as_ref().is_none_or(|b| b.text != source.text)) {
            let message = format!("{path} is used as it is here, not as it is committed");
            let uncommitted = Finding::of(rule::CONFIG_UNCOMMITTED, message);
            notes.push(programs_not_committed(&config, &source, beside.as_ref()).unwrap_or(uncommitted));
        }
        config
    };
    Ok((config, notes))
}

/// Returns the configuration for a commit that is not checked out, whose files are `tree`: that of
/// `--config`, or its own, or where it has none that of the commit that is checked out.
///
/// Its own programs do not run, and one that names programs is refused.
pub(super) fn of_commit(
    repo: &Repo,
    location: &Location,
    tree: &Tree,
    root: &RepoPath,
) -> Result<Configured> {
    let checkout = || -> Result<Configured> {
        let head = repo.head()?.commit().context("HEAD has no commit")?;
        let head = repo.tree(head)?;
        of_checkout(repo, location, &head, root)
    };
    if location.config.is_some() {
        return checkout();
    }
    let (manifest, beside) = sources(repo, tree, root)?;
    let Some(config) = config::read(None, beside.as_ref(), &manifest, Some(root.folder()))? else {
        let (config, mut notes) = checkout()?;
        notes.push(Finding::of(
            rule::CONFIG_ELSEWHERE,
            "there is no configuration here: that of the checkout is used",
        ));
        return Ok((config, notes));
    };
    let refusal = (!config.runs.is_empty()).then(|| {
        Finding::of(
            rule::CONFIG_RUNS,
            "the programs that this branch's configuration names cannot run from here",
        )
        .remedy("check the branch out and prepare it there, so that you know what runs")
    });
    Ok((config, refusal.into_iter().collect()))
}

fn sources(repo: &Repo, tree: &Tree, root: &RepoPath) -> Result<(ConfigFile, Option<ConfigFile>)> {
    let path = RepoPath::from_folder(root.folder(), FILE);
    let text = text::of_commit(repo, tree, root)?.context("the root manifest is not committed")?;
    let manifest = ConfigFile { path: root.to_string(), text };
    let beside = text::of_commit(repo, tree, &path)?.map(|text| ConfigFile { path: path.to_string(), text });
    Ok((manifest, beside))
}

fn explicit(location: &Location) -> Result<Option<ConfigFile>, Refused> {
    let Some(path) = &location.config else { return Ok(None) };
    let text =
        std::fs::read_to_string(location.folder.join(path)).map_err(|error| no_config(path, &error))?;
    Ok(Some(ConfigFile { path: path.display().to_string(), text }))
}

fn programs_not_committed(
    config: &Config,
    source: &ConfigFile,
    committed: Option<&ConfigFile>,
) -> Option<Finding> {
    let is_committed = committed.is_some_and(|committed| committed.text == source.text);
    (!config.runs.is_empty() && !is_committed).then(|| {
        let message = format!("the programs that {} names cannot run: it is not committed so", source.path);
        Finding::of(rule::CONFIG_RUNS, message)
            .remedy("commit it: programs run only from the configuration of the commit that is checked out")
    })
}

fn no_config(path: &Path, error: &std::io::Error) -> Refused {
    Finding::of(rule::NO_CONFIG, format!("cannot read the configuration {}: {error}", path.display()))
        .remedy("give `--config` the path of a file")
        .into()
}

/// Returns the branches and tags of `repo`, seen as `--remote` and the nearest configuration say.
///
/// # Errors
///
/// A refusal if there is no such remote. What is wrong with the configuration is none here.
pub fn refs(repo: &Repo, location: &Location) -> Result<Refs> {
    repo.refs(nearest_config(location).unwrap_or_default().preferred(location.remote.as_deref()))
}

/// Returns the configuration at `location` as it stands on the disk, without asking git or Cargo:
/// that of `--config`, else of the nearest folder upwards that has one, else the defaults.
///
/// # Errors
///
/// Refusals where it cannot be read: above all where it is a symbolic link, which may lead out of the
/// repository.
pub fn nearest_config(location: &Location) -> Result<Config> {
    let read = |path: PathBuf| -> Result<Option<ConfigFile>> {
        let shown = path.display().to_string();
        Ok(text::on_disk(&path, &shown)?.map(|text| ConfigFile { path: shown, text }))
    };
    let manifest = |folder: &Path| -> Result<ConfigFile> {
        let path = folder.join("Cargo.toml");
        let absent = ConfigFile { path: path.display().to_string(), text: String::new() };
        Ok(read(path)?.unwrap_or(absent))
    };
    if let Some(explicit) = explicit(location)? {
        let config = config::read(Some(&explicit), None, &manifest(&location.folder)?, None)?;
        return Ok(config.unwrap_or_default());
    }
    let begin = location.manifest.as_ref().map(|manifest| location.folder.join(manifest));
    let begin = begin.as_deref().and_then(Path::parent).unwrap_or(&location.folder);
    for folder in begin.ancestors() {
        let beside = read(folder.join(FILE))?;
        if let Some(config) = config::read(None, beside.as_ref(), &manifest(folder)?, None)? {
            return Ok(config);
        }
        if folder.join(".git").exists() {
            break;
        }
    }
    Ok(Config::default())
}
