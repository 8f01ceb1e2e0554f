//! Which centres are near a place?
//!
//! A k-d tree (Bentley 1975) over the centres: each half of a slice lies on one side of the
//! middle one, by turns along the two axes.

/// Centres with a place, as positions of the areas, in the order of the tree.
pub(super) struct Tree {
    nodes: Vec<(u32, [f64; 2])>,
}

impl Tree {
    pub(super) fn of(centres: &[Option<[f64; 2]>]) -> Self {
        let placed = centres.iter().enumerate();
        let mut nodes: Vec<(u32, [f64; 2])> =
            placed.filter_map(|(at, centre)| Some((at as u32, (*centre)?))).collect();
        arrange(&mut nodes, 0);
        Self { nodes }
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The `k` nearest but for `own`, with their distances, nearest first and then by position.
    pub(super) fn nearest(&self, place: [f64; 2], k: usize, own: u32) -> Vec<(u32, f64)> {
        let mut found: Vec<(u32, f64)> = Vec::with_capacity(k + 1);
        visit(&self.nodes, 0, place, &mut { f64::INFINITY }, &mut |at, squared| {
            if at != own {
                let before = |&(other, its): &(u32, f64)| (its, other) < (squared, at);
                let place = found.partition_point(before);
                found.insert(place, (at, squared));
                found.truncate(k);
            }
            if found.len() < k { f64::INFINITY } else { found[k - 1].1 }
        });
        found.into_iter().map(|(at, squared)| (at, squared.sqrt())).collect()
    }

    /// All but `own` within `reach`, in the order of their positions.
    pub(super) fn within(&self, place: [f64; 2], reach: f64, own: u32) -> Vec<(u32, f64)> {
        let mut found = Vec::new();
        // The last bit of a square must not lose a centre that is exactly that far away.
        let limit = reach * reach * (1.0 + 1e-14);
        visit(&self.nodes, 0, place, &mut { f64::INFINITY }, &mut |at, squared| {
            if at != own && squared <= limit {
                found.push((at, squared.sqrt()));
            }
            limit
        });
        found.sort_unstable_by_key(|&(at, _)| at);
        found
    }
}

fn arrange(nodes: &mut [(u32, [f64; 2])], axis: usize) {
    if nodes.len() < 2 {
        return;
    }
    let middle = nodes.len() / 2;
    let order = |a: &(u32, [f64; 2]), b: &(u32, [f64; 2])| {
        a.1[axis].total_cmp(&b.1[axis]).then(a.0.cmp(&b.0))
    };
    nodes.select_nth_unstable_by(middle, order);
    let (low, high) = nodes.split_at_mut(middle);
    arrange(low, 1 - axis);
    arrange(&mut high[1..], 1 - axis);
}

/// Shows `see` each node that may be near enough, with its squared distance; `see` answers which
/// squared distance is near enough from now on, which is kept in `limit`.
fn visit(
    nodes: &[(u32, [f64; 2])],
    axis: usize,
    place: [f64; 2],
    limit: &mut f64,
    see: &mut dyn FnMut(u32, f64) -> f64,
) {
    let middle = nodes.len() / 2;
    let Some(&(at, centre)) = nodes.get(middle) else { return };
    let (dx, dy) = (place[0] - centre[0], place[1] - centre[1]);
    *limit = see(at, dx * dx + dy * dy);
    let beyond = if axis == 0 { dx } else { dy };
    let (low, high) = (&nodes[..middle], &nodes[middle + 1..]);
    let (near, far) = if beyond < 0.0 { (low, high) } else { (high, low) };
    visit(near, 1 - axis, place, limit, see);
    if beyond * beyond <= *limit {
        visit(far, 1 - axis, place, limit, see);
    }
}
