//! Starts sessions; see `ssp::program::wrapper`.

use std::process::ExitCode;

fn main() -> ExitCode {
    ssp::program::wrapper::main()
}
