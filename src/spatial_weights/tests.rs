use geo::{MultiPolygon, polygon};

use super::*;
use crate::boundary::{Crs, SourceShape};

#[test]
fn the_nearest_are_found_as_by_looking_at_all() {
    // Places on a spiral, with two of them in one spot.
    let mut places: Vec<(f64, f64)> = (0..120)
        .map(|at| f64::from(at) * 0.7)
        .map(|turn| (turn * 40.0 * turn.cos(), turn * 25.0 * turn.sin()))
        .collect();
    places.push(places[7]);
    let (areas, boundaries) = map(&places);
    let all = distances(&areas, &boundaries);
    for k in [1, 4, 17] {
        let weights = made(&areas, &boundaries, WeightScheme::KNearest { k });
        for (at, from) in all.iter().enumerate() {
            let mut others: Vec<usize> = (0..from.len()).filter(|other| *other != at).collect();
            others.sort_by(|a, b| from[*a].total_cmp(&from[*b]).then(a.cmp(b)));
            let mut expected: Vec<u32> = others[..k].iter().map(|other| *other as u32).collect();
            expected.sort_unstable();
            assert_eq!(weights.targets(at), expected, "{k} nearest of {at}");
        }
    }
    let band = WeightScheme::DistanceBand { metres: 400.0, power: 0.0 };
    let weights = made(&areas, &boundaries, band);
    for (at, from) in all.iter().enumerate() {
        let near = |other: &usize| *other != at && from[*other] <= 400.0;
        let expected: Vec<u32> = (0..from.len()).filter(near).map(|other| other as u32).collect();
        assert_eq!(weights.targets(at), expected);
    }
}

#[test]
fn a_centre_exactly_at_the_distance_counts() {
    let (areas, boundaries) = map(&[(0.0, 0.0), (300.0, 400.0), (300.0, 401.0)]);
    let band = WeightScheme::DistanceBand { metres: 500.0, power: 2.0 };
    let weights = made(&areas, &boundaries, band);
    assert_eq!(weights.targets(0), [1]);
    assert!((weights.weights(0)[0] - 1.0 / 250_000.0).abs() < 1e-12);
}

#[test]
fn kernels_have_the_values_of_their_formulas() {
    let (areas, boundaries) = map(&[(0.0, 0.0), (500.0, 0.0), (2000.0, 0.0)]);
    let at_half = [
        (KernelFunction::Uniform, 0.5),
        (KernelFunction::Triangular, 0.5),
        (KernelFunction::Quadratic, 0.5625),
        (KernelFunction::Quartic, 0.52734375),
        (KernelFunction::Gaussian, 0.3520653267642995),
    ];
    for (function, expected) in at_half {
        let bandwidth = Bandwidth::Fixed { metres: 1000.0 };
        let scheme = WeightScheme::Kernel { function, bandwidth, own: true };
        let weights = made(&areas, &boundaries, scheme);
        assert_eq!(weights.targets(0), [0, 1]);
        assert!((weights.weights(0)[1] - expected).abs() < 1e-9, "{function:?}");
        assert_eq!(weights.islands(), [2]);
    }
    let bandwidth = Bandwidth::Adaptive { k: 2 };
    let function = KernelFunction::Triangular;
    let weights =
        made(&areas, &boundaries, WeightScheme::Kernel { function, bandwidth, own: false });
    assert_eq!(weights.weights(0), [0.75, 0.0]);
}

#[test]
fn rows_sum_to_one_but_for_islands() {
    let weights = SpatialWeights::from_rows(vec![vec![(2, 3.0), (1, 1.0)], vec![(0, 2.0)], vec![]])
        .standardised(Standardisation::Row);
    assert_eq!(weights.targets(0), [1, 2]);
    assert_eq!(weights.weights(0), [0.25, 0.75]);
    assert_eq!(weights.lag(&[8.0, 4.0, 0.0]), [1.0, 8.0, 0.0]);
    assert_eq!(weights.islands(), [2]);
    let without = weights.only(&[true, true, false]);
    assert_eq!((without.targets(0), without.n_weights()), (&[1][..], 2));
}

#[test]
fn blocks_are_larger_units() {
    let mut areas: Vec<Area> = ["a", "b", "c", "d"].map(Area::of).into();
    let none = spatial_weights(&areas, None, None, WeightScheme::Block {});
    assert_eq!(none.unwrap_err(), WeightError::NoParents);
    for (area, parent) in areas.iter_mut().zip(["x", "y", "x"]) {
        area.parent = Some(parent.to_owned());
    }
    let (weights, notices) = spatial_weights(&areas, None, None, WeightScheme::Block {}).unwrap();
    assert_eq!((weights.targets(0), weights.targets(1)), (&[2][..], &[][..]));
    assert_eq!(notices[0].items.len(), 2, "b and d are alone");
}

#[test]
fn what_cannot_be_done_is_told() {
    let (areas, boundaries) = map(&[(0.0, 0.0), (0.0, 0.0), (9.0, 9.0)]);
    let fails = |scheme| spatial_weights(&areas, Some(&boundaries), None, scheme).unwrap_err();
    let range = |error| matches!(error, WeightError::OutOfRange { .. });
    assert!(range(fails(WeightScheme::KNearest { k: 0 })));
    assert!(range(fails(WeightScheme::KNearest { k: 3 })));
    assert!(range(fails(WeightScheme::DistanceBand { metres: -1.0, power: 0.0 })));
    assert!(range(fails(WeightScheme::DistanceBand { metres: 1.0, power: -1.0 })));
    let band = WeightScheme::DistanceBand { metres: 5.0, power: 1.0 };
    assert!(matches!(fails(band), WeightError::Coincident { .. }));
    assert_eq!(fails(WeightScheme::Neighbours {}), WeightError::NoNeighbours);
    let no_map = spatial_weights(&areas, None, None, WeightScheme::Queen { snap_m: 0.0 });
    assert!(matches!(no_map, Err(WeightError::NoBoundaries { method: "queen" })));
}

/// Triangles whose centroids are these places, in metres.
fn map(places: &[(f64, f64)]) -> (Vec<Area>, Boundaries) {
    let shape = |(at, &(x, y)): (usize, &(f64, f64))| {
        let (x, y) = (x + 600_000.0, y + 6_640_000.0);
        let corners =
            polygon![(x: x - 1.0, y: y - 1.0), (x: x + 1.0, y: y - 1.0), (x: x, y: y + 2.0)];
        let polygons = MultiPolygon(vec![corners]);
        SourceShape { id: format!("{at:03}").as_str().into(), name: None, polygons }
    };
    let shapes: Vec<SourceShape> = places.iter().enumerate().map(shape).collect();
    let areas = shapes.iter().map(|shape| Area::of(shape.id.clone())).collect();
    let crs = Crs::from_epsg(25832).unwrap();
    (areas, Boundaries::from_source(shapes, crs, Vec::new()).unwrap())
}

fn distances(areas: &[Area], boundaries: &Boundaries) -> Vec<Vec<f64>> {
    let centres: Vec<[f64; 2]> = centres(areas, boundaries).into_iter().flatten().collect();
    let from = |a: &[f64; 2]| {
        let to = |b: &[f64; 2]| ((a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2)).sqrt();
        centres.iter().map(to).collect()
    };
    centres.iter().map(from).collect()
}

fn made(areas: &[Area], boundaries: &Boundaries, scheme: WeightScheme) -> SpatialWeights {
    spatial_weights(areas, Some(boundaries), None, scheme).unwrap().0
}
