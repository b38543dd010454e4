//! What was published beside what was measured.

use super::{Exhibit, Published, Statistic};
use crate::table::Table;
use crate::units::{percent, time, times};

/// A row a published figure: the figure, the one of this run, and their ratio.
pub(super) fn published(exhibit: &Exhibit<'_>) -> Option<Table> {
    let published = &exhibit.section.published;
    if published.is_empty() {
        return None;
    }
    let rows = published.iter().map(|of| {
        let measured = of.statistic.of(&exhibit.analysis, &of.session);
        let ratio = measured.filter(|_| !of.below && of.value > 0.0);
        vec![
            format!("{}, {}", of.session, name(of.statistic)),
            said(of),
            measured.map_or_else(|| "–".to_owned(), |value| shown(of.statistic, value)),
            ratio.map_or_else(|| "–".to_owned(), |value| times(value / of.value)),
        ]
    });
    let titles = ["figure", "published", "here", "here ÷ published"];
    Some(Table::new(&titles, rows))
}

fn name(statistic: Statistic) -> &'static str {
    match statistic {
        Statistic::Median => "median",
        Statistic::Mean => "mean",
        Statistic::Deviation => "σ",
        Statistic::Instant => "shown within 5 ms",
        Statistic::Wrong => "guessed wrongly",
    }
}

fn said(of: &Published) -> String {
    let below = if of.below { "< " } else { "" };
    let mark = if of.unconfirmed { " †" } else { "" };
    format!("{below}{}{mark}", shown(of.statistic, of.value))
}

fn shown(statistic: Statistic, value: f64) -> String {
    match statistic {
        Statistic::Instant | Statistic::Wrong => percent(value),
        _ => time(value),
    }
}
