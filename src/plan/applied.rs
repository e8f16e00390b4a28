//! How often each doubtful chance is drawn from, and what comes of it: what learning from many cases counts.

use super::{Ask, Asked, Logic, Operation, ParameterId, Plan, PlaneId, Step};

/// Where one row of one draw takes its chance, or its chances, from a doubtful input.
#[derive(Debug, Clone)]
pub struct Applied {
    /// The input, an index into [`Plan::parameters`].
    pub parameter: usize,
    /// The ask for whether the row applied, an index into [`Plan::asks`]; `None` if it always does.
    pub applied: Option<usize>,
    /// The ask for whether it applied and the event happened; for a Dirichlet one for each option.
    pub taken: Vec<usize>,
    step: usize,
    row: usize,
}

/// A plan that is asked for nothing but how often its doubtful chances were drawn from.
#[derive(Debug, Clone)]
pub struct Counted {
    /// The plan.
    pub plan: Plan,
    /// Its asks.
    pub applied: Vec<Applied>,
    /// Inputs that cannot be counted so, and why: a rate, a hazard, odds that are moved.
    pub uncounted: Vec<(usize, &'static str)>,
}

impl Counted {
    /// The same draws as in a plan that was compiled ([`super::draft`]).
    #[must_use]
    pub fn new(of: &Plan) -> Self {
        let mut this = Self { plan: of.clone(), applied: Vec::new(), uncounted: Vec::new() };
        this.plan.asks.clear();
        this.plan.joints.clear();
        this.plan.rules.clear();
        this.plan.steps.clear();
        for step in &of.steps {
            this.plan.steps.push(step.clone());
            this.count(step, this.plan.steps.len() - 1);
        }
        this
    }

    fn count(&mut self, step: &Step, at: usize) {
        let bent = "a case says of its chance no more than of its odds, which are moved";
        match &step.operation {
            Operation::Bernoulli { out, rows, .. } => {
                for (row, one) in rows.iter().enumerate() {
                    let Some(drawn) = one.value.drawn else { continue };
                    if drawn.log_odds != 0.0 {
                        self.uncounted.push((drawn.parameter.0 as usize, bent));
                        continue;
                    }
                    self.note(step, (at, row), drawn.parameter, one.mask, &[*out]);
                }
            }
            Operation::Categorical { out, rows, .. } => {
                for (row, one) in rows.iter().enumerate() {
                    let Some(parameter) = one.value.drawn else { continue };
                    self.note(step, (at, row), parameter, one.mask, out);
                }
            }
            Operation::Number { rows, .. } => {
                let in_doubt = rows.iter().filter_map(|row| row.value.parameter());
                self.uncounted.extend(in_doubt.map(|id| (id.0 as usize, "it is a rate or the mean of a number")));
            }
            Operation::Date { rows, .. } => {
                let scales = rows.iter().filter_map(|row| row.value.scale);
                self.uncounted.extend(scales.map(|scale| (scale.parameter.0 as usize, "it is the chance of a date")));
            }
            _ => {}
        }
    }

    fn note(
        &mut self,
        step: &Step,
        (at, row): (usize, usize),
        parameter: ParameterId,
        mask: Option<PlaneId>,
        out: &[PlaneId],
    ) {
        let taken = out
            .iter()
            .map(|option| {
                let plane = match mask {
                    None => *option,
                    Some(mask) => self.both(&step.label, mask, *option),
                };
                self.ask(plane)
            })
            .collect();
        let applied = mask.map(|mask| self.ask(mask));
        self.applied.push(Applied { parameter: parameter.0 as usize, applied, taken, step: at, row });
    }

    fn both(&mut self, label: &str, left: PlaneId, right: PlaneId) -> PlaneId {
        let out = PlaneId(self.plan.planes);
        self.plan.planes += 1;
        let operation = Operation::Logic { out, logic: Logic::And, left, right };
        self.plan.steps.push(Step { label: label.to_owned(), operation });
        out
    }

    fn ask(&mut self, plane: PlaneId) -> usize {
        self.plan.asks.push(Ask { name: String::new(), what: Asked::Binary(plane), given: None });
        self.plan.asks.len() - 1
    }

    /// Sets the chances, one or one for each option, of every row that draws from an input.
    pub fn set(&mut self, parameter: usize, chances: &[f64]) {
        for one in self.applied.iter().filter(|one| one.parameter == parameter) {
            match &mut self.plan.steps[one.step].operation {
                Operation::Bernoulli { rows, .. } => rows[one.row].value.predictive = chances[0],
                Operation::Categorical { rows, .. } => rows[one.row].value.predictive = chances.to_vec(),
                _ => {}
            }
        }
    }
}
