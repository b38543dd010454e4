//! `roamlab figures`: the runs of a gallery, what is computed for it, and its page.

use std::{
    fmt::Display,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use probe::{
    collection::{self, Collecting},
    recording::Recording,
};
use reports::gallery::{self, Collection, CollectionDelays, Gallery};

use super::apart::Apart;
use crate::{
    exit::Failure,
    options::{FiguresOptions, World},
    output::say_line,
};

pub(crate) fn figures(options: &FiguresOptions) -> Result<ExitCode, Failure> {
    let gallery = read(&options.gallery)?;
    let mut runs: Vec<PathBuf> = Vec::new();
    for section in &gallery.sections {
        let out = Path::new("reports/out/figures").join(&section.scenario);
        if !options.again {
            eprintln!("{}: {}", section.scenario, section.title);
            Apart {
                scenario: Path::new(&section.scenario),
                world: World::Guest,
                sessions: &[],
                out: &out,
            }
            .run()?;
        }
        runs.push(out);
    }
    let runs: Vec<&Path> = runs.iter().map(PathBuf::as_path).collect();
    let folder = options.gallery.parent().unwrap_or(Path::new("."));
    let delays = gallery.collection.as_ref().map(delays).transpose()?;
    gallery::write(&gallery, &runs, delays.as_ref(), folder).map_err(Failure::failed)?;
    say_line(folder.join("index.html").display().to_string());
    Ok(ExitCode::SUCCESS)
}

fn read(file: &Path) -> Result<Gallery, Failure> {
    let text = fs::read_to_string(file)
        .map_err(|error| Failure::Input(format!("{}: {error}", file.display())))?;
    ron::from_str(&text).map_err(|error| Failure::Input(format!("{}:{error}", file.display())))
}

/// How long our sender holds back the writes of the recordings, at every interval and without one.
fn delays(collection: &Collection) -> Result<CollectionDelays, Failure> {
    let recordings = collection.recordings.iter().map(|file| {
        let wrong = |error: &dyn Display| Failure::Input(format!("{}: {error}", file.display()));
        let bytes = fs::read(file).map_err(|error| wrong(&error))?;
        Recording::parse(&bytes).map_err(|error| wrong(&error))
    });
    let recordings = recordings.collect::<Result<Vec<_>, Failure>>()?;
    let round_trip = Duration::from_millis(collection.round_trip_ms);
    let delays = |collecting| -> Vec<f64> {
        let all = recordings
            .iter()
            .flat_map(|recording| collection::delays(recording, collecting, round_trip));
        all.map(|delay| delay.as_secs_f64() * 1e3).collect()
    };
    let mean = |collecting| {
        let delays = delays(collecting);
        delays.iter().sum::<f64>() / delays.len().max(1) as f64
    };
    let fixed = collection.intervals_ms.iter().map(|&interval| {
        let collecting = Collecting::Fixed(Duration::from_millis(interval));
        (interval as f64, mean(collecting))
    });
    Ok(CollectionDelays {
        writes: delays(Collecting::Adaptive).len(),
        fixed: fixed.collect(),
        others: vec![
            ("adaptive, 0 to 8 ms".to_owned(), mean(Collecting::Adaptive)),
            (
                "ours: adaptive, and three frames before the wait".to_owned(),
                mean(Collecting::Ours),
            ),
        ],
    })
}
