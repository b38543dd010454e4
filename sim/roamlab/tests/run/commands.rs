//! Sessions of somebody's own programs, by their command lines.

use std::{fs, os::unix::fs::PermissionsExt};

use lab::world::guest;

use crate::{Scratch, json, succeed};

/// A scenario whose sessions are these, with room for a program beside it.
fn scenario(scratch: &Scratch, sessions: &str) -> String {
    let text = format!(
        r#"Scenario(
            question: "Does it answer?",
            hosts: {{ "client": (), "server": () }},
            links: {{ "wan": (between: ("client", "server"), each_way: (delay: Constant("20ms"), loss: Bernoulli(0.1))) }},
            workload: Typing(keystrokes: 30, gap: Constant("50ms"), drain: "10s"),
            sessions: {{ {sessions} }},
        )"#
    );
    let file = scratch.path("mine.ron");
    fs::write(&file, text).expect("room for a scenario");
    file.to_string_lossy().into_owned()
}

#[test]
fn mosh_by_its_command_lines_is_as_fast_as_the_mosh_that_is_built_in() {
    if guest::kernel().is_none() {
        return;
    }
    let scratch = Scratch::new();
    let by_hand = r#""mosh": Mosh(predict: Never), "by-hand": Command(
        serve: "mosh-server new -i $ADDRESS -p 60001 -- $ANSWER | awk '/CONNECT/ { print $4 }' > $FOLDER/key",
        ready: Ends,
        connect: "MOSH_PREDICTION_DISPLAY=never MOSH_KEY=$(cat $FOLDER/key) exec mosh-client $ADDRESS 60001",
    )"#;
    let file = scenario(&scratch, by_hand);
    succeed(scratch.run(&file, "out").args(["--world", "guest"]));
    let sessions = &json(&scratch.path("out/summary.json"))["sessions"];
    assert_eq!(sessions["by-hand"]["answered"], 30, "{sessions}");
    assert_eq!(sessions["by-hand"]["mean_ms"], sessions["mosh"]["mean_ms"]);
}

#[test]
fn programs_are_named_by_their_paths_from_the_scenario() {
    let scratch = Scratch::new();
    let shell = scratch.path("my-shell");
    fs::write(&shell, "#!/bin/sh\necho up\nexec \"$@\"\n").expect("room for a program");
    fs::set_permissions(&shell, fs::Permissions::from_mode(0o755)).expect("a program");
    let mine = r#""mine": Command(
        serve: "./my-shell socat TCP-LISTEN:4000,nodelay EXEC:\"$ANSWER\",pty,setsid,ctty",
        ready: Says("up"),
        connect: "exec socat -,raw,echo=0 TCP:$ADDRESS:4000,nodelay,retry=100,interval=0.02",
    )"#;
    let file = scenario(&scratch, mine);
    succeed(&mut scratch.run(&file, "out"));
    let sessions = &json(&scratch.path("out/summary.json"))["sessions"];
    assert_eq!(sessions["mine"]["answered"], 30, "{sessions}");
}
