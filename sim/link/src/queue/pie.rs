//! Proportional integral controller, enhanced: RFC 8033, sections 4 and 5.

use std::time::Duration;

use super::discipline::{Backlog, Discipline, Limit};
use crate::ecn;
use crate::seed::Stream;
use crate::stage::Drops;
use crate::units::Span;
use crate::{DropReason, Packet, Payload, Time};

/// Weight of how far the delay is from the target, per second (section 4.2).
const ALPHA: f64 = 0.125;
/// Weight of how fast it moves, per second (section 4.2).
const BETA: f64 = 1.25;
/// A backlog of at most two packets of this size is left alone (section 4.1).
const MEAN_PACKET: u64 = 1024;
/// Above this probability packets are dropped rather than marked (section 5.1).
const MARK_BELOW: f64 = 0.1;

/// What PIE aims for.
pub(super) struct Aim {
    target: Duration,
    update: Duration,
    burst: Duration,
    ecn: bool,
}

impl Aim {
    pub(super) fn new(target: Span, update: Span, burst: Span, ecn: bool) -> Aim {
        Aim {
            target: target.duration(),
            update: update.duration(),
            burst: burst.duration(),
            ecn,
        }
    }
}

pub(super) struct Pie<P> {
    limit: Limit,
    aim: Aim,
    stream: Stream,
    backlog: Backlog<P>,
    drop_probability: f64,
    /// The delay at the last update.
    delay: Duration,
    burst_allowance: Duration,
    next_update: Time,
}

impl<P: Payload> Pie<P> {
    pub(super) fn new(limit: Limit, aim: Aim, stream: Stream) -> Pie<P> {
        Pie {
            limit,
            stream,
            backlog: Backlog::new(),
            drop_probability: 0.0,
            delay: Duration::ZERO,
            burst_allowance: aim.burst,
            next_update: Time::ZERO + aim.update,
            aim,
        }
    }

    /// Do all updates that are due by `now`.
    fn advance(&mut self, now: Time) {
        while self.next_update <= now {
            let delay = self
                .backlog
                .head()
                .map_or(Duration::ZERO, |head| self.next_update - head.at);
            self.update(delay);
            self.next_update += self.aim.update;
            if self.is_at_rest() && self.next_update <= now {
                // Nothing changes any more: leave the updates out, up to the last.
                let skipped = (now - self.next_update).as_nanos() / self.aim.update.as_nanos();
                self.next_update += self.aim.update * u32::try_from(skipped).unwrap_or(u32::MAX);
            }
        }
    }

    fn is_at_rest(&self) -> bool {
        self.backlog.is_empty()
            && self.delay.is_zero()
            && self.drop_probability == 0.0
            && self.burst_allowance == self.aim.burst
    }

    /// Sections 4.2 and 4.4, with the delay measured by timestamps (section 4.3).
    fn update(&mut self, delay: Duration) {
        let (now, before) = (delay.as_secs_f64(), self.delay.as_secs_f64());
        let target = self.aim.target.as_secs_f64();
        let mut change = ALPHA * (now - target) + BETA * (now - before);
        change /= damping(self.drop_probability);
        if self.drop_probability >= 0.1 {
            change = change.min(0.02); // Section 5.5.
        }
        let decay = if delay.is_zero() && self.delay.is_zero() {
            0.98
        } else {
            1.0
        };
        self.drop_probability = ((self.drop_probability + change) * decay).clamp(0.0, 1.0);

        let calm = self.drop_probability == 0.0 && 2.0 * now < target && 2.0 * before < target;
        self.burst_allowance = if calm {
            self.aim.burst
        } else {
            self.burst_allowance.saturating_sub(self.aim.update)
        };
        self.delay = delay;
    }

    /// Section 4.1: whether chance has it that this packet is to go.
    fn chooses(&self, packet: &Packet<P>) -> bool {
        let short = 2 * self.delay < self.aim.target && self.drop_probability < 0.2;
        let untouched =
            !self.burst_allowance.is_zero() || short || self.backlog.bytes() <= 2 * MEAN_PACKET;
        !untouched && self.stream.of(packet).chance(self.drop_probability)
    }
}

/// How much less the probability changes while it is small (section 4.2).
fn damping(probability: f64) -> f64 {
    match probability {
        p if p < 0.000_001 => 2048.0,
        p if p < 0.000_01 => 512.0,
        p if p < 0.000_1 => 128.0,
        p if p < 0.001 => 32.0,
        p if p < 0.01 => 8.0,
        p if p < 0.1 => 2.0,
        _ => 1.0,
    }
}

impl<P: Payload> Discipline<P> for Pie<P> {
    fn give(&mut self, mut packet: Packet<P>, drops: &mut Drops<P>) {
        let now = packet.at;
        self.advance(now);
        let may_mark = self.aim.ecn && self.drop_probability < MARK_BELOW;
        if self.chooses(&packet) && !(may_mark && ecn::mark(&mut packet)) {
            drops.add(packet, now, DropReason::Aqm);
        } else {
            self.backlog.push_within(self.limit, packet, drops);
        }
    }

    fn take(&mut self, now: Time, _drops: &mut Drops<P>) -> Option<Packet<P>> {
        self.advance(now);
        self.backlog.pop()
    }

    fn is_empty(&self) -> bool {
        self.backlog.is_empty()
    }

    fn remove(&mut self) -> Option<Packet<P>> {
        self.backlog.pop()
    }
}
