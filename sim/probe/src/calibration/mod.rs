//! Does the network do what is asked of it? No protocol: numbered datagrams through each direction of each link, and
//! beside them what the link model makes of the very same datagrams.
//!
//! The kernel stamps what arrives, so that the reader's own scheduling does not count as the path's delay.

mod flow;
mod model;

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, SystemTime};

use lab::Network;
use link::{Direction, PathSpec, Seed};
use scenario::{Calibrate, Scenario};
use tokio_util::sync::CancellationToken;

use self::flow::{Flow, Pace, Seen};
use self::model::Modelled;

/// What was measured of one direction of one link, beside what was to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// The link.
    pub link: String,
    /// The direction.
    pub direction: Direction,
    /// Datagrams that were sent.
    pub sent: u64,
    /// Those that never arrived.
    pub lost: u64,
    /// The share that is lost in the long run, by the closed form of the path's loss; none where it has none.
    pub loss_asked: Option<f64>,
    /// Datagrams that arrived though the model drops them, or the other way round.
    pub other_fate: u64,
    /// How far arrivals are from where the model has them, ascending.
    pub delay_errors: Vec<Duration>,
    /// For a path that draws each datagram's delay on its own: the one-way delays that were seen and the model's, in
    /// milliseconds.
    pub delays_drawn: Option<(Vec<f64>, Vec<f64>)>,
    /// Datagrams that arrived after a later one, and how many the model has.
    pub overtaken: (u64, u64),
    /// For a direction with a rate that was filled up: bits a second that came through, and in the model.
    pub throughput: Option<(f64, f64)>,
}

/// Measures every link of `asked`, one after the other, both directions at once.
///
/// `network` is a copy of that scenario's network made from `seed`, in which nothing else is sent; `zero` is when its
/// paths began. `before` is told each link before it is measured.
///
/// # Errors
///
/// When sockets fail.
pub async fn calibrate(
    network: &Network<'_>,
    asked: &Scenario,
    calibrate: &Calibrate,
    seed: Seed,
    zero: SystemTime,
    before: impl Fn(&str),
    cancel: &CancellationToken,
) -> std::io::Result<Vec<Measured>> {
    let mut all = Vec::new();
    for (name, link) in &asked.links {
        if cancel.is_cancelled() {
            break;
        }
        before(name);
        let ends = [&link.between.0, &link.between.1];
        let address = |side: usize| network.address_on(ends[side], name);
        let (Some(first), Some(second)) = (address(0), address(1)) else {
            continue;
        };
        let way = |direction, spec: PathSpec, from: usize, to: usize| {
            let addresses = [first, second];
            let flow = open(network, ends, addresses, (from, to), pace(calibrate, &spec))?;
            Ok::<_, std::io::Error>((direction, spec, flow))
        };
        let up = way(Direction::Up, link.up(), 0, 1)?;
        let down = way(Direction::Down, link.down(), 1, 0)?;
        let run = |(direction, spec, flow): (Direction, PathSpec, Flow)| {
            let cancel = cancel.clone();
            async move {
                let measuring = tokio::task::spawn_blocking(move || flow.measure(&cancel));
                let seen = measuring.await.map_err(std::io::Error::other)??;
                let modelled = Modelled::of(&spec, seed.path(name, direction), &seen, zero)
                    .map_err(std::io::Error::other)?;
                Ok::<_, std::io::Error>(compare(name, direction, &spec, &seen, &modelled))
            }
        };
        let (up, down) = tokio::join!(run(up), run(down));
        all.extend([up?, down?]);
    }
    Ok(all)
}

fn open(
    network: &Network<'_>,
    hosts: [&String; 2],
    addresses: [IpAddr; 2],
    (from, to): (usize, usize),
    pace: Pace,
) -> std::io::Result<Flow> {
    let bind = |side: usize| {
        network
            .host(hosts[side])
            .run(|| std::net::UdpSocket::bind(SocketAddr::new(addresses[side], 0)))
            .map_err(std::io::Error::other)?
    };
    Flow::new(bind(from)?, bind(to)?, pace)
}

/// Spaced datagrams for a path without a rate; twice as much as fits through one with a rate.
fn pace(calibrate: &Calibrate, spec: &PathSpec) -> Pace {
    let fill = spec
        .rate
        .as_ref()
        .and_then(link::Rate::mean_bits_per_second);
    match fill {
        None => Pace {
            packets: calibrate.packets,
            gap: calibrate.gap.duration(),
            length: calibrate.size.bytes(),
        },
        Some(rate) => {
            const FULL_SIZED: u64 = 1500;
            let gap = Duration::from_secs_f64(FULL_SIZED as f64 * 8.0 / rate / 2.0);
            let packets = calibrate.fill.as_secs_f64() / gap.as_secs_f64();
            Pace {
                packets: packets as u32,
                gap,
                length: FULL_SIZED,
            }
        }
    }
}

fn compare(
    link: &str,
    direction: Direction,
    spec: &PathSpec,
    seen: &Seen,
    modelled: &Modelled,
) -> Measured {
    let first_arrivals = seen.first_arrivals();
    let fates = || first_arrivals.iter().zip(&modelled.arrivals);
    let mut delay_errors: Vec<Duration> = fates()
        .filter_map(|(seen, modelled)| Some(seen.as_ref()?.abs_diff(*modelled.as_ref()?)))
        .map(Duration::from_nanos)
        .collect();
    delay_errors.sort_unstable();
    let lost = first_arrivals
        .iter()
        .filter(|arrival| arrival.is_none())
        .count() as u64;
    Measured {
        link: link.to_owned(),
        direction,
        sent: seen.sent.len() as u64,
        lost,
        loss_asked: match &spec.loss {
            None => Some(0.0),
            Some(loss) => loss.mean(),
        },
        other_fate: fates()
            .filter(|(seen, modelled)| seen.is_some() != modelled.is_some())
            .count() as u64,
        delay_errors,
        delays_drawn: draws_delays(spec).then(|| {
            let delays = |arrivals| one_way_delays(&seen.sent, arrivals);
            (delays(&first_arrivals), delays(&modelled.arrivals))
        }),
        overtaken: (overtaken(&first_arrivals), overtaken(&modelled.arrivals)),
        throughput: spec.rate.as_ref().map(|_| {
            (
                seen.throughput(&first_arrivals),
                seen.throughput(&modelled.arrivals),
            )
        }),
    }
}

/// Whether delays are independent draws from a distribution: a path that keeps the order makes packets wait for one
/// another.
fn draws_delays(spec: &PathSpec) -> bool {
    spec.overtaking
        && spec
            .delay
            .as_ref()
            .is_some_and(|delay| delay.quantile(0.5).is_some())
}

/// In milliseconds, of those that arrived.
fn one_way_delays(sent: &[u64], arrivals: &[Option<u64>]) -> Vec<f64> {
    let both = sent.iter().zip(arrivals);
    both.filter_map(|(sent, arrival)| Some((*arrival.as_ref()? - sent) as f64 / 1e6))
        .collect()
}

/// Datagrams that arrived after one that was sent later.
fn overtaken(arrivals: &[Option<u64>]) -> u64 {
    let mut earliest_later = u64::MAX;
    let mut count = 0;
    for arrival in arrivals.iter().rev().flatten() {
        count += u64::from(*arrival > earliest_later);
        earliest_later = earliest_later.min(*arrival);
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_datagram_is_overtaken_by_a_later_one_that_arrives_before_it() {
        assert_eq!(overtaken(&[Some(1), Some(2), Some(3)]), 0);
        assert_eq!(overtaken(&[Some(5), None, Some(3), Some(6)]), 1);
        assert_eq!(overtaken(&[Some(5), Some(6), Some(3)]), 2);
    }
}
