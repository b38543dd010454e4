//! What happens in a session beside typing.

use std::time::Duration;

use ssp::transport::{Arrival, Ended, Tuning};

use crate::pair::{MS, Pair, other_server_address, server_address};
use crate::wire::Faults;

fn ours(faults: Faults) -> Pair {
    Pair::new(Tuning::best(), Tuning::best(), faults, 1)
}

fn clean() -> Faults {
    Faults::delay(50 * MS)
}

#[test]
fn the_server_learns_what_was_typed_before_the_first_datagram() {
    let mut pair = ours(clean());
    pair.key_in(b"early");
    pair.run_for(150 * MS);
    assert_eq!(pair.client.remote().text, b"early");
}

#[test]
fn a_lost_first_datagram_is_repeated_without_waiting_for_the_heartbeat() {
    let mut pair = ours(clean());
    pair.up.faults.loss = 1.0;
    pair.key_in(b"x");
    pair.run_for(MS);
    pair.up.faults.loss = 0.0;
    pair.run_until_condition(2000 * MS, Pair::has_converged);
}

#[test]
fn an_idle_session_costs_two_datagrams_each_three_seconds() {
    let mut pair = ours(clean());
    pair.run_for(10_000 * MS);
    let before = pair.client.statistics().datagrams_sent + pair.server.statistics().datagrams_sent;
    pair.run_for(3_000_000 * MS);
    let after = pair.client.statistics().datagrams_sent + pair.server.statistics().datagrams_sent;
    assert!(
        (1990..=2010).contains(&(after - before)),
        "{}",
        after - before
    );
}

#[test]
fn a_day_of_idling_changes_nothing() {
    let mut pair = ours(clean());
    pair.run_for(Duration::from_secs(24 * 3600));
    pair.key_in(b"good morning");
    pair.run_for(110 * MS);
    assert_eq!(pair.client.remote().text, b"good morning");
}

#[test]
fn a_client_that_shuts_down_is_acknowledged_and_both_ends_end() {
    let mut pair = ours(clean());
    pair.run_for(1000 * MS);
    pair.client.shut_down(pair.now);
    pair.run_for(110 * MS);
    assert_eq!(pair.client.ended(pair.now), Some(Ended::Acknowledged));
    assert_eq!(pair.server.ended(pair.now), Some(Ended::ByPeer));
}

#[test]
fn a_shutdown_carries_the_last_words() {
    let mut pair = ours(clean());
    pair.run_for(1000 * MS);
    pair.server.local_mut(pair.now).text.extend(b"logout");
    pair.server.shut_down(pair.now);
    pair.run_for(110 * MS);
    assert_eq!(pair.client.remote().text, b"logout");
    assert_eq!(pair.client.ended(pair.now), Some(Ended::ByPeer));
}

#[test]
fn a_shutdown_that_nobody_answers_is_given_up() {
    let mut pair = ours(clean());
    pair.run_for(1000 * MS);
    pair.up.faults.loss = 1.0;
    pair.client.shut_down(pair.now);
    pair.run_for(11_000 * MS);
    assert_eq!(pair.client.ended(pair.now), Some(Ended::Unanswered));
    assert_eq!(pair.client.next_deadline(pair.now), None);
}

#[test]
fn the_server_follows_a_client_that_types_from_a_new_address() {
    let mut pair = ours(clean());
    pair.run_for(1000 * MS);
    pair.renumber_client();
    pair.key_in(b"x");
    pair.run_for(101 * MS);
    assert_eq!(pair.client.remote().text, b"x");
}

#[test]
fn a_client_told_of_a_new_path_lets_the_server_know_within_a_round_trip() {
    let mut pair = ours(clean());
    pair.run_for(10_000 * MS);
    pair.renumber_client();
    pair.client.handle_path_change(pair.now);
    pair.run_for(51 * MS);
    pair.server
        .local_mut(pair.now)
        .text
        .extend(b"while you roamed");
    pair.run_for(51 * MS);
    assert_eq!(pair.client.remote().text, b"while you roamed");
}

#[test]
fn a_replayed_datagram_does_not_move_the_server() {
    let mut pair = ours(clean());
    pair.run_for(1000 * MS);
    let peer = pair.server.peer();
    pair.key_in(b"x");
    let recorded = pair
        .client
        .poll_transmit(pair.now)
        .expect("a keystroke to send")
        .payload;
    let at = pair.now;
    let attacker = "203.0.113.66:666".parse().expect("an address");
    pair.key_in(b"y");
    pair.run_for(500 * MS);
    let arrival = Arrival {
        source: attacker,
        socket: 0,
        congested: false,
        payload: &recorded,
    };
    pair.server.handle_datagram(&arrival, at);
    assert_eq!(pair.server.peer(), peer);
}

#[test]
fn a_client_without_answers_changes_its_port_after_ten_seconds() {
    let mut pair = ours(clean());
    pair.run_for(1000 * MS);
    assert_eq!(pair.server.peer().map(|peer| peer.port()), Some(40_000));
    pair.up.faults.loss = 1.0;
    pair.run_for(15_000 * MS);
    pair.up.faults.loss = 0.0;
    pair.run_for(3100 * MS);
    assert_eq!(pair.server.peer().map(|peer| peer.port()), Some(40_001));
}

#[test]
fn a_server_forgets_where_a_silent_client_was() {
    let mut pair = ours(clean());
    pair.run_for(1000 * MS);
    pair.up.faults.loss = 1.0;
    pair.run_for(45_000 * MS);
    assert_eq!(pair.server.peer(), None);
    pair.up.faults.loss = 0.0;
    pair.run_for(10_000 * MS);
    assert!(pair.server.peer().is_some());
}

#[test]
fn large_states_get_through_a_path_that_drops_large_datagrams() {
    let mut pair = ours(Faults {
        mtu: 900,
        ..clean()
    });
    pair.run_for(1000 * MS);
    pair.server.local_mut(pair.now).text.extend(noise(0));
    pair.run_until_condition(3000 * MS, |pair| {
        pair.client.remote() == pair.server.local()
    });
}

/// Bytes that do not compress: eight bits of every number's multiplicative hash.
fn noise(from: u32) -> impl Iterator<Item = u8> {
    (from..from + 20_000).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
}

/// The longest datagram on the way to the client while the server's screen fills with noise a hundred times.
fn longest_down(mtu: usize) -> usize {
    let mut pair = ours(clean());
    pair.down.faults.mtu = mtu;
    for frame in 0..100 {
        pair.server.local_mut(pair.now).text = noise(frame * 20_000).collect();
        pair.run_for(100 * MS);
    }
    pair.run_until_condition(3000 * MS, Pair::has_converged);
    pair.down.longest
}

#[test]
fn datagrams_grow_as_long_as_the_path_takes() {
    assert!((1468..=1472).contains(&longest_down(usize::MAX)));
    assert!((1368..=1372).contains(&longest_down(1400)));
    assert_eq!(longest_down(1300), 1252);
}

#[test]
fn a_path_that_begins_to_drop_large_datagrams_is_a_short_stall() {
    let mut pair = ours(clean());
    for frame in 0..100 {
        pair.server.local_mut(pair.now).text = noise(frame * 20_000).collect();
        pair.run_for(100 * MS);
    }
    pair.down.faults.mtu = 900;
    pair.server.local_mut(pair.now).text = noise(7).collect();
    pair.run_until_condition(3000 * MS, Pair::has_converged);
}

#[test]
fn what_was_under_way_when_the_client_moved_is_sent_again_at_once() {
    let mut pair = ours(clean());
    pair.run_for(10_000 * MS);
    pair.renumber_client();
    pair.server
        .local_mut(pair.now)
        .text
        .extend(b"into the void");
    pair.run_for(10 * MS);
    pair.client.handle_path_change(pair.now);
    pair.run_for(150 * MS);
    assert_eq!(pair.client.remote().text, b"into the void");
}

#[test]
fn a_lost_probe_of_a_new_path_is_repeated() {
    let mut pair = ours(clean());
    pair.run_for(10_000 * MS);
    pair.renumber_client();
    pair.up.faults.loss = 1.0;
    pair.client.handle_path_change(pair.now);
    pair.run_for(MS);
    pair.up.faults.loss = 0.0;
    pair.run_for(400 * MS);
    pair.server.local_mut(pair.now).text.extend(b"found");
    pair.run_for(60 * MS);
    assert_eq!(pair.client.remote().text, b"found");
}

/// For how long the screen of a client that only looks on stands still when a NAT changes its address just before one of
/// many lines, if they are this far apart.
fn silence_when_a_nat_rebinds(tuning: Tuning, gap: Duration) -> Duration {
    let mut pair = Pair::new(tuning, tuning, clean(), 1);
    let write_line = |pair: &mut Pair| {
        let text = &mut pair.server.local_mut(pair.now).text;
        text.push(b'.');
        text.len()
    };
    for _ in 0..40 {
        write_line(&mut pair);
        pair.run_for(gap);
    }
    pair.renumber_client();
    let rebound = pair.now;
    let first = write_line(&mut pair);
    let mut next_line = rebound + gap;
    while pair.client.remote().text.len() < first {
        pair.run_for(10 * MS);
        if pair.now >= next_line {
            write_line(&mut pair);
            next_line += gap;
        }
    }
    pair.now - rebound
}

#[test]
fn output_to_a_client_whose_nat_rebinds_stops_for_less_than_a_second() {
    for gap in [60 * MS, 250 * MS, 1000 * MS] {
        let ours = silence_when_a_nat_rebinds(Tuning::best(), gap);
        let stock = silence_when_a_nat_rebinds(Tuning::stock(8 * MS), gap);
        println!("a line each {gap:?}: ours {ours:?}, stock {stock:?}");
        assert!(ours < 1000 * MS, "a line each {gap:?}: {ours:?}");
    }
}

#[test]
fn a_client_that_only_looks_on_is_back_soon_after_a_minute_without_network() {
    for phase in 0..6 {
        let mut pair = ours(clean());
        pair.run_for(10_000 * MS + phase * 550 * MS);
        pair.up.faults.loss = 1.0;
        pair.down.faults.loss = 1.0;
        pair.server.local_mut(pair.now).text.extend(b"news");
        pair.run_for(60_000 * MS);
        pair.up.faults.loss = 0.0;
        pair.down.faults.loss = 0.0;
        pair.run_until_condition(450 * MS, Pair::has_converged);
    }
}

#[test]
fn a_peer_that_stays_silent_is_sought_for_two_minutes_only() {
    let mut pair = ours(clean());
    pair.run_for(10_000 * MS);
    pair.up.faults.loss = 1.0;
    pair.run_for(600_000 * MS);
    let sent = pair.client.statistics().datagrams_sent;
    pair.run_for(30_000 * MS);
    assert_eq!(pair.client.statistics().datagrams_sent - sent, 10);
}

#[test]
fn a_shutdown_over_a_losing_path_is_nearly_always_agreed_upon() {
    let agreed = (0..100)
        .filter(|&seed| {
            let faults = Faults {
                loss: 0.29,
                ..clean()
            };
            let mut pair = Pair::new(Tuning::best(), Tuning::best(), faults, seed);
            pair.run_for(20_000 * MS);
            for _ in 0..20 {
                pair.key_in(b"x");
                pair.run_for(100 * MS);
            }
            pair.client.shut_down(pair.now);
            pair.run_for(12_000 * MS);
            pair.client.ended(pair.now) == Some(Ended::Acknowledged)
        })
        .count();
    assert!(agreed >= 95, "{agreed} of 100");
}

/// A pair whose client has been told both addresses of the server.
fn with_two_addresses() -> Pair {
    let mut pair = ours(clean());
    pair.client
        .learn_addresses(&[server_address(), other_server_address()]);
    pair.run_for(10_000 * MS);
    pair
}

#[test]
fn a_client_told_that_its_path_is_gone_finds_the_servers_other_address_in_a_round_trip() {
    let mut pair = with_two_addresses();
    pair.dead_address = Some(server_address());
    pair.client.handle_path_change(pair.now);
    pair.run_for(102 * MS);
    assert_eq!(pair.client.peer(), Some(other_server_address()));
    pair.key_in(b"x");
    pair.run_for(102 * MS);
    assert_eq!(pair.client.remote().text, b"x");
}

#[test]
fn a_client_that_types_into_the_void_finds_the_servers_other_address() {
    let mut pair = with_two_addresses();
    pair.dead_address = Some(server_address());
    pair.key_in(b"x");
    pair.run_for(1500 * MS);
    assert_eq!(pair.client.remote().text, b"x");
    assert_eq!(pair.client.peer(), Some(other_server_address()));
}

#[test]
fn a_client_stays_with_an_address_that_works() {
    let mut pair = with_two_addresses();
    pair.client.handle_path_change(pair.now);
    pair.run_for(1000 * MS);
    assert_eq!(pair.client.peer(), Some(server_address()));
    pair.key_in(b"x");
    pair.run_for(1000 * MS);
    assert!(pair.server.peer().is_some_and(|client| client.is_ipv4()));
}
