//! One cell of the screen.

use std::hash::{Hash, Hasher};

use super::rendition::{Color, Renditions};

/// The bytes that one cell may hold, base and combining characters together; what comes after is dropped.
const MAX_CONTENTS: usize = 32;

/// A character position: a base character, what combines with it, and how they look.
///
/// Cells are equal when they look the same: a space drawn in red equals one that was erased.
#[derive(Debug, Clone)]
pub struct Cell {
    base: char,
    span: Span,
    combining: Option<Box<str>>,
    renditions: Renditions,
}

/// The columns that a cell takes part in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Span {
    Narrow,
    /// The left half of a character two columns wide.
    Wide,
    /// The right half, which shows nothing of its own.
    Continuation,
}

impl Cell {
    /// What erasing leaves behind.
    pub const fn blank(background: Color) -> Self {
        let mut cell = Self::narrow(' ', Renditions::PLAIN);
        cell.renditions.background = background;
        cell
    }

    /// A character one column wide.
    pub const fn narrow(base: char, renditions: Renditions) -> Self {
        Self {
            base,
            span: Span::Narrow,
            combining: None,
            renditions,
        }
    }

    /// The two halves of a character two columns wide.
    pub(super) fn wide(base: char, renditions: Renditions) -> [Self; 2] {
        let right = Self {
            span: Span::Continuation,
            ..Self::narrow(' ', renditions.clone())
        };
        [
            Self {
                span: Span::Wide,
                ..Self::narrow(base, renditions)
            },
            right,
        ]
    }

    /// Columns from this cell's character to the next one's: 2 for a wide character, 0 for its
    /// right half, else 1.
    pub fn columns(&self) -> usize {
        match self.span {
            Span::Narrow => 1,
            Span::Wide => 2,
            Span::Continuation => 0,
        }
    }

    /// How it looks.
    pub fn renditions(&self) -> &Renditions {
        &self.renditions
    }

    /// How it looks, to change it.
    pub fn renditions_mut(&mut self) -> &mut Renditions {
        &mut self.renditions
    }

    /// The base character; a space where nothing has been written.
    pub fn base(&self) -> char {
        self.base
    }

    /// The characters that combine with the base.
    pub fn combining(&self) -> &str {
        self.combining.as_deref().unwrap_or_default()
    }

    /// Whether there is nothing to see but the background.
    pub fn is_blank(&self) -> bool {
        matches!(self.base, ' ' | '\u{a0}') && self.combining.is_none() && self.span == Span::Narrow
    }

    /// The background, if erasing with it would make the same cell.
    pub(super) fn erased_background(&self) -> Option<Color> {
        let erased = self.base == ' '
            && self.combining.is_none()
            && self.span == Span::Narrow
            && self.renditions.are_plain_on_blank();
        erased.then_some(self.renditions.background)
    }

    /// Whether both show the same characters, however they are drawn.
    pub fn has_contents_of(&self, other: &Self) -> bool {
        self.base == other.base && self.span == other.span && self.combining == other.combining
    }

    /// Adds a combining character, if there is room.
    pub(super) fn combine(&mut self, ch: char) {
        let mut combining = String::from(self.combining());
        if self.base.len_utf8() + combining.len() + ch.len_utf8() <= MAX_CONTENTS {
            combining.push(ch);
            self.combining = Some(combining.into());
        }
    }
}

impl Default for Cell {
    fn default() -> Self {
        Self::blank(Color::Default)
    }
}

impl PartialEq for Cell {
    fn eq(&self, other: &Self) -> bool {
        self.has_contents_of(other)
            && (self.renditions == other.renditions
                || self
                    .erased_background()
                    .is_some_and(|background| other.erased_background() == Some(background)))
    }
}

impl Eq for Cell {}

impl Hash for Cell {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self.erased_background() {
            Some(background) => background.hash(state),
            None => (self.base, &self.combining, &self.renditions).hash(state),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::rendition::{Attributes, Underline};
    use super::*;

    #[test]
    fn blanks_are_equal_when_they_look_the_same() {
        let erased = Cell::blank(Color::Indexed(4));
        let mut space = Cell::narrow(' ', Renditions::erased(Color::Indexed(4)));
        space.renditions_mut().attributes = Attributes::BOLD;
        space.renditions_mut().foreground = Color::Indexed(1);
        assert_eq!(space, erased);
        space.renditions_mut().underline = Underline::Single;
        assert_ne!(space, erased);
        assert_ne!(Cell::blank(Color::Default), erased);
    }

    #[test]
    fn a_cell_holds_a_bounded_number_of_combining_characters() {
        let mut cell = Cell::narrow('e', Renditions::default());
        (0..1000).for_each(|_| cell.combine('\u{301}'));
        assert_eq!(cell.base().len_utf8() + cell.combining().len(), 31);
    }

    #[test]
    fn cells_are_small() {
        assert!(size_of::<Cell>() <= 48, "{} bytes", size_of::<Cell>());
    }
}
