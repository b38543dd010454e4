//! Putting characters on the screen.

use super::Screen;
use crate::terminal::cell::Cell;
use crate::terminal::width;

impl Screen {
    /// Prints ASCII as far as a row goes in one piece.
    pub(super) fn print_run(&mut self, mut run: &[u8]) {
        let pen = self.frame.pen.clone();
        while let Some(&last) = run.last() {
            self.wrap_if_pending();
            let (row, col) = (self.frame.cursor.row, self.frame.cursor.col);
            let (fitting, rest) = run.split_at(run.len().min(self.size().width - col));
            let cells = fitting
                .iter()
                .map(|&byte| Cell::narrow(byte.into(), pen.clone()));
            self.frame.grid_mut().row_mut(row).overwrite(col, cells);
            self.finish_printing(col + fitting.len() - 1, 1);
            self.last_printed = Some(last.into());
            run = rest;
        }
    }

    pub(super) fn print_char(&mut self, ch: char) {
        match width::columns(ch) {
            None => {}
            Some(0) => self.combine(ch),
            Some(columns) if columns > self.size().width => {}
            Some(columns) => {
                self.wrap_if_pending();
                self.make_room(columns);
                self.print_fitting(ch, columns);
                self.last_printed = Some(ch);
            }
        }
    }

    /// REP: prints the last character again, up to a row full: a few bytes mustn't ask for much work.
    pub(super) fn repeat(&mut self, count: usize) {
        if let Some(ch) = self.last_printed {
            (0..count.min(self.size().width)).for_each(|_| self.print_char(ch));
        }
    }

    fn print_fitting(&mut self, ch: char, columns: usize) {
        let (row, col) = (self.frame.cursor.row, self.frame.cursor.col);
        let pen = self.frame.pen.clone();
        let background = pen.background;
        let row = self.frame.grid_mut().row_mut(row);
        if self.insert {
            row.insert_blanks(col, columns, background);
        }
        match columns {
            1 => row.overwrite(col, [Cell::narrow(ch, pen)].into_iter()),
            _ => row.overwrite(col, Cell::wide(ch, pen).into_iter()),
        }
        self.finish_printing(col, columns);
    }

    /// Moves the cursor behind a character at `col`, or leaves it on the last column.
    fn finish_printing(&mut self, col: usize, columns: usize) {
        let next = col + columns;
        let width = self.size().width;
        self.grapheme = (self.frame.cursor.row, col);
        self.pending_wrap = next >= width;
        self.frame.cursor.col = next.min(width - 1);
    }

    fn wrap_if_pending(&mut self) {
        if self.pending_wrap && self.autowrap {
            self.wrap(true);
        }
    }

    /// A wide character that doesn't fit in the last column goes into the next row, or without
    /// autowrap as far right as it can.
    fn make_room(&mut self, columns: usize) {
        let (row, col) = (self.frame.cursor.row, self.frame.cursor.col);
        let width = self.size().width;
        if col + columns > width {
            if self.autowrap {
                let background = self.frame.pen.background;
                self.frame
                    .grid_mut()
                    .row_mut(row)
                    .erase(col..width, background);
                self.wrap(false);
            } else {
                self.frame.cursor.col = width - columns;
            }
        }
    }

    /// Goes on in the next row. `joined` says whether the two rows are one line of text.
    fn wrap(&mut self, joined: bool) {
        let row = self.frame.cursor.row;
        // In the last row and outside the margins, what follows overwrites the row itself.
        let moves_on = row + 1 == self.margins.end || row + 1 < self.size().height;
        if joined && moves_on {
            self.frame.grid_mut().row_mut(row).set_wrapped(true);
        }
        self.index();
        self.frame.cursor.col = 0;
        self.pending_wrap = false;
    }

    /// Joins `ch` to the last character or to the one that the cursor was put on. Where there is
    /// none, it gets a blank of its own.
    fn combine(&mut self, ch: char) {
        let cursor = (self.frame.cursor.row, self.frame.cursor.col);
        let is_behind_character = self.grapheme != cursor || self.pending_wrap;
        let at_cursor = self.frame.cell(cursor.0, cursor.1);
        if !is_behind_character && at_cursor.is_some_and(Cell::is_blank) {
            self.print_char(NO_BREAK_SPACE);
        }
        let (row, col) = self.grapheme;
        let row = self.frame.grid_mut().row_mut(row);
        // The cursor may have been put on the right half of a wide character.
        let is_right_half = row.cells()[col].columns() == 0;
        if let Some(cell) = row.cell_mut(col - usize::from(is_right_half)) {
            cell.combine(ch);
        }
    }
}

/// What Unicode recommends to show a combining character with nothing to combine with (§2.11).
const NO_BREAK_SPACE: char = '\u{a0}';
