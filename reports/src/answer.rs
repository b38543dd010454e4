//! What the data answer, in a sentence that is made from them.

use indexmap::IndexMap;

use crate::analysis::{Analysis, SessionAnalysis};
use crate::results::{Check, Verdict};
use crate::units::{count, percent, range, time, times};

/// One or two sentences that a reader should take away.
pub(crate) fn answer(analysis: &Analysis) -> String {
    let sentences = [checks(analysis), comparison(analysis)];
    sentences
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ")
}

/// Every error that kept a session from its end and every check that did not hold, a sentence each.
pub(crate) fn failures(analysis: &Analysis) -> Vec<String> {
    let sessions = analysis.sessions.iter().flat_map(failures_of);
    let failed = failed_checks(analysis).into_iter();
    let checks = failed.map(|of| {
        format!(
            "{} did not hold: asked {}, measured {}",
            of.name, of.asked, of.measured
        )
    });
    sessions.chain(checks).collect()
}

fn failed_checks(analysis: &Analysis) -> Vec<&Check> {
    analysis
        .run
        .checks
        .iter()
        .filter(|check| check.verdict == Verdict::Failed)
        .collect()
}

/// The same error in several runs is one sentence.
fn failures_of(of: &SessionAnalysis) -> Vec<String> {
    let mut runs: IndexMap<&str, Vec<String>> = IndexMap::new();
    for failure in &of.failures {
        let run = match failure.run {
            0 => format!("seed {}", failure.seed),
            repetition => format!("seed {} run {repetition}", failure.seed),
        };
        runs.entry(&failure.error).or_default().push(run);
    }
    let name = &of.session.name;
    runs.iter()
        .map(|(error, runs)| format!("{name} failed ({}): {error}", runs.join(", ")))
        .collect()
}

fn checks(analysis: &Analysis) -> Option<String> {
    let all = analysis.run.checks.len();
    let failed = failed_checks(analysis).len();
    match (all, failed) {
        (0, _) => None,
        (all, 0) => Some(format!("{} held.", count(all, "check"))),
        (all, some) => Some(format!("{some} of {} did not hold.", count(all, "check"))),
    }
}

fn comparison(analysis: &Analysis) -> Option<String> {
    let ranked = analysis.ranked_by_mean();
    let first = match ranked[..] {
        [] => None,
        [only] => Some(alone(only)),
        [best, .., worst] => Some(compared(best, worst)),
    };
    let measured = analysis
        .sessions
        .iter()
        .filter(|session| !session.latencies.is_empty());
    let left_out = measured
        .filter(|session| !session.is_comparable())
        .map(alone);
    let sentences: Vec<_> = first.into_iter().chain(left_out).collect();
    match (sentences.is_empty(), analysis.run.checks.is_empty()) {
        (true, true) => Some("No keystroke was measured.".into()),
        (true, false) => None,
        _ => Some(sentences.join(" ")),
    }
}

fn compared(best: &SessionAnalysis, worst: &SessionAnalysis) -> String {
    let (low, high) = (
        best.latencies.mean().unwrap_or(0.0),
        worst.latencies.mean().unwrap_or(0.0),
    );
    let (best, name) = (&best.session.name, &worst.session.name);
    let means = format!("{} against {}", time(low), time(high));
    match worst.ratio {
        Some(ratio) if ratio.interval.is_some_and(|interval| interval.lo > 1.0) => {
            let interval = ratio
                .interval
                .map(|of| format!(" (95 % CI {})", range(of, times)));
            let interval = interval.unwrap_or_default();
            format!(
                "{best}’s mean latency is {}{interval} below {name}’s: {means}.",
                times(ratio.value)
            )
        }
        _ => format!("{best} and {name} cannot be told apart by their mean latency: {means}."),
    }
}

fn alone(of: &SessionAnalysis) -> String {
    let latencies = &of.latencies;
    let all = count(latencies.len(), "keystroke");
    let share = match latencies.censored() {
        0 => format!("all of {all}"),
        _ => format!(
            "{} of {all}",
            percent(latencies.answered() as f64 / latencies.len() as f64)
        ),
    };
    let mean = latencies.mean();
    let mean = mean.map_or_else(String::new, |mean| {
        format!(", on average after {}", time(mean))
    });
    format!("{} answered {share}{mean}.", of.session.name)
}
