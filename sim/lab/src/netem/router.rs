//! The router in the middle of a link: a network namespace without addresses, in which whatever comes in at one device
//! goes out at the next, past the disciplines there.

use std::fs::{self, File};
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

use link::Direction;
use rtnetlink::packet_route::RouteNetlinkMessage;
use rtnetlink::packet_route::link::{
    InfoData, InfoKind, InfoVeth, LinkAttribute, LinkFlags, LinkInfo, LinkMessage,
};
use rtnetlink::packet_route::tc::{TcHandle, TcMessage};
use rustix::thread::{UnshareFlags, unshare_unsafe};

use super::attributes;
use super::offloads;
use super::qdisc::{Kind, Qdisc};
use super::redirect;
use super::stages::STAGES;
use super::statistics::{self, Received};
use crate::namespace;
use crate::netlink::Netlink;
use crate::shaper::EndPlan;

/// The Ethernet address of both hosts. They find it at each other without asking, because they are told not to ask.
const HOST: [u8; 6] = [0x02, 0, 0, 0, 0, 1];

/// The devices to the first and to the second host.
const TO_HOSTS: [&str; 2] = ["first", "second"];

/// The index of a device in the router's namespace. We choose it.
type Index = u32;

/// Beyond the devices that a kernel puts into every namespace: `lo`, and those of its tunnels.
const FIRST_INDEX: Index = 1000;

/// A router between two hosts. Its devices, and those of the hosts, go with it.
pub(super) struct Router {
    netlink: Netlink,
    /// Keeps the namespace.
    _namespace: File,
    to_hosts: [Index; 2],
    lanes: [Lane; 2],
}

/// The way of packets in one direction.
struct Lane {
    /// Where they come in.
    entry: Index,
    /// Where each stage's discipline is.
    stages: [Index; 5],
}

impl Router {
    /// Puts a router between two hosts whose devices have this MTU. Nothing passes until the stages are
    /// [set](Router::set).
    pub(super) fn between(ends: &[EndPlan<'_>; 2], mtu: u16) -> io::Result<Router> {
        let (namespace, netlink) = namespace::elsewhere(empty_namespace)?;
        let mut indices = FIRST_INDEX..;
        let mut next = || indices.next().expect("devices don't run out");
        let to_hosts = [next(), next()];
        for side in 0..2 {
            let host = &ends[side];
            let peer = Peer::OfHost {
                namespace: host.namespace,
                name: host.interface,
            };
            make_pair(&netlink, to_hosts[side], TO_HOSTS[side], &peer, mtu)?;
            namespace::inside(host.namespace, || make_quiet(host.interface))?;
        }
        let mut lane = |direction: &str, entry: Index, exit: Index| {
            let mut stages = [exit; 5];
            let mut arrives = entry;
            for (stage, name) in STAGES.iter().enumerate().take(STAGES.len() - 1) {
                let (leaves, at_next) = (next(), next());
                let name = format!("{direction}-{name}");
                let peer = Peer::InRouter {
                    index: at_next,
                    name: format!("{name}'"),
                };
                make_pair(&netlink, leaves, &name, &peer, mtu)?;
                redirect::begin(&netlink, arrives, leaves)?;
                stages[stage] = leaves;
                arrives = at_next;
            }
            redirect::begin(&netlink, arrives, exit)?;
            Ok::<_, io::Error>(Lane { entry, stages })
        };
        let lanes = [
            lane("up", to_hosts[0], to_hosts[1])?,
            lane("down", to_hosts[1], to_hosts[0])?,
        ];
        for device in to_hosts
            .into_iter()
            .chain(lanes.iter().flat_map(Lane::inner_devices))
        {
            bring_up(&netlink, device)?;
        }
        Ok(Router {
            netlink,
            _namespace: namespace,
            to_hosts,
            lanes,
        })
    }

    /// Gives a stage of a direction its discipline. One of the same kind as was there keeps what it holds.
    pub(super) fn set(&self, direction: Direction, stage: usize, qdisc: &Qdisc) -> io::Result<()> {
        let device = self.lanes[direction as usize].stages[stage];
        self.replace(device, qdisc).map_err(|error| {
            io::Error::new(error.kind(), format!("{error} (tc qdisc replace {qdisc})"))
        })
    }

    fn replace(&self, device: Index, qdisc: &Qdisc) -> io::Result<()> {
        let replace = |parent, major, attributes| {
            let mut message = TcMessage::with_index(device.cast_signed());
            message.header.parent = parent;
            message.header.handle = TcHandle { major, minor: 0 };
            message.attributes = attributes;
            self.netlink
                .replace(RouteNetlinkMessage::NewQueueDiscipline(message))
        };
        replace(TcHandle::ROOT, 1, attributes::of_qdisc(qdisc))?;
        match &qdisc.kind {
            Kind::TokenBucket { queue, .. } => replace(
                TcHandle { major: 1, minor: 1 },
                2,
                attributes::of_queue(queue),
            ),
            Kind::Netem(_) => Ok(()),
        }
    }

    /// Lets nothing in any more in this direction.
    pub(super) fn cut(&self, direction: Direction) -> io::Result<()> {
        redirect::end(&self.netlink, self.lanes[direction as usize].entry)
    }

    /// Lets packets in again.
    pub(super) fn heal(&self, direction: Direction) -> io::Result<()> {
        let Lane { entry, stages } = &self.lanes[direction as usize];
        redirect::resume(&self.netlink, *entry, stages[0])
    }

    /// What has come in for this direction, also while it was cut.
    pub(super) fn received(&self, direction: Direction) -> io::Result<Received> {
        statistics::received(&self.netlink, self.lanes[direction as usize].entry)
    }

    /// How many packets the disciplines of this direction have dropped.
    pub(super) fn dropped(&self, direction: Direction) -> io::Result<u64> {
        let stages = &self.lanes[direction as usize].stages;
        stages
            .iter()
            .map(|&device| statistics::dropped(&self.netlink, device))
            .sum()
    }

    /// Takes the link's devices away. What is left of the namespace goes when this is dropped.
    pub(super) fn remove(&self) -> io::Result<()> {
        self.to_hosts.iter().try_for_each(|device| {
            let mut message = LinkMessage::default();
            message.header.index = *device;
            self.netlink.tell(RouteNetlinkMessage::DelLink(message))
        })
    }
}

impl Lane {
    /// Both ends of every pair inside the router: the index of the second follows on that of the first.
    fn inner_devices(&self) -> impl Iterator<Item = Index> {
        self.stages
            .into_iter()
            .take(STAGES.len() - 1)
            .flat_map(|leaves| [leaves, leaves + 1])
    }
}

/// Makes a namespace that this thread is in, in which no device speaks of itself.
fn empty_namespace() -> io::Result<(File, Netlink)> {
    // SAFETY: a network namespace of its own harms nothing that this thread, which is here for this alone, relies on.
    unsafe { unshare_unsafe(UnshareFlags::NEWNET) }?;
    match fs::write("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1") {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    Ok((File::open("/proc/thread-self/ns/net")?, Netlink::open()?))
}

/// Where the other end of a pair of devices is.
enum Peer<'a> {
    OfHost {
        namespace: BorrowedFd<'a>,
        name: &'a str,
    },
    InRouter {
        index: Index,
        name: String,
    },
}

fn make_pair(
    netlink: &Netlink,
    index: Index,
    name: &str,
    peer: &Peer<'_>,
    mtu: u16,
) -> io::Result<()> {
    let device = |index: Index, name: &str| {
        let mut message = LinkMessage::default();
        message.header.index = index;
        message.attributes = vec![
            LinkAttribute::IfName(name.to_owned()),
            LinkAttribute::Mtu(mtu.into()),
        ];
        message
    };
    let other = match peer {
        Peer::InRouter { index, name } => device(*index, name),
        Peer::OfHost { namespace, name } => {
            let mut message = device(0, name);
            message.attributes.extend([
                LinkAttribute::NetNsFd(namespace.as_fd().as_raw_fd()),
                LinkAttribute::Address(HOST.to_vec()),
            ]);
            message
        }
    };
    let mut message = device(index, name);
    message.attributes.push(LinkAttribute::LinkInfo(vec![
        LinkInfo::Kind(InfoKind::Veth),
        LinkInfo::Data(InfoData::Veth(InfoVeth::Peer(other))),
    ]));
    netlink
        .create(RouteNetlinkMessage::NewLink(message))
        .map_err(|error| io::Error::new(error.kind(), format!("cannot make {name}: {error}")))
}

/// Has a host's device hand over every packet as it will be on the wire, and ask nobody for addresses.
fn make_quiet(interface: &str) -> io::Result<()> {
    offloads::turn_off(interface)?;
    let mut message = LinkMessage::default();
    message.header.index = namespace::interface_index(interface)?;
    message.header.flags = LinkFlags::Noarp;
    message.header.change_mask = LinkFlags::Noarp;
    Netlink::open()?.tell(RouteNetlinkMessage::SetLink(message))
}

fn bring_up(netlink: &Netlink, device: Index) -> io::Result<()> {
    let mut message = LinkMessage::default();
    message.header.index = device;
    message.header.flags = LinkFlags::Up | LinkFlags::Noarp;
    message.header.change_mask = LinkFlags::Up | LinkFlags::Noarp | LinkFlags::Multicast;
    netlink.tell(RouteNetlinkMessage::SetLink(message))
}

/// Whether this kernel has netem, asked of it in a namespace of its own.
pub(super) fn probe() -> io::Result<()> {
    let (_namespace, netlink) = namespace::elsewhere(empty_namespace)?;
    let mut lo = TcMessage::with_index(1);
    lo.header.parent = TcHandle::ROOT;
    let options = super::qdisc::NetemOptions::neutral(0);
    lo.attributes = attributes::of_qdisc(&Qdisc {
        overhead: 0,
        kind: Kind::Netem(options),
    });
    netlink.create(RouteNetlinkMessage::NewQueueDiscipline(lo))
}
