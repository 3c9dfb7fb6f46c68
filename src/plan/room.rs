//! Room at a cut: the trunk goes past what the patches of the branch will be called.

use semver::Version;

use crate::finding::Finding;
use crate::git::BranchName;
use crate::plan::bump::Bump;
use crate::plan::lines::{self, Lines, VersionLine};
use crate::project::Project;
use crate::rule;
use crate::version::{self, Step, plain};
use crate::workspace::Package;

/// Finds lines that would have one version on the trunk and, after some patches, on `branch`.
pub fn check(project: &Project, lines: &Lines<'_>, bump: &Bump, branch: &BranchName) -> Vec<Finding> {
    let find = |line: &VersionLine<'_>| {
        let step = line.step(Step::Patch);
        let trunk = |package: &Package| {
            let moved = bump.moves.iter().find(|moved| moved.packages.contains(&package.name));
            moved.map_or(&line.version, |moved| &moved.to)
        };
        let is_stuck =
            |package: &Package| step != Step::None && !is_past(&line.version, step, trunk(package));
        // What goes with all its line is said of its first package.
        let first = line.packages.iter().find(|package| is_stuck(package))?;
        let trunk = trunk(first);
        let next = version::next(&line.version, step).ok()?;
        let message = format!(
            "the trunk would be at {trunk} for `{}`, and {branch} comes to {next} with its next patch",
            first.name
        );
        Some(
            Finding::of(rule::NO_ROOM, message)
                .at(lines::version_place(&project.workspace, first))
                .remedy(remedy(line, first, lines.lead)),
        )
    };
    lines.moving.iter().filter_map(find).collect()
}

/// Returns whether no number of patches by `step` leads from `from` to `trunk`.
fn is_past(from: &Version, step: Step, trunk: &Version) -> bool {
    let of_line = |version: &Version| match step {
        Step::Patch => (version.major, version.minor),
        _ => (version.major, if version.major == 0 { version.minor } else { 0 }),
    };
    plain(trunk) > plain(from) && of_line(trunk) > of_line(from)
}

fn remedy(line: &VersionLine<'_>, stuck: &Package, lead: &Package) -> String {
    let Version { major, minor, .. } = line.version;
    let room = if major > 0 { Version::new(major + 1, 0, 0) } else { Version::new(0, minor + 1, 0) };
    let names: Vec<String> = line.packages.iter().map(|package| format!("\"{}\"", package.name)).collect();
    match stuck.name != lead.name {
        true => format!(
            "give `--to {}={room}`, or say of `[[line]] packages = [{}]` that `patch = \"none\"`",
            stuck.name,
            names.join(", ")
        ),
        false => format!("give a `--level` that leaves room for patches, or `--to {room}`"),
    }
}
