//! What the terminal answers to a program's questions.

use std::io::Write;

use super::Screen;

impl Screen {
    /// DA: a VT220.
    pub(super) fn answer_device_attributes(&mut self) {
        self.answers.extend(b"\x1b[?62c");
    }

    /// DA2: what stock says.
    pub(super) fn answer_secondary_device_attributes(&mut self) {
        self.answers.extend(b"\x1b[>1;10;0c");
    }

    /// DSR: well (5), or where the cursor is (6).
    pub(super) fn answer_status(&mut self, question: usize) {
        match question {
            5 => self.answers.extend(b"\x1b[0n"),
            6 => {
                let top = if self.origin { self.margins.start } else { 0 };
                let row = self.frame.cursor.row.saturating_sub(top) + 1;
                let col = self.frame.cursor.col + 1;
                self.answer(format_args!("\x1b[{row};{col}R"));
            }
            _ => {}
        }
    }

    /// DECRQM: whether a private mode is set (1), reset (2) or unknown (0).
    pub(super) fn answer_private_mode(&mut self, mode: usize) {
        let state = match u16::try_from(mode)
            .ok()
            .and_then(|mode| self.private_mode(mode))
        {
            Some(true) => 1,
            Some(false) => 2,
            None => 0,
        };
        self.answer(format_args!("\x1b[?{mode};{state}$y"));
    }

    fn answer(&mut self, text: std::fmt::Arguments<'_>) {
        // A vector takes everything.
        let _ = self.answers.write_fmt(text);
    }
}
