//! The user's end of a session; see `ssp::program::client`.

use std::process::ExitCode;

fn main() -> ExitCode {
    ssp::program::client::main()
}
