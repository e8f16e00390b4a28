//! How far the blocks of a stratified run differ: what the standard errors of its numbers come from.

use super::{Histogram, Moments};
use crate::simulate::answer::QUANTILE_LEVELS;
use crate::simulate::tally::share::ENOUGH_BLOCKS;
use crate::simulate::tally::{Lossless, Numbers};

/// From so many chunks on, the errors of quantiles come from the spread between chunks.
const ENOUGH_CHUNKS: f64 = 16.0;

/// The means of blocks, and the quantiles of chunks of eight blocks. Each counts as the square of its weight: then
///
/// ```text
/// se² = G/(G-1) Σ_g W_g² (x̄_g - x̄)² / (Σ_g W_g)²
/// ```
///
/// is the delta method's for the mean of blocks that are independent of each other; for quantiles it is that of batch quantiles (Asmussen &
/// Glynn 2007, Stochastic Simulation, section III.5).
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Spread {
    /// What the blocks weigh together.
    weight: f64,
    blocks: Moments,
    chunks: [Moments; QUANTILE_LEVELS.len()],
}

impl Spread {
    pub(super) fn add_block(&mut self, block: &Moments) {
        self.weight += block.weight;
        self.blocks.combine(&point(block.mean, block.weight));
    }

    pub(super) fn add_chunk(&mut self, weight: f64, histogram: &Histogram) {
        if weight > 0.0 {
            for (moments, level) in self.chunks.iter_mut().zip(QUANTILE_LEVELS) {
                moments.combine(&point(histogram.quantile(level), weight));
            }
        }
    }

    pub(super) fn combine(&mut self, later: &Self) {
        self.weight += later.weight;
        self.blocks.combine(&later.blocks);
        for (moments, later) in self.chunks.iter_mut().zip(&later.chunks) {
            moments.combine(later);
        }
    }

    /// The standard error of the mean; `None` if there are too few blocks to tell.
    pub(super) fn error_of_mean(&self, mean: f64) -> Option<f64> {
        self.error(&self.blocks, mean, ENOUGH_BLOCKS)
    }

    /// The standard error of the quantile at one of the [`QUANTILE_LEVELS`]; `None` at another, or if there are too few chunks to tell.
    pub(crate) fn error_of_quantile(&self, level: f64, quantile: f64) -> Option<f64> {
        let place = QUANTILE_LEVELS.iter().position(|one| *one == level)?;
        self.error(&self.chunks[place], quantile, ENOUGH_CHUNKS)
    }

    fn error(&self, of: &Moments, centre: f64, enough: f64) -> Option<f64> {
        let count = self.weight * self.weight / of.weight;
        (count >= enough).then(|| (of.spread_about(centre) * count / (count - 1.0)).sqrt() / self.weight)
    }

    pub(super) fn write(&self, out: &mut Vec<Lossless>) {
        out.push(Lossless(self.weight));
        self.blocks.write(out);
        self.chunks.iter().for_each(|moments| moments.write(out));
    }

    pub(super) fn read(numbers: &mut Numbers<'_>) -> Option<Self> {
        let mut spread = Self { weight: numbers.next()?, blocks: Moments::read(numbers)?, ..Self::default() };
        for moments in &mut spread.chunks {
            *moments = Moments::read(numbers)?;
        }
        Some(spread)
    }
}

fn point(value: f64, weight: f64) -> Moments {
    Moments::of(std::iter::once((value, weight * weight)))
}
