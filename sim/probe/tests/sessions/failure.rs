use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use libtest_mimic::Trial;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use probe::{Place, Progress, SessionError};
use scenario::Session;
use tokio::process::Command;

use crate::loopback::{assert_nothing_left, block_on, setting, test, typing, watched};

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test(
            "a_missing_program_is_named_with_how_to_come_by_it",
            a_missing_program_is_named_with_how_to_come_by_it,
        ),
        test(
            "a_server_without_its_address_says_so",
            a_server_without_its_address_says_so,
        ),
        test(
            "a_client_that_ends_at_once_is_an_error",
            a_client_that_ends_at_once_is_an_error,
        ),
        test(
            "a_client_that_dies_leaves_what_was_measured",
            a_client_that_dies_leaves_what_was_measured,
        ),
        test(
            "a_session_that_is_never_established_is_given_up",
            a_session_that_is_never_established_is_given_up,
        ),
        test(
            "a_server_that_hangs_is_given_up",
            a_server_that_hangs_is_given_up,
        ),
        test(
            "a_cancelled_session_is_partial",
            a_cancelled_session_is_partial,
        ),
    ]
}

/// A place whose programs are started by a line of shell, with the program and its arguments in `"$@"`.
struct Through(&'static str, PathBuf);

impl Place for Through {
    fn command(&self, program: &OsStr) -> Command {
        let mut command = Command::new("sh");
        command
            .args(["-c", self.0, "sh"])
            .arg(program)
            .env("NOTE", &self.1);
        command
    }
}

fn ssh() -> Session {
    Session::Ssh(Default::default())
}

fn mosh() -> Session {
    Session::Mosh(Default::default())
}

fn ssp() -> Session {
    Session::Ssp(Default::default())
}

fn tcp() -> Session {
    Session::Tcp(Default::default())
}

/// A place where no program is.
struct Nowhere;

impl Place for Nowhere {
    fn command(&self, _program: &OsStr) -> Command {
        Command::new("/no/such/program")
    }
}

fn a_missing_program_is_named_with_how_to_come_by_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut setting = setting(typing(1), &folder);
    setting.server = Arc::new(Nowhere);
    let program = setting
        .program
        .file_name()
        .map(Path::new)
        .unwrap()
        .to_owned();
    let error_of = |session| {
        let (outcome, _) = block_on(watched(&session, &setting, |_, _| {}));
        outcome.error.expect("an error").to_string()
    };
    assert_eq!(
        error_of(mosh()),
        "mosh-server is not installed: install the package mosh"
    );
    assert_eq!(
        error_of(ssh()),
        "ssh-keygen is not installed: install the package openssh-client"
    );
    assert_eq!(
        error_of(ssp()),
        "ssp-server is not installed: build it with `cargo build --release -p ssp`, beside roamlab or into PATH"
    );
    assert_eq!(
        error_of(tcp()),
        format!(
            "starting {}: No such file or directory (os error 2)",
            program.display()
        )
    );
    assert_nothing_left(&folder);
}

fn a_server_without_its_address_says_so() {
    for session in [ssh(), tcp()] {
        let folder = tempfile::tempdir().unwrap();
        let mut setting = setting(typing(1), &folder);
        setting.address = "192.0.2.1".parse().unwrap();
        let (outcome, _) = block_on(watched(&session, &setting, |_, _| {}));
        let error = outcome.error.expect("an error");
        assert!(matches!(error, SessionError::Server { .. }), "{error}");
        assert!(
            error.to_string().lines().count() > 1,
            "no reason is given: {error}"
        );
        assert_nothing_left(&folder);
    }
}

fn a_client_that_ends_at_once_is_an_error() {
    for session in [ssh(), mosh()] {
        let folder = tempfile::tempdir().unwrap();
        let mut setting = setting(typing(1), &folder);
        setting.client = Arc::new(Through("echo shown; echo said >&2; exit 3", PathBuf::new()));
        let (outcome, _) = block_on(watched(&session, &setting, |_, _| {}));
        let error = outcome.error.expect("an error").to_string();
        assert_eq!(
            error,
            "the client ended: exit status: 3\n    shown\n    said"
        );
        assert_nothing_left(&folder);
    }
}

fn a_client_that_dies_leaves_what_was_measured() {
    for session in [ssh(), mosh()] {
        let folder = tempfile::tempdir().unwrap();
        let notes = tempfile::tempdir().unwrap();
        let note = notes.path().join("pid");
        let mut setting = setting(typing(100), &folder);
        setting.client = Arc::new(Through("echo $$ >$NOTE; exec \"$@\"", note.clone()));
        let (outcome, _) = block_on(watched(&session, &setting, |progress, _| {
            if matches!(progress, Progress::Answered(20, _)) {
                let pid = fs::read_to_string(&note).unwrap().trim().parse().unwrap();
                kill(Pid::from_raw(pid), Signal::SIGKILL).unwrap();
            }
        }));
        let error = outcome.error.expect("an error").to_string();
        assert!(error.contains("signal: 9"), "{error}");
        let answered = outcome
            .keystrokes
            .iter()
            .filter(|key| key.answered.is_some());
        let answered = answered.count();
        assert!((20..100).contains(&answered), "{answered}");
        assert_nothing_left(&folder);
    }
}

fn a_session_that_is_never_established_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let mut setting = setting(typing(1), &folder);
    setting.client = Arc::new(Through("echo waiting; cat", PathBuf::new()));
    setting.patience = std::time::Duration::from_secs(2);
    let (outcome, _) = block_on(watched(&mosh(), &setting, |_, _| {}));
    let error = outcome.error.expect("an error").to_string();
    assert!(error.starts_with("not established after 2."), "{error}");
    assert!(error.ends_with("\n    waiting"), "{error}");
    assert_nothing_left(&folder);
}

fn a_server_that_hangs_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let mut setting = setting(typing(1), &folder);
    setting.server = Arc::new(Through("exec tail -f /dev/null", PathBuf::new()));
    setting.patience = std::time::Duration::from_millis(100);
    let (outcome, _) = block_on(watched(&mosh(), &setting, |_, _| {}));
    let error = outcome.error.expect("an error").to_string();
    assert!(error.starts_with("not established after "), "{error}");
    assert_nothing_left(&folder);
}

fn a_cancelled_session_is_partial() {
    for session in [ssh(), mosh(), tcp()] {
        let folder = tempfile::tempdir().unwrap();
        let setting = setting(typing(1000), &folder);
        let (outcome, told) = block_on(watched(&session, &setting, |progress, cancel| {
            if matches!(progress, Progress::Answered(10, _)) {
                cancel.cancel();
            }
        }));
        assert!(outcome.error.is_none(), "{:?}", outcome.error);
        assert!(outcome.partial);
        assert!((11..1000).contains(&outcome.keystrokes.len()));
        assert!(matches!(told[0], Progress::Established(_)));
        assert_nothing_left(&folder);
    }
}
