//! Text with places in it: where a value stands in the file that a person wrote.
//!
//! A [`Source`] is a named text; a [`Span`] is a range of its bytes; [`Spanned`] is a value with the span it came from.
//! Every problem shown to a user points back through these.

use std::ops::Range;

/// A range of bytes in a [`Source`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The span from `start` up to, not including, `end`.
    #[must_use]
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The smallest span that holds both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self::new(self.start.min(other.start), self.end.max(other.end))
    }

    /// As a range, to slice the text with.
    #[must_use]
    pub const fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// A value with its place.
    pub const fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }

    /// The same place, another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned::new(change(self.value), self.span)
    }
}

/// A named text, and those that were put behind it.
#[derive(Debug, Clone)]
pub struct Source {
    text: String,
    line_starts: Vec<usize>,
    parts: Vec<(String, Span)>,
}

/// One of the texts of a [`Source`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part<'s> {
    /// Its name.
    pub name: &'s str,
    /// Its text.
    pub text: &'s str,
    /// Where it begins in the whole.
    pub start: usize,
}

impl Source {
    /// A text with the name that diagnostics show for it, usually its path as the user wrote it.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let parts = vec![(name.into(), Span::new(0, text.len()))];
        Self { line_starts: line_starts(&text), text, parts }
    }

    /// The same with another text behind it, on a line of its own: places in it go on from those of this one.
    ///
    /// ```
    /// use foretell::source::Source;
    ///
    /// let both = Source::new("a.toml", "x = 1").followed_by("b.toml", "y = 2\n");
    /// assert_eq!(both.text(), "x = 1\ny = 2\n");
    /// assert_eq!((both.part(6).name, both.line_column(6)), ("b.toml", (1, 1)));
    /// ```
    #[must_use]
    pub fn followed_by(mut self, name: impl Into<String>, text: &str) -> Self {
        if !self.text.ends_with('\n') {
            self.text.push('\n');
        }
        let start = self.text.len();
        self.text.push_str(text);
        self.parts.push((name.into(), Span::new(start, self.text.len())));
        self.line_starts = line_starts(&self.text);
        self
    }

    /// The name shown in diagnostics: of the first of its texts.
    #[must_use]
    pub fn name(&self) -> &str {
        self.parts.first().map_or("", |(name, _)| name)
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The texts it is made of.
    pub fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        self.parts.iter().map(|(name, span)| Part {
            name,
            text: self.text.get(span.range()).unwrap_or_default(),
            start: span.start,
        })
    }

    /// The text that a byte belongs to.
    #[must_use]
    pub fn part(&self, offset: usize) -> Part<'_> {
        let whole = Part { name: "", text: &self.text, start: 0 };
        self.parts().take_while(|part| part.start <= offset).last().unwrap_or(whole)
    }

    /// Line and column of a byte in the text that it belongs to, both counted from 1; the column counts characters.
    #[must_use]
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let offset = offset.min(self.text.len());
        let line_of = |offset: usize| self.line_starts.partition_point(|&start| start <= offset).max(1);
        let line = line_of(offset);
        let start = self.line_starts[line - 1];
        let column = self.text.get(start..offset).map_or(1, |before| before.chars().count() + 1);
        (line + 1 - line_of(self.part(offset).start), column)
    }
}

fn line_starts(text: &str) -> Vec<usize> {
    let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
    std::iter::once(0).chain(breaks).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_and_count_characters() {
        let source = Source::new("a.toml", "é = 1\nb = 2\n");
        assert_eq!(source.line_column(0), (1, 1));
        assert_eq!(source.line_column(3), (1, 3));
        assert_eq!(source.line_column(7), (2, 1));
        assert_eq!(source.line_column(11), (2, 5));
        assert_eq!(source.line_column(1000), (3, 1));
    }

    #[test]
    fn places_of_a_second_text_are_its_own() {
        let both = Source::new("a.toml", "a = 1\nb = 2").followed_by("b.toml", "c = 3\nd = 4\n");
        let at = |what: &str| both.text().find(what).expect("it stands there");
        assert_eq!((both.part(at("b")).name, both.line_column(at("b"))), ("a.toml", (2, 1)));
        assert_eq!((both.part(at("c")).name, both.line_column(at("c"))), ("b.toml", (1, 1)));
        assert_eq!(both.line_column(at("4")), (2, 5));
        let texts: Vec<&str> = both.parts().map(|part| part.text).collect();
        assert_eq!(texts, ["a = 1\nb = 2", "c = 3\nd = 4\n"]);
        assert_eq!(both.name(), "a.toml");
    }
}
