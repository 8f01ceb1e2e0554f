//! How does a drawing become a picture?

use std::sync::{Arc, LazyLock};

use miette::Diagnostic;
use resvg::{tiny_skia, usvg};
use thiserror::Error;

/// Pictures wider or taller than this need more memory than a map is worth.
pub const MAX_EDGE_PX: u32 = 16_384;

/// Everything that can stop a drawing from becoming a picture.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum MapError {
    /// The drawing is not SVG that can be drawn.
    #[error("the drawing is not valid SVG: {reason}")]
    #[diagnostic(
        code(levekaar::map::svg),
        help("this is a fault of the program: please report it")
    )]
    InvalidSvg {
        /// What the reader of SVG said.
        reason: String,
    },

    /// The picture would be empty or too large.
    #[error("a picture of {width_px} × {height_px} px cannot be made; the limit is {MAX_EDGE_PX}")]
    #[diagnostic(code(levekaar::map::size), help("ask for a width of 1000 to 4000 px"))]
    Size {
        /// Asked width.
        width_px: u32,
        /// The height that follows from it.
        height_px: u32,
    },

    /// The picture cannot be written as PNG.
    #[error("the picture could not be written as PNG: {reason}")]
    #[diagnostic(code(levekaar::map::png))]
    Png {
        /// What the writer of PNG said.
        reason: String,
    },
}

/// Source Sans 3, SIL Open Font License (`src/map/fonts/OFL.txt`). Only these fonts are used, so
/// that a picture does not depend on the machine.
static FONTS: LazyLock<Arc<usvg::fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = usvg::fontdb::Database::new();
    fonts.load_font_data(include_bytes!("fonts/SourceSans3_400Regular.ttf").to_vec());
    fonts.load_font_data(include_bytes!("fonts/SourceSans3_600SemiBold.ttf").to_vec());
    Arc::new(fonts)
});

/// Draws an SVG of [`crate::map::choropleth`] as PNG, `width_px` wide, on any machine with the
/// same bytes.
///
/// # Errors
///
/// [`MapError`] when the text is not SVG, or the picture would be empty or too large.
pub fn rasterise(svg: &str, width_px: u32) -> Result<Vec<u8>, MapError> {
    let options = usvg::Options {
        font_family: super::FONT.to_owned(),
        fontdb: Arc::clone(&FONTS),
        ..usvg::Options::default()
    };
    let tree = usvg::Tree::from_str(svg, &options)
        .map_err(|error| MapError::InvalidSvg { reason: error.to_string() })?;
    let scale = width_px as f32 / tree.size().width();
    let height_px = (tree.size().height() * scale).ceil() as u32;
    let too_large = || MapError::Size { width_px, height_px };
    if width_px > MAX_EDGE_PX || height_px > MAX_EDGE_PX {
        return Err(too_large());
    }
    let mut picture = tiny_skia::Pixmap::new(width_px, height_px).ok_or_else(too_large)?;
    picture.fill(tiny_skia::Color::WHITE);
    let transform = tiny_skia::Transform::from_scale(scale, scale);
    resvg::render(&tree, transform, &mut picture.as_mut());
    picture.encode_png().map_err(|error| MapError::Png { reason: error.to_string() })
}
