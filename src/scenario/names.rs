//! What can be a name: of an event, a question, an option.

/// The words of the expression language, which cannot be names; in lower case, compared without regard to case.
pub const RESERVED: &[&str] = &[
    "and", "or", "not", "implies", "if", "then", "else", "is", "of", "in", "by", "on", "before", "after", "within",
    "days", "day", "weeks", "week", "months", "month", "years", "year", "at", "least", "most", "exactly", "count",
    "one", "min", "max", "true", "false", "happens", "between", "never", "none",
];

/// Whether a character can begin a name.
#[must_use]
pub fn begins_name(character: char) -> bool {
    character.is_alphabetic() || character == '_'
}

/// Whether a character can stand inside a name.
#[must_use]
pub fn continues_name(character: char) -> bool {
    begins_name(character) || character.is_ascii_digit()
}

/// Whether a word belongs to the expression language.
#[must_use]
pub fn is_reserved(word: &str) -> bool {
    RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(word))
}

/// Why a text cannot be a name, or `None` if it can.
#[must_use]
pub fn name_problem(text: &str) -> Option<String> {
    let Some(first) = text.chars().next() else {
        return Some("it is empty".to_owned());
    };
    if first.is_ascii_digit() {
        return Some("a name does not start with a digit".to_owned());
    }
    if let Some(wrong) = text.chars().find(|character| !continues_name(*character)) {
        return Some(format!("a name is letters, digits and `_`, and {} is none of them", shown(wrong)));
    }
    is_reserved(text).then(|| "it is a word of the expression language".to_owned())
}

/// As [`name_problem`], for the option of an event: there `none` is allowed too.
#[must_use]
pub fn option_problem(text: &str) -> Option<String> {
    if text == "none" { None } else { name_problem(text) }
}

/// A name like this text that can be one, to suggest.
#[must_use]
pub fn suggested_name(text: &str) -> String {
    let mut name: String =
        text.trim().chars().map(|character| if continues_name(character) { character } else { '_' }).collect();
    if name.chars().next().is_none_or(|first| !begins_name(first)) {
        name.insert(0, '_');
    }
    if is_reserved(&name) {
        name.push('_');
    }
    name
}

/// A name as words: each `_` between letters or digits is a space. One at either end is part of the name, and stays.
///
/// ```
/// assert_eq!(foretell::scenario::names::in_words("first_meeting"), "first meeting");
/// assert_eq!(foretell::scenario::names::in_words("and_"), "and_");
/// ```
#[must_use]
pub fn in_words(name: &str) -> String {
    let inner = name.trim_matches('_');
    let begin = name.len() - name.trim_start_matches('_').len();
    if inner.is_empty() {
        return name.to_owned();
    }
    format!("{}{}{}", &name[..begin], inner.replace('_', " "), &name[begin + inner.len()..])
}

/// The known word nearest to a mistyped one, if one is near enough to be meant.
#[must_use]
pub fn nearest<'w>(written: &str, known: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let lower = written.to_lowercase();
    let limit = (lower.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|word| (strsim::damerau_levenshtein(&lower, &word.to_lowercase()), word))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

fn shown(character: char) -> String {
    if character == ' ' { "a space".to_owned() } else { format!("`{}`", character.escape_debug()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_letters_digits_and_underscores_and_no_reserved_words() {
        for good in ["attends", "_x", "größe", "a1", "track_2", "notable"] {
            assert_eq!(name_problem(good), None, "{good}");
        }
        for bad in ["", "1a", "a b", "a-b", "not", "NOT", "None", "a.b"] {
            assert!(name_problem(bad).is_some(), "{bad}");
            assert_eq!(name_problem(&suggested_name(bad)), None, "{bad}");
        }
        assert_eq!(option_problem("none"), None);
    }

    #[test]
    fn names_in_words_keep_the_underscores_at_their_ends() {
        for (name, words) in
            [("a_b_c", "a b c"), ("and_", "and_"), ("_1_3", "_1 3"), ("__", "__"), ("größe_m_", "größe m_")]
        {
            assert_eq!(in_words(name), words);
        }
    }

    #[test]
    fn the_nearest_word_must_be_near() {
        assert_eq!(nearest("chanse", ["chance", "causes"]), Some("chance"));
        assert_eq!(nearest("CHANCE", ["chance"]), Some("chance"));
        assert_eq!(nearest("zzz", ["chance", "causes"]), None);
    }
}
