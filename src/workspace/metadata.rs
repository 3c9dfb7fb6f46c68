//! What `cargo metadata` says of the members.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use semver::Version;

use crate::edit::manifest::{Manifest, PublishTargets};
use crate::finding::{Finding, Refused};
use crate::git::{Repo, Tree};
use crate::path::RepoPath;
use crate::rule;
use crate::rust_version::RustVersion;
use crate::workspace::answer::{AnsweredPackage, CargoAnswer, MembersAnswer, Question};
use crate::workspace::cargo;
use crate::workspace::graph::Graph;
use crate::workspace::outside::CargoMessage;
use crate::workspace::scratch::{LayoutExtent, ScratchFolder};
use crate::workspace::submodules::ReachedSubmodules;

/// A member of the workspace, as Cargo sees it.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Its version; 0.0.0 where its manifest states none.
    pub version: Version,
    /// Its manifest.
    pub manifest: RepoPath,
    /// Where it may be published, as its manifest says.
    pub publication: PublishTargets,
    /// `repository`, if it is stated.
    pub repository: Option<String>,
    /// The Rust that it says to need.
    pub rust_version: Option<RustVersion>,
    /// What it says about itself.
    pub about: PackageMetadata,
}

/// A member that lies in a submodule, and belongs to another repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubmoduleMember {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: Version,
    /// Its manifest.
    pub manifest: RepoPath,
    /// The submodule.
    pub submodule: RepoPath,
    /// Whether the commit that is pinned is here; otherwise nobody has seen the member itself.
    pub origin: MemberOrigin,
}

/// Where it is known from what a member of a submodule says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MemberOrigin {
    /// From its manifest.
    Manifest,
    /// From what states its version, which is told as a clause.
    StatedElsewhere(String),
    /// From nothing.
    Unknown,
}

/// What a package says about itself to a registry; the paths are relative to its folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackageMetadata {
    /// `description`.
    pub description: Option<String>,
    /// `license`.
    pub license: Option<String>,
    /// `license-file`.
    pub license_file: Option<String>,
    /// `readme`, stated or found.
    pub readme: Option<String>,
}

/// What Cargo said of all packages that are used, when it was asked for more than the members.
pub struct AnsweredDependencies {
    /// The root manifest of the workspace that was asked about.
    pub(super) root: RepoPath,
    /// The packages, or what Cargo said where it does not tell them.
    pub(super) graph: Result<Graph, CargoMessage>,
    /// The folder in which it was asked, if that is not the work tree.
    pub(super) scratch: Option<ScratchFolder>,
}

/// The workspace's members, and its root.
pub struct Members {
    /// The root manifest.
    pub root: RepoPath,
    /// The members, in Cargo's order, but for those of submodules.
    pub packages: Vec<Member>,
    /// The members that lie in submodules.
    pub in_submodules: Vec<SubmoduleMember>,
    /// Whether only a folder of its own shows Cargo the workspace as it is committed, since the work tree has
    /// not the submodules that are pinned.
    pub needs_scratch: bool,
    /// What Cargo said of dependencies, if it was asked for them.
    pub dependencies: Option<AnsweredDependencies>,
    paths: BTreeSet<RepoPath>,
}

impl Members {
    /// Asks Cargo about the workspace of the manifest at `manifest` in the work tree at `root`.
    ///
    /// # Errors
    ///
    /// [`Unreadable`] if Cargo refuses it; a refusal if it leads out of `root`.
    pub fn in_work_tree(root: &Path, manifest: &Path, question: Question) -> Result<Self> {
        let root = root.canonicalize().context("cannot find the root of the work tree")?;
        Self::ask((&root, manifest), question, None)
    }

    /// Asks Cargo about the workspace of the manifest `manifest` as it is in `tree`, in a folder of
    /// its own with as much of that tree as the `question` needs, and empty sources.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn in_tree(repo: &Repo, tree: &Tree, manifest: &RepoPath, question: Question) -> Result<Self> {
        let extent = match question {
            Question::Members => LayoutExtent::Manifests,
            Question::Dependencies => LayoutExtent::Everything,
        };
        let scratch = ScratchFolder::lay(repo, tree, extent)?;
        let asked = (scratch.root(), &*scratch.path(manifest));
        let mut members = Self::ask(asked, question, Some(scratch.root()))?;
        members.needs_scratch = !scratch.submodules.is_empty();
        members.set_apart(&scratch.submodules);
        if let Some(dependencies) = &mut members.dependencies {
            dependencies.scratch = Some(scratch);
        }
        Ok(members)
    }

    /// Returns the members of the workspace of the manifest `manifest` in `tree`, the commit that is checked
    /// out, where Cargo has `answered` the `question` about the work tree: asked again in a folder of its own if
    /// `manifests`, all that parse, lead into submodules that are not checked out as they are pinned.
    ///
    /// # Errors
    ///
    /// As [`Members::in_tree`].
    pub fn of_checkout<'a>(
        repo: &Repo,
        tree: &Tree,
        manifest: &RepoPath,
        (question, answered): (Question, Result<Self>),
        manifests: impl Iterator<Item = (&'a RepoPath, &'a Manifest)>,
    ) -> Result<Self> {
        let reached = ReachedSubmodules::of(repo, tree, manifests)?;
        if reached.is_empty() {
            return answered;
        }
        match answered {
            Ok(mut members) if reached.are_checked_out(repo)? => {
                members.set_apart(&reached);
                Ok(members)
            }
            Err(error) if reached.are_checked_out(repo)? => Err(error),
            Ok(_) | Err(_) => Self::in_tree(repo, tree, manifest, question),
        }
    }

    /// Returns whether `path` is the manifest of a member or of the root.
    pub fn contains(&self, path: &RepoPath) -> bool {
        *path == self.root || self.paths.contains(path)
    }

    /// Keeps the members whose manifests are `wanted`.
    pub fn retain(&mut self, wanted: impl Fn(&RepoPath) -> bool) {
        self.packages.retain(|member| wanted(&member.manifest));
        self.paths.retain(wanted);
    }

    /// Takes the members of submodules out of the others.
    fn set_apart(&mut self, reached: &ReachedSubmodules) {
        let is_inside = |path: &RepoPath| reached.submodule_of(path).is_some();
        self.paths.retain(|path| !is_inside(path));
        for member in self.packages.extract_if(.., |member| is_inside(&member.manifest)) {
            let Some(submodule) = reached.submodule_of(&member.manifest).cloned() else { continue };
            let mut stand_ins = reached.stand_ins.iter();
            let origin = match stand_ins.find(|package| package.manifest == member.manifest) {
                None => MemberOrigin::Manifest,
                Some(package) => match &package.stated_by {
                    Some(stated) => MemberOrigin::StatedElsewhere(stated.clone()),
                    None => MemberOrigin::Unknown,
                },
            };
            let Member { name, version, manifest, .. } = member;
            self.in_submodules.push(SubmoduleMember { name, version, manifest, submodule, origin });
        }
    }

    /// Asks about the workspace of a manifest below `root` by Cargo's configuration in `folder`: for its members
    /// alone where it does not tell the dependencies.
    fn ask((root, manifest): (&Path, &Path), question: Question, folder: Option<&Path>) -> Result<Self> {
        let ask = |question: Question, folder| {
            cargo::metadata(manifest, question.arguments(), folder, |said| CargoAnswer::read(said, question))
        };
        let (answer, refused) = match ask(question, folder)? {
            Err(refused) if question == Question::Dependencies => {
                (ask(Question::Members, None)?, Some(refused))
            }
            answer => (answer, None),
        };
        let answer = answer.map_err(|said| Unreadable { manifest: manifest.to_owned(), said })?;
        let graph = refused.map(Err).or(answer.graph.map(Ok));
        let mut members = Self::answered(root, answer.members)?;
        members.dependencies =
            graph.map(|graph| AnsweredDependencies { root: members.root.clone(), graph, scratch: None });
        Ok(members)
    }

    fn answered(root: &Path, answer: MembersAnswer) -> Result<Self> {
        let inside = |path: &Path| {
            let relative =
                path.strip_prefix(root).ok().and_then(Path::to_str).map(|text| text.replace('\\', "/"));
            relative.as_deref().and_then(RepoPath::new).ok_or_else(|| outside(path, root))
        };
        let member = |package: AnsweredPackage| -> Result<Member> {
            Ok(Member {
                manifest: inside(&package.manifest_path)?,
                name: package.name,
                version: package.version,
                publication: PublishTargets::of(package.publish),
                repository: package.repository,
                rust_version: package.rust_version.and_then(|rust| rust.parse().ok()),
                about: PackageMetadata {
                    description: package.description,
                    license: package.license,
                    license_file: package.license_file,
                    readme: package.readme,
                },
            })
        };
        // Their order is that of the members, whatever else there is among the packages.
        let mut packages: HashMap<_, _> =
            answer.packages.into_iter().map(|package| (package.id.clone(), package)).collect();
        let members = answer.workspace_members.iter().filter_map(|id| packages.remove(id));
        let packages = members.map(member).collect::<Result<Vec<_>>>()?;
        let paths = packages.iter().map(|package| package.manifest.clone()).collect();
        let root = inside(&answer.workspace_root.join("Cargo.toml"))?;
        let (in_submodules, needs_scratch, dependencies) = (Vec::new(), false, None);
        Ok(Self { root, packages, in_submodules, needs_scratch, dependencies, paths })
    }
}

/// Returns the nearest `Cargo.toml` in `folder` or above it, up to `root`.
pub fn nearest_manifest(folder: &Path, root: &Path) -> Option<PathBuf> {
    folder
        .ancestors()
        .take_while(|ancestor| ancestor.starts_with(root))
        .map(|ancestor| ancestor.join("Cargo.toml"))
        .find(|manifest| manifest.is_file())
}

fn outside(path: &Path, root: &Path) -> anyhow::Error {
    let message = format!("{} lies outside the repository at {}", path.display(), root.display());
    let remedy = "keep all members of the workspace in one repository";
    Refused::from(Finding::of(rule::MEMBER_OUTSIDE, message).remedy(remedy)).into()
}

/// Why there are no members: Cargo cannot read the workspace.
#[derive(Debug)]
pub struct Unreadable {
    manifest: PathBuf,
    said: CargoMessage,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cargo cannot read the workspace of {}", self.manifest.display())
    }
}

impl std::error::Error for Unreadable {}

impl Unreadable {
    /// Returns the refusal of the workspace in `tree`, with Cargo's own words where they can be shown.
    ///
    /// # Errors
    ///
    /// If the repository cannot be read.
    pub fn refusal(self, repo: &Repo, tree: &Tree) -> Result<Refused> {
        let what = self.to_string();
        Ok(match self.said.shown(repo, tree)? {
            Ok(said) => {
                let message = format!("{what}: {}", said.trim().trim_start_matches("error: "));
                let remedy = "make `cargo metadata --no-deps --offline` succeed here first";
                Finding::of(rule::WORKSPACE, message).remedy(remedy).into()
            }
            Err(ways) => ways,
        })
    }
}
