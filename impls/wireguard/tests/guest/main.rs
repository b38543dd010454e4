//! With the kernel's own WireGuard, and by a clock that jumps over idle time: every test boots a guest kernel, whose
//! init this program is, and runs in it. `just guest` builds that kernel; where there is none the tests are ignored.

mod kernel;
#[path = "../namespaces/moves.rs"]
mod moves;
mod moving;
#[path = "../namespaces/strangers.rs"]
mod strangers;
#[expect(dead_code, reason = "the other tests use more of it")]
#[path = "../namespaces/world.rs"]
mod world;

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;
use std::time::Duration;

use lab::world::guest::{self, Clock, Guest};
use libtest_mimic::{Arguments, Failed, Trial};

/// In the guest's folder: which test it is to run.
const TEST: &str = "test";

/// How long a guest may be silent, on this machine's clock.
const PATIENCE: Duration = Duration::from_secs(300);

type Test = (&'static str, fn());

fn tests() -> impl Iterator<Item = Test> {
    kernel::TESTS.iter().chain(&moving::TESTS).copied()
}

fn main() {
    if std::env::args().nth(1).as_deref() == Some("init") {
        let Err(error) = guest::init(inside);
        panic!("{error}");
    }
    let kernel = guest::kernel();
    if kernel.is_none() {
        eprintln!("not tested: there is no guest kernel (just guest)");
    }
    let trial = |(name, _): Test| {
        let kernel = kernel.clone();
        let is_ignored = kernel.is_none();
        Trial::test(name, move || boot(&kernel.expect("a kernel"), name))
            .with_ignored_flag(is_ignored)
    };
    let trials = tests().map(trial).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// Run the test called `name` in a guest of its own.
fn boot(kernel: &Path, name: &str) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join(TEST), name)?;
    let guest = Guest {
        kernel,
        program: &std::env::current_exe()?,
        folder: folder.path(),
        clock: Clock::Virtual,
        processor: nix::sched::sched_getcpu()?,
        patience: PATIENCE,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut running = guest.boot()?;
        let mut console = String::new();
        while let Some(line) = running.line().await? {
            console += &line;
            console.push('\n');
        }
        match running.end().await? {
            0 => Ok(()),
            _ => Err(console.into()),
        }
    })
}

/// What the guest does: the test that its folder names; the exit code.
fn inside(folder: &Path) -> i32 {
    let name = fs::read_to_string(folder.join(TEST)).expect("the name of a test");
    let (_, test) = tests().find(|(known, _)| *known == name).expect("a test");
    i32::from(catch_unwind(test).is_err())
}

/// Tests with their names.
macro_rules! named {
    ($($name:ident),* $(,)?) => {
        [$((stringify!($name), $name as fn())),*]
    };
}
pub(crate) use named;
