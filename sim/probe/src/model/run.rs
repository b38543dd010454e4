//! A session that is played, and the time that passes for it.

use std::time::Instant;

use super::carrier::{ABLE, Carrier, Toward};
use super::programs::Programs;
use super::wire::Traffic;
use crate::observer::Observer;
use crate::outcome::{Outcome, Said, SessionError};
use crate::schedule::Schedule;
use crate::script::{Script, Step};

/// Two programs, what carries their datagrams, and who watches the client.
pub(super) struct Run<'s> {
    programs: Box<dyn Programs + 's>,
    carrier: Box<dyn Carrier>,
    observer: Box<dyn Observer>,
    start: Instant,
    now: Instant,
}

impl<'s> Run<'s> {
    pub(super) fn new(
        programs: Box<dyn Programs + 's>,
        carrier: Box<dyn Carrier>,
        observer: Box<dyn Observer>,
        start: Instant,
    ) -> Self {
        Run {
            programs,
            carrier,
            observer,
            start,
            now: start,
        }
    }

    pub(super) fn establish(&mut self, give_up: Instant) -> Result<(), SessionError> {
        self.settle();
        while !self.observer.is_ready() {
            if self.now >= give_up {
                return Err(SessionError::NotEstablished {
                    after: self.now - self.start,
                    screen: Said::last(self.observer.lines()),
                    errors: Said::default(),
                });
            }
            self.wait_until(give_up);
            self.settle();
        }
        Ok(())
    }

    pub(super) fn type_script(&mut self, script: &Script) -> Outcome {
        let established_at = self.now - self.start;
        let mut schedule = Schedule::new(script, self.now);
        while let Some(deadline) = schedule.deadline() {
            self.wait_until(deadline);
            if self.now >= deadline
                && let Some(number) = schedule.next(self.now)
            {
                self.type_step(number, &script.steps[number]);
            }
            for step in self.settle() {
                schedule.answered(step, self.now);
            }
        }
        Outcome {
            keystrokes: schedule.keystrokes(self.start, self.now),
            guesses: self.observer.guesses(),
            established_at: Some(established_at),
            ..Outcome::default()
        }
    }

    /// What the session has sent so far.
    pub(super) fn traffic(&self) -> Traffic {
        self.carrier.traffic()
    }

    fn type_step(&mut self, number: usize, step: &Step) {
        let keys = self.observer.keys(number, step);
        self.programs.type_keys(&keys, self.now);
    }

    /// Lets time pass until something is to be done, but not beyond `limit`.
    fn wait_until(&mut self, limit: Instant) {
        let events = [
            self.carrier.next_event(),
            self.programs.next_deadline(self.now),
            Some(limit),
        ];
        let next = events.into_iter().flatten().min();
        self.now = next.map_or(self.now, |next| next.max(self.now));
    }

    /// Does all that is to be done now; the steps that the screen is then the first to answer.
    fn settle(&mut self) -> Vec<usize> {
        let now = self.now;
        for toward in Toward::BOTH {
            while let Some(arrived) = self.carrier.receive(toward, now) {
                self.programs.handle_datagram(toward, &arrived, now);
            }
        }
        let drawn = self.programs.draw(now);
        for toward in Toward::BOTH {
            while let Some(datagram) = self.programs.poll_transmit(toward, now) {
                self.carrier.send(toward, ABLE, &datagram, now);
            }
        }
        self.observer.read(&drawn)
    }
}
