//! What a program switches on and off in the terminal its user sits at, the look of cells aside.

/// Which mouse events are reported. The numbers are those of DECSET.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum MouseReporting {
    #[default]
    None = 0,
    /// Presses only.
    X10 = 9,
    Vt220 = 1000,
    Vt220Highlight = 1001,
    ButtonEvent = 1002,
    AnyEvent = 1003,
}

/// How mouse events are encoded. The numbers are those of DECSET.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum MouseEncoding {
    #[default]
    Default = 0,
    Utf8 = 1005,
    Sgr = 1006,
    Urxvt = 1015,
}

/// Modes that both ends keep the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Modes {
    /// DECSET 1: arrow keys send `ESC O A` instead of `ESC [ A`.
    pub application_cursor_keys: bool,
    /// DECSET 5: dark and light are swapped on the whole screen.
    pub reverse_video: bool,
    /// DECSET 9 and 1000–1003.
    pub mouse_reporting: MouseReporting,
    /// DECSET 1005, 1006 and 1015.
    pub mouse_encoding: MouseEncoding,
    /// DECSET 1004: coming into and going out of focus is reported.
    pub focus_events: bool,
    /// DECSET 1007: the wheel sends arrow keys in full-screen programs. Kept but never sent to a
    /// peer, as in stock.
    pub alternate_scroll: bool,
    /// DECSET 2004: what is pasted comes between brackets.
    pub bracketed_paste: bool,
}

/// Where the next character goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// From 0 at the top.
    pub row: usize,
    /// From 0 at the left.
    pub col: usize,
    /// DECSET 25.
    pub visible: bool,
    /// DECSCUSR: 0 is the user's choice, 1–6 a blinking or steady block, underline or bar. Beyond stock.
    pub style: u8,
}

impl Default for Cursor {
    fn default() -> Self {
        Self {
            row: 0,
            col: 0,
            visible: true,
            style: 0,
        }
    }
}
