//! What may be sent to a terminal, be it a peer's emulator or the one that somebody looks at.

bitflags::bitflags! {
    /// What a terminal understands beyond positioning, ordinary renditions and modes.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub struct Capabilities: u32 {
        /// ECH erases in the middle of a row.
        const ERASE_CHARACTERS = 1 << 0;
        /// What is erased takes the current background.
        const BACKGROUND_ERASE = 1 << 1;
        /// Window titles (OSC 0–2).
        const TITLES = 1 << 2;
        /// Nobody sees a frame before all of it has arrived, so that nothing need be done against flicker.
        const ATOMIC = 1 << 3;

        /// A second screen for full-screen programs (DECSET 1049).
        const ALTERNATE_SCREEN = 1 << 8;
        /// Repeating a character (REP).
        const REPEAT = 1 << 9;
        /// The shape of the cursor (DECSCUSR).
        const CURSOR_STYLE = 1 << 10;
        /// SGR 2.
        const FAINT = 1 << 11;
        /// SGR 9.
        const STRIKE = 1 << 12;
        /// Underlines other than the plain one (SGR 4:n).
        const UNDERLINE_STYLES = 1 << 13;
        /// Underlines in a colour of their own (SGR 58).
        const UNDERLINE_COLOR = 1 << 14;
        /// OSC 8.
        const HYPERLINKS = 1 << 15;
        /// OSC 52 for every selection and of any length, not just a clipboard of 16 KiB.
        const SELECTIONS = 1 << 16;
        /// A frame may be marked as one update (DECSET 2026).
        const SYNCHRONIZED_OUTPUT = 1 << 17;
        /// Lines that scroll off the top of the main screen are kept by the terminal, so that each
        /// has to be written, in order. Goes with [`Self::ALTERNATE_SCREEN`], whose lines aren't
        /// kept.
        const SCROLLBACK = 1 << 18;

        /// What stock's emulator understands.
        const STOCK = Self::ERASE_CHARACTERS.bits()
            | Self::BACKGROUND_ERASE.bits()
            | Self::TITLES.bits()
            | Self::ATOMIC.bits();
    }
}
