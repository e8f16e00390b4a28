//! The functions of one number that expressions may use, by name.

use super::{cos, exp, ln, sin, sqrt};

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
