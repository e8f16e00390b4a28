//! Uniforms whose normal scores are correlated: a Gaussian copula.

use crate::math::columns;
use crate::simulate::streams::{Address, fill_uniforms};
use fearless_simd::Level;
use ndarray::Array2;
use std::f64::consts::FRAC_1_SQRT_2;

/// The uniforms nearest to 0 and 1 that are ever given.
const SMALLEST: f64 = f64::EPSILON / 2.0;

/// Fills with independent standard normals.
pub(crate) fn normals(level: Level, address: &Address<'_>, uniforms: &mut [f64], out: &mut [f64]) {
    fill_uniforms(level, address, uniforms);
    columns::normal_quantiles(level, uniforms, out);
}

/// Fills with the uniforms of member `row`: the normal cdf of `factor[row, ·] · normals`.
pub(crate) fn uniforms(level: Level, factor: &Array2<f64>, row: usize, normals: &[Vec<f64>], out: &mut [f64]) {
    out.fill(0.0);
    for (column, normals) in normals.iter().enumerate().take(row + 1) {
        let loading = factor[[row, column]];
        for (out, normal) in out.iter_mut().zip(normals) {
            *out += loading * normal;
        }
    }
    // The normal cdf: ½ erfc(-x/√2).
    out.iter_mut().for_each(|value| *value = -*value * FRAC_1_SQRT_2);
    columns::erfc(level, out);
    out.iter_mut().for_each(|value| *value = (0.5 * *value).clamp(SMALLEST, 1.0 - SMALLEST));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::normal;
    use crate::simulate::strata::Design;
    use crate::simulate::streams::StreamKey;
    use ndarray::array;

    #[test]
    fn normal_scores_have_the_correlation() {
        let factor = array![[1.0, 0.0], [0.6, 0.8]];
        let count = 200_000;
        let mut columns = vec![vec![0.0; count]; 2];
        for (index, column) in columns.iter_mut().enumerate() {
            let key = StreamKey::new(1, &format!("normal {index}"));
            let address = Address { key: &key, block: 0, design: Design::Independent };
            normals(Level::new(), &address, &mut vec![0.0; count], column);
        }
        let mut out = vec![vec![0.0; count]; 2];
        for (row, out) in out.iter_mut().enumerate() {
            uniforms(Level::new(), &factor, row, &columns, out);
        }
        let scores = |row: usize| out[row].iter().map(|u| normal::quantile(*u));
        let correlation = scores(0).zip(scores(1)).map(|(left, right)| left * right).sum::<f64>() / count as f64;
        // Standard error sqrt((1 + rho²) / n); 5 of them: false alarms 6e-7.
        assert!((correlation - 0.6).abs() < 5.0 * (1.36 / count as f64).sqrt(), "{correlation}");
        let mean = out[1].iter().sum::<f64>() / count as f64;
        assert!((mean - 0.5).abs() < 5.0 * (1.0 / 12.0 / count as f64).sqrt(), "{mean}");
    }
}
