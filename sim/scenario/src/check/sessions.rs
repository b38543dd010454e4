//! Sessions: hosts that are there and reach each other, and a workload that they can do.

use super::{Findings, tunnels};
use crate::Scenario;
use crate::source::Spot;
use crate::suggest::suggest;
use crate::vocabulary::{Command, Family, Link, Ready, Reconnect, Session, Ssh, Workload};

pub(super) fn check(scenario: &Scenario, spot: Spot<'_>, findings: &mut Findings<'_>) {
    let spot = spot.field("sessions");
    let calibrates = matches!(scenario.workload, Workload::Calibrate(_));
    match (calibrates, scenario.sessions.is_empty()) {
        (true, false) => findings.wrong(
            spot,
            "a calibration runs no sessions",
            "leave `sessions` out, or use another workload",
        ),
        (false, true) => findings.wrong(
            spot,
            "there are no sessions",
            "write `sessions: { \"ssh\": Ssh(), \"mosh\": Mosh() }`",
        ),
        _ => {}
    }
    for (name, session) in &scenario.sessions {
        let spot = spot.field(name);
        let [from, to] = host_fields(session);
        let client = runs_on(scenario, "client", (from, session.client()), spot, findings);
        let server = runs_on(scenario, "server", (to, session.server()), spot, findings);
        if client && server {
            connects(scenario, session, spot, findings);
        }
        if let Session::Ssh(Ssh {
            reconnect: Some(reconnect),
            ..
        }) = session
        {
            reconnects(reconnect, spot.field("reconnect"), findings);
        }
        if let Session::Command(command) = session {
            says_something(command, spot, findings);
        }
        if let Some(tunnel) = session.over() {
            tunnels::check(tunnel, spot.field("over"), findings);
        }
        fits(&scenario.workload, name, session, spot, findings);
    }
}

fn reconnects(reconnect: &Reconnect, spot: Spot<'_>, findings: &mut Findings<'_>) {
    let interval = reconnect.server_alive_interval.duration();
    if interval.is_zero() || interval.subsec_nanos() != 0 {
        findings.wrong(
            spot.field("server_alive_interval"),
            "ssh counts whole seconds, from one",
            "write as in \"5s\"",
        );
    }
    if reconnect.server_alive_count_max == 0 {
        findings.wrong(
            spot.field("server_alive_count_max"),
            "with 0 it never gives up",
            "write 1 or more; ssh's own default is 3",
        );
    }
}

fn says_something(command: &Command, spot: Spot<'_>, findings: &mut Findings<'_>) {
    for (field, line) in [("serve", &command.serve), ("connect", &command.connect)] {
        if line.trim().is_empty() {
            findings.wrong(
                spot.field(field),
                "this command line is empty",
                "write what a shell is to run, as in \"my-client $ADDRESS\"",
            );
        }
    }
    if matches!(&command.ready, Ready::Says(text) if text.is_empty()) {
        findings.wrong(
            spot.field("ready"),
            "every line has nothing in it",
            "write a part of the line that the server writes when it can be connected to, or `ready: Ends`",
        );
    }
    if !command.connect.contains("ANSWER") && !command.serve.contains("ANSWER") {
        findings.wrong(
            spot.field("connect"),
            "neither command line has `$ANSWER`, so that nobody would answer what is typed",
            "have the far end run `$ANSWER`, in a terminal",
        );
    }
}

/// The fields that name the hosts of client and server.
fn host_fields(session: &Session) -> [&'static str; 2] {
    match session {
        // Its `client` and `server` say whose programs they are.
        Session::Ssp(_) => ["from", "to"],
        _ => ["client", "server"],
    }
}

/// The host on which the session plays `role`, which a field of it names, is there. Says whether it is.
fn runs_on(
    scenario: &Scenario,
    role: &str,
    (field, host): (&str, &str),
    spot: Spot<'_>,
    findings: &mut Findings<'_>,
) -> bool {
    let hosts = scenario.hosts.keys();
    if spot.has(field) {
        return findings.known(spot.field(field), "host", host, hosts);
    }
    let found = scenario.hosts.contains_key(host);
    if !found {
        findings.wrong(
            spot,
            format!("its {role} would run on \"{host}\", and there is no such host"),
            format!(
                "write `{field}: \"…\"` in it; {}",
                suggest(host, "hosts", hosts.map(String::as_str))
            ),
        );
    }
    found
}

fn connects(scenario: &Scenario, session: &Session, spot: Spot<'_>, findings: &mut Findings<'_>) {
    let (client, server, family) = (session.client(), session.server(), session.outer_family());
    // A link to nowhere is a mistake of its own; what else it cuts off need not be said.
    let mut ends = scenario
        .links
        .values()
        .flat_map(|link| [&link.between.0, &link.between.1]);
    let links_are_whole = ends.all(|host| scenario.hosts.contains_key(host));
    if client == server {
        findings.wrong(
            spot,
            "client and server are one host",
            "name two different hosts",
        );
    } else if links_are_whole && !reaches(scenario, client, server, family) {
        findings.wrong(
            spot,
            format!("\"{client}\" cannot reach \"{server}\" over {family}"),
            "join them by links that are attached from the start and carry that family",
        );
    }
}

fn fits(
    workload: &Workload,
    name: &str,
    session: &Session,
    spot: Spot<'_>,
    findings: &mut Findings<'_>,
) {
    let needs_terminal = match workload {
        Workload::Replay(_) => Some("Replay"),
        Workload::Flood(_) => Some("Flood"),
        Workload::Watch(_) => Some("Watch"),
        Workload::Typing(_) | Workload::Calibrate(_) => None,
    };
    if let Some(workload) = needs_terminal.filter(|_| !session.has_terminal()) {
        findings.wrong(
            spot,
            format!("`{workload}` needs a terminal, and \"{name}\" has none"),
            "use `Ssh`, `Mosh`, `Ssp` or `Command`, or `workload: Typing(…)`",
        );
    }
}

/// Whether links that are attached from the start and carry `family` lead from one host to the other.
pub(super) fn reaches(scenario: &Scenario, from: &str, to: &str, family: Family) -> bool {
    let carries = |link: &&Link| link.attached && link.carries(family);
    let mut reached = vec![from];
    let mut next = 0;
    while let Some(&here) = reached.get(next) {
        for link in scenario.links.values().filter(carries) {
            let (first, second) = (&link.between.0, &link.between.1);
            let there = match here {
                _ if here == first => second,
                _ if here == second => first,
                _ => continue,
            };
            if !reached.contains(&there.as_str()) {
                reached.push(there);
            }
        }
        next += 1;
    }
    reached.contains(&to)
}
