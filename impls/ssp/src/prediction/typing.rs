//! What a key most likely does to the screen.

use std::time::Instant;

use super::cell::{CellPrediction, Content, CursorPrediction};
use super::{DisplayMode, Predictor, Progress};
use crate::terminal::parser::{Csi, Handler};
use crate::terminal::{Cell, Framebuffer, MouseReporting, Renditions, width};

/// What a key means to a program that edits a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    Printable(char),
    Backspace,
    CarriageReturn,
    Left,
    Right,
    /// What follows are three bytes that look like text but aren't.
    MouseReport,
    Unpredictable,
}

/// Collects the keys that the parser recognises.
#[derive(Default)]
struct Keys(Vec<Key>);

impl Handler for Keys {
    fn print(&mut self, ch: char) {
        self.0.push(match width::columns(ch) {
            Some(1) => Key::Printable(ch),
            _ => Key::Unpredictable,
        });
    }

    fn control(&mut self, code: u8) {
        self.0.push(match code {
            0x7f => Key::Backspace,
            b'\r' => Key::CarriageReturn,
            _ => Key::Unpredictable,
        });
    }

    fn escape(&mut self, _intermediates: &[u8], _last: char) {
        self.0.push(Key::Unpredictable);
    }

    fn csi(&mut self, sequence: &Csi) {
        let is_plain = sequence.intermediates().is_empty() && sequence.parameter(0, 0) == 0;
        self.0.push(match sequence.last() {
            'C' if is_plain => Key::Right,
            'D' if is_plain => Key::Left,
            'M' if is_plain => Key::MouseReport,
            _ => Key::Unpredictable,
        });
    }

    fn osc(&mut self, _command: &str) {}
}

impl Predictor {
    pub(super) fn handle_key(
        &mut self,
        byte: u8,
        screen: &Framebuffer,
        progress: Progress,
        now: Instant,
    ) {
        if self.policy.mode() == DisplayMode::Never {
            return;
        }
        if self.policy.mode() == DisplayMode::Experimental {
            self.epochs.trust();
        }
        self.handle_screen(screen, progress, now);
        if self.mouse_report_left > 0 {
            self.mouse_report_left -= 1;
            return;
        }
        // Arrow keys come in application mode: ESC O.
        let is_arrow = self.last_byte == 0x1b && byte == b'O';
        self.last_byte = byte;
        let mut keys = Keys::default();
        self.parser
            .advance(&[if is_arrow { b'[' } else { byte }], &mut keys);
        for key in keys.0 {
            self.predict(key, screen, now);
        }
    }

    fn predict(&mut self, key: Key, screen: &Framebuffer, now: Instant) {
        match key {
            Key::Printable(ch) => self.predict_character(ch, screen, now),
            Key::Backspace => self.predict_backspace(screen, now),
            Key::CarriageReturn => {
                self.become_tentative();
                self.predict_new_line(screen, now);
            }
            Key::Right => {
                let cursor = self.cursor(screen, now);
                if cursor.col + 1 < screen.size().width {
                    self.move_cursor(cursor.row, cursor.col + 1, now);
                }
            }
            Key::Left => {
                let cursor = self.cursor(screen, now);
                if cursor.col > 0 {
                    self.move_cursor(cursor.row, cursor.col - 1, now);
                }
            }
            Key::MouseReport => {
                self.become_tentative();
                if screen.modes().mouse_reporting != MouseReporting::None {
                    self.mouse_report_left = 3;
                }
            }
            Key::Unpredictable => self.become_tentative(),
        }
    }

    /// The character appears at the cursor, and what follows makes room for it.
    fn predict_character(&mut self, ch: char, screen: &Framebuffer, now: Instant) {
        let width = screen.size().width;
        let CursorPrediction { row, col, .. } = self.cursor(screen, now);
        if col + 1 >= width {
            // Programs differ about what happens in the last column.
            self.become_tentative();
        }
        if !self.overwrites {
            for target in (col + 1..width).rev() {
                let content = if target + 1 == width {
                    Content::Unknown
                } else {
                    self.content(row, target - 1, screen)
                };
                self.expect(row, target, content, screen, now);
            }
        }
        let renditions = self.renditions_left_of(row, col, screen);
        let typed = Content::Known(Cell::narrow(ch, renditions));
        self.expect(row, col, typed, screen, now);
        if let Some(cell) = self.cells.get_mut(&(row, col)) {
            cell.is_typed = true;
        }
        self.counters.predicted += 1;
        if col + 1 < width {
            self.move_cursor(row, col + 1, now);
        } else {
            self.become_tentative();
            self.predict_new_line(screen, now);
        }
    }

    /// The character before the cursor vanishes, and what follows closes up.
    fn predict_backspace(&mut self, screen: &Framebuffer, now: Instant) {
        let width = screen.size().width;
        let CursorPrediction { row, col, .. } = self.cursor(screen, now);
        if col == 0 {
            return;
        }
        let col = col - 1;
        self.move_cursor(row, col, now);
        if self.overwrites {
            self.expect(row, col, Content::Known(Cell::default()), screen, now);
            return;
        }
        for target in col..width {
            let content = if target + 2 < width {
                self.content(row, target + 1, screen)
            } else {
                Content::Unknown
            };
            self.expect(row, target, content, screen, now);
        }
    }

    fn predict_new_line(&mut self, screen: &Framebuffer, now: Instant) {
        let height = screen.size().height;
        let row = self.cursor(screen, now).row;
        if row + 1 < height {
            self.move_cursor(row + 1, 0, now);
            return;
        }
        // The screen scrolls, and its last row will be blank.
        self.move_cursor(row, 0, now);
        for col in 0..screen.size().width {
            self.expect(row, col, Content::Known(Cell::default()), screen, now);
        }
    }

    /// The newest prediction of the cursor; if there is none of this epoch, one that stays where
    /// the cursor is.
    fn cursor(&mut self, screen: &Framebuffer, now: Instant) -> CursorPrediction {
        let term = self.term(now);
        let newest = match self.cursors.last() {
            Some(newest) if newest.term.epoch == term.epoch => return *newest,
            Some(newest) => CursorPrediction { term, ..*newest },
            None => CursorPrediction {
                term,
                row: screen.cursor().row,
                col: screen.cursor().col,
            },
        };
        self.cursors.push(newest);
        newest
    }

    fn move_cursor(&mut self, row: usize, col: usize, now: Instant) {
        let term = self.term(now);
        if let Some(newest) = self.cursors.last_mut() {
            let epoch = newest.term.epoch;
            *newest = CursorPrediction {
                term: super::Term { epoch, ..term },
                row,
                col,
            };
        }
    }

    /// What a cell is going to have before this key takes effect.
    fn content(&self, row: usize, col: usize, screen: &Framebuffer) -> Content {
        if let Some(predicted) = self.cells.get(&(row, col)) {
            return predicted.content.clone();
        }
        match screen.cell(row, col) {
            // Half a character can't be moved.
            Some(cell) if cell.columns() == 1 => Content::Known(cell.clone()),
            _ => Content::Unknown,
        }
    }

    fn renditions_left_of(&self, row: usize, col: usize, screen: &Framebuffer) -> Renditions {
        let left = col.checked_sub(1);
        match left.map(|left| self.content(row, left, screen)) {
            Some(Content::Known(cell)) => cell.renditions().clone(),
            _ => Renditions::PLAIN,
        }
    }

    /// Predicts what a cell will have, remembering what it had.
    fn expect(
        &mut self,
        row: usize,
        col: usize,
        content: Content,
        screen: &Framebuffer,
        now: Instant,
    ) {
        let Some(actual) = screen.cell(row, col) else {
            return;
        };
        let term = self.term(now);
        let prediction = self
            .cells
            .entry((row, col))
            .or_insert_with(|| CellPrediction {
                term,
                content: Content::Unknown,
                originals: Vec::new(),
                is_typed: false,
                was_shown: false,
            });
        match std::mem::replace(&mut prediction.content, content) {
            Content::Known(before) => prediction.originals.push(before),
            Content::Unknown => prediction.originals.clear(),
        }
        prediction.originals.push(actual.clone());
        prediction.term = term;
        prediction.is_typed = false;
        prediction.was_shown = false;
    }
}
