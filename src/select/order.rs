//! Who comes first, and where is the edge of a cut?

use super::leaf::{Leaf, Values};
use super::resolve::Resolver;
use super::rule::{By, Cut, CutTies, End, Operator, Take};
use super::truth::Truth;
use super::{SelectError, texts};
use crate::language::{Language, Text, message};
use crate::notice::Notice;

/// Areas in the order in which a cut takes them.
pub(super) struct Listed {
    /// Positions of the areas that have a place.
    pub(super) order: Vec<u32>,
    /// The group of each entry of `order`: entries of one group tie.
    pub(super) groups: Vec<usize>,
    /// By which fact, where it is not the score.
    label: Option<Text>,
}

impl Resolver<'_> {
    pub(super) fn listed(
        &self,
        by: Option<&By>,
        then_by: Option<&By>,
        at: &str,
    ) -> Result<Listed, SelectError> {
        let ranking = self.facts.ranking;
        let (mut order, keys, label) = match by {
            None => {
                let order = ranking.order()[..ranking.n_ranked()].to_vec();
                (order, ranking.scores().to_vec(), None)
            }
            Some(by) => {
                let (keys, label) = self.keys(by, &format!("{at}.by"))?;
                let ids = crate::rank::ids_by_place(self.areas());
                let mut order: Vec<u32> =
                    (0..keys.len() as u32).filter(|at| !keys[*at as usize].is_nan()).collect();
                order.sort_by(|a, b| {
                    let (a, b) = (*a as usize, *b as usize);
                    keys[a].total_cmp(&keys[b]).then(ids[a].cmp(&ids[b]))
                });
                (order, keys, Some(label))
            }
        };
        let mut groups = grouped(&order, |a, b| keys[a] == keys[b]);
        if let Some(then_by) = then_by {
            let (second, _) = self.keys(then_by, &format!("{at}.then-by"))?;
            let mut entries: Vec<(usize, u32)> = groups.into_iter().zip(order).collect();
            // Stable, so that ties of both facts stay in the order of their ids.
            entries.sort_by(|a, b| {
                let (x, y) = (second[a.1 as usize], second[b.1 as usize]);
                a.0.cmp(&b.0).then(x.is_nan().cmp(&y.is_nan())).then(x.total_cmp(&y))
            });
            order = entries.into_iter().map(|(_, at)| at).collect();
            groups = grouped(&order, |a, b| {
                let same = second[a] == second[b] || (second[a].is_nan() && second[b].is_nan());
                keys[a] == keys[b] && same
            });
        }
        Ok(Listed { order, groups, label })
    }

    /// Numbers of which the smallest comes first.
    fn keys(&self, by: &By, at: &str) -> Result<(Vec<f64>, Text), SelectError> {
        let known = self.value(&by.fact, &by.transforms, at)?;
        let low = known.values.low.iter();
        let sign = |x: f64| match by.first {
            End::Largest => -x,
            End::Smallest => x,
        };
        // Adding zero makes -0 a plain 0, which would else come before it.
        let keys = match &known.values.high {
            None => low.map(|x| sign(*x) + 0.0).collect(),
            Some(high) => low
                .zip(high.iter())
                .map(|(low, high)| if low == high { sign(*low) + 0.0 } else { f64::NAN })
                .collect(),
        };
        Ok((keys, known.label))
    }

    /// A cut is a comparison of the place in the list with the last place that is in.
    pub(super) fn cut(&self, cut: &Cut, at: &str) -> Result<Leaf, SelectError> {
        let listed = self.listed(cut.by.as_ref(), cut.then_by.as_ref(), at)?;
        let Listed { order, groups, label } = &listed;
        let n = order.len();
        let (wanted, limit_label) = match cut.take {
            Take::Areas(wanted) => (wanted.min(n), ("select.take-areas", wanted.to_string())),
            Take::ShareOfAreas(share) => {
                (whole(share, n), ("select.take-share-of-areas", percent(share)))
            }
            Take::ShareOfPeople(share) => {
                let people = self.people("a share of the people", at)?;
                (until(&people, order, share), ("select.take-share-of-people", percent(share)))
            }
        };
        let wanted = self.settle_tie(wanted, cut.ties, order, groups);
        let mut places = vec![f64::NAN; self.areas().len()];
        for (place, &at) in order.iter().enumerate() {
            places[at as usize] = (place + 1) as f64;
        }
        let label = match label {
            None => texts("select.fact-place", &[]),
            Some(fact) => {
                let text = |language: Language| {
                    message(language, "select.fact-place-by", &[("fact", fact.get(language))])
                };
                Text { nb: text(Language::Nb), en: text(Language::En) }
            }
        };
        let values = Values::known(places);
        let leaf = Leaf::new(at, label, values, Operator::AtMost, wanted as f64);
        // "The n areas with the worst conditions" is said of a cut by score only.
        let limit_label = texts(limit_label.0, &[("n", &limit_label.1)]);
        let limit_label =
            (cut.by.is_none() || !matches!(cut.take, Take::Areas(_))).then_some(limit_label);
        Ok(Leaf { limit_label, year: self.beside_year(), ..leaf })
    }

    /// Moves the edge of a cut off a tie, and tells so.
    fn settle_tie(&self, wanted: usize, ties: CutTies, order: &[u32], groups: &[usize]) -> usize {
        if wanted == 0 || wanted >= order.len() || groups[wanted - 1] != groups[wanted] {
            return wanted;
        }
        let edge = groups[wanted];
        let settled = match ties {
            CutTies::AllIn => {
                wanted + groups[wanted..].iter().take_while(|group| **group == edge).count()
            }
            CutTies::NoneIn => groups[..wanted].iter().take_while(|group| **group != edge).count(),
        };
        let tied = order.iter().zip(groups).filter(|(_, group)| **group == edge);
        let tied = tied.map(|(&at, _)| self.areas()[at as usize].label()).collect();
        let notice = Notice::warning("notice.cut-tie").with("wanted", wanted);
        self.tell(notice.with("settled", settled).about(tied));
        settled
    }

    /// The place of each candidate among those of its pool: the best and the worst that it can be,
    /// as unknown candidates turn out. An area that is no candidate has the place that it would
    /// have; one without a place in the list or without a pool has none.
    pub(super) fn places(
        &self,
        listed: &Listed,
        ties: CutTies,
        candidates: &[Truth],
        pools: &[Option<usize>],
    ) -> Values {
        let n = candidates.len();
        let n_pools = pools.iter().flatten().max().map_or(0, |most| most + 1);
        let counts = |at: usize| {
            let truth = candidates[at];
            (f64::from(u8::from(truth == Truth::True)), f64::from(u8::from(truth != Truth::False)))
        };
        let mut has_place = vec![false; n];
        listed.order.iter().for_each(|&at| has_place[at as usize] = true);
        // Candidates that may stand anywhere, in one pool or in any.
        let (mut anywhere, mut in_any_pool) = (vec![0.0; n_pools], 0.0);
        for at in 0..n {
            match pools[at] {
                Some(pool) if !has_place[at] => anywhere[pool] += counts(at).1,
                Some(_) => {}
                None => in_any_pool += counts(at).1,
            }
        }
        let mut ahead = vec![(0.0, 0.0); n_pools];
        let (mut low, mut high) = (vec![f64::NAN; n], vec![f64::NAN; n]);
        let mut start = 0;
        while start < listed.order.len() {
            let tied: Vec<(usize, usize)> = (start..listed.order.len())
                .take_while(|&at| listed.groups[at] == listed.groups[start])
                .map(|at| listed.order[at] as usize)
                .filter_map(|at| Some((at, pools[at]?)))
                .collect();
            let n_tied = listed.groups[start..]
                .iter()
                .take_while(|group| **group == listed.groups[start])
                .count();
            let before: Vec<(f64, f64)> = tied.iter().map(|(_, pool)| ahead[*pool]).collect();
            for (at, pool) in &tied {
                let (sure, possible) = counts(*at);
                ahead[*pool] = (ahead[*pool].0 + sure, ahead[*pool].1 + possible);
            }
            for ((at, pool), before) in tied.iter().zip(before) {
                let (own_sure, own_possible) = counts(*at);
                let (sure, possible) = match ties {
                    CutTies::AllIn => before,
                    CutTies::NoneIn => (ahead[*pool].0 - own_sure, ahead[*pool].1 - own_possible),
                };
                low[*at] = 1.0 + sure;
                high[*at] = 1.0 + possible + anywhere[*pool] + in_any_pool;
            }
            start += n_tied;
        }
        Values::within(low, high)
    }
}

fn grouped(order: &[u32], same: impl Fn(usize, usize) -> bool) -> Vec<usize> {
    let mut groups = Vec::with_capacity(order.len());
    let mut group = 0;
    for (place, &at) in order.iter().enumerate() {
        if place > 0 && !same(order[place - 1] as usize, at as usize) {
            group += 1;
        }
        groups.push(group);
    }
    groups
}

/// `share` of `n`, rounded down. 0.1 * 30 is a bit above 3; a share may not lose an area to that.
pub(super) fn whole(share: f64, n: usize) -> usize {
    (share * n as f64 + 1e-9).floor() as usize
}

pub(super) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    format!("{}", (percent * 1e6).round() / 1e6)
}

/// How many areas from the worst hold `share` of the people; unknown residents count as none.
fn until(people: &[f64], order: &[u32], share: f64) -> usize {
    let of = |at: &u32| Some(people[*at as usize]).filter(|p| !p.is_nan()).unwrap_or(0.0);
    let total: f64 = order.iter().map(of).sum();
    let mut held = 0.0;
    order
        .iter()
        .take_while(|at| {
            let before = held;
            held += of(at);
            before < share * total
        })
        .count()
}
