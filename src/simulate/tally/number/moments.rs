//! Weight, mean and squares of numbers, which merge.

/// Weighted mean and squares about it, which merge without losing digits.
///
/// Source: Chan, Golub & LeVeque (1983), Amer. Statist. 37, 242–247.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Moments {
    pub(super) weight: f64,
    pub(super) mean: f64,
    /// `Σ w (x - mean)²`.
    pub(super) squares: f64,
}

impl Moments {
    pub(super) fn of(values: impl Iterator<Item = (f64, f64)> + Clone) -> Self {
        let (mut weight, mut sum) = (0.0, 0.0);
        for (value, world_weight) in values.clone() {
            if world_weight > 0.0 {
                weight += world_weight;
                sum += world_weight * value;
            }
        }
        if weight <= 0.0 {
            return Self::default();
        }
        let mean = sum / weight;
        let squares =
            values.fold(
                0.0,
                |squares, (value, weight)| {
                    if weight > 0.0 { squares + weight * (value - mean) * (value - mean) } else { squares }
                },
            );
        Self { weight, mean, squares }.or_infinite()
    }

    pub(super) fn combine(&mut self, later: &Self) {
        if later.weight <= 0.0 {
            return;
        }
        if self.weight <= 0.0 {
            *self = *later;
            return;
        }
        let weight = self.weight + later.weight;
        let distance = later.mean - self.mean;
        let mean =
            if distance.is_finite() { self.mean + distance * (later.weight / weight) } else { self.mean + later.mean };
        let squares = self.squares + later.squares + distance * distance * (self.weight * later.weight / weight);
        *self = Self { weight, mean, squares }.or_infinite();
    }

    /// With infinite numbers among them the spread is infinite.
    fn or_infinite(mut self) -> Self {
        if !self.mean.is_finite() || self.squares.is_nan() {
            self.squares = f64::INFINITY;
        }
        self
    }

    /// `Σ w (x - centre)²`.
    pub(super) fn spread_about(&self, centre: f64) -> f64 {
        let spread = self.squares + self.weight * (self.mean - centre) * (self.mean - centre);
        if spread.is_nan() { f64::INFINITY } else { spread }
    }
}
