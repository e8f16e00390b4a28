//! What was wrong in a file that a person wrote, and where.
//!
//! A [`Diagnostic`] has a code, one message, the place, labels for other places that matter, and a way out. A stage collects
//! them in [`Diagnostics`], so that one run shows every problem of a file.

use crate::source::{Part, Source, Span};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

/// A number of things in words: `1 error`, `2 errors`.
#[must_use]
pub fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Something the engine filled in, or that is good to know.
    Note,
    /// Likely a mistake; the file can still be run.
    Warning,
    /// The file cannot be run.
    Error,
}

/// One thing that was wrong, or worth knowing.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnostic {
    /// Stable code, such as `E0201`; the first letter tells the severity (E, W, N).
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong: the value, the rule; one line, no full stop.
    pub message: String,
    /// Where.
    pub span: Option<Span>,
    /// Words that stand under the caret, if any.
    pub label: Option<String>,
    /// Other places that matter, with what they say.
    pub others: Vec<(Span, String)>,
    /// Ways out.
    pub help: Vec<String>,
}

impl Diagnostic {
    /// A problem at a place; the severity follows from the first letter of the code.
    #[must_use]
    pub fn new(code: &'static str, span: impl Into<Option<Span>>, message: impl Into<String>) -> Self {
        let severity = match code.as_bytes().first() {
            Some(b'W') => Severity::Warning,
            Some(b'N') => Severity::Note,
            _ => Severity::Error,
        };
        Self {
            code,
            severity,
            message: message.into(),
            span: span.into(),
            label: None,
            others: Vec::new(),
            help: Vec::new(),
        }
    }

    /// Adds words under the caret.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Adds another place.
    #[must_use]
    pub fn other(mut self, span: Span, label: impl Into<String>) -> Self {
        self.others.push((span, label.into()));
        self
    }

    /// Adds a way out.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }
}

/// All that was found in one file, in the order it was found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Diagnostics {
    found: Vec<Diagnostic>,
    /// How many there were beside these of each severity, from notes to errors.
    unlisted: [usize; 3],
}

impl Diagnostics {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    /// Adds all of another stage.
    pub fn extend(&mut self, others: Self) {
        self.found.extend(others.found);
        for (own, other) in self.unlisted.iter_mut().zip(others.unlisted) {
            *own += other;
        }
    }

    /// Counts one that is not listed, since too many of its kind are.
    pub fn count_unlisted(&mut self, severity: Severity) {
        self.unlisted[severity as usize] += 1;
    }

    /// Whether any of them is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.found.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Whether there are none at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// How many of a severity, those included that are only counted.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        let listed = self.found.iter().filter(|diagnostic| diagnostic.severity == severity).count();
        listed + self.unlisted[severity as usize]
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.found.iter()
    }

    /// Keeps those for which `keep` is true.
    pub fn retain(&mut self, keep: impl FnMut(&Diagnostic) -> bool) {
        self.found.retain(keep);
    }

    /// Orders them by place, so that a reader goes through the file once; those without a place come last.
    pub fn sort(&mut self) {
        self.found.sort_by_key(|diagnostic| {
            (diagnostic.span.map_or((usize::MAX, usize::MAX), |span| (span.start, span.end)), diagnostic.code)
        });
        self.found.dedup();
    }

    /// As text for a terminal: with `file:line:column`, the line, a caret and the way out. `styled` adds colour.
    #[must_use]
    pub fn render(&self, source: &Source, styled: bool) -> String {
        let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
        let blocks: Vec<String> =
            self.found.iter().map(|diagnostic| render_one(diagnostic, source, &renderer)).collect();
        blocks.join("\n\n")
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.found.into_iter()
    }
}

fn render_one(diagnostic: &Diagnostic, source: &Source, renderer: &Renderer) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level.primary_title(diagnostic.message.as_str()).id(diagnostic.code);
    let mut group = Group::with_title(title);
    if let Some(span) = diagnostic.span {
        let place = |part: Part<'_>, span: Span| {
            let within = |at: usize| at.saturating_sub(part.start).min(part.text.len());
            within(span.start)..within(span.end).max(within(span.start))
        };
        let part = source.part(span.start);
        let mut snippet = Snippet::source(part.text).path(part.name).annotation({
            let annotation = AnnotationKind::Primary.span(place(part, span));
            match &diagnostic.label {
                Some(label) => annotation.label(label.as_str()),
                None => annotation,
            }
        });
        let mut elsewhere = Vec::new();
        for (other, label) in &diagnostic.others {
            let of = source.part(other.start);
            let annotation = AnnotationKind::Context.span(place(of, *other)).label(label.as_str());
            if of.start == part.start {
                snippet = snippet.annotation(annotation);
            } else {
                elsewhere.push(Snippet::source(of.text).path(of.name).annotation(annotation));
            }
        }
        group = group.element(snippet);
        for snippet in elsewhere {
            group = group.element(snippet);
        }
    }
    for help in &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    renderer.render(&[group])
}
