//! A statistic over two variables, a panel for each session, in one scale of colours.

use plotters::prelude::*;
use plotters::style::colors::colormaps::{ColorMap, ViridisRGB};
use plotters::style::text_anchor::{HPos, VPos};

use super::Figure;
use super::axis::{Axis, logarithmic, milliseconds};
use super::canvas::{
    Canvas, DrawingError, WIDTH, anchored, at, bold, fitted, px, svg, text, upwards,
};
use super::legend::{MARGIN, TITLE_HEIGHT, title};
use super::palette::{GRID, INK, MUTED, ON_DARK, ON_LIGHT};
use crate::sweep::{Measured, Panel, PlannedAxis, SweepAnalysis};
use crate::units::time;

/// Height of the scale of colours with its labels, in pixels.
const SCALE_HEIGHT: i32 = 50;
/// Height of a panel's title, in pixels.
const PANEL_TITLE: i32 = 30;
/// Height of a row of cells, in pixels.
const ROW: i32 = 30;
/// Room at the left of the cells, for the second variable, in pixels.
const LEFT: i32 = 112;
/// Room below the cells, for the first variable, in pixels.
const BELOW: i32 = 48;
/// Steps of the scale of colours; more could not be told apart.
const STEPS: i32 = 120;

/// What a heat map shows.
pub(super) struct Statistic {
    /// File name: `heat-map-median`.
    pub(super) name: &'static str,
    /// For captions: `median of`.
    pub(super) title: &'static str,
    /// The quantile, 0 to 1.
    pub(super) quantile: f64,
}

/// The statistic of every session at every combination of values of the first two variables.
pub(super) fn heat_map(
    analysis: &SweepAnalysis,
    statistic: &Statistic,
) -> Result<Figure, DrawingError> {
    let columns = &analysis.plan.axes[0];
    let rows = analysis.plan.axes.get(1);
    let panels: Vec<(Panel, Vec<Square>)> = analysis
        .panels()
        .into_iter()
        .map(|panel| {
            let squares = squares(analysis, &panel, statistic);
            (panel, squares)
        })
        .collect();
    let scale = Scale::of(panels.iter().flat_map(|(_, squares)| squares));
    let row_count = rows.map_or(1, |axis| axis.values.len()) as i32;
    let panel_height = PANEL_TITLE + ROW * row_count + BELOW;
    let height = TITLE_HEIGHT as i32 + SCALE_HEIGHT + panel_height * panels.len() as i32 + 8;
    let svg = svg(height as u32, |canvas| {
        title(
            canvas,
            &format!(
                "{}: {} keystroke latency",
                analysis.plan.name, statistic.title
            ),
            "From the scheduled keystroke to its effect on the screen; darker is slower; the same colours in every panel",
        )?;
        scale.draw(canvas, TITLE_HEIGHT as i32)?;
        for (nth, (panel, squares)) in panels.iter().enumerate() {
            let grid = Grid {
                top: TITLE_HEIGHT as i32 + SCALE_HEIGHT + panel_height * nth as i32,
                columns,
                rows,
            };
            grid.draw(canvas, &analysis.panel_title(panel), squares, &scale)?;
        }
        Ok(())
    })?;
    Ok(Figure {
        name: statistic.name.into(),
        caption: format!(
            "The {} all keystrokes of all seeds, by {}. “≥”: some keystrokes were never answered; “†” and “failed”: \
             not every session got to its end.",
            statistic.title,
            [Some(columns), rows]
                .into_iter()
                .flatten()
                .map(|axis| axis.title.as_str())
                .collect::<Vec<_>>()
                .join(" and ")
        ),
        svg,
    })
}

/// One cell of the map.
struct Square {
    column: usize,
    row: usize,
    ms: Option<f64>,
    words: String,
}

fn squares(analysis: &SweepAnalysis, panel: &Panel, statistic: &Statistic) -> Vec<Square> {
    let here = analysis.combinations().into_iter();
    let here = here.filter(|values| values.get(2..).unwrap_or_default() == panel.rest);
    here.map(|values| {
        let measured = analysis.at(&values, panel.session);
        let latency = measured.latencies.quantile(statistic.quantile);
        Square {
            column: values[0],
            row: values.get(1).copied().unwrap_or(0),
            ms: latency.map(|latency| latency.at_least()),
            words: words(&measured, statistic.quantile),
        }
    })
    .collect()
}

fn words(measured: &Measured, quantile: f64) -> String {
    let mark = if measured.failed > 0 { " †" } else { "" };
    match measured.latencies.quantile(quantile) {
        Some(latency) if latency.is_censored() => format!("≥ {}{mark}", time(latency.at_least())),
        Some(latency) => time(latency.at_least()) + mark,
        None if measured.failed > 0 => "failed".to_owned(),
        None => "not run".to_owned(),
    }
}

/// A logarithmic scale of colours.
struct Scale {
    axis: Axis,
}

impl Scale {
    fn of<'s>(squares: impl Iterator<Item = &'s Square>) -> Self {
        Self {
            axis: logarithmic(squares.filter_map(|square| square.ms)),
        }
    }

    /// Where a time is on the scale, 0 to 1.
    fn position(&self, ms: f64) -> f64 {
        let (lo, hi) = (self.axis.range.start, self.axis.range.end);
        ((ms.max(lo) / lo).ln() / (hi / lo).ln()).clamp(0.0, 1.0)
    }

    /// The colour at a position: viridis, from its light end to its dark one.
    fn colour(position: f64) -> RGBColor {
        ViridisRGB.get_color(1.0 - position as f32)
    }

    /// Draws it from edge to edge, `top` pixels below the upper edge.
    fn draw(&self, canvas: &Canvas, top: i32) -> Result<(), DrawingError> {
        let (left, right) = (at(LEFT), at(WIDTH as i32 - MARGIN));
        let x = |position: f64| left + (f64::from(right - left) * position).round() as i32;
        let (upper, lower) = (at(top + 4), at(top + 18));
        for step in 0..STEPS {
            let [from, to] = [step, step + 1].map(|step| f64::from(step) / f64::from(STEPS));
            let colour = Self::colour((from + to) / 2.0);
            canvas.draw(&Rectangle::new(
                // To the end, so that no seam shows between two steps.
                [(x(from), upper), (right, lower)],
                colour.filled(),
            ))?;
        }
        let style = anchored(text(12, MUTED), HPos::Left, VPos::Center);
        canvas.draw(&Text::new("latency", (at(MARGIN), at(top + 11)), style))?;
        for &ms in &self.axis.labelled {
            let position = self.position(ms);
            let side = match position {
                p if p < 0.02 => HPos::Left,
                p if p > 0.98 => HPos::Right,
                _ => HPos::Center,
            };
            let place = (x(position), at(top + 22));
            let style = anchored(text(12, INK), side, VPos::Top);
            canvas.draw(&Text::new(milliseconds(ms), place, style))?;
        }
        Ok(())
    }
}

/// A panel: cells with the values of both variables beside them.
struct Grid<'a> {
    /// Pixels below the upper edge.
    top: i32,
    columns: &'a PlannedAxis,
    rows: Option<&'a PlannedAxis>,
}

impl Grid<'_> {
    fn draw(
        &self,
        canvas: &Canvas,
        name: &str,
        squares: &[Square],
        scale: &Scale,
    ) -> Result<(), DrawingError> {
        let place = (at(LEFT), at(self.top + 8));
        canvas.draw(&Text::new(name, place, bold(14, INK)))?;
        for square in squares {
            self.draw_square(canvas, square, scale)?;
        }
        self.label(canvas)
    }

    fn draw_square(
        &self,
        canvas: &Canvas,
        square: &Square,
        scale: &Scale,
    ) -> Result<(), DrawingError> {
        let ((left, right), (upper, lower)) = (self.column(square.column), self.row(square.row));
        let position = square.ms.map(|ms| scale.position(ms));
        let ground = position.map_or(GRID, Scale::colour);
        // A hair of the paper between the cells.
        let corners = [
            (left + at(1), upper + at(1)),
            (right - at(1), lower - at(1)),
        ];
        canvas.draw(&Rectangle::new(corners, ground.filled()))?;
        let ink = if position.is_some_and(|position| position > 0.45) {
            ON_DARK
        } else {
            ON_LIGHT
        };
        let style = anchored(text(12, ink), HPos::Center, VPos::Center);
        let words = fitted(&square.words, &style, right - left - at(6));
        let middle = ((left + right) / 2, (upper + lower) / 2);
        canvas.draw(&Text::new(words, middle, style))?;
        Ok(())
    }

    /// The values and the names of both variables.
    fn label(&self, canvas: &Canvas) -> Result<(), DrawingError> {
        let bottom = self.row(0).1;
        for (n, value) in self.columns.values.iter().enumerate() {
            let (left, right) = self.column(n);
            let style = anchored(text(12, INK), HPos::Center, VPos::Top);
            let words = fitted(&value.shown, &style, right - left - at(2));
            canvas.draw(&Text::new(
                words,
                ((left + right) / 2, bottom + at(4)),
                style,
            ))?;
        }
        let style = anchored(text(13, MUTED), HPos::Center, VPos::Top);
        let middle = (at(LEFT) + at(WIDTH as i32 - MARGIN)) / 2;
        let place = (middle, bottom + at(20));
        canvas.draw(&Text::new(self.columns.title.as_str(), place, style))?;
        let Some(rows) = self.rows else {
            return Ok(());
        };
        for (n, value) in rows.values.iter().enumerate() {
            let (upper, lower) = self.row(n);
            let style = anchored(text(12, INK), HPos::Right, VPos::Center);
            let words = fitted(&value.shown, &style, at(LEFT - 42));
            let place = (at(LEFT - 8), (upper + lower) / 2);
            canvas.draw(&Text::new(words, place, style))?;
        }
        let style = anchored(upwards(text(13, MUTED)), HPos::Center, VPos::Top);
        let words = fitted(
            &rows.title,
            &text(13, MUTED),
            bottom - self.row(rows.values.len() - 1).0 + at(PANEL_TITLE + BELOW),
        );
        let middle = (self.row(rows.values.len() - 1).0 + bottom) / 2;
        canvas.draw(&Text::new(words, (at(MARGIN), middle), style))?;
        Ok(())
    }

    /// Left and right edge of a column, in units of the canvas.
    fn column(&self, n: usize) -> (i32, i32) {
        let count = self.columns.values.len() as i32;
        let room = at(WIDTH as i32 - MARGIN - LEFT);
        let edge = |n: i32| at(LEFT) + room * n / count;
        (edge(n as i32), edge(n as i32 + 1))
    }

    /// Upper and lower edge of a row, in units of the canvas; the first is at the bottom.
    fn row(&self, n: usize) -> (i32, i32) {
        let count = self.rows.map_or(1, |axis| axis.values.len()) as i32;
        let upper = at(self.top + PANEL_TITLE + ROW * (count - 1 - n as i32));
        (upper, upper + px(ROW as u32) as i32)
    }
}
