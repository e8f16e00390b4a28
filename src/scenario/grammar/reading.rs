//! How a phrase is read, and how a failure becomes one good message.
//!
//! Every piece that does not fit notes what it expected and where. When the whole phrase fails, the message speaks of the
//! place furthest into the text, with all that could have stood there. A rule that knows better gives a [`verdict`], which ends
//! the reading at once.

use crate::diagnostic::Diagnostic;
use crate::scenario::codes;
use crate::scenario::names::{continues_name, is_reserved, nearest};
use crate::scenario::place::Place;
use crate::source::{Span, Spanned};
use std::cell::{Cell, RefCell};
use std::ops::Range;
use winnow::error::{EmptyError, ErrMode};
use winnow::stream::{LocatingSlice, Location, Stateful, Stream};

/// The text being read, with its [`State`].
pub(super) type Input<'a> = Stateful<LocatingSlice<&'a str>, &'a State>;

/// What a rule gives.
pub(super) type Parsed<T> = Result<T, ErrMode<EmptyError>>;

/// What [`name`](super::lexing::name) expects.
pub(super) const NAME: &str = "a name";
/// How deep parentheses, `not`, `if` and the like may stand in one another.
const DEPTH_LIMIT: usize = 48;
/// How many operators one expression may have.
const OPERATOR_LIMIT: usize = 500;

/// A family of phrases, for messages.
#[derive(Debug, Clone, Copy)]
pub(super) struct Family {
    /// The code of a phrase that cannot be read.
    pub code: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// Phrases that can be read.
    pub examples: &'static [&'static str],
}

/// What is known beside the text: where it stands, and what was expected so far.
#[derive(Debug)]
pub(super) struct State {
    place: Place,
    notes: RefCell<Notes>,
    depth: Cell<usize>,
    operators: Cell<usize>,
}

#[derive(Debug, Clone, Default)]
struct Notes {
    furthest: usize,
    expected: Vec<String>,
    verdict: Option<Diagnostic>,
}

/// Reads a whole text by a rule.
pub(super) fn read<T>(
    family: &Family,
    text: &str,
    place: &Place,
    mut rule: impl for<'a> FnMut(&mut Input<'a>) -> Parsed<T>,
) -> Result<T, Box<Diagnostic>> {
    let state = State { place: place.clone(), notes: RefCell::default(), depth: Cell::new(0), operators: Cell::new(0) };
    if text.trim().is_empty() {
        return Err(Box::new(
            Diagnostic::new(family.code, place.span(0..text.len()), format!("the {} is empty", family.name))
                .help(examples(family)),
        ));
    }
    let mut input = Input { input: LocatingSlice::new(text), state: &state };
    spaces(&mut input);
    let outcome = rule(&mut input).and_then(|value| end(&mut input).map(|()| value));
    outcome.map_err(|_| {
        let notes = state.notes.take();
        Box::new(
            notes.verdict.unwrap_or_else(|| unexpected(family, text, &state.place, notes.furthest, &notes.expected)),
        )
    })
}

fn examples(family: &Family) -> String {
    let shown: Vec<String> = family.examples.iter().map(|example| format!("`{example}`")).collect();
    let article = if family.name.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {} reads like {}", family.name, list(&shown))
}

/// What can follow a value in an expression; named one by one, they would drown the rest of a message.
const OPERATORS: &[&str] = &[
    "`^`",
    "`**`",
    "`*`",
    "`/`",
    "`+`",
    "`-`",
    "a comparison",
    "a relation such as `is` or `by`",
    "`and`",
    "`or`",
    "`implies`",
];

/// The list of what was expected, the operators taken together.
fn wanted(expected: &[String]) -> String {
    let is_operator = |what: &String| OPERATORS.contains(&what.as_str());
    if expected.iter().filter(|what| is_operator(what)).count() < 4 {
        return list(expected);
    }
    let mut shown = vec!["an operator such as `and`, `=` or `by`".to_owned()];
    shown.extend(expected.iter().filter(|what| !is_operator(what)).cloned());
    list(&shown)
}

fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}

/// The message for a text that stopped making sense at an offset.
fn unexpected(family: &Family, text: &str, place: &Place, at: usize, expected: &[String]) -> Diagnostic {
    let token = token_at(text, at);
    let found = &text[token.clone()];
    let wanted = wanted(expected);
    let message = if found.is_empty() {
        format!("expected {wanted}, but the {} ends here", family.name)
    } else {
        format!("expected {wanted}, found `{}`", found.escape_debug())
    };
    let mut diagnostic = Diagnostic::new(family.code, place.span(token), message);
    if let Some(better) = common_mistake(found, family) {
        diagnostic = diagnostic.help(better);
    } else {
        let mut words: Vec<&str> =
            expected.iter().filter_map(|word| word.strip_prefix('`')?.strip_suffix('`')).collect();
        for word in words_of(family).chain(family.examples.iter().copied()) {
            words.push(word);
        }
        let is_grouped = found.len() == 3 && found.bytes().all(|byte| byte.is_ascii_digit());
        if is_grouped && text[..at].trim_end().ends_with(',') {
            diagnostic = diagnostic.help("write large numbers without a comma between their digits, as in `40000`");
        } else if found.len() > 2
            && let Some(near) = nearest(found, words)
        {
            diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
        } else if is_reserved(found) && expected.iter().any(|wanted| wanted == NAME) {
            diagnostic = diagnostic.help(format!("`{found}` is a word of the language and cannot be a name"));
        }
    }
    diagnostic.help(examples(family))
}

/// Words of a family that its grammar does not expect one by one.
fn words_of(family: &Family) -> impl Iterator<Item = &'static str> {
    let chances = family.code == codes::CHANCE || family.code == codes::WHEN;
    let ratios = family.code == codes::RATIO;
    let words = super::chance::WORDS.iter().filter_map(|(words, _, _)| words.last().copied());
    words.filter(move |_| chances).chain(["low", "medium", "high"].into_iter().filter(move |_| ratios))
}

fn common_mistake(found: &str, family: &Family) -> Option<&'static str> {
    let chances = family.code == codes::CHANCE || family.code == codes::WHEN;
    Some(match found {
        "&" => "write `and` for `&`, `&&`",
        "|" => "write `or` for `|`, `||`",
        "!" => "write `not`, or `!=` between two values",
        "%" if family.code == codes::EXPRESSION => {
            "`%` stands behind a number, as in `30%`; one calculates with `+`, `-`, `*`, `/`, `^` and functions such as `min(x, y)`"
        }
        "-" | "–" | "—" | "…" | "to" if chances => {
            "write a range of chances with what lies in it, as in `35% (90% sure: 15% to 60%)`"
        }
        "-" | "–" | "—" | "…" => "write a range with `to`, as in `40 to 90`",
        "=" => "one `=` compares; there is no assignment",
        "$" | "€" | "£" => "write the unit under `unit`, the number without it",
        "±" => "write `normal(10, 2)`, or a range as in `8 to 12`",
        "~" => "leave out `~`: a range such as `8 to 12` says how rough a number is",
        _ => return None,
    })
}

/// The word, number or character that begins at an offset.
fn token_at(text: &str, at: usize) -> Range<usize> {
    let rest = &text[at..];
    let Some(first) = rest.chars().next() else {
        return at..at;
    };
    let length = if continues_name(first) {
        rest.find(|character: char| !continues_name(character) && character != '.').unwrap_or(rest.len())
    } else {
        first.len_utf8()
    };
    at..at + length
}

/// The offset of the next character.
pub(super) fn offset(input: &Input<'_>) -> usize {
    input.current_token_start()
}

/// What is left of the text.
pub(super) fn rest<'a>(input: &Input<'a>) -> &'a str {
    input.peek_finish()
}

/// The file's span of a range of offsets.
pub(super) fn place(input: &Input<'_>, range: Range<usize>) -> Span {
    input.state.place.span(range)
}

/// Notes what could have stood here, and fails so that another rule may try.
pub(super) fn expected<T>(input: &Input<'_>, what: &str) -> Parsed<T> {
    note(input, offset(input), what);
    Err(ErrMode::Backtrack(EmptyError))
}

fn note(input: &Input<'_>, at: usize, what: &str) {
    let mut notes = input.state.notes.borrow_mut();
    if at > notes.furthest {
        notes.furthest = at;
        notes.expected.clear();
    }
    if at == notes.furthest && !notes.expected.iter().any(|known| known == what) {
        notes.expected.push(what.to_owned());
    }
}

/// Ends the reading with this message.
pub(super) fn verdict<T>(
    input: &Input<'_>,
    code: &'static str,
    range: Range<usize>,
    message: impl Into<String>,
    help: impl Into<String>,
) -> Parsed<T> {
    let diagnostic = Diagnostic::new(code, place(input, range), message).help(help);
    input.state.notes.borrow_mut().verdict = Some(diagnostic);
    Err(ErrMode::Cut(EmptyError))
}

/// A rule under one name: if it fails at its very start, this is what was expected.
pub(super) fn described<'a, T>(
    what: &'static str,
    mut rule: impl FnMut(&mut Input<'a>) -> Parsed<T>,
) -> impl FnMut(&mut Input<'a>) -> Parsed<T> {
    move |input| {
        let start = offset(input);
        let saved = input.state.notes.borrow().clone();
        let outcome = rule(input);
        if matches!(outcome, Err(ErrMode::Backtrack(_))) && input.state.notes.borrow().furthest <= start {
            input.state.notes.replace(saved);
            note(input, start, what);
        }
        outcome
    }
}

/// A rule that may be there; what it expected is not worth a word in a message if it does not begin.
pub(super) fn maybe<'a, T>(
    input: &mut Input<'a>,
    mut rule: impl FnMut(&mut Input<'a>) -> Parsed<T>,
) -> Parsed<Option<T>> {
    let start = offset(input);
    let saved = input.state.notes.borrow().clone();
    let before = input.checkpoint();
    match rule(input) {
        Ok(value) => Ok(Some(value)),
        Err(ErrMode::Backtrack(_)) => {
            if input.state.notes.borrow().furthest <= start {
                input.state.notes.replace(saved);
            }
            input.reset(&before);
            Ok(None)
        }
        Err(other) => Err(other),
    }
}

/// As [`maybe`], but what it expected stays in the message.
pub(super) fn either<'a, T>(
    input: &mut Input<'a>,
    mut rule: impl FnMut(&mut Input<'a>) -> Parsed<T>,
) -> Parsed<Option<T>> {
    let before = input.checkpoint();
    match rule(input) {
        Ok(value) => Ok(Some(value)),
        Err(ErrMode::Backtrack(_)) => {
            input.reset(&before);
            Ok(None)
        }
        Err(other) => Err(other),
    }
}

/// A rule with the place of what it read, without the space after it.
pub(super) fn spanned<'a, T>(
    mut rule: impl FnMut(&mut Input<'a>) -> Parsed<T>,
) -> impl FnMut(&mut Input<'a>) -> Parsed<Spanned<T>> {
    move |input| {
        let (value, range) = ranged(input, &mut rule)?;
        Ok(Spanned::new(value, place(input, range)))
    }
}

/// A rule with the offsets of what it read, without the space after it.
pub(super) fn ranged<'a, T>(
    input: &mut Input<'a>,
    mut rule: impl FnMut(&mut Input<'a>) -> Parsed<T>,
) -> Parsed<(T, Range<usize>)> {
    let (start, before) = (offset(input), rest(input));
    let value = rule(input)?;
    let taken = &before[..offset(input) - start];
    Ok((value, start..start + taken.trim_end().len()))
}

/// Steps into something that can stand in itself; an error where it is too deep for anyone to read.
pub(super) fn nested<'a, T>(input: &mut Input<'a>, mut rule: impl FnMut(&mut Input<'a>) -> Parsed<T>) -> Parsed<T> {
    let depth = input.state.depth.get();
    if depth >= DEPTH_LIMIT {
        let at = offset(input);
        let message = format!("this is nested more than {DEPTH_LIMIT} deep");
        return verdict(
            input,
            codes::TOO_DEEP,
            at..at,
            message,
            "give parts of it names as events with `holds` or `equals`",
        );
    }
    input.state.depth.set(depth + 1);
    let outcome = rule(input);
    input.state.depth.set(depth);
    outcome
}

/// Counts one operator more; an error where there are too many.
pub(super) fn counted(input: &Input<'_>) -> Parsed<()> {
    let operators = input.state.operators.get() + 1;
    input.state.operators.set(operators);
    if operators <= OPERATOR_LIMIT {
        return Ok(());
    }
    let at = offset(input);
    let message = format!("this has more than {OPERATOR_LIMIT} operators");
    verdict(input, codes::TOO_DEEP, at..at, message, "give parts of it names as events with `holds` or `equals`")
}

/// Any white space.
pub(super) fn spaces(input: &mut Input<'_>) {
    let left = rest(input);
    let blank = left.len() - left.trim_start().len();
    input.next_slice(blank);
}

/// The end of the text.
fn end(input: &mut Input<'_>) -> Parsed<()> {
    if rest(input).is_empty() { Ok(()) } else { expected(input, "the end") }
}
