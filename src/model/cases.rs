//! Lists of cases: what each says, and whether together they cover every world.

use super::EventId;
use super::condition::Condition;
use super::definition::{CaseRow, Kind};
use super::names::Names;
use super::resolve::Resolver;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::scenario::document::Cases;
use crate::source::{Span, Spanned};
use std::collections::BTreeMap;

/// More distinct conditions than this are not enumerated to see whether cases cover every world.
const ENUMERABLE: u32 = 1 << 16;

/// Reads each case by `read`, and reports cases that do not cover or can never count. `of` names the event in messages.
pub(super) fn rows<T, U>(
    cases: &Cases<T>,
    of: &str,
    names: &Names,
    found: &mut Diagnostics,
    mut read: impl FnMut(&Spanned<T>, &mut Diagnostics) -> Option<U>,
) -> Option<Vec<CaseRow<U>>> {
    let many = match cases {
        Cases::One(phrase) => return read(phrase, found).map(|value| vec![CaseRow { condition: None, value }]),
        Cases::Many(many) => many,
    };
    let mut rows: Vec<Option<CaseRow<U>>> = Vec::new();
    let mut conditions: Vec<(Condition, Span)> = Vec::new();
    let mut all_read = true;
    for case in many {
        let value = read(&case.is, found);
        match &case.condition {
            None => rows.push(value.map(|value| CaseRow { condition: None, value })),
            Some(expression) => {
                let condition = Resolver::new(names, found).condition(expression);
                all_read &= condition.is_some();
                conditions.extend(condition.clone().map(|condition| (condition, expression.span)));
                rows.push(value.zip(condition).map(|(value, condition)| CaseRow { condition: Some(condition), value }));
            }
        }
    }
    let otherwise = many.iter().find(|case| case.condition.is_none()).map(|case| case.span);
    let has_otherwise = otherwise.is_some();
    if all_read {
        coverage(&conditions, otherwise, of, names, many.last().map(|case| case.span), found)?;
    }
    let mut rows: Vec<CaseRow<U>> = rows.into_iter().collect::<Option<_>>()?;
    if !has_otherwise && let Some(last) = rows.last_mut() {
        last.condition = None;
    }
    Some(rows)
}

/// Enumerates the truth of the conditions' parts to see what they cover; parts are taken as independent but for the options
/// of one event, of which exactly one holds. So cases that only look as if they overlap are never refused wrongly.
fn coverage(
    conditions: &[(Condition, Span)],
    otherwise: Option<Span>,
    of: &str,
    names: &Names,
    last: Option<Span>,
    found: &mut Diagnostics,
) -> Option<()> {
    if otherwise.is_none() && is_full_table(conditions, names) {
        return Some(());
    }
    let mut parts = Parts::default();
    conditions.iter().for_each(|(condition, _)| parts.collect(condition, names));
    let total = parts.assignments();
    let mut counts: Vec<bool> = vec![false; conditions.len()];
    let mut uncovered: Option<String> = None;
    let enumerated = total.is_some();
    if let Some(total) = total {
        for index in 0..total {
            let assignment = parts.assignment(index);
            match conditions.iter().position(|(condition, _)| parts.holds(condition, &assignment)) {
                Some(first) => counts[first] = true,
                None => uncovered = uncovered.or_else(|| Some(parts.describe(&assignment, names))),
            }
        }
        for (counted, (_, span)) in counts.iter().zip(conditions) {
            if !counted {
                found.push(
                    Diagnostic::new(
                        "W0503",
                        *span,
                        format!("this case of {of} never counts: the cases before it cover it"),
                    )
                    .help("the first case that holds counts; put the narrower one first"),
                );
            }
        }
    }
    if let Some(otherwise) = otherwise {
        if enumerated && uncovered.is_none() && counts.iter().all(|counted| *counted) {
            found.push(
                Diagnostic::new(
                    "W0503",
                    otherwise,
                    format!("this case of {of} never counts: the cases before it cover every world"),
                )
                .help("leave it out"),
            );
        }
        return Some(());
    }
    if enumerated && uncovered.is_none() {
        return Some(());
    }
    let message = match uncovered {
        Some(example) => format!("the cases of {of} do not cover every world: nothing is said for {example}"),
        None => format!("the cases of {of} are not shown to cover every world"),
    };
    found.push(Diagnostic::new("E0502", last, message).help("end the list with `{ otherwise = \"…\" }`"));
    None
}

/// Whether the conditions are the rows of a table: each `a is x and b is y` over the same events with options, every combination once.
/// Then they cover every world and none is covered by another, however many there are.
fn is_full_table(conditions: &[(Condition, Span)], names: &Names) -> bool {
    let mut events: Option<Vec<EventId>> = None;
    let mut seen = vec![false; conditions.len()];
    for (condition, _) in conditions {
        let Some(row) = condition.as_options() else { return false };
        let own: Vec<EventId> = row.iter().map(|(event, _)| *event).collect();
        if (1..own.len()).any(|at| own[..at].contains(&own[at])) || *events.get_or_insert_with(|| own.clone()) != own {
            return false;
        }
        let mut at = 0_usize;
        let mut rows = 1_usize;
        for (event, option) in row {
            let Kind::Categorical { options, .. } = names.kind(event) else { return false };
            rows = rows.saturating_mul(options.len());
            at = at.saturating_mul(options.len()).saturating_add(option);
        }
        if rows != conditions.len() || std::mem::replace(&mut seen[at], true) {
            return false;
        }
    }
    !conditions.is_empty()
}

/// The parts that conditions are made of.
#[derive(Debug, Default)]
struct Parts {
    /// Categorical events and how many options each has.
    events: BTreeMap<EventId, usize>,
    /// Everything else, as it stands.
    atoms: Vec<Condition>,
}

struct Assignment {
    options: BTreeMap<EventId, usize>,
    atoms: Vec<bool>,
}

impl Parts {
    fn collect(&mut self, condition: &Condition, names: &Names) {
        match condition {
            Condition::Constant(_) => {}
            Condition::Not(inner) => self.collect(inner, names),
            Condition::And(left, right) | Condition::Or(left, right) => {
                self.collect(left, names);
                self.collect(right, names);
            }
            Condition::Options { event, .. } => {
                if let Kind::Categorical { options, .. } = names.kind(*event) {
                    self.events.insert(*event, options.len());
                }
            }
            atom => {
                if !self.atoms.contains(atom) {
                    self.atoms.push(atom.clone());
                }
            }
        }
    }

    /// How many assignments there are, if few enough to go through.
    fn assignments(&self) -> Option<u32> {
        let mut total: u32 = 1_u32.checked_shl(u32::try_from(self.atoms.len()).ok()?)?;
        for options in self.events.values() {
            total = total.checked_mul(u32::try_from(*options).ok()?)?;
        }
        (total <= ENUMERABLE && total > 0).then_some(total)
    }

    fn assignment(&self, mut index: u32) -> Assignment {
        let atoms = self
            .atoms
            .iter()
            .map(|_| {
                let holds = index % 2 == 1;
                index /= 2;
                holds
            })
            .collect();
        let options = self
            .events
            .iter()
            .map(|(event, size)| {
                let size = *size as u32;
                let option = (index % size) as usize;
                index /= size;
                (*event, option)
            })
            .collect();
        Assignment { options, atoms }
    }

    fn holds(&self, condition: &Condition, world: &Assignment) -> bool {
        match condition {
            Condition::Constant(value) => *value,
            Condition::Not(inner) => !self.holds(inner, world),
            Condition::And(left, right) => self.holds(left, world) && self.holds(right, world),
            Condition::Or(left, right) => self.holds(left, world) || self.holds(right, world),
            Condition::Options { event, options } => {
                world.options.get(event).is_some_and(|option| options.contains(option))
            }
            atom => self.atoms.iter().position(|known| known == atom).is_some_and(|at| world.atoms[at]),
        }
    }

    fn describe(&self, world: &Assignment, names: &Names) -> String {
        let mut parts: Vec<String> = Vec::new();
        for (atom, holds) in self.atoms.iter().zip(&world.atoms) {
            let text = match atom {
                Condition::Event(event) | Condition::Happens(event) => names.name(*event).to_owned(),
                _ => {
                    parts.push(if *holds { "a condition that holds" } else { "a condition that fails" }.to_owned());
                    continue;
                }
            };
            parts.push(if *holds { format!("`{text}`") } else { format!("`not {text}`") });
        }
        for (event, option) in &world.options {
            if let Kind::Categorical { options, .. } = names.kind(*event) {
                parts.push(format!("`{} is {}`", names.name(*event), options[*option]));
            }
        }
        if parts.is_empty() { "any of them".to_owned() } else { parts.join(" and ") }
    }
}
