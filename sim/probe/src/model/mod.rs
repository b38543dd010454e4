//! The world `model`: both ends of a session of our SSP in this process, joined by the link model, in virtual time.
//!
//! There is no kernel and no clock, and neither programs nor terminals take time: what is left is the protocol and the
//! path. The script, the schedule, the judge and the path's randomness are those of the other worlds, so that a seed
//! loses the same packets of the same link; and a run follows from its seed alone.

mod client;
mod server;
mod wire;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use link::SpecError;
use scenario::{Family, Host, Implementation, Link, Scenario, Session, Ssp, Workload};
use ssp::crypto::Key;
use ssp::transport::Arrival;

use self::client::Client;
use self::server::Server;
pub use self::wire::{Carried, Traffic};
use self::wire::{Toward, Wire};
use crate::observer::{Observer, ScreenObserver};
use crate::outcome::{Outcome, Said, SessionError};
use crate::schedule::Schedule;
use crate::script::{Script, Step};

/// A scenario that can be run without a kernel.
pub struct Model<'s> {
    scenario: &'s Scenario,
    link: (&'s str, &'s Link),
}

/// Why a scenario cannot be run in the model.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// A session that needs a kernel, or somebody else's program.
    #[error("\"{0}\" is not a session of our SSP at both ends")]
    NotOurs(String),
    /// Not exactly one link.
    #[error("there is more to its network than two hosts and the link between them")]
    Network,
    /// Events.
    #[error("things happen in its timeline")]
    Timeline,
    /// A workload that needs programs which take time.
    #[error("its workload is neither `Typing` nor `Replay`")]
    Workload,
    /// A path that cannot be built.
    #[error(transparent)]
    Path(#[from] SpecError),
}

impl<'s> Model<'s> {
    /// Checks that the model can run all that a scenario says.
    ///
    /// # Errors
    ///
    /// The first thing that it cannot run.
    pub fn new(scenario: &'s Scenario) -> Result<Self, Unfit> {
        let kernel = |host: &Host| host.nat.is_some() || host.firewall.is_some();
        let link = match scenario.links.get_index(0) {
            Some((name, link)) if scenario.links.len() == 1 => (name.as_str(), link),
            _ => return Err(Unfit::Network),
        };
        if scenario.hosts.values().any(kernel) {
            return Err(Unfit::Network);
        }
        if !scenario.timeline.is_empty() {
            return Err(Unfit::Timeline);
        }
        if !matches!(scenario.workload, Workload::Typing(_) | Workload::Replay(_)) {
            return Err(Unfit::Workload);
        }
        let model = Model { scenario, link };
        for name in scenario.sessions.keys() {
            model.session(name)?;
        }
        Ok(model)
    }

    fn session(&self, name: &str) -> Result<&'s Ssp, Unfit> {
        const OURS: Implementation = Implementation::Ours;
        match self.scenario.sessions.get(name) {
            Some(Session::Ssp(ssp)) if [ssp.client, ssp.server] == [OURS; 2] => Ok(ssp),
            _ => Err(Unfit::NotOurs(name.to_owned())),
        }
    }

    /// Types a script into a session, from a seed; also says what the session sent. A session that isn't established
    /// within `patience` is given up.
    ///
    /// # Errors
    ///
    /// When there is no such session, or its path cannot be built.
    pub fn run(
        &self,
        session: &str,
        script: &Script,
        seed: u64,
        patience: Duration,
    ) -> Result<(Outcome, Traffic), Unfit> {
        let ssp = self.session(session)?;
        let start = Instant::now();
        let wire = Wire::new(self.link, &ssp.from, ssp.family, seed, start)?;
        let mut ends = Ends::new(ssp, script, seed, wire, start);
        let outcome = match ends.establish(start + patience) {
            Ok(()) => ends.type_script(script),
            Err(error) => Outcome {
                error: Some(error),
                ..Outcome::default()
            },
        };
        Ok((outcome, ends.wire.traffic()))
    }
}

/// Both ends of a session, and the time that passes for them.
struct Ends<'s> {
    start: Instant,
    now: Instant,
    client: Client,
    client_address: SocketAddr,
    server: Server<'s>,
    server_address: SocketAddr,
    wire: Wire,
    observer: ScreenObserver,
}

impl<'s> Ends<'s> {
    fn new(ssp: &Ssp, script: &'s Script, seed: u64, wire: Wire, start: Instant) -> Self {
        let key = Key::from([7; 16]);
        let address = |host, port| match ssp.family {
            Family::Ipv4 => (IpAddr::from(Ipv4Addr::new(192, 0, 2, host)), port),
            Family::Ipv6 => {
                let host = u16::from(host);
                let ip = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, host);
                (IpAddr::from(ip), port)
            }
        };
        let server_address = address(2, 60001).into();
        Ends {
            start,
            now: start,
            client: Client::new(server_address, &key, script.size, ssp.predict, seed, start),
            client_address: address(1, 40000).into(),
            server: Server::new(&key, script, !seed, start),
            server_address,
            wire,
            observer: ScreenObserver::new(script),
        }
    }

    fn establish(&mut self, give_up: Instant) -> Result<(), SessionError> {
        self.settle();
        while !self.observer.is_ready() {
            if self.now >= give_up {
                return Err(SessionError::NotEstablished {
                    after: self.now - self.start,
                    screen: Said::last(self.observer.lines()),
                    errors: Said::default(),
                });
            }
            self.wait_until(give_up);
            self.settle();
        }
        Ok(())
    }

    fn type_script(&mut self, script: &Script) -> Outcome {
        let established_at = self.now - self.start;
        let mut schedule = Schedule::new(script, self.now);
        while let Some(deadline) = schedule.deadline() {
            self.wait_until(deadline);
            if self.now >= deadline
                && let Some(number) = schedule.next(self.now)
            {
                self.type_step(number, &script.steps[number]);
            }
            for step in self.settle() {
                schedule.answered(step, self.now);
            }
        }
        Outcome {
            keystrokes: schedule.keystrokes(self.start, self.now),
            established_at: Some(established_at),
            ..Outcome::default()
        }
    }

    fn type_step(&mut self, number: usize, step: &Step) {
        let keys = self.observer.keys(number, step);
        self.client.type_keys(&keys, self.now);
    }

    /// Lets time pass until something is to be done, but not beyond `limit`.
    fn wait_until(&mut self, limit: Instant) {
        let events = [
            self.wire.next_arrival(),
            self.client.next_deadline(self.now),
            self.server.next_deadline(self.now),
            Some(limit),
        ];
        let next = events.into_iter().flatten().min();
        self.now = next.map_or(self.now, |next| next.max(self.now));
    }

    /// Does all that is to be done now; the steps that the screen is then the first to answer.
    fn settle(&mut self) -> Vec<usize> {
        let now = self.now;
        while let Some((congested, datagram)) = self.wire.receive(Toward::Server, now) {
            let arrival = arrival(self.client_address, congested, &datagram);
            self.server.handle_datagram(&arrival, now);
        }
        while let Some((congested, datagram)) = self.wire.receive(Toward::Client, now) {
            let arrival = arrival(self.server_address, congested, &datagram);
            self.client.handle_datagram(&arrival, now);
        }
        let drawn = self.client.paint(now);
        while let Some(datagram) = self.client.poll_transmit(now) {
            self.wire.send(Toward::Server, &datagram, now);
        }
        while let Some(datagram) = self.server.poll_transmit(now) {
            self.wire.send(Toward::Client, &datagram, now);
        }
        self.observer.read(&drawn)
    }
}

fn arrival(source: SocketAddr, congested: bool, payload: &[u8]) -> Arrival<'_> {
    Arrival {
        source,
        socket: 0,
        congested,
        payload,
    }
}

#[cfg(test)]
mod tests;
