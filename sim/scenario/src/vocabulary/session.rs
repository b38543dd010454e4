//! Sessions under test: which program talks to which, and with which settings.

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use link::units::Span;
use serde::{Deserialize, Serialize};

use super::Tunnel;

/// A session under test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Session {
    /// OpenSSH: a real `ssh` and `sshd` over kernel TCP.
    Ssh(Ssh),
    /// Stock mosh: `mosh-client` and `mosh-server` over UDP.
    Mosh(Mosh),
    /// This project's SSP programs, at both ends or at one with stock mosh at the other.
    Ssp(Ssp),
    /// An echo of each key over kernel TCP, without a terminal.
    Tcp(Tcp),
    /// An echo of each key in a datagram that is never repeated: the floor that the path itself sets.
    Udp(Udp),
    /// Any other program with a client and a server, by their command lines.
    Command(Command),
}

/// The host that a session's client runs on when the session doesn't say.
pub const DEFAULT_CLIENT: &str = "client";

/// The host that a session's server runs on when the session doesn't say.
pub const DEFAULT_SERVER: &str = "server";

/// The options of [`Session::Ssh`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Ssh {
    /// The host that `ssh` runs on.
    pub client: String,
    /// The host that `sshd` runs on.
    pub server: String,
    /// Which of the server's addresses is connected to.
    pub family: Family,
    /// TCP's congestion control, at both ends.
    pub congestion_control: CongestionControl,
    /// How TCP finds out what was lost, at both ends.
    pub loss_recovery: LossRecovery,
    /// How a connection that is dead is noticed and made anew; never unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reconnect: Option<Reconnect>,
    /// The tunnel that it is put inside, if any; `family` is then that of the address inside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub over: Option<Tunnel>,
}

/// What people do to have ssh survive: keep-alives that notice when the connection is dead, a loop that connects again,
/// and tmux at the far end, in which the session goes on. The fields are ssh's options of these names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reconnect {
    /// After how long a silence of the server it is asked whether it is there. Whole seconds.
    pub server_alive_interval: Span,
    /// How many such questions may stay unanswered before the client gives up.
    pub server_alive_count_max: u32,
}

/// The options of [`Session::Mosh`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mosh {
    /// The host that `mosh-client` runs on.
    pub client: String,
    /// The host that `mosh-server` runs on.
    pub server: String,
    /// Which of the server's addresses is connected to.
    pub family: Family,
    /// When the client shows its guess of a key's effect before the server has answered.
    pub predict: Predict,
    /// The tunnel that it is put inside, if any; `family` is then that of the address inside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub over: Option<Tunnel>,
}

/// The options of [`Session::Ssp`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Ssp {
    /// Whose client it is.
    pub client: Implementation,
    /// Whose server it is.
    pub server: Implementation,
    /// The host that the client runs on.
    pub from: String,
    /// The host that the server runs on.
    pub to: String,
    /// Which of the server's addresses is connected to.
    pub family: Family,
    /// When the client shows its guess of a key's effect before the server has answered.
    pub predict: Predict,
    /// The tunnel that it is put inside, if any; `family` is then that of the address inside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub over: Option<Tunnel>,
}

/// The options of [`Session::Tcp`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tcp {
    /// The host that types.
    pub client: String,
    /// The host that echoes.
    pub server: String,
    /// Which of the server's addresses is connected to.
    pub family: Family,
    /// TCP's congestion control, at both ends.
    pub congestion_control: CongestionControl,
    /// The tunnel that it is put inside, if any; `family` is then that of the address inside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub over: Option<Tunnel>,
}

/// The options of [`Session::Udp`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Udp {
    /// The host that types.
    pub client: String,
    /// The host that echoes.
    pub server: String,
    /// Which of the server's addresses is sent to.
    pub family: Family,
    /// The tunnel that it is put inside, if any; `family` is then that of the address inside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub over: Option<Tunnel>,
}

/// The options of [`Session::Command`]. Both command lines are for `/bin/sh`, in whose environment are
///
/// - `ADDRESS`: the server's address;
/// - `ANSWER`: the command that has to run at the far end, in a terminal: what is typed is answered by it;
/// - `FOLDER`: a folder that both ends share, and that goes with the session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Command {
    /// The host that the client runs on.
    #[serde(default = "default_client")]
    pub client: String,
    /// The host that the server runs on.
    #[serde(default = "default_server")]
    pub server: String,
    /// Which of the server's addresses is `ADDRESS`.
    #[serde(default)]
    pub family: Family,
    /// The congestion control of TCP at both ends, for programs that use it.
    #[serde(default)]
    pub congestion_control: CongestionControl,
    /// What is run on the server's host.
    pub serve: String,
    /// When the client is started.
    pub ready: Ready,
    /// What is run on the client's host, in a terminal.
    pub connect: String,
    /// The folder that both are run in, by its path from the scenario's own; that itself unless given. Absolute once
    /// the scenario has been read from a file.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub folder: PathBuf,
    /// The tunnel that it is put inside, if any; `family` is then that of the address inside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over: Option<Tunnel>,
}

/// When the server of a [`Session::Command`] can be connected to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ready {
    /// When it has written a line, on standard output or error, with this text in it.
    Says(String),
    /// When its command line has ended well, as of programs that go on in the background.
    Ends,
}

/// TCP's congestion control, pinned because machines differ in their default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CongestionControl {
    /// RFC 9438; what the Mosh paper's ssh ran over.
    #[default]
    Cubic,
    /// Google's model-based control, the default of some distributions.
    Bbr,
    /// RFC 5681.
    Reno,
}

/// How TCP finds out what was lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum LossRecovery {
    /// As the kernel does by itself: today by the time that segments take (RACK) and by probing for the last ones
    /// (RFC 8985).
    #[default]
    Kernel,
    /// As Linux did when the Mosh paper was written: by selective acknowledgements of three later segments (RFC 6675), or
    /// else by timeouts.
    Of2012,
}

/// Which address family a session starts with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Family {
    /// IPv4.
    #[default]
    Ipv4,
    /// IPv6.
    Ipv6,
}

/// Whose program is at an end of an SSP session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Implementation {
    /// This project's: `ssp-client`, `ssp-server`.
    #[default]
    Ours,
    /// The machine's mosh: `mosh-client`, `mosh-server`.
    Stock,
}

/// mosh's `--predict`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Predict {
    /// Show only what the server has confirmed.
    Never,
    /// Show predictions when the round trip is long enough to be felt; mosh's own default.
    #[default]
    Adaptive,
    /// Show predictions on fast paths as well.
    Always,
    /// Show them without waiting for the first confirmation in a row.
    Experimental,
}

impl Family {
    /// Both of them.
    pub const ALL: [Family; 2] = [Family::Ipv4, Family::Ipv6];

    /// The family of `address`.
    pub fn of(address: &IpAddr) -> Family {
        match address {
            IpAddr::V4(_) => Family::Ipv4,
            IpAddr::V6(_) => Family::Ipv6,
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Family::Ipv4 => "IPv4",
            Family::Ipv6 => "IPv6",
        })
    }
}

impl Session {
    /// The host that the client runs on.
    pub fn client(&self) -> &str {
        match self {
            Session::Ssh(ssh) => &ssh.client,
            Session::Mosh(mosh) => &mosh.client,
            Session::Ssp(ssp) => &ssp.from,
            Session::Tcp(tcp) => &tcp.client,
            Session::Udp(udp) => &udp.client,
            Session::Command(command) => &command.client,
        }
    }

    /// The host that the server runs on.
    pub fn server(&self) -> &str {
        match self {
            Session::Ssh(ssh) => &ssh.server,
            Session::Mosh(mosh) => &mosh.server,
            Session::Ssp(ssp) => &ssp.to,
            Session::Tcp(tcp) => &tcp.server,
            Session::Udp(udp) => &udp.server,
            Session::Command(command) => &command.server,
        }
    }

    /// The family of the address that the client connects to.
    pub fn family(&self) -> Family {
        match self {
            Session::Ssh(ssh) => ssh.family,
            Session::Mosh(mosh) => mosh.family,
            Session::Ssp(ssp) => ssp.family,
            Session::Tcp(tcp) => tcp.family,
            Session::Udp(udp) => udp.family,
            Session::Command(command) => command.family,
        }
    }

    /// The tunnel that it is put inside, if any.
    pub fn over(&self) -> Option<&Tunnel> {
        match self {
            Session::Ssh(ssh) => ssh.over.as_ref(),
            Session::Mosh(mosh) => mosh.over.as_ref(),
            Session::Ssp(ssp) => ssp.over.as_ref(),
            Session::Tcp(tcp) => tcp.over.as_ref(),
            Session::Udp(udp) => udp.over.as_ref(),
            Session::Command(command) => command.over.as_ref(),
        }
    }

    /// The family that the links between the hosts must carry: the tunnel's where there is one.
    pub fn outer_family(&self) -> Family {
        self.over().map_or(self.family(), Tunnel::family)
    }

    /// TCP's congestion control at both ends, for sessions that may be over TCP.
    pub fn congestion_control(&self) -> Option<CongestionControl> {
        match self {
            Session::Ssh(ssh) => Some(ssh.congestion_control),
            Session::Tcp(tcp) => Some(tcp.congestion_control),
            Session::Command(command) => Some(command.congestion_control),
            Session::Mosh(_) | Session::Ssp(_) | Session::Udp(_) => None,
        }
    }

    /// How TCP finds out what was lost, for sessions whose TCP can be told.
    pub fn loss_recovery(&self) -> LossRecovery {
        match self {
            Session::Ssh(ssh) => ssh.loss_recovery,
            _ => LossRecovery::default(),
        }
    }

    /// Whether there is a terminal at the far end, and not only an echo.
    pub fn has_terminal(&self) -> bool {
        !matches!(self, Session::Tcp(_) | Session::Udp(_))
    }
}

fn default_client() -> String {
    DEFAULT_CLIENT.into()
}

fn default_server() -> String {
    DEFAULT_SERVER.into()
}

fn is_empty(folder: &Path) -> bool {
    folder.as_os_str().is_empty()
}

impl Default for Ssh {
    fn default() -> Self {
        Ssh {
            client: DEFAULT_CLIENT.into(),
            server: DEFAULT_SERVER.into(),
            family: Family::default(),
            congestion_control: CongestionControl::default(),
            loss_recovery: LossRecovery::default(),
            reconnect: None,
            over: None,
        }
    }
}

impl Default for Mosh {
    fn default() -> Self {
        Mosh {
            client: DEFAULT_CLIENT.into(),
            server: DEFAULT_SERVER.into(),
            family: Family::default(),
            predict: Predict::default(),
            over: None,
        }
    }
}

impl Default for Ssp {
    fn default() -> Self {
        Ssp {
            client: Implementation::default(),
            server: Implementation::default(),
            from: DEFAULT_CLIENT.into(),
            to: DEFAULT_SERVER.into(),
            family: Family::default(),
            predict: Predict::default(),
            over: None,
        }
    }
}

impl Default for Tcp {
    fn default() -> Self {
        Tcp {
            client: DEFAULT_CLIENT.into(),
            server: DEFAULT_SERVER.into(),
            family: Family::default(),
            congestion_control: CongestionControl::default(),
            over: None,
        }
    }
}

impl Default for Udp {
    fn default() -> Self {
        Udp {
            client: DEFAULT_CLIENT.into(),
            server: DEFAULT_SERVER.into(),
            family: Family::default(),
            over: None,
        }
    }
}
