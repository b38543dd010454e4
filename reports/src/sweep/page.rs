//! `sweep.html`: one file, everything in it, nothing fetched.

use std::collections::BTreeMap;

use serde::Serialize;

use super::table::{Titled, notes, tables};
use super::{Plan, SweepAnalysis};
use crate::figures::Figure;
use crate::page::render;
use crate::units::count;

/// More failures than this are counted, not listed.
const FAILURES_LISTED: usize = 12;

/// What the template is filled with.
#[derive(Serialize)]
struct Page<'a> {
    style: &'static str,
    plan: &'a Plan,
    cells: String,
    missing: usize,
    failures: Vec<String>,
    more_failures: usize,
    figures: &'a [Figure],
    tables: Vec<Titled>,
    notes: Vec<String>,
    kernel: Option<&'a str>,
    versions: BTreeMap<&'a str, &'a str>,
}

/// Renders the page with its figures inside.
pub(super) fn page(
    analysis: &SweepAnalysis,
    figures: &[Figure],
) -> Result<String, minijinja::Error> {
    let results = || analysis.results.iter().flatten();
    let failures: Vec<String> = failures(analysis).collect();
    let page = Page {
        style: include_str!("../page/style.css"),
        plan: &analysis.plan,
        cells: count(analysis.plan.cells.len(), "cell"),
        missing: analysis.missing(),
        more_failures: failures.len().saturating_sub(FAILURES_LISTED),
        failures: failures.into_iter().take(FAILURES_LISTED).collect(),
        figures,
        tables: tables(analysis),
        notes: notes(analysis),
        kernel: results().next().map(|result| result.kernel.as_str()),
        versions: results()
            .flat_map(|result| &result.versions)
            .map(|(name, version)| (name.as_str(), version.as_str()))
            .collect(),
    };
    render("sweep.html", include_str!("sweep.html"), &page)
}

fn failures(analysis: &SweepAnalysis) -> impl Iterator<Item = String> {
    analysis.failures().map(|(cell, error)| {
        let axes = analysis.plan.axes.iter().zip(&cell.values);
        let values: Vec<&str> = axes
            .map(|(axis, &n)| axis.values[n].shown.as_str())
            .collect();
        format!(
            "{}, {}, seed {}: {error}",
            cell.session,
            values.join(", "),
            cell.seed
        )
    })
}
