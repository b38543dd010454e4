//! Performs what the parser recognises: every function of stock's terminal (specification §2.2) and
//! those that it lacks.

mod charset;
mod control;
mod cursor;
mod edit;
mod links;
mod modes;
mod osc;
mod print;
mod report;
mod sgr;

use std::ops::Range;

use self::charset::Charsets;
use self::cursor::SavedCursor;
use self::links::Links;
use super::framebuffer::Framebuffer;
use super::grid::Size;
use super::parser::{Csi, Handler, Parser};

/// A terminal emulator: bytes in, screen and answers out.
#[derive(Debug, Clone)]
pub struct Terminal {
    parser: Parser,
    screen: Screen,
}

impl Terminal {
    /// A terminal that has just been switched on.
    pub fn new(size: Size) -> Self {
        Self {
            parser: Parser::default(),
            screen: Screen::new(size),
        }
    }

    /// Takes what a program writes; any bytes, cut anywhere. Returns what the terminal answers, as
    /// if it had been typed.
    pub fn write(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.parser.advance(bytes, &mut self.screen);
        std::mem::take(&mut self.screen.answers)
    }

    /// Gives the screen another size. Programs redraw themselves; text isn't reflowed.
    pub fn resize(&mut self, size: Size) {
        self.screen.resize(size);
    }

    /// Begins to keep the lines that scroll off the top of the main screen.
    pub fn keep_scrollback(&mut self) {
        self.frames_mut().for_each(|frame| frame.scrollback.keep());
    }

    /// Drops kept lines with numbers below `end`.
    pub fn forget_scrollback_before(&mut self, end: u64) {
        self.frames_mut()
            .for_each(|frame| frame.scrollback.forget_before(end));
    }

    /// What is on show: during a synchronized update, what was when it began.
    pub fn framebuffer(&self) -> &Framebuffer {
        self.screen.held.as_deref().unwrap_or(&self.screen.frame)
    }

    /// Whether the program has asked for its half-finished drawing not to be shown (DECSET 2026).
    pub fn is_in_synchronized_update(&self) -> bool {
        self.screen.held.is_some()
    }

    /// Shows what there is of a synchronized update. Programs may forget to end one.
    pub fn end_synchronized_update(&mut self) {
        self.screen.held = None;
    }

    fn frames_mut(&mut self) -> impl Iterator<Item = &mut Framebuffer> {
        let held = self.screen.held.as_deref_mut();
        [&mut self.screen.frame].into_iter().chain(held)
    }
}

/// The framebuffer, and what determines how it changes next but isn't seen.
#[derive(Debug, Clone)]
struct Screen {
    frame: Framebuffer,
    /// The rows that scroll (DECSTBM).
    margins: Range<usize>,
    /// Where the tabulator stops: one for each column.
    tabs: Vec<bool>,
    /// One for either screen.
    saved: [SavedCursor; 2],
    insert: bool,
    autowrap: bool,
    /// Whether rows are counted from the top margin (DECOM).
    origin: bool,
    charsets: Charsets,
    /// A character went into the last column: the next one wraps first.
    pending_wrap: bool,
    /// The row and column of the cell that a combining character joins.
    grapheme: (usize, usize),
    last_printed: Option<char>,
    links: Links,
    /// What is shown instead during a synchronized update.
    held: Option<Box<Framebuffer>>,
    answers: Vec<u8>,
}

impl Screen {
    fn new(size: Size) -> Self {
        Self {
            frame: Framebuffer::new(size),
            margins: 0..size.height,
            tabs: (0..size.width).map(is_default_tab).collect(),
            saved: Default::default(),
            insert: false,
            autowrap: true,
            origin: false,
            charsets: Charsets::default(),
            pending_wrap: false,
            grapheme: (0, 0),
            last_printed: None,
            links: Links::default(),
            held: None,
            answers: Vec::new(),
        }
    }

    fn size(&self) -> Size {
        self.frame.size()
    }

    fn resize(&mut self, size: Size) {
        self.held = None;
        // The program's latest lines matter most: what doesn't fit leaves at the top.
        let excess = (self.frame.cursor.row + 1).saturating_sub(size.height);
        if excess > 0 {
            let all = 0..self.size().height;
            self.scroll_up(all, excess);
            self.frame.cursor.row -= excess;
        }
        self.frame.resize(size);
        self.margins = 0..size.height;
        self.tabs = (0..size.width)
            .map(|col| self.tabs.get(col).copied().unwrap_or(is_default_tab(col)))
            .collect();
        self.move_to(self.frame.cursor.row, self.frame.cursor.col);
    }
}

fn is_default_tab(col: usize) -> bool {
    col > 0 && col.is_multiple_of(8)
}

impl Handler for Screen {
    fn print(&mut self, ch: char) {
        self.print_char(self.charsets.map(ch));
    }

    fn print_ascii(&mut self, run: &[u8]) {
        if self.insert || self.charsets.are_drawing() {
            run.iter().for_each(|&byte| self.print(byte.into()));
        } else {
            self.print_run(run);
        }
    }

    fn control(&mut self, code: u8) {
        self.perform_control(code);
    }

    fn escape(&mut self, intermediates: &[u8], last: char) {
        self.perform_escape(intermediates, last);
    }

    fn csi(&mut self, sequence: &Csi) {
        self.perform_csi(sequence);
    }

    fn osc(&mut self, command: &str) {
        self.perform_osc(command);
    }
}

#[cfg(test)]
mod tests;
