//! SGR: how the next characters are to look.

use super::Screen;
use crate::terminal::parser::Csi;
use crate::terminal::rendition::{Attributes, Color, Renditions, Underline};

impl Screen {
    pub(super) fn set_renditions(&mut self, csi: &Csi) {
        let pen = &mut self.frame.pen;
        let mut parameters = csi.parameters();
        while let Some(mut parameter) = parameters.next() {
            let Some(code) = parameter.next() else {
                continue;
            };
            if let 38 | 48 | 58 = code {
                // The standard puts the colour into subparameters, most programs into the
                // parameters that follow.
                let color = match parameter.clone().next() {
                    Some(_) => color_in_subparameters(&parameter.collect::<Vec<_>>()),
                    None => {
                        color_in_parameters(parameters.by_ref().filter_map(|mut next| next.next()))
                    }
                };
                if let Some(color) = color {
                    *color_slot(pen, code) = color;
                }
            } else {
                set_rendition(pen, code, parameter.next());
            }
        }
    }
}

fn color_slot(pen: &mut Renditions, code: u16) -> &mut Color {
    match code {
        38 => &mut pen.foreground,
        48 => &mut pen.background,
        _ => &mut pen.underline_color,
    }
}

/// `5:n`, `2:r:g:b` or, with a colour space, `2:0:r:g:b`.
fn color_in_subparameters(values: &[u16]) -> Option<Color> {
    match *values {
        [5, index] => indexed(index),
        [2, r, g, b] | [2, _, r, g, b, ..] => rgb(r, g, b),
        _ => None,
    }
}

/// `5;n` or `2;r;g;b`.
fn color_in_parameters(mut values: impl Iterator<Item = u16>) -> Option<Color> {
    match values.next()? {
        5 => indexed(values.next()?),
        2 => {
            let (r, g, b) = (values.next()?, values.next()?, values.next()?);
            rgb(r, g, b)
        }
        _ => None,
    }
}

fn indexed(index: u16) -> Option<Color> {
    Some(Color::Indexed(index.try_into().ok()?))
}

fn rgb(r: u16, g: u16, b: u16) -> Option<Color> {
    Some(Color::Rgb(
        r.try_into().ok()?,
        g.try_into().ok()?,
        b.try_into().ok()?,
    ))
}

fn set_rendition(pen: &mut Renditions, code: u16, style: Option<u16>) {
    match code {
        0 => {
            *pen = Renditions {
                hyperlink: pen.hyperlink.take(),
                ..Renditions::PLAIN
            }
        }
        1 => pen.attributes.insert(Attributes::BOLD),
        2 => pen.attributes.insert(Attributes::FAINT),
        3 => pen.attributes.insert(Attributes::ITALIC),
        4 => pen.underline = style.map_or(Underline::Single, underline),
        5 | 6 => pen.attributes.insert(Attributes::BLINK),
        7 => pen.attributes.insert(Attributes::INVERSE),
        8 => pen.attributes.insert(Attributes::INVISIBLE),
        9 => pen.attributes.insert(Attributes::STRIKE),
        21 => pen.underline = Underline::Double,
        22 => pen.attributes.remove(Attributes::BOLD | Attributes::FAINT),
        23 => pen.attributes.remove(Attributes::ITALIC),
        24 => pen.underline = Underline::None,
        25 => pen.attributes.remove(Attributes::BLINK),
        27 => pen.attributes.remove(Attributes::INVERSE),
        28 => pen.attributes.remove(Attributes::INVISIBLE),
        29 => pen.attributes.remove(Attributes::STRIKE),
        30..=37 => pen.foreground = Color::Indexed(code as u8 - 30),
        39 => pen.foreground = Color::Default,
        40..=47 => pen.background = Color::Indexed(code as u8 - 40),
        49 => pen.background = Color::Default,
        59 => pen.underline_color = Color::Default,
        90..=97 => pen.foreground = Color::Indexed(code as u8 - 90 + 8),
        100..=107 => pen.background = Color::Indexed(code as u8 - 100 + 8),
        _ => {}
    }
}

fn underline(style: u16) -> Underline {
    match style {
        0 => Underline::None,
        2 => Underline::Double,
        3 => Underline::Curly,
        4 => Underline::Dotted,
        5 => Underline::Dashed,
        _ => Underline::Single,
    }
}
