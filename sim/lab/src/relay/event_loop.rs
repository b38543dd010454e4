//! The relay's thread: wait for a packet, a deadline or a job, and see to it.

use std::io;
use std::ops::{Add, ControlFlow};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::Duration;

use link::{Direction, Time};
use rustix::event::{Timespec, epoll};

use super::clock::Clock;
use super::lateness::LatenessRecorder;
use super::realtime;
use super::relayed_link::RelayedLink;
use super::report::{Missed, RelayReport};
use crate::shaper::{LinkId, ShaperError};

/// Something that another thread wants done here.
pub(super) type Job = Box<dyn FnOnce(&mut EventLoop) + Send>;

/// What the epoll says when there are jobs. No source of packets has this number.
const JOBS: u64 = u64::MAX;

/// Directions that are received from before deadlines are looked at again. The kernel passes over the
/// ready ones in turn, so that none is forgotten.
const EVENTS: usize = 4;

const DIRECTIONS: [Direction; 2] = [Direction::Up, Direction::Down];

/// Everything that the thread works on.
pub(super) struct EventLoop {
    epoll: OwnedFd,
    /// Readable when there are jobs.
    bell: Arc<OwnedFd>,
    jobs: Receiver<Job>,
    clock: Clock,
    lateness: LatenessRecorder,
    /// By their number. A number is not used again.
    links: Vec<Option<RelayedLink>>,
    /// What was missed on links that have been removed.
    missed: Missed,
}

impl EventLoop {
    pub(super) fn new(
        bell: Arc<OwnedFd>,
        jobs: Receiver<Job>,
        clock: Clock,
    ) -> io::Result<EventLoop> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let data = epoll::EventData::new_u64(JOBS);
        epoll::add(&epoll, &*bell, data, epoll::EventFlags::IN)?;
        Ok(EventLoop {
            epoll,
            bell,
            jobs,
            clock,
            lateness: LatenessRecorder::new(),
            links: Vec::new(),
            missed: Missed::default(),
        })
    }

    /// Relays packets until nobody is left to give it jobs.
    pub(super) fn run(&mut self) -> io::Result<RelayReport> {
        realtime::wake_on_time();
        let mut events = Vec::with_capacity(EVENTS);
        loop {
            let timeout = self.release_due();
            events.clear();
            let spare = rustix::buffer::spare_capacity(&mut events);
            match epoll::wait(&self.epoll, spare, timeout.as_ref()) {
                Err(rustix::io::Errno::INTR) => continue,
                result => result?,
            };
            for event in &events {
                match event.data.u64() {
                    JOBS if self.do_jobs()?.is_break() => return Ok(self.report()),
                    JOBS => {}
                    source => self.receive_from(source),
                }
            }
        }
    }

    /// Releases what is due, a batch of every direction, and says how long there is nothing more to do.
    fn release_due(&mut self) -> Option<Timespec> {
        let mut next: Option<Time> = None;
        let mut now = self.clock.now();
        for link in self.links.iter_mut().flatten() {
            for direction in DIRECTIONS {
                if link.due(direction).is_some_and(|due| due <= now) {
                    let mut crossing = link.crossing(direction);
                    now = crossing.release(now, &self.clock, &mut self.lateness);
                }
                next = earlier(next, link.due(direction));
            }
        }
        next.map(|next| timespec(next - now))
    }

    fn receive_from(&mut self, source: u64) {
        let (number, direction) = (source as usize / 2, DIRECTIONS[source as usize % 2]);
        // A job of the same wake-up may have removed the link.
        let Some(Some(link)) = self.links.get_mut(number) else {
            return;
        };
        let received = link
            .crossing(direction)
            .receive(&self.clock, &mut self.lateness);
        if received.is_err() {
            // The interface is gone, with its namespace: there is nothing to wait for any more.
            let _ = epoll::delete(&self.epoll, link.source(direction).tun());
        }
    }

    fn do_jobs(&mut self) -> io::Result<ControlFlow<()>> {
        rustix::io::read(&*self.bell, &mut [0; 8])?;
        loop {
            match self.jobs.try_recv() {
                Ok(job) => job(self),
                Err(TryRecvError::Empty) => return Ok(ControlFlow::Continue(())),
                Err(TryRecvError::Disconnected) => return Ok(ControlFlow::Break(())),
            }
        }
    }

    /// What time it is for the paths.
    pub(super) fn now(&self) -> Time {
        self.clock.now()
    }

    /// Relays for one link more.
    pub(super) fn add(&mut self, link: RelayedLink) -> io::Result<LinkId> {
        let number = self.links.len();
        for direction in DIRECTIONS {
            let data = epoll::EventData::new_u64((number * 2 + direction as usize) as u64);
            let tun = link.source(direction).tun();
            epoll::add(&self.epoll, tun.as_fd(), data, epoll::EventFlags::IN)?;
        }
        self.links.push(Some(link));
        Ok(LinkId(number))
    }

    /// The link of this number.
    pub(super) fn link(&mut self, id: LinkId) -> Result<&mut RelayedLink, ShaperError> {
        self.links
            .get_mut(id.0)
            .and_then(Option::as_mut)
            .ok_or(ShaperError::Removed)
    }

    /// Drops a link, and whatever is under way on it.
    pub(super) fn remove(&mut self, id: LinkId) -> Result<(), ShaperError> {
        let missed = self.link(id)?.missed();
        self.missed = self.missed + missed;
        self.links[id.0] = None;
        Ok(())
    }

    /// What has been measured until now.
    pub(super) fn report(&self) -> RelayReport {
        let links = self.links.iter().flatten();
        RelayReport {
            lateness: self.lateness.summary(),
            missed: links
                .map(RelayedLink::missed)
                .fold(self.missed, Missed::add),
        }
    }
}

fn earlier(one: Option<Time>, other: Option<Time>) -> Option<Time> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

fn timespec(duration: Duration) -> Timespec {
    // Half a thousand years, which is as far as `Time` reaches, fit.
    Timespec {
        tv_sec: duration.as_secs() as i64,
        tv_nsec: i64::from(duration.subsec_nanos()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use link::{Path, PathSpec, Seed};
    use rustix::event::{EventfdFlags, eventfd};
    use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};

    use super::*;
    use crate::relay::relayed_link::LinkEnd;
    use crate::tun::Tun;

    /// An event loop that has one link, and what the hosts hold in place of interfaces.
    fn with_link(spec: &PathSpec) -> (EventLoop, [OwnedFd; 2]) {
        let bell = Arc::new(eventfd(0, EventfdFlags::empty()).unwrap());
        let mut relay = EventLoop::new(bell, mpsc::channel().1, Clock::start()).unwrap();
        let pairs = [(); 2].map(|()| {
            let flags = SocketFlags::NONBLOCK;
            socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None).unwrap()
        });
        let [(first, client), (second, server)] = pairs;
        let ends = [first, second].map(|end| LinkEnd::new(Tun::from(end), 1500, None));
        let path = |direction| Path::new(spec, Seed(1).path("wan", direction)).unwrap();
        let link = RelayedLink::new(ends, DIRECTIONS.map(path));
        assert_eq!(relay.add(link).unwrap(), LinkId(0));
        (relay, [client, server])
    }

    fn send(host: &OwnedFd, packets: usize) {
        for _ in 0..packets {
            rustix::io::write(host, &[0; 40]).unwrap();
        }
    }

    fn received(host: &OwnedFd) -> usize {
        let read = || rustix::io::read(host, &mut [0; 100]);
        std::iter::from_fn(|| read().ok()).count()
    }

    const UP: u64 = Direction::Up as u64;

    #[test]
    fn a_flood_has_its_turn_for_sixteen_packets_at_a_time() {
        let (mut relay, [client, server]) = with_link(&PathSpec::default());
        send(&client, 40);
        let turns = [(); 4].map(|()| {
            relay.receive_from(UP);
            received(&server)
        });
        assert_eq!(turns, [16, 16, 8, 0]);
    }

    #[test]
    fn a_backlog_is_released_sixteen_packets_at_a_time_without_waiting_between() {
        let (mut relay, [client, server]) = with_link(&PathSpec::default());
        // A path that was idle has nothing to wait for.
        assert_eq!(relay.release_due(), None);
        let duplicating = PathSpec {
            duplicate: Some(ron::from_str("1.0").unwrap()),
            ..PathSpec::default()
        };
        let now = relay.now();
        let path = relay.link(LinkId(0)).unwrap().path(Direction::Up);
        path.change(&duplicating, now).unwrap();
        send(&client, 32);
        relay.receive_from(UP);
        relay.receive_from(UP);
        // As many as came in went out; their copies are the backlog.
        assert_eq!(received(&server), 32);
        let now = Some(timespec(Duration::ZERO));
        assert_eq!((relay.release_due(), received(&server)), (now, 16));
        assert_eq!((relay.release_due(), received(&server)), (None, 16));
    }

    #[test]
    fn packets_of_a_link_that_has_just_been_removed_are_ignored() {
        let (mut relay, [client, _server]) = with_link(&PathSpec::default());
        send(&client, 1);
        relay.remove(LinkId(0)).unwrap();
        relay.receive_from(UP);
        assert!(matches!(relay.link(LinkId(0)), Err(ShaperError::Removed)));
    }

    #[test]
    fn a_relay_ends_when_nobody_can_give_it_jobs_any_more() {
        let (mut relay, _hosts) = with_link(&PathSpec::default());
        rustix::io::write(&*relay.bell, &1u64.to_ne_bytes()).unwrap();
        assert_eq!(relay.run().unwrap(), RelayReport::default());
    }
}
