//! Comparing predictions with what the server shows.

use std::time::Instant;

use super::cell::{Content, CursorPrediction, Verdict};
use super::epoch::Epoch;
use super::{DisplayMode, Predictor};
use crate::terminal::{Framebuffer, Renditions};

impl Predictor {
    pub(super) fn judge(&mut self, screen: &Framebuffer, now: Instant) {
        if self.judge_cells(screen, now) {
            self.judge_cursors(screen);
        }
    }

    /// Returns whether any prediction can still hold.
    fn judge_cells(&mut self, screen: &Framebuffer, now: Instant) -> bool {
        let places: Vec<_> = self.cells.keys().copied().collect();
        for (row, col) in places {
            // An earlier verdict may have dropped it.
            let Some(cell) = self.cells.get(&(row, col)) else {
                continue;
            };
            let actual = screen.cell(row, col);
            let age = now.saturating_duration_since(cell.term.made);
            match cell.verdict(actual, self.progress.echoed) {
                Verdict::Pending => self.policy.handle_outstanding(age),
                Verdict::Correct => {
                    self.epochs.confirm(cell.term.epoch);
                    self.policy.handle_confirmation(age, now);
                    if let Some(actual) = actual {
                        self.adopt_renditions(row, col, actual.renditions());
                    }
                    self.cells.remove(&(row, col));
                }
                Verdict::CorrectWithoutCredit => {
                    self.cells.remove(&(row, col));
                }
                Verdict::Incorrect => {
                    if !self.refute_cell(row, col, screen, now) {
                        return false;
                    }
                }
            }
        }
        true
    }

    /// Drops what a wrong guess discredits. Returns whether anything may be left.
    fn refute_cell(&mut self, row: usize, col: usize, screen: &Framebuffer, now: Instant) -> bool {
        let Some(cell) = self.cells.remove(&(row, col)) else {
            return true;
        };
        let epoch = cell.term.epoch;
        let is_tentative = self.epochs.is_tentative(epoch);
        if cell.was_shown && !is_tentative {
            self.counters.wrong += 1;
        }
        if self.policy.mode() == DisplayMode::Experimental {
            return true;
        }
        if is_tentative {
            self.refute_epoch(epoch, screen, now);
        } else {
            self.reset();
        }
        is_tentative
    }

    /// Drops an epoch, and what came after it, that nobody has seen.
    fn refute_epoch(&mut self, epoch: Epoch, screen: &Framebuffer, now: Instant) {
        self.cursors.retain(|cursor| cursor.term.epoch < epoch);
        let cursor = screen.cursor();
        self.cursors.push(CursorPrediction {
            term: self.term(now),
            row: cursor.row,
            col: cursor.col,
        });
        self.cells.retain(|_, cell| cell.term.epoch < epoch);
        self.become_tentative();
    }

    /// What was typed right after a confirmed character most likely looks the same.
    fn adopt_renditions(&mut self, row: usize, col: usize, actual: &Renditions) {
        for (_, cell) in self.cells.range_mut((row, col)..(row + 1, 0)) {
            if let Content::Known(predicted) = &mut cell.content {
                *predicted.renditions_mut() = actual.clone();
            }
        }
    }

    fn judge_cursors(&mut self, screen: &Framebuffer) {
        let echoed = self.progress.echoed;
        let newest = self
            .cursors
            .last()
            .map(|cursor| cursor.verdict(screen, echoed));
        if newest == Some(Verdict::Incorrect) {
            if self.policy.mode() == DisplayMode::Experimental {
                self.cursors.clear();
            } else {
                self.reset();
            }
        }
        self.cursors
            .retain(|cursor| cursor.verdict(screen, echoed) == Verdict::Pending);
    }
}
