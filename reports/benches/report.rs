//! How long a report of 51,000 keystrokes takes, from reading the folder to its last file.

use std::collections::BTreeMap;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use reports::results::{Keystroke, Outcome, Run, Scenario, Session, SessionRun, Writer};

const SESSIONS: [&str; 3] = ["mosh", "ssh", "udp"];
const KEYSTROKES: u32 = 17_000;

fn run() -> Run {
    let session = |name: &str| Session {
        name: name.into(),
        description: "made up".into(),
    };
    let outcome = |name: &str| SessionRun {
        session: name.into(),
        seed: 1,
        run: 0,
        outcome: Outcome::Finished,
        traffic: None,
        guesses: None,
        goodput: BTreeMap::new(),
    };
    Run {
        scenario: Scenario::new("bench", "How long does a report take?", ""),
        world: "model".into(),
        shaper: "link".into(),
        seeds: vec![1],
        started_at: "2026-11-21T10:00:00Z".into(),
        partial: None,
        kernel: "none".into(),
        versions: Default::default(),
        sysctls: Default::default(),
        relay_lateness_ms: None,
        sessions: SESSIONS.map(session).into(),
        timeline: Vec::new(),
        outcomes: SESSIONS.map(outcome).into(),
        checks: Vec::new(),
    }
}

fn keystroke(session: &str, index: u32) -> Keystroke {
    let scheduled_ms = f64::from(index) * 200.0;
    let latency = 100.0 + f64::from(index.wrapping_mul(2_654_435_769) >> 20);
    Keystroke {
        session: session.into(),
        seed: 1,
        run: 0,
        index,
        scheduled_ms,
        answered_ms: Some(scheduled_ms + latency),
        censored_at_ms: None,
    }
}

fn report(criterion: &mut Criterion) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let writer = Writer::create(dir.path(), &run()).expect("a new folder");
    for session in SESSIONS {
        for index in 0..KEYSTROKES {
            writer
                .keystroke(&keystroke(session, index))
                .expect("room for a line");
        }
    }
    writer.finish(&run()).expect("the folder is still there");
    let mut group = criterion.benchmark_group("report");
    group.sample_size(10);
    group.bench_function("51,000 keystrokes", |bencher| {
        bencher.iter(|| black_box(reports::report::write(dir.path()).expect("a report")));
    });
    group.finish();
}

criterion_group!(benches, report);
criterion_main!(benches);
