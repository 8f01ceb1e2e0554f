//! How well do classes fit, and what lies in each?

use super::Classes;
use crate::statistics::{QuantileType, Summary};

/// How well classes hold alike values together. More classes fit better, so only the same number
/// of classes can be compared.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Fit {
    /// Sum of squared deviations from the class means, in squared units of the values.
    pub sse: f64,
    /// Goodness of variance fit, `1 - sse / (squares around the overall mean)`: 1 is perfect.
    /// `None` where all values are the same.
    pub gvf: Option<f64>,
    /// Sum of absolute deviations from the class medians.
    pub adcm: f64,
    /// Goodness of absolute deviation fit, `1 - adcm / (deviations from the overall median)`.
    /// `None` where all values are the same.
    pub gadf: Option<f64>,
}

/// What lies in one class.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct ClassCount {
    /// The lower limit, which belongs to the class below (but for the first).
    pub lower: f64,
    /// The upper limit, which belongs to this class.
    pub upper: f64,
    /// How many areas.
    pub n_areas: usize,
    /// How many people live in those whose number is known.
    pub people: f64,
    /// In how many areas that number is not known.
    pub n_people_unknown: usize,
}

/// Measures how well `classes` fit the values that they were made of.
///
/// Values without a class take no part.
///
/// Source: Jenks and Caspall (1971), *Error on choroplethic maps*, Annals of the AAG 61(2), for
/// the absolute deviations; Robinson et al. (1984), *Elements of Cartography*, for the variance.
pub fn fit(values: &[f64], classes: &Classes) -> Fit {
    let mut all: Vec<f64> = Vec::new();
    let mut by_class: Vec<Vec<f64>> = vec![Vec::new(); classes.n_classes()];
    for (&x, class) in values.iter().zip(classes.class_of()) {
        if let Some(class) = class {
            by_class[*class].push(x);
            all.push(x);
        }
    }
    let (total_squares, total_absolute) = deviations(&mut all);
    let (sse, adcm) = by_class
        .iter_mut()
        .map(|of| deviations(of))
        .fold((0.0, 0.0), |sum, of| (sum.0 + of.0, sum.1 + of.1));
    let share = |part: f64, whole: f64| (whole > 0.0).then(|| 1.0 - part / whole);
    Fit { sse, gvf: share(sse, total_squares), adcm, gadf: share(adcm, total_absolute) }
}

/// Squares around the mean, and distances from the median.
fn deviations(values: &mut [f64]) -> (f64, f64) {
    values.sort_unstable_by(f64::total_cmp);
    let Some(summary) = Summary::of(values) else { return (0.0, 0.0) };
    let middle = QuantileType::Type7.of_sorted(values, 0.5).unwrap_or(summary.mean);
    (summary.sum_of_squares, values.iter().map(|x| (x - middle).abs()).sum())
}

/// Counts the areas and people of each class, from the lowest class to the highest.
///
/// `people` has one number an area, NaN where it is not known; all are unknown where it is `None`.
pub fn counts(classes: &Classes, people: Option<&[f64]>) -> Vec<ClassCount> {
    let mut counts: Vec<ClassCount> = classes
        .limits()
        .windows(2)
        .map(|limits| ClassCount {
            lower: limits[0],
            upper: limits[1],
            n_areas: 0,
            people: 0.0,
            n_people_unknown: 0,
        })
        .collect();
    for (area_idx, class) in classes.class_of().iter().enumerate() {
        let Some(class) = class else { continue };
        let count = &mut counts[*class];
        count.n_areas += 1;
        match people.map(|people| people[area_idx]).filter(|n| !n.is_nan()) {
            Some(n) => count.people += n,
            None => count.n_people_unknown += 1,
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classify::{Classing, classify};

    #[test]
    fn the_fit_of_two_clear_groups_is_worked_out_by_hand() {
        let values = [0.0, 2.0, f64::NAN, 10.0, 14.0];
        let classes = classify(&values, &Classing::FisherJenks { classes: 2 }).unwrap();
        let fit = fit(&values, &classes);
        // Around 1 and 12: 1 + 1 + 4 + 4. Around the mean 6.5: 42.25 + 20.25 + 12.25 + 56.25.
        assert_eq!((fit.sse, fit.gvf), (10.0, Some(1.0 - 10.0 / 131.0)));
        // From the median 6: 6 + 4 + 4 + 8.
        assert_eq!((fit.adcm, fit.gadf), (6.0, Some(1.0 - 6.0 / 22.0)));
        let counts = counts(&classes, Some(&[5.0, f64::NAN, 7.0, 1.0, 2.0]));
        assert_eq!((counts[0].n_areas, counts[0].people, counts[0].n_people_unknown), (2, 5.0, 1));
        assert_eq!((counts[1].n_areas, counts[1].people), (2, 3.0));
    }

    #[test]
    fn equal_values_fit_perfectly_and_have_no_share() {
        let classes = classify(&[3.0; 4], &Classing::FisherJenks { classes: 5 }).unwrap();
        assert_eq!(fit(&[3.0; 4], &classes), Fit { sse: 0.0, gvf: None, adcm: 0.0, gadf: None });
    }
}
