//! Sessions and events in words, for reports.

use scenario::{
    Action, CongestionControl, Event, Family, Implementation, LossRecovery, Predict, Reconnect,
    Retry, Session, SessionState, Ssp, Trigger, Tunnel, WireGuard,
};

/// What a session is.
pub(super) fn session(session: &Session) -> String {
    match session.over() {
        None => bare(session),
        Some(Tunnel::WireGuard(wireguard)) => {
            format!(
                "{}, inside WireGuard ({})",
                bare(session),
                options(wireguard)
            )
        }
    }
}

/// What a session is without its tunnel.
fn bare(session: &Session) -> String {
    match session {
        Session::Ssh(ssh) => format!(
            "OpenSSH over kernel TCP ({}{}){}",
            control(ssh.congestion_control),
            match ssh.loss_recovery {
                LossRecovery::Kernel => "",
                LossRecovery::Of2012 => ", without RACK and tail loss probes",
            },
            ssh.reconnect.as_ref().map_or(String::new(), reconnects)
        ),
        Session::Mosh(mosh) => format!("stock mosh, predictions {}", predictions(mosh.predict)),
        Session::Ssp(ssp) => format!("{}, predictions {}", ends(ssp), predictions(ssp.predict)),
        Session::Tcp(tcp) => format!(
            "a bare echo over kernel TCP ({})",
            control(tcp.congestion_control)
        ),
        Session::Command(command) => format!("`{}`", command.connect),
        Session::Udp(_) => {
            "a datagram there and back, never repeated: the path's own floor".to_owned()
        }
    }
}

/// When it connects again, and into what.
fn reconnects(reconnect: &Reconnect) -> String {
    format!(
        ", keep-alives every {} of which {} may be lost, then again into tmux",
        reconnect.server_alive_interval, reconnect.server_alive_count_max
    )
}

/// Whose a tunnel is, and what of it is not as it is by default.
fn options(wireguard: &WireGuard) -> String {
    let [client, server] = wireguard.ends();
    let mut options = vec![if client == server {
        client.to_string()
    } else {
        format!("{client} at the client, {server} at the server")
    }];
    if wireguard.family == Family::Ipv6 {
        options.push("over IPv6".to_owned());
    }
    if let Some(keepalive) = &wireguard.keepalive {
        options.push(format!("keepalive {keepalive}"));
    }
    if wireguard.preshared_key {
        options.push("preshared key".to_owned());
    }
    if wireguard.mtu != WireGuard::default().mtu {
        options.push(format!("MTU {}", wireguard.mtu));
    }
    if wireguard.retry == Retry::Eager {
        options.push("eager handshakes".to_owned());
    }
    options.join(", ")
}

fn ends(ssp: &Ssp) -> &'static str {
    match (ssp.client, ssp.server) {
        (Implementation::Ours, Implementation::Ours) => "our SSP",
        (Implementation::Ours, Implementation::Stock) => "our SSP client, stock mosh's server",
        (Implementation::Stock, Implementation::Ours) => "stock mosh's client, our SSP server",
        (Implementation::Stock, Implementation::Stock) => "stock mosh",
    }
}

fn control(control: CongestionControl) -> &'static str {
    match control {
        CongestionControl::Cubic => "cubic",
        CongestionControl::Bbr => "bbr",
        CongestionControl::Reno => "reno",
    }
}

fn predictions(predict: Predict) -> &'static str {
    match predict {
        Predict::Never => "off",
        Predict::Adaptive => "adaptive",
        Predict::Always => "always",
        Predict::Experimental => "experimental",
    }
}

/// When an event is to happen.
pub(super) fn when(event: &Event) -> String {
    match &event.trigger {
        Trigger::At(time) => format!("at {time}"),
        Trigger::When { state, of, after } => {
            let of = of
                .as_ref()
                .map_or_else(|| "the session".to_owned(), Clone::clone);
            let state = match state {
                SessionState::Established => format!("{of} is up"),
                SessionState::AfterKeystrokes(keys) => format!("{of} has had {keys} keys"),
            };
            if after.duration().is_zero() {
                format!("when {state}")
            } else {
                format!("{after} after {state}")
            }
        }
    }
}

/// What happens, with its length where it has one.
pub(super) fn action(action: &Action) -> String {
    let what = lab::timeline::describe(action);
    match action {
        Action::Cut {
            lasting: Some(lasting),
            ..
        }
        | Action::Sleep { lasting, .. } => {
            format!("{what} for {lasting}")
        }
        _ => what,
    }
}
