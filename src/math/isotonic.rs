//! Isotonic regression by pooling adjacent violators.
//!
//! The fit is the non-decreasing sequence nearest to the data in weighted least squares; for data of zeros and ones it is at
//! the same time the best non-decreasing fit under every proper score, which is what the CORP decomposition rests on.

/// A stretch of values already pooled: how many it holds, its weight, its weighted mean.
#[derive(Debug, Clone, Copy)]
struct Block {
    length: usize,
    weight: f64,
    mean: f64,
}

impl Block {
    fn with(self, other: Self) -> Self {
        let weight = self.weight + other.weight;
        // A convex combination stays between the two means, whatever the rounding of the weights does.
        let mean =
            if weight > 0.0 { self.mean + (other.mean - self.mean) * (other.weight / weight) } else { self.mean };
        Self { length: self.length + other.length, weight, mean }
    }
}

/// The non-decreasing regression of `y` on `x` with weights, at each of the given points and in their order.
///
/// ```text
/// minimise  sum_i w_i (y_i - f(x_i))²   over non-decreasing f
/// ```
///
/// Points that tie in `x` are pooled first, so that the fit is a function of `x` ("secondary" treatment of ties). `x` need not
/// be sorted. Points of weight 0 get the fitted value of their neighbourhood and do not move it. Runs in `O(n log n)`. `None`
/// when the lengths differ, a number is not finite, or a weight is negative.
///
/// ```
/// use foretell::math::isotonic;
///
/// let fit = isotonic(&[1.0, 2.0, 3.0], &[0.0, 1.0, 0.0], &[1.0, 1.0, 1.0]).expect("the points are well formed");
/// assert_eq!(fit, [0.0, 0.5, 0.5]);
/// ```
///
/// Ayer et al. (1955), Ann. Math. Stat. 26, 641–647; ties: de Leeuw, Hornik and Mair (2009), J. Stat. Softw. 32(5).
#[must_use]
pub fn isotonic(x: &[f64], y: &[f64], weights: &[f64]) -> Option<Vec<f64>> {
    let well_formed = x.len() == y.len()
        && x.len() == weights.len()
        && x.iter().chain(y).all(|value| value.is_finite())
        && weights.iter().all(|weight| weight.is_finite() && *weight >= 0.0);
    if !well_formed {
        return None;
    }
    let mut order: Vec<usize> = (0..x.len()).collect();
    order.sort_by(|&a, &b| x[a].total_cmp(&x[b]));

    let mut blocks: Vec<Block> = Vec::with_capacity(x.len());
    let mut start = 0;
    while start < order.len() {
        // `==` rather than total order: 0 and -0 are one point.
        let end = (start..order.len()).find(|&at| x[order[at]] != x[order[start]]).unwrap_or(order.len());
        let of = |at: usize| Block { length: 1, weight: weights[at], mean: y[at] };
        let mut block = order[start + 1..end].iter().fold(of(order[start]), |tie, &at| tie.with(of(at)));
        while let Some(last) = blocks.last().copied().filter(|last| pools(last, &block)) {
            blocks.pop();
            block = last.with(block);
        }
        blocks.push(block);
        start = end;
    }

    let mut fit = vec![0.0; x.len()];
    let mut at = 0;
    for block in blocks {
        for &index in &order[at..at + block.length] {
            fit[index] = block.mean;
        }
        at += block.length;
    }
    Some(fit)
}

/// Whether the earlier block must be pooled with the later one: it lies higher, or one of them weighs nothing.
fn pools(earlier: &Block, later: &Block) -> bool {
    earlier.mean >= later.mean || earlier.weight == 0.0 || later.weight == 0.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ties_in_x_get_one_value() {
        let fit = isotonic(&[3.0, 1.0, 3.0], &[4.0, 0.0, 2.0], &[1.0; 3]).expect("well formed");
        assert_eq!(fit, [3.0, 0.0, 3.0]);
    }

    #[test]
    fn points_of_no_weight_do_not_move_the_fit() {
        let fit = isotonic(&[1.0, 2.0, 3.0], &[0.0, 9.0, 1.0], &[1.0, 0.0, 1.0]).expect("well formed");
        assert_eq!((fit[0], fit[2]), (0.0, 1.0));
    }

    #[test]
    fn malformed_points_give_none() {
        assert!(isotonic(&[1.0], &[1.0, 2.0], &[1.0]).is_none());
        assert!(isotonic(&[f64::NAN], &[1.0], &[1.0]).is_none());
        assert!(isotonic(&[1.0], &[1.0], &[-1.0]).is_none());
        assert_eq!(isotonic(&[], &[], &[]), Some(Vec::new()));
    }

    proptest! {
        /// The min-max formula of isotonic regression: f(x_k) = max over i <= k of min over j >= k of the mean of y_i..=y_j.
        #[test]
        fn the_fit_agrees_with_the_max_min_formula(
            points in prop::collection::vec((0u8..2, 1u8..5), 1..14)
        ) {
            let x: Vec<f64> = (0..points.len()).map(|at| at as f64).collect();
            let y: Vec<f64> = points.iter().map(|point| f64::from(point.0)).collect();
            let weights: Vec<f64> = points.iter().map(|point| f64::from(point.1)).collect();
            let fit = isotonic(&x, &y, &weights).expect("well formed");
            let mean = |from: usize, to: usize| {
                let total: f64 = weights[from..=to].iter().sum();
                (from..=to).map(|at| weights[at] * y[at]).sum::<f64>() / total
            };
            for (k, fitted) in fit.iter().enumerate() {
                let formula = (0..=k)
                    .map(|from| (k..x.len()).map(|to| mean(from, to)).fold(f64::INFINITY, f64::min))
                    .fold(f64::NEG_INFINITY, f64::max);
                prop_assert!((fitted - formula).abs() < 1e-12, "{k}: {fitted} against {formula}");
            }
        }
    }
}
