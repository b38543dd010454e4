//! SSP sessions: stock mosh, this project's programs, and each with the other. The server is started on its host
//! directly, as `mosh` would through ssh.

use std::path::{Path, PathBuf};
use std::process::Output;

use scenario::{Implementation, Predict};

use super::detached::Detached;
use super::{Prepared, ServerLog, Setting, machine};
use crate::observer::ScreenObserver;
use crate::outcome::{Said, SessionError};

/// Whose programs a session is between.
#[derive(Clone, Copy)]
pub(super) struct Ends {
    pub(super) client: Implementation,
    pub(super) server: Implementation,
}

impl Ends {
    /// Mosh as it is installed.
    pub(super) const STOCK: Ends = Ends {
        client: Implementation::Stock,
        server: Implementation::Stock,
    };

    fn client(self) -> &'static str {
        match self.client {
            Implementation::Ours => "ssp-client",
            Implementation::Stock => "mosh-client",
        }
    }

    fn server(self) -> &'static str {
        match self.server {
            Implementation::Ours => "ssp-server",
            Implementation::Stock => "mosh-server",
        }
    }
}

/// The full path of a program of either implementation. Ours are beside roamlab, where cargo puts both, or installed.
fn find(program: &'static str, setting: &Setting) -> Result<PathBuf, SessionError> {
    let beside = setting.program.with_file_name(program);
    if beside.is_file() {
        return Ok(beside);
    }
    machine::find(program)
}

/// The value of `MOSH_PREDICTION_DISPLAY`.
fn prediction_display(predict: Predict) -> &'static str {
    match predict {
        Predict::Never => "never",
        Predict::Adaptive => "adaptive",
        Predict::Always => "always",
        Predict::Experimental => "experimental",
    }
}

/// mosh insists on UTF-8 at both ends; this locale is on every Debian.
const LOCALE: &str = "C.UTF-8";

/// What the programs' terminals are; the remote one is the same if the server is told 256 colours.
const TERMINAL: &str = "xterm-256color";

/// Starts the server, which leaves its port and key, and makes the client's command.
pub(super) async fn prepare(
    setting: &Setting,
    folder: &Path,
    ends: Ends,
    predict: Predict,
) -> Result<Prepared, SessionError> {
    let server_program = find(ends.server(), setting)?;
    let client_program = find(ends.client(), setting)?;
    let script = machine::write_script(folder, &setting.script)?;
    let mut start = machine::command(&*setting.server, &server_program);
    start
        .env("LC_ALL", LOCALE)
        .args(["new", "-i", &setting.address.to_string(), "-c", "256"])
        .args(["-l", &format!("LANG={LOCALE}"), "--"])
        .arg(&setting.program)
        .arg("answer")
        .arg(&script);
    let output = start
        .output()
        .await
        .map_err(|error| machine::not_started(server_program.as_os_str(), error))?;
    let (port, key, server) = parse(&output).ok_or_else(|| SessionError::Server {
        program: ends.server(),
        errors: Said::last(String::from_utf8_lossy(&output.stderr).lines()),
    })?;
    let mut client = setting.client.command(client_program.as_os_str());
    client
        .env("LC_ALL", LOCALE)
        .env("TERM", TERMINAL)
        .env("MOSH_KEY", key)
        // A recording may hold any key.
        .env("MOSH_ESCAPE_KEY", "")
        .env("MOSH_PREDICTION_DISPLAY", prediction_display(predict))
        .args([setting.address.to_string(), port]);
    Ok(Prepared {
        client,
        server: Box::new(server),
        server_log: ServerLog::default(),
        observer: Box::new(ScreenObserver::new(&setting.script)),
        versions: vec![
            machine::version(&*setting.client, &client_program, "--version").await,
            machine::version(&*setting.server, &server_program, "--version").await,
        ],
    })
}

/// The port and key on standard output, and the process that standard error tells of.
fn parse(output: &Output) -> Option<(String, String, Detached)> {
    let stdout = String::from_utf8_lossy(&output.stdout);
    let mut connect = stdout
        .lines()
        .find_map(|line| line.trim().strip_prefix("MOSH CONNECT "))?
        .split_whitespace();
    let (port, key) = (connect.next()?.to_owned(), connect.next()?.to_owned());
    let stderr = String::from_utf8_lossy(&output.stderr);
    let pid = stderr
        .lines()
        .find_map(|line| line.trim().strip_prefix("[mosh-server detached, pid = "))?
        .strip_suffix(']')?;
    Some((port, key, Detached::of(pid)?))
}
