//! Whether the chosen shaper can do what a scenario asks for, before anything is begun.

use lab::netem::Netem;
use link::PathSpec;
use scenario::{Action, Scenario, Workload};

use crate::{exit::Failure, options::RunOptions};

/// Refuses what netem cannot do. A calibration goes on with the other links: it asks each what it does by itself.
pub(super) fn fit_to_netem(scenario: &mut Scenario, options: &RunOptions) -> Result<(), Failure> {
    if options.pcap {
        return Err(Failure::Input(
            "--pcap goes with --shaper relay: netem captures nothing".to_owned(),
        ));
    }
    let unfit: Vec<(String, String)> = scenario
        .links
        .iter()
        .flat_map(|(name, link)| {
            [("up", link.up()), ("down", link.down())]
                .map(|(direction, path)| refusal(name, direction, &path))
        })
        .chain(scenario.timeline.iter().flat_map(|event| {
            match &event.action {
                Action::ChangePath(change) => [("up", &change.up), ("down", &change.down)]
                    .map(|(direction, path)| refusal(&change.link, direction, path.as_ref()?)),
                _ => [None, None],
            }
        }))
        .flatten()
        .collect();
    if let Workload::Calibrate(_) = scenario.workload {
        for (link, why) in unfit {
            eprintln!("not measured: {why}");
            scenario.links.shift_remove(&link);
        }
        return Ok(());
    }
    match unfit.into_iter().next() {
        None => Ok(()),
        Some((_, why)) => Err(Failure::Input(why)),
    }
}

/// The link's name and why netem cannot do what one of its directions is to.
fn refusal(link: &str, direction: &str, path: &PathSpec) -> Option<(String, String)> {
    let unsupported = Netem::check(path).err()?;
    Some((
        link.to_owned(),
        format!("link {link:?}: {direction}: {unsupported}"),
    ))
}
