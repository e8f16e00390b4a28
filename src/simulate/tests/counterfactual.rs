//! Counterfactuals against enumeration of the noise behind each event.

use super::*;

/// Rain (30 %) → wet (90 % or 20 %) → slip (50 % or 10 %); what is known of wet and slip; rain as made, or drawn.
fn slippery(known: bool, made: Option<bool>) -> Sketch {
    let mut sketch = Sketch::new(1.0);
    let rain = match made {
        None => sketch.bernoulli("rain", 0.3),
        Some(value) => {
            let out = sketch.plane();
            sketch.push("rain", Operation::ConstantPlane { out, value });
            out
        }
    };
    let rows = sketch.either(rain, chance(0.9), chance(0.2));
    let wet = sketch.bernoulli_known("wet", rows, None);
    let rows = sketch.either(wet, chance(0.5), chance(0.1));
    let slip = sketch.bernoulli_known("slip", rows, known.then_some(true));
    for plane in [rain, wet, slip] {
        sketch.ask(Asked::Binary(plane));
    }
    sketch
}

#[test]
fn twins_share_their_noise_as_enumeration_does() {
    // Which part of (0, 1) each event's uniform lies in decides what it does under any parents.
    let (mut all, mut factual, mut otherwise, mut both) = (0.0, 0.0, [0.0; 2], 0.0);
    for (rain, of_rain) in [(true, 0.3), (false, 0.7)] {
        for (of_wet, below) in [(0.2, [true, true]), (0.7, [true, false]), (0.1, [false, false])] {
            for (of_slip, slips) in [(0.1, [true, true]), (0.4, [true, false]), (0.5, [false, false])] {
                let wet = |rain: bool| if rain { below[0] } else { below[1] };
                let slip = |wet: bool| if wet { slips[0] } else { slips[1] };
                let mass = of_rain * of_wet * of_slip;
                // It is known that somebody slipped.
                if !slip(wet(rain)) {
                    continue;
                }
                all += mass;
                factual += mass * f64::from(u8::from(wet(rain)));
                otherwise[0] += mass * f64::from(u8::from(wet(false)));
                otherwise[1] += mass * f64::from(u8::from(slip(wet(false))));
                both += mass * f64::from(u8::from(wet(rain) != wet(false)));
            }
        }
    }
    let settings = Settings { worlds: 1_000_000, doubt_draws: 0, ..Settings::default() };
    let (plan, changed) = (slippery(true, None).plan, slippery(false, Some(false)).plan);
    let found = counterfactual(&plan, &changed, &settings).unwrap();
    let contrast = |ask: usize| {
        let Contrast { factual, counterfactual, difference } = found.answers[ask][0];
        (factual.unwrap(), counterfactual.unwrap(), difference.unwrap())
    };
    assert!((found.agreeing as f64 / 1e6 - all).abs() < ALLOWED * (all * (1.0 - all) / 1e6_f64).sqrt());
    assert_eq!((contrast(0).1.value, contrast(0).1.standard_error), (0.0, 0.0));
    close(contrast(1).0, factual / all);
    close(contrast(1).1, otherwise[0] / all);
    close(contrast(1).2, (otherwise[0] - factual) / all);
    close(contrast(2).1, otherwise[1] / all);
    assert!((contrast(2).0.value - 1.0).abs() < 1e-15);
    // The wetness of a world only ever falls, so the paired error is that of how often it does.
    let fell = both / all;
    let expected = (fell * (1.0 - fell) / found.agreeing as f64).sqrt();
    assert!((contrast(1).2.standard_error / expected - 1.0).abs() < 0.01);
    let threads = |threads| counterfactual(&plan, &changed, &Settings { threads: Some(threads), ..settings }).unwrap();
    assert!(threads(1) == found && threads(3) == found);
}

#[test]
fn what_does_not_follow_from_what_is_made_so_is_the_same_in_both_runs_without_error() {
    let windy = |known: bool, made: Option<bool>| {
        let mut sketch = slippery(known, made);
        let wind = sketch.bernoulli("wind", 0.4);
        sketch.ask(Asked::Binary(wind));
        sketch.plan
    };
    let settings = Settings { worlds: 100_000, doubt_draws: 0, ..Settings::default() };
    let found = counterfactual(&windy(true, None), &windy(false, Some(false)), &settings).unwrap();
    let wind = found.answers[3][0];
    close(wind.factual.unwrap(), 0.4);
    assert_eq!(wind.counterfactual, wind.factual);
    assert_eq!(wind.difference.map(|apart| (apart.value, apart.standard_error)), Some((0.0, 0.0)));
    // The ground is wet because of the rain.
    assert!(found.answers[1][0].difference.unwrap().standard_error > 0.0);
}

#[test]
fn a_figure_is_there_in_each_run_that_has_worlds_for_it() {
    // How likely wet is if it rains, and if it does not; had it not rained.
    let conditional = |made: Option<bool>| {
        let mut sketch = slippery(false, made);
        let plane = |at: usize| match sketch.plan.asks[at].what {
            Asked::Binary(plane) => plane,
            _ => unreachable!("all are yes/no"),
        };
        let (rain, wet) = (plane(0), plane(1));
        let dry = sketch.not(rain);
        for given in [rain, dry] {
            sketch.ask_given(Asked::Binary(wet), Some(given));
        }
        sketch.plan
    };
    let settings = Settings { worlds: 400_000, doubt_draws: 0, ..Settings::default() };
    let found = counterfactual(&conditional(None), &conditional(Some(false)), &settings).unwrap();
    let (if_rain, if_dry) = (found.answers[3][0], found.answers[4][0]);
    close(if_rain.factual.unwrap(), 0.9);
    assert_eq!((if_rain.counterfactual, if_rain.difference), (None, None));
    close(if_dry.factual.unwrap(), 0.2);
    close(if_dry.counterfactual.unwrap(), 0.2);
    assert!(if_dry.difference.is_some());
}

#[test]
fn what_cannot_be_known_has_no_twin() {
    let mut sketch = Sketch::new(1.0);
    let never = sketch.bernoulli("never", 0.0);
    sketch.require(never);
    let refused = counterfactual(&sketch.plan, &sketch.plan, &Settings { worlds: 10_000, ..Settings::default() });
    assert!(matches!(refused, Err(Impossible::Evidence { .. })));
}

#[test]
fn a_mean_that_one_world_tells_is_not_shown() {
    // About 1.6 of 16 worlds meet the condition.
    let mut sketch = Sketch::new(1.0);
    let out = sketch.number();
    let draw = Draw::Stream(sketch.stream("amount"));
    sketch.push("amount", Operation::Number { out, draw, rows: always(amount()), evidence: None });
    let seldom = sketch.bernoulli("seldom", 0.1);
    sketch.ask_given(Asked::Number(out), Some(seldom));
    sketch.ask_given(Asked::Binary(seldom), Some(seldom));
    let (mut alone, mut several) = (0, 0);
    for seed in 0..40 {
        let settings = Settings { worlds: 16, seed, doubt_draws: 0, ..Settings::default() };
        let found = counterfactual(&sketch.plan, &sketch.plan, &settings).unwrap();
        let [mean, share] = [0, 1].map(|ask| found.answers[ask][0].factual);
        match mean {
            Some(mean) => {
                several += 1;
                assert!(mean.standard_error > 0.0, "{mean:?}");
            }
            None => alone += i32::from(share.is_some()),
        }
    }
    assert!(alone > 0 && several > 0, "{alone} {several}");
}

#[test]
fn what_is_so_anyway_makes_no_difference_and_no_error_of_one() {
    let mut known = slippery(false, None);
    let Asked::Binary(rain) = known.plan.asks[0].what else { panic!("a yes/no event") };
    let dry = known.not(rain);
    known.require(dry);
    let settings = Settings { worlds: 20_000, doubt_draws: 0, ..Settings::default() };
    let differences = |made: bool| -> Vec<Estimate> {
        let found = counterfactual(&known.plan, &slippery(false, Some(made)).plan, &settings).unwrap();
        found.answers.iter().map(|contrasts| contrasts[0].difference.unwrap()).collect()
    };
    assert!(differences(false).iter().all(|one| one.value == 0.0 && one.standard_error == 0.0));
    assert!(differences(true)[1..].iter().all(|one| one.value > 0.0 && one.standard_error > 0.0));
}
