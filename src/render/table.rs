//! Tables for the terminal, aligned by the columns that it needs for each character.

use std::fmt;

use anstyle::Style;
use unicode_width::UnicodeWidthStr as _;

/// A cell that is wider makes its column no wider than this.
const WIDEST: usize = 60;

/// Rows of cells, of which all but a row's last are filled up to the widest of their column.
pub(super) struct Table {
    gap: &'static str,
    rows: Vec<TableRow>,
}

struct TableRow {
    /// What stands before the first cell, in no style.
    lead: &'static str,
    style: Style,
    /// The cells, each with a style of its own.
    cells: Vec<(String, Style)>,
}

impl Table {
    /// Returns a table with `gap` between its columns.
    pub(super) fn new(gap: &'static str) -> Self {
        Self { gap, rows: Vec::new() }
    }

    /// Adds a row in one style, from the first cell to the last.
    pub(super) fn row<S: Into<String>>(
        &mut self,
        lead: &'static str,
        style: Style,
        cells: impl IntoIterator<Item = S>,
    ) {
        let cells = cells.into_iter().map(|text| (text.into(), Style::new())).collect();
        self.rows.push(TableRow { lead, style, cells });
    }

    /// Adds a row of cells in different styles, each with what fills it up.
    pub(super) fn styled(&mut self, lead: &'static str, cells: impl IntoIterator<Item = (String, Style)>) {
        self.rows.push(TableRow { lead, style: Style::new(), cells: cells.into_iter().collect() });
    }

    /// Returns how many columns of the terminal it takes.
    pub(super) fn width(&self) -> usize {
        let line = |row: &TableRow| anstream::adapter::strip_str(&self.line(row, &self.widths())).to_string();
        self.rows.iter().map(|row| width(&line(row))).max().unwrap_or(0)
    }

    fn widths(&self) -> Vec<usize> {
        let mut widths = Vec::new();
        for row in &self.rows {
            let filled = row.cells.split_last().map_or(&[][..], |(_, filled)| filled);
            widths.resize(widths.len().max(filled.len()), 0);
            for (widest, (text, _)) in widths.iter_mut().zip(filled) {
                *widest = width(text).min(WIDEST).max(*widest);
            }
        }
        widths
    }

    fn line(&self, row: &TableRow, widths: &[usize]) -> String {
        let last = row.cells.len().saturating_sub(1);
        let filled = row.cells.iter().enumerate().map(|(at, (text, style))| {
            let width = if at < last { widths[at] } else { 0 };
            format!("{style}{}{style:#}", padded(text, width))
        });
        let cells = filled.collect::<Vec<_>>().join(self.gap);
        format!("{}{}{}{:#}", row.lead, row.style, cells.trim_end(), row.style)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = self.widths();
        self.rows.iter().try_for_each(|row| writeln!(f, "{}", self.line(row, &widths)))
    }
}

/// Returns how many columns of a terminal `text`, one line without styles, takes.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// Returns `text` with as many spaces behind it as fill `columns` of a terminal.
pub(super) fn padded(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_below_each_other_as_a_terminal_shows_them() {
        let mut table = Table::new("  ");
        let plain = Style::new();
        table.row("  ", plain, ["branch", "state", "subject that is long"]);
        table.row("* ", plain, ["修复", "e\u{301}te\u{301}", ""]);
        table.row("  ", plain, ["release", "left out: a long reason"]);
        let text = table.to_string();
        assert_eq!(
            text,
            "  branch   state  subject that is long\n\
             * 修复     e\u{301}te\u{301}\n\
             \x20 release  left out: a long reason\n"
        );
        assert_eq!(table.width(), 38);
    }

    #[test]
    fn a_style_covers_what_fills_up() {
        let (bold, dim) = (Style::new().bold(), Style::new().dimmed());
        let mut table = Table::new(" ");
        table.row("* ", bold, ["a", "b"]);
        table.styled("  ", [("c".to_owned(), dim), ("d".to_owned(), bold)]);
        table.row("", Style::new(), ["long"]);
        let expected = format!("* {bold}a b{bold:#}\n  {dim}c{dim:#} {bold}d{bold:#}\nlong\n");
        assert_eq!(table.to_string(), expected);
        table.row("", Style::new(), ["long", "e"]);
        assert!(table.to_string().starts_with(&format!("* {bold}a    b{bold:#}\n  {dim}c   {dim:#} ")));
    }
}
