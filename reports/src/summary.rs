//! `summary.json`: the figures of a run for programs, and for the gate.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::analysis::{Analysis, EventRecovery, SessionAnalysis};
use crate::results::Lateness;
use crate::statistics::{Heard, Latency};

/// The figures of one run. Its keys are a promise to other programs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Name of the scenario.
    pub scenario: String,
    /// `host`, `guest` or `model`.
    pub world: String,
    /// `relay`, `netem` or `link`.
    pub shaper: String,
    /// Root seeds of the run.
    pub seeds: Vec<u64>,
    /// Figures by session, in the order of the run.
    pub sessions: IndexMap<String, SessionSummary>,
    /// The shaper's own error, in milliseconds; `null` where time is virtual.
    pub relay_lateness_ms: Option<Lateness>,
}

/// The figures of one session. What could not be measured is `null`.
///
/// Quantiles, the maximum and the share under 5 ms count a keystroke without an answer as having taken as long as its
/// session was watched: with `censored` above zero they are bounds. Mean and σ are of the answered keystrokes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SessionSummary {
    /// Keystrokes typed.
    pub keystrokes: usize,
    /// Keystrokes whose effect the screen showed.
    pub answered: usize,
    /// Keystrokes whose effect it had not shown when the session was watched no longer.
    pub censored: usize,
    /// Median latency.
    pub median_ms: Option<f64>,
    /// Mean latency.
    pub mean_ms: Option<f64>,
    /// Standard deviation, with n − 1.
    pub sd_ms: Option<f64>,
    /// 90th percentile.
    pub p90_ms: Option<f64>,
    /// 95th percentile.
    pub p95_ms: Option<f64>,
    /// 99th percentile.
    pub p99_ms: Option<f64>,
    /// Largest latency.
    pub max_ms: Option<f64>,
    /// Share of keystrokes answered in less than 5 ms, 0 to 1.
    pub under_5ms: Option<f64>,
    /// Share of keys at which the screen showed text that no answer put there, 0 to 1; `null` if the client doesn't
    /// predict.
    #[serde(default)]
    pub guessed_wrongly: Option<f64>,
    /// 95 % confidence interval of the mean, lower and upper end.
    pub mean_ci95_ms: Option<[f64; 2]>,
    /// How the session came back after each event of the timeline.
    pub recovery: Vec<RecoverySummary>,
}

/// Recovery from one event; medians where there were several runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecoverySummary {
    /// Label of the event.
    pub event: String,
    /// When it fired, on the clock of the keystrokes.
    pub at_ms: f64,
    /// From the event to the first answer of a keystroke typed after it; `null` if there was none.
    pub recovered_after_ms: Option<f64>,
    /// From the event until both ends had received an authenticated datagram that was sent after it; `null` if they never
    /// had, or it was not seen.
    #[serde(default)]
    pub both_ways_after_ms: Option<f64>,
}

impl Summary {
    /// Summarises an analysed run.
    pub fn of(analysis: &Analysis) -> Self {
        let run = &analysis.run;
        let sessions = analysis.sessions.iter();
        Self {
            scenario: run.scenario.name.clone(),
            world: run.world.clone(),
            shaper: run.shaper.clone(),
            seeds: run.seeds.clone(),
            sessions: sessions
                .map(|of| (of.session.name.clone(), SessionSummary::of(of)))
                .collect(),
            relay_lateness_ms: run.relay_lateness_ms,
        }
    }

    /// Reads the text of a `summary.json`.
    ///
    /// # Errors
    /// When it is no summary: with line, column and what is wrong there.
    pub fn from_json(text: &str) -> serde_json::Result<Self> {
        serde_json::from_str(text)
    }

    /// The text of `summary.json`.
    ///
    /// # Errors
    /// Never for a summary that [`of`](Self::of) made; what serde_json says otherwise.
    pub fn to_json(&self) -> serde_json::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }
}

impl SessionSummary {
    fn of(session: &SessionAnalysis) -> Self {
        let latencies = &session.latencies;
        let quantile = |p| latencies.quantile(p).map(Latency::at_least).map(round);
        Self {
            keystrokes: latencies.len(),
            answered: latencies.answered(),
            censored: latencies.censored(),
            median_ms: quantile(0.5),
            mean_ms: latencies.mean().map(round),
            sd_ms: latencies.standard_deviation().map(round),
            p90_ms: quantile(0.90),
            p95_ms: quantile(0.95),
            p99_ms: quantile(0.99),
            max_ms: quantile(1.0),
            under_5ms: latencies.share_under(5.0).map(round_share),
            guessed_wrongly: session.guessed_wrongly().map(round_share),
            mean_ci95_ms: session
                .mean_interval
                .map(|(of, _)| [round(of.lo), round(of.hi)]),
            recovery: session.recoveries.iter().map(RecoverySummary::of).collect(),
        }
    }
}

impl RecoverySummary {
    fn of(recovery: &EventRecovery) -> Self {
        let recovered = recovery.answered_after.filter(|after| !after.is_censored());
        Self {
            event: recovery.event.clone(),
            at_ms: round(recovery.at_ms),
            recovered_after_ms: recovered.map(|after| round(after.at_least())),
            both_ways_after_ms: match recovery.heard {
                Some(Heard::BothWays(ms)) => Some(round(ms)),
                _ => None,
            },
        }
    }
}

fn round_share(share: f64) -> f64 {
    (share * 1e6).round() / 1e6
}

/// To a microsecond: what lies below is noise.
fn round(ms: f64) -> f64 {
    (ms * 1000.0).round() / 1000.0
}
