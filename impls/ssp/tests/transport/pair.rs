//! A client and a server joined by two wires, and the time that passes for them.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use ssp::crypto::Key;
use ssp::state::UserInput;
use ssp::transport::{Arrival, Role, Transmit, Transport, Tuning};
use ssp::wire::user::UserInstruction;

use crate::objects::Echo;
use crate::wire::{Faults, Payload, Wire};

pub(crate) const MS: Duration = Duration::from_millis(1);

/// How long after an input the server says that its effect is on the screen.
const ECHO_TIMEOUT: Duration = Duration::from_millis(50);

/// A datagram between the client and one of the server's addresses.
#[derive(Clone)]
pub(crate) struct Packet {
    client: SocketAddr,
    server: SocketAddr,
    payload: Vec<u8>,
}

impl Payload for Packet {
    fn bytes(&mut self) -> &mut Vec<u8> {
        &mut self.payload
    }
}

/// Both ends, and a program at the server that echoes what is typed.
pub(crate) struct Pair {
    pub(crate) now: Instant,
    pub(crate) client: Transport<UserInput, Echo>,
    pub(crate) server: Transport<Echo, UserInput>,
    pub(crate) up: Wire<Packet>,
    pub(crate) down: Wire<Packet>,
    /// The client's address as the server sees it; changes when the client roams or a NAT rebinds.
    pub(crate) client_host: u8,
    pub(crate) reachable_host: u8,
    /// An address of the server that nothing gets to or away from.
    pub(crate) dead_address: Option<SocketAddr>,
    /// Up to where the program has read its input.
    read: u64,
    /// Inputs whose echo is not acknowledged yet: state number and time.
    unacknowledged_echoes: Vec<(u64, Instant)>,
    /// Text that the program has typed so far, with the time at which the client saw each byte of it.
    pub(crate) seen: Vec<Instant>,
}

pub(crate) fn server_address() -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 1], 60001))
}

/// The server's second address, where it has its socket 1.
pub(crate) fn other_server_address() -> SocketAddr {
    SocketAddr::from((Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1), 60001))
}

impl Pair {
    pub(crate) fn new(client: Tuning, server: Tuning, faults: Faults, seed: u64) -> Self {
        let key = Key::from([7; 16]);
        let start = Instant::now();
        let role = Role::Client {
            server: server_address(),
        };
        let objects = (UserInput::default(), Echo::default());
        let mirrored = (Echo::default(), UserInput::default());
        Self {
            now: start,
            client: Transport::new(role, &key, client, objects, seed, start),
            server: Transport::new(Role::Server, &key, server, mirrored, seed, start),
            up: Wire::new(faults, 2 * seed),
            down: Wire::new(faults, 2 * seed + 1),
            client_host: 10,
            reachable_host: 10,
            dead_address: None,
            read: 0,
            unacknowledged_echoes: Vec::new(),
            seen: Vec::new(),
        }
    }

    pub(crate) fn key_in(&mut self, keys: &[u8]) {
        self.client
            .local_mut(self.now)
            .push(UserInstruction::Keystrokes(keys));
    }

    /// The client is at another address from now on; what is sent to the old one is lost.
    pub(crate) fn renumber_client(&mut self) {
        self.client_host += 1;
        self.reachable_host = self.client_host;
    }

    fn client_address(&self, transmit: &Transmit) -> SocketAddr {
        let ip = client_ip(self.client_host, transmit.destination.is_ipv6());
        SocketAddr::new(ip, 40_000 + transmit.socket as u16)
    }

    fn is_dead(&self, packet: &Packet) -> bool {
        let reachable = client_ip(self.reachable_host, packet.client.is_ipv6());
        self.dead_address == Some(packet.server) || packet.client.ip() != reachable
    }

    /// Lets time pass until `end`.
    pub(crate) fn run_until(&mut self, end: Instant) {
        loop {
            self.settle();
            match self.next_event() {
                Some(at) if at <= end => self.now = at.max(self.now),
                _ => break,
            }
        }
        self.now = end;
    }

    pub(crate) fn run_for(&mut self, time: Duration) {
        self.run_until(self.now + time);
    }

    /// Lets time pass until `condition` holds. Panics if it does not within `limit`.
    pub(crate) fn run_until_condition(
        &mut self,
        limit: Duration,
        condition: impl Fn(&Self) -> bool,
    ) {
        let end = self.now + limit;
        loop {
            self.settle();
            if condition(self) {
                return;
            }
            match self.next_event() {
                Some(at) if at <= end => self.now = at.max(self.now),
                _ => panic!("condition not met within {limit:?}"),
            }
        }
    }

    fn next_event(&self) -> Option<Instant> {
        let echo_due = self
            .unacknowledged_echoes
            .first()
            .map(|&(_, at)| at + ECHO_TIMEOUT);
        [
            self.up.next_arrival(),
            self.down.next_arrival(),
            self.client.next_deadline(self.now),
            self.server.next_deadline(self.now),
            echo_due,
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Does all that is to be done now.
    fn settle(&mut self) {
        let now = self.now;
        while let Some(packet) = self.up.take(now) {
            let socket = u32::from(packet.server != server_address());
            let arrival = arrival(packet.client, socket, &packet.payload);
            self.server.handle_datagram(&arrival, now);
            self.run_program();
        }
        while let Some(packet) = self.down.take(now) {
            let arrival = arrival(packet.server, 0, &packet.payload);
            self.client.handle_datagram(&arrival, now);
            let text_len = self.client.remote().text.len();
            self.seen.resize(text_len.max(self.seen.len()), now);
        }
        self.acknowledge_echoes();
        while let Some(transmit) = self.client.poll_transmit(now) {
            let packet = Packet {
                client: self.client_address(&transmit),
                server: transmit.destination,
                payload: transmit.payload,
            };
            if !self.is_dead(&packet) {
                self.up.put(packet, now);
            }
        }
        while let Some(transmit) = self.server.poll_transmit(now) {
            let addresses = [server_address(), other_server_address()];
            let packet = Packet {
                client: transmit.destination,
                server: addresses[transmit.socket as usize],
                payload: transmit.payload,
            };
            if !self.is_dead(&packet) {
                self.down.put(packet, now);
            }
        }
    }

    fn run_program(&mut self) {
        let input = self.server.remote();
        if input.end() == self.read {
            return;
        }
        let mut echo = Vec::new();
        for instruction in input.since(self.read) {
            if let UserInstruction::Keystrokes(keys) = instruction {
                echo.extend_from_slice(keys);
            }
        }
        self.read = input.end();
        let num = self.server.remote_num();
        self.unacknowledged_echoes.push((num, self.now));
        self.server.local_mut(self.now).text.extend(echo);
    }

    fn acknowledge_echoes(&mut self) {
        while let Some(&(num, at)) = self.unacknowledged_echoes.first() {
            if self.now < at + ECHO_TIMEOUT {
                break;
            }
            self.unacknowledged_echoes.remove(0);
            self.server.local_mut(self.now).echo_ack = num;
        }
    }

    /// Whether the client shows all that was typed.
    pub(crate) fn has_converged(&self) -> bool {
        self.client.remote() == self.server.local() && self.read == self.client.local().end()
    }
}

fn client_ip(host: u8, is_ipv6: bool) -> IpAddr {
    if is_ipv6 {
        Ipv6Addr::new(0x2001, 0xdb8, 1, 0, 0, 0, 0, host.into()).into()
    } else {
        [198, 51, 100, host].into()
    }
}

fn arrival(source: SocketAddr, socket: u32, payload: &[u8]) -> Arrival<'_> {
    Arrival {
        source,
        socket,
        congested: false,
        payload,
    }
}
