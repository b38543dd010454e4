//! What has to be said below the comparison.

use crate::analysis::Analysis;
use crate::statistics::Resampling;

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
