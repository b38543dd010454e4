//! The same seed gives the same verdicts, for ever: changing this snapshot changes every published result.

use std::fmt::Write;
use std::time::Duration;

use link::{DropReason, Time};

use crate::support::{path, send};

/// A path on which much happens, though nothing that depends on more than the seed.
const PATH: &str = r#"(
    delay: LogNormal(min: "40ms", mean: "50ms", sd: "5ms", correlation: 0.5),
    loss: GilbertElliott(p: 0.05, r: 0.3, loss_good: 0.01),
    rate: Constant("1Mbit/s"),
    queue: Pie(packets: 20, burst: "0s"),
    duplicate: 0.03,
    reorder: (probability: 0.02, hold: "30ms"),
)"#;

#[test]
fn the_first_thousand_verdicts_of_a_seeded_path_stay_what_they_are() {
    let outcome = send(&mut path(PATH), 1_000, 1_000, Duration::from_millis(6));
    let mut verdicts = vec!['?'; 1_000];
    for packet in &outcome.arrived {
        let verdict = &mut verdicts[packet.serial as usize];
        *verdict = if *verdict == '.' || packet.copy {
            '2'
        } else {
            '.'
        };
    }
    for dropped in outcome
        .dropped
        .iter()
        .filter(|dropped| !dropped.packet.copy)
    {
        verdicts[dropped.packet.serial as usize] = match dropped.reason {
            DropReason::Loss => 'x',
            DropReason::QueueFull => 'q',
            DropReason::Aqm => 'a',
            DropReason::Mtu | DropReason::Cut => unreachable!("the path has neither"),
        };
    }
    let mut text = String::from(". arrived, 2 twice, x lost, a dropped by PIE, q by its limit\n\n");
    for line in verdicts.chunks(100) {
        text.extend(line);
        text.push('\n');
    }
    text.push_str("\nmicroseconds that the first 100 to arrive took\n\n");
    for line in outcome.arrived[..100].chunks(10) {
        for packet in line {
            let took = packet.at - Time::from_millis(6 * packet.serial);
            write!(text, "{:7}", took.as_micros()).unwrap();
        }
        text.push('\n');
    }
    insta::assert_snapshot!(text);
}
