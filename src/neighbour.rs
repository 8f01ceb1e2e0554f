//! Which areas are neighbours?
//!
//! For each area the positions of its neighbours, in ascending order. Pairs come from a file; what
//! makes two areas neighbours is the business of whoever made it.

use std::collections::{BTreeMap, BTreeSet};

use crate::area::Area;

/// Who borders on whom.
///
/// Invariant: one list an area, each in ascending order and without the area itself; if `a` has
/// `b` for a neighbour, `b` has `a`.
#[derive(Debug, Clone, PartialEq)]
pub struct Neighbours {
    of: Vec<Vec<u32>>,
}

impl Neighbours {
    /// From pairs of ids, in either order and as often as they come; also returns the ids that
    /// are not among `areas`, whose pairs are left out.
    pub fn from_pairs(areas: &[Area], pairs: &[(String, String)]) -> (Self, Vec<String>) {
        let place: BTreeMap<&str, u32> = areas
            .iter()
            .enumerate()
            .map(|(at, area)| (area.id.as_str(), u32::try_from(at).unwrap_or(u32::MAX)))
            .collect();
        let mut unknown = BTreeSet::new();
        let mut of = vec![Vec::new(); areas.len()];
        for (a, b) in pairs {
            let found = |id: &String| place.get(id.as_str()).copied();
            match (found(a), found(b)) {
                (Some(a), Some(b)) if a != b => {
                    of[a as usize].push(b);
                    of[b as usize].push(a);
                }
                (Some(_), Some(_)) => {}
                (known_a, known_b) => {
                    unknown.extend(known_a.is_none().then(|| a.clone()));
                    unknown.extend(known_b.is_none().then(|| b.clone()));
                }
            }
        }
        for list in &mut of {
            list.sort_unstable();
            list.dedup();
        }
        (Self { of }, unknown.into_iter().collect())
    }

    /// The neighbours of the area at this position.
    pub fn of(&self, area_idx: usize) -> &[u32] {
        &self.of[area_idx]
    }

    /// The positions of areas without any neighbour.
    pub fn islands(&self) -> Vec<usize> {
        (0..self.of.len()).filter(|&at| self.of[at].is_empty()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_count_both_ways_and_once() {
        let areas: Vec<Area> = ["a", "b", "c", "d"].map(Area::of).into();
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        let pairs =
            [pair("a", "b"), pair("b", "a"), pair("c", "b"), pair("c", "c"), pair("a", "x")];
        let (neighbours, unknown) = Neighbours::from_pairs(&areas, &pairs);
        assert_eq!(neighbours.of(1), [0, 2]);
        assert_eq!(neighbours.of(0), [1]);
        assert_eq!(neighbours.islands(), [3]);
        assert_eq!(unknown, ["x"]);
    }
}
