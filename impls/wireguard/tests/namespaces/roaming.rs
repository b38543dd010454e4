//! A client that moves between networks, while either side sends. How long that is felt, to the millisecond, is what the
//! guest's tests ask; here the machine may be busy.

use crate::moves::*;
use crate::world::Implementation::{self, Ours, WireguardGo};
use crate::world::*;

/// The client is ours; few packets are lost, where a peer that waited for its timers would lose 1500.
fn roams(name: &str, server: Implementation, sender: &Host, change: &Move) {
    isolated(name, || {
        let outage = Moving::new(Ours, server).outage(sender, change);
        eprintln!("{}: {outage:?}", change.name);
        assert!(outage.lost < 50 && outage.gap.is_some(), "{outage:?}");
    });
}

macro_rules! tests {
    ($($name:ident: $sender:ident sends, the server is $server:ident, $change:ident;)*) => {
        $(#[test]
        fn $name() {
            roams(concat!("roaming::", stringify!($name)), $server, &$sender, &$change);
        })*
    };
}

tests! {
    a_client_that_is_renumbered_goes_on_sending: LEFT sends, the server is Ours, RENUMBERED;
    a_client_that_is_renumbered_goes_on_receiving: RIGHT sends, the server is WireguardGo, RENUMBERED;
    a_client_that_switches_links_goes_on_sending: LEFT sends, the server is WireguardGo, SWITCHED;
    a_client_that_switches_links_goes_on_receiving: RIGHT sends, the server is Ours, SWITCHED;
    a_client_whose_link_dies_goes_on_sending: LEFT sends, the server is Ours, DEAD;
    a_client_whose_link_dies_goes_on_receiving: RIGHT sends, the server is WireguardGo, DEAD;
    a_client_with_a_better_route_uses_it: LEFT sends, the server is Ours, BETTER;
    a_client_with_a_better_route_is_found_there: RIGHT sends, the server is Ours, BETTER;
}
