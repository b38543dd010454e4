//! When each key of a script is due, and what has become of it. No I/O and no clock.

use std::time::{Duration, Instant};

use crate::outcome::{Keystroke, Progress};
use crate::script::Script;

/// A script under way.
pub(crate) struct Schedule<'a> {
    script: &'a Script,
    /// Which measured key each step is, if it is one.
    index: Vec<Option<u32>>,
    /// When each typed step was due, and when it was answered.
    typed: Vec<(Instant, Option<Instant>)>,
    /// Measured keys that are typed and not answered.
    outstanding: usize,
    /// From when the times of the steps count.
    base: Instant,
}

impl<'a> Schedule<'a> {
    pub(crate) fn new(script: &'a Script, start: Instant) -> Self {
        let mut next = 0..;
        let index = script
            .steps
            .iter()
            .map(|step| step.measured.then(|| next.next())?)
            .collect();
        Schedule {
            script,
            index,
            typed: Vec::with_capacity(script.steps.len()),
            outstanding: 0,
            base: start,
        }
    }

    /// When something is to be done next: a key is due, or waiting is over. `None` when all is done.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        match self.script.steps.get(self.typed.len()) {
            Some(step) if step.waits && self.outstanding > 0 => Some(self.give_up()),
            Some(step) => Some(self.base + step.at),
            None if self.outstanding == 0 || self.script.steps.is_empty() => None,
            None => Some(self.give_up()),
        }
    }

    /// When the last typed key's answer is no longer waited for.
    fn give_up(&self) -> Instant {
        self.last_due() + self.script.drain
    }

    fn last_due(&self) -> Instant {
        self.typed.last().map_or(self.base, |&(due, _)| due)
    }

    /// The deadline has come: which step is to be typed now, if it was not for giving up.
    pub(crate) fn next(&mut self, now: Instant) -> Option<usize> {
        let number = self.typed.len();
        let waits = match self.script.steps.get(number) {
            Some(step) => step.waits && self.outstanding > 0,
            None => true,
        };
        if waits {
            self.outstanding = 0;
            self.put_off(now);
            return None;
        }
        let due = self.base + self.script.steps[number].at;
        self.typed.push((due, None));
        self.outstanding += usize::from(self.index[number].is_some());
        Some(number)
    }

    /// What to tell of the step that was typed last.
    pub(crate) fn typed(&self) -> Option<Progress> {
        let index = self.index[self.typed.len().checked_sub(1)?]?;
        Some(Progress::Typed(index + 1))
    }

    /// A step was answered; what to tell of it, if it is a measured one.
    pub(crate) fn answered(&mut self, step: usize, now: Instant) -> Option<Progress> {
        let index = (*self.index.get(step)?)?;
        let (due, answered) = self.typed.get_mut(step)?;
        if answered.is_some() {
            return None;
        }
        *answered = Some(now);
        let latency = now.saturating_duration_since(*due);
        // What was given up may still be answered.
        if self.outstanding > 0 {
            self.outstanding -= 1;
            if self.outstanding == 0 {
                self.put_off(now);
            }
        }
        Some(Progress::Answered(index, latency))
    }

    /// Waiting is over. If the next step is one that waited, it and all later ones are put off so that the pause
    /// before it is kept.
    fn put_off(&mut self, now: Instant) {
        let number = self.typed.len();
        let steps = &self.script.steps;
        if number > 0 && steps.get(number).is_some_and(|step| step.waits) {
            self.base += now.saturating_duration_since(self.last_due());
        }
    }

    /// What became of the measured keys, when they were watched until `now`.
    pub(crate) fn keystrokes(&self, zero: Instant, now: Instant) -> Vec<Keystroke> {
        let since_zero = |at: Instant| -> Duration { at.saturating_duration_since(zero) };
        self.typed
            .iter()
            .zip(&self.index)
            .filter_map(|(&(due, answered), index)| {
                Some(Keystroke {
                    index: (*index)?,
                    scheduled: since_zero(due),
                    answered: answered.map(since_zero),
                    censored_at: answered.is_none().then(|| since_zero(now)),
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use link::units::Span;
    use scenario::{Flood, Gap, Typing};

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn three_keys() -> Script {
        let typing = Typing {
            keystrokes: 3,
            gap: Gap::Constant(Span::from_millis(1000)),
            drain: Span::from_millis(10_000),
        };
        Script::typing(&typing, 0)
    }

    /// Types whatever is due, without an answer, until the schedule ends; the times since the start.
    fn deadlines(schedule: &mut Schedule<'_>, start: Instant) -> Vec<u64> {
        let mut times = Vec::new();
        while let Some(deadline) = schedule.deadline() {
            times.push((deadline - start).as_secs());
            schedule.next(deadline);
        }
        times
    }

    #[test]
    fn keys_are_typed_at_their_time_whatever_was_answered() {
        let (script, start) = (three_keys(), Instant::now());
        let mut schedule = Schedule::new(&script, start);
        assert_eq!(deadlines(&mut schedule, start), [1, 2, 3, 13]);
    }

    #[test]
    fn latency_counts_from_the_scheduled_time() {
        let (script, start) = (three_keys(), Instant::now());
        let mut schedule = Schedule::new(&script, start);
        schedule.next(start + 5 * SECOND);
        let told = schedule.answered(0, start + 6 * SECOND);
        assert_eq!(told, Some(Progress::Answered(0, 5 * SECOND)));
        assert_eq!(schedule.answered(0, start + 7 * SECOND), None);
    }

    #[test]
    fn what_is_not_answered_is_censored_when_watching_ends() {
        let (script, start) = (three_keys(), Instant::now());
        let mut schedule = Schedule::new(&script, start);
        deadlines(&mut schedule, start);
        schedule.answered(1, start + 4 * SECOND);
        let keystrokes = schedule.keystrokes(start, start + 13 * SECOND);
        assert_eq!(keystrokes[0].censored_at, Some(13 * SECOND));
        assert_eq!(keystrokes[1].answered, Some(4 * SECOND));
        assert_eq!(keystrokes[1].censored_at, None);
        assert_eq!(keystrokes.len(), 3);
    }

    #[test]
    fn the_end_comes_when_all_is_answered() {
        let (script, start) = (three_keys(), Instant::now());
        let mut schedule = Schedule::new(&script, start);
        for step in 0..3 {
            let due = schedule.deadline().unwrap();
            schedule.next(due);
            schedule.answered(step, due);
        }
        assert_eq!(schedule.deadline(), None);
    }

    #[test]
    fn what_is_not_measured_is_neither_awaited_nor_counted() {
        let (mut script, start) = (three_keys(), Instant::now());
        script.steps[1].measured = false;
        script.steps[2].measured = false;
        let mut schedule = Schedule::new(&script, start);
        for _ in 0..3 {
            schedule.next(start);
        }
        schedule.answered(0, start);
        assert_eq!(schedule.deadline(), None);
        assert_eq!(schedule.keystrokes(start, start).len(), 1);
    }

    #[test]
    fn a_flood_is_started_again_only_when_the_last_one_is_over() {
        let script = Script::flood(&Flood {
            interrupts: 3,
            after: Span::from_millis(5000),
            drain: Span::from_millis(10_000),
        });
        let start = Instant::now();
        let mut schedule = Schedule::new(&script, start);
        let mut due = || {
            let deadline = schedule.deadline().unwrap();
            let step = schedule.next(deadline);
            let answer = step.filter(|&step| step == 1);
            answer.map(|step| schedule.answered(step, deadline + 2 * SECOND));
            ((deadline - start).as_secs(), step)
        };
        let first = due();
        assert_eq!([first, due()], [(1, Some(0)), (6, Some(1))]);
        assert_eq!(
            [due(), due()],
            [(9, Some(2)), (14, Some(3))],
            "answered after 2 s, and a second of rest"
        );
        assert_eq!(
            [due(), due()],
            [(24, None), (25, Some(4))],
            "never answered: given up after 10 s"
        );
    }
}
