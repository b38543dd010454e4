//! Title and legend of a figure.

use plotters::element::DashedPathElement;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::canvas::{Canvas, DrawingError, WIDTH, anchored, at, bold, fitted, px, text, width};
use super::palette::{INK, MUTED, colour, dash};

/// Space to the left of titles and legends, in pixels.
pub(super) const MARGIN: i32 = 16;
/// Height of the two lines of a title, in pixels.
pub(super) const TITLE_HEIGHT: u32 = 52;
/// Height of one line of a legend, in pixels.
const LINE_HEIGHT: i32 = 22;
/// Length of a line in a legend, in pixels.
const SAMPLE: i32 = 34;

/// Draws a bold line of title and a muted one that says how to read the figure.
pub(super) fn title(canvas: &Canvas, title: &str, reading: &str) -> Result<(), DrawingError> {
    let room = at(WIDTH as i32 - 2 * MARGIN);
    for (words, style, top) in [(title, bold(16, INK), 12), (reading, text(12, MUTED), 34)] {
        canvas.draw(&Text::new(
            fitted(words, &style, room),
            (at(MARGIN), at(top)),
            style,
        ))?;
    }
    Ok(())
}

/// A legend: entries from left to right, on as many lines as they need.
pub(super) struct Legend {
    /// Index of the session, its words, and its place in units from the left and lines from the top.
    entries: Vec<(usize, String, i32, i32)>,
}

impl Legend {
    pub(super) fn of(entries: impl Iterator<Item = (usize, String)>) -> Self {
        let style = text(13, INK);
        let (mut left, mut line, right) = (at(MARGIN), 0, at(WIDTH as i32 - MARGIN));
        let mut placed = Vec::new();
        for (session, words) in entries {
            let words = fitted(&words, &style, right - at(MARGIN + SAMPLE + 8));
            let needed = at(SAMPLE + 8) + width(&words, &style);
            if left > at(MARGIN) && left + needed > right {
                (left, line) = (at(MARGIN), line + 1);
            }
            placed.push((session, words, left, line));
            left += needed + at(26);
        }
        Self { entries: placed }
    }

    /// Height in pixels.
    pub(super) fn height(&self) -> u32 {
        self.entries
            .last()
            .map_or(0, |(_, _, _, line)| ((line + 1) * LINE_HEIGHT) as u32)
    }

    /// Draws it `top` pixels below the upper edge.
    pub(super) fn draw(&self, canvas: &Canvas, top: u32) -> Result<(), DrawingError> {
        for (session, words, left, line) in &self.entries {
            let middle = at(top as i32 + line * LINE_HEIGHT + LINE_HEIGHT / 2);
            let ends = vec![(*left, middle), (left + at(SAMPLE), middle)];
            curve(canvas, ends, *session)?;
            let style = anchored(text(13, INK), HPos::Left, VPos::Center);
            canvas.draw(&Text::new(
                words.as_str(),
                (left + at(SAMPLE + 8), middle),
                style,
            ))?;
        }
        Ok(())
    }
}

/// Draws a line of points in units of the canvas in a session's colour and dash.
pub(super) fn curve(
    canvas: &Canvas,
    points: Vec<(i32, i32)>,
    session: usize,
) -> Result<(), DrawingError> {
    let style = colour(session).stroke_width(px(2));
    match dash(session) {
        None => canvas.draw(&PathElement::new(points, style))?,
        Some((length, gap)) => {
            canvas.draw(&DashedPathElement::new(points, px(length), px(gap), style))?;
        }
    }
    Ok(())
}
