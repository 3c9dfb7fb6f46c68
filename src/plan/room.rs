//! Room at a cut: the trunk goes past what the patches of the branch will be called.

use semver::Version;

use crate::finding::Finding;
use crate::git::BranchName;
use crate::plan::bump::Bump;
use crate::plan::lines::{self, Lines, VersionLine};
use crate::project::Project;
use crate::rule;
use crate::version::{self, Step, plain};

/// Finds lines that would have one version on the trunk and, after some patches, on `branch`.
pub fn check(project: &Project, lines: &Lines<'_>, bump: &Bump, branch: &BranchName) -> Vec<Finding> {
    let find = |line: &VersionLine<'_>| {
        let first = line.packages.first()?;
        let moved = bump.moves.iter().find(|moved| moved.packages.contains(&first.name));
        let trunk = moved.map_or(&line.version, |moved| &moved.to);
        let step = line.step(Step::Patch);
        if step == Step::None || is_past(&line.version, step, trunk) {
            return None;
        }
        let next = version::next(&line.version, step).ok()?;
        let message = format!(
            "the trunk would be at {trunk} for `{}`, and {branch} comes to {next} with its next patch",
            first.name
        );
        Some(
            Finding::of(rule::NO_ROOM, message)
                .at(lines::version_place(&project.workspace, first))
                .remedy(remedy(line, first.name == lines.lead.name)),
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

fn remedy(line: &VersionLine<'_>, leads: bool) -> String {
    let Version { major, minor, .. } = line.version;
    let room = if major > 0 { Version::new(major + 1, 0, 0) } else { Version::new(0, minor + 1, 0) };
    let names: Vec<String> = line.packages.iter().map(|package| format!("\"{}\"", package.name)).collect();
    match line.packages.first() {
        Some(first) if !leads => format!(
            "give `--to {}={room}`, or say of `[[line]] packages = [{}]` that `patch = \"none\"`",
            first.name,
            names.join(", ")
        ),
        _ => format!("give a `--level` that leaves room for patches, or `--to {room}`"),
    }
}
