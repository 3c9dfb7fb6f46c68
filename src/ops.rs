//! Operations: what the commands do, without the command line.
//!
//! An operation takes place in a [`Context`], where and when, which opens as a [`Session`]; it gives back
//! a value, such as plans that can be shown and then carried out, and prints nothing. What it has to say
//! before that, it tells a [`Sink`].
//!
//! ```
//! use relprep::git::Moment;
//! use relprep::ops::prepare::{PrepareOptions, prepare};
//! use relprep::ops::recovery::Purpose;
//! use relprep::ops::standing::Behind;
//! use relprep::ops::targets::BranchChoice;
//! use relprep::ops::Context;
//! use relprep::plan::Command;
//! use relprep::plan::course::Asked;
//! use relprep::project::Location;
//! use relprep::transaction::values::Hooks;
//!
//! # let folder = tempfile::tempdir()?;
//! # std::fs::create_dir(folder.path().join("src"))?;
//! # std::fs::write(folder.path().join("src/lib.rs"), "")?;
//! # std::fs::write(
//! #     folder.path().join("Cargo.toml"),
//! #     "[package]\nname = \"demo\"\nversion = \"1.0.0\"\nedition = \"2024\"\n",
//! # )?;
//! # for args in [
//! #     &["init", "--quiet", "--initial-branch=release-1.0.0"][..],
//! #     &["config", "user.name", "Ann Other"],
//! #     &["config", "user.email", "ann@example.org"],
//! #     &["config", "commit.gpgsign", "false"],
//! #     &["add", "--all"],
//! #     &["commit", "--quiet", "--message=The first release"],
//! # ] {
//! #     let status = std::process::Command::new("git").arg("-C").arg(folder.path()).args(args).status()?;
//! #     assert!(status.success());
//! # }
//! // A repository whose branch `release-1.0.0` holds version 1.0.0.
//! let location = Location { folder: folder.path().to_owned(), ..Location::default() };
//! let context = Context::new(location, Moment::new(1_716_206_400, 0));
//! let mut said = Vec::new();
//!
//! let session = context.open(Purpose::Write, &mut said)?;
//! let options = PrepareOptions {
//!     command: Command::Patch,
//!     asked: Asked::default(),
//!     branches: BranchChoice::CheckedOut,
//!     allow_dirty: false,
//!     behind: Behind::Refuse,
//!     push: false,
//!     if_due: false,
//!     pull_request: false,
//! };
//! let prepared = prepare(&session, &options, &mut said)?;
//! let plan = &prepared.preparation.plans[0];
//! assert_eq!(plan.version.to_string(), "1.0.1");
//! assert_eq!(plan.date.to_string(), "2024-05-20");
//!
//! // So far nothing is written.
//! let applied = prepared.apply(Hooks::Run, &mut said)?;
//! assert_eq!(applied.outcome.branches[0].name.to_string(), "release-1.0.0");
//! # assert!(std::fs::read_to_string(folder.path().join("Cargo.toml"))?.contains("\"1.0.1\""));
//! # Ok::<(), anyhow::Error>(())
//! ```

pub mod about;
pub mod backport;
pub mod calendar;
pub mod check;
mod check_api;
pub mod check_msrv;
pub mod check_options;
mod check_package;
mod due;
pub mod file;
mod held;
pub mod init;
pub mod outcome;
pub mod prepare;
mod reading;
pub mod recovery;
pub mod replay;
mod session;
mod settle;
mod sink;
pub mod standing;
pub mod supported;
pub mod tag;
pub mod targets;
mod unreleased;
pub mod workflows;

pub use session::{Context, Session};
pub use sink::{Progress, Sink};
