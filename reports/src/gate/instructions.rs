//! Counts of instructions: what gungraun's benches found, and the baseline that holds it.
//!
//! A count says nothing of how fast a machine is, nor how busy; but it follows from the compiler, the C library,
//! valgrind and the processor's extensions as much as from the code. Only counts made with the same are compared.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use super::{Compared, Gate, Unit};

/// How far a count may move, as a fraction of it: a change elsewhere in a crate can change what is inlined.
const TOLERANCE: f64 = 0.003;

/// How many instructions each bench took.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Counts {
    /// What the counts follow from besides the code: compiler, C library, valgrind, processor.
    pub counted_with: String,
    /// By bench: `ssp emulate vim` is the case `vim` of the function `emulate` in the crate `ssp`.
    pub instructions: IndexMap<String, u64>,
}

/// Counts as they are committed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CountsBaseline {
    /// Why they were last recorded.
    pub reason: String,
    /// How far a count may move, as a fraction of it.
    pub relative: f64,
    /// What they were.
    #[serde(flatten)]
    pub counts: Counts,
}

/// Why counts cannot be used.
#[derive(Debug, Error)]
pub enum CountsError {
    /// It is no JSON, or lacks a field.
    #[error("the counts cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    /// The first line is not `{"counted_with": …}`.
    #[error("the first line does not say what was counted with")]
    CountedWith,
    /// A line is no summary of a bench by gungraun, or one without instructions.
    #[error("line {0} is not what gungraun writes of a bench")]
    Bench(usize),
}

impl Counts {
    /// Reads lines of JSON: the first is `{"counted_with": …}`, the others are what gungraun writes with
    /// `--output-format=json` (version 7 of its summary).
    ///
    /// # Errors
    /// When it is something else.
    pub fn from_json_lines(text: &str) -> Result<Self, CountsError> {
        let mut lines = text.lines();
        let head: Value = serde_json::from_str(lines.next().unwrap_or_default())?;
        let counted_with = head["counted_with"]
            .as_str()
            .ok_or(CountsError::CountedWith)?;
        let mut instructions = IndexMap::new();
        for (line, bench) in (2..).zip(lines) {
            let bench: Value = serde_json::from_str(bench)?;
            let (name, count) = name(&bench)
                .zip(count(&bench))
                .ok_or(CountsError::Bench(line))?;
            instructions.insert(name, count);
        }
        Ok(Self {
            counted_with: counted_with.to_owned(),
            instructions,
        })
    }
}

/// Crate, function and case.
fn name(bench: &Value) -> Option<String> {
    let package = bench["package_dir"].as_str()?.rsplit('/').next()?;
    let function = bench["function_name"].as_str()?;
    let case = bench["id"].as_str()?;
    Some(format!("{package} {function} {case}"))
}

fn count(bench: &Value) -> Option<u64> {
    bench
        .pointer("/profiles/0/data/total/metrics/Ir/values/new")?
        .as_u64()
}

impl CountsBaseline {
    /// The baseline of these counts.
    pub fn record(counts: Counts, reason: &str) -> Self {
        Self {
            reason: reason.into(),
            relative: TOLERANCE,
            counts,
        }
    }

    /// Reads the text of a committed baseline.
    ///
    /// # Errors
    /// When it is malformed.
    pub fn from_json(text: &str) -> Result<Self, CountsError> {
        Ok(serde_json::from_str(text)?)
    }

    /// The text to be committed.
    ///
    /// # Errors
    /// When the tolerance is not finite.
    pub fn to_json(&self) -> Result<String, CountsError> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// Compares counts with these; `None` when they were made with something else.
    pub fn compare(&self, counts: &Counts) -> Option<Gate> {
        (self.counts.counted_with == counts.counted_with).then(|| Gate {
            name: "instructions".into(),
            mismatches: self.unknown(counts),
            metrics: self.compared(counts),
        })
    }

    /// What was counted, but is not held.
    fn unknown(&self, counts: &Counts) -> Vec<String> {
        let held = &self.counts.instructions;
        let unknown = counts
            .instructions
            .keys()
            .filter(|&name| !held.contains_key(name));
        unknown
            .map(|name| format!("{name}: the baseline does not have it"))
            .collect()
    }

    fn compared(&self, counts: &Counts) -> Vec<Compared> {
        let held = self.counts.instructions.iter();
        held.map(|(name, &baseline)| Compared {
            name: name.clone(),
            unit: Unit::Instructions,
            larger_is_better: false,
            baseline: baseline as f64,
            allowance: baseline as f64 * self.relative,
            measured: counts.instructions.get(name).map(|&count| count as f64),
        })
        .collect()
    }
}
