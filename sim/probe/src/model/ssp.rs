//! A session of our SSP.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Instant;

use scenario::Family;
use ssp::crypto::Key;
use ssp::transport::Arrival;

use super::carrier::{Arrived, Toward};
use super::client::Client;
use super::programs::Programs;
use super::server::Server;
use crate::script::Script;

/// Both ends, and where they are.
pub(super) struct Ssp<'s> {
    client: Client,
    client_address: SocketAddr,
    server: Server<'s>,
    server_address: SocketAddr,
}

impl<'s> Ssp<'s> {
    pub(super) fn new(
        options: &scenario::Ssp,
        script: &'s Script,
        seed: u64,
        start: Instant,
    ) -> Self {
        let key = Key::from([7; 16]);
        let address = |host, port| match options.family {
            Family::Ipv4 => (IpAddr::from(Ipv4Addr::new(192, 0, 2, host)), port),
            Family::Ipv6 => {
                let host = u16::from(host);
                let ip = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, host);
                (IpAddr::from(ip), port)
            }
        };
        let server_address = address(2, 60001).into();
        let (size, predict) = (script.size, options.predict);
        Ssp {
            client: Client::new(server_address, &key, size, predict, seed, start),
            client_address: address(1, 40000).into(),
            server: Server::new(&key, script, !seed, start),
            server_address,
        }
    }
}

impl Programs for Ssp<'_> {
    fn type_keys(&mut self, keys: &[u8], now: Instant) {
        self.client.type_keys(keys, now);
    }

    fn handle_datagram(&mut self, toward: Toward, arrived: &Arrived, now: Instant) {
        match toward {
            Toward::Server => {
                let arrival = arrival(self.client_address, arrived);
                self.server.handle_datagram(&arrival, now);
            }
            Toward::Client => {
                let arrival = arrival(self.server_address, arrived);
                self.client.handle_datagram(&arrival, now);
            }
        }
    }

    fn draw(&mut self, now: Instant) -> Vec<u8> {
        self.client.paint(now)
    }

    fn poll_transmit(&mut self, toward: Toward, now: Instant) -> Option<Vec<u8>> {
        match toward {
            Toward::Server => self.client.poll_transmit(now),
            Toward::Client => self.server.poll_transmit(now),
        }
    }

    fn next_deadline(&self, now: Instant) -> Option<Instant> {
        let deadlines = [
            self.client.next_deadline(now),
            self.server.next_deadline(now),
        ];
        deadlines.into_iter().flatten().min()
    }
}

fn arrival(source: SocketAddr, arrived: &Arrived) -> Arrival<'_> {
    Arrival {
        source,
        socket: 0,
        congested: arrived.is_congested(),
        payload: &arrived.datagram,
    }
}
