//! What is believed about a chance: its mean, and how much doubt there is about it.

use super::reference::{Classes, Member, like};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::dist::{Beta, Dirichlet, ParameterError};
use crate::math::{logistic, logit};
use crate::scenario::document::{ChanceNode, Text};
use crate::scenario::phrase::Chance;
use crate::source::{Span, Spanned};

/// One chance, as believed.
#[derive(Debug, Clone, PartialEq)]
pub struct Belief {
    /// Its mean: what the forecast uses.
    pub mean: f64,
    /// The doubt about it, if any is stated.
    pub prior: Option<Beta>,
    /// As written, if it was one phrase: what `update` can rewrite.
    pub stated: Option<Spanned<Chance>>,
    /// Where it stands.
    pub span: Span,
    /// Of which reference class it is that, if it is `like` one.
    pub member: Option<Box<Member>>,
}

/// The chances of several options, as believed.
#[derive(Debug, Clone)]
pub struct OptionsBelief {
    /// Their means, which sum to 1.
    pub means: Vec<f64>,
    /// As they were written, before rounding was taken out of their sum; the means where that was not done.
    pub stated: Vec<f64>,
    /// The doubt about them, if any is stated.
    pub prior: Option<Dirichlet>,
    /// The counts behind it, if it was stated as `"6, 30, 4 of 40"`.
    pub counts: Option<Vec<f64>>,
    /// Where it stands.
    pub span: Span,
}

/// How several experts become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pool {
    /// The weighted mean of probabilities.
    Linear,
    /// The weighted mean of log odds.
    LogOdds,
    /// The weighted median.
    Median,
}

/// The pooling rules by the name they have in a file.
pub const POOLS: &[(&str, Pool)] = &[("linear", Pool::Linear), ("log odds", Pool::LogOdds), ("median", Pool::Median)];

/// Turns a wrong parameter into a diagnostic at the place of the phrase.
pub(super) fn located(code: &'static str, problem: ParameterError, span: Span) -> Diagnostic {
    let diagnostic = Diagnostic::new(code, span, problem.message);
    match problem.help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

/// A share in percent, for messages.
pub(super) fn percent(share: f64) -> String {
    format!("{} %", crate::math::round_to(share * 100.0, 4))
}

/// Checks that a stated probability is one.
fn probability(value: f64, span: Span, of: &str, found: &mut Diagnostics) -> Option<f64> {
    if (0.0..=1.0).contains(&value) {
        return Some(value);
    }
    let help = if (2.0..=100.0).contains(&value) {
        format!("write {value} % as `{}` or `\"{value}%\"`", crate::math::round_to(value / 100.0, 10))
    } else {
        "a probability is a number such as `0.35` or a percentage such as `\"35%\"`".to_owned()
    };
    found.push(
        Diagnostic::new(
            "E0301",
            span,
            format!("the probability of {of} must lie between 0 and 1, but is {}", shown(value)),
        )
        .help(help),
    );
    None
}

/// A number for messages: short however large, and without the noise of its last digits.
pub(super) fn shown(value: f64) -> String {
    if value != 0.0 && !(1e-6..1e15).contains(&value.abs()) {
        return format!("{value:e}");
    }
    crate::math::round_to(value, 9).to_string()
}

/// The belief behind one stated chance. `of` names it in messages, such as "`talks`".
pub(super) fn belief(stated: &Spanned<Chance>, of: &str, classes: &Classes, found: &mut Diagnostics) -> Option<Belief> {
    let span = stated.span;
    let built =
        |mean: f64, prior: Option<Beta>| Some(Belief { mean, prior, stated: Some(stated.clone()), span, member: None });
    match &stated.value {
        Chance::Point(value) => built(probability(*value, span, of, found)?, None),
        Chance::Odds { favour, against } => {
            if *favour < 0.0 || *against < 0.0 || favour + against <= 0.0 || !(favour + against).is_finite() {
                found.push(
                    Diagnostic::new(
                        "E0302",
                        span,
                        format!("the odds of {of} must be two numbers that are not negative and not both 0"),
                    )
                    .help("`3:7` is three for to seven against: a probability of 30 %"),
                );
                return None;
            }
            built(favour / (favour + against), None)
        }
        Chance::BaseRate { successes, trials } => {
            if !(*trials > 0.0 && *successes >= 0.0 && successes <= trials && trials.is_finite()) {
                found.push(
                    Diagnostic::new(
                        "E0303",
                        span,
                        format!("the base rate of {of} says {successes} of {trials}, which cannot be"),
                    )
                    .help("`6 of 20` means that it happened in 6 of 20 comparable cases"),
                );
                return None;
            }
            match Beta::jeffreys(*successes, *trials) {
                Ok(prior) => built(prior.mean(), Some(prior)),
                Err(problem) => {
                    found.push(located("E0303", problem, span));
                    None
                }
            }
        }
        Chance::Interval { point, level, low, high } => {
            for bound in [point, low, high] {
                probability(bound.value, bound.span, of, found)?;
            }
            if !(level.value > 0.0 && level.value < 1.0) {
                found.push(
                    Diagnostic::new(
                        "E0304",
                        level.span,
                        format!("how sure the interval of {of} is must lie between 0 and 1, but is {}", level.value),
                    )
                    .help("write for instance `35% (90% sure: 15% to 60%)`"),
                );
                return None;
            }
            if low.value >= high.value {
                found.push(
                    Diagnostic::new(
                        "E0305",
                        low.span.to(high.span),
                        format!(
                            "the interval of {of} must run upwards, but runs from {} to {}",
                            percent(low.value),
                            percent(high.value)
                        ),
                    )
                    .help("write the lower bound first, such as `35% (90% sure: 15% to 60%)`"),
                );
                return None;
            }
            if !(low.value < point.value && point.value < high.value) {
                found.push(
                    Diagnostic::new(
                        "E0305",
                        point.span,
                        format!(
                            "the probability of {of} must lie inside its interval, but {} does not lie between {} and {}",
                            percent(point.value),
                            percent(low.value),
                            percent(high.value)
                        ),
                    )
                    .other(low.span.to(high.span), "the interval")
                    .help("move the probability or the interval, such as `35% (90% sure: 15% to 60%)`"),
                );
                return None;
            }
            match Beta::from_mean_and_interval(point.value, level.value, low.value, high.value) {
                Ok(prior) => built(point.value, Some(prior)),
                Err(problem) => {
                    found.push(located("E0306", problem, span));
                    None
                }
            }
        }
        Chance::Beta { a, b } => match Beta::new(a.value, b.value) {
            Ok(prior) => built(prior.mean(), Some(prior)),
            Err(problem) => {
                let place = match problem.argument {
                    Some(0) => a.span,
                    Some(1) => b.span,
                    _ => span,
                };
                found.push(located("E0307", problem, place));
                None
            }
        },
        Chance::Like { prior, own } => like(prior, own.as_ref(), span, classes, found),
        Chance::Word { low, high, .. } => {
            let middle = f64::midpoint(*low, *high);
            match Beta::from_mean_and_interval(middle, 0.9, *low, *high) {
                Ok(prior) => built(middle, Some(prior)),
                Err(problem) => {
                    found.push(located("E0306", problem, span));
                    None
                }
            }
        }
    }
}

/// The belief behind `chance` of a binary event: one chance, or several experts.
pub(super) fn binary_belief(
    node: &Spanned<ChanceNode>,
    of: &str,
    classes: &Classes,
    found: &mut Diagnostics,
) -> Option<Belief> {
    match &node.value {
        ChanceNode::One(chance) => belief(&Spanned::new(chance.clone(), node.span), of, classes, found),
        ChanceNode::Experts { says, weights, pool } => {
            pooled(says, weights.as_deref(), pool.as_ref(), node.span, of, classes, found)
        }
        ChanceNode::List(_) | ChanceNode::Table(_) | ChanceNode::Counts { .. } | ChanceNode::Dirichlet(_) => {
            found.push(
                Diagnostic::new(
                    "E0308",
                    node.span,
                    format!("{of} is a yes/no event and takes one chance, but several stand here"),
                )
                .help("for an event with options add `one_of = [\"…\", \"…\"]`; for base rates write `6 of 20`"),
            );
            None
        }
    }
}

fn pooled(
    says: &[Spanned<Chance>],
    weights: Option<&[Spanned<f64>]>,
    pool: Option<&Text>,
    span: Span,
    of: &str,
    classes: &Classes,
    found: &mut Diagnostics,
) -> Option<Belief> {
    let beliefs: Vec<Option<Belief>> = says.iter().map(|one| belief(one, of, classes, found)).collect();
    let beliefs: Vec<Belief> = beliefs.into_iter().collect::<Option<_>>()?;
    if beliefs.is_empty() {
        // Reading refuses an empty list.
        return None;
    }
    let weights: Vec<f64> = match weights {
        None => vec![1.0; beliefs.len()],
        Some(weights) => {
            let place = weights.iter().map(|weight| weight.span).reduce(Span::to).unwrap_or(span);
            if weights.len() != beliefs.len() {
                found.push(
                    Diagnostic::new(
                        "E0310",
                        place,
                        format!(
                            "{} experts of {of} have {}",
                            beliefs.len(),
                            if weights.len() == 1 {
                                "1 weight".to_owned()
                            } else {
                                format!("{} weights", weights.len())
                            }
                        ),
                    )
                    .help("give one weight for each expert, or none"),
                );
                return None;
            }
            if let Some(bad) = weights.iter().find(|weight| !(weight.value >= 0.0 && weight.value.is_finite())) {
                found.push(
                    Diagnostic::new("E0311", bad.span, format!("a weight must not be negative, but is {}", bad.value))
                        .help("leave an expert out by weight 0"),
                );
                return None;
            }
            if weights.iter().all(|weight| weight.value == 0.0) {
                found.push(
                    Diagnostic::new("E0311", place, format!("the weights of the experts of {of} are all 0"))
                        .help("give at least one of them a weight over 0"),
                );
                return None;
            }
            // Only their shares matter; the largest taken as 1 keeps their sum finite.
            let largest = weights.iter().map(|weight| weight.value).fold(0.0, f64::max);
            weights.iter().map(|weight| weight.value / largest).collect()
        }
    };
    let total: f64 = weights.iter().sum();
    let rule = match pool {
        None => Pool::Linear,
        Some(name) => {
            let Some((_, rule)) = POOLS.iter().find(|(known, _)| *known == name.value) else {
                let known: Vec<String> = POOLS.iter().map(|(known, _)| format!("`{known}`")).collect();
                found.push(
                    Diagnostic::new("E0312", name.span, format!("there is no pooling rule `{}`", name.value))
                        .help(format!("the rules are {}", known.join(", "))),
                );
                return None;
            };
            *rule
        }
    };
    let weighted = |value: &dyn Fn(&Belief) -> f64| -> f64 {
        beliefs.iter().zip(&weights).map(|(belief, weight)| value(belief) * weight).sum::<f64>() / total
    };
    if rule == Pool::LogOdds
        && let Some(sure) = beliefs.iter().find(|belief| belief.mean <= 0.0 || belief.mean >= 1.0)
    {
        found.push(
            Diagnostic::new("E0313", sure.span, "log odds of a chance of 0 or 1 are infinite: no pool of them exists")
                .help("use `pool = \"linear\"`, or write 99.9 % or 0.1 %"),
        );
        return None;
    }
    let mean = match rule {
        Pool::Linear => weighted(&|belief| belief.mean),
        Pool::LogOdds => logistic(weighted(&|belief| logit(belief.mean))),
        Pool::Median => weighted_median(&beliefs, &weights, total),
    };
    let centre = weighted(&|belief| belief.mean);
    let variance = weighted(&|belief| {
        let own = belief.prior.as_ref().map_or(0.0, Beta::variance);
        own + (belief.mean - centre) * (belief.mean - centre)
    });
    let prior = (variance > 1e-12 && mean > 0.0 && mean < 1.0)
        .then(|| Beta::from_mean_and_variance(mean, variance.min(mean * (1.0 - mean) * 0.999)).ok())
        .flatten();
    Some(Belief { mean, prior, stated: None, span, member: None })
}

fn weighted_median(beliefs: &[Belief], weights: &[f64], total: f64) -> f64 {
    let mut pairs: Vec<(f64, f64)> = beliefs.iter().map(|belief| belief.mean).zip(weights.iter().copied()).collect();
    // Whoever is left out does not stand in the middle either.
    pairs.retain(|(_, weight)| *weight > 0.0);
    pairs.sort_by(|left, right| left.0.total_cmp(&right.0));
    let mut below = 0.0;
    for (at, (value, weight)) in pairs.iter().enumerate() {
        below += weight;
        if (below - total / 2.0).abs() < 1e-12 * total {
            return pairs.get(at + 1).map_or(*value, |next| f64::midpoint(*value, next.0));
        }
        if below > total / 2.0 {
            return *value;
        }
    }
    pairs.last().map_or(0.5, |last| last.0)
}

/// How far stated probabilities may miss a sum of 1: rounded thirds pass.
const SUM_TOLERANCE: f64 = 5e-4;

/// The belief behind `chance` of an event with options.
pub(super) fn options_belief(
    node: &Spanned<ChanceNode>,
    of: &str,
    options: &[String],
    classes: &Classes,
    found: &mut Diagnostics,
) -> Option<OptionsBelief> {
    let span = node.span;
    let count_is = |given: usize, found: &mut Diagnostics| {
        if given == options.len() {
            return Some(());
        }
        found.push(
            Diagnostic::new(
                "E0314",
                span,
                format!(
                    "{of} has {} options, but {} here",
                    options.len(),
                    if given == 1 { "1 chance stands".to_owned() } else { format!("{given} chances stand") }
                ),
            )
            .help(format!("give one for each of {} in this order", super::names::listed(options.iter()))),
        );
        None
    };
    match &node.value {
        ChanceNode::One(_) | ChanceNode::Experts { .. } => {
            if options.len() == 1 {
                // One option is refused where it stands.
                return None;
            }
            count_is(1, found)?;
            None
        }
        ChanceNode::List(chances) => {
            let beliefs: Vec<Option<Belief>> = chances.iter().map(|one| belief(one, of, classes, found)).collect();
            count_is(chances.len(), found)?;
            let means: Vec<f64> =
                beliefs.into_iter().map(|one| one.map(|belief| belief.mean)).collect::<Option<_>>()?;
            summed(&means, span, of, found)
        }
        ChanceNode::Table(entries) => {
            let mut means: Vec<Option<f64>> = vec![None; options.len()];
            let mut fine = true;
            for (option, chance) in entries {
                let Some(at) = options.iter().position(|known| *known == option.value) else {
                    let near = super::names::nearest(&option.value, options.iter().map(String::as_str));
                    found.push(
                        Diagnostic::new("E0408", option.span, format!("{of} has no option `{}`", option.value)).help(
                            near.map_or_else(
                                || format!("its options are {}", super::names::listed(options.iter())),
                                |near| format!("did you mean `{near}`?"),
                            ),
                        ),
                    );
                    fine = false;
                    continue;
                };
                match belief(chance, of, classes, found) {
                    Some(one) => means[at] = Some(one.mean),
                    None => fine = false,
                }
            }
            if let (true, Some(at)) = (fine, means.iter().position(Option::is_none)) {
                found.push(
                    Diagnostic::new("E0314", span, format!("the option `{}` of {of} has no chance", options[at]))
                        .help("give one for each option; 0 is a chance too"),
                );
                return None;
            }
            {
                let means: Vec<f64> = means.into_iter().collect::<Option<_>>().filter(|_| fine)?;
                summed(&means, span, of, found)
            }
        }
        ChanceNode::Counts { counts, total } => {
            let values: Vec<f64> = counts.iter().map(|count| count.value).collect();
            count_is(values.len(), found)?;
            let sum: f64 = values.iter().sum();
            if values.iter().any(|count| *count < 0.0) || (sum - total.value).abs() > 1e-9 || total.value <= 0.0 {
                found.push(
                    Diagnostic::new(
                        "E0303",
                        span,
                        format!("the counts of {of} add up to {sum}, not to {}", total.value),
                    )
                    .help("write how often each option was seen, then of how many in all, such as `6, 30, 4 of 40`"),
                );
                return None;
            }
            match Dirichlet::jeffreys(&values) {
                Ok(prior) => {
                    let means = prior.mean();
                    Some(OptionsBelief { stated: means.clone(), means, prior: Some(prior), counts: Some(values), span })
                }
                Err(problem) => {
                    found.push(located("E0303", problem, span));
                    None
                }
            }
        }
        ChanceNode::Dirichlet(alphas) => {
            let values: Vec<f64> = alphas.iter().map(|alpha| alpha.value).collect();
            count_is(values.len(), found)?;
            match Dirichlet::new(&values) {
                Ok(prior) => {
                    let means = prior.mean();
                    Some(OptionsBelief { stated: means.clone(), means, prior: Some(prior), counts: None, span })
                }
                Err(problem) => {
                    let place = problem.argument.and_then(|at| alphas.get(at)).map_or(span, |alpha| alpha.span);
                    found.push(located("E0307", problem, place));
                    None
                }
            }
        }
    }
}

/// Checks that chances sum to 1, and takes the rounding out.
fn summed(means: &[f64], span: Span, of: &str, found: &mut Diagnostics) -> Option<OptionsBelief> {
    let sum: f64 = means.iter().sum();
    if (sum - 1.0).abs() > SUM_TOLERANCE {
        let percent = crate::math::round_to(sum * 100.0, 4);
        let mut problem =
            Diagnostic::new("E0315", span, format!("the chances of {of} must sum to 100 %, but sum to {percent} %"));
        if sum > 0.0 {
            let scaled: Vec<String> =
                means.iter().map(|mean| format!("{}%", crate::math::round_to(mean / sum * 100.0, 2))).collect();
            problem = problem.help(format!("the nearest that do: `{}`", scaled.join(", ")));
        }
        found.push(problem);
        return None;
    }
    let stated = means.to_vec();
    let means = means.iter().map(|mean| mean / sum).collect();
    Some(OptionsBelief { means, stated, prior: None, counts: None, span })
}
