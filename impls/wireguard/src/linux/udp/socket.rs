//! One socket.

use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};

use nix::errno::Errno;
use nix::libc;
use nix::sys::socket::{
    AddressFamily, SockFlag, SockType, SockaddrLike, SockaddrStorage, bind, setsockopt, socket,
    sockopt,
};

use super::ancillary::Ancillary;
use super::{MAX_PAYLOAD, MAX_SEGMENTS};
use crate::protocol::{Arrival, Endpoint};

/// What the kernel may keep for us, bytes each way.
const BUFFER_LEN: usize = 7 << 20;

/// Datagrams one after the other in one buffer, all of one length but the last, which may be shorter.
pub(in crate::linux) struct Train<'a> {
    pub(in crate::linux) bytes: &'a [u8],
    pub(in crate::linux) datagram_len: usize,
}

/// A socket that no peer is connected to, so that peers can roam.
pub(in crate::linux) struct Socket {
    socket: UdpSocket,
    is_v4: bool,
    /// Whether the kernel and the interface cut trains for us.
    segments: AtomicBool,
}

/// What one call received: datagrams one after the other, all of one length but the last.
pub(in crate::linux) struct Reception {
    pub(in crate::linux) len: usize,
    pub(in crate::linux) datagram_len: usize,
    pub(in crate::linux) arrival: Arrival,
}

impl Socket {
    pub(super) fn bind(address: SocketAddr, fwmark: u32) -> io::Result<Socket> {
        let family = match address {
            SocketAddr::V4(_) => AddressFamily::Inet,
            SocketAddr::V6(_) => AddressFamily::Inet6,
        };
        let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
        let fd = socket(family, SockType::Datagram, flags, None)?;
        let is_v4 = address.is_ipv4();
        configure(&fd, is_v4)?;
        bind(fd.as_raw_fd(), &SockaddrStorage::from(address))?;
        let socket = Socket {
            socket: UdpSocket::from(fd),
            is_v4,
            segments: AtomicBool::new(true),
        };
        if fwmark != 0 {
            socket.set_fwmark(fwmark)?;
        }
        Ok(socket)
    }

    pub(super) fn port(&self) -> io::Result<u16> {
        Ok(self.socket.local_addr()?.port())
    }

    pub(super) fn set_fwmark(&self, fwmark: u32) -> io::Result<()> {
        Ok(setsockopt(&self.socket, sockopt::Mark, &fwmark)?)
    }

    /// Send `train`, in as few calls as the kernel allows.
    pub(super) fn send(
        &self,
        remote: SocketAddr,
        source: Option<IpAddr>,
        tos: u8,
        train: &Train,
    ) -> io::Result<()> {
        let len = train.datagram_len.max(1);
        let at_once = (MAX_PAYLOAD / len).clamp(1, MAX_SEGMENTS);
        for part in train.bytes.chunks(at_once * len) {
            let is_train = part.len() > len;
            if is_train && self.segments.load(Ordering::Relaxed) {
                match self.send_message(remote, source, tos, Some(len), part) {
                    Err(error) if is_about_segmentation(&error) => {
                        log::info!("the kernel does not segment datagrams here: {error}");
                        self.segments.store(false, Ordering::Relaxed);
                    }
                    result => {
                        result?;
                        continue;
                    }
                }
            }
            for datagram in part.chunks(len) {
                self.send_message(remote, source, tos, None, datagram)?;
            }
        }
        Ok(())
    }

    fn send_message(
        &self,
        remote: SocketAddr,
        source: Option<IpAddr>,
        tos: u8,
        segment_len: Option<usize>,
        payload: &[u8],
    ) -> io::Result<()> {
        let mut ancillary = Ancillary::empty();
        if let Some(source) = source {
            ancillary.push_source(source);
        }
        if tos != 0 {
            ancillary.push_tos(tos, self.is_v4);
        }
        if let Some(len) = segment_len {
            ancillary.push_segment_len(len as u16);
        }
        let remote = SockaddrStorage::from(remote);
        let mut part = libc::iovec {
            iov_base: payload.as_ptr().cast_mut().cast(),
            iov_len: payload.len(),
        };
        // SAFETY: a msghdr of zeros is valid: nothing to send to nobody.
        let mut message: libc::msghdr = unsafe { std::mem::zeroed() };
        message.msg_name = remote.as_ptr().cast_mut().cast();
        message.msg_namelen = remote.len();
        message.msg_iov = &raw mut part;
        message.msg_iovlen = 1;
        message.msg_control = ancillary.as_mut_ptr();
        message.msg_controllen = ancillary.len();
        // SAFETY: all that `message` points to outlives the call, has the lengths given, and is only read.
        let sent = unsafe { libc::sendmsg(self.socket.as_raw_fd(), &raw const message, 0) };
        Errno::result(sent)?;
        Ok(())
    }

    /// Receive what there is, without waiting, into `buffer`.
    pub(in crate::linux) fn receive(&self, buffer: &mut [u8]) -> io::Result<Reception> {
        let mut ancillary = Ancillary::empty();
        // SAFETY: a sockaddr_storage of zeros is valid: of no family.
        let mut remote: libc::sockaddr_storage = unsafe { std::mem::zeroed() };
        let mut part = libc::iovec {
            iov_base: buffer.as_mut_ptr().cast(),
            iov_len: buffer.len(),
        };
        // SAFETY: a msghdr of zeros is valid: room for nothing.
        let mut message: libc::msghdr = unsafe { std::mem::zeroed() };
        message.msg_name = (&raw mut remote).cast();
        message.msg_namelen = size_of::<libc::sockaddr_storage>() as libc::socklen_t;
        message.msg_iov = &raw mut part;
        message.msg_iovlen = 1;
        message.msg_control = ancillary.as_mut_ptr();
        message.msg_controllen = Ancillary::capacity();
        // SAFETY: all that `message` points to outlives the call, has the lengths given, and may be written.
        let received = unsafe {
            libc::recvmsg(
                self.socket.as_raw_fd(),
                &raw mut message,
                libc::MSG_DONTWAIT,
            )
        };
        let len = Errno::result(received)? as usize;
        ancillary.set_len(message.msg_controllen);
        // SAFETY: the kernel has written an address of this length into `remote`.
        let remote = unsafe {
            SockaddrStorage::from_raw((&raw const remote).cast(), Some(message.msg_namelen))
        };
        let facts = ancillary.facts();
        Ok(Reception {
            len,
            datagram_len: facts.segment_len.unwrap_or(len).max(1),
            arrival: Arrival {
                from: Endpoint {
                    remote: remote.and_then(to_std).ok_or(Errno::EAFNOSUPPORT)?,
                    source: facts.source,
                },
                tos: facts.tos,
            },
        })
    }
}

impl AsFd for Socket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// All but the IPv6 flag and the path MTU are improvements that an older kernel may lack.
fn configure(fd: &OwnedFd, is_v4: bool) -> io::Result<()> {
    let raise = |result: nix::Result<()>, fallback: nix::Result<()>| result.or(fallback);
    let grow = setsockopt(fd, sockopt::RcvBufForce, &BUFFER_LEN);
    let _best_effort = raise(grow, setsockopt(fd, sockopt::RcvBuf, &BUFFER_LEN));
    let grow = setsockopt(fd, sockopt::SndBufForce, &BUFFER_LEN);
    let _best_effort = raise(grow, setsockopt(fd, sockopt::SndBuf, &BUFFER_LEN));
    let _best_effort = setsockopt(fd, sockopt::UdpGroSegment, &true);
    if is_v4 {
        setsockopt(fd, sockopt::Ipv4PacketInfo, &true)?;
        setsockopt(fd, sockopt::IpRecvTos, &true)?;
        // What is too long is fragmented: the path inside the tunnel finds its own MTU.
        set_int(
            fd,
            libc::IPPROTO_IP,
            libc::IP_MTU_DISCOVER,
            libc::IP_PMTUDISC_DONT,
        )
    } else {
        setsockopt(fd, sockopt::Ipv6V6Only, &true)?;
        setsockopt(fd, sockopt::Ipv6RecvPacketInfo, &true)?;
        setsockopt(fd, sockopt::Ipv6RecvTClass, &true)?;
        set_int(
            fd,
            libc::IPPROTO_IPV6,
            libc::IPV6_MTU_DISCOVER,
            libc::IPV6_PMTUDISC_DONT,
        )
    }
}

fn set_int(fd: &OwnedFd, level: i32, option: i32, value: i32) -> io::Result<()> {
    // SAFETY: the kernel reads one int.
    let result = unsafe {
        libc::setsockopt(
            fd.as_raw_fd(),
            level,
            option,
            (&raw const value).cast(),
            size_of::<i32>() as libc::socklen_t,
        )
    };
    Errno::result(result)?;
    Ok(())
}

/// EIO and EINVAL come from interfaces that cannot do the checksums that segmentation needs (udp(7)).
fn is_about_segmentation(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EIO | libc::EINVAL))
}

fn to_std(address: SockaddrStorage) -> Option<SocketAddr> {
    let ipv4 = address
        .as_sockaddr_in()
        .map(|address| SocketAddr::V4((*address).into()));
    ipv4.or_else(|| {
        address
            .as_sockaddr_in6()
            .map(|address| SocketAddr::V6((*address).into()))
    })
}
