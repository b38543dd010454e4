//! The two hosts of a session whose arrivals are noted.

use std::time::Instant;

use link::Direction;

use super::{Network, path_error};
use crate::{
    Result,
    arrivals::{AfterEvent, Arrivals},
};

/// A session whose arrivals are noted.
pub(super) struct Watched {
    arrivals: Arrivals,
    /// Its client and its server.
    hosts: [String; 2],
}

impl Network<'_> {
    /// From now on it is noted when datagrams between two hosts arrive, on whichever of their links.
    ///
    /// # Errors
    ///
    /// When the shaper does not see packets.
    pub fn watch(&mut self, client: &str, server: &str) -> Result<()> {
        let arrivals = Arrivals::default();
        for (host, away) in [(client, Direction::Up), (server, Direction::Down)] {
            for link in self.links_of(host) {
                let (number, side) = self.end(host, link);
                self.shaper
                    .watch(self.links[number], side, arrivals.witness(away))
                    .map_err(|cause| path_error(link, &cause))?;
            }
        }
        self.watched = Some(Watched {
            arrivals,
            hosts: [client, server].map(str::to_owned),
        });
        self.readdress_watched();
        Ok(())
    }

    /// An event begins now: what arrives after it, if that is noted. `zero` is the run's start.
    pub(crate) fn after_event(&self, zero: Instant) -> Option<AfterEvent> {
        let watched = self.watched.as_ref()?;
        Some(watched.arrivals.event(Instant::now(), zero))
    }

    /// What comes from this port or goes to it is not the session's.
    pub(crate) fn set_aside(&self, port: u16) {
        if let Some(watched) = &self.watched {
            watched.arrivals.set_aside(port);
        }
    }

    /// Tells where the hosts are now.
    pub(super) fn readdress_watched(&self) {
        if let Some(Watched { arrivals, hosts }) = &self.watched {
            for (host, way) in hosts.iter().zip([Direction::Down, Direction::Up]) {
                arrivals.readdress(way, self.addresses(host));
            }
        }
    }
}
