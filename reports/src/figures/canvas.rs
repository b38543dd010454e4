//! What figures are drawn on: an SVG document with embedded font metrics, and its rendering as PNG.

use std::sync::{Arc, LazyLock};

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontTransform, register_font};
use resvg::{tiny_skia, usvg};

/// Why a figure could not be drawn.
pub type DrawingError = Box<dyn std::error::Error + Send + Sync>;

/// Where figures are drawn.
pub(super) type Canvas<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// Plotters rounds to whole units; drawing four to a pixel keeps curves smooth.
const UNITS: u32 = 4;

/// Pixels of a PNG for each pixel of the SVG.
const PNG_SCALE: f32 = 2.0;

/// Width of every figure, in pixels.
pub(super) const WIDTH: u32 = 900;

/// The embedded font, registered under the name that a browser is asked for too.
static FAMILY: LazyLock<&str> = LazyLock::new(|| {
    let name = "sans-serif";
    // A font that cannot be read makes the first text that is drawn an error.
    let _ = register_font(name, FontStyle::Normal, dejavu::sans::regular());
    let _ = register_font(name, FontStyle::Bold, dejavu::sans::bold());
    name
});

/// A length of so many pixels, in the units of the canvas.
pub(super) const fn px(pixels: u32) -> u32 {
    pixels * UNITS
}

/// The same, signed, for positions.
pub(super) const fn at(pixels: i32) -> i32 {
    pixels * UNITS as i32
}

/// Draws a figure of `height` pixels and returns the SVG document.
pub(super) fn svg(
    height: u32,
    draw: impl FnOnce(&Canvas) -> Result<(), DrawingError>,
) -> Result<String, DrawingError> {
    let size = (px(WIDTH), px(height));
    let mut text = String::new();
    {
        let canvas = SVGBackend::with_string(&mut text, size).into_drawing_area();
        canvas.fill(&WHITE)?;
        draw(&canvas)?;
        canvas.present()?;
    }
    let drawn = format!("width=\"{}\" height=\"{}\"", size.0, size.1);
    Ok(text.replacen(&drawn, &format!("width=\"{WIDTH}\" height=\"{height}\""), 1))
}

/// Renders an SVG document that this module drew.
///
/// # Errors
/// When the document is no SVG or too large for memory.
pub fn png(svg: &str) -> Result<Vec<u8>, DrawingError> {
    static FONTS: LazyLock<Arc<usvg::fontdb::Database>> = LazyLock::new(|| {
        let mut fonts = usvg::fontdb::Database::new();
        fonts.load_font_data(dejavu::sans::regular().to_vec());
        fonts.load_font_data(dejavu::sans::bold().to_vec());
        fonts.set_sans_serif_family("DejaVu Sans");
        Arc::new(fonts)
    });
    let options = usvg::Options {
        fontdb: FONTS.clone(),
        ..usvg::Options::default()
    };
    let tree = usvg::Tree::from_str(svg, &options)?;
    let size = tree
        .size()
        .to_int_size()
        .scale_by(PNG_SCALE)
        .ok_or("the figure is too large")?;
    let mut pixmap =
        tiny_skia::Pixmap::new(size.width(), size.height()).ok_or("the figure is too large")?;
    let scale = tiny_skia::Transform::from_scale(PNG_SCALE, PNG_SCALE);
    resvg::render(&tree, scale, &mut pixmap.as_mut());
    Ok(pixmap.encode_png()?)
}

/// Text of so many pixels, anchored at its left top.
pub(super) fn text(pixels: u32, colour: RGBColor) -> TextStyle<'static> {
    (*FAMILY, px(pixels)).into_font().color(&colour)
}

/// Bold text of so many pixels, anchored at its left top.
pub(super) fn bold(pixels: u32, colour: RGBColor) -> TextStyle<'static> {
    (*FAMILY, px(pixels))
        .into_font()
        .style(FontStyle::Bold)
        .color(&colour)
}

/// The same text, anchored elsewhere.
pub(super) fn anchored(style: TextStyle<'static>, h: HPos, v: VPos) -> TextStyle<'static> {
    style.pos(Pos::new(h, v))
}

/// The same text, running upwards.
pub(super) fn upwards(style: TextStyle<'static>) -> TextStyle<'static> {
    style.transform(FontTransform::Rotate270)
}

/// Width of a text in the units of the canvas.
pub(super) fn width(text: &str, style: &TextStyle) -> i32 {
    style
        .font
        .box_size(text)
        .map_or(0, |(width, _)| width as i32)
}

/// The text, or as much of its beginning as fits into `room` units with an ellipsis.
pub(super) fn fitted(text: &str, style: &TextStyle, room: i32) -> String {
    if width(text, style) <= room {
        return text.to_owned();
    }
    let mut kept: Vec<char> = text.chars().collect();
    while kept.pop().is_some() {
        let shorter = kept.iter().collect::<String>().trim_end().to_owned() + "…";
        if width(&shorter, style) <= room {
            return shorter;
        }
    }
    String::new()
}
