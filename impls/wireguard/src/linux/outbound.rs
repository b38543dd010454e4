//! Packets from the TUN interface to the peers.

use std::io::{self, IoSlice};
use std::net::IpAddr;
use std::ops::Range;
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nix::libc;
use nix::poll::{PollFd, PollFlags};
use nix::sys::eventfd::{EfdFlags, EventFd};

use super::queue_len::QueueLen;
use super::segment::Superpacket;
use super::state::Shared;
use super::udp::{Sockets, Train};
use super::vnet::{self, VnetHeader};
use super::wait::wait;
use crate::protocol::{
    Claim, DATA_HEADER_LEN, DATA_OVERHEAD, Device, Undeliverable, ip, padded_len,
};

/// What one read may give.
const READ_LEN: usize = vnet::LEN + 65_535;
/// Datagrams that are prepared before any is sent.
const MAX_DATAGRAMS: usize = 128;
/// Packets at once that are few.
const FEW: usize = 8;
/// How long there must be nothing to carry for the outbound thread to go off duty.
const SILENCE: Duration = Duration::from_millis(2);
/// Bytes of datagrams beyond which nothing more is read before they are sent.
const ENOUGH: usize = 65_536;

/// Packets that were read, made datagrams of but not sealed yet, one after the other.
struct Batch {
    read: Box<[u8]>,
    /// Room for datagrams, which only grows, and how much of it is used.
    datagrams: Vec<u8>,
    used: usize,
    packets: Vec<Packet>,
    flows: Vec<Flow>,
    queue_len: QueueLen,
}

/// One packet in its datagram.
struct Packet {
    datagram: Range<usize>,
    len: usize,
}

/// Packets one after the other, all to one destination and of one TOS.
struct Flow {
    destination: IpAddr,
    tos: u8,
    packets: Range<usize>,
    claim: Result<Claim, Undeliverable>,
}

/// The direction, and who takes care of it.
///
/// While there is little to carry, the inbound thread does this too: no other thread has to wake up for an answer. When there is
/// much, the outbound thread comes on duty, until the interface has been silent for a moment.
pub(super) struct Outbound {
    batch: Mutex<Batch>,
    is_on_duty: AtomicBool,
    /// Calls the outbound thread.
    call: EventFd,
}

impl Outbound {
    pub(super) fn new() -> io::Result<Outbound> {
        Ok(Outbound {
            batch: Mutex::new(Batch::new()),
            is_on_duty: AtomicBool::new(false),
            call: EventFd::from_value_and_flags(0, EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK)?,
        })
    }

    /// Whether the outbound thread takes care of the interface.
    pub(super) fn is_on_duty(&self) -> bool {
        self.is_on_duty.load(Ordering::Acquire)
    }

    fn lock(&self) -> MutexGuard<'_, Batch> {
        self.batch.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Carry packets once, as the inbound thread; true when there were any.
    pub(super) fn carry_few(&self, shared: &Shared) -> io::Result<bool> {
        let carried = self.lock().carry(shared)?;
        if carried > FEW {
            self.is_on_duty.store(true, Ordering::Release);
            let _already_called = self.call.write(1);
        }
        Ok(carried > 0)
    }

    /// Carry packets until there have been none for a moment.
    fn carry_many(&self, shared: &Shared) -> io::Result<()> {
        let mut batch = self.lock();
        loop {
            while batch.carry(shared)? > 0 {}
            let mut tun = [PollFd::new(shared.tun.as_fd(), PollFlags::POLLIN)];
            wait(&mut tun, Some(SILENCE))?;
            if tun[0].any() == Some(false) {
                return Ok(());
            }
        }
    }
}

/// Come on duty whenever there is much to carry, until the interface is gone.
pub(super) fn run(shared: &Arc<Shared>) -> io::Result<()> {
    let outbound = &shared.outbound;
    loop {
        wait(
            &mut [PollFd::new(outbound.call.as_fd(), PollFlags::POLLIN)],
            None,
        )?;
        let _spurious = outbound.call.read();
        if outbound.is_on_duty() {
            outbound.carry_many(shared)?;
            outbound.is_on_duty.store(false, Ordering::Release);
            shared.wake_inbound();
        }
    }
}

impl Batch {
    fn new() -> Batch {
        Batch {
            read: vec![0; READ_LEN].into(),
            datagrams: vec![0; ENOUGH + READ_LEN + MAX_DATAGRAMS * DATA_OVERHEAD],
            used: 0,
            packets: Vec::with_capacity(MAX_DATAGRAMS),
            flows: Vec::with_capacity(MAX_DATAGRAMS),
            queue_len: QueueLen::new(),
        }
    }

    /// Read packets and send them; how many there were.
    fn carry(&mut self, shared: &Shared) -> io::Result<usize> {
        self.fill(shared)?;
        if !self.packets.is_empty() {
            let sockets = self.claim(shared);
            self.send(shared, &sockets);
        }
        Ok(self.packets.len())
    }

    /// Read what there is, up to a limit.
    fn fill(&mut self, shared: &Shared) -> io::Result<()> {
        self.used = 0;
        self.packets.clear();
        self.flows.clear();
        let mtu = shared.mtu();
        while self.used < ENOUGH && self.packets.len() < MAX_DATAGRAMS {
            let len = match shared.tun.read(&mut self.read) {
                Ok(len) => len,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                // The interface is down.
                Err(error) if error.raw_os_error() == Some(libc::EIO) => break,
                Err(error) => return Err(error),
            };
            if let Some(queue_len) = self.queue_len.observe(len) {
                shared.ask_for_queue_len(queue_len);
            }
            self.add(len, mtu);
        }
        Ok(())
    }

    /// Make datagrams of the `len` bytes that were read.
    fn add(&mut self, len: usize, mtu: usize) {
        let Some((header, packet)) = self.read[..len].split_first_chunk() else {
            return;
        };
        let superpacket =
            VnetHeader::parse(header).and_then(|header| Superpacket::parse(&header, packet));
        let (Some(superpacket), Some(destination)) = (superpacket, ip::destination(packet)) else {
            return log::debug!("the kernel gave a packet of {len} bytes that is none");
        };
        let first = self.packets.len();
        for nth in 0..superpacket.count() {
            let len = superpacket.len(nth);
            let start = self.used;
            let end = start + padded_len(len, mtu) + DATA_OVERHEAD;
            if self.datagrams.len() < end {
                self.datagrams.resize(end, 0);
            }
            let body = &mut self.datagrams[start + DATA_HEADER_LEN..end];
            let (plaintext, padding_and_tag) = body.split_at_mut(len);
            superpacket.write(nth, plaintext);
            padding_and_tag.fill(0);
            self.used = end;
            self.packets.push(Packet {
                datagram: start..end,
                len,
            });
        }
        let tos = Device::outer_tos(packet);
        match self.flows.last_mut() {
            Some(flow) if flow.destination == destination && flow.tos == tos => {
                flow.packets.end = self.packets.len();
            }
            _ => self.flows.push(Flow {
                destination,
                tos,
                packets: first..self.packets.len(),
                claim: Err(Undeliverable::Discarded),
            }),
        }
    }

    /// Ask the device where each flow goes; what must wait for a session is given to it.
    fn claim(&mut self, shared: &Shared) -> Arc<Sockets> {
        shared.with(|state, now| {
            for flow in &mut self.flows {
                let packets = &self.packets[flow.packets.clone()];
                let bytes = packets
                    .iter()
                    .map(|packet| packet.datagram.len() as u64)
                    .sum();
                flow.claim = state
                    .device
                    .claim(now, flow.destination, packets.len() as u64, bytes);
                if let Ok(Claim::Stage(peer)) = flow.claim {
                    for packet in packets {
                        let start = packet.datagram.start + DATA_HEADER_LEN;
                        state
                            .device
                            .stage(now, peer, &self.datagrams[start..start + packet.len]);
                    }
                }
            }
            Arc::clone(&state.sockets)
        })
    }

    fn send(&mut self, shared: &Shared, sockets: &Sockets) {
        for flow in &self.flows {
            let packets = &self.packets[flow.packets.clone()];
            match &flow.claim {
                Ok(Claim::Seal {
                    peer,
                    keys,
                    first_counter,
                    endpoint,
                }) => {
                    for (counter, packet) in (*first_counter..).zip(packets) {
                        keys.seal(counter, &mut self.datagrams[packet.datagram.clone()]);
                    }
                    for train in trains(packets) {
                        let train = Train {
                            bytes: &self.datagrams[train.0],
                            datagram_len: train.1,
                        };
                        match sockets.send(endpoint, flow.tos, &train) {
                            Ok(true) => {}
                            Ok(false) => shared.with(|state, _| state.device.forget_source(*peer)),
                            Err(error) => {
                                log::debug!("nothing was sent to {}: {error}", endpoint.remote)
                            }
                        }
                    }
                }
                Ok(Claim::Stage(_)) | Err(Undeliverable::Discarded) => {}
                Err(Undeliverable::Unreachable) => {
                    for packet in packets {
                        let start = packet.datagram.start + DATA_HEADER_LEN;
                        refuse(shared, &self.datagrams[start..start + packet.len]);
                    }
                }
            }
        }
    }
}

/// Tell the sender of `packet` that nobody is to be reached there.
fn refuse(shared: &Shared, packet: &[u8]) {
    if let Some(error) = Device::unreachable(packet) {
        let parts = [IoSlice::new(&VnetHeader::WHOLE), IoSlice::new(&error)];
        if let Err(error) = shared.tun.write(&parts) {
            log::debug!("the kernel does not take an ICMP error: {error}");
        }
    }
}

/// Runs of datagrams of one length, of which the last may be shorter: where they are, and that length.
fn trains(packets: &[Packet]) -> impl Iterator<Item = (Range<usize>, usize)> {
    let mut rest = packets;
    std::iter::from_fn(move || {
        let first = &rest.first()?.datagram;
        let full = rest
            .iter()
            .take_while(|packet| packet.datagram.len() == first.len())
            .count();
        let has_tail = rest
            .get(full)
            .is_some_and(|packet| packet.datagram.len() < first.len());
        let (train, others) = rest.split_at(full + usize::from(has_tail));
        rest = others;
        let end = train.last()?.datagram.end;
        Some((first.start..end, first.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_train_is_of_one_length_and_may_end_with_something_shorter() {
        let mut start = 0;
        let packets: Vec<Packet> = [100, 100, 60, 60, 80, 100, 40]
            .into_iter()
            .map(|len| {
                start += len;
                Packet {
                    datagram: start - len..start,
                    len,
                }
            })
            .collect();
        let trains: Vec<_> = trains(&packets).collect();
        assert_eq!(
            trains,
            [
                (0..260, 100),
                (260..320, 60),
                (320..400, 80),
                (400..540, 100)
            ]
        );
    }
}
