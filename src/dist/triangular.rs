//! The triangular distribution.

use crate::dist::parameter::Argument;
use crate::dist::{Distribution, Family, ParameterError, QuantileCost};
use std::sync::Arc;

const SIGNATURE: &str = "triangular(low, mode, high)";

pub(super) const FAMILY: Family = Family {
    name: "triangular",
    parameters: &["low", "mode", "high"],
    description: "rises in a line from low to the mode and falls in a line to high",
    example: "triangular(1, 2, 6)",
    discrete: false,
    build: |arguments| Ok(Arc::new(Triangular::new(arguments[0], arguments[1], arguments[2])?)),
};

/// The triangular distribution: the density is 0 at `low` and `high`, and `2/(high - low)` at `mode`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Triangular {
    low: f64,
    mode: f64,
    high: f64,
}

/// Three points in order, the outer two apart; for the families of low, mode and high.
pub(super) fn three_points(
    signature: &'static str,
    low: f64,
    mode: f64,
    high: f64,
) -> Result<(f64, f64, f64), ParameterError> {
    let low = Argument::new(signature, 0, "lower bound", low).finite()?;
    let (middle, upper) = (Argument::new(signature, 1, "mode", mode), Argument::new(signature, 2, "upper bound", high));
    let (mode, high) = (middle.finite()?, upper.finite()?);
    if high <= low {
        return Err(upper.error(&format!("be above the lower bound {low}")));
    }
    if !(low..=high).contains(&mode) {
        return Err(middle.error(&format!("lie between the bounds {low} and {high}")));
    }
    Ok((low, mode, high))
}

impl Triangular {
    /// The triangular distribution over `low..high` with this mode, which may lie on a bound.
    ///
    /// # Errors
    /// When `high` is not above `low`, or the mode is outside.
    pub fn new(low: f64, mode: f64, high: f64) -> Result<Self, ParameterError> {
        let (low, mode, high) = three_points(SIGNATURE, low, mode, high)?;
        Ok(Self { low, mode, high })
    }

    fn width(&self) -> f64 {
        self.high - self.low
    }

    /// The probability below the mode and above it.
    fn shares(&self) -> (f64, f64) {
        ((self.mode - self.low) / self.width(), (self.high - self.mode) / self.width())
    }
}

impl Distribution for Triangular {
    fn mean(&self) -> Option<f64> {
        Some((self.low + self.mode + self.high) / 3.0)
    }

    fn variance(&self) -> Option<f64> {
        let (width, rise) = (self.width(), self.mode - self.low);
        Some((width * width - width * rise + rise * rise) / 18.0)
    }

    fn cdf(&self, x: f64) -> f64 {
        if x <= self.low {
            0.0
        } else if x >= self.high {
            1.0
        } else if x < self.mode {
            (x - self.low) / self.width() * ((x - self.low) / (self.mode - self.low))
        } else {
            let (past, fall) = (x - self.mode, self.high - self.mode);
            (self.shares().0 + past / self.width() * ((fall - past + fall) / fall)).min(1.0)
        }
    }

    fn density(&self, x: f64) -> f64 {
        let peak = 2.0 / self.width();
        if !(self.low..=self.high).contains(&x) {
            0.0
        } else if x == self.mode {
            peak
        } else if x < self.mode {
            peak * ((x - self.low) / (self.mode - self.low))
        } else {
            peak * ((self.high - x) / (self.high - self.mode))
        }
    }

    fn quantile(&self, p: f64) -> f64 {
        let p = p.clamp(0.0, 1.0);
        let (below, above) = self.shares();
        if p <= below {
            self.low + self.width() * (p * below).sqrt()
        } else {
            // high - width √((1 - p) above), by its distance from the mode so that nothing cancels.
            let share = ((p - below) / above).clamp(0.0, 1.0);
            self.mode + (self.high - self.mode) * share / (1.0 + (1.0 - share).sqrt())
        }
    }

    fn survival(&self, x: f64) -> f64 {
        if x <= self.low {
            1.0
        } else if x >= self.high {
            0.0
        } else if x > self.mode {
            (self.high - x) / self.width() * ((self.high - x) / (self.high - self.mode))
        } else {
            let (short, rise) = (self.mode - x, self.mode - self.low);
            (self.shares().1 + short / self.width() * ((rise - short + rise) / rise)).min(1.0)
        }
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        let q = q.clamp(0.0, 1.0);
        let (below, above) = self.shares();
        if q <= above {
            self.high - self.width() * (q * above).sqrt()
        } else {
            let share = ((q - above) / below).clamp(0.0, 1.0);
            self.mode - (self.mode - self.low) * share / (1.0 + (1.0 - share).sqrt())
        }
    }

    fn support(&self) -> (f64, f64) {
        (self.low, self.high)
    }

    fn quantile_cost(&self) -> QuantileCost {
        QuantileCost::ClosedForm
    }

    fn kinks(&self) -> Vec<f64> {
        vec![self.shares().0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modelling_case_e4() {
        let triangular = Triangular::new(1.0, 2.0, 6.0).unwrap();
        assert_eq!(triangular.mean(), Some(3.0));
        assert!((triangular.variance().unwrap() - 7.0 / 6.0).abs() < 1e-15);
        assert!((triangular.quantile(0.5) - 2.837_722).abs() < 5e-7);
    }

    #[test]
    fn the_mode_may_lie_on_a_bound_but_not_outside() {
        let rising = Triangular::new(0.0, 1.0, 1.0).unwrap();
        assert!((rising.quantile(0.25) - 0.5).abs() < 1e-15);
        assert_eq!(rising.density(1.0), 2.0);
        assert_eq!(
            Triangular::new(1.0, 7.0, 6.0).unwrap_err().message,
            "the mode of triangular(low, mode, high) must lie between the bounds 1 and 6, but is 7"
        );
    }
}
