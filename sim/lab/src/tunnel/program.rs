//! The programs that implement WireGuard outside the kernel: finding and starting them.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use scenario::{Retry, WireGuardImplementation};
use tokio::{process::Command, time::timeout};

use super::Version;
use crate::{Error, Host, Result, programs};

/// How long a program may take to make its interface.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where programs make the sockets that `wg` configures them by.
const SOCKETS: &str = "/run/wireguard";

/// What `ci/peers` builds is below `target/tools` when this project's programs are in `target/release`.
const TOOLS: &str = "../tools/bin";

/// The name of an implementation's program, and how to come by it.
fn name(implementation: WireGuardImplementation) -> (&'static str, &'static str) {
    match implementation {
        WireGuardImplementation::Ours => (
            "wireguard",
            "build it with `cargo build --release -p wireguard`, beside roamlab or into PATH",
        ),
        WireGuardImplementation::WireguardGo => {
            ("wireguard-go", "install the package wireguard-go")
        }
        WireGuardImplementation::Boringtun => ("boringtun-cli", "build it with `ci/peers`"),
        WireGuardImplementation::Gotatun => ("gotatun", "build it with `ci/peers`"),
        WireGuardImplementation::Kernel => unreachable!("the kernel is no program"),
    }
}

/// The full path of an implementation's program: in this `folder` of the project's own, in PATH, or where `ci/peers` puts it.
pub(super) fn find(implementation: WireGuardImplementation, folder: &Path) -> Result<PathBuf> {
    let (name, remedy) = name(implementation);
    programs::find_in([folder.to_owned(), folder.join(TOOLS)], name)
        .or_else(|| programs::find(name))
        .ok_or(Error::MissingProgram {
            program: name,
            purpose: "WireGuard",
            remedy,
        })
}

/// Has a program make `interface` in a host. All of them go into the background once interface and socket are there.
pub(super) async fn start(
    program: &Path,
    host: &Host,
    interface: &str,
    retry: Retry,
) -> Result<()> {
    let failed = |cause| host.error(format!("start {} {interface}", program.display()), cause);
    // That of an earlier repetition, whose program has been killed.
    let _ = fs::remove_file(format!("{SOCKETS}/{interface}.sock"));
    let mut command = Command::from(host.command(program));
    command
        .arg(interface)
        .env("LOG_LEVEL", "silent")
        .env("WG_LOG_LEVEL", "error")
        .env("WG_LOG_FILE", "/dev/null")
        // They may stay who they are: the namespace is theirs.
        .env("WG_SUDO", "true")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    if retry == Retry::Eager {
        command.env("WG_HANDSHAKE_RETRY", "eager");
    }
    let status = timeout(PATIENCE, command.status())
        .await
        .map_err(|late| failed(late.into()))?
        .map_err(failed)?;
    if status.success() {
        return Ok(());
    }
    Err(failed(std::io::Error::other(format!("it ended: {status}"))))
}

/// A program's name and the first line of what it says of its version.
pub(super) async fn version(program: &Path, host: &Host) -> Version {
    let name = program.file_name().unwrap_or_default().to_string_lossy();
    let said = Command::from(host.command(program))
        .arg("--version")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await;
    let lines = said.map_or_else(|_| Vec::new(), |said| said.stdout);
    let lines = String::from_utf8_lossy(&lines);
    let version = lines.lines().next().unwrap_or_default().trim().to_owned();
    (name.into_owned(), version)
}
