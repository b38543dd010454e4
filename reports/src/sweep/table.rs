//! A sweep as a table: a row for each combination of values, and each session's median and 99th percentile.

use super::{Measured, SweepAnalysis};
use crate::table::{Table, aligned};
use crate::units::{bounded, count};

/// The table of all combinations, in milliseconds.
pub(super) fn table(analysis: &SweepAnalysis) -> Table {
    let plan = &analysis.plan;
    let mut titles: Vec<String> = plan.axes.iter().map(|axis| axis.title.clone()).collect();
    for session in &plan.sessions {
        titles.extend([format!("{session} median ms"), format!("{session} p99 ms")]);
    }
    let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
    let rows = analysis.combinations().into_iter().map(|values| {
        let named = plan.axes.iter().zip(&values);
        let named = named.map(|(axis, &n)| axis.values[n].shown.clone());
        let measured = (0..plan.sessions.len()).flat_map(|session| {
            let measured = analysis.at(&values, session);
            [0.5, 0.99].map(|p| figure(&measured, p))
        });
        named.chain(measured).collect::<Vec<_>>()
    });
    Table::new(&titles, rows)
}

/// A quantile, with a mark where not all runs got to their end.
fn figure(measured: &Measured, p: f64) -> String {
    let mark = if measured.failed > 0 { " †" } else { "" };
    match measured.latencies.quantile(p) {
        Some(latency) => bounded(latency) + mark,
        None if measured.failed > 0 => "failed".to_owned(),
        None => "–".to_owned(),
    }
}

/// What has to be said beside the table.
pub(super) fn notes(analysis: &SweepAnalysis) -> Vec<String> {
    let plan = &analysis.plan;
    let mut notes = Vec::new();
    if analysis.missing() > 0 {
        notes.push(format!(
            "{} of {} have not been run.",
            analysis.missing(),
            count(plan.cells.len(), "cell")
        ));
    }
    notes.push(format!(
        "Latency from the scheduled keystroke to its effect on the screen, over {} each; ≥ where some were never answered.",
        count(plan.seeds.len(), "seed"),
    ));
    if analysis.failures().next().is_some() {
        notes.push("† and “failed”: not every session got to its end.".to_owned());
    }
    notes
}

/// The whole of `sweep.md`.
pub(super) fn markdown(analysis: &SweepAnalysis) -> String {
    let plan = &analysis.plan;
    let mut text = format!(
        "# {}\n\n{}\n\n{}\n",
        plan.name,
        plan.question,
        aligned(&table(analysis))
    );
    for note in notes(analysis) {
        text += &format!("- {note}\n");
    }
    let seeds: Vec<String> = plan.seeds.iter().map(u64::to_string).collect();
    text + &format!("- World {}, seeds {}.\n", plan.world, seeds.join(", "))
}
