//! What people do in sessions.

use std::net::{IpAddr, Ipv6Addr};

use crate::programs::{MIXTURES, OURS, Programs};
use crate::relay::Relay;
use crate::session::{LOOPBACK, Server, Session};

fn in_every_mixture(test: impl Fn(Programs)) {
    for programs in MIXTURES {
        println!("{programs:?}");
        test(programs);
    }
}

#[test]
fn commands_run_and_show_their_output() {
    in_every_mixture(|programs| {
        let mut session = Session::shell(programs);
        session.type_in("echo $((6 * 7)) is it\r");
        session.wait_for("output", |screen| screen.contains("42 is it"));
    });
}

#[test]
fn wide_and_combining_characters_arrive() {
    in_every_mixture(|programs| {
        let mut session = Session::shell(programs);
        session.type_in(
            "printf '\\346\\274\\242\\345\\255\\227 e\\314\\201 \\360\\237\\246\\200.\\n'\r",
        );
        session.wait_for("characters", |screen| screen.contains("漢字 e\u{301} 🦀."));
    });
}

#[test]
fn the_program_follows_the_clients_window() {
    in_every_mixture(|programs| {
        let mut session = Session::shell(programs);
        session.type_in("stty size\r");
        session.wait_for("the first size", |screen| screen.contains("24 80"));
        session.resize(100, 30);
        session.type_in("while [ \"$(stty size)\" != '30 100' ]; do :; done; stty size\r");
        session.wait_for("the second size", |screen| screen.contains("30 100\n"));
    });
}

#[test]
fn ten_megabytes_of_output_end_with_the_right_screen() {
    in_every_mixture(|programs| {
        let mut session = Session::shell(programs);
        session.type_in("seq 1 1400000; echo the $((1 + 1))nd line\r");
        session.wait_for("the end", |screen| screen.contains("1400000\nthe 2nd line"));
    });
}

#[test]
fn full_screen_programs_draw_and_end() {
    in_every_mixture(|programs| {
        let mut session = Session::shell(programs);
        session.type_in("seq 100 999 | less\r");
        session.wait_for("less", |screen| screen.starts_with("100\n101\n"));
        session.type_in("G");
        session.wait_for("the end of the text", |screen| screen.contains("999\n"));
        session.type_in("q");
        session.wait_for("the shell", has_prompt);
        session.type_in("vim -u NONE -N\r");
        session.wait_for("vim", |screen| screen.contains("VIM - Vi IMproved"));
        session.type_in("iedited");
        session.wait_for("what was typed", |screen| screen.starts_with("edited\n~\n"));
        session.type_in("\x1b:q!\r");
        session.wait_for("the shell", has_prompt);
        session.type_in("tmux -L ssp-$$ -f /dev/null new 'echo in tmux; read line'\r");
        session.wait_for("tmux", |screen| screen.contains("in tmux"));
        session.type_in("\r");
        session.wait_for("the shell", has_prompt);
        session.type_in("echo back$((0))\r");
        session.wait_for("output", |screen| screen.contains("back0"));
    });
}

fn has_prompt(screen: &str) -> bool {
    screen.trim_end().ends_with('$')
}

#[test]
fn the_end_of_the_program_ends_both() {
    in_every_mixture(|programs| {
        let mut session = Session::shell(programs);
        session.type_in("exit\r");
        assert!(session.wait().success());
        session.server.wait();
    });
}

#[test]
fn the_user_can_quit() {
    in_every_mixture(|programs| {
        let mut session = Session::shell(programs);
        session.type_in("\x1e.");
        assert!(session.wait().success());
        session.server.wait();
    });
}

#[test]
fn ipv6_works() {
    let loopback = IpAddr::V6(Ipv6Addr::LOCALHOST);
    in_every_mixture(|programs| {
        let server = Server::start(
            programs.server,
            loopback,
            &["sh", "-c", "echo over IPv6; read line"],
        );
        let port = server.port;
        let mut session = Session::connect(programs, server, loopback, port);
        session.wait_for("output", |screen| screen.contains("over IPv6"));
    });
}

#[test]
fn sessions_survive_a_nat_that_changes_its_port() {
    in_every_mixture(|programs| {
        let server = Server::start(programs.server, LOOPBACK, &["sh"]);
        let relay = Relay::to(server.port);
        let mut session = Session::connect(programs, server, LOOPBACK, relay.port);
        session.wait_for("a prompt", |screen| screen.contains('$'));
        relay.rebind();
        session.type_in("echo still $((1 + 1))gether\r");
        session.wait_for("output", |screen| screen.contains("still 2gether"));
    });
}

#[test]
fn a_command_that_cannot_be_started_is_named() {
    let mut session = Session::start(OURS, &["/nonexistent"]);
    session.wait_for("a reason", |screen| {
        screen.contains("cannot start /nonexistent")
    });
}
