//! The world `model`: both ends of a session in this process, joined by the link model, in virtual time. The sessions
//! are those of our SSP and datagrams that are echoed, as they are or inside our WireGuard.
//!
//! There is no kernel and no clock, and neither programs nor terminals take time: what is left is the protocol and the
//! path. The script, the schedule, the judge and the path's randomness are those of the other worlds, so that a seed
//! loses the same packets of the same link; and a run follows from its seed alone.

mod carrier;
mod client;
mod echo;
mod programs;
mod run;
mod server;
mod ssp;
mod tunnel;
mod wire;

use std::time::{Duration, Instant};

use link::SpecError;
use scenario::{
    Host, Implementation, Link, Scenario, Session, Tunnel, WireGuardImplementation, Workload,
};

use self::carrier::Carrier;
use self::echo::Echo;
use self::programs::Programs;
use self::run::Run;
use self::ssp::Ssp;
use self::tunnel::Tunnelled;
pub use self::wire::Traffic;
use self::wire::Wire;
use crate::observer::{EchoObserver, Observer, ScreenObserver};
use crate::outcome::Outcome;
use crate::script::Script;

/// A scenario that can be run without a kernel.
pub struct Model<'s> {
    scenario: &'s Scenario,
    link: (&'s str, &'s Link),
}

/// Why a scenario cannot be run in the model.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// A session that needs a kernel, or somebody else's program.
    #[error("\"{0}\" is neither our SSP at both ends nor `Udp`")]
    NotOurs(String),
    /// A tunnel of somebody else's: the kernel's, or one that reads the machine's clock.
    #[error("\"{0}\" is inside a WireGuard that is not ours; no other can be given the time")]
    Tunnel(String),
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

    fn session(&self, name: &str) -> Result<&'s Session, Unfit> {
        const OURS: Implementation = Implementation::Ours;
        let session = match self.scenario.sessions.get(name) {
            Some(session @ Session::Ssp(ssp)) if [ssp.client, ssp.server] == [OURS; 2] => session,
            Some(session @ Session::Udp(_)) => session,
            _ => return Err(Unfit::NotOurs(name.to_owned())),
        };
        match session.over() {
            Some(Tunnel::WireGuard(options))
                if options.ends() != [WireGuardImplementation::Ours; 2] =>
            {
                Err(Unfit::Tunnel(name.to_owned()))
            }
            _ => Ok(session),
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
        let session = self.session(session)?;
        let start = Instant::now();
        let family = session.outer_family();
        let wire = Wire::new(self.link, session.client(), family, seed, start)?;
        let carrier: Box<dyn Carrier> = match session.over() {
            None => Box::new(wire),
            Some(Tunnel::WireGuard(options)) => {
                Box::new(Tunnelled::new(options, session.family(), wire, seed, start))
            }
        };
        let (programs, observer): (Box<dyn Programs>, Box<dyn Observer>) = match session {
            Session::Ssp(ssp) => (
                Box::new(Ssp::new(ssp, script, seed, start)),
                Box::new(ScreenObserver::new(script)),
            ),
            _ => (Box::new(Echo::default()), Box::new(EchoObserver::default())),
        };
        let mut run = Run::new(programs, carrier, observer, start);
        let outcome = match run.establish(start + patience) {
            Ok(()) => run.type_script(script),
            Err(error) => Outcome {
                error: Some(error),
                ..Outcome::default()
            },
        };
        Ok((outcome, run.traffic()))
    }
}

#[cfg(test)]
mod tests;
