//! Somebody's own program, by the command lines of its two ends.

use std::fs::{self, File};
use std::path::Path;
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process_group};
use scenario::{Command as Lines, Ready};
use tokio::process::{Child, Command};

use super::{Prepared, ServerLog, Setting, machine};
use crate::observer::ScreenObserver;
use crate::outcome::{Said, SessionError};

/// A server with all that it has started, which ends when this is dropped.
struct Server {
    /// Reaped by the runtime when it has ended.
    _shell: Child,
    group: Option<Pid>,
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(group) = self.group {
            // Gone already is as good.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

/// What runs command lines.
const SHELL: &str = "/bin/sh";

/// Starts the server, waits until it can be connected to, and makes the client's command.
pub(super) async fn prepare(
    setting: &Setting,
    folder: &Path,
    lines: &Lines,
) -> Result<Prepared, SessionError> {
    let script = machine::write_script(folder, &setting.script)?;
    let answer = format!("{} answer {}", setting.program.display(), script.display());
    let furnish = |command: &mut Command, line: &str| {
        command
            .args(["-c", line])
            .env("ADDRESS", setting.address.to_string())
            .env("ANSWER", &answer)
            .env("FOLDER", folder)
            .current_dir(&lines.folder);
    };
    let mut serve = machine::command(&*setting.server, SHELL);
    // Programs say that they are ready on either output.
    furnish(&mut serve, &format!("exec 2>&1; {}", lines.serve));
    let server_log = ServerLog::default();
    let server = match &lines.ready {
        Ready::Says(text) => Some(start(&mut serve, text, &server_log).await?),
        Ready::Ends => {
            run(&mut serve, folder).await?;
            None
        }
    };
    let mut client = setting.client.command(SHELL.as_ref());
    furnish(&mut client, &lines.connect);
    Ok(Prepared {
        client,
        server: Box::new(server),
        server_log,
        observer: Box::new(ScreenObserver::new(&setting.script)),
        versions: Vec::new(),
    })
}

/// Starts a server that stays, and waits until it says `text`.
async fn start(serve: &mut Command, text: &str, log: &ServerLog) -> Result<Server, SessionError> {
    let mut shell = serve
        .stdout(Stdio::piped())
        .process_group(0)
        .spawn()
        .map_err(not_started)?;
    let output = shell.stdout.take();
    let server = Server {
        group: shell.id().and_then(|id| Pid::from_raw(id.try_into().ok()?)),
        _shell: shell,
    };
    let says = match output {
        Some(output) => log.read_until(|line| line.contains(text), output).await,
        None => false,
    };
    if says {
        Ok(server)
    } else {
        Err(failed(log.lines()))
    }
}

/// Runs a server that goes on in the background, and ends with its host.
async fn run(serve: &mut Command, folder: &Path) -> Result<(), SessionError> {
    // Not a pipe: what goes on in the background may keep it open.
    let said = folder.join("server-said");
    let output = File::create(&said).map_err(SessionError::io("making the server's log"))?;
    let ended = serve.stdout(output).status().await.map_err(not_started)?;
    if ended.success() {
        return Ok(());
    }
    let said = fs::read(&said).unwrap_or_default();
    Err(failed(String::from_utf8_lossy(&said).lines()))
}

fn not_started(error: std::io::Error) -> SessionError {
    SessionError::io("starting the server's shell")(error)
}

fn failed<S: AsRef<str>>(lines: impl IntoIterator<Item = S>) -> SessionError {
    SessionError::Server {
        program: "the server's command line",
        errors: Said::last(lines),
    }
}
