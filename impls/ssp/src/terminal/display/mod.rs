//! From the difference of two frames to the bytes that lead a terminal from one to the other.
//!
//! Everything is chosen by what takes the fewest bytes, within the vocabulary of stock's emulator
//! (specification §2.4) and, for a reader with more [`Capabilities`], what those allow. A frame
//! begins where the one before left the reader: cursor and pen are part of it.

mod capabilities;
mod output;
mod rows;
mod scroll;
mod scrollback;
mod sgr;

pub use self::capabilities::Capabilities;
use self::output::Output;
use super::framebuffer::Framebuffer;
use super::grid::Grid;

/// The longest clipboard that stock's emulator takes, in characters of base64.
const STOCK_CLIPBOARD: usize = 16_384 - "52;c;".len();

/// The bytes that make a terminal which shows `from` show `to`; none if there is nothing to change.
pub fn diff(from: &Framebuffer, to: &Framebuffer, capabilities: Capabilities) -> Vec<u8> {
    let mut bytes = Vec::new();
    change(&mut bytes, from, to, capabilities);
    synchronized(bytes, capabilities)
}

/// The bytes that make a terminal of the right size show `to`, whatever it shows now.
pub fn repaint(to: &Framebuffer, capabilities: Capabilities) -> Vec<u8> {
    let mut bytes = Vec::new();
    if capabilities.contains(Capabilities::ALTERNATE_SCREEN) {
        bytes.extend(LEAVE_ALTERNATE);
    }
    bytes.extend([b"\x1b[?5l\x1b[?25h\x1b[?2004l", MOUSE_OFF, CLEAR].concat());
    if capabilities.contains(Capabilities::HYPERLINKS) {
        bytes.extend(b"\x1b]8;;\x07");
    }
    let mut blank = Framebuffer::new(to.size());
    blank.scrollback = to.scrollback.clone();
    change(&mut bytes, &blank, to, capabilities);
    synchronized(bytes, capabilities)
}

/// What a client sends before its first frame, behind the terminal's own initialisation string:
/// arrow keys in a form of their own, so that a server can tell them from typed sequences.
pub fn open() -> Vec<u8> {
    b"\x1b[?1h".to_vec()
}

/// What a client sends after its last frame, before the terminal's own reset string.
pub fn close() -> Vec<u8> {
    [b"\x1b[?1l\x1b[0m\x1b[?25h\x1b[?2004l", MOUSE_OFF].concat()
}

/// Brings back the main screen.
pub const LEAVE_ALTERNATE: &[u8] = b"\x1b[?1049l";

const CLEAR: &[u8] = b"\x1b[r\x1b[0m\x1b[H\x1b[2J";

/// Every kind of mouse and focus reporting.
const MOUSE_OFF: &[u8] = b"\x1b[?1003l\x1b[?1002l\x1b[?1001l\x1b[?1000l\x1b[?9l\x1b[?1004l\x1b[?1015l\x1b[?1006l\x1b[?1005l";

fn change(bytes: &mut Vec<u8>, from: &Framebuffer, to: &Framebuffer, capabilities: Capabilities) {
    let mut output = Output::new(bytes, from, capabilities);
    ring_bell(&mut output, from, to);
    name_window(&mut output, from, to);
    fill_clipboards(&mut output, from, to);
    if from.modes.reverse_video != to.modes.reverse_video {
        output.set_mode(5, to.modes.reverse_video);
    }
    draw_screens(&mut output, from, to);
    settle(&mut output, from, to);
}

fn ring_bell(output: &mut Output<'_>, from: &Framebuffer, to: &Framebuffer) {
    if from.bells != to.bells {
        output.write("\x07");
    }
}

fn name_window(output: &mut Output<'_>, from: &Framebuffer, to: &Framebuffer) {
    if let Some(titles) = &to.titles
        && from.titles != to.titles
        && output.capabilities().contains(Capabilities::TITLES)
    {
        let (icon, window) = (&titles.icon, &titles.window);
        if icon == window {
            output.format(format_args!("\x1b]0;{window}\x07"));
        } else {
            output.format(format_args!("\x1b]1;{icon}\x07\x1b]2;{window}\x07"));
        }
    }
}

fn fill_clipboards(output: &mut Output<'_>, from: &Framebuffer, to: &Framebuffer) {
    let every = output.capabilities().contains(Capabilities::SELECTIONS);
    for (selection, contents) in &to.clipboards {
        let understood = every || *selection == 'c' && contents.len() <= STOCK_CLIPBOARD;
        if understood && from.clipboards.get(selection) != Some(contents) {
            output.format(format_args!("\x1b]52;{selection};{contents}\x07"));
        }
    }
}

fn draw_screens(output: &mut Output<'_>, from: &Framebuffer, to: &Framebuffer) {
    if output
        .capabilities()
        .contains(Capabilities::ALTERNATE_SCREEN)
    {
        return draw_two_screens(output, from, to);
    }
    if from.size() == to.size() {
        draw_screen(output, from.grid(), to.grid());
    } else {
        output.clear(to.size().width);
        draw_screen(output, &Grid::blank(to.size()), to.grid());
    }
}

fn draw_two_screens(output: &mut Output<'_>, from: &Framebuffer, to: &Framebuffer) {
    let is_resized = from.size() != to.size();
    let main_differs =
        is_resized || from.main != to.main || !from.scrollback.looks_like(&to.scrollback);
    let leaves = from.alternate.is_some() && (to.alternate.is_none() || main_differs);
    if leaves {
        output.leave_alternate();
    }
    if is_resized {
        output.clear(to.size().width);
        draw_main(output, &Grid::blank(to.size()), from, to);
    } else if main_differs {
        draw_main(output, &from.main, from, to);
    }
    if let Some(new) = &to.alternate {
        match &from.alternate {
            Some(old) if !leaves => draw_screen(output, old, new),
            _ => {
                output.enter_alternate();
                draw_screen(output, &Grid::blank(to.size()), new);
            }
        }
    }
}

fn draw_main(output: &mut Output<'_>, old: &Grid, from: &Framebuffer, to: &Framebuffer) {
    let keeps_lines = output.capabilities().contains(Capabilities::SCROLLBACK);
    if keeps_lines && to.scrollback.is_kept() {
        scrollback::draw(output, old, from, to);
    } else {
        draw_screen(output, old, &to.main);
    }
}

fn draw_screen(output: &mut Output<'_>, old: &Grid, new: &Grid) {
    let mut old = old.clone();
    scroll::scroll(output, &mut old, new.rows());
    rows::draw(output, old.rows(), new.rows());
}

/// Cursor, pen and modes, once the screen is drawn.
fn settle(output: &mut Output<'_>, from: &Framebuffer, to: &Framebuffer) {
    output.rest_at(to.cursor.row, to.cursor.col);
    output.show_cursor(to.cursor.visible);
    output.set_pen(&to.pen);
    let styled = output.capabilities().contains(Capabilities::CURSOR_STYLE);
    if styled && from.cursor.style != to.cursor.style {
        output.format(format_args!("\x1b[{} q", to.cursor.style));
    }
    let (old, new) = (from.modes, to.modes);
    if old.bracketed_paste != new.bracketed_paste {
        output.set_mode(2004, new.bracketed_paste);
    }
    if old.mouse_reporting != new.mouse_reporting {
        switch(
            output,
            old.mouse_reporting as u16,
            new.mouse_reporting as u16,
        );
    }
    if old.focus_events != new.focus_events {
        output.set_mode(1004, new.focus_events);
    }
    if old.mouse_encoding != new.mouse_encoding {
        switch(output, old.mouse_encoding as u16, new.mouse_encoding as u16);
    }
}

/// Sets one of several modes that exclude one another; 0 is none of them.
fn switch(output: &mut Output<'_>, old: u16, new: u16) {
    match new {
        0 => output.set_mode(old, false),
        _ => output.set_mode(new, true),
    }
}

/// Marks a frame as one update where somebody might see it half done.
fn synchronized(bytes: Vec<u8>, capabilities: Capabilities) -> Vec<u8> {
    let marked = capabilities.contains(Capabilities::SYNCHRONIZED_OUTPUT)
        && !capabilities.contains(Capabilities::ATOMIC);
    if bytes.is_empty() || !marked {
        return bytes;
    }
    [b"\x1b[?2026h", bytes.as_slice(), b"\x1b[?2026l"].concat()
}
