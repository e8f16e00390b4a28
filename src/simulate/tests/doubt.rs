//! Intervals from doubtful inputs, against the quantiles of their priors.

use super::*;
use crate::dist::{Beta, Dirichlet, Gamma, MeanInDoubt, MeanOf};

pub(super) fn beta(a: f64, b: f64) -> Beta {
    Beta::new(a, b).unwrap()
}

fn doubtful(sketch: &mut Sketch, name: &str, a: f64, b: f64) -> PlaneId {
    let beta = beta(a, b);
    let predictive = beta.mean();
    let parameter = sketch.parameter(name, Prior::Beta(beta));
    let drawn = Some(DrawnChance { parameter, log_odds: 0.0, stream: None });
    sketch.bernoulli_known(name, always(Chance { predictive, drawn }), None)
}

fn run(sketch: &Sketch, seed: u64) -> Tally {
    simulate(&sketch.plan, &Settings { seed, worlds: 400_000, ..Settings::default() }, &|_| ()).unwrap()
}

#[test]
fn the_interval_of_one_chance_is_that_of_its_prior() {
    let mut sketch = Sketch::new(1.0);
    let plane = doubtful(&mut sketch, "event", 6.5, 14.5);
    let fixed = sketch.bernoulli("fixed", 0.3);
    sketch.ask(Asked::Binary(plane));
    sketch.ask(Asked::Binary(fixed));
    let prior = beta(6.5, 14.5);
    let (mut lows, mut highs) = (0.0, 0.0);
    for seed in 1..=25 {
        let tally = run(&sketch, seed);
        let (low, high) = probability(&tally, 0).prior_interval.unwrap();
        // The ends scatter by 0.0022 and 0.0032, a thirtieth of the prior's standard deviation, for 200 draws of 4096 worlds.
        assert!((low - prior.quantile(0.05)).abs() < 0.012, "{low}");
        assert!((high - prior.quantile(0.95)).abs() < 0.018, "{high}");
        lows += low / 25.0;
        highs += high / 25.0;
        // What no doubtful input can move has no interval.
        assert_eq!(probability(&tally, 1).prior_interval, None);
    }
    // And they scatter around the right place: 5.5 times a fifth of that.
    assert!((lows - prior.quantile(0.05)).abs() < 0.0024, "{lows}");
    assert!((highs - prior.quantile(0.95)).abs() < 0.0035, "{highs}");
}

#[test]
fn the_interval_of_a_product_is_that_of_the_product_of_the_priors() {
    let mut sketch = Sketch::new(1.0);
    let first = doubtful(&mut sketch, "first", 8.0, 4.0);
    let second = doubtful(&mut sketch, "second", 5.0, 5.0);
    let both = sketch.logic(Logic::And, first, second);
    sketch.ask(Asked::Binary(both));
    let mut products = Vec::new();
    for left in 0..300 {
        for right in 0..300 {
            let level = |index: i32| (f64::from(index) + 0.5) / 300.0;
            products.push(beta(8.0, 4.0).quantile(level(left)) * beta(5.0, 5.0).quantile(level(right)));
        }
    }
    products.sort_by(f64::total_cmp);
    for seed in 1..=3 {
        let (low, high) = probability(&run(&sketch, seed), 0).prior_interval.unwrap();
        // The standard deviation is 0.13; the 5 % quantile of 200 draws is uncertain by about a tenth of it.
        assert!((low - products[4500]).abs() < 0.025, "{low} {}", products[4500]);
        assert!((high - products[85_500]).abs() < 0.035, "{high} {}", products[85_500]);
    }
}

#[test]
fn the_main_run_uses_the_mean_of_the_prior() {
    let mut sketch = Sketch::new(1.0);
    let plane = doubtful(&mut sketch, "event", 2.0, 3.0);
    sketch.ask(Asked::Binary(plane));
    close(probability(&run(&sketch, 1), 0), 0.4);
}

#[test]
fn evidence_moves_the_interval_to_the_posterior() {
    // Beta(2, 2); a draw of the same chance is a yes: Beta(3, 2).
    let mut sketch = Sketch::new(1.0);
    let parameter = sketch.parameter("chance", Prior::Beta(beta(2.0, 2.0)));
    let rows = always(Chance { predictive: 0.5, drawn: Some(DrawnChance { parameter, log_odds: 0.0, stream: None }) });
    sketch.bernoulli_known("seen", rows.clone(), Some(true));
    let again = sketch.bernoulli_known("again", rows, None);
    sketch.ask(Asked::Binary(again));
    let tally = run(&sketch, 1);
    let (low, high) = probability(&tally, 0).prior_interval.unwrap();
    let width = beta(3.0, 2.0).quantile(0.95) - beta(3.0, 2.0).quantile(0.05);
    assert!((high - low - width).abs() < 0.06, "{low} {high}");
}

/// About a mean of 10 with a doubt of 3 and chance of 4: the mean's interval is that of the doubt, 10 ± 1.645 · 3, and that of the share beyond 15 is
/// that of 1 - Φ((15 - m) / 4).
#[test]
fn a_mean_in_doubt_has_an_interval() {
    let mut sketch = Sketch::new(1.0);
    let law = MeanInDoubt::new(MeanOf::Number, 10.0, 3.0, 4.0).unwrap();
    let parameter = sketch.parameter("mean", Prior::Mean(law));
    let number = sketch.number();
    let draw = Draw::Stream(sketch.stream("number"));
    let predictive = Box::new(Sampler::new(&law.predictive()));
    let rows = always(NumberSource::InDoubt { predictive, parameter, law: Conditional::AboutMean(law), stream: None });
    sketch.push("number", Operation::Number { out: number, draw, rows, evidence: None });
    let beyond = sketch.compare(Comparison::Less, Operand::Constant(15.0), Operand::Column(number));
    let number_ask = sketch.ask(Asked::Number(number));
    let beyond_ask = sketch.ask(Asked::Binary(beyond));
    let tally = run(&sketch, 1);
    let Answer::Number(answer) = &tally.answers()[number_ask] else { panic!("a number") };
    // A draw of 4,096 worlds tells its mean to 0.06, and 200 strata an end to 0.15.
    let (low, high) = answer.mean.prior_interval.unwrap();
    assert!(
        (low - (10.0 - 1.644_854 * 3.0)).abs() < 0.4 && (high - (10.0 + 1.644_854 * 3.0)).abs() < 0.4,
        "{low} {high}"
    );
    let share = probability(&tally, beyond_ask);
    // Φ(-1) in the mean; the standard deviation of both together is 5.
    assert!((share.value - 0.158_655).abs() < 5.0 * share.standard_error, "{share:?}");
    let (low, high) = share.prior_interval.unwrap();
    let beyond = |mean: f64| crate::math::normal::cdf((mean - 15.0) / 4.0);
    assert!((low - beyond(10.0 - 1.644_854 * 3.0)).abs() < 0.01, "{low}");
    assert!((high - beyond(10.0 + 1.644_854 * 3.0)).abs() < 0.05, "{high}");
}

#[test]
fn rates_options_and_hazards_have_intervals_too() {
    let mut sketch = Sketch::new(100.0);
    // Options with Dirichlet(4, 6, 10): the first is Beta(4, 16).
    let parameter = sketch.parameter("options", Prior::Dirichlet(Dirichlet::new(&[4.0, 6.0, 10.0]).unwrap()));
    let out: Vec<PlaneId> = (0..3).map(|_| sketch.plane()).collect();
    let draw = Draw::Stream(sketch.stream("options"));
    let rows = always(Probabilities { predictive: vec![0.2, 0.3, 0.5], drawn: Some(parameter), stream: None });
    sketch.push("options", Operation::Categorical { out: out.clone(), draw, rows, evidence: None });
    sketch.ask(Asked::Categorical(out));
    // A count with rate Gamma(9, 3) a week over two weeks: mean 6.
    let rate = Gamma::new(9.0, 3.0).unwrap();
    let parameter = sketch.parameter("rate", Prior::Gamma(rate));
    let number = sketch.number();
    let draw = Draw::Stream(sketch.stream("count"));
    let predictive = Box::new(Sampler::new(&rate.predictive(2.0)));
    let rows = always(NumberSource::InDoubt {
        predictive,
        parameter,
        law: Conditional::Poisson { exposure: 2.0 },
        stream: None,
    });
    sketch.push("count", Operation::Number { out: number, draw, rows, evidence: None });
    // A date with the chance Beta(6, 4) by day 30, and its hazard behind it.
    let prior = beta(6.0, 4.0);
    let strata = prior.stratum_means(256);
    let parameter = sketch.parameter("date", Prior::Beta(prior));
    sketch.plan.parameters[parameter.0 as usize].strata = strata;
    let scale = Some(HazardScale {
        parameter,
        reference: 0.6,
        stream: sketch.stream("date: chance"),
        fixed: None,
        among: None,
    });
    let rows = always(HazardSource { hazard: constant(0.6, 30.0), scale });
    let date = sketch.date_known("date", rows, None, Vec::new(), None);
    let by = sketch.by(date, 30.0);
    let by_ask = sketch.ask(Asked::Binary(by));
    let number_ask = sketch.ask(Asked::Number(number));
    let date_ask = sketch.ask(Asked::Date(date));

    let tally = run(&sketch, 1);
    let Answer::Categorical(options) = &tally.answers()[0] else { panic!() };
    let (low, high) = options[0].prior_interval.unwrap();
    let first = beta(4.0, 16.0);
    assert!((low - first.quantile(0.05)).abs() < 0.015 && (high - first.quantile(0.95)).abs() < 0.02, "{low} {high}");
    close(probability(&tally, by_ask), 0.6);
    let (low, high) = probability(&tally, by_ask).prior_interval.unwrap();
    let prior = beta(6.0, 4.0);
    assert!((low - prior.quantile(0.05)).abs() < 0.01 && (high - prior.quantile(0.95)).abs() < 0.01, "{low} {high}");
    let Answer::Number(count) = &tally.answers()[number_ask] else { panic!() };
    close(count.mean, 6.0);
    let (low, high) = count.mean.prior_interval.unwrap();
    let width = 2.0 * (rate.quantile(0.95) - rate.quantile(0.05));
    assert!((high - low - width).abs() < 0.1 * width, "{low} {high} {width}");
    let Answer::Date(date) = &tally.answers()[date_ask] else { panic!() };
    assert!(date.never.prior_interval.is_some());
}
