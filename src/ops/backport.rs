//! Backports: commits of the trunk to the release branches.

mod apply;
mod resolve;
pub(crate) mod scene;
mod status;
