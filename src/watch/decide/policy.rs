//! The policy and the choices, as they are written down.

use super::induction::{Choice, Payoffs};
use super::problem::Problem;
use super::report::{ChoiceValue, OptionWorth, Rule};
use super::value::{Source, jackknife};
use crate::forecast::Estimate;

/// What each option is worth after a history, times how likely that is, and that probability.
type History = (Vec<f64>, f64);

/// Choices made once and for all, best first.
pub(super) fn choices(problem: &Problem<'_>, base: &Source, most: usize) -> Vec<ChoiceValue> {
    let whole = base.whole();
    let worth = whole.unconditional();
    let mut order: Vec<usize> = (0..worth.len()).collect();
    order.sort_by(|left, right| worth[*right].total_cmp(&worth[*left]).then(left.cmp(right)));
    order
        .into_iter()
        .take(most)
        .map(|number| {
            let figure = |payoffs: &Payoffs| payoffs.unconditional()[number];
            let error = match base {
                Source::Computed(_) => 0.0,
                Source::Counted(batches) => {
                    jackknife(batches.payoffs.len(), |left_out| figure(&batches.over(|at| at != left_out)))
                }
            };
            let options = whole.choice(number);
            ChoiceValue {
                options: options.iter().zip(&problem.options).map(|(at, names)| names[*at].clone()).collect(),
                expected_utility: Estimate::new(worth[number], error),
            }
        })
        .collect()
}

/// What to do, decision by decision.
pub(super) fn policy(problem: &Problem<'_>, base: &Source) -> Vec<Rule> {
    let whole = base.whole();
    let solution = whole.solve();
    let rests: Vec<Payoffs> = match base {
        Source::Computed(_) => Vec::new(),
        Source::Counted(batches) => {
            (0..batches.payoffs.len()).map(|left_out| batches.over(|at| at != left_out)).collect()
        }
    };
    let mut rules = Vec::new();
    for (at, choices) in solution.rules.iter().enumerate() {
        for choice in choices {
            rules.push(rule(problem, at, choice, &whole, &rests));
        }
    }
    rules
}

fn rule(problem: &Problem<'_>, at: usize, choice: &Choice, whole: &Payoffs, rests: &[Payoffs]) -> Rule {
    let model = problem.model;
    let mut known = Vec::new();
    for (place, number) in choice.learned.iter().enumerate() {
        let mut left = *number;
        let mut here = Vec::new();
        for one in problem.knows[place].iter().rev() {
            let count = one.outcomes.len();
            let (outcome, event) = (&one.outcomes[left % count].0, &model.event(one.event).name);
            left /= count;
            here.push(match outcome.as_str() {
                "yes" => event.clone(),
                "no" => format!("not {event}"),
                outcome => format!("{event} is {outcome}"),
            });
        }
        here.reverse();
        known.extend(here);
    }
    let names = &problem.options[at];
    let values = |payoffs: &Payoffs| payoffs.after(choice);
    let (worths, chance) = values(whole);
    let leave_out: Vec<History> = rests.iter().map(values).collect();
    let error = |figure: &dyn Fn(&History) -> f64| {
        if leave_out.is_empty() { 0.0 } else { jackknife(leave_out.len(), |at| figure(&leave_out[at])) }
    };
    let per = |(worths, chance): &History, option: usize| {
        if *chance > 0.0 { worths[option] / chance } else { 0.0 }
    };
    let all = (worths, chance);
    let options = names
        .iter()
        .enumerate()
        .map(|(option, name)| OptionWorth {
            option: name.clone(),
            expected_utility: Estimate::new(per(&all, option), error(&|one| per(one, option))),
        })
        .collect();
    let as_good = (0..names.len())
        .filter(|option| {
            let apart = per(&all, choice.best) - per(&all, *option);
            let noise = error(&|one| per(one, choice.best) - per(one, *option));
            *option != choice.best && apart <= (2.0 * noise).max(1e-9 * per(&all, choice.best).abs())
        })
        .map(|option| names[option].clone())
        .collect();
    Rule {
        decision: model.event(model.decisions[problem.open[at]].event).name.clone(),
        known,
        chance: Estimate::new(choice.chance, error(&|one| one.1)),
        options,
        best: names[choice.best].clone(),
        as_good,
    }
}
