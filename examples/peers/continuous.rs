//! A cost estimate as a plan: ranges, a mixture, a cut normal and a date whose delay discounts a benefit.
//!
//! ```text
//! y = a b + c + m + t exp(-0.02 T)
//!
//! a, b, c   lognormal, 90 % sure of 1 to 10, 0.5 to 4, 2 to 20
//! m         0.6 normal(5, 2) + 0.3 lognormal(1, 0.5) + 0.1 uniform(0, 30)
//! t         normal(10, 5), cut to 0 to 20
//! T         days to an event of hazard 0.03 up to day 12, 0.06 up to day 24, 0.015 after
//! ```

use crate::{Sketch, Workload};
use foretell::dist::{Bound, Distribution, Hazard, Knot, Limited, Sampler, family, from_interval};
use foretell::math::Function;
use foretell::plan::{Arithmetic, Asked, Draw, HazardSource, NumberId, NumberSource, Operand, Operation};
use foretell::plan::{PlaneId, Probabilities, Row};
use foretell::simulate::{Answer, Tally};
use serde_json::{Value, json};
use std::error::Error;
use std::sync::Arc;

const DISCOUNT_A_DAY: f64 = 0.02;
const LEVELS: [f64; 3] = [0.05, 0.5, 0.95];

/// The 5, 50 and 95 % quantiles of `y` and of `T`.
pub fn workload() -> Result<Workload, Box<dyn Error>> {
    let mut sketch = Sketch::default();
    // Every world's event comes.
    sketch.plan.horizon_days = f64::INFINITY;
    let a = number(&mut sketch, "a", &from_interval(0.9, 1.0, 10.0)?);
    let b = number(&mut sketch, "b", &from_interval(0.9, 0.5, 4.0)?);
    let c = number(&mut sketch, "c", &from_interval(0.9, 2.0, 20.0)?);
    let m = mixture(&mut sketch)?;
    let cut = Limited::new(family("normal", &[10.0, 5.0])?, Some(Bound::Cut(0.0)), Some(Bound::Cut(20.0)))?;
    let t = number(&mut sketch, "t", &(Arc::new(cut) as Arc<dyn Distribution>));
    let (date, discount) = date_and_discount(&mut sketch);

    let product = combine(&mut sketch, Arithmetic::Multiply, a, b);
    let benefit = combine(&mut sketch, Arithmetic::Multiply, t, discount);
    let y = [c, m, benefit].into_iter().fold(product, |sum, term| combine(&mut sketch, Arithmetic::Add, sum, term));
    sketch.ask(Asked::Number(y));
    sketch.ask(Asked::Number(date));
    Ok(Workload { plan: sketch.plan, figures: Box::new(quantiles) })
}

fn quantiles(tally: &Tally) -> Value {
    let (mut values, mut errors) = (Vec::new(), Vec::new());
    for answer in tally.answers() {
        if let Answer::Number(number) = answer {
            values.extend(LEVELS.map(|level| number.quantile(level).value));
            errors.extend(LEVELS.map(|level| number.quantile(level).standard_error));
        }
    }
    json!({ "values": values, "errors": errors })
}

fn row(mask: Option<PlaneId>, distribution: &Arc<dyn Distribution>) -> Row<NumberSource> {
    Row { mask, value: NumberSource::Sampler(Box::new(Sampler::new(distribution))) }
}

fn number(sketch: &mut Sketch, name: &str, distribution: &Arc<dyn Distribution>) -> NumberId {
    let (out, draw) = (sketch.number(), sketch.stream(name));
    sketch.push(Operation::Number { out, draw, rows: vec![row(None, distribution)], evidence: None });
    out
}

fn combine(sketch: &mut Sketch, arithmetic: Arithmetic, left: NumberId, right: NumberId) -> NumberId {
    let out = sketch.number();
    let (left, right) = (Operand::Column(left), Operand::Column(right));
    sketch.push(Operation::Arithmetic { out, arithmetic, left, right });
    out
}

fn mixture(sketch: &mut Sketch) -> Result<NumberId, Box<dyn Error>> {
    let parts = [family("normal", &[5.0, 2.0])?, family("lognormal", &[1.0, 0.5])?, family("uniform", &[0.0, 30.0])?];
    let masks = parts.each_ref().map(|_| sketch.plane());
    let which = sketch.stream("m: which part");
    let value = Probabilities { predictive: vec![0.6, 0.3, 0.1], drawn: None, stream: None };
    let rows = vec![Row { mask: None, value }];
    sketch.push(Operation::Categorical { out: masks.to_vec(), draw: which, rows, evidence: None });
    let (out, draw) = (sketch.number(), sketch.stream("m"));
    let rows = masks.iter().zip(&parts).map(|(mask, part)| row(Some(*mask), part)).collect();
    sketch.push(Operation::Number { out, draw, rows, evidence: None });
    Ok(out)
}

fn hazard() -> Hazard {
    let knot = |day, level| Knot { day, before: level, at: level };
    Hazard::from_knots(vec![knot(12.0, 0.36), knot(24.0, 1.08)], 0.015, f64::INFINITY)
}

fn date_and_discount(sketch: &mut Sketch) -> (NumberId, NumberId) {
    let draw: Draw = sketch.stream("T");
    let (date, exponent, discount) = (sketch.number(), sketch.number(), sketch.number());
    let rows = vec![Row { mask: None, value: HazardSource { hazard: hazard(), scale: None } }];
    sketch.push(Operation::Date { out: date, draw, rows, clock: None, multipliers: Vec::new(), evidence: None });
    let (left, right) = (Operand::Column(date), Operand::Constant(-DISCOUNT_A_DAY));
    sketch.push(Operation::Arithmetic { out: exponent, arithmetic: Arithmetic::Multiply, left, right });
    let (function, of) = (Function::Exponential, Operand::Column(exponent));
    sketch.plan.divisions.push("exp(-0.02 T)".to_owned());
    let division = sketch.plan.divisions.len() - 1;
    sketch.push(Operation::Apply { out: discount, function, of, division });
    (date, discount)
}

#[cfg(test)]
mod tests {
    use super::*;
    use foretell::math::exp;
    use foretell::plan::{Comparison, Logic};
    use foretell::simulate::{Settings, simulate};

    #[test]
    fn the_discount_of_each_world_is_that_of_its_own_date() {
        let mut sketch = Sketch::default();
        sketch.plan.horizon_days = f64::INFINITY;
        let (date, discount) = date_and_discount(&mut sketch);
        for day in [1.0, 12.0, 20.0, 100.0] {
            let [late, small, differ] = [(); 3].map(|()| sketch.plane());
            let comparison = Comparison::Less;
            let (left, right) = (Operand::Constant(day), Operand::Column(date));
            sketch.push(Operation::Compare { out: late, comparison, left, right });
            let (left, right) = (Operand::Column(discount), Operand::Constant(exp(-DISCOUNT_A_DAY * day)));
            sketch.push(Operation::Compare { out: small, comparison, left, right });
            sketch.push(Operation::Logic { out: differ, logic: Logic::Xor, left: late, right: small });
            sketch.ask(Asked::Binary(differ));
        }
        let settings = Settings { worlds: 100_000, ..Settings::default() };
        let tally = simulate(&sketch.plan, &settings, &|_| ()).unwrap();
        for answer in tally.answers() {
            assert!(matches!(answer, Answer::Binary(estimate) if estimate.value == 0.0), "{answer:?}");
        }
    }
}
