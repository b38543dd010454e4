//! How long each session took to come back after each event: bars, systems by events.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::Figure;
use super::axis::{Axis, linear, milliseconds};
use super::canvas::{
    Canvas, DrawingError, WIDTH, anchored, at, bold, fitted, px, svg, text, width,
};
use super::legend::{MARGIN, TITLE_HEIGHT, title};
use super::palette::{GRID, INK, MUTED, colour};
use crate::analysis::{Analysis, SessionAnalysis};
use crate::statistics::{Distribution, Latency};
use crate::units::time;

/// Height of an event's label, of a bar with the space around it, and of the axis below, in pixels.
const EVENT_HEIGHT: u32 = 28;
const BAR_HEIGHT: u32 = 22;
const FOOT_HEIGHT: u32 = 56;
/// Where bars begin and the longest ends, in pixels from the left; to the right is room for its value.
const BARS: (i32, i32) = (170, 730);

/// All events of one label: median of the recoveries from them, session by session.
struct Event {
    label: String,
    fired: usize,
    recovered: Vec<(usize, Option<Latency>)>,
}

/// A bar for each event and session; `None` when nothing happened.
pub(super) fn recovery_bars(analysis: &Analysis) -> Result<Option<Figure>, DrawingError> {
    let caption = "Time from an event to the first answer of a keystroke typed after it: the median, where there were \
                   several. A hollow bar is a session that had not answered for as long as it was watched.";
    let events = events(analysis);
    if events.is_empty() {
        return Ok(None);
    }
    let bars: usize = events.iter().map(|event| event.recovered.len()).sum();
    let rows = EVENT_HEIGHT * events.len() as u32 + BAR_HEIGHT * bars as u32;
    let values = events
        .iter()
        .flat_map(|event| &event.recovered)
        .filter_map(|(_, of)| *of);
    let axis = linear(values.map(Latency::at_least).fold(0.0, f64::max));
    let svg = svg(TITLE_HEIGHT + rows + FOOT_HEIGHT, |canvas| {
        let name = format!("{}: recovery", analysis.run.scenario.name);
        title(
            canvas,
            &name,
            "Time from the event to the first answer of a keystroke typed after it; shorter is better",
        )?;
        draw_axis(canvas, &axis, TITLE_HEIGHT + rows)?;
        let mut top = TITLE_HEIGHT;
        for event in &events {
            let times = if event.fired > 1 {
                format!(" (median of {})", event.fired)
            } else {
                String::new()
            };
            let words = format!("{}{times}", event.label);
            let words = fitted(&words, &bold(13, INK), at(WIDTH as i32 - 2 * MARGIN));
            let (left, upper) = (at(MARGIN), at(top as i32 + 6));
            // A ground that interrupts the lines of the axis.
            let end = left + width(&words, &bold(13, INK)) + at(6);
            let ground = [(left, upper), (end, upper + at(20))];
            canvas.draw(&Rectangle::new(ground, WHITE.filled()))?;
            canvas.draw(&Text::new(words, (left, upper + at(2)), bold(13, INK)))?;
            top += EVENT_HEIGHT;
            for (index, recovered) in &event.recovered {
                draw_bar(
                    canvas,
                    top,
                    &analysis.sessions[*index],
                    *index,
                    *recovered,
                    &axis,
                )?;
                top += BAR_HEIGHT;
            }
        }
        Ok(())
    })?;
    Ok(Some(Figure {
        name: "recovery".into(),
        caption: caption.into(),
        svg,
    }))
}

/// Events by label, in order of the first time at which each fired.
fn events(analysis: &Analysis) -> Vec<Event> {
    let mut labels: Vec<(&str, f64)> = Vec::new();
    for recovery in analysis
        .sessions
        .iter()
        .flat_map(|session| &session.recoveries)
    {
        match labels
            .iter_mut()
            .find(|(label, _)| *label == recovery.event)
        {
            Some((_, first)) => *first = first.min(recovery.at_ms),
            None => labels.push((&recovery.event, recovery.at_ms)),
        }
    }
    labels.sort_by(|a, b| a.1.total_cmp(&b.1));
    labels
        .into_iter()
        .map(|(label, _)| Event::of(label, analysis))
        .collect()
}

impl Event {
    fn of(label: &str, analysis: &Analysis) -> Self {
        let own = |of: &SessionAnalysis| -> Vec<Option<Latency>> {
            let own = of
                .recoveries
                .iter()
                .filter(|recovery| recovery.event == label);
            own.map(|recovery| recovery.answered_after).collect()
        };
        let each = analysis.sessions.iter().map(own).enumerate();
        let saw: Vec<_> = each
            .filter(|(_, recoveries)| !recoveries.is_empty())
            .collect();
        let median = |recoveries: &[Option<Latency>]| {
            recoveries
                .iter()
                .flatten()
                .copied()
                .collect::<Distribution>()
                .quantile(0.5)
        };
        Self {
            label: label.into(),
            fired: saw
                .iter()
                .map(|(_, recoveries)| recoveries.len())
                .max()
                .unwrap_or(0),
            recovered: saw
                .iter()
                .map(|(index, recoveries)| (*index, median(recoveries)))
                .collect(),
        }
    }
}

fn draw_bar(
    canvas: &Canvas,
    top: u32,
    session: &SessionAnalysis,
    index: usize,
    recovered: Option<Latency>,
    axis: &Axis,
) -> Result<(), DrawingError> {
    let middle = at((top + BAR_HEIGHT / 2) as i32);
    let style = anchored(text(13, INK), HPos::Right, VPos::Center);
    let name = fitted(&session.session.name, &style, at(BARS.0 - MARGIN - 10));
    canvas.draw(&Text::new(name, (at(BARS.0 - 8), middle), style))?;
    let end = value_to_x(axis, recovered.map_or(0.0, Latency::at_least));
    let (upper, lower) = (middle - at(7), middle + at(7));
    let bar = [(at(BARS.0), upper), (end, lower)];
    if matches!(recovered, Some(Latency::Censored(_))) {
        canvas.draw(&Rectangle::new(bar, colour(index).mix(0.2).filled()))?;
        canvas.draw(&Rectangle::new(bar, colour(index).stroke_width(px(1))))?;
    } else {
        canvas.draw(&Rectangle::new(bar, colour(index).filled()))?;
    }
    let words = match recovered {
        Some(Latency::Answered(ms)) => time(ms),
        Some(Latency::Censored(ms)) => format!("not within {}", time(ms)),
        None => "nothing typed after it".into(),
    };
    let style = anchored(text(12, INK), HPos::Left, VPos::Center);
    canvas.draw(&Text::new(words, (end + at(6), middle), style))?;
    Ok(())
}

fn draw_axis(canvas: &Canvas, axis: &Axis, bottom: u32) -> Result<(), DrawingError> {
    for tick in &axis.labelled {
        let x = value_to_x(axis, *tick);
        let line = vec![(x, at(TITLE_HEIGHT as i32 + 8)), (x, at(bottom as i32 + 4))];
        canvas.draw(&PathElement::new(line, GRID.stroke_width(px(1))))?;
        let style = anchored(text(12, INK), HPos::Center, VPos::Top);
        canvas.draw(&Text::new(
            milliseconds(*tick),
            (x, at(bottom as i32 + 8)),
            style,
        ))?;
    }
    let style = anchored(text(13, MUTED), HPos::Center, VPos::Top);
    let middle = at((BARS.0 + BARS.1) / 2);
    canvas.draw(&Text::new(
        "time to recover",
        (middle, at(bottom as i32 + 30)),
        style,
    ))?;
    Ok(())
}

/// Position of a number of milliseconds, in units of the canvas.
fn value_to_x(axis: &Axis, ms: f64) -> i32 {
    at(BARS.0) + (ms / axis.range.end * f64::from(at(BARS.1 - BARS.0))).round() as i32
}
