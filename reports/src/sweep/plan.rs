//! `plan.json`: what a sweep is to find out, and where it leaves each answer.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Name of the plan's file.
pub const PLAN_FILE: &str = "plan.json";
/// Name of the folder of the cells' results.
pub const CELLS_FOLDER: &str = "cells";

/// Everything that a sweep runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Name of the sweep: that of its file.
    pub name: String,
    /// What it finds out, in one sentence.
    pub question: String,
    /// Where its settings come from.
    pub source: String,
    /// The text of its file.
    pub text: String,
    /// Where it runs: `guest` or `model`.
    pub world: String,
    /// What its table and figures show.
    #[serde(default)]
    pub show: Show,
    /// What varies, in the order of the file.
    pub axes: Vec<PlannedAxis>,
    /// The sessions that are compared.
    pub sessions: Vec<String>,
    /// Root seeds of the network and of the workload.
    pub seeds: Vec<u64>,
    /// Every cell, in the order in which they are begun.
    pub cells: Vec<PlannedCell>,
}

/// What a sweep shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Show {
    /// How long keys took.
    #[default]
    Latency,
    /// How soon sessions were back after the last thing that happened to them.
    Recovery,
}

/// A variable and its values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedAxis {
    /// The name of the variable.
    pub variable: String,
    /// What it is, for people.
    pub title: String,
    /// What it becomes.
    pub values: Vec<PlannedValue>,
}

/// A value of a variable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedValue {
    /// As people read it: `50 ms`.
    pub shown: String,
    /// As a number, if it is one.
    pub number: Option<f64>,
    /// The unit of the number; empty where it has none.
    pub unit: String,
}

/// A cell and the address of its result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedCell {
    /// For each axis, the index of the value.
    pub values: Vec<usize>,
    /// Name of the session.
    pub session: String,
    /// The seed.
    pub seed: u64,
    /// The SHA-256, in hexadecimal, of everything that the result follows from.
    pub address: String,
}

impl PlannedCell {
    /// The file of its result, in the folder `dir` of the sweep.
    pub fn file(&self, dir: &Path) -> PathBuf {
        dir.join(CELLS_FOLDER)
            .join(format!("{}.json", self.address))
    }
}
