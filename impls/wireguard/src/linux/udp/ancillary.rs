//! Ancillary data of a datagram: control messages as bytes (cmsg(3)).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use nix::libc;

/// Room for all that we send or ask for.
const CAPACITY: usize = 160;
const ALIGN: usize = size_of::<usize>();
const HEADER_LEN: usize = size_of::<libc::cmsghdr>().next_multiple_of(ALIGN);

/// A buffer aligned as the kernel wants it.
#[repr(C, align(8))]
pub(super) struct Ancillary {
    bytes: [u8; CAPACITY],
    len: usize,
}

/// What the ancillary data of a received message said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) tos: u8,
    pub(super) segment_len: Option<usize>,
    pub(super) source: Option<IpAddr>,
}

impl Ancillary {
    /// Nothing yet, all room to be written by us.
    pub(super) fn empty() -> Ancillary {
        Ancillary {
            bytes: [0; CAPACITY],
            len: 0,
        }
    }

    /// Where the kernel finds what is to be sent, or writes what was received.
    pub(super) fn as_mut_ptr(&mut self) -> *mut libc::c_void {
        self.bytes.as_mut_ptr().cast()
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) const fn capacity() -> usize {
        CAPACITY
    }

    /// The kernel has written this much.
    pub(super) fn set_len(&mut self, len: usize) {
        self.len = len.min(CAPACITY);
    }

    /// Ask for datagrams of this many bytes each.
    pub(super) fn push_segment_len(&mut self, len: u16) {
        self.push(libc::SOL_UDP, libc::UDP_SEGMENT, &len.to_ne_bytes());
    }

    /// Ask for this TOS or traffic class.
    pub(super) fn push_tos(&mut self, tos: u8, is_v4: bool) {
        let value = i32::from(tos).to_ne_bytes();
        if is_v4 {
            self.push(libc::IPPROTO_IP, libc::IP_TOS, &value);
        } else {
            self.push(libc::IPPROTO_IPV6, libc::IPV6_TCLASS, &value);
        }
    }

    /// Ask for this source, of any interface: an in_pktinfo or an in6_pktinfo.
    pub(super) fn push_source(&mut self, source: IpAddr) {
        match source {
            IpAddr::V4(address) => {
                let mut info = [0; 12];
                info[4..8].copy_from_slice(&address.octets());
                self.push(libc::IPPROTO_IP, libc::IP_PKTINFO, &info);
            }
            IpAddr::V6(address) => {
                let mut info = [0; 20];
                info[..16].copy_from_slice(&address.octets());
                self.push(libc::IPPROTO_IPV6, libc::IPV6_PKTINFO, &info);
            }
        }
    }

    fn push(&mut self, level: i32, kind: i32, data: &[u8]) {
        let message = &mut self.bytes[self.len..];
        message[..ALIGN].copy_from_slice(&(HEADER_LEN + data.len()).to_ne_bytes());
        message[ALIGN..ALIGN + 4].copy_from_slice(&level.to_ne_bytes());
        message[ALIGN + 4..ALIGN + 8].copy_from_slice(&kind.to_ne_bytes());
        message[HEADER_LEN..][..data.len()].copy_from_slice(data);
        self.len += (HEADER_LEN + data.len()).next_multiple_of(ALIGN);
    }

    /// What the kernel said.
    pub(super) fn facts(&self) -> Facts {
        let mut facts = Facts::default();
        let mut rest = &self.bytes[..self.len];
        while let Some(message) = Message::first_of(rest) {
            facts.learn(message.kind, message.data);
            rest = message.rest;
        }
        facts
    }
}

/// One control message.
struct Message<'a> {
    /// Level and type.
    kind: (i32, i32),
    data: &'a [u8],
    /// What comes after it.
    rest: &'a [u8],
}

impl Message<'_> {
    fn first_of(bytes: &[u8]) -> Option<Message<'_>> {
        let number = |at: usize| Some(i32::from_ne_bytes(*bytes.get(at..)?.first_chunk()?));
        let len = usize::from_ne_bytes(*bytes.first_chunk()?);
        Some(Message {
            kind: (number(ALIGN)?, number(ALIGN + 4)?),
            data: bytes.get(HEADER_LEN..len)?,
            rest: bytes.get(len.next_multiple_of(ALIGN)..).unwrap_or_default(),
        })
    }
}

impl Facts {
    fn learn(&mut self, kind: (i32, i32), data: &[u8]) {
        match kind {
            (libc::IPPROTO_IP, libc::IP_TOS) | (libc::IPPROTO_IPV6, libc::IPV6_TCLASS) => {
                // One byte, or the first of an int of this machine's order.
                self.tos = match data.first_chunk::<4>() {
                    Some(value) => u32::from_ne_bytes(*value) as u8,
                    None => data.first().copied().unwrap_or(0),
                };
            }
            (libc::SOL_UDP, libc::UDP_GRO) => {
                self.segment_len = data
                    .first_chunk()
                    .and_then(|len| usize::try_from(i32::from_ne_bytes(*len)).ok());
            }
            (libc::IPPROTO_IP, libc::IP_PKTINFO) if data.len() >= 12 => {
                let octets: [u8; 4] = data[4..8].try_into().expect("4 bytes");
                self.source = Some(Ipv4Addr::from(octets).into());
            }
            (libc::IPPROTO_IPV6, libc::IPV6_PKTINFO) if data.len() >= 20 => {
                let octets: [u8; 16] = data[..16].try_into().expect("16 bytes");
                self.source = Some(Ipv6Addr::from(octets).into());
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_pushed_is_understood() {
        for address in ["192.0.2.1", "2001:db8::1"] {
            let source: IpAddr = address.parse().unwrap();
            let mut ancillary = Ancillary::empty();
            ancillary.push_segment_len(1452);
            ancillary.push_source(source);
            ancillary.push_tos(0x8a, source.is_ipv4());
            let facts = ancillary.facts();
            assert_eq!(facts.source, Some(source));
            assert_eq!(facts.tos, 0x8a);
            assert_eq!(
                facts.segment_len, None,
                "what is sent is not what is received"
            );
        }
    }

    #[test]
    fn cut_off_messages_are_ignored() {
        let mut ancillary = Ancillary::empty();
        ancillary.push_tos(0x02, true);
        let whole = ancillary.len();
        for len in 0..whole - 4 {
            ancillary.set_len(len);
            assert_eq!(ancillary.facts(), Facts::default(), "{len} bytes");
        }
    }
}
