//! Draws from a proposal instead of the plan's own distribution, and what that does to the weights.
//!
//! A world belongs to one of two components: with probability [`DEFENSIVE`] it draws as the plan says, otherwise from the
//! proposal. Its weight is the density of the plan over that of the mixture,
//!
//! ```text
//! w = f / (a f + (1 - a) q) = 1 / (a + (1 - a) r)        r = q / f
//! ```
//!
//! so no weight is above `1 / a`, whatever the proposal (Hesterberg 1995, Technometrics 37, 185–194).

use super::bernoulli::{self, Threshold};
use super::categorical::{self, Options};
use crate::math::{exp, ln};
use crate::simulate::block::{EVERYWHERE, Plane, WORDS, WORLDS_PER_BLOCK, both, for_each_world};
use crate::simulate::streams::{Stream, StreamKey};

/// The share of worlds that draw as the plan says.
pub(crate) const DEFENSIVE: f64 = 0.125;

/// Cells down to this power of two from either end of (0, 1).
const OCTAVES: u32 = 44;

/// Which component each world of a block belongs to, and how much likelier the proposal makes it.
#[derive(Debug, Clone)]
pub(crate) struct Tilting {
    /// Worlds that draw from the proposal.
    pub(crate) tilted: Plane,
    /// `ln(q / f)` of what has been drawn so far.
    pub(crate) log_ratios: Vec<f64>,
}

impl Default for Tilting {
    fn default() -> Self {
        Self { tilted: [0; WORDS], log_ratios: Vec::new() }
    }
}

impl Tilting {
    /// Deals out the worlds of a block.
    pub(crate) fn start(&mut self, stream: &mut Stream) {
        self.log_ratios.clear();
        self.log_ratios.resize(WORLDS_PER_BLOCK, 0.0);
        let mut as_planned = EVERYWHERE;
        // Three random planes: all three say yes in one world of eight.
        for _ in 0..3 {
            for group in as_planned.chunks_exact_mut(8) {
                for (word, random) in group.iter_mut().zip(stream.next_words()) {
                    *word &= random;
                }
            }
        }
        self.tilted = as_planned.map(|word| !word);
    }

    /// `f / (a f + (1 - a) q)` of a world.
    pub(crate) fn factor(&self, world: usize) -> f64 {
        1.0 / (DEFENSIVE + (1.0 - DEFENSIVE) * exp(self.log_ratios[world]))
    }

    /// Multiplies the weights by that.
    pub(crate) fn weigh(&self, weights: &mut [f64]) {
        for (world, weight) in weights.iter_mut().enumerate() {
            *weight *= self.factor(world);
        }
    }

    /// Draws yes/no from rows of (where, chance, proposed chance).
    pub(crate) fn bernoulli(&mut self, stream: &mut Stream, rows: &[(Plane, f64, Option<f64>)]) -> Plane {
        let not_tilted = self.tilted.map(|word| !word);
        let mut split: Vec<(Plane, Threshold)> = Vec::with_capacity(2 * rows.len());
        for (mask, chance, proposed) in rows {
            match proposed.filter(|_| is_open(*chance)) {
                None => split.push((*mask, Threshold::new(*chance))),
                Some(proposed) => {
                    split.push((both(mask, &self.tilted), Threshold::new(proposed)));
                    split.push((both(mask, &not_tilted), Threshold::new(*chance)));
                }
            }
        }
        let yes = bernoulli::draw(stream, &EVERYWHERE, &split.iter().map(|(mask, threshold)| (mask, *threshold)));
        for (mask, chance, proposed) in rows {
            let Some(proposed) = proposed.filter(|_| is_open(*chance)) else { continue };
            let (if_yes, if_no) = (ln(proposed / chance), ln((1.0 - proposed) / (1.0 - chance)));
            for_each_world(mask, |world| {
                let holds = (yes[world / 64] >> (world % 64)) & 1 == 1;
                self.log_ratios[world] += if holds { if_yes } else { if_no };
            });
        }
        yes
    }

    /// Draws one of several options from rows of (where, chances, proposed chances).
    pub(crate) fn categorical(
        &mut self,
        key: &StreamKey,
        block: u64,
        rows: &[(Plane, &Options, Option<&Options>)],
        planes: &mut [Plane],
    ) {
        let not_tilted = self.tilted.map(|word| !word);
        let mut split: Vec<(Plane, &Options)> = Vec::with_capacity(2 * rows.len());
        for (mask, options, proposed) in rows {
            match proposed {
                None => split.push((*mask, options)),
                Some(proposed) => {
                    split.push((both(mask, &self.tilted), proposed));
                    split.push((both(mask, &not_tilted), options));
                }
            }
        }
        let masked = split.iter().map(|(mask, options)| (mask, *options));
        categorical::draw(key, block, planes.len(), &masked, |option, plane| planes[option] = *plane);
        for (mask, options, proposed) in rows {
            let Some(proposed) = proposed else { continue };
            for (option, plane) in planes.iter().enumerate() {
                let (chance, proposed) = (options.probabilities[option], proposed.probabilities[option]);
                // What the plan cannot draw weighs nothing.
                let log_ratio = if chance > 0.0 { ln(proposed / chance) } else { f64::INFINITY };
                for_each_world(&both(mask, plane), |world| self.log_ratios[world] += log_ratio);
            }
        }
    }

    /// Uniforms from a proposal.
    pub(crate) fn uniforms(&mut self, bins: &Bins, uniforms: &mut [f64]) {
        for (world, uniform) in uniforms.iter_mut().enumerate() {
            let tilted = (self.tilted[world / 64] >> (world % 64)) & 1 == 1;
            let bin = if tilted { bins.draw(uniform) } else { bins.bin_of(*uniform) };
            self.log_ratios[world] += bins.log_ratios[bin];
        }
    }
}

fn is_open(chance: f64) -> bool {
    chance > 0.0 && chance < 1.0
}

/// The ends of the cells of a proposal over a uniform: octaves down to 2^-44 from either end, 1/32 wide in the middle.
pub(crate) fn edges() -> Vec<f64> {
    let mut lower: Vec<f64> = vec![0.0];
    lower.extend((4..=OCTAVES).rev().map(|octave| 1.0 / (1_u64 << octave) as f64));
    lower.extend((3..16).map(|step| f64::from(step) / 32.0));
    let upper: Vec<f64> = lower.iter().rev().map(|edge| 1.0 - edge).collect();
    lower.push(0.5);
    lower.extend(upper);
    lower
}

/// A density over (0, 1) that is constant in each of the cells between [`edges`].
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bins {
    /// The probability of each cell; none is 0.
    pub(crate) masses: Vec<f64>,
    edges: Vec<f64>,
    starts: Vec<f64>,
    log_ratios: Vec<f64>,
}

impl Bins {
    /// From the probability of each cell, which need not sum to 1 but must be positive; `None` if they are not, or not as many.
    pub(crate) fn new(masses: &[f64]) -> Option<Self> {
        let edges = edges();
        let total: f64 = masses.iter().sum();
        if masses.len() + 1 != edges.len() || !masses.iter().all(|mass| *mass > 0.0) || !total.is_finite() {
            return None;
        }
        let scaled: Vec<f64> = masses.iter().map(|mass| mass / total).collect();
        let mut starts = Vec::with_capacity(scaled.len());
        let mut sum = 0.0;
        for mass in &scaled {
            starts.push(sum);
            sum += mass;
        }
        let log_ratios =
            scaled.iter().zip(edges.windows(2)).map(|(mass, ends)| ln(mass / (ends[1] - ends[0]))).collect();
        Some(Self { masses: masses.to_vec(), edges, starts, log_ratios })
    }

    /// The cell of a uniform.
    pub(crate) fn bin_of(&self, uniform: f64) -> usize {
        self.edges.partition_point(|edge| *edge <= uniform).clamp(1, self.starts.len()) - 1
    }

    /// Turns a uniform into a draw; its cell.
    fn draw(&self, uniform: &mut f64) -> usize {
        const LEAST: f64 = 1.0 / (1_u64 << 60) as f64;
        let bin = self.starts.partition_point(|start| *start <= *uniform).max(1) - 1;
        let end = self.starts.get(bin + 1).copied().unwrap_or(1.0);
        let part = ((*uniform - self.starts[bin]) / (end - self.starts[bin])).clamp(0.0, 1.0);
        let (low, high) = (self.edges[bin], self.edges[bin + 1]);
        *uniform = (low + part * (high - low)).clamp(LEAST, 1.0 - f64::EPSILON / 2.0);
        bin
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masses_of_both_tails_come_out() {
        let edges = edges();
        assert!(edges.windows(2).all(|ends| ends[0] < ends[1]));
        let masses: Vec<f64> = edges
            .windows(2)
            .map(|ends| 1e-3 * (ends[1] - ends[0]) + if ends[0] > 0.9999 { 1.0 } else { 1e-9 })
            .collect();
        let bins = Bins::new(&masses).unwrap();
        for (at, (ends, log_ratio)) in edges.windows(2).zip(&bins.log_ratios).enumerate() {
            let (start, end) = (bins.starts[at], bins.starts.get(at + 1).copied().unwrap_or(1.0));
            assert!((exp(*log_ratio) * (ends[1] - ends[0]) - (end - start)).abs() < 1e-12);
            let mut uniform = f64::midpoint(start, end);
            assert_eq!(bins.draw(&mut uniform), at);
            assert!((uniform - f64::midpoint(ends[0], ends[1])).abs() < 1e-3 * (ends[1] - ends[0]), "{at} {uniform}");
            assert_eq!(bins.bin_of(uniform), at);
        }
    }

    #[test]
    fn weights_make_a_proposal_say_what_the_plan_says() {
        let edges = edges();
        // Half of the mass below 2^-20.
        let masses: Vec<f64> = edges
            .windows(2)
            .map(|ends| 0.5 * (ends[1] - ends[0]) + if ends[1] <= 1e-6 { 0.5 / 25.0 } else { 0.0 })
            .collect();
        let bins = Bins::new(&masses).unwrap();
        let (mut below, mut square, mut all) = (0.0, 0.0, 0.0);
        let worlds = 200.0 * 4096.0;
        for block in 0..200 {
            let mut tilting = Tilting::default();
            tilting.start(&mut StreamKey::new(1, "component").open(block));
            let mut uniforms = vec![0.0; 4096];
            StreamKey::new(1, "uniform").open(block).uniforms(&mut uniforms);
            tilting.uniforms(&bins, &mut uniforms);
            for (world, uniform) in uniforms.iter().enumerate() {
                let weight = tilting.factor(world);
                assert!(weight <= 1.0 / DEFENSIVE && *uniform > 0.0 && *uniform < 1.0);
                all += weight;
                if *uniform < 1e-7 {
                    below += weight;
                    square += weight * weight;
                }
            }
        }
        // Six standard errors: false alarms 2e-9.
        let error = (square / worlds / worlds).sqrt();
        assert!(error < 1e-9 && (below / worlds - 1e-7).abs() < 6.0 * error, "{} ± {error}", below / worlds);
        assert!((all / worlds - 1.0).abs() < 6.0 * (2.0 / worlds).sqrt());
    }
}
