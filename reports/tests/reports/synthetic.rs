//! Synthetic run folders: latencies drawn from a counter, so that every test sees the same ones for ever.

use std::collections::BTreeMap;
use std::path::Path;

use reports::Analysis;
use reports::results::{
    Check, Datagrams, Event, Guesses, Keystroke, Lateness, Outcome, Results, Run, Scenario,
    Session, SessionRun, TimelineEvent, Traffic, Verdict, Way, Writer,
};

/// How one made-up session answers.
#[derive(Clone)]
pub(crate) struct Behaviour {
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    /// Smallest latency, in milliseconds.
    pub(crate) floor_ms: f64,
    /// Mean of the exponential tail above it, in milliseconds.
    pub(crate) tail_ms: f64,
    /// Share that is never answered.
    pub(crate) unanswered: f64,
    /// How long it is deaf after every event, in milliseconds.
    pub(crate) deaf_ms: f64,
    /// With this error it ends before the first keystroke.
    pub(crate) error: Option<&'static str>,
    /// How its guesses were in each run, if it predicts.
    pub(crate) guesses: Option<Guesses>,
}

pub(crate) const MOSH: Behaviour = Behaviour {
    name: "mosh",
    description: "stock mosh, prediction off",
    floor_ms: 100.0,
    tail_ms: 70.0,
    unanswered: 0.0,
    deaf_ms: 400.0,
    error: None,
    guesses: None,
};

pub(crate) const SSH: Behaviour = Behaviour {
    name: "ssh",
    description: "OpenSSH over kernel TCP (cubic)",
    floor_ms: 100.0,
    tail_ms: 1700.0,
    unanswered: 0.004,
    deaf_ms: 1e6,
    error: None,
    guesses: None,
};

pub(crate) const UDP: Behaviour = Behaviour {
    name: "udp",
    description: "an echo datagram a key: the floor of the path",
    floor_ms: 100.0,
    tail_ms: 0.4,
    unanswered: 0.5,
    deaf_ms: 100.0,
    error: None,
    guesses: None,
};

/// A made-up run.
pub(crate) struct Synthetic {
    pub(crate) sessions: Vec<Behaviour>,
    pub(crate) seeds: Vec<u64>,
    pub(crate) keystrokes: u32,
    pub(crate) events: Vec<(f64, &'static str)>,
    pub(crate) checks: Vec<Check>,
    pub(crate) partial: Option<String>,
}

impl Default for Synthetic {
    fn default() -> Self {
        let (sessions, seeds) = (vec![MOSH, SSH, UDP], vec![1, 2, 3]);
        Self {
            sessions,
            seeds,
            keystrokes: 250,
            events: Vec::new(),
            checks: Vec::new(),
            partial: None,
        }
    }
}

/// Time between two keystrokes, in milliseconds.
const SPACING_MS: f64 = 200.0;

impl Synthetic {
    /// Writes the run folder `dir`.
    pub(crate) fn write(&self, dir: &Path) {
        let mut run = self.run();
        let writer = Writer::create(dir, &run).expect("a new folder in a temporary one");
        for session in self
            .sessions
            .iter()
            .filter(|session| session.error.is_none())
        {
            for seed in &self.seeds {
                self.write_session(&writer, session, *seed);
            }
        }
        run.outcomes = self.outcomes();
        run.checks = self.checks.clone();
        run.partial = self.partial.clone();
        writer.finish(&run).expect("the folder is still there");
    }

    /// Writes a run folder, reads it back and analyses it.
    pub(crate) fn analyse(&self) -> Analysis {
        let dir = tempfile::tempdir().expect("a temporary folder");
        self.write(&dir.path().join("run"));
        Analysis::of(&Results::read(&dir.path().join("run")).expect("what was just written"))
    }

    fn write_session(&self, writer: &Writer, of: &Behaviour, seed: u64) {
        let (session, run) = (of.name.to_owned(), 0);
        let watched_until = f64::from(self.keystrokes) * SPACING_MS + 10_000.0;
        for (at_ms, event) in &self.events {
            let event = Event {
                session: session.clone(),
                seed,
                run,
                at_ms: *at_ms,
                event: (*event).into(),
                datagrams: Some(of.first_after(*at_ms)),
            };
            writer.event(&event).expect("appending to a file");
        }
        for index in 0..self.keystrokes {
            let scheduled_ms = f64::from(index) * SPACING_MS;
            let latency_ms = of.latency_ms(seed, index, self.deaf_for(of, scheduled_ms));
            let answered_ms = latency_ms
                .map(|ms| scheduled_ms + ms)
                .filter(|at| *at <= watched_until);
            let censored_at_ms = answered_ms.is_none().then_some(watched_until);
            let session = session.clone();
            let keystroke = Keystroke {
                session,
                seed,
                run,
                index,
                scheduled_ms,
                answered_ms,
                censored_at_ms,
            };
            writer.keystroke(&keystroke).expect("appending to a file");
        }
    }

    /// How much longer the session is deaf at `now`, in milliseconds.
    fn deaf_for(&self, of: &Behaviour, now: f64) -> f64 {
        let ends = self
            .events
            .iter()
            .filter(|(at, _)| *at <= now)
            .map(|(at, _)| at + of.deaf_ms - now);
        ends.fold(0.0, f64::max)
    }

    fn run(&self) -> Run {
        let text = "Scenario(\n    question: \"…\",\n    links: [(a: \"laptop\", b: \"server\", each_way: [Delay(\"50ms\"), Loss(0.29)])],\n)\n";
        let question = "How long does a keystroke take when 29 % of the packets are lost each way?";
        Run {
            scenario: Scenario::new("lossy-29pct", question, text),
            world: "host".into(),
            shaper: "relay".into(),
            seeds: self.seeds.clone(),
            started_at: "2026-11-21T10:00:00Z".into(),
            partial: None,
            kernel: "Linux 6.12.0".into(),
            versions: [("mosh", "1.4.0"), ("ssh", "OpenSSH_9.2p1")]
                .map(|(k, v)| (k.into(), v.into()))
                .into(),
            sysctls: [("net.ipv4.tcp_congestion_control".into(), "cubic".into())].into(),
            relay_lateness_ms: Some(Lateness {
                p50: 0.034,
                p99: 0.114,
                max: 3.9,
            }),
            sessions: self.sessions.iter().map(Behaviour::session).collect(),
            timeline: self
                .events
                .iter()
                .map(|(at_ms, event)| timeline_event(*at_ms, event))
                .collect(),
            outcomes: Vec::new(),
            checks: Vec::new(),
        }
    }

    fn outcomes(&self) -> Vec<SessionRun> {
        let each = self
            .sessions
            .iter()
            .flat_map(|of| self.seeds.iter().map(move |seed| (of, *seed)));
        each.map(|(of, seed)| SessionRun {
            session: of.name.into(),
            seed,
            run: 0,
            outcome: match of.error {
                None => Outcome::Finished,
                Some(error) => Outcome::Failed {
                    error: error.into(),
                },
            },
            traffic: of.error.is_none().then_some(Traffic {
                up: Way {
                    packets: 1000,
                    bytes: 90_000,
                    dropped: 288,
                },
                down: Way {
                    packets: 1100,
                    bytes: 120_000,
                    dropped: 321,
                },
            }),
            guesses: of.guesses,
            goodput: BTreeMap::new(),
        })
        .collect()
    }
}

impl Behaviour {
    fn session(&self) -> Session {
        Session {
            name: self.name.into(),
            description: self.description.into(),
        }
    }

    /// Datagrams arrive once it is not deaf any more, if it ever is.
    fn first_after(&self, event_ms: f64) -> Datagrams {
        let hears = self.deaf_ms < 1e5;
        let arrives = |share| hears.then_some(event_ms + self.deaf_ms + share * self.floor_ms);
        Datagrams {
            to_server_ms: arrives(0.5),
            to_client_ms: arrives(1.0),
        }
    }

    fn latency_ms(&self, seed: u64, index: u32, deaf_ms: f64) -> Option<f64> {
        let draw = |stream: u64| uniform(seed << 40 | stream << 36 | u64::from(index));
        let answered = draw(0) >= self.unanswered;
        let latency = deaf_ms + self.floor_ms - self.tail_ms * (1.0 - draw(1)).ln();
        answered.then(|| (latency * 1000.0).round() / 1000.0)
    }
}

fn timeline_event(at_ms: f64, event: &str) -> TimelineEvent {
    TimelineEvent {
        when: format!("at {} s", at_ms / 1000.0),
        event: event.into(),
        description: "The laptop gets another address.".into(),
    }
}

/// A check as calibration leaves it.
pub(crate) fn check(name: &str, asked: &str, measured: &str, verdict: Verdict) -> Check {
    let interval = Some("Wilson 99 %: 27.9 % to 29.6 %".to_owned());
    Check {
        name: name.into(),
        asked: asked.into(),
        measured: measured.into(),
        interval,
        verdict,
    }
}

/// The finaliser of SplitMix64 (Steele, Lea & Flood, 2014), as a number in [0, 1).
fn uniform(counter: u64) -> f64 {
    let mut z = counter.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z ^ (z >> 31)) as f64 / 18_446_744_073_709_551_616.0
}
