//! Our distributions against those of statrs, an independent implementation.

use crate::dist::family;
use statrs::distribution as peer;
use statrs::distribution::{Continuous, ContinuousCDF, Discrete, DiscreteCDF};

#[track_caller]
fn agree(name: &str, arguments: &[f64], cdf: &dyn Fn(f64) -> f64, density: &dyn Fn(f64) -> f64) {
    let ours = family(name, arguments).unwrap();
    for p in [1e-6, 0.01, 0.2, 0.5, 0.7, 0.95, 0.9999] {
        let x = ours.quantile(p);
        assert!((ours.cdf(x) - cdf(x)).abs() < 1e-10, "{name} cdf at {x}: {} {}", ours.cdf(x), cdf(x));
        let (here, there) = (ours.density(x), density(x));
        assert!((here - there).abs() <= 1e-9 * there.abs(), "{name} density at {x}: {here} {there}");
    }
}

macro_rules! continuous {
    ($name:literal, $arguments:expr, $peer:expr) => {
        let peer = $peer.unwrap();
        agree($name, &$arguments, &|x| peer.cdf(x), &|x| peer.pdf(x));
    };
}

macro_rules! discrete {
    ($name:literal, $arguments:expr, $peer:expr, $shift:literal) => {
        let peer = $peer.unwrap();
        agree($name, &$arguments, &|x| peer.cdf(x as u64 + $shift), &|x| peer.pmf(x as u64 + $shift));
    };
}

#[test]
fn continuous_families_agree_with_statrs() {
    continuous!("normal", [10.0, 2.0], peer::Normal::new(10.0, 2.0));
    continuous!("lognormal", [3.0, 0.5], peer::LogNormal::new(3.0, 0.5));
    continuous!("uniform", [2.0, 5.0], peer::Uniform::new(2.0, 5.0));
    continuous!("triangular", [1.0, 2.0, 6.0], peer::Triangular::new(1.0, 6.0, 2.0));
    continuous!("beta", [2.0, 8.0], peer::Beta::new(2.0, 8.0));
    continuous!("beta", [0.5, 0.7], peer::Beta::new(0.5, 0.7));
    continuous!("gamma", [2.0, 0.5], peer::Gamma::new(2.0, 0.5));
    continuous!("gamma", [0.3, 7.0], peer::Gamma::new(0.3, 7.0));
    continuous!("exponential", [0.5], peer::Exp::new(0.5));
    continuous!("weibull", [1.7, 30.0], peer::Weibull::new(1.7, 30.0));
    continuous!("student_t", [5.0, 10.0, 2.0], peer::StudentsT::new(10.0, 2.0, 5.0));
    continuous!("pareto", [1.0, 3.0], peer::Pareto::new(1.0, 3.0));
    continuous!("cauchy", [3.0, 2.0], peer::Cauchy::new(3.0, 2.0));
    continuous!("laplace", [10.0, 2.0], peer::Laplace::new(10.0, 2.0));
    continuous!("gumbel", [10.0, 2.0], peer::Gumbel::new(10.0, 2.0));
    continuous!("chi_squared", [4.0], peer::ChiSquared::new(4.0));
    continuous!("inverse_gamma", [3.0, 4.0], peer::InverseGamma::new(3.0, 4.0));
}

#[test]
fn discrete_families_agree_with_statrs() {
    discrete!("poisson", [2.0], peer::Poisson::new(2.0), 0);
    discrete!("poisson", [300.0], peer::Poisson::new(300.0), 0);
    discrete!("binomial", [10.0, 0.3], peer::Binomial::new(0.3, 10), 0);
    discrete!("negative_binomial", [3.0, 0.4], peer::NegativeBinomial::new(3.0, 0.4), 0);
    // There the number of trials, here the number of failures before the success.
    discrete!("geometric", [0.25], peer::Geometric::new(0.25), 1);
}
