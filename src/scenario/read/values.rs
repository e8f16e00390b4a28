//! Plain values: texts, days, numbers, booleans and lists of them.

use super::fields::Fields;
use super::{Reader, Value};
use crate::diagnostic::Diagnostic;
use crate::scenario::document::Text;
use crate::scenario::place::Place;
use crate::scenario::{codes, grammar};
use crate::source::{Span, Spanned};
use jiff::civil::Date;
use toml::de::DeValue;

/// What a value is, for messages.
pub(super) fn kind_of(value: &Value<'_>) -> &'static str {
    match value.get_ref() {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "`true` or `false`",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// A value of TOML's, taken as a number.
pub(super) enum Numeric {
    /// It is a number.
    Value(f64),
    /// It is one that cannot be counted with; a diagnostic says so.
    Unusable,
    /// It is no number at all.
    Other,
}

impl Reader<'_> {
    /// Reports a value of the wrong type.
    pub(super) fn wrong_type(&self, what: &str, wanted: &str, value: &Value<'_>, example: &str) {
        let span = Span::from(value.span());
        if self.is_damaged(span) {
            return;
        }
        let message = format!("`{what}` is {wanted}, not {}", kind_of(value));
        self.report(Diagnostic::new(codes::WRONG_TYPE, span, message).help(format!("as in `{what} = {example}`")));
    }

    /// The decoded content of a TOML string with the way back to the file.
    pub(super) fn string<'v>(&self, value: &'v Value<'_>) -> Option<(&'v str, Place)> {
        let text = value.get_ref().as_str()?;
        Some((text, Place::of_toml(self.source.text(), value.span().into(), text)))
    }

    /// A text.
    pub(super) fn text(&self, what: &str, value: &Value<'_>, example: &str) -> Option<Text> {
        let Some((text, place)) = self.string(value) else {
            self.wrong_type(what, "a text", value, example);
            return None;
        };
        Some(Spanned::new(text.to_owned(), place.span(0..text.len())))
    }

    /// A number of TOML's as a finite float.
    pub(super) fn toml_number(&self, value: &Value<'_>) -> Numeric {
        let number: Option<f64> = match value.get_ref() {
            DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str().parse().ok(),
            DeValue::Integer(integer) => {
                u64::from_str_radix(integer.as_str(), integer.radix()).ok().map(|number| number as f64)
            }
            DeValue::Float(float) => float.as_str().parse().ok(),
            _ => return Numeric::Other,
        };
        if let Some(number) = number.filter(|number| number.is_finite()) {
            return Numeric::Value(number);
        }
        let span = Span::from(value.span());
        if !self.is_damaged(span) {
            let message = format!("`{}` is no number that can be counted with", &self.source.text()[span.range()]);
            let help = "write a finite number, as in `42` or `0.35`";
            self.report(Diagnostic::new(codes::NOT_FINITE, span, message).help(help));
        }
        Numeric::Unusable
    }

    /// A number, plain or as a text.
    pub(super) fn number(&self, what: &str, value: &Value<'_>, example: &str) -> Option<Spanned<f64>> {
        match self.toml_number(value) {
            Numeric::Value(number) => return Some(Spanned::new(number, value.span().into())),
            Numeric::Unusable => return None,
            Numeric::Other => {}
        }
        let Some((text, place)) = self.string(value) else {
            self.wrong_type(what, "a number", value, example);
            return None;
        };
        let number = self.keep(grammar::plain_number(text, &place))?;
        Some(Spanned::new(number, place.span(0..text.len())))
    }

    /// A day, as a TOML date or as a text.
    pub(super) fn date(&self, what: &str, value: &Value<'_>, example: &str) -> Option<Spanned<Date>> {
        let span = Span::from(value.span());
        if let Some((text, place)) = self.string(value) {
            let date = self.keep(grammar::date(text, &place))?;
            return Some(Spanned::new(date, place.span(0..text.len())));
        }
        let DeValue::Datetime(written) = value.get_ref() else {
            self.wrong_type(what, "a date", value, example);
            return None;
        };
        let (Some(date), None, None) = (written.date, written.time, written.offset) else {
            let message = format!("`{what}` is a day without a time");
            let diagnostic = Diagnostic::new(codes::WRONG_TYPE, span, message);
            if !self.is_damaged(span) {
                self.report(diagnostic.help(format!("as in `{what} = {example}`")));
            }
            return None;
        };
        let year = i16::try_from(date.year).ok()?;
        let day = i8::try_from(date.month).ok().zip(i8::try_from(date.day).ok());
        let Some(date) = day.and_then(|(month, day)| Date::new(year, month, day).ok()) else {
            let message = format!("`{date}` is not a day of the calendar");
            self.report(
                Diagnostic::new(codes::DATE, span, message).help("a date is year-month-day, as in `2025-10-01`"),
            );
            return None;
        };
        Some(Spanned::new(date, span))
    }

    /// The items of a list.
    pub(super) fn items<'v>(&self, what: &str, value: &'v Value<'v>, example: &str) -> Option<Vec<&'v Value<'v>>> {
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong_type(what, "a list", value, example);
            return None;
        };
        Some(items.iter().collect())
    }
}

impl Fields<'_, '_, '_> {
    /// The example that the registry has for a key.
    pub(super) fn example(&self, key: &str) -> &'static str {
        self.known().key(key).map_or("", |key| key.example)
    }

    /// A text.
    pub(super) fn text(&self, key: &str) -> Option<Text> {
        let (_, value) = self.get(key)?;
        self.reader.text(key, value, self.example(key))
    }

    /// A text with the place of its key.
    pub(super) fn keyed_text(&self, key: &str) -> Option<(Span, Text)> {
        let (span, value) = self.get(key)?;
        Some((span, self.reader.text(key, value, self.example(key))?))
    }

    /// A list of texts.
    pub(super) fn text_list(&self, key: &str) -> Vec<Text> {
        let Some((_, value)) = self.get(key) else {
            return Vec::new();
        };
        let items = self.reader.items(key, value, self.example(key)).unwrap_or_default();
        items.into_iter().filter_map(|item| self.item_text(key, item)).collect()
    }

    /// A text or a list of texts.
    pub(super) fn texts(&self, key: &str) -> Vec<Text> {
        match self.get(key) {
            Some((_, value)) if value.get_ref().is_str() => self.text(key).into_iter().collect(),
            _ => self.text_list(key),
        }
    }

    /// A list of texts with the place of its key.
    pub(super) fn keyed_texts(&self, key: &str) -> Option<(Span, Vec<Text>)> {
        let (span, value) = self.get(key)?;
        let items = self.reader.items(key, value, self.example(key))?;
        if items.is_empty() {
            let message = format!("`{key}` is an empty list");
            let help = format!("as in `{key} = {}`", self.example(key));
            self.reader.report(Diagnostic::new(codes::LIST_SHAPE, Span::from(value.span()), message).help(help));
        }
        Some((span, items.into_iter().filter_map(|item| self.item_text(key, item)).collect()))
    }

    fn item_text(&self, key: &str, item: &Value<'_>) -> Option<Text> {
        if item.get_ref().is_str() {
            return self.reader.text(key, item, self.example(key));
        }
        let span = Span::from(item.span());
        if !self.reader.is_damaged(span) {
            let message = format!("`{key}` is a list of texts, and this is {}", kind_of(item));
            let help = format!("put it in quotes, as in `{key} = {}`", self.example(key));
            self.reader.report(Diagnostic::new(codes::WRONG_TYPE, span, message).help(help));
        }
        None
    }

    /// A day.
    pub(super) fn date(&self, key: &str) -> Option<Spanned<Date>> {
        let (_, value) = self.get(key)?;
        self.reader.date(key, value, self.example(key))
    }

    /// A number with the place of its key.
    pub(super) fn keyed_number(&self, key: &str) -> Option<(Span, Spanned<f64>)> {
        let (span, value) = self.get(key)?;
        Some((span, self.reader.number(key, value, self.example(key))?))
    }

    /// `true` or `false`, with the place of its key.
    pub(super) fn keyed_boolean(&self, key: &str) -> Option<(Span, Spanned<bool>)> {
        let (span, value) = self.get(key)?;
        let DeValue::Boolean(written) = value.get_ref() else {
            self.reader.wrong_type(key, "`true` or `false`", value, self.example(key));
            return None;
        };
        Some((span, Spanned::new(*written, value.span().into())))
    }
}
