//! One implementation's figures.

use std::fs;

use serde_json::Value;

use crate::world::{LEFT, RIGHT, until};

pub(crate) const COLUMNS: [&str; 10] = [
    "handshake and first ping, ms",
    "idle ping p50, us",
    "idle ping p99, us",
    "TCP, Gbit/s",
    "retransmits",
    "CPU, s/GB, both ends",
    "ping under TCP p50, ms",
    "ping under TCP p99, ms",
    "UDP of 64 bytes delivered, kpps",
    "RSS after that, MiB, one end",
];

pub(crate) type Figures = [f64; COLUMNS.len()];

const SECONDS: u32 = 3;

/// Measure the tunnel that stands.
pub(crate) fn all() -> Figures {
    let first = pings(1, 0.01);
    let idle = pings(200, 0.005);
    let cpu_before = daemons().map(cpu_seconds).sum::<f64>();
    let bulk = iperf(&format!("-c 10.0.0.2 -C cubic -t {SECONDS}"), || ());
    let cpu = daemons().map(cpu_seconds).sum::<f64>() - cpu_before;
    let sum = |name: &str, of: &Value| of["end"][name].clone();
    let received = sum("sum_received", &bulk);
    let gigabytes = received["bytes"].as_f64().unwrap() / 1e9;

    let mut loaded = Vec::new();
    iperf(&format!("-c 10.0.0.2 -C cubic -t {SECONDS}"), || {
        loaded = pings(100, 0.02)
    });
    let flood = iperf(&format!("-c 10.0.0.2 -u -b 0 -l 64 -t {SECONDS}"), || ());
    let udp = sum("sum", &flood);
    let delivered = udp["packets"].as_f64().unwrap() - udp["lost_packets"].as_f64().unwrap();
    [
        first[0],
        percentile(&idle, 0.5) * 1e3,
        percentile(&idle, 0.99) * 1e3,
        received["bits_per_second"].as_f64().unwrap() / 1e9,
        sum("sum_sent", &bulk)["retransmits"].as_f64().unwrap(),
        cpu / gigabytes,
        percentile(&loaded, 0.5),
        percentile(&loaded, 0.99),
        delivered / udp["seconds"].as_f64().unwrap() / 1e3,
        daemons().map(resident_mib).fold(0.0, f64::max),
    ]
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
