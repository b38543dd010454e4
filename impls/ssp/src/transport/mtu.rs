//! How large datagrams may be on this path: what stock takes for granted is used until longer ones are seen to arrive, and
//! given up if it does not (RFC 8899).

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::crypto;
use crate::wire::{datagram, fragment};

/// UDP payload that gets through everywhere.
const SAFE: usize = 500;

/// The IP packets to try, in bytes: what any link carries that carries IPv6, and stock's choice; what tunnels leave; and
/// Ethernet.
const PACKETS: [usize; 3] = [1280, 1400, 1500];

/// The headers of IPv4 and UDP.
const HEADERS_V4: usize = 20 + 8;
/// The headers of IPv6 and UDP, with room for an extension header.
const HEADERS_V6: usize = 40 + 16 + 8;

/// What surrounds a slice in a datagram.
pub(super) const OVERHEAD: usize = crypto::OVERHEAD + datagram::HEADER_LEN + fragment::HEADER_LEN;

/// After so many large instructions in a row without an acknowledgement that is overdue, the path is taken for a black
/// hole for large datagrams.
const LARGE_LOSSES: u32 = 3;

/// A length is given up after so many trials …
const TRIALS: u32 = 3;
/// … this far apart.
const TRIAL_TIMEOUT: Duration = Duration::from_secs(4);

/// How long to go without trials after a black hole was found.
const CAUTION: Duration = Duration::from_secs(30);

/// A trial may fall short of its length by as much as compression cannot be predicted.
const TOLERANCE: usize = 4;

/// The limit in use, as a step of a ladder: 0 is [`SAFE`], the others are those of [`PACKETS`].
pub(super) struct PathMtu {
    is_discovered: bool,
    step: usize,
    /// The highest step that may work.
    highest: usize,
    trial: Option<Trial>,
    no_trial_before: Option<Instant>,
    large: Option<Large>,
}

/// Trials of the next step.
struct Trial {
    count: u32,
    next_at: Instant,
}

/// The newest unacknowledged instructions that had a datagram larger than [`SAFE`].
struct Large {
    first_num: u64,
    first_at: Instant,
    sent: u32,
}

const STOCK: usize = 1;
const HIGHEST: usize = PACKETS.len();

fn payload(step: usize, remote: SocketAddr) -> usize {
    let headers = if remote.is_ipv4() {
        HEADERS_V4
    } else {
        HEADERS_V6
    };
    match step.checked_sub(1) {
        None => SAFE,
        Some(packet) => PACKETS[packet] - headers,
    }
}

impl PathMtu {
    /// Stock's limit for good, unless it is to be discovered.
    pub(super) fn new(is_discovered: bool) -> Self {
        Self {
            is_discovered,
            step: STOCK,
            highest: HIGHEST,
            trial: None,
            no_trial_before: None,
            large: None,
        }
    }

    /// How many bytes of an instruction fit a datagram.
    pub(super) fn slice_len(&self, remote: SocketAddr) -> usize {
        payload(self.step, remote) - OVERHEAD
    }

    /// An instruction for state `num` of this compressed length is being sent. What was sent `overdue` ago should have
    /// been acknowledged.
    pub(super) fn handle_sent(
        &mut self,
        num: u64,
        stream_len: usize,
        overdue: Duration,
        now: Instant,
    ) {
        if !self.is_discovered || self.step == 0 || stream_len <= SAFE - OVERHEAD {
            return;
        }
        let large = self.large.get_or_insert(Large {
            first_num: num,
            first_at: now,
            sent: 0,
        });
        large.sent += 1;
        if large.sent > LARGE_LOSSES && now >= large.first_at + overdue {
            self.fall(now);
        }
    }

    /// The newest acknowledged state is `num`.
    pub(super) fn handle_acknowledgement(&mut self, num: u64) {
        self.large.take_if(|large| num >= large.first_num);
    }

    /// The length of the datagram by which to try whether the next step works, if it is time to. An instruction of this
    /// compressed length would have gained by it.
    pub(super) fn next_trial(
        &mut self,
        stream_len: usize,
        remote: SocketAddr,
        now: Instant,
    ) -> Option<usize> {
        let is_needed = stream_len > self.slice_len(remote) && self.step < self.highest;
        let is_too_early = self.no_trial_before.is_some_and(|at| now < at);
        if !self.is_discovered || !is_needed || is_too_early {
            return None;
        }
        let trial = self.trial.get_or_insert(Trial {
            count: 0,
            next_at: now,
        });
        if now < trial.next_at {
            return None;
        }
        if trial.count == TRIALS {
            self.give_up_trial();
            return None;
        }
        trial.count += 1;
        trial.next_at = now + TRIAL_TIMEOUT;
        Some(payload(self.step + 1, remote))
    }

    /// Datagrams of up to this length have reached the peer.
    pub(super) fn handle_report(&mut self, longest: u64, remote: SocketAddr) {
        if self.trial.is_some() && longest as usize + TOLERANCE >= payload(self.step + 1, remote) {
            self.step += 1;
            self.trial = None;
        }
    }

    /// The path is another one: what was learnt of the old one says nothing, nor do reports for a while.
    pub(super) fn handle_path_change(&mut self, now: Instant) {
        *self = Self {
            no_trial_before: Some(now + LongestArrival::MEMORY),
            ..Self::new(self.is_discovered)
        };
    }

    /// The kernel has refused a datagram of this length: a trial's, or one in use.
    pub(super) fn handle_oversized(&mut self, len: usize, remote: SocketAddr, now: Instant) {
        if len > payload(self.step, remote) {
            self.give_up_trial();
        } else {
            self.fall(now);
        }
    }

    fn give_up_trial(&mut self) {
        self.highest = self.step;
        self.trial = None;
    }

    /// Datagrams of the length in use don't get through.
    fn fall(&mut self, now: Instant) {
        self.step = 0;
        self.large = None;
        self.trial = None;
        self.no_trial_before = Some(now + CAUTION);
    }
}

/// The longest of the newest datagrams that have come in.
pub(super) struct LongestArrival {
    began: Instant,
    current: usize,
    previous: usize,
}

impl LongestArrival {
    const SPAN: Duration = Duration::from_secs(5);
    /// Up to how long ago they may have come.
    const MEMORY: Duration = Duration::from_secs(10);

    pub(super) fn new(now: Instant) -> Self {
        Self {
            began: now,
            current: 0,
            previous: 0,
        }
    }

    pub(super) fn handle_arrival(&mut self, len: usize, now: Instant) {
        self.turn(now);
        self.current = self.current.max(len);
    }

    /// What to tell the peer, if there was a long one.
    pub(super) fn report(&mut self, now: Instant) -> Option<u64> {
        self.turn(now);
        let longest = self.current.max(self.previous);
        (longest > SAFE).then_some(longest as u64)
    }

    fn turn(&mut self, now: Instant) {
        if now >= self.began + Self::MEMORY {
            *self = Self::new(now);
        } else if now >= self.began + Self::SPAN {
            self.previous = std::mem::take(&mut self.current);
            self.began += Self::SPAN;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr, SocketAddrV4, SocketAddrV6};

    use super::*;

    const V4: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 1));
    const V6: SocketAddr = SocketAddr::V6(SocketAddrV6::new(Ipv6Addr::LOCALHOST, 1, 0, 0));
    const LARGE: usize = 1000;
    const SMALL: usize = 100;
    const OVERDUE: Duration = Duration::from_millis(500);

    /// Sends large instructions that are never acknowledged, 200 ms apart.
    fn lose_large(mtu: &mut PathMtu, now: Instant) {
        for num in 1..=4 {
            assert_eq!(mtu.slice_len(V4), 1214);
            mtu.handle_acknowledgement(0);
            mtu.handle_sent(num, LARGE, OVERDUE, now + num as u32 * OVERDUE * 2 / 5);
        }
    }

    #[test]
    fn slices_are_as_long_as_stocks() {
        let mut mtu = PathMtu::new(false);
        assert_eq!((mtu.slice_len(V4), mtu.slice_len(V6)), (1214, 1178));
        mtu.handle_oversized(1252, V4, Instant::now());
        assert_eq!((mtu.slice_len(V4), mtu.slice_len(V6)), (462, 462));
    }

    #[test]
    fn large_instructions_that_are_never_acknowledged_mean_a_black_hole() {
        let now = Instant::now();
        let mut mtu = PathMtu::new(true);
        lose_large(&mut mtu, now);
        assert_eq!(mtu.slice_len(V4), 462);
        mtu.handle_path_change(now);
        assert_eq!(mtu.slice_len(V4), 1214);
    }

    #[test]
    fn acknowledged_or_small_or_recent_instructions_mean_none() {
        let now = Instant::now();
        let mut mtu = PathMtu::new(true);
        for num in 1..100 {
            mtu.handle_sent(num, LARGE, Duration::ZERO, now);
            mtu.handle_sent(num, SMALL, Duration::ZERO, now);
            mtu.handle_acknowledgement(num);
        }
        for num in 100..200 {
            mtu.handle_sent(num, SMALL, Duration::ZERO, now);
            mtu.handle_sent(num, LARGE, OVERDUE, now);
        }
        assert_eq!(mtu.slice_len(V4), 1214);
    }

    #[test]
    fn longer_datagrams_are_used_once_they_are_seen_to_arrive() {
        let now = Instant::now();
        let mut mtu = PathMtu::new(true);
        assert_eq!(mtu.next_trial(LARGE, V4, now), None);
        assert_eq!(mtu.next_trial(2 * LARGE, V4, now), Some(1372));
        assert_eq!(mtu.next_trial(2 * LARGE, V4, now), None);
        mtu.handle_report(1252, V4);
        assert_eq!(mtu.slice_len(V4), 1214);
        mtu.handle_report(1372, V4);
        assert_eq!(mtu.slice_len(V4), 1334);
        assert_eq!(mtu.next_trial(2 * LARGE, V4, now), Some(1472));
        mtu.handle_report(1472, V4);
        assert_eq!(mtu.next_trial(9 * LARGE, V4, now), None);
        assert_eq!(mtu.slice_len(V4), 1434);
    }

    #[test]
    fn a_length_that_never_arrives_is_given_up() {
        let now = Instant::now();
        let mut mtu = PathMtu::new(true);
        let seconds = (0..100).map(|second| now + Duration::from_secs(second));
        let trials = seconds.filter_map(|at| mtu.next_trial(2 * LARGE, V4, at));
        assert_eq!(trials.count(), 3);
        assert_eq!(mtu.slice_len(V4), 1214);
    }

    #[test]
    fn a_length_that_the_kernel_refuses_is_given_up_at_once() {
        let now = Instant::now();
        let mut mtu = PathMtu::new(true);
        let len = mtu.next_trial(2 * LARGE, V4, now).expect("a trial");
        mtu.handle_oversized(len, V4, now);
        assert_eq!(mtu.slice_len(V4), 1214);
        assert_eq!(mtu.next_trial(2 * LARGE, V4, now + CAUTION), None);
    }

    #[test]
    fn a_black_hole_is_tried_again_after_a_while() {
        let now = Instant::now();
        let mut mtu = PathMtu::new(true);
        lose_large(&mut mtu, now);
        assert_eq!(mtu.next_trial(LARGE, V4, now), None);
        let later = now + CAUTION + Duration::from_secs(1);
        assert_eq!(mtu.next_trial(LARGE, V4, later), Some(1252));
        mtu.handle_report(1252, V4);
        assert_eq!(mtu.slice_len(V4), 1214);
    }

    #[test]
    fn the_longest_arrival_is_forgotten_after_a_while() {
        let now = Instant::now();
        let second = Duration::from_secs(1);
        let mut longest = LongestArrival::new(now);
        assert_eq!(longest.report(now), None);
        longest.handle_arrival(1252, now);
        longest.handle_arrival(80, now + second);
        assert_eq!(longest.report(now + 4 * second), Some(1252));
        assert_eq!(longest.report(now + 6 * second), Some(1252));
        assert_eq!(longest.report(now + 10 * second), None);
    }
}
