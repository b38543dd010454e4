//! A session that only echoes: the floor that a path, or kernel TCP over it, sets to every protocol.

use std::net::SocketAddr;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};

use super::{Prepared, ServerLog, Setting, machine};
use crate::observer::EchoObserver;
use crate::outcome::{Said, SessionError};

/// What the keys travel in.
#[derive(Clone, Copy)]
pub(super) enum Transport {
    /// A stream over the kernel's TCP, without delay.
    Tcp,
    /// A datagram a key, never repeated.
    Udp,
}

impl Transport {
    /// Its name on the command line.
    fn name(self) -> &'static str {
        match self {
            Transport::Tcp => "tcp",
            Transport::Udp => "udp",
        }
    }
}

/// Starts the far end, which says its port, and makes the near end's command.
pub(super) async fn prepare(
    setting: &Setting,
    transport: Transport,
) -> Result<Prepared, SessionError> {
    let mut serve = machine::command(&*setting.server, &setting.program);
    serve
        .args(["echo", "serve", transport.name()])
        .arg(setting.address.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut server = serve
        .spawn()
        .map_err(|error| machine::not_started(setting.program.as_os_str(), error))?;
    let mut told = String::new();
    if let Some(output) = server.stdout.as_mut() {
        let reading = BufReader::new(output).read_line(&mut told).await;
        reading.map_err(SessionError::io("reading the echo's port"))?;
    }
    let Ok(port) = told.trim().parse() else {
        let mut errors = String::new();
        if let Some(mut output) = server.stderr.take() {
            // It has closed its output without a port, so it is ending, and its errors end too.
            let _ = output.read_to_string(&mut errors).await;
        }
        return Err(SessionError::Server {
            program: "the echo",
            errors: Said::last(errors.lines()),
        });
    };
    let mut client = setting.client.command(setting.program.as_os_str());
    client
        .args(["echo", "call", transport.name()])
        .arg(SocketAddr::new(setting.address, port).to_string());
    Ok(Prepared {
        client,
        server: Box::new(server),
        server_log: ServerLog::default(),
        observer: Box::new(EchoObserver::default()),
        versions: Vec::new(),
    })
}
