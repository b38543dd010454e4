//! What a path's stages are in the kernel's terms, or why the kernel has no words for them.
//!
//! Every stage of the link model is a queueing discipline on a device of its own, and packets pass them in the
//! model's order. In one discipline, netem would duplicate before it loses and count what travels as waiting.

use std::time::Duration;

use link::units::{Probability, Size, Span};
use link::{Corrupt, Delay, FQ_CODEL_PACKETS, Loss, PathSeed, PathSpec, Queue, Rate};

use super::qdisc::{self, IN_NO_TIME, Kind, Microseconds, NetemOptions, Qdisc, Share, UNLIMITED};
use super::table::Table;

/// What the kernel counts of a packet beyond what the model does: the Ethernet header.
pub(super) const ETHERNET_HEADER: i64 = 14;

/// The stages, in the order in which packets pass them.
pub(super) const STAGES: [&str; 5] = ["loss", "copies", "rate", "delay", "reorder"];

/// What netem cannot do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{stage}: {problem}; --shaper relay does it")]
pub struct Unsupported {
    /// The field of [`PathSpec`] that it cannot do.
    pub stage: &'static str,
    /// What it can't, and what it could.
    pub problem: String,
}

/// One direction of a path as the disciplines of [`STAGES`], with randomness from `seed`.
pub(super) fn disciplines(spec: &PathSpec, seed: PathSeed) -> Result<[Qdisc; 5], Unsupported> {
    if spec.mtu.is_some() {
        return unsupported("mtu", "netem lets packets of any length pass");
    }
    let neutral = |stage: usize| NetemOptions::neutral(seed.number(STAGES[stage]));
    Ok([
        // There is always one that takes packets off their sockets' accounts.
        netem(NetemOptions {
            loss: loss(spec.loss.as_ref())?,
            rate: Some(IN_NO_TIME),
            ..neutral(0)
        }),
        netem(NetemOptions {
            duplicate: spec.duplicate.map(Share::from).unwrap_or_default(),
            corrupt: corrupt(spec.corrupt.as_ref())?,
            ..neutral(1)
        }),
        rate(spec, neutral(2))?,
        netem(delay(spec, neutral(3))?),
        netem(reorder(spec, neutral(4))),
    ])
}

fn netem(options: NetemOptions) -> Qdisc {
    Qdisc {
        overhead: 0,
        kind: Kind::Netem(options),
    }
}

fn unsupported<T>(stage: &'static str, problem: impl Into<String>) -> Result<T, Unsupported> {
    Err(Unsupported {
        stage,
        problem: problem.into(),
    })
}

fn loss(loss: Option<&Loss>) -> Result<qdisc::Loss, Unsupported> {
    Ok(match loss {
        None => qdisc::Loss::None,
        Some(Loss::Bernoulli(p)) => qdisc::Loss::Random((*p).into()),
        Some(Loss::GilbertElliott {
            p,
            r,
            loss_good,
            loss_bad,
        }) => qdisc::Loss::GilbertElliott {
            p: (*p).into(),
            r: (*r).into(),
            h: Share::from(*loss_bad).complement(),
            one_minus_k: (*loss_good).into(),
        },
        Some(Loss::FourState {
            p13,
            p31,
            p32,
            p23,
            p14,
        }) => qdisc::Loss::FourState {
            p13: (*p13).into(),
            p31: (*p31).into(),
            p32: (*p32).into(),
            p14: (*p14).into(),
            p23: (*p23).into(),
        },
        Some(Loss::Listed(_)) => return unsupported("loss", "netem cannot lose listed packets"),
        Some(Loss::OnOff { .. }) => {
            return unsupported("loss", "netem's losses don't go by the clock");
        }
        Some(Loss::Replay { .. }) => return unsupported("loss", "netem cannot replay losses"),
    })
}

fn corrupt(corrupt: Option<&Corrupt>) -> Result<Share, Unsupported> {
    match corrupt {
        None => Ok(Share::default()),
        Some(Corrupt::Packets(p)) => Ok((*p).into()),
        Some(Corrupt::Bits(_)) => unsupported("corrupt", "netem flips one bit of a packet at most"),
    }
}

fn delay(spec: &PathSpec, neutral: NetemOptions) -> Result<NetemOptions, Unsupported> {
    let (latency, variation) = match &spec.delay {
        None => (Duration::ZERO, None),
        Some(Delay::Constant(delay)) => (delay.duration(), None),
        Some(Delay::Replay { .. }) => return unsupported("delay", "netem cannot replay delays"),
        Some(varying) if varying.correlation() > Probability::ZERO => {
            return unsupported(
                "delay",
                "netem's correlation is not this one: it changes the distribution",
            );
        }
        Some(varying) => match Table::new(varying) {
            Some((latency, table)) => (latency, Some(table)),
            None => return unsupported("delay", "netem's delays vary by 17 s at most"),
        },
    };
    Ok(NetemOptions {
        latency,
        variation,
        rate: (!spec.overtaking).then_some(IN_NO_TIME),
        ..neutral
    })
}

fn reorder(spec: &PathSpec, neutral: NetemOptions) -> NetemOptions {
    match &spec.reorder {
        None => neutral,
        Some(reorder) => NetemOptions {
            latency: reorder.hold.duration(),
            undelayed: Some(Share::from(reorder.probability).complement()),
            ..neutral
        },
    }
}

fn rate(spec: &PathSpec, neutral: NetemOptions) -> Result<Qdisc, Unsupported> {
    let overhead = i64::try_from(spec.overhead.bytes()).unwrap_or(i64::MAX);
    let Ok(overhead) = i32::try_from(overhead.saturating_sub(ETHERNET_HEADER)) else {
        return unsupported("overhead", "netem has 31 bits for it");
    };
    let kind = match &spec.rate {
        None => Kind::Netem(NetemOptions {
            rate: Some(IN_NO_TIME),
            ..neutral
        }),
        Some(Rate::Constant(rate)) => Kind::Netem(NetemOptions {
            rate: Some(bytes_per_second(rate.bits_per_second())?),
            limit: waiting_and_being_sent(spec.queue.as_ref())?,
            ..neutral
        }),
        Some(Rate::TokenBucket { rate, burst, peak }) => {
            if peak.is_some() {
                return unsupported("rate", "the kernel's peak rate is not this one");
            }
            let longest = Size::from_bytes(1500 + spec.overhead.bytes());
            if *burst < longest {
                let problem = format!(
                    "the kernel's token bucket drops what is longer than its burst; it must hold {longest}"
                );
                return unsupported("rate", problem);
            }
            Kind::TokenBucket {
                rate: bytes_per_second(rate.bits_per_second())?,
                burst: number("rate", burst.bytes())?,
                queue: queue(spec.queue.as_ref())?,
            }
        }
        Some(Rate::Trace(_)) => return unsupported("rate", "netem cannot play traces"),
    };
    Ok(Qdisc { overhead, kind })
}

fn bytes_per_second(bits: u64) -> Result<u64, Unsupported> {
    if bits.is_multiple_of(8) {
        Ok(bits / 8)
    } else {
        unsupported("rate", "netem's rates are whole bytes a second")
    }
}

/// netem's limit for a rate: it counts the packet that is being sent.
fn waiting_and_being_sent(queue: Option<&Queue>) -> Result<u32, Unsupported> {
    match queue {
        None | Some(Queue::Infinite) => Ok(UNLIMITED),
        Some(Queue::DropTail {
            packets: Some(packets),
            bytes: None,
        }) => Ok(number("queue", *packets)?.saturating_add(1)),
        Some(_) => unsupported(
            "queue",
            "netem's own is DropTail(packets: …); there are others for a rate that is a TokenBucket",
        ),
    }
}

fn queue(queue: Option<&Queue>) -> Result<qdisc::Queue, Unsupported> {
    let limit = |packets: Option<u64>, bytes: Option<Size>| match (packets, bytes) {
        (_, Some(_)) => unsupported("queue", "this one has a limit of packets only"),
        (None, None) => Ok(UNLIMITED),
        (Some(packets), None) => number("queue", packets),
    };
    Ok(match queue {
        None | Some(Queue::Infinite) => qdisc::Queue::Bytes { limit: UNLIMITED },
        Some(Queue::DropTail {
            packets: None,
            bytes: Some(bytes),
        }) => qdisc::Queue::Bytes {
            limit: number("queue", bytes.bytes())?,
        },
        Some(Queue::DropTail { packets, bytes }) => qdisc::Queue::Packets {
            limit: limit(*packets, *bytes)?,
        },
        Some(Queue::DropHead { packets, bytes }) => qdisc::Queue::DropHead {
            limit: limit(*packets, *bytes)?,
        },
        Some(Queue::CoDel {
            packets,
            bytes,
            target,
            interval,
            ecn,
        }) => qdisc::Queue::CoDel {
            limit: limit(*packets, *bytes)?,
            target: microseconds(*target)?,
            interval: microseconds(*interval)?,
            ecn: *ecn,
        },
        Some(Queue::FqCoDel {
            packets,
            bytes,
            flows,
            quantum,
            target,
            interval,
            ecn,
        }) => qdisc::Queue::FqCoDel {
            limit: limit(packets.or(Some(FQ_CODEL_PACKETS)), *bytes)?,
            flows: *flows,
            quantum: number("queue", quantum.bytes())?,
            target: microseconds(*target)?,
            interval: microseconds(*interval)?,
            ecn: *ecn,
        },
        Some(Queue::Pie {
            packets,
            bytes,
            target,
            update,
            burst,
            ecn,
        }) => {
            if *burst != Span::from_millis(150) {
                return unsupported("queue", "the kernel's PIE lets bursts of 150 ms pass");
            }
            qdisc::Queue::Pie {
                limit: limit(*packets, *bytes)?,
                target: microseconds(*target)?,
                update: microseconds(*update)?,
                ecn: *ecn,
            }
        }
    })
}

fn number(stage: &'static str, value: u64) -> Result<u32, Unsupported> {
    u32::try_from(value).or_else(|_| unsupported(stage, format!("{value} is beyond 32 bits")))
}

fn microseconds(time: Span) -> Result<Microseconds, Unsupported> {
    let micros = u64::try_from(time.duration().as_micros()).unwrap_or(u64::MAX);
    number("queue", micros).map(Microseconds)
}

#[cfg(test)]
mod tests;
