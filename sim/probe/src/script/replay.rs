//! A recorded session is played again.

use std::time::Duration;

use scenario::Replay;

use super::{Script, Step};
use crate::judge::Judge;
use crate::recording::{Recording, RecordingError, Way};

/// Only keys that were answered this soon when they were recorded are measured: what comes later is the work of a
/// program and not its answer to a key (as in the Mosh paper's replay).
const ANSWERED_WITHIN: Duration = Duration::from_millis(20);

impl Script {
    /// The keys of a recording at their times, each answered at once with all that was recorded until the next.
    ///
    /// What the recording shows before its first key is the answer to a key of its own that begins it.
    ///
    /// # Errors
    ///
    /// When the recording cannot be read, or has no keys.
    pub fn replay(replay: &Replay) -> Result<Self, RecordingError> {
        let recording = Recording::parse(&replay.recording)?;
        let longest_pause = replay.longest_pause.map(|pause| pause.duration());
        let mut steps = vec![Step {
            measured: false,
            ..Step::key(Duration::ZERO, "\r", "\x1b[H\x1b[2J")
        }];
        let mut last_key = Duration::ZERO;
        let mut awaits_answer = false;
        for event in recording.events {
            let Some(current) = steps.last_mut() else {
                break;
            };
            match event.way {
                Way::Output => {
                    if std::mem::take(&mut awaits_answer) {
                        current.measured = event.at.saturating_sub(last_key) <= ANSWERED_WITHIN;
                    }
                    current.output.extend(event.bytes);
                }
                Way::Input if event.bytes.is_empty() => {}
                Way::Input => {
                    let pause = event.at.saturating_sub(last_key);
                    let at = current.at + longest_pause.map_or(pause, |most| pause.min(most));
                    last_key = event.at;
                    awaits_answer = true;
                    steps.push(Step {
                        measured: false,
                        ..Step::key(at, event.bytes, "")
                    });
                }
            }
        }
        if steps.len() == 1 {
            return Err(RecordingError::NoInput);
        }
        let mut script = Script {
            size: recording.size,
            steps,
            drain: replay.drain.duration(),
        };
        let judge = Judge::new(&script);
        for (number, step) in script.steps.iter_mut().enumerate() {
            step.measured &= judge.is_visible(number);
        }
        Ok(script)
    }
}

#[cfg(test)]
mod tests {
    use link::units::Span;

    use super::*;

    fn replay(events: &str, longest_pause: Option<Span>) -> Result<Script, RecordingError> {
        let header = r#"{"version":2,"width":90,"height":30}"#;
        Script::replay(&Replay {
            file: "session.cast".into(),
            recording: format!("{header}\n{events}").into(),
            longest_pause,
            drain: Span::from_millis(1000),
        })
    }

    const EVENTS: &str = r#"[0.5,"o","welcome\r\n"]
        [2.0,"i","l"]
        [2.001,"o","l"]
        [2.3,"i","s"]
        [2.31,"o","s"]
        [62.3,"i","\r"]
        [62.9,"o","\r\nfile\r\n"]
        [63.0,"o","$ "]"#;

    fn seconds(script: &Script) -> Vec<f64> {
        let times = script.steps.iter().map(|step| step.at.as_secs_f64());
        times.collect()
    }

    #[test]
    fn keys_keep_their_times_and_answers() {
        let script = replay(EVENTS, None).unwrap();
        assert_eq!(script.size.columns, 90);
        assert_eq!(seconds(&script), [0.0, 2.0, 2.3, 62.3]);
        let outputs: Vec<_> = script
            .steps
            .iter()
            .map(|step| String::from_utf8_lossy(&step.output))
            .collect();
        assert_eq!(
            outputs,
            ["\x1b[H\x1b[2Jwelcome\r\n", "l", "s", "\r\nfile\r\n$ "]
        );
    }

    #[test]
    fn what_was_answered_late_is_not_measured() {
        let script = replay(EVENTS, None).unwrap();
        let measured: Vec<_> = script.steps.iter().map(|step| step.measured).collect();
        assert_eq!(measured, [false, true, true, false]);
    }

    #[test]
    fn what_changes_nothing_is_not_measured() {
        let bell = r#"[1.0,"i","\t"]
            [1.001,"o","\u0007"]"#;
        let script = replay(bell, None).unwrap();
        assert!(!script.steps[1].measured);
    }

    #[test]
    fn long_pauses_are_cut() {
        let script = replay(EVENTS, Some(Span::from_millis(1000))).unwrap();
        assert_eq!(seconds(&script), [0.0, 1.0, 1.3, 2.3]);
    }

    #[test]
    fn a_recording_without_keys_says_how_to_make_one() {
        let error = replay(r#"[0.5,"o","welcome"]"#, None).unwrap_err();
        insta::assert_snapshot!(error.to_string());
    }
}
