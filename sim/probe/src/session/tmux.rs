//! A terminal at the far end that outlives the connections to it.

use std::fs;
use std::path::{Path, PathBuf};

use super::detached::Detached;
use super::{Setting, machine};
use crate::outcome::{Said, SessionError};

/// Nothing of tmux's own on the screen or the keyboard, and no end before the session's.
const SETTINGS: &str = "\
    set -g status off\n\
    set -g prefix None\n\
    set -s escape-time 0\n\
    set -s exit-empty off\n\
    set -g default-shell /bin/sh\n";

/// A tmux that runs, without a session yet.
pub(super) struct Tmux {
    program: PathBuf,
    folder: PathBuf,
    server: Detached,
}

impl Tmux {
    /// Starts a tmux of the session's own on its server, with everything of it in `folder`.
    pub(super) async fn start(setting: &Setting, folder: &Path) -> Result<Self, SessionError> {
        let program = machine::find("tmux")?;
        fs::write(folder.join("tmux.conf"), SETTINGS)
            .map_err(SessionError::io("writing tmux.conf"))?;
        let started = machine::command(&*setting.server, &program)
            .args(arguments(folder))
            .args(["start-server", ";", "display-message", "-p", "#{pid}"])
            .output()
            .await
            .map_err(|error| machine::not_started(program.as_os_str(), error))?;
        let server = Detached::of(&String::from_utf8_lossy(&started.stdout));
        Ok(Tmux {
            server: server.ok_or_else(|| SessionError::Server {
                program: "tmux",
                errors: Said::last(String::from_utf8_lossy(&started.stderr).lines()),
            })?,
            program,
            folder: folder.to_owned(),
        })
    }

    /// The command, for a shell, that runs `command` in a new session, or comes back to the one that there is.
    pub(super) fn attach(&self, command: &str) -> String {
        let options: Vec<String> = arguments(&self.folder)
            .iter()
            .map(|option| machine::quoted(option))
            .collect();
        format!(
            "exec {} {} new-session -A -D -s roamlab {}",
            machine::quoted(&self.program.to_string_lossy()),
            options.join(" "),
            machine::quoted(command),
        )
    }

    /// What ends it when it is dropped.
    pub(super) fn into_server(self) -> Detached {
        self.server
    }
}

/// UTF-8 whatever the locale, and nobody else's settings and sessions.
fn arguments(folder: &Path) -> [String; 5] {
    let file = |name: &str| folder.join(name).to_string_lossy().into_owned();
    [
        "-u".to_owned(),
        "-f".to_owned(),
        file("tmux.conf"),
        "-S".to_owned(),
        file("tmux"),
    ]
}
