//! Changing the pen with as few bytes as possible.

use super::Capabilities;
use crate::terminal::rendition::{Attributes, Color, Hyperlink, Renditions, Underline};

/// Appends what turns the pen `from` into the pen `to`, as far as the reader has such pens.
pub(super) fn change(
    bytes: &mut Vec<u8>,
    from: &Renditions,
    to: &Renditions,
    capabilities: Capabilities,
) {
    if capabilities.contains(Capabilities::HYPERLINKS) && from.hyperlink != to.hyperlink {
        bytes.extend(link(to.hyperlink.as_deref()).into_bytes());
    }
    let from = Look::of(from, capabilities);
    let to = Look::of(to, capabilities);
    if from != to {
        // Where a parameter is missing, 0 is meant: reset everything.
        let anew = format!(";{}", Look::PLAIN.parameters_to(&to));
        let onwards = from.parameters_to(&to);
        let shorter = if onwards.len() < anew.len() {
            &onwards
        } else {
            &anew
        };
        let parameters = shorter.strip_suffix(';').unwrap_or(shorter);
        bytes.extend(format!("\x1b[{parameters}m").into_bytes());
    }
}

/// Renditions without the link, and without what the reader wouldn't understand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Look {
    foreground: Color,
    background: Color,
    underline_color: Color,
    attributes: Attributes,
    underline: Underline,
}

/// The attributes with the parameters that set and reset them. Bold and faint share a reset.
const SWITCHES: [(Attributes, u8, u8); 7] = [
    (Attributes::BOLD, 1, 22),
    (Attributes::FAINT, 2, 22),
    (Attributes::ITALIC, 3, 23),
    (Attributes::BLINK, 5, 25),
    (Attributes::INVERSE, 7, 27),
    (Attributes::INVISIBLE, 8, 28),
    (Attributes::STRIKE, 9, 29),
];

impl Look {
    const PLAIN: Self = Self {
        foreground: Color::Default,
        background: Color::Default,
        underline_color: Color::Default,
        attributes: Attributes::empty(),
        underline: Underline::None,
    };

    fn of(renditions: &Renditions, capabilities: Capabilities) -> Self {
        let mut attributes = renditions.attributes;
        if !capabilities.contains(Capabilities::FAINT) {
            attributes.remove(Attributes::FAINT);
        }
        if !capabilities.contains(Capabilities::STRIKE) {
            attributes.remove(Attributes::STRIKE);
        }
        let underline = match renditions.underline {
            Underline::None => Underline::None,
            style if capabilities.contains(Capabilities::UNDERLINE_STYLES) => style,
            _ => Underline::Single,
        };
        let underline_color = if capabilities.contains(Capabilities::UNDERLINE_COLOR) {
            renditions.underline_color
        } else {
            Color::Default
        };
        Self {
            foreground: renditions.foreground,
            background: renditions.background,
            underline_color,
            attributes,
            underline,
        }
    }

    /// The parameters that lead from this look to another without resetting everything; each ends
    /// in a semicolon.
    fn parameters_to(&self, to: &Self) -> String {
        let mut parameters = self.switches_to(to);
        if self.underline != to.underline {
            parameters += &match to.underline {
                Underline::None => "24;".into(),
                Underline::Single => "4;".into(),
                style => format!("4:{};", style as u8),
            };
        }
        if self.foreground != to.foreground {
            parameters += &color(to.foreground, 30, 90);
        }
        if self.background != to.background {
            parameters += &color(to.background, 40, 100);
        }
        if self.underline_color != to.underline_color {
            parameters += &underline_color(to.underline_color);
        }
        parameters
    }

    fn switches_to(&self, to: &Self) -> String {
        const SHARING: Attributes = Attributes::BOLD.union(Attributes::FAINT);
        let mut parameters = String::new();
        let mut on = self.attributes;
        let off = on - to.attributes;
        if off.intersects(SHARING) {
            parameters += "22;";
            on.remove(SHARING);
        }
        for (attribute, set, reset) in SWITCHES {
            if (off - SHARING).contains(attribute) {
                parameters += &format!("{reset};");
            } else if (to.attributes - on).contains(attribute) {
                parameters += &format!("{set};");
            }
        }
        parameters
    }
}

fn color(color: Color, ordinary: u8, bright: u8) -> String {
    match color {
        Color::Default => format!("{};", ordinary + 9),
        Color::Indexed(index @ 0..=7) => format!("{};", ordinary + index),
        Color::Indexed(index @ 8..=15) => format!("{};", bright + index - 8),
        Color::Indexed(index) => format!("{};5;{index};", ordinary + 8),
        Color::Rgb(r, g, b) => format!("{};2;{r};{g};{b};", ordinary + 8),
    }
}

/// With colons only: a reader that doesn't know 58 would take what follows a semicolon for attributes.
fn underline_color(color: Color) -> String {
    match color {
        Color::Default => "59;".into(),
        Color::Indexed(index) => format!("58:5:{index};"),
        Color::Rgb(r, g, b) => format!("58:2::{r}:{g}:{b};"),
    }
}

fn link(link: Option<&Hyperlink>) -> String {
    match link {
        Some(Hyperlink { parameters, uri }) => format!("\x1b]8;{parameters};{uri}\x07"),
        None => "\x1b]8;;\x07".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(from: &Renditions, to: &Renditions) -> String {
        let mut bytes = Vec::new();
        change(&mut bytes, from, to, Capabilities::all());
        String::from_utf8(bytes).unwrap()
    }

    fn pen(attributes: Attributes, foreground: Color) -> Renditions {
        Renditions {
            attributes,
            foreground,
            ..Renditions::PLAIN
        }
    }

    #[test]
    fn the_shorter_of_resetting_and_changing_is_chosen() {
        let red = pen(Attributes::empty(), Color::Indexed(1));
        let bold_red = pen(Attributes::BOLD, Color::Indexed(1));
        assert_eq!(changed(&Renditions::PLAIN, &bold_red), "\x1b[1;31m");
        assert_eq!(changed(&bold_red, &red), "\x1b[22m");
        assert_eq!(changed(&red, &bold_red), "\x1b[1m");
        assert_eq!(changed(&bold_red, &Renditions::PLAIN), "\x1b[m");
    }

    #[test]
    fn bold_and_faint_are_reset_together() {
        let both = pen(Attributes::BOLD | Attributes::FAINT, Color::Rgb(1, 2, 3));
        let faint = pen(Attributes::FAINT, Color::Rgb(1, 2, 3));
        assert_eq!(changed(&both, &faint), "\x1b[22;2m");
    }

    #[test]
    fn a_stock_reader_is_told_nothing_it_would_misunderstand() {
        let fancy = Renditions {
            underline: Underline::Curly,
            underline_color: Color::Indexed(5),
            attributes: Attributes::FAINT | Attributes::STRIKE,
            ..Renditions::PLAIN
        };
        let mut bytes = Vec::new();
        change(&mut bytes, &Renditions::PLAIN, &fancy, Capabilities::STOCK);
        assert_eq!(bytes, b"\x1b[4m");
    }
}
