//! `[decision.NAME]` and `[utility.NAME]`: each becomes an event that expressions can speak of, and what else is said of it.
//!
//! A decision stands for an event whose options are alike until one is chosen; a utility for a number.

use super::event::check_options;
use super::fields::Fields;
use crate::diagnostic::Diagnostic;
use crate::scenario::codes;
use crate::scenario::document::{Cases, ChanceNode, CostNode, DecisionNode, EventNode, Text};
use crate::scenario::phrase::Chance;
use crate::source::{Span, Spanned};
use toml::de::DeValue;

/// Reads `[decision.NAME]`.
pub(super) fn decision(name: Text, fields: &Fields<'_, '_, '_>) -> (EventNode, DecisionNode) {
    let options = fields.keyed_texts("options");
    check_options(fields, "options", options.as_ref().map(|(_, options)| options.as_slice()).unwrap_or_default());
    let span = options.as_ref().map_or(name.span, |(span, _)| *span);
    // Alike, until it is decided.
    let alike = |count: usize| Spanned::new(Chance::Point(1.0 / count as f64), span);
    let chances = match &options {
        None => ChanceNode::One(alike(2).value),
        Some((_, options)) => ChanceNode::List(options.iter().map(|_| alike(options.len())).collect()),
    };
    let unread = fields.unread();
    let mut event = EventNode {
        ask: fields.text("ask"),
        why: fields.text("why"),
        source: fields.text("source"),
        tags: fields.texts("tags"),
        chance: Some((span, Cases::One(Spanned::new(chances, span)))),
        one_of: options,
        ..EventNode::named(name.clone())
    };
    if unread.has("options") {
        event.unread.keys.push("one_of".to_owned());
    }
    let node = DecisionNode { name, knows: fields.keyed_texts("knows"), costs: costs(fields), unread };
    (event, node)
}

/// Reads `[utility.NAME]`.
pub(super) fn utility(name: Text, fields: &Fields<'_, '_, '_>) -> EventNode {
    EventNode {
        why: fields.text("why"),
        source: fields.text("source"),
        tags: fields.texts("tags"),
        unit: fields.text("unit"),
        value: fields.value_cases("value"),
        equals: fields.keyed_expression("equals"),
        only_if: fields.keyed_expression("if"),
        otherwise: fields.keyed_number("otherwise"),
        unread: fields.unread(),
        ..EventNode::named(name)
    }
}

/// Reads `costs`.
fn costs(fields: &Fields<'_, '_, '_>) -> Option<(Span, Vec<CostNode>)> {
    let (span, value) = fields.get("costs")?;
    let DeValue::Table(table) = value.get_ref() else {
        fields.reader.wrong_type("costs", "a table from options to numbers", value, fields.example("costs"));
        return None;
    };
    if table.is_empty() {
        let problem = Diagnostic::new(codes::LIST_SHAPE, Span::from(value.span()), "`costs` is an empty table");
        fields.reader.report(problem.help(format!("as in `costs = {}`", fields.example("costs"))));
    }
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(option, _)| option.span().start);
    let read = entries.into_iter().filter_map(|(option, value)| {
        let (place, _) = fields.key_place(option);
        let cost = fields.reader.number("costs", value, "2")?;
        Some((Spanned::new(option.get_ref().to_string(), place), cost))
    });
    Some((span, read.collect()))
}
