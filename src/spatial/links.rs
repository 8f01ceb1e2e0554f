//! Who counts as whose neighbour, and how much?

use crate::spatial_weights::SpatialWeights;

/// [`SpatialWeights`] as statistics run on them: for each area its neighbours and their weights, one after the
/// other in memory.
///
/// Invariant: neighbours are in ascending order, none is the area itself, and no weight is 0 or
/// not finite. A link one way needs none the other way, as with the nearest areas.
#[derive(Debug, Clone, PartialEq)]
pub struct Links {
    start: Vec<usize>,
    other: Vec<u32>,
    weight: Vec<f64>,
    is_standardised: bool,
}

impl Links {
    /// From each area's neighbours with their weights, in any order. A link to the area itself
    /// and one of weight 0 or none is left out; of several to the same area the last counts.
    pub fn from_rows(rows: impl IntoIterator<Item = Vec<(u32, f64)>>) -> Self {
        let mut links =
            Self { start: vec![0], other: Vec::new(), weight: Vec::new(), is_standardised: false };
        for (area, mut row) in rows.into_iter().enumerate() {
            row.retain(|(other, w)| *other as usize != area && *w != 0.0 && w.is_finite());
            row.sort_by_key(|(other, _)| *other);
            row.dedup_by(|later, kept| {
                let same = later.0 == kept.0;
                if same {
                    kept.1 = later.1;
                }
                same
            });
            links.other.extend(row.iter().map(|(other, _)| other));
            links.weight.extend(row.iter().map(|(_, w)| w));
            links.start.push(links.other.len());
        }
        links
    }

    /// The same with the weights of each area divided by their sum.
    pub fn standardised(mut self) -> Self {
        for area in 0..self.n_areas() {
            let row = &mut self.weight[self.start[area]..self.start[area + 1]];
            let sum: f64 = row.iter().sum();
            row.iter_mut().for_each(|w| *w /= sum);
        }
        self.is_standardised = true;
        self
    }

    /// How many areas there are.
    pub fn n_areas(&self) -> usize {
        self.start.len() - 1
    }

    /// How many links there are, each way counted.
    pub fn n_links(&self) -> usize {
        self.other.len()
    }

    /// Whether the weights of each area sum to 1.
    pub fn is_standardised(&self) -> bool {
        self.is_standardised
    }

    /// The neighbours of an area, and their weights.
    #[inline]
    pub fn row(&self, area: usize) -> (&[u32], &[f64]) {
        let range = self.start[area]..self.start[area + 1];
        (&self.other[range.clone()], &self.weight[range])
    }

    /// The largest number of neighbours that an area has.
    pub fn most_neighbours(&self) -> usize {
        self.start.windows(2).map(|ends| ends[1] - ends[0]).max().unwrap_or(0)
    }

    /// The positions of areas without neighbours.
    pub fn islands(&self) -> Vec<usize> {
        (0..self.n_areas()).filter(|&area| self.row(area).0.is_empty()).collect()
    }

    /// The weighted sum over the neighbours of one area.
    #[inline]
    pub fn lag(&self, area: usize, x: &[f64]) -> f64 {
        let (others, weights) = self.row(area);
        others.iter().zip(weights).map(|(&other, w)| w * x[other as usize]).sum()
    }

    /// The links among some areas, numbered anew in their order; standardised anew where they were.
    pub(crate) fn among(&self, is_kept: &[bool]) -> Self {
        let mut place = Vec::with_capacity(is_kept.len());
        let mut n = 0_u32;
        for &kept in is_kept {
            place.push(n);
            n += u32::from(kept);
        }
        let kept = (0..self.n_areas()).filter(|&area| is_kept[area]).map(|area| {
            let (others, weights) = self.row(area);
            let known = others.iter().zip(weights).filter(|(other, _)| is_kept[**other as usize]);
            known.map(|(other, w)| (place[*other as usize], *w)).collect()
        });
        let links = Self::from_rows(kept);
        if self.is_standardised { links.standardised() } else { links }
    }

    /// The weight of a link; 0 where there is none.
    fn weight_of(&self, from: usize, to: usize) -> f64 {
        let (others, weights) = self.row(from);
        others.binary_search(&(to as u32)).map_or(0.0, |at| weights[at])
    }

    /// `S0`, `S1` and `S2` of Cliff and Ord (1981), *Spatial Processes*: the sum of all weights,
    /// half the squares of weights to and fro, the squares of the sums of rows and columns.
    pub(crate) fn sums(&self) -> [f64; 3] {
        let n = self.n_areas();
        let (mut s0, mut s1) = (0.0, 0.0);
        let mut both = vec![0.0; n];
        for area in 0..n {
            let (others, weights) = self.row(area);
            for (&other, &w) in others.iter().zip(weights) {
                s0 += w;
                s1 += w * (w + self.weight_of(other as usize, area));
                both[area] += w;
                both[other as usize] += w;
            }
        }
        [s0, s1, both.iter().map(|sum| sum * sum).sum()]
    }
}

impl From<&SpatialWeights> for Links {
    /// The same weights without those of areas for themselves.
    fn from(weights: &SpatialWeights) -> Self {
        let row = |area| weights.row(area).map(|(other, w)| (other as u32, w)).collect();
        Self::from_rows((0..weights.n_areas()).map(row))
    }
}
