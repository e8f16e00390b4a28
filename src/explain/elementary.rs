//! Which inputs of a function matter at all, and which bend or act together: elementary effects, for few calls of the function.

use super::inputs::Inputs;
use crate::math::SplitMix;

/// Levels of the grid that inputs move on.
const LEVELS: usize = 4;

/// The share of an unbounded input's mass beyond each end of the grid.
const TAIL: f64 = 0.005;

/// The elementary effects of an input.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ElementaryEffect {
    /// Their mean, in units of the function per whole range of the input.
    pub mean: f64,
    /// The mean of their sizes: effects of both signs do not cancel in it.
    pub mean_size: f64,
    /// Their standard deviation: 0 if the input acts on its own and along a straight line.
    pub standard_deviation: f64,
}

/// The elementary effects of each input, from random paths along which one input moves after the other.
///
/// ```text
/// effect = (f(x + Δ e_i) - f(x)) / Δ        on levels 0, 1/3, 2/3, 1 of each input's range, Δ = 2/3
/// ```
///
/// A level is a quantile; where an input has no least or greatest value, 0 and 1 stand for its 0.5 % and 99.5 % point. Inputs move apart from each other: a
/// correlation is not looked at. The function is called `(d + 1) paths` times; `None` if that is never, or it is not finite. Source: Morris (1991), Technometrics 33,
/// 161–174; mean sizes: Campolongo, Cariboni and Saltelli (2007), Environmental Modelling & Software 22, 1509–1518.
///
/// ```
/// use foretell::dist::{Distribution, Uniform};
/// use foretell::explain::{Inputs, elementary_effects};
/// use std::sync::Arc;
///
/// let uniform: Arc<dyn Distribution> = Arc::new(Uniform::new(0.0, 1.0)?);
/// let inputs = Inputs::independent(vec![Arc::clone(&uniform), uniform]);
/// let effects = elementary_effects(&inputs, 10, 1, |x| 3.0 * x[0] - x[1]).expect("finite");
/// assert!((effects[0].mean - 3.0).abs() < 1e-12 && (effects[1].mean_size - 1.0).abs() < 1e-12);
/// # Ok::<(), foretell::dist::ParameterError>(())
/// ```
#[must_use]
pub fn elementary_effects(
    inputs: &Inputs,
    paths: usize,
    seed: u64,
    function: impl Fn(&[f64]) -> f64,
) -> Option<Vec<ElementaryEffect>> {
    let count = inputs.count();
    let mut effects: Vec<Vec<f64>> = vec![Vec::with_capacity(paths); count];
    let step = LEVELS / 2;
    for path in 0..paths as u64 {
        let mut random = SplitMix::of_replicate(seed, path);
        let mut places: Vec<usize> = (0..count).map(|_| random.below(LEVELS)).collect();
        let mut order: Vec<usize> = (0..count).collect();
        random.shuffle(&mut order);
        let numbers = |places: &[usize]| -> Vec<f64> {
            places.iter().enumerate().map(|(input, place)| at_level(inputs, input, *place)).collect()
        };
        let mut before = function(&numbers(&places));
        for input in order {
            // Up from the lower half, down from the upper.
            let rises = places[input] < step;
            places[input] = if rises { places[input] + step } else { places[input] - step };
            let after = function(&numbers(&places));
            let change = if rises { after - before } else { before - after };
            effects[input].push(change * (LEVELS - 1) as f64 / step as f64);
            before = after;
        }
    }
    let finite = paths > 0 && effects.iter().flatten().all(|effect| effect.is_finite());
    finite.then(|| effects.iter().map(|effects| summary(effects)).collect())
}

fn at_level(inputs: &Inputs, input: usize, place: usize) -> f64 {
    let distribution = &inputs.distributions()[input];
    let (low, high) = distribution.support();
    let level = place as f64 / (LEVELS - 1) as f64;
    let from = if low.is_finite() { 0.0 } else { TAIL };
    let to = if high.is_finite() { 1.0 } else { 1.0 - TAIL };
    distribution.quantile(from + level * (to - from))
}

fn summary(effects: &[f64]) -> ElementaryEffect {
    let count = effects.len() as f64;
    let mean = effects.iter().sum::<f64>() / count;
    let squares: f64 = effects.iter().map(|effect| (effect - mean) * (effect - mean)).sum();
    ElementaryEffect {
        mean,
        mean_size: effects.iter().map(|effect| effect.abs()).sum::<f64>() / count,
        standard_deviation: if effects.len() > 1 { (squares / (count - 1.0)).sqrt() } else { 0.0 },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dist::{Distribution, Normal, Uniform};
    use std::sync::Arc;

    #[test]
    fn an_input_that_acts_alone_and_straight_has_one_effect_and_others_differ() {
        let unit: Arc<dyn Distribution> = Arc::new(Uniform::new(-1.0, 1.0).unwrap());
        let inputs = Inputs::independent(vec![Arc::clone(&unit), Arc::clone(&unit), Arc::clone(&unit), unit]);
        let found = elementary_effects(&inputs, 400, 5, |x| 4.0 * x[0] + 2.0 * x[1] * x[2]).unwrap();
        // Per whole range of 2; the product moves by 4 times the other factor, which is ±1 or ±1/3: its size is 8/3 in the mean.
        assert!((found[0].mean - 8.0).abs() < 1e-12 && found[0].standard_deviation < 1e-12);
        for effect in &found[1..3] {
            // Of 400 sizes with a standard deviation of 4/3, and of means with one of 4 √5/3: 5 standard errors (false alarms 6e-7 each).
            assert!((effect.mean_size - 8.0 / 3.0).abs() < 5.0 * (4.0 / 3.0) / 20.0, "{effect:?}");
            assert!(effect.mean.abs() < 5.0 * (4.0 * 5.0_f64.sqrt() / 3.0) / 20.0, "{effect:?}");
            assert!(effect.standard_deviation > 2.0);
        }
        assert_eq!(found[3], ElementaryEffect { mean: 0.0, mean_size: 0.0, standard_deviation: 0.0 });
    }

    #[test]
    fn an_input_without_ends_moves_between_its_tails() {
        let normal: Arc<dyn Distribution> = Arc::new(Normal::new(0.0, 1.0).unwrap());
        let found = elementary_effects(&Inputs::independent(vec![normal]), 50, 1, |x| x[0]).unwrap();
        assert!(found[0].mean.is_finite() && found[0].mean > 0.0);
        assert!(elementary_effects(&Inputs::independent(Vec::new()), 0, 1, |_| 0.0).is_none());
    }
}
