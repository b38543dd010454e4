//! How large datagrams may be on this path.

use std::net::SocketAddr;

use crate::crypto;
use crate::wire::{datagram, fragment};

/// UDP payload that fits any IPv4 link that also carries IPv6: 1280 bytes less the headers of IP and UDP.
const USUAL_V4: usize = 1280 - 20 - 8;
/// The same for IPv6, with room for an extension header.
const USUAL_V6: usize = 1280 - 40 - 16 - 8;
/// UDP payload that gets through everywhere.
const SAFE: usize = 500;

/// What surrounds a slice in a datagram.
const OVERHEAD: usize = crypto::OVERHEAD + datagram::HEADER_LEN + fragment::HEADER_LEN;

/// After so many large instructions in a row without an acknowledgement, while small ones get through, the path is
/// taken for a black hole for large datagrams.
const LARGE_LOSSES: u32 = 3;

/// The limit in use.
pub(super) struct PathMtu {
    detects_black_holes: bool,
    is_safe: bool,
    large: Option<Large>,
}

/// The newest unacknowledged instructions that had a datagram larger than [`SAFE`].
struct Large {
    first_num: u64,
    sent: u32,
}

impl PathMtu {
    pub(super) fn new(detects_black_holes: bool) -> Self {
        Self {
            detects_black_holes,
            is_safe: false,
            large: None,
        }
    }

    /// How many bytes of an instruction fit a datagram.
    pub(super) fn slice_len(&self, remote: SocketAddr) -> usize {
        let payload = match remote {
            _ if self.is_safe => SAFE,
            SocketAddr::V4(_) => USUAL_V4,
            SocketAddr::V6(_) => USUAL_V6,
        };
        payload - OVERHEAD
    }

    /// An instruction for state `num` of this compressed length is being sent.
    pub(super) fn handle_sent(&mut self, num: u64, stream_len: usize) {
        if !self.detects_black_holes || self.is_safe || stream_len <= SAFE - OVERHEAD {
            return;
        }
        let large = self.large.get_or_insert(Large {
            first_num: num,
            sent: 0,
        });
        large.sent += 1;
        if large.sent > LARGE_LOSSES {
            self.handle_oversized();
        }
    }

    /// The newest acknowledged state is `num`.
    pub(super) fn handle_acknowledgement(&mut self, num: u64) {
        if self
            .large
            .as_ref()
            .is_some_and(|large| num >= large.first_num)
        {
            self.large = None;
        }
    }

    /// The path is another one: what was learnt of the old one says nothing.
    pub(super) fn handle_path_change(&mut self) {
        self.is_safe = false;
        self.large = None;
    }

    /// Datagrams of the usual size don't get through.
    pub(super) fn handle_oversized(&mut self) {
        self.is_safe = true;
        self.large = None;
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr, SocketAddrV4, SocketAddrV6};

    use super::*;

    const V4: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 1));
    const V6: SocketAddr = SocketAddr::V6(SocketAddrV6::new(Ipv6Addr::LOCALHOST, 1, 0, 0));
    const LARGE: usize = 1000;
    const SMALL: usize = 100;

    #[test]
    fn slices_are_as_long_as_stocks() {
        let mut mtu = PathMtu::new(false);
        assert_eq!((mtu.slice_len(V4), mtu.slice_len(V6)), (1214, 1178));
        mtu.handle_oversized();
        assert_eq!((mtu.slice_len(V4), mtu.slice_len(V6)), (462, 462));
    }

    #[test]
    fn large_instructions_that_are_never_acknowledged_mean_a_black_hole() {
        let mut mtu = PathMtu::new(true);
        for num in 1..=4 {
            assert_eq!(mtu.slice_len(V4), 1214);
            mtu.handle_acknowledgement(0);
            mtu.handle_sent(num, LARGE);
        }
        assert_eq!(mtu.slice_len(V4), 462);
        mtu.handle_path_change();
        assert_eq!(mtu.slice_len(V4), 1214);
    }

    #[test]
    fn acknowledged_or_small_instructions_mean_none() {
        let mut mtu = PathMtu::new(true);
        for num in 1..100 {
            mtu.handle_sent(num, LARGE);
            mtu.handle_sent(num, SMALL);
            mtu.handle_acknowledgement(num);
        }
        for num in 100..200 {
            mtu.handle_sent(num, SMALL);
        }
        assert_eq!(mtu.slice_len(V4), 1214);
    }
}
