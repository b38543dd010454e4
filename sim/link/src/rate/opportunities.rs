use crate::Time;
use crate::rate::server::Server;
use crate::trace::{OPPORTUNITY_BYTES, Trace};
use crate::units::Size;

/// Sends what fits into each opportunity of a trace.
pub(super) struct Opportunities {
    trace: Trace,
    /// The opportunity that comes next or is partly used, counted over all repetitions of the trace.
    next: u64,
    /// How much of it is left.
    left: u64,
}

const WHOLE: u64 = OPPORTUNITY_BYTES as u64;

impl Opportunities {
    pub(super) fn new(trace: Trace) -> Opportunities {
        Opportunities {
            trace,
            next: 0,
            left: WHOLE,
        }
    }

    fn in_trace(&self) -> u64 {
        self.trace.millis().len() as u64
    }

    fn length_in_millis(&self) -> u64 {
        self.trace.length().as_millis() as u64
    }

    /// When the `n`-th opportunity is.
    fn time(&self, n: u64) -> Time {
        let (repetition, place) = (n / self.in_trace(), n % self.in_trace());
        let millis = self.trace.millis()[place as usize];
        Time::from_millis(
            repetition
                .saturating_mul(self.length_in_millis())
                .saturating_add(millis),
        )
    }

    /// The first opportunity that is not before `earliest`.
    fn first_from(&self, earliest: Time) -> u64 {
        let millis = earliest.as_nanos().div_ceil(1_000_000);
        // An opportunity at the very end of one repetition comes before one at the start of the next.
        let repetition = millis.saturating_sub(1) / self.length_in_millis();
        let into = millis - repetition * self.length_in_millis();
        let place = self.trace.millis().partition_point(|at| *at < into);
        repetition * self.in_trace() + place as u64
    }
}

impl Server for Opportunities {
    fn ready(&self, earliest: Time) -> Time {
        let next = self.time(self.next);
        if next >= earliest {
            next
        } else {
            self.time(self.first_from(earliest))
        }
    }

    fn send(&mut self, start: Time, size: Size) -> Time {
        if self.time(self.next) < start {
            self.next = self.first_from(start);
            self.left = WHOLE;
        }
        let mut unsent = size.bytes();
        // The next opportunities are used up to the last, which may be left partly used.
        let after_this = unsent.saturating_sub(self.left).div_ceil(WHOLE);
        if after_this > 0 {
            unsent -= self.left + (after_this - 1) * WHOLE;
            self.next += after_this;
            self.left = WHOLE;
        }
        let sent = self.time(self.next);
        self.left -= unsent;
        if self.left == 0 {
            self.next += 1;
            self.left = WHOLE;
        }
        sent
    }
}
