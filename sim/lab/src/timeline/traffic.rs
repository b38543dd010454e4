//! Traffic that competes with the sessions: a bulk TCP transfer, or datagrams at a constant rate.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use rustix::net::sockopt::set_tcp_congestion;
use scenario::{CongestionControl, Family, Traffic};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream, UdpSocket},
    task::JoinHandle,
    time::{Instant, MissedTickBehavior, interval, sleep},
};

use crate::{Error, Host, Network, Result, network::congestion_control_name};

/// Running traffic. It ends when this is dropped.
pub(super) struct Flow {
    tasks: Vec<JoinHandle<()>>,
    began: Instant,
    /// Bytes that a bulk transfer's receiver has read.
    read: Option<Arc<AtomicU64>>,
}

impl Drop for Flow {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// Who calls whom, and where.
struct Call<'n> {
    /// The host that waits to be called.
    called: &'n Host,
    /// The host that calls.
    caller: &'n Host,
    /// The called host's address.
    address: IpAddr,
    /// Whether the caller is the one that sends the traffic.
    caller_sends: bool,
}

impl<'n> Call<'n> {
    /// The sender calls, unless only the receiver can (from behind a NAT), as in a download.
    fn between(network: &'n Network<'_>, from: &str, to: &str) -> Result<Self> {
        let (sender, receiver) = (network.host(from), network.host(to));
        if let Some(address) = reachable(network, from, to) {
            return Ok(Self {
                called: receiver,
                caller: sender,
                address,
                caller_sends: true,
            });
        }
        match reachable(network, to, from) {
            Some(address) => Ok(Self {
                called: sender,
                caller: receiver,
                address,
                caller_sends: false,
            }),
            None => Err(Error::Host {
                host: sender.name().to_owned(),
                what: format!("send traffic to {to}"),
                cause: io::ErrorKind::HostUnreachable.into(),
            }),
        }
    }
}

impl Flow {
    fn new(tasks: Vec<JoinHandle<()>>, read: Option<Arc<AtomicU64>>) -> Self {
        Self {
            tasks,
            began: Instant::now(),
            read,
        }
    }

    /// What a bulk transfer has carried so far, on average.
    pub(super) fn bits_per_second(&self) -> Option<f64> {
        let bytes = self.read.as_ref()?.load(Ordering::Relaxed);
        Some(8.0 * bytes as f64 / self.began.elapsed().as_secs_f64())
    }

    /// Starts sending from one host to another. Sockets are made in the hosts, the work is done by tasks here.
    pub(super) fn start(network: &Network<'_>, from: &str, to: &str, of: &Traffic) -> Result<Self> {
        let call = Call::between(network, from, to)?;
        let failed = |cause| call.caller.error("start traffic".to_owned(), cause);
        match of {
            Traffic::BulkTcp { congestion_control } => {
                bulk_tcp(network, &call, *congestion_control)?.map_err(failed)
            }
            Traffic::Datagrams { rate, size } => {
                let gap = Duration::from_secs_f64(
                    8.0 * size.bytes() as f64 / rate.bits_per_second() as f64,
                );
                datagrams(network, &call, gap, size.bytes())?.map_err(failed)
            }
        }
    }
}

fn bulk_tcp(
    network: &Network<'_>,
    call: &Call<'_>,
    control: CongestionControl,
) -> Result<io::Result<Flow>> {
    let listening = call.called.run(|| -> io::Result<_> {
        let socket = tcp_socket(call.address, control)?;
        socket.bind(SocketAddr::new(any(call.address), 0))?;
        socket.listen(1)
    })?;
    let calling = call.caller.run(|| tcp_socket(call.address, control))?;
    let caller_sends = call.caller_sends;
    let address = call.address;
    Ok((|| {
        let (listener, socket) = (listening?, calling?);
        let read = Arc::new(AtomicU64::new(0));
        let [read_there, read_here] = [read.clone(), read.clone()];
        let there = SocketAddr::new(address, listener.local_addr()?.port());
        network.set_aside(there.port());
        let called = tokio::spawn(async move {
            if let Ok((stream, _)) = listener.accept().await {
                transfer(stream, !caller_sends, &read_there).await;
            }
        });
        let caller = tokio::spawn(async move {
            if let Ok(stream) = socket.connect(there).await {
                transfer(stream, caller_sends, &read_here).await;
            }
        });
        Ok(Flow::new(vec![called, caller], Some(read)))
    })())
}

fn tcp_socket(address: IpAddr, control: CongestionControl) -> io::Result<TcpSocket> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    set_tcp_congestion(&socket, congestion_control_name(control))?;
    Ok(socket)
}

/// Sends, or takes in and counts, until the other end or the flow is gone.
async fn transfer(mut stream: TcpStream, sends: bool, read: &AtomicU64) {
    let mut buffer = vec![0; 64 * 1024];
    if sends {
        while stream.write_all(&buffer).await.is_ok() {}
    } else {
        while let Ok(length @ 1..) = stream.read(&mut buffer).await {
            read.fetch_add(length as u64, Ordering::Relaxed);
        }
    }
}

/// Between two greetings of a receiver that has to open its NAT towards the sender.
const GREETING: Duration = Duration::from_millis(200);

fn datagrams(
    network: &Network<'_>,
    call: &Call<'_>,
    gap: Duration,
    size: u64,
) -> Result<io::Result<Flow>> {
    let bind = |host: &Host| {
        host.run(|| {
            let socket = std::net::UdpSocket::bind(SocketAddr::new(any(call.address), 0))?;
            socket.set_nonblocking(true)?;
            UdpSocket::from_std(socket)
        })
    };
    let (called, caller) = (bind(call.called)?, bind(call.caller)?);
    let headers = if call.address.is_ipv4() { 28 } else { 48 };
    let payload = vec![0; usize::try_from(size.saturating_sub(headers)).unwrap_or(0)];
    let (address, caller_sends) = (call.address, call.caller_sends);
    Ok((|| {
        let (called, caller) = (called?, caller?);
        let there = SocketAddr::new(address, called.local_addr()?.port());
        network.set_aside(there.port());
        let tasks = if caller_sends {
            // Nobody reads at the called end: the kernel throws away what its socket cannot hold.
            vec![
                tokio::spawn(async move { pace(&caller, there, gap, &payload).await }),
                tokio::spawn(async move {
                    let _open = called;
                    std::future::pending::<()>().await;
                }),
            ]
        } else {
            vec![
                tokio::spawn(async move {
                    loop {
                        let _ = caller.send_to(b"greeting", there).await;
                        sleep(GREETING).await;
                    }
                }),
                tokio::spawn(async move {
                    let mut greeting = [0; 16];
                    if let Ok((_, from)) = called.recv_from(&mut greeting).await {
                        pace(&called, from, gap, &payload).await;
                    }
                }),
            ]
        };
        Ok(Flow::new(tasks, None))
    })())
}

/// Sends a datagram every `gap` on average: the clock's grain is a millisecond, what is due by then goes at once.
async fn pace(socket: &UdpSocket, to: SocketAddr, gap: Duration, payload: &[u8]) {
    let mut tick = interval(gap.max(Duration::from_millis(1)));
    tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let start = Instant::now();
    let mut sent: u32 = 0;
    loop {
        tick.tick().await;
        while gap * sent <= start.elapsed() {
            let _ = socket.send_to(payload, to).await;
            sent += 1;
        }
    }
}

/// Through the tunnel that joins the two hosts if there is one; IPv4 rather than IPv6.
fn reachable(network: &Network<'_>, from: &str, to: &str) -> Option<IpAddr> {
    let outside = || {
        [Family::Ipv4, Family::Ipv6]
            .into_iter()
            .find_map(|family| network.reachable_address(from, to, family))
    };
    network.address_inside(from, to).or_else(outside)
}

fn any(like: IpAddr) -> IpAddr {
    match like {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    }
}
