//! Any output of a program: the emulator takes it, and a follower shows the same.
#![no_main]

use std::time::Instant;

use libfuzzer_sys::fuzz_target;
use ssp::state::Synchronised as _;
use ssp::terminal::{Capabilities, TerminalState};
use ssp::wire::WindowSize;

fuzz_target!(|input: (Vec<Vec<u8>>, u8, u8)| {
    let (writes, columns, rows) = input;
    let mut server = TerminalState::new();
    let now = Instant::now();
    let extensions = Capabilities::all() - Capabilities::STOCK;
    server.announce(Capabilities::all(), extensions.bits().into());
    let mut client = server.clone();
    for (n, bytes) in writes.iter().enumerate() {
        let before = server.clone();
        server.write(bytes, now);
        if n == 1 {
            server.resize(WindowSize {
                columns: u16::from(columns).max(1),
                rows: u16::from(rows).max(1),
            });
        }
        client.apply(&server.diff_from(&before)).expect("our own difference");
        let (shown, meant) = (client.framebuffer(), server.framebuffer());
        assert_eq!(shown.text(), meant.text(), "after {bytes:?}");
        assert_eq!(shown.cursor(), meant.cursor(), "after {bytes:?}");
    }
});
