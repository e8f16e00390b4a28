//! Chances: points, odds, base rates, intervals, Betas, words, and the lists of them that `one_of` and `ordered` take.

use super::lexing::{amount, arguments, mark, name, plain, word, words};
use super::reading::{Input, Parsed, described, either, expected, maybe, offset, spanned, verdict};
use crate::scenario::codes;
use crate::scenario::document::ChanceNode;
use crate::scenario::phrase::{Chance, OwnRecord};
use crate::source::Spanned;
use winnow::stream::Stream;

/// The words of ICD 203 (the US intelligence community's standard of analysis) with their bands; a longer one before its tail.
pub(in crate::scenario) const WORDS: &[(&[&str], f64, f64)] = &[
    (&["almost", "no", "chance"], 0.01, 0.05),
    (&["roughly", "even", "chance"], 0.45, 0.55),
    (&["roughly", "even", "odds"], 0.45, 0.55),
    (&["highly", "improbable"], 0.05, 0.20),
    (&["very", "unlikely"], 0.05, 0.20),
    (&["highly", "probable"], 0.80, 0.95),
    (&["very", "likely"], 0.80, 0.95),
    (&["almost", "certain"], 0.95, 0.99),
    (&["nearly", "certain"], 0.95, 0.99),
    (&["remote"], 0.01, 0.05),
    (&["improbable"], 0.20, 0.45),
    (&["unlikely"], 0.20, 0.45),
    (&["probable"], 0.55, 0.80),
    (&["likely"], 0.55, 0.80),
];

/// One chance in any of its forms.
pub(super) fn chance(input: &mut Input<'_>) -> Parsed<Chance> {
    described("a chance such as `35%`", |input| {
        if let Some(beta) = either(input, beta)? {
            return Ok(beta);
        }
        if either(input, word("like"))?.is_some() {
            let prior = spanned(name)(input)?;
            let own = own_record(input)?;
            return Ok(Chance::Like { prior, own });
        }
        if let Some(in_words) = either(input, in_words)? {
            return Ok(in_words);
        }
        from_number(input)
    })(input)
}

/// `, itself 2 of 3`, behind the name of a reference class.
fn own_record(input: &mut Input<'_>) -> Parsed<Option<OwnRecord>> {
    let begins = |input: &mut Input<'_>| {
        mark(",")(input)?;
        word("itself")(input)
    };
    if maybe(input, begins)?.is_none() {
        return Ok(None);
    }
    let successes = described("in how many of its own cases, as in `itself 2 of 3`", spanned(plain))(input)?;
    word("of")(input)?;
    let trials = described("of how many of its own cases, as in `itself 2 of 3`", spanned(plain))(input)?;
    Ok(Some(OwnRecord { successes, trials }))
}

fn beta(input: &mut Input<'_>) -> Parsed<Chance> {
    word("beta")(input)?;
    mark("(")(input)?;
    let a = spanned(plain)(input)?;
    mark(",")(input)?;
    let b = spanned(plain)(input)?;
    mark(")")(input)?;
    Ok(Chance::Beta { a, b })
}

fn in_words(input: &mut Input<'_>) -> Parsed<Chance> {
    for (keywords, low, high) in WORDS {
        if either(input, words(keywords))?.is_some() {
            return Ok(Chance::Word { word: keywords.join(" "), low: *low, high: *high });
        }
    }
    expected(input, "a word such as `likely`")
}

/// The forms that begin with a number.
fn from_number(input: &mut Input<'_>) -> Parsed<Chance> {
    let before = input.checkpoint();
    let first = spanned(amount)(input)?;
    if maybe(input, mark(":"))?.is_some() {
        return Ok(Chance::Odds { favour: first.value, against: amount(input)? });
    }
    if maybe(input, mark("("))?.is_some() {
        return interval(input, first);
    }
    let after = input.checkpoint();
    // The remaining forms divide one plain number by another: `6 of 20`, not `6% of 20`.
    input.reset(&before);
    let numerator = maybe(input, plain)?;
    if let Some(numerator) = numerator {
        if maybe(input, word("of"))?.is_some() {
            return Ok(Chance::BaseRate { successes: numerator, trials: plain(input)? });
        }
        if maybe(input, word("in"))?.is_some() || maybe(input, mark("/"))?.is_some() {
            let at = offset(input);
            let denominator = plain(input)?;
            if denominator == 0.0 {
                return verdict(
                    input,
                    codes::NOT_FINITE,
                    at..at + 1,
                    "a chance cannot be a share of 0",
                    "as in `1 in 20`",
                );
            }
            return Ok(Chance::Point(numerator / denominator));
        }
    }
    input.reset(&after);
    Ok(Chance::Point(first.value))
}

/// `(90% sure: 15% to 60%)`, after its parenthesis.
fn interval(input: &mut Input<'_>, point: Spanned<f64>) -> Parsed<Chance> {
    let level = described("how sure, as in `90% sure: 15% to 60%`", spanned(amount))(input)?;
    word("sure")(input)?;
    mark(":")(input)?;
    let low = spanned(amount)(input)?;
    word("to")(input)?;
    let high = spanned(amount)(input)?;
    mark(")")(input)?;
    Ok(Chance::Interval { point, level, low, high })
}

/// All that may stand under `chance` as one text.
pub(super) fn chances(input: &mut Input<'_>) -> Parsed<ChanceNode> {
    if maybe(input, word("dirichlet"))?.is_some() {
        return Ok(ChanceNode::Dirichlet(arguments(input, spanned(plain))?));
    }
    if let Some(counts) = maybe(input, counts)? {
        return Ok(counts);
    }
    let first = spanned(chance)(input)?;
    let mut list = vec![first];
    while either(input, mark(","))?.is_some() {
        list.push(spanned(chance)(input)?);
    }
    Ok(match list.pop() {
        Some(only) if list.is_empty() => ChanceNode::One(only.value),
        last => {
            list.extend(last);
            ChanceNode::List(list)
        }
    })
}

/// `6, 30, 4 of 40`: at least two plain numbers, then the total.
fn counts(input: &mut Input<'_>) -> Parsed<ChanceNode> {
    let mut counts = vec![spanned(plain)(input)?];
    mark(",")(input)?;
    counts.push(spanned(plain)(input)?);
    while maybe(input, mark(","))?.is_some() {
        counts.push(spanned(plain)(input)?);
    }
    word("of")(input)?;
    let total = spanned(plain)(input)?;
    Ok(ChanceNode::Counts { counts, total })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::grammar;
    use crate::scenario::place::Place;
    use crate::source::Span;

    fn reads(text: &str) -> Chance {
        grammar::chance(text, &Place::at(0)).unwrap_or_else(|error| panic!("{text}: {}", error.message))
    }

    fn lists(text: &str) -> ChanceNode {
        grammar::chances(text, &Place::at(0)).unwrap_or_else(|error| panic!("{text}: {}", error.message))
    }

    #[test]
    fn points_are_shares_however_written() {
        for (text, share) in [
            ("35%", 0.35),
            ("35 %", 0.35),
            (" 0.35 ", 0.35),
            (".5", 0.5),
            ("0.1%", 0.001),
            ("1e-3", 0.001),
            ("1e1%", 0.1),
            ("1_000%", 10.0),
            ("1 in 20", 0.05),
            ("1 IN 20", 0.05),
            ("1/4", 0.25),
            ("120%", 1.2),
            ("-5%", -0.05),
        ] {
            assert_eq!(reads(text), Chance::Point(share), "{text}");
        }
    }

    #[test]
    fn odds_rates_betas_and_intervals_keep_their_parts_with_places() {
        assert_eq!(reads("3:7"), Chance::Odds { favour: 3.0, against: 7.0 });
        assert_eq!(
            reads("like announced_meeting"),
            Chance::Like { prior: Spanned::new("announced_meeting".to_owned(), Span::new(5, 22)), own: None }
        );
        let Chance::Like { own: Some(own), .. } = reads("like announced_meeting, itself 2 of 3") else {
            panic!("its own record is read")
        };
        assert_eq!((own.successes.value, own.trials.value), (2.0, 3.0));
        assert_eq!(reads("6 of 20"), Chance::BaseRate { successes: 6.0, trials: 20.0 });
        let at = |value, start, end| Spanned::new(value, Span::new(start, end));
        assert_eq!(reads("beta(2, 8)"), Chance::Beta { a: at(2.0, 5, 6), b: at(8.0, 8, 9) });
        assert_eq!(
            reads("35% (90 % sure: 15% to 60%)"),
            Chance::Interval {
                point: at(0.35, 0, 3),
                level: at(0.9, 5, 9),
                low: at(0.15, 16, 19),
                high: at(0.6, 23, 26)
            }
        );
    }

    #[test]
    fn the_words_of_icd_203_carry_their_bands() {
        for (keywords, low, high) in WORDS {
            let text = keywords.join("  ").to_uppercase();
            assert_eq!(reads(&text), Chance::Word { word: keywords.join(" "), low: *low, high: *high });
        }
        // The seven bands of ICD 203 leave no gap from 1 % to 99 %.
        let mut bands: Vec<(f64, f64)> = WORDS.iter().map(|(_, low, high)| (*low, *high)).collect();
        bands.sort_by(|one, other| one.0.total_cmp(&other.0));
        bands.dedup();
        assert_eq!(bands.len(), 7);
        assert!(bands.windows(2).all(|pair| pair[0].1 == pair[1].0));
        assert_eq!((bands[0].0, bands[6].1), (0.01, 0.99));
    }

    #[test]
    fn lists_counts_and_dirichlets_are_told_apart() {
        assert_eq!(lists("45%"), ChanceNode::One(Chance::Point(0.45)));
        assert!(matches!(lists("10%, 75%, 15%"), ChanceNode::List(list) if list.len() == 3));
        assert!(matches!(lists("likely, 6 of 20"), ChanceNode::List(list) if list.len() == 2));
        assert!(matches!(lists("6 of 20"), ChanceNode::One(Chance::BaseRate { .. })));
        assert!(
            matches!(lists("6, 30, 4 of 40"), ChanceNode::Counts { counts, total } if counts.len() == 3 && total.value == 40.0)
        );
        assert!(matches!(lists("dirichlet(2, 1, 1)"), ChanceNode::Dirichlet(shapes) if shapes.len() == 3));
    }

    #[test]
    fn what_is_no_chance_is_refused_at_its_place() {
        for (text, code, start) in [
            ("", "E0201", 0),
            ("maybe", "E0201", 0),
            ("35 bananas", "E0201", 3),
            ("35%%", "E0201", 3),
            ("6% of 20", "E0201", 3),
            ("1 in 0", "E0212", 5),
            ("1e999", "E0212", 0),
            ("beta(2 8)", "E0201", 7),
            ("35% (90% sure: 15% 60%)", "E0201", 19),
        ] {
            let error = grammar::chance(text, &Place::at(0)).expect_err(text);
            assert_eq!(
                (error.code, error.span.map(|span| span.start)),
                (code, Some(start)),
                "{text}: {}",
                error.message
            );
        }
    }
}
