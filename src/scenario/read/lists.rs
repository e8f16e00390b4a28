//! Reference classes, questions, rules, news and correlated groups.

use super::fields::Fields;
use crate::diagnostic::Diagnostic;
use crate::scenario::codes;
use crate::scenario::document::{CorrelatedNode, NewsNode, PriorNode, QuestionNode, RuleNode, Text};

/// Reads `[question.NAME]`.
pub(super) fn question(name: Text, fields: &Fields<'_, '_, '_>) -> QuestionNode {
    QuestionNode {
        name,
        ask: fields.text("ask"),
        story: fields.keyed_texts("story"),
        holds: fields.keyed_expression("holds"),
        which: fields.keyed_text("which"),
        value: fields.keyed_expression("value"),
        when: fields.keyed_text("when"),
        given: fields.keyed_expression("given"),
        closes: fields.date("closes"),
        opens: fields.date("opens"),
        resolves: fields.text("resolves"),
        source: fields.text("source"),
        tags: fields.texts("tags"),
        why: fields.text("why"),
        unread: fields.unread(),
    }
}

/// Reads `[prior.NAME]`.
pub(super) fn prior(name: Text, fields: &Fields<'_, '_, '_>) -> PriorNode {
    PriorNode {
        name,
        chance: fields.keyed_chance("chance"),
        worth: fields.keyed_number("worth"),
        half_life: fields.keyed_duration("half_life"),
        as_of: fields.date("as_of"),
        why: fields.text("why"),
        source: fields.text("source"),
        learned_from: fields.text_list("learned_from"),
        unread: fields.unread(),
    }
}

/// Reads `[[logic]]` or `[[assume]]`.
pub(super) fn rule(fields: &Fields<'_, '_, '_>) -> RuleNode {
    let (always, never) = (fields.has("always"), fields.has("never"));
    let (first, second) = (fields.expression("always"), fields.expression("never"));
    if always == never {
        let message =
            if always { "a rule has both `always` and `never`" } else { "a rule has neither `always` nor `never`" };
        let help = "a rule says one thing, as in `always = \"trilateral implies bilateral\"`";
        fields.reader.report(Diagnostic::new(codes::RULE_SHAPE, fields.span, message).help(help));
        return RuleNode { span: fields.span, never, rule: None, why: fields.text("why") };
    }
    RuleNode { span: fields.span, never, rule: first.or(second), why: fields.text("why") }
}

/// Reads `[[news]]`.
pub(super) fn news(fields: &Fields<'_, '_, '_>) -> NewsNode {
    NewsNode {
        span: fields.span,
        date: fields.date("date"),
        source: fields.text("source"),
        says: fields.text("says"),
        about: fields.expression("about"),
        effect: fields.effect("effect"),
        why: fields.text("why"),
        unread: fields.unread(),
    }
}

/// Reads `[[correlated]]`.
pub(super) fn correlated(fields: &Fields<'_, '_, '_>) -> CorrelatedNode {
    CorrelatedNode {
        span: fields.span,
        events: fields.keyed_texts("events").map(|(_, events)| events).unwrap_or_default(),
        correlation: fields.correlation("correlation"),
        why: fields.text("why"),
        unread: fields.unread(),
    }
}
