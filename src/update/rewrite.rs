//! The scenario file after an update: phrases replaced where they stand, everything else as it was.

use super::Update;
use crate::error::Error;
use crate::scenario::edit;

/// Writes what was learned back into the text of a scenario file. Comments, spacing and order stay as they are.
///
/// # Errors
/// If the text is not the one that the update was made from.
pub fn rewrite(text: &str, update: &Update) -> Result<String, Error> {
    let mut replacements: Vec<_> = update.replacements.iter().collect();
    replacements.sort_by_key(|one| one.span.start);
    let mut written = String::with_capacity(text.len() + 256);
    let mut at = 0;
    for one in replacements {
        let (Some(between), Some(old)) = (text.get(at..one.span.start), text.get(one.span.range())) else {
            return Err(Error::input("the update was made from another text than this one"));
        };
        written.push_str(between);
        // A span of a whole value has its quotes; one inside a phrase has none.
        if old.starts_with(['"', '\'']) {
            written.push_str(&edit::quoted(&one.phrase));
        } else {
            written.push_str(&one.phrase);
        }
        at = one.span.end;
    }
    written.push_str(text.get(at..).unwrap_or_default());
    for ((table, name), from) in &update.learned_from {
        written = edit::set_key(&written, &[table, name], "learned_from", &list(from))?;
    }
    Ok(written)
}

/// A list of texts: in one line, or where that would be long one in each.
fn list(items: &[String]) -> String {
    const WIDE: usize = 120;
    let quoted: Vec<String> = items.iter().map(|one| edit::quoted(one)).collect();
    let line = format!("[{}]", quoted.join(", "));
    if line.chars().count() <= WIDE { line } else { format!("[\n    {},\n]", quoted.join(",\n    ")) }
}
