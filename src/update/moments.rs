//! The mean and variance of a doubtful input after what was observed, and how sure a simulation is of them.

use crate::forecast::Estimate;
use crate::math::gauss::Nodes;
use crate::math::{normal, student};

/// A share of the prior that is too small to have been moved by anything but rounding.
pub(super) const ROUNDING: f64 = 1e-9;

/// So many standard errors a posterior must differ from its prior to have been moved by more than the simulation.
pub(super) const ERRORS: f64 = 4.0;

/// So small a shift, in shares of what the prior leaves open, is not looked for again with more worlds.
pub(super) const SMALL: f64 = 0.05;

/// What a simulation says of the mean of an input.
#[derive(Debug, Clone, Copy)]
pub(super) struct OfWorlds {
    /// Its standard error by the spread of the worlds that agree with what was observed.
    pub(super) standard_error: f64,
    /// How many independent worlds they are worth.
    pub(super) worth: f64,
}

impl OfWorlds {
    /// Its standard error with one world more, that lies as far off as the prior does: a few worlds may agree by luck.
    ///
    /// ```text
    /// se'² = (n se² + v / n) / (n + 1)        n independent worlds, v the variance of the prior
    /// ```
    ///
    /// The errors of the shares of the nodes do not add up to that of their mean: each of them is never less than if half a world were in doubt, and so
    /// many nodes are far away.
    fn error(self, prior_variance: f64) -> f64 {
        let Self { standard_error, worth } = self;
        ((worth * standard_error * standard_error + prior_variance / worth) / (worth + 1.0)).sqrt()
    }

    /// What [`ERRORS`] are where so few worlds say how large an error is: of Student's t.
    fn errors(self) -> f64 {
        student::quantile(self.worth - 1.0, normal::cdf(ERRORS)).unwrap_or(f64::INFINITY)
    }
}

/// The mean and variance of an input after what was observed.
pub(super) struct Moments {
    pub(super) mean: f64,
    pub(super) variance: f64,
    /// Of the prior, by the same nodes.
    before: (f64, f64),
    /// Of the mean, from the simulation.
    pub(super) error: f64,
    /// So many errors are more than the simulation makes.
    errors: f64,
    /// The largest share of one node.
    pub(super) largest: f64,
}

impl Moments {
    /// `before` are the shares by what was known earlier, which is divided out; `worlds` is what a simulation says of the mean.
    pub(super) fn new(
        nodes: &Nodes,
        shares: &[Estimate],
        before: Option<&[Estimate]>,
        worlds: Option<OfWorlds>,
    ) -> Self {
        let ratio = |at: usize| match before {
            Some(before) if before[at].value > 0.0 => nodes.weights[at] / before[at].value,
            Some(_) => 0.0,
            None => 1.0,
        };
        let weights: Vec<f64> = shares.iter().enumerate().map(|(at, share)| share.value * ratio(at)).collect();
        let total: f64 = weights.iter().sum();
        let mean = weights.iter().zip(&nodes.values).map(|(weight, value)| weight * value).sum::<f64>() / total;
        let spread = |value: f64| (value - mean) * (value - mean);
        let variance = weights.iter().zip(&nodes.values).map(|(weight, value)| weight * spread(*value)).sum::<f64>();
        // Each share's error moves the mean by its distance from it.
        let of_error = |estimates: &[Estimate]| {
            let terms = weights.iter().zip(&nodes.values).zip(estimates).map(|((weight, value), estimate)| {
                let relative = if estimate.value > 0.0 { estimate.standard_error / estimate.value } else { 0.0 };
                let moved = weight / total * relative * (value - mean);
                moved * moved
            });
            terms.sum::<f64>()
        };
        let prior_mean = nodes.mean(|value| value);
        let prior_variance = nodes.mean(|value| (value - prior_mean) * (value - prior_mean));
        let (error, errors) = match (before, worlds) {
            (None, Some(worlds)) => (worlds.error(prior_variance), worlds.errors()),
            _ => ((of_error(shares) + before.map_or(0.0, of_error)).sqrt(), ERRORS),
        };
        Self {
            mean,
            variance: variance / total,
            before: (prior_mean, prior_variance),
            error,
            errors,
            largest: weights.iter().fold(0.0, |largest: f64, weight| largest.max(weight / total)),
        }
    }

    /// Whether what was observed moved it by more than rounding and simulation do.
    pub(super) fn is_news(&self) -> bool {
        let spread = self.before.1.sqrt();
        let shift = (self.mean - self.before.0).abs();
        let narrowed = (self.variance.sqrt() - spread).abs();
        let bound = self.bound(spread);
        shift > bound || narrowed > bound
    }

    /// What rounding and the simulation may move, of an input whose prior has this standard deviation.
    pub(super) fn bound(&self, spread: f64) -> f64 {
        (ROUNDING * spread).max(self.errors * self.error)
    }

    /// Whether a shift that the simulation cannot tell from none is small beside the doubt.
    pub(super) fn is_told(&self) -> bool {
        self.errors * self.error <= SMALL * self.before.1.sqrt()
    }
}
