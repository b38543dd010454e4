//! The cumulative distribution of latency, as in figure 2 of the Mosh paper.

use plotters::coord::combinators::BindKeyPoints;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::axis::{logarithmic, milliseconds};
use super::canvas::{DrawingError, anchored, bold, px, svg, text};
use super::legend::{Legend, MARGIN, TITLE_HEIGHT, curve, title};
use super::palette::{GRID, INK, MUTED};
use super::{Figure, thinning};
use crate::analysis::{Analysis, SessionAnalysis};
use crate::statistics::Distribution;
use crate::units::percent;

/// Height of the plotting area with its labels, in pixels.
const PLOT_HEIGHT: u32 = 400;
/// Steps of one curve; more could not be told apart.
const STEPS: usize = 700;

/// The share of keystrokes that each session answered within a time.
pub(crate) fn latency_cdf(analysis: &Analysis) -> Result<Figure, DrawingError> {
    let caption = "Share of all keystrokes that were answered within a time. Further left is faster; a curve that ends \
                   below 100 % left the rest unanswered.";
    let measured = analysis
        .sessions
        .iter()
        .enumerate()
        .filter(|(_, of)| !of.latencies.is_empty());
    let measured: Vec<_> = measured.collect();
    let legend = Legend::of(measured.iter().map(|(index, of)| (*index, entry(of))));
    let x = logarithmic(
        measured
            .iter()
            .flat_map(|(_, of)| of.latencies.answered_ms()),
    );
    let (start, end) = (x.range.start, x.range.end);
    let top = TITLE_HEIGHT + legend.height();
    let svg = svg(top + PLOT_HEIGHT, |canvas| {
        let name = format!("{}: how long keystrokes take", analysis.run.scenario.name);
        title(
            canvas,
            &name,
            "Share of keystrokes answered within a time; further left is faster",
        )?;
        legend.draw(canvas, TITLE_HEIGHT)?;
        let plot = canvas.margin(px(top + 8), px(8), px(MARGIN as u32), px(28));
        let scale = x
            .range
            .log_scale()
            .with_key_points(x.labelled)
            .with_light_points(x.between);
        let mut chart = ChartBuilder::on(&plot)
            .x_label_area_size(px(44))
            .y_label_area_size(px(62))
            .build_cartesian_2d(scale, 0.0..1.0)?;
        chart
            .configure_mesh()
            .x_label_formatter(&|ms| milliseconds(*ms))
            .y_label_formatter(&|share| format!("{:.0} %", share * 100.0))
            .y_labels(11)
            .y_max_light_lines(1)
            .set_all_tick_mark_size(px(4))
            .x_desc("latency from the scheduled keystroke to its effect on the screen (log scale)")
            .y_desc("answered keystrokes")
            .label_style(text(12, INK))
            .axis_desc_style(text(13, MUTED))
            .bold_line_style(GRID.stroke_width(px(1)))
            .light_line_style(GRID.mix(0.5).stroke_width(px(1)))
            .axis_style(MUTED.stroke_width(px(1)))
            .draw()?;
        if measured.iter().all(|(_, of)| of.latencies.answered() == 0) {
            let style = anchored(bold(13, MUTED), HPos::Center, VPos::Center);
            let middle = chart.backend_coord(&((start * end).sqrt(), 0.5));
            canvas.draw(&Text::new("no keystroke was answered", middle, style))?;
        }
        for (index, session) in &measured {
            let steps = steps(&session.latencies, start, end);
            let points = steps.iter().map(|step| chart.backend_coord(step)).collect();
            curve(canvas, points, *index)?;
        }
        Ok(())
    })?;
    Ok(Figure {
        name: "latency-cdf".into(),
        caption: caption.into(),
        svg,
    })
}

/// Name, and how much was answered where that is not all.
fn entry(of: &SessionAnalysis) -> String {
    let name = &of.session.name;
    match of.latencies.censored() {
        0 => name.clone(),
        _ => {
            let share = of.latencies.answered() as f64 / of.latencies.len() as f64;
            format!("{name} ({} answered)", percent(share))
        }
    }
}

/// The curve's corners: up where a keystroke was answered, and on to the right edge at the height reached.
fn steps(latencies: &Distribution, start: f64, end: f64) -> Vec<(f64, f64)> {
    let answered: Vec<f64> = latencies.answered_ms().collect();
    let (mut corners, mut height) = (Vec::new(), 0.0);
    for rank in thinning::ranks(answered.len(), STEPS) {
        let reached = (rank + 1) as f64 / latencies.len() as f64;
        let time = answered[rank].max(start);
        corners.extend([(time, height), (time, reached)]);
        height = reached;
    }
    corners.push((end, height));
    corners
}
