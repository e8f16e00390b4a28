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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::grammar;
    use crate::scenario::phrase::{Chance, Ratio, Strength};
    use crate::scenario::place::Place;

    #[test]
    fn every_effect_is_read() {
        let reads = |text: &str| {
            grammar::effect(text, &Place::at(0)).unwrap_or_else(|error| panic!("{text}: {}", error.message))
        };
        assert_eq!(reads("happened"), Effect::Happened { on: None });
        assert!(
            matches!(reads("Happened on 2025-08-20"), Effect::Happened { on: Some(date) } if date.span.start == 12)
        );
        assert_eq!(reads("did not happen"), Effect::DidNotHappen);
        assert_eq!(reads("will  not happen"), Effect::WillNotHappen);
        assert!(matches!(reads("is neither"), Effect::Is(option) if option.value == "neither"));
        assert!(matches!(reads("is none"), Effect::Is(option) if option.value == "none"));
        assert!(matches!(reads("is not Neither"), Effect::IsNot(option) if option.value == "Neither"));
        assert_eq!(reads("is -42"), Effect::IsNumber(-42.0));
        assert_eq!(reads("x0.4"), Effect::Hint(Ratio::Times(0.4)));
        assert_eq!(reads("down high"), Effect::Hint(Ratio::Strength { strength: Strength::High, down: true }));
        assert_eq!(reads("is now 30%"), Effect::Now(Chance::Point(0.3)));
        assert_eq!(reads("is now 6 of 20"), Effect::Now(Chance::BaseRate { successes: 6.0, trials: 20.0 }));
    }

    #[test]
    fn what_is_no_effect_is_refused_at_its_place() {
        for (text, start) in [
            ("hapened", 0),
            ("happened by 2025-01-01", 9),
            ("is", 2),
            ("is now", 6),
            ("did happen", 0),
            ("is not 3", 7),
        ] {
            let error = grammar::effect(text, &Place::at(0)).expect_err(text);
            assert_eq!(
                (error.code, error.span.map(|span| span.start)),
                ("E0206", Some(start)),
                "{text}: {}",
                error.message
            );
        }
    }
}
