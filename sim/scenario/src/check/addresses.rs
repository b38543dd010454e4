//! Addresses: of the right families, fit for a host, and given once.

use std::net::IpAddr;

use super::Findings;
use crate::Scenario;
use crate::source::Spot;
use crate::vocabulary::{Action, Addresses, Family, Link, Tunnel};

pub(super) fn check(scenario: &Scenario, spot: Spot<'_>, findings: &mut Findings<'_>) {
    let mut taken = Vec::new();
    for (name, link) in &scenario.links {
        let Some((first, second)) = &link.addresses else {
            continue;
        };
        let spot = spot.field("links").field(name).field("addresses");
        let hosts = [&link.between.0, &link.between.1];
        for (n, (addresses, host)) in [first, second].into_iter().zip(hosts).enumerate() {
            let end = End { host, name, link };
            end.complete(addresses, spot.item(n), findings);
            end.claim(addresses, &mut taken, spot.item(n), findings);
        }
    }
    for (n, event) in scenario.timeline.iter().enumerate() {
        let Action::Renumber {
            host,
            link: name,
            to: Some(to),
        } = &event.action
        else {
            continue;
        };
        if let Some(link) = scenario.links.get(name) {
            let spot = spot.field("timeline").item(n).field("do").field("to");
            End { host, name, link }.claim(to, &mut taken, spot, findings);
        }
    }
}

/// An address, and whose it is.
type Taken = (IpAddr, String);

/// A host's end of a link.
struct End<'a> {
    host: &'a str,
    name: &'a str,
    link: &'a Link,
}

impl End<'_> {
    /// There is one address of each family that the link carries.
    fn complete(&self, addresses: &Addresses, spot: Spot<'_>, findings: &mut Findings<'_>) {
        for family in Family::ALL {
            let of_family = |address: &&IpAddr| Family::of(address) == family;
            let count = addresses.0.iter().filter(of_family).count();
            if count > 1 {
                findings.wrong(
                    spot,
                    format!("{count} {family} addresses on one end of a link"),
                    "keep one of each family",
                );
            }
            if count == 0 && self.link.carries(family) {
                findings.wrong(
                    spot,
                    format!(
                        "\"{}\" carries {family}, but here is no {family} address",
                        self.name
                    ),
                    "write one of each family that the link carries: [\"10.0.0.1\", \"fd00::1\"]",
                );
            }
        }
    }

    /// Each is one that a host can have, of a family that the link carries, and nobody else's.
    fn claim(
        &self,
        addresses: &Addresses,
        taken: &mut Vec<Taken>,
        spot: Spot<'_>,
        findings: &mut Findings<'_>,
    ) {
        for (n, address) in addresses.0.iter().enumerate() {
            let spot = spot.item(n);
            let family = Family::of(address);
            if !self.link.carries(family) {
                findings.wrong(
                    spot,
                    format!(
                        "{address} is {family}, which \"{}\" does not carry",
                        self.name
                    ),
                    "write another address, or let the link carry both families: `ipv6: true`",
                );
            }
            if let Some(why) = unusable(address) {
                findings.wrong(
                    spot,
                    format!("{address} is {why}, which no host can have on a link"),
                    "write one such as \"10.0.0.1\" or \"fd00::1\"",
                );
            }
            match taken.iter().find(|(other, _)| other == address) {
                Some((_, owner)) => findings.wrong(
                    spot,
                    format!("{address} is already the address of {owner}"),
                    "give every end of every link its own, or leave `addresses` out",
                ),
                None => taken.push((*address, format!("\"{}\" on \"{}\"", self.host, self.name))),
            }
        }
    }
}

/// Why an address cannot be a host's on a link, if it cannot.
fn unusable(address: &IpAddr) -> Option<&'static str> {
    match address {
        _ if address.is_unspecified() => Some("the unspecified address"),
        _ if address.is_loopback() => Some("a loopback address"),
        _ if address.is_multicast() => Some("a multicast address"),
        _ if [Tunnel::CLIENT, Tunnel::SERVER]
            .as_flattened()
            .contains(address) =>
        {
            Some("an address inside tunnels")
        }
        IpAddr::V4(v4) if v4.is_broadcast() => Some("the broadcast address"),
        IpAddr::V6(v6) if v6.is_unicast_link_local() => Some("a link-local address"),
        _ => None,
    }
}
