//! Names: given once, and fit for what they name.

use super::Findings;
use crate::Scenario;
use crate::source::Spot;

/// Linux holds a network interface's name in 16 bytes, the last of them zero (`IFNAMSIZ`).
const LONGEST_INTERFACE: usize = 15;

/// Long enough for any, short enough for a column of a table.
const LONGEST_SESSION: usize = 40;

pub(super) fn check(scenario: &Scenario, spot: Spot<'_>, findings: &mut Findings<'_>) {
    let hosts = scenario.hosts.keys();
    let links = scenario.links.keys();
    let sessions = scenario.sessions.keys();
    fit(hosts, LONGEST_INTERFACE, spot.field("hosts"), findings);
    fit(links, LONGEST_INTERFACE, spot.field("links"), findings);
    fit(sessions, LONGEST_SESSION, spot.field("sessions"), findings);
    for part in ["hosts", "links", "sessions"] {
        for (name, place) in spot.field(part).repeated_keys() {
            findings.wrong_at(
                place,
                format!("\"{name}\" is already one of the {part}"),
                "give one of the two another name",
            );
        }
    }
}

fn fit<'a>(
    names: impl Iterator<Item = &'a String>,
    longest: usize,
    spot: Spot<'_>,
    findings: &mut Findings<'_>,
) {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    for name in names {
        if name.is_empty() || name.len() > longest || !name.chars().all(is_plain) {
            findings.wrong_at(
                spot.key(name),
                format!("\"{name}\" cannot be a name here"),
                format!("use 1 to {longest} of the letters a-z and A-Z, digits, `-` and `_`"),
            );
        }
    }
}
