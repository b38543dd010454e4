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

    /// The cells among those that get another text in which a screen shows some.
    pub(super) fn letters(&self, shown: &Picture) -> impl Iterator<Item = (usize, usize)> {
        let cells = match self {
            Footprint::Text(cells) => cells.as_slice(),
            _ => &[],
        };
        let is_letter = |&at: &(usize, usize)| shown.cell(at).text != ' ';
        cells.iter().copied().filter(is_letter)
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
