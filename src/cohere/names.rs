//! Whether the names of relations are questions of a table, and whether any world keeps the relations.

use super::assignment::is_kept_straight_away;
use super::budget::{Budget, STEPS};
use super::codes;
use super::formula::{Clause, Definition};
use super::problem::Problem;
use super::relations::Relations;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::forecast::{QuestionKind, Records, nearest};

/// What the relations name that is no question of the records, or none that they can be about.
#[must_use]
pub fn check_names(relations: &Relations, records: &Records) -> Diagnostics {
    let mut found = Diagnostics::new();
    for proposition in &relations.propositions {
        let Some((id, option)) = &proposition.question else { continue };
        let Some(question) = records.questions.get(id) else {
            let unknown = Diagnostic::new(codes::UNKNOWN_NAME, proposition.span, format!("nobody forecasts `{id}`"));
            let near = nearest(id, records.questions.keys().map(String::as_str));
            let near = near.map_or_else(String::new, |near| format!("the nearest question is `{near}`; "));
            found.push(unknown.help(format!("{near}for what nobody is asked about write `unasked = [\"{id}\"]`")));
            continue;
        };
        let yes_no = question.kind == QuestionKind::Binary;
        let wrong = |message: String| Diagnostic::new(codes::KIND, proposition.span, message);
        match (option, &question.kind) {
            (None, QuestionKind::Binary) => {}
            (None, QuestionKind::Categorical | QuestionKind::Ordinal) => {
                let example = question.options.first().map_or("option", String::as_str);
                let message = format!("`{id}` has options, and its probability is that of one of them");
                found.push(wrong(message).help(format!("name the option: `{id}:{example}`")));
            }
            (None, kind) => {
                let message = format!("`{id}` is a {kind} question, so nobody states a probability of it");
                found.push(wrong(message).help("relate yes/no questions and options"));
            }
            (Some(option), _) if yes_no => {
                let message = format!("`{id}` is a yes/no question and has no option `{option}`");
                found.push(wrong(message).help(format!("name the question alone: `{id}`")));
            }
            (Some(option), _) => {
                if !question.options.contains(option) {
                    let message = format!("`{id}` has no option `{option}`");
                    let near = nearest(option, question.options.iter().map(String::as_str));
                    let near = near.map_or_else(|| question.options.join(", "), str::to_owned);
                    found.push(wrong(message).help(format!("its options: {near}")));
                }
            }
        }
    }
    found.sort();
    found
}

/// Relations that no world keeps: as few of them as exclude every one, none of which can be left out as far as that was searched.
#[must_use]
pub fn check_possible(relations: &Relations) -> Diagnostics {
    let mut found = Diagnostics::new();
    let problem = Problem::new(relations, relations.definitions.clone(), relations.propositions.len(), Vec::new());
    let meanings = relations.definitions.iter().flat_map(|definition| &definition.clauses);
    let clauses: Vec<Clause> =
        meanings.chain(relations.relations.iter().flat_map(|relation| &relation.clauses)).cloned().collect();
    if is_kept_straight_away(problem.atoms, &clauses) {
        return found;
    }
    // Whatever cannot be shown to be impossible is let pass.
    let budget = Budget::new(STEPS);
    let possible = |of: &[usize]| problem.system(&[], of, None).space.may_be(&budget);
    let mut left: Vec<usize> = (0..relations.relations.len()).collect();
    if possible(&left) {
        return found;
    }
    for relation in left.clone() {
        let without: Vec<usize> = left.iter().copied().filter(|other| *other != relation).collect();
        if !possible(&without) {
            left = without;
        }
    }
    let Some((first, others)) = left.split_first() else { return found };
    let relation = &relations.relations[*first];
    let message = if others.is_empty() {
        format!("`{}` holds in no world", relation.text)
    } else {
        "no world keeps these relations together".to_owned()
    };
    let mut diagnostic = Diagnostic::new(codes::NO_WORLD, relation.span, message);
    for other in others {
        diagnostic = diagnostic.other(relations.relations[*other].span, "and this");
    }
    found.push(diagnostic.help("leave one of them out, or say it of other questions"));
    found
}

/// Options exclude each other, and one of them comes.
pub(super) fn of_options(atoms: &[usize]) -> Definition {
    let literals: Vec<_> = atoms.iter().map(|atom| super::Literal::of(*atom)).collect();
    Definition { on: atoms.to_vec(), clauses: super::group(&literals, true, true) }
}
