//! A project at one commit: its configuration, its workspace, and the files that both name.

mod checked_out;
mod configured;
mod elsewhere;
mod labels;
pub mod lead;
pub mod links;
mod location;
mod members;
pub mod names;
pub mod notes;
mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::thread::JoinHandle;

use anyhow::Result;
use semver::Version;

pub use checked_out::CheckedOut;
pub use configured::{ConfiguredRefs, config_here, found_refs, refs};
pub use location::{Location, Revision, nearest_package};
use location::{manifest_path, relative};
pub use members::PastMembers;
use members::{members_at, parsing_first};

use crate::config::Config;
use crate::edit::manifest::Manifest;
use crate::finding::{Finding, Refused};
use crate::git::{CommitId, Refs, Repo, Tag, Tree};
use crate::limits;
use crate::path::RepoPath;
use crate::rule;
use crate::version::plain;
use crate::workspace::answer::Question;
use crate::workspace::dependencies::{CargoFolder, CargoView};
use crate::workspace::metadata::{AnsweredDependencies, Members};
use crate::workspace::{Package, TreeFiles, Workspace, declared};

/// A project at one commit.
#[derive(Debug)]
pub struct Project {
    /// The commit that all was read from.
    pub commit: CommitId,
    /// The files of that commit.
    pub files: Tree,
    /// Its configuration.
    pub config: Config,
    /// What the product is called.
    pub name: String,
    /// Its workspace.
    pub workspace: Workspace,
    /// The texts of the version files, the notes and their template, as far as they are there.
    pub texts: BTreeMap<RepoPath, String>,
    /// What is worth saying.
    pub notes: Vec<Finding>,
}

impl Project {
    /// Returns the release branch that `version` belongs to, by short name.
    pub fn branch(&self, version: &Version) -> String {
        self.config.names.branch.render(&plain(version), &self.name)
    }

    /// Returns whether `version` is of the line that `branch` is for.
    pub fn is_of_branch(&self, version: &Version, branch: impl AsRef<str>) -> bool {
        self.config.names.branch.is_of_line(version, branch, &self.name)
    }

    /// Returns the tag that `version` has among `refs`, by any of the names that tags have had.
    pub fn tag_among<'r>(&self, version: &Version, refs: &'r Refs) -> Option<&'r Tag> {
        self.config.names.tag.all(version, &self.name).find_map(|tag| refs.tags.get(tag.as_str()))
    }

    /// Returns the tag that the release `version` is given.
    pub fn tag(&self, version: &Version) -> String {
        self.config.names.tag.render(version, &self.name)
    }

    /// Fetches what is absent of what is read of `commits`, where the clone is partial, for all of them at once.
    ///
    /// # Errors
    ///
    /// A refusal where it cannot be fetched.
    pub fn prefetch(repo: &Repo, commits: &[CommitId]) -> Result<()> {
        repo.prefetch_of_all(commits, text::is_read)
    }

    /// Returns what has to be decided before anything rests on how releases are named.
    pub fn doubts(&self) -> Vec<Finding> {
        self.notes.iter().filter(|note| note.rule == rule::NAMES_UNCLEAR).cloned().collect()
    }

    /// Reads the project at `location` as it is at `commit`, the one that is checked out.
    ///
    /// `changed` are the tracked files that differ from it; Cargo is asked about the work tree
    /// itself, if it was not `asked` already, unless a manifest is among them.
    ///
    /// # Errors
    ///
    /// Refusals where it is not a workspace, or where its configuration cannot be read.
    pub fn read(
        (repo, refs): (&Repo, &Refs),
        location: &Location,
        commit: CommitId,
        changed: &[String],
        asked: Option<AskedMembers>,
    ) -> Result<Self> {
        // What is edited need not be read again.
        let CheckedOut { tree, .. } = CheckedOut::at(repo, commit)?;
        let asked = (Question::Members, asked);
        Ok(Self::read_tree((repo, refs), location, (commit, tree), changed, asked)?.0)
    }

    /// Reads the project at `location` as it is `at` a commit, of which Cargo is asked `question`; beside it, or why
    /// it cannot be read, stands what Cargo need not be asked again.
    ///
    /// `here` is what was read already of the commit that is checked out, of which the same may have been asked.
    ///
    /// # Errors
    ///
    /// If git fails.
    pub fn read_asking(
        (repo, refs): (&Repo, &Refs),
        location: &Location,
        at: Revision,
        question: Question,
        here: Option<(CheckedOut, Option<AskedMembers>)>,
    ) -> Result<(Result<Self>, CargoView)> {
        let (project, folder) = if at.is_checked_out {
            let here = here.filter(|(here, _)| here.commit == at.commit);
            let (CheckedOut { commit, tree, changed }, asked) =
                here.map_or_else(|| Ok((CheckedOut::at(repo, at.commit)?, None)), anyhow::Ok)?;
            let asked = (question, asked);
            let read = Self::read_tree((repo, refs), location, (commit, tree), &changed, asked);
            (read, CargoFolder::of_checkout(&changed))
        } else {
            (Self::read_elsewhere((repo, refs), location, at.commit, question), CargoFolder::Scratch)
        };
        Ok(match project {
            Ok((project, known)) => {
                let folder = if project.workspace.needs_scratch { CargoFolder::Scratch } else { folder };
                (Ok(project), CargoView { folder, known })
            }
            Err(error) => (Err(error), CargoView { folder, known: None }),
        })
    }

    fn read_tree(
        (repo, refs): (&Repo, &Refs),
        location: &Location,
        (commit, tree): (CommitId, Tree),
        changed: &[String],
        (question, asked): (Question, Option<AskedMembers>),
    ) -> Result<(Self, Option<AnsweredDependencies>)> {
        text::check_sizes(repo, &tree)?;
        let manifest = manifest_path(repo, location)?;
        let path = relative(repo, &manifest);
        let is_other = changed.iter().any(|path| question.concerns(path));
        let (members, sources) = if is_other {
            (Members::in_tree(repo, &tree, &path?, question), TreeFiles::read(repo, &tree)?)
        } else {
            let asked =
                asked.unwrap_or_else(|| AskedMembers::ask(repo.root().to_owned(), manifest, question));
            let sources = TreeFiles::read(repo, &tree)?;
            let answered = (question, asked.answer());
            (Members::of_checkout(repo, &tree, &path?, answered, sources.parsed()), sources)
        };
        let mut members = parsing_first(repo, &tree, members)?;
        let known = members.dependencies.take();
        let (config, notes) = configured::of_checkout((repo, refs), location, &tree, &members.root)?;
        let project = Self::of_members((repo, refs), commit, tree, (&members, sources), config, notes)?;
        Ok((project, known))
    }

    /// Reads the project at `location` as it is at `commit`, a commit that is not checked out, without
    /// looking at the work tree.
    ///
    /// Where that commit has no configuration, that of the trunk serves, or else that of the checkout.
    ///
    /// # Errors
    ///
    /// Refusals where it is not a workspace, or where its configuration cannot be read.
    pub fn read_commit((repo, refs): (&Repo, &Refs), location: &Location, commit: CommitId) -> Result<Self> {
        Ok(Self::read_elsewhere((repo, refs), location, commit, Question::Members)?.0)
    }

    fn read_elsewhere(
        (repo, refs): (&Repo, &Refs),
        location: &Location,
        commit: CommitId,
        question: Question,
    ) -> Result<(Self, Option<AnsweredDependencies>)> {
        let (tree, mut members) = members_at(repo, location, commit, question)?;
        let known = members.dependencies.take();
        let (config, notes) = configured::of_commit((repo, refs), location, &tree, &members.root)?;
        let sources = TreeFiles::read(repo, &tree)?;
        let project = Self::of_members((repo, refs), commit, tree, (&members, sources), config, notes)?;
        Ok((project, known))
    }

    /// Reads the project at `location` as it was at `commit`, as `config` has it, whatever was configured
    /// there; `past` keeps what Cargo says of it.
    ///
    /// # Errors
    ///
    /// Refusals where it is not a workspace.
    pub fn read_commit_as(
        (repo, refs): (&Repo, &Refs),
        location: &Location,
        (commit, past): (CommitId, &PastMembers),
        config: Config,
    ) -> Result<Self> {
        let said = past.at(repo, location, commit)?;
        let (tree, members) = said.as_ref().as_ref().map_err(Clone::clone)?;
        let sources = TreeFiles::read(repo, tree)?;
        Self::of_members((repo, refs), commit, tree.clone(), (members, sources), config, Vec::new())
    }

    /// Reads the configuration of the project at `location` as it is `at` a commit, without asking Cargo
    /// where the workspace's root is, and returns that beside.
    ///
    /// # Errors
    ///
    /// Refusals where there is no manifest, or the configuration cannot be read.
    pub fn config_at(
        (repo, refs): (&Repo, &Refs),
        location: &Location,
        at: Revision,
    ) -> Result<(Config, RepoPath)> {
        Self::config_among((repo, refs), location, at, &repo.tree(at.commit)?)
    }

    /// Reads the configuration as [`Project::config_at`] does, of as few files as are likely to be enough: without
    /// looking where a manifest says that its workspace lies elsewhere than above it.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn config_above(
        (repo, refs): (&Repo, &Refs),
        location: &Location,
        at: Revision,
    ) -> Result<(Config, RepoPath)> {
        let manifest = relative(repo, &manifest_path(repo, location)?)?;
        let beside = |manifest: RepoPath| {
            let config = RepoPath::from_folder(manifest.folder(), configured::FILE);
            [manifest, config]
        };
        let paths = declared::manifests_for(&manifest).into_iter().flat_map(beside);
        let paths: Vec<RepoPath> = paths.flat_map(|path| path.and_above().collect::<Vec<_>>()).collect();
        Self::config_among((repo, refs), location, at, &repo.files_among(at.commit, &paths)?)
    }

    fn config_among(
        (repo, refs): (&Repo, &Refs),
        location: &Location,
        at: Revision,
        tree: &Tree,
    ) -> Result<(Config, RepoPath)> {
        let root = root_among(repo, location, tree)?;
        Ok((configured::at((repo, refs), location, at, tree, &root)?.0, root))
    }

    /// Reads the project at `location` as it is `at` a commit, with those members that it had at
    /// `then`: for where Cargo refuses the workspace there.
    ///
    /// # Errors
    ///
    /// Refusals where it was not a workspace then, or where its configuration cannot be read.
    pub fn read_with_members_of(
        (repo, refs): (&Repo, &Refs),
        location: &Location,
        at: Revision,
        then: CommitId,
    ) -> Result<Self> {
        let (tree, tree_then) = (repo.tree(at.commit)?, repo.tree(then)?);
        for tree in [&tree, &tree_then] {
            text::check_sizes(repo, tree)?;
        }
        let manifest = relative(repo, &manifest_path(repo, location)?)?;
        let members = Members::in_tree(repo, &tree_then, &manifest, Question::Members);
        let mut members = parsing_first(repo, &tree_then, members)?;
        members.retain(|path| tree.get(path).is_some());
        let (config, notes) = configured::at((repo, refs), location, at, &tree, &members.root)?;
        let sources = TreeFiles::read(repo, &tree)?;
        Self::of_members((repo, refs), at.commit, tree, (&members, sources), config, notes)
    }

    fn of_members(
        (repo, refs): (&Repo, &Refs),
        commit: CommitId,
        files: Tree,
        (members, sources): (&Members, TreeFiles),
        mut config: Config,
        mut notes: Vec<Finding>,
    ) -> Result<Self> {
        self::notes::find(&mut config, &files, &members.root);
        let mut workspace = Workspace::of(sources, members, &config.follow, &config.publish)?;
        workspace.locks.retain(|path, _| !config.locks.ignore.matches(path.as_str()));
        workspace.elsewhere = elsewhere::packages(repo, &config, &workspace, commit)?;
        notes.extend(workspace.notes.iter().cloned());
        if let Ok(lead) = lead::package(&workspace, &config) {
            let version = plain(&lead.version);
            config.version_files.retain(|file| file.releases.matches(&version));
        }
        let mut named: BTreeSet<RepoPath> =
            config.version_files.iter().map(|file| (*file.path).clone()).collect();
        for file in self::notes::files(&config, &workspace) {
            named.insert(file.path);
            named.extend(file.config.template.as_deref().cloned());
        }
        repo.prefetch_files(&files, |path| named.contains(path))?;
        let mut texts = BTreeMap::new();
        for path in named {
            if let Some(text) = text::of_commit(repo, &files, &path)? {
                texts.insert(path, text);
            }
        }
        let lead = lead::package(&workspace, &config).ok();
        let name = lead::product(&config, lead.map(|lead| lead.name.as_str()));
        let mut product = names::Product {
            own: vec![&name],
            siblings: Vec::new(),
            packages: workspace.names().into_iter().collect(),
            holds: lead.map(|lead| &lead.version),
        };
        if let Some(lead) = lead {
            product.own.push(&lead.name);
            let is_sibling = |package: &&Package| package.member && package.version == lead.version;
            product.siblings =
                workspace.packages.iter().filter(is_sibling).map(|package| package.name.as_str()).collect();
            product.own.extend(lead.repository.as_deref().map(lead::repository_name));
        }
        notes.extend(names::infer(&mut config, refs, &product));
        if let Some(lead) = lead::package(&workspace, &config).ok().map(|lead| lead.version.clone()) {
            labels::infer(&mut config, refs, &lead);
        }
        Ok(Self { commit, files, config, name, workspace, texts, notes })
    }
}

/// Returns the root manifest of the project at `location` among `files`, without asking Cargo.
fn root_among(repo: &Repo, location: &Location, files: &Tree) -> Result<RepoPath> {
    let manifest = relative(repo, &manifest_path(repo, location)?)?;
    let read = |path: &RepoPath| -> Result<Option<Box<Manifest>>> {
        let text = text::of_commit(repo, files, path)?;
        Ok(text.and_then(|text| Manifest::parse(path, &text).ok()).map(Box::new))
    };
    Ok(declared::root_of(&manifest, read)?.map_or(manifest, |(root, _)| root))
}

/// Returns where the configuration of the project at `location` stands, or would.
///
/// # Errors
///
/// A refusal where there is no commit, or no manifest.
pub fn config_file(repo: &Repo, location: &Location) -> Result<RepoPath> {
    let Some(head) = repo.head()?.commit() else {
        let finding = Finding::of(rule::NO_COMMIT, "the repository has no commit yet");
        return Err(Refused::from(finding.remedy("commit the workspace first")).into());
    };
    let root = root_among(repo, location, &repo.tree(head)?)?;
    Ok(RepoPath::from_folder(root.folder(), configured::FILE))
}

/// The package that names the releases, as far as the work tree tells.
#[derive(Clone, Debug, Default)]
pub struct Lead {
    /// Its name.
    pub name: Option<String>,
    /// Its manifest, or that of the workspace.
    pub manifest: Option<RepoPath>,
    /// Its version.
    pub version: Option<Version>,
    /// The members that have the same version.
    pub siblings: Vec<String>,
    /// The address of its repository, if it states one.
    pub repository: Option<String>,
}

impl Lead {
    /// Returns what is released, where the product is called `name`.
    pub fn product<'a>(&'a self, name: &'a str) -> names::Product<'a> {
        let mut own = vec![name];
        own.extend(self.name.as_deref());
        own.extend(self.repository.as_deref().map(lead::repository_name));
        let siblings: Vec<&str> = self.siblings.iter().map(String::as_str).collect();
        names::Product { own, packages: siblings.clone(), siblings, holds: self.version.as_ref() }
    }
}

/// Asks Cargo for the lead package of the workspace that is checked out. Where it is none, the nearest
/// manifest is taken for that of the package.
///
/// # Errors
///
/// A refusal where manifests or lock files of the commit that is checked out are too large for Cargo.
pub fn lead(repo: &Repo, location: &Location, config: &Config) -> Result<Lead> {
    let tree = repo.head()?.commit().map(|head| repo.tree(head)).transpose()?.unwrap_or_default();
    text::check_sizes(repo, &tree)?;
    let nearest = manifest_path(repo, location);
    let members = |manifest: &PathBuf| {
        let answered = (Question::Members, Members::in_work_tree(repo.root(), manifest, Question::Members));
        let has_submodules = tree.submodules().next().is_some();
        let sources = if has_submodules { TreeFiles::read(repo, &tree)? } else { TreeFiles::default() };
        Members::of_checkout(repo, &tree, &relative(repo, manifest)?, answered, sources.parsed())
    };
    let Some(Ok(members)) = nearest.as_ref().ok().map(members) else {
        let manifest = nearest.and_then(|manifest| relative(repo, &manifest)).ok();
        return Ok(Lead { name: nearest_package(location), manifest, ..Lead::default() });
    };
    Ok(match lead::member(&members, config) {
        Some(lead) => Lead {
            name: Some(lead.name.clone()),
            manifest: Some(lead.manifest.clone()),
            version: Some(lead.version.clone()),
            siblings: siblings(&members, &lead.version),
            repository: lead.repository.clone(),
        },
        None => Lead { manifest: Some(members.root), ..Lead::default() },
    })
}

/// Returns the names of the members of the work tree, as Cargo tells them; none where it cannot.
pub fn member_names(repo: &Repo, location: &Location) -> Vec<String> {
    let asked = AskedMembers::at(repo, location).and_then(|asked| asked.0.join().ok()?.ok());
    asked.into_iter().flat_map(|members| members.packages).map(|member| member.name).collect()
}

fn siblings(members: &Members, version: &Version) -> Vec<String> {
    let members = members.packages.iter().filter(|member| member.version == *version);
    members.map(|member| member.name.clone()).collect()
}

/// What Cargo says of the members of the work tree, before it is needed: that takes Cargo longer than
/// everything else together.
pub struct AskedMembers(JoinHandle<Result<Members>>);

impl AskedMembers {
    /// Asks about the project at `location`, unless what Cargo would read is too large for it, or is not
    /// known.
    pub fn at(repo: &Repo, location: &Location) -> Option<Self> {
        let manifest = manifest_path(repo, location).ok()?;
        text::is_small_enough(repo).then(|| Self::ask(repo.root().to_owned(), manifest, Question::Members))
    }

    /// Asks `question` about the project at `location`, unless what Cargo would read looks changed, is too large for
    /// it, or is not known.
    pub fn early(repo: &Repo, location: &Location, question: Question) -> Option<Self> {
        let files = repo.seen(|path| question.concerns(path))?;
        let is_small = limits::check_all(files.iter().map(|(path, size)| (path, *size))).is_empty();
        let manifest = manifest_path(repo, location).ok().filter(|_| is_small)?;
        Some(Self::ask(repo.root().to_owned(), manifest, question))
    }

    fn ask(root: PathBuf, manifest: PathBuf, question: Question) -> Self {
        Self(std::thread::spawn(move || Members::in_work_tree(&root, &manifest, question)))
    }

    fn answer(self) -> Result<Members> {
        self.0.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}
