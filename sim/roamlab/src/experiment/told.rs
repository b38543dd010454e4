//! What an experiment in a guest tells the experiment outside that booted it: lines of JSON on the guest's console.

use std::time::{Duration, Instant};

use crate::output::say_line;
use serde::{Deserialize, Serialize};

/// One line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Told {
    /// Nothing but that the guest still runs, and how much time has passed in it.
    Alive(Duration),
    /// What a calibration measures now.
    Measuring(String),
    /// A session begins, of so many keys.
    Session { session: String, keys: usize },
    /// It is up, since then.
    Established { session: String, after: Duration },
    /// A key was answered, after this time.
    Answered {
        session: String,
        index: u32,
        after: Duration,
    },
    /// Why what was measured is not to be believed.
    Distrusted(String),
}

impl Told {
    /// Tells it.
    pub(super) fn tell(&self) {
        let line = serde_json::to_string(self).expect("plain data");
        say_line(line);
    }

    /// What a line of a console tells; none when it is something else that was printed there.
    pub(super) fn heard(line: &str) -> Option<Self> {
        serde_json::from_str(line).ok()
    }
}

/// Tells every minute that the guest still runs, since `begun`; never ends.
pub(super) async fn tell_the_time(begun: Instant) {
    loop {
        Told::Alive(begun.elapsed()).tell();
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_told_is_heard() {
        let told = Told::Answered {
            session: "my \"own\" ssh".to_owned(),
            index: 7,
            after: Duration::from_micros(101_234),
        };
        let line = serde_json::to_string(&told).unwrap();
        assert_eq!(Told::heard(&line), Some(told));
    }

    #[test]
    fn other_lines_of_the_console_tell_nothing() {
        for line in [
            "",
            "[    0.1] Kernel panic - not syncing",
            "{",
            "{\"Unknown\":1}",
        ] {
            assert_eq!(Told::heard(line), None, "{line}");
        }
    }
}
