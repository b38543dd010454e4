//! Rows of cells, shared between the snapshots of a screen until one of them changes.

use std::ops::Range;
use std::sync::Arc;

use super::rendition::Color;
use super::row::Row;

/// Columns and rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
}

impl Size {
    /// No side of a screen is longer.
    pub const MAX_SIDE: usize = 4096;

    /// No screen has more cells: enough for an 8K display in a tiny font.
    pub const MAX_CELLS: usize = 1 << 20;

    /// The size that is nearest to the one asked for and still sensible: at least one cell, and no
    /// more than the limits above.
    pub fn clamped(width: usize, height: usize) -> Self {
        let width = width.clamp(1, Self::MAX_SIDE);
        let height = height.clamp(1, Self::MAX_SIDE.min(Self::MAX_CELLS / width));
        Self { width, height }
    }
}

/// The cells of a screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Grid {
    width: usize,
    rows: Vec<Arc<Row>>,
}

impl Grid {
    pub(super) fn blank(size: Size) -> Self {
        let row = Arc::new(Row::blank(size.width, Color::Default));
        Self {
            width: size.width,
            rows: vec![row; size.height],
        }
    }

    /// A screen of these rows, of which there must be at least one.
    pub(super) fn from_rows(rows: &[Arc<Row>]) -> Self {
        let width = rows[0].cells().len();
        let mut grid = Self {
            width,
            rows: rows.to_vec(),
        };
        grid.unwrap_last();
        grid
    }

    pub(super) fn size(&self) -> Size {
        Size {
            width: self.width,
            height: self.rows.len(),
        }
    }

    pub(super) fn rows(&self) -> &[Arc<Row>] {
        &self.rows
    }

    /// The row at `row`, no longer shared.
    pub(super) fn row_mut(&mut self, row: usize) -> &mut Row {
        Arc::make_mut(&mut self.rows[row])
    }

    /// Moves the rows of `region` up, dropping the first `count` and leaving blank ones below.
    pub(super) fn scroll_up(&mut self, region: Range<usize>, count: usize, background: Color) {
        let count = count.min(region.len());
        self.rows[region.clone()].rotate_left(count);
        self.blank_rows(region.end - count..region.end, background);
    }

    /// Moves the rows of `region` down, dropping the last `count` and leaving blank ones above.
    pub(super) fn scroll_down(&mut self, region: Range<usize>, count: usize, background: Color) {
        let count = count.min(region.len());
        self.rows[region.clone()].rotate_right(count);
        self.blank_rows(region.start..region.start + count, background);
        self.unwrap_last();
    }

    /// Makes every row this one.
    pub(super) fn fill(&mut self, row: Row) {
        self.rows.fill(Arc::new(row));
    }

    pub(super) fn blank_rows(&mut self, rows: Range<usize>, background: Color) {
        if !rows.is_empty() {
            let blank = Arc::new(Row::blank(self.width, background));
            self.rows[rows].fill(blank);
        }
    }

    /// Cuts off or adds blank cells at the right and the bottom; text isn't reflowed.
    pub(super) fn resize(&mut self, size: Size) {
        if size.width != self.width {
            self.width = size.width;
            (0..self.rows.len()).for_each(|row| self.row_mut(row).resize(size.width));
        }
        let blank = Arc::new(Row::blank(size.width, Color::Default));
        self.rows.resize(size.height, blank);
        self.unwrap_last();
    }

    /// There is no row after the last for its text to go on in. Without this rule a screen could
    /// not be reproduced by writing to another terminal, where wrapping in the last row scrolls.
    fn unwrap_last(&mut self) {
        let last = self.rows.len() - 1;
        if self.rows[last].is_wrapped() {
            self.row_mut(last).set_wrapped(false);
        }
    }
}
