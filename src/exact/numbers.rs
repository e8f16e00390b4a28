//! The steps of a plan that fill number columns, read for what is discrete in them.

use super::function::{Opaque, Values, union};
use super::law::{DateLaw, Factor, Law, likelihood, scales};
use super::network::{Cover, Cut, Found, MOST_CONFIGURATIONS, Source};
use super::read::{Number, Reading};
use super::table::{Table, configurations, size};
use crate::plan::{
    DateEvidence, Draw, FindingId, HazardSource, Multiplier, NumberId, NumberSource, Operand, Operation, PlaneId, Row,
    Since,
};
use std::rc::Rc;

impl<'a> Reading<'a> {
    /// Reads a step that fills number columns.
    pub(super) fn number_step(&mut self, label: &str, operation: &'a Operation) {
        let (out, found) = match operation {
            Operation::CorrelatedUniforms { out, .. } => {
                for out in out {
                    let why = format!("{label} are drawn in correlation");
                    self.numbers[out.0 as usize] = Some(Err(Rc::new(Opaque::new(why))));
                }
                return;
            }
            Operation::Number { out, draw, rows, evidence } => (out, self.drawn(label, *out, *draw, rows, *evidence)),
            Operation::Date { out, draw, rows, clock, multipliers, evidence } => {
                (out, self.date(label, *out, *draw, rows, *clock, multipliers, *evidence))
            }
            Operation::Arithmetic { out, arithmetic, left, right } => {
                let found = self.arithmetic(*arithmetic, *left, *right).map(Number::Values);
                (
                    out,
                    found.ok_or_else(|| {
                        let operands = [*left, *right];
                        let does = format!("calculates with {}", self.kind(&operands));
                        Rc::new(self.opaque(label, &does, &operands))
                    }),
                )
            }
            Operation::Divide { out, left, right, .. } => {
                (out, Err(Rc::new(self.opaque(label, "divides", &[*left, *right]))))
            }
            Operation::Power { out, left, right, .. } => {
                (out, Err(Rc::new(self.opaque(label, "takes a power", &[*left, *right]))))
            }
            Operation::Apply { out, of, .. } => {
                (out, Err(Rc::new(self.opaque(label, "takes a function of a number", &[*of]))))
            }
            Operation::Count { out, of } => (out, self.count(of)),
            Operation::Select { out, condition, then, otherwise } => {
                (out, self.select(label, *condition, *then, *otherwise))
            }
            _ => unreachable!("no other step fills a number"),
        };
        self.numbers[out.0 as usize] = Some(found);
    }

    fn drawn(
        &mut self,
        label: &str,
        out: NumberId,
        draw: Draw,
        rows: &'a [Row<NumberSource>],
        evidence: Option<(f64, FindingId)>,
    ) -> Found<Number> {
        let finding = evidence.map(|(_, finding)| finding);
        let cover = match (draw, self.cover(label, rows, &[])) {
            (Draw::Stream(_), Ok(cover)) => cover,
            (Draw::Column(_), Ok(cover)) => {
                let why = format!("`{label}` is drawn in correlation with others");
                return Err(self.not_discrete(Opaque { why, touches: cover.scope }, finding));
            }
            (_, Err(opaque)) => return Err(self.not_discrete(Opaque::clone(&opaque), finding)),
        };
        if let Some((value, finding)) = evidence.filter(|(_, finding)| self.plan.stage(*finding) > 0) {
            // Beliefs stated before are met in worlds in which it is drawn.
            let why = format!("`{label}` is known to be {value} only after something was believed");
            return Err(self.not_discrete(Opaque { why, touches: cover.scope }, Some(finding)));
        }
        if let Some((value, finding)) = evidence {
            let likelihoods: Vec<(f64, bool)> = rows.iter().map(|row| likelihood(&row.value, value)).collect();
            let any_mass = likelihoods.iter().any(|(likelihood, mass)| *mass && *likelihood > 0.0);
            // Next to a probability a density is nothing.
            let of_row = |row: u32| match likelihoods.get(row as usize) {
                Some((likelihood, mass)) if *mass || !any_mass => *likelihood,
                _ => 0.0,
            };
            let cells = cover.row_of.iter().map(|row| of_row(*row)).collect();
            self.network.evidence.push((Table { scope: cover.scope, cells }, finding));
            return Ok(Number::Values(Rc::new(Values::constant(value))));
        }
        let constants: Option<Vec<f64>> = rows
            .iter()
            .map(|row| match row.value {
                NumberSource::Constant(value) => Some(value),
                _ => None,
            })
            .collect();
        if let Some(constants) = constants {
            let values =
                cover.row_of.iter().map(|row| constants.get(*row as usize).copied().unwrap_or(f64::NAN)).collect();
            return Ok(Number::Values(Rc::new(Values { scope: cover.scope, values })));
        }
        let laws = rows.iter().map(|row| Law::Number(&row.value)).collect();
        self.cut(label, out, cover, laws)
    }

    /// A variable over the intervals of a number column.
    fn cut(&mut self, label: &str, out: NumberId, cover: Cover, laws: Vec<Law<'a>>) -> Found<Number> {
        let cuts = self.cuts[out.0 as usize].clone();
        let Cover { scope, row_of: law_of } = cover;
        if cuts.is_empty() && !self.asked[out.0 as usize] {
            let kind = if laws.iter().all(Law::is_whole) { "a drawn count" } else { "continuous" };
            return Err(Rc::new(Opaque { why: format!("`{label}` is {kind}"), touches: scope }));
        }
        if configurations(&scope, &self.network.cards) * (cuts.len() + 1) as f64 > 64.0 * MOST_CONFIGURATIONS {
            let why = format!("`{label}` is compared with too many values");
            return Err(Rc::new(Opaque { why, touches: scope }));
        }
        let masses: Vec<Vec<f64>> = laws.iter().map(|law| law.shares(&cuts)).collect();
        let variable = self.network.variable(Source::Number, scope, cuts.len() as u32 + 1, |at, states| {
            if let Some(masses) = masses.get(law_of[at] as usize) {
                states.copy_from_slice(masses);
            }
        });
        self.network.cut.push(Cut { variable, cuts, law_of, laws });
        Ok(Number::Cut(self.network.cut.len() - 1))
    }

    #[expect(clippy::too_many_arguments, reason = "a date step has that many parts")]
    fn date(
        &mut self,
        label: &str,
        out: NumberId,
        draw: Draw,
        rows: &'a [Row<HazardSource>],
        clock: Option<NumberId>,
        multipliers: &[Multiplier],
        evidence: Option<(DateEvidence, FindingId)>,
    ) -> Found<Number> {
        let finding = evidence.map(|(_, finding)| finding);
        let mut scope: Vec<u32> = Vec::new();
        let mut opaque: Option<String> = None;
        let start = clock.map(|clock| self.onset(label, clock, "starts with another date", &mut scope, &mut opaque));
        let mut onsets: Vec<Option<Rc<Values>>> = Vec::new();
        for multiplier in multipliers {
            onsets.push(match multiplier.since {
                Since::Date(date) => self.onset(label, date, "changes with another date", &mut scope, &mut opaque),
                Since::Plane(plane) => match self.plane(plane) {
                    Ok(plane) => {
                        scope = union(&scope, &plane.scope);
                        let values = (0..size(&plane.scope, &self.network.cards))
                            .map(|at| if plane.holds(at) { f64::NEG_INFINITY } else { f64::INFINITY })
                            .collect();
                        Some(Rc::new(Values { scope: plane.scope.clone(), values }))
                    }
                    Err(found) => {
                        scope = union(&scope, &found.touches);
                        opaque.get_or_insert_with(|| found.why.clone());
                        None
                    }
                },
            });
        }
        if opaque.is_none() && matches!(draw, Draw::Column(_)) {
            opaque = Some(format!("`{label}` is drawn in correlation with others"));
        }
        if opaque.is_none() && configurations(&scope, &self.network.cards) > MOST_CONFIGURATIONS {
            opaque = Some(format!("`{label}` depends on too many things at once"));
        }
        if let Some(why) = opaque {
            let touches = match self.cover(label, rows, &[]) {
                Ok(cover) => union(&scope, &cover.scope),
                Err(found) => union(&scope, &found.touches),
            };
            return Err(self.not_discrete(Opaque { why, touches }, finding));
        }
        let cover = match self.cover(label, rows, &scope) {
            Ok(cover) => cover,
            Err(found) => return Err(self.not_discrete(Opaque::clone(&found), finding)),
        };
        let cards = &self.network.cards;
        let expanded = |values: &Option<Rc<Values>>| values.as_ref().map(|values| values.expanded(&cover.scope, cards));
        let starts = start.as_ref().and_then(&expanded);
        let onsets: Vec<Option<Vec<f64>>> = onsets.iter().map(expanded).collect();
        let scales: Vec<Rc<[f64]>> = rows.iter().map(|row| scales(&row.value, self.plan)).collect();
        let not_by = match evidence {
            Some((DateEvidence::NotBy(day), _)) => day.max(0.0),
            _ => 0.0,
        };
        // Configurations alike in everything share a law.
        let mut keys: Vec<Vec<u64>> = Vec::new();
        let mut laws: Vec<DateLaw<'a>> = Vec::new();
        let mut law_of = vec![Cover::NOWHERE; cover.row_of.len()];
        for (at, row) in cover.row_of.iter().enumerate() {
            let Some(source) = rows.get(*row as usize) else { continue };
            let start = starts.as_ref().map_or(0.0, |starts| starts[at]);
            let since: Vec<f64> =
                onsets.iter().map(|onsets| onsets.as_ref().map_or(f64::INFINITY, |onsets| onsets[at])).collect();
            let key: Vec<u64> =
                [u64::from(*row), start.to_bits()].into_iter().chain(since.iter().map(|one| one.to_bits())).collect();
            let law = keys.iter().position(|known| *known == key).unwrap_or_else(|| {
                let multipliers = multipliers
                    .iter()
                    .zip(since)
                    .map(|(one, since)| Factor { since, before: one.before, after: one.after })
                    .collect();
                keys.push(key);
                laws.push(DateLaw {
                    hazard: &source.value.hazard,
                    scales: Rc::clone(&scales[*row as usize]),
                    start,
                    multipliers,
                    horizon: self.plan.horizon_days,
                    not_by,
                });
                laws.len() - 1
            });
            law_of[at] = law as u32;
        }
        if let Some((known @ (DateEvidence::On(_) | DateEvidence::Never), finding)) = evidence {
            let of_law: Vec<(f64, f64)> = laws.iter().map(|law| law.known(known)).collect();
            let of = |law: &u32| of_law.get(*law as usize).copied().unwrap_or((0.0, f64::NAN));
            let cells = law_of.iter().map(|law| of(law).0).collect();
            let values: Vec<f64> = law_of.iter().map(|law| of(law).1).collect();
            self.network.evidence.push((Table { scope: cover.scope.clone(), cells }, finding));
            let same = values.iter().all(|value| value.to_bits() == values[0].to_bits());
            let values = if same { Values::constant(values[0]) } else { Values { scope: cover.scope, values } };
            return Ok(Number::Values(Rc::new(values)));
        }
        if let Some((_, finding)) = evidence {
            // The variable itself is drawn given that, so its own table stays a distribution.
            let totals: Vec<f64> = laws.iter().map(|law| law.survival(not_by)).collect();
            let cells = law_of.iter().map(|law| totals.get(*law as usize).copied().unwrap_or(0.0)).collect();
            self.network.evidence.push((Table { scope: cover.scope.clone(), cells }, finding));
        }
        let cover = Cover { scope: cover.scope, row_of: law_of };
        self.cut(label, out, cover, laws.into_iter().map(Law::Date).collect())
    }

    /// A date that another depends on, if it is the same or discrete in every configuration.
    fn onset(
        &self,
        label: &str,
        date: NumberId,
        does: &str,
        scope: &mut Vec<u32>,
        opaque: &mut Option<String>,
    ) -> Option<Rc<Values>> {
        let operand = Operand::Column(date);
        *scope = union(scope, &self.touched(operand));
        let values = self.values(operand);
        if values.is_none() {
            let why = self.why(operand).unwrap_or_else(|| format!("`{label}` {does}"));
            opaque.get_or_insert(why);
        }
        values
    }

    fn count(&mut self, of: &[PlaneId]) -> Found<Number> {
        let mut total = Rc::new(Values::constant(0.0));
        let mut whole: Vec<u32> = Vec::new();
        let mut found = Vec::with_capacity(of.len());
        let mut opaque: Option<Opaque> = None;
        for plane in of {
            match self.plane(*plane) {
                Ok(plane) => {
                    whole = union(&whole, &plane.scope);
                    found.push(plane);
                }
                Err(why) => {
                    whole = union(&whole, &why.touches);
                    opaque.get_or_insert_with(|| Opaque::clone(&why));
                }
            }
        }
        if let Some(opaque) = opaque {
            return Err(Rc::new(opaque.touching(&whole)));
        }
        // Few variables: one table. Many: a running total, one condition after another.
        let at_once = configurations(&whole, &self.network.cards) <= MOST_CONFIGURATIONS / 16.0;
        for (at, plane) in found.iter().enumerate() {
            let condition = if at_once { Rc::clone(plane) } else { self.switch(of[at])? };
            let cards = &self.network.cards;
            let one =
                Values { scope: condition.scope.clone(), values: condition.weights(size(&condition.scope, cards)) };
            let sum = Values::combine(&total, &one, cards, |left, right| left + right);
            total = Rc::new(if at_once || sum.scope.len() <= 1 {
                sum
            } else {
                let (variable, levels) = self.network.levels(&sum);
                Values { scope: vec![variable], values: levels }
            });
        }
        Ok(Number::Values(total))
    }

    fn select(&mut self, label: &str, condition: PlaneId, then: Operand, otherwise: Operand) -> Found<Number> {
        let operands = [then, otherwise];
        let condition = match self.plane(condition) {
            Ok(condition) => condition,
            Err(found) => {
                let mixed = self.opaque(label, "chooses", &operands);
                return Err(Rc::new(Opaque::clone(&found).touching(&mixed.touches)));
            }
        };
        let mixed = || {
            let opaque = self.opaque(label, &format!("chooses between {}", self.kind(&operands)), &operands);
            Rc::new(opaque.touching(&condition.scope))
        };
        let (Some(then), Some(otherwise)) = (self.values(then), self.values(otherwise)) else { return Err(mixed()) };
        let cards = &self.network.cards;
        let scope = union(&union(&condition.scope, &then.scope), &otherwise.scope);
        if configurations(&scope, cards) > MOST_CONFIGURATIONS {
            return Err(mixed());
        }
        let condition = condition.expanded(&scope, cards);
        let (then, otherwise) = (then.expanded(&scope, cards), otherwise.expanded(&scope, cards));
        let values = (0..then.len()).map(|at| if condition.holds(at) { then[at] } else { otherwise[at] }).collect();
        Ok(Number::Values(Rc::new(Values { scope, values })))
    }
}
