//! Recovery: how long after an event a session answered again.

use super::Latency;
use crate::results::Keystroke;

/// How a session came back after one event in one run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recovery {
    /// From the event to the moment at which the first of the recovering keystrokes was scheduled, in milliseconds;
    /// `None` if none was answered.
    pub typed_after_ms: Option<f64>,
    /// From the event to the first answer of a keystroke scheduled at or after it, in milliseconds. Censored if none of
    /// them was answered while the session was watched.
    pub answered_after_ms: Latency,
}

/// Recovery of one run from an event at `event_ms`; `None` if nothing was typed after it.
///
/// Keystrokes typed before the event do not count, even if answered after it: their answers may have been on their
/// way already.
pub fn recovery<'a>(
    keystrokes: impl IntoIterator<Item = &'a Keystroke>,
    event_ms: f64,
) -> Option<Recovery> {
    let (mut first_answer, mut watched_until) = (None::<(f64, f64)>, None::<f64>);
    for keystroke in keystrokes
        .into_iter()
        .filter(|keystroke| keystroke.scheduled_ms >= event_ms)
    {
        if let Some(answered) = keystroke.answered_ms {
            let earlier = first_answer.is_none_or(|(first, _)| answered < first);
            first_answer = if earlier {
                Some((answered, keystroke.scheduled_ms))
            } else {
                first_answer
            };
        }
        let seen = keystroke.censored_at_ms.unwrap_or(keystroke.scheduled_ms);
        watched_until = Some(watched_until.map_or(seen, |until| until.max(seen)));
    }
    let watched_until = watched_until?;
    Some(match first_answer {
        Some((answered, scheduled)) => Recovery {
            typed_after_ms: Some(scheduled - event_ms),
            answered_after_ms: Latency::Answered(answered - event_ms),
        },
        None => Recovery {
            typed_after_ms: None,
            answered_after_ms: Latency::Censored(watched_until - event_ms),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keystroke(scheduled_ms: f64, answered_ms: Option<f64>) -> Keystroke {
        let censored_at_ms = answered_ms.is_none().then_some(9000.0);
        let (session, seed, run, index) = ("ssh".into(), 1, 0, 0);
        Keystroke {
            session,
            seed,
            run,
            index,
            scheduled_ms,
            answered_ms,
            censored_at_ms,
        }
    }

    #[test]
    fn recovery_lasts_until_the_first_answer_to_what_was_typed_after_the_event() {
        let typed = [
            keystroke(900.0, Some(1300.0)),
            keystroke(1100.0, None),
            keystroke(1400.0, Some(2500.0)),
            keystroke(1600.0, Some(2400.0)),
        ];
        let found = recovery(&typed, 1000.0).unwrap();
        assert_eq!(found.typed_after_ms, Some(600.0));
        assert_eq!(found.answered_after_ms, Latency::Answered(1400.0));
    }

    #[test]
    fn without_an_answer_recovery_took_at_least_as_long_as_was_watched() {
        let found = recovery(&[keystroke(1100.0, None)], 1000.0).unwrap();
        assert_eq!(found.answered_after_ms, Latency::Censored(8000.0));
        assert_eq!(found.typed_after_ms, None);
    }

    #[test]
    fn nothing_typed_after_the_event_measures_nothing() {
        assert_eq!(recovery(&[keystroke(900.0, Some(1300.0))], 1000.0), None);
    }
}
