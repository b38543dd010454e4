//! `roamlab gate --instructions`: compares what benches took with what they took.

use std::{path::Path, process::ExitCode};

use reports::gate::{Counts, CountsBaseline};

use super::{read, save, tell};
use crate::{exit::Failure, options::GateOptions, output::say_line};

/// The stem of the baseline's file.
pub(super) const BASELINE: &str = "instructions";

/// Counts that were made with something else cannot be compared; that is said, and is no failure.
pub(super) fn gate(counts: &Path, options: &GateOptions) -> Result<ExitCode, Failure> {
    let file = options.baselines.join(BASELINE).with_extension("json");
    let counts = read(counts, Counts::from_json_lines)?;
    if let Some(reason) = &options.update {
        let baseline = CountsBaseline::record(counts, reason);
        save(&file, baseline.to_json().map_err(Failure::failed)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let baseline = read(&file, CountsBaseline::from_json)?;
    if let Some(gate) = baseline.compare(&counts) {
        return tell(&[gate], options);
    }
    say_line(format!(
        "Not compared: {} was counted with\n  {}\nand this with\n  {}\nRecord it anew: just gate-instructions --update \"why\"",
        file.display(),
        baseline.counts.counted_with,
        counts.counted_with,
    ));
    Ok(ExitCode::SUCCESS)
}
