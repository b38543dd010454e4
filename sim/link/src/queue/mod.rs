//! Where packets wait for their turn, and which of them do not get one.

mod codel;
mod discipline;
mod drop_head;
mod drop_tail;
mod fq_codel;
mod pie;

use serde::{Deserialize, Serialize};

use crate::Payload;
use crate::seed::Stream;
use crate::units::{Size, Span};

use codel::CoDel;
pub(crate) use discipline::Discipline;
use discipline::Limit;
use drop_head::DropHead;
use drop_tail::DropTail;
use fq_codel::FqCoDel;
use pie::Pie;

/// Where packets wait for their turn, and which of them do not get one.
///
/// `packets` and `bytes` limit what waits, not what is being sent; at least one must be given for the first two, and
/// both may be. The others have the defaults of their RFCs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Queue {
    /// Everything waits.
    Infinite,
    /// At the limit, what arrives is dropped.
    DropTail {
        /// How many packets may wait.
        packets: Option<u64>,
        /// How many bytes may wait.
        bytes: Option<Size>,
    },
    /// At the limit, what has waited longest is dropped.
    DropHead {
        /// How many packets may wait.
        packets: Option<u64>,
        /// How many bytes may wait.
        bytes: Option<Size>,
    },
    /// Controlled delay (RFC 8289): drops at the head, ever more often, while packets wait longer than `target`.
    CoDel {
        /// How many packets may wait.
        packets: Option<u64>,
        /// How many bytes may wait.
        bytes: Option<Size>,
        /// The wait that is acceptable (5 ms when left out).
        #[serde(default = "codel_target")]
        target: Span,
        /// How long it may be exceeded: a worst-case round trip (100 ms when left out).
        #[serde(default = "codel_interval")]
        interval: Span,
        /// Whether packets that say they can be are marked rather than dropped.
        #[serde(default)]
        ecn: bool,
    },
    /// CoDel for every flow, and the flows in turn, new ones first (RFC 8290).
    FqCoDel {
        /// How many packets may wait in all flows together ([`FQ_CODEL_PACKETS`] when neither limit is given).
        packets: Option<u64>,
        /// How many bytes may wait in all flows together.
        bytes: Option<Size>,
        /// How many flows are told apart (1024 when left out).
        #[serde(default = "fq_flows")]
        flows: u32,
        /// How many bytes a flow may send in its turn (1514 B when left out).
        #[serde(default = "fq_quantum")]
        quantum: Size,
        /// As for CoDel.
        #[serde(default = "codel_target")]
        target: Span,
        /// As for CoDel.
        #[serde(default = "codel_interval")]
        interval: Span,
        /// As for CoDel.
        #[serde(default)]
        ecn: bool,
    },
    /// Proportional integral controller, enhanced (RFC 8033): drops what arrives, with a probability that keeps the
    /// wait near `target`.
    Pie {
        /// How many packets may wait.
        packets: Option<u64>,
        /// How many bytes may wait.
        bytes: Option<Size>,
        /// The wait that it aims for (15 ms when left out).
        #[serde(default = "pie_target")]
        target: Span,
        /// How often the probability is computed (15 ms when left out).
        #[serde(default = "pie_update")]
        update: Span,
        /// How long a burst passes untouched (150 ms when left out).
        #[serde(default = "pie_burst")]
        burst: Span,
        /// Whether packets that say they can be are marked rather than dropped, while the probability is below 0.1.
        #[serde(default)]
        ecn: bool,
    },
}

fn codel_target() -> Span {
    Span::from_millis(5)
}

fn codel_interval() -> Span {
    Span::from_millis(100)
}

fn fq_flows() -> u32 {
    1024
}

fn fq_quantum() -> Size {
    Size::from_bytes(1514)
}

fn pie_target() -> Span {
    Span::from_millis(15)
}

fn pie_update() -> Span {
    Span::from_millis(15)
}

fn pie_burst() -> Span {
    Span::from_millis(150)
}

impl Queue {
    pub(crate) fn check(&self) -> Result<(), String> {
        match self {
            Queue::DropTail {
                packets: None,
                bytes: None,
            }
            | Queue::DropHead {
                packets: None,
                bytes: None,
            } => Err("give a limit, `packets` or `bytes` or both, or write `Infinite`".to_owned()),
            Queue::CoDel { interval, .. } | Queue::FqCoDel { interval, .. }
                if *interval == Span::default() =>
            {
                Err("`interval` must be longer than 0s".to_owned())
            }
            Queue::FqCoDel { flows, .. } if !(1..=65536).contains(flows) => {
                Err(format!("`flows` must be from 1 to 65536, not {flows}"))
            }
            Queue::FqCoDel { quantum, .. } if quantum.bytes() == 0 => {
                Err("`quantum` must be above 0B".to_owned())
            }
            Queue::Pie { update, .. } if *update < Span::from_millis(1) => {
                Err(format!("`update` must be at least 1ms, not {update}"))
            }
            _ => Ok(()),
        }
    }
}

/// How many packets FQ-CoDel lets wait when it is given no limit (RFC 8290, section 5.2.3).
pub const FQ_CODEL_PACKETS: u64 = 10240;

/// The discipline that `spec` names; first come, first served without limit if it names none.
pub(crate) fn discipline<P: Payload>(
    spec: Option<&Queue>,
    stream: Stream,
) -> Box<dyn Discipline<P>> {
    match spec.unwrap_or(&Queue::Infinite) {
        Queue::Infinite => Box::new(DropTail::new(Limit::new(None, None))),
        Queue::DropTail { packets, bytes } => Box::new(DropTail::new(Limit::new(*packets, *bytes))),
        Queue::DropHead { packets, bytes } => Box::new(DropHead::new(Limit::new(*packets, *bytes))),
        Queue::CoDel {
            packets,
            bytes,
            target,
            interval,
            ecn,
        } => {
            let aim = codel::Aim::new(*target, *interval, *ecn);
            Box::new(CoDel::new(Limit::new(*packets, *bytes), aim))
        }
        Queue::FqCoDel {
            packets,
            bytes,
            flows,
            quantum,
            target,
            interval,
            ecn,
        } => {
            let aim = codel::Aim::new(*target, *interval, *ecn);
            let by_default = bytes.is_none().then_some(FQ_CODEL_PACKETS);
            let limit = Limit::new(packets.or(by_default), *bytes);
            Box::new(FqCoDel::new(limit, aim, *flows, *quantum, stream))
        }
        Queue::Pie {
            packets,
            bytes,
            target,
            update,
            burst,
            ecn,
        } => {
            let aim = pie::Aim::new(*target, *update, *burst, *ecn);
            Box::new(Pie::new(Limit::new(*packets, *bytes), aim, stream))
        }
    }
}
