//! What the result files say about each session.

use std::collections::BTreeMap;

use crate::results::{
    Check, Event, Guesses, Keystroke, Outcome, Results, Run, Session, Verdict, Way,
};
use crate::statistics::{
    self, Distribution, Heard, Interval, Latency, Resampling, mean_interval, mean_ratio,
};

/// A session with more than this share of unanswered keystrokes is not compared by its mean, which is of the
/// answered ones only and would flatter it.
const MOST_UNANSWERED: f64 = 0.05;

/// One run of a scenario, analysed: what every table, figure and page is made from.
#[derive(Clone, Debug)]
pub struct Analysis {
    /// What was asked, on what it ran, how it ended.
    pub run: Run,
    /// Every session of the run, in its order, also those that measured nothing.
    pub sessions: Vec<SessionAnalysis>,
}

/// What was measured of one session, over all seeds and repetitions.
#[derive(Clone, Debug)]
pub struct SessionAnalysis {
    /// Name and description.
    pub session: Session,
    /// Latencies of all keystrokes.
    pub latencies: Distribution,
    /// 95 % interval of the mean in milliseconds, and what was resampled for it.
    pub mean_interval: Option<(Interval, Resampling)>,
    /// Mean of this session over that of the best one, paired by seed.
    pub ratio: Option<Ratio>,
    /// Every event of the timeline, in order of time.
    pub recoveries: Vec<EventRecovery>,
    /// Every run that did not get to its end.
    pub failures: Vec<Failure>,
    /// What its networks carried in all runs together, up and down, where the shaper counted it.
    pub traffic: Option<[Way; 2]>,
    /// How its guesses were in all runs together, where its client predicts.
    pub guesses: Option<Guesses>,
    /// Every keystroke as its scheduled time in milliseconds and its latency, in order of time within a run.
    pub over_time: Vec<(f64, Latency)>,
}

/// The mean of a session over that of the best session of the run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ratio {
    /// The ratio: 2 means that this session's mean is twice the best one's.
    pub value: f64,
    /// Its 95 % interval.
    pub interval: Option<Interval>,
}

/// Recovery from one event of the timeline, over all runs.
#[derive(Clone, Debug, PartialEq)]
pub struct EventRecovery {
    /// Label of the event.
    pub event: String,
    /// When it fired: median over the runs, in milliseconds.
    pub at_ms: f64,
    /// From the event to when the first recovering keystroke was scheduled: median over the runs, in milliseconds.
    pub typed_after_ms: Option<f64>,
    /// From the event to its answer: median over the runs. `None` if nothing was typed after the event.
    pub answered_after: Option<Latency>,
    /// From the event until its ends had heard of each other. `None` where that was not seen.
    pub heard: Option<Heard>,
}

/// A run of a session that did not get to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Root seed of the run.
    pub seed: u64,
    /// Which of the repetitions with this seed, from 0.
    pub run: u32,
    /// What went wrong.
    pub error: String,
}

impl Analysis {
    /// Analyses what was read from a run folder.
    pub fn of(results: &Results) -> Self {
        let run = results.run.clone();
        let runs: Vec<Runs> = run
            .sessions
            .iter()
            .map(|session| Runs::of(session, results))
            .collect();
        let sessions = run.sessions.iter().zip(&runs);
        let mut sessions: Vec<_> = sessions
            .map(|(session, runs)| SessionAnalysis::of(session, runs, &run))
            .collect();
        let comparable = sessions
            .iter()
            .filter(|session| session.is_comparable())
            .count();
        if let Some(best) = best_by_mean(&sessions).filter(|_| comparable > 1) {
            for (session, own) in sessions.iter_mut().zip(&runs) {
                session.ratio = own.ratio_to(&runs[best]);
            }
        }
        Self { run, sessions }
    }

    /// Whether any session failed or any check did not hold.
    pub fn failed(&self) -> bool {
        let session_failed = |of: &SessionAnalysis| !of.failures.is_empty();
        let check_failed = |check: &Check| check.verdict == Verdict::Failed;
        self.sessions.iter().any(session_failed) || self.run.checks.iter().any(check_failed)
    }

    /// Sessions that may be compared by their mean, best first.
    pub fn ranked_by_mean(&self) -> Vec<&SessionAnalysis> {
        let mut ranked: Vec<_> = self
            .sessions
            .iter()
            .filter(|session| session.is_comparable())
            .collect();
        ranked.sort_by(|a, b| {
            a.latencies
                .mean()
                .unwrap_or(f64::MAX)
                .total_cmp(&b.latencies.mean().unwrap_or(f64::MAX))
        });
        ranked
    }
}

impl SessionAnalysis {
    fn of(session: &Session, runs: &Runs, run: &Run) -> Self {
        let own = || {
            run.outcomes
                .iter()
                .filter(|outcome| outcome.session == session.name)
        };
        let failures = own().filter_map(|of| match &of.outcome {
            Outcome::Finished => None,
            Outcome::Failed { error } => Some(Failure {
                seed: of.seed,
                run: of.run,
                error: error.clone(),
            }),
        });
        let keystrokes = || runs.0.values().flat_map(|run| &run.keystrokes);
        Self {
            session: session.clone(),
            latencies: keystrokes().map(|keystroke| latency(keystroke)).collect(),
            mean_interval: mean_interval(&runs.latencies()),
            ratio: None,
            recoveries: runs.recoveries(),
            failures: failures.collect(),
            traffic: own()
                .filter_map(|of| of.traffic)
                .map(|of| [of.up, of.down])
                .reduce(add),
            guesses: own().filter_map(|of| of.guesses).reduce(|a, b| Guesses {
                typed: a.typed.saturating_add(b.typed),
                wrong: a.wrong.saturating_add(b.wrong),
            }),
            over_time: keystrokes()
                .map(|of| (of.scheduled_ms, latency(of)))
                .collect(),
        }
    }

    /// The share of keys at which the client showed what was wrong; `None` if it doesn't predict.
    pub fn guessed_wrongly(&self) -> Option<f64> {
        let guesses = self.guesses.filter(|guesses| guesses.typed > 0)?;
        Some(f64::from(guesses.wrong) / f64::from(guesses.typed))
    }

    /// Whether its mean may be compared: enough of its keystrokes were answered.
    pub fn is_comparable(&self) -> bool {
        let unanswered = self.latencies.censored() as f64;
        self.latencies.answered() > 0 && unanswered <= MOST_UNANSWERED * self.latencies.len() as f64
    }
}

/// An event in one run, and how the session recovered.
type Fired<'a> = (&'a Event, Option<statistics::Recovery>);

/// One session's runs, by seed and repetition.
struct Runs<'a>(BTreeMap<(u64, u32), OneRun<'a>>);

#[derive(Default)]
struct OneRun<'a> {
    /// In the order in which they were typed.
    keystrokes: Vec<&'a Keystroke>,
    /// In order of time.
    events: Vec<&'a Event>,
}

impl<'a> Runs<'a> {
    fn of(session: &Session, results: &'a Results) -> Self {
        let mut runs: BTreeMap<_, OneRun> = BTreeMap::new();
        for keystroke in results
            .keystrokes
            .iter()
            .filter(|of| of.session == session.name)
        {
            runs.entry((keystroke.seed, keystroke.run))
                .or_default()
                .keystrokes
                .push(keystroke);
        }
        for event in results
            .events
            .iter()
            .filter(|of| of.session == session.name)
        {
            runs.entry((event.seed, event.run))
                .or_default()
                .events
                .push(event);
        }
        for run in runs.values_mut() {
            run.keystrokes.sort_by_key(|keystroke| keystroke.index);
            run.events.sort_by(|a, b| a.at_ms.total_cmp(&b.at_ms));
        }
        Self(runs)
    }

    /// Latencies run by run, in milliseconds; `None` is a keystroke without an answer.
    fn latencies(&self) -> Vec<Vec<Option<f64>>> {
        self.0.values().map(OneRun::latencies).collect()
    }

    fn ratio_to(&self, best: &Self) -> Option<Ratio> {
        let both = || {
            self.0
                .iter()
                .filter_map(|(key, run)| Some((run, best.0.get(key)?)))
        };
        let own: Vec<_> = both().map(|(own, _)| own.latencies()).collect();
        let best: Vec<_> = both().map(|(_, best)| best.latencies()).collect();
        let (value, interval) = mean_ratio(&own, &best)?;
        Some(Ratio {
            value,
            interval: interval.map(|(interval, _)| interval),
        })
    }

    /// Matches the n-th event of a label in one run with the n-th in the others.
    fn recoveries(&self) -> Vec<EventRecovery> {
        let mut fired: BTreeMap<(&str, usize), Vec<Fired<'_>>> = BTreeMap::new();
        for run in self.0.values() {
            let mut occurrences: BTreeMap<&str, usize> = BTreeMap::new();
            for event in &run.events {
                let occurrence = occurrences.entry(&event.event).or_default();
                let recovery = statistics::recovery(run.keystrokes.iter().copied(), event.at_ms);
                fired
                    .entry((&event.event, *occurrence))
                    .or_default()
                    .push((event, recovery));
                *occurrence += 1;
            }
        }
        let mut recoveries: Vec<_> = fired
            .iter()
            .filter_map(|((event, _), runs)| EventRecovery::over(event, runs))
            .collect();
        recoveries.sort_by(|a, b| a.at_ms.total_cmp(&b.at_ms));
        recoveries
    }
}

impl OneRun<'_> {
    fn latencies(&self) -> Vec<Option<f64>> {
        let latency = |of: &&Keystroke| of.answered_ms.map(|answered| answered - of.scheduled_ms);
        self.keystrokes.iter().map(latency).collect()
    }
}

impl EventRecovery {
    fn over(event: &str, runs: &[Fired<'_>]) -> Option<Self> {
        let recovered = || runs.iter().filter_map(|(_, recovery)| *recovery);
        let answered: Distribution = recovered()
            .map(|recovery| recovery.answered_after_ms)
            .collect();
        Some(Self {
            event: event.to_owned(),
            at_ms: statistics::median(runs.iter().map(|(event, _)| event.at_ms))?,
            typed_after_ms: statistics::median(
                recovered().filter_map(|recovery| recovery.typed_after_ms),
            ),
            answered_after: answered.quantile(0.5),
            heard: Heard::over(
                runs.iter()
                    .filter_map(|(event, _)| Some((event.at_ms, event.datagrams?))),
            ),
        })
    }
}

/// A keystroke's latency; the reader has made sure that one of its two times is there.
fn latency(keystroke: &Keystroke) -> Latency {
    match (keystroke.answered_ms, keystroke.censored_at_ms) {
        (Some(answered), _) => Latency::Answered(answered - keystroke.scheduled_ms),
        (None, until) => {
            Latency::Censored(until.unwrap_or(keystroke.scheduled_ms) - keystroke.scheduled_ms)
        }
    }
}

fn best_by_mean(sessions: &[SessionAnalysis]) -> Option<usize> {
    let comparable = sessions
        .iter()
        .enumerate()
        .filter(|(_, session)| session.is_comparable());
    let means = comparable.filter_map(|(index, session)| Some((index, session.latencies.mean()?)));
    means
        .min_by(|(_, a), (_, b)| a.total_cmp(b))
        .map(|(index, _)| index)
}

fn add(a: [Way; 2], b: [Way; 2]) -> [Way; 2] {
    std::array::from_fn(|way| Way {
        packets: a[way].packets.saturating_add(b[way].packets),
        bytes: a[way].bytes.saturating_add(b[way].bytes),
        dropped: a[way].dropped.saturating_add(b[way].dropped),
    })
}
