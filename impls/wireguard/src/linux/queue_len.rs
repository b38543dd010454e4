//! How many packets may wait to be read from the TUN interface.
//!
//! What waits is latency to what comes after it, and the kernel counts packets of 64 bytes like packets of 64 KiB: so the
//! number follows their length, for the bytes to stay about the same.

/// Bytes that may wait.
const BYTES: usize = 256 << 10;
/// For packets of 64 KiB.
const MIN: usize = 4;
/// For small ones, and before anything is known of their length: the kernel's own number.
pub(super) const MAX: usize = 500;
/// How much the number must be off before it is changed: that takes the kernel's largest lock, and may cost
/// a packet that is sent meanwhile.
const TOLERANCE: usize = 2;
/// Packets that the mean looks back on.
const MEMORY: usize = 64;

/// Follows the length of packets.
pub(super) struct QueueLen {
    mean: usize,
    current: usize,
}

impl QueueLen {
    /// The interface begins with [`MAX`].
    pub(super) fn new() -> QueueLen {
        QueueLen {
            mean: BYTES / MAX,
            current: MAX,
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
        assert!(after(&mut queue, 1000, 65_000) <= MIN * TOLERANCE);
        assert!(after(&mut queue, 1000, 100) >= MAX / TOLERANCE);
        assert!(after(&mut queue, 1000, 65_000) <= MIN * TOLERANCE);
    }

    #[test]
    fn it_changes_seldom() {
        let mut queue = QueueLen::new();
        let lens = (0..100_000).map(|nth| if nth % 2 == 0 { 52 } else { 40_000 });
        let changes = lens.filter_map(|len| queue.observe(len)).count();
        assert!(changes <= 6, "{changes}");
    }
}
