//! Sessions under test: how each kind is brought up, typed into, and taken down.

mod command;
mod detached;
mod echo;
mod machine;
mod server_log;
mod ssh;
mod ssp;
mod tcp;
mod tmux;

use std::fs::File;
use std::io::{Read, Seek};
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::{timeout, timeout_at};
use tokio_util::sync::CancellationToken;

use self::echo::Transport;
use self::server_log::ServerLog;
use self::ssp::Ends;
use crate::greeted;
use crate::observer::Observer;
use crate::outcome::{Outcome, Progress, Said, SessionError};
use crate::place::Place;
use crate::script::Script;
use crate::terminal::Terminal;
use crate::typist::{End, Typist};

/// What a session is started with.
pub struct Setting {
    /// Where the client runs.
    pub client: Arc<dyn Place>,
    /// Where the server runs.
    pub server: Arc<dyn Place>,
    /// The address at which the client reaches the server.
    pub address: IpAddr,
    /// Its other addresses, which only those know who look it up anew.
    pub others: Vec<IpAddr>,
    /// The program that has the far end's parts as subcommands, `answer` and `echo`: roamlab itself.
    pub program: PathBuf,
    /// The folder below which the session puts its keys, settings and logs; they go when it ends.
    pub folder: PathBuf,
    /// What is typed and answered.
    pub script: Script,
    /// How long may pass until the session is established.
    pub patience: Duration,
    /// The run's zero, which all times in the outcome count from.
    pub zero: Instant,
}

/// A session that is brought up, typed into and taken down.
pub struct Session<'a> {
    setting: &'a Setting,
    child: Child,
    terminal: Terminal,
    observer: Box<dyn Observer>,
    errors: File,
    versions: Vec<(String, String)>,
    established_at: Duration,
    congestion_control: Option<String>,
    server_log: ServerLog,
    /// Dropped last: the server, then the files of both.
    _server: Box<dyn Send>,
    folder: TempDir,
}

/// What a kind of session makes of a setting: a server that runs, and the client's command.
struct Prepared {
    client: Command,
    server: Box<dyn Send>,
    server_log: ServerLog,
    observer: Box<dyn Observer>,
    versions: Vec<(String, String)>,
}

/// Starts a session, types the script into it, and takes it down.
///
/// Whatever fails is in the outcome, with what was measured until then.
pub async fn run(
    session: &scenario::Session,
    setting: &Setting,
    progress: &UnboundedSender<Progress>,
    cancel: &CancellationToken,
) -> Outcome {
    match Session::start(session, setting, progress, cancel).await {
        Ok(session) => session.type_script(progress, cancel).await,
        Err(error) => Outcome {
            partial: matches!(error, SessionError::Cancelled),
            error: Some(error),
            ..Outcome::default()
        },
    }
}

impl Setting {
    /// Every address of the server, first the one that the client is told.
    fn addresses(&self) -> impl Iterator<Item = IpAddr> {
        std::iter::once(self.address).chain(self.others.iter().copied())
    }
}

impl<'a> Session<'a> {
    /// Brings up the server and the client, and waits until the far end's greeting shows.
    ///
    /// # Errors
    ///
    /// When a program is missing or fails, the greeting doesn't show in time, or `cancel` comes first.
    pub async fn start(
        session: &scenario::Session,
        setting: &'a Setting,
        progress: &UnboundedSender<Progress>,
        cancel: &CancellationToken,
    ) -> Result<Session<'a>, SessionError> {
        let started = Instant::now();
        let give_up = started + setting.patience;
        let folder = tempfile::Builder::new()
            .prefix("session-")
            .tempdir_in(&setting.folder)
            .map_err(SessionError::io("making the session's folder"))?;
        let preparing = async {
            match session {
                scenario::Session::Ssh(ssh) => ssh::prepare(setting, folder.path(), ssh).await,
                scenario::Session::Mosh(mosh) => {
                    ssp::prepare(setting, folder.path(), Ends::STOCK, mosh.predict).await
                }
                scenario::Session::Ssp(ssp) => {
                    let ends = Ends {
                        client: ssp.client,
                        server: ssp.server,
                    };
                    ssp::prepare(setting, folder.path(), ends, ssp.predict).await
                }
                scenario::Session::Tcp(_) => echo::prepare(setting, Transport::Tcp).await,
                scenario::Session::Udp(_) => echo::prepare(setting, Transport::Udp).await,
                scenario::Session::Command(lines) => {
                    command::prepare(setting, folder.path(), lines).await
                }
            }
        };
        let prepared = tokio::select! {
            () = cancel.cancelled() => return Err(SessionError::Cancelled),
            prepared = timeout_at(give_up.into(), preparing) => {
                prepared.map_err(|_| SessionError::NotEstablished {
                    after: started.elapsed(),
                    screen: Said::default(),
                    errors: Said::default(),
                })??
            }
        };
        let errors = folder.path().join("client-errors");
        let errors = File::options()
            .create_new(true)
            .read(true)
            .append(true)
            .open(errors)
            .map_err(SessionError::io("making the client's log"))?;
        let log = errors
            .try_clone()
            .map_err(SessionError::io("sharing the client's log"))?;
        let program = prepared.client.as_std().get_program().to_owned();
        let (terminal, child) = Terminal::spawn(prepared.client, setting.script.size, log)
            .map_err(|error| machine::not_started(&program, error))?;
        let mut session = Session {
            setting,
            child,
            terminal,
            observer: prepared.observer,
            errors,
            versions: prepared.versions,
            established_at: Duration::ZERO,
            congestion_control: None,
            server_log: prepared.server_log,
            _server: prepared.server,
            folder,
        };
        let end = session.typist(progress, cancel).establish(give_up).await;
        match end.map_err(SessionError::io("reading the client's screen"))? {
            End::Done => {
                session.established_at = Instant::now().saturating_duration_since(setting.zero);
                session.congestion_control = session.child.id().and_then(tcp::congestion_control);
                let _ = progress.send(Progress::Established(session.established_at));
                Ok(session)
            }
            End::Cancelled => Err(SessionError::Cancelled),
            End::ClientEnded => Err(session.client_ended().await),
            End::GivenUp => Err(SessionError::NotEstablished {
                after: started.elapsed(),
                screen: Said::last(session.observer.lines()),
                errors: session.said(),
            }),
        }
    }

    /// Types the script, and takes the session down when it is answered or given up.
    pub async fn type_script(
        mut self,
        progress: &UnboundedSender<Progress>,
        cancel: &CancellationToken,
    ) -> Outcome {
        let setting = self.setting;
        let start = self.start_of_script();
        let mut typist = self.typist(progress, cancel);
        let (keystrokes, end) = typist.type_script(&setting.script, start).await;
        let partial = matches!(end, Ok(End::Cancelled));
        let error = match end {
            Ok(End::ClientEnded) => Some(self.client_ended().await),
            Ok(End::Done | End::Cancelled | End::GivenUp) => None,
            Err(error) => Some(SessionError::io("typing")(error)),
        };
        Outcome {
            keystrokes,
            guesses: self.observer.guesses(),
            established_at: Some(self.established_at),
            partial,
            error,
            congestion_control: self.congestion_control,
            versions: self.versions,
        }
    }

    /// Now; or, where the far end goes by the clock, when it greeted.
    fn start_of_script(&self) -> Instant {
        let greeted = || greeted::told(&self.folder.path().join(machine::SCRIPT));
        let by_the_clock = self.setting.script.goes_by_the_clock();
        let start = by_the_clock.then(greeted).flatten();
        start.unwrap_or_else(Instant::now)
    }

    fn typist<'b>(
        &'b mut self,
        progress: &'b UnboundedSender<Progress>,
        cancel: &'b CancellationToken,
    ) -> Typist<'b> {
        Typist {
            terminal: &self.terminal,
            observer: &mut *self.observer,
            progress,
            cancel,
            zero: self.setting.zero,
        }
    }

    async fn client_ended(&mut self) -> SessionError {
        // It has closed its terminal, so it is about to end; one that isn't is made to.
        if timeout(Duration::from_secs(1), self.child.wait())
            .await
            .is_err()
        {
            let _ = self.child.start_kill();
        }
        match self.child.wait().await {
            Ok(status) => SessionError::ClientEnded {
                status,
                screen: Said::last(self.observer.lines()),
                errors: self.said(),
            },
            Err(error) => SessionError::io("waiting for the client")(error),
        }
    }

    /// What the client said on standard error, and then the server.
    fn said(&mut self) -> Said {
        let mut said = Vec::new();
        // Without it, the error that is being told of says less.
        let _ = self.errors.rewind();
        let _ = self.errors.read_to_end(&mut said);
        let said = String::from_utf8_lossy(&said);
        let client = said.lines().map(str::to_owned);
        let server = self.server_log.lines().into_iter();
        Said::last(client.chain(server.map(|line| format!("server: {line}"))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_may_run_on_any_thread() {
        fn any_thread(_: impl Send) {}
        let _ = |session: &scenario::Session,
                 setting: &Setting,
                 progress: &UnboundedSender<Progress>,
                 cancel: &CancellationToken| {
            any_thread(run(session, setting, progress, cancel));
        };
    }
}
