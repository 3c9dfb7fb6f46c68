//! Packages that stay at their versions, and why.

use schemars::JsonSchema;
use semver::Version;
use serde::Serialize;

use crate::workspace::metadata::{MemberOrigin, SubmoduleMember};
use crate::workspace::{Package, Workspace};

/// A package that stays at its version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct KeptPackage {
    /// Its name.
    pub package: String,
    /// Its version, if it has one.
    pub version: Option<Version>,
    /// Why it stays.
    pub why: KeptReason,
}

/// Why a package stays at its version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum KeptReason {
    /// A `[[line]]` of the configuration says so.
    Configured,
    /// It is not published, and does not share the lead package's version.
    Unpublished,
    /// It lies outside the workspace, and shares its version with no line that moves.
    SharesNoLine,
    /// It lies in a submodule, and belongs to another repository.
    Submodule,
    /// The workspace excludes it, and it is at the version of a line that moves.
    Excluded,
    /// It belongs to another workspace of the repository.
    NestedWorkspace,
    /// It has no version.
    Unversioned,
    /// Its line was asked to come to the version that it has.
    Asked,
    /// Its line does not step when the lead package does so.
    NoStep,
    /// It has no pre-release that a release would take off.
    NoPrerelease,
}

impl KeptReason {
    /// Returns the reason in words.
    pub fn text(self) -> &'static str {
        match self {
            Self::Configured => "the configuration says so",
            Self::Unpublished => "not published, and not at the lead package's version",
            Self::SharesNoLine => "outside the workspace, and at no moving line's version",
            Self::Submodule => "in a submodule, and another repository's",
            Self::Excluded => "not a member of the workspace",
            Self::NestedWorkspace => "in a workspace of their own",
            Self::Unversioned => "without a version",
            Self::Asked => "as `--to` asks",
            Self::NoStep => "their line does not step with this one",
            Self::NoPrerelease => "their version has no pre-release",
        }
    }
}

/// Returns the members that have no version.
pub(super) fn unversioned(workspace: &Workspace) -> Vec<KeptPackage> {
    let stay =
        |name: &String| KeptPackage { package: name.clone(), version: None, why: KeptReason::Unversioned };
    workspace.unversioned.iter().map(stay).collect()
}

/// Returns a member that lies in a submodule.
pub(super) fn of_submodule(member: &SubmoduleMember) -> KeptPackage {
    let version = match member.origin {
        MemberOrigin::Unknown => None,
        MemberOrigin::Manifest | MemberOrigin::StatedElsewhere(_) => Some(member.version.clone()),
    };
    KeptPackage { package: member.name.clone(), version, why: KeptReason::Submodule }
}

/// Returns `package`, which stays for a reason.
pub(super) fn stay(package: &Package, why: KeptReason) -> KeptPackage {
    KeptPackage { package: package.name.clone(), version: Some(package.version.clone()), why }
}

/// Returns the packages outside the workspace that nobody follows and that may have been forgotten: those at a
/// version that `moves`, and those of other workspaces that require a member.
pub(super) fn outsiders(workspace: &Workspace, moves: impl Fn(&Version) -> bool) -> Vec<KeptPackage> {
    let outside = workspace.manifests.iter().filter(|(_, file)| !file.member);
    let outsider = |path| {
        let package = workspace.outsider(path).filter(|_| workspace.package_at(path).is_none())?;
        let is_nested = workspace.governing_root(path).is_some();
        let is_concerned = moves(&package.version) || is_nested && workspace.requires_member(path);
        let why = if is_nested { KeptReason::NestedWorkspace } else { KeptReason::Excluded };
        is_concerned.then(|| stay(&package, why))
    };
    outside.filter_map(|(path, _)| outsider(path)).collect()
}
