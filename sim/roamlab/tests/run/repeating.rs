//! The same seed gives the same run.

use std::path::Path;

use lab::capture::drops;

use crate::{Scratch, succeed};

#[test]
fn the_same_seed_drops_the_same_packets_on_the_wire() {
    let scratch = Scratch::new();
    let dropped = |out: &str, seed: &str| {
        succeed(
            scratch
                .run("quick.ron", out)
                .args(["--pcap", "--seed", seed]),
        );
        let captures = scratch.path(out).join(format!("pcap/seed-{seed}-run-0"));
        ["client", "server"].map(|host| records(&captures.join(format!("udp-wan-{host}.pcapng"))))
    };
    let first = dropped("first", "1");
    assert!(
        !first[0].is_empty() && !first[1].is_empty(),
        "nothing was dropped"
    );
    assert_eq!(first, dropped("second", "1"));
    assert_ne!(first, dropped("other", "2"));
}

/// Which packets were dropped, and why: serial number and reason.
fn records(capture: &Path) -> Vec<(u64, String)> {
    drops(capture)
        .expect("a capture")
        .into_iter()
        .map(|record| (record.serial, record.reason))
        .collect()
}
