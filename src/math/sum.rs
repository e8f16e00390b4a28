//! Sums that do not lose digits, and sums of exponentials that do not overflow.

use crate::math::elementary::{exp, ln};

/// A running sum with Neumaier's compensation: the rounding error of every addition is kept and added at the end.
///
/// The error of the total is one rounding plus a term of order `n ε² Σ|x|`, against `n ε Σ|x|` for a plain loop \[1\].
///
/// ```
/// use foretell::math::CompensatedSum;
/// let mut sum = CompensatedSum::default();
/// for x in [1.0, 1e100, 1.0, -1e100] {
///     sum.add(x);
/// }
/// assert_eq!(sum.total(), 2.0);
/// ```
///
/// \[1\] Neumaier (1974), Z. Angew. Math. Mech. 54, 39–51.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct CompensatedSum {
    sum: f64,
    compensation: f64,
}

impl CompensatedSum {
    /// Adds a term.
    pub fn add(&mut self, term: f64) {
        let sum = self.sum + term;
        if sum.is_finite() {
            self.compensation +=
                if self.sum.abs() >= term.abs() { (self.sum - sum) + term } else { (term - sum) + self.sum };
        }
        self.sum = sum;
    }

    /// Adds what another sum has gathered.
    pub fn merge(&mut self, other: Self) {
        self.add(other.sum);
        self.compensation += other.compensation;
    }

    /// The sum so far; 0 when nothing was added.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.sum + self.compensation
    }
}

impl Extend<f64> for CompensatedSum {
    fn extend<I: IntoIterator<Item = f64>>(&mut self, terms: I) {
        for term in terms {
            self.add(term);
        }
    }
}

impl FromIterator<f64> for CompensatedSum {
    fn from_iter<I: IntoIterator<Item = f64>>(terms: I) -> Self {
        let mut sum = Self::default();
        sum.extend(terms);
        sum
    }
}

/// The compensated sum of the terms, in their order.
#[must_use]
pub fn sum(terms: impl IntoIterator<Item = f64>) -> f64 {
    terms.into_iter().collect::<CompensatedSum>().total()
}

/// `ln Σ exp(x)`, shifted by the largest term so that nothing overflows; `-inf` for no terms.
#[must_use]
pub fn log_sum_exp(terms: &[f64]) -> f64 {
    let largest = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if !largest.is_finite() {
        return largest;
    }
    largest + ln(sum(terms.iter().map(|term| exp(term - largest))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_terms_survive_a_large_one() {
        assert_eq!(sum([1.0, 1e100, 1.0, -1e100]), 2.0);
        assert_eq!([1.0, 1e100, 1.0, -1e100].iter().sum::<f64>(), 0.0);
    }

    #[test]
    fn merged_halves_equal_the_whole() {
        let terms: Vec<f64> = (0..1000).map(|i| 0.1 * f64::from(i)).collect();
        let mut left: CompensatedSum = terms[..500].iter().copied().collect();
        left.merge(terms[500..].iter().copied().collect());
        assert!((left.total() - 49950.0).abs() < 1e-11);
    }

    #[test]
    fn infinities_stay_infinities() {
        assert_eq!(sum([1.0, f64::INFINITY, 2.0]), f64::INFINITY);
    }

    #[test]
    fn log_sum_exp_of_equal_terms_adds_the_log_of_their_number() {
        assert!((log_sum_exp(&[1000.0; 8]) - (1000.0 + ln(8.0))).abs() < 1e-12);
        assert_eq!(log_sum_exp(&[]), f64::NEG_INFINITY);
        assert_eq!(log_sum_exp(&[f64::NEG_INFINITY, 0.0]), 0.0);
    }
}
