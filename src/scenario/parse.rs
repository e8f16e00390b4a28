//! Text → [`Document`], with every problem of the text in one pass; and single phrases, for the command line.

use super::document::Document;
use super::expression::Expression;
use super::phrase::Supposition;
use super::place::Place;
use super::read::Reader;
use super::{codes, grammar};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{Source, Span, Spanned};
use toml::de::DeTable;

/// Reads a scenario file.
///
/// The document holds all that could be read; the diagnostics, ordered by place, say what could not. Where TOML itself is
/// broken, reading goes on behind the break as well as it can. Nothing here asks whether names exist or numbers fit:
/// `model` does.
///
/// ```
/// use foretell::scenario::parse;
/// use foretell::source::Source;
///
/// let source = Source::new("summit.toml", "title = \"Summit\"\nas_of = 2025-08-19\n[event.attends]\nchance = \"45%\"\n");
/// let (document, diagnostics) = parse(&source);
/// assert!(diagnostics.is_empty());
/// assert_eq!(document.events[0].name.value, "attends");
/// ```
#[must_use]
pub fn parse(source: &Source) -> (Document, Diagnostics) {
    let (tree, errors) = DeTable::parse_recoverable(source.text());
    let mut diagnostics = Diagnostics::new();
    let mut damaged = Vec::new();
    for error in &errors {
        let length = source.text().len();
        let span = error.span().map_or(Span::new(length, length), Span::from);
        damaged.push(span);
        diagnostics.push(toml_problem(source.text(), span, error.message()));
    }
    let reader = Reader::new(source, damaged);
    let document = reader.document(tree.get_ref());
    diagnostics.extend(reader.finish());
    diagnostics.sort();
    (document, diagnostics)
}

/// One complaint of the TOML reader, in our words where it is a common one.
fn toml_problem(text: &str, span: Span, message: &str) -> Diagnostic {
    if message.starts_with("duplicate key") {
        let key = text.get(span.range()).unwrap_or_default();
        let diagnostic = Diagnostic::new(codes::DUPLICATE, span, format!("`{key}` stands twice in the same table"));
        return diagnostic.help("leave one of them out, or give it another name");
    }
    let written = text.get(span.range()).unwrap_or_default();
    if message.starts_with("invalid date") && written.len() >= 8 {
        return Diagnostic::new(codes::DATE, span, format!("`{written}` is not a day of the calendar"))
            .help("a date is year-month-day, as in `2025-10-01`");
    }
    if message.starts_with("invalid basic string") && written.trim().is_empty() {
        return Diagnostic::new(codes::TOML, span, "the text is not closed: a quotation mark is missing")
            .help("close it with `\"` on the same line");
    }
    if message.starts_with("unclosed table") {
        return Diagnostic::new(codes::TOML, span, "the header is not closed: a bracket is missing")
            .help("a header reads `[event.talks]`, or `[[news]]` for a list");
    }
    if message.starts_with("key with no value") {
        return Diagnostic::new(codes::TOML, span, "a key stands without a value: `=` is missing")
            .help("a key and its value read `chance = \"45%\"`");
    }
    let diagnostic = Diagnostic::new(codes::TOML, span, format!("this is not TOML: {message}"));
    match unquoted(text, span) {
        Some((key, value)) => diagnostic.help(format!("phrases stand in quotes: `{key} = \"{value}\"`")),
        None => diagnostic,
    }
}

/// The key and value of a line whose value looks like a phrase without its quotes.
fn unquoted(text: &str, span: Span) -> Option<(&str, &str)> {
    let start = text.get(..span.start)?.rfind('\n').map_or(0, |at| at + 1);
    let line = text[start..].lines().next()?;
    let (key, value) = line.split_once('=')?;
    let value = value.split('#').next()?.trim();
    let plain = !value.is_empty() && !value.contains(['"', '\'', '[', '{', ']', '}']);
    plain.then_some((key.trim(), value))
}

/// Reads a condition or formula that stands alone, such as the argument of `--given`; the source carries its name.
///
/// # Errors
/// The diagnostics that say what was expected where, if it cannot be read.
pub fn expression_from_text(source: &Source) -> Result<Expression, Diagnostics> {
    grammar::expression(source.text(), &Place::at(0)).map_err(|diagnostic| only(*diagnostic))
}

/// Reads an intervention that stands alone, such as the argument of `--suppose`; the source carries its name.
///
/// # Errors
/// The diagnostics that say what was expected where, if it cannot be read.
pub fn supposition_from_text(source: &Source) -> Result<Spanned<Supposition>, Diagnostics> {
    grammar::supposition(source.text(), &Place::at(0)).map_err(|diagnostic| only(*diagnostic))
}

fn only(diagnostic: Diagnostic) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    diagnostics.push(diagnostic);
    diagnostics
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::codes::CODES;
    use crate::scenario::document::{Cases, ChanceNode};
    use crate::scenario::phrase::Chance;
    use proptest::prelude::*;

    const EVERYTHING: &str = include_str!("everything.toml");

    fn found(text: &str) -> Vec<(String, String)> {
        let source = Source::new("test.toml", text);
        let (_, diagnostics) = parse(&source);
        diagnostics
            .iter()
            .map(|diagnostic| {
                let place = diagnostic.span.map_or("", |span| &text[span.range()]);
                (diagnostic.code.to_owned(), place.to_owned())
            })
            .collect()
    }

    #[track_caller]
    fn finds(text: &str, expected: &[(&str, &str)]) {
        let whole = format!("title = \"t\"\nas_of = 2025-08-19\n{text}");
        let found = found(&whole);
        let found: Vec<(&str, &str)> = found.iter().map(|(code, place)| (code.as_str(), place.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_file_with_every_form_reads_without_a_word() {
        let source = Source::new("everything.toml", EVERYTHING);
        let (document, diagnostics) = parse(&source);
        assert!(diagnostics.is_empty(), "{}", diagnostics.render(&source, false));
        assert_eq!(document.events.len(), 46);
        assert_eq!((document.decisions.len(), document.utilities.len()), (2, 3));
        assert_eq!(document.questions.len(), 5);
        assert_eq!((document.logic.len(), document.assume.len()), (2, 1));
        assert_eq!((document.news.len(), document.correlated.len(), document.suppose.len()), (11, 3, 5));
        assert_eq!(document.events[0].name.value, "attends");
        assert_eq!(document.events[40].name.value, "n_cases");
        assert!(document.logic[1].never && !document.logic[0].never);
        let track = document.events.iter().find(|event| event.name.value == "track").expect("has track");
        assert!(
            matches!(&track.chance, Some((_, Cases::One(chances))) if matches!(&chances.value, ChanceNode::List(list) if list[1].value == Chance::Point(0.75)))
        );
    }

    #[test]
    fn line_ends_and_byte_order_marks_change_nothing_but_places() {
        let (plain, _) = parse(&Source::new("everything.toml", EVERYTHING));
        for text in [EVERYTHING.replace('\n', "\r\n"), format!("\u{feff}{EVERYTHING}")] {
            let (document, diagnostics) = parse(&Source::new("everything.toml", text.as_str()));
            assert!(diagnostics.is_empty());
            assert_eq!(document.events.len(), plain.events.len());
            assert_eq!(&text[document.events[3].name.span.range()], "c_one_in");
        }
    }

    #[test]
    fn spans_of_names_and_values_leave_out_the_quotes() {
        let source = Source::new("everything.toml", EVERYTHING);
        let (document, _) = parse(&source);
        let at = |span: Span| &EVERYTHING[span.range()];
        assert_eq!(at(document.title.as_ref().expect("title").span), "Every form of the language");
        assert_eq!(at(document.events[3].name.span), "c_one_in");
        assert_eq!(at(document.horizon.as_ref().expect("horizon").span), "2026-12-31");
        assert_eq!(at(document.logic[0].span), "[[logic]]");
        let (key, cases) = document.events[2].chance.as_ref().expect("a chance");
        assert_eq!(at(*key), "chance");
        assert!(matches!(cases, Cases::One(chance) if at(chance.span) == "0.35"));
    }

    #[test]
    fn an_empty_file_lacks_its_title_and_its_day() {
        assert_eq!(found(""), [("E0104".to_owned(), String::new()), ("E0104".to_owned(), String::new())]);
    }

    #[test]
    fn every_problem_is_found_in_one_pass() {
        finds(
            "titel = 3\n[event.x]\nchanse = \"1\"\nchance = \"35 bananas\"\nwhen = true\n[event.not]\nchance = 0.5\n[questions.q]\n",
            &[
                ("E0102", "titel"),
                ("E0102", "chanse"),
                ("E0201", "bananas"),
                ("E0103", "true"),
                ("E0105", "not"),
                ("E0102", "questions"),
            ],
        );
    }

    #[test]
    fn broken_toml_is_reported_once_and_reading_goes_on() {
        finds("[event.x]\nchance = 45%\n[event.y]\nchance = \"45 q\"\n", &[("E0101", "45%"), ("E0201", "q")]);
        let text = "title = \"t\"\nas_of = 2025-08-19\n[event.x]\nchance = 0.4\nchance = 0.5\n[event.x]\n";
        let codes: Vec<String> = found(text).into_iter().map(|(code, _)| code).collect();
        assert_eq!(codes, ["E0106", "E0106"]);
    }

    #[test]
    fn cases_are_put_together_as_cases_are() {
        finds(
            "[event.x]\nchance = [{ is = \"1%\" }, { if = \"a\" }, { if = \"a\", otherwise = 0.1 }, {}, 3]\n",
            &[
                ("E0108", "{ is = \"1%\" }"),
                ("E0108", "{ if = \"a\" }"),
                ("E0108", "{ if = \"a\", otherwise = 0.1 }"),
                ("E0108", "{}"),
                ("E0108", "3"),
            ],
        );
        finds(
            "[event.x]\nvalue = [{ otherwise = 1 }, { if = \"a\", is = 2 }]\n",
            &[("E0108", "{ if = \"a\", is = 2 }")],
        );
        finds("[event.x]\nchance = { if = \"a\", is = 0.2 }\n", &[("E0108", "{ if = \"a\", is = 0.2 }")]);
    }

    #[test]
    fn a_rule_has_exactly_one_of_always_and_never() {
        finds(
            "[[logic]]\n[[assume]]\nalways = \"a\"\nnever = \"b\"\n",
            &[("E0107", "[[logic]]"), ("E0107", "[[assume]]")],
        );
    }

    #[test]
    fn dates_must_be_days_of_the_calendar() {
        finds("horizon = \"2025-02-30\"\n", &[("E0209", "2025-02-30")]);
        finds("horizon = 2025-09-01T10:00:00\n", &[("E0103", "2025-09-01T10:00:00")]);
        finds("horizon = \"1.9.2025\"\n", &[("E0209", "1.9.2025")]);
        finds("[event.x]\nwhen = \"20% by 2025-02-30\"\n", &[("E0209", "2025-02-30")]);
    }

    #[test]
    fn problems_point_through_escapes() {
        finds("[event.x]\nholds = \"a \\t and\\u0020or b\"\n", &[("E0208", "or")]);
        finds("[event.x]\nholds = \"\"\"\na and\n  or b\"\"\"\n", &[("E0208", "or")]);
        finds("[event.x]\nodds = { \"a and or\" = 2 }\n", &[("E0208", "or")]);
    }

    #[test]
    fn options_and_names_must_be_words() {
        finds("[event.x]\none_of = [\"a\", \"b c\", \"a\"]\nchance = 0.5\n", &[("E0105", "b c"), ("E0106", "a")]);
        finds("[event.\"1x\"]\nchance = 0.5\n", &[("E0105", "1x")]);
    }

    #[test]
    fn a_matrix_must_be_square() {
        finds("[[correlated]]\nevents = [\"a\", \"b\"]\ncorrelation = [[1], [0.5, 1]]\n", &[("E0109", "[1]")]);
    }

    #[test]
    fn texts_of_the_command_line_are_read_alone() {
        assert!(expression_from_text(&Source::new("--given", "attends and not talks by 2025-10-01")).is_ok());
        assert!(supposition_from_text(&Source::new("--suppose", "track is neither")).is_ok());
        let source = Source::new("--given", "attends adn talks");
        let diagnostics = expression_from_text(&source).expect_err("a typo");
        let shown = diagnostics.render(&source, false);
        assert!(shown.contains("--given:1:9") && shown.contains("did you mean `and`?"), "{shown}");
    }

    /// Only codes of the table, only spans of the text, and rendering works.
    fn holds_for(text: &str) -> Result<(), TestCaseError> {
        let source = Source::new("any.toml", text);
        let (_, diagnostics) = parse(&source);
        for diagnostic in diagnostics.iter() {
            prop_assert!(CODES.iter().any(|(code, _)| *code == diagnostic.code));
            if let Some(span) = diagnostic.span {
                prop_assert!(text.get(span.range()).is_some(), "{span:?}");
            }
        }
        let _ = diagnostics.render(&source, false);
        Ok(())
    }

    proptest! {
        #[test]
        fn no_text_makes_reading_panic(text in "\\PC{0,200}") {
            holds_for(&text)?;
        }

        #[test]
        fn no_phrase_makes_reading_panic(key in 0usize..28, text in "[a-z0-9 ,.:%()+*/<=>!×é-]{0,60}") {
            let key = crate::scenario::keys::table(crate::scenario::keys::TableName::Event).keys[key].name;
            holds_for(&format!("title = \"t\"\nas_of = 2025-08-19\n[event.x]\n{key} = '{text}'\n"))?;
        }

        #[test]
        fn no_damage_to_a_valid_file_makes_reading_panic(
            at in 0usize..EVERYTHING.len(), cut in 0usize..30, put in "[\\[\\]{}=\"'\\\\\n#,.a-z0-9é%-]{0,6}",
        ) {
            let floor = |at: usize| (0..=at.min(EVERYTHING.len())).rev().find(|&at| EVERYTHING.is_char_boundary(at)).unwrap_or(0);
            let (start, end) = (floor(at), floor(at + cut));
            holds_for(&format!("{}{put}{}", &EVERYTHING[..start], &EVERYTHING[end..]))?;
        }
    }

    #[test]
    fn deep_and_long_expressions_are_refused_and_not_followed_down() {
        for text in [
            "(".repeat(100_000),
            "not ".repeat(100_000),
            format!("1{}", "-".repeat(100_000)),
            format!("a{}", " and a".repeat(100_000)),
            format!("a{}", " implies a".repeat(100_000)),
            "if ".repeat(10_000),
            "min(".repeat(10_000),
        ] {
            let source = Source::new("--given", text);
            let diagnostics = expression_from_text(&source).expect_err("too deep");
            assert_eq!(diagnostics.iter().next().map(|diagnostic| diagnostic.code), Some(codes::TOO_DEEP));
        }
    }
}
