//! A variant of a scenario → the figures of its questions, computed or simulated.

use super::tree::Tree;
use crate::diagnostic::Severity;
use crate::exact::{self, Failure};
use crate::model::{self, Model, QuestionTarget};
use crate::plan::{self, Plan, Situation};
use crate::scenario::{self, parse};
use crate::simulate::{self, Answer, Settings};
use crate::source::Source;
use jiff::civil::Date;

/// A figure of a question.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Part {
    /// The chance of yes.
    Yes,
    /// The chance of an option.
    Option(String),
    /// A quantile of a number.
    Quantile(f64),
    /// The day by which a share has seen a date event.
    Day(f64),
    /// The chance that it never comes.
    Never,
}

/// The levels of the quantiles that are compared.
const LEVELS: [f64; 3] = [0.05, 0.5, 0.95];

/// A question and its figures.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    pub(super) name: String,
    pub(super) parts: Vec<Part>,
}

impl Shape {
    /// What a question has figures of, in any of some models.
    pub(super) fn of(question: &str, models: &[&Model]) -> Self {
        let mut parts: Vec<Part> = Vec::new();
        for model in models {
            let Some(question) = model.questions.iter().find(|known| known.name == question) else { continue };
            let own = match &question.target {
                QuestionTarget::Holds(_) => vec![Part::Yes],
                QuestionTarget::Which(event) => {
                    model.event(*event).options().iter().cloned().map(Part::Option).collect()
                }
                QuestionTarget::Value(_) => LEVELS.map(Part::Quantile).to_vec(),
                QuestionTarget::When(_) => {
                    LEVELS.map(Part::Day).into_iter().chain(std::iter::once(Part::Never)).collect()
                }
            };
            parts.extend(own.into_iter().filter(|part| !parts.contains(part)).collect::<Vec<_>>());
        }
        Self { name: question.to_owned(), parts }
    }
}

/// The figures of some questions by part; none where there is none: a day beyond the horizon, a condition that never holds, an
/// infinite number.
pub(super) type Values = Vec<Vec<Option<f64>>>;

/// The figures of a variant.
#[derive(Debug, Clone)]
pub(super) struct Figures {
    pub(super) whole: Values,
    /// Those of stretches of its worlds, with their part of all.
    pub(super) batches: Vec<(f64, Values)>,
}

/// Why a variant has no figures.
#[derive(Debug, Clone)]
pub(super) struct Refusal(pub(super) String);

/// A variant that can be run.
#[derive(Debug)]
pub(super) struct Variant {
    model: Model,
    plan: Plan,
    /// Where the questions stand among the plan's asks.
    asks: Vec<Option<usize>>,
}

/// How many errors a variant's text has, and its model if none.
pub(super) fn check(tree: &Tree, day: Date) -> Result<Model, usize> {
    let source = Source::new("a variant", tree.write());
    let (document, mut found) = parse(&source);
    let (model, more) = model::check(&document);
    found.extend(more);
    let errors = found.count(Severity::Error);
    match model {
        Some(model) if errors == 0 && day >= model.as_of && day < model.horizon => Ok(model),
        _ => Err(errors.max(1)),
    }
}

impl Variant {
    /// Looked at from a day on which it is checked; all its news is known.
    pub(super) fn new(mut model: Model, day: Date, shapes: &[Shape], given: &[String]) -> Result<Self, Refusal> {
        // News is taken in the order of its days, and what a day leaves out was left out before: a variant may know what is yet to come.
        model.news.sort_by_key(|news| news.date);
        model.news.iter_mut().for_each(|news| news.date = news.date.min(day));
        let mut situation =
            Situation::of_file(&model).as_of(day, &model).map_err(|problem| Refusal(problem.to_string()))?;
        for text in given {
            let expression = scenario::expression_from_text(&Source::new("--given", text.as_str()));
            let condition = expression.and_then(|expression| model.condition(&expression));
            // A variant may lack what the condition is about.
            let refused = |_| Refusal(format!("`{text}` means nothing in it"));
            situation.given.push((text.clone(), condition.map_err(refused)?));
        }
        let mut plan = plan::compile(&model, &situation);
        plan.asks.drain(..model.events.len());
        plan.joints.clear();
        let asks = shapes.iter().map(|shape| model.questions.iter().position(|own| own.name == shape.name)).collect();
        Ok(Self { model, plan, asks })
    }

    /// The computed figures: those that can be, if the tables are not larger than `most_cells`.
    pub(super) fn computed(&self, shapes: &[Shape], most_cells: f64) -> Result<Option<Figures>, Refusal> {
        if exact::cost(&self.plan).cells > most_cells {
            return Ok(None);
        }
        match exact::solve(&self.plan) {
            Ok(exact) => {
                let answer = |ask: usize| exact.answers().get(ask)?.as_ref().ok();
                Ok(Some(Figures { whole: self.values(shapes, answer), batches: Vec::new() }))
            }
            Err(Failure::TooWide(_)) => Ok(None),
            Err(Failure::Impossible(problem)) => Err(Refusal(problem.to_string())),
        }
    }

    /// The simulated figures.
    pub(super) fn simulated(&self, shapes: &[Shape], settings: &Settings) -> Result<Figures, Refusal> {
        let subject = exact::subject(&self.plan, settings.method);
        let run = simulate::simulate_in_batches(subject, settings).map_err(|problem| Refusal(problem.to_string()))?;
        let failed = run.whole.divisions();
        self.plan.undivided(failed.iter().map(|seen| seen.worlds)).map_err(|problem| Refusal(problem.to_string()))?;
        let whole = self.values(shapes, |ask| run.whole.answers().get(ask));
        let batches =
            run.batches.iter().map(|batch| (batch.share, self.values(shapes, |ask| batch.answers.get(ask)))).collect();
        Ok(Figures { whole, batches })
    }

    fn values<'s>(&self, shapes: &[Shape], answer: impl Fn(usize) -> Option<&'s Answer>) -> Values {
        shapes
            .iter()
            .zip(&self.asks)
            .map(|(shape, ask)| {
                let answer = ask.and_then(&answer);
                shape.parts.iter().map(|part| answer.and_then(|answer| self.value(part, *ask, answer))).collect()
            })
            .collect()
    }

    fn value(&self, part: &Part, ask: Option<usize>, answer: &Answer) -> Option<f64> {
        let value = match (part, answer) {
            (Part::Yes, Answer::Binary(chance)) => chance.value,
            (Part::Option(option), Answer::Categorical(chances)) => {
                let QuestionTarget::Which(event) = self.model.questions.get(ask?)?.target else { return None };
                // An option that only the other file has is impossible here.
                let at = self.model.event(event).options().iter().position(|own| own == option);
                at.and_then(|at| chances.get(at)).map_or(0.0, |chance| chance.value)
            }
            (Part::Quantile(level), Answer::Number(number)) => {
                number.quantiles.iter().find(|(own, _)| own == level)?.1.value
            }
            (Part::Never, Answer::Date(date)) => date.never.value,
            (Part::Day(level), Answer::Date(date)) => {
                let day = date.quantiles.iter().find(|own| own.level == *level)?.day?;
                f64::from((self.model.date(day)? - EPOCH).get_days())
            }
            _ => return None,
        };
        Some(value).filter(|value| value.is_finite())
    }
}

/// Days are counted from here, so that files with another `as_of` can be compared.
const EPOCH: Date = jiff::civil::date(2000, 1, 1);

/// The date of a day as figures have it.
#[must_use]
pub(super) fn date_of(days: f64) -> Option<Date> {
    EPOCH.checked_add(jiff::Span::new().try_days(days.round() as i64).ok()?).ok()
}
