//! Where a change is though no commit tells it: the trunk had it before the branch was cut, or another commit makes
//! it on a branch, in other lines.

use std::collections::BTreeMap;

use anyhow::Result;
use similar::{DiffOp, TextDiff};

use super::evidence::Evidence;
use super::judged::Judged;
use super::matrix::{MatrixCell, MatrixRow};
use super::survey::Proof;
use crate::git::diff::ChangeKind;
use crate::git::{CommitId, Repo};
use crate::path::RepoPath;

/// How many letters and digits tell lines from others: shorter ones are looked for with those around them.
const TELLING: usize = 12;

/// Where a change may be.
pub struct ChangePlaces {
    /// Commits of the trunk before the branch was cut, the earliest first.
    pub before: Vec<CommitId>,
    /// Where the branch was cut, as far as that is known, and its tip.
    pub own: Vec<CommitId>,
}

/// Fills the cells of `rows` that miss a change which is at one of the `places` of that row and column; rows that make
/// the same change become one.
///
/// What the trunk had may have become something else there since. What a branch had when it was cut, and has not now, it
/// took back.
pub fn fill(
    repo: &Repo,
    judged: &Judged<'_>,
    rows: &mut Vec<MatrixRow>,
    places: &dyn Fn(&MatrixRow, usize) -> ChangePlaces,
) -> Result<()> {
    let mut kept: Vec<ComparedRow> = Vec::new();
    for mut row in std::mem::take(rows) {
        let shown: Vec<bool> = row.cells.iter().map(MatrixCell::has).collect();
        for column in 0..row.cells.len() {
            if row.cells[column] == MatrixCell::Missing
                && let Some(by) = places(&row, column).first(|at| is_at(repo, judged, row.commit, at))?
            {
                row.cells[column] = MatrixCell::Contained(Proof { evidence: Evidence::NoDifference, by });
            }
        }
        let words = words(repo, row.commit, |path| judged.tells(path))?;
        let row = ComparedRow { words, shown, row };
        match kept.iter_mut().find(|known| known.is_same(&row)) {
            Some(known) => known.adopt(row),
            None => kept.push(row),
        }
    }
    rows.extend(kept.into_iter().map(|kept| kept.row));
    Ok(())
}

impl ChangePlaces {
    fn first(&self, mut has: impl FnMut(CommitId) -> Result<bool>) -> Result<Option<CommitId>> {
        if let [cut, .., tip] = self.own[..]
            && !has(tip)?
            && has(cut)?
        {
            return Ok(None);
        }
        for at in self.before.iter().chain(&self.own) {
            if has(*at)? {
                return Ok(Some(*at));
            }
        }
        Ok(None)
    }
}

/// Returns whether what `commit` changes is so at `onto`, though it may not apply there: its lines stand in the files.
fn is_at(repo: &Repo, judged: &Judged<'_>, commit: CommitId, onto: CommitId) -> Result<bool> {
    if judged.is_there(commit, onto)? {
        return Ok(true);
    }
    let Some(parent) = repo.parent(commit)? else { return Ok(false) };
    let mut is_anything = false;
    for file in repo.changed_files(parent, commit)?.iter().filter(|file| judged.tells(&file.path)) {
        let Some(path) = RepoPath::new(&file.path) else { return Ok(false) };
        let is_there = match (&file.change, repo.text_at(onto, &path)?) {
            (ChangeKind::Content(Ok([before, after])), Some(Ok(here))) => stands(before, after, &here),
            (ChangeKind::Added, here) => here.is_some(),
            _ => false,
        };
        if !is_there {
            return Ok(false);
        }
        is_anything = true;
    }
    Ok(is_anything)
}

/// Returns whether what changes from `before` to `after` is so in `here`: what is added stands there, and what
/// is taken out does not.
fn stands(before: &str, after: &str, here: &str) -> bool {
    let lines = |text: &str| -> Vec<String> { text.lines().map(|line| line.trim().to_owned()).collect() };
    let (old, new, here) = (lines(before), lines(after), lines(here));
    let has = |lines: &[String]| here.windows(lines.len()).any(|window| window == lines);
    let diff = TextDiff::from_slices(
        &old.iter().map(String::as_str).collect::<Vec<_>>(),
        &new.iter().map(String::as_str).collect::<Vec<_>>(),
    )
    .ops()
    .to_vec();
    diff.iter().all(|op| match op {
        DiffOp::Equal { .. } => true,
        DiffOp::Insert { new_index, new_len, .. } | DiffOp::Replace { new_index, new_len, .. } => {
            has(telling(&new, *new_index, *new_len))
        }
        DiffOp::Delete { old_index, old_len, new_index } => {
            let gap = telling(&new, new_index.saturating_sub(1), 2);
            has(gap) && !has(telling(&old, *old_index, *old_len))
        }
    })
}

/// Returns `count` of `lines` from `start` on, with as many around them as it takes to tell them from others.
fn telling(lines: &[String], start: usize, count: usize) -> &[String] {
    let (mut start, mut end) = (start, (start + count).min(lines.len()));
    let told = |lines: &[String]| -> usize {
        lines.iter().map(|line| line.chars().filter(|c| c.is_alphanumeric()).count()).sum()
    };
    while told(&lines[start..end]) < TELLING && (start > 0 || end < lines.len()) {
        start = start.saturating_sub(1);
        end = (end + 1).min(lines.len());
    }
    &lines[start..end]
}

/// How often words come to files and go from them, by path.
type Words = BTreeMap<(String, String), i64>;

/// Returns which words `commit` adds to the files that are `wanted`, and takes out: two commits in which they are the
/// same make the same change, each to the text of its branch. Nothing where not all of it is text.
fn words(repo: &Repo, commit: CommitId, wanted: impl Fn(&str) -> bool) -> Result<Words> {
    let mut words = Words::new();
    let Some(parent) = repo.parent(commit)? else { return Ok(words) };
    for file in repo.changed_files(parent, commit)?.into_iter().filter(|file| wanted(&file.path)) {
        let ChangeKind::Content(Ok(texts)) = file.change else { return Ok(Words::new()) };
        for (text, count) in texts.iter().zip([-1, 1]) {
            let is_part = |c: char| c.is_alphanumeric() || c == '_';
            for word in text.split(|c| !is_part(c)).filter(|word| !word.is_empty()) {
                *words.entry((file.path.clone(), word.to_owned())).or_default() += count;
            }
        }
    }
    words.retain(|_, count| *count != 0);
    Ok(words)
}

/// A row, and what tells whether another is about the same change.
struct ComparedRow {
    words: Words,
    /// Which branches have it by their commits.
    shown: Vec<bool>,
    row: MatrixRow,
}

impl ComparedRow {
    /// Returns whether both are the same change. What one branch has both of is two, however alike.
    fn is_same(&self, other: &Self) -> bool {
        let has_both = self.shown.iter().zip(&other.shown).any(|(one, other)| *one && *other);
        !self.words.is_empty() && self.words == other.words && !has_both
    }

    /// Takes over what `other`, which makes the same change, shows.
    fn adopt(&mut self, other: Self) {
        for (cell, others) in self.row.cells.iter_mut().zip(other.row.cells) {
            if *cell == MatrixCell::Missing {
                *cell = others;
            }
        }
        for (one, other) in self.shown.iter_mut().zip(other.shown) {
            *one |= other;
        }
        self.row.advisories.extend(other.row.advisories);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{ComparedRow, MatrixRow, Words, stands};
    use crate::git::CommitId;

    #[test]
    fn what_one_branch_has_both_of_is_two_changes() {
        let kept = |shown: [bool; 2]| ComparedRow {
            words: Words::from([(("src/lib.rs".to_owned(), "fixed".to_owned()), 1)]),
            shown: shown.to_vec(),
            row: MatrixRow {
                commit: CommitId::of_test(1),
                title: String::new(),
                advisories: BTreeSet::new(),
                cells: Vec::new(),
                position: None,
            },
        };
        assert!(!kept([true, true]).is_same(&kept([true, false])));
        assert!(kept([true, false]).is_same(&kept([false, true])));
    }

    const BEFORE: &str = "fn read() {\n    step();\n}\n\nfn write() {\n    step();\n}\n";

    #[test]
    fn a_change_is_there_where_its_lines_stand_though_others_came() {
        let after = BEFORE.replacen("    step();\n", "    check_bounds(limit);\n    step();\n", 1);
        let moved_on = format!("use other;\n{}", after.replace("fn write() {", "pub fn write(to: &Path) {"));
        assert!(stands(BEFORE, &after, &moved_on));
        assert!(!stands(BEFORE, &after, &BEFORE.replace("fn write", "pub fn write")));
        assert!(!stands(BEFORE, &after, &after.replace("check_bounds(limit)", "check_bounds(limit - 1)")));
    }

    #[test]
    fn what_is_short_is_told_by_what_stands_around_it() {
        let after = BEFORE.replacen("    step();\n}\n\nfn write", "    step();\n    x();\n}\n\nfn write", 1);
        assert!(stands(BEFORE, &after, &format!("{after}\nfn more() {{}}\n")));
        let elsewhere =
            BEFORE.replacen("fn write() {\n    step();\n", "fn write() {\n    step();\n    x();\n", 1);
        assert!(!stands(BEFORE, &after, &elsewhere));
    }

    #[test]
    fn what_is_taken_out_is_gone_and_its_gap_is_there() {
        let before = "first line of it\nwhat is wrong here\nlast line of it\n";
        let after = "first line of it\nlast line of it\n";
        assert!(stands(before, after, "a new beginning\nfirst line of it\nlast line of it\n"));
        assert!(!stands(
            before,
            after,
            "a new beginning\nfirst line of it\nwhat is wrong here\nlast line of it\n"
        ));
        assert!(!stands(before, after, "all is other\n"));
    }
}
