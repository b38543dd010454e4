//! The relay: a shaper in user space. It works on every kernel and without privileges.
//!
//! Every end of a link is a TUN device in a host's namespace. One thread reads what the hosts send,
//! passes it through the link model, and writes it to the other host when the model says so; it serves
//! all links of a run, so that a run takes one core at most. The thread allocates nothing once it has
//! seen its busiest moment, and records how late it was with every packet that it had to delay.

mod buffer;
mod clock;
mod event_loop;
mod flow;
mod lateness;
mod realtime;
mod relayed_link;
mod report;

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::mpsc::{self, Sender};
use std::thread::{self, JoinHandle};
use std::time::SystemTime;

use link::{Direction, Path, PathSpec};
use rustix::event::{EventfdFlags, eventfd};

use self::clock::Clock;
use self::event_loop::{EventLoop, Job};
pub use self::lateness::Lateness;
use self::relayed_link::{LinkEnd, RelayedLink};
pub use self::report::{BudgetExceeded, Missed, RelayReport};
use crate::arrivals::Witness;
use crate::capture::Capture;
use crate::namespace;
use crate::shaper::{Counters, EndPlan, LinkId, LinkPlan, Shaper, ShaperError};
use crate::tun::Tun;

/// A running relay. Its links vanish when it is dropped.
pub struct Relay {
    jobs: Sender<Job>,
    /// Dropped after `jobs`, so that the thread notices that there will be none any more.
    bell: Bell,
    thread: JoinHandle<io::Result<RelayReport>>,
    capture: Capture,
}

impl Relay {
    /// Starts a relay that has no links yet. The time of its paths is zero now.
    ///
    /// # Errors
    ///
    /// The system refuses another thread or file descriptor.
    pub fn start() -> io::Result<Relay> {
        let capture = Capture::start(SystemTime::now())?;
        let bell = Arc::new(eventfd(0, EventfdFlags::CLOEXEC)?);
        let (jobs, inbox) = mpsc::channel();
        let mut event_loop = EventLoop::new(Arc::clone(&bell), inbox, Clock::start())?;
        let bell = Bell(bell);
        let thread = thread::Builder::new()
            .name("relay".into())
            .spawn(move || event_loop.run())?;
        Ok(Relay {
            jobs,
            bell,
            thread,
            capture,
        })
    }

    /// What the relay has measured of itself until now.
    ///
    /// # Errors
    ///
    /// The relay has failed.
    pub fn report(&self) -> Result<RelayReport, ShaperError> {
        self.ask(|relay| Ok(relay.report()))
    }

    /// Removes all links, completes the captures, and says what the relay measured of itself.
    ///
    /// # Errors
    ///
    /// The relay failed before, or a capture file could not be written to its end.
    pub fn stop(self) -> io::Result<RelayReport> {
        drop(self.jobs);
        drop(self.bell);
        let report = self
            .thread
            .join()
            .unwrap_or_else(|_| Err(io::Error::other("the relay's thread panicked")))?;
        self.capture.finish()?;
        Ok(report)
    }

    /// Has the relay's thread do something, and waits for what it says to it.
    fn ask<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut EventLoop) -> Result<T, ShaperError> + Send + 'static,
    ) -> Result<T, ShaperError> {
        let (reply, answer) = mpsc::sync_channel(1);
        let job: Job = Box::new(move |relay| {
            // Whoever asked waits for the answer.
            let _ = reply.send(job(relay));
        });
        let gone = || ShaperError::Io(io::Error::other("the relay's thread has ended"));
        self.jobs.send(job).map_err(|_| gone())?;
        self.bell.ring();
        answer.recv().map_err(|_| gone())?
    }

    fn end(&self, plan: &EndPlan<'_>, mtu: u16) -> Result<LinkEnd, ShaperError> {
        let tun = namespace::inside(plan.namespace, || Tun::create(plan.interface, mtu));
        let tun = tun.map_err(|source| ShaperError::Interface {
            interface: plan.interface.to_owned(),
            source,
        })?;
        let open = |path| {
            let tap = self.capture.open(path, plan.interface);
            tap.map_err(|source| ShaperError::Capture {
                path: path.to_owned(),
                source,
            })
        };
        let tap = plan.capture.map(open).transpose()?;
        Ok(LinkEnd::new(tun, mtu, tap))
    }
}

impl Shaper for Relay {
    fn connect(&self, plan: &LinkPlan<'_>) -> Result<LinkId, ShaperError> {
        let path = |spec, direction| Path::new(spec, plan.seed.path(plan.name, direction));
        let paths = [
            path(plan.up, Direction::Up)?,
            path(plan.down, Direction::Down)?,
        ];
        let [first, second] = &plan.ends;
        let ends = [self.end(first, plan.mtu)?, self.end(second, plan.mtu)?];
        self.ask(|relay| Ok(relay.add(RelayedLink::new(ends, paths))?))
    }

    fn change(
        &self,
        link: LinkId,
        direction: Direction,
        path: &PathSpec,
    ) -> Result<(), ShaperError> {
        let spec = path.clone();
        self.ask(move |relay| {
            let now = relay.now();
            Ok(relay.link(link)?.path(direction).change(&spec, now)?)
        })
    }

    fn cut(&self, link: LinkId, direction: Direction) -> Result<(), ShaperError> {
        self.ask(move |relay| {
            let now = relay.now();
            relay.link(link)?.path(direction).cut(now);
            Ok(())
        })
    }

    fn heal(&self, link: LinkId, direction: Direction) -> Result<(), ShaperError> {
        self.ask(move |relay| {
            let now = relay.now();
            relay.link(link)?.path(direction).heal(now);
            Ok(())
        })
    }

    fn watch(&self, link: LinkId, end: usize, witness: Witness) -> Result<(), ShaperError> {
        self.ask(move |relay| {
            relay.link(link)?.watch(end, witness);
            Ok(())
        })
    }

    fn counters(&self, link: LinkId) -> Result<[Counters; 2], ShaperError> {
        self.ask(move |relay| Ok(relay.link(link)?.counters()))
    }

    fn remove(&self, link: LinkId) -> Result<(), ShaperError> {
        self.ask(move |relay| relay.remove(link))
    }
}

/// What the relay's thread waits on beside packets and deadlines. Rings when it is dropped, too.
struct Bell(Arc<OwnedFd>);

impl Bell {
    fn ring(&self) {
        // Only a count of 2^64 rings could make it fail, and then the thread is awake anyway.
        let _ = rustix::io::write(&*self.0, &1u64.to_ne_bytes());
    }
}

impl Drop for Bell {
    fn drop(&mut self) {
        self.ring();
    }
}
