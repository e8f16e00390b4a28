//! Numbers whose mean is in doubt.

use super::conflict::{Case, Tested};
use super::conjugate::normal_normal;
use super::facts::short;
use super::posterior::{Applied, Given, applied, is_alone, is_news, write};
use super::{Means, Update};
use crate::dist::{Distribution, MeanInDoubt, MeanOf};
use crate::math::round_to;
use crate::model::{Event, EventId, Known, NumberDefinition, NumberSpec};

/// What to do where a number learns nothing.
pub(super) const STATE_DOUBT: &str = "state how sure its mean is, as in `normal(normal(10, 2), 3)`";

/// Learns what the facts say about one number: the conjugate posterior of its mean.
///
/// # Errors
/// Why they do not settle it by themselves.
pub(super) fn learn(
    given: &Given<'_>,
    id: EventId,
    event: &Event,
    number: &NumberDefinition,
    update: &mut Update,
) -> Result<(), String> {
    let Given { facts, text, .. } = *given;
    let Some(fact) = facts.number(id) else { return Ok(()) };
    if !number.rows.iter().any(|row| matches!(row.value, NumberSpec::MeanInDoubt { .. })) {
        return Ok(());
    }
    let from = fact.from.as_slice();
    is_news(given, event, from, fact.agreed)?;
    is_alone(given, id)?;
    match number.only_if.as_ref().map(|condition| facts.truth(condition)) {
        None | Some(Some(true)) => {}
        Some(Some(false)) => return Err("its `if` did not hold, so its outcome says nothing about its mean".to_owned()),
        Some(None) => return Err("whether its `if` held is not known".to_owned()),
    }
    let spec = match applied(&number.rows, facts) {
        Applied::Row(spec) => spec,
        Applied::Unknown(why) => return Err(why),
    };
    let NumberSpec::MeanInDoubt { law, predictive, span } = spec else {
        return Err(format!("the case that counted is drawn from fixed numbers, which learn nothing: {STATE_DOUBT}"));
    };
    let Some(seen) = law.on_scale(fact.value) else {
        return Err(format!("it is a number over 0, but its outcome is {}", fact.value));
    };
    let posterior = normal_normal(law.mean(), law.doubt(), &[seen], law.sd())
        .and_then(|posterior| after(law, posterior.mean, posterior.sd))
        .ok_or_else(|| TOO_CERTAIN.to_owned())?;
    update.cases.push(Case {
        of: event.name.clone(),
        what: Tested::Other {
            seen: short(fact.value),
            expected: short(round_to(law.mean_of_number(), 3)),
            probability: two_sided(predictive.as_ref(), fact.value),
        },
        from: from.to_vec(),
    });
    let means = (law.mean_of_number(), posterior.mean_of_number());
    write(event, from, *span, phrase(&posterior), means, Means::Conjugate, text, update);
    Ok(())
}

/// Why a posterior is not written.
pub(super) const TOO_CERTAIN: &str = "its posterior is too near to certainty to be written as a prior";

/// The same number after its mean was learned about; `None` if that left no doubt.
pub(super) fn after(law: &MeanInDoubt, mean: f64, doubt: f64) -> Option<MeanInDoubt> {
    MeanInDoubt::new(law.of(), mean, doubt, law.sd()).ok()
}

/// How far the mean of the number moves with the mean in doubt.
pub(super) fn slope(law: &MeanInDoubt) -> f64 {
    match law.of() {
        MeanOf::Number => 1.0,
        MeanOf::Logarithm => law.mean_of_number(),
    }
}

/// The phrase of a number: six digits of the doubt, the mean to the same place, and what is stated about it as it is.
pub(super) fn phrase(law: &MeanInDoubt) -> String {
    const DIGITS: i32 = 6;
    let short = format!("{:.*e}", DIGITS as usize - 1, law.doubt());
    let (doubt, exponent) = match short.split_once('e') {
        Some((_, exponent)) => (short.parse::<f64>().unwrap_or(law.doubt()), exponent.parse::<i32>().unwrap_or(0)),
        None => (law.doubt(), 0),
    };
    let places = usize::try_from(DIGITS - 1 - exponent).unwrap_or(0);
    // No mean is written as -0.
    let mean = format!("{:.places$}", law.mean()).parse::<f64>().unwrap_or(law.mean()) + 0.0;
    let family = match law.of() {
        MeanOf::Number => "normal",
        MeanOf::Logarithm => "lognormal",
    };
    format!("{family}(normal({mean}, {doubt}), {})", law.sd())
}

/// Twice the probability of the smaller of the tails that a number stands in.
fn two_sided(law: &dyn Distribution, number: f64) -> f64 {
    (2.0 * law.cdf(number).min(law.survival(number))).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::Resolution;
    use crate::update::tests::{HEAD, checked, learned, question, rewritten};

    fn updated(body: &str, outcomes: &[(&str, Resolution)]) -> (String, Update) {
        let text = format!("{HEAD}{body}");
        let update = learned(&text, outcomes, None);
        let after = rewritten(&text, &update);
        checked(&after);
        (after, update)
    }

    fn close(found: f64, expected: f64, tolerance: f64) {
        assert!((found - expected).abs() < tolerance, "{found}, not {expected}");
    }

    /// The mean and the doubt that a posterior was written with.
    fn written(phrase: &str) -> (f64, f64) {
        let inner =
            phrase.split_once("(normal(").and_then(|(_, rest)| rest.split_once(')')).expect("a mean in doubt").0;
        let (mean, doubt) = inner.split_once(", ").expect("two numbers");
        (mean.parse().expect("a number"), doubt.parse().expect("a number"))
    }

    /// Precisions add: 1/9 + 1/16 = 25/144, so that a doubt of 3 becomes 2.4, and the mean goes 9/25 of the way.
    #[test]
    fn an_outcome_moves_the_mean_and_lessens_the_doubt() {
        let asked = question("q", "value = \"price\"");
        let body = format!("[event.price]   # a price\nvalue = \"normal(normal(10, 3), 4)\"   # kept\n{asked}");
        let (after, update) = updated(&body, &[("q", Resolution::Value(15.0))]);
        assert!(after.contains("value = \"normal(normal(11.8, 2.4), 4)\"   # kept"), "{after}");
        assert!(
            after.contains("[event.price]   # a price\n") && after.contains("learned_from = [\"q: 15 (2025-06-30)\"]")
        );
        let one = &update.learned[0];
        assert_eq!((one.means, one.standard_error, one.mean_before), (Means::Conjugate, 0.0, 10.0));
        close(one.mean_after, 11.8, 1e-12);
        // It counts once.
        let again = learned(&after, &[("q", Resolution::Value(15.0))], None);
        assert!(again.learned.is_empty() && again.skipped[0].why.contains("already"), "{again:?}");
        // The same of a logarithm: e^15 is far beyond what is expected, and that is said.
        let body = body.replace("normal(normal(10, 3), 4)", "lognormal(normal(0, 3), 4)");
        let (after, update) = updated(&body, &[("q", Resolution::Value(crate::math::exp(15.0)))]);
        assert!(after.contains("\"lognormal(normal(5.4, 2.4), 4)\""), "{after}");
        let log_mean = 5.4 + 0.5 * (2.4 * 2.4 + 4.0 * 4.0);
        close(update.learned[0].mean_after / crate::math::exp(log_mean), 1.0, 1e-12);
        // Three standard deviations: 0.0027.
        close(update.conflicts[0].probability, 0.002_699_796_063_26, 1e-9);
        let (_, update) = updated(&body, &[("q", Resolution::Value(-1.0))]);
        assert!(update.learned.is_empty() && !update.skipped.is_empty(), "{update:?}");
    }

    #[test]
    fn small_and_large_numbers_keep_six_digits_of_their_doubt() {
        let of = |mean, doubt| phrase(&MeanInDoubt::new(MeanOf::Number, mean, doubt, 0.5).expect("sound"));
        assert_eq!(of(1.0 / 3.0, 2.0 / 3.0), "normal(normal(0.333333, 0.666667), 0.5)");
        assert_eq!(of(1e-7 / 3.0, 2e-8 / 3.0), "normal(normal(0.00000003333333, 0.00000000666667), 0.5)");
        assert_eq!(of(123_456_789.6, 2e7 / 3.0), "normal(normal(123456790, 6666670), 0.5)");
        assert_eq!(of(-1e-9, 1.0), "normal(normal(0, 1), 0.5)");
    }

    /// The number passed its median: its mean is that of a half normal, of which 9/25 of the variance is the doubt's (Azzalini 1985, a skew normal).
    #[test]
    fn a_number_that_passed_a_mark_moves_its_mean_exactly() {
        let asked = question("q", "holds = \"price > 10\"");
        let body = format!("[event.price]\nvalue = \"normal(normal(10, 3), 4)\"\n{asked}");
        let (_, update) = updated(&body, &[("q", Resolution::Yes)]);
        let one = &update.learned[0];
        let of_half = (2.0 / std::f64::consts::PI).sqrt();
        assert_eq!(one.means, Means::Exact);
        close(one.mean_after, 10.0 + 9.0 / 5.0 * of_half, 1e-5);
        close(written(&one.after).1, (9.0 - (9.0_f64 / 5.0 * of_half).powi(2)).sqrt(), 1e-4);
    }

    /// A fair coin that nobody saw chose between means of 0 and of 10, and 10 came: two standard deviations against none.
    #[test]
    fn where_nobody_knows_which_case_counted_each_learns_its_part() {
        let asked = question("q", "value = \"price\"");
        let cases =
            "[ { if = \"coin\", is = \"normal(normal(0, 3), 4)\" }, { otherwise = \"normal(normal(10, 3), 4)\" } ]";
        let body = format!("[event.coin]\nchance = 0.5\n[event.price]\nvalue = {cases}\n{asked}");
        let (_, update) = updated(&body, &[("q", Resolution::Value(10.0))]);
        let of_first = 1.0 / (1.0 + crate::math::exp(2.0));
        // It moves 3.6 where it counted, and its doubt is 2.4 there and 3 elsewhere.
        let first = &update.learned[0];
        assert_eq!(first.means, Means::Exact);
        close(first.mean_after, 3.6 * of_first, 1e-4);
        let variance = of_first * (5.76 + 3.6 * 3.6) + (1.0 - of_first) * 9.0 - (3.6 * of_first) * (3.6 * of_first);
        close(written(&first.after).1, variance.sqrt(), 1e-3);
        // The other expected just this: it is surer, and where it was.
        let second = &update.learned[1];
        close(second.mean_after, 10.0, 1e-4);
        close(written(&second.after).1, (of_first * 9.0 + (1.0 - of_first) * 5.76).sqrt(), 1e-3);
    }

    /// With noise of 3 on top the sum has a standard deviation of √34.
    #[test]
    fn what_cannot_be_computed_is_simulated_with_a_true_error() {
        let events = "[event.price]\nvalue = \"normal(normal(10, 3), 4)\"\n[event.noise]\nvalue = \"normal(0, 3)\"\n";
        let body = format!("{events}{}", question("q", "holds = \"price + noise > 10\""));
        let (_, update) = updated(&body, &[("q", Resolution::Yes)]);
        let one = &update.learned[0];
        assert_eq!(one.means, Means::Simulated);
        let expected = 10.0 + 9.0 / 34.0_f64.sqrt() * (2.0 / std::f64::consts::PI).sqrt();
        // A normal is beyond 5 standard errors with a probability of 6e-7.
        close(one.mean_after, expected, 5.0 * one.standard_error);
        // Of 100,000 worlds with a standard deviation of 2.74.
        assert!((0.006..0.012).contains(&one.standard_error), "{}", one.standard_error);
    }

    #[test]
    fn what_says_more_than_can_be_weighed_and_what_states_no_doubt_are_named() {
        let body = format!(
            "[event.price]\nvalue = \"normal(normal(10, 3), 0.3)\"\n{}",
            question("q", "holds = \"price > 10\"")
        );
        let (_, update) = updated(&body, &[("q", Resolution::Yes)]);
        let says = |update: &Update, what: &str| update.skipped.iter().any(|one| one.why.contains(what));
        assert!(update.learned.is_empty() && says(&update, "more about its mean"), "{:?}", update.skipped);
        // The question refers to it, rather than saying that there was nothing to learn.
        assert!(says(&update, "see `price`") && !says(&update, "as they were"), "{:?}", update.skipped);
        let body = format!("[event.price]\nvalue = \"normal(10, 3)\"\n{}", question("q", "value = \"price\""));
        let (_, update) = updated(&body, &[("q", Resolution::Value(12.0))]);
        assert!(update.learned.is_empty() && says(&update, STATE_DOUBT), "{:?}", update.skipped);
    }
}
