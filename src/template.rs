//! Texts with placeholders: names of branches and tags, messages, archive entries, lines of version
//! files. A [`Template`] is rendered from [`Values`], and reads them back out of a rendered text.

use std::fmt;

use chrono::NaiveDate;
use semver::{Prerelease, Version};

use crate::finding::Finding;
use crate::rule;
use crate::version::{plain, short};

/// What a template may leave open, written as its name in braces: `{version}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Placeholder {
    /// The whole version: `36.0.0`, `49.0.0-rc.1`.
    Version,
    /// The version without pre-release and build metadata: `49.0.0`.
    Plain,
    /// Major and minor: `36.0`, `0.123`.
    Short,
    /// The first number.
    Major,
    /// The second number.
    Minor,
    /// The third number.
    Patch,
    /// The pre-release without its hyphen: `rc.1`; empty if the version has none.
    Pre,
    /// The release branch.
    Branch,
    /// The tag.
    Tag,
    /// The day: `2025-08-20`.
    Date,
    /// The product's name.
    Name,
    /// The address of the lead package's repository.
    Repository,
    /// The first line of a commit's message.
    Subject,
    /// Commits, one a line.
    Commits,
}

impl Placeholder {
    /// All that a version alone gives a value to.
    pub const OF_VERSION: &[Self] =
        &[Self::Version, Self::Plain, Self::Short, Self::Major, Self::Minor, Self::Patch, Self::Pre];

    /// Every placeholder of a release.
    pub const ALL: &[Self] = &[
        Self::Version,
        Self::Plain,
        Self::Short,
        Self::Major,
        Self::Minor,
        Self::Patch,
        Self::Pre,
        Self::Branch,
        Self::Tag,
        Self::Date,
        Self::Name,
        Self::Repository,
    ];

    /// Returns the name that stands between the braces.
    pub fn name(self) -> &'static str {
        match self {
            Self::Version => "version",
            Self::Plain => "plain",
            Self::Short => "short",
            Self::Major => "major",
            Self::Minor => "minor",
            Self::Patch => "patch",
            Self::Pre => "pre",
            Self::Branch => "branch",
            Self::Tag => "tag",
            Self::Date => "date",
            Self::Name => "name",
            Self::Repository => "repository",
            Self::Subject => "subject",
            Self::Commits => "commits",
        }
    }
}

impl fmt::Display for Placeholder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{}}}", self.name())
    }
}

/// What the placeholders stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values {
    /// The version, which gives a value to all of [`Placeholder::OF_VERSION`].
    pub version: Option<Version>,
    /// The release branch.
    pub branch: Option<String>,
    /// The tag.
    pub tag: Option<String>,
    /// The day.
    pub date: Option<NaiveDate>,
    /// The product's name.
    pub name: Option<String>,
    /// The address of the lead package's repository.
    pub repository: Option<String>,
}

impl Values {
    /// Knows the version, and nothing else.
    pub fn of(version: &Version) -> Self {
        Self { version: Some(version.clone()), ..Self::default() }
    }

    /// Returns what stands for `placeholder`, if that is known.
    pub fn get(&self, placeholder: Placeholder) -> Option<String> {
        let version = self.version.as_ref();
        match placeholder {
            Placeholder::Version => version.map(Version::to_string),
            Placeholder::Plain => version.map(|v| plain(v).to_string()),
            Placeholder::Short => version.map(short),
            Placeholder::Major => version.map(|v| v.major.to_string()),
            Placeholder::Minor => version.map(|v| v.minor.to_string()),
            Placeholder::Patch => version.map(|v| v.patch.to_string()),
            Placeholder::Pre => version.map(|v| v.pre.to_string()),
            Placeholder::Branch => self.branch.clone(),
            Placeholder::Tag => self.tag.clone(),
            Placeholder::Date => self.date.map(|date| date.to_string()),
            Placeholder::Name => self.name.clone(),
            Placeholder::Repository => self.repository.clone(),
            Placeholder::Subject | Placeholder::Commits => None,
        }
    }
}

/// How many things are said to be wrong with one text: each repeats the text or what is known, and
/// one who has more of them has not written a template.
const MOST_FINDINGS: usize = 10;

/// A text with placeholders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    parts: Vec<TemplatePart>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum TemplatePart {
    Literal(String),
    Open(Placeholder),
}

impl Template {
    /// Reads a template in which `{{` and `}}` stand for one brace.
    ///
    /// # Errors
    ///
    /// Placeholders that are not among `allowed`, and braces that have no partner, the first few; they
    /// have no place, because only the caller knows where the text comes from.
    pub fn parse(text: &str, allowed: &[Placeholder]) -> Result<Self, Vec<Finding>> {
        let mut template = Self { parts: Vec::new() };
        let mut findings = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}'])
            && findings.len() < MOST_FINDINGS
        {
            template.literal(&rest[..at]);
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                template.literal(brace);
                rest = after;
            } else if let Some((name, after)) = rest.split_once('}').filter(|_| brace == "{") {
                match allowed.iter().find(|placeholder| placeholder.name() == name) {
                    Some(&placeholder) => template.parts.push(TemplatePart::Open(placeholder)),
                    None => findings.push(unknown(name, allowed)),
                }
                rest = after;
            } else {
                findings.push(lone_brace(text, brace));
            }
        }
        template.literal(rest);
        if findings.is_empty() { Ok(template) } else { Err(findings) }
    }

    /// Reads a document that may have braces of its own: what is not exactly one of `known` in
    /// braces, and not one of `words` standing alone, is text.
    pub fn document(text: &str, known: &[Placeholder], words: &[(&str, Placeholder)]) -> Self {
        let mut template = Self { parts: Vec::new() };
        let (mut done, mut at) = (0, 0);
        while at < text.len() {
            if let Some((placeholder, len)) = open_at(text, at, known, words) {
                template.literal(&text[done..at]);
                template.parts.push(TemplatePart::Open(placeholder));
                at += len;
                done = at;
            } else {
                at += text[at..].chars().next().map_or(1, char::len_utf8);
            }
        }
        template.literal(&text[done..]);
        template
    }

    fn literal(&mut self, text: &str) {
        match self.parts.last_mut() {
            _ if text.is_empty() => {}
            Some(TemplatePart::Literal(last)) => last.push_str(text),
            _ => self.parts.push(TemplatePart::Literal(text.to_owned())),
        }
    }

    /// Returns the placeholders in their order.
    pub fn placeholders(&self) -> impl Iterator<Item = Placeholder> {
        self.parts.iter().filter_map(|part| match part {
            TemplatePart::Open(placeholder) => Some(*placeholder),
            TemplatePart::Literal(_) => None,
        })
    }

    /// Returns the text for `values`; a placeholder whose value is not known stays as written.
    pub fn render(&self, values: &Values) -> String {
        self.render_with(|open| values.get(open))
    }

    /// Returns the text with what `value` gives for each placeholder; one without a value stays as
    /// written.
    pub fn render_with(&self, value: impl Fn(Placeholder) -> Option<String>) -> String {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                TemplatePart::Literal(literal) => text.push_str(literal),
                TemplatePart::Open(open) => {
                    text.push_str(&value(*open).unwrap_or_else(|| open.to_string()));
                }
            }
        }
        text
    }

    /// Returns the values for which this template renders to `text`, or `None` if there are none.
    ///
    /// Where the version is there in part, as in `release-{major}.{minor}`, the numbers that are
    /// missing are 0. Where text could be split in more than one way, a placeholder ends where the
    /// text that follows it in the template first comes. Takes time linear in `text`.
    pub fn read(&self, text: &str) -> Option<Values> {
        let mut found = Found::default();
        let mut rest = text;
        for (i, part) in self.parts.iter().enumerate() {
            rest = match part {
                TemplatePart::Literal(literal) => rest.strip_prefix(literal.as_str())?,
                TemplatePart::Open(open) => {
                    let len = extent(*open, rest, self.parts.get(i + 1))?;
                    found.take(*open, &rest[..len])?;
                    &rest[len..]
                }
            };
        }
        // Also holds the values of one placeholder, or of two that overlap, to each other.
        Some(found.values()).filter(|values| rest.is_empty() && self.render(values) == text)
    }

    /// Returns the text before and after `placeholder`, if it is the only one and there once.
    pub fn around(&self, placeholder: Placeholder) -> Option<(&str, &str)> {
        match &self.parts[..] {
            [TemplatePart::Open(open)] if *open == placeholder => Some(("", "")),
            [TemplatePart::Literal(before), TemplatePart::Open(open)] if *open == placeholder => {
                Some((before, ""))
            }
            [TemplatePart::Open(open), TemplatePart::Literal(after)] if *open == placeholder => {
                Some(("", after))
            }
            [TemplatePart::Literal(before), TemplatePart::Open(open), TemplatePart::Literal(after)]
                if *open == placeholder =>
            {
                Some((before, after))
            }
            _ => None,
        }
    }
}

fn unknown(name: &str, allowed: &[Placeholder]) -> Finding {
    let all: Vec<String> = allowed.iter().map(|placeholder| format!("`{placeholder}`")).collect();
    let finding = Finding::of(rule::PLACEHOLDER, format!("there is no placeholder `{{{name}}}` here"));
    let known = format!("known here are {}; write `{{{{` for a brace", all.join(", "));
    // What is long is not a misspelt name, and comparing it would cost its length.
    let near = (name.len() <= 32)
        .then(|| allowed.iter().min_by_key(|p| strsim::damerau_levenshtein(name, p.name())))
        .flatten()
        .filter(|p| strsim::damerau_levenshtein(name, p.name()) * 2 <= p.name().len().max(name.len()));
    finding.remedy(match near {
        Some(near) => format!("write `{near}` if that is meant; {known}"),
        None => known,
    })
}

fn lone_brace(text: &str, brace: &str) -> Finding {
    Finding::of(rule::PLACEHOLDER, format!("a `{brace}` has no partner in `{text}`"))
        .remedy(format!("write `{brace}{brace}` for a brace"))
}

/// Returns the placeholder that begins at byte `at`, and the length of what stands for it.
fn open_at(
    text: &str,
    at: usize,
    known: &[Placeholder],
    words: &[(&str, Placeholder)],
) -> Option<(Placeholder, usize)> {
    let rest = &text[at..];
    if let Some(inner) = rest.strip_prefix('{') {
        let placeholder =
            known.iter().find(|p| inner.strip_prefix(p.name()).is_some_and(|r| r.starts_with('}')))?;
        return Some((*placeholder, placeholder.name().len() + 2));
    }
    let in_word = |c: char| c.is_alphanumeric() || c == '_';
    let (word, placeholder) = words.iter().find(|(word, _)| rest.starts_with(word))?;
    let alone = !text[..at].ends_with(in_word) && !rest[word.len()..].starts_with(in_word);
    alone.then_some((*placeholder, word.len()))
}

/// Returns how much of the beginning of `text` stands for `open`, which `next` follows.
fn extent(open: Placeholder, text: &str, next: Option<&TemplatePart>) -> Option<usize> {
    let up_to_next = |from: usize| match next {
        None => Some(text.len()),
        Some(TemplatePart::Literal(literal)) => Some(from + text.get(from..)?.find(literal.as_str())?),
        Some(TemplatePart::Open(_)) => Some(from),
    };
    match open {
        Placeholder::Version => up_to_next(numbers(text, 3)?),
        Placeholder::Plain => numbers(text, 3),
        Placeholder::Short => numbers(text, 2),
        Placeholder::Major | Placeholder::Minor | Placeholder::Patch => numbers(text, 1),
        Placeholder::Date => Some(10).filter(|&len| text.is_char_boundary(len)),
        Placeholder::Pre => up_to_next(0),
        _ => up_to_next(text.chars().next()?.len_utf8()),
    }
}

/// Returns the length of `count` numbers with dots between them, at the beginning of `text`.
fn numbers(text: &str, count: usize) -> Option<usize> {
    let mut at = 0;
    for i in 0..count {
        if i > 0 {
            at += usize::from(text[at..].starts_with('.'));
        }
        let digits = text[at..].bytes().take_while(u8::is_ascii_digit).count();
        at += Some(digits).filter(|&digits| digits > 0)?;
    }
    Some(at)
}

/// What has been read out of a text so far.
#[derive(Default)]
struct Found {
    whole: Option<Version>,
    numbers: [Option<u64>; 3],
    pre: Option<Prerelease>,
    others: Values,
}

impl Found {
    fn take(&mut self, open: Placeholder, text: &str) -> Option<()> {
        let mut take_numbers = |from: usize, text: &str| {
            for (slot, number) in self.numbers[from..].iter_mut().zip(text.split('.')) {
                *slot = Some(number.parse().ok()?);
            }
            Some(())
        };
        match open {
            Placeholder::Version => self.whole = Some(text.parse().ok()?),
            Placeholder::Plain | Placeholder::Short | Placeholder::Major => take_numbers(0, text)?,
            Placeholder::Minor => take_numbers(1, text)?,
            Placeholder::Patch => take_numbers(2, text)?,
            Placeholder::Pre => self.pre = Some(text.parse().ok()?),
            Placeholder::Branch => self.others.branch = Some(text.to_owned()),
            Placeholder::Tag => self.others.tag = Some(text.to_owned()),
            Placeholder::Date => self.others.date = Some(text.parse().ok()?),
            Placeholder::Name => self.others.name = Some(text.to_owned()),
            Placeholder::Repository => self.others.repository = Some(text.to_owned()),
            // No version tells them.
            Placeholder::Subject | Placeholder::Commits => {}
        }
        Some(())
    }

    fn values(self) -> Values {
        let in_parts = self.numbers.iter().any(Option::is_some) || self.pre.is_some();
        let [major, minor, patch] = self.numbers.map(Option::unwrap_or_default);
        let put_together = in_parts
            .then(|| Version { pre: self.pre.unwrap_or_default(), ..Version::new(major, minor, patch) });
        Values { version: self.whole.or(put_together), ..self.others }
    }
}
