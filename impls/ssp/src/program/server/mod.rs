//! `ssp-server`: runs a program on a terminal and keeps a client's screen the same as the terminal's.

mod child;
mod daemon;
mod detached;
mod echo;
mod options;
mod session;
mod sockets;
mod syslog;
mod utmp;

use std::env;
use std::io::{self, IsTerminal as _, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};
use std::time::Instant;

use nix::sys::signal::Signal;

use super::hardening::{FormerLimit, forbid_core_dumps};
use super::locale;
use super::signals::Signals;
use crate::crypto::Key;
use daemon::Detached;
use options::{NoSession, Options};
use session::Session;
use sockets::Sockets;

const USAGE: &str = "\
Usage: ssp-server new [-s] [-v] [-i LOCALADDR] [-p PORT[:PORT2]] [-c COLORS] [-l NAME=VALUE] [-- COMMAND...]";

/// Tells a re-executed server that it has been given a locale already.
const LOCALE_TRIED: &str = "SSP_SERVER_LOCALE_TRIED";

/// Runs the program. See specification §4 for its options, environment and output.
pub fn main() -> ExitCode {
    let former_limit = forbid_core_dumps();
    let arguments: Vec<String> = env::args_os()
        .skip(1)
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect();
    match Options::parse(&arguments) {
        Ok(options) => match serve(&options, &former_limit) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&error.to_string()),
        },
        Err(NoSession::Help) => {
            println!("{USAGE}");
            ExitCode::SUCCESS
        }
        Err(NoSession::Version) => {
            println!("{}", version());
            ExitCode::SUCCESS
        }
        Err(NoSession::Wrong(reason)) => fail(&format!("{reason}\n{USAGE}")),
    }
}

fn fail(reason: &str) -> ExitCode {
    eprintln!("ssp-server: {reason}");
    ExitCode::FAILURE
}

fn version() -> String {
    format!("ssp-server {}", env!("CARGO_PKG_VERSION"))
}

fn serve(options: &Options, former_limit: &FormerLimit) -> io::Result<()> {
    require_utf8(options)?;
    let sockets = Sockets::bind(options)?;
    let key = Key::generate()?;
    // Before the line that lets SSH end: its terminal hangs up on us.
    let signals = Signals::take_over(&[
        Signal::SIGTERM,
        Signal::SIGINT,
        Signal::SIGUSR1,
        Signal::SIGHUP,
        Signal::SIGPIPE,
    ])?;
    announce(sockets.port()?, &key)?;

    if let Detached::Starter(server) = daemon::detach()? {
        eprintln!("\n{}\n\n[mosh-server detached, pid = {server}]", version());
        return Ok(());
    }
    daemon::close_standard_streams(options.verbose > 0)?;
    Session::new(
        options,
        former_limit,
        sockets,
        &key,
        signals,
        Instant::now(),
    )
    .run()
}

/// Prints the line from which a wrapper learns the port and the key.
fn announce(port: u16, key: &Key) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    // The wrapper looks for the line's beginning, which must not follow what SSH printed on its terminal.
    if io::stdin().is_terminal() {
        write!(stdout, "\r\n\n")?;
    }
    writeln!(stdout, "MOSH CONNECT {port} {}", key.to_text().as_str())?;
    stdout.flush()
}

/// Goes on only in a UTF-8 locale: the native one, or else the client's, for which the server executes itself again, so
/// that the environment need not be changed while it runs.
fn require_utf8(options: &Options) -> io::Result<()> {
    if locale::is_utf8() {
        return Ok(());
    }
    let native = format!(
        "{} ({})",
        locale::deciding_variable(),
        locale::character_set()
    );
    if env::var_os(LOCALE_TRIED).is_none() && !options.locale.is_empty() {
        let mut again = Command::new(env::current_exe()?);
        for name in locale::VARIABLES {
            again.env_remove(name);
        }
        again
            .args(env::args_os().skip(1))
            .envs(options.locale.iter().cloned())
            .env(LOCALE_TRIED, native);
        return Err(again.exec());
    }
    Err(io::Error::other(format!(
        "needs a UTF-8 native locale to run.\n\n\
         The local environment ({}) specifies\nthe character set \"{}\". {}\n\
         Set a UTF-8 locale, such as LANG=C.UTF-8, here or at the client.",
        locale::deciding_variable(),
        locale::character_set(),
        match env::var(LOCALE_TRIED) {
            Ok(native) => format!("So did the native one: {native}."),
            Err(_) => String::new(),
        }
    )))
}
