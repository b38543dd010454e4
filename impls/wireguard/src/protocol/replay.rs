//! The sliding window that refuses a counter seen before (RFC 6479, with the kernel's width).

/// Counters that one map remembers; a power of two.
const BITS: u64 = 8192;
const WORDS: usize = (BITS / 64) as usize;

/// How far behind the greatest counter one may be and still be accepted: one word is always being cleared.
pub(crate) const WINDOW: u64 = BITS - 64;

/// Which counters were received.
pub(crate) struct ReplayWindow {
    /// One more than the greatest counter accepted.
    next: u64,
    seen: [u64; WORDS],
}

impl ReplayWindow {
    pub(crate) fn new() -> ReplayWindow {
        ReplayWindow {
            next: 0,
            seen: [0; WORDS],
        }
    }

    /// Accept `counter` once, unless it is too old to know; it must be authentic already.
    pub(crate) fn accept(&mut self, counter: u64) -> bool {
        if counter >= self.next {
            self.advance(counter);
        } else if self.next - counter > WINDOW + 1 {
            return false;
        }
        let word = &mut self.seen[(counter / 64) as usize % WORDS];
        let bit = 1 << (counter % 64);
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    /// Clear the words between the greatest counter so far and `counter`.
    fn advance(&mut self, counter: u64) {
        let newest = self.next.saturating_sub(1) / 64;
        let words = (counter / 64 - newest).min(WORDS as u64);
        for word in 1..=words {
            self.seen[(newest + word) as usize % WORDS] = 0;
        }
        self.next = counter + 1;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_literal_cases_of_the_kernels_self_test() {
        let limit = WINDOW + 1;
        let steps = [
            (0, true),
            (1, true),
            (1, false),
            (9, true),
            (8, true),
            (7, true),
            (7, false),
            (limit, true),
            (limit - 1, true),
            (limit - 1, false),
            (limit - 2, true),
            (2, true),
            (2, false),
            (limit + 16, true),
            (3, false),
            (limit + 16, false),
            (limit * 4, true),
            (limit * 4 - (limit - 1), true),
            (10, false),
            (limit * 4 - limit, false),
            (limit * 4 - (limit + 1), false),
            (limit * 4 - (limit - 2), true),
            (limit * 4 + 1 - limit, false),
            (0, false),
        ];
        let mut window = ReplayWindow::new();
        for (step, (counter, accepted)) in steps.into_iter().enumerate() {
            assert_eq!(
                window.accept(counter),
                accepted,
                "step {step}, counter {counter}"
            );
        }
    }

    #[test]
    fn every_counter_in_the_window_is_accepted_once_backwards() {
        let mut window = ReplayWindow::new();
        for counter in (0..=WINDOW).rev() {
            assert!(window.accept(counter));
        }
        for counter in 0..=WINDOW {
            assert!(!window.accept(counter));
        }
    }

    proptest! {
        #[test]
        fn it_agrees_with_a_set_of_all_counters(
            jumps in proptest::collection::vec(-9000i64..9000, 1..400)
        ) {
            let mut window = ReplayWindow::new();
            let mut seen = BTreeSet::new();
            let mut counter = 0i64;
            for jump in jumps {
                counter = (counter + jump).max(0);
                let number = counter as u64;
                let greatest = seen.last().copied().unwrap_or(0);
                let fresh = number + WINDOW >= greatest && seen.insert(number);
                prop_assert_eq!(window.accept(number), fresh);
            }
        }
    }
}
