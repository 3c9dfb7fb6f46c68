//! Which configuration counts at a commit, and whose programs may run.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::location::{Location, Revision};
use super::text;
use crate::config::{self, Config, ConfigFile};
use crate::finding::{Finding, Refused};
use crate::git::{BranchName, FoundRefs, Refs, Repo, Tree};
use crate::path::RepoPath;
use crate::rule;

/// The name of the configuration's file, beside the root manifest.
pub(super) const FILE: &str = "relprep.toml";

/// A configuration, and what is worth saying about it.
type Configured = (Config, Vec<Finding>);

/// Returns the configuration for a commit whose files are `tree`: see the functions called.
pub(super) fn at(
    (repo, refs): (&Repo, &Refs),
    location: &Location,
    at: Revision,
    tree: &Tree,
    root: &RepoPath,
) -> Result<Configured> {
    match at.is_checked_out {
        true => of_checkout((repo, refs), location, tree, root),
        false => of_commit((repo, refs), location, tree, root),
    }
}

/// Returns the configuration for the commit that is checked out, whose files are `tree`: that of
/// `--config`, or its own as it stands in the work tree, or where it has none that of the trunk.
///
/// Programs run only from a configuration that is committed as it stands; one that is not, and names
/// programs, is refused.
pub(super) fn of_checkout(
    (repo, refs): (&Repo, &Refs),
    location: &Location,
    tree: &Tree,
    root: &RepoPath,
) -> Result<Configured> {
    match stated_in_checkout(repo, location, tree, root)? {
        Some(configured) => Ok(configured),
        None => Ok(of_trunk((repo, refs), root)?.unwrap_or_else(|| default(root))),
    }
}

/// Returns what the commit that is checked out states, whose files are `tree`: with `--config`, or beside the
/// root manifest as it stands in the work tree, or in the root manifest's own table.
fn stated_in_checkout(
    repo: &Repo,
    location: &Location,
    tree: &Tree,
    root: &RepoPath,
) -> Result<Option<Configured>> {
    let (manifest, beside) = sources(repo, tree, root)?;
    let folder = Some(root.folder());
    if let Some(explicit) = explicit(location)? {
        let config = config::read(Some(&explicit), None, &manifest, folder)?.unwrap_or_default();
        let notes = programs_not_committed(&config, &explicit, beside.as_ref()).into_iter().collect();
        return Ok(Some((config, notes)));
    }
    let path = RepoPath::from_folder(root.folder(), FILE);
    let on_disk = text::on_disk(&repo.root().join(&path), path.as_str())?;
    let on_disk = on_disk.map(|text| ConfigFile { path: path.to_string(), text });
    let Some(config) = config::read(None, on_disk.as_ref().or(beside.as_ref()), &manifest, folder)? else {
        return Ok(None);
    };
    let mut notes = Vec::new();
    if let Some(source) = on_disk.filter(|source| beside.as_ref().is_none_or(|b| b.text != source.text)) {
        let message = format!("{path} is used as it is here, not as it is committed");
        let uncommitted = Finding::of(rule::CONFIG_UNCOMMITTED, message);
        notes.push(programs_not_committed(&config, &source, beside.as_ref()).unwrap_or(uncommitted));
    }
    Ok(Some((config, notes)))
}

/// Returns the configuration for a commit that is not checked out, whose files are `tree`: that of
/// `--config`, or its own, or where it has none that of the trunk, or else of the checkout.
///
/// Its own programs do not run, and one that names programs is refused.
pub(super) fn of_commit(
    (repo, refs): (&Repo, &Refs),
    location: &Location,
    tree: &Tree,
    root: &RepoPath,
) -> Result<Configured> {
    let checkout = || -> Result<Option<Configured>> {
        let head = repo.head()?.commit().context("HEAD has no commit")?;
        stated_in_checkout(repo, location, &repo.tree(head)?, root)
    };
    if location.config.is_some() {
        return Ok(checkout()?.unwrap_or_else(|| default(root)));
    }
    let (manifest, beside) = sources(repo, tree, root)?;
    if let Some(config) = config::read(None, beside.as_ref(), &manifest, Some(root.folder()))? {
        let message = "the programs that this branch's configuration names cannot run from here";
        let refusal = foreign_programs(&config, message);
        return Ok((config, refusal.into_iter().collect()));
    }
    // The trunk's is read as it stands in the work tree, where that is the trunk's.
    let trunk = refs.branches.trunk();
    let is_trunk_here = repo.head()?.branch() == Some(&trunk);
    if !is_trunk_here && let Some(configured) = of_trunk((repo, refs), root)? {
        return Ok(configured);
    }
    let Some((config, mut notes)) = checkout()? else { return Ok(default(root)) };
    notes.push(match is_trunk_here {
        true => elsewhere(&format!("the trunk, {trunk},")),
        false => elsewhere("the checkout"),
    });
    Ok((config, notes))
}

/// Returns the configuration of the trunk, for another branch that has none; nothing where the trunk has
/// none, or is checked out.
fn of_trunk((repo, refs): (&Repo, &Refs), root: &RepoPath) -> Result<Option<Configured>> {
    let trunk = refs.branches.trunk();
    if repo.head()?.branch() == Some(&trunk) {
        return Ok(None);
    }
    let Some(config) = config_of_trunk((repo, refs), &trunk, root)? else { return Ok(None) };
    let message = format!("the programs that the configuration of {trunk} names cannot run here");
    let refusal = foreign_programs(&config, &message);
    let notes = std::iter::once(elsewhere(&format!("the trunk, {trunk},"))).chain(refusal).collect();
    Ok(Some((config, notes)))
}

/// Reads the configuration of the local trunk, else of what was fetched of it.
fn config_of_trunk(
    (repo, refs): (&Repo, &Refs),
    trunk: &BranchName,
    root: &RepoPath,
) -> Result<Option<Config>> {
    for commit in refs.branches.tip(trunk).commits() {
        let path = RepoPath::from_folder(root.folder(), FILE);
        let read = |path: &RepoPath| -> Result<Option<ConfigFile>> {
            let text = repo.text_at(commit, path)?.transpose().map_err(Refused::from)?;
            Ok(text.map(|text| ConfigFile { path: format!("{trunk}:{path}"), text }))
        };
        let Some(manifest) = read(root)? else { continue };
        if let Some(config) = config::read(None, read(&path)?.as_ref(), &manifest, Some(root.folder()))? {
            return Ok(Some(config));
        }
    }
    Ok(None)
}

fn default(root: &RepoPath) -> Configured {
    (Config::default_in(root.folder()), Vec::new())
}

fn elsewhere(whose: &str) -> Finding {
    Finding::of(rule::CONFIG_ELSEWHERE, format!("there is no configuration here: that of {whose} is used"))
}

fn foreign_programs(config: &Config, message: &str) -> Option<Finding> {
    (!config.runs.is_empty()).then(|| {
        Finding::of(rule::CONFIG_RUNS, message)
            .remedy("check the branch out and prepare it there, with a configuration of its own, so that you know what runs")
    })
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

/// Returns the branches and tags of `repo`, seen as `--remote` and the configuration say.
///
/// # Errors
///
/// A refusal if there is no such remote. What is wrong with the configuration is none here.
pub fn refs(repo: &Repo, location: &Location) -> Result<Refs> {
    found_refs(repo, location)?.told(repo, location)
}

/// Returns them while git tells what it is configured to do about them.
///
/// # Errors
///
/// As [`refs`].
pub fn found_refs(repo: &Repo, location: &Location) -> Result<ConfiguredRefs> {
    let nearest = nearest_config(location);
    let (has_nearest, config) = (!matches!(nearest, Ok(None)), nearest.ok().flatten().unwrap_or_default());
    let found = repo.found_refs(config.preferred(location.remote.as_deref()))?;
    Ok(ConfiguredRefs { found, has_nearest })
}

/// Branches and tags, of which it is not known yet what git is configured to do about them.
pub struct ConfiguredRefs {
    found: FoundRefs,
    /// Whether a configuration is there, so that the trunk's does not count.
    has_nearest: bool,
}

impl ConfiguredRefs {
    /// Returns them as if nothing were configured in git.
    pub fn guess(&self) -> &Refs {
        self.found.guess()
    }

    /// Returns them as they are, once git has told its configuration.
    ///
    /// # Errors
    ///
    /// As [`refs`].
    pub fn told(self, repo: &Repo, location: &Location) -> Result<Refs> {
        let refs = self.found.told(repo)?;
        if self.has_nearest {
            return Ok(refs);
        }
        match trunk_config((repo, &refs), location).ok().flatten() {
            Some(config) if config.trunk.is_some() || config.remote.is_some() => {
                repo.refs(config.preferred(location.remote.as_deref()))
            }
            _ => Ok(refs),
        }
    }
}

/// Returns the configuration at `location` without asking Cargo: the nearest, or where there is none and a
/// repository is given that of its trunk; and what is worth saying about it.
///
/// # Errors
///
/// Refusals where it cannot be read: above all where it is a symbolic link, which may lead out of the
/// repository.
pub fn config_here(repo: Option<&Repo>, location: &Location) -> Result<(Config, Vec<Finding>)> {
    if let Some(config) = nearest_config(location)? {
        return Ok((config, Vec::new()));
    }
    let Some(repo) = repo else { return Ok(Configured::default()) };
    let refs = repo.refs(Config::default().preferred(location.remote.as_deref()))?;
    let config = trunk_config((repo, &refs), location)?;
    let said = config.is_some().then(|| elsewhere(&format!("the trunk, {},", refs.branches.trunk())));
    Ok((config.unwrap_or_default(), said.into_iter().collect()))
}

/// Returns the trunk's configuration for the folder of `location`: that of the nearest folder upwards that
/// has one there; nothing where the trunk is checked out.
fn trunk_config((repo, refs): (&Repo, &Refs), location: &Location) -> Result<Option<Config>> {
    let trunk = refs.branches.trunk();
    if repo.head()?.branch() == Some(&trunk) {
        return Ok(None);
    }
    let root = repo.root().canonicalize()?;
    let begin = location.folder_of_manifest()?.canonicalize()?;
    for folder in begin.ancestors().take_while(|folder| folder.starts_with(&root)) {
        let manifest = folder.strip_prefix(&root)?.join("Cargo.toml");
        if let Some(manifest) = manifest.to_str().and_then(RepoPath::new)
            && let Some(config) = config_of_trunk((repo, refs), &trunk, &manifest)?
        {
            return Ok(Some(config));
        }
    }
    Ok(None)
}

/// Returns the configuration at `location` as it stands on the disk, without asking git or Cargo:
/// that of `--config`, else of the nearest folder upwards that has one.
fn nearest_config(location: &Location) -> Result<Option<Config>> {
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
        return Ok(Some(config.unwrap_or_default()));
    }
    let begin = location.manifest.as_ref().map(|manifest| location.folder.join(manifest));
    let begin = begin.as_deref().and_then(Path::parent).unwrap_or(&location.folder);
    for folder in begin.ancestors() {
        let beside = read(folder.join(FILE))?;
        if let Some(config) = config::read(None, beside.as_ref(), &manifest(folder)?, None)? {
            return Ok(Some(config));
        }
        if folder.join(".git").exists() {
            break;
        }
    }
    Ok(None)
}
