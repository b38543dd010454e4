//! Datagrams from the peers to the TUN interface; and what there is in the other direction, while it is little.

use std::io::{self, IoSlice};
use std::ops::Range;
use std::os::fd::AsFd;
use std::sync::Arc;

use nix::poll::{PollFd, PollFlags};

use super::coalesce::{Joined, join};
use super::state::Shared;
use super::udp::{Socket, Sockets};
use super::vnet::VnetHeader;
use super::wait::wait;
use crate::protocol::{Arrival, Opened, Received, TransportKeys, receiver_of};

/// What one call may receive.
const RECEIVE_LEN: usize = 65_536;
/// What is received before any packet is handed over.
const BATCH_LEN: usize = 4 * RECEIVE_LEN;
/// Datagrams after which a batch takes no more.
const BATCH_DATAGRAMS: usize = 256;

/// Datagrams that were received, and what became of them.
struct Batch {
    buffer: Box<[u8]>,
    len: usize,
    datagrams: Vec<Datagram>,
    /// Where the packets are that go on.
    packets: Vec<Range<usize>>,
}

struct Datagram {
    range: Range<usize>,
    arrival: Arrival,
    state: Progress,
}

enum Progress {
    /// A handshake message, or data for a session that we do not have.
    Whole,
    /// Data for a session.
    Sealed(Arc<TransportKeys>),
    /// Data that was found authentic.
    Opened(Arc<TransportKeys>, Opened),
    Forged,
}

/// Carry packets until the interface is gone.
pub(super) fn run(shared: &Arc<Shared>) -> io::Result<()> {
    let mut batch = Batch::new();
    loop {
        let sockets = shared.with(|state, _| Arc::clone(&state.sockets));
        carry(shared, &sockets, &mut batch)?;
        let _spurious = shared.inbound.read();
    }
}

/// Where there may be something to carry.
struct Ready {
    ipv4: bool,
    ipv6: bool,
    tun: bool,
    /// How much more is asked for before what came first is handed over: after a silence, nothing.
    receptions: usize,
}

impl Ready {
    /// Everywhere, and as much as a batch takes.
    const BUSY: Ready = Ready {
        ipv4: true,
        ipv6: true,
        tun: true,
        receptions: BATCH_DATAGRAMS,
    };
}

/// Carry packets until the thread is woken; in the other direction too, while no other thread does.
fn carry(shared: &Shared, sockets: &Sockets, batch: &mut Batch) -> io::Result<()> {
    let mut ready = Ready::BUSY;
    loop {
        let mut is_idle = true;
        for (socket, is_ready) in [(&sockets.ipv4, ready.ipv4), (&sockets.ipv6, ready.ipv6)] {
            let Some(socket) = socket.as_ref().filter(|_| is_ready) else {
                continue;
            };
            batch.fill(socket, ready.receptions);
            if !batch.datagrams.is_empty() {
                is_idle = false;
                batch.open(shared);
                batch.accept(shared);
                batch.deliver(shared)?;
            }
        }
        // What was delivered may have been answered at once.
        let is_ours = (ready.tun || !is_idle) && !shared.outbound.is_on_duty();
        if is_ours && shared.outbound.carry_few(shared)? {
            is_idle = false;
        }
        ready = match is_idle {
            false => Ready::BUSY,
            true => match wait_for_any(shared, sockets)? {
                Some(ready) => ready,
                None => return Ok(()),
            },
        };
    }
}

/// Wait for a datagram, or a packet if that is ours to carry; none when the thread was woken instead.
fn wait_for_any(shared: &Shared, sockets: &Sockets) -> io::Result<Option<Ready>> {
    let woken = shared.inbound.as_fd();
    // What is missing, or another's to care for, is replaced by what is polled anyway.
    let ipv4 = sockets.ipv4.as_ref().map_or(woken, Socket::as_fd);
    let ipv6 = sockets.ipv6.as_ref().map_or(woken, Socket::as_fd);
    let tun = if shared.outbound.is_on_duty() {
        woken
    } else {
        shared.tun.as_fd()
    };
    let mut polled = [woken, ipv4, ipv6, tun].map(|fd| PollFd::new(fd, PollFlags::POLLIN));
    wait(&mut polled, None)?;
    // An event that is not asked for, such as an error, is one to look at.
    let [woken, ipv4, ipv6, tun] = polled.map(|fd| fd.any().unwrap_or(true));
    Ok((!woken).then_some(Ready {
        ipv4,
        ipv6,
        tun,
        receptions: 1,
    }))
}

impl Batch {
    fn new() -> Batch {
        Batch {
            buffer: vec![0; BATCH_LEN].into(),
            len: 0,
            datagrams: Vec::with_capacity(BATCH_DATAGRAMS),
            packets: Vec::with_capacity(BATCH_DATAGRAMS),
        }
    }

    /// Receive what there is and there is room for, by so many calls at most.
    fn fill(&mut self, socket: &Socket, receptions: usize) {
        self.len = 0;
        self.datagrams.clear();
        self.packets.clear();
        for _ in 0..receptions {
            if self.datagrams.len() >= BATCH_DATAGRAMS || self.len + RECEIVE_LEN > BATCH_LEN {
                break;
            }
            let reception = match socket.receive(&mut self.buffer[self.len..][..RECEIVE_LEN]) {
                Ok(reception) => reception,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                // An ICMP error about something that was sent, which is somebody's opinion only.
                Err(error) => {
                    log::debug!("a datagram was not received: {error}");
                    break;
                }
            };
            let end = self.len + reception.len;
            for start in (self.len..end).step_by(reception.datagram_len) {
                self.datagrams.push(Datagram {
                    range: start..(start + reception.datagram_len).min(end),
                    arrival: reception.arrival,
                    state: Progress::Whole,
                });
            }
            self.len = end;
        }
    }

    /// Decrypt data where it is; only the keys are looked up under the lock.
    fn open(&mut self, shared: &Shared) {
        shared.with(|state, now| {
            let mut last: Option<(u32, Option<Arc<TransportKeys>>)> = None;
            for datagram in &mut self.datagrams {
                let Some(receiver) = receiver_of(&self.buffer[datagram.range.clone()]) else {
                    continue;
                };
                let (_, keys) = match last.take() {
                    Some(same) if same.0 == receiver => last.insert(same),
                    _ => last.insert((receiver, state.device.receiving_keys(now, receiver))),
                };
                if let Some(keys) = keys {
                    datagram.state = Progress::Sealed(Arc::clone(keys));
                }
            }
        });
        for datagram in &mut self.datagrams {
            let state = std::mem::replace(&mut datagram.state, Progress::Whole);
            datagram.state = match state {
                Progress::Sealed(keys) => match keys.open(&mut self.buffer[datagram.range.clone()])
                {
                    Some(opened) => Progress::Opened(keys, opened),
                    None => Progress::Forged,
                },
                other => other,
            };
        }
    }

    /// Let the device judge what was opened, in order, and handle everything else.
    fn accept(&mut self, shared: &Shared) {
        shared.with(|state, now| {
            for datagram in &self.datagrams {
                let (range, arrival) = (datagram.range.clone(), datagram.arrival);
                let bytes = &mut self.buffer[range.clone()];
                let received = match &datagram.state {
                    Progress::Opened(keys, opened) => {
                        state.device.accept(now, keys, arrival, *opened, bytes)
                    }
                    Progress::Forged => {
                        state.device.reject_forged();
                        continue;
                    }
                    _ => state.device.handle_datagram(now, arrival, bytes),
                };
                if let Ok(Received::Packet(packet)) = received {
                    self.packets
                        .push(range.start + packet.start..range.start + packet.end);
                }
            }
        });
        self.datagrams.clear();
    }

    /// Hand the packets to the kernel, joined where that is possible.
    fn deliver(&self, shared: &Shared) -> io::Result<()> {
        let packets: Vec<&[u8]> = self
            .packets
            .iter()
            .map(|range| &self.buffer[range.clone()])
            .collect();
        for joined in join(&packets) {
            let run = &packets[joined.packets.clone()];
            match write_joined(shared, &joined, run) {
                Err(error) if joined.header.is_some() => {
                    log::debug!(
                        "the kernel does not take {} packets as one: {error}",
                        run.len()
                    );
                    run.iter()
                        .try_for_each(|packet| write_one(shared, packet))?;
                }
                result => result?,
            }
        }
        Ok(())
    }
}

fn write_joined(shared: &Shared, joined: &Joined, packets: &[&[u8]]) -> io::Result<()> {
    let Some(header) = &joined.header else {
        return packets
            .iter()
            .try_for_each(|packet| write_one(shared, packet));
    };
    let headers_len = header.bytes().len();
    let mut parts = vec![IoSlice::new(&header.vnet), IoSlice::new(header.bytes())];
    parts.extend(
        packets
            .iter()
            .map(|packet| IoSlice::new(&packet[headers_len..])),
    );
    shared.tun.write(&parts)
}

fn write_one(shared: &Shared, packet: &[u8]) -> io::Result<()> {
    let parts = [IoSlice::new(&VnetHeader::WHOLE), IoSlice::new(packet)];
    match shared.tun.write(&parts) {
        Err(error) if is_gone(&error) => Err(error),
        Err(error) => {
            log::debug!(
                "the kernel does not take a packet of {} bytes: {error}",
                packet.len()
            );
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

/// Whether the interface itself is gone.
fn is_gone(error: &io::Error) -> bool {
    error.raw_os_error() == Some(nix::libc::EBADFD)
}
