//! What the formats written in XML share: the tree, its texts with their places, and the signs that must be written otherwise.

use super::codes;
use super::draft::Text;
use super::left_out::LeftOut;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{Source, Span, Spanned};
use roxmltree::{Attribute, Document, Node, ParsingOptions};

/// The tree of a text, or nothing and a diagnostic.
pub(super) fn tree<'s>(source: &'s Source, found: &mut Diagnostics) -> Option<Document<'s>> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    match Document::parse_with_options(source.text().trim_start_matches('\u{feff}'), options) {
        Ok(tree) => Some(tree),
        Err(problem) => {
            let place = problem.pos();
            let lines = source.text().split_inclusive('\n').take(place.row.saturating_sub(1) as usize);
            let line: usize = lines.map(str::len).sum();
            let rest = source.text().get(line..).unwrap_or_default();
            let column = rest.char_indices().nth(place.col.saturating_sub(1) as usize).map_or(rest.len(), |(at, _)| at);
            let words = problem.to_string();
            let words = words.split(" at ").next().unwrap_or("it cannot be read");
            let at = line + column;
            let message = format!("this is not XML: {words}");
            let help = "an element is opened and closed as in `<NAME>asia</NAME>`; `<` and `&` in a text are `&lt;` and `&amp;`";
            found.push(Diagnostic::new(codes::SYNTAX, Span::new(at, at), message).help(help));
            None
        }
    }
}

/// How far places in the tree lie before those in the text: a mark at its very beginning is no part of the tree.
fn offset(source: &Source) -> usize {
    source.text().len() - source.text().trim_start_matches('\u{feff}').len()
}

/// Where an element begins: its name.
pub(super) fn place(node: Node<'_, '_>, source: &Source) -> Span {
    let start = node.range().start + offset(source);
    let length = if node.is_element() { 1 + node.tag_name().name().len() } else { node.range().len() };
    Span::new(start, start + length)
}

/// Whether an element has this name, in any case of letters.
pub(super) fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name().eq_ignore_ascii_case(name)
}

/// The elements of this name inside another, in any case of letters.
pub(super) fn children<'a, 's: 'a>(
    node: Node<'a, 's>,
    name: &'static str,
) -> impl Iterator<Item = Node<'a, 's>> + use<'a, 's> {
    node.children().filter(move |child| is(*child, name))
}

/// The only element of this name inside another, in any case of letters; a second one is reported.
pub(super) fn only<'a, 's: 'a>(
    node: Node<'a, 's>,
    name: &'static str,
    source: &Source,
    found: &mut Diagnostics,
) -> Option<Node<'a, 's>> {
    let mut all = children(node, name);
    let first = all.next()?;
    if let Some(second) = all.next() {
        let message = format!("`<{name}>` stands twice in `<{}>`", node.tag_name().name());
        let problem = Diagnostic::new(codes::TWICE, place(second, source), message);
        found.push(problem.other(place(first, source), "first here").help("leave one of the two out"));
    }
    Some(first)
}

/// Notes the elements inside another that are none of those read.
pub(super) fn note_others(node: Node<'_, '_>, of: &str, read: &[&str], source: &Source, left_out: &mut LeftOut) {
    for part in node.children().filter(|part| part.is_element() && !read.iter().any(|name| is(*part, name))) {
        left_out.note(&format!("`<{}>` of {of}", part.tag_name().name()), place(part, source));
    }
}

/// The text of an element without the space around it, with its place.
pub(super) fn text(node: Node<'_, '_>, source: &Source) -> Text {
    let whole: String = node.children().filter(Node::is_text).filter_map(|part| part.text()).collect();
    let words = whole.trim();
    let place = node.children().find(Node::is_text).map_or_else(
        || place(node, source),
        |first| {
            let start = first.range().start + offset(source);
            let shown = source.text().get(start..).unwrap_or_default();
            let start = start + (shown.len() - shown.trim_start().len());
            // Signs that are written otherwise make the text longer than it is; then only its beginning is shown.
            let length = if shown.trim_start().starts_with(words) { words.len() } else { 0 };
            Span::new(start, start + length)
        },
    );
    Spanned::new(words.to_owned(), place)
}

/// The words of an element, each with its place.
pub(super) fn words(node: Node<'_, '_>, source: &Source) -> Vec<Text> {
    let mut words = Vec::new();
    for part in node.children().filter(Node::is_text) {
        let Some(whole) = part.text() else { continue };
        let start = part.range().start + offset(source);
        let is_plain = source.text().get(start..start + whole.len()) == Some(whole);
        for word in whole.split_whitespace() {
            let at = word.as_ptr() as usize - whole.as_ptr() as usize;
            let span = if is_plain { Span::new(start + at, start + at + word.len()) } else { place(node, source) };
            words.push(Spanned::new(word.to_owned(), span));
        }
    }
    words
}

/// The numbers of an element, each with its place; what is no number is reported.
pub(super) fn numbers(node: Node<'_, '_>, source: &Source, found: &mut Diagnostics) -> Option<Vec<Spanned<f64>>> {
    let read = words(node, source).into_iter().map(|word| match word.value.parse::<f64>() {
        Ok(value) if value.is_finite() => Some(Spanned::new(value, word.span)),
        _ => {
            let message = format!("expected a number, found `{}`", super::assemble::shown(&word.value));
            let help = "the chances stand with space between them, as in `0.9 0.1`";
            found.push(Diagnostic::new(codes::SYNTAX, word.span, message).help(help));
            None
        }
    });
    read.collect::<Vec<_>>().into_iter().collect()
}

/// The value of an attribute with its place, or nothing and a diagnostic.
pub(super) fn attribute(node: Node<'_, '_>, name: &str, source: &Source, found: &mut Diagnostics) -> Option<Text> {
    let attribute = node.attributes().find(|attribute| attribute.name() == name);
    if attribute.is_none() {
        let message = format!("`{}` has no `{name}`", node.tag_name().name());
        let help = format!("write `<{} {name}=\"…\">`", node.tag_name().name());
        found.push(Diagnostic::new(codes::SYNTAX, place(node, source), message).help(help));
    }
    attribute.map(|attribute: Attribute<'_, '_>| {
        let range = attribute.range_value();
        let start = range.start + offset(source);
        Spanned::new(attribute.value().to_owned(), Span::new(start, range.end + offset(source)))
    })
}

/// A text as it stands in XML.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}
