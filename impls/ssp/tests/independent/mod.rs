//! A terminal emulator that isn't ours (`alacritty_terminal`).

use alacritty_terminal::Term;
use alacritty_terminal::event::VoidListener;
use alacritty_terminal::grid::Dimensions;
use alacritty_terminal::index::{Column, Line};
use alacritty_terminal::term::Config;
use alacritty_terminal::term::cell::{Cell as TheirCell, Flags};
use alacritty_terminal::vte::ansi::{Color as TheirColor, NamedColor, Processor};
use ssp::terminal::{Attributes, Color, Size, Underline};

use crate::look::Look;

pub(crate) struct IndependentTerminal {
    size: Size,
    terminal: Term<VoidListener>,
    parser: Processor,
}

struct Columns(Size);

impl Dimensions for Columns {
    fn total_lines(&self) -> usize {
        self.0.height
    }

    fn screen_lines(&self) -> usize {
        self.0.height
    }

    fn columns(&self) -> usize {
        self.0.width
    }
}

impl IndependentTerminal {
    pub(crate) fn new(size: Size) -> Self {
        Self {
            size,
            terminal: Term::new(Config::default(), &Columns(size), VoidListener),
            parser: Processor::new(),
        }
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) {
        self.parser.advance(&mut self.terminal, bytes);
    }

    /// Row and column.
    pub(crate) fn cursor(&self) -> (usize, usize) {
        let point = self.terminal.grid().cursor.point;
        (point.line.0 as usize, point.column.0)
    }

    /// The text of the lines that have scrolled off the top, oldest first.
    pub(crate) fn history(&self) -> Vec<String> {
        let grid = self.terminal.grid();
        let line = |line: i32| -> String {
            let cells = (0..self.size.width).map(|col| their_look(&grid[Line(line)][Column(col)]));
            cells
                .map(|look| look.text)
                .collect::<String>()
                .trim_end_matches(' ')
                .into()
        };
        (-(grid.history_size() as i32)..0).map(line).collect()
    }

    pub(crate) fn look(&self) -> Vec<Vec<Look>> {
        let row = |line| {
            (0..self.size.width)
                .map(|col| their_look(&self.terminal.grid()[Line(line)][Column(col)]))
                .collect()
        };
        (0..self.size.height as i32).map(row).collect()
    }
}

fn their_look(cell: &TheirCell) -> Look {
    let mut text = String::new();
    if !cell.flags.contains(Flags::WIDE_CHAR_SPACER) {
        // Tabs are kept for copying.
        text.push(if cell.c == '\t' { ' ' } else { cell.c });
        text.extend(cell.zerowidth().unwrap_or_default());
    }
    let attributes = [
        (Flags::BOLD, Attributes::BOLD),
        (Flags::DIM, Attributes::FAINT),
        (Flags::ITALIC, Attributes::ITALIC),
        (Flags::INVERSE, Attributes::INVERSE),
        (Flags::HIDDEN, Attributes::INVISIBLE),
        (Flags::STRIKEOUT, Attributes::STRIKE),
    ];
    let underlines = [
        (Flags::UNDERLINE, Underline::Single),
        (Flags::DOUBLE_UNDERLINE, Underline::Double),
        (Flags::UNDERCURL, Underline::Curly),
        (Flags::DOTTED_UNDERLINE, Underline::Dotted),
        (Flags::DASHED_UNDERLINE, Underline::Dashed),
    ];
    let has = |flag: &Flags| cell.flags.contains(*flag);
    Look {
        text,
        foreground: their_color(cell.fg),
        background: their_color(cell.bg),
        attributes: attributes
            .iter()
            .filter(|(flag, _)| has(flag))
            .map(|(_, ours)| *ours)
            .collect(),
        underline: underlines
            .iter()
            .find(|(flag, _)| has(flag))
            .map_or(Underline::None, |(_, ours)| *ours),
    }
    .without_what_blanks_hide()
}

fn their_color(color: TheirColor) -> Color {
    match color {
        TheirColor::Named(NamedColor::Foreground | NamedColor::Background) => Color::Default,
        TheirColor::Named(named) => Color::Indexed(named as u8),
        TheirColor::Indexed(index) => Color::Indexed(index),
        TheirColor::Spec(rgb) => Color::Rgb(rgb.r, rgb.g, rgb.b),
    }
}
