//! What `cargo package` says, as findings; pure.

use crate::finding::{Finding, Place};
use crate::rule;
use crate::workspace::{Package, Workspace};

/// How large a package may be on crates.io.
const MOST: u64 = 10 << 20;

/// One mebibyte.
const MIB: f64 = 1_048_576.0;

/// Returns what is wrong with the sizes of what was packed, which is named `name-1.0.0.crate`.
pub fn too_large(workspace: &Workspace, packed: &[(String, u64)]) -> Vec<Finding> {
    let finding = |(file, size): &(String, u64)| {
        let is_this = |package: &&Package| *file == format!("{}-{}.crate", package.name, package.version);
        let package = workspace.packages.iter().find(is_this).filter(|_| *size > MOST)?;
        #[expect(clippy::cast_precision_loss, reason = "it is rounded")]
        let message = format!(
            "`{}` is {:.1} MiB when it is packed, and crates.io takes {:.0} MiB at most",
            package.name,
            *size as f64 / MIB,
            MOST as f64 / MIB
        );
        let remedy = "leave out what users do not need, by `exclude` or `include` in the manifest";
        Some(Finding::of(rule::PACKAGE_REHEARSAL, message).at(name_place(workspace, package)).remedy(remedy))
    };
    packed.iter().filter_map(finding).collect()
}

/// Returns the finding for what Cargo `said` when it refused to pack, and the package that it is about, if it is told.
///
/// That something is not there offline is unchecked, unless it is a member that is not published.
pub fn refused<'w>(workspace: &'w Workspace, said: &str) -> (Finding, Option<&'w Package>) {
    let named = |name: &str| workspace.packages.iter().find(|package| package.member && package.name == name);
    let about = about(workspace, said).or_else(|| {
        said.lines().rev().find_map(|line| {
            let rest = line
                .trim()
                .strip_prefix("required by package `")
                .or(line.trim().strip_prefix("Packaging "))?;
            named(rest.split(' ').next()?)
        })
    });
    let missing = said.lines().find_map(|line| line.trim().strip_prefix("no matching package named `"));
    let missing = missing.and_then(|rest| rest.split('`').next());
    let is_offline = said.contains("offline") && missing.is_none_or(|name| named(name).is_none());
    let what = about.map_or_else(|| "the workspace".to_owned(), |package| format!("`{}`", package.name));
    let reason = reason(said);
    let finding = match (is_offline, missing) {
        (true, _) => Finding::of(
            rule::PACKAGE_REHEARSAL,
            format!("whether {what} can be packed is unchecked, without network: {reason}"),
        )
        .as_note()
        .remedy("run `cargo fetch` first"),
        (false, Some(name)) => Finding::of(
            rule::PACKAGE_REHEARSAL,
            format!("{what} cannot be packed: it requires `{name}`, which is not published"),
        )
        .remedy(format!("publish `{name}`, or do without it")),
        (false, None) => Finding::of(rule::PACKAGE_REHEARSAL, format!("{what} cannot be packed: {reason}"))
            .remedy("make `cargo package` succeed there"),
    };
    (finding.at(about.and_then(|package| name_place(workspace, package))), about)
}

/// Returns the package whose manifest or folder is named in what Cargo said, the longest one that is.
fn about<'w>(workspace: &'w Workspace, said: &str) -> Option<&'w Package> {
    let error = &said[said.rfind("error: ")?..];
    let is_named = |package: &&Package| {
        let folder = package.manifest.folder();
        let manifest = format!("/{}`", package.manifest);
        package.member
            && (error.contains(&manifest) || !folder.is_empty() && error.contains(&format!("/{folder}`")))
    };
    workspace.packages.iter().filter(is_named).max_by_key(|package| package.manifest.folder().len())
}

/// Returns the error in Cargo's words, with its cause, on one line.
fn reason(said: &str) -> String {
    let error = said.rfind("error: ").map_or(said, |at| &said[at + "error: ".len()..]);
    let lines: Vec<&str> = error.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let cause = lines.iter().position(|line| *line == "Caused by:").and_then(|at| lines.get(at + 1));
    cause
        .or(lines.first())
        .map_or_else(|| "Cargo says nothing".to_owned(), |line| line.trim_end_matches('.').to_owned())
}

fn name_place(workspace: &Workspace, package: &Package) -> Option<Place> {
    let file = workspace.manifests.get(&package.manifest)?;
    let range = file.manifest.package.as_ref()?.name.as_ref()?.range.clone();
    Some(Place::range(&package.manifest, &file.text, range))
}
