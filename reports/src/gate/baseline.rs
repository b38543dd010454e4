//! Committed baselines: which metrics are held, at which value, and how far they may move.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Compared, Unit};
use crate::summary::{SessionSummary, Summary};

/// A baseline as it is committed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// Name of the scenario.
    pub scenario: String,
    /// World that it was recorded in.
    pub world: String,
    /// Seeds that it was recorded with.
    pub seeds: Vec<u64>,
    /// Why it was last recorded.
    pub reason: String,
    /// What is held.
    pub metrics: Vec<Metric>,
}

/// One metric of one session, or of one session over another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// Name of the session.
    pub session: String,
    /// If set, the metric is divided by the same metric of this session in the same run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over: Option<String>,
    /// A key of [`SessionSummary`]: `median_ms`, `under_5ms`, `answered`; or `recovery[N]` for the N-th event, from 0.
    pub metric: String,
    /// What it was.
    pub value: f64,
    /// How far it may move.
    #[serde(flatten)]
    pub tolerance: Tolerance,
}

/// How far a metric may move, either way: the larger of the two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tolerance {
    /// As a fraction of the baseline's value.
    #[serde(default)]
    pub relative: f64,
    /// In the metric's own unit.
    #[serde(default)]
    pub absolute: f64,
}

/// Why a baseline cannot be used.
#[derive(Debug, Error)]
pub enum BaselineError {
    /// It is no JSON, or lacks a field, or has one too many.
    #[error("the baseline cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    /// It holds a metric that no summary has.
    #[error("unknown metric {0:?}; there are {known} and recovery[N]", known = METRICS.join(", "))]
    UnknownMetric(String),
    /// A tolerance below zero would fail every run.
    #[error("the tolerance of {0} is negative")]
    NegativeTolerance(String),
}

const METRICS: [&str; 11] = [
    "keystrokes",
    "answered",
    "censored",
    "median_ms",
    "mean_ms",
    "sd_ms",
    "p90_ms",
    "p95_ms",
    "p99_ms",
    "max_ms",
    "under_5ms",
];

/// What is held of a session in virtual time.
const RECORDED: [&str; 6] = [
    "answered",
    "median_ms",
    "mean_ms",
    "p95_ms",
    "p99_ms",
    "under_5ms",
];

/// What is held of a session's ratio to another: what a few outliers don't move.
const RATIOS: [&str; 2] = ["median_ms", "mean_ms"];

/// What a baseline is to hold.
#[derive(Clone, Copy, Debug)]
pub struct Held<'a> {
    /// Names of the sessions.
    pub sessions: &'a [String],
    /// If set, ratios to this session instead of the figures themselves.
    pub over: Option<&'a str>,
    /// How far a figure may move, as a fraction of it.
    pub relative: f64,
    /// How far a time may move, in milliseconds, if that is more.
    pub absolute_ms: f64,
}

impl Baseline {
    /// The baseline of a run: the main figures and every recovery of the sessions that are held. What the run did not
    /// measure is left out.
    pub fn record(summary: &Summary, held: Held<'_>, reason: &str) -> Self {
        let sessions = held.sessions.iter();
        let metrics = sessions.flat_map(|session| held.metrics(session, summary));
        Self {
            scenario: summary.scenario.clone(),
            world: summary.world.clone(),
            seeds: summary.seeds.clone(),
            reason: reason.into(),
            metrics: metrics.collect(),
        }
    }

    /// Reads and checks the text of a committed baseline.
    ///
    /// # Errors
    /// When it is malformed, or holds a metric or a tolerance that cannot be.
    pub fn from_json(text: &str) -> Result<Self, BaselineError> {
        let baseline: Self = serde_json::from_str(text)?;
        for metric in &baseline.metrics {
            let known = METRICS.contains(&metric.metric.as_str());
            if !known && recovery_index(&metric.metric).is_none() {
                return Err(BaselineError::UnknownMetric(metric.metric.clone()));
            }
            if metric.tolerance.relative < 0.0 || metric.tolerance.absolute < 0.0 {
                return Err(BaselineError::NegativeTolerance(metric.name()));
            }
        }
        Ok(baseline)
    }

    /// The text to commit.
    ///
    /// # Errors
    /// Never for a baseline that was read or recorded; what serde_json says otherwise.
    pub fn to_json(&self) -> serde_json::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    pub(super) fn mismatches(&self, summary: &Summary) -> Vec<String> {
        let seeds = |seeds: &[u64]| {
            seeds
                .iter()
                .map(u64::to_string)
                .collect::<Vec<_>>()
                .join(", ")
        };
        let pairs = [
            ("scenario", self.scenario.clone(), summary.scenario.clone()),
            ("world", self.world.clone(), summary.world.clone()),
            ("seeds", seeds(&self.seeds), seeds(&summary.seeds)),
        ];
        let differ = pairs
            .into_iter()
            .filter(|(_, baseline, run)| baseline != run);
        differ
            .map(|(what, baseline, run)| {
                format!("{what}: the baseline has {baseline}, the run {run}")
            })
            .collect()
    }
}

impl Held<'_> {
    fn metrics(self, session: &str, summary: &Summary) -> Vec<Metric> {
        let events = summary
            .sessions
            .get(session)
            .map_or(0, |of| of.recovery.len());
        let recoveries = (0..events).map(|index| format!("recovery[{index}]"));
        let names: Vec<String> = match self.over {
            Some(_) => RATIOS.map(String::from).into(),
            None => RECORDED
                .map(String::from)
                .into_iter()
                .chain(recoveries)
                .collect(),
        };
        let metric = |name: String| {
            let mut metric = Metric {
                session: session.into(),
                over: self.over.map(String::from),
                tolerance: self.tolerance(&name),
                metric: name,
                value: 0.0,
            };
            metric.value = metric.of(summary)?;
            Some(metric)
        };
        names.into_iter().filter_map(metric).collect()
    }

    fn tolerance(self, metric: &str) -> Tolerance {
        let time = self.over.is_none() && is_time(metric);
        Tolerance {
            relative: self.relative,
            absolute: if time { self.absolute_ms } else { 0.0 },
        }
    }
}

impl Metric {
    /// Its value in a summary, `None` if that does not have it.
    pub fn of(&self, summary: &Summary) -> Option<f64> {
        let value = figure(summary.sessions.get(&self.session)?, &self.metric)?;
        let Some(over) = &self.over else {
            return Some(value);
        };
        let divisor = figure(summary.sessions.get(over)?, &self.metric)?;
        (divisor != 0.0).then(|| value / divisor)
    }

    /// Name for tables and other programs: `mosh median_ms`, `mosh ÷ ssh mean_ms`.
    pub fn name(&self) -> String {
        match &self.over {
            None => format!("{} {}", self.session, self.metric),
            Some(over) => format!("{} ÷ {over} {}", self.session, self.metric),
        }
    }

    /// How far it may move, in its own unit.
    pub fn allowance(&self) -> f64 {
        self.tolerance
            .absolute
            .max(self.tolerance.relative * self.value.abs())
    }

    /// This metric beside what it is in a summary.
    pub(super) fn compare(&self, summary: &Summary) -> Compared {
        Compared {
            name: self.name(),
            unit: self.unit(),
            larger_is_better: self.larger_is_better(),
            baseline: self.value,
            allowance: self.allowance(),
            measured: self.of(summary),
        }
    }

    fn unit(&self) -> Unit {
        match self.over {
            Some(_) => Unit::Ratio,
            None if is_time(&self.metric) => Unit::Milliseconds,
            None => Unit::Keystrokes,
        }
    }

    fn larger_is_better(&self) -> bool {
        matches!(
            self.metric.as_str(),
            "answered" | "under_5ms" | "keystrokes"
        )
    }
}

fn figure(session: &SessionSummary, metric: &str) -> Option<f64> {
    match metric {
        "keystrokes" => Some(session.keystrokes as f64),
        "answered" => Some(session.answered as f64),
        "censored" => Some(session.censored as f64),
        "median_ms" => session.median_ms,
        "mean_ms" => session.mean_ms,
        "sd_ms" => session.sd_ms,
        "p90_ms" => session.p90_ms,
        "p95_ms" => session.p95_ms,
        "p99_ms" => session.p99_ms,
        "max_ms" => session.max_ms,
        "under_5ms" => session.under_5ms,
        _ => {
            session
                .recovery
                .get(recovery_index(metric)?)?
                .recovered_after_ms
        }
    }
}

/// Whether it is in milliseconds.
fn is_time(metric: &str) -> bool {
    metric.ends_with("_ms") || recovery_index(metric).is_some()
}

/// The N of `recovery[N]`.
fn recovery_index(metric: &str) -> Option<usize> {
    metric
        .strip_prefix("recovery[")?
        .strip_suffix(']')?
        .parse()
        .ok()
}
