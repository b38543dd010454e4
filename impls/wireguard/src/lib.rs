//! WireGuard.
