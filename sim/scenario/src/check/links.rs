//! Links: their ends and the behaviour of each direction.

use link::PathSpec;

use super::Findings;
use crate::Scenario;
use crate::source::Spot;
use crate::suggest::suggest;
use crate::vocabulary::Action;

pub(super) fn check(scenario: &Scenario, spot: Spot<'_>, findings: &mut Findings<'_>) {
    let spot = spot.field("links");
    if scenario.links.is_empty() {
        findings.wrong(
            spot,
            "there are no links",
            "write `links: { \"wan\": (between: (\"client\", \"server\")) }`",
        );
    }
    for (name, link) in &scenario.links {
        let spot = spot.field(name);
        let between = spot.field("between");
        let (first, second) = &link.between;
        findings.known(between.item(0), "host", first, scenario.hosts.keys());
        findings.known(between.item(1), "host", second, scenario.hosts.keys());
        if first == second {
            findings.wrong(
                between,
                format!("\"{name}\" joins \"{first}\" to itself"),
                "name two different hosts",
            );
        }
        if !link.ipv4 && !link.ipv6 {
            findings.wrong(
                spot.field("ipv4"),
                format!("\"{name}\" carries neither IPv4 nor IPv6"),
                "write `ipv6: true`, or leave `ipv4: false` out",
            );
        }
        if !link.attached && !is_moved_to(scenario, name) {
            findings.wrong(
                spot.field("attached"),
                format!("nothing ever attaches \"{name}\""),
                "leave `attached: false` out, or `Move` a host to this link in the timeline",
            );
        }
        paths([&link.each_way, &link.up, &link.down], spot, findings);
    }
}

fn is_moved_to(scenario: &Scenario, name: &str) -> bool {
    let mut actions = scenario.timeline.iter().map(|event| &event.action);
    actions.any(|action| matches!(action, Action::Move { to, .. } if to == name))
}

/// Checks what `each_way`, `up` and `down`, in this order, say at `spot`.
pub(super) fn paths(specs: [&Option<PathSpec>; 3], spot: Spot<'_>, findings: &mut Findings<'_>) {
    let [each_way, up, down] = specs;
    if each_way.is_some() && (up.is_some() || down.is_some()) {
        findings.wrong(
            spot.field(if up.is_some() { "up" } else { "down" }),
            "this direction is already given by `each_way`",
            "write either `each_way`, or `up` and `down`",
        );
    }
    for (field, spec) in ["each_way", "up", "down"].into_iter().zip(specs) {
        if let Some(Err(error)) = spec.as_ref().map(PathSpec::check) {
            let spot = spot.field(field).field(error.stage);
            let what = format!("this {} is impossible", error.stage);
            match error.problem.split_once("; ") {
                Some((why, help)) => findings.wrong(spot, format!("{what}: {why}"), help),
                None => findings.wrong(spot, what, error.problem),
            }
        }
    }
}

/// Notes that `link`, named at `spot`, is not one of those of `host`, unless it is. Says whether it is.
pub(super) fn of_host(
    scenario: &Scenario,
    host: &str,
    link: &str,
    spot: Spot<'_>,
    findings: &mut Findings<'_>,
) -> bool {
    if !findings.known(spot, "link", link, scenario.links.keys()) {
        return false;
    }
    let joins = scenario.links[link].joins(host);
    if !joins {
        let links = scenario.links.iter().filter(|(_, link)| link.joins(host));
        let names = links.map(|(name, _)| name.as_str());
        findings.wrong(
            spot,
            format!("\"{host}\" is not at an end of \"{link}\""),
            suggest(link, &format!("links of \"{host}\""), names),
        );
    }
    joins
}
