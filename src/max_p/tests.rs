use proptest::prelude::*;

use super::*;

/// A rectangle of areas that border on those beside, above and below them, some pairs cut, with
/// figures that may be missing.
#[derive(Debug)]
struct City {
    areas: Vec<Area>,
    attributes: Vec<Vec<f64>>,
    floor: Vec<f64>,
    neighbours: Neighbours,
}

fn a_city() -> impl Strategy<Value = City> {
    (2_usize..7, 2_usize..7).prop_flat_map(|(width, height)| {
        let n = width * height;
        let figure = prop_oneof![20 => (0_i32..100).prop_map(f64::from), 1 => Just(f64::NAN)];
        let column = proptest::collection::vec(figure, n);
        let columns = proptest::collection::vec(column, 3);
        (columns, proptest::collection::vec(0_u8..5, 2 * n)).prop_map(move |(columns, cut)| {
            let areas: Vec<Area> = (0..n).map(|at| Area::of(format!("{at:02}").as_str())).collect();
            let id = |at: usize| format!("{at:02}");
            let mut pairs = Vec::new();
            for at in 0..n {
                if at % width + 1 < width && cut[2 * at] > 0 {
                    pairs.push((id(at), id(at + 1)));
                }
                if at + width < n && cut[2 * at + 1] > 0 {
                    pairs.push((id(at), id(at + width)));
                }
            }
            let (neighbours, _) = Neighbours::from_pairs(&areas, &pairs);
            let (floor, attributes) = (columns[0].clone(), columns[1..].to_vec());
            City { areas, attributes, floor, neighbours }
        })
    })
}

fn how(threshold: f64, seed: u64, small: Small) -> Division {
    Division { threshold, constructions: 20, trials_per_area: 20, seed: Seed(seed), small }
}

fn divided(city: &City, how: Division) -> Result<Regions, DivisionError> {
    let City { areas, attributes, floor, neighbours } = city;
    divide(Map { areas, attributes, floor, neighbours, points: None }, how)
}

fn is_connected(city: &City, members: &[usize]) -> bool {
    let (mut reached, mut next) = (vec![members[0]], 0);
    while next < reached.len() {
        for &other in city.neighbours.of(reached[next]) {
            let other = other as usize;
            if members.contains(&other) && !reached.contains(&other) {
                reached.push(other);
            }
        }
        next += 1;
    }
    reached.len() == members.len()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn regions_are_connected_and_reach_the_threshold_and_have_each_area_once(
        city in a_city(), threshold in 1_i32..400, seed in 0_u64..5, keep in any::<bool>()
    ) {
        let threshold = f64::from(threshold);
        let small = if keep { Small::Keep } else { Small::Drop };
        let Ok(found) = divided(&city, how(threshold, seed, small)) else { return Ok(()) };
        let mut n_seen = vec![0; city.areas.len()];
        let mut n_reach = 0;
        for (at, region) in found.regions.iter().enumerate() {
            prop_assert!(is_connected(&city, &region.members));
            let floor: f64 = region.members.iter().map(|&at| city.floor[at]).sum();
            prop_assert_eq!(floor, region.floor);
            let is_below = found.standing[region.members[0]] == Standing::BelowThreshold;
            prop_assert_eq!(floor < threshold, is_below);
            n_reach += usize::from(!is_below);
            for &member in &region.members {
                n_seen[member] += 1;
                prop_assert_eq!(found.of[member], Some(at));
            }
        }
        prop_assert_eq!(n_reach, found.p);
        prop_assert!(found.p <= found.p_bound);
        for (at, n) in n_seen.iter().enumerate() {
            let is_in = !matches!(found.standing[at], Standing::Missing | Standing::Dropped);
            prop_assert_eq!(*n, usize::from(is_in));
            let missing = city.floor[at].is_nan() || city.attributes.iter().any(|a| a[at].is_nan());
            prop_assert_eq!(missing, found.standing[at] == Standing::Missing);
        }
        prop_assert!(found.within <= found.total + 1e-9);
    }

    #[test]
    fn the_same_seed_gives_the_same_regions_on_any_number_of_threads(
        city in a_city(), threshold in 50_i32..300, seed in 0_u64..1000
    ) {
        let on = |n_threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
            pool.install(|| divided(&city, how(f64::from(threshold), seed, Small::Keep)))
        };
        prop_assert_eq!(on(1), on(3));
    }

    /// Annealing never gives fewer regions or regions that are less alike.
    #[test]
    fn the_search_never_makes_it_worse(city in a_city(), threshold in 50_i32..300) {
        let search = how(f64::from(threshold), 1, Small::Drop);
        let Ok(before) = divided(&city, Division { trials_per_area: 0, ..search }) else {
            return Ok(());
        };
        let after = divided(&city, search).unwrap();
        prop_assert_eq!(after.p, before.p);
        prop_assert!(after.within <= before.within + 1e-9);
    }
}

fn row(floor: &[f64], attribute: &[f64], pairs: &[(&str, &str)]) -> City {
    let areas: Vec<Area> = (0..floor.len()).map(|at| Area::of(at.to_string().as_str())).collect();
    let pairs: Vec<(String, String)> =
        pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    let (neighbours, _) = Neighbours::from_pairs(&areas, &pairs);
    City { areas, attributes: vec![attribute.to_vec()], floor: floor.to_vec(), neighbours }
}

#[test]
fn a_street_of_two_kinds_is_parted_between_them() {
    let pairs = [("0", "1"), ("1", "2"), ("2", "3"), ("3", "4"), ("4", "5")];
    let city = row(&[10.0; 6], &[1.0, 1.2, 1.1, 9.0, 9.1, 9.2], &pairs);
    let found = divided(&city, how(25.0, 1, Small::Keep)).unwrap();
    assert_eq!(found.of, [0, 0, 0, 1, 1, 1].map(Some));
    assert_eq!((found.p, found.p_bound), (2, 2));
    assert!(found.within < 0.01 * found.total);
}

#[test]
fn an_island_below_the_threshold_is_kept_dropped_or_joined() {
    let city = row(&[10.0, 10.0, 3.0], &[1.0, 1.0, 5.0], &[("0", "1")]);
    let of = |small, points: Option<&[Option<(f64, f64)>]>| {
        let City { areas, attributes, floor, neighbours } = &city;
        divide(Map { areas, attributes, floor, neighbours, points }, how(10.0, 1, small))
    };
    let kept = of(Small::Keep, None).unwrap();
    assert_eq!((kept.p, kept.regions.len(), kept.standing[2]), (2, 3, Standing::BelowThreshold));
    assert_eq!(kept.notices[0].key, "region.max-p-below");
    assert_eq!(of(Small::Drop, None).unwrap().of[2], None);
    assert_eq!(of(Small::Join, None), Err(DivisionError::NoPoints { n_parts: 1 }));
    let points = [Some((0.0, 0.0)), Some((9.0, 0.0)), Some((20.0, 0.0))];
    let joined = of(Small::Join, Some(&points)).unwrap();
    assert_eq!((joined.of[2], joined.standing[2]), (joined.of[1], Standing::Joined));
}

#[test]
fn what_cannot_be_divided_is_told() {
    let city = row(&[10.0, 10.0], &[1.0, 1.0], &[("0", "1")]);
    let of = |threshold| divided(&city, how(threshold, 1, Small::Keep));
    assert_eq!(of(21.0), Err(DivisionError::Unreachable { threshold: 21.0, largest: 20.0 }));
    assert_eq!(of(0.0), Err(DivisionError::Threshold { threshold: 0.0 }));
    assert_eq!(of(5.0).unwrap().notices[0].key, "region.max-p-constant");
    let negative = row(&[10.0, -1.0], &[1.0, 1.0], &[("0", "1")]);
    let found = divided(&negative, how(5.0, 1, Small::Keep));
    assert!(matches!(found, Err(DivisionError::BadFloor { n: 1, found: -1.0, .. })));
    let nobody = row(&[], &[], &[]);
    assert!(matches!(
        divided(&nobody, how(5.0, 1, Small::Keep)),
        Err(DivisionError::Unreachable { largest: 0.0, .. })
    ));
}
