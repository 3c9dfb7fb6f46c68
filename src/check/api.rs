//! What `cargo semver-checks` says, as findings; pure.

use crate::finding::{Finding, Place};
use crate::git::Tree;
use crate::path::RepoPath;
use crate::rule::{self, Severity};

/// An item of a library that users would find broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken<'a> {
    /// The package.
    pub package: &'a str,
    /// What is wrong with it: `pub fn removed or renamed`.
    pub what: &'a str,
    /// The item, and more about it.
    pub item: &'a str,
    /// The file, as the program names it, and the line.
    pub place: Option<(&'a str, usize)>,
    /// Whether the item is gone, and the file that of the earlier release.
    pub is_gone: bool,
}

/// Reads the items that a report lists, and the errors beside: packages that could not be compared.
pub fn read(said: &str) -> (Vec<Broken<'_>>, Vec<&str>) {
    let (mut package, mut what, mut is_listing) = ("", None, false);
    let (mut broken, mut errors) = (Vec::new(), Vec::new());
    for line in said.lines() {
        let text = line.trim();
        if let Some(rest) = text.strip_prefix("Checking ").or_else(|| text.strip_prefix("Building ")) {
            package = rest.split(' ').next().unwrap_or_default();
        } else if let Some(rest) = text.strip_prefix("--- failure ") {
            what = rest.trim_end_matches('-').trim().split_once(": ").map(|(_, what)| what);
            is_listing = false;
        } else if text == "Failed in:" {
            is_listing = true;
        } else if text.is_empty() || !line.starts_with("  ") {
            is_listing = false;
        } else if let Some(what) = what.filter(|_| is_listing) {
            broken.push(item(package, what, text));
        }
        errors.extend(text.strip_prefix("error: "));
    }
    (broken, errors)
}

/// Reads `function a::f, previously in file src/lib.rs:3` or `a::E:V in src/lib.rs:3`.
fn item<'a>(package: &'a str, what: &'a str, text: &'a str) -> Broken<'a> {
    let places = [", previously in file ", ", previously in ", " in file ", " in "];
    let found = places.into_iter().find_map(|words| {
        let (item, place) = text.rsplit_once(words)?;
        let (file, line) = place.rsplit_once(':')?;
        Some((item, (file, line.trim().parse().ok()?), words.contains("previously")))
    });
    let (item, place, is_gone) =
        found.map_or((text, None, false), |(item, place, gone)| (item, Some(place), gone));
    Broken { package, what, item, place, is_gone }
}

impl Broken<'_> {
    /// Returns the finding, where `tree` has the file at `line` of it.
    pub fn finding(
        &self,
        release: &str,
        severity: Severity,
        tree: &Tree,
        line: &dyn Fn(&RepoPath, usize) -> Place,
    ) -> Finding {
        let Self { package, what, item, .. } = self;
        let file = self.place.and_then(|(file, line)| Some((in_tree(file, tree)?, line)));
        let was = match &file {
            Some((file, line)) if self.is_gone => format!(", at {release} in {file}:{line}"),
            _ => format!(", unlike at {release}"),
        };
        let message = format!("the interface of `{package}` breaks: {item} ({what}){was}");
        let place = file.map(|(path, number)| match self.is_gone {
            true => Place::file(&path),
            false => line(&path, number),
        });
        let remedy = "put it back as users have it, or let it wait for the next release";
        Finding::of(rule::API_HELD, message).weighing(severity).at(place).remedy(remedy)
    }
}

/// Returns the file of `tree` that a path on this machine ends with.
fn in_tree(file: &str, tree: &Tree) -> Option<RepoPath> {
    let file = file.replace('\\', "/");
    let starts = std::iter::once(0).chain(file.match_indices('/').map(|(at, _)| at + 1));
    starts.filter_map(|at| RepoPath::new(&file[at..])).find(|path| tree.get(path).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &str = "\
    Building app v1.0.1 (current)
       Built [   0.4s] (current)
     Checking app v1.0.0 -> v1.0.1 (assume patch change)
      Checked [   0.01s] 200 checks: 198 pass, 2 fail, 0 warn, 0 skip

--- failure function_missing: pub fn removed or renamed ---

Description:
A publicly-visible function cannot be imported by its prior path.
        ref: https://doc.rust-lang.org/cargo/reference/semver.html#item-remove
       impl: https://github.com/obi1kenobi/cargo-semver-checks/tree/v0.1/src/lints/function_missing.ron

Failed in:
  function app::gone, previously in file /tmp/x/target/semver-checks/git-v1/abc/app/src/lib.rs:4

--- failure enum_variant_added: enum variant added on exhaustive enum ---

Failed in:
  variant Side:Middle in /tmp/x/app/src/lib.rs:9

     Summary semver requires new major version: 2 major and 0 minor checks failed
    Finished [   1.0s] app
    Building lib v1.0.0 (current)
error: running cargo-doc on crate 'lib' failed
";

    #[test]
    fn each_item_is_read_with_its_package_and_its_place() {
        let (broken, errors) = read(SAID);
        let file = "/tmp/x/target/semver-checks/git-v1/abc/app/src/lib.rs";
        assert_eq!(
            broken,
            [
                Broken {
                    package: "app",
                    what: "pub fn removed or renamed",
                    item: "function app::gone",
                    place: Some((file, 4)),
                    is_gone: true,
                },
                Broken {
                    package: "app",
                    what: "enum variant added on exhaustive enum",
                    item: "variant Side:Middle",
                    place: Some(("/tmp/x/app/src/lib.rs", 9)),
                    is_gone: false,
                },
            ]
        );
        assert_eq!(errors, ["running cargo-doc on crate 'lib' failed"]);
    }
}
