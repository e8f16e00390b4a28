//! What a scenario whose doubtful inputs are drawn says of them, given some observations.

use super::items::Item;
use super::moments::OfWorlds;
use crate::exact;
use crate::forecast::Estimate;
use crate::model::Model;
use crate::plan::{self, Grain, Inquiry, Plan, Situation, Unfolded};
use crate::simulate::{self, Answer, Impossible, Settings};

/// Tables of more cells are simulated rather than computed.
pub(super) const MOST_CELLS: f64 = 4_194_304.0;

/// What the unfolded scenario says given some observations.
pub(super) struct Figures {
    pub(super) unfolded: Unfolded,
    /// By ask, the answer, or why what is known of it cannot be.
    answers: Vec<Result<Answer, String>>,
    /// For each input that is a draw among nodes, the ask for its value, where that may be simulated.
    values: Vec<Option<usize>>,
    /// By ask, worlds, and how many independent ones they are worth; `None` of exact figures.
    simulated: Vec<Option<(u64, f64)>>,
}

/// Computed, as a whole or in parts that have nothing to do with each other; those that cannot be are simulated, each with what is known of it alone.
pub(super) fn figures(
    model: &Model,
    items: &[Item],
    wanted: &dyn Fn(usize) -> Option<Grain>,
    settings: &Settings,
) -> Figures {
    let given = items.iter().map(|item| (item.tag.clone(), item.condition.clone())).collect();
    let mut bare = plan::draft(model, &Situation { given, ..Situation::of_file(model) });
    // Nothing is asked but of the inputs.
    bare.asks.clear();
    bare.joints.clear();
    bare.rules.clear();
    let unfolded = plan::unfold(&bare, wanted);
    if let Ok(Some(answers)) = computed(&unfolded.plan) {
        let simulated = vec![None; answers.len()];
        return Figures { unfolded, answers: answers.into_iter().map(Ok).collect(), values: Vec::new(), simulated };
    }
    let (plan, values) = unfolded.with_values();
    let settings = Settings { doubt_draws: 0, ..*settings };
    let mut answers = vec![Err(String::new()); plan.asks.len()];
    let mut simulated = vec![None; plan.asks.len()];
    // The asks for values are for the errors of a simulation, and stand behind all others.
    for (shares, part) in unfolded.plan.apart().into_iter().zip(plan.apart()) {
        match computed(&shares.plan) {
            Ok(Some(found)) => {
                for (ask, answer) in shares.asks.iter().zip(found) {
                    answers[*ask] = Ok(answer);
                }
                continue;
            }
            Ok(None) => {}
            Err(why) => {
                shares.asks.iter().for_each(|ask| answers[*ask] = Err(why.clone()));
                continue;
            }
        }
        match simulate::simulate(exact::conditioned(&part.plan), &settings, &|_| ()) {
            Ok(tally) => {
                for (ask, answer) in part.asks.iter().zip(tally.answers()) {
                    answers[*ask] = Ok(answer.clone());
                    simulated[*ask] = Some((tally.worlds(), tally.effective_sample_size()));
                }
            }
            Err(problem) => {
                let way_out = match problem {
                    Impossible::Evidence { .. } | Impossible::Contradiction { .. } => {
                        "; if that can be, `--worlds` draws more"
                    }
                    _ => "",
                };
                part.asks.iter().for_each(|ask| answers[*ask] = Err(format!("{problem}{way_out}")));
            }
        }
    }
    Figures { unfolded, answers, values, simulated }
}

impl Figures {
    /// What is asked of an input.
    fn asks(&self, parameter: usize) -> &[usize] {
        match &self.unfolded.inquiries[parameter] {
            Inquiry::Nodes { ask, .. } | Inquiry::Member { ask, .. } => std::slice::from_ref(ask),
            Inquiry::Options { asks } => asks,
            Inquiry::Nothing => &[],
        }
    }

    /// The worlds from which the figures of an input are, and how many independent ones they are worth; `None` of exact figures.
    pub(super) fn simulated(&self, parameter: usize) -> Option<(u64, f64)> {
        self.asks(parameter).iter().find_map(|ask| self.simulated[*ask])
    }

    /// Why what is known of an input cannot be, if it cannot.
    pub(super) fn impossible(&self, parameter: usize) -> Option<&str> {
        self.asks(parameter).iter().find_map(|ask| self.answers[*ask].as_ref().err()).map(String::as_str)
    }

    pub(super) fn options(&self, ask: usize) -> Vec<Estimate> {
        match &self.answers[ask] {
            Ok(Answer::Categorical(options)) => options.clone(),
            _ => Vec::new(),
        }
    }

    /// What a simulation says of the mean of an input.
    pub(super) fn of_worlds(&self, parameter: usize) -> Option<OfWorlds> {
        let ((_, worth), ask) = (self.simulated(parameter)?, (*self.values.get(parameter)?)?);
        match &self.answers[ask] {
            Ok(Answer::Number(number)) => Some(OfWorlds { standard_error: number.mean.standard_error, worth }),
            _ => None,
        }
    }

    pub(super) fn binary(&self, ask: usize) -> Option<Estimate> {
        match &self.answers[ask] {
            Ok(Answer::Binary(estimate)) => Some(*estimate),
            _ => None,
        }
    }
}

/// All answers, if all can be computed with tables that are not too large.
fn computed(plan: &Plan) -> Result<Option<Vec<Answer>>, String> {
    if exact::cost(plan).cells > MOST_CELLS {
        return Ok(None);
    }
    match exact::solve(plan) {
        Ok(exact) => Ok(exact.answers().iter().map(|answer| answer.as_ref().ok().cloned()).collect()),
        Err(exact::Failure::Impossible(problem)) => Err(problem.to_string()),
        Err(exact::Failure::TooWide(_)) => Ok(None),
    }
}
