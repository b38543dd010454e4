//! When the far end greeted, for scripts that go by its clock.
//!
//! Both ends are on one machine, and so on one clock: the far end leaves the time in a file beside its script. The network
//! under test has no part in that.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

/// Says that the far end of the script in this file greets now.
pub(crate) fn tell(script: &Path) -> io::Result<()> {
    fs::write(file(script), since_boot().as_nanos().to_string())
}

/// When the far end of the script in this file said so; `None` if it has not.
pub(crate) fn told(script: &Path) -> Option<Instant> {
    let nanos = fs::read_to_string(file(script)).ok()?.parse().ok()?;
    let ago = since_boot().saturating_sub(Duration::from_nanos(nanos));
    Instant::now().checked_sub(ago)
}

fn file(script: &Path) -> PathBuf {
    script.with_extension("greeted")
}

/// The clock that [`Instant`] has, in a form that another process can read.
fn since_boot() -> Duration {
    let now = clock_gettime(ClockId::Monotonic);
    Duration::try_from(now).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_told_is_heard() {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("script");
        assert_eq!(told(&script), None);
        let before = Instant::now();
        tell(&script).unwrap();
        let heard = told(&script).unwrap();
        assert!(before <= heard + Duration::from_millis(1) && heard <= Instant::now());
    }
}
