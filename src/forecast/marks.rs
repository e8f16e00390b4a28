//! Tags of a question that say what its columns cannot.
//!
//! | tag | what it says |
//! |---|---|
//! | `other=OPTION` | options were added or taken away over time: an option that a forecast does not name did not exist when it was made, and is read at this one |
//! | `opens_at=15:30:00` | the time of day, UTC, at which it opened on the day `opens` |
//! | `closes_at=15:30:00` | the time of day, UTC, at which it was to close on the day `closes`; without it that day counts to its end |
//! | `closed_at=2025-01-06T12:00:00Z` | it closed then, before it was to |
//! | `buckets=200`, `bounds=0..100` | a platform cuts the range of this number between its bounds into so many buckets, and takes cdfs at their ends |
//! | `open_bounds=lower` (`upper`, `both`) | beyond which of them the number may lie; without it beyond neither |
//! | `question_weight=0.25` | a platform counts its scores by this, where it counts others by 1 |
//! | `shown_at=2025-01-03T12:00:00Z` | what the community said was shown from then on, and others could follow it |
//! | `aggregate=NAME` | the forecaster of this name is no person but made of the forecasts of others, as a platform's community prediction; may stand several times |
//!
//! Times of an opening and a scheduled close matter to every score: forecasts count from the one to the other. An earlier close, what the community
//! said and who is an aggregate matter to the scores of platforms alone. Questions are not grouped by tags that say times or name aggregates.

use super::{Forecast, Moment, Pace, Question, QuestionKind, Records, Resolution};
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

/// How the tag begins that names the option at which those are read that did not exist.
pub(super) const OTHER: &str = "other=";
/// How the tag begins that says at what time of its day a question opened.
pub(super) const OPENS_AT: &str = "opens_at=";
/// How the tag begins that says at what time of its last day a question was to close.
pub(super) const CLOSES_AT: &str = "closes_at=";
/// How the tag begins that says when a question closed early.
pub(super) const CLOSED_AT: &str = "closed_at=";
/// How the tag begins that says when the community's forecast was shown.
pub(super) const SHOWN_AT: &str = "shown_at=";

/// How the tag begins that says into how many buckets a platform cuts the range of a number.
pub(super) const BUCKETS: &str = "buckets=";
/// How the tag begins that says between which bounds it does.
pub(super) const BOUNDS: &str = "bounds=";
/// How the tag begins that says beyond which bounds the number may lie.
pub(super) const OPEN_BOUNDS: &str = "open_bounds=";
/// How the tag begins that says by what a platform counts the scores of a question.
pub(super) const QUESTION_WEIGHT: &str = "question_weight=";
/// How the tag begins that names a forecaster who is no person but made of the forecasts of others.
pub(super) const AGGREGATE: &str = "aggregate=";
/// What the tag of open bounds may say, and how many bounds that opens.
const OPEN: [(&str, u8); 3] = [("lower", 1), ("upper", 1), ("both", 2)];

/// The buckets of a number on a platform.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Buckets {
    /// How many there are between the bounds.
    pub inner: usize,
    /// The lower bound.
    pub low: f64,
    /// The upper bound.
    pub high: f64,
    /// Beyond how many of the two the number may lie.
    pub open_bounds: u8,
}

fn bounds(text: &str) -> Option<(f64, f64)> {
    let (low, high) = text.split_once("..")?;
    let (low, high) = (low.trim().parse::<f64>().ok()?, high.trim().parse::<f64>().ok()?);
    (low.is_finite() && high.is_finite() && low < high).then_some((low, high))
}

fn weight(text: &str) -> Option<f64> {
    text.parse().ok().filter(|weight: &f64| weight.is_finite() && *weight >= 0.0)
}

fn inner_buckets(text: &str) -> Option<usize> {
    text.parse().ok().filter(|inner| *inner > 0)
}

/// Whether a tag says a time of its question or who is an aggregate, and nothing that several questions are alike in.
pub(crate) fn groups_nothing(tag: &str) -> bool {
    [OPENS_AT, CLOSES_AT, CLOSED_AT, SHOWN_AT, AGGREGATE].iter().any(|begins| tag.starts_with(begins))
}

/// Days since 1970-01-01 at a time of a day, in UTC.
fn at(day: Date, time: Time) -> f64 {
    let instant = TimeZone::UTC.to_timestamp(day.to_datetime(time));
    instant.map_or_else(|_| Moment::Day(day).epoch_days(), |instant| Moment::Instant(instant).epoch_days())
}

impl Question {
    /// What a tag that begins so says.
    fn mark(&self, begins: &str) -> Option<&str> {
        self.tags.iter().find_map(|tag| tag.strip_prefix(begins))
    }

    /// The option at which those are read that a forecast does not name since they did not exist when it was made (tag `other=`); `None` if what a
    /// forecast does not name was given no chance.
    #[must_use]
    pub fn other(&self) -> Option<&str> {
        let has_options = matches!(self.kind, QuestionKind::Categorical | QuestionKind::Ordinal);
        self.mark(OTHER).filter(|other| has_options && self.options.iter().any(|option| option == other))
    }

    /// When it opened, in days since 1970-01-01: at the start of `opens`, or at the time of that day that the tag `opens_at=` says.
    #[must_use]
    pub fn opened(&self) -> Option<f64> {
        let time = self.mark(OPENS_AT).and_then(|text| text.parse().ok()).unwrap_or(Time::midnight());
        self.opens.map(|day| at(day, time))
    }

    /// When it was to close, in days since 1970-01-01: at the end of `closes`, or at the time of that day that the tag `closes_at=` says.
    #[must_use]
    pub fn scheduled_close(&self) -> Option<f64> {
        let time = self.mark(CLOSES_AT).and_then(|text| text.parse::<Time>().ok());
        self.closes.map(|day| time.map_or_else(|| Moment::Day(day).epoch_days() + 1.0, |time| at(day, time)))
    }

    /// When it closed before it was to, in days since 1970-01-01, if the tag `closed_at=` says so.
    #[must_use]
    pub fn closed_early(&self) -> Option<f64> {
        self.moment(CLOSED_AT)
    }

    /// When the community's forecast was first shown, in days since 1970-01-01, if the tag `shown_at=` says so.
    #[must_use]
    pub fn shown(&self) -> Option<f64> {
        self.moment(SHOWN_AT)
    }

    /// The buckets in which a platform scores the number, if the tags `buckets=` and `bounds=` say so.
    #[must_use]
    pub fn buckets(&self) -> Option<Buckets> {
        let inner = self.mark(BUCKETS).and_then(inner_buckets)?;
        let (low, high) = self.mark(BOUNDS).and_then(bounds)?;
        let open = self.mark(OPEN_BOUNDS).and_then(|text| OPEN.iter().find(|(word, _)| *word == text));
        let open_bounds = open.map_or(0, |(_, count)| *count);
        (self.kind == QuestionKind::Numeric).then_some(Buckets { inner, low, high, open_bounds })
    }

    /// Whether the number may lie below the lower bound of its range, and above the upper one, as the tags `buckets=`, `bounds=` and `open_bounds=`
    /// say.
    #[must_use]
    pub fn open_ends(&self) -> (bool, bool) {
        match self.buckets().and_then(|_| self.mark(OPEN_BOUNDS)) {
            Some("both") => (true, true),
            Some("lower") => (true, false),
            Some("upper") => (false, true),
            _ => (false, false),
        }
    }

    /// By what a platform counts the question's scores, 1 if the tag `question_weight=` does not say else.
    #[must_use]
    pub fn platform_weight(&self) -> f64 {
        self.mark(QUESTION_WEIGHT).and_then(weight).unwrap_or(1.0)
    }

    /// The forecasters who are no persons but made of the forecasts of others, as the tags `aggregate=` name them.
    pub fn aggregates(&self) -> impl Iterator<Item = &str> {
        self.tags.iter().filter_map(|tag| tag.strip_prefix(AGGREGATE))
    }

    fn moment(&self, begins: &str) -> Option<f64> {
        self.mark(begins).and_then(|text| text.parse::<Moment>().ok()).map(Moment::epoch_days)
    }

    /// Checks the tags that mean something here.
    ///
    /// # Errors
    /// What is wrong with one of them.
    pub(super) fn check_marks(&self) -> Result<(), String> {
        let wrong = |begins: &str, text: &str, what: &str| {
            Err(format!("the tag `{begins}{text}` of the question `{}` {what}", self.id))
        };
        for (begins, day, name) in [(OPENS_AT, self.opens, "opens"), (CLOSES_AT, self.closes, "closes")] {
            match self.mark(begins) {
                Some(text) if text.parse::<Time>().is_err() => {
                    return wrong(begins, text, "does not hold a time of day such as 15:30:00");
                }
                Some(text) if day.is_none() => {
                    return wrong(begins, text, &format!("is a time of a day that `{name}` does not name"));
                }
                _ => {}
            }
        }
        for begins in [CLOSED_AT, SHOWN_AT] {
            if let Some(text) = self.mark(begins)
                && text.parse::<Moment>().is_err()
            {
                return wrong(begins, text, "does not hold a time such as 2025-08-19T14:00:00Z");
            }
        }
        Pace::of(self, None)?;
        if let Some(text) = self.mark(BUCKETS).filter(|text| inner_buckets(text).is_none()) {
            return wrong(BUCKETS, text, "does not hold a number of buckets such as 200");
        }
        if let Some(text) = self.mark(BOUNDS).filter(|text| bounds(text).is_none()) {
            return wrong(BOUNDS, text, "does not hold two rising numbers such as 0..100");
        }
        if let Some(text) = self.mark(QUESTION_WEIGHT).filter(|text| weight(text).is_none()) {
            return wrong(QUESTION_WEIGHT, text, "does not hold a number from 0 on such as 0.25");
        }
        if self.aggregates().any(str::is_empty) {
            return wrong(AGGREGATE, "", "names no forecaster");
        }
        let is_open = |text: &str| OPEN.iter().any(|(word, _)| *word == text);
        if let Some(text) = self.mark(OPEN_BOUNDS).filter(|text| !is_open(text)) {
            return wrong(OPEN_BOUNDS, text, "is none of lower, upper, both");
        }
        match self.mark(OTHER) {
            Some(text) if !self.options.is_empty() && self.other().is_none() => {
                wrong(OTHER, text, &format!("names none of its options, which are {}", self.options.join(", ")))
            }
            _ => Ok(()),
        }
    }
}

impl Records {
    /// Says of a forecaster, on every question, that it is no person but made of the forecasts of others (tag `aggregate=`).
    pub(crate) fn mark_aggregate(&mut self, forecaster: &str) {
        for question in self.questions.values_mut() {
            if !question.aggregates().any(|known| known == forecaster) {
                question.tags.push(format!("{AGGREGATE}{forecaster}"));
            }
        }
    }

    /// Reads the option that came true at the one that the question's tag `other=` names, in every forecast that does not name it since it did not
    /// exist when the forecast was made: what was said of *other* was said of it, too. Returns how many forecasts were read so.
    ///
    /// Rules score such a forecast by the options that there were. Forecasts on questions without that tag stay as they are.
    pub fn read_at_other(&mut self) -> usize {
        let mut read = 0;
        for record in &mut self.forecasts {
            let Some(other) = self.questions.get(&record.question).and_then(Question::other) else { continue };
            let outcome = self.outcomes.get(&record.question).map(|outcome| &outcome.resolution);
            if let (Some(Resolution::Option(came)), Forecast::Categorical { options, .. }) =
                (outcome, &mut record.forecast)
                && !options.contains(came)
                && let Some(named) = options.iter_mut().find(|option| *option == other)
            {
                named.clone_from(came);
                read += 1;
            }
        }
        read
    }
}

/// The options of a forecast in the order of its question. One that it does not name has no chance, or, where the question's tag `other=` says that
/// options came and went, did not exist and stays away. Returns whether any was filled in.
pub(super) fn in_order_of(question: &Question, options: &mut Vec<String>, probabilities: &mut Vec<f64>) -> bool {
    let keeps = question.other().is_some();
    let said = |option: &String| {
        options.iter().position(|named| named == option).and_then(|at| probabilities.get(at)).copied()
    };
    let ordered: Vec<(String, f64)> = question
        .options
        .iter()
        .filter_map(|option| {
            let said = said(option);
            if keeps && said.is_none() { None } else { Some((option.clone(), said.unwrap_or(0.0))) }
        })
        .collect();
    let filled = ordered.len() > options.len();
    (*options, *probabilities) = ordered.into_iter().unzip();
    filled
}

impl Forecast {
    /// A forecast with its options in the order of its question, and 0 for those that it does not name; where the question's tag `other=` says that
    /// options came and went, those stay away. Whatever does not fit the question stays as it is.
    #[must_use]
    pub fn in_order_of(mut self, question: &Question) -> Self {
        if self.check_against(question).is_ok()
            && let Self::Categorical { options, probabilities } = &mut self
        {
            in_order_of(question, options, probabilities);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::{ForecastRecord, Outcome};
    use jiff::civil::date;

    fn question(tags: &[&str]) -> Question {
        Question {
            id: "q".to_owned(),
            ask: String::new(),
            kind: QuestionKind::Categorical,
            options: ["a", "b", "c", "Other"].map(str::to_owned).to_vec(),
            opens: Some(date(2025, 1, 1)),
            closes: Some(date(2025, 1, 10)),
            resolves: None,
            cluster: None,
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        }
    }

    fn said(options: &[&str], probabilities: &[f64]) -> Forecast {
        Forecast::Categorical {
            options: options.iter().map(|option| (*option).to_owned()).collect(),
            probabilities: probabilities.to_vec(),
        }
    }

    #[test]
    fn an_option_that_did_not_exist_is_read_at_other_and_without_the_tag_at_nothing() {
        let early = said(&["Other", "a", "b"], &[0.2, 0.5, 0.3]);
        for (tags, ordered, read) in [
            (
                &["other=Other"][..],
                said(&["a", "b", "Other"], &[0.5, 0.3, 0.2]),
                said(&["a", "b", "c"], &[0.5, 0.3, 0.2]),
            ),
            (
                &[],
                said(&["a", "b", "c", "Other"], &[0.5, 0.3, 0.0, 0.2]),
                said(&["a", "b", "c", "Other"], &[0.5, 0.3, 0.0, 0.2]),
            ),
        ] {
            let question = question(tags);
            assert_eq!(question.check(), Ok(()));
            let forecast = early.clone().in_order_of(&question);
            assert_eq!(forecast, ordered);
            let mut records = Records::default();
            records.questions.insert("q".to_owned(), question);
            let record = ForecastRecord {
                question: "q".to_owned(),
                forecaster: "ann".to_owned(),
                made_at: Moment::Day(date(2025, 1, 2)),
                forecast,
                provenance: None,
                until: None,
                curve: None,
            };
            records.forecasts.push(record);
            assert_eq!(records.read_at_other(), 0, "nothing is known yet");
            let outcome = |option: &str| Outcome {
                question: "q".to_owned(),
                resolution: Resolution::Option(option.to_owned()),
                resolved_on: Moment::Day(date(2025, 1, 20)),
                source: None,
            };
            records.outcomes.insert("q".to_owned(), outcome("a"));
            assert_eq!(records.read_at_other(), 0, "what came is named");
            records.outcomes.insert("q".to_owned(), outcome("c"));
            assert_eq!(records.read_at_other(), usize::from(!tags.is_empty()));
            assert_eq!(records.forecasts[0].forecast, read);
        }
    }

    #[test]
    fn times_of_day_are_fractions_of_days() {
        let whole = question(&[]);
        let opened = whole.opened().expect("it opens");
        assert_eq!((whole.scheduled_close(), whole.closed_early()), (Some(opened + 10.0), None));
        let shown = "shown_at=2025-01-02T06:00:00Z";
        let timed = question(&["opens_at=06:00", "closes_at=12:00:00", "closed_at=2025-01-06T12:00:00Z", shown]);
        assert_eq!(timed.check(), Ok(()));
        assert_eq!(timed.opened(), Some(opened + 0.25));
        assert_eq!(timed.scheduled_close(), Some(opened + 9.5));
        assert_eq!((timed.closed_early(), timed.shown()), (Some(opened + 5.5), Some(opened + 1.25)));
    }

    #[test]
    fn buckets_lie_between_bounds() {
        let number = Question { kind: QuestionKind::Numeric, options: Vec::new(), ..question(&[]) };
        let tagged = |tags: &[&str]| Question { tags: question(tags).tags, ..number.clone() };
        let told = tagged(&["buckets=4", "bounds=-1.5..2", "open_bounds=both"]);
        assert_eq!(told.check(), Ok(()));
        assert_eq!(told.buckets(), Some(Buckets { inner: 4, low: -1.5, high: 2.0, open_bounds: 2 }));
        assert_eq!(tagged(&["buckets=4", "bounds=0..2"]).buckets().map(|of| of.open_bounds), Some(0));
        assert_eq!(tagged(&["buckets=4"]).buckets(), None);
        assert_eq!(told.open_ends(), (true, true));
        let one_sided = |open: &str| tagged(&["buckets=4", "bounds=0..2", open]).open_ends();
        assert_eq!((one_sided("open_bounds=lower"), one_sided("open_bounds=upper")), ((true, false), (false, true)));
        assert_eq!(tagged(&["open_bounds=both"]).open_ends(), (false, false), "no bounds are told");
        assert_eq!(question(&["buckets=4", "bounds=0..2"]).buckets(), None, "it is no number");
    }

    #[test]
    fn a_tag_that_cannot_be_meant_is_refused() {
        for (tag, said) in [
            ("opens_at=25:00", "does not hold a time of day"),
            ("closes_at=noon", "does not hold a time of day"),
            ("closed_at=early", "does not hold a time such as"),
            ("shown_at=12:00", "does not hold a time such as"),
            ("buckets=many", "does not hold a number of buckets"),
            ("buckets=0", "does not hold a number of buckets"),
            ("bounds=5..1", "does not hold two rising numbers"),
            ("bounds=0-1", "does not hold two rising numbers"),
            ("pace=fast", "the tag `pace=fast` of `q`"),
            ("open_bounds=above", "is none of lower, upper, both"),
            ("aggregate=", "names no forecaster"),
            ("other=Othr", "names none of its options, which are a, b, c, Other"),
        ] {
            assert!(question(&[tag]).check().unwrap_err().contains(said), "{tag}");
        }
        let dayless = Question { closes: None, ..question(&["closes_at=12:00"]) };
        assert!(dayless.check().unwrap_err().contains("a day that `closes` does not name"));
    }
}
