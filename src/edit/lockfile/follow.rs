//! Makes a lock file follow the versions of local packages.

use std::ops::Range;

use semver::Version;

use super::census::{Census, Citation};
use super::moves::Moves;
use super::read::{LockFile, LockPackage, Reference};
use crate::finding::Refused;
use crate::path::RepoPath;

/// A local package whose version moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The package's name.
    pub name: String,
    /// The version that its manifest has had.
    pub from: Version,
    /// The version that its manifest gets.
    pub to: Version,
}

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
/// is needed to tell them apart, and blocks and lines are put in Cargo's order. The format stays,
/// and so does every other byte. A package that is at its new version already is left as it is.
///
/// # Errors
///
/// If `text` cannot be read as a lock file, as [`LockFile::read`] says.
pub fn follow(path: &RepoPath, text: &str, moved: &[Moved]) -> Result<Followed, Refused> {
    let lock = LockFile::read(path, text)?;
    let mut reasons = Vec::new();
    let shift = Moves::find(&lock, moved, &mut reasons);
    let edit = Edit {
        lock: &lock,
        moves: &shift,
        before: Census::take(&lock, &shift, |_, package| package.version),
        after: Census::take(&lock, &shift, |index, package| shift.version_after(index, package)),
    };
    reasons.extend(edit.after.collisions());
    let splices = edit.splices(&mut reasons);
    let order = edit.block_order(&mut reasons);
    if !reasons.is_empty() {
        return Ok(Followed::NeedsCargo(reasons));
    }
    if splices.is_empty() {
        return Ok(Followed::Unchanged);
    }
    Ok(Followed::Edited(render(text, &lock, &order, &splices)))
}

/// A range of the text, in bytes, and what takes its place.
type Splice = (Range<usize>, String);

/// A lock file, what of it moves, and what its references mean before and after.
struct Edit<'a> {
    lock: &'a LockFile<'a>,
    moves: &'a Moves<'a>,
    before: Census<'a>,
    after: Census<'a>,
}

impl<'a> Edit<'a> {
    /// Returns what changes inside the blocks, in the order of the text.
    fn splices(&self, reasons: &mut Vec<String>) -> Vec<Splice> {
        let mut splices = Vec::new();
        for (&index, version) in &self.moves.packages {
            splices.push((self.lock.packages[index].version_at.clone(), version.clone()));
        }
        for (&index, version) in &self.moves.unused_patches {
            splices.push((self.lock.unused_patches[index].version_at.clone(), version.clone()));
        }
        if !self.moves.names.is_empty() {
            for package in &self.lock.packages {
                for run in package.dependencies.chunk_by(|one, next| one.name == next.name) {
                    self.follow_dependencies(package, run, &mut splices, reasons);
                }
                self.follow_replacement(package, &mut splices, reasons);
            }
        }
        splices.sort_by_key(|(range, _)| range.start);
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
                splices.push((reference.at.clone(), citation.to_string()));
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
            Some(to) => splices.push((reference.at.clone(), self.cite(to).to_string())),
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
            reasons.push(format!("line {}: `{}` is no version", package.line, package.version));
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
    let mut at = 0;
    for (slot, &index) in lock.packages.iter().zip(order) {
        push_spliced(&mut out, text, at..slot.block.start, splices);
        push_spliced(&mut out, text, lock.packages[index].block.clone(), splices);
        at = slot.block.end;
    }
    push_spliced(&mut out, text, at..text.len(), splices);
    out
}

fn push_spliced(out: &mut String, text: &str, range: Range<usize>, splices: &[Splice]) {
    let mut at = range.start;
    let first = splices.partition_point(|(splice, _)| splice.start < range.start);
    for (splice, new) in splices[first..].iter().take_while(|(splice, _)| splice.start < range.end) {
        out.push_str(&text[at..splice.start]);
        out.push_str(new);
        at = splice.end;
    }
    out.push_str(&text[at..range.end]);
}
