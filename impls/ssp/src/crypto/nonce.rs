//! Nonces: a direction and a datagram's sequence number.

/// Length of the half of the nonce that travels in the clear.
pub(super) const CLEAR_LEN: usize = 8;

const DIRECTION_BIT: u64 = 1 << 63;

/// Which way a datagram goes; bit 63 of the clear half of the nonce.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the client; the bit is 0.
    ToServer,
    /// From the server; the bit is 1.
    ToClient,
}

impl Direction {
    /// The other direction.
    pub fn reversed(self) -> Self {
        match self {
            Self::ToServer => Self::ToClient,
            Self::ToClient => Self::ToServer,
        }
    }
}

/// What makes a datagram unique under its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nonce {
    /// Which way the datagram goes.
    pub direction: Direction,
    /// Counts the datagrams of one direction from 0; below 2^63.
    pub sequence: u64,
}

impl Nonce {
    /// The eight bytes that travel, big-endian.
    pub(super) fn to_clear(self) -> [u8; CLEAR_LEN] {
        let bit = match self.direction {
            Direction::ToServer => 0,
            Direction::ToClient => DIRECTION_BIT,
        };
        (bit | self.sequence).to_be_bytes()
    }

    pub(super) fn from_clear(bytes: [u8; CLEAR_LEN]) -> Self {
        let value = u64::from_be_bytes(bytes);
        Self {
            direction: if value & DIRECTION_BIT == 0 {
                Direction::ToServer
            } else {
                Direction::ToClient
            },
            sequence: value & !DIRECTION_BIT,
        }
    }

    /// The twelve bytes that OCB3 takes.
    pub(super) fn expand(clear: [u8; CLEAR_LEN]) -> [u8; 12] {
        let mut nonce = [0; 12];
        nonce[4..].copy_from_slice(&clear);
        nonce
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_direction_is_the_top_bit() {
        let up = Nonce {
            direction: Direction::ToServer,
            sequence: 0x0102,
        };
        let down = Nonce {
            direction: Direction::ToClient,
            ..up
        };
        assert_eq!(up.to_clear(), [0, 0, 0, 0, 0, 0, 1, 2]);
        assert_eq!(down.to_clear(), [0x80, 0, 0, 0, 0, 0, 1, 2]);
        assert_eq!(Nonce::from_clear(up.to_clear()), up);
        assert_eq!(Nonce::from_clear(down.to_clear()), down);
    }
}
