//! netem: a shaper in the kernel, on a router in the middle of each link.
//!
//! It costs less than the relay and is limited to what the kernel has words for; anything else is refused. Its losses
//! and delays have the distributions of the link model, but are not the model's packet by packet: the kernel draws its
//! own numbers, from a seed since Linux 6.6. What the kernel counts as a packet, here is one: offloads are off. A bit
//! that `corrupt` flips may be one of the Ethernet header, which loses the packet.

mod attributes;
mod offloads;
mod qdisc;
mod redirect;
mod router;
mod stages;
mod statistics;
mod table;

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use link::{Direction, PathSeed, PathSpec};

use self::qdisc::Qdisc;
use self::router::Router;
pub use self::stages::Unsupported;
use self::statistics::Received;
use crate::arrivals::Witness;
use crate::shaper::{Counters, LinkId, LinkPlan, Shaper, ShaperError};

/// The links that the kernel shapes. They vanish when it is dropped.
pub struct Netem {
    links: Mutex<Vec<Option<Link>>>,
}

struct Link {
    router: Router,
    lanes: [Lane; 2],
}

/// One direction of a link.
struct Lane {
    seed: PathSeed,
    /// What the kernel was last told.
    disciplines: [Option<Qdisc>; 5],
    /// While it is cut: how many packets had come in before.
    cut_after: Option<u64>,
    /// Packets that came while it was cut, earlier.
    lost_to_cuts: u64,
}

impl Netem {
    /// A shaper without links.
    ///
    /// # Errors
    ///
    /// When this kernel has no netem, or makes no network namespaces.
    pub fn start() -> io::Result<Netem> {
        router::probe().map_err(|error| match error.kind() {
            // What the kernel says to a kind of discipline that it does not know.
            io::ErrorKind::NotFound => io::Error::new(
                io::ErrorKind::Unsupported,
                "this kernel has no netem (modprobe sch_netem)",
            ),
            _ => error,
        })?;
        Ok(Netem {
            links: Mutex::new(Vec::new()),
        })
    }

    /// Whether netem can do what a path is to do, its files loaded.
    ///
    /// # Errors
    ///
    /// The first stage that it cannot do.
    pub fn check(path: &PathSpec) -> Result<(), Unsupported> {
        let any = link::Seed(0).path("", Direction::Up);
        stages::disciplines(path, any).map(drop)
    }

    fn links(&self) -> MutexGuard<'_, Vec<Option<Link>>> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(
        &self,
        link: LinkId,
        act: impl FnOnce(&mut Link) -> Result<T, ShaperError>,
    ) -> Result<T, ShaperError> {
        let mut links = self.links();
        let link = links.get_mut(link.0).and_then(Option::as_mut);
        act(link.ok_or(ShaperError::Removed)?)
    }
}

impl Link {
    fn set(&mut self, direction: Direction, path: &PathSpec) -> Result<(), ShaperError> {
        path.check()?;
        let lane = &mut self.lanes[direction as usize];
        let wanted = stages::disciplines(path, lane.seed)
            .and_then(|wanted| lane.can_go_on_as(&wanted).map(|()| wanted))
            .map_err(|cause| ShaperError::Unsupported { direction, cause })?;
        for (stage, wanted) in wanted.into_iter().enumerate() {
            // One that stays the same goes on as it was, with its random numbers.
            if lane.disciplines[stage].as_ref() != Some(&wanted) {
                self.router.set(direction, stage, &wanted)?;
                lane.disciplines[stage] = Some(wanted);
            }
        }
        Ok(())
    }

    fn set_cut(&mut self, direction: Direction, cut: bool) -> Result<(), ShaperError> {
        let lane = &mut self.lanes[direction as usize];
        match lane.cut_after {
            None if cut => {
                self.router.cut(direction)?;
                lane.cut_after = Some(self.router.received(direction)?.packets);
            }
            Some(before) if !cut => {
                lane.lost_to_cuts += self.router.received(direction)?.packets - before;
                self.router.heal(direction)?;
                lane.cut_after = None;
            }
            _ => {}
        }
        Ok(())
    }

    fn counters(&self, direction: Direction) -> io::Result<Counters> {
        let Lane {
            cut_after,
            lost_to_cuts,
            ..
        } = self.lanes[direction as usize];
        let Received { packets, bytes } = self.router.received(direction)?;
        let to_this_cut = cut_after.map_or(0, |before| packets - before);
        Ok(Counters {
            packets,
            bytes,
            dropped: self.router.dropped(direction)? + lost_to_cuts + to_this_cut,
        })
    }
}

impl Lane {
    /// Whether every discipline can become the wanted one with what it holds.
    fn can_go_on_as(&self, wanted: &[Qdisc; 5]) -> Result<(), Unsupported> {
        let mut stages = self.disciplines.iter().flatten().zip(wanted);
        if stages.all(|(before, wanted)| before.is_of_the_kind_of(wanted)) {
            return Ok(());
        }
        Err(Unsupported {
            stage: "rate",
            problem: "the kernel would drop what waits when the kind of rate or queue changes"
                .to_owned(),
        })
    }
}

impl Shaper for Netem {
    fn connect(&self, plan: &LinkPlan<'_>) -> Result<LinkId, ShaperError> {
        if plan.ends.iter().any(|end| end.capture.is_some()) {
            return Err(ShaperError::NoCaptures);
        }
        let lane = |direction| Lane {
            seed: plan.seed.path(plan.name, direction),
            disciplines: Default::default(),
            cut_after: None,
            lost_to_cuts: 0,
        };
        let mut link = Link {
            router: Router::between(&plan.ends, plan.mtu)?,
            lanes: [Direction::Up, Direction::Down].map(lane),
        };
        link.set(Direction::Up, plan.up)?;
        link.set(Direction::Down, plan.down)?;
        let mut links = self.links();
        links.push(Some(link));
        Ok(LinkId(links.len() - 1))
    }

    fn change(
        &self,
        link: LinkId,
        direction: Direction,
        path: &PathSpec,
    ) -> Result<(), ShaperError> {
        self.with(link, |link| link.set(direction, path))
    }

    fn cut(&self, link: LinkId, direction: Direction) -> Result<(), ShaperError> {
        self.with(link, |link| link.set_cut(direction, true))
    }

    fn heal(&self, link: LinkId, direction: Direction) -> Result<(), ShaperError> {
        self.with(link, |link| link.set_cut(direction, false))
    }

    fn watch(&self, _: LinkId, _: usize, _: Witness) -> Result<(), ShaperError> {
        Err(ShaperError::SeesNothing)
    }

    fn counters(&self, link: LinkId) -> Result<[Counters; 2], ShaperError> {
        self.with(link, |link| {
            let [up, down] = [Direction::Up, Direction::Down].map(|way| link.counters(way));
            Ok([up?, down?])
        })
    }

    fn remove(&self, link: LinkId) -> Result<(), ShaperError> {
        let removed = self.links().get_mut(link.0).and_then(Option::take);
        removed.ok_or(ShaperError::Removed)?.router.remove()?;
        Ok(())
    }
}
