//! Who has which address and which way packets go: pure, so that an event is a change here and the kernel is told
//! the difference.

use std::{
    collections::{BTreeSet, VecDeque},
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use indexmap::IndexMap;
use scenario::{Action, Link, Scenario};

/// The two ends of a link: 0 is the first host of `between`.
pub(super) type Side = usize;

/// A host as routing sees it.
#[derive(Clone, Debug)]
struct Node {
    /// The link on which a NAT faces the internet: nothing is forwarded in from there by address.
    nat_outside: Option<usize>,
}

/// One end of a link.
#[derive(Clone, Debug)]
pub(super) struct End {
    /// Index of the host.
    pub(super) host: usize,
    /// Whether the device is up there.
    pub(super) up: bool,
    /// The addresses that the host has on this link now.
    pub(super) addresses: Vec<IpAddr>,
    /// Those it had: what is sent to them still goes down this link, and is lost there.
    past: Vec<IpAddr>,
}

/// A link as routing sees it.
#[derive(Clone, Debug)]
pub(super) struct Wire {
    pub(super) ends: [End; 2],
}

/// A route to one address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Route {
    /// The address.
    pub(super) to: IpAddr,
    /// Index of the link it leaves by.
    pub(super) link: usize,
    /// The address it is sent from.
    pub(super) source: Option<IpAddr>,
}

/// The network as it is meant to be at this moment.
#[derive(Clone, Debug)]
pub(super) struct Topology {
    hosts: IndexMap<String, Node>,
    links: IndexMap<String, Wire>,
}

impl Topology {
    pub(super) fn new(scenario: &Scenario) -> Self {
        let index = |name: &str| {
            scenario
                .hosts
                .get_index_of(name)
                .expect("checked by scenario")
        };
        let hosts = scenario
            .hosts
            .iter()
            .map(|(name, host)| {
                let nat_outside = host
                    .nat
                    .as_ref()
                    .and_then(|nat| scenario.links.get_index_of(&nat.outside));
                (name.clone(), Node { nat_outside })
            })
            .collect();
        let taken: BTreeSet<IpAddr> = scenario
            .links
            .values()
            .filter_map(|link| link.addresses.as_ref())
            .flat_map(|(first, second)| first.0.iter().chain(&second.0).copied())
            .collect();
        // A link that waits for a `Move` is down at the end of the host that will move.
        let mover = |link: &str| {
            let moves = scenario
                .timeline
                .iter()
                .find_map(|event| match &event.action {
                    Action::Move { host, to, .. } if to == link => Some(host.as_str()),
                    _ => None,
                });
            index(moves.unwrap_or(&scenario.links[link].between.0))
        };
        let links = scenario
            .links
            .iter()
            .enumerate()
            .map(|(number, (name, link))| {
                let written = link
                    .addresses
                    .as_ref()
                    .map(|(first, second)| [first.0.clone(), second.0.clone()]);
                let ends = [&link.between.0, &link.between.1].map(|host| index(host));
                let joining = if link.attached {
                    None
                } else {
                    ends.iter().position(|&end| end == mover(name))
                };
                let end = |side: Side| End {
                    host: ends[side],
                    up: joining != Some(side),
                    addresses: match &written {
                        Some(both) => both[side].clone(),
                        None => [(link.ipv4, false), (link.ipv6, true)]
                            .into_iter()
                            .filter(|(wanted, _)| *wanted)
                            .filter_map(|(_, v6)| free_address(number, side, v6, &taken))
                            .collect(),
                    },
                    past: Vec::new(),
                };
                (
                    name.clone(),
                    Wire {
                        ends: [end(0), end(1)],
                    },
                )
            })
            .collect();
        Self { hosts, links }
    }

    /// Whether anything on a link may have an IPv6 address.
    pub(super) fn carries_ipv6(link: &Link) -> bool {
        let written = link
            .addresses
            .iter()
            .flat_map(|(first, second)| first.0.iter().chain(&second.0));
        link.ipv6 || written.into_iter().any(IpAddr::is_ipv6)
    }

    pub(super) fn host(&self, name: &str) -> usize {
        self.hosts.get_index_of(name).expect("checked by scenario")
    }

    pub(super) fn link(&self, name: &str) -> usize {
        self.links.get_index_of(name).expect("checked by scenario")
    }

    pub(super) fn links(&self) -> impl Iterator<Item = (usize, &Wire)> {
        self.links.values().enumerate()
    }

    /// Which side of `link` is `host`'s.
    pub(super) fn side(&self, link: usize, host: usize) -> Side {
        usize::from(self.links[link].ends[0].host != host)
    }

    /// The links that `host` has an end of.
    pub(super) fn links_of(&self, host: usize) -> impl Iterator<Item = (usize, Side)> + '_ {
        self.links().flat_map(move |(number, wire)| {
            wire.ends
                .iter()
                .enumerate()
                .filter(move |(_, end)| end.host == host)
                .map(move |(side, _)| (number, side))
        })
    }

    /// Gives an end other addresses; packets to the old ones go on being sent there, and are lost.
    pub(super) fn renumber(&mut self, link: usize, side: Side, to: Vec<IpAddr>) {
        let end = &mut self.links[link].ends[side];
        let old = std::mem::replace(&mut end.addresses, to);
        end.past.retain(|address| !end.addresses.contains(address));
        let gone = old
            .into_iter()
            .filter(|address| !end.addresses.contains(address));
        end.past.extend(gone.collect::<Vec<_>>());
    }

    /// Fresh addresses for an end, one for each that it has, of the same families.
    pub(super) fn fresh_addresses(&self, link: usize, side: Side) -> Option<Vec<IpAddr>> {
        let mut taken: BTreeSet<IpAddr> = self
            .links
            .values()
            .flat_map(|wire| &wire.ends)
            .flat_map(|end| end.addresses.iter().chain(&end.past).copied())
            .collect();
        self.links[link].ends[side]
            .addresses
            .iter()
            .map(|old| {
                let fresh = free_address(link, side, old.is_ipv6(), &taken)?;
                taken.insert(fresh);
                Some(fresh)
            })
            .collect()
    }

    /// Takes an end's IPv4 addresses away.
    pub(super) fn drop_ipv4(&mut self, link: usize, side: Side) {
        let v6 = self
            .end(link, side)
            .addresses
            .iter()
            .copied()
            .filter(IpAddr::is_ipv6)
            .collect();
        self.renumber(link, side, v6);
    }

    pub(super) fn end(&self, link: usize, side: Side) -> &End {
        &self.links[link].ends[side]
    }

    /// The newest IPv4 address of an end.
    pub(super) fn ipv4(&self, link: usize, side: Side) -> Option<Ipv4Addr> {
        self.end(link, side)
            .addresses
            .iter()
            .find_map(|address| match address {
                IpAddr::V4(v4) => Some(*v4),
                IpAddr::V6(_) => None,
            })
    }

    /// Brings an end up, or takes it down.
    pub(super) fn set_up(&mut self, link: usize, side: Side, up: bool) {
        self.links[link].ends[side].up = up;
    }

    /// The addresses of a host that are in use, in the order of its links.
    pub(super) fn addresses(&self, host: usize) -> impl Iterator<Item = IpAddr> + '_ {
        self.links_of(host).flat_map(|(link, side)| {
            let end = &self.links[link].ends[side];
            end.up
                .then_some(&end.addresses)
                .into_iter()
                .flatten()
                .copied()
        })
    }

    /// Whether a host lies on the way between two others.
    pub(super) fn forwards(&self, host: usize) -> bool {
        let others = || (0..self.hosts.len()).filter(move |&other| other != host);
        others().any(|from| {
            let routes = self.routes(from);
            let mut beyond = routes.iter().filter(|route| self.joins(route.link, host));
            beyond.any(|route| !self.owns(host, route.to))
        })
    }

    /// Whether an address is, or was, a host's.
    fn owns(&self, host: usize, address: IpAddr) -> bool {
        let ends = self.links_of(host).map(|(link, side)| self.end(link, side));
        ends.flat_map(|end| end.addresses.iter().chain(&end.past))
            .any(|own| *own == address)
    }

    /// Whether a link has an end at `host`.
    fn joins(&self, link: usize, host: usize) -> bool {
        self.links[link].ends.iter().any(|end| end.host == host)
    }

    /// Every route that `host` has.
    pub(super) fn routes(&self, host: usize) -> BTreeSet<Route> {
        self.links()
            .flat_map(|(link, wire)| {
                wire.ends
                    .iter()
                    .enumerate()
                    .map(move |(side, end)| (link, side, end))
            })
            .filter(|(_, _, end)| end.host != host)
            .flat_map(|(link, side, end)| {
                let live = end.addresses.iter().filter(|_| end.up);
                let dead = end
                    .past
                    .iter()
                    .chain(end.addresses.iter().filter(|_| !end.up));
                let to_live = live.map(move |&to| (to, self.way_to(host, end.host, link)));
                let to_dead = dead.map(move |&to| (to, self.way_to_wire(host, link, 1 - side)));
                to_live.chain(to_dead)
            })
            .filter_map(|(to, way)| {
                let link = way?;
                let mine = &self.links[link].ends[self.side(link, host)].addresses;
                let source = mine
                    .iter()
                    .copied()
                    .find(|own| own.is_ipv4() == to.is_ipv4())?;
                Some(Route {
                    to,
                    link,
                    source: Some(source),
                })
            })
            .collect()
    }

    /// The link by which `from` reaches `to`, arriving over `over` where that is possible.
    fn way_to(&self, from: usize, to: usize, over: usize) -> Option<usize> {
        self.first_hop(from, |host, arrival| host == to && arrival == over)
            .or_else(|| self.first_hop(from, |host, _| host == to))
    }

    /// The link by which `from` reaches `link` itself, at its end `side`.
    fn way_to_wire(&self, from: usize, link: usize, side: Side) -> Option<usize> {
        let end = &self.links[link].ends[side];
        if end.host == from {
            return end.up.then_some(link);
        }
        self.first_hop(from, |host, _| host == end.host)
    }

    /// Breadth first over the links that are up at both ends; gives the first link of the shortest way to a host
    /// and arrival link that `there` accepts.
    fn first_hop(&self, from: usize, there: impl Fn(usize, usize) -> bool) -> Option<usize> {
        let mut seen = BTreeSet::new();
        let mut queue = VecDeque::from([(from, None, None)]);
        while let Some((host, arrival, first)) = queue.pop_front() {
            if host != from && arrival.is_some() && arrival == self.hosts[host].nat_outside {
                continue; // A NAT lets nothing through from outside by its inside address.
            }
            for (link, side) in self.links_of(host) {
                let wire = &self.links[link];
                let next = wire.ends[1 - side].host;
                if !(wire.ends[0].up && wire.ends[1].up)
                    || next == from
                    || !seen.insert((next, link))
                {
                    continue;
                }
                let first = first.or(Some(link));
                if there(next, link) {
                    return first;
                }
                queue.push_back((next, Some(link), first));
            }
        }
        None
    }
}

/// The first address of the link's own range that nobody has: `10.0.LINK.x` or `fd00::LINK:x`, odd at the first end.
fn free_address(link: usize, side: Side, v6: bool, taken: &BTreeSet<IpAddr>) -> Option<IpAddr> {
    let network = u16::try_from(link + 1)
        .ok()
        .filter(|&network| network < 255)?;
    (0..126)
        .map(|nth| {
            let host = u8::try_from(1 + side + 2 * nth).expect("at most 253");
            if v6 {
                IpAddr::from(Ipv6Addr::new(0xfd00, 0, 0, network, 0, 0, 0, host.into()))
            } else {
                let [_, network] = network.to_be_bytes();
                IpAddr::from(Ipv4Addr::new(10, 0, network, host))
            }
        })
        .find(|address| !taken.contains(address))
}

#[cfg(test)]
mod tests;
