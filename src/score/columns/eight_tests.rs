//! Sums over sorted members against those of members sorted one by one.

use super::*;
use crate::math::columns::levels;
use crate::math::{SplitMix, exp};

/// The sums of one ensemble as they are defined.
fn plainly(members: &[f64], outcome: f64) -> [f64; 3] {
    let mut sorted = members.to_vec();
    sorted.sort_by(f64::total_cmp);
    let count = sorted.len() as f64;
    let (mut below, mut above, mut pairs) = (0.0, 0.0, 0.0);
    for (at, member) in sorted.iter().enumerate() {
        below += (outcome - member).max(0.0);
        above += (member - outcome).max(0.0);
        pairs += member * (2.0 * at as f64 + 1.0 - count);
    }
    [below, above, pairs]
}

/// Members of every kind that keys treat differently.
const KINDS: [fn(&mut SplitMix, usize) -> f64; 11] = [
    |stream, _| stream.unit() - 0.5,
    // Equal members, everywhere or in one half; zeros of both signs.
    |stream, _| (stream.unit() * 5.0).floor(),
    |stream, _| (stream.unit() - 0.5).max(0.0),
    |stream, _| [0.0, -0.0][stream.below(2)],
    |_, _| 7.25,
    // Long tails; one member far off; all but a few in next to nothing of the whole; wider than the greatest number; subnormal.
    |stream, _| 1.0 / (stream.unit() - 0.5),
    |stream, at| if at == 3 { 1e300 } else { stream.unit() },
    |stream, _| exp(80.0 * stream.unit()),
    |stream, _| (stream.unit() - 0.5) * f64::MAX * 2.0,
    |stream, _| stream.unit() * 1e-310,
    |_, at| -(at as f64),
];

fn agree(level: Level, count: usize, kind: usize, stream: &mut SplitMix) {
    let mut eight = Eight::new(level, count);
    for round in 0..4 {
        // Lanes without an ensemble; and members that are not copied, since there are enough numbers behind them.
        let (own, behind) = [(7, 0), (8, 0), (8, MOST_MEMBERS * LANES), (1, 3)][round];
        let ensembles: Vec<Vec<f64>> =
            (0..own).map(|_| (0..count).map(|at| KINDS[kind](stream, at)).collect()).collect();
        let mut outcomes = vec![0.0; own];
        for (lane, members) in ensembles.iter().enumerate() {
            outcomes[lane] = if lane % 2 == 0 { stream.unit() } else { members[count / 2] };
        }
        let mut members = ensembles.concat();
        members.resize(members.len() + behind, f64::NAN);
        let sums = eight.sums(&members, &outcomes).expect("finite numbers");
        for (lane, members) in ensembles.iter().enumerate() {
            for (sum, expected) in sums.iter().zip(plainly(members, outcomes[lane])) {
                let same = sum[lane].to_bits() == expected.to_bits() || (sum[lane].is_nan() && expected.is_nan());
                assert!(same, "kind {kind} of {count}, lane {lane}, round {round}: {} for {expected}", sum[lane]);
            }
        }
    }
}

#[test]
fn sums_are_those_of_sorted_members_to_the_last_bit() {
    let mut stream = SplitMix::of_replicate(6, 1);
    for count in (1..=70).chain([127, 128, 129, 255, 256, 257, 1000, 1024, 1025]) {
        for kind in 0..KINDS.len() {
            agree(Level::new(), count, kind, &mut stream);
        }
    }
}

#[test]
fn every_level_and_size_gives_the_same_bits() {
    let mut stream = SplitMix::of_replicate(6, 2);
    for level in levels() {
        for (count, kind) in [(19, 0), (600, 1), (600, 5), (600, 7), (600, 8), (MOST_MEMBERS - 1, 0), (MOST_MEMBERS, 5)]
        {
            agree(level, count, kind, &mut stream);
        }
    }
}

#[test]
fn keys_give_the_order_unless_nearly_all_members_share_a_cell() {
    let mut stream = SplitMix::of_replicate(6, 3);
    let mut by_keys = |kind: usize| {
        let mut eight = Eight::new(Level::new(), 1000);
        let mut members: Vec<f64> = (0..8000).map(|at| KINDS[kind](&mut stream, at % 1000)).collect();
        members.resize(MOST_MEMBERS * LANES, 0.0);
        let members = members.first_chunk().expect("as many");
        let sorting = &mut eight.sorting;
        assert_eq!(dispatch!(sorting.level, simd => sorting.find_bounds(simd, members, &[0.0; LANES])), None);
        dispatch!(sorting.level, simd => sorting.sums_by_keys(simd, members, &[0.0; LANES])).is_some()
    };
    let found: Vec<bool> = (0..KINDS.len()).map(&mut by_keys).collect();
    assert_eq!(found, [true, true, true, true, true, true, true, false, false, false, true]);
}

#[test]
fn what_is_not_finite_is_seen_wherever_it_stands() {
    for count in [1, 7, 8, 9, 130] {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            for at in 0..count {
                let mut eight = Eight::new(Level::new(), count);
                let mut members = vec![f64::MAX; 3 * count];
                assert!(eight.sums(&members, &[0.0; 3]).is_ok());
                members[2 * count + at] = bad;
                assert_eq!(eight.sums(&members, &[0.0; 3]), Err(2), "{bad} at {at} of {count}");
                assert_eq!(eight.sums(&members, &[0.0, bad, 0.0]), Err(1));
                members.resize(MOST_MEMBERS * LANES, 0.0);
                assert_eq!(eight.sums(&members, &[0.0; LANES]), Err(2), "{bad} at {at} of {count}, not copied");
            }
        }
    }
}
