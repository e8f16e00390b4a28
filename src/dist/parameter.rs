//! What is wrong with a parameter, and the checks the families share.

use std::fmt;

/// No parameter may be larger than this in size; it keeps squares and products of parameters finite.
pub(crate) const LARGEST: f64 = 1e100;

/// A parameter that a distribution cannot have, without a place; the caller knows the file and the column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterError {
    /// The position of the argument at fault, from 0, where it is one argument's.
    pub argument: Option<usize>,
    /// What is wrong, with the value and the rule; one line, no full stop.
    pub message: String,
    /// The way out, where there is one to suggest.
    pub help: Option<String>,
}

impl ParameterError {
    /// An error that is no single argument's.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self { argument: None, message: message.into(), help: None }
    }

    /// The same error, laid at the door of one argument.
    #[must_use]
    pub fn at(mut self, argument: usize) -> Self {
        self.argument = Some(argument);
        self
    }

    /// The same error with a way out.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for ParameterError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for ParameterError {}

/// One argument of one family: what the checks need to say what is wrong with it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Argument {
    /// As in `normal(mean, sd)`.
    pub(crate) signature: &'static str,
    pub(crate) position: usize,
    /// As in `standard deviation`.
    pub(crate) name: &'static str,
    pub(crate) value: f64,
}

impl Argument {
    /// The argument at `position` of the family with this signature.
    pub(crate) fn new(signature: &'static str, position: usize, name: &'static str, value: f64) -> Self {
        Self { signature, position, name, value }
    }

    /// The error "the NAME of SIGNATURE must RULE, but is VALUE".
    pub(crate) fn error(&self, rule: &str) -> ParameterError {
        let Self { signature, position, name, value } = *self;
        // A number of absurd size by its power of ten.
        let size = value.abs();
        let is_long = size.is_finite() && size > 0.0 && !(1e-9..1e15).contains(&size);
        let value = if is_long { format!("{value:e}") } else { value.to_string() };
        ParameterError::new(format!("the {name} of {signature} must {rule}, but is {value}")).at(position)
    }

    /// A number of moderate size.
    pub(crate) fn finite(&self) -> Result<f64, ParameterError> {
        if self.value.is_nan() || self.value.is_infinite() {
            return Err(self.error("be a number"));
        }
        if self.value.abs() > LARGEST {
            return Err(self.error("be at most 1e100 in size"));
        }
        Ok(self.value)
    }

    /// A positive number of moderate size: a scale, a rate.
    pub(crate) fn positive(&self) -> Result<f64, ParameterError> {
        let value = self.finite()?;
        if value <= 0.0 {
            return Err(self.error("be positive"));
        }
        if value < 1.0 / LARGEST {
            return Err(self.error("be at least 1e-100"));
        }
        Ok(value)
    }

    /// A positive number between a millionth and 1e15: a shape, degrees of freedom, a weight of evidence.
    pub(crate) fn shape(&self) -> Result<f64, ParameterError> {
        let value = self.positive()?;
        if !(1e-6..=1e15).contains(&value) {
            return Err(self.error("lie between 1e-6 and 1e15"));
        }
        Ok(value)
    }

    /// A probability, both ends allowed.
    pub(crate) fn probability(&self) -> Result<f64, ParameterError> {
        let value = self.finite()?;
        if !(0.0..=1.0).contains(&value) {
            return Err(self.error("lie between 0 and 1"));
        }
        Ok(value)
    }

    /// A probability above 0.
    pub(crate) fn positive_probability(&self) -> Result<f64, ParameterError> {
        let value = self.probability()?;
        if value <= 0.0 {
            return Err(self.error("be above 0 and at most 1"));
        }
        if value < 1e-15 {
            return Err(self.error("be at least 1e-15"));
        }
        Ok(value)
    }
}

/// Whether a number is one we compute with: not NaN, and at most [`LARGEST`] in size.
pub(crate) fn is_moderate(value: f64) -> bool {
    value.abs() <= LARGEST
}

/// The value if it is a finite number: moments that overflow do not exist for us.
pub(crate) fn finite_or_none(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_absurd_size_are_told_by_their_power_of_ten() {
        let told = |value: f64| Argument::new("normal(mean, sd)", 1, "standard deviation", value).positive();
        let message = |value: f64| told(value).expect_err("it cannot be").message;
        assert!(message(1e-300).ends_with("must be at least 1e-100, but is 1e-300"), "{}", message(1e-300));
        assert!(message(1e120).ends_with("but is 1e120"), "{}", message(1e120));
        assert!(message(-0.5).ends_with("must be positive, but is -0.5"), "{}", message(-0.5));
    }
}
