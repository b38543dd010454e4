//! What real programs wrote (`recordings/`, made by `recordings/record.py`) looks the same on our
//! terminal, on an independent one, and on one that is shown only the differences of frames.

mod independent;
mod look;
mod recordings;

use independent::IndependentTerminal;
use look::{Look, look};
use recordings::{SIZE, recordings};
use ssp::terminal::display::diff;
use ssp::terminal::{Capabilities, Framebuffer, Terminal};

/// Pieces in which a recording is written: programs draw over what they drew, so that the last
/// screen alone proves little.
const PIECES: usize = 16;

/// Not cut within characters, of which the independent emulator may lose one then.
fn pieces(recording: &[u8]) -> impl Iterator<Item = &[u8]> {
    let length = recording.len().div_ceil(PIECES);
    let mut rest = recording;
    std::iter::from_fn(move || {
        let continues = |&byte: &u8| byte & 0xc0 == 0x80;
        let least = length.min(rest.len());
        let end = least
            + rest[least..]
                .iter()
                .take_while(|byte| continues(byte))
                .count();
        let (piece, behind) = rest.split_at(end);
        rest = behind;
        (!piece.is_empty()).then_some(piece)
    })
}

/// Programs that write a full row and then erase to its end. Of what was written into the last
/// column, this erases everything on xterm, stock's emulator and ours, and nothing on the
/// independent one.
const ERASING_FULL_ROWS: [&str; 1] = ["top"];

#[track_caller]
fn assert_same_look(
    name: &str,
    piece: usize,
    ours: &Framebuffer,
    independent: &IndependentTerminal,
) {
    for (row, (ours, theirs)) in look(ours).into_iter().zip(independent.look()).enumerate() {
        let columns = if ERASING_FULL_ROWS.contains(&name) {
            SIZE.width - 1
        } else {
            SIZE.width
        };
        let text = |cells: &[Look]| -> String {
            cells[..columns]
                .iter()
                .map(|cell| cell.text.as_str())
                .collect()
        };
        assert_eq!(
            text(&ours),
            text(&theirs),
            "{name}, piece {piece}, row {row}"
        );
        for (col, (ours, theirs)) in ours.iter().zip(&theirs).take(columns).enumerate() {
            assert_eq!(
                ours, theirs,
                "{name}, piece {piece}, row {row}, column {col}"
            );
        }
    }
    let cursor = ours.cursor();
    assert_eq!(
        (cursor.row, cursor.col),
        independent.cursor(),
        "cursor of {name}, piece {piece}"
    );
}

#[test]
fn an_independent_emulator_shows_the_same() {
    let recordings = recordings();
    assert!(recordings.len() >= 20);
    for (name, recording) in recordings {
        let mut ours = Terminal::new(SIZE);
        let mut independent = IndependentTerminal::new(SIZE);
        for (piece, bytes) in pieces(&recording).enumerate() {
            ours.write(bytes);
            independent.write(bytes);
            assert_same_look(&name, piece, ours.framebuffer(), &independent);
        }
    }
}

#[test]
fn an_independent_terminal_can_be_led_from_frame_to_frame() {
    let live = Capabilities::all() - Capabilities::ATOMIC;
    for capabilities in [Capabilities::STOCK, Capabilities::all(), live] {
        for (name, recording) in recordings() {
            let mut ours = Terminal::new(SIZE);
            let mut independent = IndependentTerminal::new(SIZE);
            for (piece, bytes) in pieces(&recording).enumerate() {
                let before = ours.framebuffer().clone();
                ours.write(bytes);
                independent.write(&diff(&before, ours.framebuffer(), capabilities));
                assert_same_look(&name, piece, ours.framebuffer(), &independent);
            }
        }
    }
}

#[test]
fn lines_that_scroll_off_reach_an_independent_terminals_history() {
    for (name, recording) in recordings() {
        let mut ours = Terminal::new(SIZE);
        ours.keep_scrollback();
        let mut independent = IndependentTerminal::new(SIZE);
        let mut lines = Vec::new();
        for bytes in pieces(&recording) {
            let before = ours.framebuffer().clone();
            ours.write(bytes);
            let frame = ours.framebuffer();
            if frame.scrollback().erasures() != before.scrollback().erasures() {
                lines.clear();
            }
            let scrolled_off = frame.scrollback().since(before.scrollback().end());
            lines.extend(scrolled_off.map(|line| line.text()));
            independent.write(&diff(&before, frame, Capabilities::all()));
        }
        assert_eq!(lines, independent.history(), "{name}");
    }
}
