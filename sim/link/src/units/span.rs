use std::fmt;
use std::time::Duration;

use super::{Quantity, text_traits};

/// A length of time, never negative: `"50ms"`, `"1.5s"`, `"250us"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(u64);

impl Span {
    /// A span of `nanos` nanoseconds.
    pub const fn from_nanos(nanos: u64) -> Span {
        Span(nanos)
    }

    /// A span of `millis` milliseconds.
    pub const fn from_millis(millis: u64) -> Span {
        Span(millis.saturating_mul(1_000_000))
    }

    /// The span as the standard library has it.
    pub const fn duration(self) -> Duration {
        Duration::from_nanos(self.0)
    }

    /// The span in seconds.
    pub const fn as_secs_f64(self) -> f64 {
        self.0 as f64 / 1e9
    }
}

impl Quantity for Span {
    const EXPECTED: &'static str =
        "a length of time: a number and ns, us, ms, s or min, as in \"50ms\"";

    const UNITS: &'static [(&'static str, u64)] = &[
        ("min", 60_000_000_000),
        ("s", 1_000_000_000),
        ("ms", 1_000_000),
        ("us", 1_000),
        ("ns", 1),
    ];

    fn from_smallest(nanos: u64) -> Option<Span> {
        Some(Span(nanos))
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::write::<Span>(self.0, f)
    }
}

text_traits!(Span);
