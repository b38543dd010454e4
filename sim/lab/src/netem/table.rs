//! How a delay varies, as netem wants it: a table of quantiles.

use std::fmt;
use std::time::Duration;

use link::Delay;

/// How many quantiles a table has. netem chooses one of them for each packet.
const ENTRIES: usize = 4096;

/// The value in a table that stands for one jitter (`NETEM_DIST_SCALE`, include/uapi/linux/pkt_sched.h).
const SCALE: f64 = 8192.0;

/// The longest jitter that netem does not cut off, in nanoseconds: what fits 31 bits.
const LONGEST_JITTER: f64 = i32::MAX as f64;

/// A distribution around a latency.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Table {
    pub(super) jitter: Duration,
    /// What is added to the latency, in jitters / 8192.
    pub(super) quantiles: Vec<i16>,
}

impl Table {
    /// The latency in the middle of `delay`'s quantiles and the table of what they are off by; none where `delay` is
    /// no distribution, or too wide for netem.
    pub(super) fn new(delay: &Delay) -> Option<(Duration, Table)> {
        let quantiles = (0..ENTRIES)
            .map(|entry| {
                let u = (entry as f64 + 0.5) / ENTRIES as f64;
                delay.quantile(u).map(|quantile| quantile.as_nanos() as f64)
            })
            .collect::<Option<Vec<f64>>>()?;
        let (shortest, longest) = (quantiles[0], quantiles[ENTRIES - 1]);
        let middle = ((shortest + longest) / 2.0).round();
        // Rounded up, so that the outermost quantiles are inside of the table's 16 bits.
        let jitter = ((longest - shortest) / 2.0 * SCALE / f64::from(i16::MAX))
            .ceil()
            .max(1.0);
        if jitter > LONGEST_JITTER {
            return None;
        }
        let scaled = |quantile: f64| ((quantile - middle) * SCALE / jitter).round() as i16;
        let table = Table {
            jitter: Duration::from_nanos(jitter as u64),
            quantiles: quantiles.into_iter().map(scaled).collect(),
        };
        Some((Duration::from_nanos(middle as u64), table))
    }
}

impl fmt::Display for Table {
    /// The jitter, and a checksum in place of the quantiles (FNV-1a of Fowler, Noll and Vo).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.quantiles.iter().flat_map(|value| value.to_le_bytes());
        let sum = bytes.fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        write!(f, "{:?} distribution {sum:016x}", self.jitter)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn delay(text: &str) -> Delay {
        ron::from_str(text).unwrap()
    }

    /// The delay in nanoseconds that netem makes of an entry of the table.
    fn realized(latency: Duration, table: &Table, entry: usize) -> f64 {
        let off = f64::from(table.quantiles[entry]) * table.jitter.as_nanos() as f64 / SCALE;
        latency.as_nanos() as f64 + off
    }

    proptest! {
        #[test]
        fn a_table_gives_every_quantile_to_the_16_bits_that_it_has(
            min in 0_u32..1_000_000,
            wide in 1_u32..5_000_000,
            entry in 0..ENTRIES,
        ) {
            let text = format!(r#"Uniform(min: "{min}us", max: "{}us")"#, min + wide);
            let delay = delay(&text);
            let (latency, table) = Table::new(&delay).unwrap();
            let u = (entry as f64 + 0.5) / ENTRIES as f64;
            let asked = delay.quantile(u).unwrap().as_nanos() as f64;
            let resolution = f64::from(wide) * 1e3 / 65_000.0 + 1.0;
            prop_assert!((realized(latency, &table, entry) - asked).abs() <= resolution);
        }
    }

    #[test]
    fn what_is_too_wide_for_netem_has_no_table() {
        assert!(Table::new(&delay(r#"Uniform(min: "0s", max: "1min")"#)).is_none());
    }

    #[test]
    fn what_is_no_distribution_has_no_table() {
        assert!(Table::new(&delay(r#"Constant("5ms")"#)).is_none());
    }

    #[test]
    fn equal_samples_make_a_delay_that_does_not_vary() {
        let (latency, table) = Table::new(&delay(r#"Empirical(samples: ["7ms", "7ms"])"#)).unwrap();
        assert_eq!(latency, Duration::from_millis(7));
        assert!(table.quantiles.iter().all(|off| *off == 0));
    }
}
