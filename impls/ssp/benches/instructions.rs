//! How many instructions a keystroke and its echo take. Unlike a time it is the same on each run: CI holds it.

// What gungraun's macros make is public.
#![allow(missing_docs)]

mod pair;
mod screens;

use std::hint::black_box;
use std::time::{Duration, Instant};

use gungraun::prelude::*;
use pair::Pair;
use screens::before_and_after;
use ssp::crypto::{Direction, Key, Opener, Sealer};
use ssp::prediction::{DisplayMode, Predictor, Progress};
use ssp::terminal::display::diff;
use ssp::terminal::{Capabilities, Framebuffer, Terminal};

/// Keystrokes, or datagrams, that are counted.
const REPEATS: usize = 20;

fn plaintext(len: usize) -> (Sealer, Opener, Vec<u8>) {
    let key = Key::from([7; 16]);
    let sealer = Sealer::new(&key, Direction::ToServer);
    let opener = Opener::new(&key, Direction::ToServer);
    (sealer, opener, vec![7; len])
}

#[library_benchmark(setup = plaintext)]
#[bench::small(64)]
#[bench::full(1200)]
fn seal_and_open((mut sealer, opener, plaintext): (Sealer, Opener, Vec<u8>)) {
    for _ in 0..REPEATS {
        let datagram = sealer.seal(&plaintext).expect("within the budget");
        let _ = black_box(opener.open(&datagram));
    }
}

/// A session in which some keys have been typed.
fn established() -> Pair {
    let mut pair = Pair::new();
    (0..REPEATS).for_each(|_| pair.keystroke());
    pair
}

// From the client to the server, and its echo back.
#[library_benchmark]
#[bench::echoed(established())]
fn keystrokes(mut pair: Pair) -> Pair {
    (0..REPEATS).for_each(|_| pair.keystroke());
    pair
}

fn at_a_terminal(output: &[u8]) -> (Terminal, &[u8]) {
    (screens::terminal(), output)
}

// What the program wrote is written to a terminal.
#[library_benchmark(setup = at_a_terminal)]
#[bench::grep(include_bytes!("../tests/recordings/grep.raw"))]
#[bench::htop(include_bytes!("../tests/recordings/htop.raw"))]
#[bench::vim(include_bytes!("../tests/recordings/vim-syntax.raw"))]
#[bench::wide_characters(include_bytes!("../tests/recordings/utf8.raw"))]
fn emulate((mut terminal, output): (Terminal, &[u8])) -> Terminal {
    terminal.write(output);
    terminal
}

#[library_benchmark(setup = before_and_after)]
#[bench::nothing(screens::NOTHING)]
#[bench::keystroke(screens::KEYSTROKE)]
#[bench::new_line(screens::NEW_LINE)]
#[bench::screenful(screens::SCREENFUL)]
fn difference([before, after]: [Framebuffer; 2]) -> Vec<u8> {
    black_box(diff(&before, &after, Capabilities::STOCK))
}

/// A predictor that has just been shown the screen at which the user types.
struct Typing {
    predictor: Predictor,
    screen: Framebuffer,
    progress: Progress,
    now: Instant,
}

fn at_a_prompt() -> Typing {
    let [screen, _] = before_and_after(screens::NOTHING);
    let mut typing = Typing {
        predictor: Predictor::new(DisplayMode::Always, false),
        screen,
        progress: Progress {
            sent: 0,
            echoed: 0,
            send_interval: Duration::from_millis(100),
        },
        now: Instant::now(),
    };
    typing
        .predictor
        .handle_screen(&typing.screen, typing.progress, typing.now);
    typing
}

// What is typed before any echo comes, with the screen that the user sees after each key.
#[library_benchmark]
#[bench::unconfirmed(at_a_prompt())]
fn predict(mut typing: Typing) -> Typing {
    for _ in 0..REPEATS {
        typing
            .predictor
            .handle_keys(b"x", &typing.screen, typing.progress, typing.now);
        typing.progress.sent += 1;
        let mut shown = typing.screen.clone();
        typing.predictor.draw(&mut shown);
        black_box(shown);
    }
    typing
}

library_benchmark_group!(
    name = session,
    benchmarks = [seal_and_open, keystrokes, predict]
);
library_benchmark_group!(name = terminal, benchmarks = [emulate, difference]);
main!(library_benchmark_groups = [session, terminal]);
