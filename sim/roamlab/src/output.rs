//! What goes to standard output. Nobody may be listening any more (`roamlab list | head`, a closed terminal): that is
//! no failure.

use std::io::{Write, stdout};

/// Writes a text as it is.
pub(crate) fn say(text: impl AsRef<str>) {
    let _ = stdout().write_all(text.as_ref().as_bytes());
}

/// Writes a line.
pub(crate) fn say_line(text: impl AsRef<str>) {
    say(format!("{}\n", text.as_ref()));
}
