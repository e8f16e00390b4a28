//! The order of what is believed and what becomes known: a belief is met with what was known when it was stated, and what becomes known later is taken of the
//! worlds in which it was met.
//!
//! Jeffrey's rule and Bayes' do not commute, so their order counts. Beliefs with nothing known between them make up a *stage*; a finding belongs to the first
//! stage whose beliefs are met with it.

use super::{FindingId, Operation, Plan};

impl Operation {
    /// What becomes known by it, if anything does: a hard finding or a hint, no belief.
    pub(crate) fn evidence(&self) -> Option<FindingId> {
        match self {
            Self::Bernoulli { evidence, .. } => evidence.map(|(_, finding)| finding),
            Self::Categorical { evidence, .. } => evidence.map(|(_, finding)| finding),
            Self::Number { evidence, .. } => evidence.map(|(_, finding)| finding),
            Self::Date { evidence, .. } => evidence.map(|(_, finding)| finding),
            Self::Require { finding, .. } | Self::Weigh { finding, .. } => Some(*finding),
            _ => None,
        }
    }

    /// Leaves what is drawn as it would be with nothing known of it.
    pub(crate) fn forget(&mut self) {
        match self {
            Self::Bernoulli { evidence, .. } => *evidence = None,
            Self::Categorical { evidence, .. } => *evidence = None,
            Self::Number { evidence, .. } => *evidence = None,
            Self::Date { evidence, .. } => *evidence = None,
            _ => {}
        }
    }
}

impl Plan {
    /// The stage of a finding.
    pub(crate) fn stage(&self, finding: FindingId) -> u32 {
        self.stages.get(finding.0 as usize).copied().unwrap_or(0)
    }

    /// Whether anything became known after a belief.
    pub(crate) fn has_later_evidence(&self) -> bool {
        let believed = self.steps.iter().filter_map(|step| match step.operation {
            Operation::Believe { finding, .. } => Some(self.stage(finding)),
            _ => None,
        });
        let Some(first) = believed.min() else { return false };
        let mut known = self.steps.iter().filter_map(|step| step.operation.evidence());
        known.any(|finding| self.stage(finding) > first)
    }

    /// The plan with nothing known but what the beliefs of a stage are met with.
    pub(crate) fn known_at(&self, stage: u32) -> Self {
        let mut known = self.clone();
        let is_later = |operation: &Operation| operation.evidence().is_some_and(|finding| self.stage(finding) > stage);
        known.steps.retain(|step| {
            let is_applied = matches!(step.operation, Operation::Require { .. } | Operation::Weigh { .. });
            !(is_applied && is_later(&step.operation))
        });
        known.steps.iter_mut().filter(|step| is_later(&step.operation)).for_each(|step| step.operation.forget());
        known
    }
}

#[cfg(test)]
mod tests {
    use crate::plan::{FindingId, Operation, Plan, PlaneId, Step};

    #[test]
    fn what_becomes_known_after_a_belief_is_left_out_where_it_is_met() {
        let require = |finding| Operation::Require { plane: PlaneId(0), finding: FindingId(finding) };
        let belief = Operation::Believe { plane: PlaneId(0), probability: 0.5, finding: FindingId(1) };
        let step = |operation| Step { label: String::new(), operation };
        let plan = Plan {
            steps: vec![step(require(0)), step(belief), step(require(2))],
            stages: vec![0, 0, 1],
            ..Plan::default()
        };
        assert!(plan.has_later_evidence());
        let known = plan.known_at(0);
        assert_eq!(known.steps.len(), 2);
        assert!(!known.has_later_evidence());
        assert_eq!(plan.known_at(1).steps.len(), 3);
        assert!(!Plan { stages: Vec::new(), ..plan }.has_later_evidence(), "without stages all is known at once");
    }
}
