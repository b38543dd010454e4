//! An experiment in guest kernels: one for each session of each repetition, as many at once as there are processors.
//!
//! Each guest runs a part of the experiment, as this kernel would run it, and leaves its results in a folder of its
//! own. They are gathered here, and reported on, as if all had been one run.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use futures_util::{StreamExt, stream};
use indexmap::IndexMap;
use lab::world::guest::{Clock, Guest};
use nix::{
    sched::{CpuSet, sched_getaffinity},
    unistd::Pid,
};
use probe::Progress;
use reports::results::{self, Keystroke, Outcome, Results, SessionRun, Writer};
use scenario::{Event, Scenario, Trigger, Workload};

use super::{
    Experiment, Gathered, Stop, begin, cancel_on_signals, exit_code, in_runtime,
    progress::{Display, SessionBar},
    report, runtime,
    told::Told,
};
use crate::{
    commands::init::Job,
    exit::Failure,
    options::{RunOptions, World},
};

/// In the results folder while guests run: theirs. What is left afterwards is what failed.
const GUESTS: &str = "guests";

/// How long nothing may be heard of a guest. It says something every minute of its own time, which is a second of
/// this machine's where it is idle.
const PATIENCE: Duration = Duration::from_secs(180);

/// What guests are booted from.
pub(crate) struct Guests<'e> {
    pub(crate) experiment: &'e Experiment,
    /// The command line that the experiment is made from; each guest gets its part of it.
    pub(crate) options: &'e RunOptions,
    pub(crate) kernel: &'e Path,
    pub(crate) clock: Clock,
}

/// What one guest runs.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    seed: u64,
    run: u32,
    sessions: Vec<String>,
}

/// Runs an experiment in guests, writes its results and its report, and gives the exit code.
pub(crate) fn run_in_guests(guests: &Guests<'_>) -> i32 {
    exit_code(in_runtime(guests.conduct()))
}

/// Runs an experiment that is one guest's part, and gives what it measured, without a report. Of the processors that
/// this process may run on the guest gets the `nth`, counted in a circle.
pub(crate) fn measure(guests: &Guests<'_>, nth: usize) -> Result<Results, Failure> {
    runtime().map_err(Failure::machine)?.block_on(async {
        let cancel = cancel_on_signals().map_err(Failure::machine)?;
        let display = Display::new(guests.experiment);
        let processors = processors().map_err(Failure::machine)?;
        let processor = processors[nth % processors.len()];
        let parts = parts(&guests.experiment.scenario);
        let [part] = parts.as_slice() else {
            let what = format!("{} parts are not the part of one guest", parts.len());
            return Err(Failure::Failed(what));
        };
        let played = tokio::select! {
            biased;
            () = cancel.cancelled() => Err("interrupted".to_owned()),
            played = guests.play(part, processor, &display) => played,
        };
        display.finish();
        match played {
            Ok((results, None)) => Ok(results),
            Ok((_, Some(error))) | Err(error) => Err(Failure::Failed(error)),
        }
    })
}

impl Guests<'_> {
    async fn conduct(&self) -> Result<bool, Stop> {
        let cancel = cancel_on_signals().map_err(Stop::machine)?;
        let (mut gathered, writer) = begin(self.experiment)?;
        let display = Display::new(self.experiment);
        let parts = parts(&self.experiment.scenario);
        let processors = processors().map_err(Stop::machine)?;
        let at_once = processors.len();
        let free = RefCell::new(processors);
        let mut playing = stream::iter(parts)
            .map(|part| {
                let (display, cancel, free) = (&display, &cancel, &free);
                async move {
                    let processor = free.borrow_mut().pop().expect("as many as guests at once");
                    let results = tokio::select! {
                        biased;
                        () = cancel.cancelled() => None,
                        results = self.play(&part, processor, display) => Some(results),
                    };
                    free.borrow_mut().push(processor);
                    (part, results)
                }
            })
            .buffered(at_once);
        while let Some((part, results)) = playing.next().await {
            match results {
                None => {
                    let _ = fs::remove_dir_all(self.folder(&part));
                    gathered.run.partial = Some("interrupted".to_owned());
                }
                Some(Ok((results, distrust))) => {
                    gathered
                        .add(results, part.run, &writer)
                        .map_err(Stop::failed)?;
                    gathered.distrust = gathered.distrust.take().or(distrust);
                }
                // A calibration has nothing that could be told to have failed.
                Some(Err(error)) if part.sessions.is_empty() => return Err(Stop::failed(error)),
                Some(Err(error)) => gathered.add_failed(&part, &error),
            }
        }
        drop(playing);
        display.finish();
        // Only when nothing is left in it.
        let _ = fs::remove_dir(self.experiment.out.join(GUESTS));
        report(self.experiment, writer, gathered)
    }

    /// Boots a guest and gives what it measured, and why that is not to be believed, if so.
    async fn play(
        &self,
        part: &Part,
        processor: usize,
        display: &Display,
    ) -> Result<(Results, Option<String>), String> {
        let folder = self.folder(part);
        self.furnish(part, &folder)
            .map_err(|error| format!("{}: {error}", folder.display()))?;
        let guest = Guest {
            kernel: self.kernel,
            program: &self.experiment.program,
            folder: &folder,
            clock: self.clock,
            processor,
            patience: PATIENCE,
        };
        let booted = Instant::now();
        let mut running = guest.boot().map_err(|error| error.to_string())?;
        let mut listener = Listener::new(display);
        while let Some(line) = running.line().await.map_err(|error| error.to_string())? {
            listener.hear(&line);
        }
        let code = running.end().await.map_err(|error| error.to_string())?;
        if code != 0 {
            return Err(format!(
                "the lab in the guest ended with code {code}; its console is in {}",
                folder.join("console.log").display()
            ));
        }
        let results = Results::read(&folder).map_err(|error| error.to_string())?;
        display.guest_ended(&part.name(), listener.passed, booted.elapsed());
        self.keep_captures(&folder)
            .map_err(|error| error.to_string())?;
        fs::remove_dir_all(&folder).map_err(|error| error.to_string())?;
        Ok((results, listener.distrust))
    }

    fn folder(&self, part: &Part) -> PathBuf {
        self.experiment.out.join(GUESTS).join(part.name())
    }

    fn furnish(&self, part: &Part, folder: &Path) -> std::io::Result<()> {
        fs::create_dir_all(folder)?;
        let scenario = Path::new(&self.options.scenario);
        let scenario = if scenario.is_file() {
            fs::canonicalize(scenario)?.to_string_lossy().into_owned()
        } else {
            self.options.scenario.clone()
        };
        let options = RunOptions {
            scenario,
            world: Some(World::Guest),
            seeds: vec![part.seed],
            runs: Some(1),
            sessions: part.sessions.clone(),
            ..self.options.clone()
        };
        Job::Run(options).leave_in(folder)
    }

    /// Moves a guest's captures to where those of a run are.
    fn keep_captures(&self, folder: &Path) -> std::io::Result<()> {
        let captures = folder.join("pcap");
        let Ok(all) = fs::read_dir(captures) else {
            return Ok(());
        };
        for repetition in all {
            let repetition = repetition?;
            let kept: PathBuf = self
                .experiment
                .out
                .join("pcap")
                .join(repetition.file_name());
            fs::create_dir_all(&kept)?;
            for capture in fs::read_dir(repetition.path())? {
                let capture = capture?;
                fs::rename(capture.path(), kept.join(capture.file_name()))?;
            }
        }
        Ok(())
    }
}

impl Part {
    /// A name for its folder.
    fn name(&self) -> String {
        let sessions = self.sessions.join("+").replace('/', "_");
        let name = format!("seed-{}-run-{}-{sessions}", self.seed, self.run);
        name.trim_end_matches('-').to_owned()
    }
}

/// The processors that this process may run on.
pub(crate) fn processors() -> nix::Result<Vec<usize>> {
    let allowed = sched_getaffinity(Pid::from_raw(0))?;
    Ok((0..CpuSet::count())
        .filter(|&one| allowed.is_set(one) == Ok(true))
        .collect())
}

/// What each guest runs: a session of a repetition. All of them, where one's events wait for another.
fn parts(scenario: &Scenario) -> Vec<Part> {
    let sessions: Vec<String> = scenario.sessions.keys().cloned().collect();
    let together = scenario.timeline.iter().any(waits_for_another);
    let groups: Vec<Vec<String>> = match &scenario.workload {
        Workload::Calibrate(_) => vec![Vec::new()],
        _ if together => vec![sessions],
        _ => sessions.into_iter().map(|session| vec![session]).collect(),
    };
    let repetitions = scenario
        .seeds
        .iter()
        .flat_map(|&seed| (0..scenario.runs).map(move |run| (seed, run)));
    repetitions
        .flat_map(|(seed, run)| {
            groups.iter().map(move |sessions| Part {
                seed,
                run,
                sessions: sessions.clone(),
            })
        })
        .collect()
}

fn waits_for_another(event: &Event) -> bool {
    matches!(&event.trigger, Trigger::When { of: Some(_), .. })
}

/// Shows what a guest tells.
struct Listener<'d> {
    display: &'d Display,
    bars: IndexMap<String, SessionBar>,
    /// How much time has passed in the guest.
    passed: Duration,
    distrust: Option<String>,
}

impl<'d> Listener<'d> {
    fn new(display: &'d Display) -> Self {
        Self {
            display,
            bars: IndexMap::new(),
            passed: Duration::ZERO,
            distrust: None,
        }
    }

    fn hear(&mut self, line: &str) {
        let show = |session: &str, progress: Progress| {
            if let Some(bar) = self.bars.get(session) {
                bar.tell(&progress);
            }
        };
        match Told::heard(line) {
            Some(Told::Alive(passed)) => self.passed = passed,
            Some(Told::Measuring(what)) => self.display.measuring("guest", &what),
            Some(Told::Session { session, keys }) => {
                let bar = self.display.session(&session, keys);
                self.bars.insert(session, bar);
            }
            Some(Told::Established { session, after }) => {
                show(&session, Progress::Established(after))
            }
            Some(Told::Answered {
                session,
                index,
                after,
            }) => show(&session, Progress::Answered(index, after)),
            Some(Told::Distrusted(reason)) => self.distrust = Some(reason),
            None => {}
        }
    }
}

impl Gathered {
    /// Adds what a guest measured in the `run`-th repetition with its seed.
    fn add(&mut self, results: Results, run: u32, writer: &Writer) -> std::io::Result<()> {
        let Results {
            run: part,
            keystrokes,
            events,
        } = results;
        self.run.kernel = part.kernel;
        self.run.versions.extend(part.versions);
        self.run.sysctls.extend(part.sysctls);
        self.run.checks.extend(part.checks);
        if let Some(late) = part.relay_lateness_ms {
            self.add_lateness(late);
        }
        self.run.outcomes.extend(
            part.outcomes
                .into_iter()
                .map(|outcome| SessionRun { run, ..outcome }),
        );
        for key in keystrokes {
            let key = Keystroke { run, ..key };
            writer.keystroke(&key)?;
            self.keystrokes.push(key);
        }
        for event in events {
            let event = results::Event { run, ..event };
            writer.event(&event)?;
            self.events.push(event);
        }
        Ok(())
    }

    /// Adds that a guest did not get through.
    fn add_failed(&mut self, part: &Part, error: &str) {
        self.run
            .outcomes
            .extend(part.sessions.iter().map(|session| SessionRun {
                session: session.clone(),
                seed: part.seed,
                run: part.run,
                outcome: Outcome::Failed {
                    error: error.to_owned(),
                },
                traffic: None,
                guesses: None,
                goodput: BTreeMap::new(),
            }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(rest: &str) -> Vec<String> {
        let text = format!(
            r#"Scenario(
                question: "How is a run split?",
                hosts: {{ "client": (), "server": () }},
                links: {{ "wan": (between: ("client", "server")) }},
                {rest}
            )"#
        );
        let scenario = Scenario::parse(&text, "split.ron").unwrap();
        parts(&scenario).iter().map(Part::name).collect()
    }

    const SESSIONS: &str = r#"
        workload: Typing(keystrokes: 10, gap: Constant("300ms")),
        sessions: { "ssh": Ssh(), "udp": Udp() },
    "#;

    #[test]
    fn every_session_of_every_repetition_has_a_guest() {
        let more = names(&format!("{SESSIONS} seeds: [3, 1], runs: 2,"));
        assert_eq!(
            more[..3],
            ["seed-3-run-0-ssh", "seed-3-run-0-udp", "seed-3-run-1-ssh"]
        );
        assert_eq!(more.len(), 8);
    }

    #[test]
    fn sessions_that_wait_for_one_another_share_a_guest() {
        let event = r#"timeline: [(when: Established, of: "ssh", do: Cut(link: "wan"))],"#;
        assert_eq!(
            names(&format!("{SESSIONS} {event}")),
            ["seed-1-run-0-ssh+udp"]
        );
    }

    #[test]
    fn a_calibration_has_a_guest_for_each_repetition() {
        let more = names("workload: Calibrate(), seeds: [1, 2],");
        assert_eq!(more, ["seed-1-run-0", "seed-2-run-0"]);
    }
}
