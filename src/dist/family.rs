//! The list of families that can be called by name.

use crate::dist::{Distribution, ParameterError};
use std::fmt;
use std::sync::Arc;

/// Makes a distribution from its arguments.
pub type Build = fn(&[f64]) -> Result<Arc<dyn Distribution>, ParameterError>;

/// A family of distributions that can be called by name.
#[derive(Clone, Copy)]
pub struct Family {
    /// The name, as in `normal`.
    pub name: &'static str,
    /// The parameters' names in their order, as in `mean`, `sd`.
    pub parameters: &'static [&'static str],
    /// What it is, in one line.
    pub description: &'static str,
    /// A call, as in `normal(10, 2)`.
    pub example: &'static str,
    /// Whether it sits on whole numbers.
    pub discrete: bool,
    /// Makes a member of the family from as many arguments as there are parameters.
    pub build: Build,
}

impl Family {
    /// The name with its parameters, as in `normal(mean, sd)`.
    #[must_use]
    pub fn signature(&self) -> String {
        format!("{}({})", self.name, self.parameters.join(", "))
    }
}

impl fmt::Debug for Family {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Family")
            .field("name", &self.name)
            .field("parameters", &self.parameters)
            .finish_non_exhaustive()
    }
}

/// Every family, in the order of the documentation.
pub const FAMILIES: &[Family] = &[
    crate::dist::normal::FAMILY,
    crate::dist::lognormal::FAMILY,
    crate::dist::uniform::FAMILY,
    crate::dist::triangular::FAMILY,
    crate::dist::pert::FAMILY,
    crate::dist::beta::FAMILY,
    crate::dist::gamma::FAMILY,
    crate::dist::exponential::FAMILY,
    crate::dist::weibull::FAMILY,
    crate::dist::logistic::FAMILY,
    crate::dist::student_t::FAMILY,
    crate::dist::pareto::FAMILY,
    crate::dist::cauchy::FAMILY,
    crate::dist::laplace::FAMILY,
    crate::dist::gumbel::FAMILY,
    crate::dist::chi_squared::FAMILY,
    crate::dist::inverse_gamma::FAMILY,
    crate::dist::half_normal::FAMILY,
    crate::dist::poisson::FAMILY,
    crate::dist::binomial::FAMILY,
    crate::dist::negative_binomial::FAMILY,
    crate::dist::geometric::FAMILY,
];

/// The member of the family `name` with these parameters.
///
/// ```
/// let normal = foretell::dist::family("normal", &[10.0, 2.0]).expect("the parameters are sound");
/// assert_eq!(normal.mean(), Some(10.0));
/// ```
///
/// # Errors
/// When no family has that name, when the number of arguments is wrong, and when an argument is outside its range.
pub fn family(name: &str, arguments: &[f64]) -> Result<Arc<dyn Distribution>, ParameterError> {
    let Some(family) = FAMILIES.iter().find(|family| family.name == name) else {
        return Err(unknown(name));
    };
    let (wanted, given) = (family.parameters.len(), arguments.len());
    if wanted != given {
        let plural = if wanted == 1 { "" } else { "s" };
        let verb = if given == 1 { "is" } else { "are" };
        let signature = family.signature();
        return Err(ParameterError::new(format!(
            "{signature} takes {wanted} argument{plural}, but {given} {verb} given"
        ))
        .with_help(format!("write for example `{}`", family.example)));
    }
    (family.build)(arguments)
}

fn unknown(name: &str) -> ParameterError {
    let nearest = FAMILIES
        .iter()
        .map(|family| (strsim::damerau_levenshtein(&name.to_lowercase(), family.name), family))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, family)| *distance <= 1 + family.name.len() / 4 || family.name.starts_with(name));
    let error = ParameterError::new(format!("there is no family of distributions named `{name}`"));
    if let Some((_, family)) = nearest {
        return error.with_help(format!("did you mean `{}`?", family.signature()));
    }
    let names: Vec<&str> = FAMILIES.iter().map(|family| family.name).collect();
    error.with_help(format!("the families are {}", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_is_answered_with_the_nearest_name() {
        let error = family("nromal", &[1.0, 2.0]).unwrap_err();
        assert_eq!(error.message, "there is no family of distributions named `nromal`");
        assert_eq!(error.help.as_deref(), Some("did you mean `normal(mean, sd)`?"));
        assert!(family("zzz", &[]).unwrap_err().help.unwrap().starts_with("the families are normal, lognormal"));
    }

    #[test]
    fn a_wrong_number_of_arguments_names_the_parameters() {
        let error = family("pert", &[1.0]).unwrap_err();
        assert_eq!(error.message, "pert(low, mode, high) takes 3 arguments, but 1 is given");
        assert_eq!(
            family("poisson", &[1.0, 2.0]).unwrap_err().message,
            "poisson(mean) takes 1 argument, but 2 are given"
        );
    }

    #[test]
    fn the_message_names_the_parameter_the_rule_and_the_value() {
        let error = family("normal", &[0.0, -1.0]).unwrap_err();
        assert_eq!(error.message, "the standard deviation of normal(mean, sd) must be positive, but is -1");
        assert_eq!(error.argument, Some(1));
    }
}
