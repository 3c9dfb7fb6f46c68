//! The columns of the table, which all formats that have one share.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use semver::Version;

use crate::train::schedule::{Schedule, ScheduleRow};
use crate::train::{Day, Group, Link};

/// A column of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// The first version of the release.
    Version,
    /// Whether it has long-term support.
    Lts,
    /// The day of the cut.
    Cut,
    /// The day of the release.
    Release,
    /// The end of life.
    Eol,
    /// The latest version and its day.
    Latest,
    /// The notes.
    Notes,
    /// The tag of the latest version.
    Tag,
    /// The release branch.
    Branch,
    /// Where the release stands.
    State,
}

impl Column {
    /// Every column.
    pub const ALL: [Self; 10] = [
        Self::Version,
        Self::Lts,
        Self::Cut,
        Self::Release,
        Self::Eol,
        Self::Latest,
        Self::Notes,
        Self::Tag,
        Self::Branch,
        Self::State,
    ];

    /// Returns the name by which it is asked for.
    pub fn name(self) -> &'static str {
        match self {
            Self::Version => "version",
            Self::Lts => "lts",
            Self::Cut => "cut",
            Self::Release => "release",
            Self::Eol => "eol",
            Self::Latest => "latest",
            Self::Notes => "notes",
            Self::Tag => "tag",
            Self::Branch => "branch",
            Self::State => "state",
        }
    }

    /// Returns the heading, as maintainers publish it.
    pub(super) fn heading(self) -> &'static str {
        match self {
            Self::Version => "Version",
            Self::Lts => "LTS",
            Self::Cut => "Branch Date",
            Self::Release => "Release Date",
            Self::Eol => "EOL Date",
            Self::Latest => "Latest",
            Self::Notes => "Notes",
            Self::Tag => "Tag",
            Self::Branch => "Branch",
            Self::State => "State",
        }
    }

    /// Returns whether it shows addresses.
    fn is_link(self) -> bool {
        matches!(self, Self::Latest | Self::Notes | Self::Tag | Self::Branch)
    }

    /// Returns what a row has in it, as of `date`.
    pub(super) fn cell(self, row: &ScheduleRow, date: NaiveDate) -> Cell {
        let release = &row.release;
        let links = &row.links;
        match self {
            Self::Version => Cell::Text(release.version.to_string()),
            Self::Lts => Cell::Text(if release.lts { "LTS" } else { "" }.to_owned()),
            Self::Cut => Cell::day(&release.cut, row.cut_due(date)),
            Self::Release => Cell::day(&release.release, row.release_due(date)),
            Self::Eol => Cell::Day { planned: release.term.eol, other: None },
            Self::Latest => row.latest.as_ref().map_or_else(Cell::default, |(version, day)| {
                let address = links.tag.as_ref().and_then(|tag| tag.address.clone());
                Cell::Latest { version: version.clone(), day: *day, address }
            }),
            Self::Notes => Cell::link(links.notes.as_ref()),
            Self::Tag => Cell::link(links.tag.as_ref()),
            Self::Branch => Cell::link(links.branch.as_ref()),
            Self::State => Cell::Text(row.phase.name().to_owned()),
        }
    }
}

/// The columns of a table, the version first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns(Vec<Column>);

impl Default for Columns {
    /// Takes those that are published.
    fn default() -> Self {
        Self(vec![Column::Version, Column::Lts, Column::Cut, Column::Release, Column::Eol])
    }
}

impl Columns {
    /// Returns them in their order.
    pub fn iter(&self) -> impl Iterator<Item = Column> {
        self.0.iter().copied()
    }

    /// Returns whether one of them shows addresses.
    pub fn have_links(&self) -> bool {
        self.iter().any(Column::is_link)
    }
}

impl FromStr for Columns {
    type Err = String;

    /// Reads names with commas between them; the version comes first where it is not named.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut columns = Vec::new();
        for name in text.split(',').map(str::trim) {
            let known = Column::ALL.into_iter().find(|column| column.name() == name);
            let column = known.ok_or_else(|| {
                let names = Column::ALL.map(Column::name).join(", ");
                format!("`{name}` is none of {names}")
            })?;
            if columns.contains(&column) {
                return Err(format!("`{name}` is there twice"));
            }
            columns.push(column);
        }
        if !columns.contains(&Column::Version) {
            columns.insert(0, Column::Version);
        }
        Ok(Self(columns))
    }
}

impl fmt::Display for Columns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.iter().map(|column| column.name()).collect::<Vec<_>>().join(","))
    }
}

/// What a row has in a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    Text(String),
    /// A day as planned, and another one that counts beside it, with a word for that.
    Day {
        planned: NaiveDate,
        other: Option<(&'static str, NaiveDate)>,
    },
    Latest {
        version: Version,
        day: NaiveDate,
        address: Option<String>,
    },
    Link(Link),
}

impl Default for Cell {
    fn default() -> Self {
        Self::Text(String::new())
    }
}

impl Cell {
    fn day(day: &Day, due: Option<NaiveDate>) -> Self {
        let actual = day.differs().map(|actual| ("actual", actual));
        Self::Day { planned: day.planned, other: actual.or(due.map(|due| ("due", due))) }
    }

    fn link(link: Option<&Link>) -> Self {
        link.map_or_else(Self::default, |link| Self::Link(link.clone()))
    }

    /// Returns it as text, with days as `format` writes them.
    pub(super) fn text(&self, format: impl Fn(NaiveDate) -> String) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Day { planned, other: None } => format(*planned),
            Self::Day { planned, other: Some((word, day)) } => {
                format!("{} ({word}: {})", format(*planned), format(*day))
            }
            Self::Latest { version, day, .. } => format!("{version} ({})", format(*day)),
            Self::Link(link) => link.text.clone(),
        }
    }

    /// Returns the address that it leads to.
    pub(super) fn address(&self) -> Option<&str> {
        match self {
            Self::Latest { address, .. } => address.as_deref(),
            Self::Link(link) => link.address.as_deref(),
            Self::Text(_) | Self::Day { .. } => None,
        }
    }
}

/// Returns the rows under the names of their groups, or all under none where they are not `grouped`.
pub(super) fn groups(schedule: &Schedule, grouped: bool) -> Vec<(Option<Group>, Vec<&ScheduleRow>)> {
    if !grouped {
        return vec![(None, schedule.rows.iter().collect())];
    }
    let of = |group| schedule.rows.iter().filter(|row| row.phase.group() == group).collect::<Vec<_>>();
    let groups = Group::ALL.into_iter().map(|group| (Some(group), of(group)));
    groups.filter(|(_, rows)| !rows.is_empty()).collect()
}
