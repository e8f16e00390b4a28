//! The trimmed mean: the mean without the lowest and the highest.

use super::linear::linear;
use super::method::{PoolMethod, Pooling, Said, probabilities};
use super::past::Past;
use super::penalty::Penalty;

/// The share left out at either end where none is named.
const USUAL_SHARE: f64 = 0.1;

/// The mean of probabilities without the share `trim` of them at either end.
///
/// ```text
/// k = floor(trim n)        p = mean of p_(k+1) .. p_(n-k)        p_(i) in order
/// ```
///
/// `trim` lies in 0 to below 1/2; with 0 it is the mean. `None` as for [`linear`], and when `trim` does not lie there.
///
/// ```
/// use foretell::pool::trimmed_mean;
///
/// let pooled = trimmed_mean(&[0.0, 0.2, 0.3, 0.9], 0.25).expect("four probabilities");
/// assert!((pooled - 0.25).abs() < 1e-15);
/// ```
///
/// Jose and Winkler (2008), Int. J. Forecast. 24, 163–169.
#[must_use]
pub fn trimmed_mean(probabilities: &[f64], trim: f64) -> Option<f64> {
    if !(0.0..0.5).contains(&trim) || probabilities.iter().any(|p| !(0.0..=1.0).contains(p)) {
        return None;
    }
    let mut sorted = probabilities.to_vec();
    sorted.sort_by(f64::total_cmp);
    let cut = (trim * sorted.len() as f64).floor() as usize;
    linear(&sorted[cut..sorted.len() - cut], None)
}

/// The trimmed mean as a method: nothing to learn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trimmed;

impl PoolMethod for Trimmed {
    fn name(&self) -> &'static str {
        "trimmed"
    }

    fn about(&self) -> &'static str {
        "the mean without a tenth at either end"
    }

    fn fit(&self, _: &Past<'_>, _: Penalty) -> Option<Box<dyn Pooling>> {
        self.without_past()
    }

    fn without_past(&self) -> Option<Box<dyn Pooling>> {
        Some(Box::new(Self))
    }
}

impl Pooling for Trimmed {
    fn pool(&self, oldest_first: &[Said]) -> Option<f64> {
        trimmed_mean(&probabilities(oldest_first), USUAL_SHARE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_are_not_trimmed_and_an_end_too_many_is_refused() {
        assert_eq!(trimmed_mean(&[0.0, 1.0], 0.1), Some(0.5));
        assert_eq!(trimmed_mean(&[], 0.1), None);
        assert_eq!(trimmed_mean(&[0.5], 0.5), None);
        assert_eq!(trimmed_mean(&[1.5, 0.1, 0.2], 0.4), None);
    }
}
