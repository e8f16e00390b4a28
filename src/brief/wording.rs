//! A forecast in words, with its number in brackets.

use super::confidence::{Confidence, Reach};
use super::lexicon::Lexicon;
use crate::forecast::Forecast;
use crate::math::thousands_apart;
use crate::report::figure::significant;
use crate::report::run::FigureReport;
use crate::scenario::names;
use crate::simulate::Masses;
use jiff::civil::Date;
use serde::Serialize;

/// One figure of a question in words.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct InWords {
    /// What of the question: nothing for a yes/no question, an option as the file has it, `by DAY` and `by which day` of a date.
    pub part: String,
    /// What the lexicon calls the chance; for a number, its range in words.
    pub words: String,
    /// The chance, from 0 to 1; `null` for a number.
    pub probability: Option<f64>,
    /// Its Monte Carlo standard error.
    pub standard_error: Option<f64>,
    /// Where the doubt about the inputs leaves it: central 90 %.
    pub doubt: Option<(f64, f64)>,
    /// What is known of that doubt; `null` for a number.
    pub reach: Option<Reach>,
    /// How far the figure can be relied on; `null` where no doubt about the inputs was seen to move it.
    pub confidence: Option<Confidence>,
}

/// Whether doubtful inputs bear on a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doubtful {
    /// Whether one does.
    pub reached: bool,
    /// Whether it was looked for how far they move the figure.
    pub looked_for: bool,
}

impl InWords {
    /// The words with the number in brackets behind them.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self.probability {
            Some(probability) => format!("{} ({})", self.words, in_brackets(probability)),
            None => self.words.clone(),
        }
    }

    /// What of the question, for people to read.
    #[must_use]
    pub fn part_in_words(&self) -> String {
        names::in_words(&self.part)
    }

    /// What is asked, with what of it, to be read aloud: `Who wins? The union`, `Who wins: the union`.
    #[must_use]
    pub fn asked(&self, ask: &str) -> String {
        asked(ask, &self.part)
    }

    /// The same with the forecast, as a sentence or two without the last full stop: `Is it so? Likely (60 %)`, `Who wins? The union: likely (60 %)`.
    #[must_use]
    pub fn answer(&self, ask: &str) -> String {
        let (asked, sentence) = (self.asked(ask), self.sentence());
        if self.part.is_empty() {
            format!("{asked} {}", capitalised(&sentence))
        } else {
            format!("{asked}: {sentence}")
        }
    }

    /// The range of the doubt in percent, or that none was seen; nothing where no doubtful input bears on the question.
    #[must_use]
    pub fn doubt_text(&self) -> Option<String> {
        match (self.doubt, self.reach) {
            (Some((low, high)), _) if high - low < NARROW => Some("under 0.1 points".to_owned()),
            (Some((low, high)), _) => Some(format!("{} to {}", in_brackets(low), in_brackets(high))),
            (None, Some(Reach::NotSeen)) => Some("not seen".to_owned()),
            (None, _) => None,
        }
    }

    /// Whether there is nothing beside the words: no chance, no error and no doubt.
    #[must_use]
    pub fn is_words_alone(&self) -> bool {
        let has_figures = self.probability.is_some() || self.standard_error.is_some();
        !has_figures && self.doubt_text().is_none() && self.confidence.is_none()
    }
}

/// A question with a part of it, such as an option as the file has it, to be read aloud.
///
/// ```
/// use foretell::brief::asked;
///
/// assert_eq!(asked("Who wins?", "the_union"), "Who wins? The union");
/// assert_eq!(asked("Winner", "the_union"), "Winner: the union");
/// ```
#[must_use]
pub fn asked(ask: &str, part: &str) -> String {
    match names::in_words(part) {
        part if part.is_empty() => ask.to_owned(),
        part if ask.ends_with(['?', '!', '.']) => format!("{ask} {}", capitalised(&part)),
        part => format!("{ask}: {part}"),
    }
}

/// With a capital first letter.
pub(super) fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A range narrower than this is told by its width: its ends would be told alike.
const NARROW: f64 = 1e-3;

/// A chance in percent as people say it: whole percents, and one digit below 1 % and above 99 %.
#[must_use]
pub fn in_brackets(probability: f64) -> String {
    let percent = 100.0 * probability;
    if percent <= 0.0 || percent >= 100.0 {
        return format!("{} %", percent.clamp(0.0, 100.0));
    }
    match digits(percent) {
        _ if percent < 0.05 => "under 0.1 %".to_owned(),
        _ if percent > 99.95 => "over 99.9 %".to_owned(),
        digits => format!("{percent:.digits$} %"),
    }
}

/// Digits behind the point with which a percentage is told.
fn digits(percent: f64) -> usize {
    usize::from(!(0.95..99.05).contains(&percent))
}

/// The chance that stands in brackets, which is what a word must fit: 44.8 % is told as 45 %.
pub(super) fn as_told(probability: f64) -> f64 {
    let percent = 100.0 * probability;
    if !(0.05..=99.95).contains(&percent) {
        return probability;
    }
    let digits = digits(percent);
    format!("{percent:.digits$}e-2").parse().unwrap_or(probability)
}

/// A day as people write it.
#[must_use]
pub fn day_in_words(day: Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

/// A forecast in words: one line for a yes/no question, one for each option, the day or number with its range. Where there is no figure, that stands there.
#[must_use]
pub fn in_words(
    figures: &FigureReport,
    unit: Option<&str>,
    horizon: Date,
    doubtful: Doubtful,
    lexicon: &Lexicon,
) -> Vec<InWords> {
    let error = |at: usize| figures.error_of(at);
    let doubt = |at: usize| figures.doubt_of(at);
    let chance = |part: &str, probability: f64, error: Option<f64>, doubt: Option<(f64, f64)>| {
        // A range without any width is what is left where the draws of the inputs differ by chance alone.
        let doubt = doubt.filter(|(low, high)| high > low && doubtful.reached);
        InWords {
            part: part.to_owned(),
            words: lexicon.say(as_told(probability)),
            probability: Some(probability),
            standard_error: error,
            doubt,
            reach: Some(match (doubtful.reached, doubt) {
                (false, _) => Reach::None,
                (true, Some(_)) => Reach::Seen,
                (true, None) if doubtful.looked_for => Reach::NotSeen,
                (true, None) => Reach::NotLookedFor,
            }),
            confidence: doubt.map(|doubt| Confidence::of(doubt, lexicon)),
        }
    };
    let plain = |part: &str, words: String| InWords {
        part: part.to_owned(),
        words,
        probability: None,
        standard_error: None,
        doubt: None,
        reach: None,
        confidence: None,
    };
    match &figures.forecast {
        None => vec![plain("", "no figure: its condition holds in no world".to_owned())],
        Some(Forecast::Binary { probability }) => vec![chance("", *probability, error(0), doubt(0))],
        Some(Forecast::Categorical { options, probabilities }) => {
            let mut lines: Vec<InWords> = options
                .iter()
                .zip(probabilities)
                .enumerate()
                .map(|(at, (option, probability))| chance(option, *probability, error(at), doubt(at)))
                .collect();
            lines.sort_by(|a, b| b.probability.partial_cmp(&a.probability).unwrap_or(std::cmp::Ordering::Equal));
            lines
        }
        Some(Forecast::Quantiles { levels, values }) => {
            let at = |level: f64| levels.iter().position(|one| (one - level).abs() < 1e-9).map(|at| values[at]);
            let (Some(low), Some(middle), Some(high)) = (at(0.05), at(0.5), at(0.95)) else { return Vec::new() };
            let words = of_number([low, middle, high], figures.masses, unit);
            vec![plain("", words)]
        }
        Some(Forecast::Distribution { distribution }) => vec![plain("", distribution.to_string())],
        Some(Forecast::Date { levels, days, never }) => {
            let error = figures.never.map(|never| never.standard_error);
            let doubt = figures.never.and_then(|never| never.prior_interval).map(|(low, high)| (1.0 - high, 1.0 - low));
            let mut lines = vec![chance(&format!("by {}", day_in_words(horizon)), 1.0 - never, error, doubt)];
            let known: Vec<(f64, Date)> =
                levels.iter().zip(days).filter_map(|(level, day)| day.map(|day| (*level, day))).collect();
            let told = [0.05, 0.25, 0.5, 0.75, 0.95];
            let mut told: Vec<(f64, Date)> =
                known.into_iter().filter(|(level, _)| told.iter().any(|one| (one - level).abs() < 1e-9)).collect();
            // Of one day the highest level says all.
            told.reverse();
            told.dedup_by_key(|(_, day)| *day);
            told.reverse();
            let told: Vec<String> =
                told.iter().map(|(level, day)| format!("{} by {}", in_brackets(*level), day_in_words(*day))).collect();
            if !told.is_empty() {
                lines.push(plain("by which day", told.join("; ")));
            }
            lines
        }
    }
}

/// A single value is told if so many worlds share it: it is then no accident of many.
const SHARED: f64 = 0.05;

/// A number by its 5 %, 50 % and 95 % points, and by the value that many worlds share, if there is one: a range that ends on such a value holds more
/// than 90 of 100 cases, and a median on it does not part them into halves.
fn of_number([low, middle, high]: [f64; 3], masses: Option<Masses>, unit: Option<&str>) -> String {
    let unit = unit.map_or_else(String::new, |unit| format!(" {unit}"));
    let masses = masses.unwrap_or(Masses { most: (middle, 0.0), within: 0.9, on_median: 0.0 });
    let most = Some(masses.most).filter(|(_, share)| *share >= SHARED);
    // What many worlds share is no estimate: it is told as it is.
    let number = |value: f64| match most {
        Some((shared, _)) if shared == value && value.abs() >= 1000.0 => thousands_apart(&value.round().to_string()),
        _ => number_in_words(value),
    };
    let mut parts = Vec::new();
    if low == high {
        match most {
            Some((_, share)) if share < 1.0 => parts.push(format!("{}{unit} in {}", number(low), of_hundred(share))),
            _ => return format!("{}{unit}", number(middle)),
        }
    } else {
        parts.extend(most.map(|(value, share)| format!("most likely {}, in {}", number(value), of_hundred(share))));
        let within = of_hundred(masses.within);
        parts.push(format!("between {} and {}{unit} in {within}", number(low), number(high)));
        if masses.on_median < SHARED {
            parts.push(format!("as often above as below {}", number(middle)));
        }
    }
    parts.join("; ")
}

/// So many of 100 cases.
fn of_hundred(share: f64) -> String {
    match (100.0 * share).round() {
        100.0.. if share < 1.0 => "more than 99 of 100 cases".to_owned(),
        count => format!("{count} of 100 cases"),
    }
}

/// A number as people say it: three significant digits, and its thousands apart.
///
/// ```
/// use foretell::brief::number_in_words;
///
/// assert_eq!([0.012345, 1.2345, 56.789].map(number_in_words), ["0.0123", "1.23", "56.8"]);
/// assert_eq!([999.6, -1234.5, 1_198_111_903.2].map(number_in_words), ["1,000", "-1,230", "1,200,000,000"]);
/// ```
#[must_use]
pub fn number_in_words(value: f64) -> String {
    thousands_apart(&significant(value, 3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::brief::KnownLexicon;
    use crate::forecast::Estimate;
    use crate::report::run::Figures;

    fn empty(forecast: Forecast) -> FigureReport {
        FigureReport {
            forecast: Some(forecast),
            standard_error: None,
            prior_interval: None,
            variance: None,
            mean: None,
            standard_deviation: None,
            never: None,
            masses: None,
        }
    }

    const LOOKED_FOR: Doubtful = Doubtful { reached: true, looked_for: true };

    #[test]
    fn percents_are_those_that_people_say() {
        let told = [0.0, 0.000_4, 0.004, 0.009_6, 0.087, 0.5, 0.990_4, 0.996, 0.999_6, 1.0].map(in_brackets);
        let expected = ["0 %", "under 0.1 %", "0.4 %", "1 %", "9 %", "50 %", "99 %", "99.6 %", "over 99.9 %", "100 %"];
        assert_eq!(told, expected);
    }

    #[test]
    fn every_kind_of_forecast_reads_as_words() {
        let icd = Lexicon::known(KnownLexicon::Icd203);
        let end = jiff::civil::date(2025, 12, 31);
        let words = |figures: &FigureReport, unit| -> Vec<String> {
            in_words(figures, unit, end, LOOKED_FOR, &icd)
                .iter()
                .map(|one| format!("{}|{}|{}", one.part, one.sentence(), one.doubt_text().unwrap_or_default()))
                .collect()
        };
        let mut yes = empty(Forecast::Binary { probability: 0.087 });
        yes.prior_interval = Some(Figures::One(Some((0.01, 0.31))));
        assert_eq!(words(&yes, None), ["|very unlikely (9 %)|1 % to 31 %"]);
        let which = empty(Forecast::Categorical {
            options: vec!["ceasefire_first".to_owned(), "neither".to_owned()],
            probabilities: vec![0.3, 0.7],
        });
        assert_eq!(words(&which, None), ["neither|likely (70 %)|not seen", "ceasefire_first|unlikely (30 %)|not seen"]);
        assert_eq!(in_words(&which, None, end, LOOKED_FOR, &icd)[1].part_in_words(), "ceasefire first");
        let number = empty(Forecast::Quantiles { levels: vec![0.05, 0.5, 0.95], values: vec![0.0, 12.34, 90.0] });
        assert_eq!(
            words(&number, Some("billion dollars")),
            ["|between 0 and 90 billion dollars in 90 of 100 cases; as often above as below 12.3|"]
        );
        let mut date = empty(Forecast::Date {
            levels: vec![0.05, 0.5],
            days: vec![Some(jiff::civil::date(2025, 10, 13)), None],
            never: 0.84,
        });
        date.never = Some(Estimate { value: 0.84, standard_error: 0.001, prior_interval: Some((0.7, 0.95)) });
        assert_eq!(
            words(&date, None),
            ["by 31 December 2025|very unlikely (16 %)|5 % to 30 %", "by which day|5 % by 13 October 2025|"]
        );
        let may = jiff::civil::date(2025, 5, 17);
        let scheduled = empty(Forecast::Date {
            levels: vec![0.05, 0.25, 0.5, 0.75, 0.95],
            days: vec![Some(may), Some(may), Some(may), Some(end), None],
            never: 0.1,
        });
        assert_eq!(words(&scheduled, None)[1], "by which day|50 % by 17 May 2025; 75 % by 31 December 2025|");
        let lines = in_words(&date, None, end, LOOKED_FOR, &icd);
        assert_eq!(lines[0].answer("When is it?"), "When is it? By 31 December 2025: very unlikely (16 %)");
        assert_eq!(lines[1].answer("When is it?"), "When is it? By which day: 5 % by 13 October 2025");
        let lines = in_words(&which, None, end, LOOKED_FOR, &icd);
        assert_eq!(lines[1].answer("What is first?"), "What is first? Ceasefire first: unlikely (30 %)");
        assert_eq!(lines[1].answer("What is first"), "What is first: ceasefire first: unlikely (30 %)");
        assert_eq!(in_words(&yes, None, end, LOOKED_FOR, &icd)[0].answer("Is it?"), "Is it? Very unlikely (9 %)");
        let alone = |figures: &FigureReport| -> Vec<bool> {
            in_words(figures, None, end, LOOKED_FOR, &icd).iter().map(InWords::is_words_alone).collect()
        };
        assert_eq!([alone(&number), alone(&date), alone(&yes)], [vec![true], vec![false, true], vec![false]]);
    }

    #[test]
    fn doubt_is_none_not_looked_for_not_seen_or_seen() {
        let icd = Lexicon::known(KnownLexicon::Icd203);
        let end = jiff::civil::date(2025, 12, 31);
        let of = |range: Option<(f64, f64)>, reached: bool, looked_for: bool| {
            let mut yes = empty(Forecast::Binary { probability: 0.0002 });
            yes.prior_interval = range.map(|range| Figures::One(Some(range)));
            let line = in_words(&yes, None, end, Doubtful { reached, looked_for }, &icd).remove(0);
            (line.reach, line.doubt_text(), line.confidence)
        };
        assert_eq!(of(None, false, true), (Some(Reach::None), None, None));
        assert_eq!(of(None, true, false), (Some(Reach::NotLookedFor), None, None));
        let not_seen = (Some(Reach::NotSeen), Some("not seen".to_owned()), None);
        assert_eq!(of(None, true, true), not_seen);
        assert_eq!(of(Some((0.0002, 0.0002)), true, true), not_seen, "a range without width is chance");
        let narrow = of(Some((0.0001, 0.0006)), true, true);
        assert_eq!(narrow, (Some(Reach::Seen), Some("under 0.1 points".to_owned()), Some(Confidence::High)));
        let seen = of(Some((0.0001, 0.31)), true, true);
        assert_eq!(seen, (Some(Reach::Seen), Some("under 0.1 % to 31 %".to_owned()), Some(Confidence::Low)));
    }

    #[test]
    fn the_word_is_that_of_the_number_in_brackets() {
        let icd = Lexicon::known(KnownLexicon::Icd203);
        let end = jiff::civil::date(2025, 12, 31);
        let said = |probability: f64| {
            in_words(&empty(Forecast::Binary { probability }), None, end, LOOKED_FOR, &icd)[0].sentence()
        };
        for (probability, expected) in [
            (0.448, "roughly even chance (45 %)"),
            (0.452, "roughly even chance (45 %)"),
            (0.444, "unlikely (44 %)"),
            (0.5504, "roughly even chance (55 %)"),
            (0.556, "likely (56 %)"),
            (0.048, "very unlikely (5 %)"),
            (0.953, "very likely (95 %)"),
            (0.0002, "almost no chance (under 0.1 %)"),
            (1.0, "almost certain (100 %)"),
        ] {
            assert_eq!(said(probability), expected, "{probability}");
        }
    }

    #[test]
    fn a_number_with_a_value_that_many_worlds_share_is_told_by_it() {
        let told = |[low, middle, high]: [f64; 3], most, within, on_median| {
            of_number([low, middle, high], Some(Masses { most, within, on_median }), Some("billion USD"))
        };
        assert_eq!(
            told([0.0, 0.0, 59.3], (0.0, 0.82), 0.951, 0.82),
            "most likely 0, in 82 of 100 cases; between 0 and 59.3 billion USD in 95 of 100 cases"
        );
        assert_eq!(
            told([0.0, 12.34, 90.0], (0.0, 0.2), 0.95, 0.0),
            "most likely 0, in 20 of 100 cases; between 0 and 90 billion USD in 95 of 100 cases; as often above as below 12.3"
        );
        assert_eq!(told([0.0, 0.0, 0.0], (0.0, 0.97), 0.97, 0.97), "0 billion USD in 97 of 100 cases");
        assert_eq!(told([0.0, 0.0, 0.0], (0.0, 0.9997), 0.9997, 0.9997), "0 billion USD in more than 99 of 100 cases");
        assert_eq!(told([7.0, 7.0, 7.0], (7.0, 1.0), 1.0, 1.0), "7 billion USD");
        assert_eq!(
            told([1.0, 5.0, 9.0], (4.8, 0.0001), 0.9002, 0.0001),
            "between 1 and 9 billion USD in 90 of 100 cases; as often above as below 5"
        );
        // Quantiles of a simulation have three digits, and a value that many worlds share all of its own.
        assert_eq!(
            told([0.0, 2_323_588_787.0, 4_494_619_692.0], (0.0, 0.2), 0.95, 0.0),
            "most likely 0, in 20 of 100 cases; between 0 and 4,490,000,000 billion USD in 95 of 100 cases; as often above as below 2,320,000,000"
        );
        assert_eq!(
            told([100.0, 12_345.0, 54_321.0], (12_345.0, 0.3), 0.9, 0.3),
            "most likely 12,345, in 30 of 100 cases; between 100 and 54,300 billion USD in 90 of 100 cases"
        );
    }
}
