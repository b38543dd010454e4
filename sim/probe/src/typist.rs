//! Types a script into a client on an open-loop schedule, and notes when each key is answered.

use std::io;
use std::time::Instant;

use tokio::sync::mpsc::UnboundedSender;
use tokio_util::sync::CancellationToken;

use crate::alarm::Alarm;
use crate::observer::Observer;
use crate::outcome::{Keystroke, Progress};
use crate::schedule::Schedule;
use crate::script::Script;
use crate::terminal::Terminal;

/// Read at once; a pseudo-terminal gives no more.
const BUFFER: usize = 4096;

/// How establishing or typing ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The greeting shows; or all was typed, and answered or waited for.
    Done,
    /// The greeting didn't show in time.
    GivenUp,
    /// The caller cancelled it.
    Cancelled,
    /// The client closed its terminal.
    ClientEnded,
}

/// One client, and what it is told.
pub(crate) struct Typist<'a> {
    pub(crate) terminal: &'a Terminal,
    pub(crate) observer: &'a mut dyn Observer,
    pub(crate) progress: &'a UnboundedSender<Progress>,
    pub(crate) cancel: &'a CancellationToken,
    /// What all times count from.
    pub(crate) zero: Instant,
}

impl Typist<'_> {
    /// Reads the client's screen until the session is established, or `give_up` has come.
    pub(crate) async fn establish(&mut self, give_up: Instant) -> io::Result<End> {
        let alarm = Alarm::new()?;
        alarm.set(give_up)?;
        let mut buffer = [0; BUFFER];
        while !self.observer.is_ready() {
            tokio::select! {
                biased;
                () = self.cancel.cancelled() => return Ok(End::Cancelled),
                rung = alarm.ring() => return rung.map(|()| End::GivenUp),
                length = self.terminal.read(&mut buffer) => match length? {
                    0 => return Ok(End::ClientEnded),
                    length => drop(self.observer.read(&buffer[..length])),
                },
            }
        }
        Ok(End::Done)
    }

    /// Types the script, whose times count from `start`; returns what became of each measured key that was typed, and how it ended.
    pub(crate) async fn type_script(
        &mut self,
        script: &Script,
        start: Instant,
    ) -> (Vec<Keystroke>, io::Result<End>) {
        let mut schedule = Schedule::new(script, start);
        let end = self.follow(script, &mut schedule).await;
        (schedule.keystrokes(self.zero, Instant::now()), end)
    }

    async fn follow(&mut self, script: &Script, schedule: &mut Schedule<'_>) -> io::Result<End> {
        let alarm = Alarm::new()?;
        let mut unsent = Vec::new();
        let mut buffer = [0; BUFFER];
        while let Some(deadline) = schedule.deadline() {
            alarm.set(deadline)?;
            tokio::select! {
                biased;
                () = self.cancel.cancelled() => return Ok(End::Cancelled),
                // Before reading, so that a flooded screen doesn't keep Ctrl-C from being typed.
                rung = alarm.ring() => {
                    rung?;
                    if let Some(number) = schedule.next(Instant::now()) {
                        unsent.extend(self.observer.keys(number, &script.steps[number]));
                        self.tell(schedule.typed());
                    }
                }
                written = self.terminal.write(&unsent), if !unsent.is_empty() => match written {
                    Ok(written) => drop(unsent.drain(..written)),
                    // The client is ending, which the next read notices.
                    Err(_) => unsent.clear(),
                },
                length = self.terminal.read(&mut buffer) => {
                    let now = Instant::now();
                    let length = length?;
                    if length == 0 {
                        return Ok(End::ClientEnded);
                    }
                    for step in self.observer.read(&buffer[..length]) {
                        self.tell(schedule.answered(step, now));
                    }
                }
            }
        }
        Ok(End::Done)
    }

    fn tell(&self, progress: Option<Progress>) {
        if let Some(progress) = progress {
            // Nobody need listen.
            let _ = self.progress.send(progress);
        }
    }
}
