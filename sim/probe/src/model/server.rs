//! The far end: what `ssp-server` does between its socket and the program, which answers the script.

use std::time::Instant;

use ssp::crypto::Key;
use ssp::state::UserInput;
use ssp::terminal::{Capabilities, KeyTranslator, TerminalState};
use ssp::transport::{Arrival, Role, Transport, Tuning};
use ssp::wire::user::UserInstruction;

use crate::answer::Conversation;
use crate::script::Script;

/// A server and the program that runs on its terminal. The program takes no time.
pub(super) struct Server<'s> {
    transport: Transport<TerminalState, UserInput>,
    keys: KeyTranslator,
    /// Up to where the user's input has been taken.
    read: u64,
    program: Conversation<'s>,
}

impl<'s> Server<'s> {
    pub(super) fn new(key: &Key, script: &'s Script, seed: u64, now: Instant) -> Self {
        let objects = (TerminalState::new(), UserInput::default());
        Server {
            transport: Transport::new(Role::Server, key, Tuning::best(), objects, seed, now),
            keys: KeyTranslator::default(),
            read: 0,
            program: Conversation::new(script),
        }
    }

    pub(super) fn handle_datagram(&mut self, arrival: &Arrival<'_>, now: Instant) {
        self.transport.handle_datagram(arrival, now);
        self.take_input(now);
    }

    /// Gives the program what the user has done, and shows what it answers.
    fn take_input(&mut self, now: Instant) {
        let input = self.transport.remote().clone();
        if input.end() == self.read {
            return;
        }
        for instruction in input.since(self.read) {
            let local = self.transport.local_mut(now);
            match instruction {
                UserInstruction::Keystrokes(keys) => {
                    let modes = local.framebuffer().modes();
                    let keys = self.keys.translate(keys, modes.application_cursor_keys);
                    self.program.hear(&keys);
                }
                UserInstruction::Resize(size) => local.resize(size),
                UserInstruction::Announce(extensions) => {
                    let known = Capabilities::from_bits_truncate(extensions as u32);
                    local.announce(Capabilities::STOCK | known, extensions);
                }
            }
        }
        self.read = input.end();
        let num = self.transport.remote_num();
        self.transport.local_mut(now).handle_input(num, now);
        self.show_answers(now);
    }

    fn show_answers(&mut self, now: Instant) {
        while !self.program.pending().is_empty() {
            let output = self.program.pending().to_vec();
            self.program.said(output.len());
            let answers = self.transport.local_mut(now).write(&output, now);
            self.program.hear(&answers);
        }
    }

    /// The next datagram to send.
    pub(super) fn poll_transmit(&mut self, now: Instant) -> Option<Vec<u8>> {
        let echo = self.transport.local().poll_timeout();
        if echo.is_some_and(|at| at <= now) {
            self.transport.local_mut(now).handle_timeout(now);
        }
        Some(self.transport.poll_transmit(now)?.payload)
    }

    pub(super) fn next_deadline(&self, now: Instant) -> Option<Instant> {
        let deadlines = [
            self.transport.next_deadline(now),
            self.transport.local().poll_timeout(),
        ];
        deadlines.into_iter().flatten().min()
    }
}
