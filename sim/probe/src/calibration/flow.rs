//! Numbered datagrams from one host to another, and when each arrived.

use std::io::{self, IoSliceMut};
use std::net::UdpSocket;
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use nix::errno::Errno;
use nix::sys::socket::{
    ControlMessageOwned, MsgFlags, SockaddrStorage, recvmsg, setsockopt, sockopt,
};
use nix::sys::time::TimeSpec;
use tokio_util::sync::CancellationToken;

/// How datagrams are sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// How many.
    pub(super) packets: u32,
    /// The time between two of them.
    pub(super) gap: Duration,
    /// The length of each in bytes, from the IP header on.
    pub(super) length: u64,
}

/// A flow that is ready to be measured.
pub(super) struct Flow {
    from: UdpSocket,
    to: UdpSocket,
    pace: Pace,
    payload: usize,
}

/// What was seen of a flow. Times are nanoseconds of the system clock.
pub(super) struct Seen {
    /// When each datagram was sent.
    pub(super) sent: Vec<u64>,
    /// Number and time of everything that arrived, in the order of arrival.
    arrived: Vec<(u32, u64)>,
    /// The length of each datagram, from the IP header on.
    pub(super) length: u32,
}

/// How long nothing may arrive, after the last datagram was sent, until nothing more will: longer than any path of a
/// calibration holds a datagram back.
const QUIET: Duration = Duration::from_secs(2);

/// Room at the receiver for what arrives while the reader is not running.
const RECEIVE_BUFFER: usize = 4 << 20;

impl Flow {
    pub(super) fn new(from: UdpSocket, to: UdpSocket, pace: Pace) -> io::Result<Self> {
        let there = to.local_addr()?;
        from.connect(there)?;
        setsockopt(&to, sockopt::ReceiveTimestampns, &true)?;
        // As large as this machine lets an ordinary user have it.
        let _ = setsockopt(&to, sockopt::RcvBuf, &RECEIVE_BUFFER);
        to.set_read_timeout(Some(Duration::from_millis(50)))?;
        let headers = if there.is_ipv4() { 28 } else { 48 };
        let payload = usize::try_from(pace.length.saturating_sub(headers)).unwrap_or(0);
        Ok(Self {
            from,
            to,
            pace,
            payload: payload.max(size_of::<u32>()),
        })
    }

    /// Sends everything and waits until nothing more arrives.
    pub(super) fn measure(self, cancel: &CancellationToken) -> io::Result<Seen> {
        let sending = AtomicBool::new(true);
        let (sent, arrived) = thread::scope(|scope| {
            let receiver = scope.spawn(|| self.receive(&sending));
            let sent = self.send(cancel);
            sending.store(false, Ordering::Release);
            let arrived = receiver
                .join()
                .unwrap_or_else(|_| Err(io::Error::other("the receiving thread panicked")));
            (sent, arrived)
        });
        Ok(Seen {
            sent: sent?,
            arrived: arrived?,
            length: u32::try_from(self.pace.length).unwrap_or(u32::MAX),
        })
    }

    fn send(&self, cancel: &CancellationToken) -> io::Result<Vec<u64>> {
        let mut payload = vec![0; self.payload];
        let mut sent = Vec::with_capacity(self.pace.packets as usize);
        let start = Instant::now();
        for number in 0..self.pace.packets {
            if cancel.is_cancelled() {
                break;
            }
            let due = start + self.pace.gap * number;
            thread::sleep(due.saturating_duration_since(Instant::now()));
            payload[..4].copy_from_slice(&number.to_be_bytes());
            sent.push(now());
            self.from.send(&payload)?;
        }
        Ok(sent)
    }

    fn receive(&self, sending: &AtomicBool) -> io::Result<Vec<(u32, u64)>> {
        let mut arrived = Vec::with_capacity(self.pace.packets as usize);
        let mut control = nix::cmsg_space!(TimeSpec);
        let mut number = [0; 4];
        let mut last = Instant::now();
        loop {
            let mut into = [IoSliceMut::new(&mut number)];
            let message = recvmsg::<SockaddrStorage>(
                self.to.as_raw_fd(),
                &mut into,
                Some(&mut control),
                MsgFlags::empty(),
            );
            let at = match message {
                Ok(message) => message.cmsgs()?.find_map(|control| match control {
                    ControlMessageOwned::ScmTimestampns(at) => Some(nanos(at)),
                    _ => None,
                }),
                Err(Errno::EAGAIN | Errno::EINTR) => {
                    if sending.load(Ordering::Acquire) {
                        last = Instant::now();
                    } else if last.elapsed() > QUIET {
                        return Ok(arrived);
                    }
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            arrived.push((u32::from_be_bytes(number), at.unwrap_or_else(now)));
            last = Instant::now();
        }
    }
}

impl Seen {
    /// When each datagram arrived first, by its number.
    pub(super) fn first_arrivals(&self) -> Vec<Option<u64>> {
        let mut first = vec![None; self.sent.len()];
        for &(number, at) in &self.arrived {
            if let Some(arrival) = first.get_mut(number as usize) {
                arrival.get_or_insert(at);
            }
        }
        first
    }

    /// Bits a second that arrived while the path was full: from a second after the first datagram was sent until the
    /// last one was.
    pub(super) fn throughput(&self, arrivals: &[Option<u64>]) -> f64 {
        const FILLING: u64 = 1_000_000_000;
        let (Some(first), Some(last)) = (self.sent.first(), self.sent.last()) else {
            return 0.0;
        };
        let window = first + FILLING..*last;
        let count = arrivals
            .iter()
            .flatten()
            .filter(|at| window.contains(at))
            .count();
        let seconds = window.end.saturating_sub(window.start) as f64 / 1e9;
        count as f64 * f64::from(self.length) * 8.0 / seconds
    }
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    u64::try_from(since.unwrap_or_default().as_nanos()).unwrap_or(u64::MAX)
}

fn nanos(at: TimeSpec) -> u64 {
    u64::try_from(Duration::from(at).as_nanos()).unwrap_or(u64::MAX)
}
