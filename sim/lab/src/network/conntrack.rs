//! Makes a host forget its connections, as a rebooted NAT does (nfnetlink, `include/uapi/linux/netfilter/nfnetlink_conntrack.h`).

use std::io;

use rtnetlink::sys::{Socket, SocketAddr, protocols::NETLINK_NETFILTER};

/// `NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_DELETE`.
const DELETE: u16 = 1 << 8 | 2;
/// `NLM_F_REQUEST | NLM_F_ACK`.
const FLAGS: u16 = 0x1 | 0x4;
/// `NLMSG_ERROR`, which also acknowledges.
const ANSWER: u16 = 2;

/// Deletes every entry of the connection table of the current network namespace.
pub(super) fn flush() -> io::Result<()> {
    let socket = Socket::new(NETLINK_NETFILTER)?;
    socket.connect(&SocketAddr::new(0, 0))?;
    // struct nlmsghdr, then struct nfgenmsg: any family, version 0, no tuple, so: everything.
    let mut request = Vec::with_capacity(20);
    request.extend_from_slice(&20_u32.to_ne_bytes());
    request.extend_from_slice(&DELETE.to_ne_bytes());
    request.extend_from_slice(&FLAGS.to_ne_bytes());
    request.extend_from_slice(&[0; 12]);
    socket.send(&request, 0)?;
    let (answer, _) = socket.recv_from_full()?;
    let kind = answer
        .get(4..6)
        .and_then(|at| at.try_into().ok())
        .map(u16::from_ne_bytes);
    let errno = answer
        .get(16..20)
        .and_then(|at| at.try_into().ok())
        .map(i32::from_ne_bytes);
    match (kind, errno) {
        (Some(ANSWER), Some(0)) => Ok(()),
        (Some(ANSWER), Some(errno)) => Err(io::Error::from_raw_os_error(-errno)),
        _ => Err(io::Error::other("conntrack's answer makes no sense")),
    }
}
