//! Makes a lock file follow the versions of local packages.

use std::ops::Range;

use semver::Version;

use super::census::{Census, Citation};
use super::moves::{LockMoves, Moved};
use super::package::{LockPackage, Reference};
use super::read::LockFile;
use crate::edit::splice::{self, Splice};
use crate::finding::Refused;
use crate::path::RepoPath;

/// What becomes of a lock file when local packages move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Followed {
    /// It names no package at a version that moves.
    Unchanged,
    /// Its new text: what Cargo would write.
    Edited(String),
    /// Only Cargo can tell, for these reasons: each a clause that begins with a lower-case letter.
    NeedsCargo(Vec<String>),
}

/// Returns the lock file at `path`, with the content `text`, as it is after `moved`.
///
/// The versions of the moved packages change in their blocks and wherever they are named. Where
/// another package has or had the same name, every line that names one of the two says as much as
/// is needed to tell them apart, and blocks and lines are put in Cargo's order. Every other byte
/// stays: also the format, which Cargo may raise when it writes the file, and CRLF line ends, which
/// it reads but never writes. A package that is at its new version already is left as it is.
///
/// # Errors
///
/// If `text` cannot be read as a lock file, as [`LockFile::read`] says.
pub fn follow(path: &RepoPath, text: &str, moved: &[Moved]) -> Result<Followed, Refused> {
    Ok(follow_read(&LockFile::read(path, text)?, text, moved))
}

/// Does what [`follow`] does for a lock file that was read from `text`.
pub fn follow_read(lock: &LockFile<'_>, text: &str, moved: &[Moved]) -> Followed {
    let mut reasons = Vec::new();
    let shift = LockMoves::find(lock, moved, &mut reasons);
    let edit = Edit {
        lock,
        moves: &shift,
        before: Census::take(lock, &shift, |_, package| package.version),
        after: Census::take(lock, &shift, |index, package| shift.version_after(index, package)),
    };
    reasons.extend(edit.after.collisions());
    let splices = edit.splices(&mut reasons);
    let order = edit.block_order(&mut reasons);
    if !reasons.is_empty() {
        return Followed::NeedsCargo(reasons);
    }
    if splices.is_empty() {
        return Followed::Unchanged;
    }
    Followed::Edited(render(text, lock, &order, &splices))
}

/// A lock file, what of it moves, and what its references mean before and after.
struct Edit<'a> {
    lock: &'a LockFile<'a>,
    moves: &'a LockMoves<'a>,
    before: Census<'a>,
    after: Census<'a>,
}

impl<'a> Edit<'a> {
    /// Returns what changes inside the blocks, in the order of the text.
    fn splices(&self, reasons: &mut Vec<String>) -> Vec<Splice> {
        let mut splices = Vec::new();
        for (&index, version) in &self.moves.packages {
            splices.push(Splice::new(self.lock.packages[index].version_at.clone(), version));
        }
        for (&index, version) in &self.moves.unused_patches {
            splices.push(Splice::new(self.lock.unused_patches[index].version_at.clone(), version));
        }
        if !self.moves.names.is_empty() {
            for package in &self.lock.packages {
                for run in package.dependencies.chunk_by(|one, next| one.name == next.name) {
                    self.follow_dependencies(package, run, &mut splices, reasons);
                }
                self.follow_replacement(package, &mut splices, reasons);
            }
        }
        splice::sort(&mut splices);
        splices
    }

    /// Writes the references of `package` to packages of one name, in Cargo's order: by version as
    /// text, then the local one first.
    fn follow_dependencies(
        &self,
        package: &LockPackage<'a>,
        run: &[Reference<'a>],
        splices: &mut Vec<Splice>,
        reasons: &mut Vec<String>,
    ) {
        if !self.moves.names.contains(run[0].name) {
            return;
        }
        let mut citations = Vec::with_capacity(run.len());
        for reference in run {
            match self.before.resolve(reference) {
                None => reasons.push(unclear(reference)),
                Some(to) if package.source.is_some() && self.moves.packages.contains_key(&to) => {
                    reasons.push(third_party(package, reference));
                }
                Some(to) => citations.push(self.cite(to)),
            }
        }
        citations.sort_by_key(|citation| (citation.version, citation.source.is_some()));
        for (reference, citation) in run.iter().zip(citations) {
            if (reference.version, reference.source) != (citation.version, citation.source) {
                splices.push(Splice::new(reference.at.clone(), citation.to_string()));
            }
        }
    }

    /// Writes what stands in for `package`. That must have the same version, so that it cannot move
    /// alone.
    fn follow_replacement(
        &self,
        package: &LockPackage<'a>,
        splices: &mut Vec<Splice>,
        reasons: &mut Vec<String>,
    ) {
        let Some(reference) = &package.replace else { return };
        if !self.moves.names.contains(reference.name) {
            return;
        }
        match self.before.resolve(reference) {
            None => reasons.push(unclear(reference)),
            Some(to) if self.moves.packages.contains_key(&to) => reasons.push(format!(
                "`{}` replaces version {} of the one with a source",
                reference.name, package.version
            )),
            Some(to) => splices.push(Splice::new(reference.at.clone(), self.cite(to).to_string())),
        }
    }

    fn cite(&self, index: usize) -> Citation<'a> {
        let package = &self.lock.packages[index];
        self.after.cite(package, self.moves.version_after(index, package))
    }

    /// Returns the packages in the order of their blocks: where one of a name moves, those of that
    /// name are in Cargo's order, by version and then the local one first.
    fn block_order(&self, reasons: &mut Vec<String>) -> Vec<usize> {
        let packages = &self.lock.packages;
        let mut order: Vec<usize> = (0..packages.len()).collect();
        for run in order.chunk_by_mut(|&one, &next| packages[one].name == packages[next].name) {
            if run.len() > 1 && self.moves.names.contains(packages[run[0]].name) {
                run.sort_by_cached_key(|&index| self.sort_key(index, reasons));
            }
        }
        order
    }

    fn sort_key(&self, index: usize, reasons: &mut Vec<String>) -> (Option<Version>, bool) {
        let package = &self.lock.packages[index];
        let version = self.moves.version_after(index, package).parse().ok();
        if version.is_none() {
            reasons.push(format!("line {}: `{}` is not a version", package.line, package.version));
        }
        (version, package.source.is_some())
    }
}

fn unclear(reference: &Reference<'_>) -> String {
    format!("line {}: it is not clear which `{}` is meant", reference.line, reference.name)
}

fn third_party(package: &LockPackage<'_>, reference: &Reference<'_>) -> String {
    format!(
        "`{} {}`, a third party's package, depends on `{}`, and which versions it accepts is not in the file",
        package.name, package.version, reference.name
    )
}

/// Returns `text` with its packages in `order` and with `splices`, which are sorted.
fn render(text: &str, lock: &LockFile<'_>, order: &[usize], splices: &[Splice]) -> String {
    let mut out = String::with_capacity(text.len() + 16 * splices.len());
    let begin = |at: usize| splices.partition_point(|splice| splice.range.start < at);
    let mut push = |range: Range<usize>| {
        let within = &splices[begin(range.start)..begin(range.end)];
        splice::push(&mut out, text, range, within);
    };
    let mut at = 0;
    for (slot, &index) in lock.packages.iter().zip(order) {
        push(at..slot.block.start);
        push(lock.packages[index].block.clone());
        at = slot.block.end;
    }
    push(at..text.len());
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::model::models;
    use super::*;

    fn path() -> RepoPath {
        RepoPath::new("Cargo.lock").unwrap()
    }

    fn step(name: &str, from: &str, to: &str) -> Moved {
        Moved { name: name.to_owned(), from: from.parse().unwrap(), to: to.parse().unwrap() }
    }

    fn edited(text: &str, moved: &[Moved]) -> String {
        match follow(&path(), text, moved).unwrap() {
            Followed::Edited(text) => text,
            Followed::Unchanged => text.to_owned(),
            Followed::NeedsCargo(reasons) => panic!("{reasons:?}"),
        }
    }

    fn reasons(text: &str, moved: &[Moved]) -> Vec<String> {
        match follow(&path(), text, moved).unwrap() {
            Followed::NeedsCargo(reasons) => reasons,
            other => panic!("{other:?}"),
        }
    }

    fn reversed(moved: &[Moved]) -> Vec<Moved> {
        let back = |moved: &Moved| Moved {
            name: moved.name.clone(),
            from: moved.to.clone(),
            to: moved.from.clone(),
        };
        moved.iter().map(back).collect()
    }

    /// A member `app` that depends on a member `foo` and on a namesake from a registry, on which a
    /// third party depends too.
    const NAMESAKES: &str = r#"version = 4

[[package]]
name = "app"
version = "0.1.0"
dependencies = [
 "bar",
 "foo 1.0.0",
 "foo 1.0.1",
]

[[package]]
name = "bar"
version = "3.0.0"
source = "registry+https://example.org/index"
dependencies = [
 "foo 1.0.1",
]

[[package]]
name = "foo"
version = "1.0.0"

[[package]]
name = "foo"
version = "1.0.1"
source = "registry+https://example.org/index"
"#;

    #[test]
    fn a_source_comes_where_name_and_version_become_the_same() {
        let same = edited(NAMESAKES, &[step("foo", "1.0.0", "1.0.1")]);
        let cited = " \"foo 1.0.1 (registry+https://example.org/index)\",\n]";
        assert!(same.contains(&format!("\"bar\",\n \"foo 1.0.1\",\n{cited}")), "{same}");
        assert!(same.contains(&format!("dependencies = [\n{cited}")), "the third party's: {same}");

        let later = edited(&same, &[step("foo", "1.0.1", "1.0.2")]);
        assert!(!later.contains('('), "{later}");
        assert!(later.ends_with("[[package]]\nname = \"foo\"\nversion = \"1.0.2\"\n"), "{later}");
        assert_eq!(edited(&later, &[step("foo", "1.0.2", "1.0.0")]), NAMESAKES);
    }

    #[test]
    fn lines_are_sorted_as_text_and_blocks_by_precedence() {
        let ten = edited(NAMESAKES, &[step("foo", "1.0.0", "1.0.10")]);
        assert!(ten.contains(" \"foo 1.0.1\",\n \"foo 1.0.10\",\n"), "{ten}");
        let nine = edited(&ten.replace("1.0.1\"", "1.0.2\""), &[step("foo", "1.0.10", "1.0.11")]);
        assert!(nine.contains(" \"foo 1.0.11\",\n \"foo 1.0.2\",\n"), "{nine}");
        assert!(nine.ends_with("version = \"1.0.11\"\n"), "{nine}");
    }

    #[test]
    fn what_does_not_move_or_has_moved_already_is_left() {
        for step in
            [step("foo", "0.9.0", "1.0.0"), step("foo", "1.0.0", "1.0.0"), step("bar", "3.0.0", "4.0.0")]
        {
            assert_eq!(follow(&path(), NAMESAKES, &[step]).unwrap(), Followed::Unchanged);
        }
        assert_eq!(follow(&path(), "", &[step("foo", "0.9.0", "1.0.0")]).unwrap(), Followed::Unchanged);
    }

    #[test]
    fn of_packages_of_one_name_each_moves_from_its_own_version() {
        let moved = [step("foo", "1.0.0", "1.2.0"), step("foo", "7.0.0", "8.0.0")];
        assert_eq!(edited(NAMESAKES, &moved), edited(NAMESAKES, &moved[..1]));
    }

    #[test]
    fn a_lock_file_that_is_out_of_date_is_left_to_cargo() {
        assert_eq!(
            reasons(NAMESAKES, &[step("app", "0.2.0", "0.2.1"), step("foo", "1.1.0", "1.2.0")]),
            [
                "it is out of date: it has `app` at version 0.1.0, the manifest at 0.2.0",
                "it is out of date: it has `foo` at version 1.0.0, the manifest at 1.1.0",
            ]
        );
    }

    #[test]
    fn what_is_ambiguous_is_left_to_cargo() {
        assert_eq!(
            reasons(NAMESAKES, &[step("foo", "1.0.0", "1.2.0"), step("foo", "1.0.0", "2.0.0")]),
            ["several packages `foo 1.0.0` move apart"]
        );
        let dangling =
            NAMESAKES.replacen("\"foo 1.0.1\"", "\"foo 1.0.7\"", 1).replacen("\"bar\"", "\"foo\"", 1);
        assert_eq!(
            reasons(&dangling, &[step("foo", "1.0.0", "1.2.0")]),
            ["line 7: it is not clear which `foo` is meant", "line 9: it is not clear which `foo` is meant"]
        );
        let twice = NAMESAKES.replace("1.0.1\"\nsource = \"registry+https://example.org/index\"", "1.0.1\"");
        assert_eq!(
            reasons(&twice, &[step("foo", "1.0.0", "1.0.1")]),
            ["two packages would be called `foo 1.0.1`"]
        );
        let odd = NAMESAKES.replace("1.0.1", "newest");
        assert_eq!(reasons(&odd, &[step("foo", "1.0.0", "1.0.1")]), ["line 24: `newest` is not a version"]);
    }

    proptest! {
        #[test]
        fn the_edit_writes_what_cargo_encodes(((model, moved), carriage_returns, newline) in (models(), any::<bool>(), any::<bool>())) {
            let written = |text: String| {
                let text = if newline { text } else { text.trim_end().to_owned() };
                if carriage_returns { text.replace('\n', "\r\n") } else { text }
            };
            let before = written(model.encode());
            let after = written(model.after(&moved).encode());
            prop_assert_eq!(LockFile::read(&path(), &before).unwrap().format, model.format);
            prop_assert_eq!(follow(&path(), &before, &[]).unwrap(), Followed::Unchanged);
            prop_assert_eq!(edited(&before, &moved), after.clone());
            prop_assert_eq!(edited(&after, &reversed(&moved)), before);
        }

        #[test]
        fn without_namesakes_only_lines_about_moved_packages_change((model, moved) in models()) {
            let before = model.encode();
            let alone = |moved: &Moved| before.matches(&format!("name = \"{}\"\n", moved.name)).count() == 1;
            let moved: Vec<Moved> = moved.into_iter().filter(alone).collect();
            let after = edited(&before, &moved);
            for (old, new) in before.lines().zip(after.lines()).filter(|(old, new)| old != new) {
                let about = |moved: &Moved| {
                    old == format!("version = \"{}\"", moved.from) && new == format!("version = \"{}\"", moved.to)
                        || old == format!(" \"{} {}\",", moved.name, moved.from)
                            && new == format!(" \"{} {}\",", moved.name, moved.to)
                };
                prop_assert!(moved.iter().any(about), "{old} → {new}");
            }
        }

        #[test]
        fn no_text_is_too_odd(lines in prop::collection::vec(r#"(\[\[package\]\]|\[?[a-z.]*\]?|(name|version|replace|source) = "(a|é|1.0.0|a 1.0.0 ?\(?x?\)?)"?|dependencies = \[| "a( 1.0.0)?",?|\])[ \r]?"#, 0..30)) {
            let text = lines.join("\n");
            let _ = follow(&path(), &text, &[step("a", "1.0.0", "2.0.0")]);
        }
    }
}
