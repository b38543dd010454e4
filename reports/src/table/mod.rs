//! Tables, once for Markdown, terminal and page.

mod comparison;
mod markdown;
mod notes;
mod recovery;
mod terminal;

use serde::Serialize;

pub(crate) use comparison::comparison;
pub(crate) use markdown::aligned;
pub use markdown::markdown;
pub(crate) use notes::notes;
pub(crate) use recovery::{heard, recovery};
pub use terminal::terminal;

/// A table of text, its first column to the left and the others to the right.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Table {
    /// Heading of each column.
    pub(crate) columns: Vec<Column>,
    /// Rows of as many cells.
    pub(crate) rows: Vec<Vec<Cell>>,
}

/// Heading of a column.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Column {
    /// What it shows, with the unit: `median ms`.
    pub(crate) title: String,
    /// The lower, the sooner it goes when there is no room.
    #[serde(skip)]
    rank: u8,
}

/// One figure.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Cell {
    /// As it is shown.
    pub(crate) text: String,
    /// Whether it is the best of its column.
    pub(crate) best: bool,
}

impl Table {
    pub(crate) fn new(titles: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Self {
        let columns = titles
            .iter()
            .map(|title| Column {
                title: (*title).into(),
                rank: 0,
            })
            .collect();
        let plain = |text| Cell { text, best: false };
        let rows = rows
            .into_iter()
            .map(|row| row.into_iter().map(plain).collect())
            .collect();
        Self { columns, rows }
    }
}
