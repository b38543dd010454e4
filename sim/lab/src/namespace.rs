//! Doing something in another network namespace.

use std::io;
use std::os::fd::BorrowedFd;
use std::thread;

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
