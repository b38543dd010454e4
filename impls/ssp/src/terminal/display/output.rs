//! What has been written so far, and where it leaves the terminal that reads it.

use std::fmt::Arguments;
use std::io::Write;

use super::sgr;
use super::{CLEAR, Capabilities};
use crate::terminal::cell::Cell;
use crate::terminal::framebuffer::Framebuffer;
use crate::terminal::rendition::{Color, Renditions};

/// The bytes of a frame under construction.
pub(super) struct Output<'a> {
    bytes: &'a mut Vec<u8>,
    capabilities: Capabilities,
    width: usize,
    position: Position,
    pen: Renditions,
    cursor_visible: bool,
}

/// What is known of the reader's cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Position {
    Unknown,
    At {
        row: usize,
        col: usize,
    },
    /// In the last column, where terminals disagree about anything but CR, an absolute position or
    /// the next character.
    InLastColumn {
        row: usize,
    },
}

impl<'a> Output<'a> {
    /// A frame for a terminal that shows `from`.
    pub(super) fn new(
        bytes: &'a mut Vec<u8>,
        from: &Framebuffer,
        capabilities: Capabilities,
    ) -> Self {
        Self {
            bytes,
            capabilities,
            width: from.size().width,
            position: resting_position(from),
            pen: from.pen.clone(),
            cursor_visible: from.cursor.visible,
        }
    }

    pub(super) fn capabilities(&self) -> Capabilities {
        self.capabilities
    }

    pub(super) fn position(&self) -> Position {
        self.position
    }

    pub(super) fn pen(&self) -> &Renditions {
        &self.pen
    }

    pub(super) fn write(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
    }

    pub(super) fn format(&mut self, text: Arguments<'_>) {
        // A vector takes everything.
        let _ = self.bytes.write_fmt(text);
    }

    /// DECSET or DECRST.
    pub(super) fn set_mode(&mut self, mode: u16, on: bool) {
        let last = if on { 'h' } else { 'l' };
        self.format(format_args!("\x1b[?{mode}{last}"));
    }

    pub(super) fn show_cursor(&mut self, visible: bool) {
        if visible != self.cursor_visible {
            self.cursor_visible = visible;
            self.set_mode(25, visible);
        }
    }

    /// Erases the whole screen of a reader that has been resized.
    pub(super) fn clear(&mut self, width: usize) {
        self.set_pen(&Renditions::PLAIN);
        self.bytes.extend_from_slice(CLEAR);
        self.width = width;
        self.arrive(0, 0);
    }

    pub(super) fn enter_alternate(&mut self) {
        // The emptied screen takes the background, and leaving brings this pen back.
        self.set_pen(&Renditions::PLAIN);
        self.set_mode(1049, true);
    }

    pub(super) fn leave_alternate(&mut self) {
        self.set_pen(&Renditions::PLAIN);
        self.set_mode(1049, false);
        self.position = Position::Unknown;
    }

    pub(super) fn set_pen(&mut self, pen: &Renditions) {
        if *pen != self.pen {
            sgr::change(self.bytes, &self.pen, pen, self.capabilities);
            self.pen = pen.clone();
        }
    }

    /// Chooses a pen that makes blanks with this background: the current one if it will do.
    pub(super) fn set_blank_pen(&mut self, background: Color) {
        if self.pen.background != background || !self.pen.are_plain_on_blank() {
            self.set_pen(&Renditions::erased(background));
        }
    }

    /// Writes a character at the cursor, which must be where it belongs.
    pub(super) fn put(&mut self, cell: &Cell) {
        match cell.erased_background() {
            Some(background) => self.set_blank_pen(background),
            None => self.set_pen(cell.renditions()),
        }
        let mut utf8 = [0; 4];
        self.write(cell.base().encode_utf8(&mut utf8));
        self.write(cell.combining());
        self.advance(cell.columns());
    }

    /// Notes that `columns` have been written, after a wrap if one was due.
    pub(super) fn advance(&mut self, columns: usize) {
        match self.position {
            Position::At { row, col } => self.arrive(row, col + columns),
            Position::InLastColumn { row } => self.arrive(row + 1, columns),
            Position::Unknown => {}
        }
    }

    /// Notes that the cursor is now here; behind the last column means on it.
    pub(super) fn arrive(&mut self, row: usize, col: usize) {
        self.position = if col < self.width {
            Position::At { row, col }
        } else {
            Position::InLastColumn { row }
        };
    }

    /// Moves the cursor so that a character can be written there.
    pub(super) fn move_to(&mut self, row: usize, col: usize) {
        if self.position == (Position::At { row, col }) {
            return;
        }
        if !self.capabilities.contains(Capabilities::ATOMIC) {
            self.show_cursor(false);
        }
        let movement = shortest_movement(self.position, row, col);
        self.write(&movement);
        self.position = Position::At { row, col };
    }

    /// Moves the cursor into a row, no matter which column.
    pub(super) fn move_to_row(&mut self, row: usize) {
        match self.position {
            Position::At { row: current, .. } | Position::InLastColumn { row: current }
                if current == row => {}
            _ => self.move_to(row, 0),
        }
    }

    /// Lets rows scroll off the top of a screen of this height, and blank ones come in.
    pub(super) fn scroll_off(&mut self, height: usize, count: usize) {
        self.set_blank_pen(Color::Default);
        self.move_to_row(height - 1);
        self.write(&"\n".repeat(count));
    }

    /// Leaves the cursor where the frame has it.
    pub(super) fn rest_at(&mut self, row: usize, col: usize) {
        if self.position != (Position::InLastColumn { row }) || col + 1 != self.width {
            self.move_to(row, col);
        }
    }
}

/// Where a frame leaves the cursor. In the last column its reader may or may not be about to wrap.
fn resting_position(frame: &Framebuffer) -> Position {
    let (row, col) = (frame.cursor.row, frame.cursor.col);
    if col + 1 == frame.size().width {
        Position::InLastColumn { row }
    } else {
        Position::At { row, col }
    }
}

fn shortest_movement(from: Position, row: usize, col: usize) -> String {
    let absolute = match (row, col) {
        (0, 0) => "\x1b[H".into(),
        (row, 0) => format!("\x1b[{}H", row + 1),
        (row, col) => format!("\x1b[{};{}H", row + 1, col + 1),
    };
    let relative = match from {
        Position::Unknown => None,
        Position::InLastColumn { row: from } => from_left_edge(from, row, col),
        Position::At {
            row: from_row,
            col: from_col,
        } => {
            let direct = vertically(from_row, row) + &horizontally(from_col, col);
            let by_edge = from_left_edge(from_row, row, col);
            Some(
                by_edge
                    .filter(|by_edge| by_edge.len() < direct.len())
                    .unwrap_or(direct),
            )
        }
    };
    relative
        .filter(|relative| relative.len() <= absolute.len())
        .unwrap_or(absolute)
}

/// CR first: the only relative movement that is safe in the last column.
fn from_left_edge(from_row: usize, row: usize, col: usize) -> Option<String> {
    Some(format!(
        "\r{}{}",
        vertically(from_row, row),
        horizontally(0, col)
    ))
}

/// Line feeds never scroll here, because the row aimed at is on the screen.
fn vertically(from: usize, to: usize) -> String {
    match to.checked_sub(from) {
        Some(down @ 0..=4) => "\n".repeat(down),
        Some(down) => format!("\x1b[{down}B"),
        None if from - to == 1 => "\x1b[A".into(),
        None => format!("\x1b[{}A", from - to),
    }
}

fn horizontally(from: usize, to: usize) -> String {
    match to.checked_sub(from) {
        Some(0) => String::new(),
        Some(1) => "\x1b[C".into(),
        Some(right) => format!("\x1b[{right}C"),
        None if from - to <= 4 => "\x08".repeat(from - to),
        None => format!("\x1b[{}D", from - to),
    }
}
