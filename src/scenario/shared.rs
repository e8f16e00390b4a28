//! `priors = "classes.toml"` → the scenario with the reference classes of another file behind it.
//!
//! A file of priors holds `[prior.NAME]` tables and nothing else, so that it can stand behind any scenario: what follows is one text, in which the
//! places of the second file go on from those of the first. Several scenarios may name the same file, and learn from each other through it.

use super::codes;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{Source, Span, Spanned};
use toml::de::{DeTable, DeValue};

/// The file of priors that a scenario names, as written there, with the place of the value.
///
/// ```
/// use foretell::scenario::priors_file;
/// use foretell::source::Source;
///
/// let source = Source::new("talks.toml", "title = \"Talks\"\nas_of = 2026-01-01\npriors = \"classes.toml\"\n");
/// assert_eq!(priors_file(&source).unwrap().value, "classes.toml");
/// ```
#[must_use]
pub fn priors_file(source: &Source) -> Option<Spanned<String>> {
    let (tree, _) = DeTable::parse_recoverable(source.text());
    let named = tree.get_ref().get("priors")?;
    match named.get_ref() {
        DeValue::String(name) => Some(Spanned::new(name.to_string(), named.span().into())),
        _ => None,
    }
}

/// A scenario with the text of a file of priors behind it, and what of that text is none of a file of priors. `name` is what diagnostics call it.
///
/// ```
/// use foretell::scenario::{parse, with_priors};
/// use foretell::source::Source;
///
/// let talks = Source::new("talks.toml", "title = \"Talks\"\nas_of = 2026-01-01\n[event.a]\nchance = \"like held\"\n");
/// let (both, found) = with_priors(talks, "classes.toml", "[prior.held]\nchance = \"8 of 16\"\n");
/// assert!(found.is_empty());
/// assert_eq!(parse(&both).0.priors[0].name.value, "held");
/// ```
#[must_use]
pub fn with_priors(scenario: Source, name: &str, text: &str) -> (Source, Diagnostics) {
    let text = text.trim_start_matches('\u{feff}');
    let both = scenario.followed_by(name, text);
    let start = both.text().len() - text.len();
    let mut found = Diagnostics::new();
    let (tree, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let span = error.span().map_or(Span::new(text.len(), text.len()), Span::from);
        found.push(Diagnostic::new(
            codes::TOML,
            Span::new(start + span.start, start + span.end),
            format!("this is not TOML: {}", error.message()),
        ));
    }
    for (key, _) in tree.get_ref().iter().filter(|(key, _)| key.get_ref() != "prior") {
        let span = Span::from(key.span());
        found.push(
            Diagnostic::new(
                codes::PRIORS_FILE,
                Span::new(start + span.start, start + span.end),
                format!("a file of priors holds `[prior.NAME]` tables and nothing else, not `{}`", key.get_ref()),
            )
            .help("write that in the scenario itself"),
        );
    }
    // Keys before the first header would belong to the last table of the scenario.
    let mut at = start;
    for line in text.split_inclusive('\n') {
        let content = line.trim();
        if content.starts_with('[') || found.has_errors() {
            break;
        }
        if !content.is_empty() && !content.starts_with('#') {
            found.push(
                Diagnostic::new(
                    codes::PRIORS_FILE,
                    Span::new(at, at + line.trim_end().len()),
                    "a prior in a file of priors has a header of its own",
                )
                .help("write `[prior.NAME]` on a line, and its keys below"),
            );
        }
        at += line.len();
    }
    found.sort();
    (both, found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TALKS: &str = "title = \"Talks\"\nas_of = 2026-01-01\n[question.q]\nask = \"?\"";

    /// A key at the top of the second file would belong to the last table of the first.
    #[test]
    fn nothing_slips_from_the_second_file_into_the_first() {
        let talks = Source::new("talks.toml", TALKS);
        let (both, found) =
            with_priors(talks, "classes.toml", "\u{feff}resolves = \"x\"\n[prior.held]\nchance = \"1 of 2\"\n");
        let [problem] = found.iter().collect::<Vec<_>>()[..] else { panic!("{found:?}") };
        assert_eq!(problem.code, codes::PRIORS_FILE);
        let shown = found.render(&both, false);
        assert!(shown.contains("classes.toml:1:1"), "{shown}");
    }

    #[test]
    fn what_is_no_toml_is_shown_in_its_own_file() {
        let (both, found) =
            with_priors(Source::new("talks.toml", TALKS), "classes.toml", "[prior.held\nchance = 3 4\n");
        assert!(found.has_errors());
        assert!(found.render(&both, false).contains("classes.toml:1:"));
    }

    #[test]
    fn a_prior_without_a_header_is_told_from_a_key_of_the_scenario() {
        let (both, found) =
            with_priors(Source::new("talks.toml", TALKS), "classes.toml", "# so far\nprior.held.chance = \"1 of 2\"\n");
        assert!(found.render(&both, false).contains("classes.toml:2:1"), "{found:?}");
    }
}
