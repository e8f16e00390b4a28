//! `[event.NAME]`.

use super::fields::Fields;
use crate::diagnostic::Diagnostic;
use crate::scenario::codes;
use crate::scenario::document::{EventNode, Text};
use crate::scenario::names::{option_problem, suggested_name};

/// Reads an event.
pub(super) fn event(name: Text, fields: &Fields<'_, '_, '_>) -> EventNode {
    let options = |key: &str| {
        let found = fields.keyed_texts(key);
        check_options(fields, key, found.as_ref().map(|(_, options)| options.as_slice()).unwrap_or_default());
        found
    };
    let none = fields.keyed_text("none");
    check_options(fields, "none", none.as_ref().map(|(_, none)| std::slice::from_ref(none)).unwrap_or_default());
    EventNode {
        name,
        ask: fields.text("ask"),
        story: fields.keyed_texts("story"),
        resolves: fields.text("resolves"),
        why: fields.text("why"),
        source: fields.text("source"),
        unit: fields.text("unit"),
        tags: fields.texts("tags"),
        assume: fields.text("assume"),
        label: fields.text("label"),
        option_labels: fields.keyed_texts("option_labels"),
        properties: fields.text_list("properties"),
        learned_from: fields.text_list("learned_from"),
        chance: fields.chance_cases("chance"),
        causes: fields.causes("causes"),
        background: fields.keyed_chance("background"),
        holds: fields.keyed_expression("holds"),
        one_of: options("one_of"),
        ordered: options("ordered"),
        first_of: fields.keyed_texts("first_of"),
        none,
        value: fields.value_cases("value"),
        equals: fields.keyed_expression("equals"),
        count: fields.count_cases("count"),
        when: fields.when_cases("when"),
        requires: fields.keyed_expression("requires"),
        odds: fields.ratios("odds"),
        overall: fields.keyed_chance("overall"),
        raised_by: fields.ratios("raised_by"),
        lowered_by: fields.ratios("lowered_by"),
        after: fields.keyed_text("after"),
        only_if: fields.keyed_expression("if"),
        otherwise: fields.keyed_number("otherwise"),
        observed: fields.keyed_boolean("observed"),
        unread: fields.unread(),
    }
}

/// Options must be names, so that expressions can speak of them, and different ones.
pub(super) fn check_options(fields: &Fields<'_, '_, '_>, key: &str, options: &[Text]) {
    for (at, option) in options.iter().enumerate() {
        if let Some(problem) = option_problem(&option.value) {
            let message = format!("`{}` cannot be an option: {problem}", option.value.escape_debug());
            let help = format!("call it `{}`", suggested_name(&option.value));
            fields.reader.report(Diagnostic::new(codes::BAD_NAME, option.span, message).help(help));
        } else if let Some(first) = options[..at].iter().find(|first| first.value == option.value) {
            let message = format!("the option `{}` stands twice in `{key}`", option.value);
            let diagnostic = Diagnostic::new(codes::DUPLICATE, option.span, message).help("leave one of them out");
            fields.reader.report(diagnostic.other(first.span, "first here".to_owned()));
        }
    }
}
