//! What the client shows, as an emulator that is not ours reads it.

use alacritty_terminal::Term;
use alacritty_terminal::event::VoidListener;
use alacritty_terminal::grid::Dimensions;
use alacritty_terminal::index::{Column, Line};
use alacritty_terminal::term::Config;
use alacritty_terminal::term::cell::{Cell, Flags};
use alacritty_terminal::vte::ansi::Processor;

#[derive(Clone, Copy)]
struct Size {
    columns: usize,
    rows: usize,
}

impl Dimensions for Size {
    fn total_lines(&self) -> usize {
        self.rows
    }

    fn screen_lines(&self) -> usize {
        self.rows
    }

    fn columns(&self) -> usize {
        self.columns
    }
}

pub(crate) struct Screen {
    size: Size,
    terminal: Term<VoidListener>,
    parser: Processor,
}

impl Screen {
    pub(crate) fn new(columns: u16, rows: u16) -> Self {
        let size = Size {
            columns: columns.into(),
            rows: rows.into(),
        };
        Self {
            size,
            terminal: Term::new(Config::default(), &size, VoidListener),
            parser: Processor::new(),
        }
    }

    pub(crate) fn resize(&mut self, columns: u16, rows: u16) {
        self.size = Size {
            columns: columns.into(),
            rows: rows.into(),
        };
        self.terminal.resize(self.size);
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) {
        self.parser.advance(&mut self.terminal, bytes);
    }

    /// The text, a line a row, without trailing blanks.
    pub(crate) fn text(&self) -> String {
        (0..self.size.rows as i32)
            .map(|row| self.row(Line(row)) + "\n")
            .collect()
    }

    fn row(&self, line: Line) -> String {
        let cells =
            (0..self.size.columns).map(|column| &self.terminal.grid()[line][Column(column)]);
        cells
            .flat_map(characters)
            .collect::<String>()
            .trim_end()
            .to_owned()
    }
}

fn characters(cell: &Cell) -> Vec<char> {
    if cell.flags.contains(Flags::WIDE_CHAR_SPACER) {
        return Vec::new();
    }
    let combining = cell.zerowidth().unwrap_or_default();
    [&[cell.c], combining].concat()
}
