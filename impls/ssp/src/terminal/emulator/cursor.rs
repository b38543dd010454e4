//! Moving the cursor, saving and restoring it.

use super::Screen;
use super::charset::Charsets;
use crate::terminal::rendition::Renditions;

/// What DECSC keeps for DECRC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SavedCursor {
    row: usize,
    col: usize,
    pen: Renditions,
    autowrap: bool,
    origin: bool,
    charsets: Charsets,
}

impl Default for SavedCursor {
    fn default() -> Self {
        Self {
            row: 0,
            col: 0,
            pen: Renditions::default(),
            autowrap: true,
            origin: false,
            charsets: Charsets::default(),
        }
    }
}

impl Screen {
    /// Puts the cursor somewhere on the screen; coordinates beyond its edges mean the edge.
    pub(super) fn move_to(&mut self, row: usize, col: usize) {
        let size = self.size();
        let cursor = &mut self.frame.cursor;
        cursor.row = row.min(size.height - 1);
        cursor.col = col.min(size.width - 1);
        self.grapheme = (cursor.row, cursor.col);
        self.pending_wrap = false;
    }

    /// CUP: puts the cursor where a program says, counting from 0 and, in origin mode, within the margins.
    pub(super) fn address(&mut self, row: usize, col: usize) {
        let row = if self.origin {
            (self.margins.start + row).min(self.margins.end - 1)
        } else {
            row
        };
        self.move_to(row, col);
    }

    pub(super) fn home(&mut self) {
        self.address(0, 0);
    }

    pub(super) fn move_to_col(&mut self, col: usize) {
        self.move_to(self.frame.cursor.row, col);
    }

    /// VPA.
    pub(super) fn address_row(&mut self, row: usize) {
        self.address(row, self.frame.cursor.col);
    }

    /// CUU: up, but not out of the margins.
    pub(super) fn move_up(&mut self, count: usize) {
        let row = self.frame.cursor.row;
        let top = if row >= self.margins.start {
            self.margins.start
        } else {
            0
        };
        self.move_to(row.saturating_sub(count).max(top), self.frame.cursor.col);
    }

    /// CUD: down, but not out of the margins.
    pub(super) fn move_down(&mut self, count: usize) {
        let row = self.frame.cursor.row;
        let end = if row < self.margins.end {
            self.margins.end
        } else {
            self.size().height
        };
        self.move_to((row + count).min(end - 1), self.frame.cursor.col);
    }

    /// CUF.
    pub(super) fn move_right(&mut self, count: usize) {
        self.move_to_col(self.frame.cursor.col + count);
    }

    /// CUB.
    pub(super) fn move_left(&mut self, count: usize) {
        self.move_to_col(self.frame.cursor.col.saturating_sub(count));
    }

    /// IND: down one row, scrolling at the bottom margin.
    pub(super) fn index(&mut self) {
        let (row, col) = (self.frame.cursor.row, self.frame.cursor.col);
        if row + 1 == self.margins.end {
            self.keep_top_line();
            self.scroll_up(self.margins.clone(), 1);
            self.move_to(row, col);
        } else {
            self.move_to(row + 1, col);
        }
    }

    /// RI: up one row, scrolling at the top margin.
    pub(super) fn reverse_index(&mut self) {
        let (row, col) = (self.frame.cursor.row, self.frame.cursor.col);
        if row == self.margins.start {
            self.scroll_down(self.margins.clone(), 1);
            self.move_to(row, col);
        } else {
            self.move_to(row.saturating_sub(1), col);
        }
    }

    /// HT and CHT. They leave a pending wrap as it is.
    pub(super) fn tab_forward(&mut self, count: usize) {
        let mut stops = (self.frame.cursor.col + 1..self.tabs.len()).filter(|&col| self.tabs[col]);
        let col = stops.nth(count - 1).unwrap_or(self.tabs.len() - 1);
        self.frame.cursor.col = col;
        self.grapheme = (self.frame.cursor.row, col);
    }

    /// CBT.
    pub(super) fn tab_backward(&mut self, count: usize) {
        let mut stops = (0..self.frame.cursor.col)
            .rev()
            .filter(|&col| self.tabs[col]);
        let col = stops.nth(count - 1).unwrap_or(0);
        let pending_wrap = self.pending_wrap;
        self.move_to_col(col);
        self.pending_wrap = pending_wrap;
    }

    /// HTS.
    pub(super) fn set_tab(&mut self) {
        self.tabs[self.frame.cursor.col] = true;
    }

    /// TBC.
    pub(super) fn clear_tabs(&mut self, which: usize) {
        match which {
            0 => self.tabs[self.frame.cursor.col] = false,
            3 => self.tabs.fill(false),
            _ => {}
        }
    }

    /// DECSTBM, counting from 0; `end` is the row after the last. A region of less than two rows is refused.
    pub(super) fn set_margins(&mut self, start: usize, end: usize) {
        let end = end.min(self.size().height);
        if start + 1 < end || start == 0 && end == self.size().height {
            self.margins = start..end;
            self.home();
        }
    }

    /// DECSC.
    pub(super) fn save_cursor(&mut self) {
        let saved = SavedCursor {
            row: self.frame.cursor.row,
            col: self.frame.cursor.col,
            pen: self.frame.pen.clone(),
            autowrap: self.autowrap,
            origin: self.origin,
            charsets: self.charsets,
        };
        *self.saved() = saved;
    }

    /// DECRC.
    pub(super) fn restore_cursor(&mut self) {
        let saved = self.saved().clone();
        self.frame.pen = saved.pen;
        self.autowrap = saved.autowrap;
        self.origin = saved.origin;
        self.charsets = saved.charsets;
        self.move_to(saved.row, saved.col);
    }

    fn saved(&mut self) -> &mut SavedCursor {
        &mut self.saved[usize::from(self.frame.shows_alternate())]
    }
}
