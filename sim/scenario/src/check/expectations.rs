//! Expectations: about sessions that are there, with bounds that can be met.

use std::fmt::Display;

use super::Findings;
use crate::Scenario;
use crate::source::Spot;
use crate::vocabulary::{Action, Expectation, Traffic};

pub(super) fn check(scenario: &Scenario, spot: Spot<'_>, findings: &mut Findings<'_>) {
    for (n, expectation) in scenario.expect.iter().enumerate() {
        let spot = spot.field("expect").item(n);
        let sessions = scenario.sessions.keys();
        findings.known(
            spot.field("of"),
            "session",
            expectation.of(),
            sessions.clone(),
        );
        match expectation {
            Expectation::Ratio {
                of,
                to,
                at_least,
                at_most,
                ..
            } => {
                findings.known(spot.field("to"), "session", to, sessions);
                different(of, to, spot.field("to"), findings);
                possible(at_least, spot.field("at_least"), findings);
                possible(at_most, spot.field("at_most"), findings);
                bounds(at_least, at_most, spot, findings);
            }
            Expectation::Latency {
                at_least, at_most, ..
            } => {
                bounds(at_least, at_most, spot, findings);
            }
            Expectation::Answered {
                at_least, at_most, ..
            }
            | Expectation::Instant {
                at_least, at_most, ..
            } => {
                bounds(at_least, at_most, spot, findings);
            }
            Expectation::Recovery { .. } | Expectation::Breaks { .. } => {
                if scenario.timeline.is_empty() {
                    findings.wrong(
                        spot,
                        "nothing happens that could break a session",
                        "put an event on the `timeline`",
                    );
                }
            }
            Expectation::Goodput {
                traffic,
                at_least,
                at_most,
                ..
            } => {
                measured(scenario, traffic, spot.field("traffic"), findings);
                bounds(at_least, at_most, spot, findings);
            }
            Expectation::NeverEstablished { .. } => {}
        }
    }
}

/// The timeline stops a bulk transfer of this name, so that there is something to say of it.
fn measured(scenario: &Scenario, traffic: &str, spot: Spot<'_>, findings: &mut Findings<'_>) {
    let actions = scenario.timeline.iter().map(|event| &event.action);
    let started: Vec<&String> = actions
        .clone()
        .filter_map(|action| match action {
            Action::StartTraffic {
                name,
                of: Traffic::BulkTcp { .. },
                ..
            } => Some(name),
            _ => None,
        })
        .collect();
    let stops = |action: &Action| matches!(action, Action::StopTraffic { name } if name == traffic);
    if findings.known(spot, "bulk transfer", traffic, started) && !actions.clone().any(stops) {
        findings.wrong(
            spot,
            format!("\"{traffic}\" is never stopped, so nothing is measured of it"),
            "put a `StopTraffic` on the `timeline`",
        );
    }
}

fn different(of: &str, to: &str, spot: Spot<'_>, findings: &mut Findings<'_>) {
    if of == to {
        findings.wrong(
            spot,
            "the ratio of a session to itself is 1",
            "name another session",
        );
    }
}

fn possible(ratio: &Option<f64>, spot: Spot<'_>, findings: &mut Findings<'_>) {
    if ratio.is_some_and(|ratio| !(ratio.is_finite() && ratio >= 0.0)) {
        findings.wrong(
            spot,
            "no ratio of latencies is like that",
            "write a number, 0 or above",
        );
    }
}

fn bounds<T: PartialOrd + Display>(
    at_least: &Option<T>,
    at_most: &Option<T>,
    spot: Spot<'_>,
    findings: &mut Findings<'_>,
) {
    match (at_least, at_most) {
        (None, None) => findings.wrong(
            spot,
            "this expects nothing",
            "write `at_least: …` or `at_most: …`, or both",
        ),
        (Some(least), Some(most)) if least > most => findings.wrong(
            spot.field("at_most"),
            format!("nothing is at least {least} and at most {most}"),
            "swap them",
        ),
        _ => {}
    }
}
