//! Which areas are neighbours?
//!
//! For each area the positions of its neighbours, in ascending order, and how long the border
//! between them is where that is known. Pairs come from a file or from the outlines, which
//! [`crate::contiguity`] compares; what makes two areas neighbours is the business of whoever
//! made the pairs.

use std::collections::{BTreeMap, BTreeSet};

use crate::area::Area;

/// Who borders on whom.
///
/// Invariant: one list an area, each in ascending order and without the area itself; if `a` has
/// `b` for a neighbour, `b` has `a`, with a border of the same length.
#[derive(Debug, Clone, PartialEq)]
pub struct Neighbours {
    of: Vec<Vec<u32>>,
    lengths: Option<Lengths>,
}

/// How long outlines and borders are, in metres.
#[derive(Debug, Clone, PartialEq)]
struct Lengths {
    /// Beside [`Neighbours::of`].
    border_m: Vec<Vec<f64>>,
    outline_m: Vec<f64>,
}

/// Two areas that are neighbours, by their positions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Border {
    /// The smaller position.
    pub a: u32,
    /// The larger position.
    pub b: u32,
    /// The length of what they share, in metres; 0 where they meet in a point only, and where
    /// somebody has declared them neighbours.
    pub length_m: f64,
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
        (Self { of, lengths: None }, unknown.into_iter().collect())
    }

    /// From borders, each pair once with `a < b`, and the length of each area's outline.
    ///
    /// # Panics
    ///
    /// When a position is not one of `outline_m`, or a pair is not in order: the caller's mistake.
    pub fn from_borders(outline_m: Vec<f64>, borders: &[Border]) -> Self {
        let mut lists: Vec<Vec<(u32, f64)>> = vec![Vec::new(); outline_m.len()];
        for &Border { a, b, length_m } in borders {
            assert!(a < b, "the smaller position comes first");
            lists[a as usize].push((b, length_m));
            lists[b as usize].push((a, length_m));
        }
        for list in &mut lists {
            list.sort_unstable_by_key(|&(other, _)| other);
            assert!(list.windows(2).all(|pair| pair[0].0 < pair[1].0), "each pair once");
        }
        let (of, border_m) = lists.into_iter().map(|list| list.into_iter().unzip()).unzip();
        Self { of, lengths: Some(Lengths { border_m, outline_m }) }
    }

    /// The neighbours of the area at this position.
    pub fn of(&self, area_idx: usize) -> &[u32] {
        &self.of[area_idx]
    }

    /// The lengths of the borders with them in metres, in the same order; `None` where only
    /// pairs are known.
    pub fn border_m(&self, area_idx: usize) -> Option<&[f64]> {
        self.lengths.as_ref().map(|lengths| lengths.border_m[area_idx].as_slice())
    }

    /// The length of the outline of the area at this position in metres, holes included; 0 for
    /// an area without an outline, `None` where only pairs are known.
    pub fn outline_m(&self, area_idx: usize) -> Option<f64> {
        self.lengths.as_ref().map(|lengths| lengths.outline_m[area_idx])
    }

    /// The number of areas.
    pub fn n_areas(&self) -> usize {
        self.of.len()
    }

    /// Each pair once, in ascending order; lengths are 0 where only pairs are known.
    pub fn pairs(&self) -> impl Iterator<Item = Border> {
        self.of.iter().enumerate().flat_map(move |(a, list)| {
            let lengths = self.border_m(a);
            list.iter().enumerate().filter(move |&(_, &b)| a < b as usize).map(move |(at, &b)| {
                let length_m = lengths.map_or(0.0, |lengths| lengths[at]);
                Border { a: a as u32, b, length_m }
            })
        })
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
        assert_eq!(neighbours.border_m(0), None);
    }

    #[test]
    fn a_border_has_one_length_from_both_sides() {
        let borders = [Border { a: 1, b: 2, length_m: 30.0 }, Border { a: 0, b: 2, length_m: 0.0 }];
        let neighbours = Neighbours::from_borders(vec![100.0; 4], &borders);
        assert_eq!(neighbours.of(2), [0, 1]);
        assert_eq!(neighbours.border_m(2).unwrap(), [0.0, 30.0]);
        assert_eq!(neighbours.border_m(1).unwrap(), [30.0]);
        assert_eq!(neighbours.pairs().count(), 2);
        assert_eq!(neighbours.islands(), [3]);
    }
}
