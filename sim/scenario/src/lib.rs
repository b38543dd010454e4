//! What a scenario file can say: its vocabulary, defaults, checks, and errors that point at the text.

mod error;
mod placeholder;
mod read;
mod vocabulary;

pub use error::Error;
pub use vocabulary::*;
