//! Real programs' output looks the same on our terminal as at the end of a session with stock in
//! it: on what a client shows of what a server understood. Needs `mosh-server`, `mosh-client` and
//! `script`.

mod look;
mod recordings;

use std::fs;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};

use look::{Look, look};
use recordings::{SIZE, recordings};
use ssp::terminal::display::diff;
use ssp::terminal::{Attributes, Capabilities, Framebuffer, MouseEncoding, Terminal};

/// Clears the screen, waits for a line, shows a recording and waits again; then the next. Where it
/// has got to is in the window's title and in a mouse mode: the first and the last thing that stock
/// writes in a frame.
const SHOW: &str = r#"stty raw -echo
for recording; do
    printf '\033c\033]2;%s is next\007' "$recording"; read -r go
    cat "$recording"; printf '\033]2;%s\007\033[?1005h' "$recording"; read -r go
done"#;

/// A client on a server, and the screen that the client draws on.
struct Session {
    client: Child,
    screen: Terminal,
    /// What the client has written so far.
    bytes: usize,
}

impl Session {
    /// Runs SHOW in a session over loopback.
    fn show(server: &str, client: &str, recordings: &[String]) -> Self {
        let server = Command::new(server)
            .args([
                "new",
                "-i",
                "127.0.0.1",
                "-p",
                "0",
                "-c",
                "256",
                "-l",
                "LC_ALL=C.UTF-8",
            ])
            .args(["--", "sh", "-c", SHOW, "sh"])
            .args(recordings)
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::null())
            .output()
            .expect("the server is installed");
        let connect = String::from_utf8(server.stdout).unwrap();
        let mut words = connect
            .split_whitespace()
            .skip_while(|word| *word != "CONNECT");
        let (port, key) = (words.nth(1).unwrap(), words.next().unwrap());
        let client = Command::new("script")
            .args(["--quiet", "--return", "--command"])
            .arg(format!(
                "stty rows 24 cols 80; exec {client} 127.0.0.1 {port}"
            ))
            .arg("/dev/null")
            .env("LC_ALL", "C.UTF-8")
            .env("TERM", "xterm-256color")
            .env("MOSH_KEY", key)
            .env("MOSH_PREDICTION_DISPLAY", "never")
            .env("MOSH_TITLE_NOPREFIX", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("script is installed");
        Self {
            client,
            screen: Terminal::new(SIZE),
            bytes: 0,
        }
    }

    /// Reads until the client has drawn a frame with this title and mouse mode.
    fn wait_for(&mut self, title: &str, encoding: MouseEncoding) {
        let output = self.client.stdout.as_mut().unwrap();
        let mut buffer = [0; 65_536];
        let is_reached = |screen: &Framebuffer| {
            screen
                .titles()
                .is_some_and(|titles| *titles.window == *title)
                && screen.modes().mouse_encoding == encoding
        };
        while !is_reached(self.screen.framebuffer()) {
            let length = output.read(&mut buffer).unwrap();
            assert_ne!(length, 0, "the session ended before it showed {title}");
            self.screen.write(&buffer[..length]);
            self.bytes += length;
        }
    }

    fn go_on(&mut self) {
        self.client
            .stdin
            .as_mut()
            .unwrap()
            .write_all(b"\n")
            .unwrap();
    }
}

impl Drop for Session {
    /// Closing the client's terminal ends it, and it ends the server.
    fn drop(&mut self) {
        let _ = self.client.kill();
        let _ = self.client.wait();
    }
}

/// Stock ignores the alternate screen, so that neither end is to be asked for it.
fn without_alternate_screen(recording: &[u8]) -> Vec<u8> {
    let mut rest = recording;
    let mut kept = Vec::new();
    while let Some((&byte, behind)) = rest.split_first() {
        match rest
            .strip_prefix(b"\x1b[?1049h")
            .or(rest.strip_prefix(b"\x1b[?1049l"))
        {
            Some(behind) => rest = behind,
            None => {
                kept.push(byte);
                rest = behind;
            }
        }
    }
    kept
}

/// Without what stock's emulator doesn't know.
fn as_stock_shows_it(mut look: Look) -> Look {
    look.attributes -= Attributes::FAINT | Attributes::STRIKE;
    look.without_what_blanks_hide()
}

/// Shows every recording in one session. `judge` gets the change that the client has shown and the
/// bytes that it took.
fn show_recordings(
    server: &str,
    client: &str,
    judge: impl Fn(&str, &Framebuffer, &Framebuffer, usize),
) {
    let folder = tempfile::tempdir().unwrap();
    let recordings: Vec<(String, Vec<u8>)> = recordings()
        .into_iter()
        .map(|(name, recording)| {
            let path = folder.path().join(&name);
            let recording = without_alternate_screen(&recording);
            fs::write(&path, &recording).unwrap();
            (path.display().to_string(), recording)
        })
        .collect();
    let paths: Vec<String> = recordings.iter().map(|(path, _)| path.clone()).collect();
    let mut session = Session::show(server, client, &paths);
    for (path, recording) in recordings {
        session.wait_for(&format!("{path} is next"), MouseEncoding::Default);
        let (before, bytes_before) = (session.screen.framebuffer().clone(), session.bytes);
        session.go_on();
        session.wait_for(&path, MouseEncoding::Utf8);
        let mut ours = Terminal::new(SIZE);
        ours.write(&recording);
        let shown = session.screen.framebuffer();
        assert_same_look(&path, ours.framebuffer(), shown);
        judge(&path, &before, shown, session.bytes - bytes_before);
        session.go_on();
    }
}

#[track_caller]
fn assert_same_look(path: &str, ours: &Framebuffer, shown: &Framebuffer) {
    for (row, (ours, shown)) in look(ours).into_iter().zip(look(shown)).enumerate() {
        for (col, (ours, shown)) in ours.into_iter().zip(shown).enumerate() {
            let (ours, shown) = (as_stock_shows_it(ours), as_stock_shows_it(shown));
            assert_eq!(ours, shown, "{path}, row {row}, column {col}");
        }
    }
    assert_eq!(ours.cursor(), shown.cursor(), "{path}");
}

#[test]
fn stock_shows_the_same_and_takes_no_fewer_bytes() {
    show_recordings(
        "mosh-server",
        "mosh-client",
        |path, before, after, bytes| {
            let ours = diff(before, after, Capabilities::STOCK).len();
            assert!(ours <= bytes, "{path} takes {ours} bytes, on stock {bytes}");
        },
    );
}

#[test]
fn the_stock_client_understands_our_server() {
    show_recordings(
        env!("CARGO_BIN_EXE_ssp-server"),
        "mosh-client",
        |_, _, _, _| {},
    );
}

#[test]
fn our_client_understands_the_stock_server() {
    show_recordings(
        "mosh-server",
        env!("CARGO_BIN_EXE_ssp-client"),
        |_, _, _, _| {},
    );
}
