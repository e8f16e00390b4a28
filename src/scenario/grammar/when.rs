//! The chances of a date event: steps separated by commas, then a shape, then `only`.

use super::chance::chance;
use super::lexing::{date, duration, mark, plain, word};
use super::reading::{Input, Parsed, either, offset, rest, spanned, verdict};
use crate::scenario::codes;
use crate::scenario::phrase::{HazardShape, WhenPhrase, WhenStep};
use crate::source::Spanned;

/// A whole date phrase.
pub(super) fn when_phrase(input: &mut Input<'_>) -> Parsed<WhenPhrase> {
    let mut phrase = WhenPhrase { steps: vec![spanned(step)(input)?], shape: None, only: false };
    loop {
        let comma = either(input, mark(","))?.is_some();
        let at = offset(input);
        if phrase.shape.is_none()
            && let Some(shape) = either(input, spanned(shape))?
        {
            phrase.shape = Some(shape);
        } else if !phrase.only && either(input, word("only"))?.is_some() {
            phrase.only = true;
        } else if comma {
            let step: Spanned<WhenStep> = spanned(step)(input)?;
            if phrase.shape.is_some() || phrase.only {
                let end = at + 1;
                let message = "a step stands after the shape";
                return verdict(
                    input,
                    codes::WHEN,
                    at..end,
                    message,
                    "put the shape last: `20% by 2025-09-01, rising`",
                );
            }
            phrase.steps.push(step);
        } else {
            debug_assert!(rest(input).is_empty() || at == offset(input));
            return Ok(phrase);
        }
    }
}

fn step(input: &mut Input<'_>) -> Parsed<WhenStep> {
    let chance = spanned(chance)(input)?;
    if either(input, word("by"))?.is_some() {
        return Ok(WhenStep::By { chance, date: spanned(date)(input)? });
    }
    if either(input, word("within"))?.is_some() {
        return Ok(WhenStep::Within { chance, duration: spanned(duration)(input)? });
    }
    if either(input, word("on"))?.is_some() {
        return Ok(WhenStep::On { chance, date: spanned(date)(input)? });
    }
    word("never")(input)?;
    Ok(WhenStep::Never { chance })
}

fn shape(input: &mut Input<'_>) -> Parsed<HazardShape> {
    if either(input, word("constant"))?.is_some() {
        return Ok(HazardShape::Constant);
    }
    if either(input, word("rising"))?.is_some() {
        return Ok(HazardShape::Rising);
    }
    if either(input, word("falling"))?.is_some() {
        return Ok(HazardShape::Falling);
    }
    if either(input, word("evenly"))?.is_some() {
        return Ok(HazardShape::Evenly);
    }
    word("weibull")(input)?;
    Ok(HazardShape::Weibull(plain(input)?))
}
