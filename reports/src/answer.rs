//! What the data answer, in a sentence that is made from them.

use crate::analysis::{Analysis, SessionAnalysis};
use crate::results::Verdict;
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

/// Every session that did not get to its end, a sentence each.
pub(crate) fn failures(analysis: &Analysis) -> Vec<String> {
    let failures = |of: &SessionAnalysis| {
        let name = of.session.name.clone();
        let each = of.failures.clone().into_iter();
        each.map(move |failure| {
            format!(
                "{name} failed (seed {}, run {}): {}",
                failure.seed, failure.run, failure.error
            )
        })
    };
    analysis.sessions.iter().flat_map(failures).collect()
}

fn checks(analysis: &Analysis) -> Option<String> {
    let checks = &analysis.run.checks;
    let failed: Vec<_> = checks
        .iter()
        .filter(|check| check.verdict == Verdict::Failed)
        .collect();
    let names: Vec<_> = failed.iter().map(|check| check.name.as_str()).collect();
    match (checks.len(), failed.len()) {
        (0, _) => None,
        (all, 0) => Some(format!("{} held.", count(all, "check"))),
        (all, some) => Some(format!(
            "{some} of {} did not hold: {}.",
            count(all, "check"),
            names.join(", ")
        )),
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
