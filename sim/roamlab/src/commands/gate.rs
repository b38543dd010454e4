//! `roamlab gate`: a run against its baseline.

use std::{fs, path::Path, process::ExitCode};

use reports::{
    Analysis, Summary,
    gate::{Baseline, Gate, Tolerance},
    results::Results,
};

use crate::output::{say, say_line};
use crate::{exit::Failure, options::GateOptions};

pub(crate) fn gate(options: &GateOptions) -> Result<ExitCode, Failure> {
    let results = Results::read(&options.folder).map_err(Failure::input)?;
    let summary = Summary::of(&Analysis::of(&results));
    if let Some(reason) = &options.update {
        return update(&options.baseline, &summary, reason);
    }
    let baseline = read(&options.baseline)?;
    let gate = Gate::compare(&baseline, &summary);
    say(gate.markdown(false));
    if let Some(file) = &options.junit {
        write(file, gate.junit().map_err(Failure::failed)?)?;
    }
    if let Some(file) = &options.benchmark {
        write(file, gate.benchmark_json().map_err(Failure::failed)?)?;
    }
    if gate.passed() {
        Ok(ExitCode::SUCCESS)
    } else {
        Err(Failure::Failed(format!(
            "{} moved away from {}; if that is meant, record it: roamlab gate --baseline {} --update \"why\" {}",
            summary.scenario,
            options.baseline.display(),
            options.baseline.display(),
            options.folder.display(),
        )))
    }
}

fn update(file: &Path, summary: &Summary, reason: &str) -> Result<ExitCode, Failure> {
    let baseline = if file.exists() {
        read(file)?.record_again(summary, reason)
    } else {
        Baseline::record(summary, Tolerance::default(), reason)
    };
    write(file, baseline.to_json().map_err(Failure::failed)?)?;
    say_line(format!("recorded {}", file.display()));
    Ok(ExitCode::SUCCESS)
}

fn read(file: &Path) -> Result<Baseline, Failure> {
    let text = fs::read_to_string(file)
        .map_err(|error| Failure::Input(format!("{}: {error}", file.display())))?;
    Baseline::from_json(&text)
        .map_err(|error| Failure::Input(format!("{}: {error}", file.display())))
}

fn write(file: &Path, text: String) -> Result<(), Failure> {
    fs::write(file, text).map_err(|error| Failure::Failed(format!("{}: {error}", file.display())))
}
