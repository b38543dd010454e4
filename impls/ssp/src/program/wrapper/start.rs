//! Starting the server, here or over SSH, and reading where it can be reached.

use std::env;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader};
use std::net::IpAddr;
use std::process::{Command, Stdio};

use super::options::{BindServer, Options, RemoteIp};
use super::proxy;
use crate::program::locale;

/// A started server.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Started {
    pub(super) address: IpAddr,
    pub(super) port: String,
    pub(super) key: String,
}

/// What the lines that a server's start prints have told so far.
#[derive(Debug, Default, PartialEq, Eq)]
struct Told {
    address: Option<IpAddr>,
    port_and_key: Option<(String, String)>,
}

impl Told {
    /// Returns whether the line was for us.
    fn take(&mut self, line: &str) -> bool {
        let words: Vec<_> = line.split_whitespace().collect();
        match words[..] {
            ["MOSH", "IP", address] => self.address = address.parse().ok(),
            ["MOSH", "SSH_CONNECTION", _, _, address, _] => self.address = address.parse().ok(),
            ["MOSH", "CONNECT", port, key] if key.len() == 22 => {
                self.port_and_key = Some((port.to_owned(), key.to_owned()));
            }
            _ => return false,
        }
        true
    }
}

/// Starts a server on this machine.
pub(super) fn start_local(options: &Options, colors: &str) -> io::Result<Started> {
    let address = proxy::resolve(options.host(), 0, options.family)?[0].ip();
    let mut arguments = server_arguments(options, colors);
    arguments.extend(["-i".to_owned(), address.to_string()]);
    let mut command = Command::new("sh");
    command
        .args(["-c", &server_command(options, &arguments)])
        .env_remove("SSH_CONNECTION")
        .stdin(Stdio::null());
    if let Some(home) = env::home_dir() {
        command.current_dir(home);
    }
    let mut told = run_and_listen(command)?;
    told.address.get_or_insert(address);
    finish(told)
}

/// Starts a server over SSH.
pub(super) fn start_over_ssh(options: &Options, colors: &str) -> io::Result<Started> {
    let mut arguments = server_arguments(options, colors);
    match &options.bind_server {
        BindServer::Ssh => arguments.push("-s".to_owned()),
        BindServer::Any => {}
        BindServer::Address(address) => arguments.extend(["-i".to_owned(), address.clone()]),
    }
    let mut remote_command = server_command(options, &arguments);
    let mut ssh = Command::new(&options.ssh[0]);
    ssh.args(&options.ssh[1..]).arg("-n").stdin(Stdio::null());
    if options.ssh_pty {
        ssh.arg("-tt");
    }
    let mut told = Told::default();
    match remote_ip(options) {
        RemoteIp::Proxy => {
            let this = env::current_exe()?;
            let proxy = format!(
                "{} --family={} --fake-proxy -- %h %p",
                quoted(&this.to_string_lossy()),
                options.family.word()
            );
            ssh.args(["-S", "none", "-o", &format!("ProxyCommand={proxy}")]);
        }
        RemoteIp::Remote => {
            let script = format!(
                "[ -n \"$SSH_CONNECTION\" ] && printf '\\nMOSH SSH_CONNECTION %s\\n' \"$SSH_CONNECTION\"; {remote_command}"
            );
            remote_command = format!("sh -c {}", quoted(&script));
        }
        RemoteIp::Local => {
            let addresses = proxy::resolve(options.host(), 22, options.family)?;
            told.address = addresses.first().map(|address| address.ip());
        }
    }
    ssh.arg(&options.target).args(["--", &remote_command]);
    let heard = run_and_listen(ssh)?;
    finish(Told {
        address: heard.address.or(told.address),
        ..heard
    })
}

/// Making SSH's connection ourselves would bypass the jump hosts that the user has configured; then the server is asked.
fn remote_ip(options: &Options) -> RemoteIp {
    if options.remote_ip != RemoteIp::Proxy {
        return options.remote_ip;
    }
    let configuration = Command::new(&options.ssh[0])
        .args(&options.ssh[1..])
        .args(["-G", &options.target])
        .stderr(Stdio::null())
        .output();
    let text = configuration
        .map(|output| output.stdout)
        .unwrap_or_default();
    if has_proxy(&String::from_utf8_lossy(&text)) {
        RemoteIp::Remote
    } else {
        RemoteIp::Proxy
    }
}

/// Whether SSH's configuration, as `ssh -G` prints it, reaches the host through another.
fn has_proxy(configuration: &str) -> bool {
    configuration.lines().any(|line| {
        matches!(
            line.split_once(' '),
            Some(("proxyjump" | "proxycommand", value)) if value != "none"
        )
    })
}

/// The server's arguments, but for where to bind and what to run.
fn server_arguments(options: &Options, colors: &str) -> Vec<String> {
    let mut arguments = vec!["new".to_owned(), "-c".to_owned(), colors.to_owned()];
    if let Some(port) = &options.port {
        arguments.extend(["-p".to_owned(), port.clone()]);
    }
    for name in locale::VARIABLES {
        if let Ok(value) = env::var(name) {
            arguments.extend(["-l".to_owned(), format!("{name}={value}")]);
        }
    }
    arguments
}

/// What a shell is to run. The server's name is left as the user wrote it, for it may be a command with arguments.
fn server_command(options: &Options, arguments: &[String]) -> String {
    let mut command = options.server.clone();
    for argument in arguments {
        command += &format!(" {}", quoted(argument));
    }
    if !options.command.is_empty() {
        command += " --";
        for word in &options.command {
            command += &format!(" {}", quoted(word));
        }
    }
    command
}

/// The word as a shell reads it back unchanged.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// Runs a command, takes the lines that are for us from both of its outputs, and passes the others on.
fn run_and_listen(mut command: Command) -> io::Result<Told> {
    let (reader, writer) = nix::unistd::pipe()?;
    command.stdout(writer.try_clone()?).stderr(writer);
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .spawn()
        .map_err(|error| io::Error::other(format!("cannot run {name}: {error}")))?;
    // The command holds copies of the pipe's other end, which would keep it open.
    drop(command);
    let mut told = Told::default();
    for line in BufReader::new(File::from(reader)).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        if !told.take(&line) {
            println!("{}", line.trim_end_matches('\r'));
        }
        if told.port_and_key.is_some() {
            break;
        }
    }
    let status = child.wait()?;
    if told.port_and_key.is_none() && !status.success() {
        return Err(io::Error::other(format!("{name} failed ({status})")));
    }
    Ok(told)
}

fn finish(told: Told) -> io::Result<Started> {
    let (port, key) = told.port_and_key.ok_or_else(|| {
        io::Error::other("did not find the server's start message; is the server installed there?")
    })?;
    let address = told
        .address
        .ok_or_else(|| io::Error::other("did not find the server's address"))?;
    Ok(Started { address, port, key })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_for_the_wrapper_are_taken_and_others_left() {
        let mut told = Told::default();
        assert!(told.take("MOSH IP 192.0.2.7\r"));
        assert!(!told.take("Welcome to MOSH IP land"));
        assert!(!told.take("MOSH CONNECT 60001 tooshort"));
        assert!(told.take("MOSH CONNECT 60001 MDEyMzQ1Njc4OWFiY2RlZg"));
        let started = finish(told).expect("all is told");
        assert_eq!(started.address.to_string(), "192.0.2.7");
        assert_eq!(started.port, "60001");
    }

    #[test]
    fn the_server_can_tell_where_ssh_came_in() {
        let mut told = Told::default();
        assert!(told.take("MOSH SSH_CONNECTION 198.51.100.1 5000 192.0.2.7 22"));
        assert_eq!(told.address, "192.0.2.7".parse().ok());
    }

    #[test]
    fn words_survive_the_shell() {
        assert_eq!(quoted("it's $HOME"), "'it'\\''s $HOME'");
    }

    #[test]
    fn jump_hosts_are_noticed() {
        assert!(has_proxy("user x\nproxyjump bastion\n"));
        assert!(has_proxy("proxycommand nc %h %p\n"));
        assert!(!has_proxy("user x\nproxyjump none\n"));
    }
}
