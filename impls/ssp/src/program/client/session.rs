//! The client's loop: the user's terminal at one side, sockets at the other.

use std::env;
use std::io;
use std::net::SocketAddr;
use std::os::fd::AsFd as _;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::signal::Signal;

use super::keyboard::{Action, EscapeKey, Keyboard};
use super::outer::Outer;
use super::routes::RouteChanges;
use super::sockets::Sockets;
use crate::crypto::Key;
use crate::prediction::{DisplayMode, Predictor, Progress};
use crate::program::readiness;
use crate::program::signals::Signals;
use crate::state::UserInput;
use crate::terminal::{Notifications, TerminalState};
use crate::transport::{Ended, Role, Transport, Tuning};
use crate::wire::user::UserInstruction;

/// How long to wait for the server's first word before saying that there is none, and before giving up.
const CONNECTING_NOTICE: Duration = Duration::from_millis(250);
const CONNECTING_TIMEOUT: Duration = Duration::from_secs(15);

/// No more datagrams are taken from a socket in one turn, so that keys are not starved.
const DATAGRAMS_A_TURN: usize = 64;

/// A server that does not acknowledge input makes us stop taking it beyond this many bytes.
const PENDING_INPUT_MAX: u64 = 1 << 20;

/// What the environment asks for.
pub(super) struct Settings {
    mode: DisplayMode,
    overwrites: bool,
    title_prefix: &'static str,
}

impl Settings {
    pub(super) fn from_environment() -> Result<Self, String> {
        let mode = match env::var("MOSH_PREDICTION_DISPLAY").as_deref() {
            Ok("always") => DisplayMode::Always,
            Ok("never") => DisplayMode::Never,
            Ok("experimental") => DisplayMode::Experimental,
            Ok("adaptive" | "") | Err(_) => DisplayMode::Adaptive,
            Ok(other) => return Err(format!("unknown MOSH_PREDICTION_DISPLAY \"{other}\"")),
        };
        Ok(Self {
            mode,
            overwrites: env::var("MOSH_PREDICTION_OVERWRITE").as_deref() == Ok("yes"),
            title_prefix: match env::var_os("MOSH_TITLE_NOPREFIX") {
                Some(_) => "",
                None => "[mosh] ",
            },
        })
    }
}

/// A session.
pub(super) struct Session {
    server: SocketAddr,
    outer: Outer,
    sockets: Sockets,
    signals: Signals,
    /// `None` where the kernel does not tell.
    routes: Option<RouteChanges>,
    transport: Transport<UserInput, TerminalState>,
    keyboard: Keyboard,
    escape: EscapeKey,
    predictor: Predictor,
    notifications: Notifications,
    title_prefix: &'static str,
    started: Instant,
    is_stdin_open: bool,
}

impl Session {
    pub(super) fn new(
        server: SocketAddr,
        key: &Key,
        settings: Settings,
        escape: EscapeKey,
        outer: Outer,
    ) -> io::Result<Self> {
        let now = Instant::now();
        let role = Role::Client { server };
        let objects = (UserInput::default(), TerminalState::new());
        let seed = getrandom::u64()?;
        let mut transport = Transport::new(role, key, Tuning::best(), objects, seed, now);
        // The server starts its program when it has heard the size, so that this has to be in the first state.
        let local = transport.local_mut(now);
        local.push(UserInstruction::Resize(outer.size()?));
        let extensions = outer.extensions();
        local.push(UserInstruction::Announce(extensions.bits().into()));
        Ok(Self {
            server,
            outer,
            sockets: Sockets::open(server, now)?,
            signals: Signals::take_over(&[
                Signal::SIGWINCH,
                Signal::SIGTERM,
                Signal::SIGINT,
                Signal::SIGHUP,
                Signal::SIGPIPE,
                Signal::SIGCONT,
            ])?,
            routes: RouteChanges::subscribe().ok(),
            transport,
            keyboard: Keyboard::new(escape),
            escape,
            predictor: Predictor::new(settings.mode, settings.overwrites),
            notifications: Notifications::new(&escape.quit_hint(), now),
            title_prefix: settings.title_prefix,
            started: now,
            is_stdin_open: true,
        })
    }

    /// Runs until the session has ended. Returns whether the server agreed.
    pub(super) fn run(mut self) -> io::Result<bool> {
        loop {
            let now = Instant::now();
            self.watch_connecting(now);
            self.send(now);
            self.paint(now)?;
            match self.transport.ended(now) {
                Some(Ended::Acknowledged | Ended::ByPeer) => return Ok(true),
                Some(Ended::Unanswered | Ended::KeySpent) => return Ok(false),
                None => self.wait_and_handle(now)?,
            }
        }
    }

    fn wait_and_handle(&mut self, now: Instant) -> io::Result<()> {
        let takes_keys = self.is_stdin_open && self.transport.local().pending() < PENDING_INPUT_MAX;
        let keyboard = takes_keys.then(|| self.outer.keyboard());
        let routes = self.routes.as_ref().map(|routes| routes.as_fd());
        let mut fds = vec![self.signals.as_fd()];
        fds.extend(self.sockets.fds());
        let socket_count = fds.len() - 1;
        fds.extend(keyboard);
        fds.extend(routes);
        let mut ready = readiness::wait(&fds, self.next_deadline(now))?.into_iter();
        let mut next_is_ready = || ready.next() == Some(true);
        let now = Instant::now();
        if next_is_ready() {
            self.handle_signals(now)?;
        }
        for n in 0..socket_count {
            if next_is_ready() {
                self.receive(n, now);
            }
        }
        if takes_keys && next_is_ready() {
            self.handle_typed(now)?;
        }
        if self.routes.is_some() && next_is_ready() {
            self.handle_route_change(now);
        }
        Ok(())
    }

    fn next_deadline(&self, now: Instant) -> Option<Instant> {
        let connecting = self.is_connecting().then(|| {
            let notice = self.started + CONNECTING_NOTICE;
            if now < notice {
                notice
            } else {
                self.started + CONNECTING_TIMEOUT
            }
        });
        let deadlines = [
            self.transport.next_deadline(now),
            self.predictor.poll_timeout(now),
            self.notifications.poll_timeout(now),
            connecting.filter(|_| !self.transport.is_shutting_down()),
        ];
        deadlines.into_iter().flatten().min()
    }

    fn is_connecting(&self) -> bool {
        self.transport.remote_num() == 0
    }

    fn watch_connecting(&mut self, now: Instant) {
        if !self.is_connecting() || self.transport.is_shutting_down() {
            return;
        }
        if now >= self.started + CONNECTING_TIMEOUT {
            self.end("Timed out waiting for server...", now);
        } else if now >= self.started + CONNECTING_NOTICE {
            let port = self.server.port();
            let text = format!("Nothing received from server on UDP port {port}.");
            self.notifications.show(&text, true, now);
        }
    }

    /// Begins to end the session.
    fn end(&mut self, reason: &str, now: Instant) {
        if !self.transport.is_shutting_down() {
            self.notifications.show(reason, true, now);
            self.transport.shut_down(now);
        }
    }

    fn handle_signals(&mut self, now: Instant) -> io::Result<()> {
        while let Some(signal) = self.signals.next() {
            match signal {
                Signal::SIGWINCH => self.handle_resize(now)?,
                Signal::SIGCONT => self.outer.forget_shown(),
                _ => self.end("Signal received, shutting down...", now),
            }
        }
        Ok(())
    }

    fn handle_resize(&mut self, now: Instant) -> io::Result<()> {
        let size = self.outer.size()?;
        self.transport
            .local_mut(now)
            .push(UserInstruction::Resize(size));
        self.predictor.reset();
        self.outer.forget_shown();
        Ok(())
    }

    fn receive(&mut self, n: usize, now: Instant) {
        let was_connecting = self.is_connecting();
        for _ in 0..DATAGRAMS_A_TURN {
            match self.sockets.receive(n) {
                Ok(Some(received)) => self.transport.handle_datagram(&received.arrival(0), now),
                Ok(None) => break,
                Err(error) => {
                    let text = format!("recvmsg: {error}");
                    self.notifications.show_network_error(&text, now);
                    break;
                }
            }
        }
        if was_connecting && !self.is_connecting() {
            self.notifications.clear();
        }
        self.notifications
            .handle_state(self.transport.remote_changed_at());
        self.notifications
            .handle_acknowledgement(self.transport.acknowledged_sent_at());
        let addresses = self.transport.remote().addresses().to_vec();
        self.transport.learn_addresses(&addresses);
        self.judge_predictions(now);
    }

    fn progress(&self) -> Progress {
        Progress {
            sent: self.transport.sent_num(),
            echoed: self.transport.remote().echo_ack(),
            send_interval: self.transport.rtt().send_interval(),
        }
    }

    fn judge_predictions(&mut self, now: Instant) {
        let screen = self.transport.remote().framebuffer();
        self.predictor.handle_screen(screen, self.progress(), now);
    }

    fn handle_typed(&mut self, now: Instant) -> io::Result<()> {
        let typed = self.outer.read()?;
        if typed.is_empty() {
            self.is_stdin_open = false;
            self.end("Exiting on user request...", now);
        }
        for action in self.keyboard.handle(&typed) {
            match action {
                Action::Type(keys) => self.type_keys(&keys, now),
                Action::Escape => self.notifications.show(&self.escape.help(), false, now),
                Action::Repaint => self.outer.forget_shown(),
                Action::Quit => self.end("Exiting on user request...", now),
                Action::Suspend => {
                    self.notifications.clear();
                    self.outer.suspend()?;
                }
            }
        }
        Ok(())
    }

    fn type_keys(&mut self, keys: &[u8], now: Instant) {
        if self.transport.is_shutting_down() {
            return;
        }
        let screen = self.transport.remote().framebuffer();
        self.predictor
            .handle_keys(keys, screen, self.progress(), now);
        self.transport
            .local_mut(now)
            .push(UserInstruction::Keystrokes(keys));
    }

    fn handle_route_change(&mut self, now: Instant) {
        if self.routes.as_ref().is_some_and(RouteChanges::take) {
            self.transport.handle_path_change(now);
        }
    }

    fn send(&mut self, now: Instant) {
        while let Some(transmit) = self.transport.poll_transmit(now) {
            match self.sockets.send(&transmit, now) {
                Ok(()) => self.notifications.clear_network_error(now),
                Err(_) if self.transport.peer() != Some(transmit.destination) => {}
                Err(error) => {
                    if error.raw_os_error() == Some(Errno::EMSGSIZE as i32) {
                        self.transport.handle_oversized(&transmit, now);
                    }
                    let text = format!("sendto: {error}");
                    self.notifications.show_network_error(&text, now);
                }
            }
        }
    }

    fn paint(&mut self, now: Instant) -> io::Result<()> {
        let mut screen = self.transport.remote().framebuffer().clone();
        self.judge_predictions(now);
        self.predictor.draw(&mut screen);
        self.notifications.draw(&mut screen, now);
        screen.prefix_titles(self.title_prefix);
        self.outer.show(screen)
    }
}
