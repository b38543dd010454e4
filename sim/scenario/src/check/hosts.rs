//! Hosts and their NATs.

use super::{Findings, links};
use crate::Scenario;
use crate::source::Spot;

pub(super) fn check(scenario: &Scenario, spot: Spot<'_>, findings: &mut Findings<'_>) {
    let spot = spot.field("hosts");
    if scenario.hosts.is_empty() {
        findings.wrong(
            spot,
            "there are no hosts",
            "write `hosts: { \"client\": (), \"server\": () }`",
        );
    }
    for (name, host) in &scenario.hosts {
        let Some(nat) = &host.nat else { continue };
        let spot = spot.field(name).field("nat");
        let is_link = links::of_host(
            scenario,
            name,
            &nat.outside,
            spot.field("outside"),
            findings,
        );
        let links_of_host = scenario.links.values().filter(|link| link.joins(name));
        if is_link && links_of_host.count() < 2 {
            findings.wrong(
                spot,
                format!(
                    "\"{name}\" translates between its links, but \"{}\" is its only one",
                    nat.outside
                ),
                "give it a second link, to the hosts behind it",
            );
        }
    }
}
