//! `ssp`: starts a server where the user wants to be, and then becomes the client.

mod options;
mod proxy;
mod start;

use std::env;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, ExitCode, id};

use options::{Options, Request};
use start::{Started, start_local, start_over_ssh};

const USAGE: &str = "\
Usage: ssp [options] [--] [user@]host [command...]

  --client=PATH          the client to run here (ssp-client)
  --server=COMMAND       the server to run there (ssp-server)
  --predict=adaptive|always|never|experimental, -a (always), -n (never)
  -o, --predict-overwrite
  -4, -6, --family=inet|inet6|auto|all|prefer-inet|prefer-inet6
  -p, --port=PORT[:PORT2]
  --bind-server=ssh|any|IP
  --ssh=COMMAND          how to run SSH (ssh)
  --no-ssh-pty           don't ask for a terminal there
  --no-init              don't switch the terminal's screen
  --local                start the server here, without SSH
  --experimental-remote-ip=local|remote|proxy
  --help, --version";

/// Runs the program. See specification §4 for its options and environment.
pub fn main() -> ExitCode {
    let arguments: Vec<String> = env::args_os()
        .skip(1)
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect();
    let result = match Options::parse(&arguments) {
        Ok(Request::Session(options)) => connect(&options, &arguments),
        Ok(Request::FakeProxy { family, host, port }) => proxy::run(&host, port, family),
        Ok(Request::Help) => {
            println!("{USAGE}");
            Ok(())
        }
        Ok(Request::Version) => {
            println!("ssp {}", env!("CARGO_PKG_VERSION"));
            Ok(())
        }
        Err(reason) => Err(io::Error::other(format!("{reason}\n{USAGE}"))),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ssp: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Starts the server and becomes the client. Returns only if that fails.
fn connect(options: &Options, arguments: &[String]) -> io::Result<()> {
    let client = options.client.clone().unwrap_or_else(client_beside_us);
    let colors = colors(&client)?;
    let Started { address, port, key } = if options.local {
        start_local(options, &colors)?
    } else {
        start_over_ssh(options, &colors)?
    };
    let mut command = Command::new(&client);
    command
        .arg(format!("-# {} |", arguments.join(" ")))
        .args([address.to_string(), port])
        .env("MOSH_KEY", key)
        .env("MOSH_CLIENT_PID", id().to_string());
    if let Some(mode) = &options.predict {
        command.env("MOSH_PREDICTION_DISPLAY", mode);
    }
    if options.predict_overwrite {
        command.env("MOSH_PREDICTION_OVERWRITE", "yes");
    }
    if !options.init {
        command.env("MOSH_NO_TERM_INIT", "1");
    }
    Err(cannot_run(&client, &command.exec()))
}

/// The client installed together with this program, or else the one on the path.
fn client_beside_us() -> String {
    let beside = env::current_exe()
        .ok()
        .map(|this| this.with_file_name("ssp-client"));
    let client = beside.filter(|path| path.exists());
    let client = client.unwrap_or_else(|| PathBuf::from("ssp-client"));
    client.to_string_lossy().into_owned()
}

/// How many colours the terminal has, which the client knows.
fn colors(client: &str) -> io::Result<String> {
    let output = Command::new(client)
        .arg("-c")
        .output()
        .map_err(|error| cannot_run(client, &error))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn cannot_run(program: &str, error: &io::Error) -> io::Error {
    io::Error::other(format!("cannot run {program}: {error}"))
}
