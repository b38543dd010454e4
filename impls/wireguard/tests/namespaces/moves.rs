//! A client on two networks behind a router, how it moves between them, and how long that is felt.

use std::fmt;
use std::net::UdpSocket;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::world::*;

/// A change of the client's network.
#[derive(Clone, Copy)]
pub(crate) struct Move {
    pub(crate) name: &'static str,
    /// What happens to the router, as ip(8) is told.
    router: &'static str,
    /// What the client's administrator does, or its network manager.
    client: &'static str,
}

pub(crate) const RENUMBERED: Move = Move {
    name: "the client's only address is replaced",
    router: "",
    client: "addr del 198.51.1.10/24 dev wlan
        addr add 198.51.1.11/24 dev wlan
        route replace default via 198.51.1.1",
};

pub(crate) const SWITCHED: Move = Move {
    name: "link down, address gone, route moves",
    router: "",
    client: "link set wlan down
        addr del 198.51.1.10/24 dev wlan
        addr add 198.51.2.10/24 dev lte
        route replace default via 198.51.2.1",
};

pub(crate) const DEAD: Move = Move {
    name: "the link dies but keeps its address",
    router: "link set wlan down",
    client: "addr add 198.51.2.10/24 dev lte
        route replace default via 198.51.2.1",
};

pub(crate) const BETTER: Move = Move {
    name: "a better route appears, both links up",
    router: "",
    client: "addr add 198.51.2.10/24 dev lte
        route replace default via 198.51.2.1",
};

/// Between two packets.
const SPACING: Duration = Duration::from_millis(10);
/// Answers to wait for before the change.
const BEFORE: u64 = 30;
/// Answers to wait for after it.
const AFTER: u64 = 150;
/// Silence after which the tunnel is taken to be dead.
const DEAD_AFTER: Duration = Duration::from_secs(20);

const ROUTER: Host = Host {
    name: "router",
    number: 9,
};

/// What was felt of a change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Outage {
    /// Packets that were never answered, of a hundred a second.
    pub(crate) lost: u64,
    /// The longest time between two answers; none when there were none any more.
    pub(crate) gap: Option<Duration>,
}

/// A row of the table: who sends, what happens, and whether the client sends persistent keepalives.
pub(crate) struct Row {
    pub(crate) sender: Host,
    pub(crate) change: Move,
    pub(crate) keeps_alive: bool,
}

impl Row {
    /// Every change, with either side sending; and with keepalives, which are said to help.
    pub(crate) fn all() -> impl Iterator<Item = Row> {
        let changes = [RENUMBERED, SWITCHED, DEAD, BETTER];
        let rows = changes.into_iter().flat_map(|change| {
            [LEFT, RIGHT].map(|sender| Row {
                sender,
                change,
                keeps_alive: false,
            })
        });
        rows.chain([Row {
            sender: RIGHT,
            change: RENUMBERED,
            keeps_alive: true,
        }])
    }

    /// What is felt of it, with these at the two ends.
    pub(crate) fn outage(
        &self,
        client: Implementation,
        server: Implementation,
        delay: Duration,
    ) -> Outage {
        let moving = Moving::new(client, server);
        moving.delay(delay);
        if self.keeps_alive {
            moving.keep_alive();
        }
        moving.outage(&self.sender, &self.change)
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sender = if self.sender.number == LEFT.number {
            "client"
        } else {
            "server"
        };
        let keepalive = if self.keeps_alive {
            ", keepalive 25"
        } else {
            ""
        };
        write!(f, "{}, {sender} sends{keepalive}", self.change.name)
    }
}

/// The client is left, the server right; a session stands.
pub(crate) struct Moving {
    pair: Pair,
}

impl Moving {
    pub(crate) fn new(client: Implementation, server: Implementation) -> Moving {
        let pair = Pair::new();
        for host in [LEFT, RIGHT] {
            host.sh("ip addr flush dev eth0; ip link set eth0 down");
        }
        sh(&format!("ip netns add {}", ROUTER.name));
        ROUTER.sh("echo 1 > /proc/sys/net/ipv4/ip_forward");
        for (link, net) in [("wlan", 1), ("lte", 2)] {
            sh(&format!(
                "ip link add {link} netns left type veth peer name {link} netns router"
            ));
            ROUTER.sh(&format!(
                "ip addr add 198.51.{net}.1/24 dev {link}; ip link set {link} up"
            ));
        }
        sh("ip link add wan netns right type veth peer name wan netns router");
        ROUTER.sh("ip addr add 203.0.113.1/24 dev wan; ip link set wan up");
        RIGHT.sh("ip addr add 203.0.113.2/24 dev wan; ip link set wan up
             ip route add default via 203.0.113.1");
        LEFT.sh(
            "ip addr add 198.51.1.10/24 dev wlan; ip link set wlan up; ip link set lte up
             ip route add default via 198.51.1.1",
        );
        pair.start(&LEFT, client);
        pair.start(&RIGHT, server);
        pair.configure(&LEFT, &RIGHT, "203.0.113.2:51820");
        let key = pair.public_key(&LEFT);
        RIGHT.sh(&format!(
            "wg set wg2 peer {key} allowed-ips 10.0.0.1/32,fd00::1/128"
        ));
        assert!(LEFT.reaches("10.0.0.2"));
        Moving { pair }
    }

    /// Have the client send a keepalive each 25 seconds.
    pub(crate) fn keep_alive(&self) {
        let key = self.pair.public_key(&RIGHT);
        LEFT.sh(&format!("wg set wg1 peer {key} persistent-keepalive 25"));
    }

    /// Let packets take so long between the router and the server, each way.
    pub(crate) fn delay(&self, delay: Duration) {
        for host in [ROUTER, RIGHT].iter().filter(|_| !delay.is_zero()) {
            host.sh(&format!(
                "tc qdisc add dev wan root netem delay {}us",
                delay.as_micros()
            ));
        }
    }

    /// While `sender` sends to the other end, which answers, let the client move.
    pub(crate) fn outage(&self, sender: &Host, change: &Move) -> Outage {
        let other = if sender.number == LEFT.number {
            RIGHT
        } else {
            LEFT
        };
        let echo = other.inside(|| UdpSocket::bind((other.inner(), 7)).unwrap());
        let socket = sender.inside(|| UdpSocket::bind((sender.inner(), 0)).unwrap());
        socket.connect(echo.local_addr().unwrap()).unwrap();
        for socket in [&echo, &socket] {
            socket.set_read_timeout(Some(SPACING)).unwrap();
        }
        let is_over = AtomicBool::new(false);
        let goes_on = || !is_over.load(Ordering::Relaxed);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut packet = [0; 8];
                while goes_on() {
                    if let Ok((len, from)) = echo.recv_from(&mut packet) {
                        let _may_have_no_way = echo.send_to(&packet[..len], from);
                    }
                }
            });
            scope.spawn(|| {
                for number in 0_u64.. {
                    let _may_have_no_way = socket.send(&number.to_be_bytes());
                    std::thread::sleep(SPACING);
                    if !goes_on() {
                        break;
                    }
                }
            });
            let (moves, moved) = mpsc::channel::<()>();
            scope.spawn(move || {
                moved.recv().unwrap();
                change.happen();
            });
            let mut answers = Answers::new();
            while !answers.is_enough() {
                answers.wait(&socket);
                if answers.count == BEFORE {
                    // Once is enough.
                    let _moves_already = moves.send(());
                }
            }
            is_over.store(true, Ordering::Relaxed);
            answers.outage()
        })
    }
}

impl Move {
    fn happen(&self) {
        for (host, commands) in [(ROUTER, self.router), (LEFT, self.client)] {
            host.sh(&format!("echo '{commands}' | ip -batch -"));
        }
    }
}

/// Answers that have come.
struct Answers {
    count: u64,
    /// The number of the packet that was answered last.
    last: u64,
    last_at: Instant,
    gap: Duration,
}

impl Answers {
    fn new() -> Answers {
        Answers {
            count: 0,
            last: 0,
            last_at: Instant::now(),
            gap: Duration::ZERO,
        }
    }

    fn wait(&mut self, socket: &UdpSocket) {
        let mut packet = [0; 8];
        if socket.recv(&mut packet).is_ok() {
            let silence = self.last_at.elapsed();
            if self.count > 0 {
                self.gap = self.gap.max(silence);
            }
            self.count += 1;
            self.last = self.last.max(u64::from_be_bytes(packet));
            self.last_at += silence;
        }
    }

    fn is_dead(&self) -> bool {
        self.last_at.elapsed() > DEAD_AFTER
    }

    fn is_enough(&self) -> bool {
        self.count >= BEFORE + AFTER || self.is_dead()
    }

    fn outage(&self) -> Outage {
        Outage {
            lost: self.last + 1 - self.count,
            gap: (!self.is_dead()).then_some(self.gap),
        }
    }
}
