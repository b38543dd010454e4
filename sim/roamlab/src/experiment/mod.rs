//! An experiment: every seed and repetition of a scenario, all of its sessions at once, and what came out.

mod calibration;
mod describe;
mod expectations;
pub(crate) mod guests;
mod machine;
pub(crate) mod model;
mod played;
mod progress;
mod repetition;
mod shaping;
mod told;

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use lab::relay::{Lateness, RelayReport};
use reports::results::{self, Event, Keystroke, Results, Run, Writer};
use scenario::{Scenario, Workload};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

pub(crate) use self::guests::processors;
use self::{calibration::Calibration, progress::Display, repetition::Repetition};
use crate::exit::{FAILED, Failure, MACHINE};
use crate::options::{ShaperKind, World};
use crate::output::{say, say_line};

/// A scenario that is to be run, and how.
pub(crate) struct Experiment {
    /// The scenario's name.
    pub(crate) name: String,
    /// The text of its file.
    pub(crate) text: String,
    /// The scenario, with what the command line changed.
    pub(crate) scenario: Scenario,
    /// Where it runs.
    pub(crate) world: World,
    /// What shapes the links, where there are any.
    pub(crate) shaper: ShaperKind,
    /// Where results go: an existing folder.
    pub(crate) out: PathBuf,
    /// This program, which is also the far end of sessions.
    pub(crate) program: PathBuf,
    /// How late the relay may be with one packet in a hundred before nothing of the run is to be believed.
    pub(crate) lateness_budget: Duration,
    /// Whether packets are captured.
    pub(crate) captures: bool,
    /// Whether the last network is kept open afterwards.
    pub(crate) keep: bool,
}

/// What an experiment gathers while it lasts.
struct Gathered {
    run: Run,
    keystrokes: Vec<Keystroke>,
    events: Vec<Event>,
    /// Why what was measured is not to be believed.
    distrust: Option<String>,
}

/// Runs an experiment inside a world that has been entered, writes its results and its report, and gives the exit
/// code.
pub(crate) fn run(experiment: &Experiment) -> i32 {
    exit_code(in_runtime(conduct(experiment)))
}

/// Runs an experiment inside a guest, leaves its results to whoever booted the guest, and gives the exit code.
pub(crate) fn run_inside_guest(experiment: &Experiment) -> i32 {
    exit_code(in_runtime(conduct_inside_guest(experiment)))
}

fn in_runtime(conduct: impl Future<Output = Result<bool, Stop>>) -> Result<bool, Stop> {
    runtime().map_err(Stop::machine)?.block_on(conduct)
}

/// Where everything here waits: on this thread alone.
pub(crate) fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
}

fn exit_code(done: Result<bool, Stop>) -> i32 {
    match done {
        Ok(good) => i32::from(!good) * i32::from(FAILED),
        Err(Stop { code, message }) => {
            eprintln!("error: {message}");
            i32::from(code)
        }
    }
}

impl From<Stop> for Failure {
    fn from(Stop { code, message }: Stop) -> Self {
        match code {
            MACHINE => Self::Machine(message),
            _ => Self::Failed(message),
        }
    }
}

/// Why an experiment ended without a result.
struct Stop {
    code: u8,
    message: String,
}

impl Stop {
    fn machine(error: impl std::fmt::Display) -> Self {
        Self {
            code: MACHINE,
            message: error.to_string(),
        }
    }

    fn failed(error: impl std::fmt::Display) -> Self {
        Self {
            code: FAILED,
            message: error.to_string(),
        }
    }
}

impl From<lab::Error> for Stop {
    fn from(error: lab::Error) -> Self {
        Self::machine(error)
    }
}

/// Runs all repetitions; true when nothing failed.
async fn conduct(experiment: &Experiment) -> Result<bool, Stop> {
    let cancel = cancel_on_signals().map_err(Stop::machine)?;
    let (mut gathered, writer) = begin(experiment)?;
    let display = Display::new(experiment);
    play(experiment, &display, &writer, &mut gathered, &cancel).await?;
    display.finish();
    report(experiment, writer, gathered)
}

/// Runs all repetitions in a guest; true when the results are there, whatever they say.
async fn conduct_inside_guest(experiment: &Experiment) -> Result<bool, Stop> {
    let begun = Instant::now();
    let never = CancellationToken::new();
    let (mut gathered, writer) = begin(experiment)?;
    let display = Display::on_console(experiment);
    tokio::select! {
        played = play(experiment, &display, &writer, &mut gathered, &never) => played?,
        () = told::tell_the_time(begun) => {}
    }
    told::Told::Alive(begun.elapsed()).tell();
    if let Some(reason) = gathered.distrust {
        told::Told::Distrusted(reason).tell();
    }
    writer.finish(&gathered.run).map_err(Stop::failed)?;
    Ok(true)
}

/// Makes the files of the results, with what is known before anything is measured.
fn begin(experiment: &Experiment) -> Result<(Gathered, Writer), Stop> {
    let gathered = Gathered {
        run: machine::run_header(experiment),
        keystrokes: Vec::new(),
        events: Vec::new(),
        distrust: None,
    };
    let writer = Writer::create(&experiment.out, &gathered.run).map_err(|error| {
        Stop::failed(format!(
            "cannot write results to {}: {error}",
            experiment.out.display()
        ))
    })?;
    Ok((gathered, writer))
}

/// Runs all repetitions in this world.
async fn play(
    experiment: &Experiment,
    display: &Display,
    writer: &Writer,
    gathered: &mut Gathered,
    cancel: &CancellationToken,
) -> Result<(), Stop> {
    let scenario = &experiment.scenario;
    let repetitions = scenario
        .seeds
        .iter()
        .flat_map(|&seed| (0..scenario.runs).map(move |run| (seed, run)));
    let all = repetitions.clone().count();
    for (nth, (seed, run)) in repetitions.enumerate() {
        if cancel.is_cancelled() {
            break;
        }
        display.repetition(nth, all, seed, run);
        if let Workload::Calibrate(calibrate) = &scenario.workload {
            let wanted = Calibration {
                experiment,
                calibrate,
                seed,
            };
            wanted.run(display, gathered, cancel).await?;
            continue;
        }
        let repetition = Repetition {
            experiment,
            seed,
            run,
            last: nth + 1 == all,
        };
        repetition.play(display, writer, gathered, cancel).await?;
    }
    if cancel.is_cancelled() {
        gathered.run.partial = Some("interrupted".to_owned());
    }
    Ok(())
}

impl Gathered {
    /// Adds what the relay said of itself: over several repetitions, the worst of each.
    fn add_relay(&mut self, report: &RelayReport, budget: Duration) {
        let Lateness { p50, p99, max, .. } = report.lateness;
        let [p50, p99, max] = [p50, p99, max].map(|late| late.as_secs_f64() * 1e3);
        self.add_lateness(results::Lateness { p50, p99, max });
        if let Err(exceeded) = report.check(budget) {
            self.distrust = Some(exceeded.to_string());
        }
        if report.missed.uncaptured > 0 {
            let missing = report.missed.uncaptured;
            self.distrust = Some(format!(
                "{missing} packets are missing from the captures: the disk was too slow"
            ));
        }
    }

    fn add_lateness(&mut self, late: results::Lateness) {
        let worst = self.run.relay_lateness_ms.get_or_insert(late);
        worst.p50 = worst.p50.max(late.p50);
        worst.p99 = worst.p99.max(late.p99);
        worst.max = worst.max.max(late.max);
    }
}

impl From<Gathered> for Results {
    fn from(gathered: Gathered) -> Self {
        Self {
            run: gathered.run,
            keystrokes: gathered.keystrokes,
            events: gathered.events,
        }
    }
}

fn report(experiment: &Experiment, writer: Writer, gathered: Gathered) -> Result<bool, Stop> {
    let Gathered {
        mut run,
        keystrokes,
        events,
        distrust,
    } = gathered;
    if !experiment.scenario.expect.is_empty() && run.partial.is_none() {
        let results = Results {
            run,
            keystrokes,
            events,
        };
        let checks = expectations::check(&experiment.scenario, &results);
        run = results.run;
        run.checks.extend(checks);
    }
    writer.finish(&run).map_err(Stop::failed)?;
    let analysis = reports::report::write(&experiment.out).map_err(Stop::failed)?;
    let width = crate::commands::report::terminal_width();
    say(reports::terminal(&analysis, width));
    say_line(format!(
        "\n{}",
        machine::shown(&experiment.out.join("report.html")).display()
    ));
    if let Some(reason) = &distrust {
        eprintln!("error: {reason}");
    }
    Ok(!analysis.failed() && distrust.is_none() && run.partial.is_none())
}

/// The first interrupt ends the run cleanly, with a report; the second ends it at once.
pub(crate) fn cancel_on_signals() -> std::io::Result<CancellationToken> {
    let cancel = CancellationToken::new();
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    let token = cancel.clone();
    tokio::spawn(async move {
        for first in [true, false] {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
                _ = hangup.recv() => {}
            }
            if first {
                eprintln!("stopping; interrupt again to stop without a report");
                token.cancel();
            }
        }
        std::process::exit(130);
    });
    Ok(cancel)
}
