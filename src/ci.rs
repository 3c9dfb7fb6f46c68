//! Which branch a CI run is about, as its environment tells. Pure: variables in, a branch out.
//!
//! The variables are those that GitHub ("Variables reference"), GitLab ("Predefined CI/CD variables
//! reference") and Buildkite ("Environment variables") document.

use std::collections::BTreeMap;
use std::fmt;

/// Environment variables, by name.
pub type Variables = BTreeMap<String, String>;

/// What a CI run is about, and which service said so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CiRun {
    /// The variable that told.
    pub variable: &'static str,
    /// What it is about.
    pub about: CiRef,
}

/// What a CI run is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CiRef {
    /// A change that is to go into this branch.
    Target(String),
    /// This branch, which was pushed.
    Pushed(String),
    /// This tag.
    Tag(String),
}

impl fmt::Display for CiRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Target(branch) => write!(f, "a change that goes into `{branch}`"),
            Self::Pushed(branch) => write!(f, "a push to `{branch}`"),
            Self::Tag(tag) => write!(f, "the tag `{tag}`"),
        }
    }
}

impl CiRun {
    /// Returns the branch: the target of the change, or the one that was pushed.
    pub fn branch(&self) -> Option<&str> {
        match &self.about {
            CiRef::Target(branch) | CiRef::Pushed(branch) => Some(branch),
            CiRef::Tag(_) => None,
        }
    }
}

/// Returns what the run is about in which `variables` are set, or `None` where they are not those of
/// a service that is known.
pub fn run(variables: &Variables) -> Option<CiRun> {
    let set = |name: &str| variables.get(name).filter(|value| !value.is_empty());
    let is_true = |name: &str| set(name).is_some_and(|value| value == "true");
    let take = |variable: &'static str, about: fn(String) -> CiRef| {
        set(variable).map(|value| CiRun { variable, about: about(value.clone()) })
    };
    if is_true("GITHUB_ACTIONS") {
        return take("GITHUB_BASE_REF", CiRef::Target).or_else(|| match set("GITHUB_REF_TYPE")?.as_str() {
            "tag" => take("GITHUB_REF_NAME", CiRef::Tag),
            _ => take("GITHUB_REF_NAME", github_ref),
        });
    }
    if is_true("GITLAB_CI") {
        return take("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", CiRef::Target)
            .or_else(|| take("CI_COMMIT_TAG", CiRef::Tag))
            .or_else(|| take("CI_COMMIT_BRANCH", CiRef::Pushed));
    }
    if is_true("BUILDKITE") {
        return take("BUILDKITE_PULL_REQUEST_BASE_BRANCH", CiRef::Target)
            .or_else(|| take("BUILDKITE_TAG", CiRef::Tag))
            .or_else(|| take("BUILDKITE_BRANCH", CiRef::Pushed));
    }
    None
}

/// Reads the name of a branch at GitHub. Its merge queue tests `gh-readonly-queue/main/pr-1-0a1b2c`
/// before it goes into `main`.
fn github_ref(name: String) -> CiRef {
    let queued = name.strip_prefix("gh-readonly-queue/").and_then(|rest| rest.rsplit_once("/pr-"));
    match queued {
        Some((target, _)) => CiRef::Target(target.to_owned()),
        None => CiRef::Pushed(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(variables: &[(&str, &str)]) -> CiRef {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        run(&variables.collect()).unwrap().about
    }

    fn target(branch: &str) -> CiRef {
        CiRef::Target(branch.to_owned())
    }

    fn pushed(branch: &str) -> CiRef {
        CiRef::Pushed(branch.to_owned())
    }

    #[test]
    fn github_tells_the_target_of_a_pull_request_and_of_its_queue() {
        let github = ("GITHUB_ACTIONS", "true");
        let branch = ("GITHUB_REF_TYPE", "branch");
        assert_eq!(
            about(&[
                github,
                branch,
                ("GITHUB_BASE_REF", "release-36.0.0"),
                ("GITHUB_HEAD_REF", "fix"),
                ("GITHUB_REF_NAME", "12/merge")
            ]),
            target("release-36.0.0")
        );
        assert_eq!(
            about(&[github, branch, ("GITHUB_BASE_REF", ""), ("GITHUB_REF_NAME", "main")]),
            pushed("main")
        );
        assert_eq!(
            about(&[github, branch, ("GITHUB_REF_NAME", "gh-readonly-queue/release-36.0.0/pr-9-0a1b")]),
            target("release-36.0.0")
        );
        assert_eq!(
            about(&[github, ("GITHUB_REF_TYPE", "tag"), ("GITHUB_REF_NAME", "v36.0.1")]),
            CiRef::Tag("v36.0.1".to_owned())
        );
    }

    #[test]
    fn gitlab_and_buildkite_tell_the_same() {
        let gitlab = ("GITLAB_CI", "true");
        assert_eq!(
            about(&[gitlab, ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "release-1.0.0")]),
            target("release-1.0.0")
        );
        assert_eq!(about(&[gitlab, ("CI_COMMIT_BRANCH", "main")]), pushed("main"));
        let buildkite = ("BUILDKITE", "true");
        assert_eq!(
            about(&[
                buildkite,
                ("BUILDKITE_PULL_REQUEST_BASE_BRANCH", "release-1.0.0"),
                ("BUILDKITE_BRANCH", "fix")
            ]),
            target("release-1.0.0")
        );
        assert_eq!(
            about(&[buildkite, ("BUILDKITE_PULL_REQUEST_BASE_BRANCH", ""), ("BUILDKITE_BRANCH", "main")]),
            pushed("main")
        );
    }

    #[test]
    fn variables_of_no_service_tell_nothing() {
        let variables = [("GITHUB_BASE_REF".to_owned(), "release-36.0.0".to_owned())];
        assert_eq!(run(&variables.into()), None);
        assert_eq!(run(&Variables::new()), None);
    }
}
