//! A relation's text as words with their places.

use crate::forecast::{day, number_text};
use crate::source::Span;
use jiff::civil::Date;

/// What a word is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// A word or a name as it stands.
    Word(String),
    /// A name in quotes, which is never a word of the language.
    Quoted(String),
    /// A number; `20%` is 0.2.
    Number(f64),
    /// A day.
    Day(Date),
    /// `,`, `(`, `)` or `:`.
    Mark(char),
}

impl Token {
    /// In words, for messages.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Word(text) => format!("`{text}`"),
            Self::Quoted(text) => format!("`'{text}'`"),
            Self::Number(number) => format!("`{}`", number_text(*number)),
            Self::Day(day) => format!("`{day}`"),
            Self::Mark(mark) => format!("`{mark}`"),
        }
    }
}

fn classified(text: &str) -> Token {
    if let Ok(day) = day(text) {
        return Token::Day(day);
    }
    let (digits, share) = text.strip_suffix('%').map_or((text, 1.0), |digits| (digits, 100.0));
    let is_number =
        digits.starts_with(|first: char| first.is_ascii_digit() || first == '.') && !digits.contains(['e', 'E']);
    match digits.parse::<f64>() {
        Ok(number) if is_number && number.is_finite() => Token::Number(number / share),
        _ => Token::Word(text.to_owned()),
    }
}

/// Splits a text; `start` is its place in the source.
///
/// # Errors
/// What is wrong and where: a quote that is not closed.
pub(super) fn words(text: &str, start: usize) -> Result<Vec<(Token, Span)>, (String, Span)> {
    let mut found = Vec::new();
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let span = |end: usize| Span::new(start + at, start + end);
        if letter.is_whitespace() {
            continue;
        }
        if matches!(letter, ',' | '(' | ')' | ':') {
            found.push((Token::Mark(letter), span(at + letter.len_utf8())));
        } else if letter == '\'' {
            let Some((end, _)) = letters.by_ref().find(|(_, other)| *other == '\'') else {
                return Err(("a quote is opened and not closed".to_owned(), span(text.len())));
            };
            found.push((Token::Quoted(text[at + 1..end].to_owned()), span(end + 1)));
        } else {
            let mut end = at + letter.len_utf8();
            while let Some((next, other)) = letters.peek().copied() {
                if other.is_whitespace() || matches!(other, ',' | '(' | ')' | ':' | '\'') {
                    break;
                }
                end = next + other.len_utf8();
                letters.next();
            }
            // `20 %` is one number.
            let mut token = classified(&text[at..end]);
            if let Token::Word(word) = &token
                && word == "%"
                && let Some((Token::Number(number), before)) = found.last_mut()
            {
                *number /= 100.0;
                before.end = start + end;
                continue;
            }
            if let Token::Word(word) = &mut token
                && word.ends_with('.')
                && letters.peek().is_none()
            {
                word.pop();
                end -= 1;
            }
            found.push((token, span(end)));
        }
    }
    Ok(found)
}
