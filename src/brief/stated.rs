//! The chances that a text states in numbers: `10 %`, `ten per cent`, `85-95 %`, `< 10 %`, `1 in 10`, `one in ten`, `0.1`, and which words they can belong to.

use crate::source::Span;

/// A chance in numbers, in percent; both ends are the same where it is no range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stated {
    pub(super) low: f64,
    pub(super) high: f64,
    /// The number, with its sign.
    pub(super) span: Span,
    /// Where the bracket opens that it is the first thing in.
    bracket: Option<usize>,
    /// Whether it is called a chance: `a 10 % chance`, `a probability of 0.1`.
    called_chance: bool,
    /// Whether it is a bound: `under 10 %` reaches from 0 to 10.
    pub(super) bound: Option<Bound>,
}

/// Which end of a chance a bound states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    /// `< 10 %`, `at most 10 %`.
    Most,
    /// `> 90 %`, `at least 90 %`.
    Least,
}

/// What a chance is called where its number stands beside it.
const CHANCE: [&str; 5] = ["chance", "chances", "probability", "likelihood", "odds"];
/// What may stand between such a name, or the bracket, and the number.
const LEAD: [&str; 33] = [
    "a",
    "an",
    "the",
    "of",
    "is",
    "at",
    "about",
    "around",
    "roughly",
    "some",
    "only",
    "nearly",
    "approximately",
    "ca",
    "p",
    "=",
    "~",
    "be",
    "between",
    "p=",
    "≈",
    "<",
    ">",
    "≤",
    "≥",
    "under",
    "below",
    "over",
    "above",
    "less",
    "more",
    "than",
    "least",
];
/// What may stand between a word that says what something is and its number: `it is only about 30 % likely`.
const NEARLY: [&str; 13] = [
    "about",
    "around",
    "roughly",
    "some",
    "only",
    "just",
    "nearly",
    "approximately",
    "at",
    "most",
    "least",
    "ca",
    "still",
];
/// Words that say what something is: a number behind them, and right before a word for a chance, is of that.
const IS: [&str; 14] =
    ["is", "are", "was", "were", "be", "being", "been", "seems", "seem", "looks", "remains", "as", "it", "a"];
/// Counts in words.
const COUNTS: [(&str, u32); 29] = [
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
    ("hundred", 100),
    ("thousand", 1_000),
];
/// What is measured in percent itself, so that a percentage beside it is hardly a chance.
const MEASURED: [&str; 16] = [
    "growth",
    "inflation",
    "unemployment",
    "turnout",
    "rate",
    "rates",
    "share",
    "shares",
    "yield",
    "yields",
    "deficit",
    "margin",
    "majority",
    "support",
    "interest",
    "swing",
];
/// What has a size in percent where that stands in brackets behind it: `a rise (5 %)`.
const SIZED: [&str; 10] = ["rise", "rises", "fall", "falls", "increase", "increases", "cut", "cuts", "drop", "decline"];
/// What stands between a number in brackets and the word that says how likely that is: `a strike (20 %) is therefore unlikely`.
const SAYS: [&str; 14] = [
    "is",
    "are",
    "was",
    "were",
    "seems",
    "seem",
    "looks",
    "look",
    "remains",
    "remain",
    "still",
    "thus",
    "therefore",
    "now",
];
/// Another thing is spoken of behind these.
const ELSEWHERE: [&str; 15] = [
    "and", "but", "or", "nor", "while", "whereas", "if", "though", "although", "when", "makes", "make", "than",
    "because", "unless",
];
/// Words between a word for a chance and a bracket with its number, at most.
const TO_BRACKET: usize = 3;
/// Words between a word for a chance and a number that is called one, at most.
const IN_CLAUSE: usize = 8;

/// Every chance that a text states in numbers, in its order. `lower` is the text in small letters of ASCII.
pub(super) fn stated(lower: &str) -> Vec<Stated> {
    let mut found: Vec<Stated> = Vec::new();
    for (at, letter) in lower.char_indices() {
        let is_new = found.last().is_none_or(|last| last.span.end <= at);
        let is_point = letter == '.' && lower[at + 1..].starts_with(|next: char| next.is_ascii_digit());
        let can_begin = letter.is_ascii_digit() || is_point || COUNTS.iter().any(|(word, _)| word.starts_with(letter));
        if can_begin && is_new && begins(&lower[..at]) {
            found.extend(at_place(lower, at));
        }
    }
    found
}

/// Whether a number can begin behind this: not within another one, nor behind a letter, a sign or a currency.
fn begins(before: &str) -> bool {
    let mut letters = before.chars().rev();
    match letters.next() {
        Some('.' | ',' | '-' | '−' | '–') => !letters.next().is_some_and(|one| one.is_alphanumeric() || one == ' '),
        Some(letter) => !(letter.is_alphanumeric() || "$€£+".contains(letter)),
        None => true,
    }
}

/// The number that begins at a place, if it states a chance.
fn at_place(lower: &str, at: usize) -> Option<Stated> {
    let text = &lower[at..];
    let spelled = |(share, length): (f64, usize)| (share, share, at + length, false);
    let (low, high, end, is_decimal) = match number(text) {
        Some(first) => in_digits(lower, at, first)?,
        None => one_in(text).or_else(|| spelled_percent(text)).map(spelled)?,
    };
    if !(low <= high && high <= 100.0) {
        return None;
    }
    let after = lower[end..].trim_start();
    let called_after = CHANCE.contains(&word(after));
    let closes = after.starts_with([')', ']', ',', ';']) || called_after;
    let bracket = opened(&lower[..at]).filter(|_| closes);
    let called_chance = called_after || called_before(&lower[..at]);
    let span = Span::new(at, end);
    let bound = if low == high { bound_before(&lower[..at]) } else { None };
    let (low, high) = match bound {
        Some(Bound::Most) => (0.0, high),
        Some(Bound::Least) => (low, 100.0),
        None => (low, high),
    };
    // A bare share of 1 says nothing of chances in running text.
    (!is_decimal || bracket.is_some() || called_chance).then_some(Stated {
        low,
        high,
        span,
        bracket,
        called_chance,
        bound,
    })
}

/// Whether what stands before a number makes a bound of it.
fn bound_before(before: &str) -> Option<Bound> {
    let before = before.trim_end();
    let mut last = words(before).rev();
    match (last.next(), last.next()) {
        _ if before.ends_with(['<', '≤']) => Some(Bound::Most),
        _ if before.ends_with(['>', '≥']) => Some(Bound::Least),
        (Some("under" | "below"), _) | (Some("than"), Some("less")) | (Some("most"), Some("at")) => Some(Bound::Most),
        (Some("over" | "above"), _) | (Some("than"), Some("more")) | (Some("least"), Some("at")) => Some(Bound::Least),
        _ => None,
    }
}

/// `twenty per cent`, `seventy-five percent`, and its length.
fn spelled_percent(text: &str) -> Option<(f64, usize)> {
    let first = word(text);
    let (_, count) = COUNTS.iter().find(|(own, count)| *own == first && *count < 100)?;
    let (mut count, mut end) = (*count, first.len());
    if let Some(rest) = text[end..].strip_prefix(['-', ' '])
        && count >= 20
    {
        let ones = word(rest);
        if let Some((_, more)) = COUNTS.iter().find(|(own, more)| *own == ones && *more < 10) {
            (count, end) = (count + more, end + 1 + ones.len());
        }
    }
    percent_sign(&text[end..]).map(|sign| (f64::from(count), end + sign))
}

/// A number of so many digits: its ends in percent, where it ends, and whether it is a share between 0 and 1.
fn in_digits(lower: &str, at: usize, first: usize) -> Option<(f64, f64, usize, bool)> {
    let mut end = at + first;
    let low: f64 = lower[at..end].parse().ok()?;
    let mut is_percent = percent_sign(&lower[end..]).inspect(|sign| end += sign).is_some();
    let (mut high, mut last) = (low, &lower[at..at + first]);
    let after_between = words(&lower[..at]).next_back() == Some("between");
    if let Some((skipped, length)) = upper_end(&lower[end..], if after_between { "and " } else { "to " }) {
        let from = end + skipped;
        let value: f64 = lower[from..from + length].parse().ok()?;
        let sign = percent_sign(&lower[from + length..]);
        // `40 % to 2030` is no range; `1-2` without a sign none of chances, unless it is of shares.
        if sign.is_some() || (!is_percent && is_share(&lower[at..at + first]) && is_share(&lower[from..from + length]))
        {
            (high, last, end) = (value, &lower[from..from + length], from + length + sign.unwrap_or(0));
            is_percent = sign.is_some();
        }
    }
    if is_percent {
        return Some((low, high, end, false));
    }
    if is_share(last) && is_share(&lower[at..at + first]) {
        return Some((100.0 * low, 100.0 * high, end, true));
    }
    one_in(&lower[at..]).map(|(share, length)| (share, share, at + length, false))
}

/// The length of the number that a text begins with.
fn number(text: &str) -> Option<usize> {
    let whole = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let digits_behind = |text: &str| text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    match text[whole..].strip_prefix('.').map(digits_behind) {
        Some(length) if length > 0 => Some(whole + 1 + length),
        _ if whole == 0 => None,
        // `1,200` is one number, and none of percent.
        _ if text[whole..].strip_prefix(',').is_some_and(|rest| digits_behind(rest) > 0) => None,
        _ => Some(whole),
    }
}

/// The length of the sign of percent that a text begins with, with what stands before it.
fn percent_sign(text: &str) -> Option<usize> {
    let rest = text.trim_start();
    let blank = text.len() - rest.len();
    ["%", "percent", "per cent", "pct"].iter().find(|sign| rest.starts_with(**sign)).map(|sign| blank + sign.len())
}

/// The upper end of a range that a text goes on with, behind a dash or a word: what to skip, and its length.
fn upper_end(text: &str, joined_by: &str) -> Option<(usize, usize)> {
    let rest = text.trim_start();
    let is_word = rest.len() < text.len();
    let dash = ["-", "–", "—", "−"].iter().find_map(|dash| rest.strip_prefix(dash));
    let word = || rest.strip_prefix(joined_by).filter(|_| is_word);
    let upper = dash.or_else(word)?.trim_start();
    number(upper).map(|length| (text.len() - upper.len(), length))
}

/// Whether digits are a share between 0 and 1: they have a point.
fn is_share(digits: &str) -> bool {
    digits.contains('.') && digits.parse().is_ok_and(|share: f64| share <= 1.0)
}

/// `1 in 10` or `one in ten`, in percent, and its length; years are no cases.
fn one_in(text: &str) -> Option<(f64, usize)> {
    const MOST: u32 = 1_000;
    let (part, first) = count(text)?;
    let behind = &text[first..];
    let join =
        |blank: &str| ["in", "out of"].iter().find_map(|one| behind.strip_prefix(&format!("{blank}{one}{blank}")));
    let rest = join(" ").or_else(|| behind.strip_prefix("-in-"))?;
    let (whole, length) = count(rest)?;
    let is_of_cases = (2..=MOST).contains(&whole) || whole.is_multiple_of(MOST);
    let end = text.len() - rest.len() + length;
    (part >= 1 && part <= whole && is_of_cases).then(|| (100.0 * f64::from(part) / f64::from(whole), end))
}

/// A count that a text begins with, in digits or in words, and its length.
fn count(text: &str) -> Option<(u32, usize)> {
    if let Some(length) = number(text) {
        return text[..length].parse().ok().map(|count| (count, length));
    }
    let word = word(text);
    COUNTS.iter().find(|(own, _)| *own == word).map(|(_, count)| (*count, word.len()))
}

/// The letters that a text begins with.
fn word(text: &str) -> &str {
    &text[..text.find(|letter: char| !letter.is_alphabetic()).unwrap_or(text.len())]
}

/// Words without the marks about them.
fn words(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    text.split_whitespace()
        .map(|word| word.trim_matches([',', '.', ':', '(', ')', '[', ']']))
        .filter(|one| !one.is_empty())
}

/// Where the bracket opens in which a number is the first thing, beside words that lead to it.
fn opened(before: &str) -> Option<usize> {
    let open = before.rfind(['(', '['])?;
    words(&before[open + 1..]).all(|word| LEAD.contains(&word) || CHANCE.contains(&word)).then_some(open)
}

/// Whether the words before a number call it a chance.
fn called_before(before: &str) -> bool {
    let clause = before.rfind(['.', ';', '!', '?', ')', ']']).map_or(before, |at| &before[at..]);
    words(clause).rev().find(|word| !LEAD.contains(word)).is_some_and(|word| CHANCE.contains(&word))
        || is_put_at(clause)
}

/// `the chance of a strike at`, `the probability that they strike is about`: what comes next is that chance.
fn is_put_at(clause: &str) -> bool {
    let all: Vec<&str> = words(clause).collect();
    let Some(at) = all.iter().rposition(|word| CHANCE.contains(word)) else { return false };
    let (of, leads) = (&all[at + 1..], ["at", "is", "as", "be", "to"]);
    let last = of.iter().rev().find(|word| leads.contains(word) || !NEARLY.contains(word));
    of.first().is_some_and(|word| ["of", "that", "for"].contains(word))
        && last.is_some_and(|word| leads.contains(word))
        && of.len() <= IN_CLAUSE
        && !of.iter().any(|word| ELSEWHERE.contains(word))
}

impl Stated {
    /// How far it stands from a word for a chance that it can belong to; `None` if it belongs to another one, or to none.
    pub(super) fn belongs_to(&self, lower: &str, word: Span) -> Option<usize> {
        if self.span.end <= word.start {
            let between = &lower[self.span.end..word.start];
            let is_free = self.bracket.is_none() && says_what_is(&lower[..self.span.start]);
            // `30 % likely`, and `30 %, likely` or `30 % (likely)` with nothing else in its clause.
            let is_next = between.trim().is_empty()
                || (matches!(between.trim(), "," | "(" | "[") && ends_clause(&lower[word.end..]));
            let ends = ends_clause(&lower[word.end..]);
            let is_own = (self.called_chance && (is_one_clause(between) || (ends && makes_it(between))))
                || (is_free && is_next)
                || (ends && self.bracket.is_some_and(|open| is_said(&lower[..open], between)));
            return is_own.then_some(between.len());
        }
        if self.span.start < word.end {
            return None;
        }
        let between = &lower[word.end..self.span.start];
        let in_bracket = self.bracket.filter(|open| *open >= word.end).is_some_and(|open| {
            let to_bracket = &lower[word.end..open];
            !to_bracket.contains(['(', '[', '.', ';', ':', '!', '?'])
                && to_bracket.split_whitespace().count() <= TO_BRACKET
        });
        let after = &lower[self.span.end..];
        let is_own = in_bracket
            || (self.bracket.is_none()
                && (is_set_off(between, after)
                    || is_put(&lower[..word.start], between, after)
                    || (self.called_chance && is_one_clause(between))));
        is_own.then_some(between.len())
    }
}

/// `a strike is likely at 50 %` with nothing else in its clause; growth that is likely at 5 % is another thing.
fn is_put(before: &str, between: &str, after: &str) -> bool {
    words(between).next() == Some("at")
        && !between.contains([',', ';', ':', '(', '['])
        && words(between).all(|word| LEAD.contains(&word))
        && says_what_is(before)
        && !words(clause_of(before)).any(|word| MEASURED.contains(&word))
        && ends_clause(after)
}

/// `a strike (50 %) is likely`, where what stands before the bracket has no such size itself.
fn is_said(before: &str, between: &str) -> bool {
    let Some(rest) = between.strip_prefix([')', ']']) else { return false };
    let of = words(before).next_back();
    words(rest).next().is_some_and(|word| SAYS.contains(&word))
        && words(rest).all(|word| SAYS.contains(&word))
        && !rest.contains([',', '(', '['])
        && of.is_some_and(|word| !MEASURED.contains(&word) && !SIZED.contains(&word))
}

/// `, which makes it`: what is said next follows from the chance before.
fn makes_it(between: &str) -> bool {
    let all: Vec<&str> = words(between).collect();
    let [links @ .., "makes" | "make" | "making", "it" | "this" | "that"] = all.as_slice() else { return false };
    !between.contains([';', '!', '?', '(', ')'])
        && links.iter().all(|word| ["which", "this", "that", "and", "so"].contains(word))
}

/// `, at 50 %`, `: 50 %`, ` = 50 %` or ` – 50 % –`, and nothing else in its clause.
fn is_set_off(between: &str, after: &str) -> bool {
    let marks = [":", " = ", " – ", " — ", " - ", "—"];
    let (rest, needs_at) = match marks.iter().find_map(|mark| between.strip_prefix(mark)) {
        Some(rest) => (rest, false),
        None => match [",", " –", " -"].iter().find_map(|mark| between.strip_prefix(mark)) {
            Some(rest) => (rest, true),
            None => return false,
        },
    };
    ends_clause(after)
        && (!needs_at || words(rest).any(|word| word == "at"))
        && words(rest).all(|word| LEAD.contains(&word))
}

/// Whether a clause ends before a text.
fn ends_clause(after: &str) -> bool {
    let after = after.trim_start();
    after.is_empty() || after.starts_with(['.', ',', ';', '!', '?', ')', ']', '–', '—', '-'])
}

/// Whether what stands before a number says what something is: `the deal is about`, or nothing.
fn says_what_is(before: &str) -> bool {
    words(clause_of(before)).rev().find(|word| !NEARLY.contains(word)).is_none_or(|word| IS.contains(&word))
}

/// The clause that a text ends in.
fn clause_of(before: &str) -> &str {
    before.rfind(['.', ',', ';', ':', '!', '?', '(', ')']).map_or(before, |at| &before[at + 1..])
}

/// Whether a text goes on within one clause, or says what follows from it.
fn is_one_clause(between: &str) -> bool {
    let ends = |(at, _): (usize, &str)| between[at + 1..].chars().next().is_none_or(char::is_whitespace);
    !between.contains([';', '!', '?', '(', ')', '[', ']'])
        && !between.match_indices('.').any(ends)
        && words(between).count() <= IN_CLAUSE
        && !words(between).any(|word| ELSEWHERE.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chances_are_read_in_the_ways_in_which_people_write_them() {
        let of = |text: &str| -> Vec<(f64, f64)> { stated(text).iter().map(|one| (one.low, one.high)).collect() };
        for (text, expected) in [
            ("10 %", vec![(10.0, 10.0)]),
            ("12.5% and 7\u{a0}%", vec![(12.5, 12.5), (7.0, 7.0)]),
            ("10 percent, 10 per cent", vec![(10.0, 10.0), (10.0, 10.0)]),
            ("85-95 %, 85–95%, 85 % to 95 %", vec![(85.0, 95.0); 3]),
            ("between 85 and 95 %", vec![(85.0, 95.0)]),
            ("(1 in 10)", vec![(10.0, 10.0)]),
            (
                "(one in ten), (two out of five), (one-in-four), (1 in five)",
                vec![(10.0, 10.0), (40.0, 40.0), (25.0, 25.0), (20.0, 20.0)],
            ),
            ("(one in a row), (someone in ten), (ten in five), (twofold in ten), (one)", vec![]),
            ("twenty per cent, seventy-five percent, ninety %", vec![(20.0, 20.0), (75.0, 75.0), (90.0, 90.0)]),
            (
                "(< 5 %), (>95 %), at most 20 %, over 90 percent",
                vec![(0.0, 5.0), (95.0, 100.0), (0.0, 20.0), (90.0, 100.0)],
            ),
            ("(twenty), (twenty-fold per cent), (a hundred per cent)", vec![]),
            ("(0.25), (p=.25)", vec![(25.0, 25.0); 2]),
            ("a probability of 0.5", vec![(50.0, 50.0)]),
            ("(3 in 2025), (7), v1.5 %, $10 %, 1,200 %, 12,5 %, 150 %, in 0.5 hours, -5 %", vec![]),
        ] {
            assert_eq!(of(text), expected, "{text}");
        }
    }
}
