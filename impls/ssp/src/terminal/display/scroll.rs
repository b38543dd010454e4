//! Moving rows that are still of use, so that they need not be drawn again.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use super::output::Output;
use crate::terminal::grid::Grid;
use crate::terminal::rendition::Color;
use crate::terminal::row::Row;

/// Rows that a move must bring into place, less those that it spoils, to be worth its bytes.
const WORTHWHILE: usize = 2;

/// A block of rows that is to be seen elsewhere on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Move {
    from: usize,
    to: usize,
    height: usize,
}

/// Moves the rows of the reader's screen `old` that `new` has elsewhere.
pub(super) fn scroll(output: &mut Output<'_>, old: &mut Grid, new: &[Arc<Row>]) {
    move_rows(output, old, new, true);
}

/// The same without letting anything scroll off the top, where the reader might keep it.
pub(super) fn scroll_in_place(output: &mut Output<'_>, old: &mut Grid, new: &[Arc<Row>]) {
    move_rows(output, old, new, false);
}

fn move_rows(output: &mut Output<'_>, old: &mut Grid, new: &[Arc<Row>], off_the_top: bool) {
    let Some(best) = best_move(old.rows(), new, off_the_top) else {
        return;
    };
    let screen_height = new.len();
    // What scrolls in must be blank.
    output.set_blank_pen(Color::Default);
    if best.from > best.to {
        let count = best.from - best.to;
        let region = best.to..best.from + best.height;
        if region == (0..screen_height) {
            output.scroll_off(screen_height, count);
        } else {
            edit_lines(output, region.start, count, 'M');
            if region.end < screen_height {
                edit_lines(output, region.end - count, count, 'L');
            }
        }
        old.scroll_up(region, count, Color::Default);
    } else {
        let count = best.to - best.from;
        let region = best.from..best.to + best.height;
        if region.end < screen_height {
            edit_lines(output, region.end - count, count, 'M');
        }
        edit_lines(output, region.start, count, 'L');
        old.scroll_down(region, count, Color::Default);
    }
}

/// IL (L) or DL (M), which need no margins. Not every terminal puts the cursor into the first
/// column, so it goes there before.
fn edit_lines(output: &mut Output<'_>, row: usize, count: usize, function: char) {
    output.move_to(row, 0);
    match count {
        1 => output.format(format_args!("\x1b[{function}")),
        _ => output.format(format_args!("\x1b[{count}{function}")),
    }
}

fn best_move(old: &[Arc<Row>], new: &[Arc<Row>], off_the_top: bool) -> Option<Move> {
    let changed = old
        .iter()
        .zip(new)
        .filter(|(old, new)| !Arc::ptr_eq(old, new) && old != new);
    if changed.count() < WORTHWHILE {
        return None;
    }
    let (old, new) = number_rows(old, new);
    let (gain, best) = moves(&old, &new)
        .filter(|candidate| off_the_top || candidate.to > 0)
        .map(|candidate| (gain(candidate, &old, &new), candidate))
        .max_by_key(|(gain, _)| *gain)?;
    (gain >= WORTHWHILE as isize).then_some(best)
}

/// What tells rows apart. Most are shared between the two screens, and looking into those would take long.
#[derive(PartialEq, Eq, Hash)]
enum Identity<'a> {
    Shared(*const Row),
    Contents(&'a Row),
}

/// Rows of two screens by number: equal ones have the same, blank ones none.
fn number_rows(old: &[Arc<Row>], new: &[Arc<Row>]) -> (Vec<Option<usize>>, Vec<Option<usize>>) {
    let addresses: HashSet<*const Row> = new.iter().map(Arc::as_ptr).collect();
    let shared: HashSet<*const Row> = old
        .iter()
        .map(Arc::as_ptr)
        .filter(|address| addresses.contains(address))
        .collect();
    let mut numbers = HashMap::new();
    let mut number = |row| -> Option<usize> {
        let next = numbers.len();
        let identity = if shared.contains(&Arc::as_ptr(row)) {
            Identity::Shared(Arc::as_ptr(row))
        } else {
            Identity::Contents(row)
        };
        (!row.is_erased(Color::Default)).then(|| *numbers.entry(identity).or_insert(next))
    };
    let old = old.iter().map(&mut number).collect();
    (old, new.iter().map(&mut number).collect())
}

/// For each distance in either direction the largest block of rows that is to move by it.
fn moves(old: &[Option<usize>], new: &[Option<usize>]) -> impl Iterator<Item = Move> {
    let height = new.len();
    (1..height).flat_map(move |distance| {
        let up = longest_run(&old[distance..], &new[..height - distance]);
        let down = longest_run(&old[..height - distance], &new[distance..]);
        [
            Move {
                from: up.start + distance,
                to: up.start,
                height: up.len(),
            },
            Move {
                from: down.start,
                to: down.start + distance,
                height: down.len(),
            },
        ]
    })
}

fn longest_run(old: &[Option<usize>], new: &[Option<usize>]) -> Range<usize> {
    let mut longest = 0..0;
    let mut start = 0;
    for (index, (old, new)) in old.iter().zip(new).enumerate() {
        if old != new {
            start = index + 1;
        } else if index + 1 - start > longest.len() {
            longest = start..index + 1;
        }
    }
    longest
}

/// Rows that a move brings into place, less those that were in place and get lost.
fn gain(candidate: Move, old: &[Option<usize>], new: &[Option<usize>]) -> isize {
    let Move { from, to, height } = candidate;
    let moved = to..to + height;
    let gained = moved
        .clone()
        .filter(|&row| new[row].is_some() && old[row] != new[row])
        .count();
    let region = from.min(to)..from.max(to) + height;
    let lost = region
        .filter(|row| !moved.contains(row) && new[*row].is_some() && old[*row] == new[*row])
        .count();
    gained as isize - lost as isize
}
