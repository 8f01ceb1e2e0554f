use proptest::prelude::*;

use super::*;

/// Enough for any case of these tests.
const STEPS: u64 = 50_000_000;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// The search finds what trying every choice of connected sets finds.
    #[test]
    fn the_choice_is_as_good_as_the_best_of_all(
        (zones, limits) in a_city(9)
    ) {
        let got = choose(&zones, &limits, STEPS);
        let expected = by_brute_force(&zones, &limits);
        match (&got, expected) {
            (None, None) => {}
            (Some(got), Some(expected)) => {
                prop_assert!((got.value - expected).abs() < 1e-6, "{got:?}, best is {expected}");
                prop_assert!(got.is_proved);
                check(&zones, &limits, got)?;
            }
            (got, expected) => prop_assert!(false, "{got:?} and {expected:?}"),
        }
    }

    /// The same for one set among up to 16 zones.
    #[test]
    fn one_set_is_as_good_as_the_best_of_all(
        (zones, mut limits) in a_city(16)
    ) {
        limits.sets = 1;
        let got = choose(&zones, &limits, STEPS);
        let expected = by_brute_force(&zones, &limits);
        prop_assert_eq!(got.is_some(), expected.is_some());
        if let (Some(got), Some(expected)) = (&got, expected) {
            prop_assert!((got.value - expected).abs() < 1e-6, "{:?}, best is {}", got, expected);
            check(&zones, &limits, got)?;
        }
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

    /// The heuristic never gives what is not allowed, nor more than its bound.
    #[test]
    fn greedy_sets_are_allowed((zones, limits) in a_city(16)) {
        if let Some((sets, _)) = grow::grow(&zones, &limits) {
            let value = sets.iter().map(|set| value_of(&zones, set)).sum();
            let bound = grow::loose_bound(&zones, &limits);
            let has_must = zones.mark.contains(&Mark::Must);
            prop_assert!(has_must || value <= bound + 1e-6);
            check(&zones, &limits, &Chosen { sets, value, bound, is_proved: false, n_steps: 0 })?;
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
    let positions = |bits: u32| (0..n as u32).filter(|at| bits >> at & 1 == 1).collect::<Vec<_>>();
    let mut allowed: Vec<(u32, u32, f64)> = Vec::new();
    for bits in 1..1_u32 << n {
        if bits & never != 0 {
            continue;
        }
        let mut reached = bits & bits.wrapping_neg();
        loop {
            let around = (0..n).filter(|at| reached >> at & 1 == 1);
            let more = around.fold(reached, |all, at| all | near[at]) & bits;
            if more == reached {
                break;
            }
            reached = more;
        }
        let set = positions(bits);
        let people: f64 = set.iter().map(|&at| zones.people[at as usize]).sum();
        if reached == bits
            && (limits.people.0..=limits.people.1).contains(&people)
            && (limits.zones.0..=limits.zones.1).contains(&set.len())
        {
            let rim = if limits.apart {
                (0..n).filter(|at| bits >> at & 1 == 1).fold(bits, |all, at| all | near[at])
            } else {
                bits
            };
            allowed.push((bits, rim, value_of(zones, &set)));
        }
    }
    fn go(
        allowed: &[(u32, u32, f64)],
        left: usize,
        taken: u32,
        all: u32,
        must: u32,
    ) -> Option<f64> {
        let mut best = (must & !all == 0).then_some(0.0);
        if left == 0 {
            return best;
        }
        for (at, &(bits, rim, value)) in allowed.iter().enumerate() {
            if bits & taken == 0
                && let Some(rest) = go(&allowed[at + 1..], left - 1, taken | rim, all | bits, must)
                && best.is_none_or(|most| value + rest > most)
            {
                best = Some(value + rest);
            }
        }
        best
    }
    go(&allowed, limits.sets, 0, 0, must)
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
