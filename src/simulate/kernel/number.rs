//! Number draws, by the inverse cdf of uniforms.

use super::by_world::ByWorld;
use crate::dist::Sampler;
use crate::simulate::block::{Plane, for_each_world};
use std::borrow::Cow;

/// What a row of numbers is drawn from, made ready.
#[derive(Debug, Clone)]
pub(crate) enum Source<'a> {
    /// Always this.
    Constant(f64),
    /// A distribution: the plan's own, or one made of a drawn parameter.
    Sampler(Cow<'a, Sampler>),
}

/// How likely a value is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Likelihood {
    /// It has this probability.
    Mass(f64),
    /// It has this density, and no probability.
    Density(f64),
}

impl Source<'_> {
    /// How likely a value is. Where a density has a pole, it is that of the next larger value.
    #[must_use]
    pub(crate) fn likelihood(&self, value: f64) -> Likelihood {
        match self {
            Self::Constant(constant) => Likelihood::Mass(f64::from(u8::from(*constant == value))),
            Self::Sampler(sampler) => likelihood(sampler, value),
        }
    }

    fn draw(&self, uniforms: &[f64], out: &mut [f64]) {
        match self {
            Self::Constant(value) => out.fill(*value),
            Self::Sampler(sampler) => sampler.draw_column(uniforms, out),
        }
    }
}

/// How likely a value is; see [`Source::likelihood`].
#[must_use]
pub(crate) fn likelihood(sampler: &Sampler, value: f64) -> Likelihood {
    let distribution = sampler.distribution();
    let density = distribution.density(value);
    if distribution.is_discrete() {
        return Likelihood::Mass(density);
    }
    if density.is_finite() {
        return Likelihood::Density(density);
    }
    // A cap, or a pole of the density.
    let mass = distribution.cdf(value) - distribution.cdf(value.next_down());
    if mass > 0.0 { Likelihood::Mass(mass) } else { Likelihood::Density(distribution.density(value.next_up())) }
}

/// Draws the whole column from one source.
pub(crate) fn draw(source: &Source<'_>, uniforms: &[f64], out: &mut [f64]) {
    source.draw(uniforms, out);
}

/// Draws in the worlds of a row, each from a source of its own.
pub(crate) fn draw_each(mask: &Plane, sources: ByWorld<'_, Source<'_>>, uniforms: &[f64], out: &mut [f64]) {
    for_each_world(mask, |world| {
        let one = world..world + 1;
        sources.at(world).draw(&uniforms[one.clone()], &mut out[one]);
    });
}

/// Draws in the worlds of a row: closes their uniforms up, draws, and spreads the draws out again.
pub(crate) fn draw_where(
    mask: &Plane,
    source: &Source<'_>,
    uniforms: &[f64],
    gathered: &mut [f64],
    drawn: &mut [f64],
    out: &mut [f64],
) {
    if let Source::Constant(value) = source {
        for_each_world(mask, |world| out[world] = *value);
        return;
    }
    let mut count = 0;
    for_each_world(mask, |world| {
        gathered[count] = uniforms[world];
        count += 1;
    });
    source.draw(&gathered[..count], &mut drawn[..count]);
    let mut next = 0;
    for_each_world(mask, |world| {
        out[world] = drawn[next];
        next += 1;
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dist::{Bound, Limited, family, from_interval};
    use crate::simulate::block::plane_where;
    use std::sync::Arc;

    #[test]
    fn rows_draw_for_their_own_worlds() {
        let normal = Sampler::new(&family("normal", &[5.0, 2.0]).unwrap());
        let source = Source::Sampler(Cow::Borrowed(&normal));
        let uniforms: Vec<f64> = (0..4096).map(|world| (f64::from(world) + 0.5) / 4096.0).collect();
        let (mut gathered, mut drawn, mut out) = (vec![0.0; 4096], vec![0.0; 4096], vec![-1.0; 4096]);
        let mask = plane_where(|world| world % 3 == 1);
        draw_where(&mask, &source, &uniforms, &mut gathered, &mut drawn, &mut out);
        for (world, value) in out.iter().enumerate() {
            assert_eq!(*value, if world % 3 == 1 { normal.draw(uniforms[world]) } else { -1.0 });
        }
    }

    #[test]
    fn a_cap_has_a_probability_and_the_rest_a_density() {
        let base = from_interval(0.9, 40.0, 90.0).unwrap();
        let capped = Limited::new(Arc::clone(&base), None, Some(Bound::Cap(90.0))).unwrap();
        let sampler = Sampler::new(&(Arc::new(capped) as Arc<dyn crate::dist::Distribution>));
        let Likelihood::Mass(mass) = likelihood(&sampler, 90.0) else { panic!() };
        assert!((mass - 0.05).abs() < 1e-9);
        assert_eq!(likelihood(&sampler, 60.0), Likelihood::Density(base.density(60.0)));
        assert_eq!(likelihood(&sampler, 91.0), Likelihood::Density(0.0));
        let pole = Sampler::new(&family("gamma", &[0.5, 1.0]).unwrap());
        assert!(matches!(likelihood(&pole, 0.0), Likelihood::Density(density) if density.is_finite()));
    }
}
