//! Colours and dashes, one pair a session.

use plotters::style::RGBColor;

/// Titles and labels.
pub(super) const INK: RGBColor = RGBColor(0x24, 0x29, 0x2f);
/// What is said beside.
pub(super) const MUTED: RGBColor = RGBColor(0x59, 0x63, 0x6e);
/// Lines that guide the eye.
pub(super) const GRID: RGBColor = RGBColor(0xdd, 0xe2, 0xe8);
/// Text on dark cells and on light ones. Not the white and the ink of the rest: where the page is dark those follow
/// it, and the cells do not.
pub(super) const ON_DARK: RGBColor = RGBColor(0xfe, 0xfe, 0xfe);
pub(super) const ON_LIGHT: RGBColor = RGBColor(0x10, 0x14, 0x18);
/// Failures.
pub(super) const ALARM: RGBColor = RGBColor(0xb4, 0x23, 0x18);

/// Okabe and Ito's colours that are dark enough for a line on white.
const COLOURS: [RGBColor; 7] = [
    RGBColor(0x00, 0x72, 0xb2),
    RGBColor(0xd5, 0x5e, 0x00),
    RGBColor(0x00, 0x9e, 0x73),
    RGBColor(0xcc, 0x79, 0xa7),
    RGBColor(0xe6, 0x9f, 0x00),
    RGBColor(0x56, 0xb4, 0xe9),
    RGBColor(0x4d, 0x4d, 0x4d),
];

/// Length of a dash and of the gap after it, in pixels; `None` is a solid line.
const DASHES: [Option<(u32, u32)>; 4] = [None, Some((9, 4)), Some((3, 3)), Some((14, 3))];

/// Colour of the n-th session.
pub(super) fn colour(session: usize) -> RGBColor {
    COLOURS[session % COLOURS.len()]
}

/// Colour of the n-th session for CSS: `#0072b2`.
pub(crate) fn css(session: usize) -> String {
    let RGBColor(red, green, blue) = colour(session);
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// Dash of the n-th session. With 7 colours and 4 dashes the first 28 sessions differ.
pub(super) fn dash(session: usize) -> Option<(u32, u32)> {
    DASHES[session % DASHES.len()]
}
