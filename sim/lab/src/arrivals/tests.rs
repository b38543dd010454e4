//! A client, a server and what crosses their ends, at times that the test says.

use std::net::Ipv4Addr;

use etherparse::PacketBuilder;

use super::*;

const CLIENT: [u8; 4] = [10, 0, 1, 1];
const RENUMBERED: [u8; 4] = [10, 0, 1, 3];
const NAT: [u8; 4] = [10, 0, 2, 1];
const SERVER: [u8; 4] = [10, 0, 2, 2];

struct Session {
    zero: Instant,
    arrivals: Arrivals,
    client: Witness,
    server: Witness,
}

impl Session {
    fn new() -> Session {
        let arrivals = Arrivals::default();
        arrivals.readdress(Direction::Down, vec![Ipv4Addr::from(CLIENT).into()]);
        arrivals.readdress(Direction::Up, vec![Ipv4Addr::from(SERVER).into()]);
        Session {
            zero: Instant::now(),
            client: arrivals.witness(Direction::Up),
            server: arrivals.witness(Direction::Down),
            arrivals,
        }
    }

    fn at(&self, ms: u64) -> Instant {
        self.zero + Duration::from_millis(ms)
    }

    fn event(&self, ms: u64) -> AfterEvent {
        self.arrivals.event(self.at(ms), self.zero)
    }

    /// A packet is sent by the client and arrives at the server, perhaps with other addresses and ports.
    fn up(&self, sent: (u64, &[u8]), arrived: (u64, &[u8])) {
        self.client.sent(sent.1, self.at(sent.0));
        self.server.received(arrived.1, self.at(arrived.0));
    }

    /// A packet is sent by the server and arrives at the client.
    fn down(&self, sent: (u64, &[u8]), arrived: (u64, &[u8])) {
        self.server.sent(sent.1, self.at(sent.0));
        self.client.received(arrived.1, self.at(arrived.0));
    }
}

/// What arrived first: at the server, at the client, in milliseconds.
fn first(after: &AfterEvent) -> [Option<u128>; 2] {
    after.first().map(|at| at.map(|at| at.as_millis()))
}

fn udp(from: [u8; 4], to: [u8; 4], text: &[u8]) -> Vec<u8> {
    let mut packet = Vec::new();
    PacketBuilder::ipv4(from, to, 64)
        .udp(4000, 60001)
        .write(&mut packet, text)
        .unwrap();
    packet
}

/// A segment between port 4000 of the client, or its NAT's `port`, and port 22 of the server.
fn tcp(from: ([u8; 4], u16), to: ([u8; 4], u16), syn: bool, text: &[u8]) -> Vec<u8> {
    let mut packet = Vec::new();
    let segment = PacketBuilder::ipv4(from.0, to.0, 64).tcp(from.1, to.1, 7, 1000);
    let segment = if syn { segment.syn() } else { segment };
    segment.write(&mut packet, text).unwrap();
    packet
}

#[test]
fn the_first_datagram_each_way_is_the_first_that_was_sent_after_the_event() {
    let session = Session::new();
    let after = session.event(100);
    let [one, two, three] = [b"one", b"two", b"thr"].map(|text| udp(CLIENT, SERVER, text));
    session.up((99, &one), (149, &one));
    assert_eq!(first(&after), [None, None]);
    session.up((120, &two), (170, &two));
    session.up((121, &three), (171, &three));
    let answer = udp(SERVER, CLIENT, b"answer");
    session.down((170, &answer), (220, &answer));
    assert_eq!(first(&after), [Some(170), Some(220)]);
}

#[test]
fn each_event_has_arrivals_of_its_own() {
    let session = Session::new();
    let (cut, heals) = (session.event(100), session.event(1100));
    let [lost, through] = [b"lost", b"well"].map(|text| udp(CLIENT, SERVER, text));
    session.client.sent(&lost, session.at(500));
    session.up((1200, &through), (1250, &through));
    assert_eq!(first(&cut), [Some(1250), None]);
    assert_eq!(first(&heals), [Some(1250), None]);
    let again = session.event(1300);
    session.server.received(&lost, session.at(1400));
    assert_eq!(first(&again), [None, None]);
}

#[test]
fn what_a_nat_rewrites_is_still_the_same_datagram() {
    let session = Session::new();
    let after = session.event(0);
    let sent = udp(CLIENT, SERVER, b"text");
    session.up((10, &sent), (60, &udp(NAT, SERVER, b"text")));
    assert_eq!(first(&after), [Some(60), None]);
}

#[test]
fn what_was_damaged_or_says_nothing_does_not_count() {
    let session = Session::new();
    let after = session.event(0);
    let sent = udp(CLIENT, SERVER, b"text");
    session.up((10, &sent), (60, &udp(CLIENT, SERVER, b"tex+")));
    let empty = udp(CLIENT, SERVER, b"");
    session.up((20, &empty), (70, &empty));
    session.up((30, b"\x45"), (80, b""));
    assert_eq!(first(&after), [None, None]);
}

#[test]
fn an_address_that_the_host_has_lost_receives_nothing() {
    let session = Session::new();
    let after = session.event(0);
    let renumbered = vec![Ipv4Addr::from(RENUMBERED).into()];
    session.arrivals.readdress(Direction::Down, renumbered);
    let stale = udp(SERVER, CLIENT, b"one");
    session.down((10, &stale), (60, &stale));
    assert_eq!(first(&after), [None, None]);
    let fresh = udp(SERVER, RENUMBERED, b"two");
    session.down((20, &fresh), (70, &fresh));
    assert_eq!(first(&after), [None, Some(70)]);
}

#[test]
fn competing_traffic_does_not_count() {
    let session = Session::new();
    session.arrivals.set_aside(60001);
    let after = session.event(0);
    let sent = udp(CLIENT, SERVER, b"bulk");
    session.up((10, &sent), (60, &sent));
    assert_eq!(first(&after), [None, None]);
}

#[test]
fn a_segment_counts_on_a_connection_that_its_receiver_knows() {
    let session = Session::new();
    let ends = ((CLIENT, 4000), (SERVER, 22));
    let syn = tcp(ends.0, ends.1, true, b"");
    let accepted = tcp(ends.1, ends.0, true, b"");
    session.up((0, &syn), (50, &syn));
    session.down((50, &accepted), (100, &accepted));
    let after = session.event(200);
    let key = tcp(ends.0, ends.1, false, b"key");
    // Through a NAT that has given the connection another port, the server does not know it, and resets it.
    let rebound = tcp((CLIENT, 5000), ends.1, false, b"key");
    session.up((210, &key), (260, &rebound));
    assert_eq!(first(&after), [None, None]);
    session.up((410, &key), (460, &key));
    assert_eq!(first(&after), [Some(460), None]);
    let echo = tcp(ends.1, ends.0, false, b"echo");
    session.down((460, &echo), (510, &echo));
    assert_eq!(first(&after), [Some(460), Some(510)]);
}

#[test]
fn a_repeated_segment_was_sent_when_it_was_last_sent() {
    let session = Session::new();
    let ends = ((CLIENT, 4000), (SERVER, 22));
    let accepted = tcp(ends.1, ends.0, true, b"");
    session.down((0, &accepted), (50, &accepted));
    let (cut, key) = (session.event(100), tcp(ends.0, ends.1, false, b"key"));
    session.client.sent(&key, session.at(200));
    let heals = session.event(1100);
    session.up((1500, &key), (1550, &key));
    assert_eq!(first(&heals), [Some(1550), None]);
    assert_eq!(first(&cut), [Some(1550), None]);
}
