//! The codes of everything this room can find wrong: `E01xx` for the structure of the file, `E02xx` for phrases inside strings.
//!
//! Codes are stable: a code keeps its meaning for ever, and a retired one is not given again. `E03xx` and up belong to `model`.

/// The text is not TOML.
pub const TOML: &str = "E0101";
/// A key or table that the language does not know.
pub const UNKNOWN_KEY: &str = "E0102";
/// A value of the wrong type.
pub const WRONG_TYPE: &str = "E0103";
/// A key that must be there is not.
pub const MISSING_KEY: &str = "E0104";
/// A name that cannot be one.
pub const BAD_NAME: &str = "E0105";
/// The same key or name twice.
pub const DUPLICATE: &str = "E0106";
/// A rule needs exactly one of `always` and `never`.
pub const RULE_SHAPE: &str = "E0107";
/// A list of cases that is not put together as cases are.
pub const CASE_SHAPE: &str = "E0108";
/// A list or table that is empty or has the wrong shape.
pub const LIST_SHAPE: &str = "E0109";

/// A file of priors that cannot be read, or holds something else.
pub const PRIORS_FILE: &str = "E0110";
/// A chance that cannot be read.
pub const CHANCE: &str = "E0201";
/// A number or distribution that cannot be read.
pub const NUMBER: &str = "E0202";
/// A count that cannot be read.
pub const COUNT: &str = "E0203";
/// The chances of a date event that cannot be read.
pub const WHEN: &str = "E0204";
/// A ratio or strength that cannot be read.
pub const RATIO: &str = "E0205";
/// An effect of news that cannot be read.
pub const EFFECT: &str = "E0206";
/// A supposition that cannot be read.
pub const SUPPOSITION: &str = "E0207";
/// A condition or formula that cannot be read.
pub const EXPRESSION: &str = "E0208";
/// A day that is not in the calendar, or not written as year-month-day.
pub const DATE: &str = "E0209";
/// Comparisons in a chain.
pub const CHAIN: &str = "E0210";
/// A phrase nested too deep or too long to be read.
pub const TOO_DEEP: &str = "E0211";
/// A number too large to be held, or a division by zero inside a phrase.
pub const NOT_FINITE: &str = "E0212";
/// A length of time that cannot be read.
pub const DURATION: &str = "E0213";

/// Each code with its meaning in one line.
pub const CODES: &[(&str, &str)] = &[
    (TOML, "the text is not TOML"),
    (UNKNOWN_KEY, "a key or table that the language does not know"),
    (WRONG_TYPE, "a value of the wrong type"),
    (MISSING_KEY, "a key that must be there is not"),
    (BAD_NAME, "a name that cannot be one"),
    (DUPLICATE, "the same key or name twice"),
    (RULE_SHAPE, "a rule needs exactly one of `always` and `never`"),
    (CASE_SHAPE, "a list of cases that is not put together as cases are"),
    (LIST_SHAPE, "a list or table that is empty or has the wrong shape"),
    (PRIORS_FILE, "a file of priors that cannot be read, or holds something else"),
    (CHANCE, "a chance that cannot be read"),
    (NUMBER, "a number or distribution that cannot be read"),
    (COUNT, "a count that cannot be read"),
    (WHEN, "the chances of a date event that cannot be read"),
    (RATIO, "a ratio or strength that cannot be read"),
    (EFFECT, "an effect of news that cannot be read"),
    (SUPPOSITION, "a supposition that cannot be read"),
    (EXPRESSION, "a condition or formula that cannot be read"),
    (DATE, "a day that is not in the calendar, or not written as year-month-day"),
    (CHAIN, "comparisons in a chain"),
    (TOO_DEEP, "a phrase nested too deep or too long to be read"),
    (NOT_FINITE, "a number too large to be held, or a division by zero inside a phrase"),
    (DURATION, "a length of time that cannot be read"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_listed_once_and_in_order() {
        assert!(CODES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(CODES.iter().all(|(code, meaning)| code.len() == 5 && !meaning.is_empty()));
    }
}
