//! One row of the screen.

use std::ops::Range;

use super::cell::Cell;
use super::rendition::Color;

/// A row of cells.
///
/// A character two columns wide keeps both its halves or loses both: whatever overwrites, moves or
/// cuts off one of them blanks the other.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Row {
    cells: Vec<Cell>,
    wrapped: bool,
}

impl Row {
    pub(super) fn blank(width: usize, background: Color) -> Self {
        Self {
            cells: vec![Cell::blank(background); width],
            wrapped: false,
        }
    }

    /// The cells from left to right.
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// Whether its text goes on in the next row, so that copying both yields one line.
    pub fn is_wrapped(&self) -> bool {
        self.wrapped
    }

    pub(super) fn cell_mut(&mut self, col: usize) -> Option<&mut Cell> {
        self.cells.get_mut(col)
    }

    /// Whether erasing the whole row with this background would make the same row.
    pub(super) fn is_erased(&self, background: Color) -> bool {
        !self.wrapped
            && self
                .cells
                .iter()
                .all(|cell| cell.erased_background() == Some(background))
    }

    pub(super) fn set_wrapped(&mut self, wrapped: bool) {
        self.wrapped = wrapped;
    }

    /// The text without trailing blanks.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for cell in self.cells.iter().filter(|cell| cell.columns() > 0) {
            text.push(cell.base());
            text.push_str(cell.combining());
        }
        text.truncate(text.trim_end_matches(' ').len());
        text
    }

    /// Replaces the cells from `col` on; they must fit.
    pub(super) fn overwrite(&mut self, col: usize, cells: impl ExactSizeIterator<Item = Cell>) {
        let end = col + cells.len();
        self.split_wide_at(col);
        self.split_wide_at(end);
        self.cells[col..end]
            .iter_mut()
            .zip(cells)
            .for_each(|(slot, cell)| *slot = cell);
        self.forget_wrap(end);
    }

    pub(super) fn erase(&mut self, cols: Range<usize>, background: Color) {
        self.split_wide_at(cols.start);
        self.split_wide_at(cols.end);
        self.cells[cols.clone()].fill(Cell::blank(background));
        self.forget_wrap(cols.end);
    }

    /// Makes room for `count` blanks at `col`, pushing cells off the right edge.
    pub(super) fn insert_blanks(&mut self, col: usize, count: usize, background: Color) {
        let width = self.cells.len();
        let count = count.min(width - col);
        self.split_wide_at(col);
        self.split_wide_at(width - count);
        self.cells[col..].rotate_right(count);
        self.erase_unsplit(col..col + count, background);
    }

    /// Removes `count` cells at `col`, pulling blanks in from the right edge.
    pub(super) fn delete_cells(&mut self, col: usize, count: usize, background: Color) {
        let width = self.cells.len();
        let count = count.min(width - col);
        self.split_wide_at(col);
        self.split_wide_at(col + count);
        self.cells[col..].rotate_left(count);
        self.erase_unsplit(width - count..width, background);
    }

    pub(super) fn resize(&mut self, width: usize) {
        if width != self.cells.len() {
            self.split_wide_at(width);
            self.cells.resize(width, Cell::default());
            self.wrapped = false;
        }
    }

    /// The whole row moved, so that its end is no longer where its text wrapped.
    fn erase_unsplit(&mut self, cols: Range<usize>, background: Color) {
        self.cells[cols].fill(Cell::blank(background));
        self.wrapped = false;
    }

    fn forget_wrap(&mut self, end: usize) {
        if end == self.cells.len() {
            self.wrapped = false;
        }
    }

    /// Blanks a wide character whose halves lie on either side of the boundary before `col`.
    fn split_wide_at(&mut self, col: usize) {
        if col > 0 && self.cells.get(col).is_some_and(|cell| cell.columns() == 0) {
            for half in &mut self.cells[col - 1..=col] {
                *half = Cell::blank(half.renditions().background);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::rendition::Renditions;
    use super::*;

    /// `漢` takes columns 2 and 3.
    fn row() -> Row {
        let mut row = Row::blank(6, Color::Default);
        row.overwrite(2, Cell::wide('漢', Renditions::PLAIN).into_iter());
        row
    }

    fn x() -> std::array::IntoIter<Cell, 1> {
        [Cell::narrow('x', Renditions::PLAIN)].into_iter()
    }

    #[test]
    fn overwriting_half_of_a_wide_character_blanks_the_other() {
        let mut left = row();
        left.overwrite(2, x());
        assert_eq!(left.text(), "  x");
        let mut right = row();
        right.overwrite(3, x());
        assert_eq!(right.text(), "   x");
    }

    #[test]
    fn moving_half_of_a_wide_character_blanks_both() {
        let mut inserted = row();
        inserted.insert_blanks(3, 1, Color::Default);
        assert_eq!(inserted, Row::blank(6, Color::Default));
        let mut deleted = row();
        deleted.delete_cells(1, 2, Color::Default);
        assert_eq!(deleted, Row::blank(6, Color::Default));
        let mut pushed_off = row();
        pushed_off.insert_blanks(0, 3, Color::Default);
        assert_eq!(pushed_off, Row::blank(6, Color::Default));
    }

    #[test]
    fn cutting_a_wide_character_in_two_blanks_it() {
        let mut cut = row();
        cut.resize(3);
        assert_eq!(cut, Row::blank(3, Color::Default));
    }
}
