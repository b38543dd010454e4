//! A client and a server that hear each other at once.

use std::time::{Duration, Instant};

use ssp::crypto::Key;
use ssp::state::UserInput;
use ssp::terminal::TerminalState;
use ssp::transport::{Arrival, Role, Transmit, Transport, Tuning};
use ssp::wire::user::UserInstruction;

pub(crate) struct Pair {
    client: Transport<UserInput, TerminalState>,
    server: Transport<TerminalState, UserInput>,
    now: Instant,
}

impl Pair {
    /// Nothing has been sent yet.
    pub(crate) fn new() -> Self {
        let key = Key::from([7; 16]);
        let now = Instant::now();
        let server = "192.0.2.1:60001".parse().expect("an address");
        let objects = (UserInput::default(), TerminalState::new());
        let mirrored = (TerminalState::new(), UserInput::default());
        Self {
            client: Transport::new(
                Role::Client { server },
                &key,
                Tuning::best(),
                objects,
                0,
                now,
            ),
            server: Transport::new(Role::Server, &key, Tuning::best(), mirrored, 0, now),
            now,
        }
    }

    /// A key is typed, travels, is echoed and acknowledged, 130 ms after the one before.
    pub(crate) fn keystroke(&mut self) {
        self.now += Duration::from_millis(130);
        let input = self.client.local_mut(self.now);
        input.push(UserInstruction::Keystrokes(b"x"));
        while let Some(transmit) = self.client.poll_transmit(self.now) {
            self.server.handle_datagram(&arrival(&transmit), self.now);
        }
        self.server.local_mut(self.now).write(b"x", self.now);
        while let Some(transmit) = self.server.poll_transmit(self.now) {
            self.client.handle_datagram(&arrival(&transmit), self.now);
        }
    }
}

fn arrival(transmit: &Transmit) -> Arrival<'_> {
    Arrival {
        source: transmit.destination,
        socket: 0,
        congested: false,
        payload: &transmit.payload,
    }
}
