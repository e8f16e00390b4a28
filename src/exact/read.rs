//! A plan → its [`Network`]: each step in order, columns as functions of the discrete variables behind them.
//!
//! The mask of a row is a function of the variables that its condition names, so the table of a draw is read off row by row
//! over its true parents. A function of too many variables at once is taken apart along the logic it is made of, with a yes/no
//! variable for each part that is needed.

use super::function::{Indicator, Opaque, Values, arithmetic, compare, union};
use super::network::{Cover, Found, MOST_CONFIGURATIONS, MOST_ROWS, Network, Source};
use super::table::{Table, configurations, size};
use crate::plan::{Asked, Comparison, Draw, FindingId, Logic, NumberId, Operand, Operation, Plan, PlaneId, Row};
use std::rc::Rc;

/// A number column.
#[derive(Debug, Clone)]
pub(super) enum Number {
    /// A function of discrete variables.
    Values(Rc<Values>),
    /// Known by the interval it lies in: an index into [`Network::cut`].
    Cut(usize),
}

/// How a yes/no column came about, to take it apart.
#[derive(Debug, Clone, Copy)]
enum Recipe {
    Drawn,
    Not(PlaneId),
    Logic(Logic, PlaneId, PlaneId),
}

/// A plan that has been read.
#[derive(Debug)]
pub(super) struct Reading<'a> {
    pub(super) plan: &'a Plan,
    pub(super) network: Network<'a>,
    planes: Vec<Option<Found<Rc<Indicator>>>>,
    recipes: Vec<Recipe>,
    /// How many configurations each yes/no column may have.
    most: Vec<f64>,
    switches: Vec<Option<Rc<Indicator>>>,
    pub(super) numbers: Vec<Option<Found<Number>>>,
    /// The constants that each number column is compared with, as the upper ends of intervals.
    pub(super) cuts: Vec<Vec<f64>>,
    /// Whether the whole distribution of a number column is asked for.
    pub(super) asked: Vec<bool>,
    /// The step that is being read.
    at: usize,
}

impl<'a> Reading<'a> {
    /// Reads a plan.
    pub(super) fn new(plan: &'a Plan) -> Self {
        let mut asked = vec![false; plan.numbers as usize];
        for ask in &plan.asks {
            if let Asked::Date(number) | Asked::Number(number) = ask.what {
                asked[number.0 as usize] = true;
            }
        }
        let mut reading = Self {
            plan,
            network: Network::default(),
            planes: vec![None; plan.planes as usize],
            recipes: vec![Recipe::Drawn; plan.planes as usize],
            most: most_configurations(plan),
            switches: vec![None; plan.planes as usize],
            numbers: vec![None; plan.numbers as usize],
            cuts: cuts(plan),
            asked,
            at: 0,
        };
        for (at, step) in plan.steps.iter().enumerate() {
            reading.at = at;
            reading.step(&step.label, &step.operation);
        }
        reading
    }

    /// A yes/no column.
    pub(super) fn plane(&self, id: PlaneId) -> Found<Rc<Indicator>> {
        match &self.planes[id.0 as usize] {
            Some(found) => found.clone(),
            None => Err(Rc::new(Opaque::new("a column is read before it is filled".to_owned()))),
        }
    }

    /// A number column.
    pub(super) fn number(&self, id: NumberId) -> Found<Number> {
        match &self.numbers[id.0 as usize] {
            Some(found) => found.clone(),
            None => Err(Rc::new(Opaque::new("a column is read before it is filled".to_owned()))),
        }
    }

    fn set(&mut self, id: PlaneId, found: Found<Rc<Indicator>>) {
        self.planes[id.0 as usize] = Some(found);
    }

    fn small(&self, scope: &[u32]) -> bool {
        configurations(scope, &self.network.cards) <= MOST_CONFIGURATIONS
    }

    /// The column as a condition on at most one variable; a new variable is made if it depends on several.
    pub(super) fn switch(&mut self, id: PlaneId) -> Found<Rc<Indicator>> {
        const FEW: f64 = 64.0;
        if let Some(known) = &self.switches[id.0 as usize] {
            return Ok(Rc::clone(known));
        }
        let whole = self.plane(id)?;
        let switch = match self.recipes[id.0 as usize] {
            _ if whole.scope.len() <= 1 => whole,
            Recipe::Not(of) => {
                let of = self.switch(of)?;
                Rc::new(of.not(&self.network.cards))
            }
            Recipe::Logic(logic, left, right) if configurations(&whole.scope, &self.network.cards) > FEW => {
                let (left, right) = (self.switch(left)?, self.switch(right)?);
                let pair = Indicator::combine(logic, &left, &right, &self.network.cards);
                Rc::new(if pair.scope.len() <= 1 { pair } else { self.network.switch(&pair) })
            }
            _ => Rc::new(self.network.switch(&whole)),
        };
        self.switches[id.0 as usize] = Some(Rc::clone(&switch));
        Ok(switch)
    }

    fn step(&mut self, label: &str, operation: &'a Operation) {
        match operation {
            Operation::ConstantPlane { out, value } => self.set(*out, Ok(Rc::new(Indicator::constant(*value)))),
            Operation::ConstantNumber { out, value } => {
                self.numbers[out.0 as usize] = Some(Ok(Number::Values(Rc::new(Values::constant(*value)))));
            }
            Operation::Bernoulli { out, draw, rows, evidence } => {
                let known = evidence.map(|(value, finding)| (usize::from(value), finding));
                let chances: Vec<[f64; 2]> =
                    rows.iter().map(|row| [1.0 - row.value.predictive, row.value.predictive]).collect();
                let table: Vec<&[f64]> = chances.iter().map(<[f64; 2]>::as_slice).collect();
                let drawn = self.draw(label, *draw, rows, &table, 2, known);
                self.set(*out, drawn.map(|drawn| Rc::new(drawn.option(1, 2))));
            }
            Operation::Categorical { out, draw, rows, evidence } => {
                let table: Vec<&[f64]> = rows.iter().map(|row| row.value.predictive.as_slice()).collect();
                let card = out.len();
                let drawn = self.draw(label, *draw, rows, &table, card, *evidence);
                for (option, out) in out.iter().enumerate() {
                    let plane = drawn.clone().map(|drawn| Rc::new(drawn.option(option as u32, card as u32)));
                    self.set(*out, plane);
                }
            }
            Operation::Logic { out, logic, left, right } => {
                let found = self.logic(*out, *logic, *left, *right);
                self.recipes[out.0 as usize] = Recipe::Logic(*logic, *left, *right);
                self.set(*out, found);
            }
            Operation::Not { out, of } => {
                let found = self.plane(*of).map(|of| Rc::new(of.not(&self.network.cards)));
                self.recipes[out.0 as usize] = Recipe::Not(*of);
                self.set(*out, found);
            }
            Operation::Compare { out, comparison, left, right } => {
                let found = self.compare(label, *comparison, *left, *right);
                self.set(*out, found);
            }
            Operation::Require { plane, finding } => self.weigh(*plane, [0.0, 1.0], *finding),
            Operation::Weigh { plane, ratio, finding } => self.weigh(*plane, [1.0, *ratio], *finding),
            Operation::Believe { plane, probability, finding } => match self.switch(*plane) {
                Ok(switch) => self.network.beliefs.push((switch, *probability, *finding)),
                Err(opaque) => self.network.opaque_evidence.push((opaque.touches.clone(), *finding)),
            },
            Operation::Number { .. }
            | Operation::Date { .. }
            | Operation::CorrelatedUniforms { .. }
            | Operation::Arithmetic { .. }
            | Operation::Divide { .. }
            | Operation::Power { .. }
            | Operation::Apply { .. }
            | Operation::Count { .. }
            | Operation::Select { .. } => self.number_step(label, operation),
        }
    }

    fn logic(&mut self, out: PlaneId, logic: Logic, left: PlaneId, right: PlaneId) -> Found<Rc<Indicator>> {
        let (one, other) = match (self.plane(left), self.plane(right)) {
            (Ok(one), Ok(other)) => (one, other),
            (Err(opaque), Ok(known)) | (Ok(known), Err(opaque)) => {
                return Err(Rc::new(Opaque::clone(&opaque).touching(&known.scope)));
            }
            (Err(opaque), Err(also)) => return Err(Rc::new(Opaque::clone(&opaque).touching(&also.touches))),
        };
        let together = |scope: &[u32]| configurations(scope, &self.network.cards);
        if one.scope == other.scope || together(&union(&one.scope, &other.scope)) <= self.most[out.0 as usize] {
            return Ok(Rc::new(Indicator::combine(logic, &one, &other, &self.network.cards)));
        }
        let (one, other) = (self.switch(left)?, self.switch(right)?);
        Ok(Rc::new(Indicator::combine(logic, &one, &other, &self.network.cards)))
    }

    /// The masks of rows as functions of few variables together, and the rows that hold in each of their configurations. `more` are
    /// variables that count besides.
    pub(super) fn cover<T>(&mut self, label: &str, rows: &[Row<T>], more: &[u32]) -> Found<Cover> {
        let mut masks: Vec<Option<Rc<Indicator>>> = Vec::with_capacity(rows.len());
        let mut opaque: Option<Opaque> = None;
        let mut touches = more.to_vec();
        for row in rows {
            match row.mask.map(|mask| self.plane(mask)) {
                None => masks.push(None),
                Some(Ok(mask)) => masks.push(Some(mask)),
                Some(Err(found)) => {
                    touches = union(&touches, &found.touches);
                    opaque.get_or_insert_with(|| Opaque::clone(&found));
                }
            }
        }
        let scope = |masks: &[Option<Rc<Indicator>>], start: Vec<u32>| {
            masks.iter().flatten().fold(
                start,
                |scope, mask| {
                    if scope == mask.scope { scope } else { union(&scope, &mask.scope) }
                },
            )
        };
        if let Some(opaque) = opaque {
            return Err(Rc::new(opaque.touching(&scope(&masks, touches))));
        }
        let whole = scope(&masks, more.to_vec());
        // A table that the plan spells out row by row is no larger for being read.
        let most = MOST_CONFIGURATIONS.max(2.0 * rows.len() as f64);
        if configurations(&whole, &self.network.cards) > most {
            masks.clear();
            for row in rows {
                masks.push(row.mask.map(|mask| self.switch(mask)).transpose()?);
            }
            let apart = scope(&masks, more.to_vec());
            if configurations(&apart, &self.network.cards) > most {
                let why = format!("`{label}` depends on too many things at once");
                return Err(Rc::new(Opaque { why, touches: whole }));
            }
        }
        Ok(Cover::new(&masks, more, &self.network.cards))
    }

    /// A draw of one of some states.
    fn draw<T>(
        &mut self,
        label: &str,
        draw: Draw,
        rows: &[Row<T>],
        table: &[&[f64]],
        card: usize,
        known: Option<(usize, FindingId)>,
    ) -> Found<Drawn> {
        let cover = self.cover(label, rows, &[]);
        let cover = match (draw, cover) {
            (Draw::Stream(_), Ok(cover)) => cover,
            (Draw::Column(_), Ok(cover)) => {
                let why = format!("`{label}` is drawn in correlation with others");
                return Err(self.not_discrete(Opaque { why, touches: cover.scope }, known.map(|(_, finding)| finding)));
            }
            (_, Err(opaque)) => {
                return Err(self.not_discrete(Opaque::clone(&opaque), known.map(|(_, finding)| finding)));
            }
        };
        let sums: Vec<f64> = table.iter().map(|row| row.iter().sum()).collect();
        let chance = |row: u32, state: usize| match table.get(row as usize) {
            Some(chances) => chances[state] / sums[row as usize],
            None => 0.0,
        };
        if let Some((state, finding)) = known {
            let cells = cover.row_of.iter().map(|row| chance(*row, state)).collect();
            self.network.evidence.push((Table { scope: cover.scope, cells }, finding));
            return Ok(Drawn::Known(state as u32));
        }
        let variable = self.network.variable(Source::Step(self.at), cover.scope, card as u32, |at, states| {
            for (state, cell) in states.iter_mut().enumerate() {
                *cell = chance(cover.row_of[at], state);
            }
        });
        Ok(Drawn::Variable(variable))
    }

    /// Remembers what evidence on such a thing bears on.
    pub(super) fn not_discrete(&mut self, opaque: Opaque, finding: Option<FindingId>) -> Rc<Opaque> {
        if let Some(finding) = finding {
            self.network.opaque_evidence.push((opaque.touches.clone(), finding));
        }
        Rc::new(opaque)
    }

    /// Weighs worlds by whether a condition holds.
    fn weigh(&mut self, plane: PlaneId, weights: [f64; 2], finding: FindingId) {
        match self.switch(plane) {
            Ok(switch) => {
                let cells = (0..size(&switch.scope, &self.network.cards))
                    .map(|at| weights[usize::from(switch.holds(at))])
                    .collect();
                self.network.evidence.push((Table { scope: switch.scope.clone(), cells }, finding));
            }
            Err(opaque) => self.network.opaque_evidence.push((opaque.touches.clone(), finding)),
        }
    }

    /// An operand that is a function of discrete variables.
    pub(super) fn values(&self, operand: Operand) -> Option<Rc<Values>> {
        match operand {
            Operand::Constant(value) => Some(Rc::new(Values::constant(value))),
            Operand::Column(number) => match self.number(number) {
                Ok(Number::Values(values)) => Some(values),
                _ => None,
            },
        }
    }

    /// The variables behind an operand.
    pub(super) fn touched(&self, operand: Operand) -> Vec<u32> {
        match operand {
            Operand::Constant(_) => Vec::new(),
            Operand::Column(number) => match self.number(number) {
                Ok(Number::Values(values)) => values.scope.clone(),
                Ok(Number::Cut(cut)) => vec![self.network.cut[cut].variable],
                Err(opaque) => opaque.touches.clone(),
            },
        }
    }

    /// Why an operand is not discrete, if it is not.
    pub(super) fn why(&self, operand: Operand) -> Option<String> {
        match operand {
            Operand::Column(number) => self.number(number).err().map(|opaque| opaque.why.clone()),
            Operand::Constant(_) => None,
        }
    }

    fn compare(&mut self, label: &str, comparison: Comparison, left: Operand, right: Operand) -> Found<Rc<Indicator>> {
        if let (Some(one), Some(other)) = (self.values(left), self.values(right))
            && self.small(&union(&one.scope, &other.scope))
        {
            let holds = |left, right| f64::from(u8::from(compare(comparison, left, right)));
            let values = Values::combine(&one, &other, &self.network.cards, holds);
            let count = values.values.len();
            return Ok(Rc::new(Indicator::over(values.scope, count, |at| values.values[at] == 1.0)));
        }
        let (column, constant, turned) = match (left, right) {
            (Operand::Column(column), Operand::Constant(constant)) => (column, constant, false),
            (Operand::Constant(constant), Operand::Column(column)) => (column, constant, true),
            _ => return Err(Rc::new(self.opaque(label, "compares two quantities", &[left, right]))),
        };
        let Number::Cut(cut) = self.number(column)? else {
            return Err(Rc::new(self.opaque(label, "depends on too many things at once", &[left, right])));
        };
        let cut = &self.network.cut[cut];
        // State `s` is up to and including the cut `s`.
        let below = |value: f64| cut.cuts.partition_point(|end| *end <= value) as u32;
        let (inclusive, exclusive) = (below(constant), below(constant.next_down()));
        let card = cut.cuts.len() as u32 + 1;
        let holds = |state: u32| match (comparison, turned) {
            (Comparison::LessOrEqual, false) => state < inclusive,
            (Comparison::Less, false) => state < exclusive,
            (Comparison::LessOrEqual, true) => state >= exclusive,
            (Comparison::Less, true) => state >= inclusive,
            (Comparison::Equal, _) => state >= exclusive && state < inclusive,
        };
        Ok(Rc::new(Indicator::of_states(cut.variable, card, holds)))
    }

    /// A column that is not discrete because of what is done in it, or because of what it is made of.
    pub(super) fn opaque(&self, label: &str, does: &str, of: &[Operand]) -> Opaque {
        let why = of.iter().find_map(|operand| self.why(*operand)).unwrap_or_else(|| format!("`{label}` {does}"));
        let touches = of.iter().fold(Vec::new(), |all, operand| union(&all, &self.touched(*operand)));
        Opaque { why, touches }
    }

    /// What those of the operands are that are not discrete.
    pub(super) fn kind(&self, operands: &[Operand]) -> &'static str {
        let mut kind = "too many values";
        for operand in operands {
            let Operand::Column(number) = operand else { continue };
            match self.number(*number) {
                Ok(Number::Cut(cut)) if self.network.cut[cut].is_count() => kind = "drawn counts",
                Ok(Number::Cut(_)) => return "continuous quantities",
                _ => {}
            }
        }
        kind
    }

    /// Value by value.
    pub(super) fn arithmetic(
        &self,
        operator: crate::plan::Arithmetic,
        left: Operand,
        right: Operand,
    ) -> Option<Rc<Values>> {
        let (one, other) = (self.values(left)?, self.values(right)?);
        self.small(&union(&one.scope, &other.scope)).then(|| {
            Rc::new(Values::combine(&one, &other, &self.network.cards, |left, right| arithmetic(operator, left, right)))
        })
    }
}

/// What a draw came to.
#[derive(Debug, Clone, Copy)]
enum Drawn {
    Known(u32),
    Variable(u32),
}

impl Drawn {
    fn option(self, option: u32, card: u32) -> Indicator {
        match self {
            Self::Known(state) => Indicator::constant(state == option),
            Self::Variable(variable) => Indicator::of_states(variable, card, |state| state == option),
        }
    }
}

/// How many configurations each yes/no column of a plan may have: what says when the rows of a table count has as many as there are rows, and
/// is no larger for being read.
fn most_configurations(plan: &Plan) -> Vec<f64> {
    fn masks<T>(rows: &[Row<T>]) -> (Vec<PlaneId>, f64) {
        (rows.iter().filter_map(|row| row.mask).collect(), (2.0 * rows.len() as f64).min(MOST_ROWS))
    }
    let mut most = vec![MOST_CONFIGURATIONS; plan.planes as usize];
    for step in plan.steps.iter().rev() {
        let (planes, needed) = match &step.operation {
            Operation::Bernoulli { rows, .. } => masks(rows),
            Operation::Categorical { rows, .. } => masks(rows),
            Operation::Number { rows, .. } => masks(rows),
            Operation::Date { rows, .. } => masks(rows),
            Operation::Not { out, of } => (vec![*of], most[out.0 as usize]),
            Operation::Logic { out, left, right, .. } => (vec![*left, *right], most[out.0 as usize]),
            _ => continue,
        };
        for plane in planes {
            let known = &mut most[plane.0 as usize];
            *known = known.max(needed);
        }
    }
    most
}

/// The constants that each number column is compared with, as upper ends of intervals in rising order.
fn cuts(plan: &Plan) -> Vec<Vec<f64>> {
    let mut cuts: Vec<Vec<f64>> = vec![Vec::new(); plan.numbers as usize];
    for step in &plan.steps {
        let Operation::Compare { comparison, left, right, .. } = &step.operation else { continue };
        let (column, constant, turned) = match (left, right) {
            (Operand::Column(column), Operand::Constant(constant)) => (column, *constant, false),
            (Operand::Constant(constant), Operand::Column(column)) => (column, *constant, true),
            _ => continue,
        };
        let ends: &[f64] = match (comparison, turned) {
            (Comparison::LessOrEqual, false) | (Comparison::Less, true) => &[constant],
            (Comparison::Less, false) | (Comparison::LessOrEqual, true) => &[constant.next_down()],
            (Comparison::Equal, _) => &[constant.next_down(), constant],
        };
        cuts[column.0 as usize].extend(ends);
    }
    for ends in &mut cuts {
        ends.sort_unstable_by(f64::total_cmp);
        ends.dedup();
    }
    cuts
}
