//! Latency over time, a panel a session, with the events of the timeline.

use plotters::coord::combinators::BindKeyPoints;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::Figure;
use super::axis::{Axis, linear, logarithmic, milliseconds, trimmed};
use super::canvas::{
    Canvas, DrawingError, WIDTH, anchored, at, bold, fitted, px, svg, text, upwards, width,
};
use super::event_labels::EventLabels;
use super::legend::{MARGIN, TITLE_HEIGHT, title};
use super::palette::{ALARM, GRID, INK, MUTED, colour};
use super::thinning::{self, Point};
use crate::analysis::{Analysis, SessionAnalysis};
use crate::statistics::Latency;

/// Height of a session's panel with its name, in pixels.
const PANEL_HEIGHT: u32 = 150;
/// Height of a session's name, in pixels.
const NAME_HEIGHT: u32 = 22;
/// Space for the labels of the time axis, in pixels.
const FOOT_HEIGHT: u32 = 52;
/// Where panels begin and end, in pixels from the left.
pub(super) const PANEL: (i32, i32) = (84, WIDTH as i32 - 20);

/// Every keystroke's latency at the time at which it was typed.
pub(super) fn latency_over_time(analysis: &Analysis) -> Result<Figure, DrawingError> {
    let caption = "Every dot is a keystroke, at the time at which it was scheduled; a tick at the upper edge of a panel \
                   is one that was never answered. Vertical lines are events of the timeline.";
    let sessions = &analysis.sessions;
    let points = || sessions.iter().flat_map(|session| &session.over_time);
    let events = sessions
        .iter()
        .flat_map(|of| &of.recoveries)
        .map(|event| event.at_ms);
    let end = points()
        .map(|(at_ms, _)| *at_ms)
        .chain(events)
        .fold(0.0, f64::max)
        / 1000.0;
    let time = linear(end * 1.01);
    let latency = logarithmic(
        points()
            .filter(|(_, of)| !of.is_censored())
            .map(|(_, of)| of.at_least()),
    );
    let labels = EventLabels::of(analysis, &time);
    let head = TITLE_HEIGHT + labels.height();
    let height = head + PANEL_HEIGHT * sessions.len() as u32 + FOOT_HEIGHT;
    let svg = svg(height, |canvas| {
        let name = format!("{}: latency over time", analysis.run.scenario.name);
        title(
            canvas,
            &name,
            "Every dot is a keystroke; a tick at a panel’s upper edge is one never answered",
        )?;
        labels.draw(canvas, TITLE_HEIGHT)?;
        let bottom = (head + PANEL_HEIGHT * sessions.len() as u32) as i32;
        for (index, session) in sessions.iter().enumerate() {
            let top = head + PANEL_HEIGHT * index as u32;
            let panel = canvas
                .clone()
                .shrink((0, px(top)), (px(WIDTH), px(PANEL_HEIGHT)));
            draw_panel(&panel, session, colour(index), &time, &latency)?;
        }
        draw_time_axis(canvas, &time, bottom)?;
        let middle = at((head as i32 + bottom) / 2);
        let style = anchored(upwards(text(13, MUTED)), HPos::Center, VPos::Top);
        canvas.draw(&Text::new(
            "latency (log scale)",
            (at(MARGIN), middle),
            style,
        ))?;
        Ok(())
    })?;
    Ok(Figure {
        name: "latency-over-time".into(),
        caption: caption.into(),
        svg,
    })
}

/// One session: its name, its keystrokes, its own events.
fn draw_panel(
    panel: &Canvas,
    session: &SessionAnalysis,
    colour: RGBColor,
    time: &Axis,
    latency: &Axis,
) -> Result<(), DrawingError> {
    draw_name(panel, session, colour)?;
    let scale = latency
        .range
        .clone()
        .log_scale()
        .with_key_points(decades(latency));
    let inner = panel.margin(px(NAME_HEIGHT), px(8), 0, px(WIDTH) - px(PANEL.1 as u32));
    let mut chart = ChartBuilder::on(&inner)
        .y_label_area_size(px(PANEL.0 as u32))
        .build_cartesian_2d(time.range.clone(), scale)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .y_label_formatter(&|ms| milliseconds(*ms))
        .label_style(text(11, INK))
        .bold_line_style(GRID.stroke_width(px(1)))
        .light_line_style(TRANSPARENT)
        .axis_style(MUTED.stroke_width(px(1)))
        .draw()?;
    let upright = |at_s: f64| vec![(at_s, latency.range.start), (at_s, latency.range.end)];
    let ticks = time
        .labelled
        .iter()
        .map(|tick| PathElement::new(upright(*tick), GRID.stroke_width(px(1))));
    chart.draw_series(ticks)?;
    for event in &session.recoveries {
        let line = upright(event.at_ms / 1000.0);
        chart.draw_series([PathElement::new(line, MUTED.stroke_width(px(1)))])?;
    }
    let (answered, unanswered) = split(&session.over_time, latency.range.start);
    let dot = colour.mix(0.65).filled();
    let dots = thinning::columns(&answered, time.range.end, 270, 8).into_iter();
    chart.draw_series(dots.map(|point| Circle::new(point, px(3) / 2, dot)))?;
    let (edge, below) = (
        latency.range.end,
        latency.range.end * (latency.range.start / latency.range.end).powf(0.08),
    );
    let ticks = thinning::columns(&unanswered, time.range.end, 400, 1).into_iter();
    let tick = |(at_s, _)| {
        PathElement::new(
            vec![(at_s, edge), (at_s, below)],
            colour.stroke_width(px(1)),
        )
    };
    chart.draw_series(ticks.map(tick))?;
    draw_failure(panel, session)
}

/// What of an axis to label where there is little room: powers of ten, if there are two.
fn decades(axis: &Axis) -> Vec<f64> {
    let is_decade = |ms: &f64| ms.log10().fract().abs() < 1e-9;
    let decades: Vec<f64> = axis.labelled.iter().copied().filter(is_decade).collect();
    if decades.len() < 2 {
        axis.labelled.clone()
    } else {
        decades
    }
}

/// Name and description, on a ground that interrupts the lines of events.
fn draw_name(panel: &Canvas, of: &SessionAnalysis, colour: RGBColor) -> Result<(), DrawingError> {
    let (style, muted) = (bold(13, colour), text(12, MUTED));
    let name = fitted(&of.session.name, &style, at(PANEL.1 - PANEL.0) / 2);
    let beside = at(PANEL.0 + 10) + width(&name, &style);
    let description = fitted(&of.session.description, &muted, at(PANEL.1) - beside);
    let end = beside + width(&description, &muted) + at(6);
    panel.draw(&Rectangle::new(
        [(at(PANEL.0), at(1)), (end, at(NAME_HEIGHT as i32 - 2))],
        WHITE.filled(),
    ))?;
    panel.draw(&Text::new(name, (at(PANEL.0), at(3)), style))?;
    panel.draw(&Text::new(description, (beside, at(4)), muted))?;
    Ok(())
}

/// Answered and unanswered keystrokes as seconds and milliseconds.
fn split(over_time: &[(f64, Latency)], shortest_ms: f64) -> (Vec<Point>, Vec<Point>) {
    let (unanswered, answered): (Vec<_>, Vec<_>) =
        over_time.iter().partition(|(_, of)| of.is_censored());
    let point = |(at_ms, of): (f64, Latency)| (at_ms / 1000.0, of.at_least().max(shortest_ms));
    (
        answered.into_iter().map(point).collect(),
        unanswered.into_iter().map(point).collect(),
    )
}

/// The first error, across the panel of a session that failed.
fn draw_failure(panel: &Canvas, session: &SessionAnalysis) -> Result<(), DrawingError> {
    let Some(failure) = session.failures.first() else {
        return Ok(());
    };
    let words = format!(
        "failed: {}",
        failure.error.lines().next().unwrap_or_default()
    );
    let style = anchored(bold(13, ALARM), HPos::Center, VPos::Center);
    let middle = (
        at((PANEL.0 + PANEL.1) / 2),
        at((NAME_HEIGHT + PANEL_HEIGHT) as i32 / 2),
    );
    let words = fitted(&words, &style, at(PANEL.1 - PANEL.0 - 20));
    panel.draw(&Text::new(words, middle, style))?;
    Ok(())
}

/// The one time axis below all panels.
fn draw_time_axis(canvas: &Canvas, time: &Axis, top: i32) -> Result<(), DrawingError> {
    for second in &time.labelled {
        let style = anchored(text(12, INK), HPos::Center, VPos::Top);
        canvas.draw(&Text::new(
            trimmed(*second),
            (time_to_x(time, *second), at(top)),
            style,
        ))?;
    }
    let style = anchored(text(13, MUTED), HPos::Center, VPos::Top);
    let middle = at((PANEL.0 + PANEL.1) / 2);
    canvas.draw(&Text::new(
        "time at which the keystroke was scheduled, s",
        (middle, at(top + 22)),
        style,
    ))?;
    Ok(())
}

/// Position of a second on the time axis, in units of the canvas.
pub(super) fn time_to_x(time: &Axis, second: f64) -> i32 {
    let share = second / time.range.end;
    at(PANEL.0) + (share * f64::from(at(PANEL.1 - PANEL.0))).round() as i32
}
