//! Letting lines scroll off the top of the reader's screen, so that its terminal keeps them.

use std::sync::Arc;

use super::output::Output;
use super::{rows, scroll};
use crate::terminal::framebuffer::Framebuffer;
use crate::terminal::grid::Grid;
use crate::terminal::rendition::Color;
use crate::terminal::row::Row;

/// Leads the reader's main screen from `old` to that of `to`, past every line that has scrolled off
/// since `from`.
///
/// The lines and the screen below them are one long text, of which the reader is shown one window
/// after the other.
pub(super) fn draw(output: &mut Output<'_>, old: &Grid, from: &Framebuffer, to: &Framebuffer) {
    if from.scrollback.erasures() != to.scrollback.erasures() {
        output.write("\x1b[3J");
    }
    let lines = to.scrollback.since(from.scrollback.end());
    let text: Vec<Arc<Row>> = lines.chain(to.main.rows()).cloned().collect();
    let height = to.size().height;

    let mut shown = old.clone();
    scroll::scroll_in_place(output, &mut shown, &text[..height]);
    rows::draw(output, shown.rows(), &text[..height]);
    let mut top = 0;
    while top + height < text.len() {
        let mut shown = Grid::from_rows(&text[top..top + height]);
        // The last row stays, to be joined to the one that comes in below it.
        let step = (height - 1).max(1).min(text.len() - height - top);
        output.scroll_off(height, step);
        shown.scroll_up(0..height, step, Color::Default);
        top += step;
        rows::draw(output, shown.rows(), &text[top..top + height]);
    }
}
