//! Files that a scenario names: read here, once, so that nothing else needs to know where they are.

use link::{PathSpec, SourceError};

use super::Findings;
use crate::Scenario;
use crate::folder::Folder;
use crate::source::Spot;
use crate::vocabulary::{Action, Session, Workload};

/// Replaces the names of files by what is in them, and has folders be found from anywhere.
pub(crate) fn load(
    scenario: &mut Scenario,
    folder: &Folder,
    spot: Spot<'_>,
    findings: &mut Findings<'_>,
) {
    for (name, link) in &mut scenario.links {
        let spot = spot.field("links").field(name);
        for spec in [&mut link.each_way, &mut link.up, &mut link.down] {
            load_path(spec, folder, spot, findings);
        }
    }
    for (n, event) in scenario.timeline.iter_mut().enumerate() {
        if let Action::ChangePath(change) = &mut event.action {
            let spot = spot.field("timeline").item(n);
            for spec in [&mut change.each_way, &mut change.up, &mut change.down] {
                load_path(spec, folder, spot, findings);
            }
        }
    }
    if let Workload::Replay(replay) = &mut scenario.workload {
        for recorded in &mut replay.recordings.0 {
            match folder.read(&recorded.file) {
                Ok(contents) => recorded.contents = contents,
                Err(reason) => {
                    unreadable(&recorded.file, &reason, spot.field("workload"), findings)
                }
            }
        }
    }
    for session in scenario.sessions.values_mut() {
        if let Session::Command(command) = session {
            command.folder = folder.absolute(&command.folder);
        }
    }
}

fn load_path(
    spec: &mut Option<PathSpec>,
    folder: &Folder,
    spot: Spot<'_>,
    findings: &mut Findings<'_>,
) {
    let read_text = |file: &str| {
        let bytes = folder.read(file)?;
        String::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".to_owned())
    };
    match spec.as_mut().map(|spec| spec.load(read_text)) {
        None | Some(Ok(())) => {}
        Some(Err(SourceError::Unreadable { file, problem })) => {
            unreadable(&file, &problem, spot, findings);
        }
        Some(Err(SourceError::Malformed { file, malformed })) => findings.wrong(
            spot.holding(&file, findings.text),
            format!("line {} of \"{file}\" is wrong", malformed.line),
            malformed.problem,
        ),
    }
}

fn unreadable(file: &str, reason: &str, spot: Spot<'_>, findings: &mut Findings<'_>) {
    findings.wrong(
        spot.holding(file, findings.text),
        format!("\"{file}\" cannot be read: {reason}"),
        "name a file by its path from the scenario's own folder",
    );
}
