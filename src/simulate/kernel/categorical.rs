//! Draws of one of several options, one bit column each.

use super::bernoulli::{self, Threshold};
use crate::simulate::block::{EVERYWHERE, Plane, WORDS};
use crate::simulate::streams::StreamKey;

/// The chances of one row, made ready.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// Of each option.
    pub(crate) probabilities: Vec<f64>,
    conditional: Vec<Threshold>,
    cumulative: Vec<f64>,
}

impl Options {
    /// From probabilities that sum to 1.
    #[must_use]
    pub(crate) fn new(probabilities: Vec<f64>) -> Self {
        let mut tails = vec![0.0; probabilities.len() + 1];
        for option in (0..probabilities.len()).rev() {
            tails[option] = tails[option + 1] + probabilities[option];
        }
        let conditional = probabilities
            .iter()
            .zip(&tails)
            .map(|(probability, tail)| Threshold::new(if *tail > 0.0 { probability / tail } else { 1.0 }))
            .collect();
        let mut cumulative: Vec<f64> = Vec::with_capacity(probabilities.len());
        for probability in &probabilities {
            cumulative.push(cumulative.last().unwrap_or(&0.0) + probability);
        }
        // Whatever rounding leaves goes to the last option that is possible.
        if let Some(last) = probabilities.iter().rposition(|probability| *probability > 0.0) {
            for total in &mut cumulative[last..] {
                *total = f64::INFINITY;
            }
        }
        Self { probabilities, conditional, cumulative }
    }
}

/// The worlds of one option after another: each a Bernoulli draw, with the chance of that option given that it is none of those
/// before it, among the worlds left over. Each option has its own part of the stream. Exact for any number of options.
pub(crate) fn draw<'a>(
    key: &StreamKey,
    block: u64,
    options: usize,
    rows: &(impl Iterator<Item = (&'a Plane, &'a Options)> + Clone),
    mut fill: impl FnMut(usize, &Plane),
) {
    let mut left = EVERYWHERE;
    for option in 0..options {
        let chosen = if option + 1 == options {
            left
        } else {
            let thresholds = rows.clone().map(|(mask, row)| (mask, row.conditional[option]));
            bernoulli::draw(&mut key.open_part(block, option as u64), &left, &thresholds)
        };
        for word in 0..WORDS {
            left[word] &= !chosen[word];
        }
        fill(option, &chosen);
    }
}

/// From uniforms: a high uniform means a high option.
pub(crate) fn draw_from_uniforms<'a>(
    uniforms: &[f64],
    options: usize,
    rows: &(impl Iterator<Item = (&'a Plane, &'a Options)> + Clone),
    mut fill: impl FnMut(usize, &Plane),
) {
    let mut before = [0; WORDS];
    for option in 0..options {
        let mut up_to = [0; WORDS];
        for (mask, row) in rows.clone() {
            let limit = row.cumulative[option];
            for word in 0..WORDS {
                let mut bits = 0;
                for bit in 0..64 {
                    bits |= u64::from(uniforms[64 * word + bit] < limit) << bit;
                }
                up_to[word] |= bits & mask[word];
            }
        }
        let mut chosen = [0; WORDS];
        for word in 0..WORDS {
            chosen[word] = up_to[word] & !before[word];
        }
        before = up_to;
        fill(option, &chosen);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::block::count;

    #[test]
    fn shares_meet_the_chances_and_exactly_one_option_holds() {
        let row = Options::new(vec![0.1, 0.0, 0.6, 0.25, 0.05]);
        let key = StreamKey::new(1, "categorical");
        let uniform_key = StreamKey::new(1, "uniform");
        let blocks = 300;
        for from_uniforms in [false, true] {
            let mut counts = [0; 5];
            for block in 0..blocks {
                let mut seen = [0; WORDS];
                let fill = |option: usize, plane: &Plane| {
                    counts[option] += count(plane);
                    for (seen, word) in seen.iter_mut().zip(plane) {
                        assert_eq!(*seen & word, 0);
                        *seen |= word;
                    }
                };
                let rows = &std::iter::once((&EVERYWHERE, &row));
                if from_uniforms {
                    let mut uniforms = vec![0.0; 4096];
                    uniform_key.open(block).uniforms(&mut uniforms);
                    draw_from_uniforms(&uniforms, 5, rows, fill);
                } else {
                    draw(&key, block, 5, rows, fill);
                }
                assert_eq!(seen, EVERYWHERE);
            }
            let worlds = blocks as f64 * 4096.0;
            assert_eq!(counts[1], 0);
            for (count, chance) in counts.iter().zip(&row.probabilities) {
                // 5.2 standard errors, 8 cases: false alarms 1.6e-6.
                let error = (chance * (1.0 - chance) / worlds).sqrt();
                assert!((*count as f64 / worlds - chance).abs() <= 5.2 * error);
            }
        }
    }
}
