//! Which colour has a class?
//!
//! Four palettes: from light to dark, away from a reference to both sides, for kinds without an
//! order, and for two things at once. [`vision`] holds them to what people with another colour
//! vision and readers of grey prints can tell apart.

#[cfg(test)]
mod vision;

use super::SquareColours;

/// From light to dark, through one hue after the other, readable with any colour vision: the
/// nine classes of the sequential scheme YlGnBu.
///
/// Source: Brewer, C. A. (2003), *ColorBrewer*; Harrower and Brewer (2003), The Cartographic
/// Journal 40(1).
const SEQUENTIAL: [[f64; 3]; 9] = [
    [255.0, 255.0, 217.0],
    [237.0, 248.0, 177.0],
    [199.0, 233.0, 180.0],
    [127.0, 205.0, 187.0],
    [65.0, 182.0, 196.0],
    [29.0, 145.0, 192.0],
    [34.0, 94.0, 168.0],
    [37.0, 52.0, 148.0],
    [8.0, 29.0, 88.0],
];

/// The ends of the scheme that are used: the lightest would be lost on white paper, and a black
/// outline would be lost on the darkest.
const LIGHTEST: f64 = 0.6;
const DARKEST: f64 = 7.2;

/// From the reference to worse: orange to brown of the diverging scheme PuOr.
///
/// Source: Brewer, C. A. (2003), *ColorBrewer*.
const WORSE: [[f64; 3]; 6] = [
    [247.0, 247.0, 247.0],
    [254.0, 224.0, 182.0],
    [253.0, 184.0, 99.0],
    [224.0, 130.0, 20.0],
    [179.0, 88.0, 6.0],
    [127.0, 59.0, 8.0],
];

/// From the reference to better: purple of the same scheme, less deep, so that the two ends
/// differ in grey print as well.
const BETTER: [[f64; 3]; 4] =
    [[247.0, 247.0, 247.0], [216.0, 218.0, 235.0], [178.0, 171.0, 210.0], [128.0, 115.0, 172.0]];

/// Kinds without an order, light enough for dark names: the scheme "light", less its grey.
///
/// Source: Tol, P. (2021), *Colour schemes*, SRON/EPS/TN/09-002.
pub(crate) const QUALITATIVE: [&str; 8] =
    ["#77aadd", "#ee8866", "#eedd88", "#44bb99", "#ffaabb", "#99ddff", "#aaaa00", "#bbcc33"];

/// Two things at once, from neither to both: the scheme purple-gold, by rows of the square from
/// its foot.
///
/// Source: Stevens, J. (2015), *Bivariate choropleth maps: a how-to guide*.
const BOTH: [&str; 9] = [
    "#e8e8e8", "#e4d9ac", "#c8b35a", "#cbb8d7", "#c8ada0", "#af8e53", "#9972af", "#976b82",
    "#804d36",
];

/// Low, middle and high where they are certain; the less certain, the nearer to grey.
///
/// Source: Correll, Moritz and Heer (2018), *Value-Suppressing Uncertainty Palettes*, CHI;
/// colours after Okabe and Ito (2008), *Color Universal Design*.
const CERTAIN: [[f64; 3]; 3] = [[240.0, 228.0, 66.0], [86.0, 180.0, 233.0], [11.0, 60.0, 140.0]];
const DOUBT: [f64; 3] = [0.0, 0.4, 0.7];
const GREY: [f64; 3] = [236.0; 3];

/// The colours of `n` classes from light to dark, as `#rrggbb`.
pub(super) fn sequential(n: usize) -> Vec<String> {
    (0..n)
        .map(|class| {
            let share = if n == 1 { 0.5 } else { class as f64 / (n - 1) as f64 };
            along(&SEQUENTIAL, LIGHTEST + (DARKEST - LIGHTEST) * share)
        })
        .collect()
}

/// The colours of classes around a reference, from better to worse: `n_better` on the one side,
/// a light one in the middle where a class holds the reference, and `n_worse` on the other.
///
/// Both sides have as many steps as the longer one, so that equal steps are equally strong.
pub(super) fn diverging(n_better: usize, middle: bool, n_worse: usize) -> Vec<String> {
    let steps = n_better.max(n_worse).max(1) as f64;
    let arm = |stops: &[[f64; 3]], step: usize| {
        along(stops, step as f64 / steps * (stops.len() - 1) as f64)
    };
    let better = (1..=n_better).rev().map(|step| arm(&BETTER, step));
    let worse = (1..=n_worse).map(|step| arm(&WORSE, step));
    better.chain(middle.then(|| along(&WORSE, 0.0))).chain(worse).collect()
}

/// The nine colours of a square, by rows from its foot and from left to right.
pub(super) fn square(colours: SquareColours) -> Vec<String> {
    match colours {
        SquareColours::Both => BOTH.map(str::to_owned).to_vec(),
        SquareColours::Doubt => DOUBT
            .iter()
            .flat_map(|&doubt| CERTAIN.iter().map(move |&colour| mixed(colour, GREY, doubt)))
            .collect(),
    }
}

/// The same hue as a tint, for what lies below something else.
pub(super) fn paler(colour: &str) -> String {
    /// How much of the paper shines through.
    const PAPER: f64 = 0.62;
    mixed(parts(colour).map(|part| part * 255.0), [255.0; 3], PAPER)
}

/// Whether light text can be read on this colour better than dark text.
///
/// Source: W3C (2018), WCAG 2.1, relative luminance; 0.18 is where both contrasts are equal.
pub(super) fn is_dark(colour: &str) -> bool {
    let [red, green, blue] = parts(colour).map(|share| {
        if share <= 0.03928 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.18
}

/// Red, green and blue of `#rrggbb`, 0..=1.
fn parts(colour: &str) -> [f64; 3] {
    [1, 3, 5].map(|at: usize| {
        let digits = colour.get(at..at + 2).unwrap_or("ff");
        f64::from(u8::from_str_radix(digits, 16).unwrap_or(255)) / 255.0
    })
}

fn along(stops: &[[f64; 3]], position: f64) -> String {
    let stop = (position.floor() as usize).min(stops.len() - 2);
    mixed(stops[stop], stops[stop + 1], position - stop as f64)
}

/// So much of `b` in `a`.
fn mixed(a: [f64; 3], b: [f64; 3], share: f64) -> String {
    let [red, green, blue]: [f64; 3] = std::array::from_fn(|i| a[i] + (b[i] - a[i]) * share);
    format!("#{:02x}{:02x}{:02x}", red.round() as u8, green.round() as u8, blue.round() as u8)
}
