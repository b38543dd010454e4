//! The kernel's word when addresses or routes change (rtnetlink(7)): the sooner the server hears from the new path, the
//! sooner it sends there.

use std::io;
use std::os::fd::{AsFd, AsRawFd as _, BorrowedFd, OwnedFd};

use nix::errno::Errno;
use nix::sys::socket::{
    AddressFamily, MsgFlags, NetlinkAddr, SockFlag, SockProtocol, SockType, bind, recv, socket,
};

/// The groups of addresses and routes of both families, as bits of `nl_groups` (linux/rtnetlink.h).
const GROUPS: u32 = 1 << 4 | 1 << 6 | 1 << 8 | 1 << 10;

/// A subscription.
pub(super) struct RouteChanges(OwnedFd);

impl RouteChanges {
    pub(super) fn subscribe() -> io::Result<Self> {
        let fd = socket(
            AddressFamily::Netlink,
            SockType::Raw,
            SockFlag::SOCK_NONBLOCK | SockFlag::SOCK_CLOEXEC,
            SockProtocol::NetlinkRoute,
        )?;
        bind(fd.as_raw_fd(), &NetlinkAddr::new(0, GROUPS))?;
        Ok(Self(fd))
    }

    /// Whether anything has changed since the last call. What it was does not matter: trying a path costs a datagram.
    pub(super) fn take(&self) -> bool {
        let mut any = false;
        let mut ignored = [0; 4096];
        loop {
            match recv(self.0.as_raw_fd(), &mut ignored, MsgFlags::empty()) {
                // ENOBUFS: there were more changes than fit.
                Ok(_) | Err(Errno::ENOBUFS) => any = true,
                Err(Errno::EINTR) => {}
                Err(_) => return any,
            }
        }
    }
}

impl AsFd for RouteChanges {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
