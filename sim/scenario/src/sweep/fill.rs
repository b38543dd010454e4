//! Putting the values of variables into what is to be set: `(delay: Constant(half(rtt)), loss: Bernoulli(loss))`.

use std::ops::Range;

use super::{Axis, Value};
use crate::Mistake;
use crate::source::Spot;

/// A place in the sweep's text where a variable stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Use {
    span: Range<usize>,
    /// Which axis.
    pub(super) axis: usize,
    /// Whether half of the value is meant.
    half: bool,
}

/// The places in the value at `spot` where variables stand, in the order of the text.
pub(super) fn uses(spot: Spot<'_>, text: &str, axes: &[Axis]) -> Vec<Use> {
    let word = &text[spot.span()];
    let (name, half) = match word
        .strip_prefix("half(")
        .and_then(|rest| rest.strip_suffix(')'))
    {
        Some(inner) => (inner.trim(), true),
        None => (word, false),
    };
    match axes.iter().position(|axis| axis.variable == name) {
        Some(axis) => vec![Use {
            span: spot.span(),
            axis,
            half,
        }],
        None => spot
            .items()
            .flat_map(|item| uses(item, text, axes))
            .collect(),
    }
}

/// The text at `span` with the values of a combination, one for each axis, in the places of their variables.
pub(super) fn fill(
    text: &str,
    span: Range<usize>,
    uses: &[Use],
    values: &[&Value],
) -> Result<String, Mistake> {
    let mut filled = String::new();
    let mut at = span.start;
    for Use { span, axis, half } in uses {
        let value = values[*axis];
        let put = if *half {
            value.half().ok_or_else(|| {
                let what = format!("`{}` cannot be halved", value.text);
                let help = "a number, a time or a rate has a half";
                Mistake::new(text, span.clone(), what, help.into())
            })?
        } else {
            value.text.clone()
        };
        filled += &text[at..span.start];
        filled += &put;
        at = span.end;
    }
    filled += &text[at..span.end];
    Ok(filled)
}
