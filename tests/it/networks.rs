//! Networks of other tools through the whole tool: what is wrong with them, in and out, and their marginals.
//!
//! `scenarios/networks` holds two of them. Larger ones are read from `../shared/networks` beside the repository if they are there; a test
//! that does without them says so.

use crate::support::{foretell, path};
use foretell::exact;
use foretell::forecast::Forecast;
use foretell::model;
use foretell::network::{AS_OF, FORMATS, Format, Network, Variable, from_model, read, scenario_text};
use foretell::plan::{self, Situation};
use foretell::report::run::{Run, report};
use foretell::scenario;
use foretell::simulate::{Answer, Settings, simulate};
use foretell::source::Source;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The networks of the repository, and those beside it.
const OWN: &[&str] = &["asia", "seed"];
const BESIDE: &[&str] = &["asia", "seed", "alarm", "hailfinder", "andes"];

/// A file beside the repository, if it is there.
fn beside(name: &str) -> Option<PathBuf> {
    let main = path("../shared/networks").join(name);
    // A second working tree may lie one folder further down.
    [main, path("../../shared/networks").join(name)].into_iter().find(|file| file.exists())
}

/// Says what a test does without.
#[allow(clippy::print_stdout)]
fn skipped(what: &str) {
    println!("skipped: {what}");
}

/// Every network there is, by its file.
fn all() -> Vec<PathBuf> {
    let own = OWN.iter().map(|name| path("scenarios/networks").join(format!("{name}.bif")));
    let mut found: Vec<PathBuf> = own.collect();
    for name in BESIDE {
        match beside(&format!("{name}.bif")) {
            Some(file) => found.push(file),
            None => skipped(&format!("{name}.bif is not beside the repository")),
        }
    }
    found
}

fn network(file: &Path) -> Network {
    let text = std::fs::read_to_string(file).expect("the network can be read");
    let source = Source::new(file.display().to_string(), text);
    let (network, found) = read(&source, Format::of_path(file).expect("the ending is one of a network"));
    network.unwrap_or_else(|| panic!("{}", found.render(&source, false)))
}

fn model(network: &Network) -> model::Model {
    let source = Source::new("made.toml", scenario_text(network, AS_OF));
    let (document, mut found) = scenario::parse(&source);
    let (model, checked) = model::check(&document);
    found.extend(checked);
    assert!(found.is_empty(), "{}", found.render(&source, false));
    model.expect("a scenario without problems has a model")
}

#[test]
fn every_broken_network_shows_its_problem_at_its_place() {
    let mut cases: Vec<PathBuf> = std::fs::read_dir(path("tests/suite/networks"))
        .expect("the folder is there")
        .map(|entry| entry.expect("the folder can be read").path())
        .filter(|file| file.extension().is_some_and(|ending| ending != "snap" && ending != "new"))
        .collect();
    cases.sort();
    assert!(cases.len() >= 20, "only {} files", cases.len());
    for file in &cases {
        let name = file.file_name().expect("a file has a name").to_string_lossy().into_owned();
        let relative = format!("tests/suite/networks/{name}");
        let arguments: &[&str] = if file.extension().is_some_and(|ending| ending == "toml") {
            &["export", &relative, "--to", "bif"]
        } else {
            &["check", &relative]
        };
        let run = foretell().args(arguments).output().expect("the binary runs");
        let shown = String::from_utf8(run.stderr).expect("messages are text");
        insta::with_settings!({ snapshot_path => path("tests/suite/networks"), prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name.replace('.', "-"), format!("exit {}\n{shown}", run.status.code().unwrap_or(-1)));
        });
    }
}

#[test]
fn a_network_becomes_a_scenario_and_the_same_network_again() {
    for file in all() {
        let network = network(&file);
        let (back, found) = from_model(&model(&network));
        assert!(found.is_empty(), "{}", file.display());
        assert_eq!(back.as_ref(), Some(&network), "{}", file.display());
    }
}

#[test]
fn the_command_line_takes_a_network_in_and_gives_it_back() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for file in all() {
        let network = network(&file);
        let file = file.to_str().expect("a path is text");
        let scenario = folder.path().join("scenario.toml");
        let imported = foretell().args(["import", file]).output().expect("the binary runs");
        assert_eq!(imported.status.code(), Some(0), "{file}");
        std::fs::write(&scenario, imported.stdout).expect("a file can be written");
        let scenario = scenario.to_str().expect("a path is text");
        foretell().args(["check", "--strict", scenario]).assert().success();
        for format in FORMATS.iter().filter(|format| format.keeps.names) {
            let out = folder.path().join(format!("network.{}", format.extensions[0]));
            foretell().args(["export", scenario, "--out"]).arg(&out).assert().success();
            let mut back = self::network(&out);
            if format.name == "xdsl" {
                // There a variable stands after its parents; by name it is the same network.
                back = in_order_of(&network, &back);
            }
            assert_eq!(back, network, "{file} as {}", format.name);
        }
    }
}

/// The format that knows numbers only: names and labels are made up when it is read, and every other thing comes back.
#[test]
fn a_network_without_its_names_comes_back_with_every_bit_of_its_tables() {
    let format = Format::named("uai").expect("the format is there");
    for file in all() {
        let network = network(&file);
        let text = format.write(&network).expect("numbers can be written");
        let (back, found) = read(&Source::new("network.uai", text), format);
        assert!(found.is_empty(), "{}", file.display());
        let back = back.expect("a network without problems is read");
        assert_eq!(back.variables.len(), network.variables.len());
        for (back, variable) in back.variables.iter().zip(&network.variables) {
            let bits = |variable: &Variable| variable.table.iter().map(|chance| chance.to_bits()).collect::<Vec<_>>();
            assert_eq!(back.parents, variable.parents, "{}: {}", file.display(), variable.name);
            assert_eq!(back.states.len(), variable.states.len(), "{}: {}", file.display(), variable.name);
            assert_eq!(bits(back), bits(variable), "{}: {}", file.display(), variable.name);
        }
    }
}

/// The variables of one network in the order of another's.
fn in_order_of(order: &Network, network: &Network) -> Network {
    let find = |network: &Network, name: &str| network.variables.iter().position(|one| one.name == name);
    let variables = order.variables.iter().map(|one| {
        let mut variable = network.variables[find(network, &one.name).expect("the variable is there")].clone();
        for parent in &mut variable.parents {
            *parent = find(order, &network.variables[*parent].name).expect("the variable is there");
        }
        variable
    });
    Network { name: network.name.clone(), properties: network.properties.clone(), variables: variables.collect() }
}

/// What another program's exact inference says beside each network (pyAgrum 3.3.1, lazy propagation; it reads in single precision, so that
/// its figures are good to 1e-7).
fn published(name: &str) -> Option<BTreeMap<String, Vec<f64>>> {
    let text = std::fs::read_to_string(beside(&format!("{name}.exact.json"))?).expect("the figures can be read");
    let value: Value = serde_json::from_str(&text).expect("the figures are JSON");
    Some(serde_json::from_value(value["marginals"].clone()).expect("the marginals are numbers by name"))
}

/// `n KL(seen, true)`: by Chernoff's bound, a share seen in `n` worlds is as far off as this on its side with a chance of at most
/// `exp(-n KL)`, whatever the true share.
fn surprise(seen: f64, truth: f64, worlds: f64) -> f64 {
    // The figures compared with are good to 1e-7; nothing is to be concluded from less.
    let truth = truth.clamp(1e-7, 1.0 - 1e-7);
    let part = |seen: f64, truth: f64| if seen > 0.0 { seen * (seen / truth).ln() } else { 0.0 };
    worlds * (part(seen, truth) + part(1.0 - seen, 1.0 - truth))
}

#[test]
fn marginals_of_both_engines_agree_with_another_programs() {
    const WORLDS: u64 = 200_000;
    let known: Vec<(&str, BTreeMap<String, Vec<f64>>)> =
        BESIDE.iter().filter_map(|name| published(name).map(|marginals| (*name, marginals))).collect();
    if known.len() < BESIDE.len() {
        skipped(&format!("only {} of {} networks are beside the repository", known.len(), BESIDE.len()));
    }
    // Each of the figures may be off on either side; all of them together give a false alarm with a chance of at most 1e-6.
    let figures: usize = known.iter().flat_map(|(_, marginals)| marginals.values()).map(Vec::len).sum();
    let limit = (2.0 * figures as f64 / 1e-6).ln();
    for (name, marginals) in known {
        let network = network(&beside(&format!("{name}.bif")).expect("the network lies beside its figures"));
        let model = model(&network);
        let situation = Situation::of_file(&model);
        let plan = plan::compile(&model, &situation);
        let exact = exact::solve(&plan).expect("the network is small enough");
        let settings = Settings { worlds: WORLDS, doubt_draws: 0, ..Settings::default() };
        let tally = simulate(&plan, &settings, &|_| {}).unwrap_or_else(|problem| panic!("{problem}"));
        let report = report(Run {
            model: &model,
            hash: "",
            situation: &situation,
            plan: &plan,
            settings: &settings,
            tally: &tally,
        });
        assert_eq!(report.events.len(), marginals.len(), "{name}");
        for ((variable, event), answer) in network.variables.iter().zip(&report.events).zip(exact.answers()) {
            let Some(Forecast::Categorical { probabilities, .. }) = &event.figures.forecast else {
                panic!("`{}` has no probabilities", variable.name)
            };
            let truth = &marginals[&variable.name];
            assert_eq!(probabilities.len(), truth.len(), "{name}: {}", variable.name);
            let Ok(Answer::Categorical(options)) = answer else { panic!("`{}` has no exact answer", variable.name) };
            for (option, truth) in options.iter().zip(truth) {
                let far = (option.value - truth).abs();
                assert!(far <= 1e-6, "{name}: {} is {} by the exact engine, not {truth}", variable.name, option.value);
            }
            for ((seen, truth), state) in probabilities.iter().zip(truth).zip(&variable.states) {
                let surprise = surprise(*seen, *truth, WORLDS as f64);
                assert!(surprise <= limit, "{name}: {} is {state}: {seen}, exactly {truth}", variable.name);
            }
        }
    }
}

/// The chest clinic by hand: with and without the disease, weighted.
#[test]
fn the_chest_clinic_has_the_marginals_of_its_paper() {
    let file = path("scenarios/networks/asia.bif");
    let run =
        foretell().args(["run"]).arg(file).args(["--worlds", "400k", "--format", "json"]).output().expect("it runs");
    let report: Value = serde_json::from_slice(&run.stdout).expect("the report is JSON");
    let smoke = 0.5;
    let tub = 0.01 * 0.05 + 0.99 * 0.01;
    let lung = smoke * 0.1 + (1.0 - smoke) * 0.01;
    let bronc = smoke * 0.6 + (1.0 - smoke) * 0.3;
    let either = 1.0 - (1.0 - tub) * (1.0 - lung);
    let xray = either * 0.98 + (1.0 - either) * 0.05;
    let exact = [
        ("asia", 0.01),
        ("tub", tub),
        ("smoke", smoke),
        ("lung", lung),
        ("bronc", bronc),
        ("either", either),
        ("xray", xray),
    ];
    let limit = (2.0 * exact.len() as f64 / 1e-6_f64).ln();
    for (name, truth) in exact {
        let events = report["events"].as_array().expect("a report lists its events");
        let event = events.iter().find(|event| event["id"] == name).expect("the event is there");
        let seen = event["forecast"]["probabilities"][0].as_f64().expect("a probability is a number");
        assert!(surprise(seen, truth, 400_000.0) <= limit, "{name}: {seen}, exactly {truth}");
    }
}

#[test]
fn a_network_runs_as_the_scenario_that_it_becomes() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let scenario = folder.path().join("seed.toml");
    let imported = foretell().args(["import", "scenarios/networks/seed.bif"]).output().expect("the binary runs");
    std::fs::write(&scenario, &imported.stdout).expect("a file can be written");
    let rest = ["--worlds", "10k", "--given", "track is no_talks", "--format", "csv"];
    let of_network =
        foretell().args(["run", "scenarios/networks/seed.bif"]).args(rest).output().expect("the binary runs");
    let of_scenario = foretell().arg("run").arg(&scenario).args(rest).output().expect("the binary runs");
    assert_eq!(of_network.status.code(), Some(0));
    assert_eq!(of_network.stdout, of_scenario.stdout);
    foretell().args(["plan", "scenarios/networks/seed.bif"]).assert().success();
    foretell()
        .args(["check", "--strict", "scenarios/networks/seed.bif", "scenarios/networks/asia.bif"])
        .assert()
        .success();
    foretell().args(["update", "scenarios/networks/seed.bif", "--dry-run"]).assert().code(1);
}

#[test]
fn a_network_is_imported_alone() {
    let both = ["import", "scenarios/networks/seed.bif", "scenarios/networks/asia.bif"];
    foretell().args(both).assert().code(1);
    let dated = ["import", "scenarios/networks/asia.bif", "--as-of", "2025-08-19"];
    let dated = foretell().args(dated).output().expect("the binary runs");
    assert!(String::from_utf8_lossy(&dated.stdout).contains("\nas_of = 2025-08-19\n"));
    foretell().args(["export", "scenarios/networks/asia.bif", "--out", "somewhere.txt"]).assert().code(1);
}

/// Every case of an imported table is a plain `a is x and b is y` over the same parents in the same order, and every combination is there.
#[test]
fn the_cases_of_an_imported_table_are_uniform() {
    use foretell::model::{Condition, Definition, EventId};
    fn options(condition: &Condition, into: &mut Vec<(EventId, usize)>) {
        match condition {
            Condition::And(left, right) => {
                options(left, into);
                options(right, into);
            }
            Condition::Options { event, options } if options.len() == 1 => into.push((*event, options[0])),
            other => panic!("{other:?} is no row of a table"),
        }
    }
    let network = network(&path("scenarios/networks/seed.bif"));
    let model = model(&network);
    for (event, variable) in model.events.iter().zip(&network.variables) {
        let Definition::Options(rows) = &event.definition else { panic!("`{}` has no options", event.name) };
        assert_eq!(rows.len(), network.parent_sizes(variable).iter().product::<usize>());
        // The last case needs no condition: it is whatever is left.
        for (at, row) in rows[..rows.len() - 1].iter().enumerate() {
            let mut seen = Vec::new();
            options(row.condition.as_ref().expect("a case before the last has its condition"), &mut seen);
            let parents: Vec<usize> = seen.iter().map(|(event, _)| event.0).collect();
            assert_eq!(parents, variable.parents);
            let number = seen
                .iter()
                .fold(0, |number, (parent, option)| number * network.variables[parent.0].states.len() + option);
            assert_eq!(number, at);
        }
    }
}

/// Names that a scenario cannot have.
const LAMP: &str = "network lamp { }\nvariable \"lamp on\" { type discrete [ 2 ] { true, false }; }\n\
    variable EXPCO2 { type discrete [ 2 ] { ZERO, HIGH-UP }; }\nprobability ( \"lamp on\" ) { table 0.25, 0.75; }\n\
    probability ( EXPCO2 | \"lamp on\" ) {\n  (true) 0.9, 0.1;\n  (false) 0, 1;\n}\n";

#[test]
fn a_network_is_asked_in_its_own_names() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("lamp.bif"), LAMP).expect("a file can be written");
    let run = |arguments: &[&str]| {
        let output = foretell().current_dir(folder.path()).args(arguments).output().expect("the binary runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    for given in ["lamp on is true", "'lamp on' is 'true'", "lamp_on is true", "lamp_on is true_"] {
        let (code, report, said) = run(&["run", "lamp.bif", "--given", given, "--format", "json"]);
        assert_eq!(code, Some(0), "{given}: {said}");
        let report: Value = serde_json::from_str(&report).expect("the report is JSON");
        let events = report["events"].as_array().expect("a report lists its events");
        let known = events.iter().find(|event| event["id"] == "EXPCO2").expect("the variable is there");
        let chance = known["forecast"]["probabilities"][0].as_f64().expect("a probability is a number");
        assert!((chance - 0.9).abs() < 1e-12, "{given}: {known}");
        assert_eq!(known["option_labels"], serde_json::json!(["ZERO", "HIGH-UP"]));
        assert_eq!(report["given"], serde_json::json!([given]));
    }
    let (code, table, said) = run(&["run", "lamp.bif", "--suppose", "EXPCO2 is HIGH-UP", "--worlds", "10k"]);
    assert!(code == Some(0) && table.contains("lamp on: true, false"), "{table}{said}");
    let (code, table, said) =
        run(&["explain", "lamp.bif", "--question", "lamp on", "--option", "false", "--only", "information"]);
    assert!(code == Some(0) && table.contains("lamp_on"), "{table}{said}");
    let (code, table, said) = run(&["storylines", "lamp.bif", "--over", "lamp on,EXPCO2"]);
    // 0.75 without the lamp, and then nothing but HIGH-UP.
    assert!(code == Some(0) && table.contains("Lamp on: false; EXPCO2: HIGH-UP."), "{table}{said}");
    std::fs::write(folder.path().join("later.bif"), LAMP.replace("0.25, 0.75", "0.5, 0.5"))
        .expect("a file can be written");
    let (code, table, said) = run(&["diff", "lamp.bif", "later.bif", "--only", "lamp on"]);
    let row =
        |line: &&str| line.split_whitespace().collect::<Vec<_>>().join(" ").starts_with("lamp on true lamp_on: chance");
    assert!(code == Some(0) && table.lines().any(|line| row(&line)), "{table}{said}");
    assert!(!table.contains("EXPCO2"), "{table}");
    let (code, _, said) = run(&["run", "lamp.bif", "--given", "lamp on is dim"]);
    assert!(code == Some(1) && said.contains("`lamp on` is `true`, `false`; `EXPCO2` is `ZERO`, `HIGH-UP`"), "{said}");
}

/// Tables as large networks have them: thousands of rows over several parents. By hand the marginal is a sum over the rows.
#[test]
fn a_table_of_thousands_of_rows_is_computed() {
    const STATES: usize = 17;
    let total = (STATES * (STATES + 1) / 2) as f64;
    let weights: Vec<f64> = (1..=STATES).map(|weight| weight as f64 / total).collect();
    let parent = |name: &str| Variable {
        name: name.to_owned(),
        states: (0..STATES).map(|state| format!("s{state}")).collect(),
        parents: Vec::new(),
        table: weights.clone(),
        properties: Vec::new(),
    };
    let chance = |first: usize, second: usize, third: usize| ((first * 7 + second * 3 + third) % 10 + 1) as f64 / 12.0;
    let (mut table, mut expected, mut expected_with_first) = (Vec::new(), 0.0, 0.0);
    for first in 0..STATES {
        for second in 0..STATES {
            for third in 0..STATES {
                let yes = chance(first, second, third);
                table.extend([yes, 1.0 - yes]);
                let weight = weights[first] * weights[second] * weights[third];
                expected += weight * yes;
                expected_with_first += if first == 0 { weight * yes } else { 0.0 };
            }
        }
    }
    let child = Variable {
        name: "child".to_owned(),
        states: vec!["yes".to_owned(), "no".to_owned()],
        parents: vec![0, 1, 2],
        table,
        properties: Vec::new(),
    };
    let variables = vec![parent("first"), parent("second"), parent("third"), child];
    let model = model(&Network { name: "wide".to_owned(), properties: Vec::new(), variables });
    let mut situation = Situation::of_file(&model);
    let plan = plan::compile(&model, &situation);
    // A column a row, and one for each pair of the first two.
    let rows = STATES * STATES * STATES;
    assert!(plan.steps.len() <= rows + STATES * STATES + 4, "{} steps for {rows} rows", plan.steps.len());
    let options = |plan: &plan::Plan, at: usize| {
        let exact = exact::solve(plan).expect("the network is small enough");
        match &exact.answers()[at] {
            Ok(Answer::Categorical(options)) => options.iter().map(|option| option.value).collect::<Vec<f64>>(),
            other => panic!("not computed: {other:?}"),
        }
    };
    assert!((options(&plan, 3)[0] - expected).abs() < 1e-12);
    let child = model.find("child").expect("the child is there");
    situation.given.push(("child is yes".to_owned(), model::Condition::Options { event: child, options: vec![0] }));
    let posterior = options(&plan::compile(&model, &situation), 0)[0];
    assert!((posterior - expected_with_first / expected).abs() < 1e-12, "{posterior}");
}

/// Names beyond the English alphabet, and words of the language.
const ODD: &str = "network \"odd; names\" { }\nvariable \"Größe (m)\" { type discrete [ 2 ] { \"<5\", \">=5\" }; }\n\
    variable and_ { type discrete [ 2 ] { yes, no }; }\nprobability ( \"Größe (m)\" ) { table 0.25, 0.75; }\n\
    probability ( and_ | \"Größe (m)\" ) {\n  (\"<5\") 0.9, 0.1;\n  (\">=5\") 0.2, 0.8;\n}\n";

#[test]
fn names_beyond_the_english_alphabet_are_compared_told_and_written() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file can be written");
    write("odd.bif", ODD);
    write("later.bif", &ODD.replace("0.25, 0.75", "0.5, 0.5"));
    let run = |arguments: &[&str]| {
        let output = foretell().current_dir(folder.path()).args(arguments).output().expect("the binary runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let row = |table: &str, cells: &str| {
        table.lines().any(|line| line.split_whitespace().collect::<Vec<_>>().join(" ").starts_with(cells))
    };
    for only in [&[][..], &["--only", "Größe (m)"]] {
        let (code, table, said) = run(&[&["diff", "odd.bif", "later.bif"], only].concat());
        assert!(code == Some(0) && row(&table, "Größe (m) <5 Größe__m_: chance"), "{table}{said}");
    }
    // 0.75 · 0.8
    let (code, table, said) = run(&["storylines", "odd.bif", "--over", "and_,Größe (m)"]);
    assert!(code == Some(0) && table.contains("60 %") && table.to_lowercase().contains("and_: no"), "{table}{said}");
    let (code, table, said) = run(&["run", "odd.bif", "--storyline", "Größe (m),and_", "--top", "1"]);
    assert!(
        code == Some(0) && row(&table, "probability Größe (m) and_") && row(&table, "60 % >=5 no"),
        "{table}{said}"
    );
    let (code, table, said) = run(&["run", "odd.bif", "--most-probable"]);
    assert!(code == Some(0) && row(&table, "60 % >=5 no"), "{table}{said}");
}

#[test]
fn a_title_that_is_no_name_of_a_format_is_left_out_and_said_so() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let text = "title = 'Does it \"rain\"?'\nas_of = 2026-01-10\n[event.rain]\nchance = '25%'\n";
    std::fs::write(folder.path().join("rain.toml"), text).expect("a file can be written");
    for format in ["bif", "xdsl", "net", "xmlbif"] {
        let out = format!("rain.{format}");
        let arguments = ["export", "rain.toml", "--out", &out];
        let output = foretell().current_dir(folder.path()).args(arguments).output().expect("the binary runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{format}: {said}");
        let written = network(&folder.path().join(&out));
        assert_eq!(written.variables[0].table, [0.75, 0.25], "{format}");
        let kept = format == "xmlbif";
        assert_eq!((written.name.is_empty(), said.contains("title")), (!kept, !kept), "{format}: {said}");
    }
    // A name of a variable is not left out.
    std::fs::write(folder.path().join("odd.bif"), ODD).expect("a file can be written");
    let output = foretell().current_dir(folder.path()).args(["export", "odd.bif", "--to", "net"]).output();
    let output = output.expect("the binary runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("`Größe (m)` cannot be a name in net"));
}

/// What `export --out` is given need not be a file: what is there stays what it is.
#[cfg(target_os = "linux")]
#[test]
fn a_network_is_written_to_where_a_link_leads_and_beside_nothing_of_others() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = |name: &str| folder.path().join(name);
    let export = |out: &str| {
        let file = path("scenarios/networks/asia.bif");
        let run = foretell().arg("export").arg(file).args(["--to", "bif", "--out"]).arg(at(out)).output();
        let run = run.expect("the binary runs");
        assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
        String::from_utf8(run.stdout).expect("text")
    };
    std::os::unix::fs::symlink("/proc/self/fd/1", at("stdout")).expect("a link can be made");
    let text = export("stdout");
    assert!(text.starts_with("network asia {"), "{text}");
    assert!(at("stdout").is_symlink());
    std::fs::write(at("asia.bif.new"), "precious").expect("a file can be written");
    assert_eq!(export("asia.bif"), "");
    assert_eq!(std::fs::read_to_string(at("asia.bif")).expect("it is there"), text);
    assert_eq!(std::fs::read_to_string(at("asia.bif.new")).expect("it is there"), "precious");
}

/// Files as repositories hand them out: packed, with the ending of any XML, with remarks, or not there.
#[test]
fn a_file_that_is_no_network_as_it_is_says_what_to_do() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).expect("a file is written");
    let asia = network(&path("scenarios/networks/asia.bif"));
    let xml = Format::named("xmlbif").expect("a format").write(&asia).expect("it can be written");
    write("asia.bif.gz", b"\x1f\x8b\x08\x00rest");
    write("asia.xml", xml.as_bytes());
    write("empty.bif", b"");
    let run = |arguments: &[&str]| {
        let output = foretell().current_dir(folder.path()).args(arguments).output().expect("the binary runs");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    for (arguments, code, words) in [
        (&["run", "asia.bif.gz"][..], 1, "`asia.bif.gz` is packed (gzip)"),
        (&["import", "asia.bif.gz"], 1, "is packed (gzip)"),
        (&["run", "asia.xml", "--worlds", "1k"], 0, ""),
        (&["import", "asia.xml"], 0, ""),
        (&["run", "empty.bif"], 1, "the file is empty"),
        (&["run", "none.bif"], 2, "a network's file is written by another tool"),
    ] {
        let (ended, said) = run(arguments);
        assert!(ended == Some(code) && said.contains(words), "{arguments:?}: {ended:?} {said}");
    }
    let text = std::fs::read(path("scenarios/networks/asia.bif")).expect("it can be read");
    let piped = foretell().current_dir(folder.path()).args(["import", "-"]).write_stdin(text).output();
    let said = String::from_utf8_lossy(&piped.expect("the binary runs").stderr).into_owned();
    assert!(said.contains("a network is told by the ending of its file's name (`.bif`"), "{said}");
}

/// Each problem counts, though not each is listed.
#[test]
fn problems_are_counted_whole() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let of = |at: usize, numbers: &str| {
        format!(
            "variable v{at} {{ type discrete [ 3 ] {{ a, b, c }}; }}\nprobability ( v{at} ) {{ table {numbers}; }}\n"
        )
    };
    for (numbers, words) in [("0.333 0.333 0.333", "many.bif: 45 warnings"), ("0.3 0.3 0.3", "many.bif: 45 errors")] {
        let text: String = (0..45).map(|at| of(at, numbers)).collect::<Vec<_>>().concat();
        std::fs::write(folder.path().join("many.bif"), text).expect("a file can be written");
        let output = foretell().current_dir(folder.path()).args(["check", "many.bif"]).output().expect("it runs");
        assert!(String::from_utf8_lossy(&output.stdout).contains(words), "{words}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("and 25 more such places below line"));
    }
}
