//! Real sessions over the loopback of a world of their own.
//!
//! The test program is also the far end of its sessions, as roamlab is of its own; so it has its own `main`.

mod command;
mod echo;
mod failure;
mod loopback;
mod mosh;
mod path;
mod record;
mod ssh;

use std::io;
use std::path::Path;
use std::process::{Command, ExitCode};

use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match far_end(&arguments) {
        Some(Ok(())) => return ExitCode::SUCCESS,
        Some(Err(error)) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
        None => {}
    }
    let results = tempfile::tempdir().expect("a temporary folder");
    // Before any thread is started.
    let code =
        lab::world::enter(results.path(), |_| Ok(()), run_tests).expect("namespaces of its own");
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}

fn run_tests() -> i32 {
    loopback::bring_up();
    let tests: [fn() -> Vec<Trial>; 7] = [
        ssh::tests,
        mosh::tests,
        echo::tests,
        failure::tests,
        path::tests,
        record::tests,
        command::tests,
    ];
    let tests = tests.iter().flat_map(|tests| tests()).collect();
    let conclusion = libtest_mimic::run(&Arguments::from_args(), tests);
    i32::from(conclusion.has_failed())
}

/// What roamlab's hidden subcommands do.
fn far_end(arguments: &[&str]) -> Option<io::Result<()>> {
    match *arguments {
        ["answer", script] => Some(probe::answer::answer(Path::new(script))),
        ["echo", "serve", "tcp", address] => Some(probe::echo::serve_tcp(address.parse().unwrap())),
        ["echo", "serve", "udp", address] => Some(probe::echo::serve_udp(address.parse().unwrap())),
        ["echo", "call", "tcp", to] => Some(probe::echo::call_tcp(to.parse().unwrap())),
        ["echo", "call", "udp", to] => Some(probe::echo::call_udp(to.parse().unwrap())),
        ["record", file] => {
            let recorded = probe::record::record(Command::new("sh"), Path::new(file));
            Some(recorded.map(drop))
        }
        _ => None,
    }
}
