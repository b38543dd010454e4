//! Numbers with their units, as people read them.

use crate::statistics::{Interval, Latency};

/// Three significant digits or more, never an exponent: `4.21`, `98.7`, `1871`.
pub(crate) fn number(value: f64) -> String {
    match value.abs() {
        size if size < 9.995 => format!("{value:.2}"),
        size if size < 99.95 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

/// A number of milliseconds that may be a lower bound: `160`, `≥ 2000`.
pub(crate) fn bounded(latency: Latency) -> String {
    let sign = if latency.is_censored() { "≥ " } else { "" };
    format!("{sign}{}", number(latency.at_least()))
}

/// A time with the unit that suits it: `4.21 ms`, `1.87 s`.
pub(crate) fn time(ms: f64) -> String {
    match ms.abs() {
        size if size < 999.5 => format!("{} ms", number(ms)),
        size if size < 99_950.0 => format!("{} s", number(ms / 1000.0)),
        _ => format!("{:.1} min", ms / 60_000.0),
    }
}

/// A share as a percentage: `29.3 %`.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// A ratio: `11.2×`.
pub(crate) fn times(ratio: f64) -> String {
    let decimals = usize::from(ratio < 99.95);
    format!("{ratio:.decimals$}×")
}

/// Both ends of an interval: `150–171`.
pub(crate) fn range(interval: Interval, format: impl Fn(f64) -> String) -> String {
    format!("{}–{}", format(interval.lo), format(interval.hi))
}

/// `1 keystroke`, `2 keystrokes`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
