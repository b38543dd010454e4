//! SM, RM, DECSET and DECRST.

use super::Screen;
use crate::terminal::grid::Grid;
use crate::terminal::modes::{MouseEncoding, MouseReporting};
use crate::terminal::parser::Csi;

impl Screen {
    /// SM and RM: of ANSI's modes only insertion (4) is of use.
    pub(super) fn set_ansi_modes(&mut self, csi: &Csi, on: bool) {
        if modes(csi).any(|mode| mode == 4) {
            self.insert = on;
        }
    }

    /// DECSET and DECRST.
    pub(super) fn set_private_modes(&mut self, csi: &Csi, on: bool) {
        modes(csi).for_each(|mode| self.set_private_mode(mode, on));
    }

    fn set_private_mode(&mut self, mode: u16, on: bool) {
        let modes = &mut self.frame.modes;
        match mode {
            1 => modes.application_cursor_keys = on,
            // A change between 80 and 132 columns, which nobody obeys, but it clears the screen.
            3 => {
                self.home();
                self.erase_in_display(2);
            }
            5 => modes.reverse_video = on,
            6 => {
                self.origin = on;
                self.home();
            }
            7 => self.autowrap = on,
            25 => self.frame.cursor.visible = on,
            47 | 1047 => self.show_alternate(on),
            1048 if on => self.save_cursor(),
            1048 => self.restore_cursor(),
            1049 if on => {
                self.save_cursor();
                self.show_alternate(true);
            }
            1049 => {
                self.show_alternate(false);
                self.restore_cursor();
            }
            1004 => modes.focus_events = on,
            1007 => modes.alternate_scroll = on,
            2004 => modes.bracketed_paste = on,
            2026 if on => {
                let shown = &self.frame;
                self.held.get_or_insert_with(|| Box::new(shown.clone()));
            }
            2026 => self.held = None,
            _ => {
                if let Some(reporting) = mouse_reporting(mode) {
                    modes.mouse_reporting = if on { reporting } else { MouseReporting::None };
                }
                if let Some(encoding) = mouse_encoding(mode) {
                    modes.mouse_encoding = if on { encoding } else { MouseEncoding::Default };
                }
            }
        }
    }

    /// Whether a private mode is set; `None` for one that doesn't exist here.
    pub(super) fn private_mode(&self, mode: u16) -> Option<bool> {
        let modes = self.frame.modes;
        Some(match mode {
            1 => modes.application_cursor_keys,
            5 => modes.reverse_video,
            6 => self.origin,
            7 => self.autowrap,
            25 => self.frame.cursor.visible,
            47 | 1047 | 1049 => self.frame.shows_alternate(),
            1004 => modes.focus_events,
            1007 => modes.alternate_scroll,
            2004 => modes.bracketed_paste,
            2026 => self.held.is_some(),
            _ => match (mouse_reporting(mode), mouse_encoding(mode)) {
                (Some(reporting), _) => modes.mouse_reporting == reporting,
                (_, Some(encoding)) => modes.mouse_encoding == encoding,
                (None, None) => return None,
            },
        })
    }

    /// Full-screen programs get an empty screen, and leave the other one as it was.
    fn show_alternate(&mut self, on: bool) {
        if on && !self.frame.shows_alternate() {
            self.frame.alternate = Some(Grid::blank(self.size()));
            self.move_to(self.frame.cursor.row, self.frame.cursor.col);
        } else if !on {
            self.frame.alternate = None;
        }
    }
}

fn modes(csi: &Csi) -> impl Iterator<Item = u16> {
    csi.parameters()
        .filter_map(|mut parameter| parameter.next())
}

fn mouse_reporting(mode: u16) -> Option<MouseReporting> {
    use MouseReporting::*;
    [X10, Vt220, Vt220Highlight, ButtonEvent, AnyEvent]
        .into_iter()
        .find(|reporting| *reporting as u16 == mode)
}

fn mouse_encoding(mode: u16) -> Option<MouseEncoding> {
    use MouseEncoding::*;
    [Utf8, Sgr, Urxvt]
        .into_iter()
        .find(|encoding| *encoding as u16 == mode)
}
