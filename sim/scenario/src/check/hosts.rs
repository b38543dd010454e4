//! Hosts and their NATs.

use super::Findings;
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
        let links_of_host = || scenario.links.iter().filter(|(_, link)| link.joins(name));
        if let Some(nat) = &host.nat {
            let outside = spot.field(name).field("nat").field("outside");
            let known = links_of_host().map(|(link, _)| link);
            let is_link = findings.known(
                outside,
                &format!("link of \"{name}\" called"),
                &nat.outside,
                known,
            );
            if is_link && links_of_host().count() < 2 {
                findings.wrong(
                    spot.field(name).field("nat"),
                    format!(
                        "\"{name}\" translates between its links, but \"{}\" is its only one",
                        nat.outside
                    ),
                    "give it a second link, to the hosts behind it",
                );
            }
        }
    }
}
