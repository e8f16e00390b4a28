//! What a text says of chances against a lexicon: words outside their band, rows mixed, words of another lexicon.

use super::lexicon::{KnownLexicon, Lexicon, Term};
use super::stated::{Bound, Stated, stated};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::math::round_to;
use crate::source::{Source, Span};

/// A word with a number beside it that lies outside its band.
pub const OUTSIDE_ITS_BAND: &str = "W1301";
/// Words of two rows of a lexicon in one text.
pub const MIXED_ROWS: &str = "W1302";
/// A word of another lexicon.
pub const OTHER_LEXICON: &str = "W1303";
/// How sure somebody is, in the sentence that says how likely something is.
pub const WITH_CONFIDENCE: &str = "W1304";

/// Each code with its meaning in one line.
pub const CODES: &[(&str, &str)] = &[
    (OUTSIDE_ITS_BAND, "a word for a chance stands beside a number outside of its band"),
    (MIXED_ROWS, "words of two rows of the lexicon stand in one text"),
    (OTHER_LEXICON, "a word for a chance is one of another lexicon"),
    (WITH_CONFIDENCE, "a level of confidence stands in one sentence with a word for a chance"),
];

/// Levels of confidence.
const LEVELS: [&str; 4] = ["high", "moderate", "medium", "low"];

/// An expression found in a text.
#[derive(Debug, Clone, Copy)]
struct Found<'a> {
    span: Span,
    words: &'a str,
    /// Its term, row and number of rows, if it is the lexicon's own.
    own: Option<(&'a Term, usize)>,
}

/// Goes through a text that people wrote: every expression of the lexicon, or of one of the known ones, and the number that stands beside it.
///
/// A number counts if it is the first thing in a bracket that follows within three words (`unlikely (27 %)`, `likely to happen [0.7]`, `unlikely (1 in
/// 10)`, `(one in ten)`), if it is set off behind the expression (`very likely, at 50 %`, `likely: 70 %`, `likely – 70 % –`), if it says how likely something is right before it (`it is 30 %
/// likely`), or if it is called a chance in the same clause (`there is a 10 % chance, so it is unlikely`). It belongs to the nearest expression, and of several numbers the nearest counts. It may be rounded to a whole percent; a range must fit as a
/// whole, and a bound (`< 10 %`) leave room for the band. `70 percent, very likely`, `70 % (very likely)`, `a strike (70 %) is likely` and `a strike is likely at 70 %` are read where nothing else stands in the clause. Longer expressions go
/// first, so that `very unlikely` is not `unlikely`; `not`, `hardly` and comparisons (`as likely as not`) leave an expression out.
///
/// A level of confidence does not stand in the sentence that says how likely something is (ICD 203, D.6.e(2)(b)).
#[must_use]
pub fn lint(source: &Source, lexicon: &Lexicon) -> Diagnostics {
    let mut problems = Diagnostics::new();
    let others = [KnownLexicon::Icd203, KnownLexicon::Uk].map(Lexicon::known);
    let found = expressions(source.text(), lexicon, &others);
    let beside = pairs(source.text(), &found);
    let mut first_of_row: Vec<Option<Found<'_>>> = Vec::new();
    for (one, number) in found.iter().zip(beside) {
        let Some((term, row)) = one.own else {
            problems.push(
                Diagnostic::new(
                    OTHER_LEXICON,
                    one.span,
                    format!("`{}` is no expression of {}", one.words, lexicon.name),
                )
                .help(format!("say {}", alternatives(lexicon, one.words, &others))),
            );
            continue;
        };
        if let Some(number) = number
            && !fits(term, &number)
        {
            let (start, end) = (one.span.start.min(number.span.start), one.span.end.max(number.span.end));
            problems.push(
                Diagnostic::new(
                    OUTSIDE_ITS_BAND,
                    Span::new(start, end),
                    format!("`{}` stands for {}, not for {}", one.words, band(term), percent(&number)),
                )
                .help(called(lexicon, &number)),
            );
        }
        // An expression that stands in a band without a second word belongs to every row.
        if term.words.len() > 1 {
            if first_of_row.len() <= row {
                first_of_row.resize(row + 1, None);
            }
            first_of_row[row].get_or_insert(*one);
        }
    }
    let mut rows = first_of_row.iter().flatten();
    if let Some(first) = rows.next() {
        for other in rows {
            problems.push(
                Diagnostic::new(
                    MIXED_ROWS,
                    other.span,
                    format!("`{}` and `{}` are of two rows of {}", first.words, other.words, lexicon.name),
                )
                .other(first.span, "this is of the other row")
                .help("keep to one row, so that nobody reads a difference into two names of one band"),
            );
        }
    }
    for sentence in sentences(source.text()) {
        let inside = |span: Span| sentence.start <= span.start && span.end <= sentence.end;
        let likely = found.iter().find(|one| inside(one.span));
        if let (Some(level), Some(likely)) = (confidence(source.text(), sentence), likely) {
            problems.push(
                Diagnostic::new(
                    WITH_CONFIDENCE,
                    level,
                    format!("a level of confidence stands in one sentence with `{}`", likely.words),
                )
                .other(likely.span, "this says how likely something is")
                .help("say in a sentence of its own how sure you are, so that nobody takes it for a chance"),
            );
        }
    }
    problems.sort();
    problems
}

/// The sentences of a text; a blank line ends one, too.
fn sentences(text: &str) -> Vec<Span> {
    let (mut all, mut start) = (Vec::new(), 0);
    for (at, letter) in text.char_indices() {
        let rest = &text[at + letter.len_utf8()..];
        let ends = match letter {
            '.' | '!' | '?' => rest.is_empty() || rest.starts_with(char::is_whitespace),
            '\n' => rest.trim_start_matches([' ', '\t', '\r']).starts_with('\n'),
            _ => false,
        };
        if ends {
            all.push(Span::new(start, at));
            start = at + letter.len_utf8();
        }
    }
    all.push(Span::new(start, text.len()));
    all
}

/// Where a sentence names a level of confidence: `high confidence`, `confidence is low`.
fn confidence(text: &str, sentence: Span) -> Option<Span> {
    let lower = text[sentence.range()].to_ascii_lowercase();
    let named = LEVELS.into_iter().flat_map(|level| {
        [format!("{level} confidence"), format!("confidence is {level}"), format!("confidence: {level}")]
    });
    let places = named.filter_map(|form| {
        let at = lower.find(&form)?;
        let apart = |letter: Option<char>| letter.is_none_or(|letter| !letter.is_alphanumeric());
        let end = at + form.len();
        (apart(lower[..at].chars().next_back()) && apart(lower[end..].chars().next()))
            .then(|| Span::new(sentence.start + at, sentence.start + end))
    });
    places.min_by_key(|span| span.start)
}

/// A word that is also said of places and people counts where no such thing follows.
const SAID_OF_OTHER_THINGS: [&str; 1] = ["remote"];
/// What may follow it where a chance is meant.
const SAID_OF_CHANCES: [&str; 4] = ["chance", "possibility", "probability", "prospect"];

/// A form of an expression, the expression, and its term and row if it is the lexicon's own.
type Form<'a> = (String, &'a str, Option<(&'a Term, usize)>);

/// Every expression of a text, in its order.
fn expressions<'a>(text: &str, lexicon: &'a Lexicon, others: &'a [Lexicon]) -> Vec<Found<'a>> {
    let mut all: Vec<Form<'_>> = Vec::new();
    for term in &lexicon.terms {
        for (row, words) in term.words.iter().enumerate() {
            all.extend(forms(words).into_iter().map(|form| (form, words.as_str(), Some((term, row)))));
        }
    }
    for words in others.iter().flat_map(|other| other.terms.iter().flat_map(|term| &term.words)) {
        let is_own = |known: &String| {
            let rest = words.strip_prefix(known.as_str()).map(str::trim_start);
            rest.is_some_and(|rest| rest.is_empty() || SAID_OF_CHANCES.contains(&rest))
        };
        if !all.iter().any(|(known, ..)| is_own(known)) {
            all.extend(forms(words).into_iter().map(|form| (form, words.as_str(), None)));
        }
    }
    all.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(&b.0)));
    let lower = text.to_ascii_lowercase();
    let mut taken = vec![false; text.len()];
    let mut found = Vec::new();
    for (form, words, own) in all {
        for (at, end) in places(&lower, &form) {
            let apart = |letter: Option<char>| letter.is_none_or(|letter| !letter.is_alphanumeric());
            if taken[at..end].iter().any(|taken| *taken)
                || !apart(lower[..at].chars().next_back())
                || !apart(lower[end..].chars().next())
            {
                continue;
            }
            taken[at..end].fill(true);
            if says_so(&lower[..at], &lower[end..]) && is_of_chances(&form, &lower[end..]) {
                found.push(Found { span: Span::new(at, end), words, own });
            }
        }
    }
    found.sort_by_key(|one| one.span.start);
    found
}

/// Where the words of an expression stand one after the other, whatever blanks lie between them: the two ends of each place.
fn places(lower: &str, form: &str) -> Vec<(usize, usize)> {
    let mut words = form.split_whitespace();
    let Some(first) = words.next() else { return Vec::new() };
    let end_of = |start: usize| {
        words.clone().try_fold(start + first.len(), |end, word| {
            let rest = lower[end..].trim_start();
            let blank = &lower[end..lower.len() - rest.len()];
            let is_next = !blank.is_empty() && blank.matches('\n').count() < 2 && rest.starts_with(word);
            is_next.then_some(end + blank.len() + word.len())
        })
    };
    lower.match_indices(first).filter_map(|(at, _)| Some((at, end_of(at)?))).collect()
}

/// Words before an expression that turn it round or set it against another: `hardly likely`, `less likely`.
const TURNED: [&str; 12] =
    ["not", "cannot", "hardly", "scarcely", "barely", "never", "neither", "more", "less", "most", "least", "equally"];

/// Whether an expression says of itself how likely something is: `not likely`, `as likely as not` and `more likely than that` do not.
fn says_so(before: &str, after: &str) -> bool {
    let last = before.split_whitespace().next_back().unwrap_or_default();
    let next = after.split_whitespace().next().unwrap_or_default();
    !TURNED.contains(&last) && !last.ends_with("n't") && !last.ends_with("n’t") && !["as", "than"].contains(&next)
}

/// An expression in small letters, and its adverb: `probably`, `almost certainly`.
fn forms(words: &str) -> Vec<String> {
    let words = words.to_ascii_lowercase();
    let adverb = match words.strip_suffix("ble") {
        Some(stem) => format!("{stem}bly"),
        None if words.ends_with("certain") => format!("{words}ly"),
        None => return vec![words],
    };
    vec![words, adverb]
}

fn is_of_chances(form: &str, after: &str) -> bool {
    if !SAID_OF_OTHER_THINGS.contains(&form) {
        return true;
    }
    let next = after.trim_start();
    let word: String = next.chars().take_while(|letter| letter.is_alphabetic()).collect();
    word.is_empty() || SAID_OF_CHANCES.contains(&word.as_str())
}

/// The number that belongs to each expression: it is the nearest one of those that are nearer to no other expression.
fn pairs(text: &str, found: &[Found<'_>]) -> Vec<Option<Stated>> {
    let lower = text.to_ascii_lowercase();
    let mut beside: Vec<Option<(usize, Stated)>> = vec![None; found.len()];
    for number in stated(&lower) {
        let words = found.iter().enumerate();
        let near = words.filter_map(|(at, one)| Some((number.belongs_to(&lower, one.span)?, at))).min();
        if let Some((distance, at)) = near
            && beside[at].is_none_or(|(nearest, _)| distance < nearest)
        {
            beside[at] = Some((distance, number));
        }
    }
    beside.into_iter().map(|pair| pair.map(|(_, number)| number)).collect()
}

/// A number, a range or a bound in percent.
fn percent(number: &Stated) -> String {
    let [low, high] = [number.low, number.high].map(|percent| round_to(percent, 2));
    match number.bound {
        Some(Bound::Most) => format!("at most {high} %"),
        Some(Bound::Least) => format!("at least {low} %"),
        None if number.low == number.high => format!("{low} %"),
        None => format!("{low} to {high} %"),
    }
}

/// What the lexicon calls a number, or the ends of a range.
fn called(lexicon: &Lexicon, number: &Stated) -> String {
    let bound = match number.bound {
        Some(Bound::Most) => Some(number.high),
        Some(Bound::Least) => Some(number.low),
        None => None,
    };
    if let Some(bound) = bound {
        return format!("{} % is called `{}`", round_to(bound, 2), lexicon.say(bound / 100.0));
    }
    let [low, high] = [number.low, number.high].map(|percent| lexicon.say(percent / 100.0));
    if low == high {
        return format!("{} is called `{low}`", percent(number));
    }
    let [from, to] = [number.low, number.high].map(|percent| round_to(percent, 2));
    format!("{from} % is called `{low}`, and {to} % `{high}`")
}

/// Whether a number or a range belongs to a band as a whole; a bound needs to leave room for it.
fn fits(term: &Term, number: &Stated) -> bool {
    match number.bound {
        Some(Bound::Most) => 100.0 * term.from < number.high,
        Some(Bound::Least) => 100.0 * term.to > number.low,
        None => holds(term, number.low) && holds(term, number.high),
    }
}

/// Whether a percentage, perhaps rounded to a whole one, belongs to a band.
fn holds(term: &Term, percent: f64) -> bool {
    // What is given to the tenth of a percent is off by half of that; shares and cases are as round as whole percents.
    let is_to_the_tenth = percent.fract() != 0.0 && (10.0 * percent).fract().abs() < 1e-9;
    let slack = if is_to_the_tenth { 0.05 } else { 0.5 };
    (100.0 * term.from - slack..=100.0 * term.to + slack).contains(&percent)
}

fn band(term: &Term) -> String {
    let percent = |share: f64| round_to(100.0 * share, 2);
    format!("{} to {} %", percent(term.from), percent(term.to))
}

/// What the lexicon calls the band that another gives to an expression.
fn alternatives(lexicon: &Lexicon, words: &str, others: &[Lexicon]) -> String {
    let terms = others.iter().flat_map(|other| &other.terms);
    let meant = terms.into_iter().find(|term| term.words.iter().any(|one| one == words));
    meant.map_or_else(String::new, |term| format!("`{}`", lexicon.say(f64::midpoint(term.from, term.to))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str, lexicon: &Lexicon) -> Vec<(&'static str, String)> {
        let source = Source::new("text", text);
        lint(&source, lexicon)
            .into_iter()
            .map(|one| (one.code, one.span.map_or_else(String::new, |span| text[span.range()].to_owned())))
            .collect()
    }

    #[test]
    fn words_outside_their_band_are_found_and_others_are_not() {
        let icd = Lexicon::known(KnownLexicon::Icd203);
        let found = codes(
            "Talks are likely (40 %). A truce is very unlikely (12%), peace almost certainly (97 %) not near.",
            &icd,
        );
        assert_eq!(found, [(OUTSIDE_ITS_BAND, "likely (40 %".to_owned())]);
        // Rounding to a whole percent moves a figure by half of one; the border belongs to both.
        assert!(codes("unlikely (20 %); unlikely (45 %); likely (55 %); unlikely (46 %)", &icd).len() == 1);
        assert!(
            codes("It is likely to go on for a year (40 %).", &icd).is_empty(),
            "four words on, it is of something else"
        );
        assert!(codes("It is not likely (20 %).", &icd).is_empty());
        assert!(codes("likely. (4 %)", &icd).is_empty());
    }

    #[test]
    fn a_level_of_confidence_has_a_sentence_of_its_own() {
        let icd = Lexicon::known(KnownLexicon::Icd203);
        for (text, level) in [
            ("We have high confidence that a truce is very likely.", "high confidence"),
            ("A truce is unlikely; our confidence is low", "confidence is low"),
            ("Peace holds. It is likely (60 %), moderate confidence! That is all.", "moderate confidence"),
        ] {
            assert_eq!(codes(text, &icd), [(WITH_CONFIDENCE, level.to_owned())], "{text}");
        }
        for text in [
            "A truce is very likely. We have high confidence in that.",
            "A truce is likely\n\nConfidence: high",
            "High confidence in the sources, of which there are many.",
            "Consumers of higher confidence are likely to spend, and overconfidence is likely.",
        ] {
            assert!(codes(text, &icd).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_number_is_found_however_it_is_written_and_another_things_number_is_not() {
        let icd = Lexicon::known(KnownLexicon::Icd203);
        for (text, warned) in [
            ("It is unlikely (10 percent).", "unlikely (10 percent"),
            ("It is unlikely (10 per cent).", "unlikely (10 per cent"),
            ("It is unlikely (0.1).", "unlikely (0.1"),
            ("It is unlikely (a chance of 10%).", "unlikely (a chance of 10%"),
            ("There is a 10 % chance, so it is unlikely.", "10 % chance, so it is unlikely"),
            ("With a probability of 0.7, a truce is unlikely.", "0.7, a truce is unlikely"),
            ("That is very likely, at 50%.", "very likely, at 50%"),
            ("It is likely (85-95 %).", "likely (85-95 %"),
            ("It is likely (75 % to 95 %).", "likely (75 % to 95 %"),
            ("It is likely (1 in 10).", "likely (1 in 10"),
            ("It is unlikely [70%].", "unlikely [70%"),
            ("A truce is unlikely, with a 70 % chance.", "unlikely, with a 70 %"),
            ("There is a roughly even chance of 70 %.", "roughly even chance of 70 %"),
            ("UNLIKELY (ABOUT 70 PERCENT)", "UNLIKELY (ABOUT 70 PERCENT"),
            ("A walkout is likely: 30 percent.", "likely: 30 percent"),
            ("A walkout is likely - 30 % - in May.", "likely - 30 %"),
            ("A walkout is likely – about 30 % – in May.", "likely – about 30 %"),
            ("A walkout is likely—30 %—in May.", "likely—30 %"),
            ("A deal is 30 % likely.", "30 % likely"),
            ("A deal is 30 percent, likely.", "30 percent, likely"),
            ("We put it at about 30 % (very likely).", "30 % (very likely"),
            ("We take it to be only about 30 percent likely to last.", "30 percent likely"),
            ("A deal is likely (one in three).", "likely (one in three"),
            ("It is unlikely (seven out of ten).", "unlikely (seven out of ten"),
            ("A strike is likely at 20 %.", "likely at 20 %"),
            ("A pay rise is unlikely at 60 percent.", "unlikely at 60 percent"),
            ("A strike (20 %) is likely.", "20 %) is likely"),
            ("A pay deal [0.2] is therefore likely, they say.", "0.2] is therefore likely"),
            ("A strike is likely (twenty per cent).", "likely (twenty per cent"),
            ("A strike is unlikely (seventy-five percent).", "unlikely (seventy-five percent"),
            ("A strike is likely (p=.2).", "likely (p=.2"),
            ("A strike is likely (p = .2).", "likely (p = .2"),
            ("A strike: likely = 20 %.", "likely = 20 %"),
            ("A strike is almost certain (<50 %).", "almost certain (<50 %"),
            ("A strike is unlikely (more than 50 %).", "unlikely (more than 50 %"),
            ("We put the chance of a strike at 20 %, which makes it likely.", "20 %, which makes it likely"),
            ("A strike is very  likely (10 %).", "very  likely (10 %"),
            ("A strike is very\nlikely (10 %).", "very\nlikely (10 %"),
        ] {
            assert_eq!(codes(text, &icd), [(OUTSIDE_ITS_BAND, warned.to_owned())], "{text}");
        }
        for text in [
            "It is likely (60-75 %), and unlikely (1 in 3).",
            "It is unlikely (0.35), at least as long as 90 % of them stay.",
            "There is a 30 % chance, so it is unlikely.",
            "There is a 10 % chance of rain, and a truce is likely.",
            "A 10 % chance of rain makes a truce likely.",
            "There is a 10 % chance. A truce is likely.",
            "A truce is likely, with 40 % of the vote counted.",
            "Growth of 3 % is likely.",
            "Turnout was 40 %, likely a record.",
            "Prices went up by 5 percent, likely.",
            "A deal is 70 percent, very likely by May.",
            "A deal is 60 %, likely. A walkout is unlikely (30 %).",
            "A rise by 5 percent is very likely, and a fall is very unlikely.",
            "It is likely (see 3.5).",
            "It is likely (2), and very likely [12].",
            "It is likely (in 2 of 5 districts).",
            "It is likely (10 % of the seats are open).",
            "It is likely (1 in 2025).",
            "A rise of 30 % likely ends the talks.",
            "Prices went up by 5 % likely for good.",
            "It is likely: 30 % of the members stay away.",
            "It is likely - 30 % more than last year came.",
            "A deal is 60 % likely (two in three), a walkout unlikely: 30 %.",
            "It is likely (one in five districts votes).",
            "It is not likely; the chance is 10 %.",
            "A strike is as likely as not (50 %).",
            "A strike is hardly likely (30 %), and a deal isn't likely (20 %).",
            "The most likely outcome (40 %) is a deal, less likely (30 %) a strike.",
            "A strike is more likely than not (52 %).",
            "Growth is likely at 3 %, and a rise (5 %) is likely.",
            "The Greens (12 %) are likely to lose.",
            "A strike is likely at 20 % of the ports.",
            "A chance of 10 % makes it likely that talks fail.",
            "A strike is likely (>60 %), very likely (at least 80 %), unlikely (<45 %).",
            "It is very\n likely (85 %), and twenty per cent of them stay.",
            "A is likely (60 %); B is unlikely (30 %), C very likely (90 percent).",
        ] {
            assert_eq!(codes(text, &icd), [], "{text}");
        }
        let source = Source::new("text", "It is likely (70-90 %).");
        let found = lint(&source, &icd);
        let one = found.iter().next().expect("a problem");
        assert!(one.message.ends_with("not for 70 to 90 %"), "{}", one.message);
        assert_eq!(one.help, ["70 % is called `likely`, and 90 % `very likely`"]);
    }

    #[test]
    fn two_rows_in_one_text_are_mixed() {
        let icd = Lexicon::known(KnownLexicon::Icd203);
        assert_eq!(codes("A is likely. B is probably so.", &icd), [(MIXED_ROWS, "probably".to_owned())]);
        assert!(codes("A is likely. B is very likely. C has almost no chance.", &icd).is_empty());
        assert!(codes("A is probable in remote areas, B improbable.", &icd).is_empty());
        assert_eq!(codes("A is likely. B has a remote chance.", &icd), [(MIXED_ROWS, "remote".to_owned())]);
    }

    #[test]
    fn a_word_of_another_lexicon_is_named_with_the_own_one() {
        let icd = Lexicon::known(KnownLexicon::Icd203);
        let source = Source::new("text", "It is highly unlikely (12 %).");
        let found = lint(&source, &icd);
        let one = found.iter().next().expect("a problem");
        assert_eq!((one.code, one.help[0].as_str()), (OTHER_LEXICON, "say `very unlikely`"));
        assert_eq!(codes("It is highly unlikely (12 %).", &Lexicon::known(KnownLexicon::Uk)), []);
        assert_eq!(codes("A realistic possibility (60 %).", &Lexicon::known(KnownLexicon::Uk)).len(), 1);
    }

    #[test]
    fn no_text_makes_the_lint_panic() {
        let icd = Lexicon::known(KnownLexicon::Icd203);
        for text in [
            "",
            "likely (",
            "likely (%)",
            "likely (1.2.3 %)",
            "unlikély (5 %)",
            "İ likely (3 %)",
            "likely (99999999999 %)",
            "likely (0.",
            "likely (1 in ",
            "5\u{202f}% – ü likely, at 7\u{a0}%–",
            "likely (1-",
            "likely .",
            "very ü likely",
            "twenty-ü per cent",
            "(<",
        ] {
            let _ = codes(text, &icd);
        }
    }
}
