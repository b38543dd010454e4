//! Frames survive the way to another terminal.

use proptest::prelude::*;
use ssp::terminal::display::{diff, repaint};
use ssp::terminal::{Capabilities, Framebuffer, Size, Terminal};

const SIZE: Size = Size {
    width: 9,
    height: 5,
};

/// Sequences that move, write, erase, scroll and switch: all that can make frames differ.
const STOCK_OUTPUT: &str = "(\
    [a-c ]{1,12}|漢|e\u{301}|[\r\n\t\u{8}\u{7}]|\
    \x1b\\[[1-6];[1-9]H|\x1b\\[[1-3]?[A-DG@LMPSTX]|\x1b\\[[0-2]?[JK]|\x1b\\[[1-3];[3-5]r|\x1b[DM78]|\
    \x1b\\[(0|1|3|4|7|22|24|27|31|3[89]|4[14]|49|38;5;[0-9]{1,2}|48;2;1;2;3)m|\
    \x1b\\[\\?(5|6|7|25|1000|1002|1004|1006|2004|1049)[hl]|\x1b\\[4[hl]|\
    \x1b\\]0;[a-c]\x07|\x1b\\]52;c;YQ==\x07\
)";

const FURTHER_OUTPUT: &str = "(\
    \x1b\\[(2|9|21|4:3|59|58:5:3|58:2::1:2:3)m|\x1b\\]8;;(http://[ab])?\x07|\x1b\\[[0-6] q|\
    \x1b\\]1;[ab]\x07|\x1b\\]52;[cp];(YQ==|Yg==)?\x07|-{7,9}\
)";

fn output(pieces: &str, further: &str) -> impl Strategy<Value = String> {
    let piece = |regex: &str| prop::string::string_regex(regex).unwrap();
    let piece = prop_oneof![4 => piece(pieces), 1 => piece(further)];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn any_output() -> impl Strategy<Value = String> {
    output(STOCK_OUTPUT, FURTHER_OUTPUT)
}

fn stock_output() -> impl Strategy<Value = String> {
    output(STOCK_OUTPUT, STOCK_OUTPUT)
}

/// What each piece of output makes a terminal show, after the blank screen.
fn frames(pieces: &[String]) -> Vec<Framebuffer> {
    let mut terminal = Terminal::new(SIZE);
    let mut frames = vec![terminal.framebuffer().clone()];
    for piece in pieces {
        terminal.write(piece.as_bytes());
        frames.push(terminal.framebuffer().clone());
    }
    frames
}

/// The text of each row, and whether it goes on in the next.
fn lines(frame: &Framebuffer) -> Vec<(String, bool)> {
    frame
        .rows()
        .iter()
        .map(|row| (row.text(), row.is_wrapped()))
        .collect()
}

fn assert_same_screen(reader: &Framebuffer, expected: &Framebuffer) -> Result<(), TestCaseError> {
    prop_assert_eq!(lines(reader), lines(expected));
    for (row, (reader, expected)) in reader.rows().iter().zip(expected.rows()).enumerate() {
        for (col, (reader, expected)) in reader.cells().iter().zip(expected.cells()).enumerate() {
            prop_assert_eq!(reader, expected, "in row {}, column {}", row, col);
        }
    }
    prop_assert_eq!(reader.cursor(), expected.cursor());
    Ok(())
}

/// Bells are rung once, however many there were.
fn assert_looks_like(reader: &Framebuffer, expected: &Framebuffer) -> Result<(), TestCaseError> {
    assert_same_screen(reader, expected)?;
    let nothing_left = diff(reader, expected, Capabilities::all());
    let bell: &[u8] = if reader.bells() == expected.bells() {
        b""
    } else {
        b"\x07"
    };
    prop_assert_eq!(
        String::from_utf8_lossy(&nothing_left),
        String::from_utf8_lossy(bell)
    );
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..Default::default() })]

    #[test]
    fn the_difference_of_two_frames_leads_from_one_to_the_other(
        pieces in prop::collection::vec(any_output(), 1..5)
    ) {
        let mut reader = Terminal::new(SIZE);
        let frames = frames(&pieces);
        for pair in frames.windows(2) {
            let bytes = diff(&pair[0], &pair[1], Capabilities::all());
            let answers = reader.write(&bytes);
            prop_assert!(answers.is_empty(), "a frame must not ask questions");
            assert_looks_like(reader.framebuffer(), &pair[1])
                .map_err(|error| TestCaseError::fail(format!("{error}\nafter {:?}", String::from_utf8_lossy(&bytes))))?;
        }
    }

    #[test]
    fn a_stock_reader_shows_the_same_screen(
        pieces in prop::collection::vec(stock_output(), 1..5)
    ) {
        let mut reader = Terminal::new(SIZE);
        let frames = frames(&pieces);
        for pair in frames.windows(2) {
            let bytes = diff(&pair[0], &pair[1], Capabilities::STOCK);
            reader.write(&bytes);
            assert_same_screen(reader.framebuffer(), &pair[1])
                .map_err(|error| TestCaseError::fail(format!("{error}\nafter {:?}", String::from_utf8_lossy(&bytes))))?;
        }
    }

    #[test]
    fn any_frame_can_follow_any_other_in_any_size(
        first in any_output(), second in any_output(), (width, height) in (1usize..12, 1usize..8)
    ) {
        let mut writer = Terminal::new(SIZE);
        writer.write(first.as_bytes());
        let before = writer.framebuffer().clone();
        let size = Size { width, height };
        writer.resize(size);
        writer.write(second.as_bytes());
        let after = writer.framebuffer();

        let mut reader = Terminal::new(SIZE);
        reader.write(&diff(&Framebuffer::new(SIZE), &before, Capabilities::all()));
        reader.resize(size);
        reader.write(&diff(&before, after, Capabilities::all()));
        assert_looks_like(reader.framebuffer(), after)?;
    }

    #[test]
    fn repainting_does_not_depend_on_what_was_there(before in stock_output(), after in stock_output()) {
        let mut reader = Terminal::new(SIZE);
        reader.write(&diff(&Framebuffer::new(SIZE), frames(&[before]).last().unwrap(), Capabilities::STOCK));
        let frames = frames(&[after]);
        reader.write(&repaint(frames.last().unwrap(), Capabilities::STOCK));
        assert_same_screen(reader.framebuffer(), frames.last().unwrap())?;
    }

    /// Each line arrives once, in order, though many come in one frame.
    #[test]
    fn lines_that_scroll_off_reach_the_reader(
        pieces in prop::collection::vec(scrolling_output(), 1..5)
    ) {
        let mut writer = Terminal::new(SIZE);
        let mut reader = Terminal::new(SIZE);
        writer.keep_scrollback();
        reader.keep_scrollback();
        for piece in pieces {
            let before = writer.framebuffer().clone();
            writer.write(piece.as_bytes());
            reader.write(&diff(&before, writer.framebuffer(), Capabilities::all()));
            assert_looks_like(reader.framebuffer(), writer.framebuffer())?;
            prop_assert_eq!(kept_lines(&reader), kept_lines(&writer));
        }
    }
}

fn kept_lines(terminal: &Terminal) -> Vec<(String, bool)> {
    let lines = terminal.framebuffer().scrollback().since(0);
    lines.map(|line| (line.text(), line.is_wrapped())).collect()
}

fn scrolling_output() -> impl Strategy<Value = String> {
    output(STOCK_OUTPUT, "([a-z]{1,30}\r\n){1,12}")
}

#[test]
fn a_flood_of_lines_is_cut_short() {
    let mut writer = Terminal::new(SIZE);
    let mut reader = Terminal::new(SIZE);
    writer.keep_scrollback();
    reader.keep_scrollback();
    let before = writer.framebuffer().clone();
    (0..100_000).for_each(|number| drop(writer.write(format!("{number}\r\n").as_bytes())));
    let bytes = diff(&before, writer.framebuffer(), Capabilities::all());
    assert!(bytes.len() < 4000, "{} bytes", bytes.len());
    reader.write(&bytes);
    assert_eq!(reader.framebuffer().text(), writer.framebuffer().text());
    let newest = |terminal: &Terminal| kept_lines(terminal).pop();
    assert_eq!(newest(&reader), newest(&writer));
}
