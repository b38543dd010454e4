//! A cell, or a place of the cursor, that is guessed before the server has shown it.

use std::time::Instant;

use super::epoch::Epoch;
use crate::terminal::{Cell, Framebuffer, Underline};

/// What the newest screen says of a prediction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The server hasn't shown the effect of the keystroke yet.
    Pending,
    /// As predicted, and it wasn't so before.
    Correct,
    /// As predicted, but that proves nothing.
    CorrectWithoutCredit,
    Incorrect,
}

/// When a prediction was made, and when it is to be judged.
#[derive(Debug, Clone, Copy)]
pub(super) struct Term {
    /// It is tentative, and so hidden, until a prediction of this epoch has been confirmed.
    pub(super) epoch: Epoch,
    /// The user's state that carries the keystroke: a screen that shows its effect is the judge.
    pub(super) frame: u64,
    pub(super) made: Instant,
}

/// What is to appear in a cell.
#[derive(Debug, Clone)]
pub(super) enum Content {
    Known(Cell),
    /// Something came in from beyond what can be seen.
    Unknown,
}

/// The prediction for one cell.
#[derive(Debug, Clone)]
pub(super) struct CellPrediction {
    pub(super) term: Term,
    pub(super) content: Content,
    /// What the cell had, or was predicted to have, before: seeing it again confirms nothing.
    pub(super) originals: Vec<Cell>,
    /// Whether this is the very cell that was typed into, not one that had to make room.
    pub(super) is_typed: bool,
    pub(super) was_shown: bool,
}

impl CellPrediction {
    pub(super) fn verdict(&self, actual: Option<&Cell>, echo_ack: u64) -> Verdict {
        let Some(actual) = actual else {
            return Verdict::Incorrect;
        };
        if echo_ack < self.term.frame {
            return Verdict::Pending;
        }
        match &self.content {
            Content::Unknown => Verdict::CorrectWithoutCredit,
            // A blank is too easily found where nothing has been confirmed.
            Content::Known(cell) if cell.is_blank() => Verdict::CorrectWithoutCredit,
            Content::Known(cell) if !cell.has_contents_of(actual) => Verdict::Incorrect,
            Content::Known(cell)
                if self
                    .originals
                    .iter()
                    .any(|original| original.has_contents_of(cell)) =>
            {
                Verdict::CorrectWithoutCredit
            }
            Content::Known(_) => Verdict::Correct,
        }
    }

    /// Shows the prediction, underlined if it is to be marked. Returns whether there was anything to show.
    pub(super) fn draw(
        &self,
        frame: &mut Framebuffer,
        row: usize,
        col: usize,
        marked: bool,
    ) -> bool {
        let is_last_column = col + 1 >= frame.size().width;
        let Some(actual) = frame.rows().get(row).and_then(|row| row.cells().get(col)) else {
            return false;
        };
        let mut cell = match &self.content {
            Content::Unknown if !marked || is_last_column => return false,
            Content::Unknown => actual.clone(),
            Content::Known(cell) => cell.clone(),
        };
        if marked && !(cell.is_blank() && actual.is_blank()) {
            cell.renditions_mut().underline = Underline::Single;
        }
        let changes = cell != *actual;
        if changes {
            frame.draw_cell(row, col, cell);
        }
        changes
    }
}

/// The prediction of where the cursor is.
#[derive(Debug, Clone, Copy)]
pub(super) struct CursorPrediction {
    pub(super) term: Term,
    pub(super) row: usize,
    pub(super) col: usize,
}

impl CursorPrediction {
    pub(super) fn verdict(&self, frame: &Framebuffer, echo_ack: u64) -> Verdict {
        let cursor = frame.cursor();
        if echo_ack < self.term.frame {
            Verdict::Pending
        } else if (cursor.row, cursor.col) == (self.row, self.col) {
            Verdict::Correct
        } else {
            Verdict::Incorrect
        }
    }
}
