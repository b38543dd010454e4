//! Character sets that programs designate (SCS): ASCII, and DEC's line drawing as the Unicode
//! characters it stands for.

/// The sets in G0 and G1, and which of the two is in use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Charsets {
    line_drawing: [bool; 2],
    in_use: usize,
}

impl Charsets {
    /// `ESC ( x` and `ESC ) x`.
    pub(super) fn designate(&mut self, slot: usize, set: char) {
        self.line_drawing[slot] = set == '0';
    }

    /// Shift in (G0) and shift out (G1).
    pub(super) fn invoke(&mut self, slot: usize) {
        self.in_use = slot;
    }

    pub(super) fn are_drawing(&self) -> bool {
        self.line_drawing[self.in_use]
    }

    pub(super) fn map(&self, ch: char) -> char {
        match ch {
            '`'..='~' if self.are_drawing() => LINE_DRAWING[ch as usize - '`' as usize],
            _ => ch,
        }
    }
}

/// DEC Special Graphics from 60 to 7E.
const LINE_DRAWING: [char; 31] = [
    '◆', '▒', '␉', '␌', '␍', '␊', '°', '±', '␤', '␋', '┘', '┐', '┌', '└', '┼', '⎺', '⎻', '─', '⎼',
    '⎽', '├', '┤', '┴', '┬', '│', '≤', '≥', 'π', '≠', '£', '·',
];
