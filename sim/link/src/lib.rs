#![doc = include_str!("../README.md")]

mod corrupt;
mod delay;
mod duplicate;
mod ecn;
mod loss;
mod mtu;
mod packet;
mod path;
mod queue;
mod rate;
mod reorder;
mod replay;
mod seed;
mod source;
mod spec;
mod stage;
mod time;
pub mod trace;
pub mod units;

pub use corrupt::Corrupt;
pub use delay::Delay;
pub use loss::{Loss, Spread};
pub use packet::{DropReason, Dropped, Packet, Payload};
pub use path::Path;
pub use queue::{FQ_CODEL_PACKETS, Queue};
pub use rate::Rate;
pub use reorder::Reorder;
pub use seed::{Direction, PathSeed, Seed};
pub use source::{Malformed, Samples, Source, SourceError};
pub use spec::{PathSpec, SpecError};
pub use time::Time;
