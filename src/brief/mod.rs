//! A brief that somebody who decides can read: bottom line, stories, every question in words, what moved and why, what to watch, the record, the method.
//!
//! [`Brief`] holds all of it as data; [`page`](Brief::page) makes one HTML file of it that needs no network and no script, [`markdown`](Brief::markdown) a comment for
//! a pull request. [`Lexicon`] gives chances their words, [`lint`] finds words in people's own texts that stand beside the wrong number.
//! The same brief gives the same bytes.
//!
//! Uses `report`, `diff` and what stands above them; knows nothing of files and of the command line.

mod chances;
mod confidence;
mod lexicon;
mod lint;
mod message;
mod moved;
mod page;
mod picture;
mod stated;
mod wording;

pub use chances::chances_picture;
pub use confidence::{Confidence, Reach};
pub use lexicon::{KnownLexicon, Lexicon, Term, Wording};
pub use lint::{CODES, lint};
pub use moved::{Because, Changes, Move};
pub use page::comparison_page;
pub use picture::{Curves, Drawn, Line, Mark, Resolved};
pub use wording::{Doubtful, InWords, asked, day_in_words, in_brackets, in_words, number_in_words};

use crate::math::thousands_apart;
use crate::report::figure::significant;
use jiff::civil::Date;
use serde::Serialize;

/// Version of the JSON form.
pub const BRIEF_SCHEMA: &str = "foretell.brief/1";

/// Everything that a brief says, in the order in which it says it.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct Brief {
    /// Name and version of this form.
    pub schema: &'static str,
    /// Version of the engine.
    pub engine: &'static str,
    /// Title of the scenario.
    pub title: String,
    /// SHA-256 of its file.
    pub scenario_hash: String,
    /// The day whose knowledge it uses.
    #[schemars(with = "String")]
    pub as_of: Date,
    /// The lexicon of its words, and where that is laid down.
    pub lexicon: Lexicon,
    /// What to know if nothing else is read: one sentence each.
    pub bottom_line: Vec<String>,
    /// The words of whoever answers for the brief, a paragraph each.
    pub judgement: Vec<String>,
    /// Stories with their shares.
    pub stories: Option<Stories>,
    /// Every open question, by its first tag.
    pub questions: Vec<QuestionGroup>,
    /// Questions that had closed by the day, and what is known of them.
    pub closed: Vec<QuestionInWords>,
    /// Chances day by day.
    pub curves: Vec<Curves>,
    /// What happened meanwhile, by the number that marks it.
    pub news: Vec<NewsItem>,
    /// What moved, and why.
    pub changes: Option<Changes>,
    /// What a chance hangs on: how far each doubtful input moves it.
    pub drivers: Option<Drivers>,
    /// What to watch, and why.
    pub watch: Option<Watch>,
    /// How forecasts of the past turned out.
    pub record: Option<Record>,
    /// Which of stories, drivers, watch and record are missing, and why.
    pub left_out: Vec<LeftOut>,
    /// Whether the figures, and those of others, can stand together: a sentence each.
    pub coherence: Vec<String>,
    /// How the figures came about: what, and how.
    pub method: Vec<(String, String)>,
    /// What was put in.
    pub inputs: Vec<Input>,
    /// What a reader must be warned of.
    pub warnings: Vec<String>,
    /// The scenario, word for word.
    pub file: String,
}

/// A section that has nothing to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct LeftOut {
    /// Its name in this form.
    pub section: &'static str,
    /// Why, in a sentence.
    pub why: String,
}

impl Brief {
    /// Why a section has nothing to say, if it has not.
    #[must_use]
    pub fn why_no(&self, section: &str) -> Option<&str> {
        self.left_out.iter().find(|one| one.section == section).map(|one| one.why.as_str())
    }

    /// Whether a picture has rings for what was recorded.
    fn has_rings(&self) -> bool {
        self.curves.iter().flat_map(|curves| &curves.lines).any(Line::is_rings)
    }

    /// Whether two pictures have axes of different lengths.
    fn scales_differ(&self) -> bool {
        self.curves.windows(2).any(|two| two[0].top() != two[1].top())
    }

    fn has(&self, reach: Reach) -> bool {
        let questions = self.questions.iter().flat_map(|group| &group.questions);
        questions.flat_map(|question| &question.lines).any(|line| line.reach == Some(reach))
    }

    /// What a blank in the column of doubt means, and `not seen` if that stands there.
    #[must_use]
    pub fn of_blank_doubt(&self) -> String {
        let blank = if self.has(Reach::NotLookedFor) {
            "Doubt is blank since it was not looked for (--doubt-draws 0)"
        } else {
            "Doubt is blank where no doubtful input bears on the question, and for numbers"
        };
        let unseen = if self.has(Reach::NotSeen) {
            "; it is not seen where one does, but moves the figure by less than so many worlds and draws can show"
        } else {
            ""
        };
        format!("{blank}{unseen}.")
    }
}

/// Joint stories.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct Stories {
    /// Over what they run, in a sentence.
    pub over: String,
    /// What a reader must know of them, a sentence each: that they tell a question as open which the record has resolved.
    pub remarks: Vec<String>,
    /// The likeliest first.
    pub stories: Vec<Story>,
    /// What is left.
    pub rest: f64,
}

/// A joint story.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct Story {
    /// In sentences.
    pub words: String,
    /// How likely it is.
    pub share: f64,
    /// Its Monte Carlo standard error.
    pub standard_error: f64,
    /// Its share with those before it.
    pub cumulative: f64,
    /// What to know of it: what separates it from the first, where it holds what is less likely by itself.
    pub notes: Vec<String>,
}

/// Questions with the same first tag.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct QuestionGroup {
    /// The tag; nothing for questions without one.
    pub tag: String,
    /// In the order of the file.
    pub questions: Vec<QuestionInWords>,
}

/// A question and its forecast in words.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct QuestionInWords {
    /// Its name.
    pub id: String,
    /// In words.
    pub ask: String,
    /// The last day on which a forecast counts.
    #[schemars(with = "String")]
    pub closes: Date,
    /// The rule by which it resolves.
    pub resolves: Option<String>,
    /// One line, or one for each option.
    pub lines: Vec<InWords>,
    /// What became of it, if that is known.
    pub outcome: Option<String>,
    /// What became of it by the record, where the file does not say so and still forecasts it: a sentence.
    pub unheard: Option<String>,
}

/// A piece of news.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct NewsItem {
    /// The number that marks it in pictures; nothing for a supposition without a day.
    pub number: usize,
    /// When.
    #[schemars(with = "String")]
    pub day: Date,
    /// What.
    pub says: String,
    /// Who says so.
    pub source: Option<String>,
}

/// What a chance hangs on.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct Drivers {
    /// Which question it is about, in words, with the option where it is one.
    pub target: String,
    /// The chance with all inputs at their means.
    pub at_means: f64,
    /// The inputs that move it, the widest first.
    pub rows: Vec<Driver>,
    /// How many more inputs move it by less than a tenth of a point, or are not seen to move it, or are too many to be told.
    pub others: usize,
}

/// An input that moves a chance.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct Driver {
    /// Its event, and what is stated there.
    pub what: String,
    /// Its 5 % and 95 % points.
    pub interval: (f64, f64),
    /// The chance at these, all other inputs at their means.
    pub at: (f64, f64),
    /// The least and the greatest chance at its 5, 25, 50, 75 and 95 % points.
    pub range: (f64, f64),
    /// Monte Carlo standard error of the difference between the two ends.
    pub standard_error: f64,
}

/// What to watch.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct Watch {
    /// Which question it is about, in words.
    pub target: String,
    /// The most telling first.
    pub rows: Vec<Watched>,
    /// The unit of the moves where the mean of a number moves, empty if it has none; without it they are points of a chance.
    pub mean_in: Option<String>,
    /// How many more answers would move it, by less than those told.
    pub others: usize,
    /// What a reader must know of them, a sentence each: that the record has resolved a question which they take for open.
    pub remarks: Vec<String>,
}

impl Watch {
    /// What heads the moves.
    fn heading(&self) -> String {
        match self.mean_in.as_deref() {
            None => "Expected move, points".to_owned(),
            Some("") => "Expected move".to_owned(),
            Some(unit) => format!("Expected move, {unit}"),
        }
    }

    fn moves_by(&self, row: &Watched) -> String {
        if self.mean_in.is_some() { number_in_words(row.expected_change) } else { page::points(&row.expected_change) }
    }

    fn error_of(&self, row: &Watched) -> String {
        if self.mean_in.is_some() {
            thousands_apart(&significant(row.standard_error, 2))
        } else {
            page::points(&row.standard_error)
        }
    }
}

/// A question whose answer would move another.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct Watched {
    /// In words.
    pub what: String,
    /// By when its answer is known.
    pub when: Option<String>,
    /// How likely each answer is and where it would carry the target, in words.
    pub moves: String,
    /// By how far the answer moves the target on average: a chance, or the mean of a number.
    pub expected_change: f64,
    /// Its standard error.
    pub standard_error: f64,
}

/// The record of forecasters.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct Record {
    /// What it is taken from, in a sentence.
    pub what: String,
    /// A row for each forecaster.
    pub rows: Vec<RecordRow>,
    /// What the rows do and do not show, a sentence each.
    pub remarks: Vec<String>,
    /// The reliability diagram, as SVG.
    #[serde(skip)]
    pub picture: Option<String>,
}

/// How one forecaster did.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct RecordRow {
    /// Who.
    pub forecaster: String,
    /// Yes/no questions that resolved.
    pub questions: usize,
    /// Independent clusters of them.
    pub clusters: usize,
    /// Mean Brier score over time; lower is better.
    pub brier: f64,
    /// Its standard error over clusters; `null` where one cluster has none.
    pub standard_error: Option<f64>,
    /// Mean chance that was stated, and the share that came true.
    pub stated_and_observed: Option<(f64, f64)>,
}

/// What the file puts in.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct Input {
    /// The event.
    pub event: String,
    /// What it is, in words, if the file says so.
    pub ask: Option<String>,
    /// What is stated of it, as written.
    pub stated: Vec<String>,
    /// Why.
    pub why: Option<String>,
}
