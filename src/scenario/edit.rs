//! Edits of a scenario file that leave every other byte as the author wrote it: comments, spacing, line ends.
//!
//! Nothing is printed anew: an edit replaces the bytes of one value, or adds one line. The result is read again before it is
//! given back, so that no edit can leave a file behind that is not TOML.

use crate::error::Error;
use crate::source::Span;
use std::ops::Range;
use toml_edit::{Document, InlineTable, Item, Table, TableLike, Value};

/// One value to replace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// A place inside the value, as the [`super::Document`] has it: the whole value, or a span inside its string.
    pub span: Span,
    /// The new value, as TOML: a text with its quotes ([`quoted`]), a number, a list …
    pub value: String,
}

/// A text as a TOML string, with the quotes and escapes that it needs.
///
/// ```
/// assert_eq!(foretell::scenario::edit::quoted("7 of 21"), "\"7 of 21\"");
/// ```
#[must_use]
pub fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// Replaces values; all spans are of the text as given.
///
/// ```
/// use foretell::scenario::edit::{Edit, quoted, set_phrase};
/// use foretell::source::Span;
///
/// let text = "chance = '6 of 20' # by the book\n";
/// let edit = Edit { span: Span::new(10, 17), value: quoted("7 of 21") };
/// assert_eq!(set_phrase(text, &[edit]).unwrap(), "chance = \"7 of 21\" # by the book\n");
/// ```
///
/// # Errors
/// If the text or a new value is not TOML, a span stands in no value, or two edits overlap.
pub fn set_phrase(text: &str, edits: &[Edit]) -> Result<String, Error> {
    let document = parsed(text)?;
    let mut changes = Vec::with_capacity(edits.len());
    for edit in edits {
        check_value(&edit.value)?;
        let place = value_at(document.as_table(), edit.span.range()).ok_or_else(|| {
            let (start, end) = (edit.span.start, edit.span.end);
            Error::input(format!("no value of the file stands at the bytes {start} to {end}"))
        })?;
        changes.push((place, edit.value.as_str()));
    }
    apply(text, changes)
}

/// Sets a key of a table, such as `["event", "talks"]`: an existing value is replaced, a new key comes after the table's last.
///
/// A table that has no place of its own yet (it exists only through its sub-tables) is begun at the end of the file.
///
/// # Errors
/// If the text or the value is not TOML, the table does not exist, or the key is a table with a header of its own.
pub fn set_key(text: &str, table: &[&str], key: &str, value: &str) -> Result<String, Error> {
    check_value(value)?;
    let document = parsed(text)?;
    let home = Home::find(document.as_table(), table)?;
    if let Some(item) = home.table.get(key) {
        let place = item.as_value().and_then(Value::span).ok_or_else(|| {
            Error::input(format!(
                "`{}.{key}` is a table with a header of its own and cannot be replaced",
                table.join(".")
            ))
        })?;
        return apply(text, vec![(place, value)]);
    }
    let key = toml_edit::Key::new(key);
    match home.way {
        Way::Inline(inline) => {
            let (at, separator) = inline_end(text, inline)?;
            apply(text, vec![(at..at, &format!("{separator}{key} = {value}"))])
        }
        Way::Lines { header, prefix } => {
            let last = last_leaf(home.table);
            let Some((indent_of, end)) = last.or_else(|| header.map(|header| (header.clone(), header.end))) else {
                return appended(text, table, &format!("{key} = {value}"));
            };
            let indent = indent_before(text, indent_of.start);
            let (at, line_end, complete) = line_end(text, end);
            let line = format!("{indent}{prefix}{key} = {value}");
            let added = if complete { format!("{line}{line_end}") } else { format!("{line_end}{line}") };
            apply(text, vec![(at..at, &added)])
        }
    }
}

fn parsed(text: &str) -> Result<Document<&str>, Error> {
    Document::parse(text).map_err(|error| Error::input("the file is not TOML").because(error))
}

fn check_value(value: &str) -> Result<(), Error> {
    let whole = toml::de::DeValue::parse(value);
    whole.map(|_| ()).map_err(|error| Error::input(format!("`{value}` is not a TOML value")).because(error))
}

/// Puts the changes in, from the last to the first, and reads the result.
fn apply(text: &str, mut changes: Vec<(Range<usize>, &str)>) -> Result<String, Error> {
    changes.sort_by_key(|(range, _)| (range.start, range.end));
    if changes.windows(2).any(|pair| pair[0].0.end > pair[1].0.start || pair[0].0 == pair[1].0) {
        return Err(Error::input("two edits change the same value"));
    }
    let mut edited = text.to_owned();
    for (range, value) in changes.into_iter().rev() {
        edited.replace_range(range, value);
    }
    parsed(&edited)?;
    Ok(edited)
}

/// The place of the value that a span speaks of: the value itself, or the string that the span lies in.
fn value_at(table: &dyn TableLike, span: Range<usize>) -> Option<Range<usize>> {
    table.iter().find_map(|(_, item)| match item {
        Item::Value(value) => in_value(value, &span),
        Item::Table(table) => value_at(table, span.clone()),
        Item::ArrayOfTables(tables) => tables.iter().find_map(|table| value_at(table, span.clone())),
        Item::None => None,
    })
}

fn in_value(value: &Value, span: &Range<usize>) -> Option<Range<usize>> {
    let place = value.span()?;
    if place == *span {
        return Some(place);
    }
    match value {
        Value::String(_) => (place.start <= span.start && span.end <= place.end).then_some(place),
        Value::Array(items) => items.iter().find_map(|item| in_value(item, span)),
        Value::InlineTable(table) => value_at(table, span.clone()),
        _ => None,
    }
}

/// A table and the way a key is added to it.
struct Home<'d> {
    table: &'d dyn TableLike,
    way: Way<'d>,
}

enum Way<'d> {
    /// Inside its braces.
    Inline(&'d InlineTable),
    /// As a line under a header, after a prefix where the table is written with dotted keys.
    Lines { header: Option<Range<usize>>, prefix: String },
}

impl<'d> Home<'d> {
    fn find(root: &'d Table, path: &[&str]) -> Result<Self, Error> {
        let mut home = Home { table: root, way: Way::Lines { header: Some(0..0), prefix: String::new() } };
        for (depth, name) in path.iter().enumerate() {
            let missing = || Error::input(format!("the file has no table `{}`", path[..=depth].join(".")));
            let item = home.table.get(name).ok_or_else(missing)?;
            home = match item {
                Item::Table(table) if table.is_dotted() => {
                    let dotted = format!("{}.", toml_edit::Key::new(*name));
                    match home.way {
                        Way::Lines { header, prefix } => {
                            Home { table, way: Way::Lines { header, prefix: prefix + &dotted } }
                        }
                        Way::Inline(_) => return Err(missing()),
                    }
                }
                Item::Table(table) => {
                    let header = if table.is_implicit() { None } else { table.span() };
                    Home { table, way: Way::Lines { header, prefix: String::new() } }
                }
                Item::Value(Value::InlineTable(inline)) => Home { table: inline, way: Way::Inline(inline) },
                _ => return Err(missing()),
            };
        }
        Ok(home)
    }
}

/// Where the last key written in the lines of a table begins, and where its value ends.
fn last_leaf(table: &dyn TableLike) -> Option<(Range<usize>, usize)> {
    let leaves = table.iter().filter_map(|(name, item)| match item {
        Item::Value(value) => Some((table.key(name)?.span()?, value.span()?.end)),
        Item::Table(inner) if inner.is_dotted() => last_leaf(inner),
        _ => None,
    });
    leaves.max_by_key(|(_, end)| *end)
}

/// The white space between the start of a line and a place in it, if there is nothing else.
fn indent_before(text: &str, at: usize) -> &str {
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let line = &text[start..at];
    &line[..line.len() - line.trim_start().len()]
}

/// Where the line of a place ends (behind its line end), the line end in use, and whether the line has one.
fn line_end(text: &str, from: usize) -> (usize, &'static str, bool) {
    let in_use = |before: &str| if before.ends_with("\r\n") { "\r\n" } else { "\n" };
    if from == 0 {
        let first = text.find('\n').map_or("", |newline| &text[..=newline]);
        return (0, in_use(first), true);
    }
    if let Some(newline) = text[from..].find('\n') {
        let end = from + newline + 1;
        (end, in_use(&text[..end]), true)
    } else {
        let before = text.rfind('\n').map_or("", |newline| &text[..=newline]);
        (text.len(), in_use(before), false)
    }
}

/// Where to write in an inline table, and what separates the new key from the one before.
fn inline_end(text: &str, inline: &InlineTable) -> Result<(usize, &'static str), Error> {
    let span = inline.span().ok_or_else(|| Error::input("this inline table has no place in the file"))?;
    let last = inline.iter().filter_map(|(_, value)| value.span()).map(|span| span.end).max();
    Ok(match last {
        Some(end) => (end, ", "),
        None if text[span.start + 1..].starts_with(' ') => (span.start + 2, ""),
        None => (span.start + 1, ""),
    })
}

/// A table begun at the end of the file.
fn appended(text: &str, table: &[&str], line: &str) -> Result<String, Error> {
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let header: Vec<String> = table.iter().map(|name| toml_edit::Key::new(*name).to_string()).collect();
    let gap = if text.ends_with('\n') { "" } else { newline };
    let edited = format!("{text}{gap}{newline}[{}]{newline}{line}{newline}", header.join("."));
    parsed(&edited)?;
    Ok(edited)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::document::{Cases, ChanceNode, EventNode};
    use crate::scenario::{parse, phrase::Chance};
    use crate::source::Source;
    use proptest::prelude::*;

    const EVERYTHING: &str = include_str!("everything.toml");

    /// What stood before and after the one part that changed.
    #[track_caller]
    fn only_changes(before: &str, after: &str, from: &str, to: &str) {
        assert_eq!(before.replacen(from, to, 1), after);
        assert_ne!(before, after);
    }

    /// Those that stand in the file as such: a decision has no chance there.
    fn events(document: &crate::scenario::Document) -> impl Iterator<Item = &EventNode> {
        let decided = |event: &EventNode| document.decisions.iter().any(|one| one.name.value == event.name.value);
        document.events.iter().filter(move |event| !decided(event))
    }

    fn spans_of_strings(text: &str) -> Vec<Span> {
        let (document, _) = parse(&Source::new("x.toml", text));
        let chances = events(&document).filter_map(|event| match &event.chance {
            Some((_, Cases::One(chance))) if matches!(chance.value, ChanceNode::One(_)) => Some(chance.span),
            _ => None,
        });
        chances.collect()
    }

    #[test]
    fn a_phrase_is_replaced_and_every_other_byte_stays() {
        for text in [EVERYTHING.to_owned(), EVERYTHING.replace('\n', "\r\n")] {
            let at = text.find("35 %").expect("stands there");
            let edit = Edit { span: Span::new(at, at + 4), value: quoted("7 of 21") };
            let edited = set_phrase(&text, &[edit]).expect("edits");
            only_changes(&text, &edited, "\"35 %\"", "\"7 of 21\"");
        }
    }

    #[test]
    fn several_values_are_replaced_at_once() {
        let spans = spans_of_strings(EVERYTHING);
        assert!(spans.len() > 8);
        let edits: Vec<Edit> = spans.iter().map(|span| Edit { span: *span, value: quoted("50%") }).collect();
        let edited = set_phrase(EVERYTHING, &edits).expect("edits");
        let (document, diagnostics) = parse(&Source::new("x.toml", edited));
        assert!(diagnostics.is_empty());
        let halves = events(&document).filter(|event| {
            matches!(&event.chance, Some((_, Cases::One(chance))) if chance.value == ChanceNode::One(Chance::Point(0.5)))
        });
        assert_eq!(halves.count(), spans.len());
    }

    #[test]
    fn edits_that_cannot_be_are_refused() {
        let text = "title = \"t\" # c\nn = 3\n";
        let edit = |start, end, value: &str| Edit { span: Span::new(start, end), value: value.to_owned() };
        assert!(set_phrase(text, &[edit(0, 5, "1")]).is_err());
        assert!(set_phrase(text, &[edit(9, 10, "not toml")]).is_err());
        assert!(set_phrase(text, &[edit(9, 10, "1\nn = 4")]).is_err());
        assert!(set_phrase(text, &[edit(9, 10, "1"), edit(8, 11, "2")]).is_err());
        assert!(set_phrase("x = = 1", &[]).is_err());
        assert_eq!(set_phrase(text, &[edit(20, 21, "4")]).expect("edits"), "title = \"t\" # c\nn = 4\n");
    }

    #[track_caller]
    fn sets(text: &str, expected: &str) {
        assert_eq!(set_key(text, &["event", "x"], "learned_from", "[\"q1\"]").expect("sets"), expected);
    }

    #[test]
    fn a_new_key_comes_after_the_last_of_its_table() {
        sets(
            "[event.x]\nchance = 0.3 # note\n\n# next\n[event.y]\nchance = 0.1\n",
            "[event.x]\nchance = 0.3 # note\nlearned_from = [\"q1\"]\n\n# next\n[event.y]\nchance = 0.1\n",
        );
        sets("[event.x]\r\nchance = 0.3\r\n", "[event.x]\r\nchance = 0.3\r\nlearned_from = [\"q1\"]\r\n");
        sets("[event.x]\nchance = 0.3", "[event.x]\nchance = 0.3\nlearned_from = [\"q1\"]");
        sets("[event.x]  # empty\n", "[event.x]  # empty\nlearned_from = [\"q1\"]\n");
        sets(
            "[event.x]\n  chance = [\n    1,\n  ]\n[event.x.odds]\na = 2\n",
            "[event.x]\n  chance = [\n    1,\n  ]\n  learned_from = [\"q1\"]\n[event.x.odds]\na = 2\n",
        );
        sets("[event.x.causes]\na = 0.1\n", "[event.x.causes]\na = 0.1\n\n[event.x]\nlearned_from = [\"q1\"]\n");
    }

    #[test]
    fn inline_and_dotted_tables_take_a_new_key_too() {
        sets("[event]\nx = { chance = 0.3 }\n", "[event]\nx = { chance = 0.3, learned_from = [\"q1\"] }\n");
        sets("[event]\nx = {}\n", "[event]\nx = {learned_from = [\"q1\"]}\n");
        sets(
            "[event]\nx.chance = 0.3\ny.chance = 0.4\n",
            "[event]\nx.chance = 0.3\nx.learned_from = [\"q1\"]\ny.chance = 0.4\n",
        );
    }

    #[test]
    fn an_existing_key_is_replaced_where_it_stands() {
        sets(
            "[event.x]\nlearned_from = [ \"q0\" ]   # by update\nchance = 0.3\n",
            "[event.x]\nlearned_from = [\"q1\"]   # by update\nchance = 0.3\n",
        );
        assert!(set_key("[event.y]\n", &["event", "x"], "a", "1").is_err());
        assert!(set_key("[event.x.causes]\na = 1\n", &["event", "x"], "causes", "1").is_err());
    }

    #[test]
    fn a_key_of_the_file_itself_comes_before_its_tables() {
        let edited = set_key("title = \"t\"\n\n[event.x]\n", &[], "forecaster", "\"me\"").expect("sets");
        assert_eq!(edited, "title = \"t\"\nforecaster = \"me\"\n\n[event.x]\n");
        let edited = set_key("# top\n[event.x]\n", &[], "forecaster", "\"me\"").expect("sets");
        assert_eq!(edited, "forecaster = \"me\"\n# top\n[event.x]\n");
    }

    proptest! {
        #[test]
        fn no_edit_panics_or_leaves_what_is_not_toml(start in 0usize..4000, length in 0usize..30, text in "\\PC{0,12}") {
            let edit = Edit { span: Span::new(start, start + length), value: quoted(&text) };
            if let Ok(edited) = set_phrase(EVERYTHING, &[edit]) {
                prop_assert!(toml::de::DeTable::parse(&edited).is_ok());
            }
            let key = if text.is_empty() { "k" } else { &text };
            let edited = set_key(EVERYTHING, &["event", "attends"], key, "1");
            prop_assert!(edited.is_ok_and(|edited| toml::de::DeTable::parse(&edited).is_ok()));
        }
    }
}
