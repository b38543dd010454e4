//! How a cell is drawn: colours, attributes and the link behind it.

use std::sync::Arc;

/// A colour as a program names it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Color {
    /// What the terminal's user prefers.
    #[default]
    Default,
    /// One of the 256-colour palette; 0–7 are the ordinary colours, 8–15 the bright ones.
    Indexed(u8),
    /// Red, green and blue.
    Rgb(u8, u8, u8),
}

bitflags::bitflags! {
    /// What SGR switches on and off, underlining aside.
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
    pub struct Attributes: u8 {
        /// SGR 1.
        const BOLD = 1 << 0;
        /// SGR 2. Beyond stock.
        const FAINT = 1 << 1;
        /// SGR 3.
        const ITALIC = 1 << 2;
        /// SGR 5.
        const BLINK = 1 << 3;
        /// SGR 7.
        const INVERSE = 1 << 4;
        /// SGR 8.
        const INVISIBLE = 1 << 5;
        /// SGR 9. Beyond stock.
        const STRIKE = 1 << 6;
    }
}

/// The line under a character; all but the plain one are beyond stock. The numbers are those of SGR 4:n.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Underline {
    #[default]
    None = 0,
    Single = 1,
    Double = 2,
    Curly = 3,
    Dotted = 4,
    Dashed = 5,
}

/// The target of OSC 8. Cells with equal links are highlighted together.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Hyperlink {
    /// `key=value` pairs separated by colons; usually an `id` or nothing.
    pub parameters: String,
    /// What to open.
    pub uri: String,
}

/// Everything about the look of a cell except what is in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Renditions {
    /// The colour of the character.
    pub foreground: Color,
    /// The colour behind it.
    pub background: Color,
    /// The colour of its underline; [`Color::Default`] follows the character's. Beyond stock.
    pub underline_color: Color,
    /// Bold, italic and so on.
    pub attributes: Attributes,
    /// The line under it.
    pub underline: Underline,
    /// The link behind it. Beyond stock.
    pub hyperlink: Option<Arc<Hyperlink>>,
}

impl Renditions {
    /// Nothing set.
    pub const PLAIN: Self = Self {
        foreground: Color::Default,
        background: Color::Default,
        underline_color: Color::Default,
        attributes: Attributes::empty(),
        underline: Underline::None,
        hyperlink: None,
    };

    /// Nothing but a background: what erasing leaves behind.
    pub fn erased(background: Color) -> Self {
        Self {
            background,
            ..Self::PLAIN
        }
    }

    /// Whether these show nothing but their background where there is no character.
    pub(super) fn are_plain_on_blank(&self) -> bool {
        const MARKING: Attributes = Attributes::INVERSE.union(Attributes::STRIKE);
        !self.attributes.intersects(MARKING)
            && self.underline == Underline::None
            && self.hyperlink.is_none()
    }
}
