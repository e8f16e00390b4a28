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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::grammar;
    use crate::scenario::place::Place;
    use jiff::civil::date as day;

    fn reads(text: &str) -> WhenPhrase {
        grammar::when(text, &Place::at(0)).unwrap_or_else(|error| panic!("{text}: {}", error.message))
    }

    #[test]
    fn steps_keep_their_order_and_places() {
        let phrase = reads("30% on 2025-09-17, 6 of 20 by 2025-12-31, likely within 2 months, 25% never");
        assert!(matches!(&phrase.steps[0].value, WhenStep::On { date, .. } if date.value == day(2025, 9, 17)));
        assert!(matches!(&phrase.steps[1].value, WhenStep::By { date, .. } if date.value == day(2025, 12, 31)));
        assert!(matches!(&phrase.steps[2].value, WhenStep::Within { duration, .. } if duration.value.count == 2.0));
        assert!(matches!(&phrase.steps[3].value, WhenStep::Never { .. }));
        assert_eq!((phrase.steps[1].span.start, phrase.steps[1].span.end), (19, 40));
    }

    #[test]
    fn shapes_and_only_stand_at_the_end_with_or_without_a_comma() {
        for (text, shape) in [
            ("20% by 2025-09-01, constant", HazardShape::Constant),
            ("20% by 2025-09-01 Rising", HazardShape::Rising),
            ("20% by 2025-09-01, falling", HazardShape::Falling),
            ("20% by 2025-09-01, weibull 1.7", HazardShape::Weibull(1.7)),
            ("20% by 2025-09-01 evenly", HazardShape::Evenly),
        ] {
            let phrase = reads(text);
            assert_eq!((phrase.shape.map(|shape| shape.value), phrase.only), (Some(shape), false), "{text}");
            assert!(reads(&format!("{text} only")).only);
            assert!(reads(&format!("{text}, only")).only);
        }
        assert!(reads("20% by 2025-09-01, only").only);
    }

    #[test]
    fn what_is_no_date_phrase_is_refused_at_its_place() {
        for (text, code, start) in [
            ("20%", "E0204", 3),
            ("20% by", "E0204", 6),
            ("20% by 2025-02-29", "E0209", 7),
            ("20% by 2025-9-1", "E0204", 7),
            ("rising", "E0204", 0),
            ("20% by 2025-09-01,", "E0204", 18),
            ("20% by 2025-09-01, rising, 30% by 2025-10-01", "E0204", 27),
            ("20% within 30", "E0204", 13),
            ("20% by 2025-09-01, rising, falling", "E0204", 27),
        ] {
            let error = grammar::when(text, &Place::at(0)).expect_err(text);
            assert_eq!(
                (error.code, error.span.map(|span| span.start)),
                (code, Some(start)),
                "{text}: {}",
                error.message
            );
        }
    }
}
