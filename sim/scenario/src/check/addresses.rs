//! Addresses: of the right families, fit for a host, and given once.

use std::net::IpAddr;

use super::Findings;
use crate::Scenario;
use crate::source::Spot;
use crate::vocabulary::{Action, Addresses, Link};

pub(super) fn check(scenario: &Scenario, spot: Spot<'_>, findings: &mut Findings<'_>) {
    let mut taken: Vec<(IpAddr, String)> = Vec::new();
    for (name, link) in &scenario.links {
        let Some((first, second)) = &link.addresses else {
            continue;
        };
        let spot = spot.field("links").field(name).field("addresses");
        for (n, (end, host)) in [(first, &link.between.0), (second, &link.between.1)]
            .into_iter()
            .enumerate()
        {
            let owner = format!("\"{host}\" on \"{name}\"");
            let known = Ends {
                name,
                link,
                owner: &owner,
            };
            complete(end, &known, spot.item(n), findings);
            claim(end, &known, &mut taken, spot.item(n), findings);
        }
    }
    for (n, event) in scenario.timeline.iter().enumerate() {
        if let Action::Renumber {
            host,
            link: name,
            to: Some(to),
        } = &event.action
            && let Some(link) = scenario.links.get(name)
        {
            let owner = format!("\"{host}\" on \"{name}\", renumbered");
            let spot = spot.field("timeline").item(n).field("do").field("to");
            claim(
                to,
                &Ends {
                    name,
                    link,
                    owner: &owner,
                },
                &mut taken,
                spot,
                findings,
            );
        }
    }
}

/// What addresses are for.
struct Ends<'a> {
    name: &'a str,
    link: &'a Link,
    owner: &'a str,
}

/// The end of a link has one address of each family that the link carries.
fn complete(end: &Addresses, known: &Ends<'_>, spot: Spot<'_>, findings: &mut Findings<'_>) {
    let Ends { name, link, .. } = known;
    for (family, carried, count) in [
        (
            "IPv4",
            link.ipv4,
            end.0.iter().filter(|address| address.is_ipv4()).count(),
        ),
        (
            "IPv6",
            link.ipv6,
            end.0.iter().filter(|address| address.is_ipv6()).count(),
        ),
    ] {
        let field = family.to_lowercase();
        match count {
            0 if carried => findings.wrong(
                spot,
                format!("\"{name}\" carries {family}, but here is no {family} address"),
                format!("write a list with one of each family, or `{field}: false` for the link"),
            ),
            0 | 1 => {}
            _ => findings.wrong(
                spot,
                format!("{count} {family} addresses on one end of a link"),
                "keep one of each family",
            ),
        }
    }
}

/// Each address is one that a host can have, of a family that the link carries, and nobody else's.
fn claim(
    end: &Addresses,
    known: &Ends<'_>,
    taken: &mut Vec<(IpAddr, String)>,
    spot: Spot<'_>,
    findings: &mut Findings<'_>,
) {
    let Ends { name, link, owner } = known;
    for (n, &address) in end.0.iter().enumerate() {
        let spot = spot.item(n);
        let (family, carried) = match address {
            IpAddr::V4(_) => ("IPv4", link.ipv4),
            IpAddr::V6(_) => ("IPv6", link.ipv6),
        };
        if !carried {
            findings.wrong(
                spot,
                format!("{address} is {family}, which \"{name}\" does not carry"),
                format!(
                    "write `{}: true` for the link, or another address",
                    family.to_lowercase()
                ),
            );
        }
        if let Some(why) = unusable(address) {
            findings.wrong(
                spot,
                format!("{address} is {why}, which no host can have on a link"),
                "write one such as \"10.0.0.1\" or \"fd00::1\"",
            );
        }
        match taken.iter().find(|(other, _)| *other == address) {
            Some((_, owner)) => findings.wrong(
                spot,
                format!("{address} is already the address of {owner}"),
                "give every end of every link its own, or leave `addresses` out",
            ),
            None => taken.push((address, owner.to_string())),
        }
    }
}

fn unusable(address: IpAddr) -> Option<&'static str> {
    match address {
        _ if address.is_unspecified() => Some("the unspecified address"),
        _ if address.is_loopback() => Some("a loopback address"),
        _ if address.is_multicast() => Some("a multicast address"),
        IpAddr::V4(v4) if v4.is_broadcast() => Some("the broadcast address"),
        IpAddr::V6(v6) if v6.is_unicast_link_local() => Some("a link-local address"),
        _ => None,
    }
}
