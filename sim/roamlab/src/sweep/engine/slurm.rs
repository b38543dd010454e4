//! Slurm. A site's own settings are Slurm's environment variables: `SBATCH_PARTITION`, `SBATCH_ACCOUNT`,
//! `SBATCH_TIMELIMIT` (sbatch(1), "INPUT ENVIRONMENT VARIABLES").

use std::path::Path;

use super::batch::Scheduler;

pub(super) const SLURM: Scheduler = Scheduler {
    name: "slurm",
    submit: "sbatch",
    arguments,
    variable: "SLURM_ARRAY_TASK_ID",
    cancel: &["scancel"],
    // `MaxArraySize` is 1001 unless the site says otherwise (slurm.conf(5)); it is one more than the largest number.
    largest: 1000,
};

fn arguments(name: &str, jobs: usize, logs: &Path, script: &Path) -> Vec<String> {
    vec![
        "--parsable".into(),
        "--wait".into(),
        format!("--job-name={name}"),
        format!("--array=0-{}", jobs - 1),
        "--ntasks=1".into(),
        "--cpus-per-task=1".into(),
        format!("--output={}/%A-%a.log", logs.display()),
        script.display().to_string(),
    ]
}
