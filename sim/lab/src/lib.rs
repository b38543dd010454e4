//! Makes a scenario real.

pub mod capture;
pub mod relay;
pub mod shaper;
pub mod tun;
