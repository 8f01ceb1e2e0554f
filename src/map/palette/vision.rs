//! Can colours be told apart by everybody, and in grey print?
//!
//! Colours are seen as protanopes, deuteranopes and tritanopes see them, and differences are
//! distances in CIE L*a*b* (CIE 1976), of which about 2.3 can just be noticed side by side.
//!
//! Source: Machado, Oliveira and Fernandes (2009), *A physiologically-based model for simulation
//! of color vision deficiency*, IEEE TVCG 15(6), the matrices of severity 1; Mahy et al. (1994)
//! for the just noticeable difference.

use super::*;

/// About twice what can just be noticed: neighbours in a legend lie side by side.
const LEAST_STEP: f64 = 4.5;
/// What lies apart on a map must differ by more: between kinds, and between the ends.
const LEAST_APART: f64 = 8.0;
/// Steps of lightness that can be told apart in grey.
const LEAST_GREY: f64 = 3.5;

const USUAL: [[f64; 3]; 3] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
const PROTANOPIA: [[f64; 3]; 3] = [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
];
const DEUTERANOPIA: [[f64; 3]; 3] = [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.011820, 0.042940, 0.968881],
];
const TRITANOPIA: [[f64; 3]; 3] = [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.303900],
];
const RED_GREEN: [[[f64; 3]; 3]; 3] = [USUAL, PROTANOPIA, DEUTERANOPIA];

#[test]
fn the_simulation_confuses_what_is_confused() {
    // A red and a green that differ strongly, and hardly do for a deuteranope.
    let (red, green) = ("#c04040", "#787a2f");
    assert!(difference(red, green, &USUAL) > 50.0);
    assert!(difference(red, green, &DEUTERANOPIA) < 20.0);
    assert!((lab("#ffffff", &USUAL)[0] - 100.0).abs() < 0.1);
    assert!((lab("#777777", &USUAL)[0] - 50.0).abs() < 0.5, "middle grey");
}

#[test]
fn sequential_classes_differ_and_darken_for_everybody() {
    for n in 2..=10 {
        let all = sequential(n);
        assert_eq!(all.len(), n);
        assert!(!is_dark(&all[0]) && is_dark(&all[n - 1]));
        for vision in [USUAL, PROTANOPIA, DEUTERANOPIA, TRITANOPIA] {
            assert!(least_step(&all, &vision) >= LEAST_STEP, "{n}: {}", least_step(&all, &vision));
        }
        assert!(lightness(&all).windows(2).all(|pair| pair[0] - pair[1] >= LEAST_GREY), "{n}");
    }
}

#[test]
fn diverging_classes_differ_and_darken_to_both_sides() {
    for half in 1..=5 {
        for middle in [false, true] {
            let all = diverging(half, middle, half);
            assert_eq!(all.len(), 2 * half + usize::from(middle));
            for vision in [USUAL, PROTANOPIA, DEUTERANOPIA, TRITANOPIA] {
                assert!(least_step(&all, &vision) >= LEAST_STEP);
                let ends = difference(&all[0], &all[all.len() - 1], &vision);
                assert!(ends >= 40.0, "better and worse: {ends}");
            }
            let grey = lightness(&all);
            let (better, worse) = (&grey[..half], &grey[all.len() - half..]);
            assert!(better.windows(2).all(|pair| pair[1] - pair[0] >= LEAST_GREY));
            assert!(worse.windows(2).all(|pair| pair[0] - pair[1] >= LEAST_GREY));
            assert!(grey[0] - grey[all.len() - 1] >= 15.0, "the worse end is darker in grey");
        }
    }
}

#[test]
fn a_one_sided_diverging_map_has_the_steps_of_the_longer_side() {
    assert_eq!(diverging(0, true, 2)[1..], diverging(2, true, 2)[3..]);
    assert_eq!(diverging(2, true, 0)[..2], diverging(2, true, 2)[..2]);
}

#[test]
fn kinds_differ_each_from_each() {
    for vision in [USUAL, PROTANOPIA, DEUTERANOPIA, TRITANOPIA] {
        let least = least_of_all(&QUALITATIVE.map(str::to_owned), &vision);
        assert!(least >= LEAST_APART, "{least}");
    }
    assert!(QUALITATIVE.iter().all(|colour| !is_dark(colour)), "names on them are dark");
}

#[test]
fn the_fields_of_a_square_differ_each_from_each() {
    for colours in [SquareColours::Both, SquareColours::Doubt] {
        let all = square(colours);
        assert_eq!(all.len(), 9);
        for vision in RED_GREEN {
            assert!(least_of_all(&all, &vision) >= LEAST_APART, "{colours:?}");
        }
        // Blindness to blue is rare, and the square is drawn beside the map.
        assert!(least_of_all(&all, &TRITANOPIA) >= 4.0, "{colours:?}");
    }
    let grey = lightness(&square(SquareColours::Both));
    for row in 0..3 {
        for step in 0..2 {
            assert!(grey[3 * row + step] - grey[3 * row + step + 1] >= LEAST_GREY);
            assert!(grey[3 * step + row] - grey[3 * step + row + 3] >= LEAST_GREY);
        }
    }
    let grey = lightness(&square(SquareColours::Doubt));
    assert!(grey[2] < grey[5] && grey[5] < grey[8], "the surer, the darker");
}

fn least_step(colours: &[String], vision: &[[f64; 3]; 3]) -> f64 {
    let steps = colours.windows(2).map(|pair| difference(&pair[0], &pair[1], vision));
    steps.fold(f64::INFINITY, f64::min)
}

fn least_of_all(colours: &[String], vision: &[[f64; 3]; 3]) -> f64 {
    let pairs = (0..colours.len()).flat_map(|a| (0..a).map(move |b| (a, b)));
    pairs.map(|(a, b)| difference(&colours[a], &colours[b], vision)).fold(f64::INFINITY, f64::min)
}

fn lightness(colours: &[String]) -> Vec<f64> {
    colours.iter().map(|colour| lab(colour, &USUAL)[0]).collect()
}

fn difference(a: &str, b: &str, vision: &[[f64; 3]; 3]) -> f64 {
    let (a, b) = (lab(a, vision), lab(b, vision));
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

/// A colour as `vision` sees it, in CIE L*a*b* under D65 (IEC 61966-2-1 for sRGB).
fn lab(colour: &str, vision: &[[f64; 3]; 3]) -> [f64; 3] {
    let linear = parts(colour).map(|share| {
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    });
    let dot = |row: &[f64; 3], with: &[f64; 3]| row.iter().zip(with).map(|(a, b)| a * b).sum();
    let seen = vision.map(|row| f64::clamp(dot(&row, &linear), 0.0, 1.0));
    let [x, y, z] = [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
    .map(|row| dot(&row, &seen));
    let curve = |t: f64| {
        if t > 216.0 / 24_389.0 { t.cbrt() } else { (24_389.0 / 27.0 * t + 16.0) / 116.0 }
    };
    let [x, y, z] = [curve(x / 0.95047), curve(y), curve(z / 1.08883)];
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}
