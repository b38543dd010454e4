//! How long the protocol itself holds back what a program writes: figure 3 of the Mosh paper.
//!
//! After a write a server waits for more, so that one frame takes all of it: the *collection interval*. After a frame it
//! waits half a round trip before the next. The less it collects, the more often a frame leaves with the beginning of a
//! burst and the rest waits for the next frame; the more, the longer everything waits. The paper computed the mean of
//! this delay from the times at which the programs of its recordings had written. Here these times are given to our own
//! sender, with a client at the other end of a path that only takes time, in virtual time.

use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use ssp::crypto::Key;
use ssp::state::{Synchronised, UserInput};
use ssp::terminal::{Capabilities, TerminalState};
use ssp::transport::{Arrival, Collection, Role, Transport, Tuning};

use crate::recording::{Recording, Way};

/// Before the first write: by then both ends have measured the round trip.
const SETTLING: Duration = Duration::from_secs(20);

/// After the last write: by then it has been sent.
const REST: Duration = Duration::from_secs(2);

/// How a server collects writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Collecting {
    /// As stock servers do, for so long; theirs is 8 ms.
    Fixed(Duration),
    /// As long as recent bursts lasted, up to 8 ms, and otherwise as stock servers do.
    Adaptive,
    /// As ours do: adaptively, and with up to three frames before they wait.
    Ours,
}

impl Collecting {
    fn tuning(self) -> Tuning {
        match self {
            Collecting::Fixed(interval) => Tuning::stock(interval),
            Collecting::Adaptive => Tuning {
                collection: Collection::Adaptive,
                ..Tuning::stock(Duration::ZERO)
            },
            Collecting::Ours => Tuning::best(),
        }
    }
}

/// For each of a recording's writes that changes the screen, how long it waited at a server.
pub fn delays(
    recording: &Recording,
    collecting: Collecting,
    round_trip: Duration,
) -> Vec<Duration> {
    let start = Instant::now();
    let mut session = Session::new(collecting.tuning(), round_trip / 2, start);
    let begin = start + SETTLING;
    for event in &recording.events {
        if event.way == Way::Output {
            session.run_until(begin + event.at);
            session.write(&event.bytes);
        }
    }
    session.run_until(session.now + REST);
    session.delays
}

/// A server whose program writes, and a client that listens.
struct Session {
    now: Instant,
    one_way: Duration,
    server: Transport<TerminalState, UserInput>,
    client: Transport<UserInput, TerminalState>,
    /// Datagrams under way, with the time at which they arrive.
    to_server: VecDeque<(Instant, Vec<u8>)>,
    to_client: VecDeque<(Instant, Vec<u8>)>,
    /// When each write was made that the client does not show yet, and what the screen was then.
    unseen: VecDeque<(Instant, TerminalState)>,
    delays: Vec<Duration>,
}

const SERVER: SocketAddr = address(2);
const CLIENT: SocketAddr = address(1);

const fn address(host: u8) -> SocketAddr {
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::new(192, 0, 2, host)), 60001)
}

impl Session {
    fn new(tuning: Tuning, one_way: Duration, now: Instant) -> Self {
        let key = Key::from([7; 16]);
        let ends = (UserInput::default(), TerminalState::new());
        let client = Role::Client { server: SERVER };
        let mut swapped = (ends.1.clone(), ends.0.clone());
        // All that a program draws is told, or the client would never show what the server does.
        swapped
            .0
            .announce(Capabilities::all() - Capabilities::SCROLLBACK, 0);
        Session {
            now,
            one_way,
            server: Transport::new(Role::Server, &key, tuning, swapped, 1, now),
            client: Transport::new(client, &key, tuning, ends, 2, now),
            to_server: VecDeque::new(),
            to_client: VecDeque::new(),
            unseen: VecDeque::new(),
            delays: Vec::new(),
        }
    }

    /// The program writes.
    fn write(&mut self, bytes: &[u8]) {
        let before = self.server.local().clone();
        self.server.local_mut(self.now).write(bytes, self.now);
        let after = self.server.local();
        if !after.same_as(&before) {
            self.unseen.push_back((self.now, after.clone()));
        }
        self.transmit();
    }

    fn run_until(&mut self, until: Instant) {
        while let Some(next) = self.next_event().filter(|&next| next < until) {
            self.now = self.now.max(next);
            self.deliver();
            self.transmit();
        }
        self.now = until;
    }

    fn next_event(&self) -> Option<Instant> {
        let arrivals = [self.to_server.front(), self.to_client.front()];
        let arrivals = arrivals.into_iter().flatten().map(|&(at, _)| at);
        let deadlines = [
            self.server.next_deadline(self.now),
            self.client.next_deadline(self.now),
        ];
        arrivals.chain(deadlines.into_iter().flatten()).min()
    }

    fn deliver(&mut self) {
        let now = self.now;
        while let Some((_, payload)) = self.to_server.pop_front_if(|(at, _)| *at <= now) {
            self.server.handle_datagram(&arrival(CLIENT, &payload), now);
        }
        while let Some((_, payload)) = self.to_client.pop_front_if(|(at, _)| *at <= now) {
            self.client.handle_datagram(&arrival(SERVER, &payload), now);
            self.note_seen();
        }
    }

    /// What the client shows has left the server a one-way delay ago.
    fn note_seen(&mut self) {
        let sent = self.now - self.one_way;
        let shown = self.client.remote();
        let newest = self
            .unseen
            .iter()
            .rposition(|(written, state)| *written <= sent && state.same_as(shown));
        if let Some(newest) = newest {
            let seen = self.unseen.drain(..=newest);
            self.delays.extend(seen.map(|(written, _)| sent - written));
        }
    }

    fn transmit(&mut self) {
        let arrives = self.now + self.one_way;
        while let Some(datagram) = self.client.poll_transmit(self.now) {
            self.to_server.push_back((arrives, datagram.payload));
        }
        while let Some(datagram) = self.server.poll_transmit(self.now) {
            self.to_client.push_back((arrives, datagram.payload));
        }
    }
}

fn arrival(source: SocketAddr, payload: &[u8]) -> Arrival<'_> {
    Arrival {
        source,
        socket: 0,
        congested: false,
        payload,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::Event;
    use crate::screen::Size;

    const ROUND_TRIP: Duration = Duration::from_millis(500);

    fn writes(times_ms: &[u64]) -> Recording {
        let events = times_ms.iter().map(|&ms| Event {
            at: Duration::from_millis(ms),
            way: Way::Output,
            bytes: b"x".to_vec(),
        });
        Recording {
            size: Size::default(),
            events: events.collect(),
        }
    }

    /// The delays in milliseconds when so many are collected.
    fn waits(times_ms: &[u64], collected_ms: u64) -> Vec<u128> {
        let collecting = Collecting::Fixed(Duration::from_millis(collected_ms));
        let delays = delays(&writes(times_ms), collecting, ROUND_TRIP);
        delays.iter().map(Duration::as_millis).collect()
    }

    #[test]
    fn a_lone_write_waits_for_the_collection_interval() {
        assert_eq!(waits(&[0, 5_000], 8), [8, 8]);
        assert_eq!(waits(&[0, 5_000], 0), [0, 0]);
    }

    #[test]
    fn the_rest_of_a_split_burst_waits_for_the_next_frame() {
        assert_eq!(waits(&[0, 2, 4], 8), [8, 6, 4]);
        assert_eq!(waits(&[0, 2, 4], 3), [3, 1, 249]);
    }

    #[test]
    fn what_does_not_show_does_not_wait() {
        let mut bell = writes(&[0]);
        bell.events[0].bytes = b"\x1b[m".to_vec();
        assert!(delays(&bell, Collecting::Adaptive, ROUND_TRIP).is_empty());
    }

    #[test]
    fn adaptive_collection_sends_a_lone_write_at_once() {
        let delays = delays(&writes(&[0, 5_000]), Collecting::Adaptive, ROUND_TRIP);
        assert_eq!(delays, [Duration::ZERO; 2]);
    }
}
