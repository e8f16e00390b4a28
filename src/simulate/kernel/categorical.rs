//! Draws of one of several options, one bit column each.

use super::bernoulli::{self, Chances, Threshold};
use crate::plan::PlaneId;
use crate::simulate::block::{EVERYWHERE, Plane, WORDS};
use crate::simulate::streams::StreamKey;
use fearless_simd::Level;

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

/// The chances of all rows, made ready: for each option but the last, that it is chosen given that none before it is.
#[must_use]
pub(crate) fn chances(rows: &[(Option<PlaneId>, &Options)]) -> Vec<Chances> {
    let options = rows.first().map_or(0, |(_, row)| row.conditional.len());
    (0..options.saturating_sub(1))
        .map(|option| {
            let thresholds: Vec<_> = rows.iter().map(|(mask, row)| (*mask, row.conditional[option])).collect();
            Chances::new(&thresholds)
        })
        .collect()
}

/// The worlds of one option after another: each a Bernoulli draw, with the chance of that option given that it is none of those
/// before it, among the worlds left over. Each option has its own part of the stream. Exact for any number of options.
pub(crate) fn draw(
    level: Level,
    (key, block): (&StreamKey, u64),
    chances: &[Chances],
    planes: &[Plane],
    out: &mut [Plane],
) {
    let mut left = EVERYWHERE;
    let Some((last, others)) = out.split_last_mut() else { return };
    for (option, (chances, chosen)) in chances.iter().zip(others).enumerate() {
        let among = (option > 0).then_some(&left);
        bernoulli::draw(level, (key, block, option as u64), among, chances, planes, chosen);
        for (left, chosen) in left.iter_mut().zip(&*chosen) {
            *left &= !chosen;
        }
    }
    *last = left;
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
        let chances = chances(&[(None, &row)]);
        let key = StreamKey::new(1, "categorical");
        let uniform_key = StreamKey::new(1, "uniform");
        let blocks = 300;
        for from_uniforms in [false, true] {
            let mut counts = [0; 5];
            for block in 0..blocks {
                let mut seen = [0; WORDS];
                let mut fill = |option: usize, plane: &Plane| {
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
                    draw_from_uniforms(&uniforms, 5, rows, &mut fill);
                } else {
                    let mut planes = [[0; WORDS]; 5];
                    draw(Level::new(), (&key, block), &chances, &[], &mut planes);
                    planes.iter().enumerate().for_each(|(option, plane)| fill(option, plane));
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
