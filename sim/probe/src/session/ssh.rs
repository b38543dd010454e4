//! OpenSSH: an `sshd` of the session's own, with keys made for it, and an `ssh` that reads nobody's settings.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use scenario::{Reconnect, Ssh};

use super::tmux::Tmux;
use super::{Prepared, ServerLog, Setting, machine};
use crate::observer::ScreenObserver;
use crate::outcome::{Said, SessionError};

/// Where the session's `sshd` listens; not where the machine's own does.
const PORT: u16 = 2222;

/// Makes keys and settings in `folder`, starts `sshd`, waits until it listens, and makes the client's command.
pub(super) async fn prepare(
    setting: &Setting,
    folder: &Path,
    options: &Ssh,
) -> Result<Prepared, SessionError> {
    let ssh = machine::find("ssh")?;
    let sshd = machine::find("sshd")?;
    make_key(setting, &folder.join("host-key")).await?;
    make_key(setting, &folder.join("user-key")).await?;
    let known = fs::read_to_string(folder.join("host-key.pub"))
        .map_err(SessionError::io("reading the host's key"))?;
    let write = |name: &str, text: String| {
        fs::write(folder.join(name), text).map_err(SessionError::io(format!("writing {name}")))
    };
    write("known-hosts", format!("{HOST} {known}"))?;
    write("sshd-config", server_config(setting, folder))?;
    write(
        "ssh-config",
        client_config(setting, folder, options.reconnect.as_ref()),
    )?;
    let script = machine::write_script(folder, &setting.script)?;

    let mut serve = machine::command(&*setting.server, &sshd);
    serve
        .args(["-D", "-e", "-f"])
        .arg(folder.join("sshd-config"))
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut server = serve
        .spawn()
        .map_err(|error| machine::not_started(sshd.as_os_str(), error))?;
    let server_log = ServerLog::default();
    let listens = match server.stderr.take() {
        Some(log) => {
            server_log
                .read_until(|line| line.starts_with("Server listening on"), log)
                .await
        }
        None => false,
    };
    if !listens {
        return Err(SessionError::Server {
            program: "sshd",
            errors: Said::last(server_log.lines()),
        });
    }

    let answer = format!(
        "exec {} answer {}",
        machine::quoted(&setting.program.to_string_lossy()),
        machine::quoted(&script.to_string_lossy())
    );
    let (mut client, server): (_, Box<dyn Send>) = match &options.reconnect {
        None => {
            let mut client = setting.client.command(ssh.as_os_str());
            client.arg("-F").arg(folder.join("ssh-config"));
            client.args(["-tt", HOST, &answer]);
            (client, Box::new(server))
        }
        Some(_) => {
            let tmux = Tmux::start(setting, folder).await?;
            let mut client = setting.client.command("sh".as_ref());
            client.args([
                "-c",
                &again_and_again(setting, &ssh, folder, &tmux.attach(&answer)),
            ]);
            (client, Box::new((server, tmux.into_server())))
        }
    };
    client.env("TERM", "xterm-256color");
    Ok(Prepared {
        client,
        server,
        server_log,
        observer: Box::new(ScreenObserver::new(&setting.script)),
        versions: vec![machine::version(&*setting.client, &ssh, "-V").await],
    })
}

/// The name that the client knows the server by, whatever its address.
const HOST: &str = "roamlab";

/// How long the loop rests before it connects again.
const REST: &str = "1";

/// What a shell is told that connects whenever there is no connection, to one address of the server after the other, as
/// ssh itself does with a name that has several. What is typed while there is none is not echoed by the client's own
/// terminal: that would pass for an answer.
fn again_and_again(setting: &Setting, ssh: &Path, folder: &Path, command: &str) -> String {
    let addresses: Vec<String> = setting
        .addresses()
        .map(|address| address.to_string())
        .collect();
    format!(
        "stty -echo; while :; do for address in {addresses}; do \
         {ssh} -F {config} -o HostName=$address -tt {HOST} {command}; \
         done; sleep {REST}; done",
        addresses = addresses.join(" "),
        ssh = machine::quoted(&ssh.to_string_lossy()),
        config = machine::quoted(&folder.join("ssh-config").to_string_lossy()),
        command = machine::quoted(command),
    )
}

fn server_config(setting: &Setting, folder: &Path) -> String {
    let folder = folder.display();
    let listen: String = setting
        .addresses()
        .map(|address| format!("ListenAddress {address}\n"))
        .collect();
    format!(
        "{listen}\
         Port {PORT}\n\
         HostKey \"{folder}/host-key\"\n\
         AuthorizedKeysFile \"{folder}/user-key.pub\"\n\
         AuthenticationMethods publickey\n\
         PermitRootLogin yes\n\
         StrictModes no\n\
         UsePAM no\n\
         UseDNS no\n\
         PidFile none\n\
         LoginGraceTime 0\n\
         ClientAliveInterval 0\n\
         TCPKeepAlive no\n\
         PermitUserRC no\n\
         PrintMotd no\n\
         PrintLastLog no\n\
         X11Forwarding no\n\
         LogLevel INFO\n"
    )
}

/// How patient the client is: for ever, or as long as whoever reconnects wants it to be.
fn patience(reconnect: Option<&Reconnect>) -> String {
    match reconnect {
        None => "ConnectTimeout 100000\n\
                 ConnectionAttempts 1000\n\
                 ServerAliveInterval 0\n"
            .to_owned(),
        Some(Reconnect {
            server_alive_interval,
            server_alive_count_max,
        }) => {
            let interval = server_alive_interval.duration().as_secs();
            format!(
                "ConnectTimeout {interval}\n\
                 ServerAliveInterval {interval}\n\
                 ServerAliveCountMax {server_alive_count_max}\n"
            )
        }
    }
}

fn client_config(setting: &Setting, folder: &Path, reconnect: Option<&Reconnect>) -> String {
    let patience = patience(reconnect);
    let folder = folder.display();
    let address = setting.address;
    format!(
        "Host {HOST}\n\
         HostName {address}\n\
         HostKeyAlias {HOST}\n\
         Port {PORT}\n\
         User {user}\n\
         IdentityFile \"{folder}/user-key\"\n\
         IdentitiesOnly yes\n\
         IdentityAgent none\n\
         UserKnownHostsFile \"{folder}/known-hosts\"\n\
         GlobalKnownHostsFile /dev/null\n\
         StrictHostKeyChecking yes\n\
         UpdateHostKeys no\n\
         PreferredAuthentications publickey\n\
         BatchMode yes\n\
         {patience}\
         TCPKeepAlive no\n\
         ControlMaster no\n\
         ControlPath none\n\
         EscapeChar none\n\
         ForwardAgent no\n\
         ForwardX11 no\n\
         Compression no\n\
         LogLevel INFO\n",
        user = machine::user(),
    )
}

async fn make_key(setting: &Setting, file: &Path) -> Result<(), SessionError> {
    let program = machine::find("ssh-keygen")?;
    let output = machine::command(&*setting.server, &program)
        .args(["-q", "-t", "ed25519", "-N", "", "-C", HOST, "-f"])
        .arg(file)
        .output()
        .await
        .map_err(|error| machine::not_started(program.as_os_str(), error))?;
    if output.status.success() {
        return Ok(());
    }
    Err(SessionError::Server {
        program: "ssh-keygen",
        errors: Said::last(String::from_utf8_lossy(&output.stderr).lines()),
    })
}
