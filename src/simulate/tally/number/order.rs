//! Puts values in the order of their keys.

use super::KEY_BITS;

/// Sorts by keys of [`KEY_BITS`]: in two passes, by the lower and by the upper half of their bits.
///
/// Source: Knuth (1998), The Art of Computer Programming 3, 5.2.5, algorithm R.
pub(super) fn sort_by_key(values: &mut Vec<(u32, f64)>, sorted: &mut Vec<(u32, f64)>) {
    const HALF: u32 = KEY_BITS / 2;
    sorted.clear();
    sorted.resize(values.len(), (0, 0.0));
    for shift in [0, HALF] {
        let digit = |key: u32| (key >> shift) as usize & ((1 << HALF) - 1);
        let mut places = [0_u32; 1 << HALF];
        values.iter().for_each(|(key, _)| places[digit(*key)] += 1);
        let mut next = 0;
        for place in &mut places {
            next += std::mem::replace(place, next);
        }
        for pair in values.iter() {
            let place = &mut places[digit(pair.0)];
            sorted[*place as usize] = *pair;
            *place += 1;
        }
        std::mem::swap(values, sorted);
    }
}

/// A value that stands at least twice among the first few: then many may be the same.
pub(super) fn repeated_early(values: &[f64]) -> Option<f64> {
    let few = &values[..values.len().min(6)];
    few.iter().enumerate().find_map(|(place, value)| few[..place].contains(value).then_some(*value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_in_order_and_values_of_a_key_in_theirs() {
        let mut pairs: Vec<(u32, f64)> =
            (0..5000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 12, f64::from(at))).collect();
        let mut expected = pairs.clone();
        expected.sort_by_key(|(key, _)| *key);
        sort_by_key(&mut pairs, &mut Vec::new());
        assert_eq!(pairs, expected);
    }

    #[test]
    fn a_value_that_many_share_shows_early() {
        assert_eq!(repeated_early(&[1.0, 0.0, 2.0, 0.0, 3.0]), Some(0.0));
        assert_eq!(repeated_early(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 1.0]), None);
        assert_eq!(repeated_early(&[]), None);
    }
}
