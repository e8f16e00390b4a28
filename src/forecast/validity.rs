//! The rules that questions, forecasts and outcomes keep, wherever they come from.
//!
//! Each check says what is wrong, with the value and the rule, in one line without a full stop; the caller adds the place.

use super::{Forecast, NamedDistribution, Question, QuestionKind, Resolution};
use crate::math::round_to;
use jiff::civil::Date;
use std::fmt;

/// How far the probabilities of a categorical forecast may be from summing to 1: rounding, and nothing more.
pub const SUM_TOLERANCE: f64 = 1e-9;

/// The word that stands for an annulled question in files and on the command line; no option may be called so.
pub const ANNULLED: &str = "annulled";

/// The words that stand for a number beyond a bound of its range, as a platform writes them.
const BELOW_BOUND: &str = "below_lower_bound";
const ABOVE_BOUND: &str = "above_upper_bound";

/// Checks a name (of a question, a forecaster, an option): not empty, no space around it, no control characters.
///
/// # Errors
/// What is wrong; `what` says what is named.
pub fn check_name(what: &str, name: &str) -> Result<(), String> {
    if name.is_empty() {
        Err(format!("the {what} is empty"))
    } else if name.trim() != name {
        Err(format!("the {what} `{name}` has space around it"))
    } else if name.chars().any(char::is_control) {
        Err(format!("the {what} {name:?} holds a control character"))
    } else {
        Ok(())
    }
}

/// Checks that a probability lies between 0 and 1, both allowed.
///
/// # Errors
/// What is wrong; `what` says whose probability it is.
pub fn check_probability(what: &str, probability: f64) -> Result<(), String> {
    if (0.0..=1.0).contains(&probability) {
        Ok(())
    } else {
        Err(format!("{what} must lie between 0 and 1, but is {}", number_text(probability)))
    }
}

/// A probability is off by no more than this through sums in floating-point numbers.
const ROUNDING: f64 = 1e-12;

/// A probability that lies beyond 0 or 1 by the rounding of sums alone, such as 1.0000000000000002, brought back to it; any other number as it is.
#[must_use]
pub(crate) fn without_rounding(probability: f64) -> f64 {
    let nearest = probability.clamp(0.0, 1.0);
    if (probability - nearest).abs() <= ROUNDING { nearest } else { probability }
}

/// A number in the shortest form that reads back to the same bits.
#[must_use]
pub fn number_text(number: f64) -> String {
    let plain = number.to_string();
    if plain.len() <= 24 { plain } else { format!("{number:e}") }
}

impl QuestionKind {
    /// Its name in files.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Binary => "binary",
            Self::Categorical => "categorical",
            Self::Ordinal => "ordinal",
            Self::Numeric => "numeric",
            Self::Date => "date",
        }
    }

    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Binary, Self::Categorical, Self::Ordinal, Self::Numeric, Self::Date];
}

impl fmt::Display for QuestionKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl Question {
    /// Checks its id, its options and its days.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self) -> Result<(), String> {
        check_name("question id", &self.id)?;
        let has_options = matches!(self.kind, QuestionKind::Categorical | QuestionKind::Ordinal);
        if has_options && self.options.is_empty() {
            return Err(format!("the {} question `{}` has no options", self.kind, self.id));
        }
        if !has_options && !self.options.is_empty() {
            return Err(format!("the {} question `{}` cannot have options", self.kind, self.id));
        }
        for (at, option) in self.options.iter().enumerate() {
            check_name("option", option)?;
            if option.eq_ignore_ascii_case(ANNULLED) {
                return Err(format!("an option cannot be called `{option}`: the word stands for a void question"));
            }
            if self.options[..at].contains(option) {
                return Err(format!("the option `{option}` stands twice"));
            }
        }
        for tag in &self.tags {
            check_name("tag", tag)?;
        }
        if let Some(cluster) = &self.cluster {
            check_name("cluster", cluster)?;
        }
        self.check_marks()?;
        match (self.opens, self.closes) {
            (Some(opens), Some(closes)) if closes < opens => {
                Err(format!("the question `{}` closes on {closes}, before it opens on {opens}", self.id))
            }
            _ => Ok(()),
        }
    }

    /// What an answer to it looks like, for messages: `yes or no`, `one of a, b, c`.
    #[must_use]
    pub fn answers(&self) -> String {
        match self.kind {
            QuestionKind::Binary => "`yes`, `no` or `annulled`".to_owned(),
            QuestionKind::Categorical | QuestionKind::Ordinal => {
                let options: Vec<String> = self.options.iter().map(|option| format!("`{option}`")).collect();
                format!("one of {} or `annulled`", options.join(", "))
            }
            QuestionKind::Numeric => match self.open_ends() {
                (false, false) => "a number or `annulled`".to_owned(),
                (true, false) => format!("a number, `{BELOW_BOUND}` or `annulled`"),
                (false, true) => format!("a number, `{ABOVE_BOUND}` or `annulled`"),
                (true, true) => format!("a number, `{BELOW_BOUND}`, `{ABOVE_BOUND}` or `annulled`"),
            },
            QuestionKind::Date => "a day such as 2025-08-19, `never` or `annulled`".to_owned(),
        }
    }
}

impl Forecast {
    /// The kind of question that it answers; a categorical forecast answers ordinal questions too.
    #[must_use]
    pub const fn kind(&self) -> QuestionKind {
        match self {
            Self::Binary { .. } => QuestionKind::Binary,
            Self::Categorical { .. } => QuestionKind::Categorical,
            Self::Quantiles { .. } | Self::Distribution { .. } => QuestionKind::Numeric,
            Self::Date { .. } => QuestionKind::Date,
        }
    }

    /// Levels and values of a forecast of a number; of a distribution, its quantiles at the even levels.
    #[must_use]
    pub fn quantiles(&self) -> Option<(&[f64], &[f64])> {
        match self {
            Self::Quantiles { levels, values } => Some((levels, values)),
            Self::Distribution { distribution } => {
                Some((NamedDistribution::even_levels(), distribution.even_quantiles()))
            }
            _ => None,
        }
    }

    /// Brings probabilities back to 0 or 1 that lie beyond them by the rounding of sums alone.
    pub(crate) fn drop_rounding(&mut self) {
        match self {
            Self::Binary { probability } => *probability = without_rounding(*probability),
            Self::Categorical { probabilities, .. } => {
                probabilities.iter_mut().for_each(|probability| *probability = without_rounding(*probability));
            }
            Self::Date { never, .. } => *never = without_rounding(*never),
            Self::Quantiles { .. } | Self::Distribution { .. } => {}
        }
    }

    /// Checks that its probabilities are probabilities, that they sum to 1, and that its quantiles do not cross.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self) -> Result<(), String> {
        match self {
            Self::Binary { probability } => check_probability("the probability", *probability),
            Self::Categorical { options, probabilities } => {
                if options.is_empty() || options.len() != probabilities.len() {
                    return Err("a categorical forecast needs one probability an option".to_owned());
                }
                for (at, (option, probability)) in options.iter().zip(probabilities).enumerate() {
                    check_name("option", option)?;
                    check_probability(&format!("the probability of `{option}`"), *probability)?;
                    if options[..at].contains(option) {
                        return Err(format!("the option `{option}` stands twice"));
                    }
                }
                let sum: f64 = probabilities.iter().sum();
                if (sum - 1.0).abs() <= SUM_TOLERANCE {
                    Ok(())
                } else {
                    Err(format!(
                        "the probabilities of the options must sum to 1, but sum to {}",
                        number_text(round_to(sum, 12))
                    ))
                }
            }
            Self::Quantiles { levels, values } => {
                check_levels(levels)?;
                if levels.is_empty() || levels.len() != values.len() {
                    return Err("a forecast by quantiles needs one value a level".to_owned());
                }
                if let Some(value) = values.iter().find(|value| !value.is_finite()) {
                    return Err(format!("the value of a quantile must be a finite number, but is {value}"));
                }
                for (level, value) in levels.windows(2).zip(values.windows(2)) {
                    if value[1] < value[0] {
                        return Err(crossing(level, &number_text(value[0]), &number_text(value[1])));
                    }
                }
                Ok(())
            }
            // Its parameters were looked at when it was made.
            Self::Distribution { .. } => Ok(()),
            Self::Date { levels, days, never } => {
                check_levels(levels)?;
                check_probability("the chance of never", *never)?;
                if levels.len() != days.len() {
                    return Err("a forecast of a day needs one day (or `never`) a level".to_owned());
                }
                for (level, day) in levels.windows(2).zip(days.windows(2)) {
                    if day[0].unwrap_or(Date::MAX) > day[1].unwrap_or(Date::MAX) {
                        return Err(crossing(level, &day_text(day[0]), &day_text(day[1])));
                    }
                }
                Ok(())
            }
        }
    }

    /// Checks it by itself, and that it is a forecast of the kind that the question asks for, with options it has.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check_against(&self, question: &Question) -> Result<(), String> {
        self.check()?;
        let fits = self.kind() == question.kind
            || (self.kind() == QuestionKind::Categorical && question.kind == QuestionKind::Ordinal);
        if !fits {
            return Err(format!(
                "the question `{}` is {}, but the forecast is for a {} one",
                question.id,
                question.kind,
                self.kind()
            ));
        }
        if let Self::Categorical { options, .. } = self
            && let Some(unknown) = options.iter().find(|option| !question.options.contains(option))
        {
            return Err(format!(
                "the question `{}` has no option `{unknown}`, but {}",
                question.id,
                question.options.join(", ")
            ));
        }
        Ok(())
    }
}

fn check_levels(levels: &[f64]) -> Result<(), String> {
    for (at, level) in levels.iter().enumerate() {
        if !(*level > 0.0 && *level < 1.0) {
            return Err(format!(
                "the level of a quantile must lie strictly between 0 and 1, but is {}",
                number_text(*level)
            ));
        }
        if at > 0 && *level <= levels[at - 1] {
            return Err(format!("the quantile {} stands twice or out of order", number_text(*level)));
        }
    }
    Ok(())
}

fn crossing(levels: &[f64], low: &str, high: &str) -> String {
    format!(
        "the quantiles cross: {} at level {}, but {} at the higher level {}",
        low,
        number_text(levels[0]),
        high,
        number_text(levels[1])
    )
}

fn day_text(day: Option<Date>) -> String {
    day.map_or_else(|| "never".to_owned(), |day| day.to_string())
}

impl Resolution {
    /// Reads what a person wrote as the resolution of a question: `yes`, `no`, `true`, `false`, `1`, `0`, an option, a number,
    /// a day, `never`, or `annulled`; of a number whose range is open at a bound also `below_lower_bound` and `above_upper_bound`. Words are read
    /// without regard to case; an option, first with it.
    ///
    /// # Errors
    /// If the question cannot resolve so; the message names what it can resolve to.
    pub fn read(text: &str, question: &Question) -> Result<Self, String> {
        let text = text.trim();
        let word = text.to_ascii_lowercase();
        if word == ANNULLED {
            return Ok(Self::Annulled);
        }
        let read = match question.kind {
            QuestionKind::Binary => match word.as_str() {
                "yes" | "true" | "1" | "1.0" => Some(Self::Yes),
                "no" | "false" | "0" | "0.0" => Some(Self::No),
                _ => None,
            },
            QuestionKind::Categorical | QuestionKind::Ordinal => {
                let exact = question.options.iter().find(|option| *option == text);
                let mut close = question.options.iter().filter(|option| option.to_lowercase() == text.to_lowercase());
                exact
                    .or_else(|| close.next().filter(|_| close.next().is_none()))
                    .map(|option| Self::Option(option.clone()))
            }
            QuestionKind::Numeric => match word.as_str() {
                BELOW_BOUND if question.open_ends().0 => Some(Self::BelowBound),
                ABOVE_BOUND if question.open_ends().1 => Some(Self::AboveBound),
                // What cannot be forecast cannot come true either.
                _ if text.parse::<f64>().is_ok_and(f64::is_finite) => {
                    return super::tidy::parse_number(text).map(Self::Value);
                }
                _ => None,
            },
            QuestionKind::Date => match word.as_str() {
                "no" | "never" => Some(Self::No),
                _ => super::day(text).ok().map(Self::Date),
            },
        };
        read.ok_or_else(|| {
            format!(
                "the {} question `{}` cannot resolve to `{text}`, but to {}",
                question.kind,
                question.id,
                question.answers()
            )
        })
    }

    /// Checks that the question can resolve so.
    ///
    /// # Errors
    /// If it cannot; the message names what it can resolve to.
    pub fn check_against(&self, question: &Question) -> Result<(), String> {
        let fits = match (self, &question.kind) {
            (Self::Annulled, _)
            | (Self::Yes | Self::No, QuestionKind::Binary)
            | (Self::No | Self::Date(_), QuestionKind::Date) => true,
            (Self::Option(option), QuestionKind::Categorical | QuestionKind::Ordinal) => {
                question.options.contains(option)
            }
            (Self::Value(value), QuestionKind::Numeric) => value.is_finite(),
            (Self::BelowBound, QuestionKind::Numeric) => question.open_ends().0,
            (Self::AboveBound, QuestionKind::Numeric) => question.open_ends().1,
            _ => false,
        };
        if fits {
            return Ok(());
        }
        Err(format!(
            "the {} question `{}` cannot resolve to `{self}`, but to {}",
            question.kind,
            question.id,
            question.answers()
        ))
    }
}

/// As it stands in files: `yes`, `no`, the option, the number, the day, `below_lower_bound`, `above_upper_bound`, `annulled`.
impl fmt::Display for Resolution {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Yes => formatter.write_str("yes"),
            Self::No => formatter.write_str("no"),
            Self::Option(option) => formatter.write_str(option),
            Self::Value(value) => formatter.write_str(&number_text(*value)),
            Self::Date(day) => write!(formatter, "{day}"),
            Self::BelowBound => formatter.write_str(BELOW_BOUND),
            Self::AboveBound => formatter.write_str(ABOVE_BOUND),
            Self::Annulled => formatter.write_str(ANNULLED),
        }
    }
}

/// In short, for people: `35 %`, `a 10 %, b 90 %`, `5 %: 40, 50 %: 60`.
impl fmt::Display for Forecast {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<String> = match self {
            Self::Binary { probability } => vec![percent(*probability)],
            Self::Categorical { options, probabilities } => {
                options.iter().zip(probabilities).map(|(option, p)| format!("{option} {}", percent(*p))).collect()
            }
            Self::Quantiles { levels, values } => levels
                .iter()
                .zip(values)
                .map(|(level, value)| format!("{}: {}", percent(*level), round(*value)))
                .collect(),
            Self::Distribution { distribution } => vec![distribution.to_string()],
            Self::Date { levels, days, never } => levels
                .iter()
                .zip(days)
                .map(|(level, day)| format!("{}: {}", percent(*level), day_text(*day)))
                .chain(std::iter::once(format!("never {}", percent(*never))))
                .collect(),
        };
        formatter.write_str(&parts.join(", "))
    }
}

/// As a percentage with one decimal, more where that would show a doubtful 0 or 100.
fn percent(probability: f64) -> String {
    let hundredfold = probability * 100.0;
    for decimals in 1..=6 {
        let text = format!("{hundredfold:.decimals$}");
        let shown: f64 = text.parse().unwrap_or(hundredfold);
        if (shown > 0.0 && shown < 100.0) || shown == hundredfold {
            return format!("{} %", trim_zeros(&text));
        }
    }
    format!("{hundredfold:e} %")
}

/// With at most four decimals.
fn round(value: f64) -> String {
    if value.abs() < 1e12 && (value == 0.0 || value.abs() >= 1e-3) {
        trim_zeros(&format!("{value:.4}")).to_owned()
    } else {
        number_text(value)
    }
}

fn trim_zeros(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

/// The candidate nearest to a word that was not found, if one is near enough to have been meant.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::normalized_damerau_levenshtein(word, candidate), candidate))
        .filter(|(likeness, _)| *likeness >= 0.6)
        .reduce(|best, other| if other.0 > best.0 { other } else { best })
        .map(|(_, candidate)| candidate)
}

/// The most names that a message lists.
const MOST_NAMED: usize = 12;

/// The way out where a name is not known: the nearest that is, or else which there are; `what` says of what, as in `questions`.
#[must_use]
pub fn way_to_name<'a>(word: &str, what: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    if let Some(near) = nearest(word, known.iter().copied()) {
        return format!("did you mean `{near}`?");
    }
    match known.len() {
        0 => format!("there are no {what}"),
        count if count <= MOST_NAMED => format!("the {what} are {}", known.join(", ")),
        count => format!("the {what} are {}, and {} more", known[..MOST_NAMED].join(", "), count - MOST_NAMED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `0.1 + 0.2 + 0.7` and the like are probabilities; what is off by more stays as it is, and is refused.
    #[test]
    fn the_rounding_of_sums_is_dropped_and_nothing_else() {
        let mut sure = Forecast::Binary { probability: 1.000_000_000_000_000_2 };
        sure.drop_rounding();
        assert_eq!(sure, Forecast::Binary { probability: 1.0 });
        let options = vec!["a".to_owned(), "b".to_owned()];
        let mut of_two = Forecast::Categorical { options, probabilities: vec![1.000_000_000_000_000_2, -1e-17] };
        of_two.drop_rounding();
        assert_eq!(of_two.check(), Ok(()));
        let mut wrong = Forecast::Binary { probability: 1.000_001 };
        wrong.drop_rounding();
        assert!(wrong.check().is_err());
    }

    fn question(kind: QuestionKind, options: &[&str]) -> Question {
        Question {
            id: "q".to_owned(),
            ask: String::new(),
            kind,
            options: options.iter().map(|option| (*option).to_owned()).collect(),
            opens: None,
            closes: None,
            resolves: None,
            cluster: None,
            tags: Vec::new(),
        }
    }

    #[test]
    fn probabilities_of_exactly_zero_and_one_are_allowed_and_beyond_them_not() {
        for (probability, good) in [(0.0, true), (1.0, true), (1.0 + 1e-15, false), (-0.01, false), (f64::NAN, false)] {
            assert_eq!(Forecast::Binary { probability }.check().is_ok(), good, "{probability}");
        }
    }

    #[test]
    fn crossing_quantiles_are_named_with_their_levels() {
        let crossed = Forecast::Quantiles { levels: vec![0.1, 0.5, 0.9], values: vec![1.0, 3.0, 2.0] };
        assert_eq!(crossed.check().unwrap_err(), "the quantiles cross: 3 at level 0.5, but 2 at the higher level 0.9");
        let day = Some(jiff::civil::date(2025, 8, 19));
        assert!(Forecast::Date { levels: vec![0.1, 0.5], days: vec![day, None], never: 0.4 }.check().is_ok());
        assert!(Forecast::Date { levels: vec![0.1, 0.5], days: vec![None, day], never: 0.4 }.check().is_err());
    }

    #[test]
    fn a_resolution_is_read_by_the_kind_of_its_question() {
        let binary = question(QuestionKind::Binary, &[]);
        assert_eq!(Resolution::read("TRUE", &binary), Ok(Resolution::Yes));
        assert_eq!(Resolution::read("0", &binary), Ok(Resolution::No));
        assert!(Resolution::read("maybe", &binary).is_err());
        assert_eq!(Resolution::read("1", &question(QuestionKind::Numeric, &[])), Ok(Resolution::Value(1.0)));
        let far = Resolution::read("-1e200", &question(QuestionKind::Numeric, &[]));
        assert_eq!(far, Err("`-1e200` lies beyond 1e150: scores of it would be infinite".to_owned()));
        let options = question(QuestionKind::Categorical, &["Yes", "yes", "Other"]);
        assert_eq!(Resolution::read("yes", &options), Ok(Resolution::Option("yes".to_owned())));
        assert_eq!(Resolution::read("other", &options), Ok(Resolution::Option("Other".to_owned())));
        assert!(Resolution::read("YES", &options).is_err(), "two options differ from it by case only");
        let date = question(QuestionKind::Date, &[]);
        assert_eq!(Resolution::read("2025-08-19", &date), Ok(Resolution::Date(jiff::civil::date(2025, 8, 19))));
        assert_eq!(Resolution::read("never", &date), Ok(Resolution::No));
        assert_eq!(Resolution::read("Annulled", &date), Ok(Resolution::Annulled));
    }

    #[test]
    fn a_number_may_lie_beyond_a_bound_that_is_open_and_beyond_no_other() {
        let tags = ["buckets=4", "bounds=0..4", "open_bounds=upper"].map(str::to_owned).to_vec();
        let open_above = Question { tags, ..question(QuestionKind::Numeric, &[]) };
        let above = Resolution::read("Above_upper_bound", &open_above).unwrap();
        assert_eq!((&above, above.to_string().as_str()), (&Resolution::AboveBound, "above_upper_bound"));
        assert_eq!(above.check_against(&open_above), Ok(()));
        let told = Resolution::read("below_lower_bound", &open_above).unwrap_err();
        assert!(told.ends_with("but to a number, `above_upper_bound` or `annulled`"), "{told}");
        assert!(Resolution::BelowBound.check_against(&open_above).is_err());
        assert!(above.check_against(&question(QuestionKind::Numeric, &[])).is_err(), "no bounds are told");
        let kept = serde_json::to_string(&above).unwrap();
        assert_eq!(kept, r#"{"kind":"above_bound"}"#);
        assert_eq!(serde_json::from_str::<Resolution>(&kept).unwrap(), above);
    }

    #[test]
    fn small_chances_are_not_shown_as_none() {
        let shown = |probability| Forecast::Binary { probability }.to_string();
        assert_eq!(shown(0.35), "35 %");
        assert_eq!(shown(0.0), "0 %");
        assert_eq!(shown(1.0), "100 %");
        assert_eq!(shown(0.0002), "0.02 %");
        assert_eq!(shown(0.99999), "99.999 %");
    }
}
