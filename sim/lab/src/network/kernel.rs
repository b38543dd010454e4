//! Brings the kernel from what it was last told to what the topology says now.

use std::{
    collections::BTreeSet,
    fs,
    io::{self, Write},
    net::IpAddr,
    process::Stdio,
    sync::Arc,
    time::Duration,
};

use indexmap::IndexMap;
use scenario::{CongestionControl, Scenario};

use super::{
    device,
    netlink::Netlink,
    topology::{Route, Topology},
};
use crate::{Error, Host, Result};

/// Room for what a host sends while the relay is busy: a long queue, because only the link model may drop.
const QUEUE_PACKETS: u32 = 10_000;

/// The room that TCP has for what it receives and what it sends, in bytes: least, default, most. Linux's own on a
/// machine with plenty of memory; with less, and so in a guest, its most would depend on how much there is.
pub const TCP_BUFFERS: [(&str, &str); 2] = [
    ("ipv4/tcp_rmem", "4096 131072 6291456"),
    ("ipv4/tcp_wmem", "4096 16384 4194304"),
];

/// What one host was last told.
struct Told {
    netlink: Netlink,
    /// Index of the device of each link that the host has an end of.
    devices: IndexMap<usize, u32>,
    up: BTreeSet<usize>,
    addresses: BTreeSet<(usize, IpAddr)>,
    routes: BTreeSet<Route>,
}

/// What the kernel was last told of all hosts.
pub(super) struct Kernel {
    told: Vec<Told>,
    congestion_control: Option<&'static str>,
}

impl Kernel {
    /// Readies every host: `lo` up, devices found.
    pub(super) async fn open(
        scenario: &Scenario,
        hosts: &IndexMap<String, Arc<Host>>,
        congestion_control: Option<CongestionControl>,
    ) -> Result<Self> {
        let mut told = Vec::with_capacity(hosts.len());
        for (name, host) in hosts {
            let netlink = Netlink::open(host)?;
            let lo = netlink.index("lo").await?;
            netlink.set_up(lo, true).await?;
            let mut devices = IndexMap::new();
            for (number, (link_name, link)) in scenario
                .links
                .iter()
                .enumerate()
                .filter(|(_, (_, link))| link.joins(name))
            {
                let device = device(link_name, number);
                if has_ipv6() && !Topology::carries_ipv6(link) {
                    host.set_sysctl(&format!("ipv6/conf/{device}/disable_ipv6"), "1")?;
                }
                let index = netlink.index(&device).await?;
                netlink.set_queue_length(index, QUEUE_PACKETS).await?;
                devices.insert(number, index);
            }
            told.push(Told {
                netlink,
                devices,
                up: BTreeSet::new(),
                addresses: BTreeSet::new(),
                routes: BTreeSet::new(),
            });
        }
        Ok(Self {
            told,
            congestion_control: congestion_control.map(congestion_control_name),
        })
    }

    /// Tells the kernel what is new in `topology`. New addresses come before routes that use them, old routes go
    /// before the addresses that they used.
    pub(super) async fn sync(
        &mut self,
        topology: &Topology,
        hosts: &IndexMap<String, Arc<Host>>,
    ) -> Result<()> {
        for (number, told) in self.told.iter_mut().enumerate() {
            let forwards = if topology.forwards(number) { "1" } else { "0" };
            hosts[number].set_sysctl("ipv4/ip_forward", forwards)?;
            if has_ipv6() {
                hosts[number].set_sysctl("ipv6/conf/all/forwarding", forwards)?;
            }
            let (up, addresses) = ends(topology, number);
            let routes: BTreeSet<Route> = topology.routes(number);
            for route in told.routes.difference(&routes) {
                // Some went with their device or address already.
                let _ = told
                    .netlink
                    .remove_route(told.devices[&route.link], route)
                    .await;
            }
            for link in told.up.difference(&up) {
                told.netlink.set_up(told.devices[link], false).await?;
            }
            for (link, address) in told.addresses.difference(&addresses) {
                told.netlink
                    .remove_address(told.devices[link], *address)
                    .await?;
            }
            for link in up.difference(&told.up) {
                told.netlink.set_up(told.devices[link], true).await?;
            }
            for (link, address) in addresses.difference(&told.addresses) {
                told.netlink
                    .add_address(told.devices[link], *address)
                    .await?;
            }
            accepted(
                &hosts[number],
                addresses.iter().map(|(_, address)| *address),
            )
            .await?;
            // All of them again: the kernel drops routes on its own when a device goes down or a source address goes.
            for route in &routes {
                let device = told.devices[&route.link];
                told.netlink
                    .add_route(device, route.to, route.source, self.congestion_control)
                    .await?;
            }
            (told.up, told.addresses, told.routes) = (up, addresses, routes);
        }
        Ok(())
    }
}

/// Waits until a host takes in what is sent to its IPv6 addresses: the kernel makes their local routes a moment
/// after it has acknowledged them (addrconf's work queue, `net/ipv6/addrconf.c`).
pub(crate) async fn accepted(host: &Host, addresses: impl Iterator<Item = IpAddr>) -> Result<()> {
    let wanted: Vec<String> = addresses
        .filter_map(|address| match address {
            IpAddr::V6(v6) => Some(format!("{:032x}", v6.to_bits())),
            IpAddr::V4(_) => None,
        })
        .collect();
    while !wanted.is_empty() {
        let table = host
            .run(|| fs::read_to_string("/proc/thread-self/net/ipv6_route"))?
            .map_err(|cause| host.error("read its IPv6 routes".to_owned(), cause))?;
        let local: BTreeSet<&str> = table.lines().filter_map(local_destination).collect();
        if wanted
            .iter()
            .all(|address| local.contains(address.as_str()))
        {
            break;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    Ok(())
}

/// The destination of a line of `/proc/net/ipv6_route`, when it is the host itself (`RTF_LOCAL`).
fn local_destination(line: &str) -> Option<&str> {
    const RTF_LOCAL: u32 = 0x8000_0000;
    let mut fields = line.split_ascii_whitespace();
    let destination = fields.next()?;
    let flags = u32::from_str_radix(fields.nth(7)?, 16).ok()?;
    (flags & RTF_LOCAL != 0).then_some(destination)
}

/// Which links are up at a host, and the addresses that it has there.
fn ends(topology: &Topology, host: usize) -> (BTreeSet<usize>, BTreeSet<(usize, IpAddr)>) {
    let mut up = BTreeSet::new();
    let mut addresses = BTreeSet::new();
    for (link, side) in topology.links_of(host) {
        let end = topology.end(link, side);
        if end.up {
            up.insert(link);
            addresses.extend(end.addresses.iter().map(|address| (link, *address)));
        }
    }
    (up, addresses)
}

/// Gives a host the settings that do not depend on the scenario. No device may be there yet: a device takes its
/// settings from the host when it is made.
pub(super) fn settle(host: &Host) -> Result<()> {
    for (parameter, value) in TCP_BUFFERS {
        host.set_sysctl(parameter, value)?;
    }
    quiet(host)
}

/// Keeps the kernel from sending, or expecting, anything that no session asked for.
fn quiet(host: &Host) -> Result<()> {
    // A host answers on any of its addresses wherever they are asked for (asymmetric routes are the point here).
    host.set_sysctl("ipv4/conf/all/rp_filter", "0")?;
    host.set_sysctl("ipv4/conf/default/rp_filter", "0")?;
    if has_ipv6() {
        for scope in ["all", "default"] {
            // No link-local address, so no router solicitations or multicast reports among the session's packets.
            host.set_sysctl(&format!("ipv6/conf/{scope}/addr_gen_mode"), "1")?;
            host.set_sysctl(&format!("ipv6/conf/{scope}/accept_dad"), "0")?;
            host.set_sysctl(&format!("ipv6/conf/{scope}/router_solicitations"), "0")?;
        }
    }
    Ok(())
}

fn has_ipv6() -> bool {
    std::path::Path::new("/proc/sys/net/ipv6").exists()
}

/// What the kernel calls it.
pub(crate) fn congestion_control_name(congestion_control: CongestionControl) -> &'static str {
    match congestion_control {
        CongestionControl::Cubic => "cubic",
        CongestionControl::Bbr => "bbr",
        CongestionControl::Reno => "reno",
    }
}

/// Loads a whole ruleset into a host, by the `nft` program.
pub(super) fn load_rules(host: &Host, rules: &str) -> Result<()> {
    let run = || -> io::Result<std::process::Output> {
        let mut nft = host
            .command("nft")
            .args(["-f", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        nft.stdin
            .take()
            .expect("piped")
            .write_all(rules.as_bytes())?;
        nft.wait_with_output()
    };
    match run() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(Error::Rules {
            host: host.name().to_owned(),
            message: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        }),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Err(Error::MissingProgram {
            program: "nft",
            purpose: "NAT and firewalls",
            remedy: "install the package nftables",
        }),
        Err(cause) => Err(host.error("run nft".to_owned(), cause)),
    }
}
