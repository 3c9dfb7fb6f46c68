//! What the maintainer may say: `relprep.toml`, its defaults and its errors.
//!
//! Every key has a default, so that a workspace without a configuration can be cut and patched. A
//! value that cannot be meant (a glob that is none, a path that leads out of the repository, a
//! placeholder that does not exist) is refused while reading, with its place; what reaches the
//! rest of the program needs no second look.

pub mod backport;
pub mod check;
mod ci;
mod error;
mod file;
pub mod keys;
mod lines;
mod mask;
pub mod msrv;
mod names;
mod notes;
mod path;
pub mod publish;
mod read;
pub mod schedule;
mod value;

use semver::{Version, VersionReq};
use serde::Deserialize;

pub use ci::{CiConfig, Workflow};
pub use file::{ConfigFile, SCHEMA_FILE, schema_directive};
pub use lines::{LineRule, LineRules, LineVersion};
pub use names::{BackportName, NameRange, NameScheme, NameTemplate, Names, is_plain_name};
pub use notes::{Carry, NotesConfig, PackageNotes};
pub use path::ConfigPath;
pub use read::read;
use schedule::ScheduleConfig;
pub use value::{Argv, Following, Label, Patterns, TextTemplate};

use crate::edit::version_file::Pattern;
use crate::git::{BranchName, Preferred, Refs, RemoteName};
use crate::train::Train;
use crate::version::plain;

/// The configuration of one workspace.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Config {
    /// The product's name, for messages and notes; the lead package's otherwise.
    #[serde(deserialize_with = "value::line_of_text")]
    pub name: Option<String>,
    /// The branch where development happens; otherwise the one that the remote that counts has as its
    /// default, or else `main` or `master`.
    pub trunk: Option<BranchName>,
    /// The remote that counts where the trunk has no upstream and there are several; otherwise `upstream`,
    /// or else `origin`.
    pub remote: Option<RemoteName>,
    /// The package whose version names the release.
    #[serde(deserialize_with = "value::line_of_text")]
    pub lead: Option<String>,
    /// Manifests outside the workspace whose packages move with a version line that they share a
    /// version with: globs of paths from the root manifest's folder, or from the repository's root.
    pub follow: Patterns,
    /// `[names]`.
    pub names: Names,
    /// `[[line]]`: the first one that names a package counts.
    #[serde(rename = "line")]
    pub lines: LineRules,
    /// `[requirements]`.
    pub requirements: Requirements,
    /// `[locks]`.
    pub locks: Locks,
    /// `[[version-file]]`.
    #[serde(rename = "version-file")]
    pub version_files: Vec<VersionFile>,
    /// `[[follower]]`.
    #[serde(rename = "follower")]
    pub followers: Vec<Follower>,
    /// `[notes]`.
    pub notes: NotesConfig,
    /// `[commit]`.
    pub commit: CommitMessages,
    /// `[publish]`.
    #[serde(deserialize_with = "publish::stated")]
    pub publish: publish::PublishConfig,
    /// `[ci]`.
    pub ci: CiConfig,
    /// `[[run]]`.
    #[serde(rename = "run")]
    pub runs: Vec<Program>,
    /// `[prerelease]`.
    pub prerelease: Prereleases,
    /// `[msrv]`.
    pub msrv: msrv::Msrv,
    /// `[check]`.
    pub check: check::Levels,
    /// `[backport]`.
    pub backport: backport::BackportConfig,
    /// `[schedule]`.
    pub schedule: ScheduleConfig,
}

impl Config {
    /// Returns the branch where development happens, in a repository with these `refs`.
    pub fn trunk_in(&self, refs: &Refs) -> BranchName {
        self.trunk.clone().unwrap_or_else(|| refs.branches.trunk())
    }

    /// Returns what is said about trunk and remote, `--remote` included.
    pub fn preferred(&self, asked: Option<&str>) -> Preferred {
        let asked = asked.map(str::to_owned);
        Preferred { trunk: self.trunk.clone(), asked, configured: self.remote.clone() }
    }

    /// Returns the defaults for a workspace whose root manifest is in `folder`.
    pub fn default_in(folder: &str) -> Self {
        let mut config = Self::default();
        // The defaults lead down.
        config.place(folder);
        config
    }

    /// Makes all paths those of the repository whose root manifest is in `folder`; returns the keys whose
    /// paths lead out of it, and what is wrong.
    fn place(&mut self, folder: &str) -> Vec<(String, String)> {
        let mut wrong = Vec::new();
        let mut note =
            |key: String, placed: Result<(), String>| wrong.extend(placed.err().map(|said| (key, said)));
        note("follow".to_owned(), path::place_globs(&mut self.follow, folder));
        note("locks.ignore".to_owned(), path::place_globs(&mut self.locks.ignore, folder));
        note("notes.file".to_owned(), self.notes.place(folder));
        if let Some(template) = &mut self.notes.template {
            note("notes.template".to_owned(), template.place(folder));
        }
        for (index, file) in self.version_files.iter_mut().enumerate() {
            note(format!("version-file.{index}.path"), file.path.place(folder));
        }
        for (index, said) in self.lines.place(folder) {
            note(format!("line.{index}.packages"), Err(said));
        }
        wrong
    }

    /// Returns the keys of `[names]` whose names git does not take with the product's name, and what they
    /// make; nothing where that is the lead package's, which Cargo has made sure of.
    fn misnamed(&mut self) -> Vec<(&'static str, String)> {
        let Some(name) = self.name.as_deref() else { return Vec::new() };
        self.names.by_key().filter_map(|(key, template)| Some((key, template.misnames(name)?))).collect()
    }

    /// Tells the names that leave the major open how the train is numbered, and returns those that are left
    /// with their keys.
    fn without_major(&mut self) -> Vec<(&'static str, String)> {
        let numbering = self.train().map(|train| train.numbering);
        let open = self.names.by_key().filter_map(|(key, template)| {
            (!template.take_major(numbering)).then(|| (key, template.as_str().to_owned()))
        });
        open.collect()
    }

    /// Returns whether a name, glob or path is that of none of the `packages`, which are names and folders.
    pub fn are_packages_unused<'a>(
        &self,
        packages: &(impl Iterator<Item = (&'a str, &'a str)> + Clone),
    ) -> bool {
        let Requirements { exact, caret, exact_prerelease, follow } = &self.requirements;
        let required = [Some(exact), caret.as_ref(), Some(exact_prerelease), Some(follow.packages())];
        let names = || packages.clone().map(|(name, _)| name);
        required
            .into_iter()
            .flatten()
            .chain([&self.publish.exclude])
            .any(|list| !list.unused(names()).is_empty())
            || !self.lines.unused(packages.clone(), |_| true).is_empty()
    }

    /// Returns the release train, if `[schedule]` describes one.
    pub fn train(&self) -> Option<Train> {
        // What is wrong with the table was refused when it was read.
        self.schedule.train().ok().flatten()
    }
}

/// How members may require each other, by the name of the required package.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Requirements {
    /// Required as `=x.y.z`.
    pub exact: Patterns,
    /// Required as `x.y.z` or `^x.y.z`; all that is not `exact` where that is given and this is not.
    pub caret: Option<Patterns>,
    /// Required exactly while the version is a pre-release, and by caret after: rewritten so.
    pub exact_prerelease: Patterns,
    /// Which requirements are raised when their package moves.
    pub follow: Following,
}

/// What becomes of lock files.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Locks {
    /// Those that are not this project's, and stay as they are: globs of paths.
    pub ignore: Patterns,
    /// What becomes of one that is out of date before anything moves.
    pub stale: StaleLock,
}

/// What becomes of a lock file that is out of date before anything moves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StaleLock {
    /// Cargo brings it up to date.
    #[default]
    Renew,
    /// It stays as it is, with a warning.
    Leave,
    /// Nothing is prepared.
    Refuse,
}

/// A file outside the manifests that carries the version.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct VersionFile {
    /// The file.
    pub path: ConfigPath,
    /// Its lines that carry the version.
    #[serde(deserialize_with = "value::version_lines")]
    pub lines: Vec<Pattern>,
    /// The package whose version it carries; the lead package's otherwise.
    pub package: Option<String>,
    /// The releases that this counts for, as of a `[[line]]`.
    #[serde(default = "lines::all")]
    pub releases: VersionReq,
}

/// What is released from another repository after each release, under the same number.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, serde::Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Follower {
    /// What it is called.
    pub name: String,
    /// Where its repository is.
    pub repository: String,
    /// The files there that carry the version.
    #[serde(default)]
    pub files: Vec<String>,
}

/// The messages of the commits.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct CommitMessages {
    /// The trunk's, on a cut.
    pub cut: TextTemplate,
    /// A release candidate's.
    pub candidate: TextTemplate,
    /// A release's.
    pub release: TextTemplate,
    /// A patch release's; that of `release` otherwise.
    pub patch: Option<TextTemplate>,
    /// The one with which a release branch gets its notes, where the trunk had none.
    pub notes: TextTemplate,
    /// The one with which the trunk gets sections of release branches' notes.
    pub carry: TextTemplate,
    /// That of a release's tag, where it has one.
    pub tag: TextTemplate,
}

impl Default for CommitMessages {
    fn default() -> Self {
        Self {
            cut: TextTemplate::known("Bump {name} to {version}"),
            candidate: TextTemplate::known("Prepare {name} {version}"),
            release: TextTemplate::known("Release {name} {version}"),
            patch: None,
            notes: TextTemplate::known("Begin the notes of {name} {version}"),
            carry: TextTemplate::known("Bring the notes of releases of {name} to the trunk"),
            tag: TextTemplate::known("{name} {version}"),
        }
    }
}

/// A program that must see the edited tree; what it changes in tracked files joins the commit.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, serde::Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Program {
    /// The program and its arguments; no shell reads them.
    pub command: Argv,
}

/// The pre-releases that the train uses; none where nothing is said.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Prereleases {
    /// What the trunk's version carries: `dev` for 49.0.0-dev.
    pub trunk: Option<Label>,
    /// What a release candidate's version carries: `rc` for 49.0.0-rc.1.
    pub candidate: Option<Label>,
    /// What a release's version carries, in a project whose releases have a suffix of their own.
    pub release: Option<Label>,
    /// Whether the trunk's is not stated, but what its version has.
    #[serde(skip)]
    pub is_inferred: bool,
}

impl Prereleases {
    /// Returns the version under which a plain `version` is released.
    pub fn released(&self, version: &Version) -> Version {
        let released = self.release.as_ref().and_then(|label| label.first(version).ok());
        released.unwrap_or_else(|| plain(version))
    }

    /// Returns what `version` would be with the label that the trunk is to have, if it is to have one.
    pub fn example(&self, version: &Version) -> Option<Version> {
        self.trunk.as_ref()?.first(version).ok()
    }

    /// Returns whether `version` carries the label that the trunk's has.
    pub fn is_trunks(&self, version: &Version) -> bool {
        self.trunk.as_ref().is_some_and(|label| label.is_on(version))
    }

    /// Returns whether `version` is one to release: without a pre-release, or with that of a release.
    pub fn is_release(&self, version: &Version) -> bool {
        version.pre.is_empty() || self.release.as_ref().is_some_and(|label| label.is_on(version))
    }
}
