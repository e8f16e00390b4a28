//! One run, or one calculation, that says what each finding would do to a forecast.
//!
//! The scenario is asked how likely each outcome of each finding is, and again under each outcome of the target; Bayes' rule turns that
//! around. Of a number it is asked under each outcome of the finding. All figures come from the same worlds.

use super::changers::{Line, changers};
use super::finding::{Finding, Ranged, findings, options, yes_or_no};
use super::now::{Answers, Now};
use super::report::{Day, Event, Outcome, Target, Watch, Watched};
use crate::error::Error;
use crate::exact::{self, subject};
use crate::model::{Condition, Formula, Kind, Model, Question, QuestionTarget};
use crate::plan::{self, Connected, Plan, Situation, Undecided};
use crate::simulate::{self, Answer, Impossible, simulate};
use jiff::civil::Date;

/// Tables with more cells than this are not computed if nobody says otherwise; their figures are simulated.
pub(super) const MOST_CELLS: f64 = 1_048_576.0;

/// Worlds that a number's ranges are read off.
const PILOT_WORLDS: u64 = 65_536;

/// What to look at, and how.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Findings known by the end of this day count; the day before the question closes if not stated, of an event the horizon.
    pub by: Option<Date>,
    /// The line that the forecast is to cross.
    pub line: Option<Line>,
    /// How worlds are drawn, where figures are not computed.
    pub simulation: simulate::Settings,
    /// Figures are computed where that takes tables of at most so many cells; negative for never.
    pub most_cells: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { by: None, line: None, simulation: simulate::Settings::default(), most_cells: MOST_CELLS }
    }
}

/// What a forecast is made of: the outcomes of the target, or a number.
#[derive(Debug, Clone)]
pub(super) enum Aim {
    Outcomes(&'static str, Vec<(String, Condition)>),
    Number(Formula),
}

/// Which findings would move the forecast of a question, by how much, and when they are known.
///
/// An event of that name stands for the question what becomes of it, where there is no such question.
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
/// If there is no such question or event, it has closed or is known already, it hangs on what is yet to be decided, the day does not fit, or what is known
/// cannot be.
pub fn watch(model: &Model, situation: &Situation, question: &str, settings: &Settings) -> Result<Watch, Error> {
    let asked = model.questions.iter().find(|one| one.name == question);
    let target = &match asked {
        Some(asked) => asked.clone(),
        None => about_event(model, question)?,
    };
    let undecided = Undecided::of(model, situation);
    let situation = &undecided.settled(model, situation, |visit| target.visit_events(visit))?;
    let by = last_day(asked, situation, settings.by, model)?;
    let aim = aim(model, target);
    let mut found = findings(model, target, (situation.as_of, by), &undecided);
    let (cut, mut sure) = ranges(model, situation, std::mem::take(&mut found.numbers), &settings.simulation)?;
    found.ready.extend(cut);
    let look = Look::new(model, situation, (target, &aim), found.ready);
    let answers = look.answers(settings)?;
    let now = Now::of(&aim, &answers, target)?;
    let mut watched: Vec<(bool, Watched)> = Vec::new();
    for (at, finding) in look.findings.iter().enumerate() {
        match now.watched(finding, &look.asks[at], &answers) {
            Some(one) => watched.push((finding.only_dated, one)),
            None if finding.only_dated => {}
            None => sure.push(finding.name.clone()),
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
            Some(changers(
                model,
                situation,
                (target, outcomes),
                &usable,
                line,
                (&settings.simulation, settings.most_cells),
            )?)
        }
        (Some(_), Aim::Number(_)) => {
            return Err(Error::input(format!("`{question}` asks for a number, and a line is a probability"))
                .help("ask a yes/no question about it, such as `holds = \"spend > 60\"`"));
        }
    };
    // A question that asks about an event of its name just as it stands has no more bearing than that.
    found.too_late.retain(|name| !look.unrelated.contains(name) || !asks_its_namesake(model, name));
    if asked.is_none() {
        found.itself.retain(|name| *name != target.name);
    }
    Ok(Watch {
        target: Target {
            question: target.name.clone(),
            ask: Some(target.ask.clone()).filter(|ask| !ask.is_empty()),
            closes: asked.map(|question| question.closes),
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
        closed: found.closed,
        itself: found.itself,
        conditional: found.conditional,
        undecided: found.undecided,
        sure,
        told_as: found.told_as,
        calendar,
        changers,
        worlds: answers.worlds,
        seed: settings.simulation.seed,
    })
}

/// The question what becomes of an event.
fn about_event(model: &Model, name: &str) -> Result<Question, Error> {
    let id = model.find(name).ok_or_else(|| model.neither_question_nor_event(name))?;
    let event = model.event(id);
    let target = match event.kind {
        Kind::Binary => QuestionTarget::Holds(Condition::Event(id)),
        // Whether it comes by the horizon.
        Kind::Date => QuestionTarget::When(id),
        Kind::Categorical { .. } => QuestionTarget::Which(id),
        Kind::Numeric | Kind::Count => QuestionTarget::Value(Formula::Event(id)),
    };
    Ok(Question { ask: model.in_words(id).unwrap_or_default().to_owned(), ..asking(name, target, None, model) })
}

/// Whether the question of a name asks about the event of that name just as it stands.
fn asks_its_namesake(model: &Model, name: &str) -> bool {
    let asked = model.questions.iter().find(|question| question.name == name);
    let event = asked.and_then(|one| match one.target {
        QuestionTarget::When(event) => Some(event),
        _ => one.target.just_an_event(),
    });
    event.is_some_and(|event| model.event(event).name == name)
}

/// The last day whose findings count, for a question or for an event.
fn last_day(asked: Option<&Question>, situation: &Situation, by: Option<Date>, model: &Model) -> Result<Date, Error> {
    let today = situation.as_of;
    if let Some(closed) = asked.filter(|question| question.closes <= today) {
        return Err(Error::input(format!("`{}` closed on {}, and it is {today}", closed.name, closed.closes))
            .help("choose a question that is open, or look from an earlier day with `--as-of`"));
    }
    let tomorrow = today.tomorrow().unwrap_or(today);
    let before_closing = |question: &Question| question.closes.yesterday().unwrap_or(today).max(tomorrow);
    let by = by.unwrap_or_else(|| asked.map_or(model.horizon, before_closing));
    let horizon = model.horizon;
    if by > horizon {
        return Err(Error::input(format!(
            "{by} lies past the horizon of the scenario, {horizon}, up to which it is simulated"
        ))
        .help(format!("choose a day after {today} and up to {horizon}, or set `horizon` later")));
    }
    if by <= today {
        return Err(Error::input(format!("nothing new is known by {by}: the scenario is looked at from {today}"))
            .help(format!("choose a day after {today} and up to {horizon}")));
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

/// Cuts numbers at their quartiles, as a first few worlds show them; and names those that have one value in all of these.
fn ranges(
    model: &Model,
    situation: &Situation,
    numbers: Vec<Ranged>,
    settings: &simulate::Settings,
) -> Result<(Vec<Finding>, Vec<String>), Error> {
    let (mut ready, mut sure) = (Vec::new(), Vec::new());
    if numbers.is_empty() {
        return Ok((ready, sure));
    }
    let asked: Vec<Question> = numbers
        .iter()
        .map(|one| asking(&one.finding.name, QuestionTarget::Value(one.number.clone()), None, model))
        .collect();
    let plan = plan_of(model, situation, asked);
    let settings = simulate::Settings { worlds: PILOT_WORLDS.min(settings.worlds), doubt_draws: 0, ..*settings };
    let tally =
        simulate(subject(&plan, settings.method), &settings, &|_| ()).map_err(|problem| impossible(&problem))?;
    for (one, answer) in numbers.into_iter().zip(tally.answers()) {
        let mut cuts: Vec<f64> = Vec::new();
        if let Answer::Number(number) = answer {
            cuts.extend([0.25, 0.5, 0.75].iter().map(|level| number.quantile(*level).value));
            cuts.retain(|cut| cut.is_finite() && *cut < number.maximum);
            cuts.dedup();
            if cuts.is_empty() && number.minimum < number.maximum && number.minimum.is_finite() {
                cuts.push(number.minimum);
            }
        }
        if cuts.is_empty() {
            sure.push(one.finding.name);
        } else {
            ready.push(one.cut(&cuts));
        }
    }
    Ok((ready, sure))
}

pub(super) fn impossible(problem: &dyn std::fmt::Display) -> Error {
    Error::input(problem.to_string()).help("look at `--given` and at the news of the file: together they cannot be")
}

/// A question of ours.
pub(super) fn asking(name: &str, target: QuestionTarget, given: Option<Condition>, model: &Model) -> Question {
    Question {
        name: name.to_owned(),
        ask: String::new(),
        story: Vec::new(),
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
pub(super) struct Asks {
    /// How likely each outcome is.
    pub(super) alone: Vec<usize>,
    /// For each outcome: how likely it is under each outcome of the target, or the number under it.
    pub(super) with: Vec<Vec<usize>>,
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
        let (given, name) = (target.given.as_ref(), target.name.as_str());
        let mut asked = Vec::new();
        let mut ask = |target: QuestionTarget, given: Option<Condition>| {
            asked.push(asking(name, target, given, model));
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
        // What the condition of the question hangs on stands behind every ask; a finding bears on it by itself or not at all.
        let alone = |at: usize| connected.behind(&self.plan.asks[at].what, None);
        let bears = |asks: &Asks| asks.alone.iter().any(|at| !alone(*at).is_disjoint(&target));
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
        let small = exact::cost(&self.plan).cells <= settings.most_cells;
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
            let tally = simulate(subject(&self.plan, simulation.method), &simulation, &|_| ());
            let tally = tally.map_err(|problem: Impossible| impossible(&problem))?;
            self.plan.undivided(tally.divisions().iter().map(|division| division.worlds))?;
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

/// What becomes known when, of what matters: questions on the day they close, date events on some days.
fn calendar(watched: &[(bool, Watched)]) -> Vec<Day> {
    let matters = watched.iter().map(|(_, one)| one).filter(|one| one.matters);
    let mut days: Vec<Day> = matters
        .filter_map(|one| {
            Some(Day {
                day: one.known_on?,
                name: one.name.clone(),
                kind: one.kind,
                outcomes: one.outcomes.clone(),
                expected_change: one.expected_change,
                brier_gain: one.brier_gain,
                settles: one.settles,
            })
        })
        .collect();
    days.sort_by(|left, right| left.day.cmp(&right.day).then(right.brier_gain.value.total_cmp(&left.brier_gain.value)));
    days
}

/// Marks what tells the same as something before it: outcome by outcome the same chance and the same forecast then, whatever they are called.
fn name_the_same(findings: &mut [Watched]) {
    for at in 1..findings.len() {
        let (before, rest) = findings.split_at_mut(at);
        let this = &mut rest[0];
        if this.matters
            && let Some(same) = before.iter().find(|one| tell_the_same(one, this))
        {
            this.same_as = Some(same.same_as.clone().unwrap_or_else(|| same.name.clone()));
        }
    }
}

fn tell_the_same(one: &Watched, other: &Watched) -> bool {
    let alike = |left: f64, right: f64| (left - right).abs() <= 1e-12 * left.abs().max(right.abs());
    let figures = |outcome: &Outcome| -> Vec<Option<f64>> {
        let then = outcome.then.iter().map(|part| part.figure.map(|figure| figure.value));
        std::iter::once(Some(outcome.chance.value)).chain(then).collect()
    };
    let same = |left: &Outcome, right: &Outcome| {
        figures(left).into_iter().zip(figures(right)).all(|pair| match pair {
            (Some(left), Some(right)) => alike(left, right),
            (left, right) => left == right,
        })
    };
    let mut open: Vec<&Outcome> = other.outcomes.iter().collect();
    one.outcomes.len() == open.len()
        && one.outcomes.iter().all(|outcome| {
            let found = open.iter().position(|other| same(outcome, other));
            found.map(|at| open.swap_remove(at)).is_some()
        })
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
