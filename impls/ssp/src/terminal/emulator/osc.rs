//! Operating system commands: titles, links and the clipboard.

use super::Screen;
use crate::terminal::framebuffer::Titles;

/// The longest title in characters: with its prefix (`0;`) it makes stock's limit of 256.
const MAX_TITLE: usize = 254;

/// The selections of OSC 52: clipboard, primary, secondary, the one the user prefers, and the cut buffers.
const SELECTIONS: &str = "cpqs01234567";

impl Screen {
    pub(super) fn perform_osc(&mut self, command: &str) {
        match command.split_once(';') {
            Some(("0" | "", title)) => {
                let title = bounded(title);
                self.frame.titles = Some(Titles {
                    window: title.into(),
                    icon: title.into(),
                });
            }
            Some(("1", title)) => self.titles().icon = bounded(title).into(),
            Some(("2", title)) => self.titles().window = bounded(title).into(),
            Some(("8", link)) => self.set_hyperlink(link),
            Some(("52", contents)) => self.set_clipboard(contents),
            _ => {}
        }
    }

    fn titles(&mut self) -> &mut Titles {
        self.frame.titles.get_or_insert_default()
    }

    fn set_hyperlink(&mut self, link: &str) {
        self.frame.pen.hyperlink = match link.split_once(';') {
            Some((parameters, uri)) if !uri.is_empty() => self.links.intern(parameters, uri),
            _ => None,
        };
    }

    /// Writes only: what a user has copied is none of a program's business.
    fn set_clipboard(&mut self, command: &str) {
        let Some((selections, contents)) = command.split_once(';') else {
            return;
        };
        if contents == "?" {
            return;
        }
        let selections = if selections.is_empty() {
            "s0"
        } else {
            selections
        };
        let contents: std::sync::Arc<str> = if is_base64(contents) {
            contents.into()
        } else {
            "".into()
        };
        for selection in selections
            .chars()
            .filter(|selection| SELECTIONS.contains(*selection))
        {
            self.frame.clipboards.insert(selection, contents.clone());
        }
    }
}

fn bounded(title: &str) -> &str {
    let end = title
        .char_indices()
        .nth(MAX_TITLE)
        .map_or(title.len(), |(index, _)| index);
    &title[..end]
}

fn is_base64(contents: &str) -> bool {
    contents
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='))
}
