//! All integration tests, in one binary.
#![expect(
    clippy::needless_raw_string_hashes,
    clippy::unwrap_used,
    clippy::print_stdout,
    unreachable_pub,
    reason = "helpers of tests are tests, seen by nobody else, and print figures"
)]

mod adoption;
mod advice;
mod as_user;
mod backport;
mod check;
mod check_msrv;
mod check_notes;
mod checking;
mod child;
mod completions;
mod conventions;
mod crash;
mod differences;
mod editor;
mod environment;
mod fault;
mod fixture;
mod fuzz;
mod help;
mod history;
mod hostile;
mod init;
mod layers;
mod lockfile;
mod manual;
mod markdown;
mod mdbook;
mod moves;
mod naming;
mod notes;
mod notes_doubts;
mod notes_edit;
mod notes_layout;
mod notes_promises;
mod notes_text;
mod only_versions;
mod ops;
mod partial;
mod prerelease;
mod prerelease_notes;
mod publish;
mod readme;
mod refusals;
mod remotes;
mod rendered;
mod replay;
mod reports;
mod requests;
mod schedule;
mod schema;
mod shapes;
mod single_branch;
mod status;
mod subfolder;
mod submodules;
mod support;
mod supported;
mod symlinks;
mod tag;
mod tools;
mod tracking;
mod values;
mod workflows;
