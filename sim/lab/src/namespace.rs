//! Doing something in another network namespace, and what interfaces are called there.

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::thread;

use rustix::net::{AddressFamily, SocketFlags, SocketType, netdevice, socket_with};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

/// Does something inside a network namespace, on a thread that is there for nothing else: a namespace is a thread's
/// own.
pub(crate) fn inside<T: Send>(
    namespace: BorrowedFd<'_>,
    act: impl FnOnce() -> io::Result<T> + Send,
) -> io::Result<T> {
    elsewhere(|| {
        move_into_link_name_space(namespace, Some(LinkNameSpaceType::Network))?;
        act()
    })
}

/// Does something on a thread that is there for nothing else.
pub(crate) fn elsewhere<T: Send>(act: impl FnOnce() -> io::Result<T> + Send) -> io::Result<T> {
    let gone = |_| Err(io::Error::other("the thread in the namespace panicked"));
    thread::scope(|scope| {
        let thread = thread::Builder::new().spawn_scoped(scope, act)?;
        thread.join().unwrap_or_else(gone)
    })
}

/// A socket by which this thread's namespace is asked about its interfaces.
pub(crate) fn interfaces() -> io::Result<OwnedFd> {
    let (family, kind) = (AddressFamily::INET, SocketType::DGRAM);
    Ok(socket_with(family, kind, SocketFlags::CLOEXEC, None)?)
}

/// The index of an interface of this thread's namespace.
pub(crate) fn interface_index(name: &str) -> io::Result<u32> {
    Ok(netdevice::name_to_index(interfaces()?, name)?)
}
