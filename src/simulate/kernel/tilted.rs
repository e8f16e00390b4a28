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

use super::categorical::{self, Options};
use super::chances::{Chances, Threshold};
use super::evidence;
use crate::math::{exp, ln};
use crate::plan::PlaneId;
use crate::simulate::block::{EVERYWHERE, Plane, WORDS, WORLDS_PER_BLOCK};
use crate::simulate::streams::Stream;

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

    /// Adds what some worlds have drawn.
    pub(crate) fn count(&mut self, worlds: &Plane, log_ratio: f64) {
        evidence::add(&mut self.log_ratios, worlds, log_ratio);
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

/// A draw of a step from a proposal, made ready once for all blocks. Its rows are split in two: first the worlds that draw from the
/// proposal, then those that draw as planned, in the columns of [`Arena::halve`](crate::simulate::block::Arena::halve).
#[derive(Debug, Clone)]
pub(crate) enum TiltedDraw<'a> {
    /// Of a yes/no event.
    Chances(Chances, LogRatios),
    /// Of one of several options.
    Options(Vec<Chances>, LogRatios),
    /// Of uniforms: a density for each member that is tilted.
    Uniforms(&'a [Option<Bins>]),
}

/// For each row `ln(q / f)` of each option, no and yes being two; `None` where the row is drawn as planned.
pub(crate) type LogRatios = Vec<Option<Vec<f64>>>;

impl<'a> TiltedDraw<'a> {
    /// From the chance of each row and the one proposed.
    pub(crate) fn of_chances(split: &[[PlaneId; 2]], chances: &[f64], proposed: &[Option<f64>]) -> Self {
        let mut rows = Vec::with_capacity(2 * chances.len());
        let mut log_ratios = Vec::with_capacity(chances.len());
        for ((split, chance), proposed) in split.iter().zip(chances).zip(proposed) {
            let proposed = proposed.filter(|_| *chance > 0.0 && *chance < 1.0);
            rows.push((Some(split[0]), Threshold::new(proposed.unwrap_or(*chance))));
            rows.push((Some(split[1]), Threshold::new(*chance)));
            log_ratios
                .push(proposed.map(|proposed| vec![ln((1.0 - proposed) / (1.0 - chance)), ln(proposed / chance)]));
        }
        Self::Chances(Chances::new(&rows, behind(split)), log_ratios)
    }

    /// From the chances of the options of each row and those proposed.
    pub(crate) fn of_options(split: &[[PlaneId; 2]], options: &[Options], proposed: &[Option<Options>]) -> Self {
        let mut rows = Vec::with_capacity(2 * options.len());
        let mut log_ratios = Vec::with_capacity(options.len());
        // What the plan cannot draw weighs nothing.
        let log_ratio = |(q, f): (&f64, &f64)| if *f > 0.0 { ln(q / f) } else { f64::INFINITY };
        for ((split, options), proposed) in split.iter().zip(options).zip(proposed) {
            rows.push((Some(split[0]), proposed.as_ref().unwrap_or(options)));
            rows.push((Some(split[1]), options));
            let ratios =
                |proposed: &Options| proposed.probabilities.iter().zip(&options.probabilities).map(log_ratio).collect();
            log_ratios.push(proposed.as_ref().map(ratios));
        }
        Self::Options(categorical::chances(&rows, behind(split)), log_ratios)
    }

    /// The density over the uniform of a member.
    pub(crate) fn bins(&self, member: usize) -> Option<&'a Bins> {
        match self {
            Self::Uniforms(bins) => bins.get(member).and_then(Option::as_ref),
            _ => None,
        }
    }
}

/// The first column behind these.
fn behind(split: &[[PlaneId; 2]]) -> PlaneId {
    PlaneId(split.last().map_or(0, |[_, last]| last.0 + 1))
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
    use crate::simulate::streams::StreamKey;

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
