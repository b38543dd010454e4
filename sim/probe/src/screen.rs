//! The screen that everything is judged by: an independent terminal emulator (`alacritty_terminal`),
//! because a session under test must not be measured with its own idea of a terminal.

use std::fmt;
use std::sync::Arc;

use alacritty_terminal::Term;
use alacritty_terminal::event::VoidListener;
use alacritty_terminal::grid::Dimensions;
use alacritty_terminal::index::{Column, Line};
use alacritty_terminal::term::cell::{Cell as Drawn, Flags};
use alacritty_terminal::term::{Config, TermMode};
use alacritty_terminal::vte::ansi::{Color, NamedColor, Processor};
use serde::{Deserialize, Serialize};

/// The size of a terminal, in cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    /// Its width.
    pub columns: u16,
    /// Its height.
    pub rows: u16,
}

impl Default for Size {
    fn default() -> Self {
        Size {
            columns: 80,
            rows: 24,
        }
    }
}

impl Dimensions for Size {
    fn total_lines(&self) -> usize {
        self.screen_lines()
    }

    fn screen_lines(&self) -> usize {
        usize::from(self.rows)
    }

    fn columns(&self) -> usize {
        usize::from(self.columns)
    }
}

/// A terminal's screen, fed with what a program writes.
pub struct Screen {
    size: Size,
    terminal: Term<VoidListener>,
    parser: Processor,
}

impl Screen {
    /// A blank screen; a size of zero is taken as one.
    pub fn new(size: Size) -> Self {
        let size = Size {
            columns: size.columns.max(1),
            rows: size.rows.max(1),
        };
        let config = Config {
            scrolling_history: 0,
            ..Config::default()
        };
        Screen {
            size,
            terminal: Term::new(config, &size, VoidListener),
            parser: Processor::new(),
        }
    }

    /// Draws what a program wrote; escape sequences may be cut anywhere between two calls.
    pub fn feed(&mut self, output: &[u8]) {
        self.parser.advance(&mut self.terminal, output);
    }

    /// Whether cursor keys are to be sent as the program asked for in application mode (DECCKM).
    pub(crate) fn wants_application_keys(&self) -> bool {
        self.terminal.mode().contains(TermMode::APP_CURSOR)
    }

    /// What the screen shows now. Rows that show what they showed in `before` share its memory, also those that
    /// scrolled up by a line.
    pub fn picture(&self, before: Option<&Picture>) -> Picture {
        let rows = (0..self.size.screen_lines())
            .map(|row| {
                let cells = self.row(row);
                let known = before.and_then(|before| {
                    let places = [row, row + 1];
                    places
                        .iter()
                        .filter_map(|&place| before.rows.get(place))
                        .find(|known| ***known == *cells)
                });
                known.cloned().unwrap_or_else(|| cells.into())
            })
            .collect();
        let cursor = self.terminal.grid().cursor.point;
        Picture {
            rows,
            cursor: (cursor.line.0.max(0) as usize, cursor.column.0),
        }
    }

    fn row(&self, row: usize) -> Vec<Cell> {
        let drawn = &self.terminal.grid()[Line(row as i32)];
        (0..self.size.columns())
            .map(|column| Cell::from(&drawn[Column(column)]))
            .collect()
    }
}

/// What a screen shows at one moment. Cheap to keep by the thousand: rows are shared.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// Top to bottom, each as wide as the screen.
    pub rows: Vec<Arc<[Cell]>>,
    /// Row and column of the cursor, from zero.
    pub cursor: (usize, usize),
}

impl Picture {
    /// What is drawn in a row and column of it.
    ///
    /// # Panics
    /// When they are outside of it.
    pub fn cell(&self, (row, column): (usize, usize)) -> &Cell {
        &self.rows[row][column]
    }

    /// The text of every row, without the blanks at its end.
    pub fn lines(&self) -> Vec<String> {
        self.rows
            .iter()
            .map(|row| {
                let text: String = row.iter().map(|cell| cell.text).collect();
                text.trim_end().to_owned()
            })
            .collect()
    }
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Picture")
            .field("lines", &self.lines())
            .field("cursor", &self.cursor)
            .finish()
    }
}

/// One cell, as far as it is judged: what of it can be seen. Two ways to draw the same are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The character; a blank is a space.
    pub text: char,
    /// How it is drawn.
    pub style: Style,
}

/// How a cell is drawn. Underlining is left out: mosh underlines what it only predicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// The colour of the text, if there is text.
    foreground: Option<Color>,
    background: Color,
    emphasis: Flags,
}

impl Style {
    /// The colour behind the text.
    pub(crate) fn background(&self) -> Color {
        self.background
    }
}

impl From<&Drawn> for Cell {
    fn from(drawn: &Drawn) -> Self {
        let (fg, bg) = (plain(drawn.fg), plain(drawn.bg));
        let (foreground, background) = if drawn.flags.contains(Flags::INVERSE) {
            (bg, fg)
        } else {
            (fg, bg)
        };
        // The emulator keeps the tab itself in the cell where one began.
        let is_blank = matches!(drawn.c, ' ' | '\t') || drawn.flags.contains(Flags::HIDDEN);
        if is_blank {
            let style = Style {
                foreground: None,
                background,
                emphasis: Flags::empty(),
            };
            return Cell { text: ' ', style };
        }
        Cell {
            text: drawn.c,
            style: Style {
                foreground: Some(foreground),
                background,
                emphasis: drawn.flags & Flags::BOLD_ITALIC,
            },
        }
    }
}

/// The first sixteen of the 256 colours are those that have names.
fn plain(color: Color) -> Color {
    use NamedColor::*;
    const NAMED: [NamedColor; 16] = [
        Black,
        Red,
        Green,
        Yellow,
        Blue,
        Magenta,
        Cyan,
        White,
        BrightBlack,
        BrightRed,
        BrightGreen,
        BrightYellow,
        BrightBlue,
        BrightMagenta,
        BrightCyan,
        BrightWhite,
    ];
    match color {
        Color::Indexed(index) => NAMED
            .get(usize::from(index))
            .map_or(color, |&name| Color::Named(name)),
        _ => color,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(output: &str) -> Picture {
        let mut screen = Screen::new(Size {
            columns: 10,
            rows: 3,
        });
        screen.feed(output.as_bytes());
        screen.picture(None)
    }

    #[test]
    fn a_full_screen_scrolls() {
        assert_eq!(
            shown("one\r\ntwo\r\nthree\r\nfour").lines(),
            ["two", "three", "four"]
        );
    }

    #[test]
    fn a_sequence_cut_in_two_is_drawn_whole() {
        let mut screen = Screen::new(Size::default());
        screen.feed(b"a\x1b[1");
        screen.feed(b";5Hb");
        assert_eq!(screen.picture(None).lines()[0], "a   b");
    }

    #[test]
    fn an_underline_is_not_judged() {
        assert_eq!(shown("\x1b[4ma"), shown("a"));
        assert_ne!(shown("\x1b[7ma"), shown("a"));
    }

    #[test]
    fn a_tab_is_blank() {
        assert_eq!(shown("\tx"), shown("        x"));
    }

    #[test]
    fn a_blank_has_no_colour_but_the_one_behind_it() {
        assert_eq!(shown("\x1b[1;31m "), shown(" "));
        assert_ne!(shown("\x1b[41m "), shown(" "));
        assert_eq!(shown("\x1b[31;7m "), shown("\x1b[7;31m\x1b[1m "));
        assert_ne!(shown("\x1b[31;7m "), shown("\x1b[7m "));
        assert_eq!(shown("\x1b[8ma"), shown(" "));
    }

    #[test]
    fn a_colour_is_the_same_by_name_and_by_number() {
        assert_eq!(shown("\x1b[38;5;1ma"), shown("\x1b[31ma"));
        assert_eq!(shown("\x1b[48;5;11ma"), shown("\x1b[103ma"));
        assert_ne!(shown("\x1b[38;5;16ma"), shown("\x1b[30ma"));
    }

    #[test]
    fn a_scrolled_row_shares_its_memory() {
        let mut screen = Screen::new(Size::default());
        screen.feed(b"first\r\nsecond");
        let before = screen.picture(None);
        screen.feed(&b"\r\n".repeat(23));
        let after = screen.picture(Some(&before));
        assert!(Arc::ptr_eq(&before.rows[1], &after.rows[0]));
    }
}
