//! `story`: how the outcomes of an event or a question are told.

use super::definition::Kind;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::scenario::document::Text;
use crate::source::Span;

/// One clause for each outcome, or none at all. A point at the end of one is left out: clauses are put together.
///
/// `written` is `None` as well if not all of it could be read, which is said already.
pub(super) fn texts(
    written: Option<&(Span, Vec<Text>)>,
    of: &str,
    kind: &Kind,
    found: &mut Diagnostics,
) -> Vec<String> {
    let Some((span, texts)) = written else { return Vec::new() };
    let (count, words) = match kind {
        Kind::Binary => (2, "no and yes".to_owned()),
        Kind::Date => (2, "never and ever".to_owned()),
        Kind::Categorical { options, .. } => (options.len(), format!("its {} options", options.len())),
        Kind::Numeric | Kind::Count => {
            let message = format!("`story` does not go with `{of}`, which is a number");
            let help = "stories say in which band a number lies; leave it out";
            found.push(Diagnostic::new("E0415", *span, message).help(help));
            return Vec::new();
        }
    };
    if texts.len() != count {
        let message = format!("`{of}` tells {} outcomes for {words}", texts.len());
        let help =
            "write one clause for each, in their order, such as `story = [\"Moscow stays away\", \"Moscow attends\"]`";
        found.push(Diagnostic::new("E0415", *span, message).help(help));
        return Vec::new();
    }
    texts.iter().map(|text| text.value.trim().trim_end_matches('.').to_owned()).collect()
}
