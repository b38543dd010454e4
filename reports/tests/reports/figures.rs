//! Figures: their words and shapes as a snapshot, and that any data can be drawn.

use crate::synthetic::{Behaviour, MOSH, SSH, Synthetic, UDP};
use reports::figures::{figures, png};

#[test]
fn see() {
    let out = std::path::Path::new("/tmp/reports-see");
    std::fs::create_dir_all(out).unwrap();
    let many = (0..30)
        .map(|i| {
            (
                2000.0 * f64::from(i),
                if i % 2 == 0 {
                    "tunnel begins"
                } else {
                    "tunnel ends"
                },
            )
        })
        .collect();
    let broken = Behaviour {
        name: "ssp",
        error: Some(
            "ssp-server: command not found; run just setup, then try again and again and again",
        ),
        ..MOSH
    };
    let cases = [
        ("plain", Synthetic::default()),
        (
            "roam",
            Synthetic {
                events: vec![
                    (10_000.0, "renumber laptop"),
                    (30_000.0, "rebind NAT port"),
                    (33_000.0, "wifi to lte"),
                    (49_000.0, "renumber laptop again"),
                ],
                ..Synthetic::default()
            },
        ),
        (
            "many",
            Synthetic {
                events: many,
                sessions: vec![MOSH, UDP, broken, SSH],
                ..Synthetic::default()
            },
        ),
        (
            "empty",
            Synthetic {
                keystrokes: 0,
                ..Synthetic::default()
            },
        ),
        (
            "one",
            Synthetic {
                keystrokes: 1,
                seeds: vec![1],
                ..Synthetic::default()
            },
        ),
        (
            "huge",
            Synthetic {
                keystrokes: 17_000,
                ..Synthetic::default()
            },
        ),
    ];
    for (name, case) in cases {
        let analysis = case.analyse();
        let t = std::time::Instant::now();
        for figure in figures(&analysis).unwrap() {
            std::fs::write(out.join(format!("{name}-{}.svg", figure.name)), &figure.svg).unwrap();
            eprintln!(
                "{name} {} {} svg {:?}",
                figure.name,
                figure.svg.len(),
                t.elapsed()
            );
            std::fs::write(
                out.join(format!("{name}-{}.png", figure.name)),
                png(&figure.svg).unwrap(),
            )
            .unwrap();
            eprintln!("png {:?}", t.elapsed());
        }
    }
}
