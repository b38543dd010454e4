//! The tables of recoveries.

use super::Table;
use crate::analysis::{Analysis, EventRecovery, SessionAnalysis};
use crate::statistics::Heard;
use crate::units::bounded;

/// Recovery from each event in milliseconds, a row an event and a column a session; `None` if nothing happened.
pub(crate) fn recovery(analysis: &Analysis) -> Option<Table> {
    table(analysis, |of| of.answered_after.map(bounded))
}

/// How soon the ends of each session had heard of each other after each event; `None` where that was not seen.
pub(crate) fn heard(analysis: &Analysis) -> Option<Table> {
    let mut recoveries = analysis.sessions.iter().flat_map(|of| &of.recoveries);
    recoveries.find(|of| of.heard.is_some())?;
    table(analysis, |of| of.heard.map(Heard::shown))
}

fn table(analysis: &Analysis, figure: fn(&EventRecovery) -> Option<String>) -> Option<Table> {
    let saw_events = |of: &&SessionAnalysis| !of.recoveries.is_empty();
    let sessions: Vec<_> = analysis.sessions.iter().filter(saw_events).collect();
    let most = sessions
        .iter()
        .rev()
        .max_by_key(|session| session.recoveries.len())?;
    let events = &most.recoveries;
    let names = sessions.iter().map(|of| of.session.name.as_str());
    let titles: Vec<_> = ["event", "at s"].into_iter().chain(names).collect();
    let rows = events.iter().enumerate().map(|(index, event)| {
        let earlier = of_label(&events[..index], &event.event).count();
        let cells = sessions.iter().map(|session| {
            let own = of_label(&session.recoveries, &event.event).nth(earlier);
            own.and_then(figure).unwrap_or_else(|| "–".into())
        });
        let head = [event.event.clone(), format!("{:.1}", event.at_ms / 1000.0)];
        head.into_iter().chain(cells).collect()
    });
    Some(Table::new(&titles, rows))
}

fn of_label<'a>(
    events: &'a [EventRecovery],
    label: &'a str,
) -> impl Iterator<Item = &'a EventRecovery> {
    events.iter().filter(move |of| of.event == label)
}
