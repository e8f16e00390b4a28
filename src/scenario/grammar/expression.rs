//! Conditions and formulas, by precedence climbing: each rule reads one level and calls the next tighter one.

use super::lexing::{arguments, date, duration, mark, name, option, unsigned, whole, word, words};
use super::reading::{
    Input, Parsed, counted, described, either, expected, maybe, nested, offset, ranged, rest, spanned, verdict,
};
use crate::scenario::codes;
use crate::scenario::expression::{DateRelation, Expression, ExpressionNode, FUNCTIONS, Operator, Quantity};
use crate::source::Spanned;
use winnow::stream::Stream;

/// A whole expression.
pub(super) fn expression(input: &mut Input<'_>) -> Parsed<Expression> {
    nested(input, implication)
}

fn made(node: ExpressionNode, span: crate::source::Span) -> Expression {
    Expression { node: Box::new(node), span }
}

fn binary(operator: Spanned<Operator>, left: Expression, right: Expression) -> Expression {
    let span = left.span.to(right.span);
    made(ExpressionNode::Binary { operator, left, right }, span)
}

/// `a implies b`; to the right: `a implies b implies c` is `a implies (b implies c)`.
fn implication(input: &mut Input<'_>) -> Parsed<Expression> {
    let left = disjunction(input)?;
    let Some(operator) = operator(input, word("implies"), Operator::Implies)? else {
        return Ok(left);
    };
    let right = nested(input, implication)?;
    Ok(binary(operator, left, right))
}

fn disjunction(input: &mut Input<'_>) -> Parsed<Expression> {
    let mut left = conjunction(input)?;
    while let Some(operator) = operator(input, word("or"), Operator::Or)? {
        left = binary(operator, left, conjunction(input)?);
    }
    Ok(left)
}

fn conjunction(input: &mut Input<'_>) -> Parsed<Expression> {
    let mut left = negation(input)?;
    while let Some(operator) = operator(input, word("and"), Operator::And)? {
        left = binary(operator, left, negation(input)?);
    }
    Ok(left)
}

fn operator<'a>(
    input: &mut Input<'a>,
    rule: impl Fn(&mut Input<'a>) -> Parsed<()>,
    operator: Operator,
) -> Parsed<Option<Spanned<Operator>>> {
    let found = either(input, spanned(rule))?;
    if found.is_some() {
        counted(input)?;
    }
    Ok(found.map(|found| found.map(|()| operator)))
}

fn negation(input: &mut Input<'_>) -> Parsed<Expression> {
    described("a condition or a number", |input| {
        let Some(not) = either(input, spanned(word("not")))? else {
            return comparison(input);
        };
        let inner = nested(input, negation)?;
        let span = not.span.to(inner.span);
        Ok(made(ExpressionNode::Not(inner), span))
    })(input)
}

const COMPARISONS: &[(&str, Operator)] = &[
    ("!=", Operator::NotEqual),
    ("<=", Operator::LessOrEqual),
    (">=", Operator::GreaterOrEqual),
    ("<", Operator::Less),
    (">", Operator::Greater),
    ("=", Operator::Equal),
];

/// A sum, and at most one comparison after it.
fn comparison(input: &mut Input<'_>) -> Parsed<Expression> {
    let left = sum(input)?;
    let compared = if let Some(operator) = compares(input)? {
        let right = sum(input)?;
        binary(operator, left, right)
    } else if let Some(about) = either(input, |input| about_event(input, &left))? {
        about
    } else {
        return Ok(left);
    };
    let at = offset(input);
    if begins_comparison(input)? {
        let end = at + 1;
        let message = "comparisons cannot stand in a chain";
        let help = "compare twice and join with `and`, as in `1 < x and x < 5`, or set parentheses";
        return verdict(input, codes::CHAIN, at..end, message, help);
    }
    Ok(compared)
}

fn compares(input: &mut Input<'_>) -> Parsed<Option<Spanned<Operator>>> {
    let at = offset(input);
    if rest(input).starts_with("==") {
        return verdict(input, codes::EXPRESSION, at..at + 2, "`==` is not an operator here", "write one `=`");
    }
    if rest(input).starts_with("<>") {
        return verdict(input, codes::EXPRESSION, at..at + 2, "`<>` is not an operator here", "write `!=`");
    }
    for (text, meaning) in COMPARISONS {
        if rest(input).starts_with(text) {
            return operator(input, mark(text), *meaning);
        }
    }
    either(input, |input| expected::<()>(input, "a comparison"))?;
    Ok(None)
}

fn begins_comparison(input: &mut Input<'_>) -> Parsed<bool> {
    if COMPARISONS.iter().any(|(text, _)| rest(input).starts_with(text)) {
        return Ok(true);
    }
    let before = input.checkpoint();
    for keyword in ["is", "by", "before", "after", "on", "within", "happens"] {
        if maybe(input, word(keyword))?.is_some() {
            input.reset(&before);
            return Ok(true);
        }
    }
    Ok(false)
}

/// What can be said of an event by name: `is`, `by`, `before`, `after`, `on`, `within`, `happens`.
fn about_event(input: &mut Input<'_>, left: &Expression) -> Parsed<Expression> {
    let (start, before) = (offset(input), input.checkpoint());
    if !begins_comparison(input)? && maybe(input, word("never"))?.is_none() {
        return expected(input, "a relation such as `is` or `by`");
    }
    input.reset(&before);
    let ExpressionNode::Name(event) = left.node.as_ref() else {
        let length = rest(input).find(char::is_whitespace).unwrap_or(rest(input).len());
        let keyword = &rest(input)[..length];
        let message = format!("`{keyword}` speaks of one event by name, and what stands before it is no name");
        return verdict(input, codes::EXPRESSION, start..start + length, message, "as in `talks by 2025-10-01`");
    };
    let event = Spanned::new(event.clone(), left.span);
    let said = spanned(|input: &mut Input<'_>| relation(input, &event))(input)?;
    Ok(made(said.value, left.span.to(said.span)))
}

fn relation(input: &mut Input<'_>, event: &Spanned<String>) -> Parsed<ExpressionNode> {
    let event = event.clone();
    if either(input, word("is"))?.is_some() {
        return is(input, event);
    }
    if either(input, word("happens"))?.is_some() {
        return Ok(ExpressionNode::Happens { event, never: false });
    }
    if either(input, word("never"))?.is_some() {
        word("happens")(input)?;
        return Ok(ExpressionNode::Happens { event, never: true });
    }
    if either(input, word("by"))?.is_some() {
        return Ok(ExpressionNode::Dated { event, relation: DateRelation::By, date: spanned(date)(input)? });
    }
    if either(input, word("on"))?.is_some() {
        return Ok(ExpressionNode::Dated { event, relation: DateRelation::On, date: spanned(date)(input)? });
    }
    if either(input, word("within"))?.is_some() {
        let duration = spanned(duration)(input)?;
        let of = match either(input, word("of"))? {
            Some(()) => Some(spanned(name)(input)?),
            None => None,
        };
        return Ok(ExpressionNode::Within { event, duration, of });
    }
    let before = either(input, word("before"))?.is_some();
    if !before {
        word("after")(input)?;
    }
    if let Some(date) = either(input, spanned(date))? {
        let relation = if before { DateRelation::Before } else { DateRelation::After };
        return Ok(ExpressionNode::Dated { event, relation, date });
    }
    Ok(ExpressionNode::Ordered { event, before, other: spanned(name)(input)? })
}

/// After `is`: `[not] x` or `[not] one of (x, y)`.
fn is(input: &mut Input<'_>, event: Spanned<String>) -> Parsed<ExpressionNode> {
    let negated = either(input, word("not"))?.is_some();
    if either(input, words(&["one", "of"]))?.is_some() {
        return Ok(ExpressionNode::Is { event, negated, options: arguments(input, spanned(option))? });
    }
    let at = offset(input);
    if let Some(value) = maybe(input, unsigned)? {
        let operator = if negated { "!=" } else { "=" };
        let message = format!("`is` names an option; numbers are compared with `{operator}`");
        let help = format!("write `{} {operator} {value}`", event.value);
        return verdict(input, codes::EXPRESSION, at..at + 1, message, help);
    }
    let option = spanned(option)(input)?;
    Ok(ExpressionNode::Is { event, negated, options: vec![option] })
}

fn sum(input: &mut Input<'_>) -> Parsed<Expression> {
    let mut left = product(input)?;
    loop {
        let operator = match operator(input, mark("+"), Operator::Add)? {
            Some(plus) => plus,
            None => match operator(input, mark("-"), Operator::Subtract)? {
                Some(minus) => minus,
                None => return Ok(left),
            },
        };
        left = binary(operator, left, product(input)?);
    }
}

fn product(input: &mut Input<'_>) -> Parsed<Expression> {
    let mut left = signed(input)?;
    loop {
        let operator = match operator(input, mark("*"), Operator::Multiply)? {
            Some(times) => times,
            None => match operator(input, mark("/"), Operator::Divide)? {
                Some(over) => over,
                None => return Ok(left),
            },
        };
        left = binary(operator, left, signed(input)?);
    }
}

fn signed(input: &mut Input<'_>) -> Parsed<Expression> {
    described("a value", |input| {
        let Some(minus) = either(input, spanned(mark("-")))? else {
            return power(input);
        };
        let inner = nested(input, signed)?;
        let span = minus.span.to(inner.span);
        Ok(made(ExpressionNode::Negate(inner), span))
    })(input)
}

/// `x ^ 2` or `x ** 2`; tighter than a sign before it, and to the right: `-x ^ y ^ z` is `-(x ^ (y ^ z))`.
fn power(input: &mut Input<'_>) -> Parsed<Expression> {
    let base = atom(input)?;
    let caret = operator(input, mark("^"), Operator::Power)?;
    let stars = if caret.is_none() { operator(input, mark("**"), Operator::Power)? } else { None };
    let Some(operator) = caret.or(stars) else {
        return Ok(base);
    };
    let exponent = nested(input, signed)?;
    Ok(binary(operator, base, exponent))
}

fn atom(input: &mut Input<'_>) -> Parsed<Expression> {
    let (start, left) = (offset(input), rest(input));
    if left.starts_with('(') {
        let (inner, range) = ranged(input, |input| {
            mark("(")(input)?;
            let inner = expression(input)?;
            mark(")")(input)?;
            Ok(inner)
        })?;
        let span = super::reading::place(input, range);
        return Ok(Expression { span, ..inner });
    }
    if let Some(number) = either(input, spanned(unsigned))? {
        return Ok(made(ExpressionNode::Number(number.value), number.span));
    }
    if let Some(name) = either(input, spanned(name))? {
        if rest(input).starts_with('(') {
            if let Some((_, function)) = FUNCTIONS.iter().find(|(known, _)| *known == name.value) {
                let (of, range) = ranged(input, |input| {
                    mark("(")(input)?;
                    let of = expression(input)?;
                    mark(")")(input)?;
                    Ok(of)
                })?;
                let span = name.span.to(super::reading::place(input, range));
                return Ok(made(ExpressionNode::Apply { function: *function, of }, span));
            }
            let end = offset(input) + 1;
            let message = format!("`{}` is not a function", name.value);
            let all: Vec<String> = FUNCTIONS.iter().map(|(known, _)| format!("`{known}(x)`")).collect();
            let help = format!("functions are `min(x, y)`, `max(x, y)`, {}; a power is `x ^ y`", all.join(", "));
            return verdict(input, codes::EXPRESSION, start..end, message, help);
        }
        return Ok(made(ExpressionNode::Name(name.value), name.span));
    }
    let built = either(input, spanned(built))?;
    match built {
        Some(built) => Ok(made(built.value, built.span)),
        None => expected(input, "a value"),
    }
}

/// What begins with a word of the language.
fn built(input: &mut Input<'_>) -> Parsed<ExpressionNode> {
    if either(input, word("true"))?.is_some() {
        return Ok(ExpressionNode::Boolean(true));
    }
    if either(input, word("false"))?.is_some() {
        return Ok(ExpressionNode::Boolean(false));
    }
    if either(input, word("if"))?.is_some() {
        let condition = expression(input)?;
        word("then")(input)?;
        let then = expression(input)?;
        let at = offset(input);
        if either(input, word("else"))?.is_none() {
            // Where something else stands, that may be the fault; where the value ends, nothing but this is.
            let ends = rest(input).chars().next().is_none_or(|next| matches!(next, ')' | ','));
            if !ends {
                return expected(input, "`else`");
            }
            let message = "`if` needs `else`: there must be a value in every world";
            let help = "as in `if talks then 5 else 0`; a condition that follows from another is `talks implies paper`";
            return verdict(input, codes::EXPRESSION, at..at, message, help);
        }
        let otherwise = expression(input)?;
        return Ok(ExpressionNode::If { condition, then, otherwise });
    }
    if either(input, word("min"))?.is_some() {
        return Ok(ExpressionNode::Extreme { largest: false, items: arguments(input, expression)? });
    }
    if either(input, word("max"))?.is_some() {
        return Ok(ExpressionNode::Extreme { largest: true, items: arguments(input, expression)? });
    }
    let quantity = if either(input, words(&["at", "least"]))?.is_some() {
        Quantity::AtLeast(whole(input)?)
    } else if either(input, words(&["at", "most"]))?.is_some() {
        Quantity::AtMost(whole(input)?)
    } else if either(input, word("exactly"))?.is_some() {
        Quantity::Exactly(whole(input)?)
    } else {
        word("count")(input)?;
        Quantity::Number
    };
    word("of")(input)?;
    Ok(ExpressionNode::Count { quantity, items: arguments(input, expression)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::grammar;
    use crate::scenario::place::Place;

    fn reads(text: &str) -> Expression {
        grammar::expression(text, &Place::at(0)).unwrap_or_else(|error| panic!("{text}: {}", error.message))
    }

    /// The tree with all its parentheses, independent of the room's own writer.
    fn tree(expression: &Expression) -> String {
        match expression.node.as_ref() {
            ExpressionNode::Number(value) => value.to_string(),
            ExpressionNode::Name(name) => name.clone(),
            ExpressionNode::Not(inner) => format!("(not {})", tree(inner)),
            ExpressionNode::Negate(inner) => format!("(- {})", tree(inner)),
            ExpressionNode::Binary { operator, left, right } => {
                format!("({} {:?} {})", tree(left), operator.value, tree(right))
            }
            ExpressionNode::If { condition, then, otherwise } => {
                format!("(if {} {} {})", tree(condition), tree(then), tree(otherwise))
            }
            ExpressionNode::Dated { event, .. } => format!("(dated {})", event.value),
            ExpressionNode::Within { event, .. } => format!("(within {})", event.value),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn operators_bind_as_the_reference_says() {
        for (text, expected) in [
            ("a implies b implies c", "(a Implies (b Implies c))"),
            ("a or b and c", "(a Or (b And c))"),
            ("a and b or c", "((a And b) Or c)"),
            ("not a and b", "((not a) And b)"),
            ("not a = b", "(not (a Equal b))"),
            ("not not a", "(not (not a))"),
            ("a or b implies c", "((a Or b) Implies c)"),
            ("a + b * c - d", "((a Add (b Multiply c)) Subtract d)"),
            ("a - b - c", "((a Subtract b) Subtract c)"),
            ("a / b / c", "((a Divide b) Divide c)"),
            ("-a * b", "((- a) Multiply b)"),
            ("a - -b", "(a Subtract (- b))"),
            ("a + 1 >= b * 2 and c", "(((a Add 1) GreaterOrEqual (b Multiply 2)) And c)"),
            ("(a or b) and c", "((a Or b) And c)"),
            ("if a then b else c + 1", "(if a b (c Add 1))"),
            ("1 + if a then b else c", "(1 Add (if a b c))"),
            ("a by 2025-10-01 and not b within 30 days of c", "((dated a) And (not (within b)))"),
            ("A AND Not b", "(A And (not b))"),
            ("p > 30%", "(p Greater 0.3)"),
            ("a-1", "(a Subtract 1)"),
            ("a^2", "(a Power 2)"),
            ("a**2 * b", "((a Power 2) Multiply b)"),
            ("a * b ^ 2", "(a Multiply (b Power 2))"),
            ("-a ^ 2", "(- (a Power 2))"),
            ("(-a) ^ 2", "((- a) Power 2)"),
            ("a ^ -b ^ c", "(a Power (- (b Power c)))"),
            ("a ** b ^ c", "(a Power (b Power c))"),
            ("(1 + 3%) ^ n > 2", "(((1 Add 0.03) Power n) Greater 2)"),
        ] {
            assert_eq!(tree(&reads(text)), expected, "{text}");
        }
    }

    #[test]
    fn what_is_said_of_events_is_read() {
        let node = |text: &str| *reads(text).node;
        assert!(
            matches!(node("x is not one of (a, none)"), ExpressionNode::Is { negated: true, options, .. } if options.len() == 2)
        );
        assert!(matches!(node("x is a"), ExpressionNode::Is { negated: false, options, .. } if options.len() == 1));
        for (text, expected) in [
            ("x by 2025-10-01", DateRelation::By),
            ("x before 2025-10-01", DateRelation::Before),
            ("x after 2025-10-01", DateRelation::After),
            ("x on 2025-10-01", DateRelation::On),
        ] {
            assert!(
                matches!(node(text), ExpressionNode::Dated { relation, date, .. } if relation == expected && date.span.end == text.len())
            );
        }
        assert!(matches!(node("x before y"), ExpressionNode::Ordered { before: true, .. }));
        assert!(
            matches!(node("x after y"), ExpressionNode::Ordered { before: false, other, .. } if other.span.start == 8)
        );
        assert!(
            matches!(node("x within 2 weeks"), ExpressionNode::Within { of: None, duration, .. } if duration.value.days() == 14.0)
        );
        assert!(matches!(node("x within 30 days of y"), ExpressionNode::Within { of: Some(_), .. }));
        assert!(matches!(node("x happens"), ExpressionNode::Happens { never: false, .. }));
        assert!(matches!(node("x never happens"), ExpressionNode::Happens { never: true, .. }));
        assert!(
            matches!(node("at least 2 of (a, not b, c)"), ExpressionNode::Count { quantity: Quantity::AtLeast(2), items } if items.len() == 3)
        );
        assert!(matches!(node("at most 1 of (a)"), ExpressionNode::Count { quantity: Quantity::AtMost(1), .. }));
        assert!(matches!(node("exactly 0 of (a, b)"), ExpressionNode::Count { quantity: Quantity::Exactly(0), .. }));
        assert!(matches!(node("count of (a, b)"), ExpressionNode::Count { quantity: Quantity::Number, .. }));
        assert!(matches!(node("max(a, 2 + b)"), ExpressionNode::Extreme { largest: true, items } if items.len() == 2));
    }

    #[test]
    fn every_part_knows_its_place() {
        let text = "not ( a ) and b.x";
        assert!(grammar::expression(text, &Place::at(0)).is_err());
        let text = "  not ( a )  and b ";
        let whole = reads(text);
        assert_eq!(&text[whole.span.range()], "not ( a )  and b");
        let ExpressionNode::Binary { operator, left, right } = *whole.node else { panic!("an and") };
        assert_eq!((&text[operator.span.range()], &text[right.span.range()]), ("and", "b"));
        assert_eq!(&text[left.span.range()], "not ( a )");
        let ExpressionNode::Not(inner) = *left.node else { panic!("a not") };
        assert_eq!(&text[inner.span.range()], "( a )");
    }

    #[test]
    fn what_is_no_expression_is_refused_at_its_place() {
        for (text, code, start) in [
            ("", "E0208", 0),
            ("a and", "E0208", 5),
            ("a and or b", "E0208", 6),
            ("(a", "E0208", 2),
            ("a)", "E0208", 1),
            ("a b", "E0208", 2),
            ("a < b < c", "E0210", 6),
            ("a = b is c", "E0210", 6),
            ("x is a is b", "E0210", 7),
            ("a == b", "E0208", 2),
            ("a <> b", "E0208", 2),
            ("a && b", "E0208", 2),
            ("a ^ * b", "E0208", 4),
            ("a ^", "E0208", 3),
            ("a % b", "E0208", 2),
            ("foo(1)", "E0208", 0),
            ("x is 5", "E0208", 5),
            ("(a) by 3", "E0208", 7),
            ("(a and b) by 2025-10-01", "E0208", 10),
            ("x by 2025-13-01", "E0209", 5),
            ("at least two of (a)", "E0208", 9),
            ("at least 2 of a", "E0208", 14),
            ("min()", "E0208", 4),
            ("if a then b", "E0208", 11),
            ("x within 30 of y", "E0208", 12),
            ("days", "E0208", 0),
            ("1e999", "E0212", 0),
        ] {
            let error = grammar::expression(text, &Place::at(0)).expect_err(text);
            assert_eq!(
                (error.code, error.span.map(|span| span.start)),
                (code, Some(start)),
                "{text}: {}",
                error.message
            );
        }
    }
}
