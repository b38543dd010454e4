use libtest_mimic::Trial;
use scenario::{Command, Ready, Session};

use crate::loopback::{
    assert_all_answered, assert_nothing_left, block_on, outcome, setting, test, typing, watched,
};

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test(
            "any_program_is_typed_into_by_its_command_lines",
            any_program_is_typed_into_by_its_command_lines,
        ),
        test(
            "a_server_that_fails_is_quoted",
            a_server_that_fails_is_quoted,
        ),
    ]
}

fn command(serve: &str, ready: Ready, connect: &str) -> Session {
    let text = format!("(serve: {serve:?}, ready: Ends, connect: {connect:?}, folder: \"/\")");
    let command: Command = ron::from_str(&text).unwrap();
    Session::Command(Command { ready, ..command })
}

fn any_program_is_typed_into_by_its_command_lines() {
    let socat = command(
        "socat -d -d TCP-LISTEN:4000,bind=$ADDRESS,nodelay EXEC:\"$ANSWER\",pty,setsid,ctty",
        Ready::Says("listening on".to_owned()),
        "echo what a client says first; socat -,raw,echo=0 TCP:$ADDRESS:4000,nodelay",
    );
    assert_all_answered(&outcome(&socat, typing(120)), 120);
}

fn a_server_that_fails_is_quoted() {
    let folder = tempfile::tempdir().unwrap();
    for ready in [Ready::Ends, Ready::Says("listening".to_owned())] {
        let session = command("echo no such option >&2; exit 2", ready, "cat");
        let setting = setting(typing(1), &folder);
        let (outcome, _) = block_on(watched(&session, &setting, |_, _| {}));
        assert_eq!(
            outcome.error.expect("an error").to_string(),
            "the server's command line did not start\n    no such option"
        );
    }
    assert_nothing_left(&folder);
}
