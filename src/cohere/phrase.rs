//! The grammar of relations: short sentences that read aloud, each with one meaning.
//!
//! ```text
//! A implies B                     A requires B            A excludes B
//! exactly one of A, B, C          at most one of A, B     at least one of A, B     exactly one of A, B or something else
//! N is A                          (paraphrase; `not A`, `A and B`, `A but not B`, `A or B` give negation and the others)
//! N is A given B                  H is X if E, else Y     (conditional; expected evidence)
//! never A                         always A
//! A is between 10% and 30%        A given B is at least 20%
//! A is at least as likely as B    A and B are independent    A makes B likelier
//! ```
//!
//! `A` is a name or made of names with `not`, `and`, `but`, `or` and brackets; `NAME:OPTION` is an option, `EVENT by DAY` a deadline and
//! `EVENT within 30 days after EVENT` a window.

use super::formula::{Clause, Literal, equal, implies};
use super::relations::{Bound, Builder, Conditional, Judgement, Relation, Row, Strength, group};
use super::words::{Token, words};
use crate::source::Span;
use std::collections::BTreeMap;

/// Words that are no names unless they stand in quotes.
const RESERVED: &[&str] = &[
    "after",
    "always",
    "and",
    "are",
    "as",
    "at",
    "but",
    "by",
    "else",
    "excludes",
    "given",
    "if",
    "implies",
    "is",
    "least",
    "makes",
    "most",
    "never",
    "not",
    "of",
    "one",
    "or",
    "otherwise",
    "requires",
    "than",
    "within",
];

/// What is wrong with a phrase: what, where, the way out.
#[derive(Debug)]
pub(super) struct Wrong {
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) span: Span,
    pub(super) help: String,
}

/// What names mean.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Short names and the questions they stand for.
    pub(super) short: BTreeMap<String, String>,
    /// Propositions that nobody is asked about.
    pub(super) unasked: BTreeMap<String, Span>,
}

impl Names {
    /// The literal that a name stands for.
    pub(super) fn literal(&self, builder: &mut Builder, name: &str, option: Option<&str>, span: Span) -> Literal {
        if option.is_none() && self.unasked.contains_key(name) {
            return builder.unasked(name, span);
        }
        builder.question(self.short.get(name).map_or(name, String::as_str), option, span)
    }
}

pub(super) struct Phrase<'p> {
    text: &'p str,
    words: Vec<(Token, Span)>,
    at: usize,
    whole: Span,
    names: &'p Names,
    builder: &'p mut Builder,
}

type Read<T> = Result<T, Wrong>;

/// Reads one relation and adds it; its text stands at `span` in the source.
pub(super) fn relation(text: &str, span: Span, strength: Strength, names: &Names, builder: &mut Builder) -> Read<()> {
    let found = words(text, span.start).map_err(|(message, span)| Wrong {
        code: super::codes::PHRASE,
        message,
        span,
        help: "close it with `'`".to_owned(),
    })?;
    let mut phrase = Phrase { text, words: found, at: 0, whole: span, names, builder };
    let mut relation = Relation {
        text: text.split_whitespace().collect::<Vec<_>>().join(" "),
        strength,
        span,
        place: None,
        clauses: Vec::new(),
        conditionals: Vec::new(),
        judgements: Vec::new(),
    };
    phrase.sentence(&mut relation)?;
    if phrase.at < phrase.words.len() {
        return Err(phrase.unexpected("the end of the sentence"));
    }
    if strength == Strength::Logic && !relation.judgements.is_empty() {
        return Err(Wrong {
            code: super::codes::JUDGEMENT,
            message: "a judgement of chances holds in no single world, so it cannot stand under `logic`".to_owned(),
            span,
            help: "write it under `assume`; a violation is then a warning".to_owned(),
        });
    }
    builder.relation(relation);
    Ok(())
}

impl Phrase<'_> {
    fn span(&self) -> Span {
        self.words.get(self.at).map_or(Span::new(self.whole.end, self.whole.end), |(_, span)| *span)
    }

    fn unexpected(&self, expected: &str) -> Wrong {
        let message = match self.words.get(self.at) {
            Some((token, span)) => {
                let written = self.text.get(span.start - self.whole.start..span.end - self.whole.start);
                let written = written.map_or_else(|| token.shown(), |written| format!("`{written}`"));
                format!("{expected} is expected here, not {written}")
            }
            None => format!("{expected} is expected at the end"),
        };
        Wrong {
            code: super::codes::PHRASE,
            message,
            span: self.span(),
            help: "a relation reads `a implies b`, `n is a and b`, `n is a but not b`, `n is a given b`, `exactly one of a, b, c`, …; a name that \
                   is a word of the language stands in quotes: `'by'`"
                .to_owned(),
        }
    }

    /// Whether these words come next; takes them if so.
    fn takes(&mut self, text: &str) -> bool {
        let wanted: Vec<&str> = text.split(' ').collect();
        let there = wanted.iter().enumerate().all(|(at, word)| match self.words.get(self.at + at) {
            Some((Token::Word(found), _)) => found.eq_ignore_ascii_case(word),
            Some((Token::Number(number), _)) => word.parse::<f64>().is_ok_and(|value| value == *number),
            _ => false,
        });
        if there {
            self.at += wanted.len();
        }
        there
    }

    fn mark(&mut self, mark: char) -> bool {
        let there = matches!(self.words.get(self.at), Some((Token::Mark(found), _)) if *found == mark);
        self.at += usize::from(there);
        there
    }

    fn name(&mut self) -> Read<(String, Span)> {
        let span = self.span();
        match self.words.get(self.at) {
            Some((Token::Quoted(name), _)) => {
                self.at += 1;
                Ok((name.clone(), span))
            }
            Some((Token::Word(name), _)) if !RESERVED.contains(&name.to_lowercase().as_str()) => {
                self.at += 1;
                Ok((name.clone(), span))
            }
            // A question whose id is a number or a day.
            Some((Token::Number(number), _)) if number.fract() == 0.0 => {
                self.at += 1;
                Ok((number.to_string(), span))
            }
            _ => Err(self.unexpected("a name")),
        }
    }

    fn ladder(&mut self, what: &str) -> Read<(usize, Span)> {
        let (name, span) = self.name()?;
        match self.builder.ladder_named(&name) {
            Some(ladder) => Ok((ladder, span)),
            None => Err(Wrong {
                code: super::codes::DEADLINE,
                message: format!("`{name}` has no deadlines, so `{what}` says nothing of it"),
                span,
                help: format!("list them: `[deadlines.{name}]` with `by = {{ 2025-08-31 = \"question\" }}`"),
            }),
        }
    }

    fn days(&mut self) -> Read<i64> {
        let Some((Token::Number(number), _)) = self.words.get(self.at).cloned() else {
            return Err(self.unexpected("a number of days"));
        };
        self.at += 1;
        let unit = if self.takes("days") || self.takes("day") {
            1.0
        } else if self.takes("weeks") || self.takes("week") {
            7.0
        } else {
            return Err(self.unexpected("`days` or `weeks`"));
        };
        let days = number * unit;
        if days.fract() != 0.0 || !(0.0..=400_000.0).contains(&days) {
            self.at -= 2;
            return Err(self.unexpected("a whole number of days up to 400000"));
        }
        Ok(days as i64)
    }

    fn primary(&mut self) -> Read<Literal> {
        if self.mark('(') {
            let inner = self.either()?;
            return if self.mark(')') { Ok(inner) } else { Err(self.unexpected("`)`")) };
        }
        let before = self.at;
        let (name, span) = self.name()?;
        if self.takes("by") {
            self.at = before;
            let (ladder, _) = self.ladder("by")?;
            self.at += 1;
            let Some((Token::Day(day), _)) = self.words.get(self.at).cloned() else {
                return Err(self.unexpected("a day such as 2025-08-31"));
            };
            self.at += 1;
            return Ok(self.builder.by(ladder, day, span));
        }
        if self.takes("within") {
            self.at = before;
            let (event, _) = self.ladder("within")?;
            self.at += 1;
            let days = self.days()?;
            if !(self.takes("after") || self.takes("of")) {
                return Err(self.unexpected("`after`"));
            }
            let (after, _) = self.ladder("after")?;
            if event == after {
                self.at -= 1;
                return Err(self.unexpected("another event"));
            }
            return Ok(self.builder.within(event, days, after, span));
        }
        if self.mark(':') {
            let option = match self.words.get(self.at).cloned() {
                Some((Token::Word(option) | Token::Quoted(option), _)) => {
                    self.at += 1;
                    option
                }
                _ => self.name()?.0,
            };
            return Ok(self.names.literal(self.builder, &name, Some(&option), span));
        }
        if let Some(ladder) = self.builder.ladder_named(&name) {
            return Ok(self.builder.ever(ladder));
        }
        Ok(self.names.literal(self.builder, &name, None, span))
    }

    fn unary(&mut self) -> Read<Literal> {
        if self.takes("not") { Ok(self.unary()?.negated()) } else { self.primary() }
    }

    fn both(&mut self) -> Read<Literal> {
        let mut parts = vec![self.unary()?];
        while self.takes("and") || self.takes("but") {
            parts.push(self.unary()?);
        }
        Ok(self.builder.all_of(&parts))
    }

    fn either(&mut self) -> Read<Literal> {
        let mut parts = vec![self.both()?];
        while self.takes("or") {
            parts.push(self.both()?);
        }
        Ok(if parts.len() == 1 { parts[0] } else { self.builder.any_of(&parts) })
    }

    /// The members of a group, and whether something else may come instead.
    fn list(&mut self) -> Read<(Vec<Literal>, bool)> {
        let mut members = Vec::new();
        loop {
            if self.takes("something else") || self.takes("anything else") || self.takes("none") {
                return Ok((members, true));
            }
            let span = self.span();
            let member = self.unary()?;
            if members.contains(&member) {
                return Err(Wrong {
                    code: super::codes::TWICE,
                    message: format!("`{}` stands twice in the group", self.builder.name(member)),
                    span,
                    help: "leave one of them out".to_owned(),
                });
            }
            members.push(member);
            let comma = self.mark(',');
            let word = self.takes("and") || self.takes("or");
            if !comma && !word {
                return Ok((members, false));
            }
        }
    }

    fn chance(&mut self) -> Read<f64> {
        match self.words.get(self.at) {
            Some((Token::Number(number), _)) if (0.0..=1.0).contains(number) => {
                self.at += 1;
                Ok(*number)
            }
            _ => Err(self.unexpected("a chance from 0% to 100%")),
        }
    }

    fn sentence(&mut self, relation: &mut Relation) -> Read<()> {
        let groups = [
            ("exactly one of", true, true),
            ("just one of", true, true),
            ("one of", true, true),
            ("at most one of", false, true),
            ("at least one of", true, false),
        ];
        for (opening, at_least, at_most) in groups {
            if self.takes(opening) {
                let span = self.span();
                let (members, open) = self.list()?;
                if members.len() < 2 && !open {
                    return Err(Wrong {
                        code: super::codes::PHRASE,
                        message: format!("`{opening}` needs two members at least"),
                        span,
                        help: "list them with commas: `exactly one of a, b, c`".to_owned(),
                    });
                }
                relation.clauses = group(&members, at_least && !open, at_most);
                return Ok(());
            }
        }
        if self.takes("never") {
            relation.clauses = vec![vec![self.either()?.negated()]];
            return Ok(());
        }
        if self.takes("always") {
            relation.clauses = vec![vec![self.either()?]];
            return Ok(());
        }
        let start = self.at;
        let left = self.either()?;
        let left_is_name = self.at - start == 1;
        if self.takes("implies") || self.takes("requires") {
            relation.clauses = implies(left, self.either()?);
        } else if self.takes("excludes") {
            relation.clauses = vec![vec![left.negated(), self.either()?.negated()]];
        } else if self.takes("are independent") {
            self.at = start;
            let a = self.unary()?;
            if !self.takes("and") {
                return Err(self.unexpected("`and`"));
            }
            let b = self.unary()?;
            if !self.takes("are independent") {
                return Err(self.unexpected("`are independent`"));
            }
            relation.judgements.push(self.product(a, b, 0));
        } else if self.takes("makes") {
            let other = self.either()?;
            let sign = if self.takes("likelier") || self.takes("more likely") {
                1
            } else if self.takes("less likely") {
                -1
            } else {
                return Err(self.unexpected("`likelier` or `less likely`"));
            };
            relation.judgements.push(self.product(left, other, sign));
        } else if self.takes("given") {
            let condition = self.either()?;
            if !self.takes("is") {
                return Err(self.unexpected("`is`"));
            }
            self.range(relation, left, Some(condition))?;
        } else if self.takes("is") {
            self.is(relation, left, left_is_name)?;
        } else {
            return Err(self.unexpected("`implies`, `requires`, `excludes`, `is` or `given`"));
        }
        Ok(())
    }

    fn product(&mut self, a: Literal, b: Literal, sign: i8) -> Judgement {
        let both = self.builder.all_of(&[a, b]);
        let both = self.builder.renamed(both);
        Judgement::Product { a, b, both, sign }
    }

    /// What comes after `is`.
    fn is(&mut self, relation: &mut Relation, left: Literal, left_is_name: bool) -> Read<()> {
        let linear = |terms: Vec<(f64, Literal)>, bound| Judgement::Linear(Row { terms, constant: 0.0, bound });
        if self.takes("independent of") {
            let other = self.either()?;
            relation.judgements.push(self.product(left, other, 0));
            return Ok(());
        }
        for (words, sign, bound) in [
            ("at least as likely as", 1.0, Bound::AtLeast),
            ("at most as likely as", -1.0, Bound::AtLeast),
            ("as likely as", 1.0, Bound::Zero),
            ("likelier than", 1.0, Bound::AtLeast),
            ("less likely than", -1.0, Bound::AtLeast),
        ] {
            if self.takes(words) {
                let other = self.either()?;
                relation.judgements.push(linear(vec![(sign, left), (-sign, other)], bound));
                return Ok(());
            }
        }
        let is_range = matches!(self.words.get(self.at), Some((Token::Word(word), _)) if ["between", "at"].contains(&word.as_str()));
        let is_chance =
            matches!(self.words.get(self.at), Some((Token::Number(_), _))) && self.at + 1 == self.words.len();
        if is_range || is_chance {
            return self.range(relation, left, None);
        }
        self.takes("the same as");
        let event = self.either()?;
        if self.takes("given") {
            let condition = self.either()?;
            return self.defines(relation, &[(left, left_is_name, event, condition)]);
        }
        if self.takes("if") {
            let condition = self.either()?;
            self.mark(',');
            if !(self.takes("else") || self.takes("otherwise")) {
                return Err(self.unexpected("`else`"));
            }
            let start = self.at;
            let other = self.either()?;
            let is_name = self.at - start == 1;
            return self
                .defines(relation, &[(event, true, left, condition), (other, is_name, left, condition.negated())]);
        }
        relation.clauses = equal(left, event);
        Ok(())
    }

    fn defines(&mut self, relation: &mut Relation, of: &[(Literal, bool, Literal, Literal)]) -> Read<()> {
        for (name, is_name, event, condition) in of {
            let is_question = self.builder.propositions()[name.atom].question.is_some();
            if !name.holds || !is_name || !is_question {
                return Err(Wrong {
                    code: super::codes::PHRASE,
                    message: format!(
                        "`{}` cannot be a conditional forecast: only a question can",
                        self.builder.name(*name)
                    ),
                    span: self.whole,
                    help: "it reads `QUESTION is EVENT given CONDITION`".to_owned(),
                });
            }
            let conditional = self.builder.conditional(name.atom, *event, *condition);
            let twice = self.builder.conditional_named(name.atom).map(|(first, _)| first.text.clone());
            let own = relation.conditionals.iter().any(|other: &Conditional| other.name == name.atom);
            if let Some(first) = twice.or_else(|| own.then(|| relation.text.clone())) {
                return Err(Wrong {
                    code: super::codes::TWICE,
                    message: format!("`{}` is said twice to be a conditional forecast", self.builder.name(*name)),
                    span: self.whole,
                    help: format!("keep one of the two; the other reads `{first}`"),
                });
            }
            relation.conditionals.push(conditional);
        }
        Ok(())
    }

    /// `between a and b`, `at least a`, `at most a`, `a`.
    fn range(&mut self, relation: &mut Relation, event: Literal, given: Option<Literal>) -> Read<()> {
        let (low, high) = if self.takes("between") {
            let low = self.chance()?;
            if !self.takes("and") {
                return Err(self.unexpected("`and`"));
            }
            let span = self.span();
            let high = self.chance()?;
            if high < low {
                return Err(Wrong {
                    code: super::codes::PHRASE,
                    message: "the range runs downwards".to_owned(),
                    span,
                    help: "write the smaller chance first".to_owned(),
                });
            }
            (Some(low), Some(high))
        } else if self.takes("at least") {
            (Some(self.chance()?), None)
        } else if self.takes("at most") {
            (None, Some(self.chance()?))
        } else {
            let exact = self.chance()?;
            (Some(exact), Some(exact))
        };
        let both = match given {
            None => event,
            Some(condition) => self.builder.all_of(&[event, condition]),
        };
        let mut side = |limit: Option<f64>, sign: f64| {
            let Some(limit) = limit else { return };
            let (terms, constant) = match given {
                None => (vec![(sign, both)], -sign * limit),
                Some(condition) => (vec![(sign, both), (-sign * limit, condition)], 0.0),
            };
            relation.judgements.push(Judgement::Linear(Row { terms, constant, bound: Bound::AtLeast }));
        };
        side(low, 1.0);
        side(high, -1.0);
        Ok(())
    }
}

/// All atoms that clauses name.
pub(super) fn atoms(clauses: &[Clause]) -> impl Iterator<Item = usize> {
    clauses.iter().flatten().map(|literal| literal.atom)
}
