//! Events in words, for the report and its plots: short enough to stand beside a line.

use scenario::{Action, Addresses, NatPart, Traffic};

/// What an action brings about, as it begins.
#[must_use]
pub fn start(action: &Action) -> String {
    match action {
        Action::ChangePath(change) => format!("{} changes", change.link),
        Action::Cut {
            link,
            direction: None,
            ..
        } => format!("{link} is cut"),
        Action::Cut {
            link,
            direction: Some(direction),
            ..
        } => {
            format!(
                "{link} is cut ({})",
                format!("{direction:?}").to_lowercase()
            )
        }
        Action::Heal { link } => format!("{link} heals"),
        Action::Renumber { host, to: None, .. } => format!("{host} gets another address"),
        Action::Renumber {
            host, to: Some(to), ..
        } => format!("{host} becomes {}", list(to)),
        Action::Move { host, from, to } => format!("{host} moves from {from} to {to}"),
        Action::RebindNat {
            host,
            new: NatPart::Port,
        } => format!("{host} rebinds ports"),
        Action::RebindNat {
            host,
            new: NatPart::Address,
        } => format!("{host} rebinds its address"),
        Action::SwitchToIpv6 { host } => format!("{host} loses IPv4"),
        Action::Sleep { host, .. } => format!("{host} sleeps"),
        Action::StartTraffic {
            name,
            of: Traffic::BulkTcp { .. },
            ..
        } => format!("{name} (bulk TCP) starts"),
        Action::StartTraffic {
            name,
            of: Traffic::Datagrams { .. },
            ..
        } => format!("{name} (datagrams) starts"),
        Action::StopTraffic { name } => format!("{name} stops"),
    }
}

/// What ends of its own.
pub(super) fn undo(action: &Action) -> String {
    match action {
        Action::Cut { link, .. } => format!("{link} heals"),
        Action::Sleep { host, .. } => format!("{host} wakes"),
        other => format!("the end of: {}", start(other)),
    }
}

fn list(addresses: &Addresses) -> String {
    let texts: Vec<String> = addresses.0.iter().map(ToString::to_string).collect();
    texts.join(" and ")
}
