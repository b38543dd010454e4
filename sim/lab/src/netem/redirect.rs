//! "What comes in here goes out there": a filter at a device's ingress that takes everything, by tc-mirred(8).

use std::io;

use rtnetlink::packet_route::RouteNetlinkMessage;
use rtnetlink::packet_route::tc::{
    TcAction, TcActionAttribute, TcActionGeneric, TcActionMirror, TcActionMirrorOption,
    TcActionOption, TcActionType, TcAttribute, TcFilterMatchAll, TcFilterMatchAllOption, TcHandle,
    TcMessage, TcMirror, TcOption,
};

use crate::netlink::Netlink;

/// Where the filters of an ingress are.
const INGRESS: TcHandle = TcHandle {
    major: u16::MAX,
    minor: 0,
};

/// The filter's priority, 1, and the protocol that it looks at: all (`ETH_P_ALL`, in network byte order).
const EVERYTHING: u32 = 1 << 16 | 0x0003_u16.to_be() as u32;

/// From now on, what comes in at the device `from` goes out at `to`.
pub(super) fn begin(netlink: &Netlink, from: u32, to: u32) -> io::Result<()> {
    let mut ingress = TcMessage::with_index(from.cast_signed());
    ingress.header.parent = TcHandle::INGRESS;
    ingress.header.handle = INGRESS;
    ingress.attributes = vec![TcAttribute::Kind("ingress".to_owned())];
    netlink.create(RouteNetlinkMessage::NewQueueDiscipline(ingress))?;
    resume(netlink, from, to)
}

/// Begins again after an [`end`].
pub(super) fn resume(netlink: &Netlink, from: u32, to: u32) -> io::Result<()> {
    let mut generic = TcActionGeneric::default();
    generic.action = TcActionType::Stolen;
    let mut mirror = TcMirror::default();
    mirror.generic = generic;
    mirror.ifindex = to;
    let mut action = TcAction::default();
    action.attributes = vec![
        TcActionAttribute::Kind(TcActionMirror::KIND.to_owned()),
        TcActionAttribute::Options(vec![TcActionOption::Mirror(TcActionMirrorOption::Parms(
            mirror,
        ))]),
    ];
    let mut filter = filter(from);
    filter.attributes = vec![
        TcAttribute::Kind(TcFilterMatchAll::KIND.to_owned()),
        TcAttribute::Options(vec![TcOption::MatchAll(TcFilterMatchAllOption::Action(
            vec![action],
        ))]),
    ];
    netlink.create(RouteNetlinkMessage::NewTrafficFilter(filter))
}

/// From now on, what comes in at the device goes nowhere: a router without addresses drops it.
pub(super) fn end(netlink: &Netlink, from: u32) -> io::Result<()> {
    netlink.tell(RouteNetlinkMessage::DelTrafficFilter(filter(from)))
}

fn filter(device: u32) -> TcMessage {
    let mut message = TcMessage::with_index(device.cast_signed());
    message.header.parent = INGRESS;
    message.header.info = EVERYTHING;
    message
}
