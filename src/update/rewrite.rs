//! The scenario file after an update: phrases replaced where they stand, everything else as it was.

use super::Update;
use crate::error::Error;
use crate::scenario::edit;
use crate::source::Source;
use std::ops::Range;
use toml::de::DeTable;

/// The texts of a source after an update, in their order; one that nothing moved is as it was. Comments, spacing and order stay as they are.
///
/// # Errors
/// If the source is not the one that the update was made from.
pub fn rewrite(source: &Source, update: &Update) -> Result<Vec<String>, Error> {
    let whole = source.text();
    let mut texts = Vec::new();
    for part in source.parts() {
        let range = part.start..part.start + part.text.len();
        let mut replacements: Vec<_> =
            update.replacements.iter().filter(|one| range.contains(&one.span.start)).collect();
        replacements.sort_by_key(|one| one.span.start);
        let mut written = String::with_capacity(part.text.len() + 256);
        let mut at = range.start;
        for one in replacements {
            let (Some(between), Some(old)) = (whole.get(at..one.span.start), whole.get(one.span.range())) else {
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
        written.push_str(whole.get(at..range.end).unwrap_or_default());
        texts.push(written);
    }
    for ((table, name), from) in &update.learned_from {
        // The text that has the table is the one whose table learned.
        let home = texts.iter_mut().find(|text| has_table(text, table, name));
        let home = home.ok_or_else(|| Error::input(format!("there is no `{table}.{name}` in the text to update")))?;
        let list = grown(home, table, name, from).unwrap_or_else(|| list(from));
        *home = edit::set_key(home, &[table, name], "learned_from", &list)?;
        if let Some(counted_to) = update.counted_to.get(name).filter(|_| *table == "prior") {
            *home = edit::set_key(home, &[table, name], "as_of", &counted_to.to_string())?;
        }
    }
    Ok(texts)
}

fn has_table(text: &str, table: &str, name: &str) -> bool {
    let (tree, _) = DeTable::parse_recoverable(text);
    let tables = tree.get_ref().get(table).and_then(|tables| tables.get_ref().as_table());
    tables.is_some_and(|tables| tables.contains_key(name))
}

/// The list that is there with more entries, and with its comments where they stand; none if it has no comments, or if entries of it are to go.
fn grown(text: &str, table: &str, name: &str, entries: &[String]) -> Option<String> {
    let (tree, _) = DeTable::parse_recoverable(text);
    let named = tree.get_ref().get(table)?.get_ref().as_table()?.get(name)?.get_ref().as_table()?;
    let list = named.get("learned_from")?;
    let (whole, known) = (list.span(), list.get_ref().as_array()?);
    let known: Vec<(&str, Range<usize>)> =
        known.iter().map(|one| Some((one.get_ref().as_str()?, one.span()))).collect::<Option<_>>()?;
    let stay = known.len() <= entries.len() && known.iter().zip(entries).all(|((known, _), entry)| known == entry);
    let last = known.last()?.1.end;
    // What stands before, between and behind the entries.
    let starts = known.iter().map(|(_, span)| span.start).chain([whole.end]);
    let ends = std::iter::once(whole.start).chain(known.iter().map(|(_, span)| span.end));
    let has_comments =
        ends.zip(starts).any(|(from, to)| text.get(from..to).is_some_and(|between| between.contains('#')));
    if !stay || !has_comments {
        return None;
    }
    let (before, behind) = (text.get(whole.start..last)?, text.get(last..whole.end - 1)?);
    let behind = behind.trim_end_matches([' ', '\t']);
    let has_comma = behind.lines().any(|line| line.split('#').next().is_some_and(|code| code.contains(',')));
    let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut parts = vec![before, if has_comma { "" } else { "," }, behind];
    if !behind.ends_with('\n') {
        parts.push(line_end);
    }
    let more: Vec<String> =
        entries[known.len()..].iter().map(|entry| format!("    {},{line_end}", edit::quoted(entry))).collect();
    Some(format!("{}{}]", parts.concat(), more.concat()))
}

/// A list of texts: in one line, or where that would be long one in each.
fn list(items: &[String]) -> String {
    const WIDE: usize = 120;
    let quoted: Vec<String> = items.iter().map(|one| edit::quoted(one)).collect();
    let line = format!("[{}]", quoted.join(", "));
    if line.chars().count() <= WIDE { line } else { format!("[\n    {},\n]", quoted.join(",\n    ")) }
}
