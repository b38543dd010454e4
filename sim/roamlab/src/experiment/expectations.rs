//! Whether what the scenario expects came true.

use link::units::{BitRate, Probability};
use reports::{
    Analysis, SessionAnalysis,
    results::{Check, Results, Run, Verdict},
    statistics::Latency,
};
use scenario::{Expectation, Scenario, Statistic};

/// Checks every expectation against the results.
pub(super) fn check(scenario: &Scenario, results: &Results) -> Vec<Check> {
    let analysis = Analysis::of(results);
    scenario
        .expect
        .iter()
        .map(|expectation| judge(expectation, &analysis, &results.run))
        .collect()
}

/// What was measured, in numbers of one unit, and how to write them.
struct Measured {
    value: Option<f64>,
    unit: fn(f64) -> String,
}

fn judge(expectation: &Expectation, analysis: &Analysis, run: &Run) -> Check {
    let session = |name: &str| {
        analysis
            .sessions
            .iter()
            .find(|each| each.session.name == name)
    };
    match expectation {
        Expectation::Ratio {
            statistic,
            of,
            to,
            at_least,
            at_most,
        } => {
            let statistic_of = |name| session(name).and_then(|each| value(*statistic, each));
            let ratio = statistic_of(of)
                .zip(statistic_of(to))
                .map(|(of, to)| of / to);
            bounded(
                format!("{} of {of} over that of {to}", name(*statistic)),
                *at_least,
                *at_most,
                Measured {
                    value: ratio,
                    unit: |ratio| format!("{ratio:.2}×"),
                },
            )
        }
        Expectation::Latency {
            statistic,
            of,
            at_least,
            at_most,
        } => bounded(
            format!("{} of {of}", name(*statistic)),
            at_least.map(|span| span.as_secs_f64() * 1e3),
            at_most.map(|span| span.as_secs_f64() * 1e3),
            Measured {
                value: session(of).and_then(|each| value(*statistic, each)),
                unit: milliseconds,
            },
        ),
        Expectation::Answered {
            of,
            at_least,
            at_most,
        } => {
            let share = session(of)
                .filter(|each| !each.latencies.is_empty())
                .map(|each| each.latencies.answered() as f64 / each.latencies.len() as f64);
            bounded(
                format!("share of {of}'s keys that were answered"),
                at_least.map(Probability::fraction),
                at_most.map(Probability::fraction),
                Measured {
                    value: share,
                    unit: percent,
                },
            )
        }
        Expectation::Instant {
            of,
            at_least,
            at_most,
        } => bounded(
            format!("share of {of}'s keys within 5 ms"),
            at_least.map(Probability::fraction),
            at_most.map(Probability::fraction),
            Measured {
                value: session(of).and_then(|each| each.latencies.share_under(5.0)),
                unit: percent,
            },
        ),
        Expectation::Recovery { of, at_most } => bounded(
            format!("slowest recovery of {of}"),
            None,
            Some(at_most.as_secs_f64() * 1e3),
            Measured {
                value: session(of).and_then(slowest_recovery),
                unit: milliseconds,
            },
        ),
        Expectation::Goodput {
            of,
            traffic,
            at_least,
            at_most,
        } => goodput(run, (of, traffic), *at_least, *at_most),
        Expectation::Breaks { of } => yes_or_no(
            format!("{of} does not survive"),
            "it came up and did not survive",
            session(of).map(breaks),
        ),
        Expectation::NeverEstablished { of } => yes_or_no(
            format!("{of} never comes up"),
            "no key was typed",
            session(of).map(|each| each.latencies.is_empty()),
        ),
    }
}

/// What a transfer beside a session carried, over all of its runs.
fn goodput(
    run: &Run,
    (of, traffic): (&str, &str),
    at_least: Option<BitRate>,
    at_most: Option<BitRate>,
) -> Check {
    let runs = run.outcomes.iter().filter(|each| each.session == of);
    let rates: Vec<f64> = runs
        .filter_map(|each| each.goodput.get(traffic).copied())
        .collect();
    let mean = rates.iter().sum::<f64>() / rates.len() as f64;
    let number = |rate: BitRate| rate.bits_per_second() as f64;
    bounded(
        format!("goodput of {traffic} beside {of}"),
        at_least.map(number),
        at_most.map(number),
        Measured {
            value: Some(mean).filter(|_| !rates.is_empty()),
            unit: |rate| format!("{:.1} Mbit/s", rate / 1e6),
        },
    )
}

/// Ended early, or answered nothing that was typed after the last event.
fn breaks(session: &SessionAnalysis) -> bool {
    let silent = session
        .recoveries
        .last()
        .is_some_and(|last| !matches!(last.answered_after, Some(Latency::Answered(_))));
    !session.latencies.is_empty() && (silent || !session.failures.is_empty())
}

/// The slowest, infinite when a session never recovered.
fn slowest_recovery(session: &SessionAnalysis) -> Option<f64> {
    session
        .recoveries
        .iter()
        .map(|recovery| match recovery.answered_after {
            Some(Latency::Answered(ms)) => ms,
            Some(Latency::Censored(_)) | None => f64::INFINITY,
        })
        .reduce(f64::max)
}

fn value(statistic: Statistic, session: &SessionAnalysis) -> Option<f64> {
    let quantile = |p| session.latencies.quantile(p).map(Latency::at_least);
    match statistic {
        Statistic::Mean => session.latencies.mean(),
        Statistic::Median => quantile(0.5),
        Statistic::P90 => quantile(0.9),
        Statistic::P95 => quantile(0.95),
        Statistic::P99 => quantile(0.99),
        Statistic::Max => quantile(1.0),
    }
}

fn name(statistic: Statistic) -> &'static str {
    match statistic {
        Statistic::Mean => "mean",
        Statistic::Median => "median",
        Statistic::P90 => "p90",
        Statistic::P95 => "p95",
        Statistic::P99 => "p99",
        Statistic::Max => "maximum",
    }
}

fn milliseconds(ms: f64) -> String {
    if ms.is_infinite() {
        "never".to_owned()
    } else if ms < 1e3 {
        format!("{ms:.0} ms")
    } else {
        format!("{:.2} s", ms / 1e3)
    }
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

fn bounded(name: String, at_least: Option<f64>, at_most: Option<f64>, measured: Measured) -> Check {
    let Measured { value, unit } = measured;
    let asked = match (at_least, at_most) {
        (Some(least), Some(most)) => format!("{} to {}", unit(least), unit(most)),
        (Some(least), None) => format!("at least {}", unit(least)),
        (None, Some(most)) => format!("at most {}", unit(most)),
        (None, None) => "anything".to_owned(),
    };
    let holds = value.is_some_and(|value| {
        at_least.is_none_or(|least| value >= least) && at_most.is_none_or(|most| value <= most)
    });
    Check {
        name,
        asked,
        measured: value.map_or_else(|| "nothing was measured".to_owned(), unit),
        interval: None,
        verdict: verdict(holds),
    }
}

fn yes_or_no(name: String, asked: &str, holds: Option<bool>) -> Check {
    let holds = holds.unwrap_or(false);
    Check {
        name,
        asked: asked.to_owned(),
        measured: if holds { "it was so" } else { "it was not so" }.to_owned(),
        interval: None,
        verdict: verdict(holds),
    }
}

fn verdict(holds: bool) -> Verdict {
    if holds {
        Verdict::Passed
    } else {
        Verdict::Failed
    }
}
