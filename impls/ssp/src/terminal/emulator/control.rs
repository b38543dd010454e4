//! Control characters, escapes and control sequences: which function each one names.

use super::Screen;
use crate::terminal::grid::Size;
use crate::terminal::parser::Csi;

impl Screen {
    pub(super) fn perform_control(&mut self, code: u8) {
        match code {
            0x07 => self.frame.bells = self.frame.bells.wrapping_add(1),
            0x08 => self.move_left(1),
            0x09 => self.tab_forward(1),
            0x0a..=0x0c | 0x84 => self.index(),
            0x0d => self.move_to_col(0),
            0x0e => self.charsets.invoke(1),
            0x0f => self.charsets.invoke(0),
            0x85 => {
                self.move_to_col(0);
                self.index();
            }
            0x88 => {
                self.set_tab();
                self.pending_wrap = false;
            }
            0x8d => self.reverse_index(),
            _ => {}
        }
    }

    pub(super) fn perform_escape(&mut self, intermediates: &[u8], last: char) {
        self.pending_wrap = false;
        match (intermediates, last) {
            (b"", '7') => self.save_cursor(),
            (b"", '8') => self.restore_cursor(),
            (b"", 'c') => self.reset(),
            (b"#", '8') => self.fill_with_alignment_pattern(),
            (b"(", set) => self.charsets.designate(0, set),
            (b")", set) => self.charsets.designate(1, set),
            _ => {}
        }
    }

    pub(super) fn perform_csi(&mut self, csi: &Csi) {
        let first = csi.parameter(0, 1);
        let row = first - 1;
        let col = csi.parameter(1, 1) - 1;
        self.pending_wrap &= leaves_wrap_pending(csi);
        match (csi.intermediates(), csi.last()) {
            (b"", '@') => self.insert_characters(first),
            (b"", 'A') => self.move_up(first),
            (b"", 'B' | 'e') => self.move_down(first),
            (b"", 'C' | 'a') => self.move_right(first),
            (b"", 'D') => self.move_left(first),
            (b"", 'E') => {
                self.move_down(first);
                self.move_to_col(0);
            }
            (b"", 'F') => {
                self.move_up(first);
                self.move_to_col(0);
            }
            (b"", 'G' | '`') => self.move_to_col(first - 1),
            (b"", 'H' | 'f') => self.address(row, col),
            (b"", 'I') => self.tab_forward(first),
            (b"", 'J') => self.erase_in_display(csi.parameter(0, 0)),
            (b"", 'K') => self.erase_in_line(csi.parameter(0, 0)),
            (b"", 'L') => self.insert_lines(first),
            (b"", 'M') => self.delete_lines(first),
            (b"", 'P') => self.delete_characters(first),
            (b"", 'S') => self.scroll_up(self.margins.clone(), first),
            (b"", 'T') => self.scroll_down(self.margins.clone(), first),
            (b"", 'X') => self.erase_characters(first),
            (b"", 'Z') => self.tab_backward(first),
            (b"", 'b') => self.repeat(first),
            (b"", 'c') => self.answer_device_attributes(),
            (b">", 'c') => self.answer_secondary_device_attributes(),
            (b"", 'd') => self.address_row(row),
            (b"", 'g') => self.clear_tabs(csi.parameter(0, 0)),
            (b"", 'h') => self.set_ansi_modes(csi, true),
            (b"", 'l') => self.set_ansi_modes(csi, false),
            (b"?", 'h') => self.set_private_modes(csi, true),
            (b"?", 'l') => self.set_private_modes(csi, false),
            (b"?$", 'p') => self.answer_private_mode(csi.parameter(0, 0)),
            (b"", 'm') => self.set_renditions(csi),
            (b"", 'n') => self.answer_status(csi.parameter(0, 0)),
            (b"!", 'p') => self.soft_reset(),
            (b" ", 'q') => self.set_cursor_style(csi.parameter(0, 0)),
            (b"", 'r') => self.set_margins(row, csi.parameter(1, Size::MAX_SIDE)),
            (b"", 's') => self.save_cursor(),
            (b"", 'u') => self.restore_cursor(),
            _ => {}
        }
    }

    fn set_cursor_style(&mut self, style: usize) {
        if let 0..=6 = style {
            self.frame.cursor.style = style as u8;
        }
    }

    /// RIS. The bells have been rung, what was copied is the user's, and stock keeps the icon's name.
    fn reset(&mut self) {
        let mut fresh = Self::new(self.size());
        fresh.frame.bells = self.frame.bells;
        fresh.frame.scrollback = std::mem::take(&mut self.frame.scrollback);
        fresh.frame.titles = self.frame.titles.take();
        if let Some(titles) = &mut fresh.frame.titles {
            titles.window = "".into();
        }
        fresh.frame.clipboards = std::mem::take(&mut self.frame.clipboards);
        fresh.answers = std::mem::take(&mut self.answers);
        *self = fresh;
    }

    /// DECSTR.
    fn soft_reset(&mut self) {
        self.insert = false;
        self.origin = false;
        self.autowrap = true;
        self.margins = 0..self.size().height;
        self.saved = Default::default();
        self.charsets = Default::default();
        self.frame.pen = Default::default();
        self.frame.cursor.visible = true;
        self.frame.modes.application_cursor_keys = false;
    }
}

/// Every function but these makes the terminal forget that the next character was going to wrap.
fn leaves_wrap_pending(csi: &Csi) -> bool {
    matches!(
        (csi.intermediates(), csi.last()),
        (b"", 'm' | 'I' | 'Z' | 'g' | 'b') | (b"?", 'h' | 'l')
    )
}
