//! Which branch a check is about.

use anyhow::Result;

use crate::ci::{self, Variables};
use crate::finding::{Finding, Refused};
use crate::repo::Head;

/// The branch that a check is about.
#[derive(Debug, clap::Args)]
pub(super) struct About {
    /// The branch, instead of the one that is checked out or that CI tells
    #[arg(long, value_name = "NAME")]
    branch: Option<String>,
}

/// A branch, and how it is known to be meant.
pub(super) struct Branch {
    pub(super) name: String,
    pub(super) why: String,
}

impl About {
    /// Returns the branch that is meant: the one that the options name, else the one that CI's
    /// environment tells, else the one that is checked out.
    ///
    /// # Errors
    ///
    /// A refusal where none of them tells.
    pub(super) fn branch(&self, head: &Head) -> Result<Branch> {
        if let Some(name) = &self.branch {
            return Ok(Branch { name: name.clone(), why: "`--branch`".to_owned() });
        }
        let variables: Variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let run = ci::run(&variables);
        if let Some(run) = &run
            && let Some(branch) = run.branch()
        {
            let why = format!("{}: {}", run.variable, run.about);
            return Ok(Branch { name: branch.to_owned(), why });
        }
        match head {
            Head::Branch(name, _) => Ok(Branch { name: name.clone(), why: "checked out".to_owned() }),
            Head::Detached(_) | Head::Unborn => {
                let ci = run.map(|run| format!(", and CI is about {}", run.about)).unwrap_or_default();
                let message = format!("no branch is checked out{ci}");
                let remedy = "name the branch that this is about with `--branch`";
                Err(Refused::from(Finding::error("no-branch", message).remedy(remedy)).into())
            }
        }
    }
}
