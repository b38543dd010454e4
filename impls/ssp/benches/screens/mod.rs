//! What programs write, and the screens before and after it.

use ssp::terminal::{Framebuffer, Size, Terminal, width};

const SIZE: Size = Size {
    width: 80,
    height: 24,
};

pub(crate) const NOTHING: &str = "";
pub(crate) const KEYSTROKE: &str = "x";
pub(crate) const NEW_LINE: &str = "\r\n$ ";
pub(crate) const SCREENFUL: &str = "\x1b[H\x1b[2J\x1b[7mstatus\x1b[m\r\nother text\r\n";

/// Numbered lines of plain text.
pub(crate) fn plain_text(lines: usize) -> Vec<u8> {
    let line = "The quick brown fox jumps over the lazy dog, and the dog lets it pass";
    (0..lines)
        .flat_map(|number| format!("{number:6} {line}\r\n").into_bytes())
        .collect()
}

/// A terminal to which nothing has been written. The table of widths, which is made when first asked, is there.
pub(crate) fn terminal() -> Terminal {
    width::columns('x');
    Terminal::new(SIZE)
}

/// A screen full of text, and what it is after a program's output.
pub(crate) fn before_and_after(output: &str) -> [Framebuffer; 2] {
    let mut terminal = terminal();
    terminal.write(&plain_text(50));
    let before = terminal.framebuffer().clone();
    terminal.write(output.as_bytes());
    [before, terminal.framebuffer().clone()]
}
