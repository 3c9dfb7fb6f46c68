//! What a rendering of the schedule shows.

use super::chart::Characters;
use super::columns::Columns;

/// What the table shows, and for which terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// The columns of the table.
    pub columns: Columns,
    /// Whether what is supported and what has ended are tables of their own.
    pub grouped: bool,
    /// The number of columns of the terminal.
    pub width: usize,
    /// What the terminal can show.
    pub characters: Characters,
}

impl Default for View {
    fn default() -> Self {
        let (columns, characters) = (Columns::default(), Characters::Unicode);
        Self { columns, grouped: false, width: 80, characters }
    }
}
