//! `cargo relprep` prepares the releases of Cargo workspaces that ship on a release train.

pub mod backport;
pub mod check;
pub mod ci;
pub mod cli;
pub mod config;
pub mod edit;
pub mod finding;
pub mod msrv;
pub mod only_versions;
pub mod path;
pub mod plan;
pub mod project;
pub mod render;
pub mod repo;
pub mod report;
pub mod status;
pub mod template;
pub mod train;
pub mod version;
pub mod workspace;
