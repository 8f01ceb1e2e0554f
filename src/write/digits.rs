//! How are digits written quickly?
//!
//! Tables and maps are millions of short numbers. Each is put together in place and appended in
//! one piece of a fixed length, which is then cut: short copies of any length cost more.

/// Room for the twenty digits of a `u64` and a point.
const ROOM: usize = 24;

/// 00 to 99.
const PAIRS: [[u8; 2]; 100] = {
    let (mut pairs, mut at) = ([[0; 2]; 100], 0);
    while at < 100 {
        pairs[at] = [b'0' + at as u8 / 10, b'0' + at as u8 % 10];
        at += 1;
    }
    pairs
};

/// Appends digits, the last `decimals` (up to 20) of them behind a point; at least one before it.
pub(super) fn push_digits(out: &mut Vec<u8>, digits: u64, decimals: usize) {
    let mut buffer = [b'0'; 2 * ROOM];
    let (mut rest, mut at) = (digits, ROOM);
    if decimals > 0 {
        for _ in 0..decimals / 2 {
            at -= 2;
            buffer[at..at + 2].copy_from_slice(&PAIRS[(rest % 100) as usize]);
            rest /= 100;
        }
        if decimals % 2 == 1 {
            at -= 1;
            buffer[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        at -= 1;
        buffer[at] = b'.';
    }
    while rest >= 100 {
        at -= 2;
        buffer[at..at + 2].copy_from_slice(&PAIRS[(rest % 100) as usize]);
        rest /= 100;
    }
    let [tens, ones] = PAIRS[rest as usize];
    (buffer[at - 2], buffer[at - 1]) = (tens, ones);
    at -= if rest >= 10 { 2 } else { 1 };
    let text: &[u8; ROOM] = buffer[at..].first_chunk().expect("as much room behind as before");
    let end = out.len() + ROOM - at;
    out.extend_from_slice(text);
    out.truncate(end);
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn digits_are_those_of_the_standard_library(digits: u64, by in 0_u32..20, decimals in 0_usize..21) {
            let digits = digits / 10_u64.pow(by);
            let mut text = b"x".to_vec();
            push_digits(&mut text, digits, decimals);
            let all = format!("{digits:0>0$}", decimals + 1);
            let (whole, behind) = all.split_at(all.len() - decimals);
            let point = if decimals > 0 { "." } else { "" };
            let text = String::from_utf8(text).unwrap();
            proptest::prop_assert_eq!(text, format!("x{whole}{point}{behind}"));
        }
    }
}
