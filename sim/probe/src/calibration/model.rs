//! What the link model makes of the datagrams that were really sent.

use std::time::SystemTime;

use link::{Packet, Path, PathSeed, PathSpec, SpecError, Time};

use super::flow::Seen;

/// The fate of each datagram in the model.
pub(super) struct Modelled {
    /// When each arrives first, in nanoseconds of the system clock; none where it is dropped.
    pub(super) arrivals: Vec<Option<u64>>,
}

impl Modelled {
    /// Sends what was sent through a path of `spec` and `seed` that began at `zero`.
    pub(super) fn of(
        spec: &PathSpec,
        seed: PathSeed,
        seen: &Seen,
        zero: SystemTime,
    ) -> Result<Self, SpecError> {
        let since = zero
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        let zero = u64::try_from(since.as_nanos()).unwrap_or(u64::MAX);
        let mut path = Path::<()>::new(spec, seed)?;
        let mut arrivals = vec![None; seen.sent.len()];
        for &sent in &seen.sent {
            let now = Time::from_nanos(sent.saturating_sub(zero));
            take_until(&mut path, now, zero, &mut arrivals);
            path.give(Packet::new(seen.length, 0, ()), now);
        }
        take_until(&mut path, Time::from_nanos(u64::MAX), zero, &mut arrivals);
        Ok(Self { arrivals })
    }
}

/// Takes everything that is due by `end`, each at its time.
fn take_until(path: &mut Path<()>, end: Time, zero: u64, arrivals: &mut [Option<u64>]) {
    while let Some(due) = path.due().filter(|due| *due <= end) {
        while let Some(packet) = path.take(due) {
            if let Some(arrival) = arrivals.get_mut(packet.serial as usize) {
                arrival.get_or_insert(zero + packet.at.as_nanos());
            }
        }
        while path.take_drop().is_some() {}
    }
}
