//! Against closed forms and published values.

use super::*;
use crate::dist::{Distribution, Normal, Uniform};
use ndarray::array;
use std::f64::consts::PI;
use std::sync::Arc;

fn uniforms(count: usize, low: f64, high: f64) -> Vec<Arc<dyn Distribution>> {
    (0..count).map(|_| Arc::new(Uniform::new(low, high).unwrap()) as Arc<dyn Distribution>).collect()
}

/// Within 8 standard errors (Student's t with 15 degrees or more: false alarms 9e-7 each at most), and the error itself small.
fn near(share: Share, expected: f64, finest: f64) {
    assert!(share.standard_error < finest, "{share:?}");
    assert!((share.value - expected).abs() < 8.0 * share.standard_error + 1e-9, "{share:?}, not {expected}");
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

fn explained(text: &str, question: &str, options: &Options<'_>) -> Explanation {
    let source = Source::new("test.toml", text);
    let (model, found) = crate::model::check(&crate::scenario::parse(&source).0);
    let model = model.unwrap_or_else(|| panic!("{:?}", found.iter().map(|one| &one.message).collect::<Vec<_>>()));
    let situation = Situation::of_file(&model);
    explain(View { source: &source, model: &model, situation: &situation }, question, options).unwrap()
}

fn only(parts: Parts) -> Options<'static> {
    Options { parts, ..Options::default() }
}

const SHARES: Parts = Parts { shares: true, ..Parts::NONE };

fn shares_of(shares: &Shares, name: &str) -> InputShares {
    shares.inputs.iter().find(|one| one.input.split(':').next() == Some(name)).unwrap().shares
}

#[test]
fn a_file_of_uniform_numbers_and_one_formula_has_the_indices_of_the_formula() {
    let uniform = "value = \"uniform(-3.141592653589793, 3.141592653589793)\"";
    let text = format!(
        "title = \"Ishigami\"\nas_of = 2026-01-01\n[event.x]\n{uniform}\n[event.y]\n{uniform}\n[event.z]\n{uniform}\n\
         [event.f]\nequals = \"sin(x) + 7 * sin(y) * sin(y) + 0.1 * z * z * z * z * sin(x)\"\n"
    );
    let found = explained(&text, "f", &only(SHARES));
    assert_eq!(found.explained, Explained::Mean { unit: None });
    let chance = found.chance.unwrap();
    near(chance.variance.unwrap(), 13.844_588, 0.2);
    // Case G1.
    let expected = [
        ("x", 0.313_905, 0.557_589, 0.435_747),
        ("y", 0.442_411, 0.442_411, 0.442_411),
        ("z", 0.0, 0.243_684, 0.121_842),
    ];
    for (name, first, total, shapley) in expected {
        let one = shares_of(&chance, name);
        near(one.first, first, 0.02);
        near(one.total, total, 0.02);
        near(one.shapley, shapley, 0.02);
    }
    assert!(found.doubt.unwrap().note.unwrap().contains("no doubt"));
}

#[test]
fn numbers_that_are_drawn_in_correlation_share_by_the_shapley_rule() {
    let text = "title = \"t\"\nas_of = 2026-01-01\n[event.a]\nvalue = \"normal(0, 1)\"\n[event.b]\nvalue = \"normal(0, 1)\"\n\
                [event.c]\nvalue = \"normal(0, 2)\"\n[event.sum]\nequals = \"a + b + c\"\n\
                [[correlated]]\nevents = [\"b\", \"c\"]\ncorrelation = 0.9\n";
    let chance = explained(text, "sum", &only(SHARES)).chance.unwrap();
    // Case G4, as above.
    let expected = [
        ("a", 1.0 / 9.6, 0.104_167, 1.0 / 9.6),
        ("b", 2.8 * 2.8 / 9.6, 0.418_229, 0.19 / 9.6),
        ("c", 2.9 * 2.9 / 9.6, 0.477_604, 4.0 * 0.19 / 9.6),
    ];
    for (name, first, shapley, total) in expected {
        let one = shares_of(&chance, name);
        near(one.first, first, 0.02);
        near(one.shapley, shapley, 0.02);
        near(one.total, total, 0.02);
    }
}

#[test]
fn the_findings_of_asia_have_the_published_information() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/networks/asia.bif");
    let source = Source::new("asia.bif", std::fs::read_to_string(path).unwrap());
    let network =
        crate::network::read(&source, crate::network::Format::of_path("asia.bif".as_ref()).unwrap()).0.unwrap();
    let text = crate::network::scenario_text(&network, crate::network::AS_OF);
    let options = only(Parts { information: true, what_if: true, ..Parts::NONE });
    let found = explained(&text, "lung", &options);
    let information = found.information.unwrap();
    // Case B6: mutual information of lung cancer with each finding, and its entropy, in bits.
    assert!((information.entropy.value - 0.307_268).abs() < 5e-7, "{:?}", information.entropy);
    let expected = [
        ("either", 0.267_475),
        ("xray", 0.184_807),
        ("smoke", 0.032_374),
        ("dysp", 0.025_382),
        ("bronc", 0.002_540),
        ("asia", 0.0),
    ];
    for (name, bits) in expected {
        let one = information.events.iter().find(|one| one.event == name).unwrap();
        assert!((one.bits.value - bits).abs() < 5e-7 && one.bits.standard_error == 0.0, "{one:?}");
    }
    // P(lung | smoke) = 0.1, P(lung | not smoke) = 0.01; smoke depends on nothing, so that it is the same where it is made so.
    let what_if = found.what_if.unwrap();
    let row = |event: &str, outcome: &str| {
        what_if.rows.iter().find(|row| row.event == event && row.outcome == outcome).unwrap().clone()
    };
    for (outcome, expected) in [("yes", 0.1), ("no", 0.01)] {
        let row = row("smoke", outcome);
        assert!((row.observed.unwrap().value - expected).abs() < 1e-9, "{row:?}");
        assert!((row.made_so.unwrap().value - expected).abs() < 1e-9, "{row:?}");
    }
    // An x-ray is a sign and no cause: P(lung | xray) = P(xray | lung) P(lung) / P(xray).
    let sign = row("xray", "yes");
    assert!((sign.observed.unwrap().value - 0.98 * 0.055 / 0.110_290_04).abs() < 1e-6, "{sign:?}");
    assert_eq!(sign.effect.unwrap(), Figure { value: 0.0, standard_error: 0.0 });
}

/// Two doubtful chances in one event: P = 0.2 p + q (1 - p).
const TWO: &str = "title = \"t\"\nas_of = 2026-01-01\n[event.rain]\nchance = \"6 of 20\"\n\
                   [event.match]\nchance = [{ if = \"rain\", is = \"20%\" }, { otherwise = \"3 of 4\" }]\n\
                   [event.aside]\nchance = \"1 of 2\"\n";

/// First-order and total shares of the two, by hand: the function is bilinear.
fn shares_of_two() -> [(f64, f64); 2] {
    let (p, q) = (crate::dist::Beta::jeffreys(6.0, 20.0).unwrap(), crate::dist::Beta::jeffreys(3.0, 4.0).unwrap());
    let of_p = p.variance() * (0.2 - q.mean()) * (0.2 - q.mean());
    let of_q = q.variance() * (1.0 - p.mean()) * (1.0 - p.mean());
    let both = p.variance() * q.variance();
    let all = of_p + of_q + both;
    [(of_p / all, (of_p + both) / all), (of_q / all, (of_q + both) / all)]
}

#[test]
fn the_doubt_is_shared_as_the_closed_form_has_it() {
    for most_cells in [1e6, -1.0] {
        let options = Options { most_cells, ..only(Parts { tornado: true, ..SHARES }) };
        let found = explained(TWO, "match", &options);
        let doubt = found.doubt.unwrap();
        for (name, (first, total)) in ["rain", "match"].into_iter().zip(shares_of_two()) {
            let one = shares_of(&doubt, name);
            // Where it is simulated, worlds are few: each draw of the inputs has 8,192 of them.
            let finest = if most_cells > 0.0 { 0.01 } else { 0.05 };
            near(one.first, first, finest);
            near(one.total, total, finest);
            near(one.shapley, f64::midpoint(first, total), finest);
        }
        let tornado = found.tornado.unwrap();
        assert_eq!(tornado.without_bearing, ["aside: 1 of 2"]);
        assert_eq!(tornado.bars.len(), 2);
        let q = crate::dist::Beta::jeffreys(3.0, 4.0).unwrap();
        let swing = (q.quantile(0.95) - q.quantile(0.05)) * (1.0 - 6.5 / 21.0);
        let bar = &tornado.bars[0];
        assert!(bar.input.starts_with("match"), "{bar:?}");
        assert!((bar.swing.value - swing).abs() < 5.0 * bar.swing.standard_error + 1e-9, "{bar:?}, not {swing}");
        assert_eq!((most_cells > 0.0), bar.swing.standard_error == 0.0);
        // Within the same worlds an event holds at one end alone in as many of them as the swing is large; of its error, from few batches of worlds, a chi-squared
        // distribution leaves more than 2.5 times as much once in a million.
        let alone = (swing * (1.0 - swing) / crate::simulate::LEAST_WORLDS_IN_BATCHES as f64).sqrt();
        assert!(bar.swing.standard_error < 2.5 * alone, "{bar:?}, not {alone}");
    }
}

/// Two doubtful chances of which one is enough.
const EITHER: &str = "title = \"t\"\nas_of = 2026-01-01\n[event.a]\nchance = \"beta(2, 3)\"\n[event.b]\nchance = \"beta(4, 2)\"\n\
                      [event.e]\nholds = \"a or b\"\n";

#[test]
fn chance_and_doubt_share_the_variance_as_the_closed_form_has_it() {
    // P(neither) = (1 - a) (1 - b), where 1 - a is Beta(3, 2) with the second moment 0.4, 1 - b Beta(2, 4) with 1/7: its variance is 0.4 / 7 - 0.04.
    let (doubt, total) = (0.4 / 7.0 - 0.04, 0.2 * 0.8);
    let best = explained(EITHER, "e", &only(SHARES));
    let variance = best.doubt.unwrap().variance.unwrap();
    // The head has the figure that is shared out, and its error.
    assert_eq!(
        (best.forecast.doubt_variance, best.forecast.doubt_variance_error),
        (variance.value, variance.standard_error)
    );
    near(variance, doubt, 0.03 * doubt);
    assert!((best.forecast.doubt_variance + best.forecast.chance_variance - total).abs() < 1e-12);
    // Without the shares it is that of 200 draws, and says so by its error.
    let rough = explained(EITHER, "e", &only(Parts::NONE)).forecast;
    let error = rough.doubt_variance_error;
    assert!(error > 2.0 * variance.standard_error && error < 0.2 * doubt, "{rough:?}");
    assert!((rough.doubt_variance - doubt).abs() < 5.0 * error, "{rough:?}, not {doubt}");
    assert!(rough.reached && rough.doubt_interval.is_some());
}

#[test]
fn what_is_sure_whatever_the_inputs_are_has_no_doubt_that_is_seen() {
    let sure = EITHER.replace("a or b", "a or not a");
    for most_cells in [1e6, -1.0] {
        let found = explained(&sure, "e", &Options { most_cells, ..only(SHARES) });
        assert_eq!((found.forecast.doubt_interval, found.forecast.doubt_variance), (None, 0.0), "{:?}", found.forecast);
        let note = found.doubt.unwrap().note.unwrap();
        assert!(note.starts_with("no doubt"), "{note}");
    }
}

/// A function with noise, in points that are drawn afresh for each seed: `x + 2 y` and three times as much noise as it varies.
struct Noisy {
    seed: u64,
}

impl shares::Mixture for Noisy {
    type Failure = std::convert::Infallible;

    fn inputs(&self) -> usize {
        2
    }

    fn hangs_together(&self, _: usize) -> bool {
        false
    }

    fn values(&self, replicate: u64, _: &[usize], second: &[bool]) -> Result<shares::Twice, Self::Failure> {
        let columns = lattice::lattice(64, 4, self.seed, replicate);
        let mut random = crate::math::SplitMix::of_replicate(self.seed ^ 0x77, replicate);
        let mut half = || -> Vec<f64> {
            (0..64)
                .map(|point| {
                    let input = |at: usize| columns[at + if second[at] { 2 } else { 0 }][point];
                    // The same worlds for all mixtures of a point: most of the noise is theirs, the rest bends with the inputs.
                    let noise = 7.0 * (random.unit() - 0.5);
                    input(0) + 2.0 * input(1) + noise * (1.0 + 0.2 * input(0))
                })
                .collect()
        };
        Ok(shares::Twice { one: half(), other: half() })
    }
}

#[test]
fn intervals_of_shares_cover_as_stated_however_noisy_the_function_is() {
    let mut covered = [0_u32; 6];
    for seed in 0..200 {
        let effort = shares::Effort { replicates: 16, walks: 1, pairs: false, seed };
        let Some(found) = shares::estimate(&Noisy { seed }, effort).unwrap() else { continue };
        let all = found.inputs.iter().zip([0.2, 0.8]);
        let each = all.flat_map(|(one, expected)| [one.first, one.total, one.shapley].map(|share| (share, expected)));
        for (count, (share, expected)) in covered.iter_mut().zip(each) {
            *count += u32::from(share.interval.0 <= expected && expected <= share.interval.1);
        }
    }
    // Of 200 intervals that cover at 95 %, 169 to 200 do, but for one blindly chosen set of seeds in a million (exact binomial tails).
    assert!(covered.iter().all(|count| (169..=200).contains(count)), "{covered:?}");
}

#[test]
fn seeing_and_making_differ_where_there_is_a_common_cause() {
    // u causes both x and y; x does nothing to y.
    let text = "title = \"t\"\nas_of = 2026-01-01\n[event.u]\nchance = \"50%\"\n\
                [event.x]\nchance = [{ if = \"u\", is = \"90%\" }, { otherwise = \"10%\" }]\n\
                [event.y]\nchance = [{ if = \"u\", is = \"80%\" }, { otherwise = \"20%\" }]\n";
    for most_cells in [1e6, -1.0] {
        let options = Options { most_cells, ..only(Parts { what_if: true, information: true, ..Parts::NONE }) };
        let found = explained(text, "y", &options);
        let what_if = found.what_if.unwrap();
        let yes = what_if.rows.iter().find(|row| row.event == "x" && row.outcome == "yes").unwrap();
        let observed = yes.observed.unwrap();
        // P(y | x) = 0.9 * 0.8 + 0.1 * 0.2.
        assert!((observed.value - 0.74).abs() < 5.0 * observed.standard_error + 1e-9, "{observed:?}");
        assert!(observed.standard_error < 0.003);
        assert_eq!(yes.effect.unwrap(), Figure { value: 0.0, standard_error: 0.0 });
        // I(x; y) = 1 - H(0.74): both are even by themselves.
        let bits = found.information.unwrap().events.iter().find(|one| one.event == "x").unwrap().bits;
        let entropy = |p: f64| -p * crate::math::log2(p) - (1.0 - p) * crate::math::log2(1.0 - p);
        assert!((bits.value - (1.0 - entropy(0.74))).abs() < 5.0 * bits.standard_error + 1e-9, "{bits:?}");
    }
}

#[test]
fn what_was_filled_in_is_named_with_its_place_and_its_effect() {
    let text = "title = \"t\"\nas_of = 2026-01-01\n[event.a]\nchance = \"40%\"\n[event.b]\ncauses = { a = \"50%\" }\n\
                [event.c]\nchance = \"30%\"\nodds = { b = \"high\" }\n[event.far]\nchance = \"2 of 4\"\n";
    let found = explained(text, "c", &only(Parts { filled: true, ..Parts::NONE })).filled.unwrap();
    // P(b) = 0.2 without a background, 1 - 0.8 * 0.95 with one of 5 %; c at odds 3 : 7, x5 where b holds.
    let odds = |ratio: f64| 0.3 * ratio / (0.3 * ratio + 0.7);
    let figure = |b: f64, ratio: f64| b * odds(ratio) + (1.0 - b) * 0.3;
    assert!((found.figure.value - figure(0.2, 5.0)).abs() < 1e-12);
    let background = found.values.iter().find(|value| value.what.contains("background")).unwrap();
    assert_eq!(background.place.line, 6);
    assert!((background.otherwise[1].figure.value - figure(0.24, 5.0)).abs() < 1e-12, "{background:?}");
    let strength = found.values.iter().find(|value| value.what.contains("strength")).unwrap();
    assert_eq!((strength.place.line, strength.otherwise[0].value.as_str()), (9, "x3.54"));
    assert!((strength.otherwise[0].figure.value - figure(0.2, 3.54)).abs() < 1e-12, "{strength:?}");
    assert_eq!(found.without_effect.len(), 1, "{:?}", found.without_effect);
    assert!(found.without_effect[0].starts_with("far"));
}

#[test]
fn what_was_filled_in_in_several_cases_is_told_with_its_case() {
    let text = "title = \"t\"\nas_of = 2026-01-01\n[event.a]\nchance = \"40%\"\n\
                [event.price]\nvalue = [{ if = \"a\", is = \"10 to 20\" }, { otherwise = \"12 to 40\" }]\n";
    let found = explained(text, "price", &only(Parts { filled: true, ..Parts::NONE })).filled.unwrap();
    let told: Vec<&str> = found.values.iter().map(|value| value.what.as_str()).collect();
    assert_eq!(told, ["price otherwise: its range holds 90 %", "price if a: its range holds 90 %"]);
}

#[test]
fn what_is_filled_in_and_moves_it_by_rounding_alone_is_without_effect() {
    // Under its condition the chance of the condition is worth nothing, whatever is filled in there.
    let text = "title = \"t\"\nas_of = 2026-01-01\n[event.a]\nchance = \"3 of 10\"\n[event.b]\nchance = [{ if = \"a\", is = \"70%\" }, \
                { otherwise = \"likely\" }]\n[event.c]\nchance = \"20%\"\nodds = { b = \"medium\", a = \"x0.5\" }\n\
                [question.cg]\nask = \"c?\"\nholds = \"c\"\ngiven = \"a\"\ncloses = 2026-06-01\nresolves = \"r\"\n";
    let found = explained(text, "cg", &only(Parts { filled: true, what_if: true, ..Parts::NONE }));
    let filled = found.filled.unwrap();
    // c at odds 1 : 4, halved by a, x2.5 where b holds: 0.7 * 5/21 + 0.3 / 9.
    assert!((filled.figure.value - 0.2).abs() < 1e-12, "{filled:?}");
    let moving: Vec<&str> = filled.values.iter().map(|value| value.what.as_str()).collect();
    assert!(moving.len() == 1 && moving[0].starts_with("c: the strength"), "{moving:?}");
    assert_eq!(filled.without_effect.len(), 2, "{:?}", filled.without_effect);
    let what_if = found.what_if.unwrap();
    let made = what_if.rows.iter().find(|row| row.event == "a" && row.outcome == "yes").unwrap();
    assert_eq!(made.effect.unwrap(), Figure { value: 0.0, standard_error: 0.0 });
}

#[test]
fn inputs_that_move_it_by_rounding_alone_are_without_bearing() {
    // It is known that it does not rain, so that the chance of a match in the rain moves nothing.
    let events = "title = \"t\"\nas_of = 2026-01-01\n[event.rain]\nchance = \"30%\"\n[event.match]\nchance = [{ if = \"rain\", is = \"2 of 9\" }, \
        { otherwise = \"4 of 9\" }]\n[[news]]\ndate = 2026-01-02\nsource = \"s\"\nabout = \"not rain\"\neffect = \"happened\"\n";
    let source = Source::new("test.toml", events);
    let model = crate::model::check(&crate::scenario::parse(&source).0).0.unwrap();
    let situation = Situation::of_file(&model).as_of(jiff::civil::date(2026, 1, 3), &model).unwrap();
    let view = View { source: &source, model: &model, situation: &situation };
    for most_cells in [1e6, -1.0] {
        let options = Options { most_cells, ..only(Parts { tornado: true, ..SHARES }) };
        let found = explain(view, "match", &options).unwrap();
        let tornado = found.tornado.unwrap();
        let bars: Vec<&str> = tornado.bars.iter().map(|bar| bar.input.as_str()).collect();
        assert_eq!((bars, tornado.without_bearing), (vec!["match: 4 of 9"], vec!["match: 2 of 9".to_owned()]));
        if most_cells < 0.0 {
            continue;
        }
        let doubt = found.doubt.unwrap();
        let inputs: Vec<&str> = doubt.inputs.iter().map(|one| one.input.as_str()).collect();
        assert_eq!(inputs, ["match: 4 of 9"], "{doubt:?}");
        assert!(doubt.note.unwrap().ends_with("1 other input carries no share of it"));
    }
}

#[test]
fn evidence_makes_an_input_bear_that_does_not_without() {
    let news = "[[news]]\ndate = 2026-01-02\nsource = \"s\"\nabout = \"a or b\"\neffect = \"happened\"\n";
    let events = "title = \"t\"\nas_of = 2026-01-01\n[event.a]\nchance = \"2 of 9\"\n[event.b]\nchance = \"3 of 9\"\n";
    let parts = Parts { tornado: true, ..Parts::NONE };
    let alone = explained(events, "a", &only(parts)).tornado.unwrap();
    assert_eq!((alone.bars.len(), alone.without_bearing.len()), (1, 1));
    let source = Source::new("test.toml", format!("{events}{news}"));
    let model = crate::model::check(&crate::scenario::parse(&source).0).0.unwrap();
    let situation = Situation::of_file(&model).as_of(jiff::civil::date(2026, 1, 3), &model).unwrap();
    let view = View { source: &source, model: &model, situation: &situation };
    let together = explain(view, "a", &only(parts)).unwrap().tornado.unwrap();
    assert_eq!((together.bars.len(), together.without_bearing.len()), (2, 0));
    // P(a | a or b) = a / (a + b - a b), at the means and at an end of b.
    let b = crate::dist::Beta::jeffreys(3.0, 9.0).unwrap();
    let figure = |a: f64, b: f64| a / (a + b - a * b);
    assert!((together.at_means.value - figure(0.25, 0.35)).abs() < 1e-12, "{:?}", together.at_means);
    let bar = together.bars.iter().find(|bar| bar.input.starts_with("b:")).unwrap();
    assert!((bar.at_low.value - figure(0.25, b.quantile(0.05))).abs() < 1e-12, "{bar:?}");
}

#[test]
fn numbers_and_dates_are_explained_by_their_mean_and_their_day() {
    let text = "title = \"t\"\nas_of = 2026-01-01\nhorizon = 2026-12-31\n[event.coin]\nchance = \"50%\"\n\
                [event.pay]\nequals = \"if coin then 10 else 4\"\n[event.talks]\nwhen = \"40% by 2026-03-01\"\n\
                [event.deal]\nchance = [{ if = \"talks by 2026-03-01\", is = \"60%\" }, { otherwise = \"10%\" }]\n\
                [question.start]\nask = \"When?\"\nwhen = \"talks\"\ncloses = 2026-06-01\nresolves = \"r\"\n";
    let parts = Parts { information: true, what_if: true, ..Parts::NONE };
    let pay = explained(text, "pay", &only(parts));
    let row = |found: &Explanation, event: &str, at: usize| {
        let mut rows = found.what_if.as_ref().unwrap().rows.iter().filter(|row| row.event == event);
        rows.nth(at).cloned().unwrap()
    };
    let yes = row(&pay, "coin", 0);
    for figure in [yes.observed, yes.made_so] {
        let figure = figure.unwrap();
        assert!((figure.value - 10.0).abs() < 1e-9 && figure.standard_error < 1e-9, "{yes:?}");
    }
    let coin = pay.information.unwrap().events.into_iter().find(|one| one.event == "coin").unwrap();
    // The mean of 7 and the variance of 9 are known to a part in a thousand from 262,144 worlds.
    assert!((coin.bits.value - 1.0).abs() < 1e-3 && (coin.variance_share.value - 1.0).abs() < 1e-2, "{coin:?}");
    let part = PartOf { day: Some(jiff::civil::date(2026, 3, 1)), ..PartOf::default() };
    let start = explained(text, "start", &Options { part, ..only(parts) });
    assert!((start.forecast.value - 0.4).abs() < 8.0 * start.forecast.standard_error + 1e-9, "{:?}", start.forecast);
    // P(talks by then | deal) = 0.4 * 0.6 / (0.4 * 0.6 + 0.6 * 0.1) = 0.8; a deal that is made so makes no talks.
    let deal = row(&start, "deal", 0);
    let observed = deal.observed.unwrap();
    assert!((observed.value - 0.8).abs() < 8.0 * observed.standard_error + 1e-9, "{deal:?}");
    assert_eq!(deal.effect.unwrap().value, 0.0);
}
