use proptest::prelude::*;

use super::*;

/// Enough for any case of these tests.
const STEPS: u64 = 50_000_000;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(160))]

    /// The search finds what trying every choice of connected sets finds: one or two sets among
    /// up to 16 zones.
    #[test]
    fn one_or_two_sets_are_as_good_as_the_best_of_all(
        (zones, mut limits) in a_city(16), sets in 1..=2_usize
    ) {
        limits.sets = sets;
        is_the_best(&zones, &limits)?;
    }

    /// The same for three sets among up to 13 zones.
    #[test]
    fn three_sets_are_as_good_as_the_best_of_all((zones, mut limits) in a_city(13)) {
        limits.sets = 3;
        is_the_best(&zones, &limits)?;
    }

    /// With few steps the result is still allowed, and its bound holds.
    #[test]
    fn a_search_that_is_cut_short_says_how_far_it_may_be_off(
        (zones, limits) in a_city(9), steps in 1_u64..200
    ) {
        let Some(got) = choose(&zones, &limits, steps) else { return Ok(()) };
        check(&zones, &limits, &got)?;
        let Some(best) = by_brute_force(&zones, &limits) else { return Ok(()) };
        prop_assert!(got.value <= best + 1e-6 && best <= got.bound + 1e-6, "{got:?}, best is {best}");
    }

    /// The heuristic never gives what is not allowed, and nothing that is allowed, the best least
    /// of all, is worth more than its bound.
    #[test]
    fn no_choice_exceeds_the_bound_of_the_heuristic((zones, limits) in a_city(13)) {
        let best = by_brute_force(&zones, &limits);
        let bound = grow::bound(&zones, &limits);
        prop_assert!(best.is_none_or(|best| best <= bound + 1e-6), "{best:?} exceeds {bound}");
        if let Some((sets, _)) = grow::grow(&zones, &limits) {
            let value = sets.iter().map(|set| value_of(&zones, set)).sum();
            check(&zones, &limits, &Chosen { sets, value, bound, is_proved: false, n_steps: 0 })?;
            prop_assert!(best.is_some_and(|best| value <= best + 1e-6));
        }
    }
}

fn is_the_best(zones: &Zones, limits: &Limits) -> Result<(), TestCaseError> {
    let got = choose(zones, limits, STEPS);
    let expected = by_brute_force(zones, limits);
    match (&got, expected) {
        (None, None) => Ok(()),
        (Some(got), Some(expected)) => {
            prop_assert!((got.value - expected).abs() < 1e-6, "{got:?}, best is {expected}");
            prop_assert!(got.is_proved);
            check(zones, limits, got)
        }
        (got, expected) => {
            prop_assert!(false, "{got:?} and {expected:?}");
            Ok(())
        }
    }
}

/// Sets are disjoint, connected, within the limits, and hold and lack what they must.
fn check(zones: &Zones, limits: &Limits, got: &Chosen) -> Result<(), TestCaseError> {
    prop_assert!(got.sets.len() <= limits.sets);
    let mut owner = vec![None; zones.need.len()];
    for (set_idx, set) in got.sets.iter().enumerate() {
        prop_assert!(!set.is_empty() && is_connected(zones, set));
        let people: f64 = set.iter().map(|&at| zones.people[at as usize]).sum();
        prop_assert!(people >= limits.people.0 && people <= limits.people.1);
        prop_assert!((limits.zones.0..=limits.zones.1).contains(&set.len()));
        for &at in set {
            prop_assert!(owner[at as usize].replace(set_idx).is_none(), "{at} is in two sets");
            prop_assert!(zones.mark[at as usize] != Mark::Never);
        }
    }
    let musts = (0..owner.len()).filter(|&at| zones.mark[at] == Mark::Must);
    prop_assert!(musts.into_iter().all(|at| owner[at].is_some()));
    for &(a, b, _) in zones.borders.iter().filter(|_| limits.apart) {
        let (a, b) = (owner[a as usize], owner[b as usize]);
        prop_assert!(a.is_none() || b.is_none() || a == b, "two sets touch");
    }
    let value: f64 = got.sets.iter().map(|set| value_of(zones, set)).sum();
    prop_assert!((value - got.value).abs() < 1e-6);
    Ok(())
}

/// The best value of any choice, by trying all; `None` where none holds what it must.
///
/// For every set of zones that may still be used: the best of all allowed sets within it, then the
/// best two, and so on, each from a first set and the best of what that leaves.
fn by_brute_force(zones: &Zones, limits: &Limits) -> Option<f64> {
    let n = zones.need.len();
    let marked = |wanted: Mark| {
        (0..n).filter(|&at| zones.mark[at] == wanted).fold(0_u32, |bits, at| bits | 1 << at)
    };
    let (must, never) = (marked(Mark::Must), marked(Mark::Never));
    let mut near = vec![0_u32; n];
    for &(a, b, _) in &zones.borders {
        near[a as usize] |= 1 << b;
        near[b as usize] |= 1 << a;
    }
    // Worth more than all else, so that the best choice holds as many as can be of those it must.
    let reward = 1e6;
    // What each set is worth, where it is allowed, and what it keeps from the others.
    let mut worth = vec![f64::NEG_INFINITY; 1 << n];
    let mut kept = vec![0_u32; 1 << n];
    for bits in 1..1_u32 << n {
        if bits & never != 0 || !hangs_together(&near, bits) {
            continue;
        }
        let set: Vec<u32> = (0..n as u32).filter(|at| bits >> at & 1 == 1).collect();
        let people: f64 = set.iter().map(|&at| zones.people[at as usize]).sum();
        if (limits.people.0..=limits.people.1).contains(&people)
            && (limits.zones.0..=limits.zones.1).contains(&set.len())
        {
            let around = set.iter().fold(bits, |all, &at| all | near[at as usize]);
            kept[bits as usize] = if limits.apart { around } else { bits };
            let musts = f64::from((bits & must).count_ones());
            worth[bits as usize] = value_of(zones, &set) + reward * musts;
        }
    }
    let whole = ((1_u64 << n) - 1) as u32;
    let best_of = |first: u32, fewer: &[f64], within: u32| {
        worth[first as usize] + fewer[(within & !kept[first as usize]) as usize]
    };
    // The best choice of so many sets within each set of zones; choosing none is worth nothing.
    let mut best = vec![0.0_f64; 1 << n];
    if limits.sets > 1 {
        // One set: the whole of what is there, or the best without one of its zones.
        for within in 1..=whole {
            let zones = (0..n).filter(|at| within >> at & 1 == 1);
            let without = zones.map(|at| best[(within & !(1 << at)) as usize]);
            best[within as usize] = without.fold(worth[within as usize].max(0.0), f64::max);
        }
    }
    for _ in 2..limits.sets {
        let fewer = best.clone();
        for within in 1..=whole {
            let mut first = within;
            while first != 0 {
                best[within as usize] = best[within as usize].max(best_of(first, &fewer, within));
                first = (first - 1) & within;
            }
        }
    }
    let all = (1..=whole).map(|first| best_of(first, &best, whole));
    let value = all.fold(best[whole as usize], f64::max) - reward * f64::from(must.count_ones());
    (value > -reward / 2.0).then_some(value)
}

fn hangs_together(near: &[u32], bits: u32) -> bool {
    let mut reached = bits & bits.wrapping_neg();
    loop {
        let around = (0..near.len()).filter(|at| reached >> at & 1 == 1);
        let more = around.fold(reached, |all, at| all | near[at]) & bits;
        if more == reached {
            return reached == bits;
        }
        reached = more;
    }
}

/// A random connected or scattered city with windows that sometimes cannot be met.
fn a_city(most: usize) -> impl Strategy<Value = (Zones, Limits)> {
    (2..=most).prop_flat_map(move |n| {
        let need = prop::collection::vec(-10.0..20.0_f64, n);
        let people = prop::collection::vec(1_u32..20, n);
        let own = prop::collection::vec(prop_oneof![3 => Just(0.0), 1 => 0.0..3.0_f64], n);
        let mark = prop::collection::vec(
            prop_oneof![20 => Just(Mark::Free), 1 => Just(Mark::Must), 3 => Just(Mark::Never)],
            n,
        );
        let price = prop_oneof![Just(0.0), 0.0..4.0_f64];
        let edges = prop::collection::vec((0..n as u32, 0..n as u32), 0..=2 * n);
        let limits = (
            1..=3_usize,
            (0.0..15.0_f64, prop_oneof![Just(f64::INFINITY), 10.0..60.0_f64]),
            (0..=2_usize, prop_oneof![Just(usize::MAX), 2..6_usize]),
            any::<bool>(),
        );
        (need, people, own, mark, price, edges, limits).prop_map(
            |(
                need,
                people,
                own_cost,
                mark,
                price,
                edges,
                (sets, people_limit, zone_limit, apart),
            )| {
                let mut borders: Vec<(u32, u32, f64)> = edges
                    .into_iter()
                    .filter(|(a, b)| a != b)
                    .map(|(a, b)| (a.min(b), a.max(b), price))
                    .collect();
                borders.sort_by_key(|&(a, b, _)| (a, b));
                borders.dedup_by_key(|&mut (a, b, _)| (a, b));
                let people = people.into_iter().map(f64::from).collect();
                let zones = Zones { need, own_cost, people, mark, borders };
                (zones, Limits { sets, people: people_limit, zones: zone_limit, apart })
            },
        )
    })
}
