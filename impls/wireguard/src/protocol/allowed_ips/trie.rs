//! A path-compressed binary trie for longest-prefix matches: PATRICIA (Morrison, 1968).

use super::cidr::mask;

/// Values by prefixes of up to 128 bits.
pub(super) struct Trie<V> {
    root: Link<V>,
}

type Link<V> = Option<Box<Node<V>>>;

struct Node<V> {
    /// The prefix's bits from the top; the others are zero.
    key: u128,
    len: u8,
    /// None for a node that only joins two branches.
    value: Option<V>,
    children: [Link<V>; 2],
}

impl<V> Default for Trie<V> {
    fn default() -> Trie<V> {
        Trie { root: None }
    }
}

/// The bit of `key` that comes after a prefix of `len` bits.
fn branch(key: u128, len: u8) -> usize {
    (key >> (127 - len) & 1) as usize
}

fn common_len(one: u128, other: u128) -> u8 {
    (one ^ other).leading_zeros() as u8
}

impl<V> Node<V> {
    fn leaf(key: u128, len: u8, value: V) -> Box<Node<V>> {
        Box::new(Node {
            key,
            len,
            value: Some(value),
            children: [None, None],
        })
    }

    fn contains(&self, key: u128) -> bool {
        key & mask(self.len) == self.key
    }
}

impl<V: Copy> Trie<V> {
    /// Put `value` at the prefix of `len` bits of `key`, whose other bits are zero; returns what was there.
    pub(super) fn insert(&mut self, key: u128, len: u8, value: V) -> Option<V> {
        let mut link = &mut self.root;
        while link
            .as_ref()
            .is_some_and(|node| node.len < len && node.contains(key))
        {
            let node = link.as_mut().expect("just seen");
            link = &mut node.children[branch(key, node.len)];
        }
        let Some(node) = link.take() else {
            *link = Some(Node::leaf(key, len, value));
            return None;
        };
        let shared = common_len(node.key, key).min(node.len).min(len);
        let node_key = node.key;
        let mut top = Node::leaf(key & mask(shared), shared, value);
        let replaced = if shared == node.len {
            top.children = node.children;
            node.value
        } else if shared == len {
            top.children[branch(node_key, shared)] = Some(node);
            None
        } else {
            top.value = None;
            top.children[branch(node_key, shared)] = Some(node);
            top.children[branch(key, shared)] = Some(Node::leaf(key, len, value));
            None
        };
        *link = Some(top);
        replaced
    }

    /// Take what is at exactly this prefix.
    pub(super) fn remove(&mut self, key: u128, len: u8) {
        remove(&mut self.root, key, len);
    }

    /// The value of the longest prefix of `key`.
    pub(super) fn lookup(&self, key: u128) -> Option<V> {
        let mut best = None;
        let mut link = &self.root;
        while let Some(node) = link
            && node.contains(key)
        {
            best = node.value.or(best);
            if node.len == 128 {
                break;
            }
            link = &node.children[branch(key, node.len)];
        }
        best
    }
}

/// Remove below `link`, then splice out its node if that joins nothing any more; as deep as there are bits, at most.
fn remove<V>(link: &mut Link<V>, key: u128, len: u8) {
    let Some(node) = link else { return };
    if node.len > len || !node.contains(key) {
        return;
    }
    if node.len == len {
        node.value = None;
    } else {
        remove(&mut node.children[branch(key, node.len)], key, len);
    }
    if node.value.is_none() {
        match &mut node.children {
            [Some(_), Some(_)] => {}
            [only, None] | [None, only] => *link = only.take(),
        }
    }
}
