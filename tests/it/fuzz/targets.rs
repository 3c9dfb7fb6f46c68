//! What must hold of every text, editor by editor. Each returns what became of the text, as far as
//! two texts can be told apart by it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

use chrono::NaiveDate;
use relprep::config::{self, ConfigFile};
use relprep::edit::lockfile::{Followed, LockFile, Moved, third_party_changes};
use relprep::edit::manifest::{Inheritable, Manifest, TomlString};
use relprep::edit::notes::{Edited, Missing, Notes, Opening, Section, SectionState, Style, create};
use relprep::edit::requirement::{Follow, FollowError, Raise, follow};
use relprep::edit::splice::{Splice, apply};
use relprep::edit::version_file::{self, Pattern};
use relprep::edit::{lockfile as lock, manifest};
use relprep::finding::Finding;
use relprep::path::RepoPath;
use relprep::render;
use relprep::rule::Severity;
use relprep::template::{Placeholder, Template, Values};
use semver::{Version, VersionReq};
use serde_json::Value;

use super::mutate::Random;

/// Moves from one version to another.
const MOVES: [[&str; 2]; 5] = [
    ["36.0.13", "36.0.14"],
    ["36.0.13", "37.0.0"],
    ["0.123.4", "0.124.0"],
    ["36.0.13", "37.0.0-dev"],
    ["36.0.0", "36.0.1"],
];

fn v(text: &str) -> Version {
    text.parse().unwrap()
}

fn a_move(random: &mut Random) -> [Version; 2] {
    random.one_of(&MOVES).map(v)
}

/// Checks that findings can be shown, and return the names of their rules.
fn shown(findings: &[Finding]) -> String {
    for finding in findings {
        let shown = anstream::adapter::strip_str(&render::finding::human(finding)).to_string();
        let is_safe = |c: char| !c.is_control() || matches!(c, '\n' | '\t');
        assert!(shown.chars().all(is_safe), "a control character is printed: {shown:?}");
        let github = render::report::github(std::slice::from_ref(finding));
        assert_eq!(github.matches(['\n', '\r']).count(), 1, "an annotation is not one line: {github:?}");
        assert!(github.chars().all(is_safe), "a control character: {github:?}");
    }
    findings.iter().take(4).map(|finding| finding.rule.name).collect::<Vec<_>>().join(" ")
}

/// Returns the values that an edit may touch.
fn texts(manifest: &Manifest) -> Vec<TomlString> {
    let workspace = manifest.workspace.as_ref().map(|workspace| &workspace.package);
    let versions = manifest.package.iter().chain(workspace).filter_map(|table| table.version.literal());
    versions.chain(manifest.dependencies.iter().filter_map(|d| d.requirement.as_ref())).cloned().collect()
}

/// Returns the manifest without the places and the values that an edit may touch.
fn skeleton(manifest: &Manifest) -> Manifest {
    let mut bare = manifest.clone();
    let blank = |text: &mut TomlString| *text = TomlString { value: String::new(), range: 0..0 };
    let place = |text: &mut Option<TomlString>| text.iter_mut().for_each(|text| text.range = 0..0);
    let table = |table: &mut manifest::PackageTable| {
        table.range = 0..0;
        place(&mut table.name);
        if let Inheritable::Literal(text) = &mut table.version {
            blank(text);
        }
        for stated in [&mut table.version, &mut table.rust_version, &mut table.edition] {
            match stated {
                Inheritable::Absent => {}
                Inheritable::Literal(text) => text.range = 0..0,
                Inheritable::Inherited(range) => *range = 0..0,
            }
        }
    };
    place(&mut bare.resolver);
    place(&mut bare.root);
    bare.package.iter_mut().for_each(table);
    if let Some(workspace) = &mut bare.workspace {
        place(&mut workspace.resolver);
        table(&mut workspace.package);
    }
    for dependency in &mut bare.dependencies {
        dependency.range = 0..0;
        dependency.requirement.iter_mut().for_each(blank);
    }
    bare
}

/// Returns what is in `text` between the ranges.
fn between(text: &str, ranges: &[Range<usize>]) -> Vec<String> {
    let mut starts: Vec<usize> = vec![0];
    starts.extend(ranges.iter().map(|range| range.end));
    let ends = ranges.iter().map(|range| range.start).chain([text.len()]);
    starts.into_iter().zip(ends).map(|(start, end)| text[start..end].to_owned()).collect()
}

/// Bumps every version and requirement that can follow: everything else stays, and the way back
/// leads to the same bytes.
pub(super) fn manifest(text: &str, random: &mut Random) -> String {
    let path = RepoPath::new("a/Cargo.toml").unwrap();
    let before = match Manifest::parse(&path, text) {
        Ok(manifest) => manifest,
        Err(finding) => return finding.message.clone() + &shown(&[finding]),
    };
    let [from, to] = a_move(random);
    let mut found = texts(&before);
    found.sort_by_key(|text| text.range.start);
    found.dedup();
    let mut outcome = format!("{:?}", before.dependencies.iter().map(|d| d.kind).collect::<Vec<_>>());
    let mut splices = Vec::new();
    for TomlString { value, range } in &found {
        if !text[range.clone()].contains(['\\', '\r', '\n']) {
            assert_eq!(&text[range.clone()], value);
        }
        let new = match requirement(value, &from, &to) {
            Ok(Follow::Becomes(new)) => new,
            Ok(Follow::Stays) => continue,
            Err(stuck) => {
                let _ = write!(outcome, "{stuck:?}");
                continue;
            }
        };
        outcome += "moved";
        splices.push(Splice { range: range.clone(), with: new });
    }
    let edited = apply(text, splices.clone());
    let after = Manifest::parse(&path, &edited).unwrap();
    assert_eq!(skeleton(&before), skeleton(&after));
    another_parser_agrees(text, &edited, &splices);
    let mut moved = texts(&after);
    moved.sort_by_key(|text| text.range.start);
    moved.dedup();
    assert_eq!(found.len(), moved.len());
    let ranges = |texts: &[TomlString]| texts.iter().map(|text| text.range.clone()).collect::<Vec<_>>();
    assert_eq!(between(text, &ranges(&found)), between(&edited, &ranges(&moved)));
    for (new, old) in moved.iter().zip(&found) {
        match splices.iter().find(|splice| splice.range == old.range) {
            Some(splice) => assert_eq!(new.value, splice.with),
            None => assert_eq!(new.value, old.value),
        }
    }
    let back = found.iter().zip(&moved);
    let back =
        back.map(|(old, new)| Splice { range: new.range.clone(), with: text[old.range.clone()].to_owned() });
    assert_eq!(apply(&edited, back.collect()), text);
    outcome
}

/// Makes sure that a parser that shares nothing with the editor's sees those values changed that were spliced,
/// and nothing else; it reads less than the editor's (no dates).
fn another_parser_agrees(before: &str, after: &str, splices: &[Splice]) {
    let read = |text: &str| basic_toml::from_str::<Value>(text.trim_start_matches('\u{feff}')).ok();
    let Some(old) = read(before) else { return };
    let new = read(after).unwrap();
    let mut changed = Vec::new();
    collect_changes(&old, &new, &mut changed);
    changed.sort_unstable();
    let spliced = splices.iter().filter(|splice| before[splice.range.clone()] != splice.with);
    let mut expected: Vec<&str> = spliced.map(|splice| splice.with.as_str()).collect();
    expected.sort_unstable();
    assert_eq!(changed, expected);
}

/// Collects the strings that have changed; nothing else may have.
fn collect_changes<'a>(old: &Value, new: &'a Value, changed: &mut Vec<&'a str>) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            assert!(old.keys().eq(new.keys()), "{old:?} {new:?}");
            old.iter().zip(new).for_each(|((_, old), (_, new))| collect_changes(old, new, changed));
        }
        (Value::Array(old), Value::Array(new)) => {
            assert_eq!(old.len(), new.len());
            old.iter().zip(new).for_each(|(old, new)| collect_changes(old, new, changed));
        }
        (Value::String(old), Value::String(new)) if old != new => changed.push(new),
        (old, new) => assert_eq!(old, new),
    }
}

/// Moves one requirement, which must match what it follows, and back.
fn requirement(written: &str, from: &Version, to: &Version) -> Result<Follow, FollowError> {
    let followed = follow(written, from, to, Raise::Needed);
    let matches = |text: &str, version: &Version| VersionReq::parse(text).unwrap().matches(version);
    match &followed {
        Ok(Follow::Stays) => assert!(matches(written, to)),
        Ok(Follow::Becomes(new)) => {
            assert!(matches(new, to));
            assert!(!new.contains(['"', '\'', '\\', '\n', '\r']), "{new:?} cannot stand between quotes");
            assert_eq!(follow(new, to, to, Raise::Needed), Ok(Follow::Stays));
            // A pre-release is not known any more once its version is out.
            let is_at = |req: VersionReq| req.comparators.iter().all(|one| one.pre == from.pre);
            let is_at_from =
                written.contains(&from.to_string()) && is_at(VersionReq::parse(written).unwrap());
            if to.pre.is_empty() && is_at_from {
                assert_eq!(follow(new, to, from, Raise::Needed), Ok(Follow::Becomes(written.to_owned())));
            }
        }
        Err(FollowError::Invalid) => assert!(VersionReq::parse(written).is_err()),
        Err(_) => assert!(VersionReq::parse(written).is_ok()),
    }
    followed
}

/// Moves two packages: only lines that name them change, and the way back leads to the same bytes.
pub(super) fn lockfile(text: &str, random: &mut Random) -> String {
    let path = RepoPath::new("Cargo.lock").unwrap();
    let before = match LockFile::read(&path, text) {
        Ok(lock) => lock,
        Err(refused) => return shown(&refused.0) + &refused.0[0].message,
    };
    assert_eq!(third_party_changes(&before, &before), []);
    let [from, to] = a_move(random);
    let moved: Vec<Moved> =
        ["a", "b"].map(|name| Moved { name: name.to_owned(), from: from.clone(), to: to.clone() }).into();
    let shape = format!("{:?} {}", before.format, before.packages.len().min(8));
    match lock::follow(&path, text, &moved).unwrap() {
        Followed::Unchanged => shape,
        Followed::NeedsCargo(reasons) => {
            assert!(!reasons.is_empty());
            format!("{shape} {}", reasons[0])
        }
        Followed::Edited(edited) => {
            let after = LockFile::read(&path, &edited).unwrap();
            assert_eq!(after.packages.len(), before.packages.len());
            assert_eq!(third_party_changes(&before, &after), []);
            only_named_lines_differ(text, &edited);
            let again = lock::follow(&path, &edited, &moved);
            assert!(matches!(again, Ok(Followed::Unchanged)), "{again:?}");
            if !text.contains(&to.to_string()) {
                let back: Vec<Moved> = moved
                    .iter()
                    .map(|one| Moved { name: one.name.clone(), from: one.to.clone(), to: one.from.clone() })
                    .collect();
                let Ok(Followed::Edited(returned)) = lock::follow(&path, &edited, &back) else {
                    panic!("there is no way back")
                };
                // A line that says more than it needs to is shortened, as Cargo would do, for good.
                assert!(returned == text || returned.len() < text.len(), "another way back: {returned:?}");
                assert_eq!(lock::follow(&path, &returned, &moved), Ok(Followed::Edited(edited)));
            }
            format!("{shape} edited")
        }
    }
}

/// Checks that lines which are there less often or more often are versions, or name the packages.
fn only_named_lines_differ(before: &str, after: &str) {
    let mut count: BTreeMap<&str, i64> = BTreeMap::new();
    for line in before.lines() {
        *count.entry(line).or_default() += 1;
    }
    for line in after.lines() {
        *count.entry(line).or_default() -= 1;
    }
    for (line, _) in count.into_iter().filter(|(_, count)| *count != 0) {
        let is_named =
            [" \"a", " \"b", "version = \"", "replace = \""].iter().any(|start| line.starts_with(start));
        assert!(is_named, "this line changed: {line:?}");
    }
}

/// Reads notes, and does to them all that can be done.
pub(super) fn notes(text: &str, random: &mut Random) -> String {
    let path = RepoPath::new("RELEASES.md").unwrap();
    let style = Style::default_for(&path);
    let notes = Notes::parse(&path, text, &style);
    for pair in notes.sections().windows(2) {
        // What is not released yet may be gathered between them.
        assert!(pair[0].range.end <= pair[1].range.start);
    }
    for section in notes.sections() {
        assert!(text.get(section.range.clone()).is_some() && text.get(section.heading.clone()).is_some());
        assert!(section.range.start <= section.heading.start && section.heading.end <= section.range.end);
    }
    let version: &str = random.one_of::<&str>(&["36.0.14", "36.0.13", "1.0.0"]);
    let version = v(version);
    let date = NaiveDate::from_ymd_opt(2025, 8, 20).unwrap();
    let state = notes.sections_of(&version).next().and_then(|section| section.state_range().cloned());
    let mut outcome = format!("{}", notes.sections().len().min(6));
    for edited in [
        notes.release(&version, date),
        notes.patch(&version, date, Missing::Leave),
        notes.patch(&version, date, Missing::Scaffold),
    ] {
        outcome += &said(&edited);
        let Ok(edited) = edited else { continue };
        only_the_section_differs(text, &edited.text, state.as_ref());
        let again = Notes::parse(&path, &edited.text, &style).patch(&version, date, Missing::Scaffold);
        if notes.sections_of(&version).next().is_some() {
            assert_eq!(again.map(|again| again.text), Ok(edited.text));
        }
    }
    outcome + &cut(text, &notes, &style)
}

/// Checks that either only the state differs, or something was added and nothing taken away.
fn only_the_section_differs(before: &str, after: &str, state: Option<&Range<usize>>) {
    let is_kept = |range: &Range<usize>| {
        after.starts_with(&before[..range.start]) && after[range.start..].ends_with(&before[range.end..])
    };
    if let Some(range) = state {
        assert!(is_kept(range), "more than the state changed: {after:?}");
    } else {
        let common = before.bytes().zip(after.bytes()).take_while(|(one, other)| one == other).count();
        assert!(after.as_bytes()[common..].ends_with(&before.as_bytes()[common..]), "lost: {after:?}");
    }
}

/// Cuts: the archive stays, and the new section is there, unreleased.
fn cut(text: &str, notes: &Notes, style: &Style) -> String {
    let path = RepoPath::new("template.md").unwrap();
    let (next, branch) = (Values::of(&v("37.0.0")), Some("release-36.0.0".to_owned()));
    let cut = Values { branch, ..Values::of(&v("36.0.0")) };
    let mut outcome = String::new();
    for opening in [Opening::built_in(&path, style), Opening::parse(&path, text)] {
        let edited = notes.cut(&opening, &next, &cut);
        outcome += &said(&edited);
        if let Ok(edited) = edited {
            let archive = notes.archive().unwrap();
            let kept = text[archive.marker.clone()].trim();
            assert!(edited.text.contains(kept), "the archive is lost: {}", edited.text);
            for entry in &archive.entries {
                assert!(
                    edited.text.contains(&text[entry.range.clone()]),
                    "an entry is lost: {}",
                    edited.text
                );
            }
            opened(&edited.text, style);
        }
        let created = create(&opening, &next, std::slice::from_ref(&cut), style);
        if let Ok(created) = &created {
            opened(created, style);
        }
        outcome += &said(&created.map(Edited::from));
    }
    outcome
}

fn opened(text: &str, style: &Style) {
    let path = RepoPath::new("RELEASES.md").unwrap();
    let notes = Notes::parse(&path, text, style);
    let states: Vec<Option<SectionState>> = notes.sections_of(&v("37.0.0")).map(Section::state).collect();
    assert_eq!(states.len(), 1, "not one section is opened: {text:?}");
    assert!(notes.archive().is_some(), "no archive: {text:?}");
}

fn said(edited: &Result<Edited, Vec<Finding>>) -> String {
    match edited {
        Ok(edited) => {
            assert!(edited.findings.iter().all(|finding| finding.severity < Severity::Error));
            format!("ok {}", shown(&edited.findings))
        }
        Err(findings) => {
            assert!(!findings.is_empty());
            shown(findings)
        }
    }
}

/// Reads the configuration as a file of its own and as a manifest's table.
pub(super) fn config(text: &str, _: &mut Random) -> String {
    let source = |path: &str, text: &str| ConfigFile { path: path.to_owned(), text: text.to_owned() };
    let beside = source("relprep.toml", text);
    let alone = config::read(None, Some(&beside), &source("Cargo.toml", ""), Some(""));
    let nested = text
        .replace("\n[[", "\n[[workspace.metadata.relprep.")
        .replace("\n[", "\n[workspace.metadata.relprep.");
    let nested = nested.replace("relprep.[workspace.metadata.relprep.", "relprep.");
    let manifest = source("Cargo.toml", &format!("[workspace.metadata.relprep]\n{nested}"));
    let inside = config::read(None, None, &manifest, Some("rust/sdk"));
    let both = config::read(None, Some(&beside), &source("Cargo.toml", text), Some("rust"));
    let say = |result: Result<Option<config::Config>, relprep::finding::Refused>| match result {
        Ok(config) => format!("ok {}", config.is_some()),
        Err(refused) => {
            assert!(!refused.0.is_empty());
            let message = refused.0[0].message.split('`').next().unwrap_or_default().to_owned();
            assert!(refused.0.iter().all(|finding| finding.remedy.is_some() && finding.place.is_some()));
            shown(&refused.0) + &message
        }
    };
    [alone, inside, both].map(say).join("; ")
}

/// Reads a template, writes with it, and reads that back.
pub(super) fn template(text: &str, random: &mut Random) -> String {
    let [_, to] = a_move(random);
    let values = Values {
        branch: Some(format!("release-{to}")),
        tag: Some(format!("v{to}")),
        date: NaiveDate::from_ymd_opt(2025, 8, 20),
        name: Some("Tower".to_owned()),
        repository: Some("https://example.org/tower".to_owned()),
        ..Values::of(&to)
    };
    let document = Template::document(text, Placeholder::ALL, &[]);
    assert_eq!(document.render(&Values::default()), text);
    let strict = Template::parse(text, Placeholder::ALL);
    for template in strict.iter().chain([&document]) {
        for written in [template.render(&values), text.to_owned()] {
            if let Some(read) = template.read(&written) {
                assert_eq!(template.render(&read), written);
            }
        }
    }
    match strict {
        Ok(template) => format!("{:?}", template.placeholders().collect::<Vec<_>>()),
        Err(findings) => shown(&findings),
    }
}

/// Takes the lines up to the first empty one for patterns, and the rest for the file.
pub(super) fn version_file(text: &str, random: &mut Random) -> String {
    let path = RepoPath::new("v.h").unwrap();
    let (head, body) = text.split_once("\n\n").unwrap_or((text, text));
    let patterns: Result<Vec<Pattern>, _> = head.split('\n').map(Pattern::parse).collect();
    let patterns = match patterns {
        Ok(patterns) => patterns,
        Err(findings) => return shown(&findings),
    };
    let [old, new] = a_move(random).map(|version| Values::of(&version));
    let edited = match version_file::edit(&path, body, &patterns, &old, &new) {
        Ok(edited) => edited,
        Err(findings) => return shown(&findings),
    };
    assert_eq!(version_file::check(&path, body, &patterns, &old), []);
    assert_eq!(edited.matches('\n').count(), body.matches('\n').count());
    let fresh = patterns.iter().all(|pattern| {
        let written = Template::parse(pattern.as_str(), Placeholder::OF_VERSION).unwrap().render(&new);
        !body.lines().any(|line| line.contains(written.trim()))
    });
    if fresh {
        assert_eq!(version_file::edit(&path, &edited, &patterns, &new, &old).as_deref(), Ok(body));
    }
    format!("edited {}", patterns.len().min(4))
}
