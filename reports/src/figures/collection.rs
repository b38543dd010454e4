//! The delay that a protocol adds by itself, against how long it collects writes, as in figure 3 of the Mosh paper.

use plotters::element::DashedPathElement;
use plotters::prelude::*;

use super::Figure;
use super::axis::{linear, milliseconds};
use super::canvas::{DrawingError, px, svg, text};
use super::legend::{Legend, MARGIN, TITLE_HEIGHT, curve, title};
use super::palette::{GRID, INK, MUTED};
use crate::gallery::CollectionDelays;

/// Height of the plotting area with its labels, in pixels.
const PLOT_HEIGHT: u32 = 360;

/// The mean delay of a write at each interval, that of the ways that have no fixed one as level lines, and where the
/// published optimum is.
pub(crate) fn collection(
    delays: &CollectionDelays,
    published_ms: f64,
) -> Result<Figure, DrawingError> {
    let names = ["fixed interval"].into_iter().map(str::to_owned);
    let others = delays.others.iter().map(|(name, _)| name.clone());
    let legend = Legend::of(names.chain(others).enumerate());
    let longest = delays.fixed.iter().map(|(interval, _)| *interval);
    let x = linear(longest.fold(0.0, f64::max));
    let means = delays.fixed.iter().map(|(_, mean)| *mean);
    let others = delays.others.iter().map(|(_, mean)| *mean);
    let y = linear(means.chain(others).fold(0.0, f64::max) * 1.1);
    let (right, high) = (x.range.end, y.range.end);
    let top = TITLE_HEIGHT + legend.height();
    let svg = svg(top + PLOT_HEIGHT, |canvas| {
        title(
            canvas,
            "How long the server itself holds back what a program writes",
            "Mean over all writes; lower is better; the dashed upright is the published optimum",
        )?;
        legend.draw(canvas, TITLE_HEIGHT)?;
        let plot = canvas.margin(px(top + 8), px(8), px(MARGIN as u32), px(28));
        let mut chart = ChartBuilder::on(&plot)
            .x_label_area_size(px(44))
            .y_label_area_size(px(72))
            .build_cartesian_2d(x.range, y.range)?;
        chart
            .configure_mesh()
            .x_labels(11)
            .y_labels(8)
            .x_label_formatter(&|ms| milliseconds(*ms))
            .y_label_formatter(&|ms| milliseconds(*ms))
            .max_light_lines(0)
            .set_all_tick_mark_size(px(4))
            .x_desc("collection interval: how long the server waits after a write for more")
            .y_desc("mean delay of a write")
            .label_style(text(12, INK))
            .axis_desc_style(text(13, MUTED))
            .bold_line_style(GRID.stroke_width(px(1)))
            .axis_style(MUTED.stroke_width(px(1)))
            .draw()?;
        let line = |points: &[(f64, f64)], number: usize| {
            let points = points.iter().map(|at| chart.backend_coord(at)).collect();
            curve(canvas, points, number)
        };
        line(&delays.fixed, 0)?;
        for (number, (_, mean)) in (1..).zip(&delays.others) {
            line(&[(0.0, *mean), (right, *mean)], number)?;
        }
        let optimum = [(published_ms, 0.0), (published_ms, high)];
        let optimum: Vec<_> = optimum.iter().map(|at| chart.backend_coord(at)).collect();
        let style = MUTED.stroke_width(px(1));
        canvas.draw(&DashedPathElement::new(optimum, px(2), px(5), style))?;
        Ok(())
    })?;
    Ok(Figure {
        name: "collection-interval".into(),
        caption: "The mean time from a program’s write to the frame that carries it away. Too short an interval splits \
                  bursts, and the rest waits for the next frame; too long a one makes everything wait."
            .to_owned(),
        svg,
    })
}
