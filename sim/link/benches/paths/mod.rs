//! The paths that packets are sent through, by what they do.

use std::time::Duration;

use link::{Direction, Packet, Path, PathSpec, Seed, Time};

pub(crate) const NOTHING: &str = "()";

pub(crate) const DELAY_LOSS_AND_RATE: &str =
    r#"(delay: Constant("50ms"), loss: Bernoulli(0.01), rate: Constant("10Gbit/s"))"#;

pub(crate) const JITTER_BURSTS_AND_BUCKET: &str = r#"(
    delay: Normal(mean: "50ms", sd: "5ms", correlation: 0.5),
    loss: GilbertElliott(p: 0.01, r: 0.3),
    rate: TokenBucket(rate: "10Gbit/s", burst: "64KiB"),
)"#;

pub(crate) const FQ_CODEL_UNDER_OVERLOAD: &str =
    r#"(rate: Constant("5Gbit/s"), queue: FqCoDel(packets: 1000))"#;

pub(crate) const OVERTAKING: &str = r#"(delay: Uniform(min: "1ms", max: "2ms"), overtaking: true)"#;

/// A path, and how late it is there.
pub(crate) struct Sending {
    path: Path<()>,
    now: Time,
}

impl Sending {
    /// Nothing has been sent yet on the path that `spec` describes.
    pub(crate) fn on(spec: &str) -> Self {
        let ron = ron::Options::default()
            .with_default_extension(ron::extensions::Extensions::IMPLICIT_SOME);
        let spec: PathSpec = ron.from_str(spec).expect("the spec is right");
        let seed = Seed(1).path("wan", Direction::Up);
        Self {
            path: Path::new(&spec, seed).expect("the spec is consistent"),
            now: Time::ZERO,
        }
    }

    /// Sends packets of 16 flows, one each microsecond, and takes what arrives in that time: how many that were.
    pub(crate) fn send(&mut self, packets: u32) -> u64 {
        let mut arrived = 0;
        for handle in 0..packets {
            self.now += Duration::from_micros(1);
            let packet = Packet::new(1_000, u64::from(handle % 16), ());
            self.path.give(packet, self.now);
            while self.path.take(self.now).is_some() {
                arrived += 1;
            }
            while self.path.take_drop().is_some() {}
        }
        arrived
    }
}
