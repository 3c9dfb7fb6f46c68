//! The packages, manifests and lock files of one commit.
//!
//! Which packages are members is Cargo's to say (`cargo metadata --no-deps --offline`). The rest of
//! the repository (excluded crates, nested workspaces, their lock files) is read from the commit's
//! tree, since it may require members by path.

pub mod answer;
mod cargo;
pub mod compile;
mod confined;
pub mod declared;
pub mod dependencies;
pub mod graph;
pub mod lock_scope;
pub mod metadata;
pub mod outside;
mod own_folder;
pub mod rehearsal;
pub mod relock;
mod resolution;
pub mod scratch;
pub mod semver_checks;
mod stand_in;
mod submodules;
pub mod update;
mod way;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::Result;
use semver::Version;

use crate::config::Patterns;
use crate::config::publish::PublishConfig;
use crate::edit::manifest::{Dependency, Inheritable, Manifest, PublishTargets};
use crate::finding::{Finding, Place, Refused};
use crate::git::{Mode, Repo, Tree};
use crate::path::RepoPath;
use crate::rule;
use declared::VersionPlace;
use metadata::{Member, MemberOrigin, Members, PackageMetadata, SubmoduleMember};

/// A manifest that was read.
#[derive(Clone, Debug)]
pub struct ManifestFile {
    /// Its text.
    pub text: String,
    /// What it says.
    pub manifest: Manifest,
    /// Whether its package is a member of the workspace, or it is the workspace's root.
    pub member: bool,
}

impl ManifestFile {
    /// Reads the manifest `text` of the file `path`, which is not known to be a member's.
    ///
    /// # Errors
    ///
    /// As [`Manifest::parse`].
    pub fn parse(path: &RepoPath, text: String) -> Result<Self, Finding> {
        Ok(Self { manifest: Manifest::parse(path, &text)?, text, member: false })
    }
}

/// A package that has a version.
#[derive(Clone, Debug)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: Version,
    /// Where that stands.
    pub place: VersionPlace,
    /// Its manifest.
    pub manifest: RepoPath,
    /// Whether it is a member of the workspace; otherwise the configuration names its manifest.
    pub member: bool,
    /// Where it is published.
    pub publication: PublishTargets,
    /// `repository`, if it is stated.
    pub repository: Option<String>,
    /// What it says about itself; nothing where it is not a member.
    pub about: PackageMetadata,
}

impl Package {
    /// Returns whether it is a member that is published to some registry.
    pub fn is_published(&self) -> bool {
        self.member && self.publication.is_somewhere()
    }
}

/// The workspace, and the rest of the repository that may depend on it.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// The root manifest.
    pub root: RepoPath,
    /// All packages with a version: the members, and those that the configuration names; by name.
    pub packages: Vec<Package>,
    /// The members that have no version, by name.
    pub unversioned: Vec<String>,
    /// The members that lie in submodules, by name: they are not among the others.
    pub in_submodules: Vec<SubmoduleMember>,
    /// Whether the work tree shows Cargo something else than the commit, since submodules are not checked out
    /// as they are pinned.
    pub needs_scratch: bool,
    /// Every tracked manifest that parses, whether a member's or not.
    pub manifests: BTreeMap<RepoPath, ManifestFile>,
    /// Every tracked lock file, with its text.
    pub locks: BTreeMap<RepoPath, String>,
    /// The names and folders of packages that other branches have, read where a name in the configuration fits none here.
    pub elsewhere: BTreeSet<(String, String)>,
    /// What could not be read, and does not matter to the members.
    pub notes: Vec<Finding>,
    /// Where in `packages` the package of a manifest is.
    by_manifest: HashMap<RepoPath, usize>,
}

impl Workspace {
    /// Makes the workspace of `members` from the manifests and lock files of their tree, with the
    /// packages outside it whose manifests match `follow`; `publish` says what is not published.
    ///
    /// # Errors
    ///
    /// A refusal with every member's manifest that cannot be read.
    pub fn of(
        mut sources: TreeFiles,
        members: &Members,
        follow: &Patterns,
        publish: &PublishConfig,
    ) -> Result<Self> {
        sources.keep_once(members);
        let mut workspace = Self {
            root: members.root.clone(),
            packages: Vec::new(),
            unversioned: Vec::new(),
            in_submodules: members.in_submodules.clone(),
            needs_scratch: members.needs_scratch,
            manifests: BTreeMap::new(),
            locks: BTreeMap::new(),
            elsewhere: BTreeSet::new(),
            notes: Vec::new(),
            by_manifest: HashMap::new(),
        };
        let mut refusals = Vec::new();
        for (path, file) in sources.manifests {
            let member = members.contains(&path);
            match file {
                Ok(file) => {
                    workspace.manifests.insert(path, ManifestFile { member, ..file });
                }
                Err(finding) if member => refusals.push(finding),
                Err(finding) => workspace.notes.push(unread(finding)),
            }
        }
        for (path, lock) in sources.locks {
            match lock {
                Ok(text) => {
                    workspace.locks.insert(path, text);
                }
                Err(finding) => refusals.push(finding),
            }
        }
        Refused::if_any(refusals)?;
        workspace.add_members(members, publish, &sources.lost)?;
        workspace.add_followers(follow, publish);
        workspace.in_submodules.sort_by(|a, b| a.name.cmp(&b.name));
        workspace.notes.extend(workspace.in_submodules.iter().filter_map(unseen));
        workspace.packages.sort_by(|a, b| (&a.name, &a.manifest).cmp(&(&b.name, &b.manifest)));
        let places = workspace.packages.iter().enumerate();
        workspace.by_manifest = places.map(|(at, package)| (package.manifest.clone(), at)).collect();
        Ok(workspace)
    }

    fn add_members(
        &mut self,
        members: &Members,
        publish: &PublishConfig,
        lost: &BTreeMap<RepoPath, String>,
    ) -> Result<(), Refused> {
        let untracked = |member: &&Member| !self.manifests.contains_key(&member.manifest);
        let untracked = members.packages.iter().filter(untracked);
        let refusals: Vec<Finding> = untracked.map(|member| untracked_member(member, lost)).collect();
        Refused::if_any(refusals)?;
        for member in &members.packages {
            let Some(file) = self.manifests.get(&member.manifest) else { continue };
            let stated = file.manifest.package.as_ref().map(|package| &package.version);
            let place = match stated {
                Some(Inheritable::Literal(_)) => VersionPlace::Own,
                Some(Inheritable::Inherited(_)) => VersionPlace::Workspace(self.root.clone()),
                Some(Inheritable::Absent) | None => {
                    self.unversioned.push(member.name.clone());
                    continue;
                }
            };
            self.packages.push(Package {
                name: member.name.clone(),
                version: member.version.clone(),
                place,
                manifest: member.manifest.clone(),
                member: true,
                publication: publish.publication(&member.name, &member.publication),
                repository: member.repository.clone(),
                about: member.about.clone(),
            });
        }
        self.unversioned.sort_unstable();
        Ok(())
    }

    fn add_followers(&mut self, follow: &Patterns, publish: &PublishConfig) {
        let named = self.manifests.iter().filter(|(path, file)| {
            !file.member && (follow.matches(path.as_str()) || follow.matches(path.folder()))
        });
        let followers = named.filter_map(|(path, _)| self.outsider(path)).map(|package| Package {
            publication: publish.publication(&package.name, &package.publication),
            ..package
        });
        let followers: Vec<Package> = followers.collect();
        self.packages.extend(followers);
    }

    /// Returns the package outside the workspace whose manifest is `path`, if it has a version.
    pub fn outsider(&self, path: &RepoPath) -> Option<Package> {
        let file = self.manifests.get(path).filter(|file| !file.member)?;
        let package = file.manifest.package.as_ref()?;
        let (place, version) = declared::stated(path, |table| &table.version, self.for_others()).ok()??;
        Some(Package {
            name: package.name.as_ref()?.value.clone(),
            version: version.value.parse().ok()?,
            place,
            manifest: path.clone(),
            member: false,
            publication: package.publication.clone(),
            repository: None,
            about: PackageMetadata::default(),
        })
    }

    /// Returns the manifest whose `[workspace]` governs `path`: the root for a member, else the one that
    /// [`declared::root_of`] finds where the root is not a workspace.
    pub fn governing_root(&self, path: &RepoPath) -> Option<&RepoPath> {
        let root = match self.manifests.get(path).is_some_and(|file| file.member) {
            true => self.root.clone(),
            false => declared::root_of(path, self.for_others()).ok()??.0,
        };
        self.manifests.get_key_value(&root).map(|(root, _)| root)
    }

    /// Returns where `dependency`, an entry in the manifest `path`, says what it is: in its workspace's table if it
    /// is inherited.
    pub fn stated<'a>(
        &'a self,
        path: &'a RepoPath,
        dependency: &'a Dependency,
    ) -> Option<(&'a RepoPath, &'a Dependency)> {
        if !dependency.inherited {
            return Some((path, dependency));
        }
        let root = self.governing_root(path)?;
        Some((root, self.manifests.get(root)?.manifest.shared(&dependency.key)?))
    }

    /// Returns what reads a manifest for packages that are not members: the root does not govern them.
    fn for_others<'a>(&'a self) -> impl Fn(&RepoPath) -> Result<Option<&'a Manifest>, Refused> {
        move |path| Ok(self.manifests.get(path).filter(|_| *path != self.root).map(|file| &file.manifest))
    }

    /// Returns whether Cargo reads the lock file `path`: whether it lies beside a manifest that is the
    /// root of its workspace. One in a member's folder is left from before it was a member.
    pub fn is_lock_in_use(&self, path: &RepoPath) -> bool {
        let Some(manifest) = path.sibling("Cargo.toml") else { return false };
        match self.governing_root(&manifest) {
            Some(root) => *root == manifest,
            None => self.manifests.contains_key(&manifest),
        }
    }

    /// Returns whether a dependency of the manifest `path` leads to a member.
    pub fn requires_member(&self, path: &RepoPath) -> bool {
        let Some(file) = self.manifests.get(path) else { return false };
        let mut folders = file.manifest.dependencies.iter().filter_map(|dependency| dependency.path.as_ref());
        let manifest = |folder| path.sibling(&format!("{folder}/Cargo.toml"));
        let is_member = |path: RepoPath| self.manifests.get(&path).is_some_and(|file| file.member);
        folders.any(|folder| manifest(folder).is_some_and(is_member))
    }

    /// Returns the package whose manifest is `path`.
    pub fn package_at(&self, path: &RepoPath) -> Option<&Package> {
        self.packages.get(*self.by_manifest.get(path)?)
    }

    /// Returns the names of the members that are not published.
    pub fn unpublished(&self) -> Vec<&str> {
        let packages = self.packages.iter().filter(|package| package.member && !package.is_published());
        let names = packages.map(|package| package.name.as_str());
        names.chain(self.unversioned.iter().map(String::as_str)).collect()
    }

    /// Returns the names of all packages that have a version.
    pub fn names(&self) -> BTreeSet<&str> {
        self.packages.iter().map(|package| package.name.as_str()).collect()
    }
}

/// The manifests and lock files of a tree, before it is known which are members'.
#[derive(Clone, Debug, Default)]
pub struct TreeFiles {
    manifests: BTreeMap<RepoPath, Result<ManifestFile, Finding>>,
    locks: BTreeMap<RepoPath, Result<String, Finding>>,
    /// The manifests that links lead to, by the paths through the links, with their own.
    linked: BTreeMap<RepoPath, RepoPath>,
    /// The links that lead to nothing that is committed, with their targets.
    lost: BTreeMap<RepoPath, String>,
}

impl TreeFiles {
    /// Keeps each manifest under one path: the one that Cargo knows where that is a member's, else its own.
    fn keep_once(&mut self, members: &Members) {
        for (path, own) in &self.linked {
            let other = if members.contains(path) && !members.contains(own) { own } else { path };
            self.manifests.remove(other);
        }
    }

    /// Returns the manifests that parse.
    pub fn parsed(&self) -> impl Iterator<Item = (&RepoPath, &Manifest)> {
        self.manifests.iter().filter_map(|(path, file)| Some((path, &file.as_ref().ok()?.manifest)))
    }

    /// Reads them from `tree`. Manifests are read through symbolic links that lead to them; other links are
    /// passed over.
    ///
    /// # Errors
    ///
    /// If the repository cannot be read.
    pub fn read(repo: &Repo, tree: &Tree) -> Result<Self> {
        let mut sources = Self::default();
        let is_manifest = |path: &RepoPath| path.file_name() == "Cargo.toml";
        let linked = tree.linked().filter(|(path, _)| is_manifest(path));
        sources.linked.extend(linked.map(|(path, to)| (path.clone(), to.clone())));
        sources.lost.extend(tree.lost_links().map(|(link, target)| (link.clone(), target.to_owned())));
        for (path, entry) in tree.files().filter(|(_, entry)| entry.mode != Mode::Link) {
            match path.file_name() {
                "Cargo.lock" => {
                    sources.locks.insert(path.clone(), repo.text(path.as_str(), entry.blob)?);
                }
                "Cargo.toml" => {
                    let file = repo
                        .text(path.as_str(), entry.blob)?
                        .and_then(|text| ManifestFile::parse(path, text));
                    sources.manifests.insert(path.clone(), file);
                }
                _ => {}
            }
        }
        Ok(sources)
    }
}

fn untracked_member(member: &Member, lost: &BTreeMap<RepoPath, String>) -> Finding {
    if let Some((link, target)) = lost.iter().find(|(link, _)| member.manifest.is_below(link.as_str())) {
        let message = format!(
            "the member `{}` is behind a symbolic link to `{target}`, which is not committed here",
            member.name
        );
        return Finding::of(rule::MEMBER_UNTRACKED, message)
            .at(Place::file(link))
            .remedy("commit what it leads to, or take the member out of the workspace");
    }
    Finding::of(rule::MEMBER_UNTRACKED, format!("the member `{}` is not committed", member.name))
        .at(Place::file(&member.manifest))
        .remedy("commit it, or take it out of the workspace")
}

/// Says that nobody has seen a member of a submodule, if that is so.
fn unseen(member: &SubmoduleMember) -> Option<Finding> {
    let SubmoduleMember { name, version, submodule, origin, .. } = member;
    let said = match origin {
        MemberOrigin::Manifest => return None,
        MemberOrigin::StatedElsewhere(how) => format!("it is taken to be at {version}, {how}"),
        MemberOrigin::Unknown => "nothing states its version".to_owned(),
    };
    let message = format!("`{name}` is in the submodule {submodule}, whose commit is not here: {said}");
    Some(Finding::of(rule::SUBMODULE_ABSENT, message).remedy("run `git submodule update --init --recursive`"))
}

/// Makes a note of what stops nothing, since no member is concerned.
fn unread(finding: Finding) -> Finding {
    let message = format!("not a member, and left unread and unchecked: {}", finding.message);
    Finding::of(finding.rule, message).as_note().at(finding.place)
}
