//! Paths from specs as scenarios have them, and ways to send packets through them.

use std::time::Duration;

use link::{Direction, Dropped, Packet, Path, PathSpec, Payload, Seed, Time};
use ron::extensions::Extensions;

/// A spec as it stands in a scenario file.
pub(crate) fn spec(text: &str) -> PathSpec {
    ron::Options::default()
        .with_default_extension(Extensions::IMPLICIT_SOME)
        .from_str(text)
        .unwrap_or_else(|error| panic!("{error} in {text}"))
}

/// The path of this spec with seed 1.
pub(crate) fn path<P: Payload>(text: &str) -> Path<P> {
    seeded_path(text, 1)
}

pub(crate) fn seeded_path<P: Payload>(text: &str, seed: u64) -> Path<P> {
    Path::new(&spec(text), Seed(seed).path("wan", Direction::Up)).unwrap()
}

/// What has come out of a path.
#[derive(Debug, PartialEq)]
pub(crate) struct Outcome<P> {
    pub(crate) arrived: Vec<Packet<P>>,
    pub(crate) dropped: Vec<Dropped<P>>,
}

impl<P> Outcome<P> {
    pub(crate) fn serials(&self) -> Vec<u64> {
        self.arrived.iter().map(|packet| packet.serial).collect()
    }

    pub(crate) fn arrivals_in_millis(&self) -> Vec<f64> {
        let millis = |packet: &Packet<P>| packet.at.as_nanos() as f64 / 1e6;
        self.arrived.iter().map(millis).collect()
    }

    pub(crate) fn dropped_serials(&self) -> Vec<u64> {
        self.dropped
            .iter()
            .map(|dropped| dropped.packet.serial)
            .collect()
    }
}

/// Send `count` packets of `len` bytes, `gap` apart from zero on, and let the path run dry.
pub(crate) fn send(path: &mut Path<()>, count: u64, len: u32, gap: Duration) -> Outcome<()> {
    let mut outcome = Outcome {
        arrived: vec![],
        dropped: vec![],
    };
    for n in 0..count {
        let now = Time::from_nanos(n * gap.as_nanos() as u64);
        take_until(path, now, &mut outcome);
        path.give(Packet::new(len, 0, ()), now);
    }
    run_dry(path, &mut outcome);
    outcome
}

/// Take what arrives before `now`, asking each time when it is due.
pub(crate) fn take_until<P: Payload>(path: &mut Path<P>, now: Time, outcome: &mut Outcome<P>) {
    while let Some(due) = path.due().filter(|due| *due <= now) {
        outcome.arrived.extend(path.take(due));
        outcome
            .dropped
            .extend(std::iter::from_fn(|| path.take_drop()));
    }
}

/// Take all that is still to arrive.
pub(crate) fn run_dry<P: Payload>(path: &mut Path<P>, outcome: &mut Outcome<P>) {
    take_until(path, Time::from_nanos(u64::MAX), outcome);
    outcome
        .dropped
        .extend(std::iter::from_fn(|| path.take_drop()));
}
