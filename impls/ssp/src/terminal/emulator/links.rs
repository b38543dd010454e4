//! The hyperlinks in use.

use std::sync::{Arc, Weak};

use crate::terminal::rendition::Hyperlink;

/// Links that the screen may hold at a time. More are shown as plain text: a link is longer than a
/// cell, and there are many cells.
const MAX_LINKS: usize = 1024;

/// Longer links are shown as plain text (the limit that terminals and browsers share).
const MAX_LINK: usize = 2083;

/// Shares equal links between cells and bounds their number.
#[derive(Debug, Clone, Default)]
pub(super) struct Links(Vec<Weak<Hyperlink>>);

impl Links {
    pub(super) fn intern(&mut self, parameters: &str, uri: &str) -> Option<Arc<Hyperlink>> {
        let printable = |text: &str| text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        if parameters.len() + uri.len() > MAX_LINK || !printable(parameters) || !printable(uri) {
            return None;
        }
        let known = self.0.iter().filter_map(Weak::upgrade);
        if let Some(link) = known
            .into_iter()
            .find(|link| link.parameters == parameters && link.uri == uri)
        {
            return Some(link);
        }
        if self.0.len() == MAX_LINKS {
            self.0.retain(|link| link.strong_count() > 0);
        }
        (self.0.len() < MAX_LINKS).then(|| {
            let link = Arc::new(Hyperlink {
                parameters: parameters.into(),
                uri: uri.into(),
            });
            self.0.push(Arc::downgrade(&link));
            link
        })
    }
}
