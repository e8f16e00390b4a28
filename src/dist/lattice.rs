//! Quantiles of distributions over the whole numbers, by search.

/// The largest whole number below which every whole number is a double.
const LAST_WHOLE: f64 = 9_007_199_254_740_992.0;

/// The smallest whole number from `least` on that `reached` holds for, which must be monotone: false, then true.
///
/// Walks outwards from `guess` in doubling steps, then bisects. Infinite when nothing is reached before whole numbers cease to
/// be doubles.
pub(super) fn smallest_whole(guess: f64, least: f64, reached: impl Fn(f64) -> bool) -> f64 {
    if reached(least) {
        return least;
    }
    let mut low = least;
    let mut high = guess.round().clamp(least + 1.0, LAST_WHOLE);
    let mut step = 1.0;
    if reached(high) {
        // Down to a point not reached.
        loop {
            let below = high - step;
            if below <= low {
                break;
            }
            if reached(below) {
                high = below;
                step *= 2.0;
            } else {
                low = below;
                break;
            }
        }
    } else {
        loop {
            low = high;
            if low >= LAST_WHOLE {
                return f64::INFINITY;
            }
            high = (high + step).min(LAST_WHOLE);
            if reached(high) {
                break;
            }
            step *= 2.0;
        }
    }
    while high - low > 1.0 {
        let middle = (0.5 * (low + high)).floor();
        if reached(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    high
}

/// A guess of the quantile from mean, standard deviation and skewness (Cornish and Fisher).
pub(super) fn guess(p: f64, mean: f64, sd: f64, skewness: f64) -> f64 {
    let z = crate::math::normal::quick_quantile(p.clamp(1e-300, 1.0 - 1e-16));
    let guess = mean + sd * (z + skewness * (z * z - 1.0) / 6.0) - 0.5;
    if guess.is_finite() { guess } else { 0.0 }
}

/// Whether `x` is a whole number from 0 on.
pub(super) fn is_whole(x: f64) -> bool {
    x >= 0.0 && x.is_finite() && x == x.floor()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_search_finds_the_edge_from_any_guess() {
        for edge in [0.0, 1.0, 2.0, 17.0, 1e6, 123_456_789_012.0] {
            for guess in [-5.0, 0.0, 3.0, 1e5, 1e14, f64::INFINITY] {
                assert_eq!(smallest_whole(guess, 0.0, |k| k >= edge), edge);
            }
        }
        assert_eq!(smallest_whole(1.0, 0.0, |_| false), f64::INFINITY);
    }
}
