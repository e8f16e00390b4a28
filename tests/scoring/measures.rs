//! Reference figures of scores, calibration, platforms, pools, recalibration and updates.

use super::{Inputs, list, number, numbers};
use foretell::calibrate::{
    BiasCorrection, COOKE_SHARES, Development, Ties, calibration_belt_test, clopper_pearson, cooke_calibration,
    cox_test, hosmer_lemeshow, murphy_decomposition, pit_histogram, pit_of_ensemble, rank_histogram_test,
    simultaneous_band,
};
use foretell::pool::{
    beta_calibration, extremized_log_odds, linear, log_odds, neyman_linear, neyman_log_odds, recency_weighted_quantile,
    temperature,
};
use foretell::score::crps::{crps_ensemble_outcome_weighted, crps_ensemble_vertically_rescaled};
use foretell::score::platform::forecastbench::{Entry, brier_index, peer_scores};
use foretell::score::platform::good_judgment::{
    CrowdWindow, DailyScores, accuracy, average_daily, crowd_median, daily_brier, daily_brier_by_forecaster,
    participation, relative,
};
use foretell::score::platform::metaculus::{self, Earned, QuestionForm, Standing, Window, recency_weights};
use foretell::score::{
    EnsembleEstimator, VarianceDivisor, absolute_error_of_median, brier, dawid_sebastiani_ensemble,
    dawid_sebastiani_vectors, energy_score, flip_flop_index, interval_holds, median_absolute_deviation, quantile_bias,
    skill_score, squared_error_of_mean, variogram_score,
};
use foretell::update::{bayes_binary, beta_binomial, normal_normal};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What the engine says for a case; `None` if no function is matched.
pub fn computed(function: &str, inputs: &Inputs) -> Option<Value> {
    of_ensembles(function, inputs)
        .or_else(|| of_quantiles(function, inputs))
        .or_else(|| calibration(function, inputs))
        .or_else(|| platform(function, inputs))
        .or_else(|| pools(function, inputs))
        .or_else(|| updates(function, inputs))
}

fn text<'a>(inputs: &'a Inputs, key: &str) -> Option<&'a str> {
    inputs.0[key].as_str()
}

fn estimator(inputs: &Inputs) -> EnsembleEstimator {
    match text(inputs, "estimator") {
        Some("fair") => EnsembleEstimator::Fair,
        _ => EnsembleEstimator::Empirical,
    }
}

fn of_ensembles(function: &str, inputs: &Inputs) -> Option<Value> {
    let n = |key| inputs.number(key);
    let between = || {
        let (a, b) = (n("a"), n("b"));
        move |x: f64| f64::from(u8::from(a < x && x < b))
    };
    let each = |score: &dyn Fn(f64, &[f64]) -> Option<f64>| {
        inputs.numbers("y").into_iter().zip(inputs.rows("ens")).map(|(y, draws)| score(y, &draws)).collect::<Vec<_>>()
    };
    let value = match function {
        "owcrps.ensemble" => json!(crps_ensemble_outcome_weighted(&inputs.numbers("ens"), n("y"), between())),
        "vrcrps.ensemble" => json!(crps_ensemble_vertically_rescaled(&inputs.numbers("ens"), n("y"), 0.0, between())),
        "dss.univariate.ensemble" => {
            let divisor = if n("ddof") == 1.0 { VarianceDivisor::CountLessOne } else { VarianceDivisor::Count };
            json!(dawid_sebastiani_ensemble(&inputs.numbers("ens"), n("y"), divisor))
        }
        "dss.multivariate.ensemble" => {
            let divisor = if n("ddof") == 1.0 { VarianceDivisor::CountLessOne } else { VarianceDivisor::Count };
            json!(dawid_sebastiani_vectors(&inputs.rows("ens"), &inputs.numbers("y"), divisor))
        }
        "energy_score" => json!(energy_score(&inputs.rows("ens"), &inputs.numbers("y"), estimator(inputs))),
        "variogram_score" => {
            let weights = inputs.0["w"].is_array().then(|| inputs.rows("w"));
            json!(variogram_score(
                &inputs.rows("ens"),
                &inputs.numbers("y"),
                n("p"),
                weights.as_deref(),
                estimator(inputs)
            ))
        }
        "sample.misc" => json!({
            "mad": each(&|_, draws| median_absolute_deviation(draws)),
            "ae_median": each(&|y, draws| absolute_error_of_median(draws, y)),
            "se_mean": each(&|y, draws| squared_error_of_mean(draws, y)),
        }),
        "pit.histogram" => {
            let pairs = inputs.numbers("y").into_iter().zip(inputs.rows("ens"));
            let jumps: Vec<_> = pairs.map(|(y, draws)| pit_of_ensemble(&draws, y).expect("there are draws")).collect();
            json!(pit_histogram(&jumps, inputs.whole("bins") as usize))
        }
        "rank_histogram.test" => {
            let test = rank_histogram_test(&inputs.numbers("counts"), None).expect("there are counts");
            json!({
                "chi2": test.chi_squared,
                "linear": test.linear,
                "ushape": test.u_shape,
                "p_chi2": test.p_chi_squared,
                "p_linear": test.p_linear,
                "p_ushape": test.p_u_shape,
            })
        }
        _ => return None,
    };
    Some(value)
}

fn of_quantiles(function: &str, inputs: &Inputs) -> Option<Value> {
    let each = |of: &dyn Fn(f64, &[f64]) -> Value| {
        json!(inputs.numbers("y").into_iter().zip(inputs.rows("q")).map(|(y, q)| of(y, &q)).collect::<Vec<_>>())
    };
    let value = match function {
        "bias.quantile" => each(&|y, q| json!(quantile_bias(&inputs.numbers("tau"), q, y))),
        "interval_coverage" => {
            let holds = |coverage| each(&|y, q| json!(interval_holds(&inputs.numbers("tau"), q, y, coverage)));
            json!({ "c90": holds(0.9), "c50": holds(0.5) })
        }
        "revision.flip_flop_index" => json!(flip_flop_index(&inputs.numbers("p"))),
        "skill_score" => {
            let answers = inputs.answers();
            let scores = |key| -> Vec<f64> {
                inputs.numbers(key).into_iter().zip(&answers).map(|(p, y)| brier(p, *y)).collect()
            };
            let alone: Vec<usize> = (0..answers.len()).collect();
            let skill = skill_score(&scores("p"), &scores("ref"), 0.0, &alone).expect("the reference is not perfect");
            json!({ "skillscore": skill.skill, "skillscore_sd": skill.standard_error })
        }
        _ => return None,
    };
    Some(value)
}

fn murphy(inputs: &Inputs, correction: BiasCorrection) -> Value {
    let parts = murphy_decomposition(&inputs.points(), inputs.whole("bins") as usize, correction).expect("points");
    json!({
        "rel": parts.reliability,
        "res": parts.resolution,
        "unc": parts.uncertainty,
        "se_rel": parts.reliability_error,
        "se_res": parts.resolution_error,
        "se_unc": parts.uncertainty_error,
    })
}

fn calibration(function: &str, inputs: &Inputs) -> Option<Value> {
    let value = match function {
        "murphy_decomposition.raw" => murphy(inputs, BiasCorrection::Raw),
        "murphy_decomposition.bias_corrected" => murphy(inputs, BiasCorrection::Corrected),
        "calibration.hosmer_lemeshow" => {
            let test = hosmer_lemeshow(&inputs.points(), inputs.whole("groups") as usize, Ties::InOrder)
                .expect("enough points");
            json!({ "stat": test.statistic, "p_df_g": test.p, "p_df_g_minus_2": test.p_fitted })
        }
        "calibration.cox_lr_test" => {
            let test = cox_test(&inputs.points()).expect("the outcomes are mixed");
            json!({ "stat": test.statistic, "df": test.degrees_of_freedom, "p": test.p })
        }
        "calibration_belt.test" => {
            let development =
                if text(inputs, "devel") == Some("internal") { Development::Internal } else { Development::External };
            let test = calibration_belt_test(&inputs.points(), development).expect("the outcomes are mixed");
            json!({ "stat": test.statistic, "p": test.p, "degree": test.degree })
        }
        "calibration.simultaneous_band" => band(inputs),
        "interval.clopper_pearson" => json!(
            clopper_pearson(inputs.whole("k"), inputs.whole("n"), inputs.number("level"))
                .map(|(lower, upper)| [lower, upper])
        ),
        "cooke.calibration_score" => {
            json!(inputs.rows("counts").iter().map(|row| cooke_calibration(row, &COOKE_SHARES)).collect::<Vec<_>>())
        }
        _ => return None,
    };
    Some(value)
}

/// The band at the stated probabilities that the case names.
fn band(inputs: &Inputs) -> Value {
    let band = simultaneous_band(&inputs.points(), inputs.number("alpha"));
    let at =
        inputs.0["x"].as_array().map_or_else(|| vec![0.2, 0.508, 0.802], |places| places.iter().map(number).collect());
    let of = |edge: &dyn Fn(f64) -> f64| json!(at.iter().map(|x| edge(*x)).collect::<Vec<_>>());
    // The lower edge extends to the right, the upper one to the left.
    let lower = |x: f64| band.iter().rev().find(|point| point.stated <= x).map_or(0.0, |point| point.lower);
    let upper = |x: f64| band.iter().find(|point| point.stated >= x).map_or(1.0, |point| point.upper);
    json!({ "x": at, "lwr": of(&lower), "upr": of(&upper) })
}

fn standing(forecast: &Value) -> Standing {
    let pmf = if forecast["cdf"].is_array() {
        metaculus::buckets_of_cdf(&numbers(&forecast["cdf"])).expect("the cdf rises")
    } else {
        list(&forecast["pmf"]).iter().map(|p| p.as_f64().unwrap_or(f64::NAN)).collect()
    };
    Standing { start: number(&forecast["start"]), end: forecast["end"].as_f64(), pmf }
}

fn earned(part: Earned) -> Value {
    json!({ "score": part.score, "coverage": part.coverage })
}

fn platform(function: &str, inputs: &Inputs) -> Option<Value> {
    let forecasts = || -> Vec<Standing> { list(&inputs.0["forecasts"]).iter().map(standing).collect() };
    let window = || Window {
        open: inputs.number("open"),
        actual_close: inputs.number("actual_close"),
        scheduled_close: inputs.number("scheduled_close"),
    };
    let outcome = || inputs.whole("outcome_index") as usize;
    let value = match function {
        "metaculus.baseline.binary" => {
            let parts = metaculus::baseline_scores(&forecasts(), outcome(), window(), QuestionForm::Options);
            let parts = parts.expect("every forecast has a score");
            let total = Earned::total(&parts);
            json!({
                "score": total.score,
                "coverage": total.coverage,
                "per_forecast": parts.iter().map(|part| part.score).collect::<Vec<_>>(),
            })
        }
        "metaculus.baseline.multiple_choice" => {
            let of = |outcome: f64| {
                metaculus::baseline_scores(&forecasts(), outcome as usize, window(), QuestionForm::Options)
                    .map(|parts| Earned::total(&parts).score)
            };
            match &inputs.0["outcome_index"] {
                Value::Array(outcomes) => json!(outcomes.iter().map(number).map(of).collect::<Vec<_>>()),
                one => json!(of(number(one))),
            }
        }
        "metaculus.baseline.continuous" => {
            let form = QuestionForm::Continuous { open_bounds: inputs.whole("open_bounds_count") as u8 };
            let bucket = inputs.whole("resolution_bucket") as usize;
            let parts = metaculus::baseline_scores(&forecasts(), bucket, window(), form).expect("a score");
            earned(Earned::total(&parts))
        }
        "metaculus.spot_baseline.binary" => {
            let parts =
                metaculus::spot_baseline_scores(&forecasts(), outcome(), inputs.number("spot"), QuestionForm::Options);
            json!(parts.expect("scores").into_iter().map(earned).collect::<Vec<_>>())
        }
        "metaculus.peer.binary" | "metaculus.peer.multiple_choice" => {
            let parts = metaculus::peer_scores(&forecasts(), outcome(), window(), QuestionForm::Options);
            let parts = parts.expect("every forecast has a score");
            let per_forecast: Vec<Value> = parts.iter().copied().map(earned).collect();
            if function == "metaculus.peer.multiple_choice" {
                return Some(json!(per_forecast));
            }
            let names: Vec<&str> =
                list(&inputs.0["forecasts"]).iter().filter_map(|forecast| forecast["forecaster"].as_str()).collect();
            let sums = metaculus::by_forecaster(&names, &parts);
            let per_forecaster: Map<String, Value> =
                sums.into_iter().map(|(name, sum)| (name.to_owned(), earned(sum))).collect();
            json!({ "per_forecast": per_forecast, "per_forecaster": per_forecaster })
        }
        "metaculus.tournament_take" => {
            let prizes = metaculus::tournament_prizes(&inputs.numbers("scores"), 0.0).expect("finite scores");
            json!({ "take": prizes.take, "share": prizes.share })
        }
        "gjo.daily_average_brier" => daily_average(inputs),
        "gjo.accuracy_score" => accuracy_score(inputs),
        "brier_index" => match &inputs.0["score"] {
            Value::Array(_) => json!(inputs.numbers("score").into_iter().map(brier_index).collect::<Vec<_>>()),
            one => json!(brier_index(number(one))),
        },
        "leaderboard.brier_peer" => {
            let entry = |row: &'_ Value| -> (String, String, f64) {
                let name = |at: usize| row[at].as_str().expect("a name").to_owned();
                (name(0), name(1), number(&row[2]))
            };
            let rows: Vec<_> = list(&inputs.0["rows"]).iter().map(entry).collect();
            let entries: Vec<Entry> = rows
                .iter()
                .map(|(forecaster, question, brier)| Entry { forecaster, question, brier: *brier })
                .collect();
            json!(peer_scores(&entries))
        }
        _ => return None,
    };
    Some(value)
}

fn daily_average(inputs: &Inputs) -> Value {
    let days = inputs.whole("days") as usize;
    let outcome = inputs.whole("outcome") as usize;
    let forecasts = inputs.0["forecasts"].as_object().expect("forecasts by name");
    let by_name: BTreeMap<&String, DailyScores> = forecasts
        .iter()
        .map(|(name, made)| {
            let made: Vec<(i64, Vec<f64>)> = list(made)
                .iter()
                .map(|pair| (number(&pair[0]) as i64, vec![1.0 - number(&pair[1]), number(&pair[1])]))
                .collect();
            (name, daily_brier(&made, outcome, days).expect("two classes"))
        })
        .collect();
    let median = crowd_median(&by_name.values().cloned().collect::<Vec<_>>());
    let each = |of: &dyn Fn(&DailyScores) -> Value| -> Map<String, Value> {
        by_name.iter().map(|(name, scores)| ((*name).clone(), of(scores))).collect()
    };
    json!({
        "brier": each(&|scores| json!(average_daily(scores))),
        "median_daily": median,
        "relative": each(&|scores| json!(relative(scores, &median))),
        "participation": each(&|scores| json!(participation(scores))),
    })
}

fn accuracy_score(inputs: &Inputs) -> Value {
    // Days are counted from 1 in these cases.
    let made: Vec<(&str, i64, Vec<f64>)> = list(&inputs.0["forecasts"])
        .iter()
        .map(|row| (row[0].as_str().expect("a name"), number(&row[1]) as i64 - 1, numbers(&row[2])))
        .collect();
    let (outcome, days) = (inputs.whole("outcome_index") as usize, inputs.whole("days") as usize);
    let by_name = daily_brier_by_forecaster(&made, outcome, days).expect("the option exists");
    let median = crowd_median(&by_name.values().cloned().collect::<Vec<_>>());
    let each = |of: &dyn Fn(&DailyScores) -> Value| -> Map<String, Value> {
        by_name.iter().map(|(name, scores)| ((*name).to_owned(), of(scores))).collect()
    };
    let by = |window| each(&|scores| json!(accuracy(scores, &median, window)));
    json!({
        "avg_daily": each(&|scores| json!(average_daily(scores))),
        "crowd_median_daily": median,
        "crowd_mean_window": average_daily(&median),
        "participation": each(&|scores| json!(participation(scores))),
        "accuracy_window_median": by(CrowdWindow::WholeQuestion),
        "accuracy_active_day_median": by(CrowdWindow::ActiveDays),
    })
}

fn pools(function: &str, inputs: &Inputs) -> Option<Value> {
    let p = || inputs.numbers("p");
    let weights = || inputs.0["w"].is_array().then(|| inputs.numbers("w"));
    let value = match function {
        "pool.linear" => json!(linear(&p(), weights().as_deref())),
        "pool.log_odds" => json!(log_odds(&p(), weights().as_deref())),
        "pool.extremized_log_odds" => json!(extremized_log_odds(&p(), weights().as_deref(), inputs.number("a"))),
        "pool.neyman_linear" => json!(neyman_linear(&p(), inputs.number("prior"))),
        "pool.neyman_log_odds" => json!(neyman_log_odds(&p(), inputs.number("prior"))),
        "pool.metaculus_recency_weighted_median" => {
            let said = inputs.numbers("p_oldest_first");
            let quantile = |level| recency_weighted_quantile(&said, level);
            json!({
                "weights": recency_weights(said.len()),
                "q25": quantile(0.25),
                "median": quantile(0.5),
                "q75": quantile(0.75),
            })
        }
        "recalibration.temperature" => {
            let fitted = temperature(&p(), &inputs.answers()).expect("a finite slope");
            json!({ "slope": fitted.slope, "temperature": fitted.temperature })
        }
        "recalibration.beta_abm" => {
            let map = beta_calibration(&p(), &inputs.answers()).expect("a finite fit");
            let at = inputs.0["pred_at"]
                .as_array()
                .map_or_else(|| vec![0.2, 0.5, 0.8], |at| at.iter().map(number).collect());
            json!({
                "a": map.a,
                "b": map.b,
                "c": map.c,
                "pred_at": at,
                "pred": at.iter().map(|p| map.apply(*p)).collect::<Vec<_>>(),
            })
        }
        _ => return None,
    };
    Some(value)
}

fn updates(function: &str, inputs: &Inputs) -> Option<Value> {
    let n = |key| inputs.number(key);
    let value = match function {
        "update.bayes_binary" => json!(bayes_binary(n("prior"), n("likelihood_h"), n("likelihood_not_h"))),
        "update.beta_binomial" => {
            let posterior = beta_binomial(n("a"), n("b"), inputs.whole("successes"), inputs.whole("trials"));
            let posterior = posterior.expect("the prior is proper");
            let (lower, upper) = posterior.interval(n("level")).expect("a level");
            json!({
                "a": posterior.a,
                "b": posterior.b,
                "mean": posterior.mean,
                "ci": [lower, upper],
                "log_predictive": posterior.ln_evidence,
            })
        }
        "update.normal_normal" => {
            let posterior = normal_normal(n("mean"), n("sd"), &inputs.numbers("obs"), n("obs_sd")).expect("a prior");
            json!({ "mean": posterior.mean, "sd": posterior.sd })
        }
        _ => return None,
    };
    Some(value)
}
