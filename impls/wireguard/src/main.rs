//! `wireguard [-f|--foreground] INTERFACE`: a WireGuard interface that `wg` and `wg-quick` configure.

use std::env;
use std::io::Write;
use std::os::fd::RawFd;
use std::process::ExitCode;

use wireguard::HandshakeRetry;
use wireguard::linux::Tunnel;

const USAGE: &str = "\
usage: wireguard [-f|--foreground] INTERFACE
       wireguard --help
       wireguard --version

environment:
  LOG_LEVEL                verbose, error (the default) or silent
  WG_PROCESS_FOREGROUND=1  stay in the foreground
  WG_TUN_FD, WG_UAPI_FD    descriptors to use instead of opening the interface and its socket
  WG_HANDSHAKE_RETRY=eager repeat lost initiations after 250 ms, 500 ms, ... instead of 5 s
";

struct Arguments {
    foreground: bool,
    interface: String,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if arguments == ["--help"] {
        print!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    if arguments == ["--version"] {
        println!("wireguard {}", env!("CARGO_PKG_VERSION"));
        return ExitCode::SUCCESS;
    }
    let Some(arguments) = parse(&arguments) else {
        eprint!("{USAGE}");
        return ExitCode::from(2);
    };
    start_logging();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("wireguard: {}: {error}", arguments.interface);
            ExitCode::FAILURE
        }
    }
}

fn parse(arguments: &[String]) -> Option<Arguments> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (foreground, interface) = match words[..] {
        ["-f" | "--foreground", interface] => (true, interface),
        [interface] => (
            variable("WG_PROCESS_FOREGROUND").as_deref() == Some("1"),
            interface,
        ),
        _ => return None,
    };
    (!interface.starts_with('-')).then(|| Arguments {
        foreground,
        interface: interface.to_owned(),
    })
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok()
}

fn run(arguments: &Arguments) -> std::io::Result<()> {
    let descriptor = |name| variable(name).and_then(|number| number.parse::<RawFd>().ok());
    let retry: Option<HandshakeRetry> =
        variable("WG_HANDSHAKE_RETRY").and_then(|retry| retry.parse().ok());
    let tunnel = Tunnel::create(
        &arguments.interface,
        descriptor("WG_TUN_FD"),
        descriptor("WG_UAPI_FD"),
        retry.unwrap_or_default(),
    )?;
    if !arguments.foreground {
        // Whoever waits for us may configure the interface now; there are no threads yet.
        nix::unistd::daemon(false, false)?;
    }
    tunnel.run()
}

/// Log to standard error, as much as LOG_LEVEL says.
fn start_logging() {
    struct StandardError;

    impl log::Log for StandardError {
        fn enabled(&self, _: &log::Metadata) -> bool {
            true
        }

        fn log(&self, record: &log::Record) {
            let _nobody_listens =
                writeln!(std::io::stderr(), "{}: {}", record.level(), record.args());
        }

        fn flush(&self) {}
    }

    let level = match variable("LOG_LEVEL").as_deref() {
        Some("verbose" | "debug") => log::LevelFilter::Debug,
        Some("silent") => log::LevelFilter::Off,
        _ => log::LevelFilter::Error,
    };
    log::set_max_level(level);
    let _set_only_here = log::set_logger(&StandardError);
}
