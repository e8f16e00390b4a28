//! Whether a utility that a formula gives has a finite mean, as far as that follows from what it is made of.

use super::condition::{ArithmeticOperator, Condition, Formula};
use super::definition::{CaseRow, Definition, Event, Kind};
use super::number::{CountSpec, NumberSpec};
use super::tails::{Tail, Tails};
use super::{EventId, Model};
use std::collections::{BTreeMap, BTreeSet};

/// With more choices than this, times the events that bear on a utility, decisions are left open.
const MOST_STEPS: usize = 20_000;

/// What is known where a part of a formula counts.
#[derive(Debug, Clone)]
enum Given {
    AtMost(EventId, f64),
    AtLeast(EventId, f64),
    /// Something about these events.
    About(Vec<EventId>),
}

/// Formulas over the events of a file, under one choice after the other.
pub(super) struct Means<'a> {
    events: &'a [Event],
    order: &'a [EventId],
    decisions: &'a [EventId],
    /// What is known anyway.
    learned: Vec<Given>,
    choice: BTreeMap<EventId, usize>,
    tails: BTreeMap<EventId, Tails>,
    /// What the chance behind each event comes from, once somebody asked.
    roots: BTreeMap<EventId, BTreeSet<usize>>,
}

impl Model {
    /// Whether what a formula gives surely has no mean (a Cauchy plus one, the square of a heavy Pareto). False where that cannot be told: of what
    /// something has been `learned` that bears on it, what lies far out may be cut off.
    pub(crate) fn lacks_mean(&self, formula: &Formula, learned: Vec<EventId>) -> bool {
        let mut means = Means::new((&self.events, &self.order), &[], learned.into_iter());
        means.worst(formula).0 == Tail::Endless
    }
}

fn events_of(formula: &Formula) -> Vec<EventId> {
    let mut events = Vec::new();
    formula.visit_events(&mut |event| events.push(event));
    events
}

impl<'a> Means<'a> {
    /// Of a file in whose news and suppositions `learned` is spoken of.
    pub(super) fn new(
        (events, order): (&'a [Event], &'a [EventId]),
        decisions: &'a [EventId],
        learned: impl Iterator<Item = EventId>,
    ) -> Self {
        let learned = learned.map(|event| Given::About(vec![event])).collect();
        Self {
            events,
            order,
            decisions,
            learned,
            choice: BTreeMap::new(),
            tails: BTreeMap::new(),
            roots: BTreeMap::new(),
        }
    }

    /// The worst side of a formula under any choice, and the numbers without a mean in what it is made of.
    pub(super) fn worst(&mut self, formula: &Formula) -> (Tail, Vec<EventId>) {
        let mut behind: BTreeSet<EventId> = BTreeSet::new();
        let mut open = events_of(formula);
        while let Some(event) = open.pop() {
            if behind.insert(event) {
                self.events[event.0].visit_parents(&mut |parent| open.push(parent));
            }
        }
        let options = |event: &EventId| self.events[event.0].options().len().max(2);
        let bearing: Vec<(EventId, usize)> = self
            .decisions
            .iter()
            .filter(|event| behind.contains(*event))
            .map(|event| (*event, options(event)))
            .collect();
        let choices = bearing.iter().fold(1_usize, |all, (_, options)| all.saturating_mul(*options));
        let is_small = choices.saturating_mul(behind.len().max(1)) <= MOST_STEPS;
        let order: Vec<EventId> = self.order.iter().copied().filter(|event| behind.contains(event)).collect();
        let (mut worst, mut without) = (Tail::Thin, BTreeSet::new());
        for number in 0..(if is_small { choices } else { 1 }) {
            self.choice.clear();
            let mut left = number;
            for (event, options) in bearing.iter().filter(|_| is_small) {
                self.choice.insert(*event, left % options);
                left /= options;
            }
            self.tails.clear();
            for event in &order {
                let tails = self.event(*event);
                let is_drawn = matches!(self.events[event.0].definition, Definition::Number(_) | Definition::Count(_));
                if is_drawn && tails.worst() == Tail::Endless {
                    without.insert(*event);
                }
                self.tails.insert(*event, tails);
            }
            let learned = self.learned.clone();
            worst = worst.max(self.formula(formula, &learned).worst());
        }
        (worst, without.into_iter().collect())
    }

    fn known(&self, condition: &Condition) -> Option<bool> {
        match condition {
            Condition::Constant(value) => Some(*value),
            Condition::Event(event) => self.choice.get(event).map(|option| *option == 1),
            Condition::Options { event, options } => self.choice.get(event).map(|option| options.contains(option)),
            Condition::Not(inner) => self.known(inner).map(|holds| !holds),
            Condition::And(left, right) => match (self.known(left), self.known(right)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Condition::Or(left, right) => match (self.known(left), self.known(right)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    /// Cases of which the first that holds counts.
    fn rows<T>(
        &self,
        rows: &[CaseRow<T>],
        (only_if, otherwise): (Option<&Condition>, f64),
        tails: impl Fn(&T) -> Tails,
    ) -> Tails {
        let elsewhere = Tails::between(otherwise, otherwise);
        let needed = only_if.map_or(Some(true), |condition| self.known(condition));
        if needed == Some(false) {
            return elsewhere;
        }
        let mut all = needed.is_none().then_some(elsewhere);
        for row in rows {
            let holds = row.condition.as_ref().map_or(Some(true), |condition| self.known(condition));
            if holds != Some(false) {
                let here = tails(&row.value);
                all = Some(all.map_or(here, |before| before.or(here)));
            }
            if holds == Some(true) {
                break;
            }
        }
        all.unwrap_or(elsewhere)
    }

    fn event(&mut self, event: EventId) -> Tails {
        let events = self.events;
        match &events[event.0].definition {
            Definition::Number(number) => {
                self.rows(&number.rows, (number.only_if.as_ref(), number.otherwise), |spec| match spec {
                    NumberSpec::Constant(value) => Tails::between(*value, *value),
                    NumberSpec::Distribution(law) | NumberSpec::MeanInDoubt { predictive: law, .. } => {
                        Tails::of_law(law.as_ref())
                    }
                })
            }
            Definition::Count(count) => {
                self.rows(&count.rows, (count.only_if.as_ref(), count.otherwise), |spec| match spec {
                    CountSpec::Constant(value) => Tails::between(*value, *value),
                    CountSpec::Distribution(law) => Tails::of_law(law.as_ref()),
                    CountSpec::PoissonGamma { .. } => Tails { low: 0.0, ..Tails::moderate() },
                })
            }
            Definition::Equals(formula) => self.formula(formula, &[]),
            _ if events[event.0].kind == Kind::Binary => Tails::between(0.0, 1.0),
            _ => Tails::moderate(),
        }
    }

    fn formula(&mut self, formula: &Formula, given: &[Given]) -> Tails {
        match formula {
            Formula::Constant(value) => Tails::between(*value, *value),
            Formula::Event(event) => self.named(*event, given),
            Formula::Indicator(condition) => match self.known(condition) {
                Some(holds) => Tails::between(f64::from(u8::from(holds)), f64::from(u8::from(holds))),
                None => Tails::between(0.0, 1.0),
            },
            Formula::Count(items) => Tails::between(0.0, items.len() as f64),
            Formula::Arithmetic(ArithmeticOperator::Multiply, left, right) => match (left.as_ref(), right.as_ref()) {
                (Formula::Indicator(condition), other) | (other, Formula::Indicator(condition)) => {
                    self.select(condition, other, &Formula::Constant(0.0), given)
                }
                (one, other) if one == other => self.formula(one, given).to_the(Tails::between(2.0, 2.0)),
                (one, other) => {
                    let (one_side, other_side) = (self.formula(one, given), self.formula(other, given));
                    let apart = self.are_apart((one, one_side), (other, other_side), given);
                    one_side.times(other_side, apart)
                }
            },
            Formula::Arithmetic(operator, left, right) => {
                let (one, other) = (self.formula(left, given), self.formula(right, given));
                match operator {
                    ArithmeticOperator::Minimum => one.negated().larger(other.negated()).negated(),
                    ArithmeticOperator::Maximum => one.larger(other),
                    ArithmeticOperator::Subtract => {
                        let apart = self.are_apart((left, one), (right, other), given);
                        one.plus(other.negated(), apart)
                    }
                    _ => {
                        let apart = self.are_apart((left, one), (right, other), given);
                        one.plus(other, apart)
                    }
                }
            }
            Formula::Divide(left, right, _) => {
                let (one, by) = (self.formula(left, given), self.formula(right, given).inverse());
                let apart = self.are_apart((left, one), (right, by), given);
                one.times(by, apart)
            }
            Formula::Power(base, exponent, _) => {
                let (base, exponent) = (self.formula(base, given), self.formula(exponent, given));
                base.to_the(exponent)
            }
            Formula::Apply(function, of, _) => self.formula(of, given).apply(*function),
            Formula::Select(condition, then, otherwise) => self.select(condition, then, otherwise, given),
        }
    }

    fn select(&mut self, condition: &Condition, then: &Formula, otherwise: &Formula, given: &[Given]) -> Tails {
        match self.known(condition) {
            Some(true) => self.formula(then, given),
            Some(false) => self.formula(otherwise, given),
            None => {
                let mut where_it_holds = given.to_vec();
                self.learn(condition, true, &mut where_it_holds);
                let mut elsewhere = given.to_vec();
                self.learn(condition, false, &mut elsewhere);
                let here = self.formula(then, &where_it_holds);
                here.or(self.formula(otherwise, &elsewhere))
            }
        }
    }

    /// What is known where a condition holds, or does not.
    fn learn(&self, condition: &Condition, holds: bool, into: &mut Vec<Given>) {
        if self.known(condition).is_some() {
            return;
        }
        match condition {
            Condition::Not(inner) => return self.learn(inner, !holds, into),
            Condition::And(left, right) | Condition::Or(left, right) => {
                let is_both = matches!(condition, Condition::And(..)) == holds;
                if is_both || self.known(left).is_some() || self.known(right).is_some() {
                    self.learn(left, holds, into);
                    self.learn(right, holds, into);
                    return;
                }
            }
            Condition::LessOrEqual(left, right) | Condition::Less(left, right) => {
                match (left.as_ref(), right.as_ref()) {
                    (Formula::Event(event), Formula::Constant(bound)) => {
                        let is_under = if holds { Given::AtMost } else { Given::AtLeast };
                        into.push(is_under(*event, *bound));
                        return;
                    }
                    (Formula::Constant(bound), Formula::Event(event)) => {
                        let is_over = if holds { Given::AtLeast } else { Given::AtMost };
                        into.push(is_over(*event, *bound));
                        return;
                    }
                    _ => {}
                }
            }
            _ => {}
        }
        let mut about = Vec::new();
        condition.visit_events(&mut |event| about.push(event));
        into.push(Given::About(about));
    }

    /// An event where something is known.
    fn named(&mut self, event: EventId, given: &[Given]) -> Tails {
        let mut tails = self.tails.get(&event).copied().unwrap_or_else(Tails::moderate);
        for one in given {
            match one {
                Given::AtMost(of, bound) if *of == event => tails.high = tails.high.min(*bound),
                Given::AtLeast(of, bound) if *of == event => tails.low = tails.low.max(*bound),
                _ => {}
            }
        }
        let tails = tails.settled();
        if tails.worst() != Tail::Endless {
            return tails;
        }
        let bears = given.iter().any(|one| match one {
            Given::AtMost(of, _) | Given::AtLeast(of, _) => *of != event && self.share(&[*of], &[event]),
            Given::About(of) => self.share(of, &[event]),
        });
        if bears { tails.doubted() } else { tails }
    }

    /// Whether two parts of a formula are independent; not asked where nothing turns on it.
    fn are_apart(&mut self, one: (&Formula, Tails), other: (&Formula, Tails), given: &[Given]) -> bool {
        one.1.worst().max(other.1.worst()) > Tail::Moderate
            && given.is_empty()
            && !self.share(&events_of(one.0), &events_of(other.0))
    }

    /// Whether the same chance is behind events of both.
    fn share(&mut self, some: &[EventId], others: &[EventId]) -> bool {
        for event in some.iter().chain(others) {
            self.find_roots(*event);
        }
        let roots = |event: &EventId| self.roots.get(event);
        some.iter()
            .filter_map(roots)
            .any(|mine| others.iter().filter_map(roots).any(|theirs| !mine.is_disjoint(theirs)))
    }

    fn find_roots(&mut self, event: EventId) {
        if self.roots.contains_key(&event) {
            return;
        }
        let mut roots = BTreeSet::new();
        let mut open = vec![event];
        while let Some(one) = open.pop() {
            if roots.insert(one.0) {
                self.events[one.0].visit_parents(&mut |parent| open.push(parent));
                // Who is drawn together shares the group.
                roots.extend(self.events[one.0].group.map(|(group, _)| self.events.len() + group));
            }
        }
        self.roots.insert(event, roots);
    }
}

#[cfg(test)]
mod tests {
    use crate::model::check;
    use crate::scenario::parse;
    use crate::source::Source;

    /// What `check` says of the utility that a formula gives, if anything.
    fn said(formula: &str, more: &str) -> Option<&'static str> {
        let text = format!(
            "title = \"t\"\nas_of = 2026-01-01\n\
             [event.lost]\nvalue = \"cauchy(0, 1)\"\n[event.gone]\nvalue = \"cauchy(3, 2)\"\n\
             [event.paid]\nvalue = \"pareto(1, 0.5)\"\n[event.kept]\nvalue = \"cauchy(0, 1), at least -9, at most 9\"\n\
             [event.cost]\nvalue = \"normal(50, 10)\"\n[event.far]\nvalue = \"pareto(1, 2.5)\"\n[event.rain]\nchance = \"30%\"\n[event.high]\nholds = \"lost > 3\"\n\
             [decision.d]\n[decision.e]\noptions = [\"x\", \"y\"]\ncosts = {{ x = 1 }}\n\
             [utility.v]\nequals = \"{formula}\"\n{more}"
        );
        let (document, unread) = parse(&Source::new("t.toml", &text));
        assert!(!unread.has_errors(), "{formula}: {unread:?}");
        let (_, found) = check(&document);
        let codes: Vec<&'static str> = found.iter().map(|one| one.code).filter(|code| !code.starts_with('N')).collect();
        let mine = codes.iter().copied().find(|code| matches!(*code, "E1403" | "W1407"));
        let others = ["E1403", "W1407", "W1404", "W1405", "W0802"];
        assert!(codes.iter().all(|code| others.contains(code)), "{formula}: {codes:?}");
        mine
    }

    #[test]
    fn a_formula_of_a_number_without_a_mean_has_none_where_it_must_be_so() {
        for formula in [
            "if d then lost else 0",
            "if d then 2 - 3 * lost else 0",
            "if d then lost + cost else 0",
            "if d then lost - gone else 0",
            "if d then max(lost, 10) else 0",
            "if d and rain then lost else 0",
            "if d and lost > 3 then lost else 0",
            "if d and not (lost < 3) then lost else 0",
            "d * lost",
            "if d then paid * paid else 0",
            "if d then abs(lost) else 0",
            // Only one choice has none.
            "(if d then lost else 0) - (if e is x then lost else 0)",
        ] {
            assert_eq!(said(formula, ""), Some("E1403"), "{formula}");
        }
    }

    #[test]
    fn what_has_a_mean_is_not_refused() {
        for formula in [
            "if d then kept else 0",
            "if d then min(paid, 10) else 0",
            "if d then max(-10, min(10, lost)) else 0",
            "if d and lost > 3 then 1 else 0",
            "if d and lost > 3 and lost < 10 then lost else 0",
            "if d then (if lost > 3 then 3 else if lost < -3 then -3 else lost) else 0",
            "d * 0 * lost",
            "if d then sin(lost) * cost else 0",
            "if d then cost * cost else 0",
            "if d then 100 / (5 + kept * kept) else 0",
            "if d and not d then lost else 0",
            "if d then far ^ 2 else 0",
            "if d then exp(cost / 10) else 0",
        ] {
            assert_eq!(said(formula, ""), None, "{formula}");
        }
    }

    #[test]
    fn what_cannot_be_told_is_said() {
        for formula in [
            "if d then lost - lost else 0",
            "if d then 100 / cost else 0",
            "if d and high then 2 - lost else 0",
            "if d then lost * cost else 0",
            "if d then far ^ 3 else 0",
            "if d then exp(far) else 0",
        ] {
            assert_eq!(said(formula, ""), Some("W1407"), "{formula}");
        }
        // What has been learned of a number may have given it a mean, and gives none to another.
        let news = "[[news]]\ndate = 2026-01-01\nsource = \"AP\"\nsays = \"s\"\nabout = \"lost\"\neffect = \"is 5\"\n";
        assert_eq!(said("if d then lost else 0", news), Some("W1407"));
        assert_eq!(said("if d then gone else 0", news), Some("E1403"));
    }
}
