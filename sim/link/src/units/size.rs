use std::fmt;

use super::{Quantity, text_traits};

/// A number of bytes: `"1500B"`, `"64KiB"`, `"100kB"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Size(u64);

impl Size {
    /// A size of `bytes` bytes.
    pub const fn from_bytes(bytes: u64) -> Size {
        Size(bytes)
    }

    /// The size in bytes.
    pub const fn bytes(self) -> u64 {
        self.0
    }
}

impl Quantity for Size {
    const EXPECTED: &'static str =
        "a size: a number and B, kB, KiB, MB, MiB, GB or GiB, as in \"64KiB\"";

    const UNITS: &'static [(&'static str, u64)] = &[
        ("GiB", 1 << 30),
        ("GB", 1_000_000_000),
        ("MiB", 1 << 20),
        ("MB", 1_000_000),
        ("KiB", 1 << 10),
        ("kB", 1_000),
        ("B", 1),
    ];

    fn from_smallest(bytes: u64) -> Option<Size> {
        Some(Size(bytes))
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::write::<Size>(self.0, f)
    }
}

text_traits!(Size);
