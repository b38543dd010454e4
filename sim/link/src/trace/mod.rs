//! Traces of delivery opportunities, in mahimahi's format.
//!
//! Every line of a `.up` or `.down` file is a whole number of milliseconds, in ascending order: at that time the link
//! can send 1500 bytes. A number on several lines is several opportunities. Several small packets share one
//! opportunity, a long packet takes several, and one that finds nothing to send is lost. When all have passed the trace
//! begins again, the time of the last being the new zero. (Netravali, Sivaraman, Das, Goyal, Winstein, Mickens,
//! Balakrishnan: "Mahimahi: accurate record-and-replay for HTTP", USENIX ATC 2015, section 4.1.)

mod synthesis;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Malformed;

pub use synthesis::Cellular;

/// The bytes that one opportunity delivers.
pub const OPPORTUNITY_BYTES: u32 = 1500;

/// When a link can send: milliseconds in ascending order, the last above 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<u64>", into = "Vec<u64>")]
pub struct Trace(Arc<[u64]>);

impl Trace {
    /// A trace of opportunities at these milliseconds.
    ///
    /// # Errors
    /// They do not ascend, there are none, or the last is 0, so that the trace would have no length. The error's line
    /// is the place in the list, counted from 1.
    pub fn new(millis: impl Into<Arc<[u64]>>) -> Result<Trace, Malformed> {
        let millis = millis.into();
        let malformed = |line, problem: &str| {
            Err(Malformed {
                line,
                problem: problem.to_owned(),
            })
        };
        if let Some(back) = millis.windows(2).position(|pair| pair[0] > pair[1]) {
            return malformed(
                back + 2,
                "this opportunity is before the one that precedes it; they must ascend",
            );
        }
        match millis.last() {
            None => malformed(
                1,
                "there is not a single opportunity here; write one a line, in milliseconds",
            ),
            Some(0) => malformed(
                millis.len(),
                "the last opportunity must be after 0: its time is the trace's length",
            ),
            // What saturates in nanoseconds would not be a time.
            Some(last) if *last > u64::MAX / 1_000_000_000 => {
                malformed(millis.len(), "this is longer than a run can be")
            }
            Some(_) => Ok(Trace(millis)),
        }
    }

    /// The opportunities, in milliseconds.
    pub fn millis(&self) -> &[u64] {
        &self.0
    }

    /// After how long the trace begins again.
    pub fn length(&self) -> Duration {
        Duration::from_millis(self.0[self.0.len() - 1])
    }

    /// What it can send in the long run, in bits per second.
    pub fn mean_bits_per_second(&self) -> f64 {
        let bits = 8.0 * f64::from(OPPORTUNITY_BYTES) * self.0.len() as f64;
        bits / self.length().as_secs_f64()
    }
}

impl FromStr for Trace {
    type Err = Malformed;

    /// Read a `.up` or `.down` file.
    fn from_str(text: &str) -> Result<Trace, Malformed> {
        let millis: Vec<u64> = text
            .lines()
            .zip(1..)
            .map(|(text, line)| {
                text.trim().parse().map_err(|_| Malformed {
                    line,
                    problem: format!("`{text}` is not a whole number of milliseconds, as in 120"),
                })
            })
            .collect::<Result<_, _>>()?;
        Trace::new(millis)
    }
}

impl fmt::Display for Trace {
    /// The text of a `.up` or `.down` file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|millis| writeln!(f, "{millis}"))
    }
}

impl TryFrom<Vec<u64>> for Trace {
    type Error = String;

    fn try_from(millis: Vec<u64>) -> Result<Trace, String> {
        Trace::new(millis).map_err(|Malformed { line, problem }| format!("value {line}: {problem}"))
    }
}

impl From<Trace> for Vec<u64> {
    fn from(trace: Trace) -> Vec<u64> {
        trace.0.to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_is_written_as_it_was_read() {
        let text = "0\n5\n5\n12\n";
        let trace: Trace = text.parse().unwrap();
        assert_eq!(trace.millis(), [0, 5, 5, 12]);
        assert_eq!(trace.length(), Duration::from_millis(12));
        assert_eq!(trace.mean_bits_per_second(), 4.0 * 12_000.0 / 0.012);
        assert_eq!(trace.to_string(), text);
    }

    #[test]
    fn what_is_not_a_trace_is_an_error_that_says_where_and_what_would_be_right() {
        let texts = [
            "",
            "0\n0\n",
            "1\n7\n5\n",
            "1\n2.5\n",
            "1\n\n2\n",
            "-1\n",
            "99999999999999999\n",
        ];
        let errors = texts.map(|text| text.parse::<Trace>().unwrap_err().to_string());
        insta::assert_snapshot!(errors.join("\n"));
    }
}
