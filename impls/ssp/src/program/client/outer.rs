//! The outer terminal: the one in which the user looks at the session.

use std::env;
use std::io::{self, Write as _};
use std::os::fd::BorrowedFd;

use nix::sys::signal::{Signal, raise};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr};
use termini::{BoolCapability, NumberCapability, StringCapability, TermInfo};

use crate::terminal::{Capabilities, Framebuffer, display};
use crate::wire::WindowSize;

/// A read takes no more than this.
const READ_MAX: usize = 16_384;

/// Terminals that show titles.
const TITLED: [&str; 7] = [
    "xterm",
    "rxvt",
    "kterm",
    "Eterm",
    "alacritty",
    "screen",
    "tmux",
];

/// Terminals that show, or at least skip, what came after the standards.
const MODERN: [&str; 8] = [
    "xterm",
    "tmux",
    "alacritty",
    "foot",
    "kitty",
    "wezterm",
    "ghostty",
    "contour",
];

/// The terminal, in raw mode until dropped.
pub(super) struct Outer {
    cooked: Termios,
    capabilities: Capabilities,
    opening: Vec<u8>,
    closing: Vec<u8>,
    /// What it shows; `None` if that is not known.
    shown: Option<Framebuffer>,
}

impl Outer {
    /// Puts the terminal into raw mode and clears it.
    pub(super) fn take_over() -> io::Result<Self> {
        let terminfo = TermInfo::from_env().ok();
        let switches_screens = env::var_os("MOSH_NO_TERM_INIT").is_none();
        let string = |capability| {
            let terminfo = terminfo.as_ref().filter(|_| switches_screens);
            let string = terminfo.and_then(|terminfo| terminfo.raw_string_cap(capability));
            string.unwrap_or_default().to_vec()
        };
        let enter = string(StringCapability::EnterAlternativeMode);
        let exit = string(StringCapability::ExitAlternativeMode);
        let mut outer = Self {
            cooked: tcgetattr(io::stdin())?,
            capabilities: capabilities(terminfo.as_ref(), !switches_screens),
            opening: [enter, display::open()].concat(),
            closing: [display::close(), exit].concat(),
            shown: None,
        };
        outer.open()?;
        Ok(outer)
    }

    fn open(&mut self) -> io::Result<()> {
        let mut raw = self.cooked.clone();
        raw.make_raw();
        tcsetattr(io::stdin(), OptionalActions::Now, &raw)?;
        self.shown = None;
        write(&self.opening)
    }

    fn close(&self) {
        let two_screens = self.capabilities.contains(Capabilities::ALTERNATE_SCREEN);
        if two_screens
            && self
                .shown
                .as_ref()
                .is_some_and(Framebuffer::shows_alternate)
        {
            let _ = write(display::LEAVE_ALTERNATE);
        }
        // The terminal may be gone, and with it whoever could be told.
        let _ = write(&self.closing);
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.cooked);
    }

    /// Gives the terminal back and stops this process until it is continued.
    pub(super) fn suspend(&mut self) -> io::Result<()> {
        self.close();
        println!("\n[mosh is suspended.]");
        raise(Signal::SIGSTOP)?;
        self.open()
    }

    /// What to ask of the server: all that our emulator understands beyond stock's, but lines that scroll off only if the
    /// terminal keeps them.
    pub(super) fn extensions(&self) -> Capabilities {
        let unkept = Capabilities::SCROLLBACK - self.capabilities;
        Capabilities::all() - Capabilities::STOCK - unkept
    }

    pub(super) fn size(&self) -> io::Result<WindowSize> {
        let size = tcgetwinsize(io::stdin())?;
        // A terminal that does not know its size says 0.
        let known = |side, usual| if side == 0 { usual } else { side };
        Ok(WindowSize {
            columns: known(size.ws_col, 80),
            rows: known(size.ws_row, 24),
        })
    }

    /// Makes the terminal show `screen`, with no more than what has changed.
    pub(super) fn show(&mut self, screen: Framebuffer) -> io::Result<()> {
        let bytes = match &self.shown {
            Some(shown) => display::diff(shown, &screen, self.capabilities),
            None => display::repaint(&screen, self.capabilities),
        };
        self.shown = Some(screen);
        write(&bytes)
    }

    /// What the terminal shows is not known any longer: the next screen is drawn afresh.
    pub(super) fn forget_shown(&mut self) {
        self.shown = None;
    }

    /// What was typed. Empty if the terminal is gone.
    pub(super) fn read(&self) -> io::Result<Vec<u8>> {
        let mut typed = vec![0; READ_MAX];
        let len = rustix::io::read(rustix::stdio::stdin(), &mut typed)?;
        typed.truncate(len);
        Ok(typed)
    }

    pub(super) fn keyboard(&self) -> BorrowedFd<'static> {
        rustix::stdio::stdin()
    }
}

impl Drop for Outer {
    fn drop(&mut self) {
        self.close();
    }
}

fn write(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes)?;
    stdout.flush()
}

/// What the terminal can do; `on_main_screen` says that it is left on the screen of which it keeps what scrolls off.
fn capabilities(terminfo: Option<&TermInfo>, on_main_screen: bool) -> Capabilities {
    let mut capabilities = Capabilities::empty();
    if let Some(terminfo) = terminfo {
        let erases = terminfo
            .raw_string_cap(StringCapability::EraseChars)
            .is_some();
        capabilities.set(Capabilities::ERASE_CHARACTERS, erases);
        let erases_colored = terminfo.flag_cap(BoolCapability::BackColorErase);
        capabilities.set(Capabilities::BACKGROUND_ERASE, erases_colored);
    }
    let term = env::var("TERM").unwrap_or_default();
    let is_one_of = |names: &[&str]| names.iter().any(|name| term.starts_with(name));
    capabilities.set(Capabilities::TITLES, is_one_of(&TITLED));
    let modern = Capabilities::CURSOR_STYLE
        | Capabilities::FAINT
        | Capabilities::STRIKE
        | Capabilities::UNDERLINE_STYLES
        | Capabilities::UNDERLINE_COLOR
        | Capabilities::HYPERLINKS
        | Capabilities::SELECTIONS
        | Capabilities::SYNCHRONIZED_OUTPUT;
    capabilities.set(modern, is_one_of(&MODERN));
    let two_screens = Capabilities::ALTERNATE_SCREEN | Capabilities::SCROLLBACK;
    capabilities.set(two_screens, on_main_screen && is_one_of(&MODERN));
    capabilities
}

/// The number of colours that the terminal has; 0 if unknown.
pub(super) fn colors() -> i32 {
    let terminfo = TermInfo::from_env().ok();
    terminfo
        .and_then(|terminfo| terminfo.number_cap(NumberCapability::MaxColors))
        .map_or(0, |colors| colors.max(0))
}
