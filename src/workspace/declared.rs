//! Which version a package has at a commit, and which Rust it declares: in its own manifest, or in that of
//! its workspace. Found as Cargo finds it, without asking Cargo.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Deref;
use std::rc::Rc;

use anyhow::Result;
use semver::Version;

use crate::edit::manifest::{Inheritable, Manifest, PackageTable, TomlString};
use crate::finding::{Finding, Place, Refused};
use crate::git::{BlobId, CommitId, Mode, Repo, Tree};
use crate::path::RepoPath;
use crate::rule;

/// What a package declares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    /// Its version.
    pub version: Option<Version>,
    /// `rust-version`, as it is written.
    pub msrv: Option<String>,
}

/// Where a package's version stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VersionPlace {
    /// In the package's own manifest.
    Own,
    /// In `[workspace.package]` of this manifest.
    Workspace(RepoPath),
}

/// Returns what the package of the manifest `path` declares, where `read` returns the manifests of its
/// commit; `None` where it is not there. One that describes no package speaks for its workspace.
///
/// # Errors
///
/// Those of `read`; a refusal where a value is taken from a workspace that does not state it, or the
/// version is none.
pub fn declared<M: Deref<Target = Manifest>, E: From<Refused>>(
    path: &RepoPath,
    read: impl Fn(&RepoPath) -> Result<Option<M>, E>,
) -> Result<Option<Declared>, E> {
    if read(path)?.is_none() {
        return Ok(None);
    }
    let version = match stated(path, |table| &table.version, &read)? {
        None => None,
        Some((place, text)) => Some(text.value.parse().map_err(|error| {
            let place = Place::file(place.manifest(path));
            let message = format!("`{}` is not a version: {error}", text.value);
            Refused::from(Finding::of(rule::VERSION_UNREAD, message).at(place).remedy("write it like 1.2.3"))
        })?),
    };
    let msrv = stated(path, |table| &table.rust_version, &read)?.map(|(_, text)| text.value);
    Ok(Some(Declared { version, msrv }))
}

impl VersionPlace {
    /// Returns the manifest that it means, where `own` is the package's.
    pub fn manifest<'a>(&'a self, own: &'a RepoPath) -> &'a RepoPath {
        match self {
            Self::Own => own,
            Self::Workspace(root) => root,
        }
    }
}

/// Returns what the package of the manifest `path` states for `key`, or takes from its workspace, and
/// where that stands.
///
/// # Errors
///
/// Those of `read`; a refusal where no workspace states what is taken from it.
pub fn stated<M: Deref<Target = Manifest>, E: From<Refused>>(
    path: &RepoPath,
    key: impl Fn(&PackageTable) -> &Inheritable,
    read: impl Fn(&RepoPath) -> Result<Option<M>, E>,
) -> Result<Option<(VersionPlace, TomlString)>, E> {
    let shared = |root: RepoPath, manifest: &Manifest| {
        let text = key(&manifest.workspace.as_ref()?.package).literal()?.clone();
        Some((VersionPlace::Workspace(root), text))
    };
    let Some(manifest) = read(path)? else { return Ok(None) };
    match manifest.package.as_ref().map(&key) {
        Some(Inheritable::Literal(text)) => Ok(Some((VersionPlace::Own, text.clone()))),
        Some(Inheritable::Absent) => Ok(None),
        None => Ok(shared(path.clone(), &manifest)),
        Some(Inheritable::Inherited(_)) => {
            let found = root_of(path, read)?.and_then(|(root, manifest)| shared(root, &manifest));
            found.map(Some).ok_or_else(|| {
                let message = "this inherits a value, and no workspace above it states that";
                let finding = Finding::of(rule::VERSION_UNREAD, message).at(Place::file(path));
                Refused::from(finding.remedy("state it under `[workspace.package]` of the root")).into()
            })
        }
    }
}

/// Returns the root manifest of the workspace that the manifest `path` belongs to: the one that
/// `package.workspace` names, or the nearest with a `[workspace]`, at `path` or above it.
///
/// # Errors
///
/// Those of `read`.
pub fn root_of<M: Deref<Target = Manifest>, E>(
    path: &RepoPath,
    read: impl Fn(&RepoPath) -> Result<Option<M>, E>,
) -> Result<Option<(RepoPath, M)>, E> {
    let named = read(path)?.and_then(|manifest| manifest.root.as_ref().map(|root| root.value.clone()));
    if let Some(named) = named {
        let Some(root) = path.sibling(&format!("{named}/Cargo.toml")) else { return Ok(None) };
        return Ok(read(&root)?.map(|manifest| (root, manifest)));
    }
    let mut folder = path.folder();
    loop {
        let candidate = RepoPath::from_folder(folder, "Cargo.toml");
        if let Some(manifest) = read(&candidate)?.filter(|manifest| manifest.workspace.is_some()) {
            return Ok(Some((candidate, manifest)));
        }
        if folder.is_empty() {
            return Ok(None);
        }
        folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
    }
}

/// Returns the manifests that may say what the package of the manifest `path` declares: its own, and those of the
/// folders above.
pub fn manifests_for(path: &RepoPath) -> Vec<RepoPath> {
    let mut folders = vec![path.folder(), ""];
    folders.extend(path.folder().match_indices('/').map(|(end, _)| &path.folder()[..end]));
    folders.into_iter().map(|folder| RepoPath::from_folder(folder, "Cargo.toml")).collect()
}

/// What packages declare at commits. A manifest is parsed once, however many commits have it.
#[derive(Debug, Default)]
pub struct Declarations {
    parsed: RefCell<HashMap<BlobId, Rc<Manifest>>>,
}

impl Declarations {
    /// Returns what a package declares at `commit`; `None` where there is no such package.
    ///
    /// It is the one whose manifest is `manifest` and whose name is `name`, or else the one of that name,
    /// or else, as without a name, the one of that manifest.
    ///
    /// # Errors
    ///
    /// If the repository cannot be read; a refusal where a manifest cannot be.
    pub fn at(
        &self,
        repo: &Repo,
        commit: CommitId,
        (name, manifest): (Option<&str>, &RepoPath),
    ) -> Result<Option<Declared>> {
        let read = |path: &RepoPath| {
            let parts: Vec<RepoPath> = path.and_above().collect();
            self.read(repo, &repo.files_among(commit, &parts)?, path)
        };
        if let Some(name) = name
            && !read(manifest)?.is_some_and(|manifest| is_named(&manifest, name))
            && let Some(moved) = self.find(repo, &repo.tree(commit)?, name)?
        {
            return declared(&moved, read);
        }
        declared(manifest, read)
    }

    /// Finds the manifest of the package `name`. One that cannot be read is not a package to Cargo, either.
    fn find(&self, repo: &Repo, tree: &Tree, name: &str) -> Result<Option<RepoPath>> {
        for (path, _) in tree.files().filter(|(path, _)| path.file_name() == "Cargo.toml") {
            match Refused::taken_from(self.read(repo, tree, path))? {
                Ok(Some(manifest)) if is_named(&manifest, name) => return Ok(Some(path.clone())),
                Ok(_) | Err(_) => {}
            }
        }
        Ok(None)
    }

    fn read(&self, repo: &Repo, files: &Tree, path: &RepoPath) -> Result<Option<Rc<Manifest>>> {
        let entry = files.get(path).filter(|entry| entry.mode != Mode::Link);
        if let Some(known) = entry.and_then(|entry| self.parsed.borrow().get(&entry.blob).cloned()) {
            return Ok(Some(known));
        }
        let Some(text) = repo.text_among(files, path)? else { return Ok(None) };
        let manifest = text.and_then(|text| Manifest::parse(path, &text)).map_err(Refused::from)?;
        let manifest = Rc::new(manifest);
        self.parsed.borrow_mut().extend(entry.map(|entry| (entry.blob, manifest.clone())));
        Ok(Some(manifest))
    }
}

fn is_named(manifest: &Manifest, name: &str) -> bool {
    let package = manifest.package.as_ref().and_then(|package| package.name.as_ref());
    package.is_some_and(|text| text.value == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(files: &[(&str, &str)], path: &str) -> Result<Option<Declared>, Refused> {
        let read = |path: &RepoPath| -> Result<Option<Box<Manifest>>, Refused> {
            let file = files.iter().find(|(name, _)| *name == path.as_str());
            Ok(file.map(|(_, text)| Manifest::parse(path, text)).transpose()?.map(Box::new))
        };
        declared(&RepoPath::new(path).unwrap(), read)
    }

    fn shown(files: &[(&str, &str)], path: &str) -> String {
        let Declared { version, msrv } = read(files, path).unwrap().unwrap();
        format!("{} {}", version.map_or("-".to_owned(), |v| v.to_string()), msrv.unwrap_or("-".to_owned()))
    }

    const OWN: &str = "[package]\nname = 'a'\nversion = '1.2.3'\nrust-version.workspace = true\n";
    const INHERITING: &str = "[package]\nname = 'a'\nversion.workspace = true\nrust-version = '1.84'\n";
    const ROOT: &str = "[workspace.package]\nversion = '36.0.1'\nrust-version = '1.80'\n";

    #[test]
    fn a_package_declares_itself_or_through_its_workspace_wherever_that_lies() {
        let files = [
            ("Cargo.toml", "[workspace]\nexclude = ['rust']\n[workspace.package]\nversion = '0.0.1'\n"),
            ("rust/Cargo.toml", ROOT),
            ("rust/a/Cargo.toml", INHERITING),
            ("rust/b/Cargo.toml", OWN),
            ("rust/c/Cargo.toml", "[package]\nname = 'c'\n"),
            ("beside/Cargo.toml", &format!("{INHERITING}workspace = '../rust'\n")),
            ("lone/Cargo.toml", &format!("{INHERITING}{ROOT}")),
        ];
        for (path, expected) in [
            ("rust/a/Cargo.toml", "36.0.1 1.84"),
            ("rust/b/Cargo.toml", "1.2.3 1.80"),
            ("rust/c/Cargo.toml", "- -"),
            ("rust/Cargo.toml", "36.0.1 1.80"),
            ("beside/Cargo.toml", "36.0.1 1.84"),
            ("lone/Cargo.toml", "36.0.1 1.84"),
        ] {
            assert_eq!(shown(&files, path), expected, "{path}");
        }
        assert_eq!(read(&files, "rust/d/Cargo.toml").unwrap(), None);
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_its_place() {
        let place = |files: &[(&str, &str)]| {
            let Refused(findings) = read(files, "a/Cargo.toml").unwrap_err();
            findings[0].place.as_ref().unwrap().to_string()
        };
        assert_eq!(place(&[("a/Cargo.toml", INHERITING)]), "a/Cargo.toml");
        assert_eq!(place(&[("a/Cargo.toml", INHERITING), ("Cargo.toml", "[workspace]")]), "a/Cargo.toml");
        assert_eq!(place(&[("a/Cargo.toml", INHERITING), ("Cargo.toml", "[[[")]), "Cargo.toml:1:3");
        let root = ROOT.replace("36.0.1", "36");
        assert_eq!(place(&[("a/Cargo.toml", INHERITING), ("Cargo.toml", &root)]), "Cargo.toml");
    }
}
