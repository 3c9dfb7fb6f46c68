//! How a repository names its releases, read from the branches and tags that it has. Pure.

mod usual;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use semver::Version;

pub use usual::is_like_release_branch;
use usual::{branch_parts, is_named, is_usual, tag_parts};

use crate::config::{Config, NameScheme, NameTemplate};
use crate::finding::Finding;
use crate::git::{BranchName, Refs};
use crate::rule;
use crate::text::counted;
use crate::version::plain;

/// How many of the latest tags tell what is usual now: one that is named otherwise by mistake is outvoted, and
/// of a new way two are enough.
const TELLING_TAGS: usize = 3;

/// How many of the latest release branches do.
const TELLING_BRANCHES: usize = 1;

/// How many ways of naming are kept, the newest first.
const MOST: usize = 4;

/// What is released.
#[derive(Clone, Debug, Default)]
pub struct Product<'a> {
    /// What it may be called: product, lead package, repository.
    pub own: Vec<&'a str>,
    /// The packages that are released with it, at its version: their names serve where none has its own.
    pub siblings: Vec<&'a str>,
    /// All packages, which may have tags of their own.
    pub packages: Vec<&'a str>,
    /// The version that the lead package has.
    pub holds: Option<&'a Version>,
}

/// Replaces those names that `config` does not state by what the branches and tags show, as far as they show
/// anything; returns what is to be said of that.
///
/// An error is among it where two ways of naming are equally likely.
pub fn infer(config: &mut Config, refs: &Refs, product: &Product<'_>) -> Vec<Finding> {
    let trunk = config.trunk_in(refs);
    let names = &mut config.names;
    let mut said = Vec::new();
    if names.tag.is_assumed() {
        said.extend(settle(("names.tag", "tag"), &mut names.tag, tags(refs, product), TELLING_TAGS));
    }
    if names.branch.is_assumed() {
        let tagged: BTreeSet<Version> =
            refs.tags.keys().filter_map(|tag| names.tag.read(tag)).map(|version| plain(&version)).collect();
        let found = branches(refs, &trunk, product, &tagged);
        if found.is_empty() && tagged.len() >= TELLING_TAGS {
            let message =
                "no branch here is named as release branches usually are: `release-{version}` is assumed";
            said.push(Finding::of(rule::NAMES_INFERRED, message));
        }
        said.extend(settle(("names.branch", "branch"), &mut names.branch, found, TELLING_BRANCHES));
    }
    said
}

/// Returns the two release branches before `version` that show that the train counts minors: they and it are
/// of one major, and of a minor each.
pub fn counting_minors<'r>(
    scheme: &NameScheme,
    refs: &'r Refs,
    version: &Version,
) -> Option<[&'r BranchName; 2]> {
    let lines = scheme.lines(refs.branches.names());
    let mut older = lines.range(..Version::new(version.major, version.minor, 0)).rev();
    let ((second, other), (first, one)) = (older.next()?, older.next()?);
    let counts = version.major > 0 && first.major == version.major && second.major == version.major;
    counts.then_some([*one, *other])
}

/// One way of naming, and the versions that are named so.
struct Habit {
    template: NameTemplate,
    versions: BTreeSet<Version>,
}

/// Returns the ways in which releases are tagged.
///
/// Those with usual words count, or else those that name no package.
fn tags(refs: &Refs, product: &Product<'_>) -> Vec<Habit> {
    let mut by_prefix: BTreeMap<&str, BTreeSet<Version>> = BTreeMap::new();
    for (before, version) in refs.tags.keys().filter_map(|tag| tag_parts(tag.as_str())) {
        by_prefix.entry(before).or_default().insert(plain(&version));
    }
    let kinds = [&product.own, &product.siblings];
    let usual = kinds.into_iter().find(|own| by_prefix.keys().any(|before| is_usual(before, own)));
    by_prefix.retain(|before, versions| match usual {
        Some(own) => is_usual(before, own),
        None => versions.len() > 1 && !product.packages.iter().any(|package| is_named(before, package)),
    });
    let habit = |(before, versions): (&str, BTreeSet<Version>)| {
        let template = NameTemplate::try_from(format!("{}{{version}}", escaped(before))).ok()?;
        Some(Habit { template, versions })
    };
    by_prefix.into_iter().filter_map(habit).collect()
}

/// What of a version a branch's name has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Form {
    Version,
    Short,
    Major,
    Minor,
}

/// What stands before and after the numbers of branches' names, and which numbers these are.
type BranchForm<'r> = (&'r str, &'r str, Form);

/// Returns the ways in which release branches are named whose lines are `tagged` or may yet be.
fn branches(
    refs: &Refs,
    trunk: &BranchName,
    product: &Product<'_>,
    tagged: &BTreeSet<Version>,
) -> Vec<Habit> {
    let kinds = [&product.own, &product.siblings];
    let mut found = kinds.into_iter().map(|own| lines_by_form(refs, trunk, (own, product.holds), tagged));
    let forms = found.find(|forms| !forms.is_empty()).unwrap_or_default();
    // A number alone is a major, unless more make sense as minors.
    let count = |key: BranchForm<'_>| forms.get(&key).map_or(0, BTreeSet::len);
    let is_likelier = |&(before, after, form): &BranchForm<'_>| match form {
        Form::Major => count((before, after, form)) >= count((before, after, Form::Minor)),
        Form::Minor => count((before, after, form)) > count((before, after, Form::Major)),
        Form::Version | Form::Short => true,
    };
    let likely = forms.iter().filter(|(key, _)| is_likelier(key));
    let habit = |((before, after, form), versions): (&BranchForm<'_>, &BTreeSet<Version>)| {
        let text = |open: &str| format!("{}{{{open}}}{}", escaped(before), escaped(after));
        let template = match form {
            Form::Version => NameTemplate::try_from(text("version")),
            Form::Short => NameTemplate::try_from(text("short")),
            Form::Major => NameTemplate::try_from(text("major")),
            Form::Minor => {
                NameTemplate::of_minors(text("minor"), product.holds.map_or(0, |holds| holds.major))
            }
        };
        Some(Habit { template: template.ok()?, versions: versions.clone() })
    };
    likely.filter_map(habit).collect()
}

/// Returns the lines that have a branch whose name has usual words and one of the names `own`.
fn lines_by_form<'r>(
    refs: &'r Refs,
    trunk: &BranchName,
    (own, holds): (&[&str], Option<&Version>),
    tagged: &BTreeSet<Version>,
) -> BTreeMap<BranchForm<'r>, BTreeSet<Version>> {
    let mut forms: BTreeMap<BranchForm<'r>, BTreeSet<Version>> = BTreeMap::new();
    for branch in refs.branches.names().filter(|branch| *branch != trunk) {
        let Some(parts) = branch_parts(branch.as_str(), own) else { continue };
        let mut add = |form: Form, major: u64, minor: u64| {
            let line = Version::new(major, minor, 0);
            if is_line(&line, form, holds, tagged) {
                forms.entry((parts.before, parts.after, form)).or_default().insert(line);
            }
        };
        match parts.numbers {
            [Some(major), Some(minor), Some(_)] => add(Form::Version, major, minor),
            [Some(major), Some(minor), None] => add(Form::Short, major, minor),
            [Some(number), ..] => {
                add(Form::Major, number, 0);
                if let Some(holds) = holds {
                    add(Form::Minor, holds.major, number);
                }
            }
            [None, ..] => {}
        }
    }
    forms
}

/// Returns whether the project has such a line: a tag is of it, or it lies between the newest tag and
/// the version that the project `holds`, which is cut and not released yet.
fn is_line(line: &Version, form: Form, holds: Option<&Version>, tagged: &BTreeSet<Version>) -> bool {
    let is_of = |version: &Version| match form {
        Form::Major => version.major == line.major,
        _ => (version.major, version.minor) == (line.major, line.minor),
    };
    let is_next = match holds {
        Some(holds) => is_of(holds) || *line <= plain(holds) && tagged.last().is_none_or(|last| last < line),
        None => tagged.last().is_none_or(|last| last < line),
    };
    is_next || tagged.iter().any(is_of)
}

/// Writes a text so that a template reads it as it is.
fn escaped(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}

/// Takes what most of the latest releases are called, and what older ones were; says so where it is not
/// what is assumed anyway.
fn settle(
    (key, what): (&str, &str),
    scheme: &mut NameScheme,
    mut habits: Vec<Habit>,
    telling: usize,
) -> Option<Finding> {
    let all: BTreeSet<Version> = habits.iter().flat_map(|habit| habit.versions.iter().cloned()).collect();
    let latest: Vec<&Version> = all.iter().rev().take(telling).collect();
    let weight = |habit: &Habit| {
        let telling = latest.iter().filter(|version| habit.versions.contains(**version)).count();
        (telling, habit.versions.last().cloned(), habit.versions.len())
    };
    habits.sort_by_cached_key(|habit| Reverse(weight(habit)));
    let doubt = match &habits[..] {
        [first, second, ..] if weight(first) == weight(second) => Some(tie(key, what, first, second)),
        _ => None,
    };
    let mut covered: BTreeSet<Version> = BTreeSet::new();
    let mut tied: usize = if doubt.is_some() { 2 } else { 0 };
    habits.retain(|habit| {
        let has_more = tied > 0 || !habit.versions.is_subset(&covered);
        tied = tied.saturating_sub(1);
        covered.extend(habit.versions.iter().cloned());
        has_more
    });
    habits.truncate(MOST);
    let said = doubt.or_else(|| inferred(key, what, &habits, scheme));
    let templates = habits.into_iter().map(|habit| habit.template).collect();
    if let Some(known) = NameScheme::known(templates) {
        *scheme = known;
    }
    said
}

fn tie(key: &str, what: &str, first: &Habit, second: &Habit) -> Finding {
    let [one, other] = [first, second].map(|habit| habit.template.as_str());
    let number = counted(first.versions.len(), what);
    let message =
        format!("which names the releases have is not clear: {number} `{one}`, and as many `{other}`");
    Finding::of(rule::NAMES_UNCLEAR, message)
        .remedy(format!("state `{key} = \"{one}\"` or `{key} = \"{other}\"` in the configuration"))
}

fn inferred(key: &str, what: &str, habits: &[Habit], assumed: &NameScheme) -> Option<Finding> {
    let shown = |habit: &Habit| format!("`{}`", habit.template.as_str());
    let (newest, older) = habits.split_first()?;
    if older.is_empty() && assumed.is(&newest.template) {
        return None;
    }
    let older: Vec<String> = older.iter().map(shown).collect();
    let before = if older.is_empty() { String::new() } else { format!("; before that {}", older.join(", ")) };
    let count = counted(newest.versions.len(), what);
    let is = if newest.versions.len() == 1 { "is" } else { "are" };
    let message = format!("`{key}` is taken to be {}, as {count} {is} named{before}", shown(newest));
    Some(Finding::of(rule::NAMES_INFERRED, message))
}
