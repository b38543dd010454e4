//! Two hosts joined by a cable, each with a WireGuard interface.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use nix::sched::{CloneFlags, setns};
use tempfile::TempDir;

const INSIDE: &str = "WIREGUARD_TEST_INSIDE";

/// How long a condition may take to become true; far longer than it does.
const PATIENCE: Duration = Duration::from_secs(30);
/// For how long a program may take to end by itself.
const COURTESY: Duration = Duration::from_secs(5);

/// Run the test called `name`, its path in this crate, in namespaces of its own.
pub(crate) fn isolated(name: &str, test: impl FnOnce()) {
    if is_inside() {
        return test();
    }
    let output = reenter()
        .args([name, "--exact", "--nocapture"])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    assert!(text.contains("1 passed"), "no test is called {name}");
    eprintln!("{text}");
}

/// Whether we are in namespaces of our own; if so, with a folder of our own for sockets.
pub(crate) fn is_inside() -> bool {
    let is_inside = std::env::var_os(INSIDE).is_some();
    if is_inside {
        sh("mount -t tmpfs tmpfs /run && mkdir /run/netns");
    }
    is_inside
}

/// This program again, in namespaces of its own that vanish with it.
pub(crate) fn reenter() -> Command {
    let mut command = Command::new("unshare");
    command
        .args([
            "--mount",
            "--net",
            "--pid",
            "--fork",
            "--kill-child",
            "--mount-proc",
        ])
        .args(["--propagation", "private"])
        .arg(std::env::current_exe().unwrap())
        .env(INSIDE, "1");
    command
}

/// Run a shell command that must succeed; what it printed.
pub(crate) fn sh(command: &str) -> String {
    let output = Command::new("sh").args(["-ec", command]).output().unwrap();
    text_of(command, output)
}

fn text_of(command: &str, output: Output) -> String {
    let error = String::from_utf8_lossy(&output.stderr);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{command}: {error}{text}");
    text
}

/// Wait until `is_so`.
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "never came: {what}");
        std::thread::yield_now();
    }
}

/// Who implements WireGuard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Implementation {
    Ours,
    WireguardGo,
    Boringtun,
    Gotatun,
    /// The kernel's own, where it has one.
    Kernel,
}

impl Implementation {
    fn program(self) -> &'static str {
        match self {
            Implementation::Ours => env!("CARGO_BIN_EXE_wireguard"),
            Implementation::WireguardGo => "wireguard-go",
            Implementation::Boringtun => "boringtun-cli",
            Implementation::Gotatun => "gotatun",
            Implementation::Kernel => "ip",
        }
    }

    /// What creates an interface.
    fn command(self, interface: &str) -> String {
        let arguments = match self {
            Implementation::Ours | Implementation::WireguardGo => interface.to_owned(),
            Implementation::Boringtun | Implementation::Gotatun => {
                format!("--disable-drop-privileges -l /dev/null {interface}")
            }
            Implementation::Kernel => format!("link add {interface} type wireguard"),
        };
        format!("{} {arguments}", self.program())
    }

    pub(crate) fn is_found(self) -> bool {
        Command::new(self.program())
            .arg("--version")
            .output()
            .is_ok()
    }

    /// Those in user space that are installed and named among the program's arguments, or all when none is named.
    pub(crate) fn asked_for() -> Vec<Implementation> {
        let names: Vec<String> = std::env::args().collect();
        let all = [
            Implementation::Ours,
            Implementation::WireguardGo,
            Implementation::Boringtun,
            Implementation::Gotatun,
        ];
        let is_named = |one: &Implementation| names.contains(&format!("{one:?}"));
        let any_is_named = all.iter().any(is_named);
        all.into_iter()
            .filter(|one| one.is_found() && (is_named(one) || !any_is_named))
            .collect()
    }

    /// Whether it can be tested here; in CI everything must be.
    pub(crate) fn is_installed(self) -> bool {
        let is_found = self.is_found();
        assert!(
            is_found || std::env::var_os("CI").is_none(),
            "{} is missing",
            self.program()
        );
        is_found
    }
}

/// A network namespace.
#[derive(Clone, Copy)]
pub(crate) struct Host {
    pub(crate) name: &'static str,
    pub(crate) number: u8,
}

pub(crate) const LEFT: Host = Host {
    name: "left",
    number: 1,
};
pub(crate) const RIGHT: Host = Host {
    name: "right",
    number: 2,
};

impl Host {
    /// A command that runs in the host.
    pub(crate) fn command(&self, command: &str) -> Command {
        let mut exec = Command::new("ip");
        exec.args(["netns", "exec", self.name, "sh", "-ec", command]);
        exec
    }

    /// Run a command that must succeed; what it printed.
    pub(crate) fn sh(&self, command: &str) -> String {
        text_of(command, self.command(command).output().unwrap())
    }

    /// Whether a command succeeds.
    pub(crate) fn succeeds(&self, command: &str) -> bool {
        self.command(command).output().unwrap().status.success()
    }

    /// Start a command that goes on.
    pub(crate) fn start(&self, command: &str) -> Child {
        self.command(&format!("exec {command}"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// Do something as a process in the host would; sockets stay in it.
    pub(crate) fn inside<T: Send>(&self, act: impl FnOnce() -> T + Send) -> T {
        let namespace = File::open(format!("/run/netns/{}", self.name)).unwrap();
        std::thread::scope(|scope| {
            let thread = scope.spawn(|| {
                setns(namespace, CloneFlags::CLONE_NEWNET).unwrap();
                act()
            });
            thread.join().unwrap()
        })
    }

    /// Whether `address` answers.
    pub(crate) fn reaches(&self, address: &str) -> bool {
        self.succeeds(&format!("ping -c 1 -W 5 {address}"))
    }

    /// How many answers this ping gets.
    pub(crate) fn answers(&self, ping: &str) -> u32 {
        let output = self.sh(&format!("{ping} || true"));
        let before = output.split(" received").next().unwrap();
        before.rsplit(' ').next().unwrap().parse().unwrap()
    }

    /// The UDP payload that its interface has received, bytes.
    pub(crate) fn received(&self) -> u64 {
        let text = self.sh(&format!("wg show {} transfer", self.interface()));
        text.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    /// Its IPv4 address in the tunnel.
    pub(crate) fn inner(&self) -> Ipv4Addr {
        Ipv4Addr::new(10, 0, 0, self.number)
    }

    /// The name of its WireGuard interface, which is not that of another host: the sockets are in one folder.
    pub(crate) fn interface(&self) -> String {
        format!("wg{}", self.number)
    }
}

/// Remove all hosts, their tunnels and their programs.
pub(crate) fn tear_down() {
    let names = sh("ls /run/netns");
    for name in names.split_whitespace() {
        let programs = || sh(&format!("ip netns pids {name}"));
        let signal = |signal: &str| {
            for pid in programs().split_whitespace() {
                let _has_ended = Command::new("kill").args([signal, pid]).status();
            }
        };
        signal("-TERM");
        let asked = Instant::now();
        until("the end of its programs", || {
            // boringtun may not listen any more once its configuration has been replaced.
            if asked.elapsed() > COURTESY {
                signal("-KILL");
            }
            programs().is_empty()
        });
        sh(&format!("ip netns del {name}"));
    }
}

/// Two hosts on a cable: 192.0.2.1 and .2, 2001:db8::1 and ::2, in tunnels 10.0.0.1 and .2, fd00::1 and ::2.
pub(crate) struct Pair {
    folder: TempDir,
}

impl Pair {
    /// Two hosts, joined, without tunnels.
    pub(crate) fn new() -> Pair {
        for host in [LEFT, RIGHT] {
            sh(&format!("ip netns add {}", host.name));
            host.sh("ip link set lo up");
        }
        sh("ip link add eth0 netns left type veth peer name eth0 netns right");
        for host in [LEFT, RIGHT] {
            let number = host.number;
            host.sh(&format!(
                "ip addr add 192.0.2.{number}/24 dev eth0
                 ip addr add 2001:db8::{number}/64 dev eth0 nodad
                 ip link set eth0 up"
            ));
        }
        Pair {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// Two hosts with a tunnel between them, over IPv4.
    pub(crate) fn connected(left: Implementation, right: Implementation) -> Pair {
        let pair = Pair::new();
        pair.start(&LEFT, left);
        pair.start(&RIGHT, right);
        pair.configure(&LEFT, &RIGHT, "192.0.2.2:51820");
        pair.configure(&RIGHT, &LEFT, "192.0.2.1:51820");
        pair
    }

    /// Start an implementation on `host` and bring its interface up.
    pub(crate) fn start(&self, host: &Host, implementation: Implementation) {
        let (interface, number) = (host.interface(), host.number);
        host.sh(&format!(
            "{} >/dev/null 2>&1 </dev/null",
            implementation.command(&interface)
        ));
        until("the interface", || {
            host.succeeds(&format!("wg show {interface}"))
        });
        let key = self.file(&format!("{}.key", host.name));
        host.sh(&format!(
            "umask 077; wg genkey > {key}
             wg set {interface} private-key {key} listen-port 51820
             ip addr add 10.0.0.{number}/24 dev {interface}
             ip addr add fd00::{number}/64 dev {interface} nodad
             ip link set {interface} up mtu 1420"
        ));
    }

    /// Make `other` a peer of `host`.
    pub(crate) fn configure(&self, host: &Host, other: &Host, endpoint: &str) {
        let (interface, key, number) = (host.interface(), self.public_key(other), other.number);
        host.sh(&format!(
            "wg set {interface} peer {key} endpoint {endpoint} allowed-ips 10.0.0.{number}/32,fd00::{number}/128"
        ));
    }

    /// Carry 20 MB from left to right, by TCP.
    pub(crate) fn copies_unchanged(&self) {
        let sent: Vec<u8> = (0..5_000_000u32)
            .flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes())
            .collect();
        let listener = RIGHT.inside(|| TcpListener::bind("10.0.0.2:7").unwrap());
        let mut sender = LEFT.inside(|| TcpStream::connect("10.0.0.2:7").unwrap());
        let (mut receiver, _) = listener.accept().unwrap();
        let mut received = Vec::new();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                sender.write_all(&sent).unwrap();
                sender.shutdown(Shutdown::Write).unwrap();
            });
            receiver.read_to_end(&mut received).unwrap();
        });
        assert!(sent == received);
    }

    pub(crate) fn public_key(&self, host: &Host) -> String {
        let key = self.file(&format!("{}.key", host.name));
        sh(&format!("wg pubkey < {key}")).trim().to_owned()
    }

    /// Where a file of this name can be.
    pub(crate) fn file(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    /// Write a file.
    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        fs::write(self.path(name), text).unwrap();
        self.file(name)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}
