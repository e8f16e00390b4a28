//! What a stated number or count is drawn from.

use super::belief::located;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::dist::{self, Bound, Distribution, Gamma, Limited, MeanInDoubt, MeanOf, Rounded};
use crate::scenario::phrase::{CountPhrase, Limit, NumberPhrase, NumberShape};
use crate::source::{Span, Spanned};
use std::sync::Arc;

/// No time of a rate is longer, in days.
const LONGEST_DAYS: f64 = 1e6;

/// What a number is drawn from.
#[derive(Debug, Clone)]
pub enum NumberSpec {
    /// Always this.
    Constant(f64),
    /// A distribution.
    Distribution(Arc<dyn Distribution>),
    /// Normal or lognormal about a doubtful mean.
    MeanInDoubt {
        /// What is known of the mean, and the spread about it.
        law: MeanInDoubt,
        /// What is expected of the number, with the doubt in it.
        predictive: Arc<dyn Distribution>,
        /// Where it stands.
        span: Span,
    },
}

impl NumberSpec {
    /// What is expected of it, with all doubt in it; `None` of a constant.
    #[must_use]
    pub fn law(&self) -> Option<&Arc<dyn Distribution>> {
        match self {
            Self::Constant(_) => None,
            Self::Distribution(law) | Self::MeanInDoubt { predictive: law, .. } => Some(law),
        }
    }
}

/// What a count is drawn from.
#[derive(Debug, Clone)]
pub enum CountSpec {
    /// Always this.
    Constant(f64),
    /// A distribution over whole numbers.
    Distribution(Arc<dyn Distribution>),
    /// Poisson with a doubtful rate.
    PoissonGamma {
        /// The rate, in `1 / unit of exposure`.
        rate: Gamma,
        /// How long the count runs.
        exposure: f64,
        /// Where it stands.
        span: Span,
    },
}

/// The distribution behind a stated number. `of` names it in messages.
pub(super) fn number(phrase: &Spanned<NumberPhrase>, of: &str, found: &mut Diagnostics) -> Option<NumberSpec> {
    let span = phrase.value.shape.span;
    let base: Arc<dyn Distribution> = match &phrase.value.shape.value {
        NumberShape::Constant(value) => {
            if let Some(limit) = phrase.value.limits.first() {
                found.push(
                    Diagnostic::new(
                        "E0320",
                        limit.span,
                        format!("{of} is the constant {value}: a limit has nothing to limit"),
                    )
                    .help("leave the limit out, or give a range such as `40 to 90`"),
                );
                return None;
            }
            return Some(NumberSpec::Constant(*value));
        }
        NumberShape::Range { level, low, high } => range(*level, low, high, span, of, found)?,
        NumberShape::Quantiles(points) => {
            let places: Vec<Span> = points.iter().map(|(level, value)| level.span.to(value.span)).collect();
            let points: Vec<(f64, f64)> = points.iter().map(|(level, value)| (level.value, value.value)).collect();
            report(dist::from_quantiles(&points), "E0322", span, &places, found)?
        }
        NumberShape::Family { name, arguments } => {
            let spans: Vec<Span> = arguments.iter().map(|argument| argument.span).collect();
            let values: Vec<f64> = arguments.iter().map(|argument| argument.value).collect();
            report(dist::family(&name.value.to_lowercase(), &values), "E0323", name.span, &spans, found)?
        }
        NumberShape::MeanInDoubt { family, mean, doubt, sd } => {
            if let Some(limit) = phrase.value.limits.first() {
                found.push(
                    Diagnostic::new("E0331", limit.span, format!("{of} has its mean in doubt and cannot have a limit"))
                        .help("leave the limit out here, and limit what follows from it, as in `equals = \"max(0, price)\"`"),
                );
                return None;
            }
            let mean_of =
                if family.value.eq_ignore_ascii_case("lognormal") { MeanOf::Logarithm } else { MeanOf::Number };
            let law = MeanInDoubt::new(mean_of, mean.value, doubt.value, sd.value);
            let law = report(law, "E0323", span, &[mean.span, doubt.span, sd.span], found)?;
            return Some(NumberSpec::MeanInDoubt { law, predictive: law.predictive(), span: phrase.span });
        }
    };
    let (mut lower, mut upper): (Option<Bound>, Option<Bound>) = (None, None);
    for limit in &phrase.value.limits {
        let (side, bound) = match limit.value {
            Limit::AtLeast(value) => (&mut lower, Bound::Cap(value)),
            Limit::CutBelow(value) => (&mut lower, Bound::Cut(value)),
            Limit::AtMost(value) => (&mut upper, Bound::Cap(value)),
            Limit::CutAbove(value) => (&mut upper, Bound::Cut(value)),
        };
        if side.replace(bound).is_some() {
            found.push(
                Diagnostic::new("E0324", limit.span, format!("{of} has two limits on one side"))
                    .help("keep one of them"),
            );
            return None;
        }
    }
    if lower.is_none() && upper.is_none() {
        return Some(NumberSpec::Distribution(base));
    }
    let place = phrase.value.limits.iter().map(|limit| limit.span).reduce(Span::to).unwrap_or(span);
    let limited = Limited::new(base, lower, upper).map_err(|problem| match problem.help {
        None if problem.message.contains("bound") => {
            problem.with_help("write the lower limit first, and under the upper one")
        }
        _ => problem,
    });
    let limited = report(limited, "E0325", place, &[], found)?;
    Some(NumberSpec::Distribution(Arc::new(limited)))
}

fn report<T>(
    result: Result<T, dist::ParameterError>,
    code: &'static str,
    span: Span,
    arguments: &[Span],
    found: &mut Diagnostics,
) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(problem) => {
            let span = problem.argument.and_then(|at| arguments.get(at).copied()).unwrap_or(span);
            found.push(located(code, problem, span));
            None
        }
    }
}

fn range(
    level: f64,
    low: &Spanned<f64>,
    high: &Spanned<f64>,
    span: Span,
    of: &str,
    found: &mut Diagnostics,
) -> Option<Arc<dyn Distribution>> {
    if low.value >= high.value {
        found.push(
            Diagnostic::new(
                "E0321",
                low.span.to(high.span),
                if low.value == high.value {
                    format!("the range of {of} has no width: both ends are {}", low.value)
                } else {
                    format!("the range of {of} must run upwards, but runs from {} to {}", low.value, high.value)
                },
            )
            .help(if low.value == high.value {
                format!("write `{}` for a constant, or a wider range", low.value)
            } else {
                format!("write `{} to {}`", high.value, low.value)
            }),
        );
        return None;
    }
    report(dist::from_interval(level, low.value, high.value), "E0322", span, &[], found)
}

/// The distribution behind a stated count. `of` names it in messages.
pub(super) fn count(phrase: &Spanned<CountPhrase>, of: &str, found: &mut Diagnostics) -> Option<CountSpec> {
    let span = phrase.span;
    match &phrase.value {
        CountPhrase::Constant(value) => {
            if !(0.0..=1e15).contains(value) || value.fract() != 0.0 {
                found.push(
                    Diagnostic::new(
                        "E0326",
                        span,
                        format!("{of} is a count and must be a whole number from 0 to 1e15, but is {value}"),
                    )
                    .help("for any number use `value` instead of `count`"),
                );
                return None;
            }
            Some(CountSpec::Constant(*value))
        }
        CountPhrase::Family { name, arguments } => {
            let known = dist::FAMILIES.iter().find(|family| family.name == name.value.to_lowercase());
            if known.is_some_and(|family| !family.discrete) {
                found.push(
                    Diagnostic::new(
                        "E0327",
                        name.span,
                        format!("{of} is a count, but `{}` is not a distribution over whole numbers", name.value),
                    )
                    .help("use `value` instead of `count`, or poisson, binomial, negative_binomial or geometric"),
                );
                return None;
            }
            let spans: Vec<Span> = arguments.iter().map(|argument| argument.span).collect();
            let values: Vec<f64> = arguments.iter().map(|argument| argument.value).collect();
            report(dist::family(&name.value.to_lowercase(), &values), "E0323", name.span, &spans, found)
                .map(CountSpec::Distribution)
        }
        CountPhrase::PoissonGamma { shape, rate } => {
            let rate = report(Gamma::new(shape.value, rate.value), "E0323", span, &[shape.span, rate.span], found)?;
            Some(CountSpec::PoissonGamma { rate, exposure: 1.0, span })
        }
        CountPhrase::Rate { events, seen_in, over } => {
            let (seen, runs) = (seen_in.value.days(), over.value.days());
            let wrong = if !(0.0..=1e9).contains(&events.value) {
                let rule = format!("{of} must have been seen from 0 to 1e9 times, but is said to be {}", events.value);
                Some((events.span, rule))
            } else if !(seen > 0.0 && seen <= LONGEST_DAYS) {
                Some((seen_in.span, format!("the time in which {of} was seen must be over 0 and at most 1e6 days")))
            } else if !(runs > 0.0 && runs <= LONGEST_DAYS) {
                Some((over.span, format!("the time over which {of} is counted must be over 0 and at most 1e6 days")))
            } else {
                None
            };
            if let Some((place, message)) = wrong {
                found.push(
                    Diagnostic::new("E0328", place, message).help("write for instance `3 in 180 days, over 365 days`"),
                );
                return None;
            }
            let rate = report(Gamma::new(events.value + 0.5, seen), "E0323", span, &[], found)?;
            Some(CountSpec::PoissonGamma { rate, exposure: runs, span })
        }
        CountPhrase::Range { level, low, high } => {
            if low.value < 0.0 {
                found.push(
                    Diagnostic::new(
                        "E0326",
                        low.span,
                        format!("{of} is a count and cannot be under 0, but its range starts at {}", low.value),
                    )
                    .help("start at 0, or use `value` instead of `count`"),
                );
                return None;
            }
            let base = range(*level, low, high, span, of, found)?;
            Some(CountSpec::Distribution(Arc::new(Rounded::new(base))))
        }
    }
}
