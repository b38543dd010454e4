//! How cells look, in terms that emulators share.

use ssp::terminal::{Attributes, Cell, Color, Framebuffer, Underline};

/// How a cell looks. Blanks have their background only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Look {
    /// Base and combining characters; empty for the right half of a wide character.
    pub(crate) text: String,
    pub(crate) foreground: Color,
    pub(crate) background: Color,
    pub(crate) attributes: Attributes,
    pub(crate) underline: Underline,
}

/// How our cells look, row by row.
pub(crate) fn look(frame: &Framebuffer) -> Vec<Vec<Look>> {
    frame
        .rows()
        .iter()
        .map(|row| row.cells().iter().map(our_look).collect())
        .collect()
}

fn our_look(cell: &Cell) -> Look {
    let renditions = cell.renditions();
    let text = match cell.columns() {
        0 => String::new(),
        _ => format!("{}{}", cell.base(), cell.combining()),
    };
    Look {
        text,
        foreground: renditions.foreground,
        background: renditions.background,
        // The other emulator knows no blinking.
        attributes: renditions.attributes - Attributes::BLINK,
        underline: renditions.underline,
    }
    .without_what_blanks_hide()
}

impl Look {
    /// Sets back what cannot be seen where there is no character.
    pub(crate) fn without_what_blanks_hide(mut self) -> Self {
        let marked = self
            .attributes
            .intersects(Attributes::INVERSE | Attributes::STRIKE)
            || self.underline != Underline::None;
        if self.text.trim_matches(' ').is_empty() && !marked {
            self.foreground = Color::Default;
            self.attributes = Attributes::empty();
        }
        self
    }
}
