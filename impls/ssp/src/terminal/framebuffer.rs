//! All that the user of a terminal can see or notice.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::cell::Cell;
use super::grid::{Grid, Size};
use super::modes::{Cursor, Modes};
use super::rendition::Renditions;
use super::row::Row;
use super::scrollback::Scrollback;

/// What a terminal shows at one moment.
///
/// A snapshot is cheap: its rows are shared with the original until either changes.
#[derive(Debug, Clone)]
pub struct Framebuffer {
    pub(super) main: Grid,
    /// The screen of full-screen programs, while it is shown.
    pub(super) alternate: Option<Grid>,
    /// What has scrolled off the top of the main screen.
    pub(super) scrollback: Scrollback,
    pub(super) cursor: Cursor,
    /// How the next character is to look. Kept at both ends so that a frame can begin where the
    /// last one ended.
    pub(super) pen: Renditions,
    pub(super) modes: Modes,
    pub(super) titles: Option<Titles>,
    /// What was last put into each selection (OSC 52), as base64; empty once it was cleared.
    pub(super) clipboards: BTreeMap<char, Arc<str>>,
    pub(super) bells: u64,
}

/// The names of the window and of its icon.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Titles {
    /// OSC 2.
    pub window: Arc<str>,
    /// OSC 1.
    pub icon: Arc<str>,
}

impl Framebuffer {
    /// A blank screen.
    pub fn new(size: Size) -> Self {
        Self {
            main: Grid::blank(size),
            alternate: None,
            scrollback: Scrollback::default(),
            cursor: Cursor::default(),
            pen: Renditions::default(),
            modes: Modes::default(),
            titles: None,
            clipboards: BTreeMap::new(),
            bells: 0,
        }
    }

    /// Columns and rows.
    pub fn size(&self) -> Size {
        self.main.size()
    }

    /// The rows on show, from top to bottom.
    pub fn rows(&self) -> &[Arc<Row>] {
        self.grid().rows()
    }

    /// The cell at a place, if that is on the screen.
    pub fn cell(&self, row: usize, col: usize) -> Option<&Cell> {
        self.rows().get(row)?.cells().get(col)
    }

    /// Draws a cell over the one that is there. What isn't on the screen or isn't one column wide
    /// is left out.
    pub fn draw_cell(&mut self, row: usize, col: usize, cell: Cell) {
        if self.cell(row, col).is_some() && cell.columns() == 1 {
            self.grid_mut()
                .row_mut(row)
                .overwrite(col, [cell].into_iter());
        }
    }

    /// The cursor.
    pub fn cursor(&self) -> Cursor {
        self.cursor
    }

    /// The cursor, to move, hide or show it.
    pub fn cursor_mut(&mut self) -> &mut Cursor {
        &mut self.cursor
    }

    /// The modes.
    pub fn modes(&self) -> Modes {
        self.modes
    }

    /// Whether a full-screen program has switched to the alternate screen.
    pub fn shows_alternate(&self) -> bool {
        self.alternate.is_some()
    }

    /// The titles; `None` until one was set.
    pub fn titles(&self) -> Option<&Titles> {
        self.titles.as_ref()
    }

    /// Puts `prefix` before the titles, if there are any, as a sign to the user.
    pub fn prefix_titles(&mut self, prefix: &str) {
        if let Some(titles) = &mut self.titles {
            for title in [&mut titles.window, &mut titles.icon] {
                *title = format!("{prefix}{title}").into();
            }
        }
    }

    /// The bells rung so far.
    pub fn bells(&self) -> u64 {
        self.bells
    }

    /// What has scrolled off the top of the main screen.
    pub fn scrollback(&self) -> &Scrollback {
        &self.scrollback
    }

    /// The text on show, a line a row, without trailing blanks.
    pub fn text(&self) -> String {
        self.rows().iter().map(|row| row.text() + "\n").collect()
    }

    /// Whether a peer who is shown one and then the other has nothing to change. What programs ask
    /// of the keyboard and the wheel stays at the server.
    pub fn looks_like(&self, other: &Self) -> bool {
        let sent = |modes: Modes| Modes {
            application_cursor_keys: false,
            alternate_scroll: false,
            ..modes
        };
        self.cursor == other.cursor
            && self.pen == other.pen
            && sent(self.modes) == sent(other.modes)
            && self.bells == other.bells
            && self.titles == other.titles
            && self.clipboards == other.clipboards
            && self.scrollback.looks_like(&other.scrollback)
            && self.main == other.main
            && self.alternate == other.alternate
    }

    pub(super) fn resize(&mut self, size: Size) {
        self.scrollback.resize(size.width);
        self.main.resize(size);
        if let Some(alternate) = &mut self.alternate {
            alternate.resize(size);
        }
    }

    pub(super) fn grid(&self) -> &Grid {
        self.alternate.as_ref().unwrap_or(&self.main)
    }

    pub(super) fn grid_mut(&mut self) -> &mut Grid {
        self.alternate.as_mut().unwrap_or(&mut self.main)
    }
}
