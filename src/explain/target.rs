//! A question of a scenario → the one figure of it that is explained, and plans that ask for nothing else.

use crate::error::Error;
use crate::model::{Event, EventId, Kind, Model, QuestionTarget};
use crate::plan::{self, Ask, Asked, Comparison, NumberId, Operand, Operation, Plan, PlaneId, Situation, Step};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeSet;

/// Which figure of a question is explained.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "of", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Explained {
    /// The chance of yes.
    Yes,
    /// The chance of an option.
    Option {
        /// Which.
        option: String,
    },
    /// The mean of a number.
    Mean {
        /// Its unit.
        unit: Option<String>,
    },
    /// The chance that an event comes by a day.
    By {
        /// The day.
        #[schemars(with = "String")]
        day: Date,
    },
}

impl Explained {
    /// Whether it is a probability, rather than a mean.
    #[must_use]
    pub const fn is_probability(&self) -> bool {
        !matches!(self, Self::Mean { .. })
    }
}

/// The part of a question to explain, where it has several.
#[derive(Debug, Clone, Copy, Default)]
pub struct PartOf<'a> {
    /// This option of an event with options; of two the first, of more the likeliest if none is named.
    pub option: Option<&'a str>,
    /// The chance that a date event comes by this day; by the last day of the question if none is named.
    pub day: Option<Date>,
}

/// A question, or an event that stands for one.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) name: String,
    pub(super) ask: Option<String>,
    pub(super) explained: Explained,
    /// Where it stands among the asks of a compiled plan.
    place: usize,
    choice: Choice,
    /// The last day on which it can be answered.
    pub(super) last_day: f64,
    pub(super) has_condition: bool,
}

#[derive(Debug, Clone, Copy)]
enum Choice {
    Plane,
    Option(usize),
    Number,
    ByDay(f64),
}

impl Target {
    /// Finds a question, or an event, by its name. `likeliest` says which of the options of an ask is the likeliest.
    pub(super) fn find(
        model: &Model,
        name: &str,
        part: PartOf<'_>,
        likeliest: impl FnOnce(usize) -> Result<usize, Error>,
    ) -> Result<Self, Error> {
        let question = model.questions.iter().position(|question| question.name == name);
        let mut about = BTreeSet::new();
        let (place, ask, closes, has_condition) = if let Some(at) = question {
            let question = &model.questions[at];
            let mut visit = |event: EventId| {
                about.insert(event);
            };
            match &question.target {
                QuestionTarget::Holds(condition) => condition.visit_events(&mut visit),
                QuestionTarget::Value(formula) => formula.visit_events(&mut visit),
                QuestionTarget::Which(event) | QuestionTarget::When(event) => visit(*event),
            }
            (model.events.len() + at, Some(question.ask.clone()), question.closes, question.given.is_some())
        } else if let Some(event) = model.find(name) {
            about.insert(event);
            (event.0, model.in_words(event).map(str::to_owned), model.horizon, false)
        } else {
            return Err(model.neither_question_nor_event(name));
        };
        let single = || about.first().map(|event| model.event(*event));
        let (explained, choice) = match kind(model, question, name) {
            Asks::YesNo => (Explained::Yes, Choice::Plane),
            Asks::Number => {
                let unit = single().filter(|_| about.len() == 1).and_then(|event| event.unit.clone());
                (Explained::Mean { unit }, Choice::Number)
            }
            Asks::Options => {
                let options = single().map_or(&[][..], Event::options);
                let at = match part.option {
                    Some(option) => options.iter().position(|own| own == option).ok_or_else(|| {
                        Error::input(format!("`{name}` has no option `{option}`"))
                            .help(format!("its options are {}", options.join(", ")))
                    })?,
                    // Of two options one says all.
                    None if options.len() == 2 => 0,
                    None => likeliest(place)?,
                };
                (Explained::Option { option: options[at].clone() }, Choice::Option(at))
            }
            Asks::Day => {
                let day = part.day.unwrap_or(closes);
                if day <= model.as_of || day > model.horizon {
                    return Err(Error::input(format!("`{name}` cannot be asked about by {day}"))
                        .help(format!("choose a day after {} and up to {}", model.as_of, model.horizon)));
                }
                (Explained::By { day }, Choice::ByDay(model.day(day)))
            }
        };
        let fits = match choice {
            Choice::Option(_) => part.day.is_none(),
            Choice::ByDay(_) => part.option.is_none(),
            Choice::Plane | Choice::Number => part.day.is_none() && part.option.is_none(),
        };
        if !fits {
            return Err(Error::input(format!("`{name}` has no part of that kind"))
                .help("an option is named of an event with options, a day of a date event"));
        }
        let last_day = model.day(closes);
        Ok(Self { name: name.to_owned(), ask, explained, place, choice, last_day, has_condition })
    }

    /// What is asked of a compiled plan for this figure.
    pub(super) fn ask(&self, plan: &mut Plan) -> Ask {
        let Ask { name, what, given } = plan.asks[self.place].clone();
        let what = match (self.choice, what) {
            (Choice::Option(at), Asked::Categorical(options)) => Asked::Binary(options[at]),
            (Choice::ByDay(day), Asked::Date(date)) => Asked::Binary(compared(plan, date, day)),
            (_, what) => what,
        };
        Ask { name, what, given }
    }

    /// The scenario as looked at from a situation, asked for this figure alone. `doubt` says how doubtful inputs stand in it.
    pub(super) fn plan(&self, model: &Model, situation: &Situation, doubt: Doubt) -> Plan {
        let mut plan = match doubt {
            Doubt::Outside => plan::draft(model, situation),
            Doubt::Drawn => plan::compile(model, situation),
        };
        let ask = self.ask(&mut plan);
        plan.asks = vec![ask];
        plan.joints.clear();
        plan.rules.clear();
        plan
    }
}

/// How doubtful inputs stand in a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doubt {
    /// As parameters.
    Outside,
    /// As in a run.
    Drawn,
}

/// Where a number is at most a constant: a new column.
pub(super) fn compared(plan: &mut Plan, number: NumberId, constant: f64) -> PlaneId {
    let out = PlaneId(plan.planes);
    plan.planes += 1;
    let (left, right) = (Operand::Column(number), Operand::Constant(constant));
    let operation = Operation::Compare { out, comparison: Comparison::LessOrEqual, left, right };
    plan.steps.push(Step { label: "explained".to_owned(), operation });
    out
}

enum Asks {
    YesNo,
    Options,
    Number,
    Day,
}

fn kind(model: &Model, question: Option<usize>, name: &str) -> Asks {
    match question.map(|at| &model.questions[at].target) {
        Some(QuestionTarget::Holds(_)) => Asks::YesNo,
        Some(QuestionTarget::Value(_)) => Asks::Number,
        Some(QuestionTarget::Which(_)) => Asks::Options,
        Some(QuestionTarget::When(_)) => Asks::Day,
        None => match model.find(name).map(|event| &model.event(event).kind) {
            Some(Kind::Categorical { .. }) => Asks::Options,
            Some(Kind::Numeric | Kind::Count) => Asks::Number,
            Some(Kind::Date) => Asks::Day,
            Some(Kind::Binary) | None => Asks::YesNo,
        },
    }
}
