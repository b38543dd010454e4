//! The server's loop: a terminal at one side, a socket at the other.

use std::env;
use std::io;
use std::net::SocketAddr;
use std::os::fd::AsFd as _;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::PollFlags;
use nix::sys::signal::Signal;
use rustix::process::getpid;

use super::child::{self, Child};
use super::echo::EchoWatch;
use super::options::Options;
use super::sockets::Sockets;
use super::utmp;
use super::{detached, syslog};
use crate::crypto::Key;
use crate::program::hardening::FormerLimit;
use crate::program::readiness;
use crate::program::signals::Signals;
use crate::state::UserInput;
use crate::terminal::{Capabilities, KeyTranslator, TerminalState};
use crate::transport::{Role, Transport, Tuning};
use crate::wire::WindowSize;
use crate::wire::user::UserInstruction;

/// A server that no client has found in this time ends.
const FIRST_CONTACT: Duration = Duration::from_secs(60);

/// A client silent for so long is entered as away.
const AWAY: Duration = Duration::from_secs(30);

/// A reason not to start the program is shown for so long.
const FAREWELL: Duration = Duration::from_secs(3);

/// No more datagrams are taken in one turn, so that output is not starved.
const DATAGRAMS_A_TURN: usize = 64;

/// A program that does not read its input makes us stop taking it beyond this many bytes.
const PENDING_INPUT_MAX: usize = 1 << 20;

/// The size of the terminal until the client has said its own.
const INITIAL_SIZE: WindowSize = WindowSize {
    columns: 80,
    rows: 24,
};

/// Ends a server whose client has been silent, as its environment asks.
struct Timeouts {
    /// `MOSH_SERVER_NETWORK_TMOUT`: after so long.
    network: Option<Duration>,
    /// `MOSH_SERVER_SIGNAL_TMOUT`: on SIGUSR1 after so long.
    signal: Duration,
}

impl Timeouts {
    fn from_environment() -> Self {
        let seconds = |name| {
            let value: u64 = env::var(name).ok()?.parse().ok()?;
            (value > 0).then_some(Duration::from_secs(value))
        };
        Self {
            network: seconds("MOSH_SERVER_NETWORK_TMOUT"),
            signal: seconds("MOSH_SERVER_SIGNAL_TMOUT").unwrap_or_default(),
        }
    }
}

/// A session.
pub(super) struct Session<'a> {
    options: &'a Options,
    former_limit: &'a FormerLimit,
    sockets: Sockets,
    signals: Signals,
    transport: Transport<TerminalState, UserInput>,
    timeouts: Timeouts,
    started: Instant,
    /// Runs from the first contact on, when the client's window size is known.
    child: Option<Child>,
    size: WindowSize,
    keys: KeyTranslator,
    echo: EchoWatch,
    /// Input that the program has not taken yet.
    pending_input: Vec<u8>,
    /// Up to where the user's input has been taken.
    read: u64,
    entered_as: Option<Attachment>,
    /// When to end a session whose program could not be started.
    ends_at: Option<Instant>,
    /// The session is over, and there is no client to be told.
    has_nobody_to_tell: bool,
}

/// What the log of users says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Attachment {
    To(SocketAddr),
    Nobody,
}

impl<'a> Session<'a> {
    pub(super) fn new(
        options: &'a Options,
        former_limit: &'a FormerLimit,
        sockets: Sockets,
        key: &Key,
        signals: Signals,
        now: Instant,
    ) -> Self {
        let objects = (TerminalState::new(), UserInput::default());
        let seed = getrandom::u64().unwrap_or_default();
        Self {
            options,
            former_limit,
            sockets,
            signals,
            transport: Transport::new(Role::Server, key, Tuning::best(), objects, seed, now),
            timeouts: Timeouts::from_environment(),
            started: now,
            child: None,
            size: INITIAL_SIZE,
            keys: KeyTranslator::default(),
            echo: EchoWatch::default(),
            pending_input: Vec::new(),
            read: 0,
            entered_as: None,
            ends_at: None,
            has_nobody_to_tell: false,
        }
    }

    /// Serves until the session has ended.
    pub(super) fn run(mut self) -> io::Result<()> {
        loop {
            let now = Instant::now();
            self.handle_timeouts(now);
            self.send(now);
            if self.transport.ended(now).is_some() || self.is_abandoned(now) {
                break;
            }
            self.wait_and_handle(now)?;
        }
        if let Some(child) = &self.child {
            utmp::remove(child.terminal());
        }
        syslog::log("end");
        Ok(())
    }

    fn wait_and_handle(&mut self, now: Instant) -> io::Result<()> {
        let mut interests = vec![(self.signals.as_fd(), PollFlags::POLLIN)];
        interests.extend(self.sockets.fds().map(|fd| (fd, PollFlags::POLLIN)));
        let socket_count = interests.len() - 1;
        if let Some(child) = &self.child {
            let mut interest = PollFlags::POLLIN;
            interest.set(PollFlags::POLLOUT, !self.pending_input.is_empty());
            interests.push((child.as_fd(), interest));
        }
        let mut ready = readiness::wait_for(&interests, self.next_deadline(now))?.into_iter();
        let mut next_is_ready = || ready.next() == Some(true);
        let now = Instant::now();
        if next_is_ready() {
            self.handle_signals(now);
        }
        for n in 0..socket_count {
            if next_is_ready() {
                self.receive(n, now)?;
            }
        }
        if next_is_ready() {
            self.handle_child(now);
        }
        Ok(())
    }

    fn next_deadline(&self, now: Instant) -> Option<Instant> {
        let echo = self.transport.local().poll_timeout();
        let away = match self.entered_as {
            Some(Attachment::To(_)) => Some(self.last_contact() + AWAY),
            _ => None,
        };
        let patience = self
            .patience()
            .map(|patience| self.last_contact() + patience);
        let deadlines = [
            self.transport.next_deadline(now),
            echo,
            away,
            patience,
            self.ends_at,
        ];
        deadlines.into_iter().flatten().min()
    }

    /// How long a silence ends the session.
    fn patience(&self) -> Option<Duration> {
        if self.read == 0 {
            return Some(FIRST_CONTACT);
        }
        self.timeouts.network
    }

    fn is_abandoned(&self, now: Instant) -> bool {
        let is_overdue = |patience| now >= self.last_contact() + patience;
        self.has_nobody_to_tell || self.patience().is_some_and(is_overdue)
    }

    fn last_contact(&self) -> Instant {
        self.transport.remote_changed_at().max(self.started)
    }

    fn handle_timeouts(&mut self, now: Instant) {
        if self
            .transport
            .local()
            .poll_timeout()
            .is_some_and(|at| at <= now)
        {
            self.transport.local_mut(now).handle_timeout(now);
        }
        if self.ends_at.take_if(|at| *at <= now).is_some() {
            self.shut_down(now);
        }
        self.enter_attachment(now);
    }

    fn handle_signals(&mut self, now: Instant) {
        while let Some(signal) = self.signals.next() {
            let is_idle = now >= self.last_contact() + self.timeouts.signal;
            match signal {
                Signal::SIGTERM | Signal::SIGINT => self.shut_down(now),
                Signal::SIGUSR1 if is_idle => self.shut_down(now),
                _ => {}
            }
        }
    }

    /// Ends the session: at once if there is nobody to tell.
    fn shut_down(&mut self, now: Instant) {
        self.transport.shut_down(now);
        if self.transport.peer().is_none() {
            self.has_nobody_to_tell = true;
        }
    }

    fn receive(&mut self, n: usize, now: Instant) -> io::Result<()> {
        for _ in 0..DATAGRAMS_A_TURN {
            if self.pending_input.len() > PENDING_INPUT_MAX {
                break;
            }
            match self.sockets.receive(n) {
                Ok(Some(received)) => {
                    let arrival = received.arrival(n as u32);
                    self.transport.handle_datagram(&arrival, now);
                    self.take_input(now);
                }
                Ok(None) => break,
                // An ICMP error about an earlier datagram: the path may heal.
                Err(error) if is_of_path(&error) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Gives the program what the user has done.
    fn take_input(&mut self, now: Instant) {
        let input = self.transport.remote().clone();
        if input.end() == self.read {
            return;
        }
        let mut typed = Vec::new();
        for instruction in input.since(self.read) {
            match instruction {
                UserInstruction::Keystrokes(keys) => {
                    let modes = self.transport.local().framebuffer().modes();
                    let keys = self.keys.translate(keys, modes.application_cursor_keys);
                    typed.extend_from_slice(&keys);
                    self.pending_input.extend(keys);
                }
                UserInstruction::Resize(size) => self.resize(size, now),
                UserInstruction::Announce(extensions) => {
                    let known = Capabilities::from_bits_truncate(extensions as u32);
                    let reader = Capabilities::STOCK | known;
                    let local = self.transport.local_mut(now);
                    local.announce(reader, extensions);
                    local.tell_addresses(&self.sockets.addresses());
                }
            }
        }
        let is_only_input = self.pending_input.len() == typed.len()
            && self.transport.local().poll_timeout().is_none();
        self.echo.handle_input(&typed, is_only_input);
        self.read = input.end();
        let num = self.transport.remote_num();
        self.transport.local_unseen_mut().handle_input(num, now);
        if self.child.is_none() {
            self.start_child(now);
        }
        self.write_to_child();
    }

    fn resize(&mut self, size: WindowSize, now: Instant) {
        self.size = size;
        self.transport.local_mut(now).resize(size);
        if let Some(child) = &self.child {
            child.resize(size);
        }
    }

    fn start_child(&mut self, now: Instant) {
        let command = &self.options.command;
        if command.is_empty() {
            let greeting = child::message_of_the_day();
            let screen = self.transport.local_mut(now);
            screen.write(&greeting, now);
            screen.write(&detached::notice(), now);
        }
        match Child::start(command, self.options.colors, self.size, self.former_limit) {
            Ok(child) => {
                syslog::log("begin");
                self.child = Some(child);
            }
            Err(error) => {
                let name = command.first().map_or("the login shell", String::as_str);
                let message = format!("ssp-server: cannot start {name}: {error}\r\n");
                self.transport.local_mut(now).write(message.as_bytes(), now);
                self.ends_at = Some(now + FAREWELL);
            }
        }
    }

    fn handle_child(&mut self, now: Instant) {
        self.write_to_child();
        let Some(output) = self.child.as_mut().and_then(Child::read) else {
            return;
        };
        if output.is_empty() {
            // The program has ended, and all that it wrote has been read.
            self.child
                .take()
                .inspect(|child| utmp::remove(child.terminal()));
            self.shut_down(now);
            return;
        }
        let screen = self.transport.local_mut(now);
        let answer = screen.write(&output, now);
        if self.echo.is_echo(&output) {
            screen.acknowledge_all_inputs();
        }
        self.pending_input.extend(answer);
        self.write_to_child();
    }

    fn write_to_child(&mut self) {
        if let Some(child) = &mut self.child
            && !self.pending_input.is_empty()
        {
            child.write(&mut self.pending_input);
        }
    }

    fn send(&mut self, now: Instant) {
        while let Some(transmit) = self.transport.poll_transmit(now) {
            let sent = self.sockets.send(&transmit);
            if sent.is_err_and(|error| error.raw_os_error() == Some(Errno::EMSGSIZE as i32)) {
                self.transport.handle_oversized(&transmit, now);
            }
        }
    }

    /// Keeps the log of users up to date with where the client is.
    fn enter_attachment(&mut self, now: Instant) {
        let Some(child) = &self.child else {
            return;
        };
        let attachment = match self.transport.peer() {
            Some(peer) if now < self.last_contact() + AWAY => Attachment::To(peer),
            _ => Attachment::Nobody,
        };
        if self.entered_as == Some(attachment) {
            return;
        }
        self.entered_as = Some(attachment);
        let pid = getpid().as_raw_nonzero();
        utmp::remove(child.terminal());
        utmp::add(
            child.terminal(),
            &match attachment {
                Attachment::To(peer) => {
                    let host = peer.ip().to_canonical();
                    syslog::log(&format!("attached from {host}"));
                    format!("{host} via mosh [{pid}]")
                }
                Attachment::Nobody => format!("mosh [{pid}]"),
            },
        );
    }
}

/// Whether an error of a socket tells of the path and not of the socket.
fn is_of_path(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::NetworkDown
    )
}
