//! The State Synchronization Protocol.
