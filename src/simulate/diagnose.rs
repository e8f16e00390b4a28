//! Which findings leave no world: asked only after a run in which none was left.

use super::Impossible;
use super::exact_value::{has_another_value, requires_exact_value};
use super::forest::Combine;
use super::passes::{Arenas, Gather, gather};
use super::program::Program;
use super::tally::{Mass, Weights};
use crate::plan::{FindingId, Operation, Plan, Step};
use std::collections::BTreeSet;

/// The weight of all worlds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Total(pub(crate) Mass);

impl Combine for Total {
    fn combine(&mut self, later: &mut Self) {
        self.0.add(later.0);
    }
}

impl Gather for Total {
    fn clear(&mut self) {
        *self = Self::default();
    }

    fn absorb(&mut self, _: &Plan, arena: &super::block::Arena, weights: Option<Weights<'_>>) {
        self.0.add(Mass::of(&arena.mask, weights));
    }
}

/// Names a finding that leaves no world alone; or else a smallest set of findings that leave none together.
///
/// Findings are added in order until none is left; the last one added is at odds with some of those before it, and of those, each that
/// can be left out is.
#[must_use]
pub(crate) fn diagnose(plan: &Plan, seed: u64, worlds: u64) -> Impossible {
    diagnose_by(plan, worlds, &|stripped| {
        let program = Program::new(stripped, seed, None, &[]);
        gather(&program, &Arenas::new(stripped), worlds, Total::default).0.weight <= 0.0
    })
}

/// The same by any other way of telling whether what is known in a plan leaves no world.
#[must_use]
pub(crate) fn diagnose_by(plan: &Plan, worlds: u64, impossible: &dyn Fn(&Plan) -> bool) -> Impossible {
    let leaves_none = |kept: &BTreeSet<FindingId>| impossible(&keep_only(plan, kept));
    let name = |finding: FindingId| plan.findings[finding.0 as usize].clone();
    let findings: Vec<FindingId> = plan.steps.iter().filter_map(|step| step.operation.evidence()).collect();
    if let Some(alone) = findings.iter().find(|finding| leaves_none(&BTreeSet::from([**finding]))) {
        if let Some(other) = has_another_value(plan, *alone) {
            // Each value can be by itself: worlds are drawn with it.
            let findings = vec![other.0 as usize, alone.0 as usize];
            return Impossible::Contradiction { findings, names: vec![name(other), name(*alone)], worlds };
        }
        let (finding, name) = (alone.0 as usize, name(*alone));
        return if requires_exact_value(plan, *alone) {
            Impossible::ExactValue { finding, name }
        } else {
            Impossible::Evidence { finding, name, worlds }
        };
    }
    let mut kept = BTreeSet::new();
    for finding in findings {
        kept.insert(finding);
        if leaves_none(&kept) {
            break;
        }
    }
    if let Some(last) = kept.last().copied().filter(|_| plan.has_later_evidence() && !leaves_none(&kept)) {
        // Without what is believed all of it can be.
        return Impossible::Evidence { finding: last.0 as usize, name: name(last), worlds };
    }
    for finding in kept.clone() {
        kept.remove(&finding);
        if !leaves_none(&kept) {
            kept.insert(finding);
        }
    }
    let mut names: Vec<String> = kept.iter().map(|finding| name(*finding)).collect();
    // Parts of one condition bear its name.
    names.dedup();
    Impossible::Contradiction { findings: kept.iter().map(|finding| finding.0 as usize).collect(), names, worlds }
}

/// The plan without beliefs and without any other finding.
fn keep_only(plan: &Plan, kept: &BTreeSet<FindingId>) -> Plan {
    let mut stripped = plan.clone();
    stripped.steps.retain(|step| match &step.operation {
        Operation::Require { finding, .. } | Operation::Weigh { finding, .. } => kept.contains(finding),
        Operation::Believe { .. } => false,
        _ => true,
    });
    for Step { operation, .. } in &mut stripped.steps {
        if operation.evidence().is_some_and(|finding| !kept.contains(&finding)) {
            operation.forget();
        }
    }
    stripped
}
