//! Scores of distributions by name, against their definitions.

use super::*;
use crate::dist::FAMILIES;
use crate::score::{Segment, rule};

fn named(text: &str) -> NamedDistribution {
    text.parse().expect("it is one")
}

fn score(id: &str, text: &str, outcome: f64) -> Result<Score, Unfit> {
    rule(id).expect("it is on the list").score(&Case::Distribution { distribution: named(text), outcome })
}

/// Distribution, outcome, CRPS, minus the logarithm of the density, DSS. From scipy 1.17.1: the CRPS by integrating (or, of counts, summing) the square of its
/// `cdf` and `sf` with `quad`, the others from `logpdf`, `logpmf`, `mean` and `std`.
const KNOWN: [(&str, f64, f64, f64, f64); 63] = [
    ("normal(10, 2)", 6.5, 2.436_316_010_16, 3.143_335_713_76, 4.448_794_361_12),
    ("normal(10, 2)", 10.0, 0.467_389_954_51, 1.612_085_713_76, 1.386_294_361_12),
    ("normal(10, 2)", 13.2, 2.164_588_704_75, 2.892_085_713_76, 3.946_294_361_12),
    ("lognormal(3, 0.5)", -1.0, 17.470_735_441_7, f64::INFINITY, 8.828_304_216_96),
    ("lognormal(3, 0.5)", 12.0, 5.238_728_027_3, 3.241_340_321_3, 5.778_206_296_74),
    ("lognormal(3, 0.5)", 41.0, 13.709_500_427_4, 4.957_733_608_11, 7.252_602_011_42),
    ("uniform(2, 5)", 1.0, 2.0, f64::INFINITY, 8.045_651_260_88),
    ("uniform(2, 5)", 2.5, 0.583_333_333_333, 1.098_612_288_67, 1.045_651_260_88),
    ("uniform(2, 5)", 6.0, 2.0, f64::INFINITY, 8.045_651_260_88),
    ("triangular(1, 2, 6)", 0.5, 1.886_666_666_67, f64::INFINITY, 5.511_293_536_97),
    ("triangular(1, 2, 6)", 1.4, 0.995_2, 1.832_581_463_75, 2.348_436_394_11),
    ("triangular(1, 2, 6)", 4.5, 0.999_166_666_667, 1.897_119_984_89, 2.082_722_108_4),
    ("pert(1, 2, 6)", 1.3, 0.723_009_105_606, 1.248_147_799, 1.632_317_927_55),
    ("pert(1, 2, 6)", 2.9, 0.320_037_529_293, 1.103_199_717_73, -0.074_348_739_118_4),
    ("pert(1, 2, 6)", 7.0, 4.011_606_565_43, f64::INFINITY, 26.712_317_927_5),
    ("beta(2, 8)", 0.05, 0.085_646_651_652_3, -0.921_880_784_749, -2.683_601_736_55),
    ("beta(2, 8)", 0.3, 0.068_638_109_144_5, -0.575_968_707_119, -3.542_976_736_55),
    ("beta(2, 8)", 1.2, 0.933_126_934_985, f64::INFINITY, 64.519_523_263_5),
    ("gamma(2, 0.5)", 0.7, 1.824_068_043_36, 2.092_969_305_06, 3.440_691_541_68),
    ("gamma(2, 0.5)", 4.0, 0.665_364_531_786, 2.0, 2.079_441_541_68),
    ("gamma(2, 0.5)", 15.0, 9.521_017_206_07, 6.178_244_160_02, 17.204_441_541_7),
    ("exponential(0.5)", -1.0, 2.0, f64::INFINITY, 3.636_294_361_12),
    ("exponential(0.5)", 0.4, 0.674_923_012_312, 0.893_147_180_56, 2.026_294_361_12),
    ("exponential(0.5)", 9.0, 6.044_435_986_15, 5.193_147_180_56, 13.636_294_361_1),
    ("weibull(1.7, 30)", -4.0, 21.804_454_308, f64::INFINITY, 9.174_776_415_87),
    ("weibull(1.7, 30)", 11.0, 8.205_631_684_77, 3.754_541_494_37, 6.517_366_760_69),
    ("weibull(1.7, 30)", 70.0, 34.534_104_243_1, 6.499_871_927_03, 12.686_546_739_1),
    ("logistic(10, 2)", 3.0, 5.119_001_673_09, 4.252_648_017_11, 6.300_695_343_01),
    ("logistic(10, 2)", 10.5, 0.803_757_679_515, 2.095_026_020_32, 2.596_139_566_08),
    ("logistic(10, 2)", 21.0, 9.016_313_773_08, 6.201_304_067_1, 11.772_039_259_7),
    ("student_t(5, 10, 2)", 1.0, 7.632_846_837_24, 6.519_931_499_48, 14.047_119_984_9),
    ("student_t(5, 10, 2)", 10.5, 0.561_207_927_262, 1.699_034_329_61, 1.934_619_984_89),
    ("student_t(5, 10, 2)", 19.0, 7.632_846_837_24, 6.519_931_499_48, 14.047_119_984_9),
    ("pareto(1, 3)", 0.2, 1.0, f64::INFINITY, 1.965_651_260_88),
    ("pareto(1, 3)", 1.3, 0.091_715_976_331_4, -0.049_155_230_798_1, -0.234_348_739_118),
    ("pareto(1, 3)", 6.0, 4.227_777_777_78, 6.068_425_588_24, 26.712_317_927_5),
    ("laplace(10, 2)", 4.0, 4.599_574_136_74, 4.386_294_361_12, 6.579_441_541_68),
    ("laplace(10, 2)", 10.5, 0.557_601_566_143, 1.636_294_361_12, 2.110_691_541_68),
    ("laplace(10, 2)", 19.0, 7.522_217_993_08, 5.886_294_361_12, 12.204_441_541_7),
    ("gumbel(10, 2)", 7.0, 2.776_613_424_97, 3.674_836_250_9, 4.507_093_671_31),
    ("gumbel(10, 2)", 11.0, 0.561_967_360_351, 1.799_677_840_27, 1.887_619_282_37),
    ("gumbel(10, 2)", 22.0, 9.469_183_176_95, 6.695_625_932_74, 19.761_057_664_3),
    ("chi_squared(4)", 0.5, 2.009_207_047_64, 2.329_441_541_68, 3.610_691_541_68),
    ("chi_squared(4)", 3.0, 0.623_822_242_078, 1.787_682_072_45, 2.204_441_541_68),
    ("chi_squared(4)", 14.0, 8.532_827_750_76, 5.747_237_031_5, 14.579_441_541_7),
    ("inverse_gamma(3, 4)", 0.4, 0.850_217_919_663, 2.869_101_169_7, 2.026_294_361_12),
    ("inverse_gamma(3, 4)", 1.8, 0.273_596_976_486, 1.107_632_979_03, 1.396_294_361_12),
    ("inverse_gamma(3, 4)", 9.0, 6.355_968_545_46, 5.767_606_850_99, 13.636_294_361_1),
    ("half_normal(2)", -0.5, 1.434_779_909_02, f64::INFINITY, 3.395_787_949_12),
    ("half_normal(2)", 1.1, 0.305_689_884_095, 1.070_188_533_2, 0.543_086_512_84),
    ("half_normal(2)", 5.5, 3.250_435_374_65, 4.700_188_533_2, 10.860_950_962_7),
    ("poisson(2)", 0.0, 1.228_494_478_55, 2.0, 2.693_147_180_56),
    ("poisson(2)", 2.0, 0.311_176_744_44, 1.306_852_819_44, std::f64::consts::LN_2),
    ("poisson(2)", 7.0, 4.231_275_635_1, 5.673_131_097_15, 13.193_147_180_6),
    ("binomial(10, 0.3)", 0.0, 2.196_646_141_17, 3.566_749_439_39, 5.027_651_630_44),
    ("binomial(10, 0.3)", 3.0, 0.317_323_455_567, 1.321_151_277_77, 0.741_937_344_729),
    ("binomial(10, 0.3)", 9.0, 5.196_657_950_97, 8.889_845_089_88, 17.884_794_487_6),
    ("negative_binomial(3, 0.4)", 0.0, 2.696_868_896_48, 2.748_872_195_62, 4.220_368_128_65),
    ("negative_binomial(3, 0.4)", 4.0, 0.729_508_896_484, 2.084_124_489_58, 2.442_590_350_87),
    ("negative_binomial(3, 0.4)", 15.0, 8.745_109_875_9, 5.498_601_666_38, 12.220_368_128_7),
    ("geometric(0.25)", 0.0, 1.285_714_285_71, 1.386_294_361_12, 3.234_906_649_79),
    ("geometric(0.25)", 3.0, 0.816_964_285_714, 2.249_340_578_48, 2.484_906_649_79),
    ("geometric(0.25)", 12.0, 7.475_772_397_86, 4.838_479_230_54, 9.234_906_649_79),
];

#[test]
fn every_family_scores_as_scipy_integrates_it() {
    for (text, y, crps, log, dss) in KNOWN {
        let near = |id: &str, known: f64| {
            let found = score(id, text, y).expect("it has one").value;
            assert!((found - known).abs() < 2e-10 * (1.0 + known.abs()), "{id} of {text} at {y}: {found} for {known}");
        };
        near("crps", crps);
        near("dss", dss);
        if log.is_finite() {
            near("log_density", log);
        } else {
            let limited = score("log_density", text, y).expect("it is limited");
            assert_eq!(limited, Score { value: 700.0, floor: Floor::Infinite }, "{text} at {y}");
        }
    }
}

#[test]
fn every_family_has_its_line_and_all_but_one_a_closed_form() {
    let (lines, families): (Vec<&str>, Vec<&str>) =
        (LAWS.iter().map(|law| law.family).collect(), FAMILIES.iter().map(|family| family.name).collect());
    assert_eq!(lines, families);
    for family in FAMILIES.iter().filter(|family| family.name != "cauchy") {
        assert!(KNOWN.iter().any(|(text, ..)| *text == family.example), "{}", family.example);
    }
}

#[test]
fn a_density_is_that_of_the_family() {
    for family in FAMILIES {
        let distribution = named(family.example);
        for level in [0.03, 0.4, 0.8, 0.995] {
            let y = distribution.law().quantile(level);
            let (found, density) =
                (log_score_of(&distribution, y).expect("it is finite"), distribution.law().density(y));
            assert!((found + ln(density)).abs() < 1e-10, "{} at {y}: {found}", family.example);
        }
    }
}

#[test]
fn without_a_closed_form_quantiles_do_and_are_named() {
    // No mean, a tail without one, and counts whose sums would take too long.
    for text in
        ["cauchy(10, 2)", "student_t(1, 10, 2)", "pareto(1, 0.9)", "inverse_gamma(1, 2)", "poisson(100000000000)"]
    {
        let distribution = named(text);
        assert_eq!(closed_crps(&distribution, 3.0), None, "{text}");
        assert!(score("crps", text, 3.0).expect("by quantiles").value.is_finite(), "{text}");
        let segment =
            |distribution| Segment { from: 0.0, to: 1.0, case: Case::Distribution { distribution, outcome: 3.0 } };
        let standing = Standing {
            question: "q".to_owned(),
            forecaster: "a".to_owned(),
            cluster: "q".to_owned(),
            tags: Vec::new(),
            segments: vec![segment(distribution.clone()), segment(named("normal(0, 1)")), segment(distribution)],
            ended: 3.0,
            forecasts: 3,
            coverage: None,
        };
        assert_eq!(crps_by_quantiles(&[standing]), (2, vec![text.to_owned()]));
    }
    assert_eq!(score("dss", "cauchy(10, 2)", 3.0), Err(Unfit::NoMoments));
    assert_eq!(score("dss", "binomial(3, 1)", 3.0), Err(Unfit::NoMoments));
    // (2π · 3.25)/2: the density of Cauchy's law 1½ scales out, by hand.
    let log = score("log_density", "cauchy(10, 2)", 13.0).expect("it has one").value;
    assert!((log - ln(2.0 * std::f64::consts::PI * 3.25)).abs() < 1e-14, "{log}");
}

#[test]
fn what_is_far_out_is_limited_and_what_is_infinitely_good_has_no_score() {
    // ½ 100² + …
    assert_eq!(score("log_density", "normal(0, 1)", 100.0), Ok(Score { value: 700.0, floor: Floor::Raised }));
    assert_eq!(score("log_density", "poisson(0)", 1.0), Ok(Score { value: 700.0, floor: Floor::Infinite }));
    assert_eq!(score("log_density", "poisson(0)", 0.0), Ok(Score::from(0.0)));
    assert_eq!(score("crps", "poisson(0)", 3.0), Ok(Score::from(3.0)));
    assert_eq!(score("log_density", "weibull(0.5, 1)", 0.0), Err(Unfit::InfiniteDensity));
    // A triangle whose mode is an end has its full height there, 2 over its width.
    let peak = score("log_density", "triangular(1, 1, 5)", 1.0).expect("a density").value;
    assert!((peak - std::f64::consts::LN_2).abs() < 1e-15, "{peak}");
    assert_eq!(score("log_density", "triangular(1, 1, 5)", 5.0).expect("limited").floor, Floor::Infinite);
}

#[test]
fn intervals_and_medians_are_the_distributions_own() {
    // Of 0..10: from 0.5 to 9.5, and 40 times what lies below; the median 5.
    let interval = score("interval_90", "uniform(0, 10)", 0.25).expect("it states every level").value;
    assert!((interval - (9.0 + 20.0 * 0.25)).abs() < 1e-12, "{interval}");
    assert_eq!(score("median_error", "uniform(0, 10)", 0.25), Ok(Score::from(4.75)));
    // Over even levels twice the mean pinball loss is nearly the CRPS.
    let (wis, crps) = (score("wis", "normal(110, 8)", 112.0), score("crps", "normal(110, 8)", 112.0));
    let (wis, crps) = (wis.expect("symmetric levels").value, crps.expect("a closed form").value);
    assert!((wis - crps).abs() < 0.02 && wis != crps, "{wis} beside {crps}");
}

#[test]
fn the_closed_forms_keep_to_their_domains() {
    assert_eq!((crps_weibull(1.0, 0.0, 1.0), crps_inverse_gamma(1.0, 1.0, 1.0)), (None, None));
    assert_eq!((crps_triangular(1.0, 0.0, 2.0, 1.0), log_score_triangular(1.0, 0.0, 2.0, 1.0)), (None, None));
    assert_eq!((log_score_weibull(1.0, -1.0, 1.0), log_score_inverse_gamma(1.0, 1.0, f64::NAN)), (None, None));
    // A triangle that only falls: of 0..1 with the mode 0, F = 1 - (1 - x)²; at 0 the score is ∫ (1 - x)⁴ = 1/5.
    assert!((crps_triangular(0.0, 0.0, 0.0, 1.0).expect("a triangle") - 0.2).abs() < 1e-15);
    // And at 1: ∫ (1 - (1 - x)²)² = 1 - 2/3 + 1/5.
    assert!((crps_triangular(1.0, 0.0, 0.0, 1.0).expect("a triangle") - 8.0 / 15.0).abs() < 1e-15);
}
