//! From text to a [`Scenario`] and back.

use ron::extensions::Extensions;

use crate::{Error, Scenario};

impl Scenario {
    /// Parses the text of a scenario; `file` is the name that errors give.
    pub fn parse(text: &str, file: &str) -> Result<Scenario, Error> {
        dialect().from_str(text).map_err(|error| Error {
            file: file.to_owned(),
            line: error.span.end.line,
            column: error.span.end.col,
            what: error.code.to_string(),
        })
    }
}

/// RON without the `Some(..)` and the doubled parentheses.
fn dialect() -> ron::Options {
    ron::Options::default()
        .with_default_extension(Extensions::IMPLICIT_SOME)
        .with_default_extension(Extensions::UNWRAP_NEWTYPES)
        .with_default_extension(Extensions::UNWRAP_VARIANT_NEWTYPES)
}
