//! Wrong guesses: text that a client which predicts shows before it is answered, and that no answer puts there.
//!
//! The paper counted them inside of its own client. From outside, and alike for every client, a guess is known to be
//! wrong by a cell that shows what it shows on none of the screens that may be on their way. It is charged to the key
//! that was typed last. A guess that is wrong only in where it puts the cursor is not counted.

use crate::screen::{Cell, Picture};

/// Screens before the one that the client has reached which it may still show: a client that withdraws a right guess,
/// because of a wrong one beside it, shows again what was before.
const WITHDRAWN: usize = 16;

/// The wrong guesses of one session.
#[derive(Debug, Default)]
pub(super) struct WrongGuesses {
    /// The cells (row, column) that are wrong now.
    standing: Vec<(usize, usize)>,
    /// The last key that a wrong guess was charged to.
    charged: usize,
    /// How many keys were charged.
    keys: u32,
}

impl WrongGuesses {
    /// Looks at a screen while the client has reached one of the expected screens, and `typed` keys have been typed.
    pub(super) fn see(
        &mut self,
        shown: &Picture,
        expected: &[Picture],
        reached: usize,
        typed: usize,
    ) {
        let earliest = reached.min(typed.saturating_sub(WITHDRAWN));
        let standing = unexplained(shown, &expected[earliest..=typed]);
        let is_new = standing.iter().any(|cell| !self.standing.contains(cell));
        if is_new && self.charged < typed {
            self.charged = typed;
            self.keys += 1;
        }
        self.standing = standing;
    }

    /// How many keys a wrong guess was charged to.
    pub(super) fn keys(&self) -> u32 {
        self.keys
    }
}

/// The cells whose text is on none of the screens.
fn unexplained(shown: &Picture, screens: &[Picture]) -> Vec<(usize, usize)> {
    let mut cells = Vec::new();
    for (row, shown) in shown.rows.iter().enumerate() {
        if screens
            .iter()
            .rev()
            .any(|screen| screen.rows[row] == *shown)
        {
            continue;
        }
        for (column, cell) in shown.iter().enumerate() {
            let at = || screens.iter().map(|screen| &screen.rows[row][column]);
            let is_text = at().any(|other| other.text == cell.text);
            if !is_text && at().any(|other| is_drawn_alike(other, cell)) {
                cells.push((row, column));
            }
        }
    }
    cells
}

/// Whether a cell may be a guess: those take the colours around them. A notice that a client lays over the screen has
/// its own.
fn is_drawn_alike(expected: &Cell, shown: &Cell) -> bool {
    expected.style.background() == shown.style.background()
}
