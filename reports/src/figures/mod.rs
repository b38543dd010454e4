//! Figures: one SVG each, for the page and to stand alone, and the same as PNG.
//!
//! Everything is drawn in one set of colours that stay apart for the colour-blind (Okabe & Ito, "Color Universal
//! Design", 2008), and sessions differ by their dashes too. No font of the machine is used.

mod axis;
mod canvas;
mod cdf;
mod collection;
mod event_labels;
mod heat_map;
mod legend;
mod over_time;
mod palette;
mod recovery;
mod recovery_matrix;
mod sweep_lines;
mod thinning;

use serde::Serialize;

use self::heat_map::Statistic;
use crate::analysis::Analysis;
use crate::sweep::{Show, SweepAnalysis};

pub use canvas::{DrawingError, png};
pub(crate) use cdf::latency_cdf;
pub(crate) use collection::collection;
pub(crate) use palette::css;

/// A figure as a complete SVG document.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// Its file name without extension: `latency-cdf`.
    pub name: String,
    /// What it shows and how to read it, for a caption.
    pub caption: String,
    /// The SVG document.
    pub svg: String,
}

/// Every figure that the data allow.
///
/// # Errors
/// When a figure cannot be laid out; a bug here, never a property of the data.
pub fn figures(analysis: &Analysis) -> Result<Vec<Figure>, DrawingError> {
    let mut figures = vec![
        latency_cdf(analysis)?,
        over_time::latency_over_time(analysis)?,
    ];
    figures.extend(recovery::recovery_bars(analysis)?);
    Ok(figures)
}

/// The figures of a sweep: of latency heat maps of the first two variables where there are two, and lines along the
/// first; of recovery a matrix of sessions and the values of the first, for each combination of the others.
///
/// # Errors
/// As for [`figures`].
pub(crate) fn sweep_figures(analysis: &SweepAnalysis) -> Result<Vec<Figure>, DrawingError> {
    if analysis.plan.show == Show::Recovery {
        return recovery_matrix::recovery_matrices(analysis);
    }
    let statistics = [
        Statistic {
            name: "heat-map-median",
            title: "median of",
            quantile: 0.5,
        },
        Statistic {
            name: "heat-map-p99",
            title: "99th percentile of",
            quantile: 0.99,
        },
    ];
    let maps = statistics.iter().filter(|_| analysis.plan.axes.len() > 1);
    let maps = maps.map(|statistic| heat_map::heat_map(analysis, statistic));
    maps.chain([sweep_lines::sweep_lines(analysis)]).collect()
}
