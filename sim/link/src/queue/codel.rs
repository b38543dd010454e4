//! Controlled delay: RFC 8289, section 5, with its names.

use std::time::Duration;

use super::discipline::{Backlog, Discipline, Limit};
use crate::ecn;
use crate::stage::Drops;
use crate::units::Span;
use crate::{DropReason, Packet, Payload, Time};

/// A backlog of no more bytes than this is never dropped from: a packet of an Ethernet's MTU.
const MAX_PACKET: u64 = 1500;

/// What CoDel aims for.
#[derive(Clone, Copy)]
pub(super) struct Aim {
    target: Duration,
    interval: Duration,
    ecn: bool,
}

impl Aim {
    pub(super) fn new(target: Span, interval: Span, ecn: bool) -> Aim {
        Aim {
            target: target.duration(),
            interval: interval.duration(),
            ecn,
        }
    }
}

/// CoDel's state for one backlog.
#[derive(Clone, Default)]
pub(super) struct Control {
    /// When packets will have waited too long for a whole interval, if they do now.
    first_above: Option<Time>,
    dropping: bool,
    drop_next: Time,
    count: u32,
    last_count: u32,
}

impl Control {
    /// The next packet to be sent, after dropping those that have to go.
    pub(super) fn dequeue<P: Payload>(
        &mut self,
        aim: &Aim,
        backlog: &mut Backlog<P>,
        now: Time,
        drops: &mut Drops<P>,
    ) -> Option<Packet<P>> {
        let Some((mut packet, mut too_long)) = self.pop(aim, backlog, now) else {
            self.dropping = false;
            return None;
        };
        if !too_long {
            self.dropping = false;
            return Some(packet);
        }
        if !self.dropping {
            self.start_dropping(aim, now);
            if aim.ecn && ecn::mark(&mut packet) {
                return Some(packet);
            }
            drops.add(packet, now, DropReason::Aqm);
            return self.pop(aim, backlog, now).map(|(next, _)| next);
        }
        while self.dropping && now >= self.drop_next {
            self.count += 1;
            let next_but_one = control_law(self.drop_next, aim, self.count);
            if aim.ecn && ecn::mark(&mut packet) {
                self.drop_next = next_but_one;
                return Some(packet);
            }
            drops.add(packet, now, DropReason::Aqm);
            let Some(next) = self.pop(aim, backlog, now) else {
                self.dropping = false;
                return None;
            };
            (packet, too_long) = next;
            if too_long {
                self.drop_next = next_but_one;
            } else {
                self.dropping = false;
            }
        }
        Some(packet)
    }

    /// Enter the dropping state; at the rate that controlled the queue last time, if that was recently.
    fn start_dropping(&mut self, aim: &Aim, now: Time) {
        let delta = self.count.saturating_sub(self.last_count);
        let recently = now - self.drop_next < 16 * aim.interval;
        self.count = if delta > 1 && recently { delta } else { 1 };
        self.last_count = self.count;
        self.drop_next = control_law(now, aim, self.count);
        self.dropping = true;
    }

    /// The head of the backlog, and whether packets have waited too long for at least an interval.
    fn pop<P>(
        &mut self,
        aim: &Aim,
        backlog: &mut Backlog<P>,
        now: Time,
    ) -> Option<(Packet<P>, bool)> {
        let Some(packet) = backlog.pop() else {
            self.first_above = None;
            return None;
        };
        let waited = now - packet.at;
        if waited < aim.target || backlog.bytes() <= MAX_PACKET {
            self.first_above = None;
            return Some((packet, false));
        }
        let first_above = *self.first_above.get_or_insert(now + aim.interval);
        Some((packet, now >= first_above))
    }
}

/// When to drop next: sooner after every drop, so that a TCP's rate falls linearly.
fn control_law(from: Time, aim: &Aim, count: u32) -> Time {
    from + aim.interval.div_f64(f64::from(count).sqrt())
}

pub(super) struct CoDel<P> {
    limit: Limit,
    aim: Aim,
    control: Control,
    backlog: Backlog<P>,
}

impl<P> CoDel<P> {
    pub(super) fn new(limit: Limit, aim: Aim) -> CoDel<P> {
        CoDel {
            limit,
            aim,
            control: Control::default(),
            backlog: Backlog::new(),
        }
    }
}

impl<P: Payload> Discipline<P> for CoDel<P> {
    fn give(&mut self, packet: Packet<P>, drops: &mut Drops<P>) {
        self.backlog.push_within(self.limit, packet, drops);
    }

    fn take(&mut self, now: Time, drops: &mut Drops<P>) -> Option<Packet<P>> {
        self.control
            .dequeue(&self.aim, &mut self.backlog, now, drops)
    }

    fn is_empty(&self) -> bool {
        self.backlog.is_empty()
    }

    fn remove(&mut self) -> Option<Packet<P>> {
        self.backlog.pop()
    }
}
