//! On what paper?

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{MARGIN, WIDTH};

/// The paper of a map.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Page {
    /// For a web page or a report: as tall as the areas need.
    #[default]
    #[serde(rename = "web")]
    Web,
    /// A4, upright.
    #[serde(rename = "a4")]
    A4,
    /// A4, lying.
    #[serde(rename = "a4-landscape")]
    A4Landscape,
    /// A3, upright.
    #[serde(rename = "a3")]
    A3,
    /// A3, lying.
    #[serde(rename = "a3-landscape")]
    A3Landscape,
    /// A slide of 16 by 9.
    #[serde(rename = "16:9")]
    Slide,
}

/// CSS has 96 px in an inch of 25.4 mm.
const PX_IN_MM: f64 = 96.0 / 25.4;

impl Page {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Web, Self::A4, Self::A4Landscape, Self::A3, Self::A3Landscape, Self::Slide];

    /// The name in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::A4 => "a4",
            Self::A4Landscape => "a4-landscape",
            Self::A3 => "a3",
            Self::A3Landscape => "a3-landscape",
            Self::Slide => "16:9",
        }
    }

    /// The paper of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|page| page.name() == name)
    }

    /// Width and height in mm; `None` where the height follows from the areas.
    pub fn size_mm(self) -> Option<(f64, f64)> {
        match self {
            Self::Web => None,
            Self::A4 => Some((210.0, 297.0)),
            Self::A4Landscape => Some((297.0, 210.0)),
            Self::A3 => Some((297.0, 420.0)),
            Self::A3Landscape => Some((420.0, 297.0)),
            // As wide as a slide of 13 1/3 inches, on which letters are a third larger than on
            // paper; see `canvas`.
            Self::Slide => Some((338.7, 190.5)),
        }
    }

    /// What is drawn on, in px.
    pub(super) fn canvas(self) -> Canvas {
        let Some((width, height)) = self.size_mm() else {
            return Canvas { width: WIDTH, height: None, margin: MARGIN };
        };
        match self {
            Self::Web | Self::A4 | Self::A4Landscape | Self::A3 | Self::A3Landscape => Canvas {
                width: width * PX_IN_MM,
                height: Some(height * PX_IN_MM),
                // About a centimetre, which printers leave free.
                margin: 38.0,
            },
            Self::Slide => Canvas { width: 960.0, height: Some(540.0), margin: MARGIN },
        }
    }
}

/// What is drawn on, in px.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Canvas {
    pub(super) width: f64,
    /// `None` where the height follows from what is drawn.
    pub(super) height: Option<f64>,
    pub(super) margin: f64,
}

impl Canvas {
    /// The width between the margins.
    pub(super) fn room(&self) -> f64 {
        self.width - 2.0 * self.margin
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn papers_are_found_by_the_names_of_the_project_file() {
        for page in Page::ALL {
            assert_eq!(Page::named(page.name()), Some(page));
            assert_eq!(serde_json::to_value(page).unwrap(), page.name());
            let Some((width, height)) = page.size_mm() else { continue };
            let canvas = page.canvas();
            let ratio = canvas.width / canvas.height.unwrap();
            assert!((ratio - width / height).abs() < 0.001, "{}", page.name());
        }
    }
}
