//! What `cargo semver-checks` says, as findings; pure.
//!
//! It has no form of output for programs: what is read is what it prints for people.

use std::path::Path;

use crate::finding::{Finding, Place};
use crate::path::RepoPath;
use crate::rule;

/// What was found of the packages that were compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparisons<'a> {
    /// The items that users would find broken.
    pub broken: Vec<BrokenItem<'a>>,
    /// The packages that could not be compared, and why.
    pub unchecked: Vec<(&'a str, &'a str)>,
    /// Why it went no further, where that is of no package.
    pub error: Option<&'a str>,
}

/// An item of a library that users would find broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenItem<'a> {
    /// The package.
    pub package: &'a str,
    /// What is wrong with it: `pub fn removed or renamed`.
    pub what: &'a str,
    /// The item, and more about it.
    pub item: &'a str,
    /// The file, as the program names it, and the line.
    pub place: Option<(&'a str, usize)>,
    /// Whether the package lets it pass with a warning.
    pub is_warning: bool,
}

/// What the program said of one package.
struct ApiSection<'a> {
    package: &'a str,
    error: Option<&'a str>,
    is_finished: bool,
}

/// Reads a report. It tells of one package after the other.
pub fn read(said: &str) -> Comparisons<'_> {
    let mut sections: Vec<ApiSection<'_>> = Vec::new();
    let mut found = Comparisons::default();
    let (mut what, mut is_listing) = (None, false);
    for line in said.lines() {
        let text = line.trim();
        if let Some(rest) = text.strip_prefix("Building ") {
            let package = rest.split(' ').next().unwrap_or_default();
            if sections.last().is_none_or(|section| section.package != package) {
                sections.push(ApiSection { package, error: None, is_finished: false });
            }
        } else if text.starts_with("Finished [") {
            sections.iter_mut().last().into_iter().for_each(|section| section.is_finished = true);
        } else if let Some(heading) = text.strip_prefix("--- ") {
            what = heading.trim_end_matches('-').trim().split_once(": ");
        } else if let Some(error) = error(line) {
            match sections.last_mut().filter(|section| !section.is_finished) {
                Some(section) => section.error = section.error.or(Some(error)),
                None => found.error = Some(error),
            }
        } else if is_listing && line.starts_with("  ") && !text.is_empty() {
            let package = sections.last().map_or("", |section| section.package);
            found.broken.extend(what.map(|(kind, what)| item(package, (kind, what), text)));
            continue;
        }
        is_listing = text == "Failed in:";
    }
    let unfinished = sections.iter().filter(|section| !section.is_finished);
    found.unchecked =
        unfinished.map(|section| (section.package, section.error.unwrap_or("it says no reason"))).collect();
    found
}

/// Returns what an error is: that of a program that it runs rather than that this failed.
fn error(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("error")?;
    let (code, error) = rest.split_once(": ")?;
    let is_error = code.is_empty() || code.starts_with('[');
    Some(error).filter(|error| is_error && !error.ends_with(" failed with output:"))
}

/// Reads `function a::f, previously in file src/lib.rs:3` or `a::E:V in src/lib.rs:3`.
fn item<'a>(package: &'a str, (kind, what): (&str, &'a str), text: &'a str) -> BrokenItem<'a> {
    let places = [", previously in file ", ", previously at ", " in file ", " in "];
    let found = places.into_iter().find_map(|words| {
        let (item, place) = text.rsplit_once(words)?;
        let (file, line) = place.trim_end_matches(" ]").rsplit_once(':')?;
        Some((item.trim_end_matches(','), (file, line.trim().parse().ok()?)))
    });
    let (item, place) = found.map_or((text, None), |(item, place)| (item, Some(place)));
    BrokenItem { package, what, item, place, is_warning: kind.starts_with("warning") }
}

/// Where an item stands in the repository.
enum ItemPlace {
    /// In the work tree.
    Here(RepoPath, usize),
    /// In the release that was compared with.
    There(RepoPath, usize),
}

impl BrokenItem<'_> {
    /// Returns the finding, where the work tree is at `root`, and `place` is that of a line of a file in it, or of the
    /// file if it is not known.
    pub fn finding(
        &self,
        release: &str,
        is_patch: bool,
        root: &Path,
        place: &dyn Fn(&RepoPath, Option<usize>) -> Option<Place>,
    ) -> Finding {
        let Self { package, what, item, .. } = self;
        let at = self.place.and_then(|(file, line)| in_repository(file, line, root));
        let was = match &at {
            Some(ItemPlace::There(file, line)) => format!(", at {release} in {file}:{line}"),
            _ => format!(", unlike at {release}"),
        };
        let (breaks, remedy) = match is_patch {
            true => ("this breaks", "put it back as users have it, or let it wait for the next release"),
            false => ("the next release breaks", "tell users in its notes what to do, or put it back"),
        };
        let message = format!("{breaks} the interface of `{package}`: {item} ({what}){was}");
        let finding = Finding::of(rule::API_HELD, message).as_warning_if(self.is_warning).remedy(remedy);
        finding.at(at.and_then(|at| match at {
            ItemPlace::Here(path, line) => place(&path, Some(line)),
            ItemPlace::There(path, _) => place(&path, None),
        }))
    }
}

/// Returns where a file is that the program names: below the work tree, in which it lays out the release in a folder
/// that is named after a tree of git.
fn in_repository(file: &str, line: usize, root: &Path) -> Option<ItemPlace> {
    let is_tree = |part: &&str| part.len() >= 40 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let file = file.replace('\\', "/");
    if let Some(tree) = file.split('/').find(is_tree) {
        let (_, path) = file.split_once(&format!("/{tree}/"))?;
        return Some(ItemPlace::There(RepoPath::new(path)?, line));
    }
    let path = file.strip_prefix(&root.to_string_lossy().replace('\\', "/"))?;
    Some(ItemPlace::Here(RepoPath::new(path.trim_start_matches('/'))?, line))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &str = "     Cloning v1
    Building app v1.0.1 (current)
       Built [   0.4s] (current)
    Building app v1.0.0 (baseline)
    Checking app v1.0.0 -> v1.0.1 (assume minor change)
     Checked [   0.01s] 200 checks: 198 pass, 2 fail, 1 warn, 0 skip

--- failure function_missing: pub fn removed or renamed ---

Description:
A publicly-visible function cannot be imported by its prior path.
        ref: https://doc.rust-lang.org/cargo/reference/semver.html#item-remove

Failed in:
  function app::gone, previously in file /x y/target/git-v1/0123456789012345678901234567890123456789/app/src/lib.rs:4
  app::f now takes 2 parameters instead of 1, in /x y/app/src/lib.rs:7

--- warning enum_variant_added: enum variant added on exhaustive enum ---

Failed in:
  variant Side:Middle in /x y/app/src/lib.rs:9

     Summary semver requires new major version: 2 major and 0 minor checks failed
    Finished [   1.0s] app
    Building lib v1.0.0 (current)
error: running cargo-doc on crate 'lib' failed with output:
-----
 Documenting lib v1.0.0 (/x y/lib)
error[E0425]: cannot find type `Missing` in this scope
error: could not document `lib`

    Building end v1.0.0 (current)
    Finished [   1.0s] end
error: aborting due to failure to build rustdoc for crate lib v1.0.0
";

    #[test]
    fn each_item_is_read_with_its_package_and_its_place() {
        let read = read(SAID);
        let items = read.broken.iter().map(|one| (one.package, one.what, one.item, one.is_warning));
        let (removed, added) = ("pub fn removed or renamed", "enum variant added on exhaustive enum");
        assert_eq!(
            items.collect::<Vec<_>>(),
            [
                ("app", removed, "function app::gone", false),
                ("app", removed, "app::f now takes 2 parameters instead of 1", false),
                ("app", added, "variant Side:Middle", true),
            ]
        );
        let found = read.broken.iter().map(|one| {
            let place = |path: &RepoPath, line: Option<usize>| {
                Some(Place::line(path, &"\n".repeat(9), line.unwrap_or(1)))
            };
            let found = one.finding("v1", true, Path::new("/x y"), &place);
            let line = found.place.and_then(|place| place.spot).map(|spot| spot.line);
            (found.message.rsplit_once("), ").map(|(_, was)| was.to_owned()), line)
        });
        let unlike = || Some("unlike at v1".to_owned());
        let was = Some("at v1 in app/src/lib.rs:4".to_owned());
        assert_eq!(found.collect::<Vec<_>>(), [(was, Some(1)), (unlike(), Some(7)), (unlike(), Some(9))]);
    }

    #[test]
    fn a_package_that_is_not_finished_is_unchecked_for_the_first_reason() {
        let found = read(SAID);
        assert_eq!(found.unchecked, [("lib", "cannot find type `Missing` in this scope")]);
        let why = "`cargo metadata` exited with an error: error: no matching package named `x` found";
        assert_eq!(read(&format!("error: {why}\nlocation searched\n")).error, Some(why));
        assert_eq!(read("    Building a v1.0.0 (current)\n").unchecked, [("a", "it says no reason")]);
    }
}
