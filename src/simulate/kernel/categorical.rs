//! Draws of one of several options, one bit column each.

use super::bernoulli::{self, Space};
use super::by_world::ByWorld;
use super::chances::{Chances, Threshold};
use crate::plan::PlaneId;
use crate::simulate::block::{Aligned, EVERYWHERE, Plane, VECTORS, WORDS, set_vector, vector};
use crate::simulate::streams::Address;
use fearless_simd::{Level, Simd, dispatch};

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
pub(crate) fn chances(rows: &[(Option<PlaneId>, &Options)], spare: PlaneId) -> Vec<Chances> {
    let options = rows.first().map_or(0, |(_, row)| row.thresholds.len());
    (0..options.saturating_sub(1))
        .map(|option| {
            let thresholds: Vec<_> = rows.iter().map(|(mask, row)| (*mask, row.thresholds[option])).collect();
            Chances::new(&thresholds, spare)
        })
        .collect()
}

/// The worlds of each option: each world has one uniform of 64 bits, and a high one means a high option.
pub(crate) fn draw(
    level: Level,
    address: Address<'_>,
    chances: &[Chances],
    planes: &mut [Aligned],
    space: &mut Space,
    out: &[PlaneId],
) {
    let Some((last, others)) = out.split_last() else { return };
    bernoulli::draw(level, address, chances, planes, space, others);
    planes[last.0 as usize].0 = EVERYWHERE;
    dispatch!(level, simd => part(simd, planes, out));
}

/// Leaves to each option the worlds that none before it has; until then it has theirs as well.
#[inline(always)]
fn part<S: Simd>(simd: S, planes: &mut [Aligned], options: &[PlaneId]) {
    for options in options.windows(2).rev() {
        let (before, option) = (options[0].0 as usize, options[1].0 as usize);
        for at in 0..VECTORS {
            let left = vector(simd, &planes[option], at) & !vector(simd, &planes[before], at);
            set_vector(&mut planes[option], at, left);
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
        let chances = chances(&[(None, &row)], PlaneId(5));
        let options = [0, 1, 2, 3, 4].map(PlaneId);
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
                    draw(Level::new(), address, &chances, &mut planes, &mut Space::default(), &options);
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
