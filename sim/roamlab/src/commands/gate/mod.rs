//! `roamlab gate`: runs what has a baseline, and compares.

mod instructions;

use std::{
    fmt::Display,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::ValueEnum;
use reports::{
    Analysis, Summary,
    gate::{self, Baseline, Gate, Held},
};
use scenario::{Scenario, library};

use super::apart::Apart;
use crate::output::{say, say_line};
use crate::{
    exit::Failure,
    options::{GateOptions, World},
};

pub(crate) fn gate(options: &GateOptions) -> Result<ExitCode, Failure> {
    if let Some(counts) = &options.instructions {
        return instructions::gate(counts, options);
    }
    let candidates = candidates(options)?;
    if let Some(reason) = &options.update {
        for candidate in candidates {
            candidate.record(reason)?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let gates = candidates.iter().map(Candidate::compare);
    let gates = gates.collect::<Result<Vec<Gate>, Failure>>()?;
    tell(&gates, options)
}

/// Says what moved, in every form that is asked for. Fails if anything did.
fn tell(gates: &[Gate], options: &GateOptions) -> Result<ExitCode, Failure> {
    say(gate::markdown(gates, false));
    if let Some(file) = &options.markdown {
        write(file, gate::markdown(gates, true))?;
    }
    if let Some(file) = &options.junit {
        write(file, gate::junit(gates).map_err(Failure::failed)?)?;
    }
    if let Some(file) = &options.benchmark {
        write(file, gate::benchmark_json(gates).map_err(Failure::failed)?)?;
    }
    if gates.iter().all(Gate::passed) {
        return Ok(ExitCode::SUCCESS);
    }
    Err(Failure::Failed(
        "figures moved; if that is meant, record them: the same command with --update \"why\""
            .to_owned(),
    ))
}

/// A scenario, in one world, and its baseline.
struct Candidate {
    name: String,
    world: World,
    /// The baseline's file.
    baseline: PathBuf,
    /// The scenario's file, if it doesn't come with roamlab.
    file: Option<PathBuf>,
}

/// What is to be run: all baselines, or those of the named scenarios, there or to be recorded.
fn candidates(options: &GateOptions) -> Result<Vec<Candidate>, Failure> {
    let folder = &options.baselines;
    let mut there = recorded(folder)?;
    there.retain(|one| options.world.is_none_or(|world| one.world == world));
    if options.scenarios.is_empty() {
        if there.is_empty() {
            return Err(Failure::Input(format!(
                "there is no baseline in {}; record one: roamlab gate --update \"why\" --world guest NAME",
                folder.display()
            )));
        }
        return Ok(there);
    }
    let mut wanted = Vec::new();
    for name in &options.scenarios {
        let (found, others): (Vec<_>, Vec<_>) =
            there.into_iter().partition(|one| one.name == *name);
        there = others;
        if !found.is_empty() {
            wanted.extend(found);
        } else if let (Some(_), Some(world)) = (&options.update, options.world) {
            wanted.push(Candidate::new(folder, name, world));
        } else {
            return Err(Failure::Input(format!(
                "{name} has no baseline in {}; record one: roamlab gate --update \"why\" --world guest {name}",
                folder.display()
            )));
        }
    }
    Ok(wanted)
}

/// The baselines in a folder, in the order of their names.
fn recorded(folder: &Path) -> Result<Vec<Candidate>, Failure> {
    let unreadable = |error| Failure::Input(format!("{}: {error}", folder.display()));
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut there = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.file_name();
        let Some(stem) = file.to_str().and_then(|file| file.strip_suffix(".json")) else {
            continue;
        };
        if stem == instructions::BASELINE {
            continue;
        }
        let named = stem
            .rsplit_once('.')
            .and_then(|(name, world)| Some((name, World::from_str(world, false).ok()?)));
        let Some((name, world)) = named else {
            return Err(Failure::Input(format!(
                "{}: a baseline is called NAME.WORLD.json, as in lossy-29pct.guest.json",
                folder.join(&file).display()
            )));
        };
        there.push(Candidate::new(folder, name, world));
    }
    there.sort_by(|one, other| one.baseline.cmp(&other.baseline));
    Ok(there)
}

impl Candidate {
    fn new(folder: &Path, name: &str, world: World) -> Self {
        let own = folder.join(format!("{name}.ron"));
        Self {
            name: name.to_owned(),
            world,
            baseline: folder.join(format!("{name}.{}.json", world.name())),
            file: own.exists().then_some(own),
        }
    }

    /// Runs it and compares; in real time once more if the first run moved, for it may have been disturbed.
    fn compare(&self) -> Result<Gate, Failure> {
        let baseline = read(&self.baseline, Baseline::from_json)?;
        let guarded = self.guarded()?;
        let gate = Gate::compare(&baseline, &self.run(&guarded)?);
        if gate.passed() || self.world != World::Host {
            return Ok(gate);
        }
        eprintln!("{} moved: running it again to be sure", self.name);
        Ok(gate.confirmed_by(Gate::compare(&baseline, &self.run(&guarded)?)))
    }

    fn record(&self, reason: &str) -> Result<(), Failure> {
        let wanted = self.guarded()?;
        let over = match (self.world, &wanted.against) {
            (World::Host, None) => {
                return Err(Failure::Input(format!(
                    "{}: in real time only ratios can be held; say to which session: gate: (against: …)",
                    self.name
                )));
            }
            (World::Host, against) => against.as_deref(),
            (World::Guest | World::Model, _) => None,
        };
        let held = Held {
            sessions: &wanted.sessions,
            over,
            relative: over.map_or(wanted.relative, |_| wanted.real_time),
            absolute_ms: wanted.absolute.as_secs_f64() * 1e3,
        };
        let baseline = Baseline::record(&self.run(&wanted)?, held, reason);
        save(&self.baseline, baseline.to_json().map_err(Failure::failed)?)
    }

    /// What the scenario says is to be held.
    fn guarded(&self) -> Result<scenario::Gate, Failure> {
        let scenario = match &self.file {
            Some(file) => Scenario::read(file).map_err(Failure::input)?,
            None => {
                let shipped = library::find(&self.name).map_err(Failure::input)?;
                shipped.read().map_err(Failure::input)?
            }
        };
        scenario.gate.ok_or_else(|| {
            Failure::Input(format!(
                "{} does not say what is to be held; add to it: gate: (sessions: [\"ssp\"])",
                self.name
            ))
        })
    }

    /// Runs the sessions that count, in a process of their own, as `roamlab run` does.
    fn run(&self, guarded: &scenario::Gate) -> Result<Summary, Failure> {
        let out =
            Path::new("reports/out/gate").join(format!("{}.{}", self.name, self.world.name()));
        let against = guarded
            .against
            .as_ref()
            .filter(|_| self.world == World::Host);
        let sessions: Vec<&str> = guarded
            .sessions
            .iter()
            .chain(against)
            .map(String::as_str)
            .collect();
        let results = Apart {
            scenario: self.file.as_deref().unwrap_or(Path::new(&self.name)),
            world: self.world,
            sessions: &sessions,
            out: &out,
        }
        .run()?;
        Ok(Summary::of(&Analysis::of(&results)))
    }
}

/// What `parse` makes of a file.
fn read<T, E: Display>(file: &Path, parse: fn(&str) -> Result<T, E>) -> Result<T, Failure> {
    let unreadable = |error: &dyn Display| Failure::Input(format!("{}: {error}", file.display()));
    let text = fs::read_to_string(file).map_err(|error| unreadable(&error))?;
    parse(&text).map_err(|error| unreadable(&error))
}

/// Writes a baseline.
fn save(file: &Path, text: String) -> Result<(), Failure> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(Failure::failed)?;
    }
    write(file, text)?;
    say_line(format!("recorded {}", file.display()));
    Ok(())
}

fn write(file: &Path, text: String) -> Result<(), Failure> {
    fs::write(file, text).map_err(|error| Failure::Failed(format!("{}: {error}", file.display())))
}
