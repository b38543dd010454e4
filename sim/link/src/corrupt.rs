//! Flipping bits.

use serde::{Deserialize, Serialize};

use crate::seed::{Draws, Stream};
use crate::stage::{Drops, Line, Stage};
use crate::units::Probability;
use crate::{Packet, PathSpec, Payload, Time};

/// Which packets arrive with flipped bits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Corrupt {
    /// Each with this probability, in one bit anywhere from its IP header on.
    Packets(Probability),
    /// Every bit is flipped with this probability, whatever happens to the others.
    Bits(Probability),
}

impl Corrupt {
    fn corrupt(&self, bytes: &mut [u8], draws: &mut Draws) {
        let bits = 8 * bytes.len() as u64;
        match self {
            Corrupt::Packets(p) => {
                if draws.chance(p.fraction()) && bits > 0 {
                    flip(bytes, draws.below(bits));
                }
            }
            Corrupt::Bits(p) => {
                let mut bit = next_flipped(0, *p, draws);
                while bit < bits {
                    flip(bytes, bit);
                    bit = next_flipped(bit + 1, *p, draws);
                }
            }
        }
    }
}

/// The first flipped bit from `bit` on: the distance to it is geometric, drawn by inversion.
fn next_flipped(bit: u64, p: Probability, draws: &mut Draws) -> u64 {
    // Without errors this divides by 0: the distance is infinite, or with a draw of 0 not a number, and both saturate.
    let distance = -draws.exponential() / libm::log1p(-p.fraction());
    bit.saturating_add(if distance.is_finite() {
        distance as u64
    } else {
        u64::MAX
    })
}

fn flip(bytes: &mut [u8], bit: u64) {
    bytes[(bit / 8) as usize] ^= 0x80 >> (bit % 8);
}

/// The stage that flips bits.
pub(crate) struct CorruptStage<P> {
    spec: Option<Corrupt>,
    stream: Stream,
    passed: Line<P>,
}

impl<P> CorruptStage<P> {
    pub(crate) fn new(stream: Stream) -> CorruptStage<P> {
        CorruptStage {
            spec: None,
            stream,
            passed: Line::new(),
        }
    }
}

impl<P: Payload> Stage<P> for CorruptStage<P> {
    fn change(&mut self, spec: &PathSpec, _now: Time, _drops: &mut Drops<P>) {
        self.spec = spec.corrupt.clone();
    }

    fn give(&mut self, mut packet: Packet<P>, _drops: &mut Drops<P>) {
        if let Some(corrupt) = &self.spec {
            let mut draws = self.stream.of(&packet);
            corrupt.corrupt(packet.payload.bytes_mut(), &mut draws);
        }
        self.passed.insert(packet);
    }

    fn take(&mut self, now: Time, _drops: &mut Drops<P>) -> Option<Packet<P>> {
        self.passed.take(now)
    }

    fn due(&self) -> Option<Time> {
        self.passed.due()
    }
}
