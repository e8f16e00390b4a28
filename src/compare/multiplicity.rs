//! Several p-values at once: adjusted so that what is held against a level keeps its meaning.

use serde::Serialize;

/// How p-values of several comparisons are adjusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, clap::ValueEnum, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Adjustment {
    /// Holm: the chance of any false alarm at all stays below the level
    #[default]
    Holm,
    /// Benjamini and Hochberg: the share of false alarms among the alarms stays below the level
    #[value(name = "bh")]
    BenjaminiHochberg,
}

impl Adjustment {
    /// The adjusted p-values, in the order given.
    #[must_use]
    pub fn adjust(self, p_values: &[f64]) -> Vec<f64> {
        match self {
            Self::Holm => holm(p_values),
            Self::BenjaminiHochberg => benjamini_hochberg(p_values),
        }
    }

    /// What a column of them is called.
    #[must_use]
    pub const fn short_name(self) -> &'static str {
        match self {
            Self::Holm => "Holm",
            Self::BenjaminiHochberg => "BH",
        }
    }
}

/// Holm's adjustment of several p-values: the chance that any of them is a false alarm stays below the level that they are
/// held against.
///
/// In the order given; 1 at most.
///
/// Holm (1979), Scand. J. Stat. 6, 65–70.
#[must_use]
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let order = ascending(p_values);
    let mut adjusted = vec![0.0; p_values.len()];
    let mut highest: f64 = 0.0;
    for (rank, &at) in order.iter().enumerate() {
        highest = highest.max((p_values.len() - rank) as f64 * p_values[at]).min(1.0);
        adjusted[at] = highest;
    }
    adjusted
}

/// Benjamini and Hochberg's adjustment: the expected share of false alarms among the alarms stays below the level that they are
/// held against, if the p-values do not depend on each other or do so positively.
///
/// ```text
/// adjusted of rank r = min over ranks s >= r of  m p_(s) / s,   1 at most
/// ```
///
/// In the order given.
///
/// ```
/// use foretell::compare::benjamini_hochberg;
///
/// assert_eq!(benjamini_hochberg(&[0.5, 0.01, 0.03]), vec![0.5, 0.03, 0.045]);
/// ```
///
/// Benjamini and Hochberg (1995), J. R. Stat. Soc. B 57, 289–300.
#[must_use]
pub fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    let order = ascending(p_values);
    let mut adjusted = vec![0.0; p_values.len()];
    let mut lowest: f64 = 1.0;
    for (rank, &at) in order.iter().enumerate().rev() {
        lowest = lowest.min(p_values[at] * (p_values.len() as f64 / (rank + 1) as f64));
        adjusted[at] = lowest;
    }
    adjusted
}

fn ascending(p_values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holm_multiplies_the_smallest_most_and_keeps_the_order() {
        let adjusted = holm(&[0.04, 0.01, 0.03, 0.9]);
        for (value, expected) in adjusted.iter().zip([0.09, 0.04, 0.09, 0.9]) {
            assert!((value - expected).abs() < 1e-15);
        }
    }

    #[test]
    fn the_false_discovery_rate_never_asks_more_than_holm() {
        let p_values = [0.001, 0.2, 0.013, 0.04, 0.04, 1.0, 0.0];
        for (discovery, any) in benjamini_hochberg(&p_values).iter().zip(holm(&p_values)) {
            assert!(*discovery <= any);
        }
        assert_eq!(benjamini_hochberg(&[]), Vec::<f64>::new());
        assert_eq!(benjamini_hochberg(&[0.3]), vec![0.3]);
    }
}
