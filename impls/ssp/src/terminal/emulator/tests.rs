use super::*;
use crate::terminal::{Attributes, Color, MouseEncoding, MouseReporting, Underline};
use proptest::prelude::*;

const SIZE: Size = Size {
    width: 10,
    height: 4,
};

fn terminal(output: &str) -> Terminal {
    let mut terminal = Terminal::new(SIZE);
    terminal.write(output.as_bytes());
    terminal
}

/// The rows on show, without trailing blanks.
fn rows(output: &str) -> Vec<String> {
    terminal(output)
        .framebuffer()
        .rows()
        .iter()
        .map(|row| row.text())
        .collect()
}

fn cursor(output: &str) -> (usize, usize) {
    let cursor = terminal(output).framebuffer().cursor();
    (cursor.row, cursor.col)
}

fn answer(output: &str) -> String {
    String::from_utf8(Terminal::new(SIZE).write(output.as_bytes())).unwrap()
}

#[test]
fn text_wraps_only_when_the_next_character_comes() {
    assert_eq!(cursor("0123456789"), (0, 9));
    assert_eq!(rows("0123456789a"), ["0123456789", "a", "", ""]);
    assert!(terminal("0123456789a").framebuffer().rows()[0].is_wrapped());
    assert_eq!(rows("0123456789\x1b[31ma")[1], "a");
    assert_eq!(rows("0123456789\x1b[Ka"), ["012345678a", "", "", ""]);
    assert_eq!(rows("0123456789\rx\n")[0], "x123456789");
}

#[test]
fn without_autowrap_the_last_column_is_overwritten() {
    assert_eq!(rows("\x1b[?7l0123456789abc"), ["012345678c", "", "", ""]);
}

#[test]
fn a_wide_character_that_does_not_fit_wraps_without_joining_the_rows() {
    let terminal = terminal("012345678漢");
    let rows = terminal.framebuffer().rows();
    assert_eq!(
        (rows[0].text(), rows[1].text()),
        ("012345678".into(), "漢".into())
    );
    assert!(!rows[0].is_wrapped());
}

#[test]
fn combining_characters_join_the_character_before_or_the_cell_at_the_cursor() {
    assert_eq!(rows("e\u{301}x")[0], "e\u{301}x");
    assert_eq!(rows("漢\u{301}")[0], "漢\u{301}");
    assert_eq!(rows("012345678e\u{301}")[0], "012345678e\u{301}");
    assert_eq!(rows("ab\x1b[1;1H\u{301}")[0], "a\u{301}b");
    assert_eq!(rows("a \u{301}")[0], "a \u{301}");
    assert_eq!(rows("\u{301}b")[0], "\u{a0}\u{301}b");
}

#[test]
fn characters_unknown_to_glibc_are_dropped() {
    assert_eq!(rows("a\u{378}b")[0], "ab");
}

#[test]
fn lines_scroll_off_at_the_bottom() {
    assert_eq!(rows("1\r\n2\r\n3\r\n4\r\n5"), ["2", "3", "4", "5"]);
}

#[test]
fn only_the_margins_scroll() {
    assert_eq!(
        rows("1\r\n2\r\n3\r\n4\x1b[2;3r\x1b[3;1H\n5"),
        ["1", "3", "5", "4"]
    );
    assert_eq!(
        rows("1\r\n2\r\n3\r\n4\x1b[2;3r\x1b[2;1H\x1bM5"),
        ["1", "5", "2", "4"]
    );
    assert_eq!(
        rows("1\r\n2\r\n3\r\n4\x1b[2;3r\x1b[4;1H\n5"),
        ["1", "2", "3", "5"]
    );
    assert_eq!(rows("1\r\n2\r\n3\r\n4\x1b[2;3r\x1b[S"), ["1", "3", "", "4"]);
}

#[test]
fn origin_mode_counts_from_the_top_margin() {
    assert_eq!(cursor("\x1b[2;3r\x1b[?6h"), (1, 0));
    assert_eq!(cursor("\x1b[2;3r\x1b[?6h\x1b[9;9H"), (2, 8));
    assert_eq!(answer("\x1b[2;3r\x1b[?6h\x1b[2;4H\x1b[6n"), "\x1b[2;4R");
}

#[test]
fn the_cursor_stays_on_the_screen_and_within_the_margins() {
    assert_eq!(cursor("\x1b[99;99H"), (3, 9));
    assert_eq!(cursor("\x1b[99A\x1b[99D"), (0, 0));
    assert_eq!(cursor("\x1b[2;3r\x1b[3;1H\x1b[99A"), (1, 0));
    assert_eq!(cursor("\x1b[2;3r\x1b[2;1H\x1b[99B"), (2, 0));
}

#[test]
fn tabs_stop_where_they_were_set() {
    assert_eq!(cursor("\t"), (0, 8));
    assert_eq!(cursor("\t\t"), (0, 9));
    assert_eq!(cursor("\x1b[4G\x1bH\r\t"), (0, 3));
    assert_eq!(cursor("\x1b[3g\t"), (0, 9));
    assert_eq!(cursor("\x1b[10G\x1b[Z"), (0, 8));
}

#[test]
fn erasing_leaves_the_background() {
    let terminal = terminal("abcdef\x1b[44m\x1b[1;3H\x1b[K");
    let row = &terminal.framebuffer().rows()[0];
    assert_eq!(row.text(), "ab");
    assert_eq!(row.cells()[9].renditions().background, Color::Indexed(4));
}

#[test]
fn lines_and_characters_are_inserted_and_deleted() {
    assert_eq!(rows("1\r\n2\r\n3\x1b[2;3H\x1b[Lx"), ["1", "x", "2", "3"]);
    assert_eq!(rows("1\r\n2\r\n3\x1b[1;3H\x1b[Mx"), ["x", "3", "", ""]);
    assert_eq!(rows("abcdef\x1b[1;3H\x1b[2@")[0], "ab  cdef");
    assert_eq!(rows("abcdef\x1b[1;3H\x1b[2P")[0], "abef");
    assert_eq!(rows("abcdef\x1b[1;3H\x1b[2X")[0], "ab  ef");
    assert_eq!(rows("abcdef\x1b[1;3H\x1b[4hXY")[0], "abXYcdef");
}

#[test]
fn renditions_come_from_parameters_and_subparameters() {
    let terminal = terminal("\x1b[1;2;3;4:3;9;38;5;200;48;2;1;2;3;58:2::4:5:6m");
    let pen = &terminal.framebuffer().pen;
    assert_eq!(pen.foreground, Color::Indexed(200));
    assert_eq!(pen.background, Color::Rgb(1, 2, 3));
    assert_eq!(pen.underline_color, Color::Rgb(4, 5, 6));
    assert_eq!(pen.underline, Underline::Curly);
    let expected = Attributes::BOLD | Attributes::FAINT | Attributes::ITALIC | Attributes::STRIKE;
    assert_eq!(pen.attributes, expected);
}

#[test]
fn the_alternate_screen_leaves_the_main_one_as_it_was() {
    assert_eq!(rows("main\x1b[?1049hother"), ["    other", "", "", ""]);
    assert_eq!(
        rows("main\x1b[?1049h\x1b[Hother\x1b[?1049l!"),
        ["main!", "", "", ""]
    );
}

#[test]
fn line_drawing_becomes_unicode() {
    assert_eq!(rows("\x1b(0lqk\x1b(Bq")[0], "┌─┐q");
    assert_eq!(rows("\x1b)0\x0ex\x0fx")[0], "│x");
}

#[test]
fn the_last_character_can_be_repeated() {
    assert_eq!(rows("a-\x1b[4bb")[0], "a-----b");
}

#[test]
fn titles_are_kept_up_to_a_limit() {
    let terminal = terminal(&format!("\x1b]0;{}\x07\x1b]1;icon\x07", "é".repeat(1000)));
    let titles = terminal.framebuffer().titles().unwrap();
    assert_eq!(titles.window.chars().count(), 254);
    assert_eq!(&*titles.icon, "icon");
}

#[test]
fn the_clipboard_is_written_and_never_read() {
    let terminal = terminal("\x1b]52;cp;aGk=\x07\x1b]52;c;?\x07");
    let clipboards = &terminal.framebuffer().clipboards;
    let contents: Vec<_> = clipboards.iter().map(|(&to, what)| (to, &**what)).collect();
    assert_eq!(contents, [('c', "aGk="), ('p', "aGk=")]);
}

#[test]
fn links_belong_to_the_cells_they_were_written_into() {
    let terminal = terminal("\x1b]8;;http://a\x07x\x1b[my\x1b]8;;\x07z");
    let cells = terminal.framebuffer().rows()[0].cells();
    let links: Vec<_> = cells[..3]
        .iter()
        .map(|cell| cell.renditions().hyperlink.is_some())
        .collect();
    assert_eq!(links, [true, true, false]);
}

#[test]
fn the_number_of_links_is_bounded() {
    let mut terminal = Terminal::new(Size::clamped(200, 20));
    for link in 0..3000 {
        terminal.write(format!("\x1b]8;;http://{link}\x07x").as_bytes());
    }
    let cells = terminal
        .framebuffer()
        .rows()
        .iter()
        .flat_map(|row| row.cells());
    assert_eq!(
        cells
            .filter(|cell| cell.renditions().hyperlink.is_some())
            .count(),
        1024
    );
}

#[test]
fn modes_are_set_and_reset() {
    let on = terminal("\x1b[?1;5;1002;1004;1006;2004h\x1b[?25l\x1b[4 q");
    let modes = on.framebuffer().modes();
    assert!(modes.application_cursor_keys && modes.reverse_video);
    assert!(modes.focus_events && modes.bracketed_paste);
    assert_eq!(modes.mouse_reporting, MouseReporting::ButtonEvent);
    assert_eq!(modes.mouse_encoding, MouseEncoding::Sgr);
    assert!(!on.framebuffer().cursor().visible);
    assert_eq!(on.framebuffer().cursor().style, 4);
    let off = terminal("\x1b[?1002;1006h\x1b[?1002;1006l");
    assert_eq!(off.framebuffer().modes(), Default::default());
}

#[test]
fn questions_are_answered() {
    assert_eq!(answer("\x1b[c\x1b[>c"), "\x1b[?62c\x1b[>1;10;0c");
    assert_eq!(answer("\x1b[5n\x1b[2;3H\x1b[6n"), "\x1b[0n\x1b[2;3R");
    assert_eq!(
        answer("\x1b[?2026$p\x1b[?2026h\x1b[?2026$p"),
        "\x1b[?2026;2$y\x1b[?2026;1$y"
    );
    assert_eq!(answer("\x1b[?12345$p"), "\x1b[?12345;0$y");
}

#[test]
fn a_reset_forgets_everything_but_the_bells() {
    let terminal = terminal("\x1b[2;3r\x1b[31mtext\x07\x1b[?1049h\x1bc");
    assert_eq!(terminal.framebuffer().text().trim(), "");
    assert_eq!(terminal.framebuffer().bells(), 1);
    assert_eq!(terminal.framebuffer().pen, Default::default());
    assert!(!terminal.framebuffer().shows_alternate());
}

#[test]
fn shrinking_keeps_the_row_of_the_cursor() {
    let mut terminal = terminal("1\r\n2\r\n3\r\n4");
    terminal.resize(Size {
        width: 5,
        height: 2,
    });
    assert_eq!(terminal.framebuffer().text(), "3\n4\n");
    assert_eq!(terminal.framebuffer().cursor().row, 1);
}

#[test]
fn absurd_sizes_are_refused() {
    assert_eq!(
        Size::clamped(0, 0),
        Size {
            width: 1,
            height: 1
        }
    );
    let largest = Size::clamped(usize::MAX, usize::MAX);
    assert!(largest.width * largest.height <= Size::MAX_CELLS);
}

/// Output as hostile as can be: sequences with odd parameters between bytes of every kind.
fn hostile_output() -> impl Strategy<Value = Vec<u8>> {
    let sequence = "(\x1b\\[[?>!]?[0-9]{0,5}(;[0-9]{0,2}){0,2}[ $]?[@-~]|\x1b[ #()]?[0-~]|[a-e漢\u{300}\r\n\t\u{8}]{1,12})";
    let bytes = prop::collection::vec(any::<u8>(), 0..8);
    let piece = prop_oneof![
        8 => prop::string::string_regex(sequence).unwrap().prop_map(String::into_bytes),
        1 => bytes
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn nothing_written_to_a_terminal_makes_it_panic(
        output in hostile_output(),
        more in hostile_output(),
        (width, height) in (1usize..12, 1usize..6),
    ) {
        let mut terminal = Terminal::new(SIZE);
        terminal.write(&output);
        terminal.resize(Size { width, height });
        terminal.write(&more);
        let frame = terminal.framebuffer();
        prop_assert!(frame.cursor().row < height && frame.cursor().col < width);
        prop_assert_eq!(frame.rows().len(), height);
        for row in frame.rows() {
            prop_assert_eq!(row.cells().len(), width);
            let columns: usize = row.cells().iter().map(|cell| cell.columns()).sum();
            prop_assert_eq!(columns, width, "half a wide character in {:?}", row.text());
        }
        prop_assert!(!frame.rows()[height - 1].is_wrapped());
    }
}
