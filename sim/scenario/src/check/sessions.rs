//! Sessions: hosts that are there and reach each other, and a workload that they can do.

use super::Findings;
use crate::Scenario;
use crate::source::Spot;
use crate::vocabulary::{Family, Link, Workload};

pub(super) fn check(scenario: &Scenario, spot: Spot<'_>, findings: &mut Findings<'_>) {
    let sessions = spot.field("sessions");
    let calibrates = matches!(scenario.workload, Workload::Calibrate(_));
    if calibrates && !scenario.sessions.is_empty() {
        findings.wrong(
            sessions,
            "a calibration runs no sessions",
            "leave `sessions` out, or use another workload",
        );
    }
    if !calibrates && scenario.sessions.is_empty() {
        findings.wrong(
            sessions,
            "there are no sessions",
            "write `sessions: { \"ssh\": Ssh(), \"mosh\": Mosh() }`",
        );
    }
    let links_are_whole = scenario.links.values().all(|link| {
        scenario.hosts.contains_key(&link.between.0) && scenario.hosts.contains_key(&link.between.1)
    });
    for (name, session) in &scenario.sessions {
        let spot = sessions.field(name);
        let hosts = scenario.hosts.keys();
        let client = findings.known(
            spot.field("client"),
            "host",
            session.client(),
            hosts.clone(),
        );
        let server = findings.known(spot.field("server"), "host", session.server(), hosts);
        if !client || !server {
            continue;
        }
        if session.client() == session.server() {
            findings.wrong(
                spot,
                format!("client and server of \"{name}\" are one host"),
                "name two different hosts",
            );
        } else if links_are_whole
            && !reaches(
                scenario,
                session.client(),
                session.server(),
                session.family(),
            )
        {
            findings.wrong(
                spot,
                format!(
                    "\"{}\" cannot reach \"{}\" over {}",
                    session.client(),
                    session.server(),
                    session.family()
                ),
                "join them by links that are attached from the start and carry that family",
            );
        }
        let needs_terminal = match scenario.workload {
            Workload::Replay(_) => Some("Replay"),
            Workload::Flood(_) => Some("Flood"),
            Workload::Typing(_) | Workload::Calibrate(_) => None,
        };
        if let Some(workload) = needs_terminal.filter(|_| !session.has_terminal()) {
            findings.wrong(
                spot,
                format!("`{workload}` needs a terminal, and \"{name}\" has none"),
                "use `Ssh` or `Mosh`, or `workload: Typing(…)`",
            );
        }
    }
}

/// Whether links that are attached from the start and carry `family` lead from one host to the other.
pub(super) fn reaches(scenario: &Scenario, from: &str, to: &str, family: Family) -> bool {
    let carries = |link: &&Link| link.attached && link.carries(family);
    let mut reached = vec![from];
    let mut next = 0;
    while let Some(&here) = reached.get(next) {
        for link in scenario.links.values().filter(carries) {
            let (first, second) = (&link.between.0, &link.between.1);
            let there = match here {
                _ if here == first => second,
                _ if here == second => first,
                _ => continue,
            };
            if !reached.contains(&there.as_str()) {
                reached.push(there);
            }
        }
        next += 1;
    }
    reached.contains(&to)
}
