//! The server's end of a session; see `ssp::program::server`.

use std::process::ExitCode;

fn main() -> ExitCode {
    ssp::program::server::main()
}
