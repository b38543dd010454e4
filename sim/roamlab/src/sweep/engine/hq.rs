//! HyperQueue (it4innovations.github.io/hyperqueue, "Task arrays"). The server that is meant is that of the user, or of
//! `HQ_SERVER_DIR`.

use std::path::Path;

use super::batch::Scheduler;

pub(super) const HYPER_QUEUE: Scheduler = Scheduler {
    name: "hq",
    submit: "hq",
    arguments,
    variable: "HQ_TASK_ID",
    cancel: &["hq", "job", "cancel"],
    // Its arrays are of any size; this keeps the scripts short.
    largest: 100_000,
};

fn arguments(name: &str, jobs: usize, logs: &Path, script: &Path) -> Vec<String> {
    let log = format!("{}/%{{JOB_ID}}-%{{TASK_ID}}.log", logs.display());
    vec![
        // Of all output only the number of the job.
        "--output-mode=quiet".into(),
        "submit".into(),
        "--wait".into(),
        format!("--name={name}"),
        format!("--array=0-{}", jobs - 1),
        "--cpus=1".into(),
        format!("--stdout={log}"),
        format!("--stderr={log}"),
        "bash".into(),
        script.display().to_string(),
    ]
}
