//! One implementation's figures.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::strangers::{RIGHT_ENDPOINT, Strangers};
use crate::world::{LEFT, Pair, RIGHT, until};

pub(crate) const COLUMNS: [&str; 13] = [
    "handshake and first ping, ms",
    "idle ping p50, us",
    "idle ping p99, us",
    "TCP, Gbit/s",
    "retransmits",
    "CPU, s/GB, both ends",
    "ping under TCP p50, ms",
    "ping under TCP p99, ms",
    "UDP of 64 bytes delivered, kpps",
    "TCP kept beside a flood, %",
    "TCP kept under a flood, %",
    "RSS after that, MiB, one end",
    "1000 peers by wg setconf, ms",
];

pub(crate) type Figures = [f64; COLUMNS.len()];

const SECONDS: u32 = 3;

/// How many initiations come at once, and how often: 50 000 a second.
const FLOOD: (u32, Duration) = (250, Duration::from_millis(5));

/// Measure the tunnel that stands, whose peers are replaced at the end.
pub(crate) fn all(pair: &Pair) -> Figures {
    let first = pings(1, 0.01);
    let idle = pings(200, 0.005);
    let cpu_before = daemons().map(cpu_seconds).sum::<f64>();
    let bulk = tcp(|| ());
    let cpu = daemons().map(cpu_seconds).sum::<f64>() - cpu_before;
    let sum = |name: &str, of: &Value| of["end"][name].clone();
    let received = sum("sum_received", &bulk);
    let gigabytes = received["bytes"].as_f64().unwrap() / 1e9;

    let mut loaded = Vec::new();
    tcp(|| loaded = pings(100, 0.02));
    let flood = iperf(&format!("-c 10.0.0.2 -u -b 0 -l 64 -t {SECONDS}"), || ());
    let udp = sum("sum", &flood);
    let deaf = RIGHT.inside(|| UdpSocket::bind("192.0.2.2:0").unwrap());
    let beside = under_flood(pair, deaf.local_addr().unwrap());
    let beset = under_flood(pair, RIGHT_ENDPOINT);
    let delivered = udp["packets"].as_f64().unwrap() - udp["lost_packets"].as_f64().unwrap();
    [
        first[0],
        percentile(&idle, 0.5) * 1e3,
        percentile(&idle, 0.99) * 1e3,
        rate(&received) / 1e9,
        sum("sum_sent", &bulk)["retransmits"].as_f64().unwrap(),
        cpu / gigabytes,
        percentile(&loaded, 0.5),
        percentile(&loaded, 0.99),
        delivered / udp["seconds"].as_f64().unwrap() / 1e3,
        100.0 * rate(&sum("sum_received", &beside)) / rate(&received),
        100.0 * rate(&sum("sum_received", &beset)) / rate(&received),
        daemons().map(resident_mib).fold(0.0, f64::max),
        set_peers(pair, 1000).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3),
    ]
}

/// Bits a second.
fn rate(sum: &Value) -> f64 {
    sum["bits_per_second"].as_f64().unwrap()
}

/// TCP from left to right, and `meanwhile`.
fn tcp(meanwhile: impl FnOnce()) -> Value {
    iperf(&format!("-c 10.0.0.2 -C cubic -t {SECONDS}"), meanwhile)
}

/// TCP while strangers who know right's key flood an address of its with initiations, on the same two cores. What a socket
/// that nobody reads takes of the throughput is the cost of sending the flood, which is none of WireGuard's.
fn under_flood(pair: &Pair, address: SocketAddr) -> Value {
    let (count, interval) = FLOOD;
    let strangers = Strangers::new(pair, count);
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                let next = Instant::now() + interval;
                strangers.call(address);
                std::thread::sleep(next.saturating_duration_since(Instant::now()));
            }
        });
        let report = tcp(|| ());
        is_over.store(true, Ordering::Relaxed);
        report
    })
}

/// Give left so many peers at once; how long that takes, if it is done at all.
fn set_peers(pair: &Pair, count: u32) -> Option<Duration> {
    let peer = |number| {
        // A key that is a number in base 64, and a network of its own.
        let network = Ipv4Addr::from_bits(0x0a01_0000 + 256 * number);
        format!(
            "[Peer]\nPublicKey = {number:0>42}A=\nEndpoint = 192.0.2.2:7\nAllowedIPs = {network}/24\n"
        )
    };
    let file = pair.write("peers.conf", &(0..count).map(peer).collect::<String>());
    let start = Instant::now();
    let is_done = LEFT.succeeds(&format!("timeout 30 wg setconf wg1 {file}"));
    is_done.then(|| start.elapsed())
}

/// Round-trip times through the tunnel, in milliseconds.
fn pings(count: u32, interval: f64) -> Vec<f64> {
    let text = LEFT.sh(&format!("ping -n -c {count} -i {interval} -W 5 10.0.0.2"));
    let times = text.lines().filter_map(|line| line.split("time=").nth(1));
    let mut times: Vec<f64> = times
        .map(|time| time.split(' ').next().unwrap().parse().unwrap())
        .collect();
    times.sort_by(f64::total_cmp);
    times
}

fn percentile(sorted: &[f64], fraction: f64) -> f64 {
    sorted[((sorted.len() - 1) as f64 * fraction) as usize]
}

/// Run iperf3 from left to right, and `meanwhile`; what it reports.
fn iperf(arguments: &str, meanwhile: impl FnOnce()) -> Value {
    let mut server = RIGHT.start("iperf3 -s -1 -B 10.0.0.2");
    until("the server", || RIGHT.succeeds("ss -tln | grep -q 5201"));
    let client = LEFT.start(&format!("iperf3 -J {arguments}"));
    meanwhile();
    let output = client.wait_with_output().unwrap().stdout;
    server.wait().unwrap();
    serde_json::from_slice(&output).unwrap()
}

/// The processes that implement WireGuard in this PID namespace.
fn daemons() -> impl Iterator<Item = u32> {
    let processes = fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok());
    processes.filter(|pid| {
        let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
        ["wireguard", "wireguard-go", "boringtun-cli", "gotatun"].contains(&name.trim())
    })
}

fn cpu_seconds(pid: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let ticks = fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(|field| field.parse::<f64>().unwrap());
    ticks.sum::<f64>() / 100.0
}

fn resident_mib(pid: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS"))
        .unwrap_or("0 0 kB");
    line.split_whitespace()
        .nth(1)
        .unwrap()
        .parse::<f64>()
        .unwrap()
        / 1024.0
}
