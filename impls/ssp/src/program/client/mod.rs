//! `ssp-client`: shows a server's terminal in the user's own.

mod keyboard;
mod options;
mod outer;
mod routes;
mod session;
mod sockets;

use std::env;
use std::io::{self, IsTerminal as _};
use std::process::ExitCode;

use super::hardening::forbid_core_dumps;
use super::locale;
use crate::crypto::Key;
use keyboard::EscapeKey;
use options::{Options, Request};
use outer::Outer;
use session::{Session, Settings};

const USAGE: &str = "\
Usage: ssp-client [-# 'ARGS'] [-v] IP PORT
       ssp-client -c

The session's key is taken from the environment variable MOSH_KEY.";

/// Runs the program. See specification §4 for its options, environment and output.
pub fn main() -> ExitCode {
    forbid_core_dumps();
    let arguments: Vec<String> = env::args_os()
        .skip(1)
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect();
    match Options::parse(&arguments) {
        Ok(Request::Session(options)) => match connect(options) {
            Ok(true) => ExitCode::SUCCESS,
            Ok(false) => ExitCode::FAILURE,
            Err(error) => fail(&error.to_string()),
        },
        Ok(Request::Colors) => {
            println!("{}", outer::colors());
            ExitCode::SUCCESS
        }
        Ok(Request::Help) => {
            println!("{USAGE}");
            ExitCode::SUCCESS
        }
        Ok(Request::Version) => {
            println!("ssp-client {}", env!("CARGO_PKG_VERSION"));
            ExitCode::SUCCESS
        }
        Err(reason) => fail(&format!("{reason}\n{USAGE}")),
    }
}

fn fail(reason: &str) -> ExitCode {
    eprintln!("ssp-client: {reason}");
    ExitCode::FAILURE
}

/// Returns whether the session ended as agreed with the server.
fn connect(options: Options) -> io::Result<bool> {
    if !locale::is_utf8() {
        return Err(io::Error::other(format!(
            "needs a UTF-8 native locale to run.\n\n\
             The local environment ({}) specifies\nthe character set \"{}\".",
            locale::deciding_variable(),
            locale::character_set()
        )));
    }
    let key = take_key()?;
    if !io::stdin().is_terminal() {
        return Err(io::Error::other("standard input is not a terminal"));
    }
    let settings = Settings::from_environment().map_err(io::Error::other)?;
    let escape = EscapeKey::from_environment().map_err(io::Error::other)?;
    let outer = Outer::take_over()?;
    let ended = Session::new(options.server, &key, settings, escape, outer)?.run()?;
    println!("\r\n[mosh is exiting.]");
    if !ended {
        eprintln!(
            "\nThe session was not shut down cleanly: the server's program may still be running."
        );
    }
    Ok(ended)
}

/// The key from the environment, which is then cleared of it.
fn take_key() -> io::Result<Key> {
    let text = env::var("MOSH_KEY")
        .map_err(|_| io::Error::other("the environment variable MOSH_KEY is not set"))?;
    // SAFETY: there is one thread.
    unsafe { env::remove_var("MOSH_KEY") };
    text.parse()
        .map_err(|error| io::Error::other(format!("bad MOSH_KEY: {error}")))
}
