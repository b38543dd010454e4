//! What a sweep sets, and when: always, or only in one case of a variable.

use std::ops::Range;

use indexmap::IndexMap;
use serde::de::IgnoredAny;

use super::Axis;
use super::fill::{Use, uses};
use crate::source::Spot;

/// Paths into the scenario and what goes there; the values are looked up in the text.
pub(super) type Set = IndexMap<String, IgnoredAny>;

/// An entry of `set`, or of a case: a path, the text of its value, and the variables in it.
pub(super) struct Setting<'t> {
    pub(super) path: &'t str,
    /// Where the path stands.
    pub(super) key: Range<usize>,
    /// Where its value stands.
    pub(super) span: Range<usize>,
    pub(super) uses: Vec<Use>,
    /// The axis and the value to which it belongs; none if it is always set.
    case: Option<(usize, usize)>,
}

impl<'t> Setting<'t> {
    /// The entries at `spot`, which belong to `case` if to any.
    pub(super) fn all(
        set: &'t Set,
        spot: Spot<'_>,
        text: &str,
        axes: &[Axis],
        case: Option<(usize, usize)>,
    ) -> impl Iterator<Item = Setting<'t>> {
        set.keys().map(move |path| Setting {
            path,
            key: spot.key(path),
            span: spot.field(path).span(),
            uses: uses(spot.field(path), text, axes),
            case,
        })
    }

    /// Whether it is set at a combination of values, an index into each axis.
    pub(super) fn holds(&self, combination: &[usize]) -> bool {
        self.case.is_none_or(|(axis, n)| combination[axis] == n)
    }
}
