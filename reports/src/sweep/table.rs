//! A sweep as tables with a row for each combination of values: each session's median and 99th percentile; or how soon
//! it was back, when its ends had heard of each other, and how many keys were late and lost.

use serde::Serialize;

use super::recovery::{LATE_MS, Recovered};
use super::{Back, Measured, Show, SweepAnalysis};
use crate::statistics::Heard;
use crate::table::{Table, aligned};
use crate::units::{bounded, count, time};

/// A table and its heading.
#[derive(Serialize)]
pub(super) struct Titled {
    title: &'static str,
    table: Table,
}

/// Everything that the sweep is to show, of all combinations.
pub(super) fn tables(analysis: &SweepAnalysis) -> Vec<Titled> {
    match analysis.plan.show {
        Show::Latency => vec![Titled {
            title: "Every combination",
            table: latencies(analysis),
        }],
        Show::Recovery => vec![
            Titled {
                title: "Time until it answers again",
                table: recoveries(analysis, |of| back(of.answered)),
            },
            Titled {
                title: "First authenticated datagram both ways",
                table: recoveries(analysis, |of| {
                    of.heard.map_or_else(|| "–".to_owned(), Heard::shown)
                }),
            },
            Titled {
                title: "Keys and lines late, and lost",
                table: recoveries(analysis, |of| {
                    of.late_and_lost
                        .map_or_else(|| "–".to_owned(), late_and_lost)
                }),
            },
        ],
    }
}

/// A figure of every session's recovery.
fn recoveries(analysis: &SweepAnalysis, figure: fn(Recovered) -> String) -> Table {
    let plan = &analysis.plan;
    let axes = plan.axes.iter().map(|axis| axis.title.as_str());
    let titles: Vec<&str> = axes
        .chain(plan.sessions.iter().map(String::as_str))
        .collect();
    let rows = analysis.combinations().into_iter().map(|values| {
        let named = plan.axes.iter().zip(&values);
        let named = named.map(|(axis, &n)| axis.values[n].shown.clone());
        let sessions = 0..plan.sessions.len();
        let figures = sessions.map(|session| figure(analysis.recovered(&values, session)));
        named.chain(figures).collect()
    });
    Table::new(&titles, rows)
}

fn back(back: Back) -> String {
    match back {
        Back::After(ms) => time(ms),
        Back::Never => "never".to_owned(),
        Back::Failed => "failed".to_owned(),
        Back::Missing => "–".to_owned(),
    }
}

/// Counts of late and lost keys, in words.
fn late_and_lost([late, lost]: [f64; 2]) -> String {
    match (late, lost) {
        (0.0, 0.0) => "0".to_owned(),
        (_, 0.0) => format!("{late:.0} late"),
        (0.0, _) => format!("{lost:.0} lost"),
        _ => format!("{late:.0} late, {lost:.0} lost"),
    }
}

/// The latencies of all combinations, in milliseconds.
fn latencies(analysis: &SweepAnalysis) -> Table {
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
    let seeds = count(plan.seeds.len(), "seed");
    match plan.show {
        Show::Latency => notes.push(format!(
            "Latency from the scheduled keystroke to its effect on the screen, over {seeds} each; ≥ where some were never answered.",
        )),
        Show::Recovery => notes.extend([
            format!("From the end of each event to the first answer of what was typed, or written by the far end, after it: median of {seeds}. “Never”: not while it was watched, or the session ended."),
            format!("First authenticated datagram both ways: from the end of each event until both ends had received one that was sent after it; median of {seeds}. Inside WireGuard the tunnel’s own datagrams count; of SSH, TCP segments after its key exchange. “One way”: only one end had; when only output comes, ssh’s client sends nothing but bare acknowledgements of TCP, which nobody authenticates."),
            format!("Late is what showed more than {} after it was typed or written, lost what never did, while the event lasted too: medians of {seeds}. Into a session that has ended nothing is typed.", time(LATE_MS)),
        ]),
    }
    if analysis.failures().next().is_some() {
        notes.push("† and “failed”: not every session got to its end.".to_owned());
    }
    notes
}

/// The whole of `sweep.md`.
pub(super) fn markdown(analysis: &SweepAnalysis) -> String {
    let plan = &analysis.plan;
    let mut text = format!("# {}\n\n{}\n", plan.name, plan.question);
    for part in tables(analysis) {
        text += &format!("\n## {}\n\n{}\n", part.title, aligned(&part.table));
    }
    for note in notes(analysis) {
        text += &format!("- {note}\n");
    }
    let seeds: Vec<String> = plan.seeds.iter().map(u64::to_string).collect();
    text + &format!("- World {}, seeds {}.\n", plan.world, seeds.join(", "))
}
