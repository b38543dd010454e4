//! Two ends of a session in virtual time, over a seeded wire that misbehaves as told.

mod convergence;
mod latency;
mod objects;
mod pair;
mod sessions;
mod wire;
