//! Instructions in pieces: cutting them to the size of datagrams and putting them together again.

use std::collections::BTreeMap;

use crate::wire::compression::MESSAGE_LIMIT;
use crate::wire::fragment::{Fragment, MAX_FRAGMENTS};

/// Compression of what cannot be compressed adds less than this; more than a whole instruction is never kept.
const KEPT_LIMIT: usize = MESSAGE_LIMIT + (64 << 10);

/// Cuts a compressed instruction into fragments of at most `slice_len` bytes each.
///
/// The iterator is empty if there were more fragments than can be numbered.
pub(super) fn fragments(
    instruction_id: u64,
    stream: &[u8],
    slice_len: usize,
) -> impl Iterator<Item = Fragment<'_>> {
    let count = stream.len().div_ceil(slice_len);
    let sendable = if count <= MAX_FRAGMENTS { count } else { 0 };
    stream
        .chunks(slice_len)
        .take(sendable)
        .enumerate()
        .map(move |(number, slice)| Fragment {
            instruction_id,
            number: number as u16,
            is_final: number + 1 == count,
            slice,
        })
}

/// Puts fragments together. Holds one unfinished instruction: a fragment of any other replaces it.
#[derive(Default)]
pub(super) struct Assembly {
    instruction_id: u64,
    slices: BTreeMap<u16, Vec<u8>>,
    kept: usize,
    /// Known once the final fragment has come.
    count: Option<usize>,
}

impl Assembly {
    /// Takes a fragment; returns the compressed instruction if it was the last one missing.
    ///
    /// A fragment that contradicts those before is dropped: an honest peer sends no such thing.
    pub(super) fn add(&mut self, fragment: Fragment<'_>) -> Option<Vec<u8>> {
        if fragment.instruction_id != self.instruction_id {
            *self = Self {
                instruction_id: fragment.instruction_id,
                ..Self::default()
            };
        }
        if !self.is_consistent(&fragment) || self.slices.contains_key(&fragment.number) {
            return None;
        }
        self.kept += fragment.slice.len();
        if fragment.is_final {
            self.count = Some(usize::from(fragment.number) + 1);
        }
        self.slices.insert(fragment.number, fragment.slice.to_vec());
        if self.count != Some(self.slices.len()) {
            return None;
        }
        let whole = self.slices.values().flatten().copied().collect();
        *self = Self::default();
        Some(whole)
    }

    fn is_consistent(&self, fragment: &Fragment<'_>) -> bool {
        let number = usize::from(fragment.number);
        let is_within = match self.count {
            Some(count) => number < count && (!fragment.is_final || number + 1 == count),
            None => {
                !fragment.is_final
                    || self
                        .slices
                        .last_key_value()
                        .is_none_or(|(&last, _)| last < fragment.number)
            }
        };
        is_within && self.kept + fragment.slice.len() <= KEPT_LIMIT
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fragment(instruction_id: u64, number: u16, is_final: bool) -> Fragment<'static> {
        Fragment {
            instruction_id,
            number,
            is_final,
            slice: b"ab",
        }
    }

    #[test]
    fn a_small_instruction_is_one_final_fragment() {
        let all: Vec<_> = fragments(1, b"ab", 100).collect();
        assert_eq!(all, [fragment(1, 0, true)]);
    }

    #[test]
    fn slices_are_filled_before_the_last() {
        let lengths: Vec<_> = fragments(1, &[0; 250], 100)
            .map(|fragment| (fragment.number, fragment.is_final, fragment.slice.len()))
            .collect();
        assert_eq!(lengths, [(0, false, 100), (1, false, 100), (2, true, 50)]);
    }

    #[test]
    fn a_fragment_of_another_instruction_starts_anew() {
        let mut assembly = Assembly::default();
        assert_eq!(assembly.add(fragment(1, 0, false)), None);
        assert_eq!(assembly.add(fragment(2, 0, false)), None);
        assert_eq!(assembly.add(fragment(1, 1, true)), None);
        assert_eq!(assembly.add(fragment(1, 0, false)), Some(b"abab".to_vec()));
    }

    #[test]
    fn contradicting_fragments_are_dropped() {
        let mut assembly = Assembly::default();
        assert_eq!(assembly.add(fragment(1, 2, true)), None);
        assert_eq!(assembly.add(fragment(1, 3, false)), None);
        assert_eq!(assembly.add(fragment(1, 0, true)), None);
        assert_eq!(assembly.add(fragment(1, 0, false)), None);
        assert!(assembly.add(fragment(1, 1, false)).is_some());
    }

    #[test]
    fn a_final_fragment_before_known_ones_is_dropped() {
        let mut assembly = Assembly::default();
        assert_eq!(assembly.add(fragment(1, 5, false)), None);
        assert_eq!(assembly.add(fragment(1, 0, true)), None);
        assert_eq!(assembly.count, None);
    }

    #[test]
    fn an_endless_instruction_is_not_kept() {
        let mut assembly = Assembly::default();
        for number in 0..MAX_FRAGMENTS as u16 {
            let slice = &[0; 2000];
            assembly.add(Fragment {
                instruction_id: 1,
                number,
                is_final: false,
                slice,
            });
        }
        assert!(assembly.kept <= KEPT_LIMIT);
    }

    proptest! {
        #[test]
        fn fragments_in_any_order_with_duplicates_make_the_whole(
            stream in prop::collection::vec(any::<u8>(), 1..500),
            slice_len in 1_usize..100,
            order in prop::collection::vec(any::<prop::sample::Index>(), 0..100),
        ) {
            let all: Vec<_> = fragments(1, &stream, slice_len).collect();
            let mut assembly = Assembly::default();
            let shuffled = order.iter().map(|index| index.get(&all));
            let whole = shuffled.chain(&all).find_map(|&fragment| assembly.add(fragment));
            prop_assert_eq!(whole, Some(stream));
        }
    }
}
