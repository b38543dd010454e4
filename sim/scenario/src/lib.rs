//! What a scenario file can say: its vocabulary, defaults, checks, and errors that point at the text.

mod check;
mod error;
pub mod library;
mod read;
mod source;
mod suggest;
mod vocabulary;

pub use error::{Error, Mistake};
pub use vocabulary::*;
