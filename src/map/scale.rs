//! How far is it, and where is north?

use super::outline::Frame;
use super::text::{Anchor, Style, tenth};
use crate::language::{Language, message, number};

/// Height of the line of bar and arrow.
pub(super) const HEIGHT: f64 = 26.0;

/// Writes a bar of a round number of metres or kilometres and an arrow to the north, their top
/// left at `(x, y)`; gives the right end.
///
/// North is that of the map's grid, which differs from true north by some degrees at most.
pub(super) fn write(
    out: &mut String,
    (x, y): (f64, f64),
    frame: &Frame,
    language: Language,
) -> f64 {
    let x = write_arrow(out, (x, y), language) + 14.0;
    write_bar(out, (x, y + 7.0), frame, language)
}

/// The bar alone.
pub(super) fn write_bar(
    out: &mut String,
    (x, y): (f64, f64),
    frame: &Frame,
    language: Language,
) -> f64 {
    /// The bar is at most this long, in px, and no longer than this share of the map.
    const LONGEST: f64 = 150.0;
    const SHARE: f64 = 0.4;
    let metres = round_length(LONGEST.min(SHARE * frame.width) / frame.scale);
    let length = metres * frame.scale;
    let text = if metres >= 1000.0 {
        format!("{}\u{a0}km", number(metres / 1000.0, 0, language))
    } else {
        format!("{}\u{a0}m", number(metres, 0, language))
    };
    let (top, bottom) = (tenth(y), tenth(y + 6.0));
    let (left, right) = (tenth(x), tenth(x + length));
    out.push_str(&format!(
        "<path class=\"scale-bar\" d=\"M{left} {top}V{bottom}H{right}V{top}\" fill=\"none\" \
         stroke=\"#333\" stroke-width=\"1.5\"/>\n"
    ));
    Style::SMALL.write(out, (x + length + 6.0, y + 8.0), &text);
    x + length + 6.0 + Style::SMALL.width(&text)
}

fn write_arrow(out: &mut String, (x, y): (f64, f64), language: Language) -> f64 {
    let (left, middle, right) = (tenth(x), tenth(x + 5.0), tenth(x + 10.0));
    out.push_str(&format!(
        "<path class=\"north-arrow\" d=\"M{middle} {}L{right} {}L{middle} {}L{left} {}z\" \
         fill=\"#333\"/>\n",
        tenth(y - 2.0),
        tenth(y + 10.0),
        tenth(y + 7.0),
        tenth(y + 10.0),
    ));
    let north = message(language, "map.north", &[]);
    Style::SMALL.anchored(Anchor::Middle).write(out, (x + 5.0, y + 20.0), &north);
    x + 10.0
}

/// The greatest of 1, 2 and 5 times a power of ten metres that is not above `most`.
fn round_length(most: f64) -> f64 {
    let mut unit = 1.0;
    while unit * 10.0 <= most {
        unit *= 10.0;
    }
    [5.0, 2.0, 1.0].iter().map(|step| step * unit).find(|&x| x <= most).unwrap_or(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scale_bars_have_round_lengths() {
        assert_eq!(round_length(7_300.0), 5_000.0);
        assert_eq!(round_length(190_000.0), 100_000.0);
        assert_eq!(round_length(2.5), 2.0);
    }
}
