//! What events do: to hosts, links and traffic that are there, and so that it makes a difference.

use super::sessions::reaches;
use super::workload::longer_than_nothing;
use super::{Findings, links};
use crate::Scenario;
use crate::source::Spot;
use crate::suggest::suggest;
use crate::vocabulary::{Action, ChangePath, Family};

pub(super) struct ActionCheck<'s, 'f, 't> {
    scenario: &'s Scenario,
    /// The action.
    spot: Spot<'s>,
    findings: &'f mut Findings<'t>,
}

impl<'s, 'f, 't> ActionCheck<'s, 'f, 't> {
    pub(super) fn new(
        scenario: &'s Scenario,
        spot: Spot<'s>,
        findings: &'f mut Findings<'t>,
    ) -> Self {
        ActionCheck {
            scenario,
            spot,
            findings,
        }
    }

    pub(super) fn check(&mut self, action: &Action) {
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
            Action::RebindNat { host, .. } => self.rebind(host),
            Action::SwitchToIpv6 { host } => self.switch_to_ipv6(host),
            Action::Sleep { host, lasting } => {
                self.host("host", host);
                longer_than_nothing(lasting, self.spot.field("for"), self.findings);
            }
            Action::StartTraffic { from, to, .. } => self.start_traffic(from, to),
            Action::StopTraffic { name } => self.stop_traffic(name),
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
            Action::Cut { link, lasting, .. } => link == name && lasting.is_none(),
            _ => false,
        };
        if self.link("link", name) && !self.actions().any(stays_cut) {
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
        self.actions().any(|action| match action {
            Action::Move { host, to, .. } => host == mover && to == link,
            _ => false,
        })
    }

    fn rebind(&mut self, host: &str) {
        if self.host("host", host) && self.scenario.hosts[host].nat.is_none() {
            self.wrong(
                "host",
                format!("\"{host}\" has no NAT"),
                "name a host with `nat: (…)`",
            );
        }
    }

    fn switch_to_ipv6(&mut self, host: &str) {
        let mut links = self.scenario.links.values();
        if self.host("host", host) && !links.any(|link| link.ipv6 && link.joins(host)) {
            self.wrong(
                "host",
                format!("\"{host}\" has no link that carries IPv6"),
                "write `ipv6: true` for one of its links",
            );
        }
    }

    fn start_traffic(&mut self, from: &str, to: &str) {
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
        } else if !Family::ALL.into_iter().any(reaches) {
            self.wrong(
                "to",
                format!("\"{from}\" cannot reach \"{to}\""),
                "join them by links that are attached from the start",
            );
        }
    }

    fn stop_traffic(&mut self, wanted: &str) {
        let started: Vec<&str> = self
            .actions()
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

    /// All that is done in the scenario.
    fn actions(&self) -> impl Iterator<Item = &'s Action> + use<'s> {
        self.scenario.timeline.iter().map(|event| &event.action)
    }

    fn host(&mut self, field: &str, name: &str) -> bool {
        let spot = self.spot.field(field);
        self.findings
            .known(spot, "host", name, self.scenario.hosts.keys())
    }

    fn link(&mut self, field: &str, name: &str) -> bool {
        let spot = self.spot.field(field);
        self.findings
            .known(spot, "link", name, self.scenario.links.keys())
    }

    fn link_of(&mut self, host: &str, field: &str, link: &str) -> bool {
        let spot = self.spot.field(field);
        links::of_host(self.scenario, host, link, spot, self.findings)
    }

    fn wrong(&mut self, field: &str, what: impl Into<String>, help: impl Into<String>) {
        self.findings.wrong(self.spot.field(field), what, help);
    }
}
