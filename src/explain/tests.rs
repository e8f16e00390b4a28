//! Against closed forms and published values.

use super::*;
use crate::dist::{Distribution, Normal, Uniform};
use ndarray::array;
use std::f64::consts::PI;
use std::sync::Arc;

fn uniforms(count: usize, low: f64, high: f64) -> Vec<Arc<dyn Distribution>> {
    (0..count).map(|_| Arc::new(Uniform::new(low, high).unwrap()) as Arc<dyn Distribution>).collect()
}

/// Within 5 standard errors (Student's t with 31 degrees: false alarms 2e-5 each, and none under these seeds), and the error itself small.
fn near(share: Share, expected: f64, finest: f64) {
    assert!(share.standard_error < finest, "{share:?}");
    assert!((share.value - expected).abs() < 5.0 * share.standard_error + 1e-9, "{share:?}, not {expected}");
}

fn ishigami(x: &[f64]) -> f64 {
    let sine = crate::math::sin(x[1]);
    crate::math::sin(x[0]) * (1.0 + 0.1 * x[2] * x[2] * x[2] * x[2]) + 7.0 * sine * sine
}

#[test]
fn the_ishigami_function_has_its_indices() {
    let inputs = Inputs::independent(uniforms(3, -PI, PI));
    let sampling = Sampling { pairs: true, ..Sampling::default() };
    let found = variance_shares(&inputs, &sampling, ishigami).unwrap();
    near(found.variance, 13.844_588, 0.1);
    // Closed form with a = 7, b = 0.1; case G1 of the reference cases. Shapley: first order and half of the interaction of the first with the third.
    let expected = [(0.313_905, 0.557_589), (0.442_411, 0.442_411), (0.0, 0.243_684)];
    let shapley = [0.435_747, 0.442_411, 0.121_842];
    for (one, (expected, shapley)) in found.inputs.iter().zip(expected.into_iter().zip(shapley)) {
        near(one.first, expected.0, 0.01);
        near(one.total, expected.1, 0.01);
        near(one.shapley, shapley, 0.01);
    }
    for (left, right, share) in &found.pairs {
        near(*share, if (*left, *right) == (0, 2) { 0.243_684 } else { 0.0 }, 0.02);
    }
}

#[test]
fn the_g_function_has_its_indices() {
    let a = [0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0];
    let inputs = Inputs::independent(uniforms(8, 0.0, 1.0));
    let sampling = Sampling { points: 509, ..Sampling::default() };
    let function = |x: &[f64]| x.iter().zip(a).map(|(x, a)| ((4.0 * x - 2.0).abs() + a) / (1.0 + a)).product();
    let found = variance_shares(&inputs, &sampling, function).unwrap();
    // Closed form; case G2.
    let expected = [(0.716_192, 0.787_144), (0.179_048, 0.242_198), (0.023_676, 0.034_317), (0.007_162, 0.010_460)];
    for (one, expected) in found.inputs.iter().zip(expected) {
        near(one.first, expected.0, 0.01);
        near(one.total, expected.1, 0.01);
    }
    assert!((found.inputs.iter().map(|one| one.shapley.value).sum::<f64>() - 1.0).abs() < 0.02);
}

#[test]
fn three_normals_two_of_them_correlated_have_their_shapley_effects() {
    let normal = |sd: f64| Arc::new(Normal::new(0.0, sd).unwrap()) as Arc<dyn Distribution>;
    let correlation = array![[1.0, 0.0, 0.0], [0.0, 1.0, 0.9], [0.0, 0.9, 1.0]];
    let inputs = Inputs::correlated(vec![normal(1.0), normal(1.0), normal(2.0)], correlation).unwrap();
    let found = variance_shares(&inputs, &Sampling::default(), |x| x.iter().sum()).unwrap();
    // Case G4 (Iooss and Prieur 2019). First order and total by hand: Var(E[Y | x_i]) and E[Var(Y | others)] over 9.6.
    near(found.variance, 9.6, 0.1);
    let expected = [
        (1.0 / 9.6, 0.104_167, 1.0 / 9.6),
        (2.8 * 2.8 / 9.6, 0.418_229, 0.19 / 9.6),
        (2.9 * 2.9 / 9.6, 0.477_604, 4.0 * 0.19 / 9.6),
    ];
    for (one, (first, shapley, total)) in found.inputs.iter().zip(expected) {
        near(one.first, first, 0.01);
        near(one.shapley, shapley, 0.01);
        near(one.total, total, 0.01);
    }
}
