//! The notes that are checked: those of the product, and those of single packages.

use std::collections::{BTreeMap, BTreeSet};

use semver::Version;

use crate::edit::notes::{Layout, Notes};
use crate::git::{BranchName, Tag};
use crate::path::RepoPath;
use crate::plan::lines::Lines;
use crate::plan::{Request, notes};
use crate::project::notes::{NotesFile, files};
use crate::version::plain;
use crate::workspace::Package;

/// One file of notes, and what is known of the releases that it is about.
#[derive(Clone, Debug)]
pub struct CheckedNotes<'a> {
    /// Where it is.
    pub path: &'a RepoPath,
    /// What is in it.
    pub notes: Notes<'a>,
    /// How it is laid out, as far as that is known.
    pub layout: Option<Layout>,
    /// The package whose versions it is about.
    pub package: &'a Package,
    /// The version whose section counts: what a pre-release leads to, unless it has a section of its own.
    pub version: Version,
    /// Whether it is about the product.
    pub is_products: bool,
    /// Whether the package moves with a release.
    pub moves: bool,
    /// The tags of the package's releases, by version.
    pub tags: BTreeMap<Version, Tag>,
    /// The release branches that have no such file.
    pub missing_on: BTreeSet<BranchName>,
}

/// A file of notes that is not there.
#[derive(Clone, Debug)]
pub struct AbsentNotes {
    /// Where it would be.
    pub path: RepoPath,
    /// Whether it is about the product.
    pub is_products: bool,
}

/// Returns the files of notes that a project has, with the tags of the product for that which is about it; and those
/// that it should have.
pub(super) fn read<'a>(
    request: &'a Request<'a>,
    lines: Option<&Lines<'a>>,
    tags: &BTreeMap<Version, Tag>,
) -> (Vec<CheckedNotes<'a>>, Vec<AbsentNotes>) {
    let project = request.project;
    let (mut read, mut absent) = (Vec::new(), Vec::new());
    for file in files(&project.config, &project.workspace) {
        let Some((path, text)) = project.texts.get_key_value(&file.path) else {
            if !file.is_optional {
                absent.push(AbsentNotes { path: file.path, is_products: file.is_products });
            }
            continue;
        };
        let parsed = Notes::parse(path, text, &file.config.style);
        read.push(CheckedNotes {
            path,
            layout: notes::layout(&file, &parsed),
            package: file.package,
            version: match request.project.config.prerelease.is_trunks(&file.package.version) {
                true => plain(&file.package.version),
                false => file.config.style.about(&file.package.version),
            },
            is_products: file.is_products,
            moves: file.is_products
                || lines.is_some_and(|lines| lines.moving.iter().any(|line| line.has(&file.package.name))),
            tags: if file.is_products { tags.clone() } else { of_package(request, lines, &file, &parsed) },
            missing_on: BTreeSet::new(),
            notes: parsed,
        });
    }
    (read, absent)
}

/// Returns the tags of a package: of its own, as `name-v1.2.3`, and the product's where it moves with that.
fn of_package(
    request: &Request<'_>,
    lines: Option<&Lines<'_>>,
    file: &NotesFile<'_>,
    notes: &Notes<'_>,
) -> BTreeMap<Version, Tag> {
    let (names, product) = (&request.project.config.names.tag, &request.project.name);
    let package = &file.package.name;
    let is_with_product = lines
        .is_some_and(|lines| lines.moving.iter().any(|line| line.has(package) && line.has(&lines.lead.name)));
    let mut tags = BTreeMap::new();
    let own = plain(&file.package.version);
    for version in notes.sections().iter().map(|section| &section.version).chain([&own]) {
        let of_product: Vec<String> = names.all(version, product).collect();
        let by_name = names.all(version, package).filter(|tag| !of_product.contains(tag));
        let usual = ["-v", "-"].map(|between| format!("{package}{between}{version}"));
        let shared = of_product.iter().filter(|_| is_with_product).cloned();
        let found = by_name.chain(usual).chain(shared).find_map(|tag| request.refs.tags.get(tag.as_str()));
        if let Some(tag) = found {
            tags.insert(version.clone(), tag.clone());
        }
    }
    tags
}

impl CheckedNotes<'_> {
    /// Returns whether tags tell which versions of the package are released.
    pub(super) fn rests_on_tags(&self) -> bool {
        self.is_products || !self.tags.is_empty()
    }
}
