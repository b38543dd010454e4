//! What one direction of one path does: the vocabulary of scenario files.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::units::{Probability, Size};
use crate::{Corrupt, Delay, Loss, Queue, Rate, Reorder, SourceError};

/// What one direction of one path does to packets. The default is a perfect path.
///
/// Packets pass the stages in this order: loss, MTU, duplication, corruption, queue and rate, delay, reordering.
/// What depends on a packet's serial number alone comes first, so that it is the same for every load.
///
/// ```
/// # use link::PathSpec;
/// let spec: PathSpec = ron::from_str(r#"#![enable(implicit_some)] (
///     delay: Normal(mean: "50ms", sd: "5ms"),
///     loss: Bernoulli(0.29),
///     rate: Constant("10Mbit/s"),
///     queue: DropTail(packets: 100),
/// )"#)?;
/// spec.check()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PathSpec {
    /// How long packets travel.
    pub delay: Option<Delay>,
    /// Whether a packet may overtake one that was given a longer delay. Otherwise delays keep the packets' order,
    /// as most real paths do, and a packet waits for those before it.
    pub overtaking: bool,
    /// Which packets are lost.
    pub loss: Option<Loss>,
    /// How fast packets are sent. They wait their turn in the `queue`.
    pub rate: Option<Rate>,
    /// Where packets wait; without limit when left out. Needs a `rate`: else nothing waits.
    pub queue: Option<Queue>,
    /// What the link layer adds to every packet's length, for `rate` and `queue` (0 when left out).
    pub overhead: Size,
    /// Which packets are held back so that later ones overtake them.
    pub reorder: Option<Reorder>,
    /// The probability that a packet arrives twice.
    pub duplicate: Option<Probability>,
    /// Which packets arrive with flipped bits.
    pub corrupt: Option<Corrupt>,
    /// The longest packet that passes, from its IP header on.
    pub mtu: Option<Size>,
}

/// A spec that cannot be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{stage}: {problem}")]
pub struct SpecError {
    /// The field of [`PathSpec`] that is wrong.
    pub stage: &'static str,
    /// What is wrong with it, and what would be right.
    pub problem: String,
}

impl PathSpec {
    /// Replace the names of files by what is in them. `read` returns the text of a file named in the spec.
    ///
    /// # Errors
    /// A file that `read` cannot read, or a line of it that is not what it should be.
    pub fn load<E: fmt::Display>(
        &mut self,
        mut read: impl FnMut(&str) -> Result<String, E>,
    ) -> Result<(), SourceError> {
        if let Some(delay) = &mut self.delay {
            delay.load(&mut read)?;
        }
        if let Some(loss) = &mut self.loss {
            loss.load(&mut read)?;
        }
        if let Some(Rate::Trace(trace)) = &mut self.rate {
            trace.load(&mut read)?;
        }
        Ok(())
    }

    /// Whether a path can be built from this; files need not be loaded yet.
    ///
    /// # Errors
    /// The first contradiction: values that cannot go together, and why.
    pub fn check(&self) -> Result<(), SpecError> {
        let stage = |stage| move |problem| SpecError { stage, problem };
        self.delay
            .as_ref()
            .map_or(Ok(()), Delay::check)
            .map_err(stage("delay"))?;
        self.loss
            .as_ref()
            .map_or(Ok(()), Loss::check)
            .map_err(stage("loss"))?;
        self.queue
            .as_ref()
            .map_or(Ok(()), Queue::check)
            .map_err(stage("queue"))?;
        if self.queue.is_some() && self.rate.is_none() {
            let problem = "without a `rate` nothing ever waits; give one, or leave the queue out";
            return Err(stage("queue")(problem.to_owned()));
        }
        Ok(())
    }

    /// As [`check`](PathSpec::check), and that no file is still to be loaded.
    pub(crate) fn check_loaded(&self) -> Result<(), SpecError> {
        self.check()?;
        let files = [
            ("delay", self.delay.as_ref().and_then(Delay::file)),
            ("loss", self.loss.as_ref().and_then(Loss::file)),
            ("rate", self.rate.as_ref().and_then(Rate::file)),
        ];
        match files
            .into_iter()
            .find_map(|(stage, file)| Some((stage, file?)))
        {
            None => Ok(()),
            Some((stage, file)) => Err(SpecError {
                stage,
                problem: format!("the file `{file}` is not loaded"),
            }),
        }
    }
}
