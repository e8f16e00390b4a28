//! UAI, the format of the inference competitions: numbers and nothing else.
//!
//! ```text
//! BAYES
//! 2            how many variables
//! 2 2          how many states each has
//! 2            how many tables
//! 1 0          of each table, how many variables it has and which; the last is the one whose chances they are
//! 2 0 1
//! 2            then of each table, how many numbers and the numbers, the last variable changing fastest
//! 0.5 0.5
//! 4
//! 0.9 0.1 0.2 0.8
//! ```
//!
//! From `#` on a line is a remark. It has no names: the variables are called `x0`, `x1` …, their states `s0`, `s1` …

use super::draft::{Draft, DraftFlat, DraftTable, DraftVariable, FlatOrder, Text};
use super::{Format, Keeps, Network, Unwritable, codes};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{Source, Span, Spanned};
use std::fmt::Write as _;

pub(super) const FORMAT: Format = Format {
    name: "uai",
    extensions: &["uai"],
    about: "the UAI competitions' format, which has no names",
    keeps: Keeps { names: false, properties: false },
    read,
    write,
};

/// More variables or states than this are a mistake in the file, not a network.
const COUNT_LIMIT: usize = 1_000_000;

fn read(source: &Source, found: &mut Diagnostics) -> Draft {
    let mut draft = Draft::default();
    // What could not be read is in the diagnostics; what comes before it is kept for the other checks.
    let _ = Numbers::of(source).network(&mut draft, found);
    draft
}

/// The words of the file, one after the other.
#[derive(Debug)]
struct Numbers<'s> {
    text: &'s str,
    at: usize,
}

/// The rest of the file means nothing any more: a diagnostic says why.
struct Lost;

impl<'s> Numbers<'s> {
    fn of(source: &'s Source) -> Self {
        let start = source.text().len() - source.text().trim_start_matches('\u{feff}').len();
        Self { text: source.text(), at: start }
    }

    /// The next word, or the end of the file. From `#` to the end of its line is a remark, as one writer of the format has it.
    fn word(&mut self) -> (&'s str, Span) {
        loop {
            let rest = &self.text[self.at..];
            let start = self.at + (rest.len() - rest.trim_start().len());
            let rest = &self.text[start..];
            if rest.starts_with('#') {
                self.at = start + rest.find(['\n', '\r']).unwrap_or(rest.len());
                continue;
            }
            let ends = |letter: char| letter.is_whitespace() || letter == '#';
            let word = &rest[..rest.find(ends).unwrap_or(rest.len())];
            self.at = start + word.len();
            return (word, Span::new(start, self.at));
        }
    }

    fn wrong(expected: &str, word: &str, span: Span, found: &mut Diagnostics) -> Lost {
        let message = if word.is_empty() {
            format!("expected {expected}, but the file ends here")
        } else {
            format!("expected {expected}, found `{}`", super::assemble::shown(word))
        };
        let help = "after `BAYES` stand: how many variables, the number of states of each, how many tables, the variables of each, then the numbers of each";
        found.push(Diagnostic::new(codes::SYNTAX, span, message).help(help));
        Lost
    }

    /// A whole number up to a limit.
    fn count(&mut self, what: &str, limit: usize, found: &mut Diagnostics) -> Result<Spanned<usize>, Lost> {
        let (word, span) = self.word();
        match word.parse::<usize>() {
            Ok(count) if count <= limit => Ok(Spanned::new(count, span)),
            Ok(_) => Err(Self::wrong(&format!("{what} of at most {limit}"), word, span, found)),
            Err(_) => Err(Self::wrong(what, word, span, found)),
        }
    }

    fn chance(&mut self, found: &mut Diagnostics) -> Result<Spanned<f64>, Lost> {
        let (word, span) = self.word();
        match word.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(Spanned::new(value, span)),
            _ => Err(Self::wrong("a chance", word, span, found)),
        }
    }

    fn network(&mut self, draft: &mut Draft, found: &mut Diagnostics) -> Result<(), Lost> {
        let (word, span) = self.word();
        if word.eq_ignore_ascii_case("MARKOV") {
            let message = "a Markov network has no chances of variables given others";
            let help = "only `BAYES` networks can be read";
            found.push(Diagnostic::new(codes::NOT_DISCRETE, span, message).help(help));
            return Err(Lost);
        }
        if !word.eq_ignore_ascii_case("BAYES") {
            return Err(Self::wrong("`BAYES`", word, span, found));
        }
        let variables = self.count("how many variables there are", COUNT_LIMIT, found)?.value;
        for at in 0..variables {
            let states = self.count("how many states a variable has", COUNT_LIMIT, found)?;
            let state = |at: usize| Spanned::new(format!("s{at}"), states.span);
            draft.variables.push(DraftVariable {
                name: Spanned::new(format!("x{at}"), states.span),
                states: (0..states.value).map(state).collect(),
                stated_count: None,
                properties: Vec::new(),
            });
            // Each state is held by its name, so that a few large numbers could fill the memory.
            if draft.variables.iter().map(|variable| variable.states.len()).sum::<usize>() > COUNT_LIMIT {
                let message = format!("the variables have more than {COUNT_LIMIT} states together");
                found.push(Diagnostic::new(codes::TOO_LARGE, states.span, message).help("check the numbers of states"));
                return Err(Lost);
            }
        }
        let tables = self.count("how many tables there are", COUNT_LIMIT, found)?;
        if tables.value != variables {
            let message =
                format!("there must be a table for each of the {variables} variables, but there are {}", tables.value);
            let help = "in a `BAYES` network every variable has one";
            found.push(Diagnostic::new(codes::WRONG_NUMBER, tables.span, message).help(help));
        }
        let mut scopes: Vec<(Text, Vec<Text>)> = Vec::new();
        for _ in 0..tables.value {
            let size = self.count("how many variables the table has", variables, found)?;
            let mut scope = Vec::with_capacity(size.value);
            for _ in 0..size.value {
                let variable = self.count("the number of a variable", COUNT_LIMIT, found)?;
                scope.push(variable.map(|at| format!("x{at}")));
            }
            let Some(variable) = scope.pop() else {
                return Err(Self::wrong("at least one variable in a table", "0", size.span, found));
            };
            scopes.push((variable, scope));
        }
        for (variable, parents) in scopes {
            let size = self.count("how many numbers the table has", super::table::LIMIT, found)?;
            let mut values = Vec::new();
            for _ in 0..size.value {
                values.push(self.chance(found)?);
            }
            let flat = Some(DraftFlat { values, order: FlatOrder::StateFastest, span: size.span });
            draft.tables.push(DraftTable { variable, parents, flat, rows: Vec::new(), default: None, damaged: false });
        }
        match self.word() {
            ("", _) => Ok(()),
            (word, span) => Err(Self::wrong("the end of the file", word, span, found)),
        }
    }
}

#[allow(clippy::unnecessary_wraps)] // Every writer has this form; this one has no names to refuse.
fn write(network: &Network) -> Result<String, Unwritable> {
    let mut text = String::from("BAYES\n");
    let mut put = |line: std::fmt::Arguments<'_>| writeln!(text, "{line}").expect("memory takes all that is written");
    let sizes: Vec<String> = network.variables.iter().map(|variable| variable.states.len().to_string()).collect();
    put(format_args!("{}", network.variables.len()));
    put(format_args!("{}", sizes.join(" ")));
    put(format_args!("{}", network.variables.len()));
    for (at, variable) in network.variables.iter().enumerate() {
        let scope: Vec<String> = variable.parents.iter().chain([&at]).map(ToString::to_string).collect();
        put(format_args!("{} {}", scope.len(), scope.join(" ")));
    }
    for variable in &network.variables {
        put(format_args!(""));
        put(format_args!("{}", variable.table.len()));
        for row in variable.rows() {
            let values: Vec<String> = row.iter().map(|value| format!("{value:?}")).collect();
            put(format_args!("{}", values.join(" ")));
        }
    }
    Ok(text)
}
