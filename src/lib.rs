//! `cargo relprep` prepares the releases of Cargo workspaces that ship on a release train.
//!
//! This is the map of the house. A command is **read → plan → show → apply**: everything that it will
//! do is a value before anything is done, and a dry run is a plan that nobody applies.
//!
//! | floor | what |
//! |---|---|
//! | [`path`], [`version`], [`rust_version`], [`rule`], [`finding`], [`template`], [`limits`], [`text`] | the values that all of it is made of |
//! | [`report`], [`ci`] | what a check found; which branch a run of CI is about |
//! | [`train`] | calendar and support policy: dates in, dates out |
//! | [`edit`] | manifests, lock files, notes, version files: text in, text out, the rest untouched |
//! | [`git`] | reading: commits, trees, branches, what remotes have |
//! | [`transaction`] | writing, whole or not at all; pushing |
//! | [`checkout`] | linked work trees, for hooks and for conflicts that a person resolves |
//! | [`config`] | what the maintainer may say, checked while it is read |
//! | [`workspace`] | packages, manifests and lock files, as Cargo and the tree tell |
//! | [`project`] | one commit: its configuration (its own or the trunk's), its workspace, the names that were inferred, the files that both name |
//! | [`workflow`] | the workflows that run the commands on a forge: what is known of a project in, files out |
//! | [`plan`] | version lines, what moves, what follows, what must be true first |
//! | [`status`] | how the branches stand against the calendar |
//! | [`msrv`] | what a release line promised about Rust, and what it needs |
//! | [`only_versions`] | whether a commit changes anything but versions |
//! | [`backport`] | fixes on every supported branch, and the proof of it |
//! | [`check`] | what must hold before a release: one file a rule |
//! | [`ops`] | what the commands do, one file an operation: prints nothing and knows no command line; the library's face |
//! | [`render`] | plans, schedules and findings, in each format of output |
//! | [`cli`] | one file a command: arguments, the choice of the operation, showing |
//!
//! A floor imports only what stands above it, and files form no circle: `tests/it/layers.rs` reads this
//! table and the imports, and holds the one against the other.
//!
//! What always holds:
//!
//! * Only `git`, `transaction` and `checkout` name git2 or run git; only `render` and `cli` print.
//! * `train`, `edit`, `plan`, `status` and the rules of `check` touch no file system, no environment and
//!   no clock: they are tested with strings and values.
//! * The clock is read once a run, in `main`: the day of a release and the time of its commits come from
//!   that [`git::Moment`].
//! * A fact has one owner: what a package's version is at a commit, [`workspace::declared`]; what the product
//!   is called, [`project::lead::product`]; how a blob becomes text, [`git::Repo::text`].
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
pub mod rule;
pub mod rust_version;
pub mod status;
pub mod template;
pub mod text;
pub mod train;
pub mod transaction;
pub mod version;
pub mod workflow;
pub mod workspace;
