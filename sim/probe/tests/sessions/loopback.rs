//! The place where these tests run their sessions.

use std::ffi::OsStr;
use std::net::IpAddr;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use libtest_mimic::{Failed, Trial};
use link::units::Span;
use probe::script::Script;
use probe::session::{Setting, run};
use probe::{Outcome, Place, Progress};
use scenario::{Flood, Gap, Mosh, Predict, Session, Typing};
use tempfile::TempDir;
use tokio::sync::mpsc::unbounded_channel;
use tokio_util::sync::CancellationToken;

/// Makes the loopback of this world usable.
pub(crate) fn bring_up() {
    let up = Command::new("ip")
        .args(["link", "set", "lo", "up"])
        .status();
    let up = up.expect("`ip` is missing: install the package iproute2");
    assert!(up.success(), "the loopback cannot be brought up");
}

/// This world as a host.
pub(crate) struct Here;

impl Place for Here {
    fn command(&self, program: &OsStr) -> tokio::process::Command {
        tokio::process::Command::new(program)
    }
}

/// A script that is typed fast.
pub(crate) fn typing(keystrokes: u32) -> Script {
    let typing = Typing {
        keystrokes,
        gap: Gap::Constant(Span::from_millis(10)),
        drain: Span::from_millis(20_000),
    };
    Script::typing(&typing, 1)
}

/// A mosh session that predicts as it is told.
pub(crate) fn mosh(predict: Predict) -> Session {
    Session::Mosh(Mosh {
        predict,
        ..Mosh::default()
    })
}

/// A script of short floods.
pub(crate) fn flood(interrupts: u32) -> Script {
    Script::flood(&Flood {
        interrupts,
        after: Span::from_millis(200),
        drain: Span::from_millis(20_000),
    })
}

/// A setting on a loopback address that no other test has.
pub(crate) fn setting(script: Script, folder: &TempDir) -> Setting {
    static LAST: AtomicU8 = AtomicU8::new(1);
    let host = LAST.fetch_add(1, Ordering::Relaxed) + 1;
    let address = IpAddr::from([127, 0, 0, host]);
    setting_between(Arc::new(Here), Arc::new(Here), address, script, folder)
}

/// A setting between two hosts.
pub(crate) fn setting_between(
    client: Arc<dyn Place>,
    server: Arc<dyn Place>,
    address: IpAddr,
    script: Script,
    folder: &TempDir,
) -> Setting {
    Setting {
        client,
        server,
        address,
        others: Vec::new(),
        program: std::env::current_exe().unwrap(),
        folder: folder.path().to_owned(),
        script,
        patience: Duration::from_secs(60),
        zero: Instant::now(),
    }
}

/// Runs a session to its end and checks that it has left nothing behind.
pub(crate) fn outcome(session: &Session, script: Script) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let setting = setting(script, &folder);
    let (outcome, _) = block_on(watched(session, &setting, |_, _| {}));
    assert_nothing_left(&folder);
    outcome
}

pub(crate) fn block_on<T>(running: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(running)
}

/// Runs a session; `react` is told its progress and may cancel it. All that was told comes back too.
pub(crate) async fn watched(
    session: &Session,
    setting: &Setting,
    mut react: impl FnMut(&Progress, &CancellationToken),
) -> (Outcome, Vec<Progress>) {
    let (told, mut progress) = unbounded_channel();
    let cancel = CancellationToken::new();
    let listening = async {
        let mut all = Vec::new();
        while let Some(told) = progress.recv().await {
            react(&told, &cancel);
            all.push(told);
        }
        all
    };
    let running = async {
        let outcome = run(session, setting, &told, &cancel).await;
        drop(told);
        outcome
    };
    tokio::join!(running, listening)
}

/// No file of a session is left, and before long no process of it; its programs all name the folder.
pub(crate) fn assert_nothing_left(folder: &TempDir) {
    let left: Vec<_> = folder.path().read_dir().unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
    let give_up = Instant::now() + Duration::from_secs(10);
    while let Some(process) = process_that_names(folder.path()) {
        assert!(Instant::now() < give_up, "still there: {process}");
        std::thread::yield_now();
    }
}

fn process_that_names(folder: &Path) -> Option<String> {
    let folder = folder.to_string_lossy();
    std::fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| std::fs::read(entry.ok()?.path().join("cmdline")).ok())
        .map(|line| String::from_utf8_lossy(&line).replace('\0', " "))
        .find(|line| line.contains(&*folder))
}

/// Every key was answered, after it was typed.
pub(crate) fn assert_all_answered(outcome: &Outcome, keystrokes: usize) {
    assert!(
        outcome.error.is_none(),
        "{}",
        outcome.error.as_ref().unwrap()
    );
    assert!(!outcome.partial);
    assert!(outcome.established_at.is_some());
    assert_eq!(outcome.keystrokes.len(), keystrokes);
    for keystroke in &outcome.keystrokes {
        let answered = keystroke.answered;
        assert!(answered >= Some(keystroke.scheduled), "{keystroke:?}");
        assert_eq!(keystroke.censored_at, None);
    }
}

/// What a TCP connection has here unless its route says otherwise.
pub(crate) fn default_congestion_control() -> String {
    let name = std::fs::read_to_string("/proc/sys/net/ipv4/tcp_congestion_control");
    name.unwrap().trim().to_owned()
}

/// A test by its name.
pub(crate) fn test(name: &str, test: fn()) -> Trial {
    Trial::test(name, move || {
        test();
        Ok::<(), Failed>(())
    })
}
