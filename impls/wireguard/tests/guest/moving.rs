//! How long a change of the client's network is felt, by a clock that nothing else moves.

use std::time::Duration;

use crate::moves::Row;
use crate::world::Implementation::{self, Kernel, Ours};

pub(crate) const TESTS: [(&str, fn()); 2] = crate::named![
    every_move_is_felt_for_a_moment_only,
    a_client_of_the_kernels_is_found_as_soon,
];

/// Each way.
const DELAY: Duration = Duration::from_millis(20);
/// One and a half round trips and 50 ms.
const MOMENT: Duration = Duration::from_millis(110);
/// Of a hundred a second.
const FEW: u64 = 5;

fn every_move_is_felt_for_a_moment_only() {
    felt_for_a_moment(Ours);
}

fn a_client_of_the_kernels_is_found_as_soon() {
    felt_for_a_moment(Kernel);
}

fn felt_for_a_moment(server: Implementation) {
    for row in Row::all() {
        let outage = row.outage(Ours, server, DELAY);
        crate::world::tear_down();
        eprintln!("{row}: {outage:?}");
        let is_felt_briefly = outage.gap.is_some_and(|gap| gap <= MOMENT);
        assert!(is_felt_briefly && outage.lost <= FEW, "{row}: {outage:?}");
    }
}
