//! Cells and keystrokes as columns of one type each, for CSV and Parquet.

use super::{CellResult, PlannedCell, SweepAnalysis};
use crate::results::Outcome;
use crate::statistics::{Distribution, Latency};

/// A column of a data table.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Column {
    /// Its name, with the unit at its end: `median_ms`.
    pub(super) name: String,
    pub(super) data: Data,
}

/// What is in a column, row by row.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Data {
    Text(Vec<String>),
    Whole(Vec<i64>),
    /// A number, unless there is none.
    Real(Vec<Option<f64>>),
}

/// A cell that has been run: its place in the plan and its result.
type Run<'a> = (&'a PlannedCell, &'a CellResult);

/// A row for each cell that has been run.
pub(super) fn cells(analysis: &SweepAnalysis) -> Vec<Column> {
    let runs: Vec<Run<'_>> = runs(analysis).collect();
    let latencies: Vec<Distribution> = runs
        .iter()
        .map(|(_, result)| result.keystrokes.iter().map(|key| key.latency()).collect())
        .collect();
    let real = |name: &str, figure: &dyn Fn(&Distribution) -> Option<f64>| {
        column(name, Data::Real(latencies.iter().map(figure).collect()))
    };
    let whole = |name: &str, figure: &dyn Fn(&Distribution) -> usize| {
        let count = latencies.iter().map(|of| figure(of) as i64);
        column(name, Data::Whole(count.collect()))
    };
    let count = |name: &str, of: fn(&CellResult) -> usize| {
        column(
            name,
            Data::Whole(runs.iter().map(|run| of(run.1) as i64).collect()),
        )
    };
    let after = |name: &str, of: fn(&CellResult) -> Option<f64>| {
        column(name, Data::Real(runs.iter().map(|run| of(run.1)).collect()))
    };
    let quantile = |p: f64| move |of: &Distribution| of.quantile(p).map(Latency::at_least);
    let mut columns = values(analysis, &runs);
    columns.extend([
        column(
            "session",
            Data::Text(runs.iter().map(|run| run.1.session.clone()).collect()),
        ),
        column(
            "seed",
            Data::Whole(runs.iter().map(|run| run.1.seed as i64).collect()),
        ),
        column(
            "error",
            Data::Text(runs.iter().map(|run| error(run.1)).collect()),
        ),
        whole("keystrokes", &Distribution::len),
        whole("answered", &Distribution::answered),
        real("median_ms", &quantile(0.5)),
        real("mean_ms", &Distribution::mean),
        real("sd_ms", &Distribution::standard_deviation),
        real("p90_ms", &quantile(0.9)),
        real("p95_ms", &quantile(0.95)),
        real("p99_ms", &quantile(0.99)),
        real("max_ms", &quantile(1.0)),
        after("recovered_ms", CellResult::recovered),
        after("datagram_to_server_ms", |result| result.heard()[0]),
        after("datagram_to_client_ms", |result| result.heard()[1]),
        count("late", CellResult::late),
        count("lost", CellResult::lost),
        column(
            "address",
            Data::Text(runs.iter().map(|run| run.0.address.clone()).collect()),
        ),
    ]);
    columns
}

/// A row for each keystroke of each cell that has been run.
pub(super) fn keystrokes(analysis: &SweepAnalysis) -> Vec<Column> {
    let rows = runs(analysis).flat_map(|run| {
        let keys = run.1.keystrokes.iter().enumerate();
        keys.map(move |(index, key)| (run, index, key))
    });
    let rows: Vec<_> = rows.collect();
    let of: Vec<Run<'_>> = rows.iter().map(|(run, ..)| *run).collect();
    let mut columns = values(analysis, &of);
    let real = |name: &str, of: Vec<Option<f64>>| column(name, Data::Real(of));
    columns.extend([
        column(
            "session",
            Data::Text(of.iter().map(|run| run.1.session.clone()).collect()),
        ),
        column(
            "seed",
            Data::Whole(of.iter().map(|run| run.1.seed as i64).collect()),
        ),
        column(
            "index",
            Data::Whole(rows.iter().map(|(_, index, _)| *index as i64).collect()),
        ),
        real(
            "scheduled_ms",
            rows.iter().map(|row| Some(row.2.scheduled_ms)).collect(),
        ),
        real(
            "answered_ms",
            rows.iter().map(|row| row.2.answered_ms).collect(),
        ),
        real(
            "censored_at_ms",
            rows.iter().map(|row| row.2.censored_at_ms).collect(),
        ),
    ]);
    columns
}

fn runs(analysis: &SweepAnalysis) -> impl Iterator<Item = Run<'_>> {
    let cells = analysis.plan.cells.iter().zip(&analysis.results);
    cells.filter_map(|(cell, result)| Some((cell, result.as_ref()?)))
}

/// A column for each variable: numbers where all of its values are, with their unit in its name.
fn values(analysis: &SweepAnalysis, runs: &[Run<'_>]) -> Vec<Column> {
    let axes = analysis.plan.axes.iter().enumerate();
    axes.map(|(n, axis)| {
        let of = |run: &Run<'_>| &axis.values[run.0.values[n]];
        let unit = &axis.values[0].unit;
        let counted = |value: &super::PlannedValue| value.number.is_some() && value.unit == *unit;
        if !axis.values.iter().all(counted) {
            return column(
                &axis.variable,
                Data::Text(runs.iter().map(|run| of(run).shown.clone()).collect()),
            );
        }
        let name = match unit.as_str() {
            "" => axis.variable.clone(),
            unit => format!(
                "{}_{}",
                axis.variable,
                unit.replace('/', "_per_").to_lowercase()
            ),
        };
        column(
            &name,
            Data::Real(runs.iter().map(|run| of(run).number).collect()),
        )
    })
    .collect()
}

/// Why it did not get to its end; empty where it did.
fn error(result: &CellResult) -> String {
    match &result.outcome {
        Outcome::Finished => String::new(),
        Outcome::Failed { error } => error.clone(),
    }
}

fn column(name: &str, data: Data) -> Column {
    Column {
        name: name.to_owned(),
        data,
    }
}
