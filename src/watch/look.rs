//! One run, or one calculation, that says what each finding would do to a forecast.
//!
//! The scenario is asked how likely each outcome of each finding is, and again under each outcome of the target; Bayes' rule turns that
//! around. Of a number it is asked under each outcome of the finding. All figures come from the same worlds.

use super::changers::{Line, changers};
use super::connected::Connected;
use super::finding::{Finding, Ranged, findings, options, yes_or_no};
use super::gain::{Contingency, Gains, Moments};
use super::report::{Day, Event, Outcome, Part, Target, Watch, Watched};
use crate::error::Error;
use crate::exact::{self, conditioned};
use crate::forecast::{Estimate, nearest};
use crate::math::ln;
use crate::model::{Condition, Formula, Model, Question, QuestionTarget};
use crate::plan::{self, Plan, Situation};
use crate::simulate::{self, Answer, Impossible, NumberAnswer, simulate};
use jiff::civil::Date;

/// Tables with more cells than this are not computed; their figures are simulated.
const MOST_CELLS: f64 = 1_048_576.0;

/// Worlds that a number's ranges are read off.
const PILOT_WORLDS: u64 = 65_536;

/// What to look at, and how.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Findings known by the end of this day count; the day before the question closes if not stated.
    pub by: Option<Date>,
    /// The line that the forecast is to cross.
    pub line: Option<Line>,
    /// How worlds are drawn, where figures are not computed.
    pub simulation: simulate::Settings,
    /// Whether everything is simulated, even what could be computed.
    pub only_simulated: bool,
}

/// What a forecast is made of: the outcomes of the target, or a number.
#[derive(Debug, Clone)]
pub(super) enum Aim {
    Outcomes(&'static str, Vec<(String, Condition)>),
    Number(Formula),
}

/// Which findings would move the forecast of a question, by how much, and when they are known.
///
/// Sorted by expected Brier gain, most first. Relevance is pruned: what no draw and no evidence connects with the question is named and not computed.
///
/// ```
/// use foretell::model::check;
/// use foretell::plan::Situation;
/// use foretell::scenario::parse;
/// use foretell::source::Source;
/// use foretell::watch::{Settings, watch};
///
/// let text = r#"
/// title = "Rain"
/// as_of = 2026-01-01
/// [event.clouds]
/// chance = "40%"
/// [event.rain]
/// chance = [{ if = "clouds", is = "70%" }, { otherwise = "5%" }]
/// [question.rain_today]
/// ask = "Does it rain?"
/// holds = "rain"
/// closes = 2026-01-03
/// "#;
/// let (document, _) = parse(&Source::new("rain.toml", text));
/// let model = check(&document).0.unwrap();
/// let found = watch(&model, &Situation::of_file(&model), "rain_today", &Settings::default())?;
/// let clouds = &found.findings[0];
/// assert_eq!(clouds.name, "clouds");
/// // 0.4 (0.7 - 0.31)² + 0.6 (0.05 - 0.31)²
/// assert!((clouds.brier_gain.value - 0.1014).abs() < 1e-12);
/// # Ok::<(), foretell::error::Error>(())
/// ```
///
/// # Errors
/// If there is no such question, it has closed or is known already, the day does not fit, or what is known cannot be.
pub fn watch(model: &Model, situation: &Situation, question: &str, settings: &Settings) -> Result<Watch, Error> {
    let target = find(model, question)?;
    let by = last_day(target, situation, settings.by, model)?;
    let aim = aim(model, target);
    let mut found = findings(model, target, (situation.as_of, by));
    let cut = ranges(model, situation, std::mem::take(&mut found.numbers), &settings.simulation)?;
    found.ready.extend(cut);
    let look = Look::new(model, situation, (target, &aim), found.ready);
    let answers = look.answers(settings)?;
    let now = Now::of(&aim, &answers, target)?;
    let mut watched: Vec<(bool, Watched)> = Vec::new();
    for (at, finding) in look.findings.iter().enumerate() {
        if let Some(one) = now.watched(finding, &look.asks[at], &answers) {
            watched.push((finding.only_dated, one));
        }
    }
    let calendar = calendar(&watched);
    let mut findings: Vec<Watched> =
        watched.into_iter().filter(|(only_dated, _)| !only_dated).map(|(_, one)| one).collect();
    findings.sort_by(|left, right| {
        right.matters.cmp(&left.matters).then(right.brier_gain.value.total_cmp(&left.brier_gain.value))
    });
    name_the_same(&mut findings);
    let changers = match (&settings.line, &aim) {
        (None, _) => None,
        (Some(line), Aim::Outcomes(_, outcomes)) => {
            let usable: Vec<&Finding> = look
                .findings
                .iter()
                .filter(|finding| {
                    !finding.only_dated && findings.iter().any(|one| one.name == finding.name && one.matters)
                })
                .collect();
            Some(changers(model, situation, (target, outcomes), &usable, line, &settings.simulation)?)
        }
        (Some(_), Aim::Number(_)) => {
            return Err(Error::input(format!("`{question}` asks for a number, and a line is a probability"))
                .help("ask a yes/no question about it, such as `holds = \"spend > 60\"`"));
        }
    };
    Ok(Watch {
        target: Target {
            question: target.name.clone(),
            ask: target.ask.clone(),
            closes: target.closes,
            kind: match aim {
                Aim::Outcomes(kind, _) => kind,
                Aim::Number(_) => "number",
            },
            now: now.parts.clone(),
            expected_brier: now.brier,
            expected_log: now.log,
        },
        by,
        findings,
        unrelated: look.unrelated,
        too_late: found.too_late,
        calendar,
        changers,
        worlds: answers.worlds,
        seed: settings.simulation.seed,
    })
}

fn find<'a>(model: &'a Model, name: &str) -> Result<&'a Question, Error> {
    model.questions.iter().find(|question| question.name == name).ok_or_else(|| {
        let problem = Error::input(format!("there is no question `{name}`"));
        match nearest(name, model.questions.iter().map(|question| question.name.as_str())) {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None => problem.help("`foretell run` lists the questions of a scenario"),
        }
    })
}

/// The last day whose findings count.
fn last_day(target: &Question, situation: &Situation, by: Option<Date>, model: &Model) -> Result<Date, Error> {
    let today = situation.as_of;
    if target.closes <= today {
        return Err(Error::input(format!("`{}` closed on {}, and it is {today}", target.name, target.closes))
            .help("choose a question that is open, or look from an earlier day with `--as-of`"));
    }
    let tomorrow = today.tomorrow().unwrap_or(today);
    let by = by.unwrap_or_else(|| target.closes.yesterday().unwrap_or(today).max(tomorrow));
    if by <= today || by > model.horizon {
        return Err(Error::input(format!(
            "nothing new is known by {by}: the scenario is looked at from {today} and simulated up to {}",
            model.horizon
        ))
        .help("choose a day between the two"));
    }
    Ok(by)
}

fn aim(model: &Model, target: &Question) -> Aim {
    match &target.target {
        QuestionTarget::Holds(condition) => Aim::Outcomes("yes or no", yes_or_no(condition)),
        QuestionTarget::When(event) => {
            Aim::Outcomes("yes or no", yes_or_no(&Condition::ByDay { event: *event, day: model.day(target.closes) }))
        }
        QuestionTarget::Which(event) => Aim::Outcomes("options", options(model, *event)),
        QuestionTarget::Value(formula) => Aim::Number(formula.clone()),
    }
}

/// Cuts numbers at their quartiles, as a first few worlds show them.
fn ranges(
    model: &Model,
    situation: &Situation,
    numbers: Vec<Ranged>,
    settings: &simulate::Settings,
) -> Result<Vec<Finding>, Error> {
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let asked: Vec<Question> = numbers
        .iter()
        .map(|one| asking(&one.finding.name, QuestionTarget::Value(one.number.clone()), None, model))
        .collect();
    let plan = plan_of(model, situation, asked);
    let settings = simulate::Settings { worlds: PILOT_WORLDS.min(settings.worlds), doubt_draws: 0, ..*settings };
    let tally = simulate(conditioned(&plan), &settings, &|_| ()).map_err(|problem| impossible(&problem))?;
    let cut = numbers.into_iter().zip(tally.answers()).filter_map(|(one, answer)| {
        let Answer::Number(number) = answer else { return None };
        let mut cuts: Vec<f64> = [0.25, 0.5, 0.75].iter().map(|level| number.quantile(*level).value).collect();
        cuts.retain(|cut| cut.is_finite() && *cut < number.maximum);
        cuts.dedup();
        if cuts.is_empty() && number.minimum < number.maximum && number.minimum.is_finite() {
            cuts.push(number.minimum);
        }
        (!cuts.is_empty()).then(|| one.cut(&cuts))
    });
    Ok(cut.collect())
}

pub(super) fn impossible(problem: &dyn std::fmt::Display) -> Error {
    Error::input(problem.to_string()).help("look at `--given` and at the news of the file: together they cannot be")
}

/// A question of ours.
pub(super) fn asking(name: &str, target: QuestionTarget, given: Option<Condition>, model: &Model) -> Question {
    Question {
        name: name.to_owned(),
        ask: String::new(),
        target,
        given,
        closes: model.horizon,
        opens: None,
        resolves: None,
        tags: Vec::new(),
    }
}

/// A plan that asks these questions and nothing else.
pub(super) fn plan_of(model: &Model, situation: &Situation, questions: Vec<Question>) -> Plan {
    let mut asking = model.clone();
    asking.questions = questions;
    asking.rules.clear();
    let mut plan = plan::compile(&asking, situation);
    plan.asks.drain(..model.events.len());
    plan.joints.clear();
    plan
}

/// Where in the plan the answers about a finding stand.
#[derive(Debug, Clone, Default)]
struct Asks {
    /// How likely each outcome is.
    alone: Vec<usize>,
    /// For each outcome: how likely it is under each outcome of the target, or the number under it.
    with: Vec<Vec<usize>>,
}

/// All that is asked at once. The first asks are about the target: each outcome, or the number.
struct Look {
    plan: Plan,
    findings: Vec<Finding>,
    asks: Vec<Asks>,
    unrelated: Vec<String>,
    /// How many asks are about the target; the last of them says how often it is not annulled, if it can be.
    of_target: usize,
    conditional: bool,
}

fn both(left: Option<&Condition>, right: &Condition) -> Condition {
    left.map_or_else(|| right.clone(), |left| left.clone().and(right.clone()))
}

impl Look {
    fn new(model: &Model, situation: &Situation, (target, aim): (&Question, &Aim), findings: Vec<Finding>) -> Self {
        let given = target.given.as_ref();
        let mut asked = Vec::new();
        let mut ask = |target: QuestionTarget, given: Option<Condition>| {
            asked.push(asking("", target, given, model));
            asked.len() - 1
        };
        match aim {
            Aim::Outcomes(_, outcomes) => {
                for (_, outcome) in outcomes {
                    ask(QuestionTarget::Holds(outcome.clone()), given.cloned());
                }
            }
            Aim::Number(number) => {
                ask(QuestionTarget::Value(number.clone()), given.cloned());
            }
        }
        if let Some(given) = given {
            ask(QuestionTarget::Holds(given.clone()), None);
        }
        let of_target = match aim {
            Aim::Outcomes(_, outcomes) => outcomes.len(),
            Aim::Number(_) => 1,
        } + usize::from(given.is_some());
        let asks: Vec<Asks> = findings
            .iter()
            .map(|finding| {
                let mut asks = Asks::default();
                for (_, outcome) in &finding.outcomes {
                    let holds = || QuestionTarget::Holds(outcome.clone());
                    asks.alone.push(ask(holds(), given.cloned()));
                    asks.with.push(match aim {
                        Aim::Outcomes(_, targets) => {
                            targets.iter().map(|(_, target)| ask(holds(), Some(both(given, target)))).collect()
                        }
                        Aim::Number(number) => {
                            vec![ask(QuestionTarget::Value(number.clone()), Some(both(given, outcome)))]
                        }
                    });
                }
                asks
            })
            .collect();
        let plan = plan_of(model, situation, asked);
        Self { plan, findings, asks, unrelated: Vec::new(), of_target, conditional: given.is_some() }.pruned()
    }

    /// Without what cannot hang together with the target.
    fn pruned(mut self) -> Self {
        let connected = Connected::new(&self.plan);
        let of_target = self.of_target;
        let behind = |at: usize| connected.behind(&self.plan.asks[at].what, self.plan.asks[at].given);
        let target: std::collections::BTreeSet<usize> = (0..of_target).flat_map(behind).collect();
        let bears = |asks: &Asks| asks.alone.iter().any(|at| !behind(*at).is_disjoint(&target));
        let bearing: Vec<bool> = self.asks.iter().map(bears).collect();
        let mut kept: Vec<usize> = (0..of_target).collect();
        let mut asks = Vec::new();
        let mut findings = Vec::new();
        for ((finding, old), bears) in self.findings.into_iter().zip(self.asks).zip(bearing) {
            if !bears {
                if !finding.only_dated {
                    self.unrelated.push(finding.name);
                }
                continue;
            }
            let mut moved = |at: usize| {
                kept.push(at);
                kept.len() - 1
            };
            let alone = old.alone.into_iter().map(&mut moved).collect();
            let with = old.with.into_iter().map(|row| row.into_iter().map(&mut moved).collect()).collect();
            asks.push(Asks { alone, with });
            findings.push(finding);
        }
        self.plan.asks = kept.into_iter().map(|at| self.plan.asks[at].clone()).collect();
        Self { findings, asks, ..self }
    }

    fn answers(&self, settings: &Settings) -> Result<Answers, Error> {
        let small = !settings.only_simulated && exact::cost(&self.plan).cells <= MOST_CELLS;
        let computed: Vec<Option<Answer>> = if small {
            match exact::solve(&self.plan) {
                Ok(exact) => exact.answers().iter().map(|answer| answer.clone().ok()).collect(),
                Err(exact::Failure::TooWide(_)) => vec![None; self.plan.asks.len()],
                Err(problem) => return Err(impossible(&problem)),
            }
        } else {
            vec![None; self.plan.asks.len()]
        };
        let mut answers = Answers { computed, counted: Vec::new(), effective: 0.0, worlds: 0 };
        if answers.computed.iter().any(Option::is_none) {
            let simulation = simulate::Settings { doubt_draws: 0, ..settings.simulation };
            let tally = simulate(conditioned(&self.plan), &simulation, &|_| ());
            let tally = tally.map_err(|problem: Impossible| impossible(&problem))?;
            answers.counted = tally.answers().to_vec();
            answers.effective = tally.effective_sample_size();
            if self.conditional {
                answers.effective *= answers.share(self.of_target - 1, false);
            }
            answers.worlds = tally.worlds();
        }
        Ok(answers)
    }
}

/// What was computed, and what was counted where something had to be.
struct Answers {
    computed: Vec<Option<Answer>>,
    counted: Vec<Answer>,
    effective: f64,
    worlds: u64,
}

impl Answers {
    /// Whether all of these are computed.
    fn exact(&self, asks: &[usize]) -> bool {
        asks.iter().all(|at| self.computed[*at].is_some())
    }

    fn answer(&self, at: usize, exact: bool) -> Option<&Answer> {
        if exact { self.computed[at].as_ref() } else { self.counted.get(at) }
    }

    /// A probability; 0 in no world.
    fn share(&self, at: usize, exact: bool) -> f64 {
        match self.answer(at, exact) {
            Some(Answer::Binary(estimate)) => estimate.value,
            _ => 0.0,
        }
    }

    fn number(&self, at: usize, exact: bool) -> Option<&NumberAnswer> {
        match self.answer(at, exact) {
            Some(Answer::Number(number)) => Some(number),
            _ => None,
        }
    }
}

/// Today's forecast.
struct Now {
    /// The outcomes; empty for a number.
    names: Vec<String>,
    parts: Vec<Part>,
    brier: f64,
    log: Option<f64>,
}

fn estimate(value: f64, standard_error: f64) -> Estimate {
    Estimate { value, standard_error, prior_interval: None }
}

/// A share counted in so many worlds.
fn counted(share: f64, worlds: Option<f64>) -> Estimate {
    let softened = |worlds: f64| {
        let share = (share * worlds + 0.5) / (worlds + 1.0);
        (share * (1.0 - share) / worlds).sqrt()
    };
    estimate(share, worlds.filter(|worlds| *worlds > 0.0).map_or(0.0, softened))
}

impl Now {
    fn of(aim: &Aim, answers: &Answers, target: &Question) -> Result<Self, Error> {
        let settled = |what: &str| {
            Error::input(format!("`{}` {what}, so there is nothing to wait for", target.name))
                .help("choose a question whose answer is open")
        };
        match aim {
            Aim::Outcomes(kind, outcomes) => {
                let asks: Vec<usize> = (0..outcomes.len()).collect();
                let exact = answers.exact(&asks);
                let shares: Vec<f64> = asks.iter().map(|at| answers.share(*at, exact)).collect();
                if shares.iter().sum::<f64>() <= 0.0 {
                    return Err(settled("is annulled in every world: its condition fails"));
                }
                if shares.iter().any(|share| *share >= 1.0) {
                    return Err(settled("is settled by what is known"));
                }
                let worlds = (!exact).then_some(answers.effective);
                let shown = if *kind == "yes or no" { 1 } else { outcomes.len() };
                let parts = outcomes.iter().zip(&shares).take(shown);
                let squares: f64 = shares.iter().map(|share| share * share).sum();
                Ok(Self {
                    names: outcomes.iter().map(|(name, _)| name.clone()).collect(),
                    parts: parts
                        .map(|((name, _), share)| Part { part: name.clone(), figure: Some(counted(*share, worlds)) })
                        .collect(),
                    brier: (1.0 - squares) * if outcomes.len() == 2 { 0.5 } else { 1.0 },
                    log: Some(shares.iter().filter(|share| **share > 0.0).map(|share| 0.0 - share * ln(*share)).sum()),
                })
            }
            Aim::Number(_) => {
                let exact = answers.exact(&[0]);
                let Some(number) = answers.number(0, exact) else {
                    return Err(settled("is annulled in every world: its condition fails"));
                };
                let variance = number.standard_deviation * number.standard_deviation;
                if !variance.is_finite() || !number.mean.value.is_finite() {
                    return Err(Error::input(format!("`{}` has no finite mean and variance to move", target.name))
                        .help("cap the number with `at most`"));
                }
                if variance <= 0.0 {
                    return Err(settled("is settled by what is known"));
                }
                Ok(Self {
                    names: Vec::new(),
                    parts: vec![Part { part: "mean".to_owned(), figure: Some(number.mean) }],
                    brier: variance,
                    log: None,
                })
            }
        }
    }

    /// What a finding would do; `None` if it is known already, or can be told nothing of.
    fn watched(&self, finding: &Finding, asks: &Asks, answers: &Answers) -> Option<Watched> {
        let mut all: Vec<usize> = asks.alone.clone();
        all.extend(asks.with.iter().flatten());
        let of_target = if self.names.is_empty() { 1 } else { self.names.len() };
        all.extend(0..of_target);
        let exact = answers.exact(&all);
        let worlds = (!exact).then_some(answers.effective);
        let chances: Vec<f64> = asks.alone.iter().map(|at| answers.share(*at, exact)).collect();
        let total: f64 = chances.iter().sum();
        if total <= 0.0 || chances.iter().any(|chance| *chance >= total) {
            return None;
        }
        let (gains, outcomes, settles) = if self.names.is_empty() {
            self.of_number(finding, (asks, &chances), answers, worlds)?
        } else {
            self.of_outcomes(finding, (asks, &chances), answers, worlds)?
        };
        Some(Watched {
            name: finding.name.clone(),
            kind: finding.kind,
            ask: finding.ask.clone(),
            known_on: finding.known_on,
            outcomes,
            expected_change: gains.change,
            brier_gain: gains.brier,
            share: if self.brier > 0.0 { (gains.brier.value / self.brier).min(1.0) } else { 0.0 },
            log_gain: gains.log,
            exact,
            matters: gains.seen,
            settles,
            same_as: None,
        })
    }

    fn of_outcomes(
        &self,
        finding: &Finding,
        (asks, chances): (&Asks, &[f64]),
        answers: &Answers,
        worlds: Option<f64>,
    ) -> Option<(Gains, Vec<Outcome>, bool)> {
        let exact = worlds.is_none();
        let cells = asks.with.iter().map(|row| {
            let cells = row.iter().enumerate();
            cells.map(|(target, at)| answers.share(target, exact) * answers.share(*at, exact)).collect()
        });
        let table = Contingency::new(cells.collect(), worlds)?;
        let mut settles = false;
        let rows: Vec<Outcome> = finding
            .outcomes
            .iter()
            .zip(chances)
            .zip(table.cells())
            .map(|(((name, _), chance), cells)| {
                let row: f64 = cells.iter().sum();
                let seen = worlds.is_none_or(|worlds| worlds * row >= 1000.0);
                settles |= row > 0.0 && seen && cells.iter().any(|cell| *cell / row > 1.0 - 1e-12);
                let then = self.parts.iter().zip(cells).map(|(part, cell)| Part {
                    part: part.part.clone(),
                    figure: (row > 0.0).then(|| counted(cell / row, worlds.map(|worlds| worlds * row))),
                });
                Outcome { outcome: name.clone(), chance: counted(*chance, worlds), then: then.collect() }
            })
            .collect();
        Some((table.gains(), rows, settles))
    }

    fn of_number(
        &self,
        finding: &Finding,
        (asks, chances): (&Asks, &[f64]),
        answers: &Answers,
        worlds: Option<f64>,
    ) -> Option<(Gains, Vec<Outcome>, bool)> {
        let exact = worlds.is_none();
        let whole = answers.number(0, exact)?;
        let mut moments = Moments { rows: Vec::new(), whole: [whole.mean.value, whole.standard_deviation], worlds };
        let mut settles = false;
        let mut rows = Vec::new();
        for (((name, _), chance), with) in finding.outcomes.iter().zip(chances).zip(&asks.with) {
            let there = answers.number(*with.first()?, exact);
            if let Some(there) = there {
                moments.rows.push([*chance, there.mean.value, there.standard_deviation]);
                settles |= there.standard_deviation <= 0.0;
            }
            let then = vec![Part { part: "mean".to_owned(), figure: there.map(|there| there.mean) }];
            rows.push(Outcome { outcome: name.clone(), chance: counted(*chance, worlds), then });
        }
        Some((moments.gains(), rows, settles))
    }
}

/// What becomes known when, of what matters: questions on the day they close, date events on some days.
fn calendar(watched: &[(bool, Watched)]) -> Vec<Day> {
    let matters = watched.iter().map(|(_, one)| one).filter(|one| one.matters);
    let mut days: Vec<Day> = matters
        .filter_map(|one| {
            Some(Day {
                day: one.known_on?,
                name: one.name.clone(),
                kind: one.kind,
                expected_change: one.expected_change,
                brier_gain: one.brier_gain,
                settles: one.settles,
            })
        })
        .collect();
    days.sort_by(|left, right| left.day.cmp(&right.day).then(right.brier_gain.value.total_cmp(&left.brier_gain.value)));
    days
}

/// Marks what is worth the same as something before it, to the last digit and outcome by outcome.
fn name_the_same(findings: &mut [Watched]) {
    for at in 1..findings.len() {
        let (before, this) = (&findings[at - 1], &findings[at]);
        let alike = |left: f64, right: f64| (left - right).abs() <= 1e-12 * left.abs().max(right.abs());
        let same = this.matters
            && this.outcomes.len() == before.outcomes.len()
            && alike(this.brier_gain.value, before.brier_gain.value)
            && alike(this.expected_change.value, before.expected_change.value);
        if same {
            let first = before.same_as.clone().unwrap_or_else(|| before.name.clone());
            findings[at].same_as = Some(first);
        }
    }
}

impl Event {
    /// In a word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Question => "question",
            Self::Date => "date event",
            Self::Event => "event",
        }
    }
}
