//! What a run notes of the datagrams that arrive after an event.

use reports::results::{Datagrams, Results};

use crate::{Scratch, guest, programs::build, succeed};

/// What arrived after the last event of a session.
fn datagrams(results: &Results, session: &str) -> Option<Datagrams> {
    let mut own = results.events.iter().filter(|of| of.session == session);
    own.next_back().expect("its event").datagrams
}

#[test]
fn after_a_change_of_address_datagrams_arrive_both_ways_and_segments_of_ssh_neither() {
    build("ssp");
    let scratch = Scratch::new();
    succeed(&mut scratch.run("renumber.ron", "out"));
    let results = Results::read(&scratch.path("out")).expect("results");
    for session in ["udp", "ssp"] {
        let datagrams = datagrams(&results, session).expect("seen");
        let both = datagrams.to_server_ms.is_some() && datagrams.to_client_ms.is_some();
        assert!(both, "{session}: {datagrams:?}");
    }
    // Though competing traffic goes on, from a port of its own.
    assert_eq!(datagrams(&results, "ssh"), Some(Datagrams::default()));
}

#[test]
fn a_session_that_reconnects_answers_nothing_before_its_ends_have_heard_of_each_other() {
    if guest::kernel().is_none() {
        return;
    }
    let scratch = Scratch::new();
    succeed(&mut scratch.run("reconnecting.ron", "out"));
    let results = Results::read(&scratch.path("out")).expect("results");
    let heard = datagrams(&results, "ssh").expect("seen").to_server_ms;
    let heard = heard.expect("another connection");
    let event = results.events[0].at_ms;
    let after = results.keystrokes.iter();
    let after = after.filter(|key| key.scheduled_ms >= event);
    let first = after.filter_map(|key| key.answered_ms).reduce(f64::min);
    let first = first.expect("an answer");
    assert!(first > heard, "answered at {first} ms, heard at {heard} ms");
}
