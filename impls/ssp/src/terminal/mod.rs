//! The terminal: what a program writes becomes a screen, and the difference of two screens becomes
//! what a terminal reads.

mod cell;
pub mod display;
mod emulator;
mod framebuffer;
mod grid;
mod keys;
mod modes;
mod notification;
pub mod parser;
mod rendition;
mod row;
mod scrollback;
mod state;
pub mod width;

pub use cell::Cell;
pub use display::Capabilities;
pub use emulator::Terminal;
pub use framebuffer::{Framebuffer, Titles};
pub use grid::Size;
pub use keys::KeyTranslator;
pub use modes::{Cursor, Modes, MouseEncoding, MouseReporting};
pub use notification::Notifications;
pub use rendition::{Attributes, Color, Hyperlink, Renditions, Underline};
pub use row::Row;
pub use scrollback::Scrollback;
pub use state::TerminalState;
