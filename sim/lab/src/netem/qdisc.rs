//! Queueing disciplines with their settings, in the kernel's terms and units, written as tc(8) writes them.

use std::fmt;
use std::mem::discriminant;
use std::time::Duration;

use link::units::Probability;

use super::table::Table;

/// What is at the egress of a device.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Qdisc {
    /// What is added to each packet's length before it is counted, in bytes.
    pub(super) overhead: i32,
    pub(super) kind: Kind,
}

/// Which discipline it is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Netem(NetemOptions),
    TokenBucket {
        /// In bytes a second.
        rate: u64,
        /// In bytes.
        burst: u32,
        queue: Queue,
    },
}

/// The settings of netem.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct NetemOptions {
    pub(super) latency: Duration,
    /// How the delay varies around `latency`.
    pub(super) variation: Option<Table>,
    pub(super) loss: Loss,
    /// The share of packets that skip the delay.
    pub(super) undelayed: Option<Share>,
    pub(super) duplicate: Share,
    pub(super) corrupt: Share,
    /// In bytes a second.
    pub(super) rate: Option<u64>,
    /// How many packets it holds.
    pub(super) limit: u32,
    pub(super) seed: u64,
}

/// netem's models of loss.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Loss {
    None,
    Random(Share),
    GilbertElliott {
        p: Share,
        r: Share,
        /// The share that gets through in the bad state.
        h: Share,
        /// The share that is lost in the good state.
        one_minus_k: Share,
    },
    FourState {
        p13: Share,
        p31: Share,
        p32: Share,
        p14: Share,
        p23: Share,
    },
}

/// Where packets wait for a token bucket.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Queue {
    /// Drop-tail, by bytes.
    Bytes {
        limit: u32,
    },
    /// Drop-tail, by packets.
    Packets {
        limit: u32,
    },
    DropHead {
        limit: u32,
    },
    CoDel {
        limit: u32,
        target: Microseconds,
        interval: Microseconds,
        ecn: bool,
    },
    FqCoDel {
        limit: u32,
        flows: u32,
        quantum: u32,
        target: Microseconds,
        interval: Microseconds,
        ecn: bool,
    },
    Pie {
        limit: u32,
        target: Microseconds,
        update: Microseconds,
        ecn: bool,
    },
}

/// A probability in 2^-32, as netem has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Share(pub(super) u32);

impl From<Probability> for Share {
    fn from(p: Probability) -> Share {
        // Rounded down, so that two that add up to 1 don't overflow when the kernel adds them.
        Share((p.fraction() * f64::from(u32::MAX)) as u32)
    }
}

impl Share {
    /// The probability of the opposite.
    pub(super) fn complement(self) -> Share {
        Share(u32::MAX - self.0)
    }
}

/// A length of time as the kernel's controllers have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Microseconds(pub(super) u32);

/// As good as no limit.
pub(super) const UNLIMITED: u32 = u32::MAX;

/// So fast that a packet takes no time, in bytes a second. A netem with a rate keeps packets in order whatever their
/// delays are, and takes them off their socket's account: a sender does not see how long they travel.
pub(super) const IN_NO_TIME: u64 = 1_000_000_000_000_000;

impl Qdisc {
    /// Whether the kernel can turn the one into the other without dropping what it holds.
    pub(super) fn is_of_the_kind_of(&self, other: &Qdisc) -> bool {
        match (&self.kind, &other.kind) {
            (Kind::Netem(_), Kind::Netem(_)) => true,
            (
                Kind::TokenBucket { queue, .. },
                Kind::TokenBucket {
                    queue: other_queue, ..
                },
            ) => discriminant(queue) == discriminant(other_queue),
            _ => false,
        }
    }
}

impl NetemOptions {
    /// One that lets everything through at once, with the randomness of `seed` for what will be set.
    pub(super) fn neutral(seed: u64) -> NetemOptions {
        NetemOptions {
            latency: Duration::ZERO,
            variation: None,
            loss: Loss::None,
            undelayed: None,
            duplicate: Share::default(),
            corrupt: Share::default(),
            rate: None,
            limit: UNLIMITED,
            seed,
        }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.4}%", f64::from(self.0) / f64::from(u32::MAX) * 100.0)
    }
}

impl fmt::Display for Microseconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}us", self.0)
    }
}

impl fmt::Display for Qdisc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.overhead != 0 {
            write!(f, "stab overhead {} ", self.overhead)?;
        }
        match &self.kind {
            Kind::Netem(options) => options.fmt(f),
            Kind::TokenBucket { rate, burst, queue } => {
                write!(f, "tbf rate {rate}bps burst {burst}b / {queue}")
            }
        }
    }
}

impl fmt::Display for NetemOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "netem limit {}", self.limit)?;
        if self.latency > Duration::ZERO || self.variation.is_some() {
            write!(f, " delay {:?}", self.latency)?;
        }
        if let Some(table) = &self.variation {
            write!(f, " {table}")?;
        }
        match self.loss {
            Loss::None => {}
            Loss::Random(share) => write!(f, " loss {share}")?,
            Loss::GilbertElliott {
                p,
                r,
                h,
                one_minus_k,
            } => write!(f, " loss gemodel {p} {r} {} {one_minus_k}", h.complement())?,
            Loss::FourState {
                p13,
                p31,
                p32,
                p14,
                p23,
            } => write!(f, " loss state {p13} {p31} {p32} {p23} {p14}")?,
        }
        if let Some(undelayed) = self.undelayed {
            write!(f, " reorder {undelayed} gap 1")?;
        }
        if self.duplicate.0 > 0 {
            write!(f, " duplicate {}", self.duplicate)?;
        }
        if self.corrupt.0 > 0 {
            write!(f, " corrupt {}", self.corrupt)?;
        }
        if let Some(rate) = self.rate {
            write!(f, " rate {rate}bps")?;
        }
        write!(f, " seed {}", self.seed)
    }
}

impl fmt::Display for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ecn = |ecn: bool| if ecn { " ecn" } else { "" };
        match self {
            Queue::Bytes { limit } => write!(f, "bfifo limit {limit}b"),
            Queue::Packets { limit } => write!(f, "pfifo limit {limit}p"),
            Queue::DropHead { limit } => write!(f, "pfifo_head_drop limit {limit}p"),
            Queue::CoDel {
                limit,
                target,
                interval,
                ecn: marks,
            } => write!(
                f,
                "codel limit {limit}p target {target} interval {interval}{}",
                ecn(*marks)
            ),
            Queue::FqCoDel {
                limit,
                flows,
                quantum,
                target,
                interval,
                ecn: marks,
            } => write!(
                f,
                "fq_codel limit {limit}p flows {flows} quantum {quantum} target {target} interval {interval}{}",
                ecn(*marks)
            ),
            Queue::Pie {
                limit,
                target,
                update,
                ecn: marks,
            } => write!(
                f,
                "pie limit {limit}p target {target} tupdate {update}{}",
                ecn(*marks)
            ),
        }
    }
}
