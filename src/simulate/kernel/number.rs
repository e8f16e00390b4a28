//! Number draws, by the inverse cdf of uniforms.

use crate::dist::Sampler;
use crate::math::{exp, ln, ln_gamma};
use crate::simulate::block::{Plane, for_each_world};

/// What a row of numbers is drawn from, made ready.
#[derive(Debug, Clone)]
pub enum Source<'a> {
    /// Always this.
    Constant(f64),
    /// A distribution.
    Sampler(&'a Sampler),
    /// A Poisson count.
    Poisson(PoissonTable),
}

impl Source<'_> {
    /// The chance of a value, or its density where it has none.
    #[must_use]
    pub fn likelihood(&self, value: f64) -> f64 {
        match self {
            Self::Constant(constant) => f64::from(u8::from(*constant == value)),
            Self::Sampler(sampler) => {
                let mass = sampler.mass(value);
                if mass > 0.0 { mass } else { sampler.density(value) }
            }
            Self::Poisson(table) => table.mass(value),
        }
    }

    fn draw(&self, uniforms: &[f64], out: &mut [f64]) {
        match self {
            Self::Constant(value) => out.fill(*value),
            Self::Sampler(sampler) => sampler.draw_column(uniforms, out),
            Self::Poisson(table) => {
                for (uniform, out) in uniforms.iter().zip(out) {
                    *out = table.quantile(*uniform);
                }
            }
        }
    }
}

/// The cdf of a Poisson distribution where it is neither 0 nor 1 to double accuracy.
#[derive(Debug, Clone)]
pub struct PoissonTable {
    mean: f64,
    first: f64,
    cumulative: Vec<f64>,
}

impl PoissonTable {
    /// Counts within 10 standard deviations (and 30 counts) of the mean.
    #[must_use]
    pub fn new(mean: f64) -> Self {
        let reach = 30.0 + 10.0 * mean.sqrt();
        let first = (mean - reach).floor().max(0.0);
        let last = (mean + reach).ceil();
        let mut cumulative = Vec::with_capacity((last - first) as usize + 1);
        let mut total = 0.0;
        let mut count = first;
        while count <= last {
            total += mass(mean, count);
            cumulative.push(total);
            count += 1.0;
        }
        Self { mean, first, cumulative }
    }

    /// The smallest count whose cdf reaches `uniform`.
    #[must_use]
    pub fn quantile(&self, uniform: f64) -> f64 {
        let index = self.cumulative.partition_point(|cumulative| *cumulative < uniform);
        self.first + index.min(self.cumulative.len() - 1) as f64
    }

    /// The probability of a count.
    #[must_use]
    pub fn mass(&self, count: f64) -> f64 {
        if count >= 0.0 && count == count.floor() { mass(self.mean, count) } else { 0.0 }
    }
}

fn mass(mean: f64, count: f64) -> f64 {
    if mean > 0.0 {
        exp(count * ln(mean) - mean - ln_gamma(count + 1.0))
    } else if count == 0.0 {
        1.0
    } else {
        0.0
    }
}

/// Draws the whole column from one source.
pub fn draw(source: &Source<'_>, uniforms: &[f64], out: &mut [f64]) {
    source.draw(uniforms, out);
}

/// Draws in the worlds of a row: closes their uniforms up, draws, and spreads the draws out again.
pub fn draw_where(
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

    #[test]
    fn the_poisson_table_inverts_the_cdf() {
        for mean in [0.0, 0.3, 4.0, 250.0, 40_000.0] {
            let table = PoissonTable::new(mean);
            assert!((table.cumulative.last().unwrap() - 1.0).abs() < 1e-9, "{mean}");
            let mut sum = 0.0;
            let draws = 100_000;
            for draw in 0..draws {
                sum += table.quantile((f64::from(draw) + 0.5) / f64::from(draws));
            }
            assert!((sum / f64::from(draws) - mean).abs() <= 1e-3 * mean.sqrt(), "{mean}");
        }
        let table = PoissonTable::new(2.0);
        assert_eq!(table.quantile(0.1353), 0.0);
        assert_eq!(table.quantile(0.1354), 1.0);
        assert!((table.mass(2.0) - 0.2706705664732254).abs() < 1e-15);
        assert_eq!(table.mass(1.5), 0.0);
    }
}
