//! What a scenario file can say: its vocabulary, its defaults, and errors that point at the text.
//!
//! [`Scenario::read`] reads a file, [`library::find`] a scenario that is shipped. What they return has
//! been checked as a whole: every name in it is that of something, every value is possible, and the files
//! that it names have been read. `scenarios/README.md` teaches the vocabulary by example.
//!
//! ```
//! let text = r#"Scenario(
//!     question: "Is the server there?",
//!     hosts: { "client": (), "server": () },
//!     links: { "wan": (between: ("client", "sever")) },
//!     workload: Typing(keystrokes: 10, gap: Constant("300ms")),
//!     sessions: { "ssh": Ssh() },
//! )"#;
//! let error = scenario::Scenario::parse(text, "my.ron").unwrap_err();
//! assert_eq!(error.to_string(), r#"my.ron:4:42: there is no host "sever"
//!   |
//! 4 |     links: { "wan": (between: ("client", "sever")) },
//!   |                                          ^^^^^^^
//!   = did you mean `server`? The hosts: client, server"#);
//! ```

mod check;
mod error;
mod folder;
pub mod library;
mod read;
mod source;
mod suggest;
pub mod sweep;
mod vocabulary;

pub use error::{Error, Mistake};
pub use vocabulary::*;
