//! What ran, and on what: the part of the results that is known before anything is measured.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use lab::network::TCP_BUFFERS;
use reports::results::{Run, Scenario, Session, TimelineEvent};

use super::{Experiment, describe};
use crate::options::World;

/// The kernel's settings that shape what TCP does, beside those that the lab makes.
const SYSCTLS: [&str; 6] = [
    "ipv4/tcp_congestion_control",
    "ipv4/tcp_available_congestion_control",
    "ipv4/tcp_sack",
    "ipv4/tcp_recovery",
    "ipv4/tcp_early_retrans",
    "ipv4/tcp_frto",
];

pub(super) fn run_header(experiment: &Experiment) -> Run {
    let scenario = &experiment.scenario;
    // What the machine's kernel is and does has no part in the model.
    let has_kernel = experiment.world != World::Model;
    Run {
        scenario: Scenario::new(&experiment.name, &scenario.question, &experiment.text),
        world: experiment.world.name().to_owned(),
        shaper: if has_kernel {
            experiment.shaper.name()
        } else {
            "link"
        }
        .to_owned(),
        seeds: scenario.seeds.clone(),
        started_at: format!("{:.0}", Timestamp::now()),
        partial: None,
        kernel: if has_kernel {
            kernel()
        } else {
            "none".to_owned()
        },
        versions: BTreeMap::from([("roamlab".to_owned(), env!("CARGO_PKG_VERSION").to_owned())]),
        sysctls: if has_kernel {
            sysctls()
        } else {
            BTreeMap::new()
        },
        relay_lateness_ms: None,
        sessions: scenario
            .sessions
            .iter()
            .map(|(name, session)| Session {
                name: name.clone(),
                description: describe::session(session),
            })
            .collect(),
        timeline: scenario
            .timeline
            .iter()
            .map(|event| TimelineEvent {
                when: describe::when(event),
                event: lab::timeline::describe(&event.action),
                description: describe::action(&event.action),
            })
            .collect(),
        outcomes: Vec::new(),
        checks: Vec::new(),
    }
}

fn kernel() -> String {
    let read = |file: &str| fs::read_to_string(format!("/proc/sys/kernel/{file}"));
    let (name, release) = (read("ostype"), read("osrelease"));
    format!(
        "{} {}",
        name.unwrap_or_default().trim(),
        release.unwrap_or_default().trim()
    )
}

/// By name, as `sysctl` writes them.
fn sysctls() -> BTreeMap<String, String> {
    let found = SYSCTLS.into_iter().filter_map(|name| {
        let value = fs::read_to_string(format!("/proc/sys/net/{name}")).ok()?;
        let words: Vec<&str> = value.split_whitespace().collect();
        Some((name, words.join(" ")))
    });
    found
        .chain(TCP_BUFFERS.map(|(name, value)| (name, value.to_owned())))
        .map(|(name, value)| (format!("net.{}", name.replace('/', ".")), value))
        .collect()
}

/// A path as the user would write it: relative to where they are, if it is below.
pub(super) fn shown(path: &Path) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here).unwrap_or(path).to_owned()
}
