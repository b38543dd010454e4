//! The recordings that a replay plays.

use std::fmt;

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Recordings by their files: written as one string, or as a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recordings(pub Vec<Recorded>);

/// A recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its file, relative to the scenario's folder.
    pub file: String,
    /// What is in it, once the scenario has been read.
    pub contents: Vec<u8>,
}

impl From<String> for Recorded {
    fn from(file: String) -> Self {
        Recorded {
            file,
            contents: Vec::new(),
        }
    }
}

impl Serialize for Recordings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [one] => serializer.serialize_str(&one.file),
            several => serializer.collect_seq(several.iter().map(|recorded| &recorded.file)),
        }
    }
}

impl<'de> Deserialize<'de> for Recordings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrSeveral;

        impl<'de> Visitor<'de> for OneOrSeveral {
            type Value = Recordings;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a file such as \"my-session.cast\", or a list of files")
            }

            fn visit_str<E: serde::de::Error>(self, file: &str) -> Result<Recordings, E> {
                Ok(Recordings(vec![file.to_owned().into()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Recordings, A::Error> {
                let mut recordings = Vec::new();
                while let Some(file) = list.next_element::<String>()? {
                    recordings.push(file.into());
                }
                Ok(Recordings(recordings))
            }
        }

        deserializer.deserialize_any(OneOrSeveral)
    }
}
