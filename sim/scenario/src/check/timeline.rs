//! The timeline: events that can happen, to things that are there.

use super::Findings;
use super::actions::ActionCheck;
use crate::Scenario;
use crate::source::Spot;
use crate::vocabulary::{Action, SessionState, Trigger, Workload};

pub(super) fn check(scenario: &Scenario, spot: Spot<'_>, findings: &mut Findings<'_>) {
    for (n, event) in scenario.timeline.iter().enumerate() {
        let spot = spot.field("timeline").item(n);
        trigger(scenario, &event.trigger, spot, findings);
        ActionCheck::new(scenario, spot.field("do"), findings).check(&event.action);
    }
    started_once(scenario, spot.field("timeline"), findings);
}

fn trigger(scenario: &Scenario, trigger: &Trigger, spot: Spot<'_>, findings: &mut Findings<'_>) {
    let Trigger::When { state, of, .. } = trigger else {
        return;
    };
    if let Some(name) = of {
        findings.known(spot.field("of"), "session", name, scenario.sessions.keys());
    }
    if let Workload::Calibrate(_) = scenario.workload {
        findings.wrong(
            spot.field("when"),
            "a calibration has no session to wait for",
            "write `at: \"20s\"` instead",
        );
    }
    if let (SessionState::AfterKeystrokes(wanted), Some(typed)) =
        (state, keystrokes(&scenario.workload))
        && *wanted > typed
    {
        findings.wrong(
            spot.field("when").item(0),
            format!("the workload types {typed} keys, so this never happens"),
            format!("write {typed} or fewer"),
        );
    }
}

/// How many keys the workload types, where the scenario itself says that.
fn keystrokes(workload: &Workload) -> Option<u32> {
    match workload {
        Workload::Typing(typing) => Some(typing.keystrokes),
        Workload::Flood(flood) => Some(flood.interrupts),
        Workload::Watch(watch) => Some(watch.lines),
        Workload::Replay(_) | Workload::Calibrate(_) => None,
    }
}

/// Traffic has names of its own, so that `StopTraffic` can say which.
fn started_once(scenario: &Scenario, spot: Spot<'_>, findings: &mut Findings<'_>) {
    let mut started = Vec::new();
    for (n, event) in scenario.timeline.iter().enumerate() {
        let Action::StartTraffic { name, .. } = &event.action else {
            continue;
        };
        if started.contains(&name) {
            findings.wrong(
                spot.item(n).field("do").field("name"),
                format!("traffic called \"{name}\" is already started"),
                "give it another name",
            );
        }
        started.push(name);
    }
}
