//! The options that say which releases are shown, and what of them.

use crate::finding::{Finding, Refused};
use crate::ops::calendar::Addresses;
use crate::render::schedule::columns::Columns;
use crate::render::schedule::{Characters, ScheduleFormat, View};
use crate::rule;
use crate::train::schedule::{Bound, Selection};

/// The width of what is not a terminal.
pub(super) const WIDTH: usize = 80;

/// Which releases are shown.
#[derive(Debug, clap::Args)]
pub(super) struct RangeOptions {
    /// Begin with this release or planned release day, as in 36, 36.0.0 or 2025-08-20
    #[arg(long, value_name = "RELEASE|DAY", conflicts_with = "all")]
    from: Option<Bound>,
    /// End with this release or planned release day
    #[arg(long, value_name = "RELEASE|DAY", conflicts_with = "all")]
    to: Option<Bound>,
    /// Show every release from the train's first to the next one
    #[arg(long)]
    all: bool,
}

impl RangeOptions {
    /// Returns what is asked for.
    pub(super) fn selection(&self) -> Selection {
        match (self.all, self.from, self.to) {
            (true, ..) => Selection::All,
            (false, None, None) => Selection::Around,
            (false, from, to) => Selection::Between(from, to),
        }
    }

    /// Returns the options as they are written.
    pub(super) fn words(&self) -> String {
        let bounds = [("--from", self.from), ("--to", self.to)];
        let bounds = bounds.map(|(option, bound)| bound.map(|bound| format!(" {option} {bound}")));
        let all = self.all.then(|| " --all".to_owned());
        all.into_iter().chain(bounds.into_iter().flatten()).collect()
    }
}

/// What the table shows.
#[derive(Debug, clap::Args)]
pub(super) struct TableOptions {
    /// The table's columns in their order, of version, lts, cut, release, eol, latest, notes, tag, branch and
    /// state; version, lts, cut, release and eol otherwise
    #[arg(long, value_name = "COLUMN,…")]
    columns: Option<Columns>,
    /// Show apart what is supported, what is to come, and what has ended
    #[arg(long)]
    group: bool,
}

impl TableOptions {
    /// Returns what is to be shown, `width` columns wide.
    pub(super) fn view(&self, width: usize) -> View {
        let columns = self.columns.clone().unwrap_or_default();
        View { columns, grouped: self.group, width, characters: Characters::Unicode }
    }

    /// Returns whether addresses are shown.
    pub(super) fn addresses(&self, format: ScheduleFormat) -> Addresses {
        let columns = self.columns.as_ref().is_some_and(Columns::have_links);
        let wanted = columns || format == ScheduleFormat::Endoflife;
        if wanted { Addresses::Wanted } else { Addresses::Unwanted }
    }

    /// Refuses what a format without a table cannot honour.
    pub(super) fn check(&self, format: ScheduleFormat) -> Result<(), Refused> {
        let options = [("--columns", self.columns.is_some()), ("--group", self.group)];
        let Some((option, _)) = options.into_iter().find(|(_, given)| *given && !format.has_table()) else {
            return Ok(());
        };
        let message = format!("`{option}` is for a table, and the format {} has none", format.name());
        let remedy = "leave it out, or choose the format human, markdown or html";
        Err(Finding::of(rule::SCHEDULE_FORMAT, message).remedy(remedy).into())
    }

    /// Returns the options as they are written.
    pub(super) fn words(&self) -> String {
        let columns = self.columns.as_ref().map(|columns| format!(" --columns {columns}"));
        format!("{}{}", columns.unwrap_or_default(), if self.group { " --group" } else { "" })
    }
}

/// Returns what the terminal can show, as the locale tells.
pub(super) fn characters() -> Characters {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    let locale = locale.unwrap_or_default().to_ascii_uppercase();
    let is_unicode = cfg!(windows) || locale.ends_with("UTF-8") || locale.ends_with("UTF8");
    if is_unicode { Characters::Unicode } else { Characters::Ascii }
}
