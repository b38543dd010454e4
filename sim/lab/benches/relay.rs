//! What the relay costs: the round trip that it adds, and how much it carries. Prints a table. Beside
//! every figure stands that of a bare loop which copies packets between two TUN devices, on the same
//! machine a moment later: what a relay in user space could reach at best. "A CPU" is what the relaying
//! thread would have moved had it never had to wait for a processor.
//!
//! `cargo bench -p lab --bench relay`, as root or not. As root the relay's thread is scheduled before
//! others, as in a run as root.

#[path = "../tests/relay/two_hosts.rs"]
mod two_hosts;

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use lab::tun::Tun;
use link::PathSpec;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use two_hosts::{TwoHosts, addresses};

/// How long a throughput is measured.
const PERIOD: Duration = Duration::from_secs(3);

/// The payload of a UDP datagram that makes an IPv4 packet of 100 bytes.
const SMALL: usize = 100 - 20 - 8;

/// The networks between the hosts, by their numbers.
const PERFECT: u8 = 0;
const DELAYED: u8 = 1;
const IMPAIRED: u8 = 2;
const BARE: u8 = 3;

fn main() {
    const ISOLATED: &str = "LAB_BENCH_IS_ISOLATED";
    if std::env::var_os(ISOLATED).is_some() {
        return measure();
    }
    let mut unshare = Command::new("unshare");
    if !rustix::process::geteuid().is_root() {
        unshare.args(["--user", "--map-root-user"]);
    }
    unshare.args(["--net", "--"]).args(std::env::args_os());
    panic!("{}", unshare.env(ISOLATED, "yes").exec());
}

fn measure() {
    let hosts = TwoHosts::new();
    let perfect = PathSpec::default();
    let delayed = spec(r#"(delay: Constant("50ms"))"#);
    let impaired = spec(r#"(delay: Constant("10ms"), loss: Bernoulli(0.01))"#);
    for (network, path) in [
        (PERFECT, &perfect),
        (DELAYED, &delayed),
        (IMPAIRED, &impaired),
    ] {
        hosts.connect(network, path, path, None).unwrap();
    }
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let tuns = [(&hosts.client, 0), (&hosts.server, 1)].map(|(host, index)| {
            let tun = host.run(|| Tun::create("bare", 1500)).unwrap();
            host.bring_up("bare", addresses(BARE)[index]);
            tun
        });
        let bare = thread::Builder::new().name("bare copy".into());
        bare.spawn_scoped(scope, || copy_until(&stop, tuns))
            .unwrap();

        println!("{:32}{:>26}{:>26}", "", "relay", "bare copy");
        let rtts = [PERFECT, BARE].map(|network| millis(rtt(&hosts, network, 5000)));
        row("round trip, p50 / p99 in ms", rtts);
        let beyond = rtt(&hosts, DELAYED, 60).map(|rtt| rtt - Duration::from_millis(100));
        row(
            "  beyond 100 ms, where due",
            [millis(beyond), String::new()],
        );
        let packets = |network| per_second(1e3, || flood(&hosts, network));
        row(
            "1000 packets/s, 100 bytes each",
            [PERFECT, BARE].map(packets),
        );
        row(
            "  10 ms and 1 % loss each way",
            [packets(IMPAIRED), String::new()],
        );
        let gigabits = |network| per_second(1e9, || bulk(&hosts, network));
        row(
            "Gbit/s of one TCP connection",
            [PERFECT, BARE].map(gigabits),
        );
        stop.store(true, Relaxed);
    });
    println!(
        "delayed packets were late by {}",
        hosts.relay.stop().unwrap().lateness
    );
}

fn spec(ron: &str) -> PathSpec {
    ron::Options::default()
        .with_default_extension(ron::extensions::Extensions::IMPLICIT_SOME)
        .from_str(ron)
        .unwrap()
}

fn row(what: &str, [relay, bare]: [String; 2]) {
    println!("{what:32}{relay:>26}{bare:>26}");
}

fn millis([p50, p99]: [Duration; 2]) -> String {
    format!(
        "{:.3} / {:.3}",
        p50.as_secs_f64() * 1e3,
        p99.as_secs_f64() * 1e3
    )
}

/// What was moved a second, and what would have been moved had the thread that moves it been running
/// all the time: a figure that a busy machine hardly changes.
fn per_second(unit: f64, measure: impl FnOnce() -> f64) -> String {
    let (start, cpu_before) = (Instant::now(), cpu_time_of_relays());
    let moved = measure() / unit;
    let (real, cpu) = (start.elapsed(), cpu_time_of_relays() - cpu_before);
    format!(
        "{:.2} ({:.2} a CPU)",
        moved / real.as_secs_f64(),
        moved / cpu.as_secs_f64()
    )
}

/// The time that the relay's thread and the bare loop's have been running.
fn cpu_time_of_relays() -> Duration {
    let tasks = fs::read_dir("/proc/self/task").unwrap();
    // A thread that has ended meanwhile has no files any more.
    let cpu_time = |task: PathBuf| {
        let name = fs::read_to_string(task.join("comm")).ok()?;
        let nanos = fs::read_to_string(task.join("schedstat")).ok()?;
        let nanos = nanos.split(' ').next()?.parse().ok()?;
        matches!(name.trim(), "relay" | "bare copy").then(|| Duration::from_nanos(nanos))
    };
    tasks
        .filter_map(|task| cpu_time(task.unwrap().path()))
        .sum()
}

/// The quantiles 0.5 and 0.99 of the time that a datagram takes to the server and back.
fn rtt(hosts: &TwoHosts, network: u8, rounds: usize) -> [Duration; 2] {
    let [client, server] = hosts.sockets(network);
    let round = || {
        let sent = Instant::now();
        client.send(&[0; SMALL]).unwrap();
        client.recv(&mut [0; SMALL]).unwrap();
        sent.elapsed()
    };
    let mut rtts: Vec<Duration> = thread::scope(|scope| {
        scope.spawn(|| echo(&server, rounds));
        (0..rounds).map(|_| round()).collect()
    });
    rtts.sort_unstable();
    [rtts[rounds / 2], rtts[rounds * 99 / 100]]
}

fn echo(socket: &UdpSocket, rounds: usize) {
    let mut datagram = [0; SMALL];
    for _ in 0..rounds {
        socket.recv(&mut datagram).unwrap();
        socket.send(&datagram).unwrap();
    }
}

/// How many small packets arrive in a period when as many are sent as the machine can.
fn flood(hosts: &TwoHosts, network: u8) -> f64 {
    let [client, server] = hosts.sockets(network);
    server
        .set_read_timeout(Some(Duration::from_millis(100)))
        .unwrap();
    let stop = AtomicBool::new(false);
    let received = AtomicU64::new(0);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Relaxed) {
                let _ = client.send(&[0; SMALL]);
            }
        });
        scope.spawn(|| {
            while !stop.load(Relaxed) {
                if server.recv(&mut [0; SMALL]).is_ok() {
                    received.fetch_add(1, Relaxed);
                }
            }
        });
        thread::sleep(PERIOD);
        stop.store(true, Relaxed);
        received.load(Relaxed) as f64
    })
}

/// How many bits one TCP connection moves in a period, with cubic, whatever the machine's default is.
fn bulk(hosts: &TwoHosts, network: u8) -> f64 {
    let [client_address, server_address] = addresses(network);
    let listener = hosts
        .server
        .run(|| TcpListener::bind((server_address, 0)))
        .unwrap();
    let to = listener.local_addr().unwrap();
    let mut client = hosts.client.run(|| TcpStream::connect(to)).unwrap();
    assert_eq!(client.local_addr().unwrap().ip(), client_address);
    rustix::net::sockopt::set_tcp_congestion(&client, "cubic").unwrap();
    let (mut server, _) = listener.accept().unwrap();
    let start = Instant::now();
    thread::scope(|scope| {
        scope.spawn(move || {
            while start.elapsed() < PERIOD {
                client.write_all(&[0; 128 * 1024]).unwrap();
            }
        });
        let mut buffer = vec![0; 128 * 1024];
        let mut received = 0;
        loop {
            match server.read(&mut buffer).unwrap() {
                0 => return received as f64 * 8.0,
                more => received += more,
            }
        }
    })
}

/// The shortest relay: copies what comes from either device to the other.
fn copy_until(stop: &AtomicBool, tuns: [Tun; 2]) {
    let mut packet = Vec::with_capacity(1500);
    while !stop.load(Relaxed) {
        let mut ready = [0, 1].map(|end: usize| PollFd::new(&tuns[end], PollFlags::IN));
        let timeout = Timespec {
            tv_sec: 0,
            tv_nsec: 100_000_000,
        };
        poll(&mut ready, Some(&timeout)).unwrap();
        for (from, to) in [(&tuns[0], &tuns[1]), (&tuns[1], &tuns[0])] {
            for _ in 0..16 {
                packet.clear();
                if !from.receive(&mut packet).unwrap() {
                    break;
                }
                let _ = to.send(&packet);
            }
        }
    }
}
