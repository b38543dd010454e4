//! The table that compares sessions, once for Markdown, terminal and page.

mod markdown;
mod terminal;

use serde::Serialize;

use crate::analysis::{Analysis, SessionAnalysis};
use crate::statistics::{Latency, Resampling};
use crate::units::{bounded, number, percent, range, times};

pub(crate) use markdown::aligned;
pub use markdown::markdown;
pub use terminal::terminal;

/// A table of text, its first column to the left and the others to the right.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Table {
    /// Heading of each column.
    pub(crate) columns: Vec<Column>,
    /// Rows of as many cells.
    pub(crate) rows: Vec<Vec<Cell>>,
}

/// Heading of a column.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Column {
    /// What it shows, with the unit: `median ms`.
    pub(crate) title: String,
    /// The lower, the sooner it goes when there is no room.
    #[serde(skip)]
    rank: u8,
}

/// One figure.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Cell {
    /// As it is shown.
    pub(crate) text: String,
    /// Whether it is the best of its column.
    pub(crate) best: bool,
}

impl Table {
    pub(crate) fn new(titles: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Self {
        let columns = titles
            .iter()
            .map(|title| Column {
                title: (*title).into(),
                rank: 0,
            })
            .collect();
        let plain = |text| Cell { text, best: false };
        let rows = rows
            .into_iter()
            .map(|row| row.into_iter().map(plain).collect())
            .collect();
        Self { columns, rows }
    }
}

/// What a column shows of a session, and what of it can be the best (the smallest is).
struct Figure {
    title: &'static str,
    rank: u8,
    show: fn(&SessionAnalysis) -> Option<String>,
    compare: fn(&SessionAnalysis) -> Option<f64>,
}

const FIGURES: [Figure; 12] = [
    Figure {
        title: "keystrokes",
        rank: 3,
        show: |of| Some(of.latencies.len().to_string()),
        compare: |_| None,
    },
    Figure {
        title: "unanswered",
        rank: 8,
        show: |of| Some(unanswered(of)),
        compare: |_| None,
    },
    Figure {
        title: "median ms",
        rank: 10,
        show: |of| quantile(of, 0.5),
        compare: |of| exact(of, 0.5),
    },
    Figure {
        title: "mean ms",
        rank: 9,
        show: |of| of.latencies.mean().map(number),
        compare: |of| of.latencies.mean().filter(|_| of.is_comparable()),
    },
    Figure {
        title: "95 % CI of mean",
        rank: 5,
        show: |of| {
            of.mean_interval
                .map(|(interval, _)| range(interval, number))
        },
        compare: |_| None,
    },
    Figure {
        title: "σ ms",
        rank: 2,
        show: |of| of.latencies.standard_deviation().map(number),
        compare: |_| None,
    },
    Figure {
        title: "p90 ms",
        rank: 1,
        show: |of| quantile(of, 0.90),
        compare: |of| exact(of, 0.90),
    },
    Figure {
        title: "p95 ms",
        rank: 4,
        show: |of| quantile(of, 0.95),
        compare: |of| exact(of, 0.95),
    },
    Figure {
        title: "p99 ms",
        rank: 7,
        show: |of| quantile(of, 0.99),
        compare: |of| exact(of, 0.99),
    },
    Figure {
        title: "max ms",
        rank: 3,
        show: |of| quantile(of, 1.0),
        compare: |of| exact(of, 1.0),
    },
    Figure {
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
    Figure {
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
    for figure in &FIGURES {
        let shown: Vec<Option<String>> = sessions.iter().map(figure.show).collect();
        if shown.iter().all(Option::is_none) {
            continue;
        }
        columns.push(Column {
            title: figure.title.into(),
            rank: figure.rank,
        });
        let compared: Vec<Option<f64>> = sessions.iter().map(figure.compare).collect();
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

/// Recovery from each event, a row an event and a column a session; `None` if nothing happened.
pub(crate) fn recovery(analysis: &Analysis) -> Option<Table> {
    let sessions = analysis
        .sessions
        .iter()
        .filter(|session| !session.recoveries.is_empty());
    let sessions: Vec<_> = sessions.collect();
    let longest = sessions
        .iter()
        .max_by_key(|session| session.recoveries.len())?;
    let titles = sessions.iter().map(|of| of.session.name.as_str());
    let titles: Vec<_> = ["event", "at s"].into_iter().chain(titles).collect();
    let rows = longest.recoveries.iter().enumerate().map(|(index, event)| {
        let cells = sessions.iter().map(|session| {
            let own = session
                .recoveries
                .get(index)
                .and_then(|own| own.answered_after);
            own.map_or_else(|| "–".into(), bounded)
        });
        let head = [event.event.clone(), format!("{:.1}", event.at_ms / 1000.0)];
        head.into_iter().chain(cells).collect()
    });
    Some(Table::new(&titles, rows))
}

/// What a reader of the comparison has to know to read it rightly, one sentence each.
pub(crate) fn notes(analysis: &Analysis) -> Vec<String> {
    let sessions = &analysis.sessions;
    let mut notes = Vec::new();
    if sessions
        .iter()
        .any(|session| session.latencies.censored() > 0)
    {
        notes.push(
            "Unanswered keystrokes count as having taken at least as long as they were watched: a figure with ≥ is a \
             lower bound. Mean and σ are of the answered ones only."
                .into(),
        );
    }
    let passed_over = sessions
        .iter()
        .filter(|of| of.latencies.answered() > 0 && !of.is_comparable());
    let passed_over: Vec<_> = passed_over.map(|of| of.session.name.as_str()).collect();
    if !passed_over.is_empty() {
        let names = passed_over.join(", ");
        notes.push(format!(
            "Too many unanswered keystrokes to compare by the mean: {names}."
        ));
    }
    match sessions.iter().find_map(|session| session.mean_interval) {
        Some((_, Resampling::Runs(runs))) => {
            let few = if runs < 6 { "; so few make it too narrow" } else { "" };
            notes.push(format!("The interval is a bootstrap over {runs} runs{few}."));
        }
        Some((_, Resampling::MovingBlocks(length))) => notes.push(format!(
            "The interval is a bootstrap over blocks of {length} neighbouring keystrokes of a single run: it does not \
             know how runs differ."
        )),
        None => {}
    }
    notes
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
