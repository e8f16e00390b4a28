//! Values that hold phrases, and lists of cases of them.

use super::fields::Fields;
use super::values::{Numeric, kind_of};
use super::{Reader, Value};
use crate::diagnostic::Diagnostic;
use crate::scenario::document::{Case, Cases, CauseNode, ChanceNode, CorrelationNode, RatioNode};
use crate::scenario::expression::Expression;
use crate::scenario::keys::TableName;
use crate::scenario::phrase::{
    Chance, CountPhrase, Duration, Effect, NumberPhrase, NumberShape, Ratio, Supposition, WhenPhrase,
};
use crate::scenario::place::Place;
use crate::scenario::{codes, grammar};
use crate::source::{Span, Spanned};
use toml::de::{DeTable, DeValue};

type Grammar<T> = fn(&str, &Place) -> Result<T, Box<Diagnostic>>;

impl Reader<'_> {
    /// A phrase that is a text, or a plain number where `of_number` knows what that means.
    fn phrase<T>(
        &self,
        what: &str,
        value: &Value<'_>,
        example: &str,
        grammar: Grammar<T>,
        of_number: Option<fn(Spanned<f64>) -> T>,
    ) -> Option<Spanned<T>> {
        if let Some((text, place)) = self.string(value) {
            let phrase = self.keep(grammar(text, &place))?;
            return Some(Spanned::new(phrase, place.span(0..text.len())));
        }
        if let Some(of_number) = of_number {
            let span = Span::from(value.span());
            match self.toml_number(value) {
                Numeric::Value(number) => return Some(Spanned::new(of_number(Spanned::new(number, span)), span)),
                Numeric::Unusable => return None,
                Numeric::Other => {}
            }
        }
        let wanted = if of_number.is_some() { "a phrase in quotes or a number" } else { "a phrase in quotes" };
        self.wrong_type(what, wanted, value, example);
        None
    }

    /// A condition or formula.
    pub(super) fn expression(&self, what: &str, value: &Value<'_>, example: &str) -> Option<Expression> {
        if let DeValue::Boolean(_) | DeValue::Integer(_) | DeValue::Float(_) = value.get_ref() {
            // `otherwise = 0` and the like are numbers; a condition is always in quotes, so that it reads as one.
            self.wrong_type(what, "an expression in quotes", value, example);
            return None;
        }
        self.phrase(what, value, example, grammar::expression, None).map(|expression| expression.value)
    }

    /// One chance.
    pub(super) fn chance(&self, what: &str, value: &Value<'_>, example: &str) -> Option<Spanned<Chance>> {
        self.phrase(what, value, example, grammar::chance, Some(|number| Chance::Point(number.value)))
    }

    /// All that may stand under `chance`.
    fn chances(&self, what: &str, value: &Value<'_>, example: &str) -> Option<Spanned<ChanceNode>> {
        let span = Span::from(value.span());
        match value.get_ref() {
            DeValue::Array(items) => {
                if items.is_empty() {
                    self.empty(what, span, example);
                    return None;
                }
                let count = items.len();
                let list: Vec<_> = items.iter().filter_map(|item| self.chance(what, item, "\"35%\"")).collect();
                (list.len() == count).then(|| Spanned::new(ChanceNode::List(list), span))
            }
            DeValue::Table(table) if table.contains_key("experts") => self.experts(table, span),
            DeValue::Table(table) if table.contains_key("is") || table.contains_key("otherwise") => {
                let message = format!("one case alone stands under `{what}`; cases are a list");
                let help = "write `[ { if = \"attends\", is = \"40%\" }, { otherwise = \"15%\" } ]`";
                self.report(Diagnostic::new(codes::CASE_SHAPE, span, message).help(help));
                None
            }
            DeValue::Table(table) => {
                if table.is_empty() {
                    self.empty(what, span, example);
                    return None;
                }
                let mut by_option = Vec::new();
                for (key, place, value) in self.entries(table) {
                    let option = Spanned::new(key.to_owned(), place.span(0..key.len()));
                    by_option.push((option, self.chance(key, value, "\"35%\"")?));
                }
                Some(Spanned::new(ChanceNode::Table(by_option), span))
            }
            _ => self.phrase(
                what,
                value,
                example,
                grammar::chances,
                Some(|number| ChanceNode::One(Chance::Point(number.value))),
            ),
        }
    }

    fn experts(&self, table: &DeTable<'_>, span: Span) -> Option<Spanned<ChanceNode>> {
        let fields = Fields::of(self, TableName::Experts, None, span, table);
        let (_, value) = fields.get("experts")?;
        let items = self.items("experts", value, fields.example("experts"))?;
        if items.is_empty() {
            self.empty("experts", value.span().into(), fields.example("experts"));
            return None;
        }
        let count = items.len();
        let says: Vec<_> = items.into_iter().filter_map(|item| self.chance("experts", item, "\"60%\"")).collect();
        let weights = match fields.get("weights") {
            Some((_, value)) => {
                let items = self.items("weights", value, fields.example("weights"))?;
                Some(items.into_iter().map(|item| self.number("weights", item, "1")).collect::<Option<Vec<_>>>()?)
            }
            None => None,
        };
        let pool = fields.text("pool");
        (says.len() == count).then(|| Spanned::new(ChanceNode::Experts { says, weights, pool }, span))
    }

    fn empty(&self, what: &str, span: Span, example: &str) {
        let message = format!("nothing stands under `{what}`");
        self.report(Diagnostic::new(codes::LIST_SHAPE, span, message).help(format!("as in `{what} = {example}`")));
    }

    /// The entries of a table in the order of the file, each key with the place of its characters.
    fn entries<'v>(&self, table: &'v DeTable<'v>) -> Vec<(&'v str, Place, &'v Value<'v>)> {
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        entries
            .into_iter()
            .map(|(key, value)| {
                let text: &str = key.get_ref();
                (text, Place::of_toml(self.source.text(), key.span().into(), text), value)
            })
            .collect()
    }
}

/// Something for each of several conditions.
type ByCondition<T> = Vec<(Expression, Spanned<T>)>;

/// How a phrase of one kind is read from a value.
type ReadPhrase<T> = fn(&Reader<'_>, &str, &Value<'_>, &str) -> Option<Spanned<T>>;

impl Fields<'_, '_, '_> {
    /// One phrase or a list of cases; a list that holds no table is left to the phrase itself.
    fn cases<T>(&self, key: &str, read: ReadPhrase<T>) -> Option<(Span, Cases<T>)> {
        let (span, value) = self.get(key)?;
        let example = self.example(key);
        let DeValue::Array(items) = value.get_ref() else {
            return Some((span, Cases::One(read(self.reader, key, value, example)?)));
        };
        if !items.iter().any(|item| item.get_ref().is_table()) {
            return Some((span, Cases::One(read(self.reader, key, value, example)?)));
        }
        let mut cases = Vec::new();
        let mut whole = true;
        let mut last: Option<Span> = None;
        for item in items {
            let item_span = Span::from(item.span());
            if let Some(otherwise) = last {
                let message = "a case stands after `otherwise` and can never count";
                let help = "put `{ otherwise = … }` last";
                let diagnostic = Diagnostic::new(codes::CASE_SHAPE, item_span, message).help(help);
                self.reader.report(diagnostic.other(otherwise, "every world ends here".to_owned()));
            }
            match self.case(key, item, read) {
                Some(case) => {
                    if case.condition.is_none() {
                        last = last.or(Some(item_span));
                    }
                    cases.push(case);
                }
                None => whole = false,
            }
        }
        whole.then_some((span, Cases::Many(cases)))
    }

    fn case<T>(&self, key: &str, item: &Value<'_>, read: ReadPhrase<T>) -> Option<Case<T>> {
        let span = Span::from(item.span());
        let form = "a case is `{ if = \"…\", is = \"…\" }`, the last one `{ otherwise = \"…\" }`";
        let wrong = |message: String| {
            if !self.reader.is_damaged(span) {
                self.reader.report(Diagnostic::new(codes::CASE_SHAPE, span, message).help(form));
            }
        };
        let DeValue::Table(table) = item.get_ref() else {
            wrong(format!("`{key}` is a list of cases, and this is {}", kind_of(item)));
            return None;
        };
        let fields = Fields::of(self.reader, TableName::Case, None, span, table);
        let example = self.example(key);
        match (fields.has("if"), fields.has("is"), fields.has("otherwise")) {
            (true, true, false) => {
                let condition = fields.expression("if");
                let is = fields.get("is").and_then(|(_, value)| read(self.reader, "is", value, example));
                Some(Case { condition: Some(condition?), is: is?, span })
            }
            (false, false, true) => {
                let (_, value) = fields.get("otherwise")?;
                Some(Case { condition: None, is: read(self.reader, "otherwise", value, example)?, span })
            }
            (_, _, true) => {
                wrong("a case has `otherwise` and a condition".to_owned());
                None
            }
            (true, false, false) => {
                wrong("a case has a condition but no `is`".to_owned());
                None
            }
            (false, true, false) => {
                wrong("a case has `is` but no condition".to_owned());
                None
            }
            (false, false, false) => {
                wrong("a case has neither `if` nor `otherwise`".to_owned());
                None
            }
        }
    }

    /// `chance`.
    pub(super) fn chance_cases(&self, key: &str) -> Option<(Span, Cases<ChanceNode>)> {
        let read: ReadPhrase<ChanceNode> = |reader, what, value, example| reader.chances(what, value, example);
        self.cases(key, read)
    }

    /// `value`.
    pub(super) fn value_cases(&self, key: &str) -> Option<(Span, Cases<NumberPhrase>)> {
        self.cases(key, |reader, what, value, example| {
            let constant =
                |number: Spanned<f64>| NumberPhrase { shape: number.map(NumberShape::Constant), limits: Vec::new() };
            reader.phrase(what, value, example, grammar::number, Some(constant))
        })
    }

    /// `count`.
    pub(super) fn count_cases(&self, key: &str) -> Option<(Span, Cases<CountPhrase>)> {
        self.cases(key, |reader, what, value, example| {
            reader.phrase(what, value, example, grammar::count, Some(|number| CountPhrase::Constant(number.value)))
        })
    }

    /// `when`.
    pub(super) fn when_cases(&self, key: &str) -> Option<(Span, Cases<WhenPhrase>)> {
        self.cases(key, |reader, what, value, example| reader.phrase(what, value, example, grammar::when, None))
    }

    /// An expression.
    pub(super) fn expression(&self, key: &str) -> Option<Expression> {
        let (_, value) = self.get(key)?;
        self.reader.expression(key, value, self.example(key))
    }

    /// An expression with the place of its key.
    pub(super) fn keyed_expression(&self, key: &str) -> Option<(Span, Expression)> {
        let (span, _) = self.get(key)?;
        Some((span, self.expression(key)?))
    }

    /// One chance.
    pub(super) fn chance(&self, key: &str) -> Option<Spanned<Chance>> {
        let (_, value) = self.get(key)?;
        self.reader.chance(key, value, self.example(key))
    }

    /// A length of time with the place of its key.
    pub(super) fn keyed_duration(&self, key: &str) -> Option<(Span, Spanned<Duration>)> {
        let (span, value) = self.get(key)?;
        Some((span, self.reader.phrase(key, value, self.example(key), grammar::duration, None)?))
    }

    /// One chance with the place of its key.
    pub(super) fn keyed_chance(&self, key: &str) -> Option<(Span, Spanned<Chance>)> {
        let (span, _) = self.get(key)?;
        Some((span, self.chance(key)?))
    }

    /// A table from expressions to something.
    fn by_condition<T>(
        &self,
        key: &str,
        wanted: &str,
        read: impl Fn(&str, &Value<'_>) -> Option<Spanned<T>>,
    ) -> Option<(Span, ByCondition<T>)> {
        let (span, value) = self.get(key)?;
        let DeValue::Table(table) = value.get_ref() else {
            self.reader.wrong_type(key, wanted, value, self.example(key));
            return None;
        };
        if table.is_empty() {
            self.reader.empty(key, value.span().into(), self.example(key));
        }
        let mut entries = Vec::new();
        for (condition, place, value) in self.reader.entries(table) {
            let expression = self.reader.keep(grammar::expression(condition, &place));
            let given = read(condition, value);
            entries.extend(expression.zip(given));
        }
        Some((span, entries))
    }

    /// `causes`.
    pub(super) fn causes(&self, key: &str) -> Option<(Span, Vec<CauseNode>)> {
        self.by_condition(key, "a table from conditions to chances", |what, value| {
            self.reader.chance(what, value, "\"30%\"")
        })
    }

    /// `odds`, `raised_by`, `lowered_by`.
    pub(super) fn ratios(&self, key: &str) -> Option<(Span, Vec<RatioNode>)> {
        self.by_condition(key, "a table from conditions to ratios", |what, value| {
            let times = |number: Spanned<f64>| Ratio::Times(number.value);
            self.reader.phrase(what, value, "\"x4\"", grammar::ratio, Some(times))
        })
    }

    /// `suppose`.
    pub(super) fn suppositions(&self, key: &str) -> Vec<Spanned<Supposition>> {
        let Some((_, value)) = self.get(key) else {
            return Vec::new();
        };
        let items = self.reader.items(key, value, self.example(key)).unwrap_or_default();
        items
            .into_iter()
            .filter_map(|item| self.reader.phrase(key, item, self.example(key), grammar::supposition, None))
            .map(|phrase| phrase.value)
            .collect()
    }

    /// `effect`.
    pub(super) fn effect(&self, key: &str) -> Option<Spanned<Effect>> {
        let (_, value) = self.get(key)?;
        let hint = |number: Spanned<f64>| Effect::Hint(Ratio::Times(number.value));
        self.reader.phrase(key, value, self.example(key), grammar::effect, Some(hint))
    }

    /// `correlation`.
    pub(super) fn correlation(&self, key: &str) -> Option<Spanned<CorrelationNode>> {
        let (_, value) = self.get(key)?;
        let span = Span::from(value.span());
        let DeValue::Array(rows) = value.get_ref() else {
            let read: Grammar<CorrelationNode> = |text, place| {
                let strength = text.trim().starts_with(char::is_alphabetic);
                if strength {
                    grammar::strength(text, place).map(CorrelationNode::Strength)
                } else {
                    grammar::plain_number(text, place).map(CorrelationNode::Common)
                }
            };
            let common = |number: Spanned<f64>| CorrelationNode::Common(number.value);
            return self.reader.phrase(key, value, self.example(key), read, Some(common));
        };
        let size = rows.len();
        let mut matrix = Vec::new();
        let mut whole = true;
        for row in rows {
            let items = self.reader.items("a row of `correlation`", row, "[1, 0.5]")?;
            if items.len() != size {
                let message = format!("this row has {} numbers, and the matrix {size} rows", items.len());
                let help = "a correlation matrix is square, as in `[[1, 0.5], [0.5, 1]]`";
                let place = Span::from(row.span());
                self.reader.report(Diagnostic::new(codes::LIST_SHAPE, place, message).help(help));
                whole = false;
            }
            let count = items.len();
            let numbers: Vec<_> = items.into_iter().filter_map(|item| self.reader.number(key, item, "0.5")).collect();
            whole &= numbers.len() == count;
            matrix.push(numbers);
        }
        if size == 0 {
            self.reader.empty(key, span, self.example(key));
            return None;
        }
        whole.then(|| Spanned::new(CorrelationNode::Matrix(matrix), span))
    }
}
