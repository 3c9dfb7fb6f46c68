//! Which branch a check is about.

use clap_complete::engine::ArgValueCompleter;

use super::complete;
use crate::ops::about;

/// The branch that a check is about.
#[derive(Debug, clap::Args)]
pub(super) struct BranchOption {
    /// The branch, instead of the one that is checked out or that CI tells
    ///
    /// Its tip is judged. Where no branch is checked out, as in CI, it names the branch that the commit
    /// which is checked out goes into, and that commit is judged.
    #[arg(long, value_name = "NAME", add = ArgValueCompleter::new(complete::branches))]
    branch: Option<String>,
}

impl From<&BranchOption> for about::BranchSource {
    fn from(args: &BranchOption) -> Self {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Self { branch: args.branch.clone(), variables: std::env::vars_os().filter_map(text).collect() }
    }
}
