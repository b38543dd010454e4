//! What a run notes of the datagrams that arrive after an event.

use reports::results::{Datagrams, Results};

use crate::{Scratch, programs::build, succeed};

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
