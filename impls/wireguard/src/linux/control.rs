//! The life of a tunnel: what is created, the threads that carry packets, and what ends it.

use std::io;
use std::os::fd::{AsFd, OwnedFd, RawFd};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};

use getrandom::SysRng;
use nix::poll::{PollFd, PollFlags};
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::sys::stat::fstat;
use rand_core::UnwrapErr;

use super::netlink::{self, Watch, in_namespace};
use super::state::Shared;
use super::tun::{Tun, control_socket};
use super::wait::wait;
use super::{clock, inbound, outbound, uapi_socket};
use crate::protocol::{Device, HandshakeRetry};

/// A TUN interface with its configuration socket, not carrying anything yet.
pub struct Tunnel {
    tun: Tun,
    listener: UnixListener,
    socket_path: PathBuf,
    retry: HandshakeRetry,
}

/// Which thread has ended, and why.
type Ending = (&'static str, io::Error);

/// Where the TUN interface is, and how it is watched.
struct Place {
    namespace: u64,
    control: OwnedFd,
    watch: Watch,
}

impl Tunnel {
    /// Create the interface `name` and its socket, or use descriptors that somebody else has opened.
    ///
    /// # Errors
    /// When the interface or the socket cannot be created, for want of rights or because they are there.
    pub fn create(
        name: &str,
        tun: Option<RawFd>,
        uapi: Option<RawFd>,
        retry: HandshakeRetry,
    ) -> io::Result<Tunnel> {
        let tun = tun.map_or_else(|| Tun::create(name), Tun::inherit)?;
        let socket_path = uapi_socket::path(&tun.name()?);
        let listener = match uapi {
            Some(fd) => uapi_socket::inherit(fd),
            None => uapi_socket::listen(&socket_path)?,
        };
        Ok(Tunnel {
            tun,
            listener,
            socket_path,
            retry,
        })
    }

    /// Carry packets until a signal comes, or the interface or its socket is removed. Both are gone when this returns.
    ///
    /// # Errors
    /// When sockets or threads cannot be created.
    pub fn run(self) -> io::Result<()> {
        let socket_path = self.socket_path.clone();
        let result = self.carry();
        let _already_gone = std::fs::remove_file(socket_path);
        result
    }

    fn carry(self) -> io::Result<()> {
        let signals = SigSet::from_iter([Signal::SIGINT, Signal::SIGTERM]);
        signals.thread_block()?;
        let signals =
            SignalFd::with_flags(&signals, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK)?;
        let removal = watch_removal(&self.socket_path)?;
        let paths = Watch::new(netlink::PATHS)?;
        let mut place = Place::of(&self.tun)?;

        let mut device = Device::new(Box::new(UnwrapErr(SysRng)));
        device.set_handshake_retry(self.retry);
        device.set_up(clock::now(), false);
        let shared = Arc::new(Shared::new(self.tun, device)?);
        place.look(&shared)?;
        let endings = start(&shared, self.listener)?;
        loop {
            let mut polled = [
                PollFd::new(signals.as_fd(), PollFlags::POLLIN),
                PollFd::new(removal.as_fd(), PollFlags::POLLIN),
                PollFd::new(shared.control.as_fd(), PollFlags::POLLIN),
                PollFd::new(paths.as_fd(), PollFlags::POLLIN),
                PollFd::new(place.watch.as_fd(), PollFlags::POLLIN),
            ];
            wait(
                &mut polled,
                shared
                    .next_deadline()
                    .map(|at| at.saturating_sub(clock::now())),
            )?;
            let [signal, removed, woken, path_changed, link_changed] =
                polled.map(|fd| fd.any().unwrap_or(true));
            if signal || (removed && !self.socket_path.exists()) {
                return Ok(());
            }
            if woken {
                let _spurious = shared.control.read();
                place.set_queue_len(&shared);
                if let Ok((name, error)) = endings.try_recv() {
                    log::info!("{name} has ended: {error}");
                    return Ok(());
                }
            }
            if removed {
                let _events = removal.read_events();
            }
            let moved = path_changed && paths.take_events();
            if moved || link_changed && place.watch.take_events() {
                place.look(&shared)?;
            }
            shared.with(|state, now| {
                state.device.set_wall_clock(clock::wall_clock_at_boot());
                if moved {
                    state.device.handle_network_change(now);
                }
                state.device.handle_timeout(now);
            });
        }
    }
}

/// Start the threads; each says why it ended, which none does while all is well.
fn start(shared: &Arc<Shared>, listener: UnixListener) -> io::Result<Receiver<Ending>> {
    let (ended, endings) = mpsc::channel();
    spawn("outbound", shared, &ended, outbound::run)?;
    spawn("inbound", shared, &ended, inbound::run)?;
    spawn("configuration", shared, &ended, move |shared| {
        uapi_socket::serve(shared, &listener)
    })?;
    Ok(endings)
}

fn spawn(
    name: &'static str,
    shared: &Arc<Shared>,
    ended: &Sender<Ending>,
    body: impl FnOnce(&Arc<Shared>) -> io::Result<()> + Send + 'static,
) -> io::Result<()> {
    let (shared, ended) = (Arc::clone(shared), ended.clone());
    let thread = std::thread::Builder::new().name(name.to_owned());
    thread.spawn(move || {
        if let Err(error) = body(&shared) {
            let _control_has_ended = ended.send((name, error));
            let _already_signalled = shared.control.write(1);
        }
    })?;
    Ok(())
}

/// Be told when the socket at `path` is removed.
fn watch_removal(path: &Path) -> io::Result<Inotify> {
    let inotify = Inotify::init(InitFlags::IN_CLOEXEC | InitFlags::IN_NONBLOCK)?;
    let events = AddWatchFlags::IN_ATTRIB | AddWatchFlags::IN_DELETE_SELF;
    inotify.add_watch(path, events)?;
    Ok(inotify)
}

impl Place {
    /// Where `tun` is now.
    fn of(tun: &Tun) -> io::Result<Place> {
        let open = || Ok((control_socket()?, Watch::new(netlink::LINKS)?));
        let (identity, (control, watch)) = match tun.namespace() {
            Ok(namespace) => (
                fstat(&namespace)?.st_ino,
                in_namespace(namespace.as_fd(), open)?,
            ),
            // Before Linux 5.2 it is taken to be where we are.
            Err(_) => (0, open()?),
        };
        Ok(Place {
            namespace: identity,
            control,
            watch,
        })
    }

    fn is_left_by(&self, tun: &Tun) -> bool {
        let namespace = tun
            .namespace()
            .and_then(|namespace| Ok(fstat(&namespace)?.st_ino));
        namespace.is_ok_and(|namespace| namespace != self.namespace)
    }

    /// Let as many packets wait in the interface as the outbound thread has asked for.
    fn set_queue_len(&self, shared: &Shared) {
        let set = |len| shared.tun.set_queue_len(self.control.as_fd(), len);
        if let Some(Err(error)) = shared.take_queue_len().map(set) {
            log::debug!("the interface's queue keeps its length: {error}");
        }
    }

    /// See whether the interface is up, and how long its packets may be, wherever it is now.
    fn look(&mut self, shared: &Shared) -> io::Result<()> {
        if self.is_left_by(&shared.tun) {
            *self = Place::of(&shared.tun)?;
        }
        match shared.tun.link(self.control.as_fd()) {
            Ok(link) => shared.set_link(link),
            // It is being removed, of which its readers hear.
            Err(error) => log::debug!("the interface does not answer: {error}"),
        }
        Ok(())
    }
}
