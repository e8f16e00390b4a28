//! A plan in words, one line a step.

use super::{
    Arithmetic, Asked, Chance, Comparison, Conditional, DateEvidence, Draw, HazardSource, Logic, NumberSource, Operand,
    Operation, Plan, PlaneId, Prior, Row, Since, Step,
};
use crate::math::round_to;
use std::fmt::{self, Write as _};

impl fmt::Display for Plan {
    /// What is drawn and computed, in order; then what is counted.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "steps: {}; yes/no columns (b): {}; number columns (n): {}; doubtful inputs: {}; horizon: day {}",
            self.steps.len(),
            self.planes,
            self.numbers,
            self.parameters.len(),
            self.horizon_days
        )?;
        let width = self.steps.iter().map(|step| step.label.chars().count()).max().unwrap_or(0).min(32);
        for (at, step) in self.steps.iter().enumerate() {
            writeln!(formatter, "{:>5}  {:<width$}  {}", at + 1, step.label, words(&step.operation, self))?;
        }
        for parameter in &self.parameters {
            let prior = match &parameter.prior {
                Prior::Beta(beta) => format!("beta, mean {}", round_to(beta.mean(), 4)),
                Prior::Dirichlet(prior) => {
                    let means: Vec<String> = prior.mean().iter().map(|mean| round_to(*mean, 4).to_string()).collect();
                    format!("dirichlet, means {}", means.join(", "))
                }
                Prior::Gamma(gamma) => format!("gamma, mean {}", round_to(gamma.mean(), 6)),
                Prior::Mean(law) => {
                    format!("normal, mean {}, sd {}", round_to(law.mean(), 6), round_to(law.doubt(), 6))
                }
                Prior::Member { class, law } => format!(
                    "like `{}`, which is worth {} cases; itself {} of {}",
                    self.parameters[class.0 as usize].name, law.worth, law.successes, law.trials
                ),
            };
            writeln!(formatter, "doubt  {:<width$}  {prior}", parameter.name)?;
        }
        for ask in &self.asks {
            let given = ask.given.map_or_else(String::new, |plane| format!(" given {}", name(plane)));
            writeln!(formatter, "count  {:<width$}  {}{given}", ask.name, counted(&ask.what))?;
        }
        Ok(())
    }
}

impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {:?}", self.label, self.operation)
    }
}

fn counted(what: &Asked) -> String {
    match what {
        Asked::Binary(plane) => name(*plane),
        Asked::Categorical(planes) => planes.iter().map(|plane| name(*plane)).collect::<Vec<_>>().join(" "),
        Asked::Number(number) | Asked::Date(number) => format!("n{}", number.0),
    }
}

fn name(plane: PlaneId) -> String {
    format!("b{}", plane.0)
}

fn operand(operand: Operand) -> String {
    match operand {
        Operand::Column(number) => format!("n{}", number.0),
        Operand::Constant(value) => value.to_string(),
    }
}

fn source(draw: Draw, plan: &Plan) -> String {
    match draw {
        Draw::Stream(stream) => format!("stream `{}`", plan.streams[stream.0 as usize]),
        Draw::Column(number) => format!("uniforms n{}", number.0),
    }
}

/// Rows as `0.35 where b4, 0.1 where b5`.
fn rows<T>(rows: &[Row<T>], show: impl Fn(&T) -> String) -> String {
    let mut text = String::new();
    for (at, row) in rows.iter().enumerate() {
        if at == 8 {
            let _ = write!(text, ", and {} more", rows.len() - at);
            break;
        }
        if at > 0 {
            text.push_str(", ");
        }
        text.push_str(&show(&row.value));
        if let Some(mask) = row.mask {
            let _ = write!(text, " where {}", name(mask));
        }
    }
    text
}

fn words(operation: &Operation, plan: &Plan) -> String {
    match operation {
        Operation::ConstantPlane { out, value } => format!("{} = {value}", name(*out)),
        Operation::ConstantNumber { out, value } => format!("n{} = {value}", out.0),
        Operation::Bernoulli { out, draw, rows: chances, evidence } => {
            let known = evidence.map_or_else(String::new, |(value, _)| format!(", known to be {value}"));
            let show = |chance: &Chance| {
                let doubt = if chance.drawn.is_some() { " (in doubt)" } else { "" };
                format!("{}{doubt}", round_to(chance.predictive, 6))
            };
            format!("{} ~ yes with {} from {}{known}", name(*out), rows(chances, show), source(*draw, plan))
        }
        Operation::Categorical { out, draw, rows: chances, evidence } => {
            let known = evidence.map_or_else(String::new, |(option, _)| format!(", known to be option {}", option + 1));
            let planes: Vec<String> = out.iter().map(|plane| name(*plane)).collect();
            let show = |one: &super::Probabilities| {
                let all: Vec<String> = one.predictive.iter().map(|p| round_to(*p, 6).to_string()).collect();
                format!("({})", all.join(", "))
            };
            format!("one of {} with {} from {}{known}", planes.join(" "), rows(chances, show), source(*draw, plan))
        }
        Operation::Number { out, draw, rows: numbers, evidence } => {
            let known = evidence.map_or_else(String::new, |(value, _)| format!(", known to be {value}"));
            let show = |number: &NumberSource| match number {
                NumberSource::Constant(value) => value.to_string(),
                NumberSource::Sampler(_) => "a distribution".to_owned(),
                NumberSource::InDoubt { law: Conditional::Poisson { exposure }, .. } => {
                    format!("a count over {exposure} (rate in doubt)")
                }
                NumberSource::InDoubt { law: Conditional::AboutMean(_), .. } => {
                    "a distribution (mean in doubt)".to_owned()
                }
            };
            format!("n{} ~ {} from {}{known}", out.0, rows(numbers, show), source(*draw, plan))
        }
        Operation::Date { out, draw, rows: hazards, clock, multipliers, evidence } => {
            let show = |one: &HazardSource| {
                let doubt = if one.scale.is_some() { " (in doubt)" } else { "" };
                format!("{} by the horizon{doubt}", round_to(one.hazard.probability(plan.horizon_days), 4))
            };
            let mut text = format!("n{} ~ date with {} from {}", out.0, rows(hazards, show), source(*draw, plan));
            if let Some(clock) = clock {
                let _ = write!(text, ", clock from n{}", clock.0);
            }
            for multiplier in multipliers {
                let since = match multiplier.since {
                    Since::Date(date) => format!("from n{} on", date.0),
                    Since::Plane(plane) => format!("where {}", name(plane)),
                };
                let _ = write!(text, ", hazard x{} {since}", round_to(multiplier.after, 4));
                if multiplier.before != 1.0 {
                    let _ = write!(text, " (x{} before)", multiplier.before);
                }
            }
            match evidence {
                Some((DateEvidence::NotBy(day), _)) => text + &format!(", not by day {day}"),
                Some((DateEvidence::On(day), _)) => text + &format!(", known to be day {day}"),
                Some((DateEvidence::Never, _)) => text + ", known never to come",
                None => text,
            }
        }
        Operation::CorrelatedUniforms { out, .. } => {
            let all: Vec<String> = out.iter().map(|number| format!("n{}", number.0)).collect();
            format!("{} = uniforms drawn together", all.join(" "))
        }
        Operation::Logic { out, logic, left, right } => {
            let word = match logic {
                Logic::And => "and",
                Logic::Or => "or",
                Logic::AndNot => "and not",
                Logic::Xor => "xor",
            };
            format!("{} = {} {word} {}", name(*out), name(*left), name(*right))
        }
        Operation::Not { out, of } => format!("{} = not {}", name(*out), name(*of)),
        Operation::Compare { out, left, right: Operand::Constant(f64::MAX), .. } => {
            format!("{} = {} comes at all", name(*out), operand(*left))
        }
        Operation::Compare { out, comparison, left, right } => {
            let sign = match comparison {
                Comparison::Equal => "=",
                Comparison::Less => "<",
                Comparison::LessOrEqual => "<=",
            };
            format!("{} = {} {sign} {}", name(*out), operand(*left), operand(*right))
        }
        Operation::Arithmetic { out, arithmetic, left, right } => {
            let (left, right) = (operand(*left), operand(*right));
            match arithmetic {
                Arithmetic::Add => format!("n{} = {left} + {right}", out.0),
                Arithmetic::Subtract => format!("n{} = {left} - {right}", out.0),
                Arithmetic::Multiply => format!("n{} = {left} * {right}", out.0),
                Arithmetic::Minimum => format!("n{} = min({left}, {right})", out.0),
                Arithmetic::Maximum => format!("n{} = max({left}, {right})", out.0),
            }
        }
        Operation::Divide { out, left, right, .. } => format!("n{} = {} / {}", out.0, operand(*left), operand(*right)),
        Operation::Power { out, left, right, .. } => format!("n{} = {} ^ {}", out.0, operand(*left), operand(*right)),
        Operation::Apply { out, function, of, .. } => format!("n{} = {}({})", out.0, function.name(), operand(*of)),
        Operation::Count { out, of } => {
            let all: Vec<String> = of.iter().map(|plane| name(*plane)).collect();
            format!("n{} = count of {}", out.0, all.join(" "))
        }
        Operation::Select { out, condition, then, otherwise } => {
            format!("n{} = {} if {} else {}", out.0, operand(*then), name(*condition), operand(*otherwise))
        }
        Operation::Require { plane, .. } => format!("keep worlds where {}", name(*plane)),
        Operation::Weigh { plane, ratio, .. } => format!("weigh x{ratio} where {}", name(*plane)),
        Operation::Believe { plane, probability, .. } => format!("reweigh so that {} has {probability}", name(*plane)),
    }
}
