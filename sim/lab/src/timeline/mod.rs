//! What happens on the way: waits for each event's trigger, does it, and undoes what was to last only a while.

mod describe;
mod traffic;

use std::time::Duration;

use futures_util::{StreamExt, stream::FuturesUnordered};
use indexmap::IndexMap;
use link::Direction;
use scenario::{Action, Event, SessionState, Trigger};
use tokio::{
    sync::{Mutex, watch},
    time::{Instant, sleep, sleep_until},
};

pub use self::describe::start as describe;
use self::traffic::Flow;
use crate::{Network, Result, arrivals::AfterEvent};

/// How far a session is, as events wait for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Whether it is up and ready for its first key.
    pub established: bool,
    /// How many keys have been typed.
    pub typed: u32,
}

impl Progress {
    fn reached(self, state: SessionState) -> bool {
        match state {
            SessionState::Established => self.established,
            SessionState::AfterKeystrokes(count) => self.typed >= count,
        }
    }
}

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Happened {
    /// When, counted from the run's zero.
    pub at: Duration,
    /// What, for a person: "wan is cut for 10 s".
    pub what: String,
    /// What a bulk transfer carried that has ended with this.
    pub carried: Option<Carried>,
    /// What has arrived after it, where the network [watches](Network::watch) for it.
    pub after: Option<AfterEvent>,
}

/// What a bulk transfer carried.
#[derive(Clone, Debug, PartialEq)]
pub struct Carried {
    /// The transfer's name.
    pub traffic: String,
    /// What its receiver read, on average since the transfer began.
    pub bits_per_second: f64,
}

/// Plays the timeline in one copy of the network until everything in it has happened.
///
/// `own` names the session of this copy, `progress` tells how far each session of the scenario is, `zero` is the
/// run's start. `told` hears of everything that happens, when it has happened.
///
/// # Errors
///
/// When an event could not be brought about; the rest of the timeline is then not played.
pub async fn play(
    events: &[Event],
    network: &Mutex<Network<'_>>,
    own: &str,
    progress: &IndexMap<String, watch::Receiver<Progress>>,
    zero: Instant,
    told: impl Fn(Happened),
) -> Result<()> {
    let flows = Mutex::new(IndexMap::new());
    let stage = Stage {
        network,
        flows: &flows,
        zero,
        told: &told,
    };
    let mut playing: FuturesUnordered<_> = events
        .iter()
        .map(|event| async {
            if come(&event.trigger, own, progress, zero).await {
                stage.perform(&event.action).await?;
            }
            Ok(())
        })
        .collect();
    while let Some(played) = playing.next().await {
        played?;
    }
    // Traffic that nobody stops goes on as long as the session does.
    if !flows.lock().await.is_empty() {
        std::future::pending::<()>().await;
    }
    Ok(())
}

/// Waits for a trigger; false when its session ended without ever coming to the state.
async fn come(
    trigger: &Trigger,
    own: &str,
    progress: &IndexMap<String, watch::Receiver<Progress>>,
    zero: Instant,
) -> bool {
    match trigger {
        Trigger::At(time) => {
            sleep_until(zero + time.duration()).await;
            true
        }
        Trigger::When { state, of, after } => {
            let session = of.as_deref().unwrap_or(own);
            let mut watched = progress[session].clone();
            if watched.wait_for(|now| now.reached(*state)).await.is_err() {
                return false;
            }
            sleep(after.duration()).await;
            true
        }
    }
}

/// Where actions are performed.
struct Stage<'s, 'n, T> {
    network: &'s Mutex<Network<'n>>,
    flows: &'s Mutex<IndexMap<String, Flow>>,
    zero: Instant,
    told: &'s T,
}

impl<T: Fn(Happened)> Stage<'_, '_, T> {
    async fn perform(&self, action: &Action) -> Result<()> {
        let carried = self.carried(action).await;
        let after = self.after().await;
        self.start(action).await?;
        self.tell(describe::start(action), carried, after);
        if let Some(lasting) = lasting(action) {
            sleep(lasting).await;
            let after = self.after().await;
            self.undo(action).await?;
            self.tell(describe::undo(action), None, after);
        }
        Ok(())
    }

    /// What arrives of that which is sent from now on. Taken before an event: the answer of a session that notices it at
    /// once is not to be missed.
    async fn after(&self) -> Option<AfterEvent> {
        self.network.lock().await.after_event(self.zero.into_std())
    }

    fn tell(&self, what: String, carried: Option<Carried>, after: Option<AfterEvent>) {
        let at = self.zero.elapsed();
        (self.told)(Happened {
            at,
            what,
            carried,
            after,
        });
    }

    /// What the transfer has carried that an action is about to stop.
    async fn carried(&self, action: &Action) -> Option<Carried> {
        let Action::StopTraffic { name } = action else {
            return None;
        };
        let bits_per_second = self.flows.lock().await.get(name)?.bits_per_second()?;
        Some(Carried {
            traffic: name.clone(),
            bits_per_second,
        })
    }

    async fn start(&self, action: &Action) -> Result<()> {
        let mut network = self.network.lock().await;
        match action {
            Action::ChangePath(change) => {
                let directions = [
                    (Direction::Up, change.up()),
                    (Direction::Down, change.down()),
                ];
                directions
                    .into_iter()
                    .filter_map(|(direction, path)| Some((direction, path?)))
                    .try_for_each(|(direction, path)| {
                        network.change_path(&change.link, direction, path)
                    })
            }
            Action::Cut {
                link, direction, ..
            } => network.cut(link, direction.map(of_link)),
            Action::Heal { link } => network.heal(link, None),
            Action::Renumber { host, link, to } => {
                let to = to.as_ref().map(|addresses| addresses.0.as_slice());
                network.renumber(host, link, to).await
            }
            Action::Move { host, from, to } => network.move_host(host, from, to).await,
            Action::RebindNat { host, new } => network.rebind_nat(host, *new).await,
            Action::SwitchToIpv6 { host } => network.switch_to_ipv6(host).await,
            Action::Sleep { host, .. } => network.sleep(host),
            Action::StartTraffic { name, from, to, of } => {
                let flow = Flow::start(&network, from, to, of)?;
                self.flows.lock().await.insert(name.clone(), flow);
                Ok(())
            }
            Action::StopTraffic { name } => {
                self.flows.lock().await.shift_remove(name);
                Ok(())
            }
        }
    }

    async fn undo(&self, action: &Action) -> Result<()> {
        let network = self.network.lock().await;
        match action {
            Action::Cut {
                link, direction, ..
            } => network.heal(link, direction.map(of_link)),
            Action::Sleep { host, .. } => network.wake(host),
            _ => Ok(()),
        }
    }
}

/// How long an action lasts that undoes itself.
fn lasting(action: &Action) -> Option<Duration> {
    match action {
        Action::Cut { lasting, .. } => lasting.map(|span| span.duration()),
        Action::Sleep { lasting, .. } => Some(lasting.duration()),
        _ => None,
    }
}

fn of_link(direction: scenario::Direction) -> Direction {
    match direction {
        scenario::Direction::Up => Direction::Up,
        scenario::Direction::Down => Direction::Down,
    }
}
