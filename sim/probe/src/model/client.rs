//! The user's end: what `ssp-client` does between its terminal and its sockets.

use std::net::SocketAddr;
use std::time::Instant;

use scenario::Predict;
use ssp::crypto::Key;
use ssp::prediction::{DisplayMode, Predictor, Progress};
use ssp::state::UserInput;
use ssp::terminal::{Capabilities, Framebuffer, TerminalState, display};
use ssp::transport::{Arrival, Role, Transport, Tuning};
use ssp::wire::WindowSize;
use ssp::wire::user::UserInstruction;

use crate::screen::Size;

/// A client whose terminal is the observer's screen.
pub(super) struct Client {
    transport: Transport<UserInput, TerminalState>,
    predictor: Predictor,
    shown: Option<Framebuffer>,
}

impl Client {
    pub(super) fn new(
        server: SocketAddr,
        key: &Key,
        size: Size,
        predict: Predict,
        seed: u64,
        now: Instant,
    ) -> Self {
        let role = Role::Client { server };
        let objects = (UserInput::default(), TerminalState::new());
        let mut transport = Transport::new(role, key, Tuning::best(), objects, seed, now);
        let local = transport.local_mut(now);
        local.push(UserInstruction::Resize(WindowSize {
            columns: size.columns,
            rows: size.rows,
        }));
        // A terminal on its alternate screen, where the program begins, keeps no lines.
        let extensions = Capabilities::all() - Capabilities::STOCK - Capabilities::SCROLLBACK;
        local.push(UserInstruction::Announce(extensions.bits().into()));
        Client {
            transport,
            predictor: Predictor::new(display_mode(predict), false),
            shown: None,
        }
    }

    pub(super) fn type_keys(&mut self, keys: &[u8], now: Instant) {
        let screen = self.transport.remote().framebuffer();
        let progress = progress(&self.transport);
        self.predictor.handle_keys(keys, screen, progress, now);
        self.transport
            .local_mut(now)
            .push(UserInstruction::Keystrokes(keys));
    }

    pub(super) fn handle_datagram(&mut self, arrival: &Arrival<'_>, now: Instant) {
        self.transport.handle_datagram(arrival, now);
    }

    /// The next datagram to send.
    pub(super) fn poll_transmit(&mut self, now: Instant) -> Option<Vec<u8>> {
        Some(self.transport.poll_transmit(now)?.payload)
    }

    pub(super) fn next_deadline(&self, now: Instant) -> Option<Instant> {
        let deadlines = [
            self.transport.next_deadline(now),
            self.predictor.poll_timeout(now),
        ];
        deadlines.into_iter().flatten().min()
    }

    /// What to write to the terminal, so that it shows the newest screen with what is predicted.
    pub(super) fn paint(&mut self, now: Instant) -> Vec<u8> {
        let newest = self.transport.remote().framebuffer();
        let mut screen = newest.clone();
        let progress = progress(&self.transport);
        self.predictor.handle_screen(newest, progress, now);
        self.predictor.draw(&mut screen);
        let capabilities = Capabilities::ERASE_CHARACTERS | Capabilities::BACKGROUND_ERASE;
        let bytes = match &self.shown {
            Some(shown) => display::diff(shown, &screen, capabilities),
            None => display::repaint(&screen, capabilities),
        };
        self.shown = Some(screen);
        bytes
    }
}

fn progress(transport: &Transport<UserInput, TerminalState>) -> Progress {
    Progress {
        sent: transport.sent_num(),
        echoed: transport.remote().echo_ack(),
        send_interval: transport.rtt().send_interval(),
    }
}

fn display_mode(predict: Predict) -> DisplayMode {
    match predict {
        Predict::Never => DisplayMode::Never,
        Predict::Adaptive => DisplayMode::Adaptive,
        Predict::Always => DisplayMode::Always,
        Predict::Experimental => DisplayMode::Experimental,
    }
}
