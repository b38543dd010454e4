//! How many columns a character takes.
//!
//! Both ends must agree on every width, or the cursor of the client's copy drifts away from the
//! server's; stock ends ask their libc. `glibc-2.36.txt` holds what the commonest one answers, and
//! differs from Unicode's own tables for hundreds of assigned characters (soft hyphen, Indic
//! spacing marks, hexagrams), so that no general crate will do.

use std::sync::LazyLock;

static RANGES: &str = include_str!("glibc-2.36.txt");

/// Code points share a page of widths with their 255 neighbours; most pages are all alike.
const PAGE: usize = 256;

/// Columns of one character in a page, or [`UNPRINTABLE`].
type Columns = u8;
const UNPRINTABLE: Columns = u8::MAX;

struct Table {
    /// Which of the distinct pages holds the code points from 256 × index on.
    index: Vec<u16>,
    pages: Vec<[Columns; PAGE]>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut flat = vec![1; char::MAX as usize + 1];
    for (first, last, columns) in RANGES.lines().filter_map(parse_range) {
        flat[first..=last].fill(columns);
    }
    // Mosh takes these for granted instead of asking libc.
    flat[0x20..0x7f].fill(1);
    flat[0xa0..0x100].fill(1);

    let mut pages: Vec<[Columns; PAGE]> = Vec::new();
    let index = flat
        .chunks_exact(PAGE)
        .map(|page| {
            let known = pages.iter().position(|known| known == page);
            known.unwrap_or_else(|| {
                pages.push(page.try_into().expect("chunks are pages"));
                pages.len() - 1
            }) as u16
        })
        .collect();
    Table { index, pages }
});

fn parse_range(line: &str) -> Option<(usize, usize, Columns)> {
    let (range, columns) = line.split_once(' ').filter(|_| !line.starts_with('#'))?;
    let (first, last) = range.split_once("..").unwrap_or((range, range));
    let hex = |digits| usize::from_str_radix(digits, 16).ok();
    let columns = match columns {
        "none" => UNPRINTABLE,
        columns => columns.parse().ok()?,
    };
    Some((hex(first)?, hex(last)?, columns))
}

/// The columns that `ch` takes: 0 for a combining character, 1 or 2; `None` for what terminals drop
/// (control characters and code points that glibc 2.36 doesn't know).
pub fn columns(ch: char) -> Option<usize> {
    let code = ch as usize;
    let columns = TABLE.pages[usize::from(TABLE.index[code / PAGE])][code % PAGE];
    (columns != UNPRINTABLE).then_some(columns.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_those_of_glibc() {
        let widths = [
            ('a', Some(1)),
            ('\u{7f}', None),
            ('\u{ad}', Some(1)),
            ('\u{300}', Some(0)),
            ('\u{9be}', Some(1)),
            ('\u{200d}', Some(0)),
            ('\u{2630}', Some(1)),
            ('\u{3164}', Some(2)),
            ('\u{3248}', Some(2)),
            ('漢', Some(2)),
            ('\u{fe0f}', Some(0)),
            ('🦀', Some(2)),
            ('\u{e000}', Some(1)),
            ('\u{378}', None),
            (char::MAX, None),
        ];
        for (ch, expected) in widths {
            assert_eq!(columns(ch), expected, "U+{:04X}", ch as u32);
        }
    }
}
