//! Through a scheduler of the site: the cells become arrays of jobs, which are waited for.

use std::ffi::OsStr;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, Command};

use super::{Engine, Progress};
use crate::exit::Failure;
use crate::experiment::{cancel_on_signals, runtime};

/// A scheduler, by what is said to it on its command line.
pub(super) struct Scheduler {
    /// What it is called, which is also the folder of its scripts and logs.
    pub(super) name: &'static str,
    /// The program that submits.
    pub(super) submit: &'static str,
    /// What is said to it so that it runs `script` for every number below `jobs`, puts what they say into `logs`, writes
    /// the array's number first, and waits for the end.
    pub(super) arguments: fn(name: &str, jobs: usize, logs: &Path, script: &Path) -> Vec<String>,
    /// Where a job finds its number.
    pub(super) variable: &'static str,
    /// The command that cancels an array, but for the array's number at its end.
    pub(super) cancel: &'static [&'static str],
    /// The largest array that every site takes.
    pub(super) largest: usize,
}

/// How often results are looked for.
const LOOK: Duration = Duration::from_millis(500);

/// Submits the cells with these numbers and waits for their end.
pub(super) fn run(
    engine: &Engine<'_>,
    scheduler: &Scheduler,
    missing: &[usize],
    progress: &Progress,
) -> Result<(), Failure> {
    runtime().map_err(Failure::machine)?.block_on(async {
        let cancel = cancel_on_signals().map_err(Failure::machine)?;
        let mut arrays = Vec::new();
        for (nth, cells) in missing.chunks(scheduler.largest).enumerate() {
            arrays.push(Array::submit(engine, scheduler, nth, cells).await?);
        }
        let watching = async {
            loop {
                progress.set(engine.done());
                tokio::time::sleep(LOOK).await;
            }
        };
        let waiting = async {
            let mut told = String::new();
            for array in &mut arrays {
                told += &array.wait().await?;
            }
            Ok::<_, Failure>(told)
        };
        let told = tokio::select! {
            told = waiting => Some(told?),
            () = watching => None,
            () = cancel.cancelled() => None,
        };
        match told {
            Some(told) if engine.done() < engine.planned.plan.cells.len() => {
                progress.say(&format!(
                    "{} ended without all results; its logs are in {}\n{}",
                    scheduler.name,
                    engine.out.join(scheduler.name).display(),
                    told.trim()
                ));
                Ok(())
            }
            Some(_) => Ok(()),
            None => {
                for array in &arrays {
                    array.cancel(scheduler).await?;
                }
                Err(Failure::Failed(format!(
                    "interrupted, and the jobs cancelled with {}; the same command goes on from here",
                    scheduler.cancel.join(" ")
                )))
            }
        }
    })
}

/// An array of jobs that has been submitted.
struct Array {
    /// The scheduler's number for it.
    id: String,
    /// The command that submitted it and waits for its end.
    waiting: Child,
}

impl Array {
    async fn submit(
        engine: &Engine<'_>,
        scheduler: &Scheduler,
        nth: usize,
        cells: &[usize],
    ) -> Result<Self, Failure> {
        let folder = engine.out.join(scheduler.name);
        let script = write_script(engine, scheduler, &folder, nth, cells)
            .map_err(|error| Failure::Failed(format!("{}: {error}", folder.display())))?;
        let name = format!("roamlab-{}", engine.planned.plan.name);
        let arguments = (scheduler.arguments)(&name, cells.len(), &folder, &script);
        let mut waiting = Command::new(scheduler.submit)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| {
                Failure::Machine(format!(
                    "{} cannot be started: {error}; --engine {} needs it in PATH",
                    scheduler.submit, scheduler.name
                ))
            })?;
        let mut line = String::new();
        if let Some(said) = waiting.stdout.as_mut() {
            let read = BufReader::new(said).read_line(&mut line).await;
            read.map_err(Failure::machine)?;
        }
        let id: String = line.chars().take_while(char::is_ascii_digit).collect();
        let mut array = Self { id, waiting };
        if array.id.is_empty() {
            let said = array.wait().await?;
            return Err(Failure::Machine(format!(
                "{} took no jobs: {}",
                scheduler.submit,
                said.trim()
            )));
        }
        Ok(array)
    }

    /// Waits for the end and gives what was said on standard error.
    async fn wait(&mut self) -> Result<String, Failure> {
        let mut said = String::new();
        if let Some(stderr) = self.waiting.stderr.as_mut() {
            stderr
                .read_to_string(&mut said)
                .await
                .map_err(Failure::machine)?;
        }
        self.waiting.wait().await.map_err(Failure::machine)?;
        Ok(said)
    }

    async fn cancel(&self, scheduler: &Scheduler) -> Result<(), Failure> {
        let mut command = Command::new(scheduler.cancel[0]);
        command.args(&scheduler.cancel[1..]).arg(&self.id);
        command.status().await.map_err(Failure::machine)?;
        Ok(())
    }
}

/// Writes the script of an array: its jobs are numbered from 0, its cells are those that have no result.
fn write_script(
    engine: &Engine<'_>,
    scheduler: &Scheduler,
    folder: &Path,
    nth: usize,
    cells: &[usize],
) -> Result<PathBuf, std::io::Error> {
    fs::create_dir_all(folder)?;
    let numbers: Vec<String> = cells.iter().map(usize::to_string).collect();
    let mut text = format!("#!/bin/bash\ncells=({})\nexec", numbers.join(" "));
    let command = engine
        .command()
        .map_err(|failure| std::io::Error::other(failure.message()))?;
    for word in command {
        let _ = write!(text, " {}", quoted(&word));
    }
    let _ = writeln!(text, " \"${{cells[${}]}}\"", scheduler.variable);
    let script = folder.join(format!("array-{nth}.sh"));
    fs::write(&script, text)?;
    Ok(script)
}

/// A word for the shell.
fn quoted(word: &OsStr) -> String {
    format!("'{}'", word.to_string_lossy().replace('\'', r"'\''"))
}
