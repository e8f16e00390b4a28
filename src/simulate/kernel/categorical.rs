//! Draws of one of several options, one bit column each.

use super::bernoulli::{self, Space};
use super::by_world::ByWorld;
use super::chances::{Chances, Threshold};
use crate::plan::PlaneId;
use crate::simulate::block::{Aligned, EVERYWHERE, Plane, WORDS};
use crate::simulate::streams::Address;
use fearless_simd::Level;

/// The chances of one row, made ready.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// Of each option.
    pub(crate) probabilities: Vec<f64>,
    /// Of each option and those before it, on the scale of the bits drawn.
    thresholds: Vec<Threshold>,
    /// The same for uniforms.
    cumulative: Vec<f64>,
}

impl Options {
    /// From probabilities that sum to 1.
    #[must_use]
    pub(crate) fn new(probabilities: Vec<f64>) -> Self {
        let mut total = (Threshold::new(0.0), 0.0);
        let (mut thresholds, mut cumulative): (Vec<_>, Vec<_>) = probabilities
            .iter()
            .map(|probability| {
                total = (total.0.and_then(Threshold::new(*probability)), total.1 + probability);
                total
            })
            .unzip();
        // Whatever rounding leaves goes to the last option that is possible.
        if let Some(last) = probabilities.iter().rposition(|probability| *probability > 0.0) {
            thresholds[last..].fill(Threshold::ALWAYS);
            cumulative[last..].fill(f64::INFINITY);
        }
        Self { probabilities, thresholds, cumulative }
    }
}

/// The chances of all rows, made ready: for each option but the last, that it is chosen or one before it.
#[must_use]
pub(crate) fn chances(rows: &[(Option<PlaneId>, &Options)]) -> Vec<Chances> {
    let options = rows.first().map_or(0, |(_, row)| row.thresholds.len());
    (0..options.saturating_sub(1))
        .map(|option| {
            let thresholds: Vec<_> = rows.iter().map(|(mask, row)| (*mask, row.thresholds[option])).collect();
            Chances::new(&thresholds)
        })
        .collect()
}

/// The worlds of each option: each world has one uniform of 64 bits, and a high one means a high option.
pub(crate) fn draw(
    level: Level,
    address: Address<'_>,
    chances: &[Chances],
    planes: &[Aligned],
    space: &mut Space,
    out: &mut [Aligned],
) {
    let Some((last, others)) = out.split_last_mut() else { return };
    bernoulli::draw(level, address, chances, planes, space, others);
    last.0 = EVERYWHERE;
    for option in (1..out.len()).rev() {
        let (before, from_here_on) = out.split_at_mut(option);
        for (chosen, before) in from_here_on[0].iter_mut().zip(&*before[option - 1]) {
            *chosen &= !before;
        }
    }
}

/// Draws the worlds of a row from uniforms: a high uniform means a high option.
pub(crate) fn draw_from_uniforms(uniforms: &[f64], mask: &Plane, chances: ByWorld<'_, Options>, out: &mut [Aligned]) {
    let mut before = [0; WORDS];
    for (option, out) in out.iter_mut().enumerate() {
        for word in 0..WORDS {
            let mut bits = 0;
            for bit in 0..64 {
                let world = 64 * word + bit;
                bits |= u64::from(uniforms[world] < chances.at(world).cumulative[option]) << bit;
            }
            out[word] |= bits & !before[word] & mask[word];
            before[word] = bits;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::block::count;
    use crate::simulate::strata::Design;
    use crate::simulate::streams::StreamKey;

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
                if from_uniforms {
                    let mut uniforms = vec![0.0; 4096];
                    uniform_key.open(block).uniforms(&mut uniforms);
                    let mut planes = [Aligned::default(); 5];
                    draw_from_uniforms(&uniforms, &EVERYWHERE, ByWorld::Same(&row), &mut planes);
                    planes.iter().enumerate().for_each(|(option, plane)| fill(option, plane));
                } else {
                    let mut planes = [Aligned::default(); 5];
                    let address = Address { key: &key, block, design: Design::Independent };
                    draw(Level::new(), address, &chances, &[], &mut Space::default(), &mut planes);
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
