//! How long a change of the client's network is felt, beside the other user-space implementations: a table.
//!
//! 100 packets a second through the tunnel, by whichever side sends. A tunnel that is silent for twenty seconds is dead.
//! `cargo bench -p wireguard --bench roaming [-- NAMES]`, as root; peers that are not installed are left out.

#[path = "../../tests/namespaces/moves.rs"]
mod moves;
#[expect(dead_code, reason = "the tests use more of it")]
#[path = "../../tests/namespaces/world.rs"]
mod world;

use std::time::Duration;

use moves::{Outage, Row};
use world::Implementation;

fn main() {
    if !world::is_inside() {
        let status = world::reenter().args(std::env::args().skip(1)).status();
        return assert!(status.unwrap().success());
    }
    let measured = Implementation::asked_for();
    print!("{:58}", "longest gap (packets lost)");
    measured
        .iter()
        .for_each(|one| print!("{:>18}", format!("{one:?}")));
    for row in Row::all() {
        print!("\n{:58}", row.to_string());
        for one in &measured {
            let outage = row.outage(*one, *one, Duration::ZERO);
            print!("{:>18}", describe(outage));
            world::tear_down();
        }
    }
    println!();
}

fn describe(outage: Outage) -> String {
    match outage.gap {
        Some(gap) => format!("{} ms ({})", gap.as_millis(), outage.lost),
        None => "dead".to_owned(),
    }
}
