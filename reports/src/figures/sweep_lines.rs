//! Median and 99th percentile along the first variable, a panel for each value of the others, a line for each session.

use plotters::coord::combinators::BindKeyPoints;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::Figure;
use super::axis::{Axis, logarithmic, milliseconds};
use super::canvas::{Canvas, DrawingError, WIDTH, anchored, at, bold, fitted, px, svg, text};
use super::legend::{Legend, MARGIN, TITLE_HEIGHT, curve, title};
use super::palette::{GRID, INK, MUTED, colour};
use crate::sweep::SweepAnalysis;

/// Height of a panel, in pixels.
const PANEL_HEIGHT: u32 = 256;
/// Height of its title, in pixels.
const PANEL_TITLE: u32 = 22;

/// A panel: its title, and for each session its time at each value of the first variable.
struct Panel {
    title: String,
    lines: Vec<Vec<Option<f64>>>,
}

/// The latency of every session along the first variable.
pub(super) fn sweep_lines(analysis: &SweepAnalysis) -> Result<Figure, DrawingError> {
    let plan = &analysis.plan;
    let panels = panels(analysis);
    let times = panels.iter().flat_map(|panel| panel.lines.iter().flatten());
    let y = logarithmic(times.copied().flatten());
    let legend = Legend::of(plan.sessions.iter().cloned().enumerate());
    let across = panels
        .len()
        .min(if plan.axes[0].values.len() > 8 { 2 } else { 3 });
    let down = panels.len().div_ceil(across);
    let top = TITLE_HEIGHT + legend.height();
    let svg = svg(top + PANEL_HEIGHT * down as u32 + 8, |canvas| {
        title(
            canvas,
            &format!("{}: keystroke latency by {}", plan.name, plan.axes[0].title),
            "Median over all keystrokes of all seeds (log scale); lower is faster; values at even distances",
        )?;
        legend.draw(canvas, TITLE_HEIGHT)?;
        let area = canvas.margin(px(top + 8), 0, px(MARGIN as u32), px(MARGIN as u32));
        for (panel, place) in panels.iter().zip(area.split_evenly((down, across))) {
            draw(
                panel,
                &place,
                canvas,
                &y,
                analysis,
                WIDTH as i32 / across as i32,
            )?;
        }
        Ok(())
    })?;
    Ok(Figure {
        name: "lines".into(),
        caption: format!(
            "Keystroke latency by {}. A line that ends early has no answered keystroke beyond.",
            plan.axes[0].title
        ),
        svg,
    })
}

/// With one variable a panel each for median and 99th percentile; with more, one for each combination of the others.
fn panels(analysis: &SweepAnalysis) -> Vec<Panel> {
    let plan = &analysis.plan;
    let sessions = plan.sessions.len();
    let line = |session: usize, rest: &[usize], quantile: f64| {
        let along = 0..plan.axes[0].values.len();
        let time = |first: usize| {
            let values: Vec<usize> = std::iter::once(first).chain(rest.iter().copied()).collect();
            let latency = analysis.at(&values, session).latencies.quantile(quantile);
            latency.map(|latency| latency.at_least())
        };
        along.map(time).collect()
    };
    if plan.axes.len() == 1 {
        return [("median", 0.5), ("99th percentile", 0.99)]
            .map(|(title, quantile)| Panel {
                title: title.to_owned(),
                lines: (0..sessions)
                    .map(|session| line(session, &[], quantile))
                    .collect(),
            })
            .into();
    }
    let mut rest: Vec<Vec<usize>> = Vec::new();
    for values in analysis.combinations() {
        if !rest.iter().any(|known| known == &values[1..]) {
            rest.push(values[1..].to_vec());
        }
    }
    rest.iter()
        .map(|rest| {
            let second = &plan.axes[1];
            Panel {
                title: format!(
                    "{} {}{}",
                    second.title,
                    second.values[rest[0]].shown,
                    analysis.rest_title(&rest[1..])
                ),
                lines: (0..sessions)
                    .map(|session| line(session, rest, 0.5))
                    .collect(),
            }
        })
        .collect()
}

fn draw(
    panel: &Panel,
    place: &Canvas,
    canvas: &Canvas,
    y: &Axis,
    analysis: &SweepAnalysis,
    width: i32,
) -> Result<(), DrawingError> {
    let axis = &analysis.plan.axes[0];
    let name = fitted(&panel.title, &bold(13, INK), at(width - 90));
    place.draw(&Text::new(name, (at(76), at(2)), bold(13, INK)))?;
    let plot = place.margin(px(PANEL_TITLE), px(16), 0, px(10));
    let last = axis.values.len() as f64 - 1.0;
    let scale = y
        .range
        .clone()
        .log_scale()
        .with_key_points(y.labelled.clone())
        .with_light_points(y.between.clone());
    let mut chart = ChartBuilder::on(&plot)
        .x_label_area_size(px(40))
        .y_label_area_size(px(74))
        .build_cartesian_2d(-0.3..last + 0.3, scale)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .x_labels(0)
        .y_label_formatter(&|ms| milliseconds(*ms))
        .set_all_tick_mark_size(px(3))
        .x_desc(axis.title.as_str())
        .y_desc("keystroke latency")
        .label_style(text(11, INK))
        .axis_desc_style(text(12, MUTED))
        .bold_line_style(GRID.stroke_width(px(1)))
        .light_line_style(GRID.mix(0.5).stroke_width(px(1)))
        .axis_style(MUTED.stroke_width(px(1)))
        .draw()?;
    for (n, value) in axis.values.iter().enumerate() {
        let (x, bottom) = chart.backend_coord(&(n as f64, y.range.start));
        let style = anchored(text(11, INK), HPos::Center, VPos::Top);
        canvas.draw(&Text::new(value.shown.as_str(), (x, bottom + at(6)), style))?;
    }
    for (session, line) in panel.lines.iter().enumerate() {
        let points: Vec<(i32, i32)> = line
            .iter()
            .enumerate()
            .filter_map(|(n, ms)| Some(chart.backend_coord(&(n as f64, (*ms)?.max(y.range.start)))))
            .collect();
        for &point in &points {
            canvas.draw(&Circle::new(point, px(3), colour(session).filled()))?;
        }
        curve(canvas, points, session)?;
    }
    Ok(())
}
