//! The attributes by which rtnetlink(7) takes a queueing discipline: include/uapi/linux/pkt_sched.h. What the rtnetlink
//! crate has no words for is written here byte by byte, in this machine's byte order.

use rtnetlink::packet_core::{DefaultNla, Emitable};
use rtnetlink::packet_route::tc::TcAttribute;

use super::qdisc::{Kind, Loss, NetemOptions, Qdisc, Queue};

const TCA_OPTIONS: u16 = 2;
const TCA_STAB_BASE: u16 = 1;

const TCA_NETEM_DELAY_DIST: u16 = 2;
const TCA_NETEM_REORDER: u16 = 3;
const TCA_NETEM_CORRUPT: u16 = 4;
const TCA_NETEM_LOSS: u16 = 5;
const TCA_NETEM_RATE: u16 = 6;
const TCA_NETEM_RATE64: u16 = 8;
const TCA_NETEM_LATENCY64: u16 = 10;
const TCA_NETEM_JITTER64: u16 = 11;
const TCA_NETEM_PRNG_SEED: u16 = 14;
const NETEM_LOSS_GI: u16 = 1;
const NETEM_LOSS_GE: u16 = 2;

const TCA_TBF_PARMS: u16 = 1;
const TCA_TBF_RATE64: u16 = 4;
const TCA_TBF_BURST: u16 = 6;
/// Lengths are counted as they are, not in the cells of ATM.
const TC_LINKLAYER_ETHERNET: u8 = 1;

const TCA_CODEL_TARGET: u16 = 1;
const TCA_CODEL_LIMIT: u16 = 2;
const TCA_CODEL_INTERVAL: u16 = 3;
const TCA_CODEL_ECN: u16 = 4;

const TCA_FQ_CODEL_TARGET: u16 = 1;
const TCA_FQ_CODEL_LIMIT: u16 = 2;
const TCA_FQ_CODEL_INTERVAL: u16 = 3;
const TCA_FQ_CODEL_ECN: u16 = 4;
const TCA_FQ_CODEL_FLOWS: u16 = 5;
const TCA_FQ_CODEL_QUANTUM: u16 = 6;

const TCA_PIE_TARGET: u16 = 1;
const TCA_PIE_LIMIT: u16 = 2;
const TCA_PIE_TUPDATE: u16 = 3;
const TCA_PIE_ECN: u16 = 6;

/// What a discipline is told by.
pub(super) fn of_qdisc(qdisc: &Qdisc) -> Vec<TcAttribute> {
    let (kind, options) = match &qdisc.kind {
        Kind::Netem(netem) => ("netem", netem_options(netem)),
        Kind::TokenBucket { rate, burst, .. } => ("tbf", token_bucket_options(*rate, *burst)),
    };
    let mut all = attributes(kind, options);
    all.push(TcAttribute::Stab(size_table(qdisc.overhead)));
    all
}

/// What the queue of a token bucket is told by.
pub(super) fn of_queue(queue: &Queue) -> Vec<TcAttribute> {
    let number = |kind, value: u32| bytes(kind, &value.to_ne_bytes());
    let flag = |kind, set: bool| number(kind, set.into());
    let (kind, options) = match queue {
        // `struct tc_fifo_qopt`
        Queue::Bytes { limit } => ("bfifo", limit.to_ne_bytes().to_vec()),
        Queue::Packets { limit } => ("pfifo", limit.to_ne_bytes().to_vec()),
        Queue::DropHead { limit } => ("pfifo_head_drop", limit.to_ne_bytes().to_vec()),
        Queue::CoDel {
            limit,
            target,
            interval,
            ecn,
        } => (
            "codel",
            nested(&[
                number(TCA_CODEL_TARGET, target.0),
                number(TCA_CODEL_LIMIT, *limit),
                number(TCA_CODEL_INTERVAL, interval.0),
                flag(TCA_CODEL_ECN, *ecn),
            ]),
        ),
        Queue::FqCoDel {
            limit,
            flows,
            quantum,
            target,
            interval,
            ecn,
        } => (
            "fq_codel",
            nested(&[
                number(TCA_FQ_CODEL_TARGET, target.0),
                number(TCA_FQ_CODEL_LIMIT, *limit),
                number(TCA_FQ_CODEL_INTERVAL, interval.0),
                flag(TCA_FQ_CODEL_ECN, *ecn),
                number(TCA_FQ_CODEL_FLOWS, *flows),
                number(TCA_FQ_CODEL_QUANTUM, *quantum),
            ]),
        ),
        Queue::Pie {
            limit,
            target,
            update,
            ecn,
        } => (
            "pie",
            nested(&[
                number(TCA_PIE_TARGET, target.0),
                number(TCA_PIE_LIMIT, *limit),
                number(TCA_PIE_TUPDATE, update.0),
                flag(TCA_PIE_ECN, *ecn),
            ]),
        ),
    };
    attributes(kind, options)
}

fn attributes(kind: &str, options: Vec<u8>) -> Vec<TcAttribute> {
    vec![
        TcAttribute::Kind(kind.to_owned()),
        // Not as `TcAttribute::Options`: netem's and the FIFOs' are not a list of attributes.
        TcAttribute::Other(DefaultNla::new(TCA_OPTIONS, options)),
    ]
}

/// A `struct tc_netem_qopt`, then attributes.
fn netem_options(netem: &NetemOptions) -> Vec<u8> {
    let random_loss = match netem.loss {
        Loss::Random(share) => share.0,
        _ => 0,
    };
    let gap = u32::from(netem.undelayed.is_some());
    // Latency and jitter have attributes of their own, in nanoseconds rather than ticks.
    let mut options = words(&[0, netem.limit, random_loss, gap, netem.duplicate.0, 0]);

    let jitter = netem.variation.as_ref().map(|table| table.jitter);
    let nanos = |time: std::time::Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    let rate = netem.rate.unwrap_or(0);
    // `struct tc_netem_rate`: the rate as far as it fits, and nothing of ATM's cells.
    let short_rate = u32::try_from(rate).unwrap_or(u32::MAX);
    let mut rest = vec![
        bytes(TCA_NETEM_LATENCY64, &nanos(netem.latency).to_ne_bytes()),
        bytes(
            TCA_NETEM_JITTER64,
            &nanos(jitter.unwrap_or_default()).to_ne_bytes(),
        ),
        // `struct tc_netem_corrupt`, `struct tc_netem_reorder`: each without correlation.
        bytes(TCA_NETEM_CORRUPT, &words(&[netem.corrupt.0, 0])),
        bytes(
            TCA_NETEM_REORDER,
            &words(&[netem.undelayed.unwrap_or_default().0, 0]),
        ),
        bytes(TCA_NETEM_RATE, &words(&[short_rate, 0, 0, 0])),
        bytes(TCA_NETEM_PRNG_SEED, &netem.seed.to_ne_bytes()),
    ];
    if short_rate == u32::MAX {
        rest.push(bytes(TCA_NETEM_RATE64, &rate.to_ne_bytes()));
    }
    rest.extend(loss_model(netem.loss).map(|model| bytes(TCA_NETEM_LOSS, &nested(&[model]))));
    rest.extend(netem.variation.as_ref().map(|table| {
        let quantiles = table.quantiles.iter();
        let table: Vec<u8> = quantiles.flat_map(|value| value.to_ne_bytes()).collect();
        bytes(TCA_NETEM_DELAY_DIST, &table)
    }));
    options.extend(nested(&rest));
    options
}

/// `struct tc_netem_gemodel` or `struct tc_netem_gimodel`.
fn loss_model(loss: Loss) -> Option<DefaultNla> {
    match loss {
        Loss::None | Loss::Random(_) => None,
        Loss::GilbertElliott {
            p,
            r,
            h,
            one_minus_k,
        } => Some(bytes(
            NETEM_LOSS_GE,
            &words(&[p, r, h, one_minus_k].map(|share| share.0)),
        )),
        Loss::FourState {
            p13,
            p31,
            p32,
            p14,
            p23,
        } => Some(bytes(
            NETEM_LOSS_GI,
            &words(&[p13, p31, p32, p14, p23].map(|share| share.0)),
        )),
    }
}

fn token_bucket_options(rate: u64, burst: u32) -> Vec<u8> {
    // `struct tc_tbf_qopt`: the rate and no peak rate, each a `struct tc_ratespec`; limit, buffer, MTU. The queue is
    // another discipline's, and has its own limit.
    let short_rate = u32::try_from(rate).unwrap_or(u32::MAX);
    let mut parameters = vec![0, TC_LINKLAYER_ETHERNET, 0, 0, 0, 0, 0, 0];
    parameters.extend(short_rate.to_ne_bytes());
    parameters.extend([0; 12]);
    parameters.extend(words(&[u32::MAX, 0, 0]));
    let mut options = vec![
        bytes(TCA_TBF_PARMS, &parameters),
        bytes(TCA_TBF_BURST, &burst.to_ne_bytes()),
    ];
    if short_rate == u32::MAX {
        options.push(bytes(TCA_TBF_RATE64, &rate.to_ne_bytes()));
    }
    nested(&options)
}

/// A `struct tc_sizespec` without a table, within its attribute: each packet counts with so many bytes more.
fn size_table(overhead: i32) -> Vec<u8> {
    let mut spec = vec![0; 4];
    spec.extend(overhead.to_ne_bytes());
    spec.extend([0; 16]);
    nested(&[bytes(TCA_STAB_BASE, &spec)])
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_ne_bytes()).collect()
}

fn bytes(kind: u16, value: &[u8]) -> DefaultNla {
    DefaultNla::new(kind, value.to_vec())
}

fn nested(attributes: &[DefaultNla]) -> Vec<u8> {
    let mut all = vec![0; attributes.buffer_len()];
    attributes.emit(&mut all);
    all
}
