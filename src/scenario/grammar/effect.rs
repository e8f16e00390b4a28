//! What a piece of news does to the forecast.

use super::chance::chance;
use super::lexing::{amount, date, option, word, words};
use super::ratio::ratio;
use super::reading::{Input, Parsed, described, either, maybe, spanned};
use crate::scenario::phrase::Effect;

/// A whole effect.
pub(super) fn effect(input: &mut Input<'_>) -> Parsed<Effect> {
    described("an effect such as `happened`, `is now 30%` or `x0.4`", |input| {
        if either(input, word("happened"))?.is_some() {
            let on = match either(input, word("on"))? {
                Some(()) => Some(spanned(date)(input)?),
                None => None,
            };
            return Ok(Effect::Happened { on });
        }
        if either(input, words(&["did", "not", "happen"]))?.is_some() {
            return Ok(Effect::DidNotHappen);
        }
        if either(input, words(&["will", "not", "happen"]))?.is_some() {
            return Ok(Effect::WillNotHappen);
        }
        if either(input, word("is"))?.is_some() {
            return is(input);
        }
        ratio(input).map(Effect::Hint)
    })(input)
}

fn is(input: &mut Input<'_>) -> Parsed<Effect> {
    if either(input, word("now"))?.is_some() {
        return Ok(Effect::Now(chance(input)?));
    }
    if either(input, word("not"))?.is_some() {
        return Ok(Effect::IsNot(spanned(option)(input)?));
    }
    if let Some(value) = maybe(input, amount)? {
        return Ok(Effect::IsNumber(value));
    }
    Ok(Effect::Is(described("an option, a number, `not` or `now`", spanned(option))(input)?))
}
