//! `cargo relprep` prepares the releases of Cargo workspaces that ship on a release train.
//!
//! This is the map of the house. A command is **read → plan → show → apply**: everything that it will
//! do is a value before anything is done, and a dry run is a plan that nobody applies.
//!
//! | where | what |
//! |---|---|
//! | [`cli`] | one file a command; arguments in, exit status out; with [`render`] the only ones that print |
//! | [`config`] | what the maintainer may say, checked while it is read |
//! | [`project`] | one commit: its configuration, its workspace, the files that both name |
//! | [`workspace`] | packages, manifests and lock files, as Cargo and the tree tell |
//! | [`plan`] | version lines, what moves, what follows, what must be true first; pure |
//! | [`edit`] | manifests, lock files, notes, version files: text in, text out, the rest untouched |
//! | [`version`], [`template`], [`path`], [`finding`] | the values that all of it is made of |
//! | [`limits`] | how large a text may be that is read from a repository |
//! | [`train`], [`status`] | calendar and support policy; how branches stand; dates in, dates out |
//! | [`msrv`], [`check`], [`only_versions`], [`report`], [`ci`] | what must hold, and what was found |
//! | [`backport`] | fixes on every supported branch, and the proof of it |
//! | [`git`], [`transaction`], [`checkout`] | the only code that names git2 or runs git: reading; writing, whole or not at all; linked work trees |
//!
//! What always holds:
//!
//! * `edit`, `plan`, `train`, `status`, `version` and `template` touch no file system, no git, no
//!   environment and no clock.
//! * A path inside the repository is a [`path::RepoPath`], which cannot lead outside.
//! * A refusal is a list of [`finding::Finding`]s, each with place and remedy; it travels as the error
//!   [`finding::Refused`], and the exit status tells it from a failure.
//! * Objects are written first and refs move last ([`transaction`]).

pub mod backport;
pub mod check;
pub mod checkout;
pub mod ci;
pub mod cli;
pub mod config;
pub mod edit;
pub mod finding;
pub mod git;
pub mod limits;
pub mod msrv;
pub mod only_versions;
pub mod ops;
pub mod path;
pub mod plan;
pub mod project;
pub mod render;
pub mod report;
pub mod rust_version;
pub mod status;
pub mod template;
pub mod text;
pub mod train;
pub mod transaction;
pub mod version;
pub mod workspace;
