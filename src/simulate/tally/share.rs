//! Shares of worlds and their standard errors.

use super::{Lossless, Numbers, Weights};
use crate::forecast::Estimate;
use crate::simulate::block::{Plane, count};
use crate::simulate::kernel::evidence::{largest_where, sums_where};

/// How much some worlds weigh together.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Mass {
    /// The sum of their weights.
    pub(crate) weight: f64,
    /// The sum of the squares of their weights.
    pub(crate) square: f64,
    /// If blocks are stratified, the sum over blocks of the squares of what their worlds weigh together; otherwise 0.
    pub(crate) between: f64,
    /// The same of what they weigh times what all worlds weigh that they are a share of.
    pub(crate) across: f64,
    /// The largest weight of one of them, if they are what others are a share of and weights differ; otherwise 0.
    pub(crate) largest: f64,
}

/// From so many blocks on, standard errors come from the spread between blocks.
pub(super) const ENOUGH_BLOCKS: f64 = 32.0;

impl Mass {
    /// Of the worlds of a bit column.
    #[must_use]
    pub(crate) fn of(plane: &Plane, weights: Option<Weights<'_>>) -> Self {
        match weights {
            None => {
                let worlds = count(plane);
                Self::worlds(worlds)
            }
            Some(Weights { weights, squares }) => {
                let [weight, square] = sums_where([weights, squares], plane);
                Self { weight, square, ..Self::default() }
            }
        }
    }

    /// Of worlds that others are a share of.
    #[must_use]
    pub(crate) fn of_all(plane: &Plane, weights: Option<Weights<'_>>) -> Self {
        let mut mass = Self::of(plane, weights);
        if let Some(Weights { weights, .. }) = weights {
            mass.largest = largest_where(weights, plane);
        }
        mass
    }

    /// Of so many worlds that weigh 1.
    #[must_use]
    pub(crate) fn worlds(worlds: u64) -> Self {
        Self { weight: worlds as f64, square: worlds as f64, ..Self::default() }
    }

    /// Adds more worlds.
    pub(crate) fn add(&mut self, more: Self) {
        self.weight += more.weight;
        self.square += more.square;
        self.between += more.between;
        self.across += more.across;
        self.largest = self.largest.max(more.largest);
    }

    /// Of worlds of a stratified block, which are a share of others of it.
    #[must_use]
    pub(crate) fn of_block(self, all: f64) -> Self {
        Self { between: self.weight * self.weight, across: self.weight * all, ..self }
    }

    /// How many blocks of equal weight it is as good as, if they are stratified; 0 otherwise.
    pub(super) fn blocks(self) -> f64 {
        if self.between > 0.0 { self.weight * self.weight / self.between } else { 0.0 }
    }

    /// As if each world had been drawn by itself.
    #[must_use]
    pub(crate) fn by_worlds(self) -> Self {
        Self { between: 0.0, across: 0.0, ..self }
    }

    /// In numbers.
    pub(crate) fn write(self, out: &mut Vec<Lossless>) {
        out.extend([self.weight, self.square, self.between, self.across, self.largest].map(Lossless));
    }

    /// From its numbers.
    pub(crate) fn read(numbers: &mut Numbers<'_>) -> Option<Self> {
        Some(Self {
            weight: numbers.next()?,
            square: numbers.next()?,
            between: numbers.next()?,
            across: numbers.next()?,
            largest: numbers.next()?,
        })
    }

    /// `(Σw)² / Σw²`: how many worlds of equal weight would say as much. 0 if nothing weighs anything.
    #[must_use]
    pub(crate) fn effective_worlds(self) -> f64 {
        if self.square > 0.0 { self.weight * self.weight / self.square } else { 0.0 }
    }

    /// The share of these worlds among all, and its standard error.
    ///
    /// ```text
    /// p = Σ w x / Σ w        se² = Σ w² (x - p)² / (Σ w)²
    /// ```
    ///
    /// which is `p (1 - p) / n` where all weigh the same, and the ratio estimator's delta method \[1\] otherwise. Where blocks are stratified and
    /// there are at least 32 of them, blocks take the place of worlds:
    ///
    /// ```text
    /// se² = G/(G-1) Σ_g (W_g x̄_g - p W_g)² / (Σ w)²        G blocks, W_g the weight of one
    /// ```
    ///
    /// but never less than if half a world of one block were in doubt; with fewer blocks the formula above is an upper bound. Where no
    /// world or every world is a yes, the error is that of `(k + ½) / (n + 1)` with the effective number of worlds for `n`: a simulated
    /// figure is never free of error.
    ///
    /// Where weights differ, no error is less than if half a world of the largest weight were in doubt, whichever of the figures such worlds
    /// belong to: one more of them may have been left out by chance. Where all weigh the same this changes nothing.
    ///
    /// \[1\] Owen (2013), Monte Carlo theory, methods and examples, section 9.2.
    #[must_use]
    pub(crate) fn share_of(self, all: Self) -> Estimate {
        let share = (self.weight / all.weight).clamp(0.0, 1.0);
        let effective = all.effective_worlds();
        let variance = if self.weight <= 0.0 || self.weight >= all.weight {
            let softened = (share * effective + 0.5) / (effective + 1.0);
            softened * (1.0 - softened) / effective
        } else if all.blocks() >= ENOUGH_BLOCKS {
            let blocks = all.blocks();
            let spread = self.between - 2.0 * share * self.across + share * share * all.between;
            let half = self.square / self.weight / 2.0;
            (spread.max(0.0) * blocks / (blocks - 1.0)).max(half * half) / (all.weight * all.weight)
        } else {
            all.variance_of(share, self.square)
        };
        let half = all.largest / all.weight / 2.0;
        Estimate { value: share, standard_error: variance.max(half * half).sqrt(), prior_interval: None }
    }

    /// The standard error of the share of these worlds that lie below a quantile, the squares of whose weights sum to `square`:
    /// [as above](Self::share_of), each world drawn by itself. Where weights differ it is never less than a world of the largest weight, on which
    /// levels to either side might stand else, as if there were no error.
    pub(crate) fn error_of_level(self, level: f64, square: f64) -> f64 {
        self.variance_of(level, square).sqrt().max(self.largest / self.weight)
    }

    fn variance_of(self, share: f64, square: f64) -> f64 {
        (square * (1.0 - 2.0 * share) + share * share * self.square).max(0.0) / (self.weight * self.weight)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_weights_have_the_binomial_error() {
        for weight in [1.0, 0.25] {
            let mass =
                |worlds: f64| Mass { weight: worlds * weight, square: worlds * weight * weight, ..Mass::default() };
            let estimate = mass(30.0).share_of(mass(120.0));
            assert!((estimate.value - 0.25).abs() < 1e-15);
            assert!((estimate.standard_error - (0.25 * 0.75 / 120.0_f64).sqrt()).abs() < 1e-15);
            assert_eq!(mass(120.0).effective_worlds(), 120.0);
        }
    }

    #[test]
    fn none_of_them_is_not_free_of_error() {
        let all = Mass::worlds(99);
        let never = Mass::default().share_of(all);
        let always = all.share_of(all);
        assert_eq!((never.value, always.value), (0.0, 1.0));
        assert!((never.standard_error - (0.005 * 0.995 / 99.0_f64).sqrt()).abs() < 1e-15);
        assert!((always.standard_error - never.standard_error).abs() < 1e-15);
    }
}
