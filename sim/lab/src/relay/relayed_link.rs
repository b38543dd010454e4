//! One link: two TUN devices, and a path each way between them.

use std::io;

use link::{Direction, Packet, Path, Time};

use super::buffer::Buffer;
use super::clock::Clock;
use super::flow::flow;
use super::lateness::LatenessRecorder;
use super::report::Missed;
use crate::arrivals::Witness;
use crate::capture::{Fate, Tap, Way};
use crate::shaper::Counters;
use crate::tun::Tun;

/// Packets that one direction may receive, or release, before the others have their turn: so a flood
/// keeps them waiting for a few hundredths of a millisecond at most, and still the cost of a turn is
/// spread over many packets.
const BATCH: usize = 16;

/// The reason of a drop at the receiving host, which does not take the packet: its interface is down,
/// or the packet was corrupted such that it is no IP packet any more.
const UNDELIVERABLE: &str = "undeliverable";

/// A link of two ends and two directions.
pub(super) struct RelayedLink {
    ends: [LinkEnd; 2],
    lanes: [Lane; 2],
}

/// One end of a link.
pub(super) struct LinkEnd {
    tun: Tun,
    mtu: u16,
    tap: Option<Tap>,
    witness: Option<Witness>,
}

/// What one direction of a link consists of, beside its ends.
struct Lane {
    path: Path<Buffer>,
    /// The packets that it counts are the next one's serial number.
    counters: Counters,
}

impl LinkEnd {
    pub(super) fn new(tun: Tun, mtu: u16, tap: Option<Tap>) -> LinkEnd {
        LinkEnd {
            tun,
            mtu,
            tap,
            witness: None,
        }
    }

    /// The device at this end.
    pub(super) fn tun(&self) -> &Tun {
        &self.tun
    }

    fn record(&mut self, at: Time, way: Way, packet: &[u8], dropped: Option<Fate>) {
        if let Some(tap) = &mut self.tap {
            let copy = tap.copy(packet);
            tap.record(at, way, copy, dropped);
        }
    }
}

impl RelayedLink {
    /// A link with these ends, whose paths lead up and down.
    pub(super) fn new(ends: [LinkEnd; 2], paths: [Path<Buffer>; 2]) -> RelayedLink {
        RelayedLink {
            ends,
            lanes: paths.map(|path| Lane {
                path,
                counters: Counters::default(),
            }),
        }
    }

    /// The end that packets of a direction come from.
    pub(super) fn source(&self, direction: Direction) -> &LinkEnd {
        &self.ends[direction as usize]
    }

    /// From now on a witness sees the packets of the first end (0) or the second (1).
    pub(super) fn watch(&mut self, end: usize, witness: Witness) {
        self.ends[end].witness = Some(witness);
    }

    /// The path that packets of a direction take.
    pub(super) fn path(&mut self, direction: Direction) -> &mut Path<Buffer> {
        &mut self.lanes[direction as usize].path
    }

    /// When a direction is to be released next.
    pub(super) fn due(&self, direction: Direction) -> Option<Time> {
        self.lanes[direction as usize].path.due()
    }

    /// What it was given: up, down.
    pub(super) fn counters(&self) -> [Counters; 2] {
        [Direction::Up, Direction::Down].map(|direction| self.lanes[direction as usize].counters)
    }

    /// What it missed.
    pub(super) fn missed(&self) -> Missed {
        let taps = self.ends.iter().filter_map(|end| end.tap.as_ref());
        let overruns = self.ends.iter().map(|end| end.tun.overrun());
        Missed {
            // Counters that cannot be read any more are those of an interface that is gone.
            unseen: overruns.map(Result::unwrap_or_default).sum(),
            uncaptured: taps.map(Tap::missed).sum(),
        }
    }

    /// One direction, to move its packets.
    pub(super) fn crossing(&mut self, direction: Direction) -> Crossing<'_> {
        let [first, second] = &mut self.ends;
        let (from, to) = match direction {
            Direction::Up => (first, second),
            Direction::Down => (second, first),
        };
        Crossing {
            lane: &mut self.lanes[direction as usize],
            from,
            to,
        }
    }
}

/// One direction of a link, with its ends.
pub(super) struct Crossing<'a> {
    lane: &'a mut Lane,
    from: &'a mut LinkEnd,
    to: &'a mut LinkEnd,
}

impl Crossing<'_> {
    /// Takes in what the host has sent, and hands over at once what is not to be delayed.
    pub(super) fn receive(
        &mut self,
        clock: &Clock,
        lateness: &mut LatenessRecorder,
    ) -> io::Result<()> {
        for _ in 0..BATCH {
            let mut buffer = Buffer::with_capacity(self.from.mtu.into());
            if !self.from.tun.receive(buffer.vec_mut())? {
                break;
            }
            let now = clock.now();
            self.give(buffer, now, clock);
            // No more than one for one, lest a backlog be cleared here while others wait.
            if let Some(packet) = self.lane.path.take(now) {
                if packet.at < now {
                    lateness.record(now - packet.at);
                }
                self.deliver(packet, now, clock);
            }
        }
        Ok(())
    }

    /// Hands over what is due `now`, as the model has it, measures by how much that is too late, and gives the time
    /// afterwards. The clock is not read more often than that takes: in a guest, each reading costs as much as a packet.
    pub(super) fn release(
        &mut self,
        mut now: Time,
        clock: &Clock,
        lateness: &mut LatenessRecorder,
    ) -> Time {
        for _ in 0..BATCH {
            let Some(packet) = self.lane.path.take(now) else {
                break;
            };
            lateness.record(now - packet.at);
            self.deliver(packet, now, clock);
            now = clock.now();
        }
        self.account_for_drops(None);
        now
    }

    /// Gives a packet that was sent `now` to the path. Its record in the capture waits for what the
    /// path says to it, so that a packet that is dropped at once is there once, with the reason.
    fn give(&mut self, packet: Buffer, now: Time, clock: &Clock) {
        if let Some(witness) = &self.from.witness {
            witness.sent(packet.bytes(), clock.instant(now));
        }
        let serial = self.lane.counters.packets;
        let copy = self.from.tap.as_ref().map(|tap| tap.copy(packet.bytes()));
        let (len, flow) = (packet.bytes().len() as u32, flow(packet.bytes()));
        self.lane.path.give(Packet::new(len, flow, packet), now);
        self.lane.counters.packets += 1;
        self.lane.counters.bytes += u64::from(len);

        let fate = self.account_for_drops(Some(serial));
        if let (Some(copy), Some(tap)) = (copy, &mut self.from.tap) {
            tap.record(now, Way::Outbound, copy, fate);
        }
    }

    /// Hands a packet to the host that it is for.
    fn deliver(&mut self, packet: Packet<Buffer>, now: Time, clock: &Clock) {
        let bytes = packet.payload.bytes();
        let refused = self.to.tun.send(bytes).is_err();
        if let (false, Some(witness)) = (refused, &self.to.witness) {
            witness.received(bytes, clock.instant(now));
        }
        let fate = refused.then_some(Fate {
            serial: packet.serial,
            reason: UNDELIVERABLE,
        });
        self.to.record(now, Way::Inbound, bytes, fate);
    }

    /// Records what the path has dropped, and gives the memory back. The fate of the packet that was
    /// just given, if it is among them, is returned instead.
    fn account_for_drops(&mut self, given: Option<u64>) -> Option<Fate> {
        let mut fate_of_given = None;
        while let Some(dropped) = self.lane.path.take_drop() {
            self.lane.counters.dropped += 1;
            let packet = &dropped.packet;
            let fate = Some(Fate {
                serial: packet.serial,
                reason: dropped.reason.name(),
            });
            if given == Some(packet.serial) && !packet.copy {
                fate_of_given = fate;
            } else {
                let bytes = packet.payload.bytes();
                self.from.record(packet.at, Way::Outbound, bytes, fate);
            }
        }
        fate_of_given
    }
}
