//! The values that a variable takes: listed, or in steps from one to another.

use std::ops::Range;

use link::units::{BitRate, Span};

use super::file::Shown;
use crate::Mistake;
use crate::source::Spot;

/// More values than this are a slip of the finger.
const MOST: usize = 1000;

/// One value of a variable.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// As a scenario says it: `"50ms"` with its quotes, `0.29`, `Cubic`.
    pub text: String,
    /// As people read it: `50 ms`, `29 %`, `Cubic`.
    pub shown: String,
    /// The value as a number, and its unit: milliseconds, Mbit/s, or none. A word has no number.
    pub number: Option<(f64, &'static str)>,
    /// Where the sweep says it.
    pub(super) span: Range<usize>,
}

/// What a value can be, if it is more than a word.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Quantity {
    Number(f64),
    Time(Span),
    Rate(BitRate),
}

impl Value {
    /// The value that is written as `text` at `span`.
    fn new(text: &str, span: Range<usize>, shown: Shown) -> Self {
        let quantity = Quantity::of(text);
        let unquoted = text.trim_matches('"');
        let digits = unquoted.trim_end_matches(|c: char| !c.is_ascii_digit());
        let shown = match (quantity, shown) {
            (Some(Quantity::Number(number)), Shown::Percent) => {
                format!("{} %", decimal(number * 100.0))
            }
            (Some(Quantity::Number(number)), Shown::Plain) => decimal(number),
            (Some(_), _) => format!("{digits} {}", unquoted[digits.len()..].trim_start()),
            (None, _) => unquoted.to_owned(),
        };
        Value {
            text: text.to_owned(),
            shown,
            number: quantity.map(Quantity::number),
            span,
        }
    }

    /// Half of it, as a scenario says it; `None` for a word.
    pub(super) fn half(&self) -> Option<String> {
        Some(match Quantity::of(&self.text)? {
            Quantity::Number(number) => decimal(number / 2.0),
            Quantity::Time(time) => {
                let nanos = u64::try_from(time.duration().as_nanos()).ok()?;
                format!("\"{}\"", Span::from_nanos(nanos / 2))
            }
            Quantity::Rate(rate) => rate_text(rate.bits_per_second() as f64 / 2.0),
        })
    }
}

impl Quantity {
    fn of(text: &str) -> Option<Self> {
        match text.strip_prefix('"') {
            None => text.parse().ok().map(Quantity::Number),
            Some(quoted) => {
                let quoted = quoted.strip_suffix('"')?;
                let time = quoted.parse().ok().map(Quantity::Time);
                time.or_else(|| quoted.parse().ok().map(Quantity::Rate))
            }
        }
    }

    fn number(self) -> (f64, &'static str) {
        match self {
            Quantity::Number(number) => (number, ""),
            Quantity::Time(time) => (time.as_secs_f64() * 1e3, "ms"),
            Quantity::Rate(rate) => (rate.bits_per_second() as f64 / 1e6, "Mbit/s"),
        }
    }

    /// What a number in the unit of [`number`](Self::number) is as text, of this kind of quantity.
    fn text(self, number: f64) -> String {
        match self {
            Quantity::Number(_) => decimal(number),
            Quantity::Time(_) => {
                format!("\"{}\"", Span::from_nanos((number * 1e6).round() as u64))
            }
            Quantity::Rate(_) => rate_text(number * 1e6),
        }
    }
}

fn rate_text(bits_per_second: f64) -> String {
    format!("\"{}bit/s\"", bits_per_second.round())
}

/// A number without the noise of floating point.
fn decimal(number: f64) -> String {
    let text = format!("{number:.9}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The values in the list at `spot`.
pub(super) fn each(spot: Spot<'_>, text: &str, shown: Shown) -> Result<Vec<Value>, Mistake> {
    let values: Vec<Value> = spot
        .items()
        .map(|item| Value::new(&text[item.span()], item.span(), shown))
        .collect();
    match values.is_empty() {
        true => Err(Mistake::new(
            text,
            spot.span(),
            "there are no values".into(),
            "list at least one".into(),
        )),
        false => Ok(values),
    }
}

/// The names of the cases in the map inside of `spot`.
pub(super) fn cases<'n>(
    names: impl Iterator<Item = &'n String>,
    spot: Spot<'_>,
    text: &str,
) -> Result<Vec<Value>, Mistake> {
    let named = spot.items().next().unwrap_or(spot);
    let values: Vec<Value> = names
        .map(|name| Value {
            text: format!("\"{name}\""),
            shown: name.clone(),
            number: None,
            span: named.key(name),
        })
        .collect();
    match values.is_empty() {
        true => Err(Mistake::new(
            text,
            spot.span(),
            "there are no cases".into(),
            "name at least one, and what is set in it".into(),
        )),
        false => Ok(values),
    }
}

/// How a range goes on from one value to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stride {
    /// It adds.
    Add,
    /// It multiplies.
    Multiply,
}

/// The values of the range at `spot`, which has the fields `from`, `to` and `by`.
pub(super) fn range(
    spot: Spot<'_>,
    text: &str,
    stride: Stride,
    shown: Shown,
) -> Result<Vec<Value>, Mistake> {
    let wrong = |spot: Spot<'_>, what: &str, help: &str| {
        Err(Mistake::new(text, spot.span(), what.into(), help.into()))
    };
    let [from, to, by] = ["from", "to", "by"].map(|field| spot.field(field));
    let quantity = |spot: Spot<'_>| Quantity::of(&text[spot.span()]);
    let Some(kind) = quantity(from) else {
        return wrong(
            from,
            "a range needs something that can be counted",
            "write a number, a time or a rate; or list the values in `Each([…])`",
        );
    };
    let same = |other: Quantity| std::mem::discriminant(&other) == std::mem::discriminant(&kind);
    let Some(end) = quantity(to).filter(|&end| same(end)) else {
        return wrong(
            to,
            "this is not the same kind of value as `from`",
            "write both alike",
        );
    };
    let step = quantity(by).filter(|&step| match stride {
        Stride::Add => same(step),
        Stride::Multiply => matches!(step, Quantity::Number(_)),
    });
    let Some(step) = step else {
        return wrong(
            by,
            "this cannot be the step of the range",
            match stride {
                Stride::Add => "write the same kind of value as `from`",
                Stride::Multiply => "write a number, as in `by: 2`",
            },
        );
    };
    let (first, last, step) = (kind.number().0, end.number().0, step.number().0);
    let ascends = match stride {
        Stride::Add => step > 0.0,
        Stride::Multiply => step > 1.0 && first > 0.0,
    };
    if !ascends || last < first {
        return wrong(
            spot,
            "this range never gets to its end",
            match stride {
                Stride::Add => "write `from` below `to`, and `by` above zero",
                Stride::Multiply => "write `from` above zero and below `to`, and `by` above 1",
            },
        );
    }
    let nth = |n: usize| match stride {
        Stride::Add => first + n as f64 * step,
        Stride::Multiply => first * step.powi(n as i32),
    };
    // Rounding must not lose the last value.
    let values: Vec<f64> = (0..=MOST)
        .map(nth)
        .take_while(|value| *value <= last + 1e-9 * last.abs())
        .collect();
    if values.len() > MOST {
        return wrong(spot, "these are more than 1000 values", "take larger steps");
    }
    Ok(values
        .into_iter()
        .map(|value| Value::new(&kind.text(value), spot.span(), shown))
        .collect())
}
