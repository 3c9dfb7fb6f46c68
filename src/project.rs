//! A project at one commit: its configuration, its workspace, and the files that both name.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::config::{self, Config, Source};
use crate::finding::{Finding, Place, Refused};
use crate::path::RepoPath;
use crate::repo::{CommitId, EntryKind, Repo, Tree};
use crate::workspace::Workspace;
use crate::workspace::metadata::{Members, nearest_manifest};

/// The name of the configuration's file, beside the root manifest.
const CONFIG_FILE: &str = "relprep.toml";

/// Which project is meant.
#[derive(Clone, Debug, Default)]
pub struct Location {
    /// The folder to begin at.
    pub folder: PathBuf,
    /// `--manifest-path`.
    pub manifest: Option<PathBuf>,
    /// `--config`.
    pub config: Option<PathBuf>,
}

/// A project at one commit.
#[derive(Debug)]
pub struct Project {
    /// The commit that all was read from.
    pub commit: CommitId,
    /// Its configuration.
    pub config: Config,
    /// Its workspace.
    pub workspace: Workspace,
    /// The texts of the version files, the notes and their template, as far as they are there.
    pub texts: BTreeMap<RepoPath, String>,
    /// What is worth saying.
    pub notes: Vec<Finding>,
}

impl Project {
    /// Reads the project at `location` as it is at `commit`, the one that is checked out.
    ///
    /// `changed` are the tracked files that differ from it; Cargo is asked about the work tree
    /// itself unless a manifest is among them.
    ///
    /// # Errors
    ///
    /// Refusals where it is no workspace, or where its configuration cannot be read.
    pub fn read(repo: &Repo, location: &Location, commit: CommitId, changed: &[String]) -> Result<Self> {
        let tree = repo.tree(commit)?;
        let manifest = manifest_path(repo, location)?;
        let members = if changed.iter().any(|path| path.ends_with("Cargo.toml")) {
            Members::in_tree(repo, &tree, &relative(repo, &manifest)?)?
        } else {
            parsing_first(repo, &tree, Members::in_work_tree(repo, &manifest))?
        };
        Self::of_members(repo, location, commit, &tree, &members)
    }

    fn of_members(
        repo: &Repo,
        location: &Location,
        commit: CommitId,
        tree: &Tree,
        members: &Members,
    ) -> Result<Self> {
        let mut notes = Vec::new();
        let config = read_config(repo, location, tree, &members.root, &mut notes)?;
        let workspace = Workspace::read(repo, tree, members, &config.follow)?;
        notes.extend(workspace.notes.iter().cloned());
        let mut named: Vec<&RepoPath> = config.version_files.iter().map(|file| &file.path).collect();
        if config.notes.enabled {
            named.push(&config.notes.file);
            named.extend(&config.notes.template);
        }
        let mut texts = BTreeMap::new();
        for path in named {
            if let Some(text) = read_text(repo, tree, path)? {
                texts.insert(path.clone(), text);
            }
        }
        Ok(Self { commit, config, workspace, texts, notes })
    }
}

/// Finds the manifest that is meant.
fn manifest_path(repo: &Repo, location: &Location) -> Result<PathBuf> {
    let root = repo.root().canonicalize().context("cannot find the root of the work tree")?;
    let folder = location.folder.canonicalize().context("cannot find the current folder")?;
    if let Some(manifest) = &location.manifest {
        return folder.join(manifest).canonicalize().map_err(|_| {
            Refused::from(
                Finding::error("no-manifest", format!("there is no manifest at {}", manifest.display()))
                    .remedy("give `--manifest-path` the path of a Cargo.toml"),
            )
            .into()
        });
    }
    nearest_manifest(&folder, &root).ok_or_else(|| {
        let message = format!(
            "there is no Cargo.toml in {} or above it, up to the repository's root",
            folder.display()
        );
        Refused::from(
            Finding::error("no-manifest", message)
                .remedy("run this in a Cargo workspace, or give `--manifest-path`"),
        )
        .into()
    })
}

fn relative(repo: &Repo, manifest: &Path) -> Result<RepoPath> {
    let root = repo.root().canonicalize()?;
    let inside = manifest.strip_prefix(&root).ok().and_then(Path::to_str).and_then(RepoPath::new);
    inside.with_context(|| format!("{} is not in the repository", manifest.display()))
}

/// Puts the places of manifests that do not parse before what Cargo says of the first of them.
fn parsing_first(repo: &Repo, tree: &Tree, members: Result<Members>) -> Result<Members> {
    let error = match members {
        Ok(members) => return Ok(members),
        Err(error) => error,
    };
    let mut findings = Vec::new();
    for (path, entry) in tree.files().filter(|(path, _)| path.file_name() == "Cargo.toml") {
        let text = String::from_utf8_lossy(&repo.read(entry.blob)?).into_owned();
        findings.extend(crate::edit::manifest::Manifest::parse(path, &text).err());
    }
    if findings.is_empty() { Err(error) } else { Err(Refused(findings).into()) }
}

/// Reads the configuration: of `--config`, else of the commit.
///
/// A configuration that is not committed yet, or not as it stands, is used all the same, and that
/// is said; one that names programs to run is refused.
fn read_config(
    repo: &Repo,
    location: &Location,
    tree: &Tree,
    root: &RepoPath,
    notes: &mut Vec<Finding>,
) -> Result<Config> {
    let manifest = Source {
        path: root.to_string(),
        text: read_text(repo, tree, root)?.context("the root manifest is not committed")?,
    };
    let beside = root.sibling(CONFIG_FILE).context("the root manifest has no folder")?;
    let committed = read_text(repo, tree, &beside)?;
    let on_disk = match &location.config {
        Some(path) => {
            let path = location.folder.join(path);
            Some(std::fs::read_to_string(&path).map_err(|error| no_config(&path, &error))?)
        }
        None => std::fs::read_to_string(repo.root().join(&beside)).ok(),
    };
    let explicit = location.config.as_ref().zip(on_disk.as_ref());
    let explicit =
        explicit.map(|(path, text)| Source { path: path.display().to_string(), text: text.clone() });
    let text = on_disk.clone().or_else(|| committed.clone());
    let beside_source = text.map(|text| Source { path: beside.to_string(), text });
    let config = config::read(explicit.as_ref(), beside_source.as_ref(), &manifest)?;
    if on_disk.is_some() && on_disk != committed {
        let place =
            location.config.as_ref().map_or_else(|| beside.to_string(), |path| path.display().to_string());
        if !config.runs.is_empty() {
            let message =
                format!("the programs that {place} names cannot run, because it is not committed so");
            let remedy = "commit the configuration: programs run only from that of the commit checked out";
            notes.push(Finding::error("config-runs", message).remedy(remedy));
        } else if location.config.is_none() {
            notes.push(Finding::note(
                "config-uncommitted",
                format!("{place} is used as it is here, not as committed"),
            ));
        }
    }
    Ok(config)
}

fn no_config(path: &Path, error: &std::io::Error) -> Refused {
    Finding::error("no-config", format!("cannot read the configuration {}: {error}", path.display()))
        .remedy("give `--config` the path of a file")
        .into()
}

fn read_text(repo: &Repo, tree: &Tree, path: &RepoPath) -> Result<Option<String>> {
    let Some(entry) = tree.get(path) else { return Ok(None) };
    let refuse = |message: &str| {
        Refused::from(
            Finding::error("unreadable-file", message)
                .at(Place::file(path))
                .remedy("name a text file that is tracked"),
        )
    };
    if entry.kind == EntryKind::Link {
        return Err(refuse("this is a symbolic link, which is not followed").into());
    }
    let text = String::from_utf8(repo.read(entry.blob)?).map_err(|_| refuse("this is not UTF-8"))?;
    Ok(Some(text))
}
