//! Who commits are by, as the user's git would name them.

use std::ffi::OsString;

use anyhow::{Context, Result};
use git2::Signature;

use crate::finding::{Finding, Refused};
use crate::git::settings::Settings;
use crate::git::{Moment, Repo};
use crate::rule;

/// Who a commit is by.
#[derive(Clone, Copy)]
pub(crate) enum IdentityRole {
    Author,
    Committer,
}

impl IdentityRole {
    /// Returns the part of the names of variables and keys that stands for the role.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Author => "AUTHOR",
            Self::Committer => "COMMITTER",
        }
    }

    /// Returns the variable of the environment that says `what` of the role.
    fn variable(self, what: &str) -> Option<OsString> {
        std::env::var_os(format!("GIT_{}_{what}", self.name()))
    }
}

impl Repo {
    /// Returns author or committer of a commit made at `moment`, as the user's git would name them.
    ///
    /// # Errors
    ///
    /// A refusal if git does not know who the user is.
    pub(crate) fn identity(
        &self,
        role: IdentityRole,
        settings: &Settings,
        moment: Moment,
    ) -> Result<Signature<'static>> {
        match plain_identity(role, settings) {
            Some((name, email)) => Ok(Signature::new(&name, &email, &moment.time())?),
            None => self.asked_identity(role, moment),
        }
    }

    /// Returns the identity of the user as a `Signed-off-by` line names it.
    ///
    /// # Errors
    ///
    /// A refusal if git does not know who the user is.
    pub fn sign_off(&self, moment: Moment) -> Result<String> {
        let who = self.identity(IdentityRole::Committer, self.settings()?, moment)?;
        Ok(format!("Signed-off-by: {} <{}>", who.name()?, who.email()?))
    }

    /// Asks git, which also knows what the system says of the user, and reads dates.
    fn asked_identity(&self, role: IdentityRole, moment: Moment) -> Result<Signature<'static>> {
        let mut git = self.user_git("var").arg(format!("GIT_{}_IDENT", role.name()));
        if role.variable("DATE").is_none() {
            git = git.env(&format!("GIT_{}_DATE", role.name()), format!("@{moment}"));
        }
        let output = git.output()?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            let reason = said.lines().find_map(|line| line.strip_prefix("fatal: ")).unwrap_or(said.trim());
            return Err(Refused::from(
                Finding::of(rule::NO_IDENTITY, format!("git does not know who commits: {reason}")).remedy(
                    "run `git config --global user.name \"Your Name\"` and `git config --global user.email you@example.com`",
                ),
            )
            .into());
        }
        let line = String::from_utf8_lossy(&output.stdout);
        parse_identity(line.trim_end()).with_context(|| format!("git names the identity {line:?}"))
    }
}

/// Returns name and e-mail address where environment and configuration give both, and no date.
fn plain_identity(role: IdentityRole, settings: &Settings) -> Option<(String, String)> {
    if role.variable("DATE").is_some() {
        return None;
    }
    let value = |what: &str| match role.variable(&what.to_ascii_uppercase()) {
        Some(value) => value.into_string().ok(),
        None => [format!("{}.{what}", role.name().to_ascii_lowercase()), format!("user.{what}")]
            .iter()
            .find_map(|key| settings.text(key).map(str::to_owned)),
    };
    Some((value("name")?, value("email")?)).filter(|(name, email)| is_clean(name) && is_clean(email))
}

/// Returns whether git would take the text as it is.
fn is_clean(text: &str) -> bool {
    let crud = |c: char| c.is_ascii_control() || " .,:;<>\"\\'".contains(c);
    !text.is_empty() && !text.starts_with(crud) && !text.ends_with(crud) && !text.contains(['<', '>', '\n'])
}

/// Reads `Name <email> 1716206400 +0200`.
fn parse_identity(line: &str) -> Option<Signature<'static>> {
    let (name, rest) = line.split_once('<')?;
    let (email, when) = rest.rsplit_once("> ")?;
    let (seconds, offset) = when.split_once(' ')?;
    let hhmm: i32 = offset.parse().ok()?;
    let moment = Moment::new(seconds.parse().ok()?, hhmm / 100 * 60 + hhmm % 100);
    Signature::new(name.trim_end(), email, &moment.time()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_is_read_as_git_prints_it() {
        let ann = parse_identity("Ann <ann@example.org> 1716206400 -0330").unwrap();
        assert_eq!((ann.name().unwrap(), ann.email().unwrap()), ("Ann", "ann@example.org"));
        assert_eq!((ann.when().seconds(), ann.when().offset_minutes()), (1_716_206_400, -210));
        assert!(parse_identity("nobody").is_none());
    }
}
