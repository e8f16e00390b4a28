//! The functions of one number that expressions may use, by name, and powers.

use super::{cos, exp, ln, powf, sin, sqrt};

/// A function of one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// The size without the sign.
    Absolute,
    /// `e^x`.
    Exponential,
    /// The natural logarithm, of numbers over 0.
    Logarithm,
    /// The square root, of numbers from 0 on.
    SquareRoot,
    /// The sine of an angle in radians.
    Sine,
    /// The cosine of an angle in radians.
    Cosine,
}

/// The functions by the name they have in a file.
pub const FUNCTIONS: &[(&str, Function)] = &[
    ("abs", Function::Absolute),
    ("exp", Function::Exponential),
    ("ln", Function::Logarithm),
    ("sqrt", Function::SquareRoot),
    ("sin", Function::Sine),
    ("cos", Function::Cosine),
];

impl Function {
    /// Its name in a file.
    #[must_use]
    pub fn name(self) -> &'static str {
        FUNCTIONS.iter().find(|(_, function)| *function == self).map_or("", |(name, _)| name)
    }

    /// Its value; `None` where it has none: `ln` of a number that is not over 0, `sqrt` of one under 0. Infinite beyond the largest double.
    ///
    /// ```
    /// use foretell::math::Function;
    ///
    /// assert_eq!(Function::SquareRoot.value(9.0), Some(3.0));
    /// assert_eq!(Function::Logarithm.value(0.0), None);
    /// ```
    #[must_use]
    pub fn value(self, x: f64) -> Option<f64> {
        let value = match self {
            Self::Absolute => x.abs(),
            Self::Exponential => exp(x),
            Self::Logarithm if x > 0.0 => ln(x),
            Self::SquareRoot if x >= 0.0 => sqrt(x),
            Self::Logarithm | Self::SquareRoot => return None,
            Self::Sine => sin(x),
            Self::Cosine => cos(x),
        };
        (!value.is_nan()).then_some(value)
    }
}

/// `base^exponent`; `None` where it has no value: of a number under 0 to a power that is not whole, and of 0 to one under 0. `0^0` is 1. Infinite
/// beyond the largest double. A square is the product, correctly rounded.
///
/// ```
/// use foretell::math::power;
///
/// assert_eq!(power(-2.0, 3.0), Some(-8.0));
/// assert_eq!(power(9.0, 0.5), Some(3.0));
/// assert_eq!(power(-9.0, 0.5), None);
/// assert_eq!(power(0.0, -1.0), None);
/// assert_eq!(power(0.0, 0.0), Some(1.0));
/// ```
#[must_use]
pub fn power(base: f64, exponent: f64) -> Option<f64> {
    let value = if exponent == 2.0 {
        base * base
    } else if (base < 0.0 && exponent.fract() != 0.0) || (base == 0.0 && exponent < 0.0) {
        return None;
    } else {
        powf(base, exponent)
    };
    (!value.is_nan()).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_obey_their_laws() {
        for base in [0.25, 0.7, 1.0, 1.03, 9.0, 123.456] {
            for exponent in [-3.5, -1.0, 0.0, 0.5, 1.0, 2.0, 2.5, 7.0] {
                let near = |value: Option<f64>, expected: f64| {
                    let value = value.unwrap_or(f64::NAN);
                    assert!((value / expected - 1.0).abs() < 1e-13, "{base}^{exponent}: {value}, not {expected}");
                };
                near(power(base, exponent), exp(exponent * ln(base)));
                near(power(base, exponent).map(|value| value * base), power(base, exponent + 1.0).unwrap_or(f64::NAN));
            }
        }
        // Whole powers of numbers under 0 by repeated products.
        for (base, exponent, expected) in [(-1.5, 3.0, -3.375), (-1.5, 4.0, 5.0625), (-2.0, -2.0, 0.25)] {
            assert!((power(base, exponent).unwrap_or(f64::NAN) / expected - 1.0).abs() < 1e-15);
        }
        assert_eq!([power(-1e-9, 1.5), power(-0.0, -2.0), power(f64::NAN, 2.0)], [None; 3]);
        assert_eq!(power(10.0, 400.0), Some(f64::INFINITY));
    }
}
