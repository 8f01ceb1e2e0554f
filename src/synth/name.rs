//! What is an invented place called?
//!
//! Names are put together from ordinary parts of Norwegian place names. They are unique within a
//! city and mean no real place, although chance may give one that exists.

const FIRST: [&str; 36] = [
    "Nord", "Lille", "Gran", "Bjørke", "Sand", "Ask", "Sol", "Håv", "Rogn", "Stein", "Øvre",
    "Furu", "Mørk", "Kvern", "Tjern", "Lind", "Tind", "Brå", "Eik", "Sjø", "Hassel", "Grå", "Vår",
    "Kling", "Sæter", "Løv", "Ramn", "Toll", "Ulv", "Hegg", "Eng", "Blå", "Orre", "Høg", "Vind",
    "Alm",
];
const LAST: [&str; 20] = [
    "vik", "haug", "mo", "åsen", "neset", "dal", "lia", "stranda", "tun", "bakken", "vågen",
    "myra", "rud", "sletta", "hella", "berget", "eid", "kleiva", "tangen", "løkka",
];
const SIDE: [&str; 10] =
    ["Nordre", "Søndre", "Østre", "Vestre", "Indre", "Ytre", "Store", "Vesle", "Gamle", "Nye"];
const DISTRICT_LAST: [&str; 6] = ["bygda", "skogen", "fjæra", "øyra", "heim", "grend"];

/// How far apart in the list of all names two zones that follow each other are. It shares no
/// divisor with the length of the list, so that no name comes twice.
const STEP: usize = 467;

/// The name of the zone with this number; `turn` (from the seed) moves the list.
pub(super) fn zone_name(idx: usize, turn: u64) -> String {
    let n_plain = FIRST.len() * LAST.len();
    let (round, at) = (idx / n_plain, turned(idx % n_plain, n_plain, turn));
    let plain = format!("{}{}", FIRST[at / LAST.len()], LAST[at % LAST.len()]);
    match round {
        0 => plain,
        // The second list is the first with a side before it; then numbers are all that is left.
        1..=10 => format!("{} {plain}", SIDE[round - 1]),
        _ => format!("{plain} {}", round - 9),
    }
}

/// The name of the district with this number, from other parts than those of zones.
pub(super) fn district_name(idx: usize, turn: u64) -> String {
    let n_plain = FIRST.len() * DISTRICT_LAST.len();
    let at = turned(idx % n_plain, n_plain, turn);
    let plain =
        format!("{}{}", FIRST[at / DISTRICT_LAST.len()], DISTRICT_LAST[at % DISTRICT_LAST.len()]);
    match idx / n_plain {
        0 => plain,
        round => format!("{plain} {}", round + 1),
    }
}

fn turned(idx: usize, n: usize, turn: u64) -> usize {
    (idx * STEP + (turn % n as u64) as usize) % n
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_name_comes_twice() {
        let zones: BTreeSet<String> = (0..20_000).map(|idx| zone_name(idx, 5)).collect();
        let districts: BTreeSet<String> = (0..2_500).map(|idx| district_name(idx, 5)).collect();
        assert_eq!((zones.len(), districts.len()), (20_000, 2_500));
        assert!(zones.is_disjoint(&districts));
    }
}
