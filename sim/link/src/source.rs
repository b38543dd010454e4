//! Recordings that a spec quotes or names a file of.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;
use std::sync::Arc;

use serde::de::value::SeqAccessDeserializer;
use serde::de::{self, Deserialize, Deserializer, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

/// A recording written out in the spec as a list, or the name of a file that has it.
#[derive(Clone, Debug, PartialEq)]
pub enum Source<T> {
    /// A file, not read yet: [`PathSpec::load`](crate::PathSpec::load) does that.
    File(String),
    /// The recording.
    Here(T),
}

/// A line of a file that is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{line}: {problem}")]
pub struct Malformed {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong with it, and what would be right.
    pub problem: String,
}

/// A file that a spec names and that could not be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// It could not be read.
    #[error("{file}: {problem}")]
    Unreadable {
        /// The file's name, as in the spec.
        file: String,
        /// What the reader said.
        problem: String,
    },
    /// It is not what it should be.
    #[error("{file}:{malformed}")]
    Malformed {
        /// The file's name, as in the spec.
        file: String,
        /// Where, and what is wrong.
        malformed: Malformed,
    },
}

impl<T: FromStr<Err = Malformed>> Source<T> {
    /// Replace a file's name by what is in it.
    pub(crate) fn load<E: fmt::Display>(
        &mut self,
        read: &mut impl FnMut(&str) -> Result<String, E>,
    ) -> Result<(), SourceError> {
        if let Source::File(file) = self {
            let text = read(file).map_err(|error| SourceError::Unreadable {
                file: file.clone(),
                problem: error.to_string(),
            })?;
            *self =
                Source::Here(
                    text.parse::<T>()
                        .map_err(|malformed| SourceError::Malformed {
                            file: file.clone(),
                            malformed,
                        })?,
                );
        }
        Ok(())
    }
}

impl<T> Source<T> {
    /// The name of the file that the recording is still in.
    pub(crate) fn file(&self) -> Option<&str> {
        match self {
            Source::File(name) => Some(name),
            Source::Here(_) => None,
        }
    }

    /// The recording, unless it is still in its file.
    pub(crate) fn here(&self) -> Option<&T> {
        match self {
            Source::File(_) => None,
            Source::Here(recording) => Some(recording),
        }
    }
}

impl<T: Serialize> Serialize for Source<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Source::File(name) => serializer.serialize_str(name),
            Source::Here(recording) => recording.serialize(serializer),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Source<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FileOrList<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for FileOrList<T> {
            type Value = Source<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a file, or a list of values")
            }

            fn visit_str<E: de::Error>(self, name: &str) -> Result<Self::Value, E> {
                Ok(Source::File(name.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
                T::deserialize(SeqAccessDeserializer::new(list)).map(Source::Here)
            }
        }

        deserializer.deserialize_any(FileOrList(PhantomData))
    }
}

/// Values, at least one.
///
/// In a file every line is one value, written as in a spec but without quotes (`48.2ms`, `0.03`); empty lines and
/// what follows a `#` are ignored.
#[derive(Clone, Debug, PartialEq)]
pub struct Samples<T>(Arc<[T]>);

impl<T> Samples<T> {
    /// The values, if there are any.
    pub fn new(values: impl Into<Arc<[T]>>) -> Option<Samples<T>> {
        let values = values.into();
        (!values.is_empty()).then_some(Samples(values))
    }

    /// The values.
    pub fn values(&self) -> &[T] {
        &self.0
    }
}

impl<T: FromStr<Err: fmt::Display>> FromStr for Samples<T> {
    type Err = Malformed;

    /// Read the text of a whole file.
    fn from_str(text: &str) -> Result<Samples<T>, Malformed> {
        let values: Vec<T> = text
            .lines()
            .map(|line| line.split('#').next().unwrap_or(line).trim())
            .zip(1..)
            .filter(|(value, _)| !value.is_empty())
            .map(|(value, line)| {
                value.parse().map_err(|error: T::Err| Malformed {
                    line,
                    problem: error.to_string(),
                })
            })
            .collect::<Result<_, _>>()?;
        Samples::new(values).ok_or_else(|| Malformed {
            line: 1,
            problem: "there is not a single value here; write one a line".to_owned(),
        })
    }
}

impl<T: Serialize> Serialize for Samples<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Samples<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let values = Vec::deserialize(deserializer)?;
        Samples::new(values)
            .ok_or_else(|| de::Error::custom("the list is empty; it needs at least one value"))
    }
}
