//! Recorded sessions are played again.

use std::time::Duration;

use scenario::Replay;

use super::{Script, Step};
use crate::judge::Judge;
use crate::recording::{Recording, RecordingError, Way};

/// Only keys that were answered this soon when they were recorded are measured: what comes later is the work of a
/// program and not its answer to a key (as in the Mosh paper's replay).
const ANSWERED_WITHIN: Duration = Duration::from_millis(20);

/// Before each recording the terminal is as new: blank, and in none of the modes that the one before it left.
const RESET: &str = "\x1bc";

/// Switching to the alternate screen and back is left out: stock mosh has none, so that afterwards it shows everything in
/// other places than ssh does, and what is to be compared is when an answer shows and not where.
const ALTERNATE_SCREEN: [&[u8]; 2] = [b"\x1b[?1049h", b"\x1b[?1049l"];

/// The rest between two recordings.
const REST: Duration = Duration::from_secs(1);

/// Why a recording cannot be replayed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {problem}")]
pub struct ReplayError {
    /// The recording's file.
    pub file: String,
    /// What is wrong with it.
    pub problem: RecordingError,
}

impl Script {
    /// The keys of recordings at their times, each answered at once with all that was recorded until the next.
    ///
    /// What a recording shows before its first key is the answer to a key of its own that begins it.
    ///
    /// # Errors
    ///
    /// When a recording cannot be read, has no keys, or was made on a terminal of another size than the first.
    pub fn replay(replay: &Replay) -> Result<Self, ReplayError> {
        let longest_pause = replay.longest_pause.map(|pause| pause.duration());
        let mut steps = Vec::new();
        let mut size = None;
        for recorded in &replay.recordings.0 {
            let failed = |problem| ReplayError {
                file: recorded.file.clone(),
                problem,
            };
            let recording = Recording::parse(&recorded.contents).map_err(failed)?;
            let (own, first) = (recording.size, *size.get_or_insert(recording.size));
            if own != first {
                return Err(failed(RecordingError::OtherSize { own, first }));
            }
            play(recording, longest_pause, &mut steps).map_err(failed)?;
        }
        for step in &mut steps {
            for switch in ALTERNATE_SCREEN {
                remove(switch, &mut step.output);
            }
        }
        let mut script = Script {
            size: size.unwrap_or_default(),
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

/// Adds the steps of a recording to those of the ones before it.
fn play(
    recording: Recording,
    longest_pause: Option<Duration>,
    steps: &mut Vec<Step>,
) -> Result<(), RecordingError> {
    let start = steps.last().map_or(Duration::ZERO, |last| last.at + REST);
    let mut current = Step {
        measured: false,
        ..Step::key(start, "\r", RESET)
    };
    let before = steps.len();
    let mut last_key = Duration::ZERO;
    let mut awaits_answer = false;
    for event in recording.events {
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
                let next = Step {
                    measured: false,
                    ..Step::key(at, event.bytes, "")
                };
                steps.push(std::mem::replace(&mut current, next));
            }
        }
    }
    if steps.len() == before {
        return Err(RecordingError::NoInput);
    }
    steps.push(current);
    Ok(())
}

/// Takes every occurrence of a sequence out of an output.
fn remove(sequence: &[u8], output: &mut Vec<u8>) {
    let length = sequence.len();
    while let Some(start) = output.windows(length).position(|part| part == sequence) {
        output.drain(start..start + length);
    }
}

#[cfg(test)]
mod tests {
    use link::units::Span;
    use scenario::{Recorded, Recordings};

    use super::*;

    fn replay(events: &str, longest_pause: Option<Span>) -> Result<Script, ReplayError> {
        replay_all(&[(90, events)], longest_pause)
    }

    /// Replays recordings, each on a terminal of its own width.
    fn replay_all(
        recordings: &[(u16, &str)],
        longest_pause: Option<Span>,
    ) -> Result<Script, ReplayError> {
        let recordings = recordings.iter().map(|(width, events)| Recorded {
            file: "session.cast".into(),
            contents: format!("{{\"version\":2,\"width\":{width},\"height\":30}}\n{events}").into(),
        });
        Script::replay(&Replay {
            recordings: Recordings(recordings.collect()),
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
        assert_eq!(outputs, ["\x1bcwelcome\r\n", "l", "s", "\r\nfile\r\n$ "]);
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
    fn there_is_one_screen() {
        let editor = r#"[1.0,"i","v"]
            [1.001,"o","\u001b[?1049htext\u001b[?1049l"]"#;
        assert_eq!(replay(editor, None).unwrap().steps[1].output, b"text");
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

    #[test]
    fn several_recordings_are_played_one_after_the_other() {
        let script =
            replay_all(&[(90, EVENTS), (90, EVENTS)], Some(Span::from_millis(500))).unwrap();
        assert_eq!(seconds(&script), [0.0, 0.5, 0.8, 1.3, 2.3, 2.8, 3.1, 3.6],);
        assert_eq!(script.steps[4].output, b"\x1bcwelcome\r\n");
    }

    #[test]
    fn recordings_on_terminals_of_different_sizes_do_not_go_together() {
        let error = replay_all(&[(90, EVENTS), (80, EVENTS)], None).unwrap_err();
        insta::assert_snapshot!(error.to_string());
    }
}
