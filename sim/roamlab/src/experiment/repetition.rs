//! One repetition: a copy of the network for every session, all of them at once, from one seed.

use std::{
    cell::RefCell,
    net::IpAddr,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use indexmap::IndexMap;
use lab::{
    Host, Network,
    network::Purpose,
    shaper::Shaper,
    timeline::{self, Happened, Progress as Reached},
    tunnel,
    world::{PROGRAMS, RUN},
};
use link::Seed;
use probe::{
    Outcome, Place, Progress, SessionError,
    script::Script,
    session::{self, Setting},
};
use reports::results::Writer;
use scenario::{Family, LossRecovery, Session, Tunnel};
use tokio::sync::{Mutex, mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::{
    Experiment, Gathered, Stop,
    played::{Played, carried},
    progress::Display,
    shaping::Shaping,
};
use crate::options::ShaperKind;

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
        let shaping = Shaping::start(self.experiment.shaper)?;
        let copies = self.copies(shaping.shaper()).await?;
        let reached: IndexMap<String, watch::Receiver<Reached>> = copies
            .iter()
            .map(|copy| (copy.name.to_owned(), copy.reached.subscribe()))
            .collect();
        let zero = Instant::now();
        let playing = copies
            .iter()
            .map(|copy| self.play_in(copy, &reached, zero, display, cancel));
        for played in join_all(playing).await {
            played?.add_to(gathered, self.experiment, writer)?;
        }
        if self.experiment.keep && self.last && !cancel.is_cancelled() {
            display.kept(&self.experiment.name, copies.iter().map(|copy| copy.name));
            cancel.cancelled().await;
        }
        drop(copies);
        if let Some(report) = shaping.stop()? {
            gathered.add_relay(&report, self.experiment.lateness_budget);
        }
        Ok(())
    }

    /// Runs the session of a copy with the timeline beside it.
    async fn play_in<'c>(
        &self,
        copy: &Copy<'c>,
        reached: &IndexMap<String, watch::Receiver<Reached>>,
        zero: Instant,
        display: &Display,
        cancel: &CancellationToken,
    ) -> Result<Played<'c>, Stop> {
        let happened = RefCell::new(Vec::new());
        let outcome = tokio::select! {
            outcome = self.session(copy, zero, display, cancel) => outcome,
            failed = self.timeline(copy, reached, zero, &happened) => failed,
        };
        let network = copy.network.lock().await;
        let traffic = network.counters(copy.session.client(), copy.session.server())?;
        Ok(Played {
            session: copy.name,
            seed: self.seed,
            run: self.run,
            outcome,
            happened: happened.into_inner(),
            traffic: Some(carried(traffic)),
        })
    }

    async fn copies<'c>(&'c self, shaper: &'c dyn Shaper) -> Result<Vec<Copy<'c>>, Stop> {
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
            let mut network = Network::build(scenario, shaper, purpose).await?;
            if self.experiment.shaper == ShaperKind::Relay && !scenario.timeline.is_empty() {
                network.watch(session.client(), session.server())?;
            }
            if session.loss_recovery() == LossRecovery::Of2012 {
                network.recover_as_in_2012()?;
            }
            copies.push(Copy {
                name,
                session,
                network: Mutex::new(network),
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
        let (setting, versions) = match self.setting(copy, zero).await {
            Ok(setting) => setting,
            Err(error) => return failed(error),
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
            let mut outcome = session::run(copy.session, &setting, &progress, cancel).await;
            outcome.versions.extend(versions);
            drop(progress);
            outcome
        };
        let (outcome, ()) = tokio::join!(running, listening);
        bar.end(outcome.error.as_ref());
        outcome
    }

    /// What the session of a copy is started with, its tunnel opened; and the versions of what that took.
    async fn setting(
        &self,
        copy: &Copy<'_>,
        zero: Instant,
    ) -> Result<(Setting, Vec<tunnel::Version>), SessionError> {
        let network = copy.network.lock().await;
        let (client, server) = (copy.session.client(), copy.session.server());
        let family = copy.session.outer_family();
        let outside = network
            .reachable_address(client, server, family)
            .ok_or_else(|| SessionError::Io {
                doing: format!("{server} has no {family} address"),
                error: std::io::ErrorKind::AddrNotAvailable.into(),
            })?;
        let others = Family::ALL
            .into_iter()
            .filter(|&other| other != family)
            .filter_map(|other| network.reachable_address(client, server, other))
            .collect();
        let hosts = [client, server].map(|name| Arc::clone(network.host(name)));
        drop(network);
        let (address, others, versions) = match copy.session.over() {
            None => (outside, others, Vec::new()),
            Some(Tunnel::WireGuard(wireguard)) => {
                let site = self.site(copy, &hosts, outside);
                let versions = tunnel::open(wireguard, &site).await?;
                copy.network.lock().await.join_by_tunnel(client, server);
                (Tunnel::server(copy.session.family()), Vec::new(), versions)
            }
        };
        let [client, server] = hosts.map(|host| host as Arc<dyn Place>);
        let setting = Setting {
            client,
            server,
            address,
            others,
            program: Path::new(PROGRAMS)
                .join(self.experiment.program.file_name().unwrap_or_default()),
            folder: Path::new(RUN).to_owned(),
            script: copy.script.clone(),
            patience: PATIENCE,
            zero,
        };
        Ok((setting, versions))
    }

    /// Where the tunnel of a copy goes.
    fn site<'s>(
        &'s self,
        copy: &Copy<'_>,
        [client, server]: &'s [Arc<Host>; 2],
        endpoint: IpAddr,
    ) -> tunnel::Site<'s> {
        let sessions = &self.experiment.scenario.sessions;
        tunnel::Site {
            client,
            server,
            endpoint,
            seed: Seed(self.seed),
            number: sessions.get_index_of(copy.name).unwrap_or_default(),
            congestion_control: copy.session.congestion_control(),
            programs: Path::new(PROGRAMS),
        }
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
