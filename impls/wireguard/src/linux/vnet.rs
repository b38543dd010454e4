//! The header that the kernel puts before each packet of a TUN interface with IFF_VNET_HDR (virtio 1.3 §5.1.6, native byte
//! order): how a packet longer than the MTU is to be cut, and which checksum is still missing.

/// Bytes of the header.
pub(super) const LEN: usize = 10;

const NEEDS_CSUM: u8 = 1;
const GSO_NONE: u8 = 0;
const GSO_TCPV4: u8 = 1;
const GSO_TCPV6: u8 = 4;
const GSO_UDP_L4: u8 = 5;

/// How a packet is to be cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gso {
    None,
    Tcp4,
    Tcp6,
    Udp,
}

/// The header's fields that matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct VnetHeader {
    pub(super) gso: Gso,
    /// Bytes of headers before the payload.
    pub(super) header_len: u16,
    /// Bytes of payload in each segment.
    pub(super) segment_len: u16,
    /// Where the missing checksum begins to count, and how far from there it is to be written.
    pub(super) checksum: Option<(u16, u16)>,
}

impl VnetHeader {
    /// A packet that is complete.
    pub(super) const WHOLE: [u8; LEN] = [0; LEN];

    /// None for a kind that we did not ask for.
    pub(super) fn parse(bytes: &[u8; LEN]) -> Option<VnetHeader> {
        let number = |at: usize| u16::from_ne_bytes([bytes[at], bytes[at + 1]]);
        let gso = match bytes[1] {
            GSO_NONE => Gso::None,
            GSO_TCPV4 => Gso::Tcp4,
            GSO_TCPV6 => Gso::Tcp6,
            GSO_UDP_L4 => Gso::Udp,
            _ => return None,
        };
        Some(VnetHeader {
            gso,
            header_len: number(2),
            segment_len: number(4),
            checksum: (bytes[0] & NEEDS_CSUM != 0).then(|| (number(6), number(8))),
        })
    }

    pub(super) fn emit(&self) -> [u8; LEN] {
        let mut bytes = [0; LEN];
        bytes[1] = match self.gso {
            Gso::None => GSO_NONE,
            Gso::Tcp4 => GSO_TCPV4,
            Gso::Tcp6 => GSO_TCPV6,
            Gso::Udp => GSO_UDP_L4,
        };
        bytes[2..4].copy_from_slice(&self.header_len.to_ne_bytes());
        bytes[4..6].copy_from_slice(&self.segment_len.to_ne_bytes());
        if let Some((start, offset)) = self.checksum {
            bytes[0] = NEEDS_CSUM;
            bytes[6..8].copy_from_slice(&start.to_ne_bytes());
            bytes[8..10].copy_from_slice(&offset.to_ne_bytes());
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_emitted_is_parsed() {
        let header = VnetHeader {
            gso: Gso::Tcp6,
            header_len: 72,
            segment_len: 1348,
            checksum: Some((40, 16)),
        };
        assert_eq!(VnetHeader::parse(&header.emit()), Some(header));
        let whole = VnetHeader::parse(&VnetHeader::WHOLE).unwrap();
        assert_eq!((whole.gso, whole.checksum), (Gso::None, None));
    }

    #[test]
    fn an_unknown_kind_is_refused() {
        assert_eq!(VnetHeader::parse(&[0, 3, 0, 0, 0, 0, 0, 0, 0, 0]), None);
    }
}
