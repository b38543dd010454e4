//! What the kernel tells of links, addresses and routes (rtnetlink(7)). That something changed is enough: what it is now is
//! asked for.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use nix::errno::Errno;
use nix::libc;
use nix::sched::{CloneFlags, setns};
use nix::sys::socket::{
    AddressFamily, MsgFlags, NetlinkAddr, SockFlag, SockProtocol, SockType, bind, recv, socket,
};

/// Everything that can change the path to a peer.
pub(super) const PATHS: i32 = libc::RTMGRP_LINK
    | libc::RTMGRP_IPV4_IFADDR
    | libc::RTMGRP_IPV4_ROUTE
    | libc::RTMGRP_IPV6_IFADDR
    | libc::RTMGRP_IPV6_ROUTE;

/// Only the interfaces themselves.
pub(super) const LINKS: i32 = libc::RTMGRP_LINK;

/// A subscription in one network namespace.
pub(super) struct Watch {
    socket: OwnedFd,
}

impl Watch {
    /// Subscribe to these groups in the current namespace.
    pub(super) fn new(groups: i32) -> io::Result<Watch> {
        let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
        let socket = socket(
            AddressFamily::Netlink,
            SockType::Raw,
            flags,
            SockProtocol::NetlinkRoute,
        )?;
        bind(socket.as_raw_fd(), &NetlinkAddr::new(0, groups as u32))?;
        Ok(Watch { socket })
    }

    /// Whether anything has happened since the last call. When more has happened than the kernel keeps, something has.
    pub(super) fn take_events(&self) -> bool {
        let mut buffer = [0; 8192];
        let mut happened = false;
        loop {
            match recv(self.socket.as_raw_fd(), &mut buffer, MsgFlags::empty()) {
                Ok(_) | Err(Errno::ENOBUFS) => happened = true,
                Err(Errno::EINTR) => {}
                Err(_) => return happened,
            }
        }
    }
}

impl AsFd for Watch {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// Do something in another network namespace: on a thread of its own, since a namespace belongs to a thread.
pub(super) fn in_namespace<T: Send>(
    namespace: BorrowedFd,
    act: impl FnOnce() -> io::Result<T> + Send,
) -> io::Result<T> {
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            setns(namespace, CloneFlags::CLONE_NEWNET)?;
            act()
        });
        thread.join().unwrap_or_else(|_| Err(Errno::EFAULT.into()))
    })
}
