//! What can be set of an interface by rtnetlink(7).

use std::io;

use rtnetlink::packet_route::RouteNetlinkMessage;
use rtnetlink::packet_route::link::{LinkAttribute, LinkMessage};

use crate::{namespace, netlink::Netlink};

/// Packets that the kernel keeps for whoever reads the device; it loses what comes on top. Twenty times
/// the kernel's default: a burst of TCP's congestion window, or a flood while the reader waits for a
/// processor, is not to be lost where no path asked for it. The memory is used only then.
const QUEUE_PACKETS: u32 = 10_000;

/// Sets the MTU of an interface in this thread's namespace, and how many packets may wait in it.
pub(super) fn set(interface: &str, mtu: u16) -> io::Result<()> {
    let mut link = LinkMessage::default();
    link.header.index = namespace::interface_index(interface)?;
    link.attributes = vec![
        LinkAttribute::Mtu(mtu.into()),
        LinkAttribute::TxQueueLen(QUEUE_PACKETS),
    ];
    Netlink::open()?.tell(RouteNetlinkMessage::SetLink(link))
}
