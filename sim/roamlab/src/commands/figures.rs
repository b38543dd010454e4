//! `roamlab figures`: the runs of a gallery, and its page.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use reports::gallery::{self, Gallery};

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
    gallery::write(&gallery, &runs, folder).map_err(Failure::failed)?;
    say_line(folder.join("index.html").display().to_string());
    Ok(ExitCode::SUCCESS)
}

fn read(file: &Path) -> Result<Gallery, Failure> {
    let text = fs::read_to_string(file)
        .map_err(|error| Failure::Input(format!("{}: {error}", file.display())))?;
    ron::from_str(&text).map_err(|error| Failure::Input(format!("{}:{error}", file.display())))
}
