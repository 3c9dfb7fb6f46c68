//! Notes that gather what is not released yet under a heading of its own, as in Keep a Changelog.

use std::ops::Range;

use chrono::NaiveDate;
use semver::Version;

use super::definition::{LinkDefinition, succeeded, versions};
use super::outline::{BlockKind, MarkdownBlock};
use super::scaffold::Missing;
use super::section::Gathering;
use super::state::SectionState;
use super::{Edited, MOST_REPETITIONS, Notes, Section};
use crate::edit::splice::{self, Splice};
use crate::finding::{Finding, Place};
use crate::rule::{self, Severity};

/// A heading inside of a section, and what is below it.
pub(super) struct NotesCategory {
    pub(super) heading: Range<usize>,
    /// Where the block before it ends, if that is in the section, too.
    before: Option<usize>,
    /// Where the next one begins.
    next: Option<usize>,
    pub(super) is_empty: bool,
}

/// What a release leaves where it took what was gathered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anew {
    /// A section to gather in, with nothing in it.
    Begun,
    /// None: its authors begin one when there is something to say.
    Left,
}

/// Returns whether what is not released may be compared with `named` where the newest version is `last`: with
/// that, or with the first of its line, which a trunk has where the patches are on a branch.
pub(super) fn may_compare_with(named: &Version, last: &Version) -> bool {
    named == last || *named == Version::new(last.major, last.minor, 0)
}

impl Notes<'_> {
    /// Turns what is gathered into the section of `version`, released on `date`, below a heading that gathers
    /// `anew` if one is to be begun; the links' definitions at the end follow. A section of that version that is
    /// there already is dated as in other layouts.
    ///
    /// # Errors
    ///
    /// If there is not exactly one section that gathers, or one of the version more than once; if a newer version
    /// is released already; if the day is before that of the version before; if the definition for what is not
    /// released compares with another version than the last.
    pub fn turn(
        &self,
        version: &Version,
        date: NaiveDate,
        missing: Missing,
        anew: Anew,
    ) -> Result<Edited, Vec<Finding>> {
        let version = &self.style.about(version);
        if self.sections_of(version).next().is_some() {
            let mut edited = self.patch(version, date, missing)?;
            edited.findings.extend(self.left_gathered(version));
            return Ok(edited);
        }
        self.without_doubt(version, date, || self.turned(version, date, missing, anew))
    }

    fn turned(
        &self,
        version: &Version,
        date: NaiveDate,
        missing: Missing,
        anew: Anew,
    ) -> Result<Edited, Vec<Finding>> {
        let gathering = self.only_gathering()?;
        let mut findings = Vec::new();
        findings.extend(self.model_for(version).and_then(|model| self.unknown_day(model)));
        if findings.iter().any(|finding| finding.severity == Severity::Error) {
            return Err(findings);
        }
        let is_empty = self.is_empty(gathering);
        let nothing = Finding::of(rule::NOTES_SECTION, format!("nothing is gathered for {version}"))
            .as_note()
            .at(self.place(&gathering.heading));
        findings.extend(is_empty.then_some(nothing));
        if is_empty && missing == Missing::Leave {
            return Ok(Edited { text: self.text.to_owned(), findings });
        }
        let heading = self.turned_heading(gathering, version, date);
        let at = &gathering.heading;
        let mut splices = vec![match anew {
            Anew::Begun => self.opened_anew(gathering, &heading),
            Anew::Left => Splice::new(at.clone(), self.set_apart(heading, at.end)),
        }];
        splices.extend(self.dropped_categories(gathering).into_iter().map(|range| Splice::new(range, "")));
        splices.extend(self.succeeding_definitions(version));
        let text = splice::apply(self.text, splices);
        let turned = Notes::parse(self.path, &text, self.style);
        if turned.sections_of(version).count() != 1 {
            return Err(vec![self.hidden(gathering)]);
        }
        let open = turned.sections_of(version).find(|it| it.state() == Some(SectionState::Unreleased));
        // What was gathered may say itself that it is not released.
        let dated = open.map(|_| turned.release(version, date)).transpose()?;
        Ok(Edited { text: dated.map_or(text.clone(), |dated| dated.text), findings })
    }

    /// Takes what is gathered out, and gathers anew: what the release branch has is not the trunk's any more.
    ///
    /// # Errors
    ///
    /// If there is not exactly one section that gathers.
    pub fn begin_anew(&self) -> Result<Edited, Vec<Finding>> {
        let gathering = self.only_gathering()?;
        let from = self.after_comments(gathering);
        let last = gathering.body.clone().rev().find(|&block| self.kind(block) != Some(&BlockKind::Rule));
        let end = last.and_then(|block| self.outline.blocks.get(block)).map_or(from, |block| block.range.end);
        if self.is_empty(gathering) || end <= from {
            return Ok(self.text.to_owned().into());
        }
        let skeleton = self.empty_categories(gathering);
        Ok(self.spliced(&(from..end), &skeleton).into())
    }

    /// Says that a section below the heading that gathers would not be one.
    fn hidden(&self, gathering: &Gathering) -> Finding {
        let message = "a comment or a block of code that is not closed would hide the section of the release";
        Finding::of(rule::NOTES_SECTION, message)
            .at(self.place(&gathering.heading))
            .remedy("close what is opened below this heading")
    }

    /// Returns the one section that gathers.
    fn only_gathering(&self) -> Result<&Gathering, Vec<Finding>> {
        let again = self.gathered_again();
        let Some(gathering) = self.gatherings.first() else {
            let word = &self.style.unreleased;
            let message = format!("the notes have no section `{word}`, which gathers what comes next");
            let finding = Finding::of(rule::NOTES_SECTION, message).at(Place::file(self.path));
            return Err(vec![
                finding.remedy(format!("add the heading `## [{word}]` above the newest version's")),
            ]);
        };
        if again.is_empty() { Ok(gathering) } else { Err(again) }
    }

    /// Finds the headings that gather beside the first one, at whatever level.
    pub fn gathered_again(&self) -> Vec<Finding> {
        if self.gatherings.is_empty() {
            return Vec::new();
        }
        let others = self.gatherings.iter().skip(1).map(|more| &more.heading);
        let mut more: Vec<&Range<usize>> = others.chain(&self.strays).collect();
        more.sort_by_key(|more| more.start);
        let second = |more: &Range<usize>| {
            let heading = self.text[more.clone()].lines().next().unwrap_or_default();
            let message = format!("there is a second section that gathers: `{}`", heading.trim());
            Finding::of(rule::NOTES_SECTION, message)
                .at(self.place(more))
                .remedy("move its entries to the first one, or name its version")
        };
        more.into_iter().take(MOST_REPETITIONS).map(second).collect()
    }

    /// Returns whether a section has nothing but headings and comments.
    fn is_empty(&self, gathering: &Gathering) -> bool {
        let is_entry = |kind: &BlockKind| {
            !matches!(kind, BlockKind::Heading(_) | BlockKind::Html | BlockKind::Rule | BlockKind::Definition)
        };
        !gathering.body.clone().filter_map(|block| self.kind(block)).any(is_entry)
    }

    fn kind(&self, block: usize) -> Option<&BlockKind> {
        self.outline.blocks.get(block).map(|block| &block.kind)
    }

    /// Says that entries are gathered beside the section of `version`.
    fn left_gathered(&self, version: &Version) -> Option<Finding> {
        let gathering = self.gatherings.iter().find(|gathering| !self.is_empty(gathering))?;
        let message = format!("there is a section for {version}, and others stay gathered as not released");
        Some(
            Finding::of(rule::NOTES_SECTION, message)
                .as_warning()
                .at(self.place(&gathering.heading))
                .remedy(format!("move them into the section for {version} if they are part of it")),
        )
    }

    /// Returns the heading for what was gathered, and what follows it at once.
    fn turned_heading(&self, gathering: &Gathering, version: &Version, date: NaiveDate) -> String {
        if let Some(model) = self.model_for(version) {
            return self.frame_like(model, version, SectionState::Released(date));
        }
        let text = &self.text[gathering.marks.text.clone()];
        let label = if text.starts_with('[') { format!("[{version}]") } else { version.to_string() };
        format!("{} {label} - {date}", "#".repeat(gathering.marks.level))
    }

    /// Returns what is inserted below the heading that gathers, so that `heading` has what was gathered.
    fn opened_anew(&self, gathering: &Gathering, heading: &str) -> Splice {
        let end = self.line_end();
        let at = self.after_comments(gathering);
        let between = end.repeat(self.blank_lines().max(1) + 1);
        let rule = self.gathering_rule(gathering).map(|rule| [end, end, rule].concat()).unwrap_or_default();
        let between = if rule.is_empty() { between } else { end.repeat(2) };
        let skeleton = self.empty_categories(gathering);
        let heading = self.set_apart(heading.to_owned(), at);
        Splice::new(at..at, skeleton + &rule + &between + &heading)
    }

    fn gathering_rule(&self, gathering: &Gathering) -> Option<&str> {
        let last = self.outline.blocks.get(gathering.body.clone())?.last()?;
        let own = (last.kind == BlockKind::Rule).then(|| self.text[last.range.clone()].trim());
        own.or_else(|| self.rule_between())
    }

    /// Returns where the comments end that stand directly below a heading that gathers: they are about it.
    fn after_comments(&self, gathering: &Gathering) -> usize {
        let blocks = self.outline.blocks.get(gathering.body.clone()).unwrap_or_default();
        let is_comment = |block: &&MarkdownBlock| {
            block.kind == BlockKind::Html && self.text[block.range.clone()].starts_with("<!--")
        };
        blocks.iter().take_while(is_comment).last().map_or(gathering.heading.end, |block| block.range.end)
    }

    /// Returns the blocks of a section, without the rule that may end it.
    fn blocks(&self, body: &Range<usize>) -> &[MarkdownBlock] {
        let blocks = self.outline.blocks.get(body.clone()).unwrap_or_default();
        match blocks.split_last() {
            Some((last, others)) if last.kind == BlockKind::Rule => others,
            _ => blocks,
        }
    }

    /// Returns the categories inside of a section.
    pub(super) fn categories(&self, body: &Range<usize>) -> Vec<NotesCategory> {
        let blocks = self.blocks(body);
        let inner = |block: &MarkdownBlock| match &block.kind {
            BlockKind::Heading(heading) => Some(heading.level),
            _ => None,
        };
        let Some(top) = blocks.iter().filter_map(inner).min() else { return Vec::new() };
        let starts: Vec<usize> =
            (0..blocks.len()).filter(|&block| inner(&blocks[block]) == Some(top)).collect();
        let ends = starts.iter().skip(1).copied().chain([blocks.len()]);
        let category = |(&start, end): (&usize, usize)| NotesCategory {
            heading: blocks[start].range.clone(),
            before: start.checked_sub(1).map(|before| blocks[before].range.end),
            next: blocks.get(end).map(|next| next.range.start),
            is_empty: end == start + 1,
        };
        starts.iter().zip(ends).map(category).collect()
    }

    /// Returns the headings of all categories without entries, with the gaps between them, where one of them
    /// has none now: then that is how the file begins.
    fn empty_categories(&self, gathering: &Gathering) -> String {
        let categories = self.categories(&gathering.body);
        let Some(empty) = categories.iter().find(|category| category.is_empty) else { return String::new() };
        let count = |range: Range<usize>| self.text[range].matches('\n').count().clamp(1, 3);
        let gap = match (empty.next, empty.before) {
            (Some(next), _) => count(empty.heading.end..next),
            (None, Some(before)) => count(before..empty.heading.start),
            (None, None) => 2,
        };
        let first = categories.first().map_or(empty.heading.start, |first| first.heading.start);
        let from = self.after_comments(gathering);
        let lead = self.line_end().repeat(count(from..first.max(from)));
        let headings: Vec<&str> =
            categories.iter().map(|category| &self.text[category.heading.clone()]).collect();
        lead + &headings.join(&self.line_end().repeat(gap))
    }

    /// Returns the empty categories of what was gathered, where released sections have no such.
    fn dropped_categories(&self, gathering: &Gathering) -> Vec<Range<usize>> {
        let keeps =
            |section: &Section| self.categories(&section.body).iter().any(|category| category.is_empty);
        let newest = self.sections.iter().filter(|section| !section.body.is_empty()).take(10);
        if self.is_empty(gathering) || newest.clone().next().is_none() || newest.clone().any(keeps) {
            return Vec::new();
        }
        let categories = self.categories(&gathering.body);
        let last = categories.iter().rposition(|category| !category.is_empty);
        let range = |(index, category): (usize, &NotesCategory)| match (category.next, category.before) {
            // Before the last that is not empty the gap after goes, and behind it the gap before.
            (Some(next), _) if last.is_some_and(|last| index < last) => category.heading.start..next,
            (_, Some(before)) => before..category.heading.end,
            _ => category.heading.clone(),
        };
        let empty = categories.iter().enumerate().filter(|(_, category)| category.is_empty);
        empty.map(range).collect()
    }

    /// Returns the definition of the version before, which others follow.
    fn definition_of(&self, version: &Version) -> Option<&LinkDefinition> {
        self.definitions.iter().find(|definition| definition.version(self.text).as_ref() == Some(version))
    }

    /// Returns how the definitions at the end follow the release of `version`: by the pattern of those that
    /// are there; not at all where the newest version has none.
    pub(super) fn succeeding_definitions(&self, version: &Version) -> Vec<Splice> {
        let gathers = |it: &&LinkDefinition| it.gathers(self.text, self.style);
        let unreleased = self.definitions.iter().find(gathers);
        let compared = unreleased.map_or("", |it| &self.text[it.target.clone()]);
        let named: Vec<Version> = versions(compared).map(|(_, named)| named).collect();
        let older = self.sections.iter().map(|section| &section.version).filter(|older| *older < version);
        let last = older.max().or_else(|| named.iter().filter(|older| *older < version).max());
        // Where it does not compare with the version before, it may compare with this one already.
        let base = last.and_then(|last| named.iter().find(|named| may_compare_with(named, last)));
        let unreleased = unreleased.filter(|_| named.is_empty() || last.is_none() || base.is_some());
        let known = last.and_then(|last| Some((last, self.definition_of(last)?)));
        let mut splices = Vec::new();
        let target = match (unreleased, last, known) {
            (Some(unreleased), Some(last), _) => {
                let (now, released) = self.compared(unreleased, base.unwrap_or(last), version);
                splices.push(Splice::new(unreleased.target.clone(), now));
                Some(known.map_or(released.clone(), |(last, known)| {
                    self.target_like(last, known, version, &released)
                }))
            }
            (Some(unreleased), None, _) => {
                let released = self.text[unreleased.target.clone()].to_owned();
                Some(released).filter(|target| versions(target).next().is_some())
            }
            (None, _, Some((last, known))) => {
                let target = &self.text[known.target.clone()];
                let names = versions(target).any(|(_, found)| found == *last);
                names.then(|| succeeded(target, last, version))
            }
            (None, _, None) => None,
        };
        let model = known.map(|(_, known)| known);
        if let Some(target) = target
            && self.definition_of(version).is_none()
        {
            splices.push(self.inserted(version, &target, unreleased, model));
        }
        splices
    }

    /// Returns the targets after the release: of what is not released, and of `version` compared with the
    /// `last`, by the pattern of the definition of what is not released now.
    fn compared(&self, unreleased: &LinkDefinition, last: &Version, version: &Version) -> (String, String) {
        let target = &self.text[unreleased.target.clone()];
        let now = succeeded(target, last, version);
        let Some((range, _)) = versions(target).last() else { return (now, target.to_owned()) };
        let (before, after) = (&target[..range.end], &target[range.end..]);
        // The tag's own prefix goes with it: `v1.2.3...HEAD`.
        let prefix = before[..range.start].len()
            - before[..range.start]
                .trim_end_matches(|c: char| c.is_ascii_alphanumeric() || "-_".contains(c))
                .len();
        let tag = format!("{}{version}", &before[range.start - prefix..range.start]);
        let released = match after.find("..") {
            Some(dots) => {
                let dots_end = dots + after[dots..].len() - after[dots..].trim_start_matches('.').len();
                let end =
                    after[dots_end..].find(['/', '?', '#', ' ']).map_or(after.len(), |at| dots_end + at);
                [before, &after[..dots_end], &tag, &after[end..]].concat()
            }
            None => now.clone(),
        };
        (now, released)
    }

    /// Returns the target for `version` like that of the `last`; where that is the first of all, and compares
    /// with none, `compared`.
    fn target_like(
        &self,
        last: &Version,
        known: &LinkDefinition,
        version: &Version,
        compared: &str,
    ) -> String {
        let target = &self.text[known.target.clone()];
        let compares = versions(target).any(|(_, found)| found != *last);
        let others = self.definitions.iter().filter(|other| other.version(self.text).is_some()).count();
        let names = versions(target).any(|(_, found)| found == *last);
        if (compares || others > 1) && names { succeeded(target, last, version) } else { compared.to_owned() }
    }

    /// Returns the definition for `version` on a line of its own, after that of what is not released or before
    /// that of the version before.
    fn inserted(
        &self,
        version: &Version,
        target: &str,
        unreleased: Option<&LinkDefinition>,
        model: Option<&LinkDefinition>,
    ) -> Splice {
        let end = self.line_end();
        let written = |like: &LinkDefinition| {
            let label = &self.text[like.label.clone()];
            let prefix = if like.version(self.text).is_some() {
                &label[..label.len() - label.trim_start_matches(['v', 'V']).len()]
            } else {
                ""
            };
            let gap = &self.text[like.label.end + 2..like.target.start];
            format!("[{prefix}{version}]:{gap}{target}")
        };
        let is_rising = model.is_some_and(|model| {
            let older = self
                .definitions
                .iter()
                .rev()
                .find(|other| other.line.end < model.line.start && other.version(self.text).is_some());
            older.and_then(|older| older.version(self.text)) < model.version(self.text) && older.is_some()
        });
        match (unreleased, model) {
            (_, Some(model)) if is_rising => {
                Splice::new(model.line.end..model.line.end, format!("{end}{}", written(model)))
            }
            (_, Some(model)) => {
                Splice::new(model.line.start..model.line.start, format!("{}{end}", written(model)))
            }
            (Some(unreleased), None) => {
                Splice::new(unreleased.line.end..unreleased.line.end, format!("{end}{}", written(unreleased)))
            }
            (None, None) => Splice::new(self.text.len()..self.text.len(), String::new()),
        }
    }
}
