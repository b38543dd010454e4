//! `roamlab run`: from the command line to an experiment in a world of its own.

use std::{
    fs, io,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::ExitCode,
};

use lab::world::{self, guest};
use scenario::{Scenario, Workload, library};

use crate::{
    exit::Failure,
    experiment::{
        self, Experiment,
        guests::{self, Guests},
        model,
    },
    options::{Clock, RunOptions, ShaperKind, World},
};

use super::{shapers, worlds};

/// In a run's folder while it lasts: the process id of its process 1, for `shell`.
pub(crate) const WORLD_FILE: &str = "world.pid";

pub(crate) fn run(options: &RunOptions) -> Result<ExitCode, Failure> {
    let folder = |name: &str, world: World| {
        if world == World::Guest {
            worlds::guest_kernel()?;
        }
        results_folder(name, options.out.as_deref())
            .map_err(|error| Failure::Input(format!("cannot make the results folder: {error}")))
    };
    let experiment = experiment(options, folder)?;
    match experiment.world {
        World::Host => in_this_kernel(&experiment),
        World::Guest => in_guests(options, &experiment),
        World::Model => {
            let code = model::run(&experiment);
            Ok(ExitCode::from(u8::try_from(code).unwrap_or(1)))
        }
    }
}

/// The experiment that the command line asks for. `folder` gives the results folder for the scenario's name and
/// the world, when all else is well.
pub(crate) fn experiment(
    options: &RunOptions,
    folder: impl FnOnce(&str, World) -> Result<PathBuf, Failure>,
) -> Result<Experiment, Failure> {
    let (name, text, mut scenario) = find(&options.scenario)?;
    adapt(&mut scenario, options)?;
    let world = worlds::chosen(options, &scenario)?;
    let shaper = options.shaper.unwrap_or(ShaperKind::Relay);
    if shaper == ShaperKind::Netem {
        shapers::fit_to_netem(&mut scenario, options)?;
    }
    let out = folder(&name, world)?;
    Ok(Experiment {
        name,
        text,
        scenario,
        world,
        shaper,
        out,
        program: std::env::current_exe().map_err(Failure::machine)?,
        lateness_budget: options.lateness_budget.duration(),
        captures: options.pcap,
        keep: options.keep,
    })
}

fn in_this_kernel(experiment: &Experiment) -> Result<ExitCode, Failure> {
    let world_file = experiment.out.join(WORLD_FILE);
    let announce = |process_one: u32| fs::write(&world_file, format!("{process_one}\n"));
    let ended = world::enter(&experiment.out, announce, || experiment::run(experiment));
    let _ = fs::remove_file(&world_file);
    match ended {
        Ok(code) => Ok(ExitCode::from(u8::try_from(code).unwrap_or(1))),
        Err(error) => Err(Failure::machine(error)),
    }
}

fn in_guests(options: &RunOptions, experiment: &Experiment) -> Result<ExitCode, Failure> {
    let kernel = worlds::guest_kernel()?;
    let code = guests::run_in_guests(&Guests {
        experiment,
        options,
        kernel: &kernel,
        clock: match options.clock {
            None | Some(Clock::Virtual) => guest::Clock::Virtual,
            Some(Clock::Real) => guest::Clock::Real,
        },
    });
    Ok(ExitCode::from(u8::try_from(code).unwrap_or(1)))
}

pub(crate) fn no_guest_kernel() -> Failure {
    Failure::Machine(
        "there is no guest kernel. Build it with `just guest`, or name one in ROAMLAB_GUEST_KERNEL"
            .to_owned(),
    )
}

/// The scenario that is meant: one that comes with roamlab, or a file.
fn find(wanted: &str) -> Result<(String, String, Scenario), Failure> {
    let path = Path::new(wanted);
    if path.extension().is_some() || wanted.contains('/') {
        let scenario = Scenario::read(path).map_err(Failure::input)?;
        let text = fs::read_to_string(path).map_err(Failure::input)?;
        let name = path
            .file_stem()
            .map_or(wanted.into(), |stem| stem.to_string_lossy());
        return Ok((name.into_owned(), text, scenario));
    }
    let shipped = library::find(wanted).map_err(Failure::input)?;
    let scenario = shipped.read().map_err(Failure::input)?;
    Ok((shipped.name.to_owned(), shipped.text.to_owned(), scenario))
}

/// Applies what the command line says against the file.
fn adapt(scenario: &mut Scenario, options: &RunOptions) -> Result<(), Failure> {
    if !options.seeds.is_empty() {
        scenario.seeds.clone_from(&options.seeds);
    }
    if let Some(runs) = options.runs {
        scenario.runs = runs;
    }
    if let Some(keystrokes) = options.keystrokes {
        match &mut scenario.workload {
            Workload::Typing(typing) => typing.keystrokes = keystrokes,
            _ => {
                return Err(Failure::Input(
                    "--keystrokes goes with scenarios whose workload is Typing".to_owned(),
                ));
            }
        }
    }
    if !options.sessions.is_empty() {
        keep_sessions(scenario, &options.sessions)?;
    }
    Ok(())
}

/// Drops all sessions but these, with what is expected of the dropped ones.
fn keep_sessions(scenario: &mut Scenario, wanted: &[String]) -> Result<(), Failure> {
    if let Some(unknown) = wanted
        .iter()
        .find(|name| !scenario.sessions.contains_key(*name))
    {
        let known: Vec<&str> = scenario.sessions.keys().map(String::as_str).collect();
        return Err(Failure::Input(format!(
            "there is no session \"{unknown}\" in this scenario; it has {}",
            known.join(", ")
        )));
    }
    scenario.sessions.retain(|name, _| wanted.contains(name));
    scenario.expect.retain(|expectation| {
        expectation
            .sessions()
            .iter()
            .all(|name| wanted.iter().any(|one| one == name))
    });
    Ok(())
}

/// The folder of a scenario's runs.
pub(crate) fn results_of(name: &str) -> PathBuf {
    Path::new("reports/out").join(name)
}

/// Makes a new folder for a run: the one that was asked for, or one named by the time, with `latest` beside it.
fn results_folder(name: &str, wanted: Option<&Path>) -> io::Result<PathBuf> {
    if let Some(folder) = wanted {
        fs::create_dir_all(folder)?;
        return fs::canonicalize(folder);
    }
    let runs = results_of(name);
    fs::create_dir_all(&runs)?;
    let now = jiff::Zoned::now().strftime("%Y-%m-%dT%H-%M-%S").to_string();
    let folder = (1..)
        .map(|nth| {
            if nth == 1 {
                now.clone()
            } else {
                format!("{now}-{nth}")
            }
        })
        .find_map(|folder| match fs::create_dir(runs.join(&folder)) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => None,
            made => Some(made.map(|()| folder)),
        })
        .expect("the numbers don't end")?;
    // A new link beside the old one, then renamed over it: two runs at once never see none.
    let fresh = runs.join(format!(".latest-{folder}"));
    symlink(&folder, &fresh)?;
    fs::rename(&fresh, runs.join("latest"))?;
    fs::canonicalize(runs.join(folder))
}
