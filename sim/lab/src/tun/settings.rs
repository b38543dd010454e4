//! What can be set of an interface by rtnetlink(7), asked of the kernel without a runtime: the device
//! is made on a thread that lives for this alone.

use std::io;

use rtnetlink::packet_core::{NLM_F_ACK, NLM_F_REQUEST, NetlinkMessage, NetlinkPayload};
use rtnetlink::packet_route::RouteNetlinkMessage;
use rtnetlink::packet_route::link::{LinkAttribute, LinkMessage};
use rtnetlink::sys::{Socket, SocketAddr, protocols::NETLINK_ROUTE};
use rustix::net::{AddressFamily, SocketFlags, SocketType, netdevice, socket_with};

/// Packets that the kernel keeps for whoever reads the device; it loses what comes on top. Twenty times
/// the kernel's default: a burst of TCP's congestion window, or a flood while the reader waits for a
/// processor, is not to be lost where no path asked for it. The memory is used only then.
const QUEUE_PACKETS: u32 = 10_000;

/// Sets the MTU of an interface in this thread's namespace, and how many packets may wait in it.
pub(super) fn set(interface: &str, mtu: u16) -> io::Result<()> {
    let any = socket_with(
        AddressFamily::INET,
        SocketType::DGRAM,
        SocketFlags::CLOEXEC,
        None,
    )?;
    let mut link = LinkMessage::default();
    link.header.index = netdevice::name_to_index(&any, interface)?;
    link.attributes = vec![
        LinkAttribute::Mtu(mtu.into()),
        LinkAttribute::TxQueueLen(QUEUE_PACKETS),
    ];
    request(RouteNetlinkMessage::SetLink(link))
}

/// Has the kernel do something, and waits until it is done or refused.
fn request(message: RouteNetlinkMessage) -> io::Result<()> {
    let mut message = NetlinkMessage::from(message);
    message.header.flags = NLM_F_REQUEST | NLM_F_ACK;
    message.finalize();
    let mut bytes = vec![0; message.buffer_len()];
    message.serialize(&mut bytes);

    let socket = Socket::new(NETLINK_ROUTE)?;
    socket.connect(&SocketAddr::new(0, 0))?;
    socket.send(&bytes, 0)?;
    let (reply, _) = socket.recv_from_full()?;
    let reply = NetlinkMessage::<RouteNetlinkMessage>::deserialize(&reply);
    match reply.map_err(io::Error::other)?.payload {
        NetlinkPayload::Error(reply) if reply.code.is_some() => Err(reply.to_io()),
        _ => Ok(()),
    }
}
