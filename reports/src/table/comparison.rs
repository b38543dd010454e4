//! The table that compares sessions.

use super::{Cell, Column, Table};
use crate::analysis::{Analysis, SessionAnalysis};
use crate::statistics::Latency;
use crate::units::{bounded, number, percent, range, times};

/// What a column shows of a session, and what of it can be the best (the smallest is).
struct Measure {
    title: &'static str,
    rank: u8,
    show: fn(&SessionAnalysis) -> Option<String>,
    compare: fn(&SessionAnalysis) -> Option<f64>,
}

const MEASURES: [Measure; 13] = [
    Measure {
        title: "keystrokes",
        rank: 3,
        show: |of| Some(of.latencies.len().to_string()),
        compare: |_| None,
    },
    Measure {
        title: "unanswered",
        rank: 8,
        show: |of| Some(unanswered(of)),
        compare: |_| None,
    },
    Measure {
        title: "median ms",
        rank: 10,
        show: |of| quantile(of, 0.5),
        compare: |of| exact(of, 0.5),
    },
    Measure {
        title: "mean ms",
        rank: 9,
        show: |of| of.latencies.mean().map(number),
        compare: |of| of.latencies.mean().filter(|_| of.is_comparable()),
    },
    Measure {
        title: "95 % CI of mean",
        rank: 5,
        show: |of| {
            of.mean_interval
                .map(|(interval, _)| range(interval, number))
        },
        compare: |_| None,
    },
    Measure {
        title: "σ ms",
        rank: 2,
        show: |of| of.latencies.standard_deviation().map(number),
        compare: |_| None,
    },
    Measure {
        title: "p90 ms",
        rank: 1,
        show: |of| quantile(of, 0.90),
        compare: |of| exact(of, 0.90),
    },
    Measure {
        title: "p95 ms",
        rank: 4,
        show: |of| quantile(of, 0.95),
        compare: |of| exact(of, 0.95),
    },
    Measure {
        title: "p99 ms",
        rank: 7,
        show: |of| quantile(of, 0.99),
        compare: |of| exact(of, 0.99),
    },
    Measure {
        title: "max ms",
        rank: 3,
        show: |of| quantile(of, 1.0),
        compare: |of| exact(of, 1.0),
    },
    Measure {
        title: "under 5 ms",
        rank: 2,
        show: |of| of.latencies.share_under(5.0).map(percent),
        compare: |of| {
            of.latencies
                .share_under(5.0)
                .filter(|share| *share > 0.0)
                .map(|share| -share)
        },
    },
    Measure {
        title: "guessed wrongly",
        rank: 2,
        show: |of| of.guessed_wrongly().map(percent),
        compare: SessionAnalysis::guessed_wrongly,
    },
    Measure {
        title: "mean ÷ best",
        rank: 6,
        show: |of| {
            of.ratio
                .filter(|_| of.is_comparable())
                .map(|ratio| times(ratio.value))
        },
        compare: |_| None,
    },
];

/// The sessions of a run side by side, the best of each column marked when there is something to compare.
pub(crate) fn comparison(analysis: &Analysis) -> Table {
    let sessions = &analysis.sessions;
    let mut columns = vec![Column {
        title: "session".into(),
        rank: u8::MAX,
    }];
    let name = |of| {
        vec![Cell {
            text: name(of),
            best: false,
        }]
    };
    let mut rows: Vec<Vec<Cell>> = sessions.iter().map(name).collect();
    for measure in &MEASURES {
        let shown: Vec<Option<String>> = sessions.iter().map(measure.show).collect();
        if shown.iter().all(Option::is_none) {
            continue;
        }
        columns.push(Column {
            title: measure.title.into(),
            rank: measure.rank,
        });
        let compared: Vec<Option<f64>> = sessions.iter().map(measure.compare).collect();
        let best = best(&compared);
        for ((row, text), value) in rows.iter_mut().zip(shown).zip(compared) {
            let text = text.unwrap_or_else(|| "–".into());
            row.push(Cell {
                text,
                best: best.is_some() && value == best,
            });
        }
    }
    Table { columns, rows }
}

fn name(of: &SessionAnalysis) -> String {
    format!(
        "{}{}",
        of.session.name,
        if of.failures.is_empty() { "" } else { " ✗" }
    )
}

fn unanswered(of: &SessionAnalysis) -> String {
    match of.latencies.censored() {
        0 => "0".into(),
        some => format!(
            "{some} ({})",
            percent(some as f64 / of.latencies.len() as f64)
        ),
    }
}

fn quantile(of: &SessionAnalysis, p: f64) -> Option<String> {
    of.latencies.quantile(p).map(bounded)
}

fn exact(of: &SessionAnalysis, p: f64) -> Option<f64> {
    of.latencies
        .quantile(p)
        .filter(|latency| !latency.is_censored())
        .map(Latency::at_least)
}

/// The smallest, if there are two to compare and not all are the same.
fn best(values: &[Option<f64>]) -> Option<f64> {
    let present = || values.iter().flatten().copied();
    let best = present().min_by(f64::total_cmp)?;
    present().any(|value| value > best).then_some(best)
}
