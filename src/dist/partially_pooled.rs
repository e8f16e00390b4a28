//! The chance of one member of a class whose members differ: partial pooling.

use super::{Beta, ParameterError};

/// The law of a member's chance, given the mean chance `m` of its class.
///
/// ```text
/// p | m  ~  Beta(m w + k, (1 - m) w + n - k)
/// ```
///
/// `w` is the worth: to how many cases of its own the class comes for a member; `k` of `n` are the cases of its own. With a large worth all
/// members are alike, with a small one each goes by its own record. The cases of a member are among those from which `m` is known, so that `m` is
/// not moved by them again.
///
/// Source: Gelman et al. (2013), Bayesian Data Analysis, ch. 5 (beta-binomial hierarchical model, by mean and prior sample size).
///
/// ```
/// use foretell::dist::{Beta, PartiallyPooled};
///
/// let member = PartiallyPooled { worth: 6.0, successes: 2.0, trials: 2.0 };
/// assert_eq!(member.mean_given(0.5), 5.0 / 8.0);
/// let marginal = member.marginal(&Beta::new(8.5, 8.5)?)?;
/// assert!((marginal.mean() - 5.0 / 8.0).abs() < 1e-12);
/// # Ok::<(), foretell::dist::ParameterError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PartiallyPooled {
    /// `w`, over 0.
    pub worth: f64,
    /// `k`.
    pub successes: f64,
    /// `n`, at least `k`.
    pub trials: f64,
}

impl PartiallyPooled {
    /// The member's law where its class has this chance; `None` where that is certain, so that nothing is left in doubt.
    #[must_use]
    pub fn given(&self, class: f64) -> Option<Beta> {
        let a = class * self.worth + self.successes;
        let b = (1.0 - class) * self.worth + (self.trials - self.successes);
        Beta::new(a, b).ok()
    }

    /// The law after one more case of the member's own.
    #[must_use]
    pub fn after(self, happened: bool) -> Self {
        Self { successes: self.successes + f64::from(happened), trials: self.trials + 1.0, ..self }
    }

    /// The mean of the member's law where its class has this chance: linear in it.
    #[must_use]
    pub fn mean_given(&self, class: f64) -> f64 {
        (class * self.worth + self.successes) / (self.worth + self.trials)
    }

    /// The Beta with the mean and the variance of the member's chance, where the class is in doubt.
    ///
    /// # Errors
    /// If the variance is too small or too large for a Beta.
    pub fn marginal(&self, class: &Beta) -> Result<Beta, ParameterError> {
        let mean = self.mean_given(class.mean());
        let size = self.worth + self.trials;
        let share = self.worth / size;
        let of_means = share * share * class.variance();
        // E[q (1 - q)] of the means q, over size + 1.
        let within = (mean * (1.0 - mean) - of_means) / (size + 1.0);
        Beta::from_mean_and_variance(mean, of_means + within)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The mean and variance by the law of total variance, integrated over the class by quadrature.
    #[test]
    fn the_marginal_has_the_moments_of_the_mixture() {
        let class = Beta::new(3.0, 5.0).expect("sound");
        let member = PartiallyPooled { worth: 4.0, successes: 1.0, trials: 3.0 };
        let of = |function: &dyn Fn(&Beta) -> f64| class.expectation(|m| function(&member.given(m).expect("sound")));
        let mean = of(&|law| law.mean());
        let square = of(&|law| law.variance() + law.mean() * law.mean());
        let marginal = member.marginal(&class).expect("sound");
        assert!((marginal.mean() - mean).abs() < 1e-10, "{mean}");
        assert!((marginal.variance() - (square - mean * mean)).abs() < 1e-10);
        assert!((member.mean_given(class.mean()) - mean).abs() < 1e-10);
    }

    #[test]
    fn the_worth_says_how_alike_members_are() {
        let member = |worth| PartiallyPooled { worth, successes: 0.0, trials: 4.0 };
        assert!((member(1e9).mean_given(0.3) - 0.3).abs() < 1e-8);
        assert!(member(1e-9).mean_given(0.3) < 1e-9);
        assert!(member(1e-9).given(0.0).is_none());
    }
}
