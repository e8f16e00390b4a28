//! Scoring, calibration and comparison against figures of other people's software and of published examples.
//!
//! Every case of `oracle/scoring.json` names a function, its inputs, what is expected, how near, and where the figure comes
//! from. A case whose function is not matched below fails.

#[path = "scoring/calibration.rs"]
mod calibration;
#[path = "scoring/commands.rs"]
mod commands;
#[path = "scoring/comparison.rs"]
mod comparison;
#[path = "scoring/distributions.rs"]
mod distributions;
#[path = "scoring/ensembles.rs"]
mod ensembles;
#[path = "scoring/joint_draws.rs"]
mod joint_draws;
#[path = "scoring/leaderboard_commands.rs"]
mod leaderboard_commands;
#[path = "scoring/measures.rs"]
mod measures;
#[path = "scoring/streams.rs"]
mod streams;
#[path = "scoring/told.rs"]
mod told;
#[path = "scoring/weights.rs"]
mod weights;

use foretell::calibrate::{
    CorpScore, Points, area_under_curve, corp, expected_calibration_error, murphy_elementary, spiegelhalter,
};
use foretell::compare::t_interval;
use foretell::math::isotonic;
use foretell::score::crps::{
    crps_binomial, crps_censored_normal, crps_ensemble, crps_ensemble_fair, crps_ensemble_parts,
    crps_ensemble_threshold, crps_ensemble_weighted, crps_gamma, crps_gev, crps_hypergeometric, crps_logistic,
    crps_normal, crps_normal_kernel, crps_normal_mixture, crps_piecewise_linear, crps_poisson, crps_quantiles,
    crps_student_t, crps_truncated_normal, crps_uniform,
};
use foretell::score::{
    Case, MedianWeight, Segment, Standing, brier, brier_all, brier_ensemble, central_intervals, clustered_mean,
    interval_score, log_score, log_score_beta, log_score_binomial, log_score_exponential, log_score_gamma,
    log_score_generalised_pareto, log_score_gev, log_score_hypergeometric, log_score_laplace, log_score_logistic,
    log_score_loglaplace, log_score_loglogistic, log_score_lognormal, log_score_negative_binomial, log_score_normal,
    log_score_normal_kernel, log_score_normal_mixture, log_score_poisson, log_score_student_t,
    log_score_truncated_logistic, log_score_truncated_normal, log_score_truncated_student_t,
    log_score_two_piece_exponential, log_score_two_piece_normal, log_score_uniform, ordinal_brier, pinball,
    ranked_log_score, rps, rule, spherical, weighted_interval_score,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::io::Write as _;

#[derive(Debug, Deserialize)]
struct Reference {
    id: String,
    source: String,
    function: String,
    inputs: Value,
    expected: Value,
    tolerance: f64,
}

/// All reference figures of the shared folder, if it is there: some come from data that may not be copied.
fn shared_references() -> Vec<Reference> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/cases/scoring.json");
    let Ok(text) = std::fs::read_to_string(path) else {
        writeln!(std::io::stderr(), "skipped: {path} is not there").expect("the terminal takes it");
        return Vec::new();
    };
    let all: Vec<Reference> = serde_json::from_str(&text).expect("the file holds a list of cases");
    all.into_iter().filter(|case| case.id != CONTRADICTED).collect()
}

/// Its figure, 10.49, is not that of its formula, which gives 12.29: scoringrules 0.10 adds half the median, 8, where its description, Bracher et al. (2021) and
/// `wis-25` have half its distance from what happened, 17.
const CONTRADICTED: &str = "wis-sr-25";

fn references() -> Vec<Reference> {
    serde_json::from_str(include_str!("oracle/scoring.json")).expect("the oracle file holds a list of cases")
}

/// The inputs of a case.
struct Inputs<'a>(&'a Value);

impl Inputs<'_> {
    fn number(&self, key: &str) -> f64 {
        number(&self.0[key])
    }

    fn whole(&self, key: &str) -> u64 {
        self.number(key) as u64
    }

    fn numbers(&self, key: &str) -> Vec<f64> {
        numbers(&self.0[key])
    }

    fn rows(&self, key: &str) -> Vec<Vec<f64>> {
        list(&self.0[key]).iter().map(numbers).collect()
    }

    fn answers(&self) -> Vec<bool> {
        self.numbers("y").iter().map(|y| *y == 1.0).collect()
    }

    fn points(&self) -> Points {
        Points::new(&self.numbers("p"), &self.answers()).expect("the probabilities lie between 0 and 1")
    }

    /// Each row of `p` with the index of what happened.
    fn classes(&self) -> Vec<(Vec<f64>, usize)> {
        let outcomes = self.numbers("outcome_index").into_iter().map(|outcome| outcome as usize);
        self.rows("p").into_iter().zip(outcomes).collect()
    }

    /// Weight, mean and standard deviation of the components of a mixture.
    fn components(&self) -> Vec<(f64, f64, f64)> {
        let (means, sds, weights) = (self.numbers("m"), self.numbers("s"), self.numbers("w"));
        (0..means.len()).map(|at| (weights[at], means[at], sds[at])).collect()
    }

    /// Each probability of `p` with whether it happened.
    fn pairs(&self) -> Vec<(f64, bool)> {
        self.numbers("p").into_iter().zip(self.answers()).collect()
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("{value} is not a list"))
}

fn number(value: &Value) -> f64 {
    match value {
        Value::String(text) if text == "Infinity" => f64::INFINITY,
        other => other.as_f64().unwrap_or_else(|| panic!("{value} is not a number")),
    }
}

fn numbers(value: &Value) -> Vec<f64> {
    list(value).iter().map(number).collect()
}

fn mean(values: impl IntoIterator<Item = f64>) -> f64 {
    let values: Vec<f64> = values.into_iter().collect();
    values.iter().sum::<f64>() / values.len() as f64
}

/// What the engine says for a case; `None` if no function is matched.
fn computed(function: &str, inputs: &Inputs) -> Option<Value> {
    let value = match function {
        "brier_score.binary" => json!(inputs.pairs().iter().map(|(p, y)| brier(*p, *y)).collect::<Vec<_>>()),
        "brier_score.categorical" => {
            json!(inputs.classes().iter().map(|(p, o)| brier_all(p, *o)).collect::<Vec<_>>())
        }
        "brier_score.ensemble.raw" => {
            json!(brier_ensemble(&inputs.numbers("ens"), inputs.number("y"), inputs.number("threshold")))
        }
        "gjo.brier" => json!(brier_all(&inputs.numbers("p"), inputs.whole("outcome_index") as usize)),
        "gjo.ordinal_brier" => json!(ordinal_brier(&inputs.numbers("p"), inputs.whole("outcome_index") as usize)),
        "log_score.binary.mean" => {
            json!(mean(inputs.pairs().iter().map(|(p, y)| log_score(if *y { *p } else { 1.0 - p }))))
        }
        "log_score.categorical.mean" => json!(mean(inputs.classes().iter().map(|(p, o)| log_score(p[*o])))),
        "ranked_log_score" => {
            json!(inputs.classes().iter().map(|(p, o)| ranked_log_score(p, *o)).collect::<Vec<_>>())
        }
        "spherical_score.binary.mean" => json!(mean(
            inputs
                .pairs()
                .iter()
                .map(|(p, y)| spherical(&[1.0 - p, *p], usize::from(*y)).expect("there are two classes"))
        )),
        "rps.unnormalised" => json!(inputs.classes().iter().map(|(p, o)| rps(p, *o)).collect::<Vec<_>>()),
        "rps.ensemble.raw" => {
            let of_one = |(counts, happened): (Vec<f64>, Vec<f64>)| {
                let total: f64 = counts.iter().sum();
                let shares: Vec<f64> = counts.iter().map(|count| count / total).collect();
                rps(&shares, happened.iter().position(|one| *one == 1.0).expect("one class came true"))
            };
            let rows = inputs.rows("member_counts").into_iter().zip(inputs.rows("obs_onehot"));
            json!(rows.map(of_one).collect::<Vec<_>>())
        }
        "pinball" => {
            let pairs = inputs.numbers("tau").into_iter().zip(inputs.numbers("q"));
            json!(pairs.map(|(level, quantile)| pinball(level, quantile, inputs.number("y"))).collect::<Vec<_>>())
        }
        "crps.quantiles" => {
            json!(crps_quantiles(&inputs.numbers("tau"), &inputs.numbers("q"), inputs.number("y")))
        }
        "interval_score" => json!(interval_score(
            inputs.number("lower"),
            inputs.number("upper"),
            inputs.number("alpha"),
            inputs.number("y")
        )),
        "wis" => {
            let (lower, upper, alpha) = (inputs.numbers("lower"), inputs.numbers("upper"), inputs.numbers("alpha"));
            let intervals: Vec<_> = (0..alpha.len()).map(|at| (lower[at], upper[at], alpha[at])).collect();
            json!(weighted_interval_score(inputs.number("median"), &intervals, inputs.number("y"), MedianWeight::Half))
        }
        "wis.count_median_twice" => {
            let rows = inputs.rows("q").into_iter().zip(inputs.numbers("y"));
            let of_one = |(quantiles, y): (Vec<f64>, f64)| {
                let (median, intervals) =
                    central_intervals(&inputs.numbers("tau"), &quantiles).expect("the levels are symmetric");
                weighted_interval_score(median, &intervals, y, MedianWeight::Whole)
            };
            json!(rows.map(of_one).collect::<Vec<_>>())
        }
        "time_weighted.brier" => time_weighted_brier(inputs),
        other if other.starts_with("log_score.") => json!(log_score_of_law(other, inputs)?),
        other if other.starts_with("crps.") || other.starts_with("twcrps.") => computed_crps(other, inputs)?,
        other => computed_calibration(other, inputs).or_else(|| comparison::computed(other, inputs))?,
    };
    Some(value)
}

/// `None` if no function is matched, else the score, if there is one.
#[expect(clippy::option_option, reason = "a function that is not matched is not one without a score")]
fn log_score_of_law(function: &str, inputs: &Inputs) -> Option<Option<f64>> {
    let n = |key: &str| inputs.number(key);
    let y = n("y");
    let (at, scale, log_at, log_scale) = (|| n("location"), || n("scale"), || n("locationlog"), || n("scalelog"));
    let bounds = || (n("lower"), n("upper"));
    Some(match function {
        "log_score.normal" => log_score_normal(y, n("mu"), n("sigma")),
        "log_score.lognormal" => log_score_lognormal(y, n("mulog"), n("sigmalog")),
        "log_score.logistic" => log_score_logistic(y, n("mu"), n("sigma")),
        "log_score.loglogistic" => log_score_loglogistic(y, n("mulog"), n("sigmalog")),
        "log_score.student_t" => log_score_student_t(y, n("df"), at(), scale()),
        "log_score.laplace" => log_score_laplace(y, at(), scale()),
        "log_score.loglaplace" => log_score_loglaplace(y, log_at(), log_scale()),
        "log_score.uniform" => log_score_uniform(y, n("min"), n("max")),
        "log_score.exponential" => log_score_exponential(y, n("rate")),
        "log_score.gamma" => log_score_gamma(y, n("shape"), n("rate")),
        "log_score.beta" => log_score_beta(y, n("a"), n("b")),
        "log_score.gev" => log_score_gev(y, n("shape"), at(), scale()),
        "log_score.generalised_pareto" => log_score_generalised_pareto(y, n("shape"), at(), scale()),
        "log_score.two_piece_normal" => log_score_two_piece_normal(y, at(), n("scale1"), n("scale2")),
        "log_score.two_piece_exponential" => log_score_two_piece_exponential(y, at(), n("scale1"), n("scale2")),
        "log_score.truncated_normal" => log_score_truncated_normal(y, at(), scale(), bounds().0, bounds().1),
        "log_score.truncated_logistic" => log_score_truncated_logistic(y, at(), scale(), bounds().0, bounds().1),
        "log_score.truncated_student_t" => {
            log_score_truncated_student_t(y, n("df"), at(), scale(), bounds().0, bounds().1)
        }
        "log_score.poisson" => log_score_poisson(y, n("mean")),
        "log_score.binomial" => log_score_binomial(y, inputs.whole("n"), n("prob")),
        "log_score.negative_binomial" => log_score_negative_binomial(y, n("n"), n("prob")),
        "log_score.hypergeometric" => {
            log_score_hypergeometric(y, inputs.whole("m"), inputs.whole("n"), inputs.whole("k"))
        }
        "log_score.kde" => log_score_normal_kernel(&inputs.numbers("ens"), n("bw"), y),
        "log_score.normal_mixture" => log_score_normal_mixture(y, &inputs.components()),
        _ => return None,
    })
}

fn computed_crps(function: &str, inputs: &Inputs) -> Option<Value> {
    let n = |key: &str| inputs.number(key);
    let bounds = || (n("location"), n("scale"), n("lower"), n("upper"));
    let value = match function {
        "crps.normal" => json!(crps_normal(n("y"), n("mu"), n("sigma"))),
        "crps.logistic" => json!(crps_logistic(n("y"), n("mu"), n("sigma"))),
        "crps.student_t" => json!(crps_student_t(n("y"), n("df"), n("location"), n("scale"))),
        "crps.gamma" => json!(crps_gamma(n("y"), n("shape"), n("rate"))),
        "crps.uniform" => json!(crps_uniform(n("y"), n("min"), n("max"))),
        "crps.poisson" => json!(crps_poisson(n("y"), n("mean"))),
        "crps.binomial" => json!(crps_binomial(n("y"), inputs.whole("n"), n("prob"))),
        "crps.hypergeometric" => {
            json!(crps_hypergeometric(n("y"), inputs.whole("m"), inputs.whole("n"), inputs.whole("k")))
        }
        "crps.truncated_normal" => {
            let (location, scale, lower, upper) = bounds();
            json!(crps_truncated_normal(n("y"), location, scale, lower, upper))
        }
        "crps.censored_normal" => {
            let (location, scale, lower, upper) = bounds();
            json!(crps_censored_normal(n("y"), location, scale, lower, upper))
        }
        "crps.kde" => json!(crps_normal_kernel(&inputs.numbers("ens"), n("bw"), n("y"))),
        "crps.gev" => json!(crps_gev(n("y"), n("shape"), n("location"), n("scale"))),
        "crps.normal_mixture" => json!(crps_normal_mixture(n("y"), &inputs.components())),
        "crps.ensemble.weighted" => {
            json!(crps_ensemble_weighted(&inputs.numbers("ens"), &inputs.numbers("w"), n("y")))
        }
        "crps.ensemble.nrg" => json!(crps_ensemble(&inputs.numbers("ens"), n("y"))),
        "crps.ensemble.nrg.vector" => {
            let rows = inputs.rows("ens").into_iter().zip(inputs.numbers("y"));
            json!(rows.map(|(draws, y)| crps_ensemble(&draws, y)).collect::<Vec<_>>())
        }
        "crps.ensemble.fair" | "crps.ensemble.pwm" => json!(crps_ensemble_fair(&inputs.numbers("ens"), n("y"))),
        "crps.ensemble.components" => {
            let parts = crps_ensemble_parts(&inputs.numbers("ens"), n("y")).expect("there are draws");
            json!({
                "total": parts.total,
                "underforecast_penalty": parts.below,
                "overforecast_penalty": parts.above,
                "spread": parts.spread,
            })
        }
        "twcrps.ensemble" => json!(crps_ensemble_threshold(&inputs.numbers("ens"), n("y"), n("a"), n("b"))),
        "crps.piecewise_linear_cdf" => {
            let parts = crps_piecewise_linear(&inputs.numbers("x"), &inputs.numbers("cdf"), n("y"));
            let parts = parts.expect("the cdf is well formed");
            json!({
                "total": parts.total,
                "underforecast_penalty": parts.below,
                "overforecast_penalty": parts.above,
            })
        }
        _ => return None,
    };
    Some(value)
}

fn computed_calibration(function: &str, inputs: &Inputs) -> Option<Value> {
    let decomposed = |score| {
        let parts = corp(&inputs.points(), score).expect("there are points");
        json!({
            "mcb": parts.miscalibration,
            "dsc": parts.discrimination,
            "unc": parts.uncertainty,
            "score": parts.score,
        })
    };
    let value = match function {
        "isotonic.fit.weighted" => {
            json!(isotonic(&inputs.numbers("x"), &inputs.numbers("y"), &inputs.numbers("w")))
        }
        "corp.brier" => decomposed(CorpScore::Brier),
        "corp.log" => decomposed(CorpScore::Log),
        "auc" => json!(area_under_curve(&inputs.points())),
        "murphy.elementary_score.mean" => {
            let points = inputs.points();
            let scores: Vec<_> = inputs
                .numbers("theta")
                .into_iter()
                .map(|theta| murphy_elementary(&points, theta).expect("there are points"))
                .collect();
            json!({
                "total": scores.iter().map(|score| score.total).collect::<Vec<_>>(),
                "underforecast": scores.iter().map(|score| score.too_low).collect::<Vec<_>>(),
                "overforecast": scores.iter().map(|score| score.too_high).collect::<Vec<_>>(),
            })
        }
        "calibration.ece" => json!(expected_calibration_error(&inputs.points(), inputs.whole("bins") as usize)),
        "calibration.spiegelhalter_z" => {
            let test = spiegelhalter(&inputs.points()).expect("the probabilities differ from 0, 1/2 and 1");
            json!({ "z": test.z, "p_two_sided": test.p_two_sided })
        }
        "calibration.bias_t_test" => {
            let misses: Vec<f64> = inputs.pairs().iter().map(|(p, y)| p - f64::from(u8::from(*y))).collect();
            let (mean, interval) = alone(&misses);
            json!({ "bias": mean.mean, "stderr": mean.standard_error, "p": interval.p_two_sided })
        }
        "comparison.paired_t" => {
            let second = inputs.numbers("q");
            let differences: Vec<f64> =
                inputs.pairs().iter().zip(second).map(|((p, y), q)| brier(*p, *y) - brier(q, *y)).collect();
            let (mean, interval) = alone(&differences);
            let error = mean.standard_error.expect("there are many clusters");
            json!({
                "mean": mean.mean,
                "t": mean.mean / error,
                "p_two_sided": interval.p_two_sided,
                "ci": [interval.lower, interval.upper],
            })
        }
        _ => return measures::computed(function, inputs),
    };
    Some(value)
}

/// The mean of values that are each a cluster of their own, and its interval.
fn alone(values: &[f64]) -> (foretell::score::ClusteredMean, foretell::compare::TInterval) {
    let mean = clustered_mean(values, &(0..values.len()).collect::<Vec<_>>()).expect("there are values");
    let interval = t_interval(&mean, 0.95).expect("there are many clusters");
    (mean, interval)
}

fn time_weighted_brier(inputs: &Inputs) -> Value {
    let revisions = inputs.rows("revisions");
    let segments = revisions
        .iter()
        .enumerate()
        .map(|(at, revision)| Segment {
            from: revision[0],
            to: revisions.get(at + 1).map_or(inputs.number("close"), |next| next[0]),
            case: Case::Binary { probability: revision[1], happened: inputs.number("outcome") == 1.0 },
        })
        .collect();
    let standing = Standing {
        question: String::new(),
        forecaster: String::new(),
        cluster: String::new(),
        tags: Vec::new(),
        segments,
        ended: 1.0,
        forecasts: revisions.len(),
        coverage: Some(1.0),
    };
    json!(standing.score(rule("brier").expect("it is in the list")).expect("the forecasts are binary").score)
}

/// What differs between two values, if anything, with the path to it.
fn difference(path: &str, value: &Value, expected: &Value, tolerance: f64) -> Option<String> {
    match (value, expected) {
        (Value::Number(_), Value::Number(_)) => {
            let (value, expected) = (number(value), number(expected));
            let near = (value - expected).abs() <= tolerance * expected.abs().max(1.0);
            (!near).then(|| format!("{path}: {value} where {expected} was expected"))
        }
        (Value::Array(values), Value::Array(all)) if values.len() == all.len() => values
            .iter()
            .zip(all)
            .enumerate()
            .find_map(|(at, (value, expected))| difference(&format!("{path}[{at}]"), value, expected, tolerance)),
        (Value::Object(values), Value::Object(all)) if values.len() == all.len() => {
            all.iter().find_map(|(key, expected)| {
                difference(&format!("{path}.{key}"), values.get(key).unwrap_or(&Value::Null), expected, tolerance)
            })
        }
        _ if value == expected => None,
        _ => Some(format!("{path}: {value} where {expected} was expected")),
    }
}

#[test]
fn every_figure_agrees_with_its_source() {
    let mut wrong = Vec::new();
    for case in references().into_iter().chain(shared_references()) {
        match computed(&case.function, &Inputs(&case.inputs)) {
            None => wrong.push(format!("{}: no function is matched to `{}`", case.id, case.function)),
            Some(value) => {
                if let Some(difference) = difference("", &value, &case.expected, case.tolerance) {
                    wrong.push(format!("{} ({}): {difference}", case.id, case.source));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_case_says_where_its_figure_comes_from_and_stands_once() {
    let mut ids = std::collections::BTreeSet::new();
    for case in references() {
        assert!(!case.source.is_empty(), "{}", case.id);
        assert!(ids.insert(case.id.clone()), "{} stands twice", case.id);
    }
}
