//! Erasing, inserting, deleting and scrolling. What becomes empty takes the current background (BCE).

use std::ops::Range;

use super::Screen;
use crate::terminal::cell::Cell;
use crate::terminal::rendition::{Color, Renditions};
use crate::terminal::row::Row;

impl Screen {
    pub(super) fn scroll_up(&mut self, region: Range<usize>, count: usize) {
        let background = self.frame.pen.background;
        self.frame.grid_mut().scroll_up(region, count, background);
    }

    /// Keeps the line that is about to scroll off the top of the main screen.
    pub(super) fn keep_top_line(&mut self) {
        if self.margins.start == 0 && !self.frame.shows_alternate() {
            self.frame.scrollback.push(&self.frame.main.rows()[0]);
        }
    }

    pub(super) fn scroll_down(&mut self, region: Range<usize>, count: usize) {
        let background = self.frame.pen.background;
        self.frame.grid_mut().scroll_down(region, count, background);
    }

    /// IL: from the cursor's row on, rows move down within the margins.
    pub(super) fn insert_lines(&mut self, count: usize) {
        let row = self.frame.cursor.row;
        if self.margins.contains(&row) {
            self.scroll_down(row..self.margins.end, count);
            self.move_to_col(0);
        }
    }

    /// DL: rows move up to the cursor's within the margins.
    pub(super) fn delete_lines(&mut self, count: usize) {
        let row = self.frame.cursor.row;
        if self.margins.contains(&row) {
            self.scroll_up(row..self.margins.end, count);
            self.move_to_col(0);
        }
    }

    /// ED. Parameter 3 is about the lines that have left the screen.
    pub(super) fn erase_in_display(&mut self, which: usize) {
        let (row, height) = (self.frame.cursor.row, self.size().height);
        let background = self.frame.pen.background;
        match which {
            0 => {
                self.erase_in_line(0);
                self.frame
                    .grid_mut()
                    .blank_rows(row + 1..height, background);
            }
            1 => {
                self.erase_in_line(1);
                self.frame.grid_mut().blank_rows(0..row, background);
            }
            2 => self.frame.grid_mut().blank_rows(0..height, background),
            3 => self.frame.scrollback.erase(),
            _ => {}
        }
    }

    /// EL.
    pub(super) fn erase_in_line(&mut self, which: usize) {
        let (col, width) = (self.frame.cursor.col, self.size().width);
        match which {
            0 => self.erase(col..width),
            1 => self.erase(0..col + 1),
            2 => self.erase(0..width),
            _ => {}
        }
    }

    /// ECH.
    pub(super) fn erase_characters(&mut self, count: usize) {
        let col = self.frame.cursor.col;
        self.erase(col..(col + count).min(self.size().width));
    }

    /// ICH.
    pub(super) fn insert_characters(&mut self, count: usize) {
        let col = self.frame.cursor.col;
        let background = self.frame.pen.background;
        self.cursor_row().insert_blanks(col, count, background);
    }

    /// DCH.
    pub(super) fn delete_characters(&mut self, count: usize) {
        let col = self.frame.cursor.col;
        let background = self.frame.pen.background;
        self.cursor_row().delete_cells(col, count, background);
    }

    /// DECALN: a screen full of E, to adjust the tube by.
    pub(super) fn fill_with_alignment_pattern(&mut self) {
        let size = self.size();
        self.margins = 0..size.height;
        self.move_to(0, 0);
        let mut row = Row::blank(size.width, Color::Default);
        row.overwrite(
            0,
            vec![Cell::narrow('E', Renditions::PLAIN); size.width].into_iter(),
        );
        self.frame.grid_mut().fill(row);
    }

    fn erase(&mut self, cols: Range<usize>) {
        let background = self.frame.pen.background;
        self.cursor_row().erase(cols, background);
    }

    fn cursor_row(&mut self) -> &mut Row {
        let row = self.frame.cursor.row;
        self.frame.grid_mut().row_mut(row)
    }
}
