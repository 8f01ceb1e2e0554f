//! How many people live where, whatever the size of the area?
//!
//! A circle an area, as large as its residents are many; the areas below it are pale, so that
//! large ones where few people live do not shout.

use super::label;
use super::outline::{Outline, Rect};
use super::text::{Anchor, Style, escaped, tenth};
use super::{MapArea, MapRequest};
use crate::language::number;

/// All circles together cover about this share of the areas.
const SHARE: f64 = 0.16;
/// The largest one is no larger and no smaller, in px.
const LARGEST: f64 = 34.0;
const SMALLEST: f64 = 5.0;

/// How residents become circles.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Circles {
    /// px of radius for the root of a resident.
    pub(super) scale: f64,
    /// The most residents of an area.
    pub(super) most: f64,
}

impl Circles {
    /// The scale for these areas; `None` where nobody is known to live.
    pub(super) fn of(areas: &[MapArea<'_>], outlines: &[Outline]) -> Option<Self> {
        let people = || areas.iter().filter_map(|area| area.population).filter(|n| *n > 0.0);
        let most = people().fold(0.0, f64::max);
        if most <= 0.0 {
            return None;
        }
        let surface: f64 = outlines.iter().map(Outline::surface).sum();
        let wanted = (SHARE * surface / (std::f64::consts::PI * people().sum::<f64>())).sqrt();
        let scale = wanted.clamp(SMALLEST / most.sqrt(), LARGEST / most.sqrt());
        Some(Self { scale, most })
    }

    /// The scale whose largest circle is as large as one may be.
    pub(super) fn largest(areas: &[MapArea<'_>]) -> Option<Self> {
        let most = areas.iter().filter_map(|area| area.population).fold(0.0, f64::max);
        (most > 0.0).then(|| Self { scale: LARGEST / most.sqrt(), most })
    }

    /// The radius of so many residents, in px.
    pub(super) fn radius(&self, people: f64) -> f64 {
        self.scale * people.max(0.0).sqrt()
    }

    /// Draws the circles, the large ones below; gives the boxes that they fill.
    pub(super) fn write(
        &self,
        out: &mut String,
        areas: &[MapArea<'_>],
        outlines: &[Outline],
        colours: &[String],
    ) -> Vec<Rect> {
        let mut order: Vec<(usize, f64)> = areas
            .iter()
            .enumerate()
            .filter_map(|(at, area)| Some((at, area.population.filter(|n| *n > 0.0)?)))
            .collect();
        order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let mut rects = Vec::new();
        out.push_str(
            "<g class=\"circles\" stroke=\"#1a1a1a\" stroke-width=\".8\" \
                      pointer-events=\"none\">\n",
        );
        for (at, people) in order {
            let Some((x, y)) = label::middle(&outlines[at]) else { continue };
            let radius = self.radius(people);
            let fill = match areas[at].class.and_then(|class| colours.get(class)) {
                Some(colour) => colour.clone(),
                None => "#ffffff".to_owned(),
            };
            out.push_str(&format!(
                "<circle data-people=\"{}\" cx=\"{}\" cy=\"{}\" r=\"{:.2}\" fill=\"{fill}\"/>\n",
                escaped(areas[at].shape.id.as_str()),
                tenth(x),
                tenth(y),
                radius
            ));
            rects.push(Rect::around((x, y), 2.0 * radius, 2.0 * radius));
        }
        out.push_str("</g>\n");
        rects
    }

    /// Writes circles of round numbers of people, their top left at `(x, y)`; gives the bottom.
    pub(super) fn write_legend(
        &self,
        out: &mut String,
        (x, y): (f64, f64),
        heading: &str,
        request: &MapRequest<'_>,
    ) -> f64 {
        Style::HEADING.write(out, (x, y + Style::HEADING.size), heading);
        let steps = round_people(self.most);
        let largest = self.radius(steps[0]);
        let (middle, foot) = (x + largest.max(8.0), y + Style::HEADING.line_height() + 6.0);
        let foot = foot + 2.0 * largest.max(16.0);
        out.push_str(
            "<g class=\"circle-legend\" fill=\"none\" stroke=\"#1a1a1a\" \
                      stroke-width=\".8\">\n",
        );
        // Numbers stand apart, even where circles are small.
        let mut last = f64::NEG_INFINITY;
        let mut texts = String::new();
        for people in steps {
            let radius = self.radius(people);
            let top = foot - 2.0 * radius;
            let text_y = top.max(last + Style::SMALL.line_height());
            last = text_y;
            let text_x = middle + largest + 16.0;
            out.push_str(&format!(
                "<circle cx=\"{}\" cy=\"{}\" r=\"{:.2}\"/>\n<path d=\"M{} {}L{} {}\" \
                 stroke=\"#777\" stroke-width=\".6\"/>\n",
                tenth(middle),
                tenth(foot - radius),
                radius,
                tenth(middle),
                tenth(top),
                tenth(text_x - 3.0),
                tenth(text_y)
            ));
            let text = number(people, 0, request.language);
            Style::SMALL.anchored(Anchor::Start).write(&mut texts, (text_x, text_y + 4.0), &text);
        }
        out.push_str("</g>\n");
        out.push_str(&texts);
        foot.max(last) + 8.0
    }

    /// What a field of the legend has instead of a plain colour.
    pub(super) fn swatch(x: f64, y: f64, colour: &str) -> String {
        format!(
            "<circle cx=\"{}\" cy=\"{}\" r=\"5.5\" fill=\"{colour}\" stroke=\"#1a1a1a\" \
             stroke-width=\".8\"/>\n",
            tenth(x),
            tenth(y)
        )
    }
}

/// Three round numbers, the first no more than `most`.
fn round_people(most: f64) -> [f64; 3] {
    let unit = 10.0_f64.powf(most.log10().floor());
    let first = [5.0, 2.0, 1.0].iter().map(|n| n * unit).find(|n| *n <= most).unwrap_or(unit);
    // A quarter and a sixteenth have half and a quarter of the radius.
    let below = |x: f64| {
        let unit = 10.0_f64.powf(x.log10().floor());
        [5.0, 2.0, 1.0].iter().map(|n| n * unit).find(|n| *n <= x * 1.0001).unwrap_or(unit)
    };
    [first, below(first / 4.0), below(first / 16.0)].map(|n| n.max(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_legend_has_round_numbers_below_the_most() {
        assert_eq!(round_people(52_198.0), [50_000.0, 10_000.0, 2_000.0]);
        assert_eq!(round_people(1_776.0), [1_000.0, 200.0, 50.0]);
    }

    #[test]
    fn the_surface_of_a_circle_is_as_the_people() {
        let circles = Circles { scale: 0.2, most: 100.0 };
        let surface = |people: f64| circles.radius(people).powi(2);
        assert!((surface(400.0) / surface(100.0) - 4.0).abs() < 1e-12);
    }
}
