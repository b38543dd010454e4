//! The terminal as the object that the server owns and the client follows.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::display::{self, Capabilities};
use super::emulator::Terminal;
use super::framebuffer::Framebuffer;
use super::grid::Size;
use crate::state::{InvalidDiff, Synchronised};
use crate::wire::WindowSize;
use crate::wire::addresses::{self, Addresses};
use crate::wire::host::{self, HostInstruction};

/// Programs get this long to react to a keystroke before the screen counts as showing its effect
/// (paper §3.2).
const ECHO_TIMEOUT: Duration = Duration::from_millis(50);

/// Programs get this long to finish drawing what they don't want to be seen half done.
const UPDATE_TIMEOUT: Duration = Duration::from_millis(150);

/// No more addresses of a server are remembered than this.
const MAX_ADDRESSES: usize = 16;

/// A terminal, and up to which of the user's inputs it shows the effect.
#[derive(Debug, Clone)]
pub struct TerminalState {
    terminal: Terminal,
    echo_ack: u64,
    /// Inputs given to the program whose effect may not be on the screen yet, by the number of the
    /// user's state. Empty on the client.
    inputs: VecDeque<(u64, Instant)>,
    /// When the program began a synchronized update, if it is in one.
    update_began: Option<Instant>,
    /// What the client's emulator understands.
    capabilities: Capabilities,
    /// The extensions that the server has announced.
    announced: u64,
    /// Where the server can be reached, as far as it has told.
    addresses: Arc<[SocketAddr]>,
}

impl TerminalState {
    /// The state that both ends begin with.
    pub fn new() -> Self {
        Self {
            terminal: Terminal::new(Size {
                width: 80,
                height: 24,
            }),
            echo_ack: 0,
            inputs: VecDeque::new(),
            update_began: None,
            capabilities: Capabilities::STOCK,
            announced: 0,
            addresses: Arc::default(),
        }
    }

    /// What is on show.
    pub fn framebuffer(&self) -> &Framebuffer {
        self.terminal.framebuffer()
    }

    /// The user's state up to which the screen shows the effect of what was typed.
    pub fn echo_ack(&self) -> u64 {
        self.echo_ack
    }

    /// The extensions that the server has announced, one bit each.
    pub fn announced(&self) -> u64 {
        self.announced
    }

    /// Where the server can be reached too, if it has told.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Tells the client where the server can be reached too.
    pub fn tell_addresses(&mut self, addresses: &[SocketAddr]) {
        self.addresses = addresses.into();
    }

    /// Takes what the program has written. Returns what the terminal answers it.
    pub fn write(&mut self, bytes: &[u8], now: Instant) -> Vec<u8> {
        let answers = self.terminal.write(bytes);
        self.update_began = match self.update_began {
            _ if !self.terminal.is_in_synchronized_update() => None,
            None => Some(now),
            began => began,
        };
        answers
    }

    /// Takes the size of the client's window.
    pub fn resize(&mut self, size: WindowSize) {
        self.terminal
            .resize(Size::clamped(size.columns.into(), size.rows.into()));
    }

    /// Makes differences use what the client has announced to understand, and tells it which
    /// extensions the server will use.
    pub fn announce(&mut self, capabilities: Capabilities, extensions: u64) {
        self.capabilities = capabilities;
        self.adopt_announcement(extensions);
    }

    /// Notes that the program has been given the input that came with the user's state `num`.
    pub fn handle_input(&mut self, num: u64, now: Instant) {
        self.inputs.push_back((num, now));
    }

    /// Shows an update that has taken too long, and acknowledges inputs that the program has had
    /// time to react to unless what it made of them isn't shown yet. Returns whether there is
    /// anything new to tell.
    pub fn handle_timeout(&mut self, now: Instant) -> bool {
        let is_overdue = self
            .update_began
            .take_if(|began| *began + UPDATE_TIMEOUT <= now)
            .is_some();
        if is_overdue {
            self.terminal.end_synchronized_update();
        }
        is_overdue | (self.update_began.is_none() && self.acknowledge_inputs(now))
    }

    /// Acknowledges all inputs: the program has been seen to react to them.
    pub fn acknowledge_all_inputs(&mut self) {
        if let Some((num, _)) = self.inputs.drain(..).next_back() {
            self.echo_ack = self.echo_ack.max(num);
        }
    }

    /// When [`handle_timeout`](Self::handle_timeout) will have something to do.
    pub fn poll_timeout(&self) -> Option<Instant> {
        match self.update_began {
            Some(began) => Some(began + UPDATE_TIMEOUT),
            None => self.inputs.front().map(|(_, given)| *given + ECHO_TIMEOUT),
        }
    }

    fn acknowledge_inputs(&mut self, now: Instant) -> bool {
        let before = self.echo_ack;
        while let Some((num, _)) = self
            .inputs
            .pop_front_if(|(_, given)| *given + ECHO_TIMEOUT <= now)
        {
            self.echo_ack = self.echo_ack.max(num);
        }
        self.echo_ack != before
    }

    /// Both ends must begin to keep lines with the same state.
    fn adopt_announcement(&mut self, extensions: u64) {
        self.announced = extensions;
        if Capabilities::from_bits_truncate(extensions as u32).contains(Capabilities::SCROLLBACK) {
            self.terminal.keep_scrollback();
        }
    }
}

impl Default for TerminalState {
    fn default() -> Self {
        Self::new()
    }
}

impl Synchronised for TerminalState {
    fn same_as(&self, other: &Self) -> bool {
        self.echo_ack == other.echo_ack
            && self.announced == other.announced
            && self.addresses == other.addresses
            && self.framebuffer().looks_like(other.framebuffer())
    }

    fn diff_from(&self, reference: &Self) -> Vec<u8> {
        let mut message = Vec::new();
        if self.announced != reference.announced {
            host::put(&mut message, HostInstruction::Announce(self.announced));
        }
        if self.addresses != reference.addresses {
            let list = addresses::emit(&self.addresses);
            host::put(
                &mut message,
                HostInstruction::Addresses(Addresses::new(&list)),
            );
        }
        if self.echo_ack != reference.echo_ack {
            host::put(&mut message, HostInstruction::EchoAck(self.echo_ack));
        }
        let size = self.framebuffer().size();
        if size != reference.framebuffer().size() {
            host::put(&mut message, HostInstruction::Resize(window_size(size)));
        }
        let bytes = display::diff(
            reference.framebuffer(),
            self.framebuffer(),
            self.capabilities,
        );
        if !bytes.is_empty() {
            host::put(&mut message, HostInstruction::HostBytes(&bytes));
        }
        message
    }

    fn apply(&mut self, diff: &[u8]) -> Result<(), InvalidDiff> {
        for instruction in host::instructions(diff) {
            match instruction.map_err(|_| InvalidDiff("not a HostMessage"))? {
                // A frame asks no questions; what a hostile one does ask goes unanswered.
                HostInstruction::HostBytes(bytes) => drop(self.terminal.write(bytes)),
                HostInstruction::Resize(size) => self.resize(size),
                HostInstruction::EchoAck(num) if num < self.echo_ack => {
                    return Err(InvalidDiff("an echo acknowledgement was taken back"));
                }
                HostInstruction::EchoAck(num) => self.echo_ack = num,
                HostInstruction::Announce(extensions) => self.adopt_announcement(extensions),
                HostInstruction::Addresses(list) => {
                    self.addresses = list.iter().take(MAX_ADDRESSES).collect();
                }
            }
        }
        Ok(())
    }

    /// Lines that have scrolled off need not be told again.
    fn forget(&mut self, acknowledged: &Self) {
        let end = acknowledged.framebuffer().scrollback().end();
        self.terminal.forget_scrollback_before(end);
    }
}

fn window_size(size: Size) -> WindowSize {
    // Sides are at most Size::MAX_SIDE.
    WindowSize {
        columns: size.width as u16,
        rows: size.height as u16,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RESIZED: WindowSize = WindowSize {
        columns: 40,
        rows: 10,
    };

    #[test]
    fn the_client_follows_the_server() {
        let mut server = TerminalState::new();
        let mut client = TerminalState::new();
        for output in ["hello\r\n", "\x1b[31mred\x1b[2J", "\x1b]0;title\x07漢字"] {
            let before = server.clone();
            assert!(server.write(output.as_bytes(), Instant::now()).is_empty());
            assert!(!server.same_as(&before));
            client.apply(&server.diff_from(&before)).unwrap();
            assert!(client.same_as(&server));
        }
        let before = server.clone();
        server.resize(RESIZED);
        server.announce(Capabilities::all(), 7);
        let addresses = ["192.0.2.1:60001", "[2001:db8::1]:60001"];
        server.tell_addresses(&addresses.map(|address| address.parse().unwrap()));
        client.apply(&server.diff_from(&before)).unwrap();
        assert!(client.same_as(&server));
        assert_eq!(client.announced(), 7);
        assert_eq!(client.addresses(), server.addresses());
        assert!(server.diff_from(&server.clone()).is_empty());
    }

    #[test]
    fn an_echo_is_acknowledged_once_the_program_has_had_its_time() {
        let start = Instant::now();
        let mut server = TerminalState::new();
        assert_eq!(server.poll_timeout(), None);
        server.handle_input(3, start);
        server.handle_input(4, start + Duration::from_millis(20));
        assert_eq!(server.poll_timeout(), Some(start + ECHO_TIMEOUT));
        assert!(!server.handle_timeout(start + Duration::from_millis(49)));
        assert!(server.handle_timeout(start + ECHO_TIMEOUT));
        assert_eq!(server.echo_ack(), 3);
        assert!(server.handle_timeout(start + Duration::from_millis(70)));
        assert_eq!((server.echo_ack(), server.poll_timeout()), (4, None));
    }

    #[test]
    fn scrolled_lines_are_told_until_they_are_acknowledged() {
        let kept = |state: &TerminalState| state.framebuffer().scrollback().since(0).count();
        let mut server = TerminalState::new();
        let mut client = TerminalState::new();
        let initial = server.clone();
        server.announce(Capabilities::all(), Capabilities::SCROLLBACK.bits().into());
        server.write(&b"line\r\n".repeat(30), Instant::now());
        client.apply(&server.diff_from(&initial)).unwrap();
        assert_eq!((kept(&server), kept(&client)), (7, 7));
        server.forget(&server.clone());
        assert_eq!(kept(&server), 0);
        let before = server.clone();
        server.write(b"line\r\n", Instant::now());
        client.apply(&server.diff_from(&before)).unwrap();
        assert_eq!((kept(&server), kept(&client)), (1, 8));
        assert!(client.same_as(&server));
    }

    #[test]
    fn a_synchronized_update_is_shown_when_it_is_finished() {
        let start = Instant::now();
        let mut server = TerminalState::new();
        server.write(b"before\x1b[?2026h\rha", start);
        assert_eq!(server.framebuffer().rows()[0].text(), "before");
        server.write(b"lf\x1b[K", start);
        assert_eq!(server.framebuffer().rows()[0].text(), "before");
        server.write(b"\rwhole\x1b[?2026l", start);
        assert_eq!(server.framebuffer().rows()[0].text(), "whole");
        assert_eq!(server.poll_timeout(), None);
    }

    #[test]
    fn an_unfinished_update_is_shown_and_acknowledged_in_the_end() {
        let start = Instant::now();
        let mut server = TerminalState::new();
        server.handle_input(1, start);
        server.write(b"\x1b[?2026hhalf", start);
        assert_eq!(server.poll_timeout(), Some(start + UPDATE_TIMEOUT));
        assert!(!server.handle_timeout(start + ECHO_TIMEOUT));
        assert!(server.handle_timeout(start + UPDATE_TIMEOUT));
        assert_eq!(server.framebuffer().rows()[0].text(), "half");
        assert_eq!((server.echo_ack(), server.poll_timeout()), (1, None));
    }

    #[test]
    fn differences_that_contradict_are_refused() {
        let mut server = TerminalState::new();
        server.echo_ack = 5;
        let mut client = TerminalState::new();
        client.echo_ack = 6;
        assert!(
            client
                .apply(&server.diff_from(&TerminalState::new()))
                .is_err()
        );
        assert!(client.apply(b"\xff").is_err());
    }
}
