//! Fast draws from a distribution by its inverse cdf.

use crate::dist::{Distribution, QuantileCost};
use crate::math::cos;
use std::sync::Arc;

/// A table covers the probabilities down to this power of 2 from either end; beyond it quantiles are computed.
const OCTAVES: u64 = 14;

/// Each octave is cut into this many cells, by the leading bits of the probability.
const CELLS_PER_OCTAVE: u64 = 4;
const CELL_BITS: u32 = 2;

/// The coefficients of a cell's polynomial.
const TERMS: usize = 10;

/// A polynomial is used where it agrees with the quantile function to this relative error at points between its nodes.
const TOLERANCE: f64 = 1e-10;

/// A discrete distribution with more values than this in its bulk is not tabulated.
const MOST_VALUES: usize = 8192;

/// Draws from a distribution by its inverse cdf: a uniform number `u` in the open interval (0, 1) becomes the quantile at `u`.
///
/// The draw rises with the uniform, is the same on every platform, and agrees with [`Distribution::quantile`] to a relative
/// error of 1e-9. Where a quantile is a formula it is computed; where it would take a root, a table is made here once: for a
/// continuous distribution a polynomial of degree 9 in each of 4 cells of each octave of the probability, counted from either end,
/// checked against the quantile function between its nodes; for a discrete one the cumulative probabilities.
///
/// ```
/// use foretell::dist::{Sampler, family};
/// let gamma = family("gamma", &[2.0, 0.5])?;
/// let sampler = Sampler::new(&gamma);
/// let mut draws = [0.0; 2];
/// sampler.draw_column(&[0.1, 0.9], &mut draws);
/// assert!((draws[1] - gamma.quantile(0.9)).abs() < 1e-8);
/// # Ok::<(), foretell::dist::ParameterError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Sampler {
    distribution: Arc<dyn Distribution>,
    method: Method,
}

#[derive(Debug, Clone)]
enum Method {
    /// Ask the distribution.
    Direct,
    /// Polynomials over the lower half by `u`, over the upper half by `1 - u`.
    Cells { lower: Arc<[Cell]>, upper: Arc<[Cell]> },
    /// The values of a discrete distribution with their cumulative probabilities.
    Values(Arc<ValueTable>),
}

/// A polynomial in the position within one cell of probabilities.
#[derive(Debug, Clone, Copy)]
struct Cell {
    centre: f64,
    /// 1 / half the width; 0 when the polynomial is not good enough and the quantile must be computed.
    scale: f64,
    coefficients: [f64; TERMS],
    /// The least and greatest value in the cell, which keep the whole monotone.
    least: f64,
    greatest: f64,
}

#[derive(Debug)]
struct ValueTable {
    values: Vec<f64>,
    cumulative: Vec<f64>,
    /// For each of equal steps of probability, the first value that can be meant.
    guide: Vec<u32>,
    /// The probabilities for which the table holds the answer.
    from: f64,
    to: f64,
}

impl Sampler {
    /// Prepares to draw from `distribution`.
    #[must_use]
    pub fn new(distribution: &Arc<dyn Distribution>) -> Self {
        let distribution = Arc::clone(distribution);
        let method = if distribution.quantile_cost() == QuantileCost::ClosedForm {
            Method::Direct
        } else if distribution.is_discrete() {
            ValueTable::new(distribution.as_ref()).map_or(Method::Direct, |table| Method::Values(Arc::new(table)))
        } else {
            Method::Cells {
                lower: cells(|p| distribution.quantile(p)),
                upper: cells(|q| distribution.upper_quantile(q)),
            }
        };
        Self { distribution, method }
    }

    /// The draw of one uniform number in the open interval (0, 1).
    #[must_use]
    pub fn draw(&self, uniform: f64) -> f64 {
        match &self.method {
            Method::Direct => {
                let mut out = [0.0];
                self.distribution.fill_quantiles(&[uniform], &mut out);
                out[0]
            }
            Method::Cells { lower, upper } => self.draw_from_cells(lower, upper, uniform),
            Method::Values(table) => self.draw_value(table, uniform),
        }
    }

    /// Writes the draw of each uniform number in the open interval (0, 1) to `out`.
    ///
    /// # Panics
    /// When the lengths differ.
    pub fn draw_column(&self, uniforms: &[f64], out: &mut [f64]) {
        assert_eq!(uniforms.len(), out.len(), "one value is drawn for each uniform");
        let pairs = uniforms.iter().zip(out.iter_mut());
        match &self.method {
            Method::Direct => self.distribution.fill_quantiles(uniforms, out),
            Method::Cells { lower, upper } => {
                pairs.for_each(|(uniform, value)| *value = self.draw_from_cells(lower, upper, *uniform));
            }
            Method::Values(table) => pairs.for_each(|(uniform, value)| *value = self.draw_value(table, *uniform)),
        }
    }

    /// The probability of exactly this value: that of a whole number, or the mass that a cap puts on a bound; 0 elsewhere.
    #[must_use]
    pub fn mass(&self, value: f64) -> f64 {
        if self.distribution.is_discrete() {
            return self.distribution.density(value);
        }
        let jump = self.distribution.cdf(value) - self.distribution.cdf(value.next_down());
        // A continuous cdf moves by rounding errors only over so short a step.
        if jump > 1e-9 { jump } else { 0.0 }
    }

    /// The density at a value.
    #[must_use]
    pub fn density(&self, value: f64) -> f64 {
        self.distribution.density(value)
    }

    /// The distribution drawn from.
    #[must_use]
    pub fn distribution(&self) -> &Arc<dyn Distribution> {
        &self.distribution
    }

    #[inline]
    fn draw_from_cells(&self, lower: &[Cell], upper: &[Cell], uniform: f64) -> f64 {
        let (cells, p) = if uniform < 0.5 { (lower, uniform) } else { (upper, 1.0 - uniform) };
        match cell_index(p).and_then(|index| cells[index].at(p)) {
            Some(value) => value,
            None if uniform < 0.5 => self.distribution.quantile(p),
            None => self.distribution.upper_quantile(p),
        }
    }

    #[inline]
    fn draw_value(&self, table: &ValueTable, uniform: f64) -> f64 {
        table.at(uniform).unwrap_or_else(|| self.distribution.quantile(uniform))
    }
}

/// The cell of a probability in (0, ½]; `None` below the last octave.
///
/// The exponent and the leading bits of the mantissa count the cells from 2^-OCTAVES up.
#[inline(always)]
fn cell_index(p: f64) -> Option<usize> {
    const SHIFT: u32 = 52 - CELL_BITS;
    const FIRST: u64 = (1023 - OCTAVES) << CELL_BITS;
    const COUNT: u64 = (OCTAVES - 1) * CELLS_PER_OCTAVE;
    let index = (p.to_bits() >> SHIFT).checked_sub(FIRST)?;
    // ½ itself closes the last cell.
    Some(index.min(COUNT - 1) as usize)
}

/// The cells of a monotone function of the probabilities from 2^-OCTAVES to ½.
fn cells(quantile: impl Fn(f64) -> f64) -> Arc<[Cell]> {
    let mut cells = Vec::new();
    let mut at_start = quantile(f64::from_bits((1023 - OCTAVES) << 52));
    for octave in (2..=OCTAVES).rev() {
        let start = f64::from_bits((1023 - octave) << 52);
        let width = start / CELLS_PER_OCTAVE as f64;
        for i in 0..CELLS_PER_OCTAVE {
            let from = start + width * i as f64;
            let at_end = quantile(from + width);
            cells.push(Cell::new((from, at_start), (from + width, at_end), &quantile));
            at_start = at_end;
        }
    }
    cells.into()
}

impl Cell {
    /// The cell between two points, each a probability and its value.
    fn new((from, start): (f64, f64), (to, end): (f64, f64), quantile: &impl Fn(f64) -> f64) -> Self {
        let (centre, half) = (0.5 * (from + to), 0.5 * (to - from));
        let mut cell = Self {
            centre,
            scale: 1.0 / half,
            coefficients: interpolate(|s| quantile(centre + half * s)),
            least: start.min(end),
            greatest: start.max(end),
        };
        let agrees = [-0.97, 0.17, 0.95].iter().all(|s| {
            let p = centre + half * s;
            let exact = quantile(p);
            // Where values straddle 0 their size says nothing, and the size of the cell's ends does.
            let size = start.abs().max(end.abs());
            cell.at(p).is_some_and(|value| (value - exact).abs() <= TOLERANCE * exact.abs().max(1e-3 * size))
        });
        if !agrees {
            cell.scale = 0.0;
        }
        cell
    }

    #[inline(always)]
    fn at(&self, p: f64) -> Option<f64> {
        if self.scale == 0.0 {
            return None;
        }
        let s = (p - self.centre) * self.scale;
        let c = &self.coefficients;
        let value = c.iter().rev().fold(0.0, |sum, coefficient| sum * s + coefficient);
        Some(value.max(self.least).min(self.greatest))
    }
}

/// The coefficients, from the constant up, of the polynomial that meets the function at the Chebyshev nodes of [-1, 1].
fn interpolate(function: impl Fn(f64) -> f64) -> [f64; TERMS] {
    let node = |k: usize| std::f64::consts::PI * (k as f64 + 0.5) / TERMS as f64;
    let values: [f64; TERMS] = std::array::from_fn(|k| function(cos(node(k))));
    // The Chebyshev series, and the polynomials T_j by their recurrence.
    let mut coefficients = [0.0; TERMS];
    let mut before = [0.0; TERMS];
    let mut current = [0.0; TERMS];
    current[0] = 1.0;
    for j in 0..TERMS {
        let sum: f64 = (0..TERMS).map(|k| values[k] * cos(j as f64 * node(k))).sum();
        let weight = sum * if j == 0 { 1.0 } else { 2.0 } / TERMS as f64;
        for (coefficient, term) in coefficients.iter_mut().zip(current) {
            *coefficient += weight * term;
        }
        let factor = if j == 0 { 1.0 } else { 2.0 };
        let mut next = [0.0; TERMS];
        for i in 0..TERMS {
            next[i] = if i == 0 { 0.0 } else { factor * current[i - 1] } - before[i];
        }
        before = current;
        current = next;
    }
    coefficients
}

impl ValueTable {
    /// The table of the bulk; `None` when it would be too long, or the values do not rise.
    fn new(distribution: &dyn Distribution) -> Option<Self> {
        const TAIL: f64 = 1e-9;
        let (first, last) = (distribution.quantile(TAIL), distribution.quantile(1.0 - TAIL));
        if last - first >= MOST_VALUES as f64 {
            return None;
        }
        let (mut values, mut cumulative) = (Vec::new(), Vec::new());
        let mut value = first;
        while value <= last {
            values.push(value);
            cumulative.push(distribution.cdf(value));
            let next = distribution.next_value(value);
            if next <= value || values.len() > MOST_VALUES {
                return None;
            }
            value = next;
        }
        if !cumulative.is_sorted() {
            return None;
        }
        let steps = (2 * values.len()).next_power_of_two().min(4096);
        let guide = (0..steps)
            .map(|step| {
                let p = step as f64 / steps as f64;
                cumulative.partition_point(|below| *below < p) as u32
            })
            .collect();
        let to = *cumulative.last()?;
        Some(Self { values, cumulative, guide, from: TAIL, to })
    }

    /// The smallest value with at least the probability `p` at or below it, if the table holds it.
    #[inline]
    fn at(&self, p: f64) -> Option<f64> {
        if p < self.from || p > self.to {
            return None;
        }
        let step = ((p * self.guide.len() as f64) as usize).min(self.guide.len() - 1);
        let mut index = self.guide[step] as usize;
        while self.cumulative[index] < p {
            index += 1;
        }
        Some(self.values[index])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dist::{Bound, Limited, family};

    /// Uniforms over both tails and the bulk.
    fn probes() -> Vec<f64> {
        let mut probes: Vec<f64> = (1..2000).map(|i| (f64::from(i) + 0.123) / 2000.2).collect();
        for k in 2..52 {
            let tail = crate::math::exp2(-f64::from(k));
            probes.extend([tail, tail * 1.37, 1.0 - tail, 1.0 - tail * 1.37]);
        }
        probes.push(0.5);
        probes
    }

    #[test]
    fn tables_agree_with_the_quantile_and_rise() {
        let mut probes = probes();
        probes.sort_by(f64::total_cmp);
        for (name, arguments) in [
            ("gamma", &[0.05, 2.0][..]),
            ("gamma", &[1e6, 1.0]),
            ("beta", &[0.5, 0.5]),
            ("beta", &[6.5, 14.5]),
            ("beta", &[300.0, 2.0]),
            ("student_t", &[1.5, -3.0, 2.0]),
            ("inverse_gamma", &[0.7, 1.0]),
            ("pert", &[-1.0, 0.0, 1.0]),
        ] {
            let distribution = family(name, arguments).unwrap();
            let sampler = Sampler::new(&distribution);
            let mut draws = vec![0.0; probes.len()];
            sampler.draw_column(&probes, &mut draws);
            assert!(draws.is_sorted(), "{name}");
            let size = distribution.quantile(0.9).abs();
            for (probe, draw) in probes.iter().zip(draws) {
                let exact = distribution.quantile(*probe);
                let error = (draw - exact).abs();
                // Above ½ the sampler knows 1 - u exactly, and the quantile only u.
                assert!(
                    error <= 1e-9 * exact.abs() + 1e-12 * size.min(1.0),
                    "{name}{arguments:?} at {probe}: {draw} {exact}"
                );
                assert_eq!(sampler.draw(*probe).to_bits(), draw.to_bits());
            }
        }
    }

    #[test]
    fn most_cells_of_a_smooth_distribution_hold_a_polynomial() {
        let sampler = Sampler::new(&family("gamma", &[2.0, 0.5]).unwrap());
        let Method::Cells { lower, upper } = &sampler.method else { panic!("a gamma quantile is a root") };
        assert!(lower.iter().chain(upper.iter()).all(|cell| cell.scale > 0.0));
        assert_eq!(lower.len(), ((OCTAVES - 1) * CELLS_PER_OCTAVE) as usize);
    }

    #[test]
    fn a_cap_within_a_cell_is_met_exactly() {
        let gamma = family("gamma", &[2.0, 0.5]).unwrap();
        let capped: Arc<dyn Distribution> =
            Arc::new(Limited::new(gamma, Some(Bound::Cut(1.0)), Some(Bound::Cap(6.0))).unwrap());
        let sampler = Sampler::new(&capped);
        for probe in probes() {
            assert!((sampler.draw(probe) - capped.quantile(probe)).abs() < 1e-9, "{probe}");
        }
        assert_eq!(sampler.draw(0.999), 6.0);
    }

    #[test]
    fn counts_are_the_quantiles_to_the_bit() {
        for (name, arguments) in [
            ("poisson", &[2.0][..]),
            ("poisson", &[0.0]),
            ("poisson", &[1e4]),
            ("poisson", &[1e9]),
            ("binomial", &[10.0, 0.3]),
            ("negative_binomial", &[0.3, 0.01]),
            ("geometric", &[0.25]),
        ] {
            let distribution = family(name, arguments).unwrap();
            let sampler = Sampler::new(&distribution);
            for probe in probes() {
                assert_eq!(sampler.draw(probe), distribution.quantile(probe), "{name}{arguments:?} at {probe}");
            }
        }
    }
}
