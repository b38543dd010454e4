//! What one key changes on the screen.

use crate::screen::{Cell, Picture};

/// The part of the screen by which a key's effect is known.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Footprint {
    /// These cells (row, column) get another text.
    Text(Vec<(usize, usize)>),
    /// No text changes, but these cells are drawn in another style.
    Style(Vec<(usize, usize)>),
    /// No cell changes, but the cursor moves.
    Cursor,
    /// Nothing changes that can be seen.
    Nothing,
}

impl Footprint {
    /// The difference between the screens before and after a key.
    pub(super) fn between(before: &Picture, after: &Picture) -> Self {
        let text = differing(before, after, |a, b| a.text != b.text);
        if !text.is_empty() {
            return Footprint::Text(text);
        }
        let style = differing(before, after, |a, b| a.style != b.style);
        if !style.is_empty() {
            return Footprint::Style(style);
        }
        if before.cursor != after.cursor {
            Footprint::Cursor
        } else {
            Footprint::Nothing
        }
    }

    /// Whether two screens agree wherever this footprint falls.
    pub(super) fn same(&self, a: &Picture, b: &Picture) -> bool {
        let cell = |picture: &Picture, &(row, column): &(usize, usize)| picture.rows[row][column];
        match self {
            Footprint::Text(cells) => cells.iter().all(|at| cell(a, at).text == cell(b, at).text),
            Footprint::Style(cells) => cells.iter().all(|at| cell(a, at) == cell(b, at)),
            Footprint::Cursor => a.cursor == b.cursor,
            Footprint::Nothing => true,
        }
    }
}

fn differing(
    before: &Picture,
    after: &Picture,
    differ: impl Fn(&Cell, &Cell) -> bool,
) -> Vec<(usize, usize)> {
    let mut cells = Vec::new();
    for (row, (before, after)) in before.rows.iter().zip(&after.rows).enumerate() {
        for (column, (before, after)) in before.iter().zip(after.iter()).enumerate() {
            if differ(before, after) {
                cells.push((row, column));
            }
        }
    }
    cells
}

/// For every part of the screen, the last typed step that is to change it.
///
/// What no outstanding step changes says nothing about which of them are answered, so that a notice that a
/// client lays over the screen misleads nobody.
#[derive(Debug)]
pub(super) struct LastChange {
    text: Vec<Vec<usize>>,
    style: Vec<Vec<usize>>,
    rows: Vec<usize>,
    cursor: usize,
}

impl LastChange {
    pub(super) fn new(picture: &Picture) -> Self {
        let grid: Vec<Vec<usize>> = picture.rows.iter().map(|row| vec![0; row.len()]).collect();
        LastChange {
            text: grid.clone(),
            rows: vec![0; grid.len()],
            style: grid,
            cursor: 0,
        }
    }

    /// Step number `step` (from one) has been typed.
    pub(super) fn note(&mut self, step: usize, footprint: &Footprint) {
        let (grid, cells) = match footprint {
            Footprint::Text(cells) => (&mut self.text, cells),
            Footprint::Style(cells) => (&mut self.style, cells),
            Footprint::Cursor => {
                self.cursor = step;
                return;
            }
            Footprint::Nothing => return,
        };
        for &(row, column) in cells {
            grid[row][column] = step;
            self.rows[row] = step;
        }
    }

    /// Whether two screens agree in all that steps after `step` were to change.
    pub(super) fn same_since(&self, step: usize, a: &Picture, b: &Picture) -> bool {
        if self.cursor > step && a.cursor != b.cursor {
            return false;
        }
        (0..self.rows.len()).all(|row| self.rows[row] <= step || self.same_row(row, step, a, b))
    }

    fn same_row(&self, row: usize, step: usize, a: &Picture, b: &Picture) -> bool {
        let (a, b) = (&a.rows[row], &b.rows[row]);
        a == b
            || (0..a.len()).all(|column| {
                (self.text[row][column] <= step || a[column].text == b[column].text)
                    && (self.style[row][column] <= step || a[column] == b[column])
            })
    }
}
