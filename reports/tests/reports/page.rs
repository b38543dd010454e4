//! `report.html` and the rest of what a report writes.

use crate::synthetic::{MOSH, SSH, Synthetic, UDP};

#[test]
fn see() {
    let out = std::path::Path::new("/tmp/reports-see/run");
    let _ = std::fs::remove_dir_all(out);
    let broken = crate::synthetic::Behaviour {
        name: "ssp",
        description: "ours",
        error: Some("ssp-server: command not found; run just setup"),
        ..MOSH
    };
    let s = Synthetic {
        sessions: vec![MOSH, SSH, UDP, broken],
        partial: Some("interrupted by Ctrl-C".into()),
        checks: vec![
            crate::synthetic::check(
                "loss up",
                "29 %",
                "28.7 %",
                reports::results::Verdict::Passed,
            ),
            crate::synthetic::check(
                "loss down",
                "29 %",
                "38.7 %",
                reports::results::Verdict::Failed,
            ),
        ],
        events: vec![(10_000.0, "renumber laptop"), (30_000.0, "rebind NAT port")],
        ..Synthetic::default()
    };
    s.write(out);
    reports::report::write(out).unwrap();
}
