//! Laws that every family obeys, run over [`FAMILIES`] so that a new family is held to them by being in the list.

use crate::dist::{
    Bound, Constant, Distribution, FAMILIES, Family, Gamma, Limited, ParameterError, Rounded, Sampler, expectation,
    family, from_interval, from_quantiles,
};
use crate::math::quadrature::integrate;
use std::sync::Arc;

/// The distribution of a family's own example.
fn example(family: &Family) -> Arc<dyn Distribution> {
    let (name, rest) = family.example.split_once('(').expect("an example is a call");
    assert_eq!(name, family.name, "an example shows its own family");
    let arguments: Vec<f64> = rest.trim_end_matches(')').split(',').map(|word| word.trim().parse().unwrap()).collect();
    crate::dist::family(name, &arguments).unwrap()
}

/// Every example, members of the families with unusual parameters, and what is made of them.
fn members() -> Vec<(String, Arc<dyn Distribution>)> {
    let mut members: Vec<_> = FAMILIES.iter().map(|family| (family.example.to_string(), example(family))).collect();
    for (name, arguments) in [
        ("normal", &[-1e3, 0.1][..]),
        ("lognormal", &[-4.0, 1.5]),
        ("triangular", &[0.0, 0.0, 1.0]),
        ("triangular", &[0.0, 3.0, 3.0]),
        ("pert", &[0.0, 0.0, 1.0]),
        ("beta", &[0.5, 0.5]),
        ("beta", &[0.2, 7.0]),
        ("beta", &[4000.0, 900.0]),
        ("gamma", &[0.3, 10.0]),
        ("gamma", &[1e5, 1.0]),
        ("weibull", &[0.5, 2.0]),
        ("weibull", &[20.0, 2.0]),
        ("student_t", &[2.5, 0.0, 1.0]),
        ("student_t", &[200.0, -3.0, 0.1]),
        ("pareto", &[0.1, 2.5]),
        ("chi_squared", &[1.0]),
        ("inverse_gamma", &[2.5, 0.1]),
        ("poisson", &[0.01]),
        ("poisson", &[4321.5]),
        ("binomial", &[1000.0, 0.001]),
        ("binomial", &[1.0, 0.5]),
        ("binomial", &[0.0, 0.5]),
        ("negative_binomial", &[0.4, 0.05]),
        ("geometric", &[0.999]),
        ("geometric", &[0.001]),
    ] {
        members.push((format!("{name}{arguments:?}"), family(name, arguments).unwrap()));
    }
    let from = |name: &str, arguments: &[f64]| family(name, arguments).unwrap();
    let limited = |base, lower, upper| Arc::new(Limited::new(base, lower, upper).unwrap());
    members.push(("40 to 90".into(), from_interval(0.9, 40.0, 90.0).unwrap()));
    members.push(("quantiles".into(), from_quantiles(&[(0.05, 40.0), (0.5, 60.0), (0.95, 90.0)]).unwrap()));
    members.push(("bounded quantiles".into(), from_quantiles(&[(0.0, -4.0), (0.3, 1.0), (1.0, 2.0)]).unwrap()));
    members.push((
        "cut normal".into(),
        limited(from("normal", &[0.0, 1.0]), Some(Bound::Cut(-1.0)), Some(Bound::Cut(4.0))),
    ));
    members.push(("cut gamma".into(), limited(from("gamma", &[2.0, 0.5]), Some(Bound::Cut(3.0)), None)));
    members.push(("capped count".into(), limited(from("poisson", &[2.0]), None, Some(Bound::Cap(3.0)))));
    members
        .push(("cut count".into(), limited(from("geometric", &[0.1]), Some(Bound::Cut(1.0)), Some(Bound::Cut(40.0)))));
    members.push(("rounded".into(), Arc::new(Rounded::new(from_interval(0.9, 3.0, 12.0).unwrap()))));
    members.push(("rounded gamma".into(), Arc::new(Rounded::new(from("gamma", &[3.0, 0.2])))));
    members.push(("predictive".into(), Gamma::new(2.0, 40.0).unwrap().predictive(14.0)));
    members.push(("constant".into(), Arc::new(Constant::new(42.0).unwrap())));
    members
}

const PROBABILITIES: [f64; 13] =
    [1e-12, 1e-6, 0.001, 0.01, 0.1, 0.25, 0.5, 0.6, 0.9, 0.99, 0.999, 1.0 - 1e-6, 1.0 - 1e-9];

#[test]
fn the_list_and_the_members_agree() {
    for family in FAMILIES {
        let member = example(family);
        assert_eq!(member.is_discrete(), family.discrete, "{}", family.name);
        assert!(!family.description.is_empty() && !family.description.ends_with('.'), "{}", family.name);
        let mut names: Vec<&str> = FAMILIES.iter().map(|other| other.name).collect();
        names.retain(|name| *name == family.name);
        assert_eq!(names.len(), 1, "{} is listed once", family.name);
    }
}

#[test]
fn the_density_integrates_to_the_cdf() {
    for (name, member) in members().iter().filter(|(_, member)| !member.is_discrete()) {
        for pair in PROBABILITIES.windows(2) {
            let (from, to) = (member.quantile(pair[0]), member.quantile(pair[1]));
            // Split in the middle, where a density may have its peak or a corner.
            let middle = member.quantile(0.5 * (pair[0] + pair[1]));
            let mut cuts = vec![from, middle, to];
            cuts.extend(member.kinks().iter().map(|p| member.quantile(*p)).filter(|x| *x > from && *x < to));
            cuts.sort_by(f64::total_cmp);
            let area: f64 = cuts.windows(2).map(|ends| integrate(|x| member.density(x), ends[0], ends[1], 1e-12)).sum();
            let mass = member.cdf(to) - member.cdf(from);
            // Beside a pole at an end other than 0 the doubles are too coarse for more.
            let tolerance = if member.density(to) == f64::INFINITY { 1e-8 } else { 1e-9 };
            assert!((area - mass).abs() < tolerance, "{name} from {from} to {to}: {area} {mass}");
        }
    }
}

#[test]
fn the_masses_sum_to_the_cdf() {
    for (name, member) in members().iter().filter(|(_, member)| member.is_discrete()) {
        let mut sum = 0.0;
        let mut value = member.support().0;
        while value <= member.quantile(1.0 - 1e-9) {
            sum += member.density(value);
            assert!((sum - member.cdf(value)).abs() < 1e-11, "{name} at {value}: {sum} {}", member.cdf(value));
            assert!(member.density(value + 0.5) == 0.0);
            value = member.next_value(value);
        }
        assert!(sum > 1.0 - 2e-9, "{name}");
    }
}

#[test]
fn the_quantile_inverts_the_cdf() {
    for (name, member) in &members() {
        for p in PROBABILITIES {
            let x = member.quantile(p);
            let upper = member.upper_quantile(p);
            if member.is_discrete() {
                assert!(member.cdf(x) >= p, "{name} at {p}");
                assert!(x == member.support().0 || member.cdf(x - 1.0) < p, "{name} at {p}");
                assert!(member.survival(upper) <= p, "{name} at {p}");
                assert!(upper == member.support().0 || member.survival(upper - 1.0) > p, "{name} at {p}");
            } else {
                // The rounding of x itself moves the cdf by the density times the spacing of doubles.
                let rounding = |x: f64| 4.0 * f64::EPSILON * x.abs() * member.density(x).min(1e300);
                let (cdf, survival) = (member.cdf(x), member.survival(upper));
                assert!((cdf - p).abs() <= 1e-11 * p + rounding(x), "{name} at {p}: {x} {cdf}");
                assert!((survival - p).abs() <= 1e-11 * p + rounding(upper), "{name} at {p}: {upper} {survival}");
            }
        }
    }
}

#[test]
fn cdf_and_survival_are_complements_and_rise_and_fall() {
    for (name, member) in &members() {
        let mut before = 0.0;
        for i in 1..400 {
            let x = member.quantile(f64::from(i) / 400.0);
            let cdf = member.cdf(x);
            assert!((cdf + member.survival(x) - 1.0).abs() < 1e-12, "{name} at {x}");
            assert!(cdf >= before - 1e-14, "{name} at {x}");
            before = cdf;
        }
    }
}

#[test]
fn mean_and_variance_are_those_of_the_quantile_function() {
    for (name, member) in &members() {
        let Some(mean) = member.mean() else { continue };
        let numeric = expectation(member.as_ref(), |x| x);
        let size = mean.abs() + member.variance().map_or(0.0, f64::sqrt);
        assert!((numeric - mean).abs() <= 1e-8 * size, "{name}: {numeric} {mean}");
        let Some(variance) = member.variance() else { continue };
        let numeric = expectation(member.as_ref(), |x| (x - mean) * (x - mean));
        assert!((numeric - variance).abs() <= 1e-7 * variance, "{name}: {numeric} {variance}");
    }
}

#[test]
fn the_sampler_draws_the_quantile() {
    for (name, member) in &members() {
        let sampler = Sampler::new(member);
        let uniforms: Vec<f64> = (0..5000).map(|i| (f64::from(i) + 0.5) / 5000.0).chain(PROBABILITIES).collect();
        let mut draws = vec![0.0; uniforms.len()];
        sampler.draw_column(&uniforms, &mut draws);
        let size = member.quantile(0.75).abs().max(member.quantile(0.25).abs());
        for (uniform, draw) in uniforms.iter().zip(draws) {
            let exact = member.quantile(*uniform);
            assert!((draw - exact).abs() <= 1e-9 * exact.abs().max(1e-3 * size), "{name} at {uniform}: {draw} {exact}");
        }
    }
}

#[test]
fn the_support_is_respected() {
    for (name, member) in &members() {
        let (low, high) = member.support();
        for p in PROBABILITIES {
            let x = member.quantile(p);
            assert!((low..=high).contains(&x), "{name} at {p}: {x}");
        }
        assert_eq!((member.quantile(0.0), member.quantile(1.0)), (low, high), "{name}");
        for outside in [low - 1.0, high + 1.0] {
            if outside.is_finite() {
                assert_eq!(member.density(outside), 0.0, "{name} at {outside}");
            }
        }
        assert_eq!(member.cdf(f64::INFINITY), 1.0, "{name}");
        assert_eq!(member.cdf(f64::NEG_INFINITY), 0.0, "{name}");
        assert_eq!(member.density(f64::INFINITY), 0.0, "{name}");
    }
}

#[test]
fn extreme_parameters_are_refused_or_give_numbers() {
    const VALUES: [f64; 22] = [
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        -1e300,
        -1e100,
        -1.0,
        0.0,
        1e-300,
        1e-100,
        1e-15,
        1e-9,
        1e-6,
        1e-3,
        0.5,
        1.0,
        2.0,
        30.0,
        1e6,
        1e12,
        1e15,
        1e100,
        1e300,
    ];
    for family in FAMILIES {
        let k = family.parameters.len();
        let total = VALUES.len().pow(k as u32);
        // Every combination of one or two parameters, every seventh of three.
        for code in (0..total).step_by(if k > 2 { 7 } else { 1 }) {
            let arguments: Vec<f64> =
                (0..k).map(|i| VALUES[code / VALUES.len().pow(i as u32) % VALUES.len()]).collect();
            let member = match (family.build)(&arguments) {
                Ok(member) => member,
                Err(ParameterError { message, argument, .. }) => {
                    assert!(argument.is_some_and(|argument| argument < k), "{message}");
                    assert!(message.contains(family.name), "{message}");
                    continue;
                }
            };
            let name = format!("{}{arguments:?}", family.name);
            assert!(member.mean().is_none_or(f64::is_finite), "{name}");
            assert!(member.variance().is_none_or(|variance| variance >= 0.0), "{name}");
            let mut before = f64::NEG_INFINITY;
            for p in [0.0, 1e-300, 1e-9, 0.3, 0.5, 0.999, 1.0 - 1e-16, 1.0] {
                let x = member.quantile(p);
                assert!(x >= before || (x - before).abs() <= 1e-9 * x.abs(), "{name} at {p}: {before} {x}");
                before = x;
                for x in [x, member.upper_quantile(p), 0.0, 1e300, -1e300] {
                    assert!(!x.is_nan(), "{name} at {p}");
                    assert!((0.0..=1.0).contains(&member.cdf(x)), "{name}: cdf({x}) = {}", member.cdf(x));
                    assert!((0.0..=1.0).contains(&member.survival(x)), "{name}: survival({x})");
                    assert!(member.density(x) >= 0.0, "{name}: density({x}) = {}", member.density(x));
                }
            }
        }
    }
}
