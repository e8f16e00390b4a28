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
