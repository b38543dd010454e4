//! What the threads share.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nix::sys::eventfd::{EfdFlags, EventFd};

use super::clock;
use super::outbound::Outbound;
use super::tun::{Link, Tun};
use super::udp::{Sockets, Train};
use crate::protocol::{Device, Transmit};
use crate::uapi::Interface;

/// Everything that is reached by more than one thread.
pub(super) struct Shared {
    pub(super) tun: Tun,
    state: Mutex<State>,
    /// Wakes the control thread: a deadline has come nearer, or a thread has ended.
    pub(super) control: EventFd,
    /// Wakes the inbound thread: there are new sockets, or it has to care for the interface again.
    pub(super) inbound: Arc<EventFd>,
    pub(super) outbound: Outbound,
    mtu: AtomicUsize,
    queue_len: AtomicUsize,
}

/// What only one thread may touch at a time.
pub(super) struct State {
    pub(super) device: Device,
    pub(super) sockets: Arc<Sockets>,
    fwmark: u32,
    /// When the control thread will look at the device by itself.
    control_wakes_at: Option<Duration>,
    inbound: Arc<EventFd>,
}

impl Shared {
    pub(super) fn new(tun: Tun, device: Device) -> io::Result<Shared> {
        let flags = EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK;
        let inbound = Arc::new(EventFd::from_value_and_flags(0, flags)?);
        let state = State {
            device,
            sockets: Arc::new(Sockets::bind(0, 0)?),
            fwmark: 0,
            control_wakes_at: None,
            inbound: Arc::clone(&inbound),
        };
        Ok(Shared {
            tun,
            state: Mutex::new(state),
            control: EventFd::from_value_and_flags(0, flags)?,
            inbound,
            outbound: Outbound::new()?,
            mtu: AtomicUsize::new(0),
            queue_len: AtomicUsize::new(0),
        })
    }

    /// How long the packets inside may be, bytes.
    pub(super) fn mtu(&self) -> usize {
        self.mtu.load(Ordering::Relaxed)
    }

    /// Let the inbound thread look again at what it waits for.
    pub(super) fn wake_inbound(&self) {
        let _already_signalled = self.inbound.write(1);
    }

    /// Ask the control thread to let so many packets wait in the interface.
    pub(super) fn ask_for_queue_len(&self, len: usize) {
        self.queue_len.store(len, Ordering::Relaxed);
        let _already_signalled = self.control.write(1);
    }

    /// How many packets are to wait in the interface, if that was asked for since the last call.
    pub(super) fn take_queue_len(&self) -> Option<usize> {
        let asked = self.queue_len.swap(0, Ordering::Relaxed);
        (asked != 0).then_some(asked)
    }

    /// The interface was found to be so.
    pub(super) fn set_link(&self, link: Link) {
        self.mtu.store(link.mtu, Ordering::Relaxed);
        self.with(|state, now| {
            state.device.set_mtu(link.mtu);
            state.device.set_up(now, link.is_up);
        });
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Do something with the state; then send what came of it, and see that its next deadline is kept.
    pub(super) fn with<T>(&self, act: impl FnOnce(&mut State, Duration) -> T) -> T {
        let mut state = self.lock();
        let result = act(&mut state, clock::now());
        let transmits = state.take_transmits();
        let deadline = state.device.poll_timeout();
        let is_nearer =
            deadline.is_some_and(|at| state.control_wakes_at.is_none_or(|wake| at < wake));
        if is_nearer {
            state.control_wakes_at = deadline;
        }
        let sockets = (!transmits.is_empty()).then(|| Arc::clone(&state.sockets));
        drop(state);

        if is_nearer {
            let _already_signalled = self.control.write(1);
        }
        if let Some(sockets) = sockets {
            self.send(&sockets, &transmits);
        }
        result
    }

    /// When the control thread has to look at the device next; it promises to.
    pub(super) fn next_deadline(&self) -> Option<Duration> {
        let mut state = self.lock();
        state.control_wakes_at = state.device.poll_timeout();
        state.control_wakes_at
    }

    /// Send all; what goes the same way and is of one length, by one call.
    fn send(&self, sockets: &Sockets, transmits: &[Transmit]) {
        for alike in transmits.chunk_by(is_alike) {
            let first = &alike[0];
            let contents: Vec<&[u8]> = alike.iter().map(|one| &one.contents[..]).collect();
            let train = Train {
                bytes: &contents.concat(),
                datagram_len: first.contents.len(),
            };
            match sockets.send(&first.endpoint, first.tos, &train) {
                Ok(true) => {}
                Ok(false) => {
                    if let Some(peer) = first.peer {
                        self.lock().device.forget_source(peer);
                    }
                }
                Err(error) => {
                    log::debug!("nothing was sent to {}: {error}", first.endpoint.remote)
                }
            }
        }
    }
}

/// Whether two datagrams can be parts of one train.
fn is_alike(one: &Transmit, next: &Transmit) -> bool {
    let way = |of: &Transmit| (of.peer, of.endpoint, of.tos, of.contents.len());
    way(one) == way(next)
}

impl State {
    fn take_transmits(&mut self) -> Vec<Transmit> {
        std::iter::from_fn(|| self.device.poll_transmit()).collect()
    }
}

impl Interface for State {
    fn device(&mut self) -> &mut Device {
        &mut self.device
    }

    fn listen_port(&self) -> u16 {
        self.sockets.port
    }

    fn set_listen_port(&mut self, port: u16) -> io::Result<()> {
        if port != self.sockets.port {
            self.sockets = Arc::new(Sockets::bind(port, self.fwmark)?);
            self.device.forget_sources();
            let _already_signalled = self.inbound.write(1);
        }
        Ok(())
    }

    fn fwmark(&self) -> u32 {
        self.fwmark
    }

    fn set_fwmark(&mut self, fwmark: u32) -> io::Result<()> {
        self.sockets.set_fwmark(fwmark)?;
        self.fwmark = fwmark;
        self.device.forget_sources();
        Ok(())
    }
}
