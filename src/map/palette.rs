//! Which colour has a class?

/// From light to dark, through one hue after the other, readable with any colour vision: the
/// nine classes of the sequential scheme YlGnBu.
///
/// Source: Brewer, C. A. (2003), *ColorBrewer*; Harrower and Brewer (2003), The Cartographic
/// Journal 40(1).
const STOPS: [[f64; 3]; 9] = [
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

/// The colours of `n` classes from light to dark, as `#rrggbb`.
pub(super) fn colours(n: usize) -> Vec<String> {
    (0..n)
        .map(|class| {
            let share = if n == 1 { 0.5 } else { class as f64 / (n - 1) as f64 };
            colour_at(LIGHTEST + (DARKEST - LIGHTEST) * share)
        })
        .collect()
}

/// Whether light text can be read on this colour better than dark text.
///
/// Source: W3C (2018), WCAG 2.1, relative luminance; 0.18 is where both contrasts are equal.
pub(super) fn is_dark(colour: &str) -> bool {
    let part = |at: usize| {
        let digits = colour.get(at..at + 2).unwrap_or("ff");
        let share = f64::from(u8::from_str_radix(digits, 16).unwrap_or(255)) / 255.0;
        if share <= 0.03928 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5) < 0.18
}

fn colour_at(position: f64) -> String {
    let stop = (position.floor() as usize).min(STOPS.len() - 2);
    let share = position - stop as f64;
    let [red, green, blue] =
        std::array::from_fn(|i| STOPS[stop][i] + (STOPS[stop + 1][i] - STOPS[stop][i]) * share);
    format!("#{:02x}{:02x}{:02x}", red.round() as u8, green.round() as u8, blue.round() as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_differ_and_darken() {
        for n in 1..=10 {
            let all = colours(n);
            assert_eq!(all.len(), n);
            let lightness = |colour: &String| {
                let part =
                    |at: usize| f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap());
                0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
            };
            assert!(n == 1 || (!is_dark(&all[0]) && is_dark(&all[n - 1])));
            assert!(all.windows(2).all(|pair| lightness(&pair[0]) > lightness(&pair[1]) + 5.0));
        }
    }
}
