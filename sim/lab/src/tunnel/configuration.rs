//! What an end of a tunnel is told: the file that `wg setconf` reads.

use std::{fmt::Write as _, io, net::IpAddr, net::SocketAddr, process::Stdio};

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use link::{Seed, units::Span};
use tokio::{io::AsyncWriteExt, process::Command};

use super::PORT;
use crate::{Error, Host, Result};

/// The keys of one end.
pub(super) struct Keys {
    private: String,
    public: String,
}

impl Keys {
    /// The keys that an end at `host` has in every run from this seed.
    pub(super) async fn new(host: &Host, seed: Seed) -> Result<Self> {
        let private =
            BASE64.encode(seed.bytes(&format!("WireGuard's private key of {}", host.name())));
        let public = wg(host, &["pubkey"], &private).await?;
        Ok(Self { private, public })
    }
}

/// 32 bytes that both ends know.
pub(super) fn preshared_key(seed: Seed) -> [u8; 32] {
    seed.bytes("WireGuard's preshared key")
}

/// What an end knows of the other.
pub(super) struct Peer<'k> {
    pub(super) keys: &'k Keys,
    pub(super) preshared: Option<[u8; 32]>,
    /// Its addresses inside.
    pub(super) addresses: [IpAddr; 2],
    /// Where it is; an end that doesn't know waits to be spoken to.
    pub(super) endpoint: Option<SocketAddr>,
    pub(super) keepalive: Option<Span>,
}

/// The configuration of the end that has `keys`.
pub(super) fn text(keys: &Keys, peer: &Peer<'_>) -> String {
    let mut text = format!(
        "[Interface]\nPrivateKey = {}\nListenPort = {PORT}\n\n[Peer]\nPublicKey = {}\n",
        keys.private, peer.keys.public
    );
    let mut line = |key: &str, value: String| {
        writeln!(text, "{key} = {value}").expect("a string takes everything");
    };
    line(
        "AllowedIPs",
        peer.addresses.map(|address| address.to_string()).join(", "),
    );
    if let Some(key) = peer.preshared {
        line("PresharedKey", BASE64.encode(key));
    }
    if let Some(endpoint) = peer.endpoint {
        line("Endpoint", endpoint.to_string());
    }
    if let Some(keepalive) = peer.keepalive {
        line(
            "PersistentKeepalive",
            keepalive.duration().as_secs().to_string(),
        );
    }
    text
}

/// Gives an interface its configuration.
pub(super) async fn load(host: &Host, interface: &str, text: &str) -> Result<()> {
    wg(host, &["setconf", interface, "/proc/self/fd/0"], text).await?;
    Ok(())
}

/// Runs `wg`, which speaks to a kernel's interface and to that of a program alike; gives what it wrote.
async fn wg(host: &Host, arguments: &[&str], input: &str) -> Result<String> {
    let doing = || format!("run wg {}", arguments.join(" "));
    let mut wg = Command::from(host.command("wg"));
    wg.args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let mut running = wg.spawn().map_err(|cause| match cause.kind() {
        io::ErrorKind::NotFound => Error::MissingProgram {
            program: "wg",
            purpose: "WireGuard",
            remedy: "install the package wireguard-tools",
        },
        _ => host.error(doing(), cause),
    })?;
    let mut stdin = running.stdin.take().expect("piped");
    // One that reads nothing says why on standard error.
    let _ = stdin.write_all(input.as_bytes()).await;
    drop(stdin);
    let output = running
        .wait_with_output()
        .await
        .map_err(|cause| host.error(doing(), cause))?;
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if !output.status.success() {
        return Err(host.error(doing(), io::Error::other(said(&output.stderr))));
    }
    Ok(said(&output.stdout))
}

#[cfg(test)]
mod tests {
    use scenario::Tunnel;

    use super::*;

    fn keys(public: &str, private: &str) -> Keys {
        Keys {
            private: private.to_owned(),
            public: public.to_owned(),
        }
    }

    #[test]
    fn an_end_that_knows_everything_is_told_everything() {
        let peer = Peer {
            keys: &keys("server's public", "server's private"),
            preshared: Some([7; 32]),
            addresses: Tunnel::SERVER,
            endpoint: Some("[2001:db8::2]:51820".parse().unwrap()),
            keepalive: Some(Span::from_millis(25_000)),
        };
        insta::assert_snapshot!(text(&keys("client's public", "client's private"), &peer));
    }

    #[test]
    fn an_end_that_waits_is_told_no_endpoint() {
        let peer = Peer {
            keys: &keys("client's public", "client's private"),
            preshared: None,
            addresses: Tunnel::CLIENT,
            endpoint: None,
            keepalive: None,
        };
        insta::assert_snapshot!(text(&keys("server's public", "server's private"), &peer));
    }
}
