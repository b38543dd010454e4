//! Which session is back how soon after what: sessions by the values of the first variable, in named classes.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::Figure;
use super::canvas::{Canvas, DrawingError, WIDTH, anchored, at, bold, fitted, svg, text, width};
use super::legend::{MARGIN, TITLE_HEIGHT, title};
use super::palette::{GRID, INK, MUTED, ON_DARK, ON_LIGHT};
use crate::sweep::{Back, SweepAnalysis};
use crate::units::time;

/// Height of the classes' names and colours, in pixels.
const LEGEND: i32 = 34;
/// Height of the columns' titles: three lines, in pixels.
const HEADING: i32 = 56;
/// Height of a line of a column's title, in pixels.
const LINE: i32 = 16;
/// Height of a row, in pixels.
const ROW: i32 = 34;
/// Room at the left of the cells, for the sessions' names, in pixels.
const LEFT: i32 = 186;

/// A class of recoveries: up to so many milliseconds, its name, and its colour. From ColorBrewer's diverging scale of
/// blue and red, which the colour-blind can tell apart; "never" is darker than all.
struct Class {
    up_to_ms: f64,
    name: &'static str,
    colour: RGBColor,
    ink: RGBColor,
}

const CLASSES: [Class; 5] = [
    Class {
        up_to_ms: 300.0,
        name: "at once: within 0.3 s",
        colour: RGBColor(0x21, 0x66, 0xac),
        ink: ON_DARK,
    },
    Class {
        up_to_ms: 1000.0,
        name: "within a second",
        colour: RGBColor(0x92, 0xc5, 0xde),
        ink: ON_LIGHT,
    },
    Class {
        up_to_ms: 10_000.0,
        name: "seconds",
        colour: RGBColor(0xfd, 0xdb, 0xc7),
        ink: ON_LIGHT,
    },
    Class {
        up_to_ms: f64::INFINITY,
        name: "10 s and more",
        colour: RGBColor(0xd6, 0x60, 0x4d),
        ink: ON_DARK,
    },
    NEVER,
];

const NEVER: Class = Class {
    up_to_ms: f64::NAN,
    name: "never",
    colour: RGBColor(0x2b, 0x10, 0x14),
    ink: ON_DARK,
};

/// A matrix for every combination of values of the other variables.
pub(super) fn recovery_matrices(analysis: &SweepAnalysis) -> Result<Vec<Figure>, DrawingError> {
    let mut others: Vec<Vec<usize>> = Vec::new();
    for values in analysis.combinations() {
        if !others.contains(&values[1..].to_vec()) {
            others.push(values[1..].to_vec());
        }
    }
    let matrices = others
        .iter()
        .map(|others| Matrix { analysis, others }.figure());
    matrices.collect()
}

/// The matrix at fixed values of all variables but the first.
struct Matrix<'a> {
    analysis: &'a SweepAnalysis,
    others: &'a [usize],
}

impl Matrix<'_> {
    fn figure(&self) -> Result<Figure, DrawingError> {
        let plan = &self.analysis.plan;
        let height = TITLE_HEIGHT as i32 + LEGEND + HEADING + ROW * plan.sessions.len() as i32 + 12;
        let named = self.named();
        let svg = svg(height as u32, |canvas| {
            title(
                canvas,
                &[plan.name.as_str(), ": time until it answers again"].concat(),
                &format!(
                    "{named}From the end of the event to the first answer of what was typed or written after it; median of {} seeds",
                    plan.seeds.len()
                ),
            )?;
            draw_classes(canvas, TITLE_HEIGHT as i32)?;
            self.draw_headings(canvas)?;
            (0..plan.sessions.len()).try_for_each(|session| self.draw_row(canvas, session))
        })?;
        let slug: String = named
            .chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() {
                    c.to_ascii_lowercase()
                } else {
                    '-'
                }
            })
            .collect();
        Ok(Figure {
            name: format!("recovery-{}", slug.trim_matches('-'))
                .trim_end_matches('-')
                .to_owned(),
            caption: format!(
                "{named}How long after the end of each event every session first answered what was typed or written after \
                 it. “Never”: not while it was watched, for minutes, or it ended."
            ),
            svg,
        })
    }

    /// The values of the other variables, for a title: `watching output · `.
    fn named(&self) -> String {
        let axes = self.analysis.plan.axes.iter().skip(1).zip(self.others);
        axes.map(|(axis, &n)| format!("{} · ", axis.values[n].shown))
            .collect()
    }

    fn draw_headings(&self, canvas: &Canvas) -> Result<(), DrawingError> {
        let style = anchored(text(12, INK), HPos::Center, VPos::Bottom);
        let bottom = TITLE_HEIGHT as i32 + LEGEND + HEADING - 6;
        for (n, value) in self.analysis.plan.axes[0].values.iter().enumerate() {
            let (left, right) = self.column(n);
            let lines = wrapped(&value.shown, &style, right - left - at(4));
            for (nth, line) in lines.iter().rev().enumerate() {
                let place = ((left + right) / 2, at(bottom - LINE * nth as i32));
                let line = fitted(line, &style, right - left);
                canvas.draw(&Text::new(line, place, style.clone()))?;
            }
        }
        Ok(())
    }

    fn draw_row(&self, canvas: &Canvas, session: usize) -> Result<(), DrawingError> {
        let plan = &self.analysis.plan;
        let upper = at(TITLE_HEIGHT as i32 + LEGEND + HEADING + ROW * session as i32);
        let middle = upper + at(ROW) / 2;
        let style = anchored(text(12, INK), HPos::Left, VPos::Center);
        let name = fitted(&plan.sessions[session], &style, at(LEFT - MARGIN - 4));
        canvas.draw(&Text::new(name, (at(MARGIN), middle), style))?;
        for n in 0..plan.axes[0].values.len() {
            let values: Vec<usize> = std::iter::once(n)
                .chain(self.others.iter().copied())
                .collect();
            let (words, ground, ink) = shown(self.analysis.recovered(&values, session).answered);
            let (left, right) = self.column(n);
            let corners = [
                (left + at(1), upper + at(1)),
                (right - at(1), upper + at(ROW - 1)),
            ];
            canvas.draw(&Rectangle::new(corners, ground.filled()))?;
            let style = anchored(bold(12, ink), HPos::Center, VPos::Center);
            canvas.draw(&Text::new(words, ((left + right) / 2, middle), style))?;
        }
        Ok(())
    }

    /// Left and right edge of a column, in units of the canvas.
    fn column(&self, n: usize) -> (i32, i32) {
        let count = self.analysis.plan.axes[0].values.len() as i32;
        let room = at(WIDTH as i32 - MARGIN - LEFT);
        let edge = |n: i32| at(LEFT) + room * n / count;
        (edge(n as i32), edge(n as i32 + 1))
    }
}

/// The words of a cell, its colour and that of its words.
fn shown(back: Back) -> (String, RGBColor, RGBColor) {
    let plain = |words: &str| (words.to_owned(), GRID, ON_LIGHT);
    match back {
        Back::Missing => plain("not run"),
        Back::Failed => plain("failed"),
        Back::Never => (NEVER.name.to_owned(), NEVER.colour, NEVER.ink),
        Back::After(ms) => {
            let class = CLASSES.iter().find(|class| ms <= class.up_to_ms);
            let class = class.unwrap_or(&NEVER);
            (time(ms), class.colour, class.ink)
        }
    }
}

/// The colour and the name of every class, from left to right.
fn draw_classes(canvas: &Canvas, top: i32) -> Result<(), DrawingError> {
    let style = anchored(text(12, MUTED), HPos::Left, VPos::Center);
    let (middle, mut left) = (at(top + 12), at(MARGIN));
    for class in &CLASSES {
        let box_ = [(left, middle - at(7)), (left + at(14), middle + at(7))];
        canvas.draw(&Rectangle::new(box_, class.colour.filled()))?;
        left += at(20);
        canvas.draw(&Text::new(class.name, (left, middle), style.clone()))?;
        left += width(class.name, &style) + at(22);
    }
    Ok(())
}

/// The words of a title in lines that fit.
fn wrapped(words: &str, style: &TextStyle, room: i32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words.split(' ') {
        match lines.last_mut() {
            Some(line) if width(&format!("{line} {word}"), style) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
