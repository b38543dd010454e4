//! Makes a scenario real.
