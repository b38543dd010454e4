//! `roamlab record`: a session for `Replay`, typed by the user or by a made-up typist.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    time::Duration,
};

use lab::world::{HOME, guest};
use nix::sched::sched_getcpu;
use probe::record::{Manuscript, perform};

use super::{init::Job, run::no_guest_kernel};
use crate::{
    exit::Failure,
    options::{RecordOptions, World},
};

/// How long a guest may take to record, on this machine's clock: it says nothing meanwhile.
const PATIENCE: Duration = Duration::from_secs(1800);

pub(crate) fn record(options: &RecordOptions) -> Result<ExitCode, Failure> {
    let Some(manuscript) = &options.manuscript else {
        return by_hand(&options.file, &options.command);
    };
    match options.world {
        World::Host => {
            let home = tempfile::tempdir().map_err(Failure::machine)?;
            by_typist(manuscript, options, home.path())?;
        }
        World::Guest => in_guest(manuscript, options)?,
        World::Model => {
            return Err(Failure::Input(
                "--world model has no programs to type into; `host` and `guest` have".to_owned(),
            ));
        }
    }
    eprintln!("recorded to {}", options.file.display());
    Ok(ExitCode::SUCCESS)
}

/// Records, as process 1's only child in a guest.
pub(crate) fn inside_guest(options: &RecordOptions) -> Result<(), Failure> {
    let manuscript = options.manuscript.as_deref().unwrap_or(Path::new(""));
    by_typist(manuscript, options, Path::new(HOME))
}

fn by_hand(file: &Path, command: &[String]) -> Result<ExitCode, Failure> {
    let mut words = command.iter();
    let program = words
        .next()
        .cloned()
        .unwrap_or_else(|| std::env::var("SHELL").unwrap_or_else(|_| "/bin/sh".to_owned()));
    let mut command = Command::new(&program);
    command.args(words);
    let status = probe::record::record(command, file).map_err(|error| {
        Failure::Failed(format!(
            "recording {program} to {}: {error}",
            file.display()
        ))
    })?;
    eprintln!("{program} ended ({status}); recorded to {}", file.display());
    Ok(ExitCode::SUCCESS)
}

fn by_typist(manuscript: &Path, options: &RecordOptions, home: &Path) -> Result<(), Failure> {
    let name = manuscript.display();
    let text = fs::read_to_string(manuscript)
        .map_err(|error| Failure::Input(format!("{name}: {error}")))?;
    let manuscript =
        Manuscript::parse(&text).map_err(|error| Failure::Input(format!("{name}:{error}")))?;
    let mut recording = Vec::new();
    perform(&manuscript, options.seed, home, &mut recording)
        .map_err(|error| Failure::Failed(format!("{name}: {error}")))?;
    probe::recording::save(&options.file, &recording)
        .map_err(|error| Failure::Failed(format!("{}: {error}", options.file.display())))
}

/// Boots a guest that records, and waits for it.
fn in_guest(manuscript: &Path, options: &RecordOptions) -> Result<(), Failure> {
    let kernel = guest::kernel().ok_or_else(no_guest_kernel)?;
    let program = std::env::current_exe().map_err(Failure::machine)?;
    let folder = tempfile::tempdir().map_err(Failure::machine)?;
    let absolute = |path: &Path| -> Result<PathBuf, Failure> {
        std::path::absolute(path).map_err(Failure::machine)
    };
    let options = RecordOptions {
        file: absolute(&options.file)?,
        manuscript: Some(absolute(manuscript)?),
        ..options.clone()
    };
    Job::Record(options)
        .leave_in(folder.path())
        .map_err(Failure::machine)?;
    let guest = guest::Guest {
        kernel: &kernel,
        program: &program,
        folder: folder.path(),
        clock: guest::Clock::Virtual,
        processor: sched_getcpu().map_err(Failure::machine)?,
        patience: PATIENCE,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::machine)?;
    let code = runtime
        .block_on(async {
            let mut running = guest.boot()?;
            while let Some(line) = running.line().await? {
                eprintln!("{line}");
            }
            running.end().await
        })
        .map_err(Failure::failed)?;
    match code {
        0 => Ok(()),
        _ => Err(Failure::Failed("nothing was recorded".to_owned())),
    }
}
