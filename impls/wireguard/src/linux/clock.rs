//! What time it is.

use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

/// The time since boot, the machine's sleep included, so that keys age while it sleeps.
pub(super) fn now() -> Duration {
    read(ClockId::CLOCK_BOOTTIME)
}

/// What the wall clock showed at boot, since the Unix epoch.
pub(super) fn wall_clock_at_boot() -> Duration {
    read(ClockId::CLOCK_REALTIME).saturating_sub(now())
}

fn read(clock: ClockId) -> Duration {
    clock_gettime(clock).map_or(Duration::ZERO, Duration::from)
}
