//! `cargo relprep` prepares the releases of Cargo workspaces that ship on a release train.

pub mod edit;
pub mod finding;
pub mod path;
pub mod repo;
pub mod template;
pub mod version;
