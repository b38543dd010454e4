//! A copy of a scenario's network: hosts, links, addresses, routes, NAT, as the timeline changes them.

mod conntrack;
pub(crate) mod kernel;
pub(crate) mod netlink;
mod rules;
mod topology;
mod watched;

use std::{
    net::IpAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use indexmap::IndexMap;
use link::{Direction, PathSpec, Seed};
use nix::sys::signal::Signal;
use scenario::{CongestionControl, Family, NatPart, Scenario, Tunnel};

pub use self::kernel::TCP_BUFFERS;
pub(crate) use self::kernel::congestion_control_name;
use self::{kernel::Kernel, rules::Translation, topology::Topology, watched::Watched};
use crate::{
    Error, Host, Result,
    shaper::{Counters, EndPlan, LinkId, LinkPlan, Shaper},
};

/// What a copy of the network is made for.
#[derive(Clone, Copy, Debug)]
pub struct Purpose<'a> {
    /// The session's name; namespaces are called `NAME.HOST`.
    pub name: &'a str,
    /// The run's seed.
    pub seed: Seed,
    /// What TCP in this copy uses, at every host; the kernel's default when there is no TCP under test.
    pub congestion_control: Option<CongestionControl>,
    /// The folder for packet captures, if they are wanted.
    pub captures: Option<&'a Path>,
}

/// A running copy of a scenario's network. Dropping it removes everything.
pub struct Network<'a> {
    scenario: &'a Scenario,
    shaper: &'a dyn Shaper,
    topology: Topology,
    links: Vec<LinkId>,
    translations: IndexMap<String, Translation>,
    kernel: Kernel,
    hosts: IndexMap<String, Arc<Host>>,
    /// The hosts that a tunnel joins: its client and its server.
    tunnelled: Option<[String; 2]>,
    /// The session whose arrivals are noted.
    watched: Option<Watched>,
}

impl<'a> Network<'a> {
    /// Makes the network that `scenario` describes.
    ///
    /// # Errors
    ///
    /// When the kernel or the shaper refuses a part; what was made until then is gone again.
    pub async fn build(
        scenario: &'a Scenario,
        shaper: &'a dyn Shaper,
        purpose: Purpose<'_>,
    ) -> Result<Network<'a>> {
        let hosts = scenario
            .hosts
            .keys()
            .map(|name| {
                let host = Host::create(&format!("{}.{name}", purpose.name))?;
                Ok((name.clone(), Arc::new(host)))
            })
            .collect::<Result<IndexMap<_, _>>>()?;
        hosts.values().try_for_each(|host| kernel::settle(host))?;
        let topology = Topology::new(scenario);
        let links = scenario
            .links
            .iter()
            .enumerate()
            .map(|(number, (name, link))| {
                let device = device(name, number);
                let capture = |side: &str| {
                    purpose
                        .captures
                        .map(|folder| capture_file(folder, purpose.name, name, side))
                };
                let captures = [capture(&link.between.0), capture(&link.between.1)];
                let end = |host: &str, side: usize| EndPlan {
                    namespace: hosts[host].descriptor(),
                    interface: &device,
                    capture: captures[side].as_deref(),
                };
                let plan = LinkPlan {
                    name,
                    seed: purpose.seed,
                    mtu: MTU,
                    ends: [end(&link.between.0, 0), end(&link.between.1, 1)],
                    up: &link.up(),
                    down: &link.down(),
                };
                shaper
                    .connect(&plan)
                    .map_err(|cause| path_error(name, &cause))
            })
            .collect::<Result<Vec<_>>>()?;
        let kernel = Kernel::open(scenario, &hosts, purpose.congestion_control).await?;
        let mut network = Self {
            scenario,
            shaper,
            topology,
            links,
            translations: IndexMap::new(),
            kernel,
            hosts,
            tunnelled: None,
            watched: None,
        };
        network.start_nats();
        for host in network.scenario.hosts.keys() {
            network.load_rules(host)?;
        }
        network
            .kernel
            .sync(&network.topology, &network.hosts)
            .await?;
        Ok(network)
    }

    /// Has TCP at every host find out what was lost as Linux did in 2012: tail loss probes came with Linux 3.10, RACK with
    /// 4.4. For connections that are opened from now on.
    ///
    /// # Errors
    ///
    /// When the kernel cannot do without them.
    pub fn recover_as_in_2012(&self) -> Result<()> {
        self.hosts.values().try_for_each(|host| {
            host.set_sysctl("ipv4/tcp_recovery", "0")?;
            host.set_sysctl("ipv4/tcp_early_retrans", "0")
        })
    }

    /// A host by name.
    ///
    /// # Panics
    ///
    /// When the scenario has no such host, which its checking rules out.
    #[must_use]
    pub fn host(&self, name: &str) -> &Arc<Host> {
        &self.hosts[name]
    }

    /// The addresses that a host has now, in the order of its links.
    #[must_use]
    pub fn addresses(&self, host: &str) -> Vec<IpAddr> {
        self.topology.addresses(self.topology.host(host)).collect()
    }

    /// The first address that a host has on a link.
    #[must_use]
    pub fn address_on(&self, host: &str, link: &str) -> Option<IpAddr> {
        let (number, side) = self.end(host, link);
        self.topology.end(number, side).addresses.first().copied()
    }

    /// An address of `family` at which `from` can reach `to`; none when only `to` can make the first step.
    #[must_use]
    pub fn reachable_address(&self, from: &str, to: &str, family: Family) -> Option<IpAddr> {
        let routes = self.topology.routes(self.topology.host(from));
        self.addresses(to)
            .into_iter()
            .filter(|address| Family::of(address) == family)
            .find(|address| routes.iter().any(|route| route.to == *address))
    }

    /// From now on what is sent between these hosts, besides the tunnel's own packets, goes through the tunnel that has
    /// been opened between them.
    pub fn join_by_tunnel(&mut self, client: &str, server: &str) {
        self.tunnelled = Some([client, server].map(str::to_owned));
    }

    /// The address at which `from` reaches `to` through a tunnel.
    pub(crate) fn address_inside(&self, from: &str, to: &str) -> Option<IpAddr> {
        let [client, server] = self.tunnelled.as_ref()?;
        match (from, to) {
            _ if (from, to) == (client, server) => Tunnel::SERVER.first().copied(),
            _ if (from, to) == (server, client) => Tunnel::CLIENT.first().copied(),
            _ => None,
        }
    }

    /// From now on a direction of a link behaves like `path`.
    ///
    /// # Errors
    ///
    /// When the shaper cannot do what the path asks.
    pub fn change_path(&self, link: &str, direction: Direction, path: &PathSpec) -> Result<()> {
        self.shaper
            .change(self.id(link), direction, path)
            .map_err(|cause| path_error(link, &cause))
    }

    /// Lets nothing through any more, in one direction or in both.
    ///
    /// # Errors
    ///
    /// When the shaper has failed.
    pub fn cut(&self, link: &str, direction: Option<Direction>) -> Result<()> {
        self.in_directions(link, direction, |shaper, id, direction| {
            shaper.cut(id, direction)
        })
    }

    /// Undoes [`Network::cut`].
    ///
    /// # Errors
    ///
    /// When the shaper has failed.
    pub fn heal(&self, link: &str, direction: Option<Direction>) -> Result<()> {
        self.in_directions(link, direction, |shaper, id, direction| {
            shaper.heal(id, direction)
        })
    }

    /// What the links were given until now: towards the server, and towards the client. A packet that takes several
    /// links counts at each.
    ///
    /// # Errors
    ///
    /// When the shaper has failed.
    pub fn counters(&self, client: &str, server: &str) -> Result<[Counters; 2]> {
        let mut sums = [Counters::default(); 2];
        for (name, link) in &self.scenario.links {
            let counted = self.shaper.counters(self.id(name));
            let mut counted = counted.map_err(|cause| path_error(name, &cause))?;
            if link.between.0 == server || link.between.1 == client {
                counted.reverse();
            }
            sums = [sums[0] + counted[0], sums[1] + counted[1]];
        }
        Ok(sums)
    }

    fn in_directions(
        &self,
        link: &str,
        direction: Option<Direction>,
        act: impl Fn(
            &dyn Shaper,
            LinkId,
            Direction,
        ) -> std::result::Result<(), crate::shaper::ShaperError>,
    ) -> Result<()> {
        let both = [Direction::Up, Direction::Down];
        both.into_iter()
            .filter(|each| direction.is_none_or(|one| one == *each))
            .try_for_each(|each| act(self.shaper, self.id(link), each))
            .map_err(|cause| path_error(link, &cause))
    }

    fn id(&self, link: &str) -> LinkId {
        self.links[self.topology.link(link)]
    }

    /// Gives a host other addresses on a link: `to`, or fresh ones of the families that it has there.
    ///
    /// # Errors
    ///
    /// When there is no address left to give, or the kernel refuses.
    pub async fn renumber(&mut self, host: &str, link: &str, to: Option<&[IpAddr]>) -> Result<()> {
        let (number, side) = self.end(host, link);
        let to = to
            .map(<[IpAddr]>::to_vec)
            .or_else(|| self.topology.fresh_addresses(number, side))
            .ok_or_else(|| Error::NoAddressLeft {
                link: link.to_owned(),
                host: host.to_owned(),
            })?;
        self.topology.renumber(number, side, to);
        self.sync().await
    }

    /// Takes a host off one link and onto another.
    ///
    /// # Errors
    ///
    /// When the kernel refuses.
    pub async fn move_host(&mut self, host: &str, from: &str, to: &str) -> Result<()> {
        for (link, up) in [(from, false), (to, true)] {
            let (number, side) = self.end(host, link);
            self.topology.set_up(number, side, up);
        }
        self.sync().await
    }

    /// Takes a host's IPv4 addresses away.
    ///
    /// # Errors
    ///
    /// When the kernel refuses.
    pub async fn switch_to_ipv6(&mut self, host: &str) -> Result<()> {
        let ends: Vec<_> = self.topology.links_of(self.topology.host(host)).collect();
        for (number, side) in ends {
            self.topology.drop_ipv4(number, side);
        }
        self.sync().await
    }

    /// Makes a NAT forget its mappings, so that the next packet of each gets a new port or address.
    ///
    /// # Errors
    ///
    /// When there is no address left to give, or the kernel refuses.
    pub async fn rebind_nat(&mut self, host: &str, new: NatPart) -> Result<()> {
        match new {
            NatPart::Port => {
                let translation = self
                    .translations
                    .get_mut(host)
                    .expect("checked by scenario");
                translation.life += 1;
            }
            NatPart::Address => {
                let nat = self.scenario.hosts[host]
                    .nat
                    .as_ref()
                    .expect("checked by scenario");
                self.renumber(host, &nat.outside, None).await?;
                let address = self.outside_address(host);
                let translation = self
                    .translations
                    .get_mut(host)
                    .expect("checked by scenario");
                translation.address = address;
            }
        }
        self.load_rules(host)?;
        let nat = &self.hosts[host];
        nat.run(conntrack::flush)?
            .map_err(|cause| nat.error("forget its connections".to_owned(), cause))
    }

    /// Stops every program of a host and lets nothing reach it, as a suspended laptop.
    ///
    /// # Errors
    ///
    /// When its programs cannot be found or its links not be cut.
    pub fn sleep(&self, host: &str) -> Result<()> {
        self.hosts[host].signal_all(Signal::SIGSTOP)?;
        self.links_of(host)
            .try_for_each(|link| self.cut(link, None))
    }

    /// Undoes [`Network::sleep`].
    ///
    /// # Errors
    ///
    /// When its programs cannot be found or its links not be healed.
    pub fn wake(&self, host: &str) -> Result<()> {
        self.links_of(host)
            .try_for_each(|link| self.heal(link, None))?;
        self.hosts[host].signal_all(Signal::SIGCONT)
    }

    fn links_of<'n>(&'n self, host: &'n str) -> impl Iterator<Item = &'n str> {
        let of_host = self
            .scenario
            .links
            .iter()
            .filter(move |(_, link)| link.joins(host));
        of_host.map(|(name, _)| name.as_str())
    }

    fn end(&self, host: &str, link: &str) -> (usize, usize) {
        let number = self.topology.link(link);
        (number, self.topology.side(number, self.topology.host(host)))
    }

    async fn sync(&mut self) -> Result<()> {
        self.readdress_watched();
        self.kernel.sync(&self.topology, &self.hosts).await
    }

    fn start_nats(&mut self) {
        for (name, host) in &self.scenario.hosts {
            if host.nat.is_some() {
                let address = self.outside_address(name);
                self.translations
                    .insert(name.clone(), Translation { address, life: 0 });
            }
        }
    }

    fn outside_address(&self, host: &str) -> std::net::Ipv4Addr {
        let nat = self.scenario.hosts[host]
            .nat
            .as_ref()
            .expect("asked only of NATs");
        let (number, side) = self.end(host, &nat.outside);
        self.topology
            .ipv4(number, side)
            .expect("checked by scenario")
    }

    fn load_rules(&self, name: &str) -> Result<()> {
        let host = &self.scenario.hosts[name];
        let nat = host.nat.as_ref().map(|nat| (nat, &self.translations[name]));
        let device = |link: &str| device(link, self.topology.link(link));
        let mut rules = rules::ruleset(nat, host.firewall.as_ref(), device);
        let number = self.topology.host(name);
        let ipv6 = self
            .links_of(name)
            .any(|link| Topology::carries_ipv6(&self.scenario.links[link]));
        if ipv6 && self.topology.forwards(number) {
            rules.push_str(rules::SILENT_ROUTER);
        }
        if rules.is_empty() {
            return Ok(());
        }
        kernel::load_rules(&self.hosts[name], &rules)
    }
}

impl Drop for Network<'_> {
    fn drop(&mut self) {
        for link in &self.links {
            // The shaper may have failed already, and taken its links along.
            let _ = self.shaper.remove(*link);
        }
    }
}

/// What every link carries, as Ethernet does; a smaller MTU on the way is the path's (`mtu`).
const MTU: u16 = 1500;

/// The name of a link's device: the link's own where the kernel takes it (15 bytes).
fn device(link: &str, number: usize) -> String {
    let fits = link.len() < 16
        && !link.contains(['/', ' ', ':', '%'])
        && !matches!(link, "lo" | "all" | "default");
    if fits {
        link.to_owned()
    } else {
        format!("link{number}")
    }
}

fn capture_file(folder: &Path, session: &str, link: &str, host: &str) -> PathBuf {
    folder.join(format!("{session}-{link}-{host}.pcapng"))
}

fn path_error(link: &str, cause: &dyn std::error::Error) -> Error {
    Error::Path {
        link: link.to_owned(),
        cause: cause.to_string(),
    }
}
