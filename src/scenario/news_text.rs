//! One more piece of news for a scenario file: from a phrase to the lines that are added, and out again.

use super::edit::quoted;
use super::grammar;
use super::place::Place;
use crate::error::Error;
use toml_edit::{Document, Item, Table, Value};

/// What a phrase such as `talks by 2026-03-01 x0.4` is about, and its effect; `None` if it cannot be read as these two.
///
/// A colon may stand between them. Where several readings are possible the effect is the longest.
///
/// ```
/// use foretell::scenario::news_phrase;
///
/// assert_eq!(news_phrase("talks by 2026-03-01 x0.4"), Some(("talks by 2026-03-01", "x0.4")));
/// assert_eq!(news_phrase("track: is not neither"), Some(("track", "is not neither")));
/// assert_eq!(news_phrase("talks are going well"), None);
/// ```
#[must_use]
pub fn news_phrase(text: &str) -> Option<(&str, &str)> {
    let gaps = text.char_indices().filter(|(_, letter)| letter.is_whitespace()).map(|(at, _)| at);
    let reads = |at: usize| {
        let (about, effect) = (text[..at].trim().trim_end_matches(':').trim_end(), text[at..].trim());
        let place = Place::at(0);
        let is_read = grammar::expression(about, &place).is_ok() && grammar::effect(effect, &place).is_ok();
        is_read.then_some((about, effect))
    };
    gaps.into_iter().find_map(reads)
}

/// A `[[news]]` table in lines, with the keys that have a value.
///
/// ```
/// let keys = [("date", "2026-03-10".to_owned()), ("about", "\"talks\"".to_owned())];
/// assert_eq!(foretell::scenario::news_block(&keys), "[[news]]\ndate   = 2026-03-10\nabout  = \"talks\"\n");
/// ```
#[must_use]
pub fn news_block(keys: &[(&str, String)]) -> String {
    let lines: Vec<String> = keys.iter().map(|(key, value)| format!("{key:<6} = {value}\n")).collect();
    format!("[[news]]\n{}", lines.concat())
}

/// The keys of a piece of news as TOML, in the order in which files have them; what is not stated is left out.
#[must_use]
pub fn news_keys(date: jiff::civil::Date, texts: [(&'static str, Option<&str>); 5]) -> Vec<(&'static str, String)> {
    let stated = texts.into_iter().filter_map(|(key, text)| Some((key, quoted(text?))));
    std::iter::once(("date", date.to_string())).chain(stated).collect()
}

/// A file with one more `[[news]]`, behind the last that it has or else at its end; every other byte stays. `block` has the line ends of
/// Unix; in the file they are its own.
///
/// ```
/// use foretell::scenario::{add_news, remove_news};
///
/// let text = "[[news]]\nabout = 'a' # first\n\n[event.a]\nchance = 0.1\n";
/// let (added, block) = add_news(text, "[[news]]\nabout = 'b'\n").unwrap();
/// assert_eq!(added, "[[news]]\nabout = 'a' # first\n\n[[news]]\nabout = 'b'\n\n[event.a]\nchance = 0.1\n");
/// assert_eq!(remove_news(&added, &block).unwrap(), text);
/// ```
///
/// Returned with it is what was put in, to be taken out again by [`remove_news`].
///
/// # Errors
/// If the file is no TOML, or its news stands in a list in brackets.
pub fn add_news(text: &str, block: &str) -> Result<(String, String), Error> {
    let document = Document::parse(text).map_err(|problem| Error::input("the file is not TOML").because(problem))?;
    let end = match document.as_table().get("news") {
        None => text.len(),
        Some(Item::ArrayOfTables(tables)) => tables.iter().filter_map(end_of).max().unwrap_or(text.len()),
        Some(_) => {
            return Err(Error::input("the news of the file stands in one list, `news = [ … ]`")
                .help("write it as `[[news]]` tables, so that one can be added"));
        }
    };
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let at = text[end..].find('\n').map_or(text.len(), |line_end| end + line_end + 1);
    let gap = match (text.is_empty(), text[..at].ends_with('\n')) {
        (true, _) => "",
        (false, true) => newline,
        (false, false) => &newline.repeat(2),
    };
    let added = format!("{gap}{}", block.replace('\n', newline));
    let mut edited = text.to_owned();
    edited.insert_str(at, &added);
    Document::parse(edited.as_str()).map_err(|problem| Error::input("the news cannot be added").because(problem))?;
    Ok((edited, added))
}

/// The file without what [`add_news`] put in, the last of them if it stands there more than once; `None` if it does not.
#[must_use]
pub fn remove_news(text: &str, added: &str) -> Option<String> {
    let (before, after) = text.rmatch_indices(added).map(|(at, _)| (&text[..at], &text[at + added.len()..])).find(
        // A line more is another piece of news.
        |(_, after)| after.is_empty() || after.starts_with(['[', '#', '\n', '\r']),
    )?;
    Some(format!("{before}{after}"))
}

/// Where the last value of a table ends.
fn end_of(table: &Table) -> Option<usize> {
    let values = table.iter().filter_map(|(_, item)| item.as_value().and_then(Value::span));
    values.map(|span| span.end).max().or_else(|| table.span().map(|span| span.end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_effect_is_told_from_what_it_is_about() {
        for (text, about, effect) in [
            ("inspection happened", "inspection", "happened"),
            ("inspection happened on 2026-05-19", "inspection", "happened on 2026-05-19"),
            ("talks did not happen", "talks", "did not happen"),
            ("talks will not happen", "talks", "will not happen"),
            ("track is ceasefire_first", "track", "is ceasefire_first"),
            ("track is ceasefire_first x3", "track is ceasefire_first", "x3"),
            ("deal is now 30%", "deal", "is now 30%"),
            ("price is 42", "price", "is 42"),
            ("price > 40 happened", "price > 40", "happened"),
            ("a and not b medium", "a and not b", "medium"),
            ("a: down high", "a", "down high"),
            ("  a :  x0.4 ", "a", "x0.4"),
        ] {
            assert_eq!(news_phrase(text), Some((about, effect)), "{text}");
        }
        for text in ["", "happened", "deal", "deal is very likely now", "x3"] {
            assert_eq!(news_phrase(text), None, "{text}");
        }
    }

    #[test]
    fn news_is_added_with_the_line_ends_of_the_file_and_taken_out_again() {
        let block = news_block(&[("date", "2026-03-01".to_owned()), ("about", "\"b\"".to_owned())]);
        for text in [
            "title = 't'\n[event.b]\nchance = 0.1\n",
            "title = 't'\n[event.b]\nchance = 0.1 # no end",
            "title = 't'\r\n[event.b]\r\nchance = 0.1\r\n",
            "[[news]]\nabout = [\n  'a',\n]\n# what follows\n[event.b]\nchance = 0.1\n",
            "",
        ] {
            let (edited, added) = add_news(text, &block).expect("news can be added");
            assert_eq!(edited.contains("\r\n"), text.contains("\r\n"));
            assert!(
                !edited.replace("\r\n", "").contains('\r')
                    && edited.starts_with(text.split("# what").next().unwrap_or(""))
            );
            assert_eq!(remove_news(&edited, &added).as_deref(), Some(text));
        }
        assert!(add_news("news = [ { about = 'a' } ]\n", &block).is_err());
        assert!(remove_news("title = 't'\n", "[[news]]").is_none());
        // Twice the same: the last one goes, also where the first has been given a line more since.
        let text = "title = 't'\n[event.b]\nchance = 0.1\n";
        let (once, _) = add_news(text, &block).expect("news can be added");
        let (twice, added) = add_news(&once, &block).expect("news can be added");
        assert_eq!(remove_news(&twice, &added).as_deref(), Some(once.as_str()));
        assert_eq!(remove_news(&format!("{twice}why = 'w'\n"), &added), Some(format!("{once}why = 'w'\n")));
        assert!(remove_news(&format!("{once}why = 'w'\n"), &added).is_none());
    }
}
