//! A [`Condition`] back in the language of scenarios, for reports that name what a scenario asks about.

use super::condition::{ArithmeticOperator, Condition, Formula};
use super::{EventId, Model};

/// How tightly each form binds; a part that binds less tightly than its place asks for stands in parentheses.
mod level {
    pub(super) const ANY: u8 = 0;
    pub(super) const OR: u8 = 1;
    pub(super) const AND: u8 = 2;
    pub(super) const NOT: u8 = 3;
    pub(super) const COMPARISON: u8 = 4;
    pub(super) const SUM: u8 = 5;
    pub(super) const PRODUCT: u8 = 6;
    pub(super) const ATOM: u8 = 7;
}

/// A text, and how tightly its outermost form binds.
struct Worded(String, u8);

impl Worded {
    fn at(self, level: u8) -> String {
        if self.1 < level { format!("({})", self.0) } else { self.0 }
    }
}

impl Model {
    /// A condition as a scenario would say it.
    #[must_use]
    pub(super) fn wording(&self, condition: &Condition) -> String {
        self.worded(condition).0
    }

    fn called(&self, event: EventId) -> &str {
        &self.event(event).name
    }

    fn worded(&self, condition: &Condition) -> Worded {
        // What a number is compared with stands on its right.
        let comparison = |left: &Formula, [operator, turned]: [&str; 2], right: &Formula| {
            let side = |of: &Formula| self.worded_number(of).at(level::SUM);
            let (left, operator, right) = match left {
                Formula::Constant(_) => (side(right), turned, side(left)),
                _ => (side(left), operator, side(right)),
            };
            Worded(format!("{left} {operator} {right}"), level::COMPARISON)
        };
        match condition {
            Condition::Constant(value) => Worded(value.to_string(), level::ATOM),
            Condition::Event(event) => Worded(self.called(*event).to_owned(), level::ATOM),
            Condition::Happens(event) => Worded(format!("{} happens", self.called(*event)), level::COMPARISON),
            Condition::Options { event, options } => {
                let of = self.event(*event).options();
                let named: Vec<&str> = options.iter().map(|option| of[*option].as_str()).collect();
                let which = match &named[..] {
                    [one] => (*one).to_owned(),
                    several => format!("one of ({})", several.join(", ")),
                };
                Worded(format!("{} is {which}", self.called(*event)), level::COMPARISON)
            }
            Condition::ByDay { event, day } => {
                let by = match self.date(*day) {
                    Some(day) => format!("by {day}"),
                    None => format!("within {day} days"),
                };
                Worded(format!("{} {by}", self.called(*event)), level::COMPARISON)
            }
            Condition::Before { event, other } => {
                Worded(format!("{} before {}", self.called(*event), self.called(*other)), level::COMPARISON)
            }
            Condition::WithinOf { event, days, of } => {
                let (event, of) = (self.called(*event), self.called(*of));
                Worded(format!("{event} within {days} days of {of}"), level::COMPARISON)
            }
            Condition::LessOrEqual(left, right) => comparison(left, ["<=", ">="], right),
            Condition::Less(left, right) => comparison(left, ["<", ">"], right),
            Condition::Equal(left, right) => comparison(left, ["=", "="], right),
            Condition::Not(inner) => match &**inner {
                Condition::Equal(left, right) => comparison(left, ["!=", "!="], right),
                inner => Worded(format!("not {}", self.worded(inner).at(level::NOT)), level::NOT),
            },
            Condition::And(left, right) => {
                let (left, right) = (self.worded(left).at(level::AND), self.worded(right).at(level::NOT));
                Worded(format!("{left} and {right}"), level::AND)
            }
            Condition::Or(left, right) => {
                let (left, right) = (self.worded(left).at(level::OR), self.worded(right).at(level::AND));
                Worded(format!("{left} or {right}"), level::OR)
            }
        }
    }

    fn worded_number(&self, formula: &Formula) -> Worded {
        match formula {
            Formula::Constant(value) => Worded(value.to_string(), level::ATOM),
            Formula::Event(event) => Worded(self.called(*event).to_owned(), level::ATOM),
            Formula::Indicator(condition) => self.worded(condition),
            Formula::Count(items) => {
                let items: Vec<String> = items.iter().map(|item| self.wording(item)).collect();
                Worded(format!("count of ({})", items.join(", ")), level::ATOM)
            }
            Formula::Arithmetic(operator, left, right) => {
                let (left, right) = (self.worded_number(left), self.worded_number(right));
                let (sign, own, of_right) = match operator {
                    ArithmeticOperator::Add => ("+", level::SUM, level::PRODUCT),
                    ArithmeticOperator::Subtract => ("-", level::SUM, level::PRODUCT),
                    ArithmeticOperator::Multiply => ("*", level::PRODUCT, level::ATOM),
                    ArithmeticOperator::Minimum => return Worded(format!("min({}, {})", left.0, right.0), level::ATOM),
                    ArithmeticOperator::Maximum => return Worded(format!("max({}, {})", left.0, right.0), level::ATOM),
                };
                Worded(format!("{} {sign} {}", left.at(own), right.at(of_right)), own)
            }
            Formula::Divide(_, _, text) => Worded(text.clone(), level::PRODUCT),
            Formula::Power(_, _, text) | Formula::Apply(_, _, text) => Worded(text.clone(), level::ATOM),
            Formula::Select(condition, then, otherwise) => {
                let (condition, then, otherwise) =
                    (self.wording(condition), self.worded_number(then).0, self.worded_number(otherwise).0);
                Worded(format!("if {condition} then {then} else {otherwise}"), level::ANY)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{QuestionTarget, check};
    use super::*;
    use crate::scenario::parse;
    use crate::source::Source;

    /// A scenario whose question asks whether something holds.
    fn asking(holds: &str) -> Model {
        let text = format!(
            "title = 't'\nas_of = 2026-01-01\nhorizon = 2026-12-31\n[event.rain]\nchance = '40%'\n[event.wind]\nchance = '30%'\n\
             [event.track]\none_of = ['fast', 'slow', 'none']\nchance = '50%, 30%, 20%'\n[event.cost]\nvalue = '40 to 90'\n\
             [event.gain]\nvalue = '1 to 9'\n[event.talks]\nwhen = '40% by 2026-06-30'\n[event.deal]\nwhen = '30% by 2026-06-30'\n\
             [question.q]\nask = '?'\ncloses = 2026-12-01\nresolves = 'r'\nholds = '{holds}'\n"
        );
        let source = Source::new("s.toml", text);
        let (model, found) = check(&parse(&source).0);
        model.unwrap_or_else(|| panic!("{holds}: {}", found.render(&source, false)))
    }

    fn condition(model: &Model) -> &Condition {
        let QuestionTarget::Holds(condition) = &model.questions[0].target else { panic!("it asks whether it holds") };
        condition
    }

    #[test]
    fn what_a_condition_is_called_reads_back_as_the_condition() {
        for holds in [
            "rain and not (wind or track is slow)",
            "(rain or wind) and talks by 2026-03-01",
            "not (rain and wind) or track is one of (fast, slow)",
            "talks before deal or deal within 30 days of talks",
            "deal happens and talks never happens",
            "cost > 50 and 2 * (gain + 1) <= cost",
            "cost - (gain - 3) = 7",
            "cost / gain >= 3 or sqrt(cost) < 8",
            "at least 2 of (rain, wind, talks by 2026-03-01)",
            "(if rain then cost else gain) != 5",
            "min(cost, 10 * gain) > 60",
            "rain implies wind",
        ] {
            let model = asking(holds);
            let worded = model.wording(condition(&model));
            let again = asking(&worded);
            assert_eq!(condition(&again), condition(&model), "{holds} is called {worded}");
        }
        let model = asking("2 * cost > 100");
        assert_eq!(model.wording(condition(&model)), "2 * cost > 100");
    }
}
