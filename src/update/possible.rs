//! Outcomes that cannot be together, found where the scenario can be computed.

use super::figures::MOST_CELLS;
use super::items::Item;
use crate::exact;
use crate::model::Model;
use crate::plan::{self, Situation};
use crate::simulate::Impossible;

/// Observations whose probability together is 0; without any one of them it is not.
pub(super) struct Contradiction {
    pub(super) tags: Vec<String>,
    pub(super) why: String,
}

/// All contradictions among observations: one after the other is left out until the rest can be.
pub(super) fn contradictions(model: &Model, items: &[Item]) -> Vec<Contradiction> {
    let mut left: Vec<&Item> = items.iter().collect();
    let mut found = Vec::new();
    while let Some(impossible) = impossible(model, &left) {
        let names = match &impossible {
            Impossible::Evidence { name, .. } | Impossible::ExactValue { name, .. } => std::slice::from_ref(name),
            Impossible::Contradiction { names, .. } => names.as_slice(),
            _ => break,
        };
        let tags: Vec<String> = left.iter().map(|item| &item.tag).filter(|tag| names.contains(tag)).cloned().collect();
        // The news of the file may be impossible by itself.
        if tags.is_empty() {
            break;
        }
        left.retain(|item| !tags.contains(&item.tag));
        found.push(Contradiction { tags, why: impossible.to_string() });
    }
    found
}

/// Why observations cannot be together; `None` if they can, or if nobody can tell.
fn impossible(model: &Model, items: &[&Item]) -> Option<Impossible> {
    let given = items.iter().map(|item| (item.tag.clone(), item.condition.clone())).collect();
    let mut plan = plan::draft(model, &Situation { given, ..Situation::of_file(model) });
    plan.asks.clear();
    plan.joints.clear();
    plan.rules.clear();
    if items.is_empty() || exact::cost(&plan).cells > MOST_CELLS {
        return None;
    }
    match exact::solve(&plan) {
        Err(exact::Failure::Impossible(problem)) => Some(problem),
        _ => None,
    }
}
