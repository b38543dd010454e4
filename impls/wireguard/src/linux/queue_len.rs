//! How many packets may wait to be read from the TUN interface.
//!
//! What waits is latency to what comes after it, and the kernel counts packets of 64 bytes like packets of 64 KiB: so the
//! number follows their length, for the bytes to stay about the same.

/// Bytes that may wait.
const BYTES: usize = 512 << 10;
/// For packets of 64 KiB.
pub(super) const MIN: usize = 8;
/// For small ones, which take about as long to send as [`MIN`] of the others.
const MAX: usize = 2000;
/// How much the number must be off before it is changed, since that takes the kernel's largest lock.
const TOLERANCE: usize = 4;
/// Packets that the mean looks back on.
const MEMORY: usize = 64;

/// Follows the length of packets.
pub(super) struct QueueLen {
    mean: usize,
    current: usize,
}

impl QueueLen {
    /// The interface begins with [`MIN`].
    pub(super) fn new() -> QueueLen {
        QueueLen {
            mean: BYTES / MIN,
            current: MIN,
        }
    }

    /// A packet of `len` bytes was read; the number to change to, if it is to change.
    pub(super) fn observe(&mut self, len: usize) -> Option<usize> {
        self.mean = (self.mean * (MEMORY - 1) + len) / MEMORY;
        let ideal = (BYTES / self.mean.max(1)).clamp(MIN, MAX);
        let is_off = ideal >= self.current * TOLERANCE || ideal * TOLERANCE <= self.current;
        is_off.then(|| {
            self.current = ideal;
            ideal
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(queue: &mut QueueLen, packets: usize, len: usize) -> usize {
        (0..packets).for_each(|_| _ = queue.observe(len));
        queue.current
    }

    #[test]
    fn many_small_packets_may_wait_and_few_large_ones() {
        let mut queue = QueueLen::new();
        assert_eq!(after(&mut queue, 10, 65_000), MIN);
        assert!(after(&mut queue, 1000, 100) >= MAX / TOLERANCE);
        assert!(after(&mut queue, 1000, 65_000) <= MIN * TOLERANCE);
    }

    #[test]
    fn it_changes_seldom() {
        let mut queue = QueueLen::new();
        let lens = (0..100_000).map(|nth| if nth % 2 == 0 { 52 } else { 40_000 });
        let changes = lens.filter_map(|len| queue.observe(len)).count();
        assert!(changes <= 1, "{changes}");
    }
}
