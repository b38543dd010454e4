//! What a gate holds: sessions that are there, within tolerances that can be.

use super::Findings;
use crate::Scenario;
use crate::source::Spot;

pub(super) fn check(scenario: &Scenario, spot: Spot<'_>, findings: &mut Findings<'_>) {
    let Some(gate) = &scenario.gate else {
        return;
    };
    let spot = spot.field("gate");
    if gate.sessions.is_empty() {
        findings.wrong(
            spot.field("sessions"),
            "this gate holds nothing",
            "name the sessions whose figures may not move",
        );
    }
    for (n, session) in gate.sessions.iter().enumerate() {
        let spot = spot.field("sessions").item(n);
        findings.known(spot, "session", session, scenario.sessions.keys());
    }
    if let Some(against) = &gate.against {
        let spot = spot.field("against");
        findings.known(spot, "session", against, scenario.sessions.keys());
        if gate.sessions.contains(against) {
            findings.wrong(
                spot,
                "the ratio of a session to itself is 1",
                "name a session that is not held",
            );
        }
    }
    for (field, tolerance) in [("relative", gate.relative), ("real_time", gate.real_time)] {
        if !(0.0..1.0).contains(&tolerance) {
            findings.wrong(
                spot.field(field),
                format!("a figure cannot move by {tolerance} of itself"),
                "write a share: 0 or above, and below 1",
            );
        }
    }
}
