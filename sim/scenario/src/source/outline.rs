//! Where every value of a RON text stands. RON itself forgets that as soon as it has read a value,
//! so that mistakes which only show later (an unknown host, a second link on one address) could not
//! be pointed at.
//!
//! An outline is made of any text, well formed or not: what cannot be understood is one value.

use std::ops::Range;

/// Nesting deeper than this is one value; RON gives up at the same depth.
const DEEPEST: usize = 128;

/// The places of all values in a text.
#[derive(Debug)]
pub(crate) struct Outline {
    nodes: Vec<Node>,
}

#[derive(Debug, Default)]
struct Node {
    /// Bytes of the text.
    span: Range<usize>,
    /// For structs and maps, the key of each child in order.
    keys: Vec<Key>,
    /// Fields, entries or items.
    children: Vec<usize>,
}

#[derive(Debug)]
struct Key {
    name: String,
    span: Range<usize>,
}

/// A value in an outline.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spot<'a> {
    outline: &'a Outline,
    node: usize,
}

impl Outline {
    /// Outlines `text`, which holds one value.
    pub(crate) fn of(text: &str) -> Outline {
        let mut scanner = Scanner {
            text,
            at: 0,
            nodes: Vec::new(),
        };
        scanner.skip_attributes();
        scanner.value(0);
        Outline {
            nodes: scanner.nodes,
        }
    }

    /// The whole value.
    pub(crate) fn root(&self) -> Spot<'_> {
        Spot {
            outline: self,
            node: 0,
        }
    }

    /// The smallest value or key that ends at byte `end`.
    pub(crate) fn ending_at(&self, end: usize) -> Option<Range<usize>> {
        self.smallest(|span| span.end == end)
    }

    /// The smallest value or key that begins at byte `start`.
    pub(crate) fn beginning_at(&self, start: usize) -> Option<Range<usize>> {
        self.smallest(|span| span.start == start)
    }

    /// The smallest value around byte `at`; all of them where there is none.
    pub(crate) fn around(&self, at: usize) -> Range<usize> {
        self.smallest(|span| span.start < at && at < span.end)
            .unwrap_or_else(|| self.root().span())
    }

    /// A quoted text over several lines with something behind it that cannot follow a value: its
    /// closing quote is missing, and what looks like one opens the next.
    pub(crate) fn runaway_string(&self, text: &str) -> Option<Range<usize>> {
        self.spans().find(|span| {
            let string = &text[span.start..span.end];
            let next = text[span.end..].trim_start().chars().next();
            string.starts_with('"')
                && string.contains('\n')
                && next.is_some_and(|next| !",:)]}/".contains(next))
        })
    }

    fn smallest(&self, fits: impl Fn(&Range<usize>) -> bool) -> Option<Range<usize>> {
        self.spans()
            .filter(|span| !span.is_empty() && fits(span))
            .min_by_key(ExactSizeIterator::len)
    }

    fn spans(&self) -> impl Iterator<Item = Range<usize>> {
        let keys = self.nodes.iter().flat_map(|node| &node.keys);
        let keys = keys.map(|key| key.span.clone());
        keys.chain(self.nodes.iter().map(|node| node.span.clone()))
    }
}

impl<'a> Spot<'a> {
    /// The bytes of the value.
    pub(crate) fn span(self) -> Range<usize> {
        self.here().span.clone()
    }

    /// The field or map entry `name`; this value itself where the text leaves it out.
    pub(crate) fn field(self, name: &str) -> Spot<'a> {
        let position = self.here().keys.iter().position(|key| key.name == name);
        position.map_or(self, |n| self.item(n))
    }

    /// Whether the field or map entry `name` is written out.
    pub(crate) fn has(self, name: &str) -> bool {
        self.here().keys.iter().any(|key| key.name == name)
    }

    /// The key of the field or map entry `name`, not its value.
    pub(crate) fn key(self, name: &str) -> Range<usize> {
        let key = self.here().keys.iter().find(|key| key.name == name);
        key.map_or_else(|| self.span(), |key| key.span.clone())
    }

    /// The `n`-th item of a list, tuple or map; this value itself where there is none.
    pub(crate) fn item(self, n: usize) -> Spot<'a> {
        match self.here().children.get(n) {
            Some(&node) => Spot { node, ..self },
            None => self,
        }
    }

    /// The fields, entries or items.
    pub(crate) fn items(self) -> impl Iterator<Item = Spot<'a>> {
        let children = self.here().children.iter();
        children.map(move |&node| Spot { node, ..self })
    }

    /// The names of the fields or entries.
    pub(crate) fn names(self) -> impl Iterator<Item = &'a str> {
        self.here().keys.iter().map(|key| key.name.as_str())
    }

    /// Keys that stand here twice, each with its second place.
    pub(crate) fn repeated_keys(self) -> impl Iterator<Item = (&'a str, Range<usize>)> {
        let keys = &self.here().keys;
        keys.iter().enumerate().filter_map(|(n, key)| {
            let before = keys[..n].iter().any(|earlier| earlier.name == key.name);
            before.then(|| (key.name.as_str(), key.span.clone()))
        })
    }

    /// The text value `wanted` somewhere in this value; this value itself where it is not.
    pub(crate) fn holding(self, wanted: &str, text: &str) -> Spot<'a> {
        let mut waiting = vec![self];
        while let Some(spot) = waiting.pop() {
            if unquoted(&text[spot.span()]) == wanted {
                return spot;
            }
            let children = spot.here().children.iter();
            waiting.extend(children.map(|&node| Spot { node, ..self }));
        }
        self
    }

    fn here(self) -> &'a Node {
        &self.outline.nodes[self.node]
    }
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    nodes: Vec<Node>,
}

impl Scanner<'_> {
    /// Adds the value that begins here and everything in it; leaves `at` behind it.
    fn value(&mut self, depth: usize) -> usize {
        self.skip_blank();
        let node = self.nodes.len();
        let start = self.at;
        self.nodes.push(Node::default());
        match self.peek() {
            Some(b'(' | b'[' | b'{') => self.group(node, depth),
            _ => {
                self.word();
                let end = self.at;
                self.skip_blank();
                match self.peek() {
                    Some(b'(') if is_identifier(&self.text[start..end]) => self.group(node, depth),
                    _ => self.at = end,
                }
            }
        }
        self.nodes[node].span = start..self.at;
        node
    }

    /// The inside of brackets of any kind, with or without keys.
    fn group(&mut self, node: usize, depth: usize) {
        self.at += 1;
        while self.at < self.text.len() {
            self.skip_blank();
            match self.peek() {
                None => return,
                Some(b')' | b']' | b'}') => {
                    self.at += 1;
                    return;
                }
                Some(b',' | b':') => self.at += 1,
                Some(_) if depth >= DEEPEST => self.word(),
                Some(_) => self.entry(node, depth + 1),
            }
        }
    }

    /// `key: value` or a bare value.
    fn entry(&mut self, parent: usize, depth: usize) {
        let first = self.value(depth);
        let span = self.nodes[first].span.clone();
        self.skip_blank();
        if self.peek() != Some(b':') {
            self.nodes[parent].children.push(first);
            return;
        }
        self.at += 1;
        let name = unquoted(&self.text[span.clone()]).to_owned();
        let value = self.value(depth);
        self.nodes[parent].keys.push(Key { name, span });
        self.nodes[parent].children.push(value);
    }

    /// A string, a character, a number or an identifier; at least one byte, so that there is
    /// always progress.
    fn word(&mut self) {
        let rest = &self.text[self.at..];
        let prefix = rest.len() - rest.trim_start_matches(['r', 'b']).len();
        let hashes = rest[prefix..]
            .bytes()
            .take_while(|&byte| byte == b'#')
            .count();
        let quote = prefix + hashes;
        let raw = rest[..prefix].contains('r');
        self.at += match rest.as_bytes().get(quote) {
            Some(b'"') if raw => raw_string_length(rest, quote, hashes),
            Some(b'"') if hashes == 0 => quoted_length(rest, quote, b'"'),
            Some(b'\'') if hashes == 0 => quoted_length(rest, quote, b'\''),
            _ => rest
                .find(|c: char| c.is_whitespace() || ",:()[]{}\"/".contains(c))
                .unwrap_or(rest.len())
                .max(rest.chars().next().map_or(0, char::len_utf8)),
        };
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_attributes(&mut self) {
        self.skip_blank();
        while self.text[self.at..].starts_with("#!") {
            self.at += self.text[self.at..].find(']').map_or(2, |end| end + 1);
            self.skip_blank();
        }
    }

    fn skip_blank(&mut self) {
        loop {
            let rest = &self.text[self.at..];
            let blank = rest.len() - rest.trim_start().len();
            let rest = &rest[blank..];
            let comment = if rest.starts_with("//") {
                rest.find('\n').unwrap_or(rest.len())
            } else if rest.starts_with("/*") {
                block_comment_length(rest)
            } else {
                0
            };
            self.at += blank + comment;
            if blank + comment == 0 {
                return;
            }
        }
    }
}

/// The length of a string or character that opens at `quote`, up to and with its closing quote.
fn quoted_length(text: &str, quote: usize, mark: u8) -> usize {
    let mut escaped = false;
    for (n, byte) in text.bytes().enumerate().skip(quote + 1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            _ if byte == mark => return n + 1,
            _ => {}
        }
    }
    text.len()
}

fn raw_string_length(text: &str, quote: usize, hashes: usize) -> usize {
    let closing = format!("\"{}", "#".repeat(hashes));
    let body = &text[quote + 1..];
    body.find(&closing)
        .map_or(text.len(), |end| quote + 1 + end + closing.len())
}

/// The length of a block comment, which may hold others.
fn block_comment_length(text: &str) -> usize {
    let mut open = 0;
    let mut at = 0;
    while at < text.len() {
        let rest = &text.as_bytes()[at..];
        if rest.starts_with(b"/*") {
            open += 1;
            at += 2;
        } else if rest.starts_with(b"*/") {
            open -= 1;
            at += 2;
            if open == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    text.len()
}

fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && chars.all(|c| c.is_alphanumeric() || c == '_')
}

fn unquoted(text: &str) -> &str {
    text.strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
        .unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r##"#![enable(implicit_some)]
// A comment with a "quote and a (
Scenario(
    hosts: { "cl(ie)nt": (), /* not /* a */ host */ "server": (), "server": () },
    name: r#"a "raw" text"#, 'x': Cut(link: "w\"an", for: "1s"), list: [1, -2.5],
)"##;

    fn text_of(spot: Spot<'_>) -> &str {
        &TEXT[spot.span()]
    }

    #[test]
    fn every_value_is_found_where_it_stands() {
        let outline = Outline::of(TEXT);
        let root = outline.root();
        assert!(text_of(root).starts_with("Scenario("));
        assert_eq!(text_of(root.field("hosts").field("cl(ie)nt")), "()");
        assert_eq!(text_of(root.field("name")), r##"r#"a "raw" text"#"##);
        assert_eq!(text_of(root.field("'x'").field("link")), r#""w\"an""#);
        assert_eq!(text_of(root.field("list").item(1)), "-2.5");
        assert_eq!(&TEXT[root.key("hosts")], "hosts");
    }

    #[test]
    fn what_is_left_out_is_what_it_is_left_out_of() {
        let outline = Outline::of(TEXT);
        let list = outline.root().field("list");
        assert_eq!(text_of(list.field("first")), "[1, -2.5]");
        assert_eq!(text_of(list.item(2)), "[1, -2.5]");
    }

    #[test]
    fn a_key_that_stands_twice_is_found() {
        let outline = Outline::of(TEXT);
        let hosts = outline.root().field("hosts");
        let repeated: Vec<&str> = hosts.repeated_keys().map(|(name, _)| name).collect();
        assert_eq!(repeated, ["server"]);
    }

    #[test]
    fn a_text_without_its_closing_quote_is_found() {
        let text = "(a: \"50ms,\n b: \"60ms\")";
        let runaway = Outline::of(text).runaway_string(text);
        assert_eq!(runaway.map(|span| &text[span]), Some("\"50ms,\n b: \""));
        let over_two_lines = "(a: \"50\nms\")";
        assert_eq!(
            Outline::of(over_two_lines).runaway_string(over_two_lines),
            None
        );
    }
}
