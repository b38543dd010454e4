//! The link model.
