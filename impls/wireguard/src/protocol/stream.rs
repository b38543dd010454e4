//! Noticing that a stream of packets has fallen silent.

use std::time::Duration;

/// A stream goes on for so many marks …
const MARKS: usize = 5;
/// … of which no two are closer …
const SPACING: Duration = Duration::from_millis(50);
/// … nor farther from each other.
const LONGEST_GAP: Duration = Duration::from_secs(2);

/// The least silence that is one.
const SILENCE: Duration = Duration::from_millis(500);

/// When packets came in lately.
#[derive(Default)]
pub(crate) struct Stream {
    /// Oldest first; as many as are set.
    marks: [Duration; MARKS],
    set: usize,
    last: Duration,
}

impl Stream {
    /// A packet came in.
    pub(crate) fn packet_received(&mut self, now: Duration) {
        self.last = now;
        if self.set == 0 || now.saturating_sub(self.marks[self.set - 1]) >= SPACING {
            if self.set == MARKS {
                self.marks.rotate_left(1);
                self.set -= 1;
            }
            self.marks[self.set] = now;
            self.set += 1;
        }
    }

    /// When it counts as silent if nothing more comes; `None` if it is no stream.
    pub(crate) fn silent_at(&self) -> Option<Duration> {
        if self.set < MARKS {
            return None;
        }
        let gaps = self
            .marks
            .windows(2)
            .map(|pair| pair[1].saturating_sub(pair[0]));
        let longest = gaps.max().filter(|&longest| longest <= LONGEST_GAP)?;
        Some(self.last + SILENCE.max(longest * 3 / 2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(packets: u32, gap: Duration) -> Stream {
        let mut stream = Stream::default();
        (0..packets).for_each(|n| stream.packet_received(n * gap));
        stream
    }

    #[test]
    fn packets_that_keep_coming_are_missed_when_they_stop() {
        let second = Duration::from_secs(1);
        assert_eq!(stream(4, second).silent_at(), None);
        assert_eq!(
            stream(20, second).silent_at(),
            Some(20 * second + second / 2)
        );
        assert_eq!(stream(20, 3 * second).silent_at(), None);
    }

    #[test]
    fn a_burst_is_no_stream() {
        let millisecond = Duration::from_millis(1);
        assert_eq!(stream(100, millisecond).silent_at(), None);
        assert_eq!(
            stream(1000, millisecond).silent_at(),
            Some(999 * millisecond + SILENCE)
        );
    }
}
