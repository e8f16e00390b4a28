//! Interventions: what we make so.

use super::lexing::{amount, date, name, option, word};
use super::reading::{Input, Parsed, described, either, maybe, spanned};
use crate::scenario::phrase::Supposition;

/// A whole supposition.
pub(super) fn supposition(input: &mut Input<'_>) -> Parsed<Supposition> {
    if either(input, word("not"))?.is_some() {
        return Ok(Supposition::DoesNotHold(spanned(name)(input)?));
    }
    let event = spanned(name)(input)?;
    if either(input, word("is"))?.is_some() {
        if let Some(value) = maybe(input, amount)? {
            return Ok(Supposition::IsNumber { event, value });
        }
        let option = described("an option or a number", spanned(option))(input)?;
        return Ok(Supposition::Is { event, option });
    }
    if either(input, word("on"))?.is_some() {
        return Ok(Supposition::On { event, date: spanned(date)(input)? });
    }
    Ok(Supposition::Holds(event))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::grammar;
    use crate::scenario::place::Place;

    #[test]
    fn every_supposition_is_read_with_its_places() {
        let reads = |text: &str| {
            grammar::supposition(text, &Place::at(10)).unwrap_or_else(|error| panic!("{text}: {}", error.message))
        };
        assert!(matches!(reads("attends").value, Supposition::Holds(event) if event.value == "attends"));
        assert!(matches!(reads("Not attends").value, Supposition::DoesNotHold(event) if event.span.start == 14));
        assert!(
            matches!(reads("track is neither").value, Supposition::Is { option, .. } if option.span.start == 19 && option.span.end == 26)
        );
        assert!(matches!(reads("value is -42").value, Supposition::IsNumber { value: -42.0, .. }));
        assert!(matches!(reads("talks on 2025-09-01").value, Supposition::On { date, .. } if date.span.start == 19));
        assert_eq!((reads("a is b ").span.start, reads("a is b ").span.end), (10, 16));
    }

    #[test]
    fn what_is_no_supposition_is_refused_at_its_place() {
        for (text, start) in [("not", 3), ("a b", 2), ("a is", 4), ("a is not b", 5), ("by", 0), ("a and b", 2)] {
            let error = grammar::supposition(text, &Place::at(0)).expect_err(text);
            assert_eq!(
                (error.code, error.span.map(|span| span.start)),
                ("E0207", Some(start)),
                "{text}: {}",
                error.message
            );
        }
    }
}
