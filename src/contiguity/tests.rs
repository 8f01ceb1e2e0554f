use geo::{Coord, LineString, MultiPolygon, Polygon};

use super::*;
use crate::boundary::{Crs, SourceShape};

/// Where the squares of these tests stand: metres in UTM zone 32.
const ORIGIN: (f64, f64) = (600_000.0, 6_640_000.0);

#[test]
fn a_corner_is_a_touch_for_the_queen_and_not_for_the_rook() {
    // a b
    // c d
    let map = [square("a", 0., 1.), square("b", 1., 1.), square("c", 0., 0.), square("d", 1., 0.)];
    let queen = found(&map, &how(Touch::Queen, 0.0));
    assert_eq!(queen.of(0), [1, 2, 3]);
    assert_eq!(queen.border_m(0).unwrap(), [100.0, 100.0, 0.0]);
    assert_eq!(queen.outline_m(0), Some(400.0));
    let rook = found(&map, &how(Touch::Rook, 0.0));
    assert_eq!(rook.of(0), [1, 2]);
    assert_eq!(rook.of(3), [1, 2]);
}

#[test]
fn slivers_and_corners_within_a_side_are_touches_when_outlines_may_snap() {
    // `b` lies 0.4 m to the east of `a`, and `c` north of both without a point of theirs.
    let map = [
        square("a", 0.0, 0.0),
        square("b", 1.004, 0.0),
        area("c", &[(0.2, 1.0), (1.8, 1.0), (1.8, 2.0), (0.2, 2.0)]),
    ];
    let exact = found(&map, &how(Touch::Queen, 0.0));
    assert_eq!(exact.islands(), [0, 1, 2]);
    for touch in [Touch::Queen, Touch::Rook] {
        let snapped = found(&map, &how(touch, 0.5));
        assert_eq!(snapped.of(0), [1, 2]);
        assert_eq!(snapped.of(2), [0, 1]);
        let shared = snapped.border_m(0).unwrap();
        // Each end adds up to two snap distances.
        assert!((100.0..102.0).contains(&shared[0]), "{shared:?}");
        assert!((80.0..82.0).contains(&shared[1]), "{shared:?}");
    }
    assert_eq!(found(&map, &how(Touch::Queen, 0.3)).of(0), [2], "0.4 m is more than 0.3 m");
}

#[test]
fn overlapping_outlines_touch_when_they_may_snap() {
    let map = [square("a", 0.0, 0.0), area("b", &[(0.9, 0.4), (1.5, 0.4), (1.5, 0.6), (0.9, 0.6)])];
    assert_eq!(found(&map, &how(Touch::Queen, 0.1)).of(0), [1]);
    assert_eq!(found(&map, &how(Touch::Rook, 0.1)).islands(), [0, 1], "outlines only cross");
}

#[test]
fn an_enclave_borders_on_what_surrounds_it() {
    let hole = ring(&[(0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6)]);
    let around = ring(&[(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]);
    let map = [
        ("a", MultiPolygon(vec![Polygon::new(around, vec![hole.clone()])])),
        ("b", MultiPolygon(vec![Polygon::new(hole, vec![])])),
    ];
    for snap_m in [0.0, 0.01] {
        let neighbours = found(&map, &how(Touch::Rook, snap_m));
        assert_eq!(neighbours.of(1), [0]);
        assert!((neighbours.border_m(1).unwrap()[0] - 80.0).abs() < 0.1);
        assert_eq!(neighbours.outline_m(0), Some(480.0));
    }
}

#[test]
fn links_and_cuts_are_the_last_word() {
    let map = [square("a", 0., 0.), square("b", 1., 0.), square("c", 5., 0.)];
    let mut spec = how(Touch::Queen, 0.0);
    spec.links = vec![("c".into(), "a".into()), ("a".into(), "c".into())];
    spec.cuts = vec![("b".into(), "a".into()), ("b".into(), "c".into())];
    let (neighbours, notices) = contiguity(&areas(&map), &boundaries(&map), &spec).unwrap();
    assert_eq!((neighbours.of(0), neighbours.of(1)), (&[2][..], &[][..]));
    assert_eq!(neighbours.border_m(0).unwrap(), [0.0]);
    let keys: Vec<&str> = notices.iter().map(|notice| notice.key).collect();
    assert_eq!(keys, ["region.contiguity-queen", "region.islands", "region.cuts-idle"]);
    assert_eq!(notices[1].items[0].nb, "b");
}

#[test]
fn links_that_cannot_be_used_are_told() {
    let map = [square("0301", 0., 0.), square("0302", 1., 0.)];
    let with = |links: &[(&str, &str)], cuts: &[(&str, &str)]| {
        let pairs = |list: &[(&str, &str)]| {
            list.iter().map(|&(a, b)| (AreaId::from(a), AreaId::from(b))).collect()
        };
        let spec = Contiguity { links: pairs(links), cuts: pairs(cuts), ..how(Touch::Queen, 0.0) };
        contiguity(&areas(&map), &boundaries(&map), &spec).unwrap_err()
    };
    let said = with(&[("301", "0302")], &[]);
    assert!(said.to_string().contains("`links` are not in the table, such as `301`"), "{said}");
    assert!(matches!(with(&[], &[("0301", "0301")]), ContiguityError::Itself { .. }));
    let both = with(&[("0301", "0302")], &[("0302", "0301")]);
    assert!(matches!(both, ContiguityError::Both { .. }));
    for snap_m in [-1.0, f64::NAN, 1e6] {
        let got = contiguity(&areas(&map), &boundaries(&map), &how(Touch::Queen, snap_m));
        assert!(matches!(got, Err(ContiguityError::Snap { .. })));
    }
}

#[test]
fn areas_without_outlines_and_outlines_without_areas_are_left_alone() {
    let map = [square("a", 0., 0.), square("sea", 1., 0.), square("b", 2., 0.)];
    let table: Vec<Area> = ["b", "no outline", "a"].map(Area::of).into();
    let (neighbours, _) = contiguity(&table, &boundaries(&map), &how(Touch::Queen, 0.0)).unwrap();
    assert_eq!(neighbours.islands(), [0, 1, 2]);
    assert_eq!(neighbours.outline_m(1), Some(0.0));
}

type Outline = (&'static str, MultiPolygon<f64>);

fn ring(corners: &[(f64, f64)]) -> LineString<f64> {
    let metres = |&(x, y): &(f64, f64)| Coord {
        x: ORIGIN.0 + (x * 100_000.0_f64).round() / 1000.0,
        y: ORIGIN.1 + (y * 100_000.0_f64).round() / 1000.0,
    };
    let mut ring: Vec<Coord<f64>> = corners.iter().map(metres).collect();
    ring.push(ring[0]);
    LineString(ring)
}

fn area(id: &'static str, corners: &[(f64, f64)]) -> Outline {
    (id, MultiPolygon(vec![Polygon::new(ring(corners), vec![])]))
}

/// A square of 100 m.
fn square(id: &'static str, x: f64, y: f64) -> Outline {
    area(id, &[(x, y), (x + 1.0, y), (x + 1.0, y + 1.0), (x, y + 1.0)])
}

fn areas(map: &[Outline]) -> Vec<Area> {
    map.iter().map(|(id, _)| Area::of(*id)).collect()
}

fn boundaries(map: &[Outline]) -> Boundaries {
    let shape = |(id, polygons): &Outline| SourceShape {
        id: (*id).into(),
        name: None,
        polygons: polygons.clone(),
    };
    let crs = Crs::from_epsg(25832).unwrap();
    Boundaries::from_source(map.iter().map(shape).collect(), crs, Vec::new()).unwrap()
}

fn how(method: Touch, snap_m: f64) -> Contiguity {
    Contiguity { method, snap_m, links: Vec::new(), cuts: Vec::new() }
}

fn found(map: &[Outline], how: &Contiguity) -> Neighbours {
    contiguity(&areas(map), &boundaries(map), how).unwrap().0
}
