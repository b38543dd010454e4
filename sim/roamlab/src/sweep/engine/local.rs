//! On this machine: as many cells at once as there are processors, each bound to one of them.

use std::cell::RefCell;
use std::process::Stdio;

use futures_util::{StreamExt, stream};
use nix::sched::{CpuSet, sched_setaffinity};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::{Child, Command};
use tokio_util::sync::CancellationToken;

use super::{Engine, Progress};
use crate::exit::Failure;
use crate::experiment::{cancel_on_signals, processors, runtime};

/// Runs the cells with these numbers.
pub(super) fn run(
    engine: &Engine<'_>,
    missing: &[usize],
    progress: &Progress,
) -> Result<(), Failure> {
    runtime().map_err(Failure::machine)?.block_on(async {
        let cancel = cancel_on_signals().map_err(Failure::machine)?;
        let processors = processors().map_err(Failure::machine)?;
        let at_once = processors.len();
        let free = RefCell::new(processors.clone());
        let mut running = stream::iter(missing)
            .take_while(|_| std::future::ready(!cancel.is_cancelled()))
            .map(|&nth| {
                let (cancel, free, processors) = (&cancel, &free, &processors);
                async move {
                    let processor = free.borrow_mut().pop().expect("as many as cells at once");
                    let ended = cell(engine, nth, processor, processors, cancel).await;
                    free.borrow_mut().push(processor);
                    (nth, ended)
                }
            })
            .buffer_unordered(at_once);
        while let Some((nth, ended)) = running.next().await {
            match ended? {
                Ended::Well => progress.advance(),
                Ended::Badly(why) => progress.say(&format!("cell {nth}: {why}")),
                Ended::Cancelled => {}
            }
        }
        match cancel.is_cancelled() {
            true => Err(Failure::Failed(
                "interrupted; the same command goes on from here".to_owned(),
            )),
            false => Ok(()),
        }
    })
}

/// How the command of a cell ended.
enum Ended {
    Well,
    Badly(String),
    Cancelled,
}

async fn cell(
    engine: &Engine<'_>,
    nth: usize,
    processor: usize,
    all: &[usize],
    cancel: &CancellationToken,
) -> Result<Ended, Failure> {
    let child = spawn(engine, nth, processor, all)?;
    let pid = child.id().map(|pid| Pid::from_raw(pid.cast_signed()));
    let output = child.wait_with_output();
    tokio::pin!(output);
    let (output, cancelled) = tokio::select! {
        output = &mut output => (output, false),
        () = cancel.cancelled() => {
            // It cleans up after itself. Where it has been interrupted too, it is about to.
            if let Some(pid) = pid {
                let _ = kill(pid, Signal::SIGTERM);
            }
            (output.await, true)
        }
    };
    let output = output.map_err(Failure::machine)?;
    Ok(match output.status.success() {
        true => Ended::Well,
        false if cancelled => Ended::Cancelled,
        false => Ended::Badly(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
    })
}

/// Starts the command of a cell on one processor: what a process may run on is inherited.
fn spawn(
    engine: &Engine<'_>,
    nth: usize,
    processor: usize,
    all: &[usize],
) -> Result<Child, Failure> {
    let command = engine.command()?;
    bind(&[processor]).map_err(Failure::machine)?;
    let child = Command::new(&command[0])
        .args(&command[1..])
        .arg(nth.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn();
    bind(all).map_err(Failure::machine)?;
    child.map_err(Failure::machine)
}

fn bind(processors: &[usize]) -> nix::Result<()> {
    let mut set = CpuSet::new();
    for &processor in processors {
        set.set(processor)?;
    }
    sched_setaffinity(Pid::from_raw(0), &set)
}
