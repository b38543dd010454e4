//! What the kernel has counted at devices and their disciplines.

use std::io;

use rtnetlink::packet_route::RouteNetlinkMessage;
use rtnetlink::packet_route::link::{LinkAttribute, LinkMessage};
use rtnetlink::packet_route::tc::{TcAttribute, TcHandle, TcMessage, TcStats2};

use super::stages::ETHERNET_HEADER;
use crate::netlink::Netlink;

/// What has come in at a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Received {
    pub(super) packets: u64,
    /// From the IP header on.
    pub(super) bytes: u64,
}

pub(super) fn received(netlink: &Netlink, device: u32) -> io::Result<Received> {
    let mut message = LinkMessage::default();
    message.header.index = device;
    let told = netlink.get(RouteNetlinkMessage::GetLink(message))?;
    let RouteNetlinkMessage::NewLink(link) = told else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    let counted = link
        .attributes
        .into_iter()
        .find_map(|attribute| match attribute {
            LinkAttribute::Stats64(counted) => Some(counted),
            _ => None,
        });
    let counted = counted.ok_or(io::ErrorKind::InvalidData)?;
    let headers = counted.rx_packets * ETHERNET_HEADER.unsigned_abs();
    Ok(Received {
        packets: counted.rx_packets,
        bytes: counted.rx_bytes.saturating_sub(headers),
    })
}

/// How many packets the discipline of a device has dropped, its queue included.
pub(super) fn dropped(netlink: &Netlink, device: u32) -> io::Result<u64> {
    let mut message = TcMessage::with_index(device.cast_signed());
    message.header.parent = TcHandle::ROOT;
    let told = netlink.get(RouteNetlinkMessage::GetQueueDiscipline(message))?;
    let RouteNetlinkMessage::NewQueueDiscipline(discipline) = told else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    let mut attributes = discipline.attributes.into_iter();
    let counted = attributes.find_map(|attribute| match attribute {
        TcAttribute::Stats2(counted) => counted.into_iter().find_map(|counted| match counted {
            TcStats2::Queue(queue) => Some(queue.drops),
            _ => None,
        }),
        _ => None,
    });
    counted
        .map(u64::from)
        .ok_or_else(|| io::ErrorKind::InvalidData.into())
}
