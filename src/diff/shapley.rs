//! Shapley values: what each of several changes has to do with the whole.
//!
//! Whatever order changes are made in, their effects add up to the whole; but the effect of one depends on which came before. Its
//! Shapley value is its effect on the average over all orders, or over all in which each change comes after those it needs. Few changes are
//! averaged over exactly, through all their subsets; of many, some orders are drawn, each together with its reverse, and what they leave
//! open is stated.

use crate::math::SplitMix;

/// Up to so many changes every subset is looked at: 256 of them.
pub const MOST_EXACT: usize = 8;

/// The Shapley value of each of `n` changes \[1\], over the orders that lead through subsets that can be \[2\].
///
/// ```text
/// phi(i) = sum over S without i of up(S) down(S + i) / up(all) * (v(S + i) - v(S))
/// ```
///
/// `up(S)` is in how many orders `S` can be reached from nothing, `down(S)` in how many all can be reached from `S`; where every subset can be,
/// the weight is `|S|! (n - |S| - 1)! / n!`. `worth[mask]` is `v` of the subset whose members are the bits of `mask`, and `can_be[mask]`
/// whether it can be; both have 2^n entries, and what `worth` holds of a subset that cannot be has no say.
///
/// The values have the unit of `v` and add up to `v(all) - v(none)`; a change that never matters has 0, and two that are alike have the same.
/// `None` if the numbers of entries are not the same power of two, or no order leads from none to all.
///
/// ```
/// use foretell::diff::shapley::exact;
///
/// // Two changes, each worth 1 alone, and 4 together: the surplus of 2 is shared.
/// assert_eq!(exact(&[0.0, 1.0, 1.0, 4.0], &[true; 4]), Some(vec![2.0, 2.0]));
/// // The second cannot be without the first: it comes after it in every order.
/// assert_eq!(exact(&[0.0, 1.0, 9.0, 4.0], &[true, true, false, true]), Some(vec![1.0, 3.0]));
/// ```
///
/// \[1\] Shapley (1953), in: Contributions to the Theory of Games II, Annals of Mathematics Studies 28, 307–317.
/// \[2\] Faigle and Kern (1992), The Shapley value for cooperative games under precedence constraints, International Journal of Game Theory
/// 21, 249–266.
#[must_use]
pub fn exact(worth: &[f64], can_be: &[bool]) -> Option<Vec<f64>> {
    let subsets = worth.len();
    if !subsets.is_power_of_two() || can_be.len() != subsets {
        return None;
    }
    let changes = subsets.trailing_zeros() as usize;
    let bits = || (0..changes).map(|change| 1_usize << change);
    let (mut up, mut down) = (vec![0.0; subsets], vec![0.0; subsets]);
    up[0] = f64::from(u8::from(can_be[0]));
    down[subsets - 1] = f64::from(u8::from(can_be[subsets - 1]));
    for mask in (1..subsets).filter(|mask| can_be[*mask]) {
        up[mask] = bits().filter(|bit| mask & bit != 0).map(|bit| up[mask ^ bit]).sum();
    }
    for mask in (0..subsets - 1).rev().filter(|mask| can_be[*mask]) {
        down[mask] = bits().filter(|bit| mask & bit == 0).map(|bit| down[mask | bit]).sum();
    }
    let orders = up[subsets - 1] * down[subsets - 1];
    let value = |bit: usize| {
        let before = (0..subsets).filter(|mask| mask & bit == 0 && can_be[*mask] && can_be[mask | bit]);
        before.map(|mask| up[mask] * down[mask | bit] / orders * (worth[mask | bit] - worth[mask])).sum()
    };
    (orders > 0.0).then(|| bits().map(value).collect())
}

/// Orders of so many changes, each followed by its reverse; `count` is rounded up to an even number, and at least 4, since one pair does not show
/// how far pairs differ.
///
/// The first change of an order is the last of its reverse, so what an early place does to it is made up for by a late one (antithetic
/// pairs \[1\]).
///
/// ```
/// let orders = foretell::diff::shapley::orders(3, 4, 1);
/// assert_eq!(orders.len(), 4);
/// let reversed: Vec<usize> = orders[0].iter().rev().copied().collect();
/// assert_eq!(orders[1], reversed);
/// ```
///
/// \[1\] Mitchell, Cooper, Frank and Holmes (2022), Sampling permutations for Shapley value estimation, JMLR 23(43), 1–46.
#[must_use]
pub fn orders(changes: usize, count: usize, seed: u64) -> Vec<Vec<usize>> {
    let mut random = SplitMix::new(seed);
    let mut all = Vec::with_capacity(count + 1);
    for _ in 0..count.div_ceil(2).max(2) {
        let mut order: Vec<usize> = (0..changes).collect();
        for last in (1..changes).rev() {
            order.swap(last, random.below(last + 1));
        }
        let reversed = order.iter().rev().copied().collect();
        all.push(order);
        all.push(reversed);
    }
    all
}

/// The mean over some orders and its standard error.
#[derive(Debug, Clone, PartialEq)]
pub struct Sampled {
    /// For each change.
    pub values: Vec<f64>,
    /// For each change, by the spread between the pairs of an order and its reverse; 0 where no change differs between them.
    pub errors: Vec<f64>,
}

/// So many degrees of freedom all changes together lend to the spread of each.
const LENT: f64 = 4.0;

/// Shapley values from some orders, which come in pairs as [`orders`] gives them.
///
/// `walks[k]` holds `v` along the order `k`: of none, of its first change, of its first two, … of all. The values add up to
/// `v(all) - v(none)` whatever the orders, since along each of them the effects do \[1\].
///
/// A few pairs may agree by luck, where what makes them differ is rare. So the variance of each change is moderated by that of all, in units of its
/// size (`d = 4` degrees of freedom, as a moderated t has them \[2\]):
///
/// ```text
/// error_i² = ((K - 1) s_i² + d r² m_i²) / (K - 1 + d - 2) / K        r² = mean of s_j² / m_j²        m_i = mean |effect of i|
/// ```
///
/// What is off by such an error has a Student's t of `K - 1 + d` degrees of freedom; dividing by two fewer makes the error its standard deviation.
///
/// \[1\] Castro, Gómez and Tejada (2009), Computers & Operations Research 36, 1726–1730.
/// \[2\] Smyth (2004), Statistical Applications in Genetics and Molecular Biology 3(1), article 3.
#[must_use]
pub fn sampled(orders: &[Vec<usize>], walks: &[Vec<f64>]) -> Sampled {
    let changes = orders.first().map_or(0, Vec::len);
    let pairs: Vec<Vec<f64>> = orders
        .chunks(2)
        .zip(walks.chunks(2))
        .map(|(orders, walks)| {
            let mut effects = vec![0.0; changes];
            for (order, walk) in orders.iter().zip(walks) {
                for (change, step) in order.iter().zip(walk.windows(2)) {
                    effects[*change] += (step[1] - step[0]) / orders.len() as f64;
                }
            }
            effects
        })
        .collect();
    let count = pairs.len().max(1) as f64;
    let values: Vec<f64> =
        (0..changes).map(|change| pairs.iter().map(|effects| effects[change]).sum::<f64>() / count).collect();
    let variances: Vec<f64> = (0..changes)
        .map(|change| {
            let off = |effects: &Vec<f64>| effects[change] - values[change];
            pairs.iter().map(|effects| off(effects) * off(effects)).sum::<f64>() / (count - 1.0).max(1.0)
        })
        .collect();
    let sizes: Vec<f64> =
        (0..changes).map(|change| pairs.iter().map(|effects| effects[change].abs()).sum::<f64>() / count).collect();
    let relative = variances.iter().zip(&sizes).filter(|(_, size)| **size > 0.0).map(|(of, size)| of / (size * size));
    let of_all = relative.clone().sum::<f64>() / (relative.count() as f64).max(1.0);
    let moderated = |(own, size): (&f64, &f64)| {
        let variance = ((count - 1.0) * own + LENT * of_all * size * size) / (count - 1.0 + LENT - 2.0);
        (variance / count).sqrt()
    };
    let errors = variances.iter().zip(&sizes).map(moderated).collect();
    Sampled { values, errors }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The mean over all orders that can be, straight from the definition.
    fn by_all_orders(worth: &[f64], can_be: &[bool]) -> Vec<f64> {
        fn visit(order: &mut Vec<usize>, can_be: &[bool], worth: &[f64], sums: &mut [f64], count: &mut f64) {
            let changes = sums.len();
            if order.len() == changes {
                let mut mask = 0;
                let mut possible = can_be[0];
                for change in order.iter() {
                    mask |= 1 << change;
                    possible &= can_be[mask];
                }
                if !possible {
                    return;
                }
                mask = 0;
                for change in order.iter() {
                    sums[*change] += worth[mask | 1 << change] - worth[mask];
                    mask |= 1 << change;
                }
                *count += 1.0;
                return;
            }
            for change in 0..changes {
                if !order.contains(&change) {
                    order.push(change);
                    visit(order, can_be, worth, sums, count);
                    order.pop();
                }
            }
        }
        let changes = worth.len().trailing_zeros() as usize;
        let (mut sums, mut count) = (vec![0.0; changes], 0.0);
        visit(&mut Vec::new(), can_be, worth, &mut sums, &mut count);
        sums.into_iter().map(|sum| sum / count).collect()
    }

    #[test]
    fn the_glove_game_gives_the_scarce_glove_two_thirds() {
        // Shapley's own kind of example: 0 has a left glove, 1 and 2 have right ones; a pair is worth 1.
        let worth: Vec<f64> = (0..8_usize).map(|mask| f64::from(u8::from(mask & 1 == 1 && mask & 6 != 0))).collect();
        let values = exact(&worth, &[true; 8]).expect("eight subsets");
        for (value, expected) in values.iter().zip([2.0 / 3.0, 1.0 / 6.0, 1.0 / 6.0]) {
            assert!((value - expected).abs() < 1e-15, "{values:?}");
        }
        assert!(exact(&[0.0, 1.0, 2.0], &[true; 3]).is_none());
        assert!(exact(&[0.0, 1.0, 1.0, 2.0], &[true, false, false, true]).is_none());
    }

    proptest! {
        #[test]
        fn subsets_give_what_all_orders_give(worth in prop::collection::vec(-1.0..1.0_f64, 32)) {
            let (by_subsets, by_orders) = (exact(&worth, &[true; 32]).expect("32 subsets"), by_all_orders(&worth, &[true; 32]));
            for (one, other) in by_subsets.iter().zip(&by_orders) {
                prop_assert!((one - other).abs() < 1e-12);
            }
            prop_assert!((by_subsets.iter().sum::<f64>() - (worth[31] - worth[0])).abs() < 1e-12);
        }

        #[test]
        fn orders_that_cannot_be_are_left_out(
            worth in prop::collection::vec(-1.0..1.0_f64, 32), mut can_be in prop::collection::vec(prop::bool::weighted(0.8), 32)
        ) {
            (can_be[0], can_be[31]) = (true, true);
            let by_orders = by_all_orders(&worth, &can_be);
            match exact(&worth, &can_be) {
                Some(values) => {
                    for (one, other) in values.iter().zip(&by_orders) {
                        prop_assert!((one - other).abs() < 1e-12);
                    }
                    prop_assert!((values.iter().sum::<f64>() - (worth[31] - worth[0])).abs() < 1e-12);
                }
                None => prop_assert!(by_orders.iter().all(|value| value.is_nan())),
            }
        }

        #[test]
        fn drawn_orders_add_up_to_the_whole_and_near_the_exact_values(
            worth in prop::collection::vec(-1.0..1.0_f64, 32), seed in 0_u64..1000, count in 1_usize..40
        ) {
            let orders = orders(5, count, seed);
            let walk = |order: &Vec<usize>| {
                let mut mask = 0_usize;
                let mut walk = vec![worth[0]];
                for change in order {
                    mask |= 1 << change;
                    walk.push(worth[mask]);
                }
                walk
            };
            let walks: Vec<Vec<f64>> = orders.iter().map(walk).collect();
            let drawn = sampled(&orders, &walks);
            prop_assert!((drawn.values.iter().sum::<f64>() - (worth[31] - worth[0])).abs() < 1e-12);
            prop_assert_eq!(orders.len(), (count.div_ceil(2) * 2).max(4));
        }
    }

    #[test]
    fn many_orders_come_near_the_exact_values() {
        let worth: Vec<f64> =
            (0..32_usize).map(|mask| f64::from(mask.count_ones().pow(2)) + (mask % 3) as f64).collect();
        let orders = orders(5, 20_000, 7);
        let walks: Vec<Vec<f64>> = orders
            .iter()
            .map(|order| {
                let mut mask = 0_usize;
                std::iter::once(worth[0])
                    .chain(order.iter().map(|change| {
                        mask |= 1 << change;
                        worth[mask]
                    }))
                    .collect()
            })
            .collect();
        let drawn = sampled(&orders, &walks);
        let exact = exact(&worth, &[true; 32]).expect("32 subsets");
        // Five values, each beyond 5.3 standard errors with a chance of 1.2e-7: false alarms at 6e-7.
        for ((value, error), exact) in drawn.values.iter().zip(&drawn.errors).zip(&exact) {
            assert!(*error > 0.0 && (value - exact).abs() < 5.3 * error, "{value} ± {error}, exactly {exact}");
        }
    }

    /// "At least 3 of 10", each from 10 % to 30 %: all are alike, so each has a tenth. Over 100 seeds of 16 orders the errors are those that are
    /// stated: the mean square of the 1,000 deviations in them is near 1 (by their own spread alone it is 1.9, and 20 are beyond 4), and hardly any is beyond 4.
    #[test]
    fn a_few_orders_say_how_far_off_they_are() {
        let worth: Vec<f64> = (0..=10)
            .map(|made| {
                let mut counts = [1.0, 0.0, 0.0];
                for at in 0..10 {
                    let chance = if at < made { 0.3 } else { 0.1 };
                    counts[2] = counts[2] * (1.0 - chance) + counts[1] * chance;
                    counts[1] = counts[1] * (1.0 - chance) + counts[0] * chance;
                    counts[0] *= 1.0 - chance;
                }
                1.0 - counts.iter().sum::<f64>()
            })
            .collect();
        let share = (worth[10] - worth[0]) / 10.0;
        let (mut squares, mut far) = (0.0, 0);
        for seed in 0..100 {
            let orders = orders(10, 16, seed);
            let walks = vec![worth.clone(); orders.len()];
            let drawn = sampled(&orders, &walks);
            for (value, error) in drawn.values.iter().zip(&drawn.errors) {
                let off = (value - share) / error;
                squares += off * off / 1000.0;
                far += usize::from(off.abs() > 4.0);
            }
        }
        assert!((0.6..1.4).contains(&squares) && far <= 3, "{squares}, {far}");
    }

    /// "At least one of ten", of chances that are moved by as much as 47 points and as little as 3, up and down: few orders say how far off they are. The mean
    /// square of the 3,000 deviations in their errors over 300 seeds is near 1 (without the two degrees of freedom it is 1.8, 1.5 and 1.4).
    #[test]
    fn uneven_changes_have_true_errors_with_few_orders() {
        let old = [0.1, 0.05, 0.2, 0.02, 0.15, 0.1, 0.3, 0.08, 0.12, 0.03];
        let new = [0.3, 0.4, 0.25, 0.2, 0.1, 0.35, 0.6, 0.3, 0.09, 0.5];
        let none_holds = |mask: usize| -> f64 {
            (0..10).map(|at| 1.0 - if mask >> at & 1 == 1 { new[at] } else { old[at] }).product()
        };
        let worth: Vec<f64> = (0..1024).map(|mask| 1.0 - none_holds(mask)).collect();
        let exact = exact(&worth, &[true; 1024]).expect("all subsets");
        for count in [4, 8, 16] {
            let mut squares = 0.0;
            for seed in 0..300 {
                let orders = orders(10, count, seed);
                let walk = |order: &Vec<usize>| {
                    let mut mask = 0_usize;
                    let steps = order.iter().map(|change| {
                        mask |= 1 << change;
                        worth[mask]
                    });
                    std::iter::once(worth[0]).chain(steps).collect::<Vec<f64>>()
                };
                let walks: Vec<Vec<f64>> = orders.iter().map(walk).collect();
                let drawn = sampled(&orders, &walks);
                for ((value, error), exact) in drawn.values.iter().zip(&drawn.errors).zip(&exact) {
                    squares += (value - exact) * (value - exact) / (error * error) / 3000.0;
                }
            }
            assert!((0.75..1.25).contains(&squares), "{count} orders: {squares}");
        }
    }

    #[test]
    fn changes_that_never_depend_on_each_other_have_no_error_of_orders() {
        let orders = orders(9, 4, 3);
        let walks: Vec<Vec<f64>> = orders
            .iter()
            .map(|order| {
                let mut sum = 0.0;
                std::iter::once(0.0)
                    .chain(order.iter().map(|change| {
                        sum += f64::from(1_u32 << change);
                        sum
                    }))
                    .collect()
            })
            .collect();
        let drawn = sampled(&orders, &walks);
        assert_eq!(drawn.values, (0..9).map(|change| f64::from(1_u32 << change)).collect::<Vec<_>>());
        assert!(drawn.errors.iter().all(|error| *error == 0.0));
    }
}
