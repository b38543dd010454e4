//! One repetition: a copy of the network for every session, all of them at once, from one seed.

use std::{
    cell::RefCell,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use indexmap::IndexMap;
use lab::{
    Network,
    network::Purpose,
    relay::Relay,
    timeline::{self, Happened, Progress as Reached},
    world::RUN,
};
use link::Seed;
use probe::{
    Outcome, Place, Progress, SessionError,
    script::Script,
    session::{self, Setting},
};
use reports::results::Writer;
use scenario::Session;
use tokio::sync::{Mutex, mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::{Experiment, Gathered, Stop, played::Played, progress::Display};

/// How long a session may take to come up. At 29 % loss each way, ssh's key exchange alone can take half of it.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// One repetition of an experiment.
pub(super) struct Repetition<'e> {
    pub(super) experiment: &'e Experiment,
    pub(super) seed: u64,
    pub(super) run: u32,
    /// Whether it is the one whose network is kept.
    pub(super) last: bool,
}

/// One session with its copy of the network.
struct Copy<'c> {
    name: &'c str,
    session: &'c Session,
    network: Mutex<Network<'c>>,
    script: Script,
    /// Told how far the session is.
    reached: watch::Sender<Reached>,
}

impl Repetition<'_> {
    /// Builds the networks, plays everything through them, and adds what came out to `gathered`.
    pub(super) async fn play(
        &self,
        display: &Display,
        writer: &Writer,
        gathered: &mut Gathered,
        cancel: &CancellationToken,
    ) -> Result<(), Stop> {
        let relay = Relay::start()
            .map_err(|error| Stop::machine(format!("cannot start the relay: {error}")))?;
        let copies = self.copies(&relay).await?;
        let reached: IndexMap<String, watch::Receiver<Reached>> = copies
            .iter()
            .map(|copy| (copy.name.to_owned(), copy.reached.subscribe()))
            .collect();
        let zero = Instant::now();
        let playing = copies
            .iter()
            .map(|copy| self.play_in(copy, &reached, zero, display, cancel));
        let results = join_all(playing).await;
        for (copy, (outcome, happened)) in copies.iter().zip(results) {
            let played = Played {
                session: copy.name,
                seed: self.seed,
                run: self.run,
                outcome,
                happened,
                traffic: None,
            };
            played.add_to(gathered, self.experiment, writer)?;
        }
        if self.experiment.keep && self.last && !cancel.is_cancelled() {
            display.kept(&self.experiment.name, copies.iter().map(|copy| copy.name));
            cancel.cancelled().await;
        }
        drop(copies);
        let report = relay
            .stop()
            .map_err(|error| Stop::failed(format!("the relay: {error}")))?;
        gathered.add_relay(&report, self.experiment.lateness_budget);
        Ok(())
    }

    /// Runs the session of a copy with the timeline beside it.
    async fn play_in(
        &self,
        copy: &Copy<'_>,
        reached: &IndexMap<String, watch::Receiver<Reached>>,
        zero: Instant,
        display: &Display,
        cancel: &CancellationToken,
    ) -> (Outcome, Vec<Happened>) {
        let happened = RefCell::new(Vec::new());
        let outcome = tokio::select! {
            outcome = self.session(copy, zero, display, cancel) => outcome,
            failed = self.timeline(copy, reached, zero, &happened) => failed,
        };
        (outcome, happened.into_inner())
    }

    async fn copies<'c>(&'c self, relay: &'c Relay) -> Result<Vec<Copy<'c>>, Stop> {
        let scenario = &self.experiment.scenario;
        let captures = self
            .experiment
            .out
            .join(format!("pcap/seed-{}-run-{}", self.seed, self.run));
        if self.experiment.captures {
            std::fs::create_dir_all(&captures).map_err(Stop::failed)?;
        }
        let mut copies = Vec::with_capacity(scenario.sessions.len());
        for (name, session) in &scenario.sessions {
            let purpose = Purpose {
                name,
                seed: Seed(self.seed),
                congestion_control: session.congestion_control(),
                captures: self.experiment.captures.then_some(captures.as_path()),
            };
            copies.push(Copy {
                name,
                session,
                network: Mutex::new(Network::build(scenario, relay, purpose).await?),
                script: self.script()?,
                reached: watch::Sender::new(Reached::default()),
            });
        }
        Ok(copies)
    }

    fn script(&self) -> Result<Script, Stop> {
        let scenario = &self.experiment.scenario;
        let script = Script::new(&scenario.workload, self.seed).map_err(Stop::failed)?;
        script.ok_or_else(|| Stop::failed("this workload has no sessions"))
    }

    /// Runs the session of a copy and passes on what it tells.
    async fn session(
        &self,
        copy: &Copy<'_>,
        zero: Instant,
        display: &Display,
        cancel: &CancellationToken,
    ) -> Outcome {
        let Some(setting) = self.setting(copy, zero).await else {
            return failed(SessionError::Io {
                doing: format!(
                    "{} has no {} address",
                    copy.session.server(),
                    copy.session.family()
                ),
                error: std::io::ErrorKind::AddrNotAvailable.into(),
            });
        };
        let (progress, mut told) = mpsc::unbounded_channel();
        let bar = display.session(
            copy.name,
            copy.script
                .steps
                .iter()
                .filter(|step| step.measured)
                .count(),
        );
        let listening = async {
            while let Some(progress) = told.recv().await {
                copy.reached.send_modify(|reached| match progress {
                    Progress::Established(_) => reached.established = true,
                    Progress::Typed(keys) => reached.typed = keys,
                    Progress::Answered(..) => {}
                });
                bar.tell(&progress);
            }
        };
        let running = async {
            let outcome = session::run(copy.session, &setting, &progress, cancel).await;
            drop(progress);
            outcome
        };
        let (outcome, ()) = tokio::join!(running, listening);
        bar.end(outcome.error.as_ref());
        outcome
    }

    async fn setting(&self, copy: &Copy<'_>, zero: Instant) -> Option<Setting> {
        let network = copy.network.lock().await;
        let host = |name: &str| Arc::clone(network.host(name)) as Arc<dyn Place>;
        let (client, server) = (copy.session.client(), copy.session.server());
        Some(Setting {
            client: host(client),
            server: host(server),
            address: network.reachable_address(client, server, copy.session.family())?,
            program: self.experiment.program.clone(),
            folder: Path::new(RUN).to_owned(),
            script: copy.script.clone(),
            patience: PATIENCE,
            zero,
        })
    }

    /// Plays the timeline in a copy. Comes back only when an event could not be brought about.
    async fn timeline(
        &self,
        copy: &Copy<'_>,
        reached: &IndexMap<String, watch::Receiver<Reached>>,
        zero: Instant,
        happened: &RefCell<Vec<Happened>>,
    ) -> Outcome {
        let events = &self.experiment.scenario.timeline;
        let tell = |event| happened.borrow_mut().push(event);
        match timeline::play(events, &copy.network, copy.name, reached, zero.into(), tell).await {
            Ok(()) => std::future::pending().await,
            Err(error) => failed(SessionError::Io {
                doing: format!("the timeline: {error}"),
                error: std::io::ErrorKind::Other.into(),
            }),
        }
    }
}

fn failed(error: SessionError) -> Outcome {
    Outcome {
        error: Some(error),
        ..Outcome::default()
    }
}
