//! The `roamlab` command: runs scenarios on a network of its own and shows what they say.

mod commands;
mod exit;
mod experiment;
mod options;
mod output;
mod sweep;

use std::process::ExitCode;

use clap::Parser;

use self::options::{Command, Options};

fn main() -> ExitCode {
    match dispatch(Options::parse().command) {
        Ok(code) => code,
        Err(failure) => failure.tell(),
    }
}

fn dispatch(command: Command) -> Result<ExitCode, exit::Failure> {
    match command {
        Command::Run(options) => commands::run::run(&options),
        Command::Sweep(options) => sweep::sweep(&options),
        Command::Check { files } => commands::check::check(&files),
        Command::List => commands::list::list(),
        Command::Show { name } => commands::list::show(&name),
        Command::Report { folder } => commands::report::report(&folder),
        Command::Figures(options) => commands::figures::figures(&options),
        Command::Gate(options) => commands::gate::gate(&options),
        Command::Record(options) => commands::record::record(&options),
        Command::Shell {
            name,
            host,
            command,
        } => commands::shell::shell(&name, &host, &command),
        Command::Doctor => commands::doctor::doctor(),
        Command::Completions { shell } => commands::completions::completions(shell),
        Command::Man { folder } => commands::man::man(&folder),
        Command::Init => commands::init::init(),
        Command::Answer { script } => commands::far_end::answer(&script),
        Command::Echo { end } => commands::far_end::echo(&end),
    }
}
