//! Random plans against the enumeration of all their worlds.

use foretell::exact::{Outcome, solve, storylines};
use foretell::plan::{
    Ask, Asked, Chance, Comparison, Draw, FindingId, Logic, NumberId, Operand, Operation, Plan, PlaneId, Probabilities,
    Row, Step, StreamId,
};
use foretell::simulate::Answer;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Turns random numbers into a plan.
struct Sketch<'a> {
    plan: Plan,
    random: &'a [u32],
    next: usize,
}

impl Sketch<'_> {
    fn random(&mut self, below: usize) -> usize {
        self.next += 1;
        self.random[self.next % self.random.len()].wrapping_add((self.next / self.random.len()) as u32) as usize % below
    }

    /// 0 and 1 now and then.
    fn chance(&mut self) -> f64 {
        match self.random(12) {
            0 => 0.0,
            1 => 1.0,
            _ => (self.random(98) + 1) as f64 / 99.0,
        }
    }

    fn plane(&mut self) -> PlaneId {
        self.plan.planes += 1;
        PlaneId(self.plan.planes - 1)
    }

    fn any_plane(&mut self) -> PlaneId {
        PlaneId(self.random(self.plan.planes as usize) as u32)
    }

    fn push(&mut self, operation: Operation) {
        self.plan.steps.push(Step { label: format!("step {}", self.plan.steps.len()), operation });
    }

    fn finding(&mut self) -> FindingId {
        self.plan.findings.push(format!("finding {}", self.plan.findings.len()));
        FindingId(self.plan.findings.len() as u32 - 1)
    }

    fn logic(&mut self, logic: Logic, left: PlaneId, right: PlaneId) -> PlaneId {
        let out = self.plane();
        self.push(Operation::Logic { out, logic, left, right });
        out
    }

    /// Masks that do not overlap and cover everything.
    fn masks(&mut self) -> Vec<Option<PlaneId>> {
        let conditions = if self.plan.planes == 0 { 0 } else { self.random(4) };
        let mut left = None;
        let mut masks = Vec::new();
        for _ in 0..conditions {
            let holds = self.any_plane();
            masks.push(Some(match left {
                None => holds,
                Some(left) => self.logic(Logic::And, left, holds),
            }));
            left = Some(match left {
                None => {
                    let out = self.plane();
                    self.push(Operation::Not { out, of: holds });
                    out
                }
                Some(left) => self.logic(Logic::AndNot, left, holds),
            });
        }
        masks.push(left);
        masks
    }

    fn draw(&mut self) {
        self.plan.streams.push(format!("stream {}", self.plan.streams.len()));
        let draw = Draw::Stream(StreamId(self.plan.streams.len() as u32 - 1));
        let masks = self.masks();
        let known = self.random(6) == 0;
        let name = format!("ask {}", self.plan.asks.len());
        let what = if self.random(3) == 0 {
            let rows = masks
                .into_iter()
                .map(|mask| {
                    let (first, second) = (self.chance() / 2.0, self.chance() / 2.0);
                    let predictive = vec![first, second, 1.0 - first - second];
                    Row { mask, value: Probabilities { predictive, drawn: None, stream: None } }
                })
                .collect();
            let out: Vec<PlaneId> = (0..3).map(|_| self.plane()).collect();
            let evidence = known.then(|| (self.random(3), self.finding()));
            self.push(Operation::Categorical { out: out.clone(), draw, rows, evidence });
            Asked::Categorical(out)
        } else {
            let rows = masks
                .into_iter()
                .map(|mask| Row { mask, value: Chance { predictive: self.chance(), drawn: None } })
                .collect();
            let out = self.plane();
            let evidence = known.then(|| (self.random(2) == 1, self.finding()));
            self.push(Operation::Bernoulli { out, draw, rows, evidence });
            Asked::Binary(out)
        };
        self.plan.asks.push(Ask { name, what, given: None });
    }

    fn derive(&mut self) {
        let out = match self.random(5) {
            0 => {
                let of: Vec<PlaneId> = (0..3).map(|_| self.any_plane()).collect();
                let number = NumberId(self.plan.numbers);
                self.plan.numbers += 1;
                self.push(Operation::Count { out: number, of });
                let (out, least) = (self.plane(), self.random(4) as f64);
                let (left, right) = (Operand::Constant(least), Operand::Column(number));
                self.push(Operation::Compare { out, comparison: Comparison::LessOrEqual, left, right });
                self.plan.asks.push(Ask {
                    name: format!("count {}", number.0),
                    what: Asked::Number(number),
                    given: None,
                });
                out
            }
            choice => {
                let (left, right) = (self.any_plane(), self.any_plane());
                let logic = [Logic::And, Logic::Or, Logic::AndNot, Logic::Xor][choice - 1];
                self.logic(logic, left, right)
            }
        };
        let given = (self.random(3) == 0).then(|| self.any_plane());
        if given.is_none() {
            self.plan.joints.push(self.plan.asks.len());
        }
        self.plan.asks.push(Ask { name: format!("ask {}", self.plan.asks.len()), what: Asked::Binary(out), given });
    }

    fn evidence(&mut self) {
        let (plane, finding) = (self.any_plane(), self.finding());
        let operation = match self.random(4) {
            0 => Operation::Require { plane, finding },
            1 => Operation::Weigh { plane, ratio: self.random(40) as f64 / 10.0, finding },
            _ => Operation::Believe { plane, probability: (self.random(9) + 1) as f64 / 10.0, finding },
        };
        self.push(operation);
    }
}

/// A plan of a few events, with now and then something known or believed.
pub fn plan(random: &[u32]) -> Plan {
    let mut sketch = Sketch { plan: Plan::default(), random, next: 0 };
    for _ in 0..sketch.random(6) + 2 {
        sketch.draw();
        if sketch.random(2) == 0 {
            sketch.derive();
        }
    }
    for _ in 0..sketch.random(3) {
        sketch.evidence();
    }
    sketch.plan
}

#[derive(Clone)]
struct World {
    planes: Vec<bool>,
    numbers: Vec<f64>,
    weight: f64,
}

/// Every world with its weight, by following the steps as they are described.
fn worlds(plan: &Plan) -> Vec<World> {
    let mut all = vec![World {
        planes: vec![false; plan.planes as usize],
        numbers: vec![0.0; plan.numbers as usize],
        weight: 1.0,
    }];
    for step in &plan.steps {
        let mut next = Vec::new();
        for world in all {
            let holds = |plane: PlaneId| world.planes[plane.0 as usize];
            let with = |planes: &[(PlaneId, bool)], factor: f64| {
                let mut world = world.clone();
                planes.iter().for_each(|(plane, value)| world.planes[plane.0 as usize] = *value);
                world.weight *= factor;
                world
            };
            match &step.operation {
                Operation::Bernoulli { out, rows, evidence, .. } => {
                    let row = rows.iter().find(|row| row.mask.is_none_or(&holds)).expect("rows cover every world");
                    for (value, chance) in [(true, row.value.predictive), (false, 1.0 - row.value.predictive)] {
                        if evidence.is_none_or(|(known, _)| known == value) {
                            next.push(with(&[(*out, value)], chance));
                        }
                    }
                }
                Operation::Categorical { out, rows, evidence, .. } => {
                    let row = rows.iter().find(|row| row.mask.is_none_or(&holds)).expect("rows cover every world");
                    for (option, chance) in row.value.predictive.iter().enumerate() {
                        if evidence.is_none_or(|(known, _)| known == option) {
                            let planes: Vec<_> = out.iter().enumerate().map(|(at, out)| (*out, at == option)).collect();
                            next.push(with(&planes, *chance));
                        }
                    }
                }
                Operation::Logic { out, logic, left, right } => {
                    let (left, right) = (holds(*left), holds(*right));
                    let value = match logic {
                        Logic::And => left && right,
                        Logic::Or => left || right,
                        Logic::AndNot => left && !right,
                        Logic::Xor => left != right,
                    };
                    next.push(with(&[(*out, value)], 1.0));
                }
                Operation::Not { out, of } => next.push(with(&[(*out, !holds(*of))], 1.0)),
                Operation::Count { out, of } => {
                    let mut world = world.clone();
                    world.numbers[out.0 as usize] = of.iter().filter(|plane| holds(**plane)).count() as f64;
                    next.push(world);
                }
                Operation::Compare { out, left: Operand::Constant(least), right: Operand::Column(number), .. } => {
                    next.push(with(&[(*out, *least <= world.numbers[number.0 as usize])], 1.0));
                }
                Operation::Require { plane, .. } => next.push(with(&[], f64::from(u8::from(holds(*plane))))),
                Operation::Weigh { plane, ratio, .. } => next.push(with(&[], if holds(*plane) { *ratio } else { 1.0 })),
                Operation::Believe { .. } => next.push(world),
                other => panic!("{other:?}"),
            }
        }
        all = next;
        all.retain(|world| world.weight > 0.0);
    }
    all
}

/// Iterative proportional fitting over the worlds themselves; false if a belief cannot be met.
fn believe(plan: &Plan, worlds: &mut [World]) -> bool {
    let beliefs: Vec<(PlaneId, f64)> = plan
        .steps
        .iter()
        .filter_map(|step| match step.operation {
            Operation::Believe { plane, probability, .. } => Some((plane, probability)),
            _ => None,
        })
        .collect();
    let share = |worlds: &[World], plane: PlaneId| {
        let all: f64 = worlds.iter().map(|world| world.weight).sum();
        let yes: f64 = worlds.iter().filter(|world| world.planes[plane.0 as usize]).map(|world| world.weight).sum();
        yes / all
    };
    for _ in 0..20_000 {
        for (plane, probability) in &beliefs {
            let yes = share(worlds, *plane);
            if !(yes > 0.0 && yes < 1.0) {
                return false;
            }
            for world in worlds.iter_mut() {
                let holds = world.planes[plane.0 as usize];
                world.weight *= if holds { probability / yes } else { (1.0 - probability) / (1.0 - yes) };
            }
        }
        if beliefs.iter().all(|(plane, probability)| (share(worlds, *plane) - probability).abs() < 1e-13) {
            return true;
        }
    }
    false
}

fn check(plan: &Plan) -> Result<(), TestCaseError> {
    let mut worlds = worlds(plan);
    let known: f64 = worlds.iter().map(|world| world.weight).sum();
    if known <= 0.0 {
        let problem = solve(plan).expect_err("nothing is left");
        prop_assert!(problem.to_string().contains("finding"), "{}", problem);
        return Ok(());
    }
    if !believe(plan, &mut worlds) {
        // What the enumeration cannot fit within its sweeps need not be refused.
        return Ok(());
    }
    let exact = solve(plan).map_err(|problem| TestCaseError::fail(problem.to_string()))?;
    if let Some(evidence) = exact.evidence() {
        prop_assert!((evidence.value / known - 1.0).abs() < 1e-12, "{} {}", evidence.value, known);
    }
    let share = |holds: &dyn Fn(&World) -> bool, given: Option<PlaneId>| {
        let counts = |world: &&World| given.is_none_or(|given| world.planes[given.0 as usize]);
        let all: f64 = worlds.iter().filter(counts).map(|world| world.weight).sum();
        let yes: f64 = worlds.iter().filter(counts).filter(|world| holds(world)).map(|world| world.weight).sum();
        (all > 0.0).then(|| yes / all)
    };
    // Beliefs are met to 1e-12 in either.
    let near = |figure: f64, expected: f64| (figure - expected).abs() < 1e-10;
    for (ask, answer) in plan.asks.iter().zip(exact.answers()) {
        match (&ask.what, answer) {
            (Asked::Binary(plane), Ok(Answer::Binary(figure))) => {
                let expected = share(&|world| world.planes[plane.0 as usize], ask.given).expect("some world counts");
                prop_assert!(near(figure.value, expected), "{}: {} {}", ask.name, figure.value, expected);
            }
            (Asked::Categorical(planes), Ok(Answer::Categorical(figures))) => {
                for (plane, figure) in planes.iter().zip(figures) {
                    let expected = share(&|world| world.planes[plane.0 as usize], None).expect("some world counts");
                    prop_assert!(near(figure.value, expected), "{}: {} {}", ask.name, figure.value, expected);
                }
            }
            (Asked::Number(number), Ok(Answer::Number(figure))) => {
                let all: f64 = worlds.iter().map(|world| world.weight).sum();
                let sum: f64 = worlds.iter().map(|world| world.weight * world.numbers[number.0 as usize]).sum();
                prop_assert!(near(figure.mean.value, sum / all), "{}: {}", ask.name, figure.mean.value);
            }
            (_, Ok(Answer::NoWorlds)) => prop_assert_eq!(share(&|_| true, ask.given), None),
            (_, other) => prop_assert!(false, "{}: {:?}", ask.name, other),
        }
    }
    let plane = |joint: usize| match plan.asks[plan.joints[joint]].what {
        Asked::Binary(plane) => plane.0 as usize,
        _ => unreachable!("joints are of yes/no asks"),
    };
    for ((first, second), joint) in exact.joints().indexed_iter() {
        let expected = share(&|world| world.planes[plane(first)] && world.planes[plane(second)], None);
        prop_assert!(near(joint.expect("all is discrete").value, expected.expect("some world counts")));
    }
    stories(plan, &worlds)
}

/// The three likeliest stories over the yes/no and categorical asks.
fn stories(plan: &Plan, worlds: &[World]) -> Result<(), TestCaseError> {
    let chosen: Vec<usize> = (0..plan.asks.len())
        .filter(|ask| plan.asks[*ask].given.is_none() && !matches!(plan.asks[*ask].what, Asked::Number(_)))
        .step_by(2)
        .collect();
    let all: f64 = worlds.iter().map(|world| world.weight).sum();
    let mut joint: BTreeMap<Vec<usize>, f64> = BTreeMap::new();
    for world in worlds {
        let story = chosen
            .iter()
            .map(|ask| match &plan.asks[*ask].what {
                Asked::Binary(plane) => usize::from(world.planes[plane.0 as usize]),
                Asked::Categorical(planes) => {
                    planes.iter().position(|plane| world.planes[plane.0 as usize]).expect("one option holds")
                }
                _ => unreachable!("numbers are left out"),
            })
            .collect();
        *joint.entry(story).or_default() += world.weight / all;
    }
    let mut expected: Vec<f64> = joint.values().copied().collect();
    expected.sort_by(|left, right| right.total_cmp(left));
    let found = storylines(plan, &chosen, 3).map_err(|problem| TestCaseError::fail(problem.to_string()))?;
    prop_assert_eq!(found.len(), expected.len().min(3), "{:?} {:?}", found, joint);
    for (story, expected) in found.iter().zip(expected) {
        prop_assert!((story.probability - expected).abs() < 1e-10, "{} {}", story.probability, expected);
        let states: Vec<usize> = story
            .outcomes
            .iter()
            .map(|outcome| match outcome {
                Outcome::Holds(holds) => usize::from(*holds),
                Outcome::Option(option) => *option,
                other => panic!("{other:?}"),
            })
            .collect();
        prop_assert!((joint.get(&states).copied().unwrap_or(0.0) - expected).abs() < 1e-10);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::default() })]

    #[test]
    fn random_plans_have_the_figures_of_their_enumeration(random in prop::collection::vec(any::<u32>(), 97)) {
        check(&plan(&random))?;
    }
}
