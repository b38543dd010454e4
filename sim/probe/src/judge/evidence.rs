//! What a screen tells of the state that it shows.

use std::sync::Arc;

use super::footprint::Footprint;
use crate::screen::{Cell, Picture};

/// A screen beside the states that it may show.
pub(super) struct Evidence<'p> {
    shown: &'p Picture,
    states: &'p [Picture],
    /// The rows that are not the same in all states; the others tell nothing.
    varying: Vec<usize>,
    /// For each row the cells that are foreign; nothing where the row as a whole is that of a state.
    foreign: Vec<Vec<Foreign>>,
    /// Whether the cursor is where it is in none of the states.
    cursor_is_foreign: bool,
}

/// What of a cell is as in none of the states.
#[derive(Clone, Copy)]
struct Foreign {
    text: bool,
    style: bool,
}

impl<'p> Evidence<'p> {
    pub(super) fn new(shown: &'p Picture, states: &'p [Picture]) -> Self {
        let rows = 0..shown.rows.len();
        let differs = |&row: &usize| {
            let mut pairs = states.windows(2);
            pairs.any(|pair| !Arc::ptr_eq(&pair[0].rows[row], &pair[1].rows[row]))
        };
        Evidence {
            shown,
            states,
            varying: rows.clone().filter(differs).collect(),
            foreign: rows.map(|row| foreign(shown, states, row)).collect(),
            cursor_is_foreign: states.iter().all(|state| state.cursor != shown.cursor),
        }
    }

    /// The first of the states that agrees with all that is not foreign.
    pub(super) fn earliest(&self) -> Option<usize> {
        self.states.iter().position(|state| self.agrees(state))
    }

    /// Whether a step is to be seen at all, be it that a later one has changed the same again.
    pub(super) fn shows_any_of(&self, footprint: &Footprint) -> bool {
        match footprint {
            Footprint::Text(cells) => cells.iter().any(|&at| !self.foreign(at).text),
            Footprint::Style(cells) => cells.iter().any(|&at| !self.foreign(at).style),
            Footprint::Cursor => !self.cursor_is_foreign,
            Footprint::Nothing => true,
        }
    }

    fn agrees(&self, state: &Picture) -> bool {
        (self.cursor_is_foreign || state.cursor == self.shown.cursor)
            && self.varying.iter().all(|&row| self.row_agrees(state, row))
    }

    fn row_agrees(&self, state: &Picture, row: usize) -> bool {
        let (expected, shown) = (&state.rows[row], &self.shown.rows[row]);
        expected == shown
            || (0..shown.len()).all(|column| {
                let foreign = self.foreign((row, column));
                let (expected, shown) = (&expected[column], &shown[column]);
                (foreign.text || expected.text == shown.text)
                    && (foreign.style || expected.style == shown.style)
            })
    }

    fn foreign(&self, (row, column): (usize, usize)) -> Foreign {
        let none = Foreign {
            text: false,
            style: false,
        };
        self.foreign[row].get(column).copied().unwrap_or(none)
    }
}

fn foreign(shown: &Picture, states: &[Picture], row: usize) -> Vec<Foreign> {
    let shown = &shown.rows[row];
    let mut rows: Vec<&Arc<[Cell]>> = states.iter().map(|state| &state.rows[row]).collect();
    rows.dedup_by(|a, b| Arc::ptr_eq(a, b));
    if rows.contains(&shown) {
        return Vec::new();
    }
    let foreign = |(column, cell): (usize, &Cell)| Foreign {
        text: rows.iter().all(|row| row[column].text != cell.text),
        style: rows.iter().all(|row| row[column].style != cell.style),
    };
    shown.iter().enumerate().map(foreign).collect()
}
