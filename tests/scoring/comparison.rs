//! The cases about comparison: tests of a difference, adjusted p-values, e-values, confidence sequences, relative skill.

use super::{Inputs, list, number};
use foretell::compare::{
    BernsteinSequence, Bet, Criterion, DieboldMariano, HoeffdingSequence, LongRunVariance, Panel, area_difference,
    benjamini_hochberg, diebold_mariano, evalue, pair_ratios, relative_skill, sequential_evidence, signed_ranks,
};
use foretell::score::{brier, log_score};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What the engine says for a case of these; `None` if the function is none of them.
pub fn computed(function: &str, inputs: &Inputs) -> Option<Value> {
    let value = match function {
        "comparison.diebold_mariano.hln" => of_differences(inputs, LongRunVariance::Truncated),
        "comparison.diebold_mariano.hg" => of_differences(inputs, LongRunVariance::Exponential),
        "comparison.diebold_mariano.forecast_pkg" => of_errors(inputs),
        "comparison.wilcoxon_signed_rank" => {
            let differences: Vec<f64> = scores(inputs, "p").zip(scores(inputs, "q")).map(|(p, q)| p - q).collect();
            let test = signed_ranks(&differences).expect("there are differences");
            json!({ "V": test.positive_ranks, "p_two_sided": test.p_two_sided })
        }
        "auc_difference.delong" => {
            let found = area_difference(&inputs.numbers("p"), &inputs.numbers("q"), &inputs.answers());
            let found = found.expect("there are cases of both kinds");
            json!({
                "auc": found.first,
                "auc_sd": found.standard_errors.map(|errors| errors.first),
                "auc_ref": found.second,
                "auc_ref_sd": found.standard_errors.map(|errors| errors.second),
                "auc_diff": found.difference,
                "auc_diff_sd": found.standard_errors.map(|errors| errors.difference),
            })
        }
        "multiple_testing.bh" => json!(benjamini_hochberg(&inputs.numbers("p"))),
        "evalue.henzi_ziegel" => json!(
            bets(inputs, &inputs.numbers("alt_values"))
                .iter()
                .map(|bet| evalue(bet.p, bet.q, bet.happened, bet.alternative, criterion(inputs)))
                .collect::<Vec<_>>()
        ),
        "evalue.henzi_ziegel.test" => {
            let found = sequence(inputs, None);
            json!({ "evalue": found.evalue, "anytime_p_last": found.p_anytime })
        }
        "evalue.henzi_ziegel.test.stopped" => {
            let found = sequence(inputs, Some(inputs.number("alpha")));
            json!({ "evalue": found.evalue, "stop_index_1based": found.stopped_at })
        }
        "comparison.confidence_sequence.hoeffding" => {
            let (low, high, alpha) = (inputs.number("lo"), inputs.number("hi"), inputs.number("alpha"));
            let mut sequence =
                HoeffdingSequence::new(low, high, alpha, inputs.number("v_opt")).expect("the bounds are in order");
            let mut intervals = Vec::new();
            for delta in deltas(inputs) {
                assert!(sequence.push(delta), "{delta} is out of bounds");
                intervals.push(sequence.interval().expect("there is a value"));
            }
            let at = if inputs.0["at"].is_array() { inputs.numbers("at") } else { vec![1.0, 10.0, 30.0, 60.0] };
            let of =
                |end: fn((f64, f64)) -> f64| at.iter().map(|t| end(intervals[*t as usize - 1])).collect::<Vec<_>>();
            json!({
                "at": at.iter().map(|t| *t as usize).collect::<Vec<_>>(),
                "lcb": of(|ends| ends.0),
                "ucb": of(|ends| ends.1),
            })
        }
        "comparison.eprocess.sub_exponential" => {
            let half = 0.5 * inputs.number("c");
            let alpha = 2.0 * inputs.number("alpha_opt");
            let mut sequence =
                BernsteinSequence::new(-half, half, alpha, inputs.number("v_opt")).expect("the bounds are in order");
            let all = deltas(inputs);
            for delta in &all {
                assert!(sequence.push(*delta), "{delta} is out of bounds");
            }
            let (lower, upper) = sequence.interval().expect("there are values");
            json!({ "at": [all.len()], "e_p_better": [sequence.evidence_above()], "lcb": [lower], "ucb": [upper] })
        }
        "comparison.pairwise_relative_skill" => pairwise(inputs),
        _ => return None,
    };
    Some(value)
}

/// The numbers that are there.
fn present(value: &Value) -> Vec<f64> {
    list(value).iter().filter(|value| !value.is_null()).map(number).collect()
}

fn of_differences(inputs: &Inputs, variance: LongRunVariance) -> Value {
    let differences = present(&inputs.0["d"]);
    let mean = differences.iter().sum::<f64>() / differences.len() as f64;
    let test = diebold_mariano(&differences, inputs.whole("h") as usize, variance);
    let interval = test.and_then(|test| test.interval(inputs.number("level")));
    json!({
        "mean": mean,
        "stat": test.map(|test| test.statistic),
        "prob_gt_0": test.map(|test| test.below),
        "ci_lower": interval.map(|ends| ends.0),
        "ci_upper": interval.map(|ends| ends.1),
    })
}

fn of_errors(inputs: &Inputs) -> Value {
    let power = inputs.number("power");
    let differences: Vec<f64> = inputs
        .numbers("e1")
        .iter()
        .zip(inputs.numbers("e2"))
        .map(|(first, second)| first.abs().powf(power) - second.abs().powf(power))
        .collect();
    let bartlett = inputs.0["varestimator"] == "bartlett";
    let variance = if bartlett { LongRunVariance::Bartlett } else { LongRunVariance::Truncated };
    let test = diebold_mariano(&differences, inputs.whole("h") as usize, variance)
        // Where the variance comes out negative, that package goes on as if neighbours did not depend on each other.
        .or_else(|| diebold_mariano(&differences, 1, variance));
    json!({
        "stat": test.map(|test: DieboldMariano| test.statistic),
        "p_two_sided": test.map(|test| test.p_two_sided),
    })
}

fn scores<'a>(inputs: &'a Inputs, of: &str) -> impl Iterator<Item = f64> + use<'a> {
    let log = inputs.0["score"] == "log";
    inputs
        .numbers(of)
        .into_iter()
        .zip(inputs.answers())
        .map(move |(p, y)| if log { log_score(if y { p } else { 1.0 - p }) } else { brier(p, y) })
}

/// `(q - y)² - (p - y)²`, again and again if the case says so.
fn deltas(inputs: &Inputs) -> Vec<f64> {
    let once: Vec<f64> = scores(inputs, "q").zip(scores(inputs, "p")).map(|(q, p)| q - p).collect();
    let times = inputs.0["repeat"].as_u64().unwrap_or(1) as usize;
    once.repeat(times)
}

fn criterion(inputs: &Inputs) -> Criterion {
    match inputs.0["score"].as_str() {
        Some("brier") => Criterion::Brier,
        Some("log" | "logarithmic") => Criterion::Logarithmic,
        Some("spherical") => Criterion::Spherical,
        Some("dominance") => Criterion::Dominance,
        other => panic!("{other:?} is no score of this test"),
    }
}

fn bets(inputs: &Inputs, alternatives: &[f64]) -> Vec<Bet> {
    let (p, q, y) = (inputs.numbers("p"), inputs.numbers("q"), inputs.answers());
    (0..p.len()).map(|at| Bet { p: p[at], q: q[at], happened: y[at], alternative: alternatives[at] }).collect()
}

fn sequence(inputs: &Inputs, stop_at: Option<f64>) -> foretell::compare::SequentialEvidence {
    let mix = inputs.number("alt_mix");
    let alternatives: Vec<f64> =
        inputs.numbers("p").iter().zip(inputs.numbers("q")).map(|(p, q)| mix * q + (1.0 - mix) * p).collect();
    sequential_evidence(&bets(inputs, &alternatives), criterion(inputs), inputs.whole("h") as usize, stop_at)
        .expect("the inputs are probabilities")
}

/// Rows of a model, what was forecast (every other key) and the metric; ratios come by model, the other models backwards, itself last.
fn pairwise(inputs: &Inputs) -> Value {
    let metric = inputs.0["metric"].as_str().expect("the metric is named");
    let model_of = |row: &Map<String, Value>| row["model"].as_str().expect("the model is named").to_owned();
    let rows: Vec<Map<String, Value>> =
        list(&inputs.0["scores"]).iter().map(|row| row.as_object().expect("a row has keys").clone()).collect();
    let models: std::collections::BTreeSet<String> = rows.iter().map(model_of).collect();
    let models: Vec<String> = models.into_iter().collect();
    let mut units: BTreeMap<String, Vec<(usize, f64)>> = BTreeMap::new();
    for row in &rows {
        let model = models.binary_search(&model_of(row)).expect("it was collected");
        let unit: BTreeMap<&String, &Value> = row.iter().filter(|(key, _)| *key != "model" && *key != metric).collect();
        units.entry(format!("{unit:?}")).or_default().push((model, number(&row[metric])));
    }
    let questions = units.into_iter().enumerate().map(|(at, (unit, scores))| (unit, at, scores)).collect();
    let panel = Panel::new(models.clone(), questions).expect("each model stands once for each target");
    let weights = panel.equal_weights();
    let skill: BTreeMap<&String, Option<f64>> = models.iter().zip(relative_skill(&panel, &weights)).collect();
    let ratios = pair_ratios(&panel, &weights);
    let mut listed = Vec::new();
    for (i, model) in models.iter().enumerate() {
        for j in (0..models.len()).rev().filter(|j| *j != i).chain([i]) {
            listed.push(json!({
                "model": model,
                "compare_against": models[j],
                "mean_scores_ratio": ratios[i][j],
            }));
        }
    }
    json!({ "relative_skill": skill, "ratios": listed })
}
