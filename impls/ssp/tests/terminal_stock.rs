//! Real programs' output looks the same on our terminal as at the end of a stock session: on what the stock client shows of what
//! the stock server understood. Stock needs no fewer bytes to show it. Needs `mosh-server`, `mosh-client` and `script`.

mod look;
mod recordings;

use std::fs;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};

use look::{Look, look};
use recordings::{SIZE, recordings};
use ssp::terminal::display::diff;
use ssp::terminal::{Attributes, Capabilities, Framebuffer, MouseEncoding, Terminal};

/// Clears the screen, waits for a line, shows a recording and waits again; then the next. Where it has got to is in the window's
/// title and in a mouse mode: the first and the last thing that stock writes in a frame.
const SHOW: &str = r#"stty raw -echo
for recording; do
    printf '\033c\033]2;%s is next\007' "$recording"; read -r go
    cat "$recording"; printf '\033]2;%s\007\033[?1005h' "$recording"; read -r go
done"#;

/// A stock client on a stock server, and the screen that the client draws on.
struct StockSession {
    client: Child,
    screen: Terminal,
    /// What the client has written so far.
    bytes: usize,
}

impl StockSession {
    /// Runs SHOW in a session over loopback.
    fn show(recordings: &[String]) -> Self {
        let server = Command::new("mosh-server")
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
            .expect("mosh-server is installed");
        let connect = String::from_utf8(server.stdout).unwrap();
        let mut words = connect
            .split_whitespace()
            .skip_while(|word| *word != "CONNECT");
        let (port, key) = (words.nth(1).unwrap(), words.next().unwrap());
        let client = Command::new("script")
            .args(["--quiet", "--return", "--command"])
            .arg(format!(
                "stty rows 24 cols 80; exec mosh-client 127.0.0.1 {port}"
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

impl Drop for StockSession {
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

#[test]
fn the_stock_client_shows_the_same() {
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
    let mut stock = StockSession::show(&paths);
    for (path, recording) in recordings {
        stock.wait_for(&format!("{path} is next"), MouseEncoding::Default);
        let before = (stock.screen.framebuffer().clone(), stock.bytes);
        stock.go_on();
        stock.wait_for(&path, MouseEncoding::Utf8);
        let bytes = diff(&before.0, stock.screen.framebuffer(), Capabilities::STOCK);
        assert!(
            bytes.len() <= stock.bytes - before.1,
            "{path} takes {} bytes",
            bytes.len()
        );
        let mut ours = Terminal::new(SIZE);
        ours.write(&recording);
        let (ours, theirs) = (ours.framebuffer(), stock.screen.framebuffer());
        for (row, (ours, theirs)) in look(ours).into_iter().zip(look(theirs)).enumerate() {
            for (col, (ours, theirs)) in ours.into_iter().zip(theirs).enumerate() {
                assert_eq!(
                    as_stock_shows_it(ours),
                    theirs,
                    "{path}, row {row}, column {col}"
                );
            }
        }
        assert_eq!(ours.cursor(), theirs.cursor(), "{path}");
        stock.go_on();
    }
}
