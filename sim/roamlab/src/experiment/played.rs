//! What came out of one session of a repetition, and how it becomes results.

use std::{collections::BTreeMap, time::Duration};

use lab::{arrivals::AfterEvent, shaper::Counters, timeline::Happened};
use probe::Outcome;
use reports::results::{
    Datagrams, Event, Guesses, Keystroke, Outcome as Ending, SessionRun, Traffic, Way, Writer,
};
use scenario::{Expectation, Predict, Session};

use super::{Experiment, Gathered, Stop};

/// A session that has been played.
pub(super) struct Played<'n> {
    pub(super) session: &'n str,
    pub(super) seed: u64,
    pub(super) run: u32,
    pub(super) outcome: Outcome,
    pub(super) happened: Vec<Happened>,
    pub(super) traffic: Option<Traffic>,
}

/// What the links towards the server and towards the client were given.
pub(super) fn carried(ways: [Counters; 2]) -> Traffic {
    let [up, down] = ways.map(
        |Counters {
             packets,
             bytes,
             dropped,
         }| Way {
            packets,
            bytes,
            dropped,
        },
    );
    Traffic { up, down }
}

impl Played<'_> {
    /// Writes the keys and events, and adds all of it to what has been gathered.
    pub(super) fn add_to(
        self,
        gathered: &mut Gathered,
        experiment: &Experiment,
        writer: &Writer,
    ) -> Result<(), Stop> {
        let (session, seed, run) = (self.session.to_owned(), self.seed, self.run);
        for key in &self.outcome.keystrokes {
            let keystroke = Keystroke {
                session: session.clone(),
                seed,
                run,
                index: key.index,
                scheduled_ms: ms(key.scheduled),
                answered_ms: key.answered.map(ms),
                censored_at_ms: key.censored_at.map(ms),
            };
            writer.keystroke(&keystroke).map_err(Stop::failed)?;
            gathered.keystrokes.push(keystroke);
        }
        let mut goodput = BTreeMap::new();
        for happened in self.happened {
            let Happened {
                at,
                what,
                carried,
                after,
            } = happened;
            goodput.extend(carried.map(|carried| (carried.traffic, carried.bits_per_second)));
            let event = Event {
                session: session.clone(),
                seed,
                run,
                at_ms: ms(at),
                event: what,
                datagrams: after.as_ref().map(datagrams),
            };
            writer.event(&event).map_err(Stop::failed)?;
            gathered.events.push(event);
        }
        gathered.run.versions.extend(self.outcome.versions);
        if let Some(control) = self.outcome.congestion_control {
            let name = format!("{session}: congestion control in use");
            gathered.run.sysctls.insert(name, control);
        }
        let guesses = self
            .outcome
            .guesses
            .filter(|_| predicts(&experiment.scenario.sessions[self.session]))
            .map(|probe::Guesses { typed, wrong }| Guesses { typed, wrong });
        let ending = match self.outcome.error {
            Some(error)
                if !(breaking_is_expected(experiment, self.session) || self.outcome.partial) =>
            {
                Ending::Failed {
                    error: error.to_string(),
                }
            }
            _ => Ending::Finished,
        };
        gathered.run.outcomes.push(SessionRun {
            session,
            seed,
            run,
            outcome: ending,
            traffic: self.traffic,
            guesses,
            goodput,
        });
        Ok(())
    }
}

/// When the first ones arrived after an event.
fn datagrams(after: &AfterEvent) -> Datagrams {
    let [to_server_ms, to_client_ms] = after.first().map(|at| at.map(ms));
    Datagrams {
        to_server_ms,
        to_client_ms,
    }
}

fn predicts(session: &Session) -> bool {
    match session {
        Session::Mosh(mosh) => mosh.predict != Predict::Never,
        Session::Ssp(ssp) => ssp.predict != Predict::Never,
        // Who knows.
        Session::Command(_) => true,
        Session::Ssh(_) | Session::Tcp(_) | Session::Udp(_) => false,
    }
}

/// Whether the scenario asks exactly for this: the session's end is then a result, and the check tells it.
fn breaking_is_expected(experiment: &Experiment, session: &str) -> bool {
    experiment.scenario.expect.iter().any(|expectation| {
        matches!(expectation, Expectation::Breaks { of } | Expectation::NeverEstablished { of } if of == session)
    })
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
