//! Calibration in the large of the options of questions with several: each looked at as a yes/no question.
//!
//! Whether an option came is an event of the probability that was stated for it, whatever the others are called. So the interval of its bias is that of
//! yes/no questions, with exact limits of its share where few clusters hold it, or few hold something else ([`in_the_large`]). The options of a question
//! hang together, but those of different questions do as their clusters say, and of one option a question holds one.

use super::in_the_large::{InTheLarge, in_the_large};
use super::{Chosen, Pairs, Sample};
use crate::forecast::Records;
use crate::score::Standing;
use indexmap::IndexMap;
use serde::Serialize;

/// How far the probabilities that a forecaster stated for an option can be taken at their word, over the questions that have it.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct OptionReliability {
    /// The group, when the report is by one.
    pub of: Option<String>,
    /// The forecaster.
    pub forecaster: String,
    /// The option, by its name.
    pub option: String,
    /// Questions that have it.
    pub questions: usize,
    /// Clusters of them.
    pub clusters: usize,
    /// Forecasts that count.
    pub forecasts: usize,
    /// What was stated for it against how often it came.
    pub in_the_large: InTheLarge,
}

/// The options of a forecaster that several questions have, in the order of the questions' ids; and how many stand in one question alone.
pub(super) fn option_reliability(
    of: Option<&str>,
    forecaster: &str,
    own: &[&Standing],
    records: &Records,
    (chosen, level): (Chosen, f64),
) -> (Vec<OptionReliability>, usize) {
    let mut own: Vec<&Standing> = own.to_vec();
    own.sort_by(|a, b| a.question.cmp(&b.question));
    let mut by_option: IndexMap<&str, Vec<Standing>> = IndexMap::new();
    for standing in own {
        let Some(question) = records.questions.get(&standing.question) else { continue };
        for (at, option) in question.options.iter().enumerate() {
            if let Some(alone) = Pairs::Options.alone(standing, at) {
                by_option.entry(option).or_default().push(alone);
            }
        }
    }
    let all = by_option.len();
    by_option.retain(|_, standings| standings.len() > 1);
    let alone = all - by_option.len();
    let row = |(option, standings): (&str, Vec<Standing>)| {
        let sample = Sample::new(&standings.iter().collect::<Vec<_>>(), chosen);
        Some(OptionReliability {
            of: of.map(str::to_owned),
            forecaster: forecaster.to_owned(),
            option: option.to_owned(),
            questions: sample.questions(),
            clusters: sample.clusters(),
            forecasts: sample.points().len(),
            in_the_large: in_the_large(&sample, level)?,
        })
    };
    (by_option.into_iter().filter_map(row).collect(), alone)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calibrate::BiasBy;
    use crate::calibrate::report::t_of;
    use crate::forecast::{Question, QuestionKind};
    use crate::score::{Case, Segment, clustered_mean};

    /// What Ann said of questions with the options `rare`, `usual` and `other`, and which of them came.
    fn found(said: &[[f64; 3]], came: &[usize]) -> (Vec<OptionReliability>, usize) {
        let mut records = Records::default();
        let mut standings = Vec::new();
        for (at, (probabilities, outcome)) in said.iter().zip(came).enumerate() {
            let id = format!("q{at}");
            let question = Question {
                id: id.clone(),
                ask: String::new(),
                kind: QuestionKind::Categorical,
                options: vec!["rare".to_owned(), "usual".to_owned(), format!("other{at}")],
                opens: None,
                closes: None,
                resolves: None,
                cluster: None,
                tags: Vec::new(),
            };
            records.questions.insert(id.clone(), question);
            let case = Case::Classes { probabilities: probabilities.to_vec(), outcome: *outcome, ordered: false };
            standings.push(Standing {
                question: id.clone(),
                forecaster: "ann".to_owned(),
                cluster: id,
                tags: Vec::new(),
                segments: vec![Segment { from: 0.0, to: 1.0, case }],
                ended: 1.0,
                forecasts: 1,
                coverage: None,
            });
        }
        option_reliability(None, "ann", &standings.iter().collect::<Vec<_>>(), &records, (Chosen::Standing, 0.95))
    }

    #[test]
    fn an_option_that_never_came_leaves_what_none_of_so_many_leaves() {
        let said: Vec<[f64; 3]> =
            (0..30).map(|at| [0.02 + 0.002 * f64::from(at), 0.5, 0.48 - 0.002 * f64::from(at)]).collect();
        let came: Vec<usize> = (0..30).map(|at| 1 + at % 2).collect();
        let (rows, alone) = found(&said, &came);
        assert_eq!((rows.len(), alone), (2, 30), "each other option stands in one question");
        let (rare, usual) = (&rows[0], &rows[1]);
        assert_eq!((rare.option.as_str(), rare.questions, rare.clusters), ("rare", 30, 30));
        // The share is 1 - 0.025^(1/30) = 11.57 % at most; 4.9 % were said.
        let most = 1.0 - 0.025_f64.powf(1.0 / 30.0);
        let large = rare.in_the_large;
        assert!((large.stated - 0.049).abs() < 1e-12 && large.by == Some(BiasBy::FewOutcomes), "{large:?}");
        assert!((large.lower.expect("an end") - (0.049 - most)).abs() < 1e-9, "{large:?}");
        assert!((large.upper.expect("an end") - 0.049).abs() < 1e-12, "{large:?}");
        assert!((usual.in_the_large.observed - 0.5).abs() < 1e-12);
        assert!(usual.in_the_large.by.is_some_and(|by| by != BiasBy::FewOutcomes), "{:?}", usual.in_the_large);
    }

    #[test]
    fn intervals_of_rare_options_hold_the_truth_as_often_as_they_say() {
        // By enumeration of all histories of nine questions, for forecasts of twice the chance and of a third of it.
        let chances = [0.02, 0.05, 0.1, 0.03, 0.08, 0.15, 0.04, 0.06, 0.1];
        for factor in [2.0, 1.0 / 3.0] {
            let said: Vec<[f64; 3]> =
                chances.iter().map(|chance| [factor * chance, 0.5, 0.5 - factor * chance]).collect();
            let truth = (factor - 1.0) * chances.iter().sum::<f64>() / 9.0;
            let (mut missed, mut missed_by_t) = (0.0, 0.0);
            for history in 0..1_usize << 9 {
                let is_rare = |at: usize| history & (1 << at) > 0;
                let came: Vec<usize> = (0..9).map(|at| if is_rare(at) { 0 } else { 1 + at % 2 }).collect();
                let each = |at: usize| if is_rare(at) { chances[at] } else { 1.0 - chances[at] };
                let probability: f64 = (0..9).map(each).product();
                let large = found(&said, &came).0[0].in_the_large;
                let (lower, upper) = (large.lower.expect("nine clusters"), large.upper.expect("nine clusters"));
                missed += if truth < lower || truth > upper { probability } else { 0.0 };
                let misses: Vec<f64> = (0..9).map(|at| said[at][0] - f64::from(u8::from(is_rare(at)))).collect();
                let mean = clustered_mean(&misses, &(0..9).collect::<Vec<_>>()).expect("nine");
                let (reach, _) = t_of(&mean, 8.0, 0.95).expect("nine clusters");
                missed_by_t += if (truth - mean.mean).abs() > reach { probability } else { 0.0 };
            }
            println!("{factor} of the chance: missed {missed}, by Student's t {missed_by_t}");
            assert!(missed <= 0.05, "{factor}: {missed}");
            assert!(missed_by_t > 0.3, "{factor}: {missed_by_t}");
        }
    }
}
