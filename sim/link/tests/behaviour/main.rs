//! What a path does to packets, one file a behaviour.

mod change;
mod contract;
mod delay;
mod loss;
mod order;
mod queue;
mod rate;
mod spec;
mod support;
mod sweep;
mod verdicts;
