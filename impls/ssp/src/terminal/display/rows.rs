//! Bringing rows up to date, from top to bottom.

use std::ops::Range;
use std::sync::Arc;

use super::Capabilities;
use super::output::{Output, Position};
use crate::terminal::cell::Cell;
use crate::terminal::rendition::Color;
use crate::terminal::row::Row;

/// More unchanged characters than this are skipped with a movement; fewer are cheaper to write again.
const LONGEST_REWRITE: usize = 3;

/// Blanks from which on ECH and a movement behind them take fewer bytes than spaces.
const SHORTEST_ERASURE: usize = 9;

/// Blanks from which on EL takes no more bytes than spaces.
const SHORTEST_ERASURE_TO_THE_END: usize = 3;

/// Copies of a character from which on REP takes fewer bytes.
const SHORTEST_REPETITION: usize = 6;

/// Makes the reader's rows `old` look like `new`.
pub(super) fn draw(output: &mut Output<'_>, old: &[Arc<Row>], new: &[Arc<Row>]) {
    let blank_below = blank_below(old, new);
    let mut joined = false;
    for (index, (old_row, new_row)) in old.iter().zip(new).enumerate() {
        if joined || !Arc::ptr_eq(old_row, new_row) && old_row != new_row {
            let mut row = RowDrawing {
                output,
                old: old_row,
                new: new_row,
                index,
                joined,
                rejoin: index + 1 < new.len() && must_rejoin(old_row, new_row),
                blank_below: blank_below.filter(|below| below.start <= index + 1),
            };
            match row.draw() {
                Drawn::Row => joined = row.rejoin,
                Drawn::RestOfScreen => return,
            }
        }
    }
}

/// Rows to the end of the screen that are to be blank in one colour, if not all of them are already.
#[derive(Debug, Clone, Copy)]
struct BlankBelow {
    start: usize,
    background: Color,
}

fn blank_below(old: &[Arc<Row>], new: &[Arc<Row>]) -> Option<BlankBelow> {
    let background = new.last()?.cells().last()?.erased_background()?;
    let start = new.len()
        - new
            .iter()
            .rev()
            .take_while(|row| row.is_erased(background))
            .count();
    (old[start..] != new[start..]).then_some(BlankBelow { start, background })
}

/// Whether the last character must be written, and the first of the next row behind it, so that the
/// reader notes that both rows are one line of text. Writing into the last column makes it forget.
fn must_rejoin(old: &Row, new: &Row) -> bool {
    new.is_wrapped()
        && (!old.is_wrapped() || old.cells()[last_start(new)..] != new.cells()[last_start(new)..])
}

/// The column in which the last character begins.
fn last_start(row: &Row) -> usize {
    let last = row.cells().len() - 1;
    if row.cells()[last].columns() == 0 {
        last - 1
    } else {
        last
    }
}

/// What drawing a row has brought up to date.
#[derive(Debug, PartialEq, Eq)]
enum Drawn {
    Row,
    RestOfScreen,
}

struct RowDrawing<'a, 'b> {
    output: &'a mut Output<'b>,
    old: &'a Row,
    new: &'a Row,
    index: usize,
    /// Whether the cursor is behind the row above, so that the first character written here joins the two.
    joined: bool,
    /// Whether the next row is to be joined to this one.
    rejoin: bool,
    blank_below: Option<BlankBelow>,
}

impl RowDrawing<'_, '_> {
    fn draw(&mut self) -> Drawn {
        let mut col = 0;
        while let Some(next) = self.next_change(col) {
            match self.draw_at(next) {
                Some(behind) => col = behind,
                None => return Drawn::RestOfScreen,
            }
        }
        Drawn::Row
    }

    /// Draws something at `col` and returns the column behind it, unless that was the rest of the screen.
    fn draw_at(&mut self, col: usize) -> Option<usize> {
        if self.joined && col == 0 {
            return Some(self.put(0));
        }
        match self.new.cells()[col].erased_background() {
            Some(background) => self.draw_blanks(col, background),
            None => {
                self.reach(col);
                Some(self.put_repeated(col))
            }
        }
    }

    /// Draws blanks from `col` on in whichever way takes the fewest bytes. Returns like
    /// [`draw_at`](Self::draw_at).
    fn draw_blanks(&mut self, col: usize, background: Color) -> Option<usize> {
        let end = self.end_of_run(col, |cell| cell.erased_background() == Some(background));
        let changed = self.end_of_changes(col..end);
        let count = changed - col;
        let can = self.output.capabilities();
        let erases = background == Color::Default || can.contains(Capabilities::BACKGROUND_ERASE);
        // Erasing the last column would make the reader forget that the row wraps.
        let wraps = self.new.is_wrapped();
        if erases && end == self.width() && !wraps {
            if self
                .blank_below
                .is_some_and(|below| below.background == background)
            {
                self.erase(col, background, "\x1b[J");
                return None;
            }
            if count >= SHORTEST_ERASURE_TO_THE_END {
                self.erase(col, background, "\x1b[K");
                return Some(end);
            }
        }
        let within = changed < self.width() || !wraps;
        if erases
            && within
            && count >= SHORTEST_ERASURE
            && can.contains(Capabilities::ERASE_CHARACTERS)
        {
            self.erase(col, background, &format!("\x1b[{count}X"));
            return Some(changed);
        }
        self.reach(col);
        Some((col..changed).fold(col, |_, blank| self.put(blank)))
    }

    fn width(&self) -> usize {
        self.new.cells().len()
    }

    /// The first character from `col` on that the reader doesn't show yet.
    fn next_change(&self, col: usize) -> Option<usize> {
        let mut col = col;
        while let Some(cell) = self.new.cells().get(col) {
            if self.is_changed(col) {
                return Some(col);
            }
            col += cell.columns();
        }
        None
    }

    fn is_changed(&self, col: usize) -> bool {
        let columns = self.new.cells()[col].columns().max(1);
        let unwrapped = self.old.is_wrapped() && !self.new.is_wrapped();
        self.old.cells()[col..col + columns] != self.new.cells()[col..col + columns]
            || self.joined && col == 0
            || (self.rejoin || unwrapped) && col == last_start(self.new)
    }

    fn end_of_run(&self, start: usize, belongs: impl Fn(&Cell) -> bool) -> usize {
        start
            + self.new.cells()[start..]
                .iter()
                .take_while(|cell| belongs(cell))
                .count()
    }

    /// Where the changes in a range that begins with one end.
    fn end_of_changes(&self, cols: Range<usize>) -> usize {
        let unchanged = cols
            .clone()
            .rev()
            .take_while(|&col| !self.is_changed(col))
            .count();
        cols.end - unchanged
    }

    fn erase(&mut self, col: usize, background: Color, function: &str) {
        self.output.move_to(self.index, col);
        self.output.set_blank_pen(background);
        self.output.write(function);
    }

    /// Moves to `col`, over a few unchanged characters by writing them again.
    fn reach(&mut self, col: usize) {
        if let Position::At { row, col: from } = self.output.position()
            && row == self.index
            && from < col
            && col - from <= LONGEST_REWRITE
            && self.new.cells()[from..col]
                .iter()
                .all(|cell| self.is_cheap(cell))
        {
            (from..col).for_each(|col| {
                self.put(col);
            });
        }
        self.output.move_to(self.index, col);
    }

    /// Whether writing the cell takes one byte.
    fn is_cheap(&self, cell: &Cell) -> bool {
        cell.base().is_ascii()
            && cell.columns() == 1
            && cell.combining().is_empty()
            && cell.renditions() == self.output.pen()
    }

    /// Writes the character at `col` and as many copies of it as follow. Returns the column behind.
    fn put_repeated(&mut self, col: usize) -> usize {
        let cell = &self.new.cells()[col];
        let behind = self.put(col);
        let copies = self.end_of_run(col, |other| other == cell) - col - 1;
        // The last column stays free: it has rules of its own.
        let copies = copies.min((self.width() - 1).saturating_sub(behind));
        let repeatable = self.output.capabilities().contains(Capabilities::REPEAT);
        if repeatable
            && cell.columns() == 1
            && cell.combining().is_empty()
            && copies >= SHORTEST_REPETITION
        {
            self.output.format(format_args!("\x1b[{copies}b"));
            self.output.advance(copies);
            return behind + copies;
        }
        behind
    }

    fn put(&mut self, col: usize) -> usize {
        let cell = &self.new.cells()[col];
        self.output.put(cell);
        col + cell.columns()
    }
}
