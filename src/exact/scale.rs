//! Products of many small numbers.

use std::cmp::Ordering;

/// A number with its power of two kept apart, so that a product of thousands of probabilities does not become 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scaled {
    /// From ½ up to below 1, or 0.
    mantissa: f64,
    exponent: i64,
}

impl Scaled {
    /// The number 1.
    pub(super) const ONE: Self = Self { mantissa: 0.5, exponent: 1 };

    /// Multiplies by a number that is not negative.
    pub(super) fn multiply(&mut self, factor: f64) {
        let (mantissa, exponent) = parts(factor);
        let (product, more) = parts(self.mantissa * mantissa);
        self.mantissa = product;
        self.exponent += exponent + more;
    }

    /// Divides by a number that is not 0.
    #[must_use]
    pub(super) fn over(self, divisor: Self) -> Self {
        let (mantissa, exponent) = parts(self.mantissa / divisor.mantissa);
        Self { mantissa, exponent: self.exponent - divisor.exponent + exponent }
    }

    /// Which is the larger.
    pub(super) fn compare(self, other: Self) -> Ordering {
        match (self.is_zero(), other.is_zero()) {
            (false, false) => self.exponent.cmp(&other.exponent).then(self.mantissa.total_cmp(&other.mantissa)),
            (zero, other_zero) => other_zero.cmp(&zero),
        }
    }

    /// Whether it is 0.
    pub(super) fn is_zero(self) -> bool {
        self.mantissa == 0.0
    }

    /// As a plain number: 0 where that is too small to be held.
    pub(super) fn value(self) -> f64 {
        let mut value = self.mantissa;
        let mut left = self.exponent.clamp(-2200, 2200);
        // Two steps, since the power itself may be out of range where the product is not.
        while left != 0 {
            let step = left.clamp(-1000, 1000);
            value *= f64::from_bits(((1023 + step) as u64) << 52);
            left -= step;
        }
        value
    }
}

/// Mantissa from ½ up to below 1 and exponent.
fn parts(value: f64) -> (f64, i64) {
    if value == 0.0 || !value.is_finite() {
        return (value, 0);
    }
    let (scaled, offset) =
        if value < f64::MIN_POSITIVE { (value * f64::from_bits((1023 + 64) << 52), 64) } else { (value, 0) };
    let bits = scaled.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i64 - 1022;
    (f64::from_bits((bits & !(0x7ff << 52)) | (1022 << 52)), exponent - offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_out_of_range_comes_back_into_it() {
        let mut product = Scaled::ONE;
        (0..5000).for_each(|_| product.multiply(1e-300));
        assert!(!product.is_zero());
        assert_eq!(product.value(), 0.0);
        (0..5000).for_each(|_| product.multiply(1e300));
        assert!((product.value() - 1.0).abs() < 1e-11, "{}", product.value());
        let mut one = Scaled::ONE;
        for factor in [0.3, 5e-324, f64::from_bits((1023 + 1000) << 52), f64::from_bits((1023 + 74) << 52)] {
            one.multiply(factor);
        }
        assert!((one.value() - 0.3).abs() < 1e-15, "{}", one.value());
        one.multiply(0.0);
        assert!(one.is_zero() && one.value() == 0.0);
    }
}
