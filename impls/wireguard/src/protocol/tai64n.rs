//! TAI64N timestamps, by which a responder knows a replayed initiation (paper §5.1).

use std::time::Duration;

/// A label of TAI64N: seconds and nanoseconds, big endian, so that the later of two is the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Tai64n(pub(crate) [u8; 12]);

/// TAI64's label of 1970-01-01 00:00:00 TAI, with the ten seconds by which TAI was ahead of UTC then.
const UNIX_EPOCH: u64 = 0x4000_0000_0000_000a;

/// Nanoseconds are rounded down to a multiple of this, 16.8 ms, so that they do not tell the precision of the sender's
/// clock nor how long its handshakes take.
const GRAIN: u32 = 1 << 24;

impl Tai64n {
    /// The label of a time since the Unix epoch, rounded down to its grain.
    pub(crate) fn new(unix: Duration) -> Tai64n {
        Tai64n::join(
            UNIX_EPOCH.wrapping_add(unix.as_secs()),
            unix.subsec_nanos() & !(GRAIN - 1),
        )
    }

    /// The first label after this one, one grain later.
    pub(crate) fn successor(self) -> Tai64n {
        let (seconds, nanos) = self.0.split_at(8);
        let seconds = u64::from_be_bytes(seconds.try_into().expect("8 bytes"));
        let nanos = u32::from_be_bytes(nanos.try_into().expect("4 bytes")) + GRAIN;
        if nanos < 1_000_000_000 {
            Tai64n::join(seconds, nanos)
        } else {
            Tai64n::join(seconds.wrapping_add(1), 0)
        }
    }

    fn join(seconds: u64, nanos: u32) -> Tai64n {
        let mut label = [0; 12];
        label[..8].copy_from_slice(&seconds.to_be_bytes());
        label[8..].copy_from_slice(&nanos.to_be_bytes());
        Tai64n(label)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::hex;

    #[test]
    fn a_label_counts_from_the_epoch_and_is_rounded_down() {
        let label = Tai64n::new(Duration::new(1_700_000_000, 300_000_000));
        assert_eq!(hex::encode(&label.0), "400000006553f10a11000000");
    }

    #[test]
    fn times_within_one_grain_are_the_same_label() {
        let early = Tai64n::new(Duration::from_nanos(5 << 24));
        let late = Tai64n::new(Duration::from_nanos((6 << 24) - 1));
        assert_eq!(early, late);
        assert!(early < Tai64n::new(Duration::from_nanos(6 << 24)));
    }

    #[test]
    fn a_successor_is_greater_and_carries_into_the_seconds() {
        let mut label = Tai64n::new(Duration::ZERO);
        for _ in 0..200 {
            let next = label.successor();
            assert!(next > label);
            label = next;
        }
        assert_eq!(label.0[7], 0x0a + 3);
    }
}
