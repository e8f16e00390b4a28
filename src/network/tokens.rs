//! Words, quoted words and marks of the formats that are written in braces (BIF, NET), and a cursor over them that finds its way back
//! after a mistake.

use super::assemble::shown;
use super::codes;
use super::draft::Text;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{Source, Span, Spanned};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// Letters, digits and whatever else is no mark: a name or a number.
    Word,
    /// Text in double quotes, without them.
    Quoted,
    /// One of `{ } ( ) [ ] ; , | =`.
    Mark(char),
    /// The end of the text.
    End,
}

/// A token and where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'s> {
    pub(super) kind: TokenKind,
    /// The characters, without quotes.
    pub(super) text: &'s str,
    pub(super) span: Span,
}

impl Token<'_> {
    /// Its place with the quotes.
    fn whole(&self) -> Span {
        match self.kind {
            TokenKind::Quoted => Span::new(self.span.start - 1, self.span.end + 1),
            _ => self.span,
        }
    }
}

/// How a format writes comments and what is a mark in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spelling {
    /// What begins a comment up to the end of the line.
    pub(super) line_comment: &'static str,
    /// Whether `/* … */` is a comment.
    pub(super) block_comments: bool,
    /// Characters that stand for themselves.
    pub(super) marks: &'static str,
}

/// A mistake has been reported; the caller looks for the place to go on from.
#[derive(Debug)]
pub(super) struct Stumbled;

/// Where reading stands.
#[derive(Debug)]
pub(super) struct Cursor<'s> {
    source: &'s Source,
    tokens: Vec<Token<'s>>,
    at: usize,
    /// How many braces are open.
    depth: usize,
}

impl<'s> Cursor<'s> {
    /// Takes a text apart; reports quotes and comments that are not closed.
    pub(super) fn new(source: &'s Source, spelling: Spelling, found: &mut Diagnostics) -> Self {
        Self { source, tokens: tokens(source.text(), spelling, found), at: 0, depth: 0 }
    }

    /// The next token, which is not taken.
    pub(super) fn peek(&self) -> Token<'s> {
        self.tokens[self.at]
    }

    /// Takes the next token.
    pub(super) fn next(&mut self) -> Token<'s> {
        let token = self.peek();
        match token.kind {
            TokenKind::Mark('{') => self.depth += 1,
            TokenKind::Mark('}') => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        if token.kind != TokenKind::End {
            self.at += 1;
        }
        token
    }

    /// Whether the next token is this mark.
    pub(super) fn is_mark(&self, mark: char) -> bool {
        self.peek().kind == TokenKind::Mark(mark)
    }

    /// Whether the next token is this word, in any case of letters.
    pub(super) fn is_word(&self, word: &str) -> bool {
        self.peek().kind == TokenKind::Word && self.peek().text.eq_ignore_ascii_case(word)
    }

    /// Whether the text ends here.
    pub(super) fn is_end(&self) -> bool {
        self.peek().kind == TokenKind::End
    }

    /// Takes a mark if it is next.
    pub(super) fn takes(&mut self, mark: char) -> bool {
        let is_next = self.is_mark(mark);
        if is_next {
            self.next();
        }
        is_next
    }

    /// Takes a mark, or reports what stands there instead.
    pub(super) fn expect(&mut self, mark: char, help: &str, found: &mut Diagnostics) -> Result<Span, Stumbled> {
        if self.is_mark(mark) { Ok(self.next().span) } else { Err(self.wrong(&format!("`{mark}`"), help, found)) }
    }

    /// Takes a name, quoted or not, or reports what stands there instead.
    pub(super) fn name(&mut self, what: &str, help: &str, found: &mut Diagnostics) -> Result<Text, Stumbled> {
        match self.peek().kind {
            TokenKind::Word | TokenKind::Quoted => {
                let token = self.next();
                Ok(Spanned::new(token.text.to_owned(), token.span))
            }
            _ => Err(self.wrong(what, help, found)),
        }
    }

    /// Takes a number, or reports what stands there instead.
    pub(super) fn number(&mut self, help: &str, found: &mut Diagnostics) -> Result<Spanned<f64>, Stumbled> {
        let token = self.peek();
        match token.text.parse::<f64>() {
            Ok(value) if token.kind == TokenKind::Word && value.is_finite() => {
                self.next();
                Ok(Spanned::new(value, token.span))
            }
            _ => Err(self.wrong("a number", help, found)),
        }
    }

    /// Reports that something else was expected here.
    pub(super) fn wrong(&self, expected: &str, help: &str, found: &mut Diagnostics) -> Stumbled {
        let token = self.peek();
        let message = match token.kind {
            TokenKind::End => format!("expected {expected}, but the file ends here"),
            _ => format!("expected {expected}, found `{}`", shown(token.text)),
        };
        found.push(Diagnostic::new(codes::SYNTAX, token.span, message).help(help));
        Stumbled
    }

    /// Everything up to the next `;` as it stands, without it.
    pub(super) fn rest_of_statement(&mut self, found: &mut Diagnostics) -> Result<String, Stumbled> {
        let start = self.peek().whole().start;
        let mut end = start;
        while !self.is_mark(';') {
            if self.is_end() || (self.is_mark('}') && self.depth <= 1) {
                return Err(self.wrong("`;`", "end it with `;`", found));
            }
            end = self.next().whole().end;
        }
        let text = self.source.text().get(start..end).unwrap_or_default().trim().to_owned();
        self.next();
        Ok(text)
    }

    /// The same in one line: without the comments in it, and one space where there is any.
    pub(super) fn rest_in_one_line(&mut self, found: &mut Diagnostics) -> Result<String, Stumbled> {
        let mut text = String::new();
        let mut end = None;
        while !self.is_mark(';') {
            if self.is_end() || (self.is_mark('}') && self.depth <= 1) {
                return Err(self.wrong("`;`", "end it with `;`", found));
            }
            let place = self.next().whole();
            if end.is_some_and(|end| end < place.start) {
                text.push(' ');
            }
            text.push_str(self.source.text().get(place.range()).unwrap_or_default());
            end = Some(place.end);
        }
        self.next();
        Ok(text)
    }

    /// Reads `{ statement … }`: after a mistake in a statement, goes on behind its `;`, or at the end of the block. Says whether every
    /// statement could be read.
    pub(super) fn block(
        &mut self,
        found: &mut Diagnostics,
        mut statement: impl FnMut(&mut Self, &mut Diagnostics) -> Result<(), Stumbled>,
    ) -> Result<bool, Stumbled> {
        let open = self.expect('{', "a block is written `{ … }`", found)?;
        let depth = self.depth;
        let mut whole = true;
        loop {
            if self.takes('}') {
                return Ok(whole);
            }
            if self.is_end() {
                let message = "this block is not closed: `}` is missing";
                found.push(Diagnostic::new(codes::SYNTAX, open, message).help("close it with `}`"));
                return Err(Stumbled);
            }
            if statement(self, found).is_err() {
                whole = false;
                self.skip_statement(depth);
            }
        }
    }

    /// Goes on behind the next `;` of a block, or to its end.
    fn skip_statement(&mut self, depth: usize) {
        while !self.is_end() {
            if self.depth <= depth && self.is_mark('}') {
                return;
            }
            let token = self.next();
            if self.depth <= depth && token.kind == TokenKind::Mark(';') {
                return;
            }
        }
    }

    /// Goes on at the next of these words outside of all blocks.
    pub(super) fn skip_to(&mut self, words: &[&str]) {
        while !self.is_end() {
            if self.depth == 0 && words.iter().any(|word| self.is_word(word)) {
                return;
            }
            self.next();
        }
    }

    /// Goes on behind the block that comes next, whatever stands in it.
    pub(super) fn skip_block(&mut self) {
        while !self.is_end() && !self.is_mark('{') {
            self.next();
        }
        let depth = self.depth;
        while !self.is_end() {
            self.next();
            if self.depth <= depth {
                return;
            }
        }
    }
}

fn tokens<'s>(text: &'s str, spelling: Spelling, found: &mut Diagnostics) -> Vec<Token<'s>> {
    let mut tokens = Vec::new();
    let mut at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    while let Some(letter) = text[at..].chars().next() {
        let rest = &text[at..];
        if letter.is_whitespace() {
            at += letter.len_utf8();
        } else if rest.starts_with(spelling.line_comment) {
            at += rest.find('\n').unwrap_or(rest.len());
        } else if spelling.block_comments && rest.starts_with("/*") {
            at += rest.find("*/").map_or_else(
                || {
                    let message = "this comment is not closed";
                    let problem = Diagnostic::new(codes::SYNTAX, Span::new(at, at + 2), message);
                    found.push(problem.help("close it with `*/`"));
                    rest.len()
                },
                |end| end + 2,
            );
        } else if letter == '"' {
            let line = &rest[1..rest.find('\n').unwrap_or(rest.len())];
            let length = line.find('"').unwrap_or_else(|| {
                let message = "the quoted text is not closed";
                let problem = Diagnostic::new(codes::SYNTAX, Span::new(at, at + 1), message);
                found.push(problem.help("close it with `\"` on the same line"));
                line.len()
            });
            let span = Span::new(at + 1, at + 1 + length);
            tokens.push(Token { kind: TokenKind::Quoted, text: &text[span.range()], span });
            at = (span.end + 1).min(text.len());
            // Without its closing quote the line ends here; its end may be a longer character.
            while !text.is_char_boundary(at) {
                at += 1;
            }
        } else if spelling.marks.contains(letter) {
            let span = Span::new(at, at + letter.len_utf8());
            tokens.push(Token { kind: TokenKind::Mark(letter), text: &text[span.range()], span });
            at = span.end;
        } else {
            let ends = |at: usize, letter: char| {
                letter.is_whitespace()
                    || letter == '"'
                    || spelling.marks.contains(letter)
                    || rest[at..].starts_with(spelling.line_comment)
                    || (spelling.block_comments && rest[at..].starts_with("/*"))
            };
            let length = rest.char_indices().find(|(at, letter)| ends(*at, *letter)).map_or(rest.len(), |(at, _)| at);
            let span = Span::new(at, at + length);
            tokens.push(Token { kind: TokenKind::Word, text: &text[span.range()], span });
            at = span.end;
        }
    }
    tokens.push(Token { kind: TokenKind::End, text: "", span: Span::new(text.len(), text.len()) });
    tokens
}
