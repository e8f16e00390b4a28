//! The distribution of a number or a date in one configuration of what it depends on.
//!
//! A number or a date that is only ever compared with constants is a discrete variable over the intervals between them. A date follows the
//! simulation to the letter: the same cumulative hazard in pieces, and where a doubtful chance scales it, the mean over the values
//! that the simulation draws from.

use crate::dist::Hazard;
use crate::math::{exp, ln, ln_1p};
use crate::plan::{DateEvidence, HazardSource, NumberSource, Plan};
use std::rc::Rc;

/// A distribution in one configuration.
#[derive(Debug, Clone)]
pub(super) enum Law<'a> {
    /// A number.
    Number(&'a NumberSource),
    /// A date.
    Date(DateLaw<'a>),
}

/// A date whose clock and whose multipliers' onsets are known in a configuration.
#[derive(Debug, Clone)]
pub(super) struct DateLaw<'a> {
    pub(super) hazard: &'a Hazard,
    /// Equally likely factors of the whole hazard.
    pub(super) scales: Rc<[f64]>,
    /// When the clock starts; infinite: never.
    pub(super) start: f64,
    pub(super) multipliers: Vec<Factor>,
    pub(super) horizon: f64,
    /// It has not come by this day; 0 says nothing.
    pub(super) not_by: f64,
}

/// What multiplies a hazard.
#[derive(Debug, Clone, Copy)]
pub(super) struct Factor {
    /// From this day on, `after` counts, and `before` until then; infinite for never, negatively infinite for always.
    pub(super) since: f64,
    pub(super) before: f64,
    pub(super) after: f64,
}

impl Law<'_> {
    /// The probability of a value at most `value` together with what is known.
    pub(super) fn at_most(&self, value: f64) -> f64 {
        match self {
            Self::Number(NumberSource::Constant(constant)) => f64::from(u8::from(*constant <= value)),
            Self::Number(NumberSource::Sampler(sampler) | NumberSource::InDoubt { predictive: sampler, .. }) => {
                sampler.distribution().cdf(value)
            }
            Self::Date(law) => law.at_most(value),
        }
    }

    /// The probability of a value above `value` together with what is known, with all its digits where that is small.
    fn above(&self, value: f64) -> f64 {
        match self {
            Self::Number(NumberSource::Constant(_)) => 1.0 - self.at_most(value),
            Self::Number(NumberSource::Sampler(sampler) | NumberSource::InDoubt { predictive: sampler, .. }) => {
                sampler.distribution().survival(value)
            }
            Self::Date(_) if value == f64::INFINITY => 0.0,
            Self::Date(law) => law.survival(value.min(law.horizon).max(law.not_by)),
        }
    }

    /// Whether it sits on whole numbers, as a count does.
    pub(super) fn is_whole(&self) -> bool {
        match self {
            Self::Number(NumberSource::Constant(constant)) => constant.fract() == 0.0,
            Self::Number(NumberSource::Sampler(sampler) | NumberSource::InDoubt { predictive: sampler, .. }) => {
                sampler.distribution().is_discrete()
            }
            Self::Date(_) => false,
        }
    }

    /// The probability of what is known.
    pub(super) fn total(&self) -> f64 {
        match self {
            Self::Number(_) => 1.0,
            Self::Date(law) => law.survival(law.not_by),
        }
    }

    /// The probability of each interval: up to the first cut, up to the second, …, beyond the last. In the upper half it is a difference of upper tails, so that
    /// what is far out keeps its digits on either side.
    pub(super) fn intervals(&self, cuts: &[f64]) -> Vec<f64> {
        let total = self.total();
        let (mut below, mut above) = (0.0, total);
        let mut last = f64::NEG_INFINITY;
        let mut masses: Vec<f64> = Vec::with_capacity(cuts.len() + 1);
        for cut in cuts {
            let (to, from) = (self.at_most(*cut).max(below), self.above(*cut).min(above));
            let mut mass = if below > total / 2.0 { above - from } else { to - below };
            // Over so short a step a continuous distribution moves by rounding errors only.
            if last.next_up() == *cut && mass <= 1e-9 && matches!(self, Self::Number(_)) && !self.is_whole() {
                mass = 0.0;
            }
            masses.push(mass);
            (below, above, last) = (to, from, *cut);
        }
        masses.push(above.max(0.0));
        masses
    }
}

impl Law<'_> {
    /// The same given what is known; if that is impossible, all beyond the last cut.
    pub(super) fn shares(&self, cuts: &[f64]) -> Vec<f64> {
        let mut masses = self.intervals(cuts);
        let total: f64 = masses.iter().sum();
        if total > 0.0 {
            masses.iter_mut().for_each(|mass| *mass /= total);
        } else if let Some(last) = masses.last_mut() {
            *last = 1.0;
        }
        masses
    }
}

impl DateLaw<'_> {
    fn at_most(&self, value: f64) -> f64 {
        let total = self.survival(self.not_by);
        if value == f64::INFINITY {
            return total;
        }
        (total - self.survival(value.min(self.horizon).max(self.not_by))).max(0.0)
    }

    /// The chance that it has not come by a day, whatever the horizon.
    pub(super) fn survival(&self, day: f64) -> f64 {
        let accumulated = self.accumulated(day);
        if accumulated == 0.0 {
            return 1.0;
        }
        let survivals = self.scales.iter().map(|scale| if *scale == 0.0 { 1.0 } else { exp(-scale * accumulated) });
        survivals.sum::<f64>() / self.scales.len() as f64
    }

    /// The chance and the value that a known day has here.
    pub(super) fn known(&self, evidence: DateEvidence) -> (f64, f64) {
        match evidence {
            DateEvidence::NotBy(day) => (self.survival(day), f64::NAN),
            DateEvidence::Never => (self.survival(self.horizon), f64::INFINITY),
            DateEvidence::On(day) if self.start >= day => (0.0, f64::INFINITY),
            DateEvidence::On(day) => {
                let date = f64::midpoint(self.start.max(day - 1.0), day);
                let chance = (self.survival(day - 1.0) - self.survival(day)).max(0.0);
                (chance, if date <= self.horizon { date } else { f64::INFINITY })
            }
        }
    }

    /// The hazard accumulated by a day, before it is scaled.
    fn accumulated(&self, day: f64) -> f64 {
        let end = day - self.start;
        if !(self.start.is_finite() && end > 0.0) {
            return 0.0;
        }
        let mut onsets: Vec<f64> = self.multipliers.iter().map(|factor| factor.since - self.start).collect();
        onsets.retain(|onset| *onset > 0.0 && *onset < end);
        onsets.sort_unstable_by(f64::total_cmp);
        onsets.push(end);
        let (mut accumulated, mut piece_start) = (0.0, 0.0);
        for onset in onsets {
            let multiplier = self.multiplier_after(piece_start);
            let level = self.hazard.cumulative(piece_start);
            // Once certain, certain for good.
            if multiplier > 0.0 && level.is_finite() {
                accumulated += multiplier * (self.hazard.cumulative(onset) - level);
            }
            piece_start = onset;
        }
        accumulated
    }

    fn multiplier_after(&self, since: f64) -> f64 {
        self.multipliers
            .iter()
            .map(|factor| if factor.since - self.start <= since { factor.after } else { factor.before })
            .product()
    }
}

/// How likely a value is under a source: a probability, or else a density.
pub(super) fn likelihood(source: &NumberSource, value: f64) -> (f64, bool) {
    let sampler = match source {
        NumberSource::Constant(constant) => return (f64::from(u8::from(*constant == value)), true),
        NumberSource::Sampler(sampler) | NumberSource::InDoubt { predictive: sampler, .. } => sampler,
    };
    let distribution = sampler.distribution();
    let density = distribution.density(value);
    if distribution.is_discrete() {
        return (density, true);
    }
    if density.is_finite() {
        return (density, false);
    }
    let mass = distribution.cdf(value) - distribution.cdf(value.next_down());
    if mass > 0.0 { (mass, true) } else { (distribution.density(value.next_up()), false) }
}

/// The factors of a doubtful hazard: `ln(1 - p) / ln(1 - reference)` for each of 256 values of `p`.
pub(super) fn scales(source: &HazardSource, plan: &Plan) -> Rc<[f64]> {
    let Some(scale) = source.scale else { return Rc::new([1.0]) };
    let strata = scale.fixed.as_ref().map_or(
        plan.parameters[scale.among.unwrap_or(scale.parameter).0 as usize].strata.as_slice(),
        std::slice::from_ref,
    );
    if strata.is_empty() || !(scale.reference > 0.0 && scale.reference < 1.0) {
        return Rc::new([1.0]);
    }
    let factor = |probability: f64| {
        let hazard = if probability >= 1.0 { -ln(f64::from_bits(1)) } else { -ln_1p(-probability) };
        hazard / -ln_1p(-scale.reference)
    };
    if let [only] = strata {
        return Rc::new([factor(*only)]);
    }
    (0..256).map(|index| factor(strata[index * strata.len() / 256])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dist::{Sampler, family};

    /// From mpmath 1.3 with 30 digits: `ncdf(-8)`, `exp(-30)`, `ncdf(-10)`, and of a Poisson law of mean 2 the sum from 40 on.
    #[test]
    fn what_is_far_out_keeps_its_digits_on_either_side() {
        for (name, parameters, cut, beyond) in [
            ("normal", &[0.0, 1.0][..], 8.0, 6.220_960_574_271_785e-16),
            ("normal", &[0.0, 1.0][..], 10.0, 7.619_853_024_160_527e-24),
            ("exponential", &[1.0][..], 30.0, 9.357_622_968_840_175e-14),
            ("poisson", &[2.0][..], 39.5, 1.917_158_341_594_221e-37),
        ] {
            let source = NumberSource::Sampler(Box::new(Sampler::new(&family(name, parameters).unwrap())));
            let masses = Law::Number(&source).intervals(&[1.0, cut]);
            assert!((masses[2] / beyond - 1.0).abs() < 1e-11, "{name} above {cut}: {}", masses[2]);
            assert!((masses.iter().sum::<f64>() - 1.0).abs() < 1e-15, "{name}: {masses:?}");
            let between = Law::Number(&source).intervals(&[1.0, cut, cut + 1.0]);
            assert!((between[2] + between[3] - beyond).abs() < 1e-11 * beyond, "{name} around {cut}: {between:?}");
        }
        let source = NumberSource::Sampler(Box::new(Sampler::new(&family("normal", &[0.0, 1.0]).unwrap())));
        let below = Law::Number(&source).intervals(&[-10.0])[0];
        assert!((below / 7.619_853_024_160_527e-24 - 1.0).abs() < 1e-11, "{below}");
    }
}
