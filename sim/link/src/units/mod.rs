//! Quantities as people write them: `"50ms"`, `"10Mbit/s"`, `"64KiB"`, and probabilities as fractions.

mod bit_rate;
mod probability;
mod size;
mod span;

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{self, Deserializer, Visitor};

pub use bit_rate::BitRate;
pub use probability::Probability;
pub use size::Size;
pub use span::Span;

/// A text that is not the quantity it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {expected}")]
pub struct InvalidQuantity {
    /// The text.
    pub text: String,
    /// What would be right.
    pub expected: &'static str,
}

/// A quantity written as a decimal number and a unit, and held as a whole number of the smallest unit.
trait Quantity: Sized {
    /// What would be right, for error messages.
    const EXPECTED: &'static str;

    /// Units and how many of the smallest they are, largest first among those to write with.
    const UNITS: &'static [(&'static str, u64)];

    fn from_smallest(count: u64) -> Option<Self>;
}

/// Read a quantity: digits, perhaps with a fraction, and a unit.
fn parse<Q: Quantity>(text: &str) -> Result<Q, InvalidQuantity> {
    let invalid = || InvalidQuantity {
        text: text.to_owned(),
        expected: Q::EXPECTED,
    };
    let end_of_number = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end_of_number);
    let number: f64 = number.parse().map_err(|_| invalid())?;
    let (_, scale) = Q::UNITS
        .iter()
        .find(|(name, _)| *name == unit.trim_start())
        .ok_or_else(invalid)?;
    let count = (number * *scale as f64).round();
    if count > u64::MAX as f64 {
        return Err(invalid());
    }
    Q::from_smallest(count as u64).ok_or_else(invalid)
}

/// Write a quantity in the largest unit that it is a whole number of.
fn write<Q: Quantity>(count: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let whole = |(_, scale): &&(&str, u64)| count >= *scale && count.is_multiple_of(*scale);
    match Q::UNITS.iter().find(whole) {
        Some((name, scale)) => write!(f, "{}{name}", count / scale),
        None => write!(f, "0{}", Q::UNITS[Q::UNITS.len() - 1].0),
    }
}

fn deserialize<'de, Q, D>(deserializer: D) -> Result<Q, D::Error>
where
    Q: Quantity + FromStr<Err = InvalidQuantity>,
    D: Deserializer<'de>,
{
    struct Text<Q>(PhantomData<Q>);

    impl<Q: Quantity + FromStr<Err = InvalidQuantity>> Visitor<'_> for Text<Q> {
        type Value = Q;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(Q::EXPECTED)
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Q, E> {
            text.parse().map_err(E::custom)
        }
    }

    deserializer.deserialize_any(Text(PhantomData))
}

/// The standard traits of a [`Quantity`]: text both ways, also through serde.
macro_rules! text_traits {
    ($quantity:ty) => {
        impl std::str::FromStr for $quantity {
            type Err = super::InvalidQuantity;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                super::parse(text)
            }
        }

        impl serde::Serialize for $quantity {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $quantity {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                super::deserialize(deserializer)
            }
        }
    };
}
use text_traits;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_quantity_is_a_number_and_a_unit() {
        assert_eq!("1.5s".parse(), Ok(Span::from_nanos(1_500_000_000)));
        assert_eq!("0.1 ms".parse(), Ok(Span::from_nanos(100_000)));
        assert_eq!("0s".parse(), Ok(Span::from_nanos(0)));
        assert_eq!(
            "10Mbit/s".parse(),
            Ok(BitRate::from_bits_per_second(10_000_000).unwrap())
        );
        assert_eq!("64KiB".parse(), Ok(Size::from_bytes(65_536)));
        assert_eq!("100kB".parse(), Ok(Size::from_bytes(100_000)));
    }

    #[test]
    fn a_quantity_is_written_as_it_can_be_read() {
        for text in ["50ms", "1500us", "2min", "0ns", "64KiB", "1500B", "100kB"] {
            let written = text
                .parse::<Span>()
                .map(|span| span.to_string())
                .or_else(|_| text.parse::<Size>().map(|size| size.to_string()));
            assert_eq!(written.as_deref(), Ok(text));
        }
        let rate: BitRate = "64000bit/s".parse().unwrap();
        assert_eq!(rate.to_string(), "64kbit/s");
    }

    #[test]
    fn what_is_not_a_quantity_is_an_error_that_says_what_would_be_right() {
        let errors = [
            "50".parse::<Span>().unwrap_err(),
            "-5ms".parse::<Span>().unwrap_err(),
            "50 parsecs".parse::<Span>().unwrap_err(),
            "1.2.3s".parse::<Span>().unwrap_err(),
            "99999999999999s".parse::<Span>().unwrap_err(),
            "10Mbps".parse::<BitRate>().unwrap_err(),
            "0bit/s".parse::<BitRate>().unwrap_err(),
            "".parse::<Size>().unwrap_err(),
            "1.2".parse::<Probability>().unwrap_err(),
        ];
        let messages: Vec<String> = errors.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(messages.join("\n"));
    }

    proptest! {
        #[test]
        fn any_quantity_is_written_as_it_can_be_read(count in 1..1u64 << 53) {
            let (span, size) = (Span::from_nanos(count), Size::from_bytes(count));
            let rate = BitRate::from_bits_per_second(count).unwrap();
            prop_assert_eq!(span.to_string().parse(), Ok(span));
            prop_assert_eq!(size.to_string().parse(), Ok(size));
            prop_assert_eq!(rate.to_string().parse(), Ok(rate));
        }

        #[test]
        fn any_text_is_a_quantity_or_an_error(text in "[0-9.]{0,25}[ kKMGi]{0,2}(B|s|bit/s|.*)") {
            let quantities = (text.parse::<Span>(), text.parse::<Size>(), text.parse::<BitRate>());
            if let (Err(span), Err(size), Err(rate)) = quantities {
                prop_assert_eq!([&span.text, &size.text, &rate.text], [&text; 3]);
            }
        }
    }

    #[test]
    fn a_bare_number_in_a_file_is_told_to_have_a_unit() {
        let errors = [
            ron::from_str::<Span>("50").unwrap_err().to_string(),
            ron::from_str::<BitRate>("1e6").unwrap_err().to_string(),
            ron::from_str::<Size>("\"12 bytes\"")
                .unwrap_err()
                .to_string(),
            ron::from_str::<Probability>("1.2").unwrap_err().to_string(),
            ron::from_str::<Probability>("\"30 %\"")
                .unwrap_err()
                .to_string(),
        ];
        insta::assert_snapshot!(errors.join("\n"));
    }

    #[test]
    fn a_probability_may_be_a_whole_number() {
        assert_eq!(ron::from_str("1"), Ok(Probability::ONE));
        assert_eq!(ron::from_str("0"), Ok(Probability::ZERO));
    }
}
