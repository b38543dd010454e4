//! What a scenario file can say.
