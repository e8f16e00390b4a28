//! Where the characters of a string stand in the file.
//!
//! A phrase is read from the *decoded* content of a TOML string; a [`Place`] turns offsets in that content into spans of the
//! file, through escapes and line continuations where there are any.

use crate::source::Span;
use std::ops::Range;

/// The way from offsets in a text to spans in the file it was taken from.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    way: Way,
}

#[derive(Debug, Clone, PartialEq)]
enum Way {
    /// Byte `i` of the text is byte `start + i` of the file.
    Straight(usize),
    /// Byte `i` of the text comes from byte `starts[i]` of the file; one more entry for the end.
    Table(Vec<usize>),
    /// No finer place is known than the whole.
    Whole(Span),
}

impl Place {
    /// A text that stands in the file as it is, from this byte on.
    #[must_use]
    pub const fn at(start: usize) -> Self {
        Self { way: Way::Straight(start) }
    }

    /// A text of which only the whole place is known.
    #[must_use]
    pub const fn whole(span: Span) -> Self {
        Self { way: Way::Whole(span) }
    }

    /// The content of a TOML string or key: `span` is the literal with its quotes, `decoded` what TOML made of it.
    #[must_use]
    pub fn of_toml(text: &str, span: Span, decoded: &str) -> Self {
        let whole = Self::whole(span);
        let Some(raw) = text.get(span.range()) else {
            return whole;
        };
        let (open, basic) = if raw.starts_with("\"\"\"") {
            (3, true)
        } else if raw.starts_with("'''") {
            (3, false)
        } else if raw.starts_with('"') {
            (1, true)
        } else if raw.starts_with('\'') {
            (1, false)
        } else {
            (0, false)
        };
        let mut body = raw.get(open..raw.len().saturating_sub(open)).unwrap_or_default();
        if open == 3 {
            body = body.strip_prefix("\r\n").or_else(|| body.strip_prefix('\n')).unwrap_or(body);
        }
        let start = span.end.saturating_sub(open + body.len());
        if body == decoded {
            return Self::at(start);
        }
        if !basic {
            return whole;
        }
        match decode(body, start) {
            Some((text, starts)) if text == decoded => Self { way: Way::Table(starts) },
            _ => whole,
        }
    }

    /// Where a range of the text stands in the file.
    #[must_use]
    pub fn span(&self, range: Range<usize>) -> Span {
        match &self.way {
            Way::Straight(start) => Span::new(start + range.start, start + range.end.max(range.start)),
            Way::Table(starts) => {
                let at = |offset: usize| starts.get(offset).or(starts.last()).copied().unwrap_or_default();
                Span::new(at(range.start), at(range.end.max(range.start)))
            }
            Way::Whole(span) => *span,
        }
    }
}

/// Undoes the escapes of a basic string, keeping where each byte of the result comes from.
fn decode(body: &str, start: usize) -> Option<(String, Vec<usize>)> {
    let mut text = String::with_capacity(body.len());
    let mut starts = Vec::with_capacity(body.len() + 1);
    let mut at = 0;
    while let Some(character) = body[at..].chars().next() {
        let begin = at;
        at += character.len_utf8();
        let decoded = if character == '\\' {
            let escape = body[at..].chars().next()?;
            at += escape.len_utf8();
            match escape {
                'b' => '\u{8}',
                't' => '\t',
                'n' => '\n',
                'f' => '\u{c}',
                'r' => '\r',
                'e' => '\u{1b}',
                '"' => '"',
                '\\' => '\\',
                'x' | 'u' | 'U' => {
                    let digits = match escape {
                        'x' => 2,
                        'u' => 4,
                        _ => 8,
                    };
                    let code = u32::from_str_radix(body.get(at..at + digits)?, 16).ok()?;
                    at += digits;
                    char::from_u32(code)?
                }
                space if space.is_whitespace() => {
                    // A line continuation: nothing up to the next visible character.
                    let rest = &body[at..];
                    at += rest.len() - rest.trim_start().len();
                    continue;
                }
                _ => return None,
            }
        } else {
            character
        };
        text.push(decoded);
        starts.extend(std::iter::repeat_n(start + begin, decoded.len_utf8()));
    }
    starts.push(start + body.len());
    Some((text, starts))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(toml: &str) -> (Span, String) {
        let table = toml::de::DeTable::parse(toml).expect("valid TOML");
        let value = table.get_ref().get("x").expect("has x");
        (Span::from(value.span()), value.get_ref().as_str().expect("a string").to_owned())
    }

    #[track_caller]
    fn maps(toml: &str, part: &str, raw: &str) {
        let (span, decoded) = content(toml);
        let place = Place::of_toml(toml, span, &decoded);
        let at = decoded.find(part).expect("the part stands there");
        assert_eq!(&toml[place.span(at..at + part.len()).range()], raw);
    }

    #[test]
    fn offsets_go_through_quotes_escapes_and_lines() {
        maps("x = \"abc def\"", "def", "def");
        maps("x = 'abc def'", "def", "def");
        maps("x = \"a\\tb\\u00e9 def\"", "def", "def");
        maps("x = \"a\\tb\\u00e9 def\"", "é", "\\u00e9");
        maps("x = \"\"\"\nabc\ndef\"\"\"", "def", "def");
        maps("x = \"\"\"abc \\\n   def\"\"\"", "def", "def");
        maps("x = '''\r\nabc\r\ndef'''", "def", "def");
        maps("x = \"\"\"\r\nabc\r\n \\\"def\"\"\"", "def", "def");
    }

    #[test]
    fn the_end_of_a_text_is_before_the_closing_quote() {
        let (span, decoded) = content("x = \"ab\\\"\"");
        let place = Place::of_toml("x = \"ab\\\"\"", span, &decoded);
        assert_eq!(place.span(3..3), Span::new(9, 9));
    }
}
