//! The timeline: events that can happen, to things that are there.

use super::sessions::reaches;
use super::workload::longer_than_nothing;
use super::{Findings, links};
use crate::Scenario;
use crate::source::Spot;
use crate::suggest::suggest;
use crate::vocabulary::{Action, ChangePath, Family, SessionState, Trigger, Workload};

pub(super) fn check(scenario: &Scenario, spot: Spot<'_>, findings: &mut Findings<'_>) {
    for (n, event) in scenario.timeline.iter().enumerate() {
        let spot = spot.field("timeline").item(n);
        trigger(scenario, &event.trigger, spot, findings);
        let mut check = EventCheck {
            scenario,
            spot: spot.field("do"),
            findings,
        };
        check.action(&event.action);
    }
    started_once(scenario, spot.field("timeline"), findings);
}

fn trigger(scenario: &Scenario, trigger: &Trigger, spot: Spot<'_>, findings: &mut Findings<'_>) {
    let Trigger::When { state, of, .. } = trigger else {
        return;
    };
    if let Some(name) = of {
        findings.known(spot.field("of"), "session", name, scenario.sessions.keys());
    }
    if let Workload::Calibrate(_) = scenario.workload {
        findings.wrong(
            spot.field("when"),
            "a calibration has no session to wait for",
            "write `at: \"20s\"` instead",
        );
    }
    if let (SessionState::AfterKeystrokes(wanted), Some(typed)) =
        (state, keystrokes(&scenario.workload))
        && *wanted > typed
    {
        findings.wrong(
            spot.field("when").item(0),
            format!("the workload types {typed} keys, so this never happens"),
            format!("write {typed} or fewer"),
        );
    }
}

/// How many keys the workload types, where the scenario itself says that.
fn keystrokes(workload: &Workload) -> Option<u32> {
    match workload {
        Workload::Typing(typing) => Some(typing.keystrokes),
        Workload::Flood(flood) => Some(flood.interrupts),
        Workload::Replay(_) | Workload::Calibrate(_) => None,
    }
}

/// Traffic has names of its own, so that `StopTraffic` can say which.
fn started_once(scenario: &Scenario, spot: Spot<'_>, findings: &mut Findings<'_>) {
    let mut started = Vec::new();
    for (n, event) in scenario.timeline.iter().enumerate() {
        let Action::StartTraffic { name, .. } = &event.action else {
            continue;
        };
        if started.contains(&name) {
            findings.wrong(
                spot.item(n).field("do").field("name"),
                format!("traffic called \"{name}\" is already started"),
                "give it another name",
            );
        }
        started.push(name);
    }
}

struct EventCheck<'s, 'f, 't> {
    scenario: &'s Scenario,
    /// What is done.
    spot: Spot<'s>,
    findings: &'f mut Findings<'t>,
}

impl EventCheck<'_, '_, '_> {
    fn action(&mut self, action: &Action) {
        match action {
            Action::ChangePath(change) => self.change(change),
            Action::Cut { link, lasting, .. } => {
                self.link("link", link);
                if let Some(lasting) = lasting {
                    longer_than_nothing(lasting, self.spot.field("for"), self.findings);
                }
            }
            Action::Heal { link } => self.heal(link),
            Action::Renumber { host, link, .. } => {
                if self.host("host", host) {
                    self.link_of(host, "link", link);
                }
            }
            Action::Move { host, from, to } => self.moves(host, from, to),
            Action::RebindNat { host, .. } => {
                if self.host("host", host) && self.scenario.hosts[host].nat.is_none() {
                    self.wrong(
                        "host",
                        format!("\"{host}\" has no NAT"),
                        "name a host with `nat: (…)`",
                    );
                }
            }
            Action::SwitchToIpv6 { host } => {
                let ipv6 = || {
                    self.scenario
                        .links
                        .values()
                        .any(|link| link.ipv6 && link.joins(host))
                };
                if self.scenario.hosts.contains_key(host) && !ipv6() {
                    self.wrong(
                        "host",
                        format!("\"{host}\" has no link that carries IPv6"),
                        "write `ipv6: true` for one of its links",
                    );
                }
                self.host("host", host);
            }
            Action::Sleep { host, lasting } => {
                self.host("host", host);
                longer_than_nothing(lasting, self.spot.field("for"), self.findings);
            }
            Action::StartTraffic { from, to, .. } => self.traffic(from, to),
            Action::StopTraffic { name } => self.stop(name),
        }
    }

    fn change(&mut self, change: &ChangePath) {
        self.link("link", &change.link);
        links::paths(
            [&change.each_way, &change.up, &change.down],
            self.spot,
            self.findings,
        );
        if change.up().is_none() && change.down().is_none() {
            self.wrong(
                "link",
                "this changes neither direction",
                "write `each_way: (…)`, `up: (…)` or `down: (…)`",
            );
        }
    }

    fn heal(&mut self, name: &str) {
        let stays_cut = |action: &Action| match action {
            Action::Cut {
                link,
                lasting: None,
                ..
            } => link == name,
            _ => false,
        };
        let mut actions = self.scenario.timeline.iter().map(|event| &event.action);
        if self.link("link", name) && !actions.any(stays_cut) {
            self.wrong(
                "link",
                format!("nothing cuts \"{name}\" and leaves it cut"),
                format!("leave this out, or `Cut(link: \"{name}\")` first, without `for`"),
            );
        }
    }

    fn moves(&mut self, host: &str, from: &str, to: &str) {
        if !self.host("host", host) {
            return;
        }
        if from == to {
            self.wrong(
                "to",
                format!("\"{host}\" is on \"{from}\" already"),
                "name another link",
            );
        }
        if self.link_of(host, "from", from)
            && !self.scenario.links[from].attached
            && !self.is_moved_to(host, from)
        {
            self.wrong(
                "from",
                format!("\"{host}\" is never on \"{from}\""),
                "name the link that it is on",
            );
        }
        self.link_of(host, "to", to);
    }

    fn is_moved_to(&self, mover: &str, link: &str) -> bool {
        let mut actions = self.scenario.timeline.iter().map(|event| &event.action);
        actions.any(
            |action| matches!(action, Action::Move { host, to, .. } if host == mover && to == link),
        )
    }

    fn traffic(&mut self, from: &str, to: &str) {
        if !self.host("from", from) | !self.host("to", to) {
            return;
        }
        let reaches = |family| reaches(self.scenario, from, to, family);
        if from == to {
            self.wrong(
                "to",
                format!("\"{from}\" sends to itself"),
                "name two different hosts",
            );
        } else if !reaches(Family::Ipv4) && !reaches(Family::Ipv6) {
            self.wrong(
                "to",
                format!("\"{from}\" cannot reach \"{to}\""),
                "join them by links that are attached from the start",
            );
        }
    }

    fn stop(&mut self, wanted: &str) {
        let actions = self.scenario.timeline.iter().map(|event| &event.action);
        let started: Vec<&str> = actions
            .filter_map(|action| match action {
                Action::StartTraffic { name, .. } => Some(name.as_str()),
                _ => None,
            })
            .collect();
        if !started.contains(&wanted) {
            let help = suggest(wanted, "names of traffic", started);
            self.wrong("name", format!("no traffic \"{wanted}\" is started"), help);
        }
    }

    fn host(&mut self, field: &str, name: &str) -> bool {
        self.findings.known(
            self.spot.field(field),
            "host",
            name,
            self.scenario.hosts.keys(),
        )
    }

    fn link(&mut self, field: &str, name: &str) -> bool {
        self.findings.known(
            self.spot.field(field),
            "link",
            name,
            self.scenario.links.keys(),
        )
    }

    fn link_of(&mut self, host: &str, field: &str, link: &str) -> bool {
        let spot = self.spot.field(field);
        links::of_host(self.scenario, host, link, spot, self.findings)
    }

    fn wrong(&mut self, field: &str, what: impl Into<String>, help: impl Into<String>) {
        self.findings.wrong(self.spot.field(field), what, help);
    }
}
