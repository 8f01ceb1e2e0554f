use super::*;

const X: [f64; 3] = [10.0, 20.0, 5.0];
const T: [f64; 3] = [100.0; 3];

fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 5e-11, "{found} is not {expected}");
}

#[test]
fn the_golden_numbers_hold() {
    let found = segregation(&X, &T).unwrap();
    near(found.dissimilarity, 0.269_541_779_0);
    near(found.entropy, 0.052_458_004_9);
    near(found.isolation, 0.15);
    near(found.interaction, 0.85);
}

#[test]
fn an_area_without_residents_takes_no_part() {
    let with = segregation(&[10.0, 20.0, 5.0, 0.0], &[100.0, 100.0, 100.0, 0.0]).unwrap();
    assert_eq!(with, segregation(&X, &T).unwrap());
}

#[test]
fn all_apart_is_one_and_even_is_zero() {
    let apart = segregation(&[50.0, 0.0], &[50.0, 80.0]).unwrap();
    for one in [apart.dissimilarity, apart.isolation, apart.entropy] {
        near(one, 1.0);
    }
    let even = segregation(&[5.0, 10.0], &[50.0, 100.0]).unwrap();
    near(even.dissimilarity, 0.0);
    near(even.entropy, 0.0);
    near(even.isolation, 0.1);
}

#[test]
fn more_members_than_residents_is_refused_and_so_is_nobody() {
    let refused = segregation(&[5.0, 3.0], &[4.0, 9.0]);
    assert_eq!(refused, Err(SegregationError::Count { n: 1, count: 5.0, total: 4.0 }));
    assert_eq!(segregation(&[0.0; 3], &T), Err(SegregationError::Share { share: 0.0 }));
    assert_eq!(segregation(&T, &T), Err(SegregationError::Share { share: 1.0 }));
}

#[test]
fn the_correction_lowers_the_dissimilarity_of_small_counts() {
    // Two hundred areas of 20 residents, 5 % of them at random: an even spread seen through
    // small counts.
    let mut rng = Seed(3).generator(0);
    let total = [20.0; 200];
    let count: Vec<f64> = total.iter().map(|t| binomial(&mut rng, *t, 0.05)).collect();
    let found = bias(&count, &total, 500, Seed(4)).unwrap();
    assert!(found.observed > 0.3 && found.corrected < found.observed, "{found:?}");
    assert!(found.beyond_chance.abs() < 0.1 && found.p_even > 0.01, "{found:?}");
    assert_eq!(found, bias(&count, &total, 500, Seed(4)).unwrap());
}

#[test]
fn bounds_contain_every_way_to_fill_the_withheld_counts_and_are_near_the_ends() {
    let total = [30.0, 50.0, 12.0, 2.0, 80.0];
    let (limit, known) = (4_u32, [7.0, 1.0]);
    let count = [f64::NAN, f64::NAN, known[0], f64::NAN, known[1]];
    let found = bounds(&count, &total, f64::from(limit)).unwrap();
    assert_eq!(found.n_withheld, 3);
    let (mut least, mut most) = ([f64::INFINITY; 3], [f64::NEG_INFINITY; 3]);
    for a in 0..=limit {
        for b in 0..=limit {
            for c in 0..=2 {
                let [a, b, c] = [a, b, c].map(f64::from);
                let one = segregation(&[a, b, known[0], c, known[1]], &total).unwrap();
                for (at, x) in [one.dissimilarity, one.isolation, one.entropy].iter().enumerate() {
                    least[at] = least[at].min(*x);
                    most[at] = most[at].max(*x);
                }
            }
        }
    }
    let all = [found.dissimilarity, found.isolation, found.entropy];
    for (at, (low, high)) in all.into_iter().enumerate() {
        assert!(low <= least[at] + 1e-12 && low > least[at] - 0.02, "{low} {}", least[at]);
        assert!(high >= most[at] - 1e-12 && high < most[at] + 0.02, "{high} {}", most[at]);
    }
}

#[test]
fn without_withheld_counts_the_bounds_are_the_measure() {
    let (one, found) = (bounds(&X, &T, 4.0).unwrap(), segregation(&X, &T).unwrap());
    near(one.dissimilarity.0, found.dissimilarity);
    near(one.dissimilarity.1, found.dissimilarity);
    near(one.entropy.0, found.entropy);
}
