//! How long a server should collect writes, computed from recordings.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::figures::{DrawingError, Figure, collection as figure};
use crate::table::Table;
use crate::units::time;

/// The part of a gallery that is computed and not run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Collection {
    /// Heading: what of the publication it is.
    pub title: String,
    /// The recordings that tell when programs write, relative to the working folder.
    pub recordings: Vec<PathBuf>,
    /// The path's round trip in milliseconds, half of which is the time between two frames.
    pub round_trip_ms: u64,
    /// The fixed intervals in milliseconds.
    pub intervals_ms: Vec<u64>,
    /// The interval that was published as the best, in milliseconds.
    pub published_ms: f64,
    /// Why the figures differ, where they do.
    pub differences: String,
}

/// What was computed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CollectionDelays {
    /// How many writes there are.
    pub writes: usize,
    /// For each fixed interval the mean delay of a write, both in milliseconds.
    pub fixed: Vec<(f64, f64)>,
    /// For each way that has no fixed interval its name, and the mean delay of a write in milliseconds.
    pub others: Vec<(String, f64)>,
}

/// What the page shows of it.
#[derive(Serialize)]
pub(super) struct Computed<'a> {
    pub(super) collection: &'a Collection,
    pub(super) writes: usize,
    pub(super) best: String,
    pub(super) table: Table,
    pub(super) figure: Figure,
}

pub(super) fn computed<'a>(
    collection: &'a Collection,
    delays: &CollectionDelays,
) -> Result<Computed<'a>, DrawingError> {
    let fixed = delays.fixed.iter();
    let best = fixed.clone().min_by(|a, b| a.1.total_cmp(&b.1));
    let fixed = fixed.map(|&(interval, mean)| vec![format!("{interval} ms"), time(mean)]);
    let others = delays
        .others
        .iter()
        .map(|(name, mean)| vec![name.clone(), time(*mean)]);
    let titles = ["collection interval", "mean delay of a write"];
    Ok(Computed {
        collection,
        writes: delays.writes,
        best: best.map_or_else(String::new, |(interval, _)| format!("{interval} ms")),
        table: Table::new(&titles, fixed.chain(others)),
        figure: figure(delays, collection.published_ms)?,
    })
}
