//! Paths that change, are cut and heal while packets are under way.

use std::time::Duration;

use link::{DropReason, Packet, Path, Time};

use crate::support::{Outcome, path, run_dry, send, spec, take_until};

/// Send ten packets, 10 ms apart, and after the fifth do something at 45 ms.
fn send_ten(path: &mut Path<()>, after_five: impl FnOnce(&mut Path<()>, Time)) -> Outcome<()> {
    let mut outcome = Outcome {
        arrived: vec![],
        dropped: vec![],
    };
    let mut after_five = Some(after_five);
    for n in 0..10 {
        let now = Time::from_millis(10 * n);
        if n == 5 {
            let change = Time::from_millis(45);
            take_until(path, change, &mut outcome);
            after_five.take().unwrap()(path, change);
        }
        take_until(path, now, &mut outcome);
        path.give(Packet::new(1_000, 0, ()), now);
    }
    run_dry(path, &mut outcome);
    outcome
}

#[test]
fn what_is_under_way_keeps_its_delay_and_what_follows_gets_the_new_one() {
    let mut path = path(r#"(delay: Constant("20ms"))"#);
    let outcome = send_ten(&mut path, |path, now| {
        path.change(&spec(r#"(delay: Constant("1ms"))"#), now)
            .unwrap();
    });
    let arrivals = outcome.arrivals_in_millis();
    assert_eq!(
        arrivals,
        [20.0, 30.0, 40.0, 50.0, 60.0, 60.0, 61.0, 71.0, 81.0, 91.0]
    );
    assert_eq!(outcome.serials(), (0..10).collect::<Vec<_>>());
}

#[test]
fn stages_that_stay_the_same_draw_what_they_would_have_drawn() {
    const LOSS: &str = "loss: GilbertElliott(p: 0.3, r: 0.4)";
    let unchanged = send_ten(&mut path(&format!("({LOSS})")), |_, _| {});
    let changed = send_ten(&mut path(&format!("({LOSS})")), |path, now| {
        let spec = spec(&format!(
            r#"({LOSS}, delay: Normal(mean: "9ms", sd: "2ms"), duplicate: 0.5)"#
        ));
        path.change(&spec, now).unwrap();
    });
    assert_eq!(changed.dropped_serials(), unchanged.dropped_serials());
    assert!(!changed.dropped.is_empty());
}

#[test]
fn a_new_rate_holds_from_the_next_packet_on() {
    // 40 ms a packet, and four are given before the change at 45 ms, when the second is being sent.
    let mut path = path(r#"(rate: Constant("200kbit/s"))"#);
    let outcome = send_ten(&mut path, |path, now| {
        path.change(&spec(r#"(rate: Constant("8Mbit/s"))"#), now)
            .unwrap();
    });
    let arrivals = outcome.arrivals_in_millis();
    assert_eq!(
        arrivals,
        [40.0, 80.0, 81.0, 82.0, 83.0, 84.0, 85.0, 86.0, 87.0, 91.0]
    );
}

#[test]
fn what_waits_for_a_rate_that_ends_is_sent_at_once() {
    let mut path = path(r#"(rate: Constant("200kbit/s"))"#);
    let outcome = send_ten(&mut path, |path, now| {
        path.change(&spec("()"), now).unwrap()
    });
    let arrivals = outcome.arrivals_in_millis();
    assert_eq!(
        arrivals,
        [40.0, 80.0, 80.0, 80.0, 80.0, 80.0, 80.0, 80.0, 80.0, 90.0]
    );
}

#[test]
fn what_waits_moves_to_a_new_queue_as_far_as_it_has_room() {
    for queue in [
        "DropTail(packets: 2)",
        "CoDel(packets: 2)",
        "Pie(packets: 2)",
    ] {
        let mut path = path(r#"(rate: Constant("200kbit/s"), queue: FqCoDel())"#);
        let outcome = send_ten(&mut path, |path, now| {
            let spec = spec(&format!(r#"(rate: Constant("8Mbit/s"), queue: {queue})"#));
            path.change(&spec, now).unwrap();
        });
        assert_eq!(outcome.arrived.len() + outcome.dropped.len(), 10);
        assert_eq!(outcome.serials()[..4], [0, 1, 2, 3], "{queue}");
        assert!(
            outcome
                .dropped
                .iter()
                .all(|d| d.reason == DropReason::QueueFull)
        );
        assert_eq!(outcome.dropped_serials()[0], 4, "{queue}");
    }
}

#[test]
fn a_spec_that_cannot_be_built_leaves_the_path_as_it_was() {
    let mut path = path(r#"(delay: Constant("20ms"))"#);
    let bad = spec(r#"(delay: Constant("1ms"), queue: Infinite)"#);
    let outcome = send_ten(&mut path, |path, now| {
        path.change(&bad, now).unwrap_err();
    });
    assert_eq!(outcome.arrivals_in_millis()[9], 110.0);
}

#[test]
fn a_cut_path_drops_what_it_is_given_and_delivers_what_is_under_way() {
    let mut path = path(r#"(delay: Constant("20ms"))"#);
    let cut = send_ten(&mut path, Path::cut);
    assert_eq!(cut.serials(), [0, 1, 2, 3, 4]);
    assert_eq!(cut.arrivals_in_millis()[4], 60.0);
    assert_eq!(cut.dropped_serials(), [5, 6, 7, 8, 9]);
    assert!(
        cut.dropped
            .iter()
            .all(|dropped| dropped.reason == DropReason::Cut)
    );
}

#[test]
fn a_healed_path_delivers_again() {
    let mut path = path(r#"(delay: Constant("20ms"))"#);
    path.cut(Time::ZERO);
    let healed = send_ten(&mut path, Path::heal);
    assert_eq!(healed.serials(), [5, 6, 7, 8, 9]);
    assert_eq!(healed.dropped_serials(), [0, 1, 2, 3, 4]);
}

#[test]
fn time_that_goes_back_is_taken_as_standing_still() {
    let mut path: Path<()> = path("()");
    path.give(Packet::new(1, 0, ()), Time::from_secs(2));
    path.give(Packet::new(1, 0, ()), Time::from_secs(1));
    let late: Vec<_> = std::iter::from_fn(|| path.take(Time::ZERO))
        .map(|p| p.at)
        .collect();
    assert_eq!(late, [Time::from_secs(2); 2]);
}

#[test]
fn what_is_longer_than_the_mtu_is_dropped() {
    let long = send(&mut path(r#"(mtu: "1400B")"#), 1, 1_401, Duration::ZERO);
    assert_eq!(long.dropped[0].reason, DropReason::Mtu);
    let fits = send(&mut path(r#"(mtu: "1400B")"#), 1, 1_400, Duration::ZERO);
    assert_eq!(fits.dropped, []);
}
